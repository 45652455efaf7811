"""`ytempire emulate …`: local servers that speak the protocols of others, SIMULATED."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

emulate_app = typer.Typer(no_args_is_help=True, help="A local server that speaks a protocol.")
out = Console()


@emulate_app.command("youtube")
def emulate_youtube(
    port: Annotated[int, typer.Option()] = 8090,
    seed: Annotated[int, typer.Option(help="Another seed, another world.")] = 7,
    speed: Annotated[float, typer.Option(help="Simulated seconds per second.")] = 1.0,
    channels: Annotated[int, typer.Option(help="Channels of your own, at most 60.")] = 3,
    past_days: Annotated[int, typer.Option(help="How far their past reaches.")] = 90,
    videos: Annotated[int, typer.Option(help="Of each in its past.")] = 42,
) -> None:
    """The local YouTube: SIMULATED channels, videos, viewers and money."""
    from ytempire.config import settings
    from ytempire.emulators.youtube.catalog import Scale
    from ytempire.emulators.youtube.server import serve

    scale = Scale(channels=channels, past_days=past_days, videos=videos)
    serve(port, seed, speed, settings().home / "youtube", scale)


@emulate_app.command("stripe")
def emulate_stripe(
    port: Annotated[int, typer.Option()] = 8095,
    seed: Annotated[int, typer.Option(help="Another seed, other customers.")] = 7,
    speed: Annotated[float, typer.Option(help="Simulated seconds per second.")] = 1.0,
) -> None:
    """A local Stripe, read-only: SIMULATED customers, subscriptions and money of two years."""
    from ytempire.config import settings
    from ytempire.emulators.stripe import KEY, serve

    out.print(f"SIMULATED: address http://127.0.0.1:{port}, key {KEY}", highlight=False)
    serve(port, seed, speed, settings().home / "stripe")


@emulate_app.command("openai")
def emulate_openai(
    port: Annotated[int, typer.Option()] = 8091,
    seed: Annotated[int, typer.Option(help="Another seed, other scripts.")] = 7,
) -> None:
    """A local OpenAI: SIMULATED scripts, judgements, moderation, batches and bills."""
    from ytempire.emulators.openai import ADMIN_KEY, KEY, serve

    out.print(
        f"SIMULATED: base URL http://127.0.0.1:{port}/v1, key {KEY}, admin key {ADMIN_KEY}",
        highlight=False,
    )
    serve(port, seed)


@emulate_app.command("elevenlabs")
def emulate_elevenlabs(
    port: Annotated[int, typer.Option()] = 8092,
    seed: Annotated[int, typer.Option()] = 7,
) -> None:
    """A local ElevenLabs: SIMULATED voices with word times, spoken by espeak-ng."""
    from ytempire.emulators.elevenlabs.account import KEY
    from ytempire.emulators.elevenlabs.server import serve

    out.print(f"SIMULATED: base URL http://127.0.0.1:{port}, key {KEY}", highlight=False)
    serve(port, seed)


@emulate_app.command("pexels")
def emulate_pexels(port: Annotated[int, typer.Option()] = 8094) -> None:
    """A local Pexels: SIMULATED pictures and clips."""
    from ytempire.emulators.pexels import KEY, application
    from ytempire.emulators.serving import serve

    out.print(f"SIMULATED: base URL http://127.0.0.1:{port}, key {KEY}", highlight=False)
    serve(application(), port)


@emulate_app.command("google-voice")
def emulate_google_voice(port: Annotated[int, typer.Option()] = 8093) -> None:
    """A local Google voice: SIMULATED, spoken by espeak-ng."""
    from ytempire.emulators.google_voice.server import serve

    out.print(f"SIMULATED: endpoint http://127.0.0.1:{port}, no key", highlight=False)
    serve(port)
