"""The sign-in form: what it shows, and what is read of what comes back."""

from __future__ import annotations

import html
import secrets
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

#: Bytes of the largest sign-in form that is read.
FORM_BYTES = 4096
POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_PAGE = Template((Path(__file__).parent / "login.html").read_text(encoding="utf-8"))


def safe_target(target: str) -> str:
    """A path of this server; anything that a browser could read as another site becomes `/`."""
    is_path = target.startswith("/") and not target.startswith(("//", "/login", "/logout"))
    return target if is_path and target.isprintable() and "\\" not in target else "/"


async def fields(request: Request) -> dict[str, str] | None:
    """The form's fields; None: it is too large to be ours."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            return None
    read = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in read.items()}


def refusal(request: Request) -> Response:
    """What anonymous requests get: people the way to the form, anything else no."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target = "/login" if path == "/" else f"/login?next={quote(path, safe='')}"
        return RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})
    return PlainTextResponse("Sign in first.", 401, headers={"Cache-Control": "no-store"})


def page(
    target: str, error: str = "", *, oidc: str = "", status: int = 200, wait: int = 0
) -> Response:
    """The form.

    Args:
        target: the path to go on to.
        oidc: where sign-in through the organisation begins; empty: there is none.
        wait: seconds after which another try is looked at.
    """
    nonce = secrets.token_urlsafe(16)
    way = f"{oidc}?next={quote(target, safe='')}"
    body = _PAGE.substitute(
        nonce=nonce,
        next=html.escape(target),
        error=f'<p class="error" role="alert">{html.escape(error)}</p>' if error else "",
        oidc=f'<p class="or">or</p><a class="oidc" href="{html.escape(way)}">Sign in through your '
        "organisation</a>"
        if oidc
        else "",
    )
    headers = {
        "Content-Security-Policy": POLICY.format(nonce=nonce),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
    }
    if wait:
        headers["Retry-After"] = str(wait)
    return HTMLResponse(body, status, headers=headers)
