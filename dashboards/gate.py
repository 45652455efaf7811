"""The door of the dashboards: nothing behind it answers anyone who has not signed in.

ASGI middleware in front of every route and socket: pages, Streamlit's own endpoints (metrics,
host configuration, media, uploads), static files. Open are `/healthz` and `/login` only.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import secrets
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, quote, urlsplit

from anyio import CapacityLimiter, to_thread
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from ytempire.config import Settings
from ytempire.errors import NotConfigured

from dashboards.lockout import Lockout

USER = "admin"
COOKIE = "ytempire_session"
#: Seconds a sign-in lasts.
SESSION_SECONDS = 12 * 3600
#: Bytes of the largest sign-in form that is read.
FORM_BYTES = 4096

#: Vega compiles expressions by `new Function`, and Streamlit styles inline; all else is our own.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' 'unsafe-inline' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
LOGIN_POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_LOGIN_PAGE = Template((Path(__file__).parent / "login.html").read_text(encoding="utf-8"))


class Password:
    """A password kept as its scrypt digest; comparing takes the same time whatever is given."""

    def __init__(self, plain: str) -> None:
        self._salt = secrets.token_bytes(16)
        self._digest = self._scrypt(plain)

    def _scrypt(self, plain: str) -> bytes:
        return hashlib.scrypt(plain.encode(), salt=self._salt, n=2**14, r=8, p=1)

    def matches(self, plain: str) -> bool:
        return hmac.compare_digest(self._scrypt(plain), self._digest)


class Gate:
    """ASGI middleware that lets signed-in people through.

    Args:
        app: what is guarded.
        password: of the user `admin`.
        key: signs the session cookie; it and the password together, so changing either ends
            every session.
        lockout: counts wrong tries per client address.
    """

    def __init__(
        self, app: ASGIApp, *, password: str, key: str, lockout: Lockout | None = None
    ) -> None:
        self._app = app
        self._password = Password(password)
        signing_key = hmac.new(key.encode(), password.encode(), "sha256").digest()
        self._signer = URLSafeTimedSerializer(signing_key, salt="ytempire-dashboards")
        self._lockout = lockout or Lockout()
        self._ended: dict[str, None] = {}
        #: scrypt takes 16 MB a try; a flood of tries waits instead of filling the memory.
        self._scrypt_slots = CapacityLimiter(2)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        own = {"/healthz": self._health, "/login": self._login, "/logout": self._logout}
        handler = own.get(request.url.path)
        if handler is not None:
            await (await handler(request))(scope, receive, send)
        elif self._session(request) is None:
            await self._refusal(request)(scope, receive, send)
        else:
            await self._app(scope, receive, _hardened(send))

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        if self._session(connection) is None or not _is_own_origin(connection):
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._app(scope, receive, send)

    def _session(self, connection: HTTPConnection) -> str | None:
        """The id of a valid, unended session; None for anyone else."""
        try:
            session = self._signer.loads(
                connection.cookies.get(COOKIE, ""), max_age=SESSION_SECONDS
            )
        except BadSignature:
            return None
        return session if isinstance(session, str) and session not in self._ended else None

    def _refusal(self, request: Request) -> Response:
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            target = "/login" if path == "/" else f"/login?next={quote(path, safe='')}"
            return RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})
        return PlainTextResponse("Sign in first.", 401, headers={"Cache-Control": "no-store"})

    async def _health(self, _request: Request) -> Response:
        return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})

    async def _login(self, request: Request) -> Response:
        if request.method in {"GET", "HEAD"}:
            target = _safe_target(request.query_params.get("next", ""))
            if self._session(request):
                return RedirectResponse(target, status_code=303)
            return _login_page(target)
        if request.method != "POST":
            return PlainTextResponse("Method not allowed.", 405, headers={"Allow": "GET, POST"})
        if not _is_own_origin(request):
            return PlainTextResponse("This form was sent from another site.", 403)
        form = await _form(request)
        if form is None:
            return PlainTextResponse("The form is too large.", 413)
        return await self._try(request, form)

    async def _try(self, request: Request, form: dict[str, str]) -> Response:
        target = _safe_target(form.get("next", ""))
        client = request.client.host if request.client else "unknown"
        # Counted before the check, so that tries sent at once cannot outrun the count.
        wait = self._lockout.begin(client)
        if wait > 0:
            return _login_page(
                target, f"Too many wrong tries. Try again in {wait} s.", status=429, wait=wait
            )
        is_right = await to_thread.run_sync(
            self._password.matches, form.get("password", ""), limiter=self._scrypt_slots
        )
        if not (is_right and hmac.compare_digest(form.get("user", "").encode(), USER.encode())):
            return _login_page(target, "User or password is wrong.", status=401)
        self._lockout.forgive(client)
        response = RedirectResponse(target, status_code=303)
        response.set_cookie(
            COOKIE,
            self._signer.dumps(secrets.token_urlsafe(16)),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    async def _logout(self, request: Request) -> Response:
        # A link on our own page; another site may not sign a person out.
        if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
            return PlainTextResponse("This link was followed from another site.", 403)
        session = self._session(request)
        if session:
            self._ended[session] = None
        response = RedirectResponse("/login", status_code=303)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response


def gate_secrets(settings: Settings) -> tuple[str, str]:
    """The gate's password and key.

    Raises:
        NotConfigured: one is missing; the dashboards must not start without a lock.
    """
    password, key = settings.secrets.dashboard_password, settings.secrets.dashboard_key
    if not (password and password.get_secret_value() and key and key.get_secret_value()):
        raise NotConfigured(
            "The dashboards do not start without a password and a key for their sign-in.",
            "Run `make up`, which makes both, or set YTEMPIRE_SECRETS__DASHBOARD_PASSWORD and "
            "YTEMPIRE_SECRETS__DASHBOARD_KEY.",
        )
    return password.get_secret_value(), key.get_secret_value()


def _hardened(send: Send) -> Send:
    """Adds the headers that keep the pages ours to each response."""
    headers = [
        (b"content-security-policy", PAGE_POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"x-frame-options", b"DENY"),
    ]

    async def hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *headers]}
        await send(message)

    return hardened


def _is_own_origin(connection: HTTPConnection) -> bool:
    """Browsers name the page's origin on each socket and form; it must be this very server."""
    origin = urlsplit(connection.headers.get("origin", ""))
    host = connection.headers.get("host", "")
    return origin.scheme in {"http", "https"} and bool(host) and origin.netloc == host


def _safe_target(target: str) -> str:
    """A path of this server; anything that a browser could read as another site becomes `/`."""
    is_path = target.startswith("/") and not target.startswith(("//", "/login", "/logout"))
    return target if is_path and target.isprintable() and "\\" not in target else "/"


async def _form(request: Request) -> dict[str, str] | None:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            return None
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _login_page(target: str, error: str = "", *, status: int = 200, wait: int = 0) -> Response:
    nonce = secrets.token_urlsafe(16)
    body = _LOGIN_PAGE.substitute(
        nonce=nonce,
        next=html.escape(target),
        error=f'<p class="error" role="alert">{html.escape(error)}</p>' if error else "",
    )
    headers = {
        "Content-Security-Policy": LOGIN_POLICY.format(nonce=nonce),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
    }
    if wait:
        headers["Retry-After"] = str(wait)
    return HTMLResponse(body, status, headers=headers)
