"""The hardware encoder of this machine, found by trying: a listed one may still fail.

Ten frames go through each that FFmpeg lists, once per machine and FFmpeg version; the answer is
kept in `encoders.json` under YTEMPIRE_HOME. Delete that file after a change of card or driver.
"""

from __future__ import annotations

import json
import platform
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ytempire.config import settings
from ytempire.errors import NotConfigured
from ytempire.providers.pictures import save_bytes
from ytempire.studio.encoder import ffmpeg

SOFTWARE = "libx264"
_TRIAL_FRAMES = 10
_DEADLINE_S = 30


@dataclass(frozen=True)
class Encoder:
    """How FFmpeg is told to use an encoder.

    Attributes:
        before: options that stand before the inputs.
        filters: what brings frames to where it reads them.
    """

    name: str
    codec: tuple[str, ...]
    before: tuple[str, ...] = ()
    filters: tuple[str, ...] = ("format=yuv420p",)


#: In the order in which they are tried. Quality settings of about the size that x264's crf 20 has.
CANDIDATES = (
    Encoder(
        "h264_nvenc",
        ("-c:v", "h264_nvenc", "-preset", "p5", "-rc", "vbr", "-cq", "22", "-b:v", "0",
         "-profile:v", "high"),
    ),
    Encoder(
        "h264_videotoolbox",
        ("-c:v", "h264_videotoolbox", "-q:v", "60", "-profile:v", "high", "-allow_sw", "0"),
    ),
    Encoder(
        "h264_qsv",
        ("-c:v", "h264_qsv", "-preset", "medium", "-global_quality", "22", "-profile:v", "high"),
        filters=("format=nv12",),
    ),
    Encoder(
        "h264_amf",
        ("-c:v", "h264_amf", "-quality", "balanced", "-rc", "cqp", "-qp_i", "21", "-qp_p", "23",
         "-profile:v", "high"),
        filters=("format=nv12",),
    ),
    Encoder(
        "h264_vaapi",
        ("-c:v", "h264_vaapi", "-qp", "22", "-profile:v", "high"),
        before=("-vaapi_device", "/dev/dri/renderD128"),
        filters=("format=nv12", "hwupload"),
    ),
)  # fmt: skip


def encoder(wanted: str = "", candidates: Sequence[Encoder] = CANDIDATES) -> Encoder | None:
    """The hardware encoder to use; None: libx264.

    Args:
        wanted: `auto`, or a name; by default what `YTEMPIRE_STUDIO__ENCODER` says.

    Raises:
        NotConfigured: one was named that there is not, or that does not encode here.
    """
    wanted = wanted or settings().studio.encoder
    if wanted == SOFTWARE:
        return None
    by_name = {each.name: each for each in candidates}
    if wanted != "auto" and wanted not in by_name:
        raise NotConfigured(
            f"There is no encoder {wanted!r}.",
            f"Set YTEMPIRE_STUDIO__ENCODER to auto or one of: {', '.join((SOFTWARE, *by_name))}.",
        )
    results = _remembered(settings().home / "encoders.json", candidates)
    if wanted == "auto":
        return next((each for each in candidates if results.get(each.name) == ""), None)
    if results[wanted]:
        raise NotConfigured(
            f"The encoder {wanted} does not encode here: {results[wanted]}",
            "Set YTEMPIRE_STUDIO__ENCODER=auto, or mend its driver and delete encoders.json.",
        )
    return by_name[wanted]


def _remembered(file: Path, candidates: Sequence[Encoder]) -> dict[str, str]:
    """Why each candidate fails, empty where it encodes; tried once and then read."""
    here = f"{platform.node()} {_version()}"
    try:
        known = json.loads(file.read_text())
        assert isinstance(known, dict)
    except (OSError, ValueError, AssertionError):
        known = {}
    before = known.get(here, {})
    missing = [each for each in candidates if each.name not in before]
    if not missing:
        return dict(before)
    listed = _listed()
    tried = {e.name: attempt(e) if e.name in listed else "FFmpeg does not have it" for e in missing}
    results = {**before, **tried}
    file.parent.mkdir(parents=True, exist_ok=True)
    save_bytes(json.dumps({**known, here: results}, indent=1).encode(), file)
    return results


def attempt(candidate: Encoder) -> str:
    """Encode ten frames and read them back; returns why that failed, empty when it did not."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "trial.mp4"
        made = [
            *("-loglevel", "error", "-y", *candidate.before, "-f", "lavfi"),
            *("-i", "testsrc2=size=1080x1920:rate=30", "-frames:v", str(_TRIAL_FRAMES)),
            *("-vf", ",".join(candidate.filters), *candidate.codec, "-f", "mp4", str(out)),
        ]
        read = ["-loglevel", "error", "-xerror", "-i", str(out), "-f", "null", "-"]
        return _failure(made) or _failure(read)


def _failure(arguments: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            [ffmpeg(), "-hide_banner", "-nostdin", *arguments],
            capture_output=True, check=False, timeout=_DEADLINE_S,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"no answer in {_DEADLINE_S} s"
    if done.returncode == 0:
        return ""
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return lines[0][:300] if lines else f"exit status {done.returncode}"


def _listed() -> frozenset[str]:
    done = subprocess.run(
        [ffmpeg(), "-hide_banner", "-encoders"], capture_output=True, check=False
    )  # fmt: skip
    rows = done.stdout.decode(errors="replace").splitlines()
    return frozenset(row.split()[1] for row in rows if len(row.split()) > 1)


@lru_cache
def _version() -> str:
    done = subprocess.run([ffmpeg(), "-version"], capture_output=True, check=False)
    return done.stdout.decode(errors="replace").partition("\n")[0].split(" Copyright")[0]
