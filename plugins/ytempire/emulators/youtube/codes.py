"""Codes that a consent gives out, each good once for whoever began it (RFC 6749, RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

from ytempire.emulators.youtube.store import Store

#: Seconds that a code lives, real clock.
LIFETIME = 600


@dataclass(frozen=True)
class Consent:
    """What a person has allowed.

    Attributes:
        channel: key of the own channel.
        is_lasting: a refresh token was asked for.
    """

    channel: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    is_lasting: bool


class Codes:
    """The codes that are out."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def give(self, consent: Consent) -> str:
        """A code for what was allowed."""
        code = "4/0" + secrets.token_urlsafe(48)
        self._store.insert(
            "codes",
            {
                "code": code,
                "channel": consent.channel,
                "scopes": " ".join(consent.scopes),
                "redirect_uri": consent.redirect_uri,
                "challenge": consent.challenge,
                "is_lasting": int(consent.is_lasting),
                "dies_at": time.time() + LIFETIME,
            },
        )
        return code

    def redeem(self, form: Mapping[str, str]) -> Consent | None:
        """What a token request's code stands for; None: spent, too old, or another's."""
        row = self._store.row("select * from codes where code = ?", form.get("code", ""))
        self._store.run("delete from codes where code = ?", form.get("code", ""))
        if row is None or row["dies_at"] < time.time():
            return None
        consent = Consent(
            row["channel"],
            tuple(row["scopes"].split()),
            row["redirect_uri"],
            row["challenge"],
            bool(row["is_lasting"]),
        )
        is_here = form.get("redirect_uri") == consent.redirect_uri
        return consent if is_here and _proves(consent, form.get("code_verifier", "")) else None


def _proves(consent: Consent, verifier: str) -> bool:
    """Whether the verifier is the challenge's; a consent without one asks for none."""
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return not consent.challenge or secrets.compare_digest(challenge, consent.challenge)
