"""The review inbox: videos that wait for a person, and the person's answer to Airflow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg
import streamlit as st
from ytempire.errors import NotAsked, YTEmpireError
from ytempire.local import reviewing
from ytempire.people import audit
from ytempire.runs.content import AFTER
from ytempire.warehouse.database import connect

from dashboards import controls, cuts, data, formats, parts
from dashboards.operations import doing
from dashboards.operations.doing import Told
from dashboards.parts import Markup, text
from dashboards.people import may, person

ANSWERS = {"Approve": "approve", "Save the title": "edit", "Redo": "redo", "Reject": "reject"}


def show(channels: Sequence[data.Row]) -> None:
    """The card: one of what waits, with its video, and the ways to answer."""
    names = {"": "All channels", **{row["channel_id"]: row["title"] for row in channels}}
    with st.container(key="card-reviews"):
        head = st.container()
        channel_id = controls.choose_from_list("Channel of reviews", names, "reviews-of")
        # Of a video whose earlier cut still stands as waiting, the latest one.
        rows = data.live("desk_reviews", channel_id=channel_id)
        waiting = {str(row["video_id"]): row for row in rows}
        about = f"{len(waiting) or 'None'} waiting for a person"
        with head:
            parts.heading("Review inbox", about, level=2)
        if not waiting:
            parts.note(
                "Nothing of this channel waits; choose all to see the rest."
                if channel_id
                else "Videos come here when the checks are unsure of them."
            )
            return
        video_id = st.selectbox(
            "Video",
            list(waiting),
            format_func=lambda each: f"{waiting[each]['title']} ({waiting[each]['channel']})",
            key="review-of",
        )
        if video_id is None:
            return
        left, right = st.columns(2)
        with left:
            _show_video(waiting[video_id])
        with right:
            _show_why(waiting[video_id])
            if may("review.answer"):
                _show_answers(waiting[video_id])


def _show_video(row: data.Row) -> None:
    try:
        cuts.stored(row["video_id"])
    except (YTEmpireError, OSError, psycopg.Error) as error:
        parts.note(f"Its video cannot be shown here: {error}")
        return
    source = text(cuts.address(row["video_id"], row["review_id"]))
    parts.show(
        f'<video controls playsinline preload="metadata" src="{source}" '
        f'aria-label="{text(row["title"])}"></video>'
    )


def _show_why(row: data.Row) -> None:
    asked = formats.age(row["asked_at"], datetime.now(UTC))
    score = f", rated {row['score']:.0f} of 100" if row["score"] is not None else ""
    about = f"Asked {asked}; confidence {formats.percent(row['confidence'], 0)}{score}"
    badge = parts.SIMULATED if row["is_simulated"] else ""
    parts.note(Markup(f"{badge}{text(about)}"))
    until = row["waits_until"].astimezone(UTC)
    parts.note(f"Without an answer it is rejected on {until:%-d %b at %H:%M} UTC")
    parts.points([str(reason) for reason in row["reasons"]])


def _show_answers(row: data.Row) -> None:
    review_id = str(row["review_id"])
    with st.form(f"review-{review_id}", border=False):
        st.text_input("Title", row["title"], max_chars=100, key=_key("title", review_id))
        st.text_input("Note", max_chars=500, key=_key("note", review_id))
        st.selectbox("Stage to redo", list(AFTER), key=_key("stage", review_id))
        with st.container(horizontal=True):
            for label, decision in ANSWERS.items():
                st.form_submit_button(
                    label,
                    type="primary" if decision == "approve" else "secondary",
                    on_click=_answer,
                    args=(review_id, str(row["video_id"]), decision, str(row["title"])),
                )


def _key(field: str, review_id: str) -> str:
    return f"review-{field}-{review_id}"


def _answer(review_id: str, video_id: str, decision: str, title: str) -> None:
    said = {name: str(st.session_state[_key(name, review_id)]) for name in ("title", "note")}
    form = {"note": said["note"]}
    if said["title"].strip() != title and decision in ("approve", "edit"):
        form["title"] = said["title"]
    if decision == "redo":
        form["stage"] = str(st.session_state[_key("stage", review_id)])

    def deed() -> Told:
        try:
            reviewing.answer(review_id, decision, **form, by=person().name)
        except NotAsked as error:
            who = _answered_by(review_id)
            raise NotAsked(
                f"{who} has answered for “{title}” already."
                if who
                else f"This cut of “{title}” waits for no answer any more.",
                "The first answer counts. If another cut waits now, it has to be watched itself.",
            ) from error
        return f"Answered: {decision}", f"The run of “{title}” goes on with it."

    doing.do("review.answer", video_id, deed, review=review_id, decision=decision, **form)


def _answered_by(review_id: str) -> str | None:
    """Who answered from here; None: nobody did."""
    with connect() as db:
        rows = audit.latest(db, limit=500, action="review.answer")
    done = (row for row in rows if row.outcome == "done")
    return next((row.actor for row in done if row.details.get("review") == review_id), None)
