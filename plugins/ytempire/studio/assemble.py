"""Pictures, clips, narration, captions and music into one file, in one encode.

Frames go as raw YUV into a single FFmpeg that burns the captions, adds the finished sound and
encodes. Nothing a stranger wrote is part of a filter: captions are a file with escaped text, and
FFmpeg runs in a scratch folder where every name is ours.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ytempire.domain import Format, Identity, Narration, Usage
from ytempire.errors import InvalidMedia, OutOfSpace
from ytempire.journal import Journal
from ytempire.studio import cards, motion
from ytempire.studio.captions import write_ass
from ytempire.studio.clips import Clip, probe
from ytempire.studio.cut import Cut
from ytempire.studio.encode import encode
from ytempire.studio.encoder import complaint
from ytempire.studio.fonts import FOLDER as FONTS
from ytempire.studio.loudness import Sounds, mix
from ytempire.studio.music import compose
from ytempire.studio.sequence import Shot, scene_frames

#: Bytes a second that a finished file may take (12 Mbit/s; a usual one takes 2), its copy while
#: faststart rewrites it, and the sound in between; and what must stay free besides.
_BYTES_PER_S = 2 * 1_500_000 + 1_000_000
_SPARE_BYTES = 64 * 1024 * 1024


def assemble(
    pictures: Sequence[Path],
    narration: Narration,
    identity: Identity,
    format: Format,
    out: Path,
    journal: Journal,
) -> Path:
    """Make the video `out` (MP4); it appears there whole, or not at all.

    The channel's opening and closing card stand before and after what is narrated; `cards.lead_s`
    says by how much the words come later than in the narration.

    Args:
        pictures: a still or a clip for each scene of the narration.

    Raises:
        OutOfSpace: the disk has too little room; told before anything starts where possible.
        InvalidMedia: a picture, a clip or the narration cannot be used; the message names it.
    """
    started = time.monotonic()
    _check(pictures, narration)
    media = [look(picture) for picture in pictures]
    out.parent.mkdir(parents=True, exist_ok=True)
    lead, tail = cards.lead_s(identity), cards.tail_s(identity)
    require_space(out.parent, lead + narration.seconds + tail)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.stem[:40]}-") as name:
        ends = [lead + end for end in narration.scene_ends]
        if lead:
            card = cards.paint(identity.intro, identity, format.size, Path(name) / "intro.jpg")
            media, ends = [card, *media], [lead, *ends]
        if tail:
            card = cards.paint(identity.end_card, identity, format.size, Path(name) / "end.jpg")
            media, ends = [*media, card], [*ends, ends[-1] + tail]
        last = scene_frames(ends)
        cut = Cut(
            shots=tuple(Shot(each, end) for each, end in zip(media, last, strict=True)),
            size=format.size,
            sounds=Sounds(narration=narration.audio.resolve(), lead_s=lead),
            composes=True,
            captions=lambda path: write_ass(narration, format, identity, path, shift=lead),
            ground=identity.palette[0],
            seed=identity.seed * 7919 + last[-1],
        )
        render(cut, out, journal)
    journal.used(Usage.seconds("ffmpeg", "render", time.monotonic() - started))
    return out


def look(media: Path) -> Path | Clip:
    """A file as a shot's picture: a still by its path, or a clip as probed.

    Raises:
        InvalidMedia: it is neither, or corrupt; the message names it.
    """
    if media.is_file() and not motion.is_still(media) and media.suffix.lower() not in _STILLS:
        return probe(media)
    motion.require_picture(media)
    return media


#: A file that is called a picture and is none is reported as a broken picture, not as a clip.
_STILLS = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"}


def render(cut: Cut, out: Path, journal: Journal) -> None:
    """Make a cut into the file `out` (MP4); it appears there whole, or not at all."""
    with _room(out) as folder:
        sounds = cut.sounds
        if cut.composes and sounds.music is None:
            journal.progress(0.0, "composing the music")
            with _disk_errors(folder):
                sounds = replace(sounds, music=compose(cut.seconds, cut.seed, folder / "music.wav"))
        journal.progress(0.03, "mixing the sound")
        with _disk_errors(folder):
            if cut.captions:
                cut.captions(folder / "captions.ass")
            sound = mix(sounds, cut.frames, folder, cut.fps)
        encode(cut, sound, folder, journal)
        with _disk_errors(folder):
            _keep(folder / "cut.mp4", out)
    journal.progress(1.0, f"{cut.seconds:.0f} s of video")


def require_space(folder: Path, seconds: float) -> None:
    """Make sure that the disk has room for a video of so many seconds.

    Raises:
        OutOfSpace: with how much is free and how much is needed.
    """
    free = shutil.disk_usage(folder).free
    needed = int(seconds * _BYTES_PER_S) + _SPARE_BYTES
    if free < needed:
        raise OutOfSpace(
            f"{folder} has {free / 1e6:.0f} MB free; {seconds:.0f} s of video need "
            f"{needed / 1e6:.0f} MB while it is made.",
            "Free some space, or choose another place with --out or YTEMPIRE_HOME.",
        )


def _check(pictures: Sequence[Path], narration: Narration) -> None:
    if len(pictures) != len(narration.scene_ends):
        raise InvalidMedia(
            f"There are {len(pictures)} pictures for {len(narration.scene_ends)} scenes.",
            "Paint the pictures of this script again.",
        )
    if not narration.audio.is_file():
        raise InvalidMedia(f"There is no narration at {narration.audio}.", "Narrate again.")
    if not narration.seconds > 0:
        raise InvalidMedia(f"The narration lasts {narration.seconds} s.", "Narrate again.")


@contextmanager
def _room(out: Path) -> Iterator[Path]:
    """A scratch folder on the disk of `out`, with the fonts in it; gone afterwards."""
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.stem[:40]}-") as name:
        folder = Path(name).resolve()
        try:
            (folder / "fonts").symlink_to(FONTS)
        except OSError:  # a file system without links
            shutil.copytree(FONTS, folder / "fonts")
        yield folder


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    """A full disk as OutOfSpace, whoever met it."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise complaint("No space left on device", "the video", folder.parent) from error
        raise


def _keep(made: Path, out: Path) -> None:
    """Put the finished file in its place, safe from a power cut."""
    part = out.with_name(out.name + ".part")
    made.replace(part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(out)
    folder = os.open(out.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
