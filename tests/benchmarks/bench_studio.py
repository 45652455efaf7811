"""The studio from text to checked file: the example of the tides as a short, in a fresh process.

CPU and memory count everything that it starts, FFmpeg and the voice included.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from figures import Figure

ROOT = Path(__file__).resolve().parents[2]
_MAKE = """
import json, resource, sys
from pathlib import Path
from ytempire.domain import Format
from ytempire.studio.identities import identity_for
from ytempire.studio.make import make_video
from ytempire.studio.script import read_script

video, usages = make_video(read_script(Path(sys.argv[1])), Format.SHORT, Path(sys.argv[2]),
                           identity_for("tidewise"), lambda done, note: None)
spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
seconds = {}
for usage in usages:
    seconds[usage.kind] = seconds.get(usage.kind, 0.0) + float(usage.quantity)
print(json.dumps({"seconds": video.seconds, "cpu": sum(s.ru_utime + s.ru_stime for s in spent),
                  "bytes": video.path.stat().st_size, "stages": seconds}))
"""


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-c", _MAKE, str(ROOT / "examples/tides.md"), f"{name}/short.mp4"],
            env={"PYTHONPATH": str(ROOT / "plugins"), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.PIPE,
        )
        peak = _peak_bytes(process)
        said, _ = process.communicate()
        wall = time.monotonic() - began
    if process.returncode != 0:
        raise RuntimeError("the studio did not make the video")
    made = json.loads(said.splitlines()[-1])
    length = made["seconds"]
    about = f"{length:.0f} s short, load {psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} CPUs"
    yield Figure("short, text to checked file", wall, "s", 75, reference=about)
    yield Figure("short, peak memory", peak / 1e6, "MB", 700, reference="FFmpeg included")
    yield Figure("short, CPU per output second", made["cpu"] / length, "CPU s", 1.2)
    for stage, seconds in made["stages"].items():
        yield Figure(f"short, {stage}", seconds, "s")
    yield Figure("short, bit rate", made["bytes"] * 8 / length / 1e6, "Mbit/s")


def _peak_bytes(process: subprocess.Popen[bytes]) -> int:
    """The most memory that the process and its children held at once, looked at ten times a second.

    Resident set sizes are added up: shared libraries count twice, so the truth is a little less.
    """
    peak = 0
    while True:
        try:
            family = [psutil.Process(process.pid)]
            family += family[0].children(recursive=True)
            peak = max(peak, sum(one.memory_info().rss for one in family))
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        except psutil.Error:
            if process.poll() is None:
                continue
        return peak
