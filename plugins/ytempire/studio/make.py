"""The whole chain in one call, with no service: a script in, a checked video out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from ytempire.domain import Format, Identity, Script, Usage, Video
from ytempire.errors import InvalidInput, InvalidScript, NoWriteAccess, QualityFailed
from ytempire.providers.voices.espeak import Espeak
from ytempire.providers.writers.cutting import seconds_of
from ytempire.studio.assemble import assemble, require_space
from ytempire.studio.captions import write_srt
from ytempire.studio.fonts import require_glyphs
from ytempire.studio.motion import scene_frames
from ytempire.studio.narrate import narrate
from ytempire.studio.paint import paint
from ytempire.studio.quality import check
from ytempire.studio.thumbnail import make_thumbnail

Progress = Callable[[float, str], None]

#: YouTube takes a vertical video of up to three minutes for a Short.
LONGEST_SHORT_S = 180.0


def make_video(
    script: Script, format: Format, out: Path, identity: Identity, progress: Progress
) -> tuple[Video, tuple[Usage, ...]]:
    """Make `out` (MP4) with its thumbnail (.jpg) and captions (.srt) beside it.

    Everything else is made in a scratch folder beside `out` and removed. The files appear when the
    video has passed the release check, or not at all.

    Args:
        progress: told the fraction done, 0 to 1, and a short note, about once a second.

    Raises:
        InvalidScript: too long for a short, or it cannot be spoken.
        MissingGlyph: no bundled font has a character of it.
        OutOfSpace: the disk has too little room.
        QualityFailed: the file broke a rule; it is kept beside `out` as `.rejected.mp4`.
    """
    progress(0.0, "reading the script")
    require_makeable(script, format)
    _require_place(out)
    require_space(out.parent, sum(seconds_of(scene.narration) for scene in script.scenes))
    usages: list[Usage] = []
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.stem[:40]}-") as name:
        folder = Path(name)
        progress(0.01, f"speaking {len(script.scenes)} scenes")
        narration, used = narrate(script, Espeak(), folder)
        usages.extend(used)
        _require_length(narration.seconds, format)
        progress(0.04, f"painting {len(script.scenes)} pictures")
        pictures, used = paint(script, identity, format, folder / "pictures")
        usages.extend(used)
        cut, used = assemble(
            pictures, narration, identity, format, folder / "cut.mp4",
            lambda done, note: progress(0.18 + 0.74 * done, note),
        )  # fmt: skip
        usages.extend(used)
        progress(0.93, "making the thumbnail")
        thumbnail, used = make_thumbnail(
            script, identity, format, pictures, folder / "thumbnail.jpg"
        )
        usages.extend(used)
        captions = write_srt(narration, folder / "captions.srt")
        progress(0.95, "checking the file")
        report = check(cut, script, narration, format)
        if not report.is_ok:
            kept = cut.replace(out.with_suffix(".rejected.mp4"))
            broken = "; ".join(f"{f.rule}: {f.measured}" for f in report.failures)
            raise QualityFailed(f"The video did not pass its check: {broken}.", f"See {kept}.")
        video = Video(
            path=cut.replace(out),
            thumbnail=thumbnail.replace(out.with_suffix(".jpg")),
            captions=captions.replace(out.with_suffix(".srt")),
            format=format,
            seconds=narration.seconds,
            frames=scene_frames(narration.scene_ends)[-1],
            report=report,
        )
    progress(1.0, "done")
    return video, tuple(usages)


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
