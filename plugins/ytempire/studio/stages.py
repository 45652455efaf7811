"""The stages of a video by its id: what the DAG's tasks call.

Each holds the lock of its stage, returns at once when its artefact is stored, and otherwise makes
it in the video's workshop, books what that consumed and stores it. So a task can be killed,
cleared or run twice, and the result is the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from ytempire.channels import accounts
from ytempire.domain import Format, Narration, QualityReport, Script, Usage
from ytempire.errors import QualityFailed
from ytempire.providers.voices.espeak import Espeak
from ytempire.providers.writers import Brief, Signal
from ytempire.providers.writers.own_words import OwnWords
from ytempire.providers.writers.trend_teller import TrendTeller
from ytempire.runs import artifacts, queue
from ytempire.runs.stages import StageRun, only_one, stage
from ytempire.studio import assemble as assembly
from ytempire.studio import captions, quality
from ytempire.studio import narrate as narration_room
from ytempire.studio import paint as paint_room
from ytempire.studio.make import require_makeable
from ytempire.studio.thumbnail import make_thumbnail

Make = Callable[[StageRun, Path], Path]


def write(video_id: str) -> str:
    """The script: the person's own words, or the story of the request's trend signals."""

    def make(run: StageRun, folder: Path) -> Path:
        request = queue.request_of(video_id)
        signals = tuple(Signal.model_validate(each) for each in _signals(request.evidence))
        brief = Brief(
            topic=request.topic,
            niche=str(request.evidence.get("niche", "")),
            format=request.format,
            signals=signals,
            text=request.script or "",
            read_at=queue.requested_at(request.request_id),
            is_simulated=bool(request.evidence.get("is_simulated")),
        )
        writer = OwnWords() if request.script else TrendTeller()
        script, usage = writer.write(brief)
        require_makeable(script, request.format)
        run.used(usage)
        queue.move(video_id, "written", title=script.title)
        return _written(folder / "script.json", script.model_dump_json(indent=2))

    return _once(video_id, "write", "script", make)


def narrate(video_id: str) -> str:
    """The narration: sound, and the times of its words."""

    def make(run: StageRun, folder: Path) -> Path:
        narration, usages = narration_room.narrate(script_of(video_id), Espeak(), folder)
        run.used(*usages)
        artifacts.save(video_id, "voice", narration.audio)
        queue.move(video_id, "narrated", seconds=round(narration.seconds, 3))
        return _written(folder / "narration.json", narration.model_dump_json())

    return _once(video_id, "narrate", "narration", make)


def paint(video_id: str) -> str:
    """The pictures, one a scene; the artefact is the list of their names."""

    def make(run: StageRun, folder: Path) -> Path:
        request = queue.request_of(video_id)
        identity = accounts.channel(request.channel_id).identity
        pictures, usages = paint_room.paint(script_of(video_id), identity, request.format, folder)
        run.used(*usages)
        for number, picture in enumerate(pictures, start=1):
            artifacts.save(video_id, f"picture-{number:03}", picture)
        return _written(folder / "pictures.txt", str(len(pictures)))

    return _once(video_id, "paint", "pictures", make)


def assemble(video_id: str) -> str:
    """The cut: pictures in motion, captions, voice and music in one file; and the thumbnail."""

    def make(run: StageRun, folder: Path) -> Path:
        request = queue.request_of(video_id)
        identity = accounts.channel(request.channel_id).identity
        narration, pictures = narration_of(video_id), pictures_of(video_id)
        cut, usages = assembly.assemble(
            pictures, narration, identity, request.format, folder / "cut.mp4", run.progress
        )
        run.used(*usages)
        thumbnail, usages = make_thumbnail(
            script_of(video_id), identity, request.format, pictures, folder / "thumbnail.jpg"
        )
        run.used(*usages)
        artifacts.save(video_id, "thumbnail", thumbnail)
        artifacts.save(video_id, "captions", captions.write_srt(narration, folder / "cut.srt"))
        queue.move(video_id, "assembled")
        return cut

    return _once(video_id, "assemble", "cut", make)


def check(video_id: str) -> str:
    """The release check of the finished file; the artefact is its report.

    Raises:
        QualityFailed: a rule was broken; the file is kept and nothing is published.
    """

    def make(run: StageRun, folder: Path) -> Path:
        started = time.monotonic()
        report = quality.check(
            artifacts.local(video_id, "cut"),
            script_of(video_id),
            narration_of(video_id),
            format_of(video_id),
        )
        run.used(_seconds("check", time.monotonic() - started))
        if not report.is_ok:
            artifacts.discard(video_id, "cut")
            raise QualityFailed(
                _verdict(video_id, report), "Look at the file; then clear `assemble`."
            )
        queue.move(video_id, "checked")
        return _written(folder / "report.json", report.model_dump_json(indent=2))

    return _once(video_id, "check", "report", make)


def script_of(video_id: str) -> Script:
    """The script of a video whose `write` is done."""
    return Script.model_validate_json(artifacts.local(video_id, "script").read_bytes())


def narration_of(video_id: str) -> Narration:
    """The narration of a video whose `narrate` is done, with its sound on this machine."""
    stored = Narration.model_validate_json(artifacts.local(video_id, "narration").read_bytes())
    return stored.model_copy(update={"audio": artifacts.local(video_id, "voice")})


def pictures_of(video_id: str) -> tuple[Path, ...]:
    """The pictures of a video whose `paint` is done, in the order of its scenes."""
    count = int(artifacts.local(video_id, "pictures").read_text())
    return tuple(artifacts.local(video_id, f"picture-{n:03}") for n in range(1, count + 1))


def format_of(video_id: str) -> Format:
    """Short or wide."""
    return queue.request_of(video_id).format


def _once(video_id: str, name: str, kind: str, make: Make) -> str:
    with only_one(video_id, name):
        found = artifacts.find(video_id, kind)
        if found is not None:
            return found
        with stage(video_id, name) as run:
            return artifacts.save(video_id, kind, make(run, artifacts.workshop(video_id)))


def _signals(evidence: dict[str, object]) -> list[dict[str, object]]:
    wanted = Signal.model_fields.keys()
    found = evidence.get("signals", [])
    assert isinstance(found, list)
    return [{name: signal[name] for name in wanted if name in signal} for signal in found]


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _seconds(kind: str, elapsed: float) -> Usage:
    quantity = Decimal(str(round(elapsed, 3)))
    return Usage(provider="machine", kind=kind, unit="second", quantity=quantity)


def _verdict(video_id: str, report: QualityReport) -> str:
    broken = "; ".join(f"{f.rule}: {f.measured}, wanted {f.wanted}" for f in report.failures)
    return f"Video {video_id} is not fit to publish: {broken}."
