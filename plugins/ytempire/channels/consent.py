"""Connecting a real account: Google's consent page in a browser, its answer on loopback."""

from __future__ import annotations

from ytempire.channels import accounts
from ytempire.config import settings
from ytempire.errors import GrantRevoked, InvalidInput, NotConfigured
from ytempire.providers.youtube.client import SCOPES, Grant, call, service


def consent(channel_id: str) -> str:
    """Ask for consent, check which channel was given, store the grant; returns that channel's name.

    Raises:
        NotConfigured: no OAuth client is configured, or the account has no channel.
    """
    from google_auth_oauthlib.flow import InstalledAppFlow

    known = accounts.channel(channel_id)
    youtube = settings().youtube
    if youtube.client_id is None or youtube.client_secret is None:
        raise NotConfigured(
            "No OAuth client is configured.",
            "Set YTEMPIRE_YOUTUBE__CLIENT_ID and YTEMPIRE_YOUTUBE__CLIENT_SECRET (a desktop "
            "client of your Google Cloud project).",
        )
    flow = InstalledAppFlow.from_client_config(
        {
            "installed": {
                "client_id": youtube.client_id,
                "client_secret": youtube.client_secret.get_secret_value(),
                "auth_uri": "https://accounts.google.com/o/oauth2/auth",
                "token_uri": "https://oauth2.googleapis.com/token",
            }
        },
        scopes=list(SCOPES),
    )
    given = flow.run_local_server(host="127.0.0.1", bind_addr="127.0.0.1", port=0)
    if not given.refresh_token:
        raise GrantRevoked(
            "Google gave no lasting grant.", "Remove the app's access and try again."
        )
    grant = Grant(
        refresh_token=given.refresh_token,
        client_id=youtube.client_id,
        client_secret=youtube.client_secret.get_secret_value(),
    )
    mine = call(service(grant, "youtube", "v3").channels().list(part="snippet", mine=True))
    if not mine.get("items"):
        raise NotConfigured("The account has no YouTube channel.", "Create one, then try again.")
    item = mine["items"][0]
    if known.youtube_channel_id not in (None, item["id"]):
        raise InvalidInput(
            f"That account is {item['snippet']['title']!r}, not the one {channel_id} stands for.",
            "Sign in with the right account, or add a channel of another name for this one.",
        )
    accounts.add(known.model_copy(update={"youtube_channel_id": item["id"]}))
    accounts.connect_grant(channel_id, grant)
    return str(item["snippet"]["title"])
