"""The whole chain in one call, with no service: a script in, a checked video out."""

from __future__ import annotations

import hashlib
import math
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from ytempire.domain import Format, Identity, Script, Usage, Video, Voicing
from ytempire.errors import InvalidInput, InvalidScript, NoWriteAccess, QualityFailed
from ytempire.providers.voices.choice import voices_for
from ytempire.providers.writers.cutting import seconds_of
from ytempire.studio.assemble import assemble, require_space
from ytempire.studio.captions import write_srt
from ytempire.studio.cards import lead_s, tail_s
from ytempire.studio.encoder import FPS
from ytempire.studio.fonts import require_glyphs
from ytempire.studio.narrate import narrate
from ytempire.studio.paint import paint
from ytempire.studio.priced import PricedNotes
from ytempire.studio.quality import check
from ytempire.studio.thumbnail import make_thumbnails

Progress = Callable[[float, str], None]

#: YouTube takes a vertical video of up to three minutes for a Short.
LONGEST_SHORT_S = 180.0


class _Steps(PricedNotes):
    """Notes that tell each step's progress as a part of the whole, and mark the folder of a video
    that something was paid for.
    """

    def __init__(self, tell: Progress) -> None:
        super().__init__()
        self._tell = tell
        self._span = (0.0, 0.0)
        self.paid: Path | None = None

    def used(self, *usages: Usage) -> None:
        if self.paid is not None and any(usage.device == "remote" for usage in usages):
            self.paid.touch()
        super().used(*usages)

    def step(self, begins: float, ends: float, note: str) -> None:
        self._span = (begins, ends)
        self.progress(0.0, note)

    def progress(self, fraction: float, note: str = "") -> None:
        begins, ends = self._span
        self._tell(begins + (ends - begins) * fraction, note)


def make_video(
    script: Script,
    format: Format,
    out: Path,
    identity: Identity,
    progress: Progress,
    voicing: Voicing | None = None,
) -> tuple[Video, tuple[Usage, ...]]:
    """Make `out` (MP4) with its thumbnails (.jpg; .b.jpg and .c.jpg for experiments) and captions
    (.srt) beside it.

    Everything else is made in a folder beside `out`. The files appear when the video has passed the
    release check, or not at all; what was paid for stays in the folder, so that the same call goes
    on from there.

    Args:
        progress: told the fraction done, 0 to 1, and a short note, about once a second.

    Raises:
        InvalidScript: too long for a short, or it cannot be spoken.
        MissingGlyph: no bundled font has a character of it.
        OutOfSpace: the disk has too little room.
        NotConfigured: what would be bought has no price; it is not bought.
        QualityFailed: the file broke a rule; it is kept beside `out` as `.rejected.mp4`.
    """
    journal = _Steps(progress)
    journal.step(0.0, 0.01, "reading the script")
    require_makeable(script, format)
    _require_place(out)
    require_space(out.parent, sum(seconds_of(scene.narration) for scene in script.scenes))
    folder = _bench(out, script, format, identity)
    journal.paid = folder / "paid"  # by this call, or by one before it
    try:
        video = _made(script, format, out, identity, voicing or Voicing(), folder, journal)
    except BaseException:
        if not journal.paid.exists():
            shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    progress(1.0, "done")
    return video, tuple(journal.usages)


def _bench(out: Path, script: Script, format: Format, identity: Identity) -> Path:
    """The folder of a video in the making: another script or look has another one."""
    decides = f"{script.model_dump_json()}|{format}|{identity.model_dump_json()}"
    mark = hashlib.sha256(decides.encode()).hexdigest()[:12]
    folder = out.parent / f".{out.stem[:40]}-{mark}"
    folder.mkdir(exist_ok=True)
    return folder


def _made(
    script: Script,
    format: Format,
    out: Path,
    identity: Identity,
    voicing: Voicing,
    folder: Path,
    journal: _Steps,
) -> Video:
    journal.step(0.01, 0.04, f"speaking {len(script.scenes)} scenes")
    narration = narrate(script, voices_for(voicing, script.language), folder, journal)
    around = lead_s(identity) + tail_s(identity)
    _require_length(narration.seconds + around, format)
    journal.step(0.04, 0.18, f"painting {len(script.scenes)} pictures")
    pictures = paint(script, identity, format, folder / "pictures", journal)
    journal.step(0.18, 0.92, "assembling")
    cut = assemble(pictures, narration, identity, format, folder / "cut.mp4", journal)
    journal.step(0.92, 0.95, "making the thumbnails")
    thumbnails = make_thumbnails(script, identity, format, pictures, folder, journal)
    captions = write_srt(narration, folder / "captions.srt", shift=lead_s(identity))
    journal.step(0.95, 1.0, "checking the file")
    report = check(cut, script, narration, format, identity)
    if not report.is_ok:
        kept = cut.replace(out.with_suffix(".rejected.mp4"))
        broken = "; ".join(f"{f.rule}: {f.measured}" for f in report.failures)
        raise QualityFailed(f"The video did not pass its check: {broken}.", f"See {kept}.")
    for thumbnail, suffix in zip(thumbnails, (".jpg", ".b.jpg", ".c.jpg"), strict=True):
        thumbnail.replace(out.with_suffix(suffix))
    return Video(
        path=cut.replace(out),
        thumbnail=out.with_suffix(".jpg"),
        captions=captions.replace(out.with_suffix(".srt")),
        format=format,
        seconds=round(narration.seconds + around, 4),
        frames=math.ceil((narration.seconds + around) * FPS - 1e-6),
        report=report,
    )


def _require_place(out: Path) -> None:
    """Refuse a place where the video cannot be put, before an hour is spent on it."""
    if out.suffix.lower() != ".mp4" or out.is_dir():
        raise InvalidInput(f"{out} is no name for a video.", "Give a file that ends in .mp4.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out.parent):
            pass
    except OSError as error:
        raise NoWriteAccess(
            f"{out.parent} cannot be written: {error.strerror}.", "Choose another place with --out."
        ) from error


def require_makeable(script: Script, format: Format) -> None:
    """Refuse what cannot become a video, before anything is made.

    Raises:
        MissingGlyph, InvalidScript: see `make_video`.
    """
    shown = [script.title, script.thumbnail_text, script.text]
    require_glyphs(" ".join([*shown, *(scene.on_screen for scene in script.scenes)]))
    # An estimate is within a fifth of the voice; what is far too long is told without waiting.
    _require_length(0.8 * sum(seconds_of(scene.narration) for scene in script.scenes), format)


def _require_length(seconds: float, format: Format) -> None:
    if format is Format.SHORT and seconds > LONGEST_SHORT_S:
        raise InvalidScript(
            f"Spoken, the script lasts about {seconds:.0f} s; a short has at most "
            f"{LONGEST_SHORT_S:.0f} s.",
            "Shorten it to about 450 words, or make it with --format wide.",
        )
