"""What models could do for less: ordered ahead, by the smaller one, from a cache, or once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ytempire.config import settings
from ytempire.costs.advice.looking import Db, Found, Window, less, price_or_none, rows
from ytempire.costs.prices import amount_of

#: Scripts of each model that are rated before the two are compared, and points that are no matter.
RATED, NO_MATTER = 10, 3
#: From here on OpenAI reuses a prompt's beginning.
REUSED_FROM = 1_024


def on_demand(db: Db, window: Window) -> Iterator[Found]:
    """Scripts that a plan knew of and nobody ordered ahead."""
    bought = rows(
        db,
        window,
        """
        , script as (
            select line.* from line
            join ops.videos as video using (video_id)
            join ops.requests as request using (request_id)
            where line.kind = 'script' and line.provider like 'openai/%%'
              and request.source = 'plan'
              and not exists (select from ops.script_orders as ordered
                              where ordered.request_id = request.request_id
                                and ordered.batch_id is not null)
        )
        select provider, kind, unit, sum(quantity) as quantity, sum(amount_usd) as usd,
               (select count(distinct video_id) from script) as videos
        from script group by provider, kind, unit
        """,
    )
    if bought:
        yield Found(
            "ordered ahead",
            f"{bought[0]['videos']} planned scripts were written on demand; ordered ahead, as a "
            "batch, they cost half.",
            less(bought, window, lambda provider: provider.replace("openai/", "openai-batch/")),
            "See why they were not ordered: the log of `choose` in plan_content."
            if settings().openai.batches
            else "Set YTEMPIRE_OPENAI__BATCHES=true.",
        )


def smaller_model(db: Db, window: Window) -> Iterator[Found]:
    """Standard scripts by the large model, where the judge likes the small one's as well."""
    config = settings().openai
    large, small = config.large_model, config.small_model
    bought = rows(
        db,
        window,
        """
        , script as (
            select line.*, regexp_replace(line.provider, '^openai(-batch)?/', '') as model
            from line join ops.videos as video using (video_id)
            where line.kind = 'script' and line.provider ~ '^openai(-batch)?/'
              and video.tier = 'standard'
        ), rating as (
            select video_id, avg(score) as score from ops.ratings
            where method = 'judged' group by video_id
        ), model as (
            select model, count(*) as videos, avg(score) as score
            from (select distinct video_id, model from script) as one
            join rating using (video_id) group by model
        )
        select script.model, script.provider, script.kind, script.unit, model.score,
               sum(script.quantity) as quantity, sum(script.amount_usd) as usd
        from script join model using (model) where model.videos >= %(rated)s
        group by script.model, script.provider, script.kind, script.unit, model.score
        """,
        rated=RATED,
    )
    points = {row["model"]: row["score"] for row in bought}
    if large == small or not {large, small} <= points.keys():
        return
    if points[large] - points[small] < NO_MATTER:
        yield Found(
            "smaller model",
            f"The judge gives standard scripts by {large} {points[large]:.0f} of 100 points, those "
            f"by {small} {points[small]:.0f}: {small} would do for all of them.",
            less(
                (row for row in bought if row["model"] == large),
                window,
                lambda provider: provider.replace(large, small),
            ),
            "Raise WORTH_THE_LARGE in providers/writers/models.py, and look at the ratings again.",
        )


def reused(db: Db, window: Window) -> Iterator[Found]:
    """Prompts long enough to be read from the provider's cache that were not."""
    found = rows(
        db,
        window,
        """
        , answer as (
            select provider, kind, intent_id, sum(quantity) as read,
                   coalesce(sum(quantity) filter (where unit = 'cached_input_token'), 0) as cached
            from line
            where provider like 'openai/%%' and unit in ('input_token', 'cached_input_token')
              and intent_id is not null
            group by provider, kind, intent_id
        )
        select provider, kind, count(*) as answers, sum(cached) / sum(read) as share,
               sum(greatest(%(reused)s - cached, 0)) as missed
        from answer where read >= %(reused)s group by provider, kind
        """,
        reused=REUSED_FROM,
    )
    for row in found:
        of = (row["provider"], row["kind"])
        fresh = price_or_none(*of, "input_token", window)
        cached = price_or_none(*of, "cached_input_token", window)
        if fresh is not None and cached is not None:
            yield Found(
                f"reused {row['kind']} prompts",
                f"{row['share']:.0%} of what {row['provider']} read in {row['answers']} prompts of "
                f"{row['kind']}s came from its cache; at most their first {REUSED_FROM:,} tokens "
                "always could.",
                amount_of(row["missed"], fresh - cached),
                "Start the runs of a plan together: a small model forgets after ten minutes."
                if row["kind"] == "script"
                else "Its rules are shorter than that; examples would lengthen them "
                "(providers/judges.py), which pays where judgements follow each other within ten "
                "minutes.",
            )


def asked_again(db: Db, window: Window) -> Iterator[Found]:
    """Answers beyond the first for one video's script."""
    [found] = rows(
        db,
        window,
        """
        , answer as (
            select video_id, sum(amount_usd) as usd,
                   row_number() over (partition by video_id order by min(line_id)) as number
            from line
            where kind = 'script' and provider ~ '^openai(-batch)?/' and intent_id is not null
            group by video_id, intent_id
        )
        select count(*) as answers, count(distinct video_id) as videos, sum(usd) as usd
        from answer where number > 1
        """,
    )
    if found["answers"]:
        yield Found(
            "asked again",
            f"{found['videos']} scripts were paid for more than once, by {found['answers']} "
            "answers more: too close to an earlier video, off the mark, or ordered in vain.",
            found["usd"],
            "Let a channel of that niche watch more others: they bring topics.",
        )


RULES: tuple[Callable[[Db, Window], Iterator[Found]], ...] = (
    *(on_demand, smaller_model, reused, asked_again),
)
