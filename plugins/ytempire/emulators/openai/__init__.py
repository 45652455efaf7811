"""The local OpenAI: chat completions bound to a schema, moderation, files, batches and bills.

Its answers come from a small seeded generator, and say SIMULATED where a viewer reads them; every
answer carries `x-emulated: simulated`. Faults are `serving.Emulated.fail`; what the next answer
says is set on `Knobs`, or by POST to `/emulator/next` when it runs as a process of its own.
"""

from __future__ import annotations

from starlette.applications import Starlette

from ytempire.emulators import serving
from ytempire.emulators.openai.server import application
from ytempire.emulators.openai.state import ADMIN_KEY, KEY, Knobs, State

__all__ = ["ADMIN_KEY", "KEY", "Knobs", "State", "build", "serve"]


def build(seed: int = 7, knobs: Knobs | None = None) -> Starlette:
    """The application; its `State` is at `app.state.openai`."""
    return application(State(seed=seed, knobs=knobs or Knobs()))


def serve(port: int, seed: int = 7) -> None:
    """Run it until it is told to end: base URL `http://127.0.0.1:<port>/v1`, key `KEY`,
    and `ADMIN_KEY` for its bills.

    Raises:
        ServiceFailed: the port is taken.
    """
    serving.serve(build(seed), port)
