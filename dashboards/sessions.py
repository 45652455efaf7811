"""Signed-in sessions: a cookie that names a person, signed, and good for half a day."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

COOKIE = "ytempire_session"
#: Seconds a sign-in lasts.
SESSION_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Session:
    """What a cookie of ours says.

    Attributes:
        stamp: the person's at sign-in; when theirs is another one, the session has ended.
    """

    session_id: str
    name: str
    stamp: str


class Sessions:
    """Begins, reads and ends sessions.

    Args:
        key: signs the cookies; another one ends every session.
        admin_password: of `admin`; another one ends that person's sessions.
    """

    def __init__(self, key: str, admin_password: str) -> None:
        self._signer = URLSafeTimedSerializer(derived(key, "sessions"), salt="ytempire-dashboards")
        self.admin_stamp = derived(key, f"admin {admin_password}")
        self._ended: dict[str, None] = {}

    def begin(self, response: Response, name: str, stamp: str, *, is_secure: bool) -> None:
        """Gives the browser of this response a session."""
        response.set_cookie(
            COOKIE,
            self._signer.dumps([secrets.token_urlsafe(16), name, stamp]),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="lax",
            secure=is_secure,
        )

    def read(self, connection: HTTPConnection) -> Session | None:
        """The session of a request; None: unsigned, too old, or signed out of."""
        try:
            said = self._signer.loads(connection.cookies.get(COOKIE, ""), max_age=SESSION_SECONDS)
        except BadSignature:
            return None
        if not (
            isinstance(said, list) and len(said) == 3 and all(isinstance(s, str) for s in said)
        ):
            return None
        session = Session(*said)
        return None if session.session_id in self._ended else session

    def end(self, session: Session | None, response: Response) -> None:
        """Signs out: the cookie is taken away, and is good for nothing if it was copied."""
        if session:
            self._ended[session.session_id] = None
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")


def derived(key: str, purpose: str) -> str:
    """A key for one purpose, out of one that is kept."""
    return hmac.new(key.encode(), purpose.encode(), "sha256").hexdigest()
