"""The local Stripe: two years of simulated customers, subscriptions and money, read-only.

It speaks version `API_VERSION` of the API; every answer carries `x-emulated: simulated`, and no
object is of live mode. Its clock runs on; POST to `/emulator/advance` (`{"hours": 24}`) moves it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from starlette.applications import Starlette

from ytempire.emulators import serving
from ytempire.emulators.stripe.server import API_VERSION, KEY, application
from ytempire.emulators.stripe.world import Scale, World
from ytempire.emulators.youtube.clock import Anchor, Clock
from ytempire.errors import InvalidInput

__all__ = ["API_VERSION", "KEY", "Scale", "build", "serve"]


def build(seed: int = 7, clock: Clock | None = None, scale: Scale | None = None) -> Starlette:
    """The application; its `World` is at `app.state.stripe`."""
    return application(World(seed, clock or Clock(None, 1.0), scale or Scale()))


def serve(port: int, seed: int, speed: float, state: Path, scale: Scale | None = None) -> None:
    """Run it until it is told to end: address `http://127.0.0.1:<port>`, key `KEY`.

    Args:
        speed: emulated seconds per real second.
        state: a folder that keeps its clock across restarts.

    Raises:
        InvalidInput: the folder keeps the clock of another world.
        ServiceFailed: the port is taken.
    """
    scale = scale or Scale()
    is_of = {"seed": seed, "customers": scale.customers}
    file = state / "clock.json"
    kept = json.loads(file.read_text()) if file.exists() else {}
    if kept and kept["world"] != is_of:
        raise InvalidInput(
            f"{state} keeps a local Stripe of {kept['world']}, not of {is_of}.",
            "Ask for that one, or take the folder away.",
        )
    clock = Clock(Anchor(**kept["anchor"]) if kept else None, speed)

    def save() -> None:
        state.mkdir(parents=True, exist_ok=True)
        written = file.with_suffix(".part")
        written.write_text(json.dumps({"world": is_of, "anchor": asdict(clock.anchor)}))
        written.replace(file)

    save()
    world = World(seed, clock, scale)
    world.journal()  # written before the first one asks
    serving.serve(application(world, save), port)
