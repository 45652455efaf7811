"""What DAG files share: assets, the retry policy, the request form, tags. Imports Airflow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, ExceptionRetryPolicy, Param, RetryAction, RetryRule

#: What a pull landed in `raw`; `refresh_warehouse` follows it.
RAW_YOUTUBE = Asset("ytempire://raw/youtube")
#: The marts, fresh.
MARTS = Asset("ytempire://marts")

#: Tags are a closed vocabulary: a room, and a tier (tier-1 wakes a person at night).
TAGS = frozenset({"studio", "channels", "analytics", "warehouse", "tier-1", "tier-2"})

_ERRORS = "ytempire.errors"
#: Typed errors decide: what may pass is tried again, what a person must mend is not.
RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            exception=[
                f"{_ERRORS}.{name}"
                for name in ("ProviderUnavailable", "MalformedAnswer", "ServiceFailed")
            ],
            action=RetryAction.RETRY,
            reason="The other side may answer better in a while.",
        ),
        RetryRule(
            exception=f"{_ERRORS}.YTEmpireError",
            action=RetryAction.FAIL,
            reason="Trying again cannot mend this; the message says what can.",
        ),
    ]
)

RETRY_TRANSIENT: dict[str, Any] = {
    "owner": "ytempire",
    "retries": 3,
    "retry_delay": timedelta(seconds=15),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
    "retry_policy": RETRY_POLICY,
}

#: The form of `produce_video` in Airflow's UI; `request_id` is filled by the queue.
REQUEST_FORM = {
    "channel": Param("", type="string", title="Channel", description="Such as `tidewise`."),
    "topic": Param("", type="string", title="Topic", description="One line; the working title."),
    "script": Param(
        "",
        type=["string", "null"],
        format="multiline",
        title="Script",
        description="Your own words, as in `examples/`. Empty: the writer tells the topic.",
    ),
    "format": Param("short", type="string", enum=["short", "wide"], title="Format"),
    "priority": Param("standard", type="string", enum=["premium", "standard"], title="Priority"),
    "request_id": Param(
        "",
        type="string",
        title="Request",
        description="A request that is already in the queue; leave it empty to make one.",
    ),
}
