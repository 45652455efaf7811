"""Airflow's pools as they are now: how many may work at once, and how many more could."""

from __future__ import annotations

import streamlit as st
from ytempire.config import settings
from ytempire.errors import YTEmpireError
from ytempire.local.airflow_api import AirflowAPI, Pool
from ytempire.local.installation import airflow_address, load_keys

from dashboards.data import LIVE_SECONDS

#: Seconds that Airflow has for an answer: the cards beside this one wait for it.
PATIENCE = 2.0


@st.cache_data(ttl=LIVE_SECONDS, show_spinner=False)
def look(name: str) -> Pool | None:
    """A pool as Airflow says it is; None while it does not say."""
    own = settings()
    try:
        password = load_keys(own.home).airflow_password
        return _airflow(airflow_address(own), password).pool(name)
    except YTEmpireError:
        return None


def in_words(pool: Pool | None) -> str:
    """`Pool of 3, 2 free`."""
    if pool is None:
        return "Airflow does not say how many slots are free"
    if pool.slots < 0:
        return "Pool without a limit"
    return f"Pool of {pool.slots}, {max(pool.free, 0) or 'none'} free"


@st.cache_resource(show_spinner=False)
def _airflow(address: str, password: str) -> AirflowAPI:
    """One client, so that its token is asked for once."""
    return AirflowAPI(address, password, patience=PATIENCE)
