"""People's requests, checked before anything is made, and the runs that requests start."""

from __future__ import annotations

from typing import Any

from ytempire.analytics.trends import pull_trends
from ytempire.channels import accounts, placing
from ytempire.domain import Format, Tier
from ytempire.errors import InvalidInput
from ytempire.planning import ahead, calling_off, ideas
from ytempire.runs import queue
from ytempire.studio import ordering
from ytempire.studio.make import require_makeable
from ytempire.studio.script import parse_script
from ytempire.warehouse import clock


def accept_form(form: dict[str, Any], run_id: str) -> str:
    """Begin the video of a form: of the request it names, or of a new one; returns its id.

    Raises:
        UnknownChannel, InvalidScript, MissingGlyph, InvalidInput: nothing was put in the queue.
    """
    if form.get("video_id"):
        return queue.known(str(form["video_id"]))
    request_id = form.get("request_id") or ask(
        channel=form.get("channel") or None,
        niche=form.get("niche") or None,
        owner=str(form.get("owner") or "house"),
        topic=str(form.get("topic") or ""),
        script=form.get("script") or None,
        format=Format(form.get("format") or "short"),
        tier=Tier(form.get("priority") or "standard"),
        request_id=run_id,
    )
    return queue.accept(request_id)


def ask(
    *,
    channel: str | None = None,
    niche: str | None = None,
    owner: str = "house",
    topic: str,
    format: Format,
    tier: Tier,
    script: str | None = None,
    request_id: str | None = None,
    source: str = "person",
) -> str:
    """Put a person's wish in the queue; returns the request's id.

    Args:
        channel: who is to tell it, or
        niche: what it is about, of the owner's channels: the one whose turn it is tells it.

    Raises:
        InvalidInput: both or neither are named, or nobody of that niche can take it.
    """
    if bool(channel) == bool(niche):
        raise InvalidInput("A request names a channel or a niche.", "Give one of the two.")
    choice = None
    if request_id is not None and (asked := queue.find(request_id)) is not None:
        channel = asked.channel_id
    elif niche:
        choice = placing.for_niche(niche, owner, format)
        channel = choice.channel_id
    known = accounts.channel(str(channel))
    evidence: dict[str, Any] = {"niche": known.niche, "is_simulated": known.is_simulated}
    if script:
        parsed = parse_script(script)
        require_makeable(parsed, format)
        topic = topic or parsed.title
    else:
        evidence["signals"] = _signals(known, topic)
    put = queue.put(
        queue.Request(
            request_id=request_id or queue.new_request_id(known.channel_id, topic),
            channel_id=known.channel_id,
            topic=topic,
            format=format,
            tier=tier,
            script=script,
            evidence=evidence,
            source=source,
        )
    )
    if put is None:
        raise InvalidInput(f"The slot of this request on {known.channel_id} is already taken.")
    if choice is not None:
        placing.note_request(put, choice)
    return put


def _signals(channel: accounts.Channel, topic: str) -> list[dict[str, Any]]:
    """What the writer tells the topic from: the niche's latest signals, looked for now if none."""
    signals = ideas.evidence_of(channel.niche)
    if not signals:
        pull_trends(channel.channel_id, f"request.{queue.slug(topic)}")
        signals = ideas.evidence_of(channel.niche)
    if not signals:
        raise InvalidInput(
            f"There is nothing to tell about {channel.niche!r}: its trend feed is empty.",
            "Give your own words (--script), or let the channel watch others.",
        )
    return signals


def fill_queue() -> list[dict[str, Any]]:
    """Plan the publishing slots ahead, order what can be written ahead, then say which runs are to
    be started."""
    calling_off.close_orders()
    ahead.order(ideas.plan(clock.now()))
    return runs_to_start()


def runs_to_start() -> list[dict[str, Any]]:
    """One `produce_video` run for each waiting request, as TriggerDagRunOperator's arguments; one
    whose script is being written ahead starts with a later plan.

    A request's run bears its id, so starting it twice is refused by Airflow.
    """
    runs = []
    for request_id in queue.waiting():
        if ordering.is_awaited(request_id):
            continue
        request = queue.get(request_id)
        runs.append(
            {
                "trigger_run_id": request_id,
                "conf": conf_of(request),
                "note": note_of(request),
            }
        )
    return runs


def conf_of(request: queue.Request) -> dict[str, str]:
    """What a run of `produce_video` is given; its priority weighs its tasks in the pools."""
    return {"request_id": request.request_id, "priority": request.tier.value}


def note_of(request: queue.Request) -> str:
    """What a stranger reads beside a run: the topic, the channel, the format and the tier."""
    return f"{request.topic} ({request.channel_id}, {request.format}, {request.tier})"
