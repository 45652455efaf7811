"""The pictures that videos were published with, as their stage stored them."""

from __future__ import annotations

import psycopg
import streamlit as st
from ytempire import storage
from ytempire.errors import YTEmpireError
from ytempire.runs import artifacts

#: Pictures kept, of some 100 KB each.
KEPT = 50


@st.cache_data(max_entries=KEPT, ttl=3600, show_spinner=False)
def of(video_id: str) -> bytes | None:
    """A video's thumbnail; None where none was made, or its file cannot be had."""
    try:
        path = artifacts.find(video_id, "thumbnail")
        if path is None:
            return None
        return storage.fetch(path, artifacts.workshop(video_id)).read_bytes()
    except (YTEmpireError, OSError, psycopg.Error):  # a page without its picture is still one
        return None
