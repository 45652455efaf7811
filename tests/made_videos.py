"""Videos that were made, checked and cleared, without the work of making them."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from psycopg.types.json import Jsonb
from ytempire.domain import Finding, Format, QualityReport, Scene, Script
from ytempire.runs import artifacts, content, queue
from ytempire.warehouse.database import connect

CHUNK = 256 * 1024


def playable(file: Path) -> Path:
    """A video that YouTube can play, of a second, in three chunks of the smallest size."""
    import av

    with av.open(str(file), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(10):
            container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode())
    room = 2 * CHUNK + 1000
    with file.open("ab") as end:  # a box that players skip
        end.write(room.to_bytes(4, "big") + b"free" + bytes(room - 8))
    return file


def beside(cut: Path, folder: Path) -> dict[str, Path]:
    """The files of a video by their kinds, but for its script."""
    thumbnail, report = folder / "thumbnail.jpg", folder / "report.json"
    Image.new("RGB", (64, 36), "navy").save(thumbnail)
    good = Finding(rule="loudness", wanted="-14 LUFS", measured="-14.1 LUFS", is_ok=True)
    report.write_text(QualityReport(findings=(good,)).model_dump_json())
    return {"cut": cut, "thumbnail": thumbnail, "report": report}


def made(topic: str, files: dict[str, Path], channel: str = "tidewise") -> str:
    """A video ready to be published; its id."""
    request = queue.Request(
        request_id=queue.new_request_id(channel, topic),
        channel_id=channel,
        topic=topic,
        format=Format.SHORT,
    )
    video_id = queue.accept(str(queue.put(request)))
    script = Script(title=f"About {topic}", scenes=(Scene(narration="The sea rises."),))
    told = artifacts.workshop(video_id) / "script.json"
    told.write_text(script.model_dump_json())
    for kind, file in (files | {"script": told}).items():
        artifacts.save(video_id, kind, file)
    with connect() as db:
        db.execute(
            "insert into ops.releases (video_id, content, verdict, confidence, reasons) "
            "values (%s, %s, 'clear', 1, %s)",
            (video_id, content.content_of(video_id).digest, Jsonb([])),
        )
    queue.move(video_id, "checked")
    return video_id
