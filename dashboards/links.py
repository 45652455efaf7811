"""Where a thing of the dashboards is seen elsewhere."""

from __future__ import annotations

from urllib.parse import quote

import streamlit as st
from ytempire.config import settings
from ytempire.local.installation import airflow_address

#: Seconds for which Airflow's address is believed: it moves when `make up` finds its port taken.
BELIEVED_SECONDS = 60


def airflow_run(request_id: str) -> str:
    """The address of a request's run of `produce_video` in Airflow's UI."""
    run = quote(request_id, safe="")
    return f"{_airflow()}/dags/produce_video/runs/{run}"


@st.cache_data(ttl=BELIEVED_SECONDS, show_spinner=False)
def _airflow() -> str:
    return airflow_address(settings())
