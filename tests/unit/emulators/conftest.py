"""A local YouTube, and Google's own client to speak to it."""

from __future__ import annotations

import importlib.resources
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.http import MediaFileUpload
from ytempire.emulators.youtube.server import running

#: One client: each `httpx.get` reads the certificates anew, a tenth of a second.
HTTP = httpx.Client()

GRANULE = 256 * 1024


@lru_cache
def _document(name: str) -> str:
    folder = importlib.resources.files("googleapiclient") / "discovery_cache" / "documents"
    return (folder / name).read_text("utf-8")


class Upload(MediaFileUpload):
    """The client hangs when it resends an exhausted stream after an error; bytes do not."""

    def has_stream(self) -> bool:
        return False


@dataclass(frozen=True)
class Local:
    """A running local YouTube as seen from outside."""

    address: str

    def admin(self, path: str, **query: str) -> Any:
        return HTTP.get(f"{self.address}/admin/{path}", params=query).raise_for_status().json()

    def set(self, path: str, **values: object) -> Any:
        answer = HTTP.post(f"{self.address}/admin/{path}", json=values)
        return answer.raise_for_status().json()

    def grant(self, key: str = "tidewise") -> dict[str, str]:
        return next(grant for grant in self.admin("grants") if grant["key"] == key)

    def token(self, key: str = "tidewise") -> str:
        grant = self.grant(key)
        form = {name: grant[name] for name in ("client_id", "client_secret", "refresh_token")}
        answer = HTTP.post(grant["token_uri"], data={**form, "grant_type": "refresh_token"})
        return str(answer.raise_for_status().json()["access_token"])

    def headers(self, key: str = "tidewise") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(key)}"}

    def data(self, key: str = "tidewise") -> Any:
        return self._service("youtube.v3.json", key)

    def analytics(self, key: str = "tidewise") -> Any:
        return self._service("youtubeAnalytics.v2.json", key)

    def _service(self, name: str, key: str) -> Any:
        document = json.loads(_document(name))
        document["rootUrl"] = document["baseUrl"] = self.address + "/"
        document.pop("mtlsRootUrl", None)
        grant = self.grant(key)
        given = ("refresh_token", "client_id", "client_secret", "token_uri")
        credentials = Credentials(None, **{name: grant[name] for name in given})
        return build_from_document(document, credentials=credentials)

    def upload(self, file: Path, key: str = "tidewise", **status: Any) -> dict[str, Any]:
        """Uploads a file by Google's client, 256 KiB at a time."""
        request = insertion(self.data(key), file, **status)
        answer = None
        while answer is None:
            _, answer = request.next_chunk()
        return dict(answer)


def insertion(service: Any, file: Path, **status: Any) -> Any:
    """A videos.insert that has sent nothing yet."""
    body = {
        "snippet": {"title": "Why the sea is not level", "tags": ["sea"], "categoryId": "27"},
        "status": {
            "privacyStatus": "public",
            "selfDeclaredMadeForKids": False,
            "containsSyntheticMedia": True,
            **status,
        },
    }
    media = Upload(str(file), mimetype="video/mp4", chunksize=GRANULE, resumable=True)
    parts = "snippet,status,contentDetails,statistics"
    return service.videos().insert(part=parts, body=body, media_body=media)


@pytest.fixture
def youtube(tmp_path: Path) -> Iterator[Local]:
    """A local YouTube that is as new as the test."""
    with running(state=tmp_path / "youtube") as address:
        yield Local(address)


@pytest.fixture
def local() -> type[Local]:
    """What `youtube` gives, for an address of one's own."""
    return Local


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Any]:
    """Starts (again) the local YouTube of this test."""
    return lambda **settings: running(state=tmp_path / "youtube", **settings)


@pytest.fixture(scope="session")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real upright video of two seconds and about 700 KB, so that it takes three chunks."""
    import av
    import numpy as np

    path = tmp_path_factory.mktemp("movie") / "movie.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height = 72, 128
        for number in range(20):
            picture = np.full((128, 72, 3), number * 12, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    padding = random.Random(1).randbytes(700_000)
    with path.open("ab") as file:  # an atom that players skip
        file.write((len(padding) + 8).to_bytes(4, "big") + b"free" + padding)
    return path
