"""Experiments: what is varied on purpose, what came of it, and what an admin plans next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboards import board, charts, data, export, formats, parts, trials
from dashboards.data import MartsEmpty, Row
from dashboards.operations import doing
from dashboards.parts import Column, Markup, text
from dashboards.people import may

#: Variants and plans that are shown, at most.
SHOWN = 60
#: How an experiment's decision looks beside others.
MOODS = {"broken": "bad", "running": "late", "stopped": "late", "planned": "late"}
OUTCOMES = {
    "views_7d": "views in 7 days",
    "loaded_cost": "loaded cost",
    "watch_time_share": "watch time",
}


@parts.page("Experiments")
def show() -> None:
    """The page."""
    parts.heading(
        "Experiments", "Settings that are varied on purpose, one video in one variant, by chance"
    )
    doing.say()
    built: data.Marts | None = None
    try:
        built = data.marts()
    except MartsEmpty:
        words = "No figures yet: the marts are not built. `make up` runs the first cycle."
        parts.note(parts.with_code(words))
    else:
        parts.outage(built)
        _show_effects(built.read("experiments", limit=SHOWN))
    if built is None or built.outage is None:
        plans = data.live("desk_experiments", limit=SHOWN)
        _show_plans(plans)
        if may("experiment.plan") or may("experiment.stop"):
            with board.recording("forms"):  # which are no part of the page's document
                trials.show(plans)
    parts.footer(built.version if built else "")


def _named(row: Mapping[str, Any], name: str) -> Markup:
    badge = parts.SIMULATED if row["is_simulated"] else ""
    return Markup(f"{text(name)}<small>{badge}{text(row['hypothesis'])}</small>")


def _varied(row: Mapping[str, Any]) -> Markup:
    if row["kind"] == "imported":
        return Markup(f"{text(row['varied'])}<small>YouTube's own test</small>")
    value = row["value"] or "as the profile has it"
    return Markup(f"{text(row['varied'])}<small>{text(value)}, {text(row['channel'])}</small>")


def _effect(row: Mapping[str, Any]) -> Markup:
    """The effect in figures or, while there is none, what it waits for."""
    of = OUTCOMES[row["outcome"]]
    if row["estimate"] is None:
        return Markup(f"{formats.ABSENT}<small>{of}: {text(_awaited(row))}</small>")
    write = _money if row["estimate_unit"] == "usd" else _share
    low, high = row["ci_low"], row["ci_high"]
    between = "no interval is told" if low is None else f"{write(low)} to {write(high)}"
    return Markup(f"{text(write(row['estimate']))}<small>{of}: {text(between)}</small>")


def _awaited(row: Mapping[str, Any]) -> str:
    if row["decision"] == "broken":
        return "not to be read"
    if row["decision"] != "running":
        return "too few videos to tell"
    first = -(-row["planned_units"] // row["planned_looks"])
    return f"first looked at with {first} videos"


def _share(value: Decimal) -> str:
    sign = "+" if value > 0 else "\N{MINUS SIGN}" * (value < 0)
    return f"{sign}{formats.percent(abs(value), 0)}"


def _money(value: Decimal) -> str:
    return f"{'+' if value > 0 else ''}{formats.money(value, 4)}"


def _videos(row: Mapping[str, Any]) -> Markup:
    if row["kind"] == "imported":
        return Markup(formats.ABSENT)
    few = ", few" if row["is_small_sample"] else ""
    return Markup(f"{row['measured_units']}<small>of {row['units']}{few}</small>")


def _decided(row: Mapping[str, Any], about: str) -> Markup:
    """What was decided, in a word and its colour, and a line below it."""
    word = f"{row['winner']} won" if row["winner"] else row["decision"]
    mood = MOODS.get(row["decision"], "")
    said = f'<span class="yt-state {mood}">{text(word[:1].upper() + word[1:])}</span>'
    return Markup(f"{said}<small>{text(about)}</small>")


def _decision(row: Mapping[str, Any]) -> Markup:
    return _decided(row, row["reason"] or f"look {row['reached_looks']} of {row['planned_looks']}")


RESULTS = (
    Column(
        "Experiment: variant",
        lambda row: _named(row, f"{row['experiment_id']}: {row['variant']}"),
    ),
    Column("Varied", _varied, is_minor=True),
    Column("Effect", _effect),
    Column("Measured", _videos, is_number=True, is_minor=True),
    Column("Decision", _decision),
)


def _show_effects(rows: Sequence[Row]) -> None:
    with st.container(key="card-effects"):
        about = "Against each control, as of the last planned look; intervals hold for all looks"
        export.card_head(
            *("What came of them", about, "experiments", rows),
            lambda limit: data.whole("experiments", limit=limit),
        )
        if not rows:
            parts.note("Nothing has been tried yet. An admin plans the first experiment below.")
            return
        held = [row for row in rows if not row["is_control"]]
        drawn = [
            row for row in held if row["estimate"] is not None and row["estimate_unit"] == "share"
        ]
        if drawn:
            parts.chart(charts.effects(drawn), alt=_in_words(drawn), key="chart-effects")
        parts.table("What came of experiments", RESULTS, held)
        export.note_of_more(rows, " variants")
        if len({row["experiment_id"] for row in held}) < len(held):
            parts.note(
                "Where several variants are held against one control, each of them has to be "
                "clearer than a single one: together they find something by chance as rarely as "
                "it would."
            )
        if any(row["is_small_sample"] for row in held):
            parts.note(
                "Few: fewer than 30 videos of the variant are measured. Read the interval, not "
                "the figure."
            )


def _in_words(rows: Sequence[Row]) -> str:
    return "; ".join(
        f"{row['experiment_id']} {row['variant']} {_share(row['estimate'])}"
        + (
            ""
            if row["ci_low"] is None
            else f" ({_share(row['ci_low'])} to {_share(row['ci_high'])})"
        )
        for row in rows
    )


def _state(row: Mapping[str, Any]) -> Markup:
    return _decided(row, f"look {row['look']} of {row['looks']}")


PLANS = (
    Column("Plan", lambda row: _named(row, row["experiment_id"])),
    Column(
        "Varies",
        lambda row: Markup(f"{text(row['setting'])}<small>{text(row['variants'])}</small>"),
    ),
    Column(
        "On",
        lambda row: Markup(
            f"{text(row['channel'])}<small>{text(OUTCOMES[row['outcome']])}</small>"
        ),
        is_minor=True,
    ),
    Column(
        "Videos",
        lambda row: Markup(f"{row['taken']}<small>of {row['units']}</small>"),
        is_number=True,
    ),
    Column("State", _state),
    Column(
        "Planned by",
        lambda row: Markup(
            f"{text(row['planned_by'])}<small>{formats.day(row['planned_at'].date())}</small>"
        ),
        is_minor=True,
    ),
)


def _show_plans(plans: Sequence[Row]) -> None:
    with st.container(key="card-plans"):
        parts.heading("Plans", "A plan that has begun is not edited, only stopped", level=2)
        if plans:
            parts.table("Plans", PLANS, plans)
        else:
            parts.note("There is no plan yet.")
