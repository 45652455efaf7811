"""Stock pictures and clips of Pexels: https://www.pexels.com/api/documentation/

Free, with a key: 200 searches an hour and 20,000 a month. Its guidelines ask that photographers be
named and Pexels be linked to; each picture keeps both in its credit.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from ytempire.config import Pexels as Settings
from ytempire.domain import Scene, Usage
from ytempire.errors import MalformedAnswer, NotConfigured, QuotaExhausted
from ytempire.providers import wire
from ytempire.providers.pictures import (
    CLIP,
    STILL,
    Credit,
    Picture,
    PictureContext,
    save_bytes,
    words,
)

T = TypeVar("T", bound=BaseModel)

_PER_PAGE = 30
#: A clip a little longer than its scene's estimate, as the voice may take longer.
_SPARE_S = 1.0
#: A clip of fewer pixels than this share of the frame, each way, would look soft.
_SMALLEST = 0.6
#: Languages that a search can be in; any other is searched as it is.
_LOCALE_NAMES = """en-US pt-BR es-ES ca-ES de-DE it-IT fr-FR sv-SE id-ID pl-PL ja-JP zh-CN ko-KR
    th-TH nl-NL hu-HU vi-VN cs-CZ da-DK fi-FI uk-UA el-GR ro-RO nb-NO sk-SK tr-TR ru-RU"""
_LOCALES = {locale[:2]: locale for locale in _LOCALE_NAMES.split()}


class _Source(BaseModel):
    original: str


class _Photo(BaseModel):
    id: int
    width: int
    height: int
    url: str
    photographer: str = ""
    alt: str | None = ""
    src: _Source


class _Photos(BaseModel):
    photos: list[_Photo]


class _VideoFile(BaseModel):
    file_type: str | None = None
    width: int | None = None
    height: int | None = None
    link: str


class _User(BaseModel):
    name: str = ""


class _Video(BaseModel):
    id: int
    duration: float
    url: str
    user: _User = _User()
    video_files: list[_VideoFile]


class _Videos(BaseModel):
    videos: list[_Video]


class Pexels:
    """Searches for clips that are long enough, then for photographs."""

    name = "pexels"
    device = "remote"

    def __init__(self, chosen: Settings) -> None:
        self._chosen = chosen
        self._address = chosen.base_url.rstrip("/")
        self._http: httpx.Client | None = None
        self._answers: dict[str, BaseModel] = {}
        self._rests_until = 0.0
        #: Searches made since the last picture: what found nothing is told with the next, or owed.
        self._calls = 0

    def foreseen(self, scene: Scene, context: PictureContext) -> Usage | None:
        """Two searches: for clips, and for photographs."""
        return self._usage(2)

    def key(self, scene: Scene, context: PictureContext, size: tuple[int, int]) -> str:
        """What is searched for. What comes back changes; what was taken once is kept."""
        look = context.identity.model_dump_json()
        return f"{words.query(scene)} {context.seconds:.1f} {scene.on_screen} {look} {size}"

    def picture(
        self, scene: Scene, context: PictureContext, size: tuple[int, int], stem: Path
    ) -> Picture | None:
        """The first clip, else photograph, that shows a word of the scene; None: there is none.

        Raises:
            QuotaExhausted: the hour's or the month's searches are spent.
            KeyRejected, ProviderUnavailable, ProviderRefused, MalformedAnswer.
        """
        sought = words.query(scene)
        if not sought:
            return None
        for find in (self._clip, self._photograph):
            found = find(sought, context, size)
            if found is not None:
                link, suffix, credit = found
                out = stem.with_name(stem.name + suffix)
                save_bytes(wire.patiently(partial(self._downloaded, link)), out)
                return Picture(out, self.owed() or (self._usage(0),), credit)
        return None

    def owed(self) -> tuple[Usage, ...]:
        """The searches that no picture has told of, as they found nothing. Told once."""
        calls, self._calls = self._calls, 0
        return (self._usage(calls),) if calls else ()

    def close(self) -> None:
        """Close the connection; forget what was found."""
        self._answers.clear()
        if self._http is not None:
            self._http.close()
            self._http = None

    def _usage(self, calls: int) -> Usage:
        return Usage(
            provider=self.name,
            kind="picture",
            unit="call",
            quantity=Decimal(calls),
            device=self.device,
        )

    def _clip(
        self, sought: str, context: PictureContext, size: tuple[int, int]
    ) -> tuple[str, str, Credit] | None:
        found = self._search("videos/search", sought, context, _Videos)
        for video in found.videos:
            media = f"pexels:video:{video.id}"
            if media in context.taken or video.duration < context.seconds + _SPARE_S:
                continue
            file = best_file(video.video_files, size)
            if file is not None and _is_about(sought, context, video.url):
                return file.link, CLIP, self._credit(media, video.user.name, video.url)
        return None

    def _photograph(
        self, sought: str, context: PictureContext, size: tuple[int, int]
    ) -> tuple[str, str, Credit] | None:
        found = self._search("v1/search", sought, context, _Photos)
        for photo in found.photos:
            media = f"pexels:photo:{photo.id}"
            if media not in context.taken and _is_about(sought, context, photo.url, photo.alt):
                # The picture server scales, so that no 24 megapixels travel for two.
                link = (
                    f"{photo.src.original}?auto=compress&cs=tinysrgb&fit=crop"
                    f"&w={size[0]}&h={size[1]}"
                )
                return link, STILL, self._credit(media, photo.photographer, photo.url)
        return None

    def _credit(self, media: str, author: str, url: str) -> Credit:
        return Credit(provider=self.name, media=media, author=author[:200], url=url[:500])

    def _search(self, path: str, sought: str, context: PictureContext, kind: type[T]) -> T:
        tall = context.format.size[1] > context.format.size[0]
        asked: dict[str, Any] = {
            "query": sought,
            "orientation": "portrait" if tall else "landscape",
            "size": "medium",
            "per_page": _PER_PAGE,
        }
        if locale := _LOCALES.get(context.script.language[:2]):
            asked["locale"] = locale
        remembered = f"{path} {sorted(asked.items())}"
        if remembered not in self._answers:
            self._answers[remembered] = wire.patiently(lambda: self._asked(path, asked, kind))
        answer = self._answers[remembered]
        assert isinstance(answer, kind)
        return answer

    def _asked(self, path: str, asked: dict[str, Any], kind: type[T]) -> T:
        if time.time() < self._rests_until:
            raise _exhausted("this month's")
        answer = self._get(f"{self._address}/{path}", asked, {"authorization": self._key()})
        if answer.status_code == 429 and wire.retry_after(answer.headers) is None:
            raise _exhausted("this hour's")
        if answer.status_code != 200:
            said = wire.hush(answer.text, self._key())
            raise wire.failed("Pexels", answer.status_code, said, answer.headers)
        self._calls += 1  # what is refused is not counted there either
        self._heed(answer.headers)
        try:
            return kind.model_validate_json(answer.content)
        except ValidationError as error:
            raise MalformedAnswer(
                "Pexels answered a search with something else than results.",
                "Look at YTEMPIRE_PEXELS__BASE_URL.",
            ) from error

    def _heed(self, headers: httpx.Headers) -> None:
        """Ask no more once nothing remains, until the day that was named."""
        try:
            remaining = int(headers["x-ratelimit-remaining"])
            reset = float(headers["x-ratelimit-reset"])
        except (KeyError, ValueError):
            return
        if remaining <= 0:
            self._rests_until = reset

    def _downloaded(self, link: str) -> bytes:
        if not is_theirs(link, self._address):
            raise MalformedAnswer(
                f"Pexels named {urlsplit(link).hostname or 'no server'} for a picture.",
                "Nothing was fetched from there.",
            )
        answer = self._get(link, None, {})  # without the key: it is for searches
        if answer.status_code != 200 or not answer.content:
            raise wire.failed("Pexels", answer.status_code, "no picture", answer.headers)
        return answer.content

    def _get(
        self, url: str, asked: dict[str, Any] | None, headers: dict[str, str]
    ) -> httpx.Response:
        if self._http is None:
            self._http = wire.http(self._chosen.deadline_s)
        try:
            return self._http.get(url, params=asked, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise wire.lost("Pexels", error) from error

    def _key(self) -> str:
        if self._chosen.api_key is None:
            raise NotConfigured("Pexels has no key.", "Set YTEMPIRE_PEXELS__API_KEY.")
        return self._chosen.api_key.get_secret_value()


def best_file(files: list[_VideoFile], size: tuple[int, int]) -> _VideoFile | None:
    """The smallest MP4 that fills the frame, else the largest; None: all would look soft."""
    known = [file for file in files if file.file_type == "video/mp4" and file.width and file.height]

    def share(file: _VideoFile) -> float:
        return min((file.width or 0) / size[0], (file.height or 0) / size[1])

    ranked = sorted(known, key=share)
    # Pictures are larger than the frame, so that stills can move; a clip need not be.
    filling = [file for file in ranked if share(file) >= 0.89]
    best = filling[0] if filling else ranked[-1] if ranked else None
    return best if best is not None and share(best) >= _SMALLEST else None


def is_theirs(link: str, address: str) -> bool:
    """Whether a picture may be fetched from a link: from Pexels by TLS, or the server asked."""
    try:
        parts, own = urlsplit(link), urlsplit(address)
        if (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
            return True
        name = parts.hostname or ""
        is_pexels = name == "pexels.com" or name.endswith(".pexels.com")
        return parts.scheme == "https" and is_pexels and parts.port in {None, 443}
    except ValueError:
        return False


def _is_about(sought: str, context: PictureContext, url: str, said: str | None = "") -> bool:
    """Whether what Pexels found shares a word with what was sought; it always finds something."""
    if not context.script.language.startswith("en"):
        return True  # it is described in English, whatever the search was in
    return bool(words.stems([sought]) & words.stems(_described(url, said)))


def _described(url: str, said: str | None) -> Iterator[str]:
    yield urlsplit(url).path.rstrip("/").rpartition("/")[2].replace("-", " ")
    yield said or ""


def _exhausted(which: str) -> QuotaExhausted:
    return QuotaExhausted(
        f"Pexels gives no more searches: {which} are spent.",
        "They come back by themselves; Pexels raises the limit on request.",
    )
