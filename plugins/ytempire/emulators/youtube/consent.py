"""Google's consent page for the local channels: a person picks one and ticks what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ytempire.emulators.youtube.calls import Emulator
from ytempire.emulators.youtube.codes import Consent
from ytempire.emulators.youtube.pages import page_of

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


class ConsentPage:
    """GET shows the page; POST is its answer, and sends the browser back to the app."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    async def show(self, request: Request) -> Response:
        """The page, or what is wrong with the app's request."""
        wrong = self._wrong(request.query_params)
        if wrong:
            told = f"<h1>Error 400: {escape(wrong)}</h1><p>The app asked for access wrongly.</p>"
            return HTMLResponse(page_of("access blocked", told), 400)
        return HTMLResponse(page_of("choose a channel", self._form(request.query_params)))

    async def answer(self, request: Request) -> Response:
        """The person's answer."""
        asked = request.query_params
        form = parse_qs((await request.body()).decode("latin-1"))
        channel = (form.get("channel") or [""])[0]
        ticked = form.get("scope", ())
        scopes = [scope for scope in asked.get("scope", "").split() if scope in ticked]
        if self._wrong(asked):
            return await self.show(request)
        back = {"state": asked["state"]} if "state" in asked else {}
        if form.get("answer") != ["allow"] or not scopes:
            back["error"] = "access_denied"
        elif channel not in {each.key for each in self._emulator.library.own}:
            return await self.show(request)
        else:
            consent = Consent(
                channel=channel,
                scopes=tuple(scopes),
                redirect_uri=asked["redirect_uri"],
                challenge=asked.get("code_challenge", ""),
                is_lasting=asked.get("access_type") == "offline",
            )
            code = self._emulator.grants.codes.give(consent)
            back |= {"code": code, "scope": " ".join(scopes)}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 303)

    def _wrong(self, asked: Mapping[str, str]) -> str:
        if asked.get("client_id") != self._emulator.grants.client_id:
            return "invalid_client"
        if urlsplit(asked.get("redirect_uri", "")).hostname not in _LOOPBACK:
            return "redirect_uri_mismatch"
        if asked.get("response_type") != "code" or not asked.get("scope"):
            return "invalid_request"
        if asked.get("code_challenge_method", "S256") != "S256":
            return "invalid_request"
        return ""

    def _form(self, asked: Mapping[str, str]) -> str:
        channels = "".join(
            f'<label><input type="radio" name="channel" value="{escape(channel.key)}" required> '
            f"{escape(channel.title)}</label>"
            for channel in self._emulator.library.own
        )
        scopes = "".join(
            f'<label><input type="checkbox" name="scope" value="{escape(scope)}" checked> '
            f"{escape(scope.rpartition('/')[2])}</label>"
            for scope in asked["scope"].split()
        )
        return (
            "<h1>An app wants access to a channel</h1>"
            f'<form method="post"><fieldset><legend>Channel</legend>{channels}</fieldset>'
            f"<fieldset><legend>It may use</legend>{scopes}</fieldset>"
            '<button name="answer" value="allow">Allow</button> '
            '<button name="answer" value="deny" formnovalidate>Cancel</button></form>'
        )
