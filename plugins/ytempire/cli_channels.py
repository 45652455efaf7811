"""`ytempire channel …`: the channels, their profiles, states, accounts and keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ytempire.errors import InvalidInput

channel_app = typer.Typer(no_args_is_help=True, help="Channels, their accounts and OAuth grants.")
out = Console()


def say(text: str) -> None:
    """A plain line, as long as it is."""
    out.print(text, highlight=False, markup=False, soft_wrap=True)


@channel_app.command("list")
def channel_list() -> None:
    """Every channel: its state, health, next video, and uploads of today."""
    from ytempire.local.channel_view import listed

    listed(out)


@channel_app.command("health")
def channel_health(channel_id: str) -> None:
    """How well a channel is, part by part, and what it has met."""
    from ytempire.local.channel_view import explained

    explained(out, channel_id)


@channel_app.command("why")
def channel_why(video_id: str) -> None:
    """Why a video went to its channel, or what it waits for; the latest decision first."""
    from ytempire.local.choice_view import explained

    explained(out, video_id)


@channel_app.command("show")
def channel_show(channel_id: str) -> None:
    """A channel's profile, as `apply` takes it."""
    from ytempire.channels.accounts import channel
    from ytempire.channels.profile_file import written

    typer.echo(written(channel(channel_id)), nl=False)


@channel_app.command("template")
def channel_template(
    name: Annotated[str | None, typer.Argument(help="Without it: which there are.")] = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="A new file; without it: the terminal.")
    ] = None,
) -> None:
    """A starter profile to fill in, with comments."""
    from ytempire.channels.profile_file import template, templates

    if name is None:
        for each, words in templates().items():
            say(f"{each:<14} {words}")
        return
    text = template(name)
    if out_file is None:
        typer.echo(text, nl=False)
        return
    try:
        with out_file.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InvalidInput(f"{out_file} cannot be written: {error.strerror}.") from error
    say(f"Wrote {out_file}. Fill it in, then: ytempire channel apply {out_file}")


@channel_app.command("apply")
def channel_apply(
    file: Annotated[Path, typer.Argument(help="A profile, as `template` and `show` write it.")],
) -> None:
    """Add the channel that a profile describes, or bring it up to date."""
    from ytempire.channels.accounts import channel
    from ytempire.channels.metadata import privacy_of
    from ytempire.channels.profile_file import apply, read

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} cannot be read: {error}.") from error
    profile = read(text, str(file))
    changed = apply(profile)
    if changed is None:
        say(f"Added {profile.channel_id}. Next: ytempire channel connect {profile.channel_id}")
    elif not changed:
        say(f"{profile.channel_id} is like that already.")
    else:
        say(f"Changed {profile.channel_id}:")
        for path, (before, after) in changed.items():
            say(f"  {path}: {_short(before)} -> {_short(after)}")
    privacy = privacy_of(channel(profile.channel_id))
    if profile.posting.times and privacy != "public":
        say(
            f"Its posting times do not count yet: its videos are {privacy}. To let them become "
            "public at those times, set wording.privacy: public."
        )


@channel_app.command("add")
def channel_add(
    channel_id: Annotated[str, typer.Argument(help="Your short name for it: letters, digits, -")],
    title: Annotated[str, typer.Option()],
    niche: Annotated[str, typer.Option(help="What it is about, in a few words.")],
    language: Annotated[str, typer.Option()] = "en",
    watch: Annotated[
        list[str] | None, typer.Option(help="YouTube id of a channel to learn trends from.")
    ] = None,
) -> None:
    """Add a channel with a profile of defaults; connect its account next."""
    from ytempire.channels.accounts import add_new

    add_new(channel_id, title=title, niche=niche, language=language, watches=tuple(watch or ()))
    say(f"Added {channel_id}. Next: ytempire channel connect {channel_id}")


@channel_app.command("style")
def channel_style(
    channel_id: str,
    pace: Annotated[int | None, typer.Option(help="Words a minute.")] = None,
    voice: Annotated[
        list[str] | None, typer.Option(help="A provider's voice: elevenlabs=ID")
    ] = None,
    captions: Annotated[str | None, typer.Option(help="highlight, karaoke or boxed")] = None,
    intro: Annotated[
        str | None, typer.Option(help="Words of an opening card; '' for none.")
    ] = None,
    end_card: Annotated[str | None, typer.Option(help="Words of a closing card.")] = None,
) -> None:
    """How a channel sounds and frames its videos."""
    from ytempire.channels.accounts import restyle

    voices = dict(part.split("=", 1) for part in voice or () if "=" in part)
    if len(voices) != len(voice or ()):
        raise InvalidInput("A voice is given as provider=id.", "Such as --voice elevenlabs=ID")
    restyle(channel_id, pace=pace, voices=voices, captions=captions, intro=intro, end_card=end_card)


@channel_app.command("connect")
def channel_connect(
    channel_id: str,
    headless: Annotated[
        bool, typer.Option(help="Print the address; paste back where the browser ends.")
    ] = False,
    grant: Annotated[
        Path | None, typer.Option(help="A grant's file (authorized_user JSON), of any server.")
    ] = None,
) -> None:
    """Connect a channel's Google account, by its owner's consent in a browser."""
    from ytempire.channels.accounts import channel
    from ytempire.channels.consent import Consent, keep, take_file
    from ytempire.local.simulated import is_local, label, oauth_client

    channel(channel_id)
    if grant is not None:
        made = take_file(channel_id, grant)
    else:
        consent = Consent(oauth_client())
        if headless:
            say("Open this address in any browser and allow it. The browser then ends at an")
            say("address on 127.0.0.1 that shows no page: copy that address.\n")
            say(f"{consent.address()}\n")
            given = consent.answered(typer.prompt("Paste it here"))
        else:
            given = consent.in_browser()
        made = keep(channel_id, consent.app, given)
    if is_local():
        label(channel_id)
    say(f"Connected {channel_id} to {made.title} ({made.youtube_channel_id}).")
    if made.expires_at:
        say(
            f"The OAuth app is in testing mode: this grant dies on {made.expires_at:%Y-%m-%d %H:%M}"
            " UTC. Publish the app in the Google Cloud console, then connect again."
        )
    if not made.has_audits:
        say("Its strikes cannot be read (see YTEMPIRE_YOUTUBE__AUDITS): they are told as unknown.")


@channel_app.command("disconnect")
def channel_disconnect(
    channel_id: str,
    delete_data: Annotated[
        bool, typer.Option("--delete-data", help="Remove its YouTube data now, not in 7 days.")
    ] = False,
) -> None:
    """Give a channel's grant back to Google, and let its YouTube data go."""
    from ytempire.channels import deletion
    from ytempire.channels.consent import disconnect

    was_live = disconnect(channel_id)
    say(
        f"Disconnected {channel_id}; "
        + ("Google has ended the grant." if was_live else "there was no live grant to end.")
    )
    due = deletion.request(channel_id, "request" if delete_data else "revoked_here")
    if not delete_data:
        say(f"Its YouTube data go by {due:%Y-%m-%d}, unless it is connected again.")
        return
    for done in deletion.carry_out(now_for=channel_id):
        for table, rows in done.removed.items():
            say(f"  {rows:>8,} rows of {table}")
        say(f"Removed the YouTube data of {done.channel_id}; the marts follow with the next build.")


@channel_app.command("pause")
def channel_pause(
    channel_id: str, reason: Annotated[str, typer.Option(help="Kept with the event.")] = ""
) -> None:
    """Plan nothing more for a channel until it is resumed."""
    _move(channel_id, "paused", reason)


@channel_app.command("resume")
def channel_resume(channel_id: str) -> None:
    """Plan for a paused or resting channel again."""
    _move(channel_id, "active", "A person resumed it.")


@channel_app.command("check")
def channel_check(channel_id: str) -> None:
    """Look after one channel now, as `guard_channels` does every six hours."""
    from ytempire.channels.guard import check

    for what, found in check(channel_id).items():
        say(f"{what.replace('_', ' '):<14} {found}")


@channel_app.command("new-key")
def channel_new_key() -> None:
    """Add a key for the stored grants; `rotate-keys` seals them with it."""
    from ytempire.local.keys import NAME, add_key

    key = add_key()
    if key is None:
        say("Added a key before the old ones. Next: ytempire channel rotate-keys")
        return
    say(f"Put this key before the present ones in {NAME}, with a comma, wherever YTEmpire runs:\n")
    say(f"{key}\n")
    say("Then: ytempire channel rotate-keys, and only after it take the old key out.")


@channel_app.command("rotate-keys")
def channel_rotate_keys() -> None:
    """Seal every grant with the newest key, while they are in use; broken off, run it again."""
    from ytempire.channels.grants import rotate

    done = rotate()
    say(f"Sealed anew: {len(done.resealed)}. Were so already: {len(done.fresh)}.")
    if done.unreadable:
        names = ", ".join(done.unreadable)
        raise InvalidInput(
            f"Grants that no key opens: {names}.",
            "Keep the old keys if you have them elsewhere, or connect these channels again.",
        )
    say("The old keys are not needed any more.")


def _move(channel_id: str, state: str, reason: str) -> None:
    from ytempire.channels.accounts import channel, set_state

    set_state(channel_id, state, reason)
    now = channel(channel_id).state
    then = "" if now == state else f"; it will be {state} once it is connected again"
    say(f"{channel_id} is {now}{then}.")


def _short(value: Any) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
