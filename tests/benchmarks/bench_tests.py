"""How long `make test` takes, all of it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from figures import Figure


def measure() -> Iterator[Figure]:
    root = Path(__file__).resolve().parents[2]
    began = time.monotonic()
    subprocess.run(["make", "test"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    yield Figure("make test", time.monotonic() - began, "s", 600)
