"""Taking from a clip what a scene needs: its picture without its sound, as an MP4.

The pixels are copied, not encoded again: the one encode of a video is that of its assembly.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ytempire.errors import InvalidMedia
from ytempire.providers.pictures.checking import require_own_frames

#: What an MP4 holds as it is; anything else (ProRes, VP8, …) is encoded once more.
_COPIED = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4"})
#: A little more than the scene, as its end is known only when it has been spoken.
_MARGIN_S = 1.5


def cut(source: Path, out: Path, seconds: float) -> None:
    """Write the first `seconds`, and a little more, of a clip's picture as an MP4.

    A clip with a corrupt tail gives what comes before it.

    Raises:
        InvalidMedia: it holds no moving picture that can be read.
    """
    import av

    part = out.with_name(out.name + ".part")
    try:
        with (
            av.open(str(source), options={"protocol_whitelist": "file"}) as container,
            av.open(str(part), "w", format="mp4") as target,
        ):
            require_own_frames(container, source.name)
            stream = container.streams.video[0]
            work = _copy if stream.codec_context.name in _COPIED else _encode
            if work(container, stream, target, seconds + _MARGIN_S) == 0:
                raise _unreadable(source, "it is empty")
        part.replace(out)
    except (av.FFmpegError, IndexError, OSError) as error:
        raise _unreadable(source, error) from error
    finally:
        part.unlink(missing_ok=True)


def _copy(container: Any, stream: Any, target: Any, seconds: float) -> int:
    import av

    copied = target.add_stream_from_template(stream)
    count, first = 0, None
    with suppress(av.FFmpegError):  # a corrupt tail ends it
        for packet in container.demux(stream):
            if packet.dts is None or packet.pts is None:
                continue
            first = packet.dts if first is None else first
            if float((packet.dts - first) * packet.time_base) > seconds:
                break
            packet.stream = copied
            target.mux(packet)
            count += 1
    return count


def _encode(container: Any, stream: Any, target: Any, seconds: float) -> int:
    import av

    width, height = stream.codec_context.width // 2 * 2, stream.codec_context.height // 2 * 2
    written = target.add_stream("libx264", rate=stream.average_rate or 30)
    written.width, written.height, written.pix_fmt = width, height, "yuv420p"
    written.options = {"crf": "16", "preset": "veryfast"}
    count = 0
    for frame in _decoded(container, stream):
        if frame.time is not None and frame.time > seconds:
            break
        frame.pict_type = av.video.frame.PictureType.NONE
        target.mux(written.encode(frame.reformat(width, height, "yuv420p")))
        count += 1
    target.mux(written.encode(None))
    return count


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    """The frames that can be decoded; a spoilt packet loses its own."""
    import av

    with suppress(av.FFmpegError):
        for packet in container.demux(stream):
            with suppress(av.FFmpegError):
                yield from packet.decode()
    with suppress(av.FFmpegError, EOFError):
        yield from stream.codec_context.decode(None)


def _unreadable(path: Path, why: object) -> InvalidMedia:
    return InvalidMedia(
        f"{path.name} is no clip that can be read: {why}", "Save it again as an MP4 with H.264."
    )
