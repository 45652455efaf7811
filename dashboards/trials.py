"""What an admin does about experiments: plans, starts and stops them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import streamlit as st
from ytempire.learning.experiments import plans
from ytempire.learning.experiments.plans import Db
from ytempire.learning.experiments.settings import SETTINGS
from ytempire.warehouse.database import connect

from dashboards import data, parts
from dashboards.data import Row
from dashboards.operations import doing
from dashboards.operations.doing import Told
from dashboards.people import may, person

#: What may be compared, in the order of the form.
OUTCOMES = ("views_7d", "loaded_cost")
EVERY = ""


def show(known: Sequence[Row]) -> None:
    """The two cards below the plans, each to whom it is open."""
    left, right = st.columns(2)
    if may("experiment.plan"):
        with left, st.container(key="card-plan"):
            _show_form()
    with right, st.container(key="card-run"):
        _show_running(known)


def _show_form() -> None:
    parts.heading("Plan an experiment", "It can be planned anew until it is started", level=2)
    channels = {EVERY: "Every channel"} | {
        str(row["channel_id"]): str(row["title"]) for row in data.live("desk_channels")
    }
    with st.form("plan", border=False):
        st.text_input("Name", max_chars=60, key="plan-name", help="As in faster-voice")
        st.text_input("Hypothesis", max_chars=300, key="plan-hypothesis")
        st.selectbox(
            "What is varied",
            list(SETTINGS),
            format_func=lambda each: f"{each}: {SETTINGS[each].allowed}",
            key="plan-setting",
        )
        with st.container(horizontal=True):
            st.text_input(
                "Control", key="plan-control", width=180, help="Empty: as each profile has it"
            )
            st.text_input("Variant", key="plan-variant", width=180)
        st.selectbox(
            "Channel", list(channels), format_func=lambda each: channels[each], key="plan-channel"
        )
        st.selectbox(
            "What is compared",
            OUTCOMES,
            format_func=lambda each: plans.OUTCOMES[each][0].capitalize(),
            key="plan-outcome",
        )
        with st.container(horizontal=True):
            st.number_input("Videos", 20, 100_000, 240, key="plan-units", width=180)
            st.number_input("Looks", 1, 5, 3, key="plan-looks", width=180)
        st.form_submit_button("Plan it", on_click=_plan)


def _plan() -> None:
    said = st.session_state.to_dict()
    name = str(said["plan-name"]).strip()

    def deed() -> Told:
        plan = plans.of(
            name,
            str(said["plan-hypothesis"]),
            str(said["plan-setting"]),
            {"control": str(said["plan-control"]), "variant": str(said["plan-variant"])},
            channel_id=str(said["plan-channel"]) or None,
            outcome=said["plan-outcome"],
            units=int(said["plan-units"]),
            looks=int(said["plan-looks"]),
            alpha=Decimal("0.05"),
        )
        with connect() as db:
            plans.put(db, plan, person().name)
        return f"{name} is planned", "Start it below; from then on its plan stays as it is."

    doing.do("experiment.plan", name, deed, change="plan")


def _show_running(known: Sequence[Row]) -> None:
    parts.heading("Start or stop", "Videos keep the variant that they were begun in", level=2)
    open_ones = {
        str(row["experiment_id"]): str(row["state"])
        for row in known
        if row["state"] in ("planned", "running")
    }
    if not open_ones:
        parts.note("Nothing waits to be started, and nothing runs.")
        return
    chosen = st.selectbox("Experiment", list(open_ones), key="run-of")
    waits = open_ones.get(chosen) == "planned"
    if may("experiment.plan"):
        st.button("Start it", on_click=_start, args=(chosen,), disabled=not waits)
    if may("experiment.stop"):
        with st.form("stop", border=False):
            st.text_input("Why it is stopped", max_chars=300, key="stop-why")
            st.form_submit_button("Stop it", on_click=_stop, args=(chosen,))


def _start(name: str) -> None:
    told = f"{name} runs", "Videos that are begun from now on are made in one of its variants."
    _do("experiment.plan", name, lambda db, who: plans.start(db, name, who), told, "start")


def _stop(name: str) -> None:
    why = str(st.session_state["stop-why"])
    told = f"{name} is stopped", "It takes no more videos, and nothing is decided."
    _do("experiment.stop", name, lambda db, who: plans.stop(db, name, who, why), told, "stop")


def _do(
    action: str, name: str, change_it: Callable[[Db, str], None], told: Told, change: str
) -> None:
    def deed() -> Told:
        with connect() as db:
            change_it(db, person().name)
        return told

    doing.do(action, name, deed, change=change)
