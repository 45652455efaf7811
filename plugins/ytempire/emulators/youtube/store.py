"""What the local YouTube keeps across restarts: one SQLite file and a folder of uploaded bytes.

Times in it are emulated epoch seconds, except the expiry of access tokens and codes, which is real.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ytempire.emulators.youtube.clock import Anchor
from ytempire.errors import InvalidInput

_SCHEMA = """
create table if not exists meta (key text primary key, value text not null);
create table if not exists sessions (
    session_id text primary key, method text not null, channel_id text not null,
    query text not null, body text not null, content_type text not null, bytes integer not null,
    received integer not null default 0, path text not null, answer text, opened_at real not null);
create table if not exists videos (
    video_id text primary key, channel_id text not null, body text not null,
    sha256 text not null, bytes integer not null, path text not null, content_type text not null,
    uploaded_at real not null, public_at real, removed_at real,
    seconds real not null, width integer not null, height integer not null,
    failure text, rejection text);
create index if not exists videos_of on videos (channel_id, uploaded_at);
create table if not exists thumbnails (
    video_id text primary key, sha256 text not null, bytes integer not null, path text not null,
    content_type text not null, at real not null);
create table if not exists captions (
    caption_id text primary key, video_id text not null, body text not null,
    sha256 text not null, bytes integer not null, path text not null, at real not null);
create table if not exists playlists (
    playlist_id text primary key, channel_id text not null, body text not null, at real not null);
create table if not exists playlist_items (
    item_id text primary key, playlist_id text not null, video_id text not null,
    body text not null, at real not null);
create table if not exists access_tokens (
    access_token text primary key, channel_id text not null, scopes text not null,
    expires_at real not null);
create table if not exists grants (
    refresh_token text primary key, channel_id text not null, scopes text not null, dies_at real);
create table if not exists codes (
    code text primary key, channel text not null, scopes text not null, redirect_uri text not null,
    challenge text not null, is_lasting integer not null, dies_at real not null);
create table if not exists revoked (channel_id text primary key, at real not null);
create table if not exists quota (
    bucket text not null, day text not null, used integer not null, primary key (bucket, day));
create table if not exists faults (
    fault_id integer primary key, spec text not null, remaining integer, asked integer not null);
create table if not exists report_jobs (
    job_id text primary key, channel_id text not null, type text not null, name text not null,
    at real not null, deleted_at real);
create table if not exists requests (
    request_id integer primary key, method text not null, channel_id text, status integer not null,
    units integer not null, at real not null, fault text);
create index if not exists requests_of on requests (method, request_id);
"""


class Store:
    """The state of one local YouTube.

    Args:
        folder: holds `youtube.sqlite` and `media/`; made when absent.
        seed: of the world; a folder belongs to one seed and scale.
        scale: of the world, as plain numbers by name.

    Raises:
        InvalidInput: the folder holds another world.
    """

    def __init__(self, folder: Path, seed: int, scale: Mapping[str, int]) -> None:
        self.media = folder / "media"
        self.media.mkdir(parents=True, exist_ok=True)
        # One thread (the server's event loop) uses it; the other only opens and closes.
        self._db = sqlite3.connect(
            folder / "youtube.sqlite", isolation_level=None, check_same_thread=False
        )
        self._db.row_factory = sqlite3.Row
        # A killed process loses nothing in this mode; only a power cut may lose the last writes.
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(_SCHEMA)
        kept = self.setting("seed")
        if kept is not None and int(kept) != seed:
            raise InvalidInput(
                f"{folder} holds the local YouTube of seed {kept}, not of seed {seed}.",
                f"Ask for seed {kept}, or give another folder.",
            )
        self.keep_setting("seed", str(seed))
        self._keep_scale(folder, scale)

    def _keep_scale(self, folder: Path, scale: Mapping[str, int]) -> None:
        kept, wanted = self.setting("scale"), json.dumps(scale)
        if kept is not None and kept != wanted:
            raise InvalidInput(
                f"{folder} holds a local YouTube of another scale: {kept}, not {wanted}.",
                "Ask for that scale, or give another folder.",
            )
        self.keep_setting("scale", wanted)

    def close(self) -> None:
        """Ends the connection."""
        self._db.close()

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._db.execute(query, values).fetchall()

    def row(self, query: str, *values: object) -> sqlite3.Row | None:
        """The first row of a query, if any."""
        found: sqlite3.Row | None = self._db.execute(query, values).fetchone()
        return found

    def run(self, statement: str, *values: object) -> int:
        """Executes a statement; how many rows it touched."""
        return self._db.execute(statement, values).rowcount

    def insert(self, table: str, values: Mapping[str, object]) -> int:
        """Adds (or replaces) a row; dicts are kept as JSON. Its rowid."""
        kept = [json.dumps(v) if isinstance(v, dict | list) else v for v in values.values()]
        columns, marks = ", ".join(values), ", ".join("?" * len(values))
        cursor = self._db.execute(
            f"insert or replace into {table} ({columns}) values ({marks})",  # noqa: S608
            kept,
        )
        return int(cursor.lastrowid or 0)

    def setting(self, key: str) -> str | None:
        """A value kept under a key."""
        found = self.row("select value from meta where key = ?", key)
        return None if found is None else str(found["value"])

    def keep_setting(self, key: str, value: str) -> None:
        """Keeps a value under a key."""
        self.insert("meta", {"key": key, "value": value})

    def anchor(self) -> Anchor | None:
        """The clock's anchor of an earlier start."""
        kept = self.setting("clock")
        return None if kept is None else Anchor(**json.loads(kept))

    def keep_anchor(self, anchor: Anchor) -> None:
        """Keeps the clock's anchor."""
        self.keep_setting("clock", json.dumps(anchor.__dict__))


def plain(row: sqlite3.Row) -> dict[str, Any]:
    """A row as a dict, its JSON columns opened."""
    opened = {"body", "query", "answer", "spec"}
    return {
        key: json.loads(row[key]) if key in opened and row[key] else row[key]
        for key in row.keys()  # noqa: SIM118
    }
