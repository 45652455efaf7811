"""Charts of recurring revenue: the waterfall, the movements by month, the cohorts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.charts.base import (
    DAY_AXIS,
    MONEY,
    NEUTRAL,
    REVENUE,
    Spec,
    colour,
    frame,
    name_axis,
    value_axis,
)

Row = Mapping[str, Any]

#: Column of a month -> the movement's name and colour, in the order of the waterfall.
MOVEMENTS = {
    "new_usd": ("New", REVENUE),
    "expansion_usd": ("Expansion", "#3b8fd0"),
    "reactivation_usd": ("Reactivation", "#8070dd"),
    "contraction_usd": ("Contraction", "#dd7a1f"),
    "churn_usd": ("Churn", "#c8473c"),
}


def mrr_waterfall(opening: float, movements: Mapping[str, float]) -> Spec:
    """From the opening MRR by its movements to the closing MRR, USD a month.

    Args:
        opening: MRR before the first month.
        movements: column of `MOVEMENTS` -> its sum over the months; losses negative.
    """
    steps = [{"step": "Opening", "from": 0.0, "to": opening, "name": "MRR", "amount": opening}]
    level = opening
    for column, (name, _) in MOVEMENTS.items():
        amount = movements[column]
        steps.append(
            {"step": name, "from": level, "to": level + amount, "name": name, "amount": amount}
        )
        level += amount
    steps.append({"step": "Closing", "from": 0.0, "to": level, "name": "MRR", "amount": level})
    names = ["MRR", *(name for name, _ in MOVEMENTS.values())]
    colours = [NEUTRAL, *(shade for _, shade in MOVEMENTS.values())]
    return {
        **frame(steps, {"step": 34}, "fit-x"),
        "mark": {"type": "bar", "cornerRadius": 3},
        "encoding": {
            "y": {
                "field": "step",
                "type": "nominal",
                "sort": [step["step"] for step in steps],
                "axis": name_axis(),
                "scale": {"paddingInner": 0.3},
            },
            "x": {"field": "from", "type": "quantitative", "axis": value_axis(MONEY)},
            "x2": {"field": "to"},
            "color": {**colour(names, colours, "square"), "legend": None},
            "tooltip": [
                {"field": "step", "type": "nominal", "title": "Step"},
                {"field": "amount", "type": "quantitative", "title": "USD", "format": "$,.2f"},
            ],
        },
    }


def mrr_movements(months: Sequence[Row]) -> Spec:
    """Gains above and losses below the line, a bar for each month, USD."""
    values = [
        {"day": row["month"].isoformat(), "name": name, "value": float(row[column])}
        for row in months
        for column, (name, _) in MOVEMENTS.items()
        if row[column]
    ]
    month = {"field": "day", "timeUnit": "utcyearmonth", "type": "ordinal"}
    names = [name for name, _ in MOVEMENTS.values()]
    return {
        **frame(values),
        "mark": {"type": "bar"},
        "encoding": {
            "x": {**month, "axis": {**DAY_AXIS, "format": "%b %y", "labelAngle": 0}},
            "y": {"field": "value", "type": "quantitative", "axis": value_axis(MONEY)},
            "color": colour(names, [shade for _, shade in MOVEMENTS.values()], "square"),
            "tooltip": [
                {**month, "title": "Month", "format": "%b %Y"},
                {"field": "name", "type": "nominal", "title": "Movement"},
                {"field": "value", "type": "quantitative", "title": "USD", "format": "$,.2f"},
            ],
        },
    }


def cohorts_retained(cells: Sequence[Row]) -> Spec:
    """How much of each month's new customers is still there, by months since.

    Args:
        cells: `cohort_month`, `age` (months), `customers`, `customers_kept`, `mrr_kept` (shares).
    """
    values = [
        {
            "cohort": f"{row['cohort_month']:%b %Y}",
            "age": row["age"],
            "customers": row["customers"],
            "kept": float(row["customers_kept"]),
            "mrr": None if row["mrr_kept"] is None else float(row["mrr_kept"]),
        }
        for row in cells
    ]
    legend = {"title": None, "orient": "top", "format": ".0%", "gradientLength": 140}
    return {
        **frame(values, {"step": 20}, "fit-x"),
        "mark": {"type": "rect", "cornerRadius": 2},
        "encoding": {
            "x": {
                "field": "age",
                "type": "ordinal",
                "scale": {"padding": 0.06},
                "axis": {
                    "title": "Months since the first",
                    "labelAngle": 0,
                    "labelOverlap": True,
                    "ticks": False,
                    "domain": False,
                },
            },
            "y": {
                "field": "cohort",
                "type": "nominal",
                "sort": list(dict.fromkeys(value["cohort"] for value in values)),
                "scale": {"padding": 0.06},
                "axis": name_axis(),
            },
            "color": {
                "field": "kept",
                "type": "quantitative",
                "scale": {"domain": [0, 1], "range": ["#e9b44c", "#7fb285", "#0b6e66"]},
                "legend": legend,
            },
            "tooltip": [
                {"field": "cohort", "type": "nominal", "title": "First paid in"},
                {"field": "customers", "type": "quantitative", "title": "Customers then"},
                {"field": "age", "type": "quantitative", "title": "Months since"},
                {"field": "kept", "type": "quantitative", "title": "Still paying", "format": ".0%"},
                {"field": "mrr", "type": "quantitative", "title": "MRR kept", "format": ".0%"},
            ],
        },
    }
