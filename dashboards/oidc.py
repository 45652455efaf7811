"""Sign-in through an organisation: OpenID Connect's code flow, with PKCE, state and nonce.

The settings are those of Streamlit's `st.login`, and its addresses; the flow is the gate's own, on
Authlib as well. Streamlit's cannot stand behind a gate: it is begun by a page that runs for someone
who is not signed in yet, and ends in a cookie of thirty days that no removal of a person ends.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response
from ytempire.config import OIDC
from ytempire.errors import NotAllowed, NotConfigured, ProviderUnavailable

from dashboards.sessions import derived

LOGIN = "/auth/login"
COOKIE = "ytempire_oidc"
#: Seconds between the two ends of a sign-in.
FLOW_SECONDS = 600
#: Seconds that the provider has for an answer.
ANSWER_SECONDS = 10.0


class Provider:
    """One OpenID provider.

    Args:
        settings: all of them set, but for `cookie_secret` and `role`.
        key: signs the flow's cookie where no secret is set.

    Raises:
        NotConfigured: some of the settings are missing.
    """

    def __init__(self, settings: OIDC, key: str) -> None:
        self._settings = settings
        needed = ("client_id", "client_secret", "server_metadata_url", "redirect_uri")
        missing = [f"YTEMPIRE_OIDC__{n.upper()}" for n in needed if not getattr(settings, n)]
        if missing:
            raise NotConfigured(
                f"Sign-in through your organisation lacks {', '.join(missing)}.",
                "Set them, or none of YTEMPIRE_OIDC__….",
            )
        self._redirect_uri = str(settings.redirect_uri)
        self.callback = urlsplit(self._redirect_uri).path
        own = settings.cookie_secret.get_secret_value() if settings.cookie_secret else key
        self._signer = URLSafeTimedSerializer(derived(own, "oidc"), salt="ytempire-oidc")
        self._client: Any = None

    async def begin(self, request: Request, target: str) -> Response:
        """Sends the browser to the provider; it comes back to `callback`.

        Raises:
            ProviderUnavailable: the provider does not answer.
        """
        request.scope["session"] = {}
        try:
            response: Response = await self._app().authorize_redirect(request, self._redirect_uri)
        except Exception as error:
            raise _unavailable() from error
        response.set_cookie(
            COOKIE,
            self._signer.dumps({"session": request.scope["session"], "next": target}),
            max_age=FLOW_SECONDS,
            httponly=True,
            samesite="lax",
            secure=self._redirect_uri.startswith("https:"),
        )
        return response

    async def finish(self, request: Request) -> tuple[str, str]:
        """Whom the provider vouches for, by e-mail in small letters, and where they wanted to go.

        Raises:
            NotAllowed: nobody: a flow that was not begun by this browser, an answer that does not
                verify, or an e-mail that the provider has not verified.
        """
        from authlib.integrations.base_client import OAuthError
        from joserfc.errors import JoseError

        try:
            kept = self._signer.loads(request.cookies.get(COOKIE, ""), max_age=FLOW_SECONDS)
        except BadSignature:
            raise NotAllowed("This sign-in was not begun here, or took too long.") from None
        request.scope["session"] = kept["session"]
        try:
            token = await self._app().authorize_access_token(request)
        except (OAuthError, JoseError) as error:
            raise NotAllowed("Your organisation did not sign you in.") from error
        except Exception as error:
            raise _unavailable() from error
        claims = token.get("userinfo") or {}
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") is not True:
            raise NotAllowed("Your organisation has not verified your e-mail address.")
        return email.strip().lower(), str(kept["next"])

    def _app(self) -> Any:
        if self._client is None:
            from authlib.integrations.starlette_client import OAuth

            secret = self._settings.client_secret
            self._client = OAuth().register(
                "oidc",
                client_id=self._settings.client_id,
                client_secret=secret and secret.get_secret_value(),
                server_metadata_url=self._settings.server_metadata_url,
                client_kwargs={
                    "scope": "openid email profile",
                    "code_challenge_method": "S256",
                    "timeout": ANSWER_SECONDS,
                },
            )
        return self._client


def provider(settings: OIDC, key: str) -> Provider | None:
    """The organisation's provider; None where no setting names one. Raises NotConfigured."""
    named = settings.model_dump(exclude={"role"}, exclude_none=True)
    return Provider(settings, key) if named else None


def _unavailable() -> ProviderUnavailable:
    return ProviderUnavailable("Your organisation's sign-in does not answer. Try again later.")
