"""The queue: what was asked for, and what people arrange in it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st
from ytempire.domain import Format, Tier
from ytempire.planning import calling_off, requests
from ytempire.runs import arranging, queue
from ytempire.runs.arranging import Arranged
from ytempire.runs.orders import Recall

from dashboards import controls, data, export, formats, parts
from dashboards.operations import doing
from dashboards.operations.doing import Told
from dashboards.parts import Column, Markup, text
from dashboards.people import may

#: Requests that are shown, at most.
SHOWN = 200
STATES = {
    "": "All",
    "queued": "Waiting",
    "in_review": "In review",
    "waiting_quota": "Waits for quota",
    "waiting_channel": "Waits for its channel",
    "failed": "Failed",
}
CHOSEN, ALL_SHOWN = "queue-chosen", "queue-all"
#: What the form that is drawn now is told apart by.
FORM = "ask-form"
Arrange = Callable[[Sequence[str]], Arranged]
#: What is done -> its action in the audit log, and how.
WAYS: dict[str, tuple[str, Arrange]] = {
    "Premium": ("request.reorder", lambda ids: arranging.prioritise(ids, Tier.PREMIUM)),
    "Standard": ("request.reorder", lambda ids: arranging.prioritise(ids, Tier.STANDARD)),
    "Economy": ("request.reorder", lambda ids: arranging.prioritise(ids, Tier.ECONOMY)),
    "To the front": ("request.reorder", arranging.to_front),
    "To the back": ("request.reorder", arranging.to_back),
    "Cancel": ("request.cancel", calling_off.cancel),
}


#: What is said of scripts that had been ordered ahead for what is called off.
RECALLS = {
    Recall.OVER: "Scripts were ordered and are no longer being written; what was is paid for",
    Recall.TOLD: "The writer was told to stop, which takes some ten minutes, and what it has "
    "written by then is paid for",
    Recall.UNREACHED: "The writer could not be told to stop yet; each plan tries again, and what "
    "it has written by then is paid for",
}


def _request(row: Mapping[str, Any]) -> Markup:
    badge = parts.SIMULATED if row["is_simulated"] else ""
    about = f"{row['channel']} · {row['format']} · {row['tier']}"
    return Markup(f"{text(row['title'])}<small>{badge}{text(about)}</small>")


def _state(row: Mapping[str, Any]) -> Markup:
    word = STATES.get(row["state"], str(row["state"]).replace("_", " ").capitalize())
    css = {"failed": "bad", "queued": "late"}.get(row["state"], "")
    about = f"{row['stage']}, {formats.age(row['stage_since'], datetime.now(UTC))}" * bool(
        row["stage"]
    )
    if row["waits_until"]:
        about = f"until {row['waits_until'].astimezone(UTC):%-d %b, %H:%M} UTC"
    return Markup(f'<span class="yt-state {css}">{text(word)}</span><small>{text(about)}</small>')


def _asked(row: Mapping[str, Any]) -> Markup:
    age = formats.age(row["requested_at"], datetime.now(UTC))
    return Markup(f"{text(age)}<small>{text(row['asked_by'])}</small>")


COLUMNS = (
    Column("Request", _request),
    Column("State", _state),
    Column("Asked for", _asked, is_minor=True),
    Column("Cost so far", lambda row: formats.money(row["cost_usd"]), is_number=True),
    Column(
        "Foreseen",
        lambda row: formats.money(row["foreseen_usd"]) if row["foreseen_usd"] else formats.ABSENT,
        is_number=True,
        is_minor=True,
    ),
)


def show(channels: Sequence[data.Row]) -> None:
    """The card, with what this person may do below it."""
    names = {"": "All channels", **{row["channel_id"]: row["title"] for row in channels}}
    with st.container(key="card-queue"):
        head = st.container()
        with st.container(horizontal=True):
            channel_id = controls.choose_from_list("Channel", names, "channel")
            state = controls.choose_from_list("State", STATES, "state")
        where = {"channel_id": channel_id, "state": state}
        rows = data.live("desk_queue", **where, limit=SHOWN)
        with head:
            about = "Premium first, then standard, then economy; each in the order shown"
            export.card_head(
                *("Queue", about, "queue", rows),
                lambda limit: data.whole("desk_queue", **where, limit=limit),
            )
        if rows:
            parts.table("Queue", COLUMNS, rows)
            export.note_of_more(rows)
        elif channel_id or state:
            parts.note("Nothing of this kind is in the queue; choose all to see the rest.")
        else:
            parts.note("The queue is empty. Plans come at 5:00 and 17:00 Pacific; or ask below.")
        _show_ways([row for row in rows if row["state"] == "queued"])
    if may("request.add") and channels:
        with st.container(key="card-ask"):
            _show_form({row["channel_id"]: row["title"] for row in channels})


def _show_ways(waiting: Sequence[data.Row]) -> None:
    ways = [way for way, (action, _) in WAYS.items() if may(action)]
    if not waiting or not ways:
        return
    titles = {row["request_id"]: f"{row['title']} ({row['channel']})" for row in waiting}
    first = tuple(titles)[: arranging.MOST]
    all_of_them = f"All {len(titles)}" if len(first) == len(titles) else f"The first {len(first)}"
    said = f"{all_of_them} that wait" if len(titles) > 1 else "The one that waits"
    takes_all = st.checkbox(f"{said}, as shown", key=ALL_SHOWN)
    st.multiselect(
        "Requests that wait",
        list(titles),
        format_func=lambda request_id: titles[request_id],
        key=CHOSEN,
        disabled=takes_all,
    )
    with st.container(horizontal=True):
        for way in ways:
            st.button(way, key=f"queue-{way}", on_click=_arrange, args=(way, first))


def _arrange(way: str, first: tuple[str, ...]) -> None:
    """What one has chosen stays chosen where it has gone meanwhile: that is told."""
    chosen = list(first) if st.session_state[ALL_SHOWN] else list(st.session_state[CHOSEN])
    action, arrange = WAYS[way]
    target = chosen[0] if len(chosen) == 1 else f"{len(chosen)} requests"

    def deed() -> Told:
        return _told(way, arrange(chosen))

    if doing.do(action, target, deed, way=way, requests=chosen):
        st.session_state[CHOSEN], st.session_state[ALL_SHOWN] = [], False


def _told(way: str, arranged: Arranged) -> Told:
    about = []
    if arranged.missed:
        missed = "; ".join(f"{each} was {state}" for each, state in arranged.missed.items())
        about.append(f"Left as they were, since somebody or a run came before you: {missed}.")
    for recall, said in RECALLS.items():
        requests = [each for each, became in arranged.sent.items() if became is recall]
        if requests:
            about.append(f"{said}: {', '.join(requests)}.")
    told = " ".join(about) or "The queue below shows it."
    return f"{way}: {len(arranged.done)} done", told


def _show_form(titles: Mapping[str, str]) -> None:
    parts.heading("Ask for a video", "The writer tells the topic from what moves now", level=2)
    form = str(st.session_state.setdefault(FORM, uuid.uuid4().hex[:6]))
    with st.form("ask", border=False):
        st.selectbox("Channel", list(titles), format_func=lambda each: titles[each], key="ask-on")
        st.text_input("Topic", max_chars=queue.TOPIC_CHARACTERS, key=f"ask-topic-{form}")
        with st.container(horizontal=True):
            st.selectbox("Format", list(Format), key="ask-format", width=180)
            st.selectbox("Priority", list(Tier), index=1, key="ask-tier", width=180)
        st.form_submit_button("Ask for it", key=f"ask-{form}", on_click=_ask, args=(form,))


def _ask(form: str) -> None:
    """A hand that clicks twice sends one form twice, and both are answered at once: one form with
    one topic is one request, whichever comes first."""
    said = st.session_state
    channel_id, topic = str(said["ask-on"]), str(said[f"ask-topic-{form}"]).strip()
    wish = {"format": Format(said["ask-format"]), "tier": Tier(said["ask-tier"])}
    request_id = queue.new_request_id(channel_id, topic, form)

    def deed() -> Told:
        requests.ask(channel=channel_id, topic=topic, request_id=request_id, **wish)
        return f"Asked for: {topic}", "It is in the queue, and starts with the next plan."

    if doing.do("request.add", request_id, deed, topic=topic):
        said[FORM] = uuid.uuid4().hex[:6]  # the next one is another, and empty
