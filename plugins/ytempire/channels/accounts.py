"""The channels that the house runs; their states and grants have rooms of their own."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import ValidationError

from ytempire.channels import states
from ytempire.channels.grants import connect_grant as connect_grant
from ytempire.channels.grants import grant_of as grant_of
from ytempire.channels.profile import Pacing, Posting, Wording
from ytempire.channels.states import rest as rest
from ytempire.channels.states import set_state as set_state
from ytempire.channels.states import wake_rested as wake_rested
from ytempire.domain import Format, Frozen, Identity, Voicing
from ytempire.errors import InvalidInput
from ytempire.warehouse.database import connect


class Channel(Frozen):
    """A channel as the house knows it.

    Attributes:
        channel_id: our own short name, such as `tidewise`.
        watches: YouTube ids of other channels in the niche, where trends are looked for.
        state: `active`, `resting` (until `rest_until`), `reauth_required` or `paused`.
    """

    channel_id: str
    youtube_channel_id: str | None
    title: str
    niche: str
    language: str = "en"
    owner: str = "house"
    formats: tuple[Format, ...] = (Format.SHORT,)
    identity: Identity = Identity()
    voicing: Voicing = Voicing()
    watches: tuple[str, ...] = ()
    posting: Posting = Posting()
    pacing: Pacing = Pacing()
    wording: Wording = Wording()
    state: str = "active"
    rest_until: datetime | None = None
    is_simulated: bool = False


_COLUMNS = (
    "channel_id, youtube_channel_id, title, niche, language, owner, formats, identity, voicing, "
    "watches, posting, pacing, wording, state, rest_until, is_simulated"
)


def all_channels(*, state: str | None = None) -> list[Channel]:
    """Every channel as it is now, by name; of one state if given."""
    with connect() as db:
        states.wake_on(db)
        rows = db.execute(
            f"select {_COLUMNS} from ops.channels "  # noqa: S608 (constant columns)
            "where %(state)s::text is null or state = %(state)s order by channel_id",
            {"state": state},
        ).fetchall()
    return [Channel.model_validate(row) for row in rows]


def ids(*, state: str | None = None, connected: bool = False) -> list[str]:
    """Names of the channels; of one state, or only those that have a usable grant."""
    with connect() as db:
        states.wake_on(db)
        rows = db.execute(
            """
            select channel_id
            from ops.channels left join ops.grants as grant_ using (channel_id)
            where (%(state)s::text is null or state = %(state)s)
              and (not %(connected)s
                   or (grant_.channel_id is not null and state <> 'reauth_required'))
            order by channel_id
            """,
            {"state": state, "connected": connected},
        ).fetchall()
    return [row["channel_id"] for row in rows]


def channel(channel_id: str) -> Channel:
    """One channel.

    Raises:
        UnknownChannel: nobody of that name; the message lists who is there.
    """
    known = {each.channel_id: each for each in all_channels()}
    if channel_id not in known:
        raise states.unknown(channel_id, list(known))
    return known[channel_id]


def add(new: Channel) -> None:
    """Add a channel, or bring what is known of it up to date; its state stays as it is."""
    plain = new.model_dump(mode="json")
    documents = ("identity", "voicing", "posting", "pacing", "wording")
    values: dict[str, Any] = plain | {name: Jsonb(plain[name]) for name in documents}
    with connect() as db:
        db.execute(
            f"""
            insert into ops.channels ({_COLUMNS})
            values (%(channel_id)s, %(youtube_channel_id)s, %(title)s, %(niche)s, %(language)s,
                    %(owner)s, %(formats)s, %(identity)s, %(voicing)s, %(watches)s, %(posting)s,
                    %(pacing)s, %(wording)s, %(state)s, %(rest_until)s, %(is_simulated)s)
            on conflict (channel_id) do update set
                youtube_channel_id = excluded.youtube_channel_id, title = excluded.title,
                niche = excluded.niche, language = excluded.language, owner = excluded.owner,
                formats = excluded.formats, identity = excluded.identity,
                voicing = excluded.voicing, watches = excluded.watches,
                posting = excluded.posting, pacing = excluded.pacing, wording = excluded.wording
            """,  # noqa: S608 (constant columns)
            values,
        )


def bind(channel_id: str, youtube_channel_id: str, title: str) -> None:
    """Say which YouTube channel one of ours is, once and for all.

    Raises:
        InvalidInput: it is another one already, or another channel of ours is that one.
    """
    known = channel(channel_id)
    if known.youtube_channel_id not in (None, youtube_channel_id):
        raise InvalidInput(
            f"That account is {title!r} ({youtube_channel_id}), not the one that {channel_id} "
            f"stands for ({known.youtube_channel_id}).",
            "Sign in with the right account, or add a channel of another name for this one.",
        )
    with connect() as db:
        other = db.execute(
            "select channel_id from ops.channels "
            "where youtube_channel_id = %s and channel_id <> %s",
            (youtube_channel_id, channel_id),
        ).fetchone()
        if other is not None:
            raise InvalidInput(
                f"That account, {title!r}, is connected as {other['channel_id']} already.",
                f"Sign in with another one, or use {other['channel_id']}.",
            )
        db.execute(
            "update ops.channels set youtube_channel_id = %s where channel_id = %s",
            (youtube_channel_id, channel_id),
        )


def restyle(
    channel_id: str,
    *,
    pace: int | None = None,
    voices: dict[str, str] | None = None,
    captions: str | None = None,
    intro: str | None = None,
    end_card: str | None = None,
) -> None:
    """Change how a channel sounds and frames its videos; None leaves a thing as it is.

    Raises:
        InvalidInput: a value that cannot be; nothing was changed.
    """
    known = channel(channel_id)
    look = {"captions": captions, "intro": intro, "end_card": end_card}
    sound = known.voicing.model_dump() | {"voices": known.voicing.voices | (voices or {})}
    if pace is not None:
        sound["words_per_minute"] = pace
    try:
        identity = Identity.model_validate(
            known.identity.model_dump() | {k: v for k, v in look.items() if v is not None}
        )
        voicing = Voicing.model_validate(sound)
    except ValidationError as error:
        wrong = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())
        raise InvalidInput(f"Channel {channel_id} cannot be like that: {wrong}.") from error
    add(known.model_copy(update={"identity": identity, "voicing": voicing}))


def add_new(
    channel_id: str, *, title: str, niche: str, language: str = "en", watches: tuple[str, ...] = ()
) -> None:
    """Add a channel that is not there yet, as a person does.

    Raises:
        InvalidInput: the name is taken, or is not a short name.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,39}", channel_id):
        raise InvalidInput(
            f"{channel_id!r} is no short name.", "Use 2 to 40 lower-case letters, digits and -."
        )
    if channel_id in ids():
        raise InvalidInput(f"There is a channel {channel_id!r} already.")
    add(
        Channel(
            channel_id=channel_id,
            youtube_channel_id=None,
            title=title,
            niche=niche,
            language=language,
            watches=watches,
        )
    )
