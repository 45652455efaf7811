"""`ytempire …`: the platform from a terminal. `ytempire --help` lists everything."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from ytempire.cli_analysts import analyst_app, owner_app
from ytempire.cli_channels import channel_app
from ytempire.cli_emulators import emulate_app
from ytempire.cli_experiments import experiments_app
from ytempire.cli_forget import forget_app
from ytempire.cli_money import money_app
from ytempire.cli_people import audit_app, people_app
from ytempire.cli_world import world_app
from ytempire.domain import Format, Tier
from ytempire.errors import InvalidInput, SomeFailed, UnknownChannel, YTEmpireError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
review_app = typer.Typer(no_args_is_help=True, help="Videos that wait for a person.")
app.add_typer(money_app)
app.add_typer(analyst_app)
app.add_typer(world_app)
app.add_typer(channel_app, name="channel")
app.add_typer(emulate_app, name="emulate")
app.add_typer(review_app, name="review")
app.add_typer(owner_app, name="owner")
app.add_typer(people_app, name="people")
app.add_typer(audit_app)
app.add_typer(forget_app, name="forget")
app.add_typer(experiments_app, name="experiments")
out = Console()


@app.command()
def up() -> None:
    """Start everything, run the first cycle, print the summary."""
    from ytempire.local.up import up as start

    try:
        start(out)
    except KeyboardInterrupt:
        out.print("\nStopped. What was started runs on; `make down` ends it.")
        raise typer.Exit(130) from None


@app.command()
def down() -> None:
    """Stop exactly what `up` started."""
    from ytempire.local.down import down as stop

    stop(out)


@app.command()
def status() -> None:
    """Health of each service; exits 1 when one is not well."""
    from ytempire.local.status import status as look

    if not look(out):
        raise typer.Exit(1)


@app.command()
def clean() -> None:
    """Stop everything and remove all that this machine keeps."""
    from ytempire.local.down import clean as remove

    remove(out)


@app.command()
def doctor() -> None:
    """What is configured, reachable, missing."""
    from ytempire.local.doctor import doctor as examine

    if not examine(out):
        raise typer.Exit(1)


@app.command()
def video(
    script: Annotated[Path, typer.Option(help="Your words: plain text or light markup.")],
    format: Annotated[Format, typer.Option(help="Upright or wide.")] = Format.SHORT,
    channel: Annotated[str, typer.Option(help="Whose look: a starter identity.")] = "house",
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Default: the script's name, .mp4.")
    ] = None,
) -> None:
    """One video from your own words; no services needed."""
    from ytempire.studio.identities import STARTERS, identity_for
    from ytempire.studio.make import make_video
    from ytempire.studio.script import read_script

    if channel not in ("house", *STARTERS):
        looks = ", ".join(("house", *STARTERS))
        raise UnknownChannel(f"There is no look {channel!r}.", f"Looks: {looks}.")
    target = out_file or Path(f"{script.stem}.mp4")
    with out.status("reading the script") as line:
        made, _ = make_video(
            read_script(script),
            format,
            target,
            identity_for(channel),
            lambda fraction, note: line.update(escape(f"{fraction:4.0%} {note}")),
        )
    told = f"{made.path}  {made.seconds:.1f} s"
    out.print(told, highlight=False, markup=False, soft_wrap=True)
    for finding in made.report.findings:
        mark = "[green]ok[/]" if finding.is_ok else "[red]broken[/]"
        found = escape(f"{finding.rule}: {finding.measured}")
        out.print(f"  {mark:<6} {found}", highlight=False)


@app.command()
def assemble(
    job: Annotated[Path, typer.Argument(help="JOB.json: scenes, narration, captions, music.")],
    out_file: Annotated[Path, typer.Option("--out", help="The video, .mp4.")],
) -> None:
    """Assembly alone: clips and stills, a voice, captions and music into one file."""
    from ytempire.studio.job import assemble_job

    with out.status("reading the job") as line:
        made = assemble_job(
            job, out_file, lambda fraction, note: line.update(escape(f"{fraction:4.0%} {note}"))
        )
    width, height = made.size
    told = f"{made.path}  {width}x{height}, {made.fps:g} fps, {made.frames} frames"
    out.print(told, highlight=False, markup=False, soft_wrap=True)
    for note in made.notes:
        out.print(f"  {note}", highlight=False, markup=False)


@app.command()
def sdxl(
    port: Annotated[int, typer.Option()] = 8190,
    address: Annotated[str, typer.Option(help="Beyond loopback it needs a token.")] = "127.0.0.1",
) -> None:
    """The resident picture pipeline that all slots of the pool `gpu` feed."""
    from ytempire.providers.sdxl.host import serve_host

    serve_host(port, address)


@app.command()
def request(
    channel: Annotated[str | None, typer.Option(help="Such as tidewise.")] = None,
    niche: Annotated[
        str | None, typer.Option(help="Instead of a channel: of those about it, whose turn it is.")
    ] = None,
    owner: Annotated[str, typer.Option(help="Whose channels, with --niche.")] = "house",
    topic: Annotated[str, typer.Option(help="One line; the working title.")] = "",
    script: Annotated[Path | None, typer.Option(help="Your own words.")] = None,
    format: Annotated[Format, typer.Option()] = Format.SHORT,
    priority: Annotated[Tier, typer.Option()] = Tier.STANDARD,
) -> None:
    """Put a video in the queue and start its run, if Airflow is up."""
    from ytempire.local.submit import submit
    from ytempire.planning.requests import ask
    from ytempire.studio.script import read_text

    words = read_text(script) if script else None
    request_id = ask(
        channel=channel,
        niche=niche,
        owner=owner,
        topic=topic,
        script=words,
        format=format,
        tier=priority,
    )
    out.print(submit(request_id), highlight=False, soft_wrap=True)


@app.command()
def publish(
    video_id: str,
    manual: Annotated[
        bool, typer.Option("--manual", help="Hand it to a person instead of uploading it.")
    ] = False,
    to: Annotated[Path | None, typer.Option(help="A folder for the files.")] = None,
    youtube_id: Annotated[
        str | None, typer.Option("--id", help="The id or address that your upload has.")
    ] = None,
) -> None:
    """Publish a checked video now; or by hand, with --manual: first the files, then --id."""
    from ytempire.channels import manual as by_hand
    from ytempire.channels.stages import publish as publish_video

    if not manual and (to or youtube_id):
        raise InvalidInput("--to and --id go with --manual.")
    if not manual:
        told = f"Published: {publish_video(video_id)}"
    elif youtube_id:
        recorded = by_hand.record(video_id, youtube_id)
        seen = "the channel shows it" if recorded.is_checked else "not looked at: no grant"
        told = f"Recorded {recorded.youtube_video_id} for {video_id} ({seen})."
    else:
        handed = by_hand.hand_over(video_id, to)
        told = f"For the channel {handed.channel_id}: {handed.folder}/metadata.txt says what to do."
    out.print(told, highlight=False, markup=False, soft_wrap=True)


@app.command()
def pull(
    channel: Annotated[
        str | None, typer.Option(help="Such as tidewise; default: all that are connected.")
    ] = None,
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Ask again from this Pacific day on."),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Its last Pacific day; default: today."),
    ] = None,
) -> None:
    """YouTube's numbers into the warehouse: what is due, or with --from all days since then."""
    from ytempire.analytics.youtube import pull_channel
    from ytempire.channels import accounts
    from ytempire.warehouse import clock

    first, last = (each.date() if each else None for each in (start, end))
    name = f"manual-{first}-{last}" if first else f"manual-{clock.now():%Y-%m-%dT%H:%M:%S}"
    chosen = [channel] if channel else accounts.ids(connected=True)
    failed: dict[str, YTEmpireError] = {}
    for each in chosen:
        try:
            done = pull_channel(each, name, start=first, end=last)
        except YTEmpireError as error:
            if channel:
                raise
            failed[each] = error
            continue
        landed = ", ".join(f"{rows} {table}" for table, rows in done.rows.items() if rows)
        out.print(f"{each}: {landed or 'nothing new'}", highlight=False, markup=False)
        for words in [f"{done.rejected} rows rejected"] * bool(done.rejected) + [*done.skipped]:
            out.print(f"  {words}", highlight=False, markup=False, soft_wrap=True)
    if failed:
        raise SomeFailed(failed, len(chosen), "channels")


@app.command()
def sql(
    query: Annotated[str | None, typer.Option("-c", help="Run this and end.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="What the marts said then, such as 2026-11-01T12:00Z.")
    ] = None,
) -> None:
    """psql on the warehouse, as the read-only analyst."""
    from ytempire.local.psql import psql
    from ytempire.warehouse.history import moment

    raise typer.Exit(psql(query, moment(as_of) if as_of else None))


@app.command()
def url(role: Annotated[str, typer.Option(help="owner or analyst")] = "analyst") -> None:
    """The DSN of the warehouse."""
    from ytempire.config import settings

    if role not in ("owner", "analyst"):
        raise InvalidInput(f"There is no role {role!r}.", "Roles: owner, analyst.")
    typer.echo(settings().warehouse_url() if role == "owner" else settings().analyst_url())


@review_app.command("list")
def review_list() -> None:
    """What waits, each with its review, video and run, and why."""
    from ytempire.local.reviewing import waiting

    found = waiting()
    for each in found:
        ids = f"{each.review_id}  {each.video_id}  {each.run_id}"
        out.print(ids, highlight=False, markup=False, soft_wrap=True)
        out.print(each.body, highlight=False, markup=False, soft_wrap=True)
    if not found:
        out.print("Nothing waits for a person.")


@review_app.command("answer")
def review_answer(
    review_id: Annotated[str, typer.Argument(help="As `review list` names it first.")],
    answer: Annotated[str, typer.Option(help="approve, edit, redo or reject.", show_default=False)],
    title: Annotated[str, typer.Option(help="edit: the new title")] = "",
    thumbnail: Annotated[str, typer.Option(help="edit: a, b or c")] = "",
    stage: Annotated[str, typer.Option(help="redo: write, narrate, paint or assemble")] = "",
    note: Annotated[str, typer.Option(help="Why; it is kept for learning.")] = "",
) -> None:
    """Answer a review, as Airflow's Required Actions does."""
    from ytempire.local.reviewing import answer as send

    send(review_id, answer, title=title, thumbnail=thumbnail, stage=stage, note=note)
    out.print(f"Answered for {review_id}: {answer}.", highlight=False)


def main() -> None:
    """Run a command; a typed error is a sentence and exit 1, not a traceback."""
    try:
        app()
    except YTEmpireError as error:
        problem = Console(stderr=True, soft_wrap=True, highlight=False)
        problem.print("[bold red]error:[/]", end=" ")
        problem.print(error.message, markup=False)
        if error.remedy:
            problem.print(error.remedy, markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
