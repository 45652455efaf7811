"""The channels' states: paused and resumed here, set up by their profile, and connected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

import streamlit as st
import yaml
from ytempire.channels import accounts, profile_file
from ytempire.channels.consent import Consent, keep
from ytempire.errors import InvalidInput, YTEmpireError
from ytempire.local import simulated

from dashboards import data, parts
from dashboards.operations import doing
from dashboards.operations.doing import Told
from dashboards.parts import Column, Markup, text
from dashboards.people import may

WORDS = {"active": "", "resting": "late", "paused": "late", "reauth_required": "bad"}
#: Whom the wizard connects, and the consent under way.
UNDER_WAY = "connect-under-way"
#: The channel's name, the consent, and the address at which its owner gives it.
UnderWay = tuple[str, Consent, str]


def _channel(row: Mapping[str, Any]) -> Markup:
    badge = parts.SIMULATED if row["is_simulated"] else ""
    return Markup(f"{text(row['title'])}<small>{badge}{text(row['niche'])}</small>")


def _state(row: Mapping[str, Any]) -> Markup:
    word = str(row["state"]).replace("_", " ").replace("reauth required", "sign-in needed")
    why = row["state_reason"] or ""
    return Markup(
        f'<span class="yt-state {WORDS[row["state"]]}">{text(word.capitalize())}</span>'
        f"<small>{text(why)}</small>"
    )


COLUMNS = (
    Column("Channel", _channel),
    Column("State", _state),
    Column("Account", lambda row: "connected" if row["is_connected"] else "not connected"),
    Column("Owner", lambda row: row["owner"], is_minor=True),
)


def show(channels: Sequence[data.Row]) -> None:
    """The card of all channels and, for those who may, what is done to one."""
    with st.container(key="card-states"):
        parts.heading("Channels", "A paused channel is planned nothing more", level=2)
        if channels:
            parts.table("Channels", COLUMNS, channels)
        else:
            parts.note("There is no channel yet; connect the first one below.")
    titles = {str(row["channel_id"]): str(row["title"]) for row in channels}
    places = list(st.columns(2))
    if titles and (may("channel.pause") or may("channel.settings")):
        with places.pop(0), st.container(key="card-channel"):
            _show_one(titles)
    if may("channel.connect"):
        with places.pop(0), st.container(key="card-connect"):
            _show_wizard(titles)


def _show_one(titles: Mapping[str, str]) -> None:
    parts.heading("Change a channel", level=2)
    channel_id = st.selectbox(
        "Channel to change", list(titles), format_func=lambda each: titles[each], key="change-of"
    )
    if channel_id is None:
        return
    if may("channel.pause"):
        with st.form("pause", border=False):
            st.text_input("Reason", max_chars=200, key="pause-reason")
            with st.container(horizontal=True):
                st.form_submit_button("Pause", on_click=_move, args=(channel_id, "paused"))
                st.form_submit_button("Resume", on_click=_move, args=(channel_id, "active"))
    if may("channel.settings"):
        with st.expander("Its profile"), st.form("profile", border=False):
            drawn = profile_file.written(accounts.channel(channel_id))
            # A field keeps what it was first drawn with: another profile is another field.
            key = f"profile-{channel_id}-{crc32(drawn.encode())}"
            st.text_area("Profile (YAML)", drawn, height=320, key=key)
            st.form_submit_button("Apply", on_click=_apply, args=(channel_id, key, drawn))


def _move(channel_id: str, state: str) -> None:
    reason = str(st.session_state["pause-reason"])

    def deed() -> Told:
        accounts.set_state(channel_id, state, reason)
        now = accounts.channel(channel_id).state
        then = "" if now == state else f" It will be {state} once it is connected again."
        return f"{channel_id} is {now.replace('_', ' ')}", f"It holds from now on.{then}"

    doing.do("channel.pause", channel_id, deed, state=state, reason=reason)


def _apply(channel_id: str, key: str, drawn: str) -> None:
    changed: list[str] = []  # for the log, which is written when the deed is done
    said = str(st.session_state[key])

    def deed() -> Told:
        profile = profile_file.read(said, "the profile")
        if profile.channel_id != channel_id:
            raise InvalidInput("A channel keeps its name.", "Connect another one for a new name.")
        if profile_file.written(accounts.channel(channel_id)) != drawn:
            raise InvalidInput(
                f"The profile of {channel_id} was changed since this page was drawn.",
                "The field holds it as it is now: make your change there.",
            )
        changed.extend(profile_file.apply(profile) or {})
        return f"{channel_id} was changed", ", ".join(changed) or "Nothing differs from before."

    doing.do("channel.settings", channel_id, deed, changed=changed)


def _show_wizard(titles: Mapping[str, str]) -> None:
    under_way: UnderWay | None = st.session_state.get(UNDER_WAY)
    if under_way is None:
        parts.heading("Connect a channel", "Step 1 of 3: which one", level=2)
        with st.form("connect-name", border=False):
            st.text_input("Short name", max_chars=40, key="connect-name-of", help="As in tidewise")
            st.text_input("Title", max_chars=100, key="connect-title")
            st.text_input("Niche", max_chars=100, key="connect-niche")
            st.text_input("Owner", "house", max_chars=100, key="connect-owner")
            st.form_submit_button("Next", on_click=_begin)
        if titles:
            st.selectbox("Or one that is here", list(titles), key="connect-known")
            st.button("Connect it again", on_click=_begin_again)
        return
    channel_id, _, address = under_way
    parts.heading(f"Connect {channel_id}", "Step 2 of 3: its owner's consent", level=2)
    st.link_button("Open the consent page", address)
    parts.note(
        "Allow all of it. The browser then ends at an address on 127.0.0.1 that shows no page: "
        "copy that address to here."
    )
    with st.form("connect-consent", border=False):
        st.text_input("Address or code", key="connect-pasted")
        with st.container(horizontal=True):
            st.form_submit_button("Connect", on_click=_finish)
            st.form_submit_button("Start again", on_click=_stop)


def _begin() -> None:
    said = st.session_state
    given = {
        "channel_id": str(said["connect-name-of"]).strip(),
        "title": str(said["connect-title"]).strip(),
        "niche": str(said["connect-niche"]).strip(),
        "owner": str(said["connect-owner"]).strip(),
    }

    def deed() -> Told:
        profile = profile_file.read(yaml.safe_dump(given, allow_unicode=True), "the form")
        if profile.channel_id in accounts.ids():
            raise InvalidInput(
                f"There is a channel {profile.channel_id!r} already.", "Choose it below the form."
            )
        begun.append(_consent(profile.channel_id))
        profile_file.apply(profile)
        return f"{profile.title} was added", "Next comes its owner's consent."

    begun: list[UnderWay] = []
    if doing.do("channel.connect", given["channel_id"], deed, step="name"):
        st.session_state[UNDER_WAY] = begun[0]


def _begin_again() -> None:
    try:
        st.session_state[UNDER_WAY] = _consent(str(st.session_state["connect-known"]))
    except YTEmpireError as error:
        doing.tell(("It cannot be connected now", f"{error.message} {error.remedy}"))


def _consent(channel_id: str) -> UnderWay:
    """Raises NotConfigured: nobody can be asked for a consent yet."""
    consent = Consent(simulated.oauth_client())
    return channel_id, consent, consent.address()


def _finish() -> None:
    if UNDER_WAY not in st.session_state:
        return  # the second click of two: the first has connected it
    channel_id, consent, _ = st.session_state[UNDER_WAY]
    pasted = st.session_state["connect-pasted"]

    def deed() -> Told:
        made = keep(channel_id, consent.app, consent.answered(pasted))
        if simulated.is_local():
            simulated.label(channel_id)
        lasts = f"until {made.expires_at:%Y-%m-%d}" if made.expires_at else "until it is revoked"
        return (
            f"Step 3 of 3: {channel_id} is connected",
            f"It is {made.title} ({made.youtube_channel_id}); the grant lasts {lasts}.",
        )

    if doing.do("channel.connect", channel_id, deed, step="consent"):
        _stop()


def _stop() -> None:
    st.session_state.pop(UNDER_WAY, None)
