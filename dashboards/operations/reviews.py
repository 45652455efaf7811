"""The review inbox: videos that wait for a person, and the person's answer to Airflow."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import streamlit as st
from ytempire.errors import InvalidInput, YTEmpireError
from ytempire.local import reviewing
from ytempire.people import audit
from ytempire.runs.content import AFTER
from ytempire.warehouse.database import connect

from dashboards import cuts, data, formats, parts
from dashboards.operations import doing
from dashboards.operations.doing import Told
from dashboards.people import may

ANSWERS = {"Approve": "approve", "Save the title": "edit", "Redo": "redo", "Reject": "reject"}


def show() -> None:
    """The card: one of what waits, with its video, and the ways to answer."""
    waiting = data.live("desk_reviews")
    with st.container(key="card-reviews"):
        about = f"{len(waiting)} waiting for a person" if waiting else "Nothing waits for a person"
        parts.heading("Review inbox", about, level=2)
        if not waiting:
            parts.note("Videos come here when the checks are unsure of them.")
            return
        by_id = {str(row["video_id"]): row for row in waiting}
        video_id = st.selectbox(
            "Video",
            list(by_id),
            format_func=lambda each: f"{by_id[each]['title']} ({by_id[each]['channel']})",
            key="review-of",
        )
        if video_id is None:
            return
        left, right = st.columns(2)
        with left:
            _show_video(by_id[video_id])
        with right:
            _show_why(by_id[video_id])
            if may("review.answer"):
                _show_answers(video_id, str(by_id[video_id]["title"]))


def _show_video(row: data.Row) -> None:
    try:
        cuts.stored(row["video_id"])
    except (YTEmpireError, OSError, psycopg.Error) as error:
        parts.note(f"Its video cannot be shown here: {error}")
        return
    source = parts.text(cuts.address(row["video_id"], row["review_id"]))
    parts.show(
        f'<video controls playsinline preload="metadata" src="{source}" '
        f'aria-label="{parts.text(row["title"])}"></video>'
    )


def _show_why(row: data.Row) -> None:
    asked = formats.age(row["asked_at"], datetime.now(UTC))
    score = f", rated {row['score']:.0f} of 100" if row["score"] is not None else ""
    parts.note(f"Asked {asked}; confidence {formats.percent(row['confidence'], 0)}{score}")
    parts.points([str(reason) for reason in row["reasons"]])


def _show_answers(video_id: str, title: str) -> None:
    with st.form(f"review-{video_id}", border=False):
        st.text_input("Title", title, max_chars=100, key=_key("title", video_id))
        st.text_input("Note", max_chars=500, key=_key("note", video_id))
        st.selectbox("Stage to redo", list(AFTER), key=_key("stage", video_id))
        with st.container(horizontal=True):
            for label, decision in ANSWERS.items():
                st.form_submit_button(
                    label,
                    type="primary" if decision == "approve" else "secondary",
                    on_click=_answer,
                    args=(video_id, decision, title),
                )


def _key(field: str, video_id: str) -> str:
    return f"review-{field}-{video_id}"


def _answer(video_id: str, decision: str, title: str) -> None:
    said = {name: str(st.session_state[_key(name, video_id)]) for name in ("title", "note")}
    form = {"note": said["note"]}
    if said["title"].strip() != title and decision in ("approve", "edit"):
        form["title"] = said["title"]
    if decision == "redo":
        form["stage"] = str(st.session_state[_key("stage", video_id)])

    def deed() -> Told:
        try:
            reviewing.answer(video_id, decision, **form)
        except InvalidInput as error:
            if who := _answered_by(video_id):
                raise InvalidInput(
                    f"{who} has answered for “{title}” already.", "The first answer counts."
                ) from error
            raise
        return f"Answered: {decision}", f"The run of “{title}” goes on with it."

    doing.do("review.answer", video_id, deed, decision=decision, **form)


def _answered_by(video_id: str) -> str | None:
    """Who answered last from here; None: nobody did."""
    with connect() as db:
        rows = audit.latest(db, limit=500, action="review.answer")
    return next((r.actor for r in rows if r.target == video_id and r.outcome == "done"), None)
