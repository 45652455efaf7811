"""Signed-in sessions: a cookie that names a person, signed, and good for half a day."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from dashboards.signed_out import SignedOut

COOKIE = "ytempire_session"
#: Seconds a sign-in lasts.
SESSION_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Session:
    """What a cookie of ours says.

    Attributes:
        stamp: the person's at sign-in; when theirs is another one, the session has ended.
        begun_at: UTC, to the second.
    """

    session_id: str
    name: str
    stamp: str
    begun_at: datetime


class Sessions:
    """Begins, reads and ends sessions.

    Args:
        key: signs the cookies; another one ends every session.
        admin_password: of `admin`; another one ends that person's sessions.
    """

    def __init__(self, key: str, admin_password: str) -> None:
        self._signer = URLSafeTimedSerializer(derived(key, "sessions"), salt="ytempire-dashboards")
        self.admin_stamp = derived(key, f"admin {admin_password}")
        self._ended = SignedOut(SESSION_SECONDS)
        self._started_at = datetime.now(UTC).replace(microsecond=0)

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
        """The session that a request's cookie names; None: unsigned, or too old."""
        try:
            said, begun_at = self._signer.loads(
                connection.cookies.get(COOKIE, ""), max_age=SESSION_SECONDS, return_timestamp=True
            )
        except BadSignature:
            return None
        if not (
            isinstance(said, list) and len(said) == 3 and all(isinstance(s, str) for s in said)
        ):
            return None
        return Session(*said, begun_at)

    def is_open(self, session: Session) -> bool | None:
        """Whether nobody has signed out of a session; None: the database has to be asked."""
        if session.session_id in self._ended:
            return False
        return True if self._ended.is_read else None

    def was_left_open(self, session: Session) -> bool:
        """The same, asked of the database. While it does not answer, what began before this server
        may have been signed out of, and is not open."""
        self._ended.read()
        is_open = self.is_open(session)
        return session.begun_at >= self._started_at if is_open is None else is_open

    def end(self, session: Session) -> None:
        """Signs out: the cookie is good for nothing from now on, however often it was copied."""
        self._ended.add(session.session_id)


def derived(key: str, purpose: str) -> str:
    """A key for one purpose, out of one that is kept."""
    return hmac.new(key.encode(), purpose.encode(), "sha256").hexdigest()
