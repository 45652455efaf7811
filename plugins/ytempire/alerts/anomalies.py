"""Causes of alerts in the channels' figures: what is not what it should be."""

from __future__ import annotations

from ytempire.alerts.notes import Alert, Db, raise_alert
from ytempire.warehouse.database import connect


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
            "warning" if row["score"] < 0 else "info",
            f"channel {row['channel_id']}: {row['metric']} {row['observed'] / row['expected']:.0%} "
            f"of what it should be{' (SIMULATED)' if row['is_simulated'] else ''}",
            f"{row['observed']:,.6g} from {row['period_start']:%Y-%m-%d %H:%M} to "
            f"{row['period_end']:%Y-%m-%d %H:%M} UTC; {row['low']:,.6g} to {row['high']:,.6g} is "
            "usual. `marts.fct_anomalies` keeps it; of views, see whether YouTube holds the "
            "channel back.",
        )
        for row in rows
    ]
