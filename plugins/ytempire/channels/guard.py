"""Looks after one channel: its grant, its standing, its videos, and YouTube's policy.

What is found is an event, told once for each cause; the channel's state and health follow from it.
A channel that cannot be looked at says so and never passes for well.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ytempire.channels import accounts, deletion, events, grants, inspection, quota, states
from ytempire.channels.account import Account
from ytempire.errors import ChannelMissing, GrantRevoked, NotConfigured, QuotaExhausted
from ytempire.providers.youtube import tokens
from ytempire.providers.youtube.client import AUDIT_SCOPE, lost_without
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

#: Authorisation and existence are rechecked this often (Developer Policies III.E.4); a little
#: early, since a look comes every six hours only.
RECHECK = timedelta(days=30) - timedelta(hours=6)
#: A grant that dies sooner than this is told of again.
NEAR = timedelta(days=2)
#: YouTube's standings that are strikes, in words.
STANDINGS = {
    "communityGuidelinesGoodStanding": "community guidelines",
    "copyrightStrikesGoodStanding": "copyright",
}


def check(channel_id: str) -> dict[str, str]:
    """Look after a channel; returns what was found, in words, by subject.

    Raises:
        ProviderUnavailable, MalformedAnswer: YouTube cannot be asked now; try again.
    """
    accounts.channel(channel_id)  # wakes the rested, and knows the name
    try:
        return _check(channel_id)
    except GrantRevoked as error:
        return {"grant": f"dead: {error.message} {_let_go(channel_id)}"}
    except ChannelMissing as error:
        return {"grant": f"good, but {error.message}"}
    except NotConfigured as error:
        return {"grant": error.message}
    except QuotaExhausted as error:
        return {"grant": "good", "rest": f"not looked at: {error.message}"}


def _check(channel_id: str) -> dict[str, str]:
    grant, granted_at = grants.grant_and_date(channel_id)
    try:
        given = tokens.refreshed(grant)
    except GrantRevoked as error:
        states.lose_grant(channel_id, error.message, granted_at)
        raise
    scopes = given.scopes if given.scopes is not None else grant.scopes
    found = {"grant": _note_life(channel_id, granted_at, given.dies_in_s)}
    if lost := "; ".join(lost_without(scopes)):
        found["scopes"] = f"too few: {lost}"
        detail = f"The grant does not reach far enough: {lost}. Connect the channel again."
        cause = f"scope_missing/{channel_id}/{granted_at.isoformat()}/{lost}"
        events.note(channel_id, "scope_missing", "critical", detail, cause=cause)
    account = Account(channel_id, "guard")
    has_audits = AUDIT_SCOPE in scopes
    mine = _channel(account, has_audits=has_audits)
    found["standing"] = note_standing(channel_id, mine.get("auditDetails") if has_audits else None)
    is_due = _is_recheck_due(channel_id)
    looked = inspection.look(account, whole=is_due)
    found["videos"] = looked.words
    if is_due:
        detail = f"The grant is good and the channel exists; {looked.words}"
        events.note(channel_id, "authorisation_checked", "info", detail)
        found["policy"] = "authorisation and existence rechecked"
    return found


def _channel(account: Account, *, has_audits: bool) -> dict[str, Any]:
    part = "id,auditDetails" if has_audits else "id"
    request = account.data.channels().list(part=part, mine=True)
    items = account.read(request, default=quota.LIST).get("items")
    if not items:
        raise ChannelMissing(f"The account of {account.channel.channel_id} has no channel.")
    return dict(items[0])


def _note_life(channel_id: str, granted_at: datetime, dies_in_s: float | None) -> str:
    """Keep when the grant was found alive and when it will die, and warn of it twice."""
    now = clock.now()
    dies_at = None if dies_in_s is None else now + timedelta(seconds=dies_in_s)
    with connect() as db:
        row = db.execute(
            """
            update ops.grants
            set checked_at = ops.now(),
                -- One that outlived its date has none.
                expires_at = coalesce(%s, case when expires_at > ops.now() then expires_at end)
            where channel_id = %s and granted_at = %s
            returning expires_at
            """,
            (dies_at, channel_id, granted_at),
        ).fetchone()
    if row is None or row["expires_at"] is None:
        return "good"
    dies_at = row["expires_at"]
    is_near = dies_at - now < NEAR
    words = (
        f"it dies on {dies_at:%Y-%m-%d %H:%M} UTC, since the OAuth app is in testing mode: "
        "publish the app in the Google Cloud console, then connect the channel again"
    )
    cause = f"grant_expiring/{channel_id}/{granted_at.isoformat()}/{'near' if is_near else 'far'}"
    severity: events.Severity = "critical" if is_near else "warning"
    events.note(
        channel_id, "grant_expiring", severity, f"Its grant is good, but {words}.", cause=cause
    )
    return f"good, but {words}"


def note_standing(channel_id: str, told: dict[str, Any] | None) -> str:
    """Write down strikes that began or ended since the last look; returns the standing in words.

    Args:
        told: `auditDetails`; None: it could not be asked for, and strikes are unknown.
    """
    if told is None:
        cause = f"standing_unknown/{channel_id}"
        words = "its strikes cannot be read: the grant lacks the scope youtubepartner-channel-audit"
        events.note(channel_id, "standing_unknown", "info", f"Unknown: {words}.", cause=cause)
        return f"unknown: {words}"
    open_ones = _open_strikes(channel_id)
    bad, unknown = [], []
    for field, words in STANDINGS.items():
        is_good = told.get(field)
        if is_good is None:
            unknown.append(words)
        elif not is_good:
            bad.append(words)
            if words not in open_ones:
                events.note(channel_id, "strike", "critical", words)
        elif words in open_ones:
            events.note(channel_id, "strike_over", "info", words)
    said = [f"not good: {', '.join(bad)}"] if bad else []
    said += [f"unknown: {', '.join(unknown)}"] if unknown else []
    return "; ".join(said) or "good"


def _open_strikes(channel_id: str) -> set[str]:
    with connect() as db:
        rows = db.execute(
            """
            select distinct on (detail) detail, kind from ops.channel_events
            where channel_id = %s and kind in ('strike', 'strike_over')
            order by detail, event_id desc
            """,
            (channel_id,),
        ).fetchall()
    return {row["detail"] for row in rows if row["kind"] == "strike"}


def _is_recheck_due(channel_id: str) -> bool:
    with connect() as db:
        row = db.execute(
            """
            select coalesce(max(happened_at) <= ops.now() - %s, true) as is_due
            from ops.channel_events where channel_id = %s and kind = 'authorisation_checked'
            """,
            (RECHECK, channel_id),
        ).fetchone()
    assert row is not None
    return bool(row["is_due"])


def _let_go(channel_id: str) -> str:
    """A grant that ended at Google, and is not renewed: the channel's data go 30 days after."""
    with connect() as db:
        row = db.execute(
            """
            select state_since, expires_at <= ops.now() as is_expired, deletion_id is not null
                   as is_open, due_at
            from ops.channels as channel
            left join ops.grants as token using (channel_id)
            left join ops.deletions as deletion
                on deletion.channel_id = channel.channel_id and carried_out_at is null
            where channel.channel_id = %s and token.channel_id is not null
            """,
            (channel_id,),
        ).fetchone()
    if row is None:
        return ""  # it was disconnected here: its data have a date already, or are gone
    if row["is_open"]:
        due = row["due_at"]
    else:
        reason: deletion.Reason = "expired" if row["is_expired"] else "revoked_at_google"
        due = deletion.request(channel_id, reason, since=row["state_since"])
    return f"Its YouTube data go by {due:%Y-%m-%d}, unless it is connected again."
