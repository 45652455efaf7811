"""The stages of a video by its id: what the DAG's tasks call.

Each holds the lock of its stage, returns at once when its artefact is stored, and otherwise makes
it in the video's workshop, books what that consumed and stores it. So a task can be killed,
cleared or run twice, and the result is the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from ytempire.channels import accounts
from ytempire.config import settings
from ytempire.costs import tiers
from ytempire.domain import (
    Format,
    Identity,
    Narration,
    QualityReport,
    Script,
    Tier,
    Usage,
)
from ytempire.errors import QualityFailed
from ytempire.learning.experiments import assignment
from ytempire.providers.voices.choice import voices_for
from ytempire.providers.writers import Brief, Signal
from ytempire.runs import artifacts, content, gpu, library, orders, queue
from ytempire.runs.content import script_of
from ytempire.runs.stages import StageRun, only_one, stage
from ytempire.studio import assemble as assembly
from ytempire.studio import captions, ordering, quality, release
from ytempire.studio import narrate as narration_room
from ytempire.studio import paint as paint_room
from ytempire.studio.cards import lead_s
from ytempire.studio.expected import Work
from ytempire.studio.make import require_makeable
from ytempire.studio.thumbnail import make_thumbnails
from ytempire.studio.variety import Previous
from ytempire.studio.writing import write_script

Make = Callable[[StageRun, Path], Path]
#: The letters of a video's three thumbnails; the first is published unless a person chooses.
THUMBNAILS = "abc"


def write(video_id: str) -> str:
    """The script: a person's own words, or what a writer makes of the request's evidence."""

    def make(run: StageRun, folder: Path) -> Path:
        request = queue.request_of(video_id)
        channel = accounts.channel(request.channel_id)
        previous = [
            Previous(video_id=told.video_id, title=told.title, text=told.body)
            for told in library.told_before(video_id)
        ]
        brief = brief_of(request, channel)
        brief = brief.model_copy(update={"tier": _tier(video_id, "write", Work(brief=brief))})
        ordering.take(request.request_id, run, answers())
        script = write_script(brief, previous, run, answers())
        require_makeable(script, request.format)
        library.remember(video_id, script, is_own_words=bool(request.script))
        queue.move(video_id, "written", title=script.title)
        return _written(folder / "script.json", script.model_dump_json(indent=2))

    return _once(video_id, "write", "script", make)


def narrate(video_id: str) -> str:
    """The narration: sound, and the times of its words."""

    def make(run: StageRun, folder: Path) -> Path:
        script = script_of(video_id)
        tier = _tier(video_id, "narrate", _work(video_id, script))
        voices = voices_for(_channel_of(video_id).voicing, script.language, tier)
        narration = narration_room.narrate(script, voices, folder, run)
        artifacts.save(video_id, "voice", narration.audio)
        queue.move(video_id, "narrated", seconds=round(narration.seconds, 3))
        return _written(folder / "narration.json", narration.model_dump_json())

    return _once(video_id, "narrate", "narration", make)


def paint(video_id: str) -> str:
    """The pictures, one a scene; the artefact is the list of their names."""

    def make(run: StageRun, folder: Path) -> Path:
        script = script_of(video_id)
        tier = _tier(video_id, "paint", _work(video_id, script))
        with gpu.sampling(run.stage_run_id):
            pictures = paint_room.paint(
                script,
                identity_of(video_id),
                format_of(video_id),
                folder / "pictures",
                run,
                tier=tier,
            )
        for number, picture in enumerate(pictures, start=1):
            artifacts.save(video_id, f"picture-{number:03}", picture)
        if owed := paint_room.credit_lines(pictures):
            artifacts.save(video_id, "credits", _written(folder / "credits.txt", "\n".join(owed)))
        return _written(folder / "pictures.txt", str(len(pictures)))

    return _once(video_id, "paint", "pictures", make)


def assemble(video_id: str) -> str:
    """The cut: pictures in motion, captions, voice and music in one file; and the thumbnails."""

    def make(run: StageRun, folder: Path) -> Path:
        format, identity = format_of(video_id), identity_of(video_id)
        narration, pictures = narration_of(video_id), pictures_of(video_id)
        cut = assembly.assemble(pictures, narration, identity, format, folder / "cut.mp4", run)
        thumbnails = make_thumbnails(script_of(video_id), identity, format, pictures, folder, run)
        for letter, thumbnail in zip(THUMBNAILS, thumbnails, strict=True):
            artifacts.save(video_id, f"thumbnail-{letter}", thumbnail)
        artifacts.save(video_id, "thumbnail", thumbnails[0])
        srt = captions.write_srt(narration, folder / "cut.srt", shift=lead_s(identity))
        artifacts.save(video_id, "captions", srt)
        queue.move(video_id, "assembled")
        return cut

    return _once(video_id, "assemble", "cut", make)


def check(video_id: str) -> str:
    """The release check of the finished file and of what it says; the artefact is its report.

    Returns:
        The task that follows: `publish`, or `review` when a person has to be asked.

    Raises:
        QualityFailed: a rule was broken; the file is kept and nothing is published.
        PolicyBlocked: a policy forbids it. ReleaseRejected: a person has said no to this content.
    """

    def make(run: StageRun, folder: Path) -> Path:
        started = time.monotonic()
        narration, cut = narration_of(video_id), artifacts.local(video_id, "cut")
        report = quality.check(
            cut, script_of(video_id), narration, format_of(video_id), identity_of(video_id)
        )
        run.used(Usage.seconds("machine", "check", time.monotonic() - started))
        if not report.is_ok:
            artifacts.discard(video_id, "cut")
            raise QualityFailed(
                _verdict(video_id, report), "Look at the file; then clear `assemble`."
            )
        run.progress(0.5, "the file is sound; judging what it says")
        judged = release.judge(video_id, script_of(video_id), narration, report, run)
        run.is_confident(judged.confidence.value)
        artifacts.save(
            video_id, "rating", _written(folder / "rating.json", judged.model_dump_json(indent=2))
        )
        queue.move(video_id, "checked")
        return _written(folder / "report.json", report.model_dump_json(indent=2))

    _once(video_id, "check", "report", make)
    return release.follow(video_id)


#: The stages that only make something, by their task's name.
STAGES: dict[str, Callable[[str], str]] = {
    "write": write,
    "narrate": narrate,
    "paint": paint,
    "assemble": assemble,
}


def brief_of(request: queue.Request, channel: accounts.Channel) -> Brief:
    """What the writer of a request is told."""
    evidence = request.evidence
    return Brief(
        topic=request.topic,
        niche=str(evidence.get("niche", channel.niche)),
        format=request.format,
        signals=tuple(Signal.model_validate(each) for each in _signals(evidence)),
        text=request.script or "",
        read_at=queue.requested_at(request.request_id),
        is_simulated=bool(evidence.get("is_simulated")),
        language=channel.language,
        tier=request.tier,
        seconds=evidence.get("seconds"),
    )


def _work(video_id: str, script: Script) -> Work:
    request = queue.request_of(video_id)
    return Work(brief=brief_of(request, accounts.channel(request.channel_id)), script=script)


def _tier(video_id: str, stage: str, work: Work) -> Tier:
    """The tier of a stage that is about to begin; a script that was ordered ahead has its own."""
    request = queue.request_of(video_id)
    is_ordered = stage == "write" and orders.of(request.request_id) is not None
    return tiers.choose(
        video_id,
        stage,
        request.tier,
        work.expected,
        request.format,
        is_fixed="its script was ordered ahead" if is_ordered else "",
    )


def answers() -> Path:
    """Where paid answers are kept on this machine."""
    return settings().home / "cache" / "answers"


def identity_of(video_id: str) -> Identity:
    """The look of a video's channel; every time that a person asked for a stage anew, another
    seed of it, so that the new take is another one."""
    identity = _channel_of(video_id).identity
    takes = content.redone(video_id)
    return identity.model_copy(update={"seed": identity.seed + 1000 * takes})


def _channel_of(video_id: str) -> accounts.Channel:
    """The channel with its profile, but for what an experiment varies in this video."""
    channel = accounts.channel(queue.request_of(video_id).channel_id)
    for part, fields in assignment.settings_of(video_id).items():
        varied = getattr(channel, part).model_copy(update=fields)
        channel = channel.model_copy(update={part: varied})
    return channel


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


def _verdict(video_id: str, report: QualityReport) -> str:
    broken = "; ".join(f"{f.rule}: {f.measured}, wanted {f.wanted}" for f in report.failures)
    return f"Video {video_id} is not fit to publish: {broken}."
