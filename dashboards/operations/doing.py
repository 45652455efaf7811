"""What operators do: in their name, and told on the page that follows.

Deeds are callbacks of buttons. They run before the page is drawn anew, so that a click counts even
where what was clicked is gone by then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import streamlit as st
from ytempire.errors import YTEmpireError

from dashboards import board, data, parts
from dashboards.people import act

_TOLD = "operations-told"
Told = tuple[str, str]


def do(action: str, target: str, deed: Callable[[], Told], **details: Any) -> bool:
    """Does it, and has the page say what came of it: a headline, and a sentence. Returns whether
    it was done.

    A second click stops the run of the first where that next touches the session's state: a deed
    keeps off it, so that it ends, and the log has its outcome.
    """
    is_done = False
    try:
        with act(action, target, **details):
            told = deed()
        is_done = True
    except YTEmpireError as error:
        told = ("Nothing was changed", f"{error.message} {error.remedy}".strip())
    except psycopg.Error:
        told = (
            "Nobody knows what came of it",
            "The warehouse broke off meanwhile. Look at what is shown now before you try again.",
        )
    data.live.clear()
    tell(told)
    return is_done


def tell(told: Told) -> None:
    """What the page says when it is drawn."""
    st.session_state[_TOLD] = told


def say() -> None:
    """Says it, once."""
    if told := st.session_state.pop(_TOLD, None):
        # It is told once, and is no part of the page's document.
        with board.recording("told"), st.container(key="told"):
            parts.notice(*told)
