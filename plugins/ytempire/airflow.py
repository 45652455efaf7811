"""What DAG files share: assets, the retry policy, the request form, tags. Imports Airflow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLBranchOperator
from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import (
    Asset,
    BaseOperator,
    Param,
    RetryDecision,
    RetryPolicy,
)

from ytempire.config import settings
from ytempire.errors import MustWait, YTEmpireError

#: What a pull landed in `raw`; `refresh_warehouse` follows it.
RAW_YOUTUBE = Asset("ytempire://raw/youtube")
RAW_BUSINESS = Asset("ytempire://raw/business")
#: The marts, fresh.
MARTS = Asset("ytempire://marts")

#: Of Google Ads' API; each is served for about a year, and the lock's client knows it.
GOOGLE_ADS_VERSION = "v26"
#: Tags are a closed vocabulary: a room, and a tier (tier-1 wakes a person at night).
TAGS = frozenset({"studio", "channels", "analytics", "warehouse", "alerts", "tier-1", "tier-2"})

#: The longest pause that a provider may ask for, and the shortest that is made.
_LONGEST_PAUSE, _SHORTEST_PAUSE = timedelta(hours=2), timedelta(seconds=15)


class Patience(RetryPolicy):  # type: ignore[misc]  # Airflow is not read by mypy here
    """Typed errors decide: what may pass is tried again, what a person must mend is not; a provider
    that says when it will serve again is heeded."""

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Any = None
    ) -> RetryDecision:
        if not isinstance(exception, YTEmpireError):
            return RetryDecision.default()
        if not exception.is_transient:
            return RetryDecision.fail("Trying again cannot mend this; the message says what can.")
        asked = getattr(exception, "retry_after_s", None)
        pause = None
        if asked is not None:
            pause = timedelta(seconds=min(asked, _LONGEST_PAUSE.total_seconds()))
            pause = max(pause, _SHORTEST_PAUSE)
        return RetryDecision.retry(pause, "The other side may answer better in a while.")


RETRY_TRANSIENT: dict[str, Any] = {
    "owner": "ytempire",
    "retries": 3,
    "retry_delay": timedelta(seconds=15),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
    "retry_policy": Patience(),
}

#: The form of `produce_video` in Airflow's UI; `request_id` is filled by the queue.
REQUEST_FORM = {
    "channel": Param("", type="string", title="Channel", description="Such as `tidewise`."),
    "niche": Param(
        "",
        type="string",
        title="Niche",
        description="Instead of a channel: of those about it, the one whose turn it is.",
    ),
    "owner": Param(
        "house",
        type="string",
        pattern=r"^[^<>\n]{1,100}$",
        title="Owner",
        description="Whose channels, with a niche.",
    ),
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
    "video_id": Param(
        "",
        type="string",
        title="Video",
        description="A video whose stages are gone through again; leave it empty for a new one.",
    ),
    "request_id": Param(
        "",
        type="string",
        title="Request",
        description="A request that is already in the queue; leave it empty to make one.",
    ),
}


def _day(title: str, description: str) -> Param:
    """A day that may be left empty."""
    return Param(None, type=["null", "string"], format="date", title=title, description=description)


#: Which days a pull asks for again; empty: what is due.
BACKFILL_FORM = {
    "channel": Param("", type="string", title="Channel", description="Empty: all connected ones."),
    "start": _day("From", "A backfill's first Pacific day; empty: pull what is due."),
    "end": _day("To", "Its last Pacific day; empty: today."),
}

#: The same for sources that have no channels; their days are UTC's, or their account's.
DAYS_FORM = {
    "start": _day("From", "A backfill's first day; empty: pull what is due."),
    "end": _day("To", "Its last day; empty: today."),
}


def asked_days(params: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """First and last day of a `DAYS_FORM`; None: it was left empty."""
    first, last = (
        date.fromisoformat(told) if (told := params[name]) else None for name in ("start", "end")
    )
    return first, last


#: What a person may answer to a review.
ANSWERS = ("Approve", "Edit", "Redo a stage", "Reject")

_OPTIONAL = ["null", "string"]
REVIEW_FORM = {
    "title": Param(
        None,
        type=_OPTIONAL,
        maxLength=100,
        title="New title",
        description="One line, without < and >; empty: as it is.",
    ),
    "thumbnail": Param(None, type=_OPTIONAL, enum=[None, "", "a", "b", "c"], title="Thumbnail"),
    "stage": Param(
        None,
        type=_OPTIONAL,
        enum=[None, "", "write", "narrate", "paint", "assemble"],
        title="Stage to do again",
    ),
    "note": Param(None, type=_OPTIONAL, format="multiline", title="Note"),
    "by": Param(
        None,
        type=_OPTIONAL,
        maxLength=100,
        title="Your name",
        description="Where several people share this login.",
    ),
    "review": Param(None, type=_OPTIONAL),  # of the cut that is asked about
}


class Review(HITLBranchOperator):  # type: ignore[misc]  # Airflow is not read by mypy here
    """Asks a person about a video and acts on the answer; it holds no worker while it waits.

    Args:
        video_id: whose `check` was not sure enough.
    """

    template_fields = (*HITLBranchOperator.template_fields, "video_id")

    def __init__(self, *, video_id: Any, **kwargs: Any) -> None:
        kwargs["params"] = REVIEW_FORM  # the DAG's own form is not asked again
        super().__init__(
            subject="May this video go out?",
            options=list(ANSWERS),
            defaults="Reject",
            response_timeout=timedelta(hours=settings().review.timeout_h),
            **kwargs,
        )
        self.video_id = video_id

    def execute(self, context: Any) -> Any:
        """Ask; the words come from the rating, so that the person sees why.

        A worker that was lost after the answer is not asked for another: the task goes on from it.
        """
        from ytempire.studio import release

        follows = release.resumed(self.video_id)
        if follows is not None:
            return self._went(context, follows)
        review, self.subject, self.body = release.question(self.video_id)
        # Airflow hides a constant and sends it back: an answer says which cut it is about.
        self.params["review"] = Param(review, const=review)
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Act on the answer, then go on with the task that follows it."""
        from ytempire.studio import release

        said = super(HITLBranchOperator, self).execute_complete(context=context, event=event)
        [answer] = said["chosen_options"]
        form = said["params_input"]
        by = _answered_by(said["responded_by_user"], form)
        return self._went(context, release.settle(self.video_id, answer, form, by=by))

    def _went(self, context: Any, follows: str) -> Any:
        return self.do_branch(context=context, branches_to_execute=[follows] if follows else [])


def _answered_by(login: Mapping[str, str] | None, form: Mapping[str, Any]) -> str | None:
    """`uma (admin)`: the name that was given, and the login that gave it; None: nobody answered."""
    if login is None:
        return None
    return f"{form['by']} ({login['name']})" if form.get("by") else login["name"]


class Publish(BaseOperator):  # type: ignore[misc]  # Airflow is not read by mypy here
    """Publishes a video; while it waits (for quota, a channel or its pace) it holds neither worker
    nor pool, and uses up no retry.

    Args:
        video_id: whose content may go out.
    """

    template_fields = ("video_id",)

    def __init__(self, *, video_id: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.video_id = video_id

    def execute(self, context: Any) -> str:
        """Publish, or come back when it is worth another try; YouTube's id."""
        return self._published()

    def execute_complete(self, context: Any, event: Any = None) -> str:
        """The wait is over: try again."""
        return self._published()

    def _published(self) -> str:
        from ytempire.channels import stages

        try:
            return stages.publish(self.video_id)
        except MustWait as wait:
            self.log.info("%s", wait)
            until = wait.until
        return self.defer(  # type: ignore[no-any-return]  # it raises
            trigger=DateTimeTrigger(moment=until), method_name="execute_complete"
        )


def google_ads_search(accounts: list[str], query: str) -> Any:
    """Rows of Google Ads by its provider's hook, of Airflow's connection google_ads_default."""
    from airflow.providers.google.ads.hooks.ads import GoogleAdsHook

    # Without a version the hook asks its client for one named None.
    return GoogleAdsHook(api_version=GOOGLE_ADS_VERSION).search(client_ids=accounts, query=query)
