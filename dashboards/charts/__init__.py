"""Charts as Vega-Lite specifications: data in, a dict out, one look for all.

Colours say the same thing everywhere: revenue is teal, cost orange, views violet. Days are Pacific
dates, months and days are drawn in UTC so that no reader's time zone moves them.
"""

from dashboards.charts.bars import channels_compared, cost_over_time
from dashboards.charts.customers import cohorts_retained, mrr_movements, mrr_waterfall
from dashboards.charts.experiments import effects
from dashboards.charts.lines import (
    VIEW_BREAK,
    channels_over_time,
    margin_to_date,
    money_over_time,
    revenue_over_time,
    stretches,
    views_over_time,
)
from dashboards.charts.videos import retention, videos_ranked, views_per_hour
from dashboards.charts.weeks import per_day

__all__ = [
    "VIEW_BREAK",
    "channels_compared",
    "channels_over_time",
    "cohorts_retained",
    "cost_over_time",
    "effects",
    "margin_to_date",
    "money_over_time",
    "mrr_movements",
    "mrr_waterfall",
    "per_day",
    "retention",
    "revenue_over_time",
    "stretches",
    "videos_ranked",
    "views_over_time",
    "views_per_hour",
]
