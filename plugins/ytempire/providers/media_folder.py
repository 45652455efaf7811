"""Your own pictures and clips, chosen for a scene by what files and folders are called.

A text file beside a picture (`harbour.jpg`, `harbour.txt`) adds words to its name. The choice is
the same each time; no file is shown twice in a video.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ytempire.domain import Scene, Usage
from ytempire.errors import InvalidMedia, NotConfigured
from ytempire.providers.pictures import (
    CLIP,
    STILL,
    Credit,
    Picture,
    PictureContext,
    checking,
    clips,
    save_jpeg,
    words,
)

STILLS = frozenset({".jpg", ".jpeg", ".png", ".webp"})
CLIPS = frozenset({".mp4", ".m4v", ".mov", ".webm"})
#: Known, but read by nothing that is installed.
_UNREAD = frozenset({".heic", ".heif", ".avif", ".gif", ".raw", ".dng", ".cr2", ".nef"})
_MOST_FILES = 20_000
_LONGEST_TAGS = 4_000


@dataclass(frozen=True)
class _File:
    path: Path
    media: str
    #: The stems of its own name and tags, and those of the folders it lies in.
    named: frozenset[str]
    filed: frozenset[str]
    version: str

    @property
    def is_clip(self) -> bool:
        return self.path.suffix.lower() in CLIPS


class MediaFolder:
    """A folder of media and all folders in it.

    Raises:
        NotConfigured: when it is asked, there is no such folder.
    """

    name = "media"
    device = "cpu"

    def __init__(self, folder: Path) -> None:
        self._folder = folder.expanduser()

    def foreseen(self, scene: Scene, context: PictureContext) -> Usage | None:
        """Nobody bills it."""
        return None

    def key(self, scene: Scene, context: PictureContext, size: tuple[int, int]) -> str:
        """The files that would do, as they are now, and what is asked of them."""
        files = [(file.media, file.version) for _, file in self._fitting(scene)]
        return f"{files} {scene.on_screen} {context.identity.model_dump_json()} {size}"

    def picture(
        self, scene: Scene, context: PictureContext, size: tuple[int, int], stem: Path
    ) -> Picture | None:
        """The best file whose name shares a word with the scene; None: there is none left."""
        started = time.perf_counter()
        notes: list[str] = []
        for _, file in self._fitting(scene):
            if file.media in context.taken:
                continue
            try:
                path = self._taken_over(file, context, size, stem)
            except InvalidMedia as error:
                notes.append(error.message)
                continue
            used = Usage.seconds(self.name, "picture", time.perf_counter() - started)
            return Picture(
                path, (used,), Credit(provider=self.name, media=file.media), tuple(notes)
            )
        return None

    def close(self) -> None:
        """Forget the list of files: it is read anew for the next video."""
        for name in ("_files", "_spread"):
            self.__dict__.pop(name, None)

    def _taken_over(
        self, file: _File, context: PictureContext, size: tuple[int, int], stem: Path
    ) -> Path:
        if file.path.suffix.lower() in _UNREAD:
            raise InvalidMedia(
                f"{file.path.name} is of a kind that cannot be read here.",
                "Save it as a JPEG, PNG, WebP, MP4, MOV or WebM.",
            )
        if not file.is_clip:
            out = stem.with_name(stem.name + STILL)
            image = checking.opened(file.path, context.identity)
            save_jpeg(checking.fitted(image, size), out)
            return out
        out = stem.with_name(stem.name + CLIP)
        checking.require_moving_content(file.path, file.path.name)
        clips.cut(file.path, out, context.seconds)
        return out

    def _fitting(self, scene: Scene) -> list[tuple[float, _File]]:
        """The files that share a word with the scene, best first.

        A word of the wanted picture counts more than one that is only said, a word of the file's
        own name more than its folder's, and a word that few files have more than a common one.
        """
        wanted = words.stems([scene.picture, scene.on_screen])
        said = words.stems([scene.narration]) - wanted
        weights = {**dict.fromkeys(said, 1.0), **dict.fromkeys(wanted, 3.0)}
        scored = []
        for file in self._files:
            score = sum(
                weight * (1.0 if word in file.named else 0.4) / self._spread[word]
                for word, weight in weights.items()
                if word in file.named or word in file.filed
            )
            if score > 0:
                scored.append((score, file))
        return sorted(scored, key=lambda pair: (-pair[0], pair[1].media))

    @cached_property
    def _files(self) -> tuple[_File, ...]:
        if not self._folder.is_dir():
            raise NotConfigured(
                f"There is no folder {self._folder} with your media.",
                "Make it, or mend YTEMPIRE_MEDIA__FOLDER.",
            )
        found = sorted(path for path in self._folder.rglob("*") if self._is_medium(path))
        return tuple(self._described(path) for path in found[:_MOST_FILES])

    @cached_property
    def _spread(self) -> dict[str, float]:
        """In how many files a word occurs, its root: what is everywhere says little."""
        counts: dict[str, int] = {}
        for file in self._files:
            for word in file.named | file.filed:
                counts[word] = counts.get(word, 0) + 1
        return {word: count**0.5 for word, count in counts.items()}

    def _is_medium(self, path: Path) -> bool:
        inside = path.relative_to(self._folder)
        if any(part.startswith(".") for part in inside.parts):
            return False
        # A link out of the folder would show what was never put into it.
        is_kind = path.suffix.lower() in STILLS | CLIPS | _UNREAD
        return is_kind and path.is_file() and path.resolve().is_relative_to(self._folder.resolve())

    def _described(self, path: Path) -> _File:
        inside = path.relative_to(self._folder)
        tags = path.with_suffix(".txt")
        text = ""
        if tags.is_file():
            text = tags.read_bytes()[:_LONGEST_TAGS].decode(errors="replace")
        state = path.stat()
        return _File(
            path=path,
            media=f"media:{inside.as_posix()}",
            named=words.stems([path.stem.replace("_", " "), text]),
            filed=words.stems(part.replace("_", " ") for part in inside.parts[:-1]),
            version=f"{state.st_size}.{state.st_mtime_ns}.{text}",
        )
