"""What others made is looked at before it is shown: readable, of the right size, and of something.

A wrong size is cropped and scaled, never distorted; a black or one-coloured picture is refused.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from ytempire.domain import Identity
from ytempire.errors import InvalidMedia, MalformedAnswer

#: 8-bit levels. A night sky with stars has a few pixels far above; a failed decode has none.
_BLACK_LEVEL = 24
#: The spread of levels below which the eye sees one colour.
_FLAT_SPREAD = 2.5
#: FFmpeg's containers that hold no frames of their own but read them from other files.
_FOLLOWING = frozenset(
    {"hls", "dash", "concat", "concatf", "imf", "sdp", "rtsp", "rtp", "image2", "vobsub", "mlv",
     "lavfi", "avisynth", "vapoursynth"}
)  # fmt: skip
#: Larger pictures are not decoded: they would take gigabytes.
MOST_PIXELS = 120_000_000


def opened(path: Path, identity: Identity) -> Image.Image:
    """A picture upright and in RGB; what is transparent shows the channel's ground.

    Raises:
        InvalidMedia: it cannot be read, or is far too large.
    """
    try:
        with warnings.catch_warnings(), Image.open(path) as image:
            # A large photograph is met by the bound below rather than by a warning.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            if image.width * image.height > MOST_PIXELS:
                raise InvalidMedia(
                    f"{path.name} has {image.width}x{image.height} pixels.",
                    f"Save it with at most {MOST_PIXELS // 1_000_000} million.",
                )
            image.draft("RGB", (4096, 4096))
            return _opaque(ImageOps.exif_transpose(image), identity.palette[0])
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidMedia(
            f"{path.name} is no picture that can be read: {error}", "Save it again as a JPEG."
        ) from error


def _opaque(image: Image.Image, ground: str) -> Image.Image:
    if image.has_transparency_data:
        image = image.convert("RGBA")
        below = Image.new("RGBA", image.size, ground)
        return Image.alpha_composite(below, image).convert("RGB")
    if image.mode.startswith(("I", "F")):  # 16 bits of grey, which convert() would clip
        levels = np.asarray(image, dtype=np.float32)
        top = 65535.0 if levels.max() > 255 else 255.0
        image = Image.fromarray((levels.clip(0, top) / top * 255).astype(np.uint8))
    return image.convert("RGB")


def fitted(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The middle of a picture, scaled to fill `size`; a little above it where height is lost."""
    if image.size == size:
        return image
    return ImageOps.fit(image, size, Image.Resampling.LANCZOS, centering=(0.5, 0.42))


def require_content(image: Image.Image, whose: str) -> None:
    """Refuse a picture that shows nothing.

    Raises:
        MalformedAnswer: it is black, or one flat colour.
    """
    levels = np.asarray(image.resize((96, 96), Image.Resampling.BOX).convert("RGB"), np.float32)
    if float(np.percentile(levels, 99.5)) < _BLACK_LEVEL:
        raise MalformedAnswer(f"{whose} made a black picture.", "Another one shows the scene.")
    if float(levels.std(axis=(0, 1)).max()) < _FLAT_SPREAD:
        raise MalformedAnswer(
            f"{whose} made a picture of one flat colour.", "Another one shows the scene."
        )


def require_own_frames(container: Any, name: str) -> None:
    """Refuse a list of other files: what it names was not given, and could be any file here.

    Raises:
        InvalidMedia: the container is a playlist, a pattern of names or a script.
    """
    if _FOLLOWING & set(container.format.name.split(",")):
        raise InvalidMedia(
            f"{name} is a list of other files ({container.format.name}).", "Use the file itself."
        )


def require_moving_content(path: Path, whose: str) -> None:
    """Refuse a clip that does not decode, or shows nothing at its start, middle and end.

    Raises:
        InvalidMedia, MalformedAnswer.
    """
    empty: MalformedAnswer | None = None
    for frame in _frames(path):
        try:
            require_content(frame, whose)
            return
        except MalformedAnswer as error:
            empty = error
    if empty is not None:
        raise empty
    raise InvalidMedia(f"{path.name} has no frame that can be shown.", "Save the clip again.")


def _frames(path: Path) -> Iterator[Image.Image]:
    import av

    try:
        with av.open(str(path), options={"protocol_whitelist": "file"}) as container:
            require_own_frames(container, path.name)
            video = container.streams.video[0]
            length = float(container.duration or 0) / av.time_base
            for share in (0.5, 0.0, 0.9):
                container.seek(int(length * share * av.time_base))
                frame = next(container.decode(video), None)
                if frame is not None:
                    yield frame.to_image()
    except (av.FFmpegError, IndexError, OSError) as error:
        raise InvalidMedia(
            f"{path.name} is no clip that can be read: {error}", "Save it again as an MP4."
        ) from error
