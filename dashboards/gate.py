"""The door of the dashboards: nothing behind it answers anyone who has not signed in.

ASGI middleware in front of every route and socket: pages, Streamlit's own endpoints (metrics,
host configuration, media, uploads), static files. Open are `/healthz` and `/login` only, and the
two addresses of a sign-in through the organisation where one is configured.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from anyio import CapacityLimiter, to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from ytempire.config import Settings
from ytempire.errors import NotAllowed, NotConfigured, ServiceFailed, YTEmpireError
from ytempire.people import passwords
from ytempire.people.audit import Outcome
from ytempire.people.roster import BUILT_IN, NAME, Role

from dashboards import forms, notes, oidc, roles, standing
from dashboards.headers import hardened, is_own_origin, named, without_files
from dashboards.lockout import Lockout
from dashboards.oidc import Provider
from dashboards.people import Person
from dashboards.sessions import COOKIE, Sessions

Handler = Callable[[Request], Awaitable[Response]]


class Gate:
    """ASGI middleware that lets signed-in people through, in their name (`people.HEADER`).

    Args:
        app: what is guarded.
        password: of `admin`, who is known without the database.
        key: signs the session cookie.
        lockout: counts wrong tries.
        provider: signs people in for their organisation.
        public: the address of a trusted proxy in front, which alone reaches this server.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        password: str,
        key: str,
        lockout: Lockout | None = None,
        provider: Provider | None = None,
        public: str = "",
    ) -> None:
        self._app = app
        self._admin = passwords.kept(password)
        self._sessions = Sessions(key, password)
        self._lockout = lockout or Lockout()
        self._provider = provider
        self._public = public
        self._oidc = oidc.LOGIN if provider else ""
        #: scrypt takes 16 MB a try; a flood of tries waits instead of filling the memory.
        self._scrypt_slots = CapacityLimiter(2)
        self._own: dict[str, Handler] = {
            "/healthz": self._health,
            "/login": self._login,
            "/logout": self._logout,
        }
        if provider:
            self._own |= {oidc.LOGIN: self._leave, provider.callback: self._return}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        handler = self._own.get(request.url.path)
        if handler is not None:
            await (await handler(request))(scope, receive, send)
            return
        known = await self._known(request)
        if known is None:
            await forms.refusal(request)(scope, receive, send)
            return
        page = request.url.path.strip("/")
        if page == roles.FRONT:  # Streamlit knows its front page by `/` alone
            home = f"/?{request.url.query}" if request.url.query else "/"
            await RedirectResponse(home, status_code=307)(scope, receive, send)
            return
        is_closed = page in roles.PAGES and not roles.opens(known.role, page)
        # The page itself says why it is closed.
        status = 403 if is_closed else None
        answer = send if roles.may(known.role, "export") else without_files(send)
        await self._app(named(scope, known.name), receive, hardened(answer, status))

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        known = await self._known(connection)
        if known is None or not is_own_origin(connection):
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        has_ended = False

        async def watched() -> Message:
            """A socket lives long: whose session has ended meanwhile is heard no more."""
            nonlocal has_ended
            message = await receive()
            if message["type"] == "websocket.receive" and await self._known(connection) is None:
                has_ended = True
                await send({"type": "websocket.close", "code": 1008})
                return {"type": "websocket.disconnect", "code": 1008}
            return message

        async def send_while_open(message: Message) -> None:
            if not has_ended:
                await send(message)

        await self._app(named(scope, known.name), watched, send_while_open)

    async def _known(self, connection: HTTPConnection) -> Person | None:
        """Who has a session that has not ended; None for anyone else."""
        session = self._sessions.read(connection)
        if session is None:
            return None
        is_open = self._sessions.is_open(session)
        if is_open is None:
            is_open = await to_thread.run_sync(self._sessions.was_left_open, session)
        if not is_open:
            return None
        if session.name == BUILT_IN:
            is_same = session.stamp == self._sessions.admin_stamp
            return Person(BUILT_IN, Role.ADMIN) if is_same else None
        found = await to_thread.run_sync(standing.of, session.name)
        is_same = found is not None and found.stamp == session.stamp
        return Person(session.name, found.role) if found and is_same else None

    async def _health(self, _request: Request) -> Response:
        return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})

    async def _login(self, request: Request) -> Response:
        if request.method in {"GET", "HEAD"}:
            target = forms.safe_target(request.query_params.get("next", ""))
            if await self._known(request):
                return RedirectResponse(target, status_code=303)
            return forms.page(target, oidc=self._oidc)
        if request.method != "POST":
            return PlainTextResponse("Method not allowed.", 405, headers={"Allow": "GET, POST"})
        if not is_own_origin(request):
            return PlainTextResponse("This form was sent from another site.", 403)
        form = await forms.fields(request)
        if form is None:
            return PlainTextResponse("The form is too large.", 413)
        return await self._try(request, form)

    async def _try(self, request: Request, form: dict[str, str]) -> Response:
        target = forms.safe_target(form.get("next", ""))
        client = _forwarded(request) if self._public else _address(request)
        # Counted before the check, so that tries sent at once cannot outrun the count.
        name = form.get("user", "").strip().lower()
        wait = self._lockout.begin(client, name)
        if wait > 0:
            words = f"Too many wrong tries. Try again in {wait} s."
            return forms.page(target, words, oidc=self._oidc, status=429, wait=wait)
        try:
            is_known, stamp = await to_thread.run_sync(
                self._checked, name, form.get("password", ""), limiter=self._scrypt_slots
            )
        except ServiceFailed as error:
            self._lockout.take_back(client, name)
            return forms.page(target, error.message, oidc=self._oidc, status=503)
        if stamp is None:
            # What is no name of ours may be a password in the wrong field.
            await _note(request, name if is_known else "unknown", "sign-in", "refused")
            if self._lockout.is_locked(client, name):
                await _note(request, name if is_known else "unknown", "lock", "refused")
            words = "User or password is wrong."
            return forms.page(target, words, oidc=self._oidc, status=401)
        self._lockout.forgive(client, name)
        return await self._begun(request, name, stamp, target, "password")

    def _checked(self, name: str, plain: str) -> tuple[bool, str | None]:
        """Whether there is such a person, and the stamp for their session if that is the password.

        Takes the same time for names that are nobody's. Raises ServiceFailed: nobody knows for now.
        """
        if name == BUILT_IN:
            return True, self._sessions.admin_stamp if self._admin.matches(plain) else None
        found = standing.asked(name) if NAME.fullmatch(name) else None
        if found is None or found.password is None:
            self._admin.matches(plain)
            return found is not None, None
        return True, found.stamp if found.password.matches(plain) else None

    async def _begun(
        self, request: Request, name: str, stamp: str, target: str, by: str
    ) -> Response:
        await _note(request, name, "sign-in", by=by)
        response = RedirectResponse(target, status_code=303)
        self._sessions.begin(response, name, stamp, is_secure=self._public.startswith("https:"))
        return response

    async def _logout(self, request: Request) -> Response:
        # A link on our own page; another site may not sign a person out.
        if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
            return PlainTextResponse("This link was followed from another site.", 403)
        known = await self._known(request)
        if known:
            await _note(request, known.name, "sign-out")
        session = self._sessions.read(request)
        if session:
            await to_thread.run_sync(self._sessions.end, session)
        response = RedirectResponse("/login", status_code=303)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response

    async def _leave(self, request: Request) -> Response:
        """To the organisation's provider."""
        assert self._provider is not None
        target = forms.safe_target(request.query_params.get("next", ""))
        try:
            return await self._provider.begin(request, target)
        except YTEmpireError as error:
            return forms.page(target, error.message, oidc=self._oidc, status=503)

    async def _return(self, request: Request) -> Response:
        """Back from it."""
        assert self._provider is not None
        name = "unknown"
        try:
            name, target = await self._provider.finish(request)
            found = None
            if NAME.fullmatch(name) and "@" in name:
                found = await to_thread.run_sync(standing.asked, name)
            if found is None:
                raise NotAllowed(f"{name} has no place here yet. Ask an admin to add it.")
        except NotAllowed as error:
            await _note(request, name, "sign-in", "refused", by="oidc", error=error.message)
            response = forms.page("/", error.message, oidc=self._oidc, status=403)
        except YTEmpireError as error:
            response = forms.page("/", error.message, oidc=self._oidc, status=503)
        else:
            response = await self._begun(
                request, name, found.stamp, forms.safe_target(target), "oidc"
            )
        response.delete_cookie(oidc.COOKIE, httponly=True, samesite="lax")
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


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _forwarded(request: Request) -> str:
    """Whom the proxy in front speaks for: it adds an address after those that its client named."""
    named = request.headers.getlist("x-forwarded-for")
    try:
        return str(ip_address(named[-1].split(",")[-1].strip()))
    except (IndexError, ValueError):
        return _address(request)


async def _note(
    request: Request, name: str, action: str, outcome: Outcome = "done", **details: str
) -> None:
    details["address"] = _address(request)
    await to_thread.run_sync(lambda: notes.note(name, action, outcome, **details))
