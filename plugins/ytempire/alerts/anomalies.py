"""Causes of alerts in the channels' figures: what is not what it should be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ytempire.alerts.notes import Alert, Db, raise_alert
from ytempire.warehouse.database import connect

#: What to look at first.
ADVICE = {
    "views": "see whether YouTube holds the channel back",
    "impressions": "YouTube shows its videos less: look for a strike, a limit, a change of topic",
    "ctr": "look at the newest thumbnails and titles",
    "minutes_per_view": "look at the retention of the newest videos",
    "rpm_usd": "look in YouTube Studio for limited ads and claims; advertisers also pay by season",
    "subscribers_per_1000_views": "look at what the newest videos ask their viewers to do",
    "cost_per_video_usd": "`ytempire costs VIDEO_ID` shows its lines, `ytempire savings` what "
    "failed attempts cost",
}
#: Of these a rise loses money, not a drop.
DEARER_IS_WORSE = frozenset({"cost_per_video_usd"})
#: The share of a drop that is to be seen.
WANTED = Decimal("0.30")


def look() -> list[str]:
    """Note an alert for each anomaly that was found in the last two days.

    Returns:
        The causes that are new.
    """
    with connect() as db:
        return [alert.cause for alert in found(db) if raise_alert(db, *alert)]


def found(db: Db) -> list[Alert]:
    """Anomalies of the last two days, one alert an episode."""
    rows = db.execute(
        """
        select * from raw.anomalies where fetched_at > ops.now() - interval '2 days'
        order by channel_id, metric, period_start
        """
    ).fetchall()
    return [
        Alert(
            f"anomaly/{row['metric']}/{row['channel_id']}/{row['period_start']:%Y-%m-%dT%H:%MZ}",
            "anomaly",
            "warning" if (row["score"] < 0) != (row["metric"] in DEARER_IS_WORSE) else "info",
            f"channel {row['channel_id']}: {row['metric']} {row['observed'] / row['expected']:.0%} "
            f"of what it should be{' (SIMULATED)' if row['is_simulated'] else ''}",
            f"{row['observed']:,.6g} from {row['period_start']:%Y-%m-%d %H:%M} to "
            f"{row['period_end']:%Y-%m-%d %H:%M} UTC; {row['low']:,.6g} to {row['high']:,.6g} is "
            f"usual. {_bound(row)}`marts.fct_anomalies` keeps it; {ADVICE[row['metric']]}.",
        )
        for row in rows
    ]


def _bound(row: dict[str, Any]) -> str:
    """How much may be lost unseen, where that is more than the 30 % that one would want to see."""
    unseen = 1 - row["low"] / row["expected"]
    if unseen <= WANTED or row["metric"] in DEARER_IS_WORSE:
        return ""
    return f"The channel is small or restless: a drop of less than {unseen:.0%} would not show. "
