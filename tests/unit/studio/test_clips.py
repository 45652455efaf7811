"""Footage of every kind fills the frame, upright, in the right colours, for as long as asked."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from ytempire.errors import InvalidMedia
from ytempire.providers.pictures.checking import require_moving_content
from ytempire.providers.pictures.clips import cut
from ytempire.studio import clips
from ytempire.studio.assemble import look
from ytempire.studio.clips import Clip, Reel, probe
from ytempire.studio.encoder import ffmpeg
from ytempire.studio.motion import Frame, load_planes

SIZE = (72, 128)
FPS = Fraction(30)
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p")
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """FFmpeg makes a file from a filter source."""

    def made(name: str, source: str, *arguments: str) -> Path:
        out = tmp_path / name
        subprocess.run(
            [ffmpeg(), "-v", "error", "-y", "-f", "lavfi", "-i", source, *arguments, str(out)],
            check=True,
        )
        return out

    return made


def _frames(path: Path, count: int, size: tuple[int, int] = SIZE) -> tuple[np.ndarray, list[str]]:
    """The planes' bytes of the first frames, and what was noted."""
    notes: list[str] = []
    reel, frame = Reel(probe(path), count, size, FPS, "#c80000", notes.append), Frame(size)
    taken = []
    try:
        for _ in range(count):
            reel.draw(frame)
            taken.append(frame.data.copy())
    finally:
        reel.close()
    return np.array(taken), notes


def _luma(frames: np.ndarray, size: tuple[int, int] = SIZE) -> np.ndarray:
    return frames[:, : size[0] * size[1]].reshape(-1, size[1], size[0]).astype(float)


# White on the left of a 16:9 picture, or on top of it: shows what was cut, turned and stretched.
LEFT = "color=black:s=320x180:r=30:d=1,drawbox=w=160:h=180:c=white:t=fill"


def test_a_wide_clip_is_cut_to_an_upright_frame_and_never_squeezed(make: Make) -> None:
    circle = "geq=lum='if(lt(hypot(X-160,Y-90),40),235,16)':cb=128:cr=128"
    path = make("c.mp4", f"color=black:s=320x180:r=30:d=0.2,{circle}", *X264)
    shape = _luma(_frames(path, 1)[0])[0] > 128
    high, wide = shape.any(axis=1).sum(), shape.any(axis=0).sum()
    assert abs(int(high) - int(wide)) <= 2
    assert abs(int(high) - 80 * 128 / 180) <= 2


def test_a_clip_with_pixels_that_are_not_square_is_seen_as_it_was_meant(make: Make) -> None:
    circle = "geq=lum='if(lt(hypot((X-90)*2,Y-90),40),235,16)':cb=128:cr=128"
    path = make("sar.mp4", f"color=black:s=180x180:r=30:d=0.2,{circle},setsar=2", *X264)
    shape = _luma(_frames(path, 1)[0])[0] > 128
    assert abs(int(shape.any(axis=1).sum()) - int(shape.any(axis=0).sum())) <= 3


def test_a_phones_clip_filmed_on_its_side_stands_upright(make: Make, tmp_path: Path) -> None:
    flat = make("flat.mp4", LEFT, *X264)
    turned = tmp_path / "turned.mp4"
    subprocess.run([ffmpeg(), "-v", "error", "-display_rotation", "90", "-i", str(flat), "-c",
                    "copy", str(turned)], check=True)  # fmt: skip
    assert probe(turned).size == (180, 320)
    picture = _luma(_frames(turned, 1)[0])[0]
    # Turned by 90° against the clock, left is down: the frame has both halves, one over the other.
    assert picture[:50].mean() < 40 and picture[-50:].mean() > 210


@pytest.mark.parametrize("rate", ["24", "30000/1001", "60", "12"])
def test_any_frame_rate_becomes_the_cuts(make: Make, rate: str) -> None:
    """Two seconds, white from the first second on: it turns white at frame 30."""
    source = f"color=black:s=96x128:r={rate}:d=2,drawbox=c=white:t=fill:enable='gte(t,0.999)'"
    levels = _luma(_frames(make("r.mp4", source, *X264), 55)[0]).mean(axis=(1, 2))
    assert abs(int(np.argmax(levels > 128)) - 30) <= 2


def test_a_variable_frame_rate_keeps_time(make: Make) -> None:
    source = (
        "color=black:s=96x128:r=30:d=2,drawbox=c=white:t=fill:enable='gte(t,1)',"
        "select='lt(t,0.5)+eq(mod(n,7),0)+gte(t,1.5)'"
    )
    path = make("vfr.mp4", source, "-fps_mode", "vfr", *X264)
    levels = _luma(_frames(path, 55)[0]).mean(axis=(1, 2))
    assert abs(int(np.argmax(levels > 128)) - 30) <= 7  # at the next frame that it has


@pytest.mark.parametrize("size", ["97x131", "33x251", "640x90", "2x2"])
def test_an_odd_size_fills_the_frame(make: Make, size: str) -> None:
    codec = ("-c:v", "ffv1", "-pix_fmt", "yuv444p")
    frames = _luma(_frames(make("odd.mkv", f"color=white:s={size}:r=30:d=0.2", *codec), 2)[0])
    assert frames.min() > 225


def test_a_short_clip_begins_again_and_that_is_said(make: Make) -> None:
    source = "color=black:s=96x128:r=30:d=1,drawbox=c=white:t=fill:enable='gte(t,0.8)'"
    frames, notes = _frames(make("s.mp4", source, *X264), 75)
    white = _luma(frames).mean(axis=(1, 2)) > 128
    assert [bool(white[at]) for at in (28, 35, 58, 65)] == [True, False, True, False]
    assert notes and "shorter than its scene" in notes[0]


def test_a_clip_of_a_few_frames_stands_still(make: Make) -> None:
    frames, notes = _frames(make("s.mp4", "testsrc2=s=96x128:r=30:d=0.2", *X264), 40)
    assert np.array_equal(frames[-1], frames[20])
    assert not notes


def test_a_clip_that_lacks_only_the_transitions_frames_does_not_jump_back(make: Make) -> None:
    frames, notes = _frames(make("s.mp4", "testsrc2=s=96x128:r=30:d=1", *X264), 35)
    assert np.array_equal(frames[34], frames[29]) and not notes


def test_a_cut_off_file_gives_what_decodes_and_goes_on(make: Make, tmp_path: Path) -> None:
    noise = "testsrc2=s=96x128:r=30:d=2,noise=alls=40:allf=t"
    whole = make("w.mp4", noise, *X264, "-g", "15", "-movflags", "+faststart")
    data = whole.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: int(len(data) * 0.7)])
    frames, notes = _frames(cut, 60)
    assert len(frames) == 60 and notes
    assert np.array_equal(frames[:20], _frames(whole, 20)[0])


def test_a_transparent_clip_lies_on_the_channels_ground(make: Make) -> None:
    source = "color=white@0.0:s=96x128:r=30:d=0.2,format=rgba"
    for name, codec in {
        "a.mov": ("-c:v", "qtrle"),
        "a.webm": ("-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-cpu-used", "8"),
    }.items():
        clip = probe(make(name, source, *codec))
        assert clip.has_alpha
        frame = _frames(clip.path, 1)[0][0]
        luma, blue, red = frame[0], frame[SIZE[0] * SIZE[1]], frame[-1]
        # 200 of red in BT.709 is 53, 107, 216.
        assert abs(int(luma) - 53) <= 2 and abs(int(blue) - 107) <= 2 and abs(int(red) - 216) <= 2


@pytest.mark.parametrize(
    ("source", "codec"),
    [
        ("bt709", ("-colorspace", "bt709", "-color_range", "tv")),
        ("bt601", ("-colorspace", "smpte170m", "-color_range", "tv")),
        ("full", ("-colorspace", "bt709", "-color_range", "pc")),
    ],
)
def test_colours_become_bt709(make: Make, source: str, codec: tuple[str, ...]) -> None:
    matrix = "bt601" if source == "bt601" else "bt709"
    reach = "full" if source == "full" else "limited"
    path = make(
        "c.mkv", "color=0x2060c0:s=96x128:r=30:d=0.2,format=gbrp,"
        f"scale=out_color_matrix={matrix}:out_range={reach},format=yuv444p",
        "-c:v", "ffv1", "-pix_fmt", "yuv444p", *codec,
    )  # fmt: skip
    frame = _frames(path, 1)[0][0]
    seen = (int(frame[0]), int(frame[SIZE[0] * SIZE[1]]), int(frame[-1]))
    assert np.abs(np.subtract(seen, (93, 177, 96))).max() <= 2


def test_hdr_becomes_a_picture_that_is_neither_dark_nor_burnt_out(make: Make) -> None:
    tagged = "setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc:range=tv"
    path = make(
        "hdr.mp4", f"color=0x808080:s=96x128:r=30:d=0.2,format=yuv420p10le,{tagged}",
        "-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=none",
    )  # fmt: skip
    assert probe(path).is_hdr
    frame = _frames(path, 1)[0][0]
    assert 90 <= frame[0] <= 200  # half of PQ's scale is 92 nits, about half a white sheet
    assert abs(int(frame[SIZE[0] * SIZE[1]]) - 128) <= 4 and abs(int(frame[-1]) - 128) <= 4


def test_what_holds_no_moving_picture_is_named(make: Make, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    sound = make("sound.mp4", "sine=d=0.2")
    for path in (tmp_path / "text.mp4", sound, tmp_path / "absent.mp4"):
        with pytest.raises(InvalidMedia, match=path.name):
            probe(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.ffconcat", "ffconcat version 1.0\nfile a.mp4\n"),
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\na.ts\n#EXT-X-ENDLIST\n"),
    ],
)
def test_a_list_of_other_files_is_no_clip(make: Make, name: str, text: str) -> None:
    for target in ("a.mp4", "a.ts"):
        path = make(target, LEFT, *X264).with_name(name)
    path.write_text(text)
    for look_at in (
        probe,
        lambda each: cut(each, path.with_name("out.mp4"), 1.0),
        lambda each: require_moving_content(each, "a stranger"),
    ):
        with pytest.raises(InvalidMedia, match=name):
            look_at(path)


def test_a_frame_too_large_for_memory_is_refused(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clips, "_LARGEST_PIXELS", 100)
    with pytest.raises(InvalidMedia, match="96x128"):
        probe(make("c.mp4", "color=black:s=96x128:r=30:d=0.1", *X264))


def test_an_animation_is_a_clip_and_a_picture_a_still_whatever_their_names(
    tmp_path: Path,
) -> None:
    one, two = Image.new("RGB", (64, 64), "red"), Image.new("RGB", (64, 64), "blue")
    one.save(tmp_path / "moves.gif", save_all=True, append_images=[two], duration=100)
    one.save(tmp_path / "still.webp")
    assert isinstance(look(tmp_path / "moves.gif"), Clip)
    assert look(tmp_path / "still.webp") == tmp_path / "still.webp"


def test_stills_stand_upright_on_the_ground_and_keep_their_depth(tmp_path: Path) -> None:
    clear = tmp_path / "clear.png"
    Image.new("RGBA", (80, 140), (255, 255, 255, 0)).save(clear)
    assert abs(float(load_planes(clear, SIZE, "#c80000")[0].mean()) - 53) <= 1
    deep = tmp_path / "deep.png"
    Image.fromarray(np.full((140, 80), 32768, np.uint16)).save(deep)
    assert abs(float(load_planes(deep, SIZE)[0].mean()) - 126) <= 2
    side = Image.new("RGB", (140, 80), "black")
    side.paste("white", (0, 0, 70, 80))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: its left is up
    side.save(tmp_path / "side.jpg", exif=exif)
    luma = load_planes(tmp_path / "side.jpg", SIZE)[0]
    assert luma[:40].mean() > 220 and luma[-40:].mean() < 30
