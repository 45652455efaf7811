"""YouTube Data API v3: what is read, and the light writes. Uploads are in `uploads`."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, cast

from ytempire.emulators.youtube.calls import (
    Answer,
    Call,
    Emulator,
    Handler,
    own_listing,
    tagged,
)
from ytempire.emulators.youtube.catalog import Channel
from ytempire.emulators.youtube.chance import identifier
from ytempire.emulators.youtube.library import Listing
from ytempire.emulators.youtube.metadata import check_video, publish_time
from ytempire.emulators.youtube.oauth import AUDIT_SCOPE
from ytempire.emulators.youtube.paging import page
from ytempire.emulators.youtube.refusals import invalid, not_found, too_narrow, unserved
from ytempire.emulators.youtube.resources import Presenter
from ytempire.emulators.youtube.store import plain

#: Ids that one list call takes.
MOST_IDS = 50


def presenter(emulator: Emulator, call: Call) -> Presenter:
    """Draws resources as the caller may see them."""
    return Presenter(emulator, call.account.channel_id, call.address)


def body_of(call: Call) -> dict[str, Any]:
    """The call's JSON body, of which only the parts named by `part` count."""
    try:
        body = json.loads(call.body or b"{}")
    except ValueError:
        raise invalid("Parse Error", "parseError") from None
    parts = call.many("part")
    return {name: value for name, value in body.items() if name in parts or name == "id"}


def _ids(call: Call) -> list[str]:
    ids = call.many("id")
    if len(ids) > MOST_IDS:
        raise invalid(
            f"The request specifies too many ids: {len(ids)}, at most {MOST_IDS}.",
            "invalidFilters",
            "youtube.parameter",
        )
    return ids


def _only(call: Call, *filters: str) -> str:
    """The one filter that is given, of those served. Raises Refusal for none or several."""
    given = [name for name in filters if call.query.get(name)]
    if len(given) != 1:
        raise invalid(
            f"Give exactly one filter; the local YouTube serves: {', '.join(filters)}.",
            "missingRequiredParameter" if not given else "incompatibleParameters",
            "youtube.parameter",
        )
    return given[0]


def list_channels(emulator: Emulator, call: Call) -> Answer:
    """channels.list by `mine`, `id` or `forHandle`."""
    library = emulator.library
    chosen: list[Channel | None]
    match _only(call, "mine", "id", "forHandle"):
        case "mine":
            chosen = [call.account] if call.flag("mine") else []
        case "id":
            chosen = [library.channels.get(name) for name in _ids(call)]
        case _:
            handle = "@" + call.one("forHandle").lstrip("@").lower()
            chosen = [c for c in library.channels.values() if c.handle == handle]
    draw, parts = presenter(emulator, call), call.many("part")
    if "auditDetails" in parts and AUDIT_SCOPE not in call.scopes:
        raise too_narrow()
    items = [draw.channel(channel, parts) for channel in chosen if channel]
    info = {"totalResults": len(items), "resultsPerPage": 5}
    return Answer(tagged("channelListResponse", pageInfo=info, items=items or None))


def _visible(emulator: Emulator, call: Call) -> list[Listing]:
    viewer, now = call.account.channel_id, emulator.now()
    found = (emulator.library.find(video_id) for video_id in dict.fromkeys(_ids(call)))
    return [listing for listing in found if listing and listing.is_visible(viewer, now)]


def list_videos(emulator: Emulator, call: Call) -> Answer:
    """videos.list by `id`; ids that do not exist are left out."""
    if call.query.get("chart") or call.query.get("myRating"):
        raise unserved("videos.list with chart or myRating")
    _only(call, "id")
    draw, parts = presenter(emulator, call), call.many("part")
    items = [draw.video(listing, parts) for listing in _visible(emulator, call)]
    info = {"totalResults": len(items), "resultsPerPage": len(items)}
    return Answer(tagged("videoListResponse", items=items, pageInfo=info))


def batch_get_stats(emulator: Emulator, call: Call) -> Answer:
    """videos.batchGetStats: the counters of up to 50 videos."""
    _only(call, "id")
    draw = presenter(emulator, call)
    parts = call.many("part") or ["statistics", "snippet", "contentDetails"]
    items = [draw.stats(listing, parts) for listing in _visible(emulator, call)]
    told = (call.method.id, call.account.channel_id)
    if emulator.faults.state("negative_counter", *told) and items:
        items[0]["statistics"]["viewCount"] = "-7"
    if emulator.faults.state("alien_id", *told) and items:
        items.append(items[0] | {"id": identifier(11, emulator.seed, "alien")})
    return Answer(tagged("batchGetStatsResponse", items=items))


def update_video(emulator: Emulator, call: Call) -> Answer:
    """videos.update of an uploaded video: the parts given replace those there were."""
    sent = body_of(call)
    listing = own_listing(emulator, call, str(sent.get("id", "")))
    if listing.upload is None:
        raise unserved("videos.update of the simulated past")
    body = {**listing.body, **{k: v for k, v in sent.items() if k != "id"}}
    check_video(body)
    now = emulator.now()
    public_at = listing.video.published_at if listing.privacy(now) == "public" else None
    status = body.get("status") or {}
    if status.get("privacyStatus", "public") == "public":
        public_at = public_at or now
    else:
        public_at = publish_time(status)
    emulator.store.run(
        "update videos set body = ?, public_at = ? where video_id = ?",
        json.dumps(body),
        public_at.timestamp() if public_at else None,
        listing.video_id,
    )
    updated = own_listing(emulator, call, listing.video_id)
    return Answer(presenter(emulator, call).video(updated, call.many("part")))


def delete_video(emulator: Emulator, call: Call) -> Answer:
    """videos.delete: its past views stay its channel's, attributed to no video."""
    emulator.library.remove(own_listing(emulator, call, call.one("id")))
    return Answer(status=204)


def search(emulator: Emulator, call: Call) -> Answer:
    """search.list over titles, tags, niches and channel names; videos only."""
    if call.one("type", "video") != "video":
        raise unserved("search.list for anything but videos")
    library = emulator.library
    scope = [library.channels[call.one("channelId")]] if _known(emulator, call) else []
    if call.flag("forMine"):
        scope = [call.account]
    elif not call.one("channelId"):
        scope = list(library.channels.values())
    found = [
        listing
        for channel in scope
        for listing in _listed(emulator, call, channel)
        if _matches(listing, call, emulator)
    ]
    draw = presenter(emulator, call)
    chosen = page(call, _ordered(found, call, emulator))
    items = [draw.search_result(listing) for listing in chosen.items]
    return Answer(tagged("searchListResponse", regionCode="US", items=items, **chosen.envelope()))


def _listed(emulator: Emulator, call: Call, channel: Channel) -> list[Listing]:
    """A channel's videos that the caller finds in lists, newest first; lists lag on demand."""
    now, viewer = emulator.now(), call.account.channel_id
    lag = emulator.faults.state("listing_lag", call.method.id, channel.channel_id)
    newest = now - timedelta(hours=lag.hours) if lag else now
    return [
        listing
        for listing in emulator.library.of_channel(channel)
        if listing.is_listed(viewer, now)
        and (listing.upload is None or listing.upload.uploaded_at <= newest)
    ]


def _known(emulator: Emulator, call: Call) -> bool:
    return call.one("channelId") in emulator.library.channels


def _matches(listing: Listing, call: Call, emulator: Emulator) -> bool:
    shown = presenter_time(listing, emulator)
    if call.one("publishedAfter") and shown < call.one("publishedAfter"):
        return False
    if call.one("publishedBefore") and shown >= call.one("publishedBefore"):
        return False
    snippet = listing.snippet
    words = " ".join(
        [snippet.get("title", ""), *snippet.get("tags", []), listing.channel.title,
         listing.channel.niche]
    ).lower()  # fmt: skip
    return all(word in words for word in call.one("q").lower().split())


def presenter_time(listing: Listing, emulator: Emulator) -> str:
    """When it was published, RFC 3339 in UTC, so that text order is time order."""
    return listing.shown_at(emulator.now()).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ordered(found: list[Listing], call: Call, emulator: Emulator) -> list[Listing]:
    now = emulator.now()
    order = call.one("order", "relevance")
    if order == "title":
        return sorted(found, key=lambda x: str(x.snippet.get("title", "")))
    if order == "date":
        return sorted(found, key=lambda x: (x.shown_at(now), x.video_id), reverse=True)

    def views(listing: Listing) -> tuple[int, str]:
        counts = emulator.world.counters(listing.video, listing.channel, now)
        return counts.views, listing.video_id

    return sorted(found, key=views, reverse=True)


def list_playlist_items(emulator: Emulator, call: Call) -> Answer:
    """playlistItems.list: a channel's uploads, newest first, or an own playlist."""
    _only(call, "playlistId")
    playlist, parts = call.one("playlistId"), call.many("part")
    channel = emulator.library.by_uploads.get(playlist)
    if channel is None:
        return _own_items(emulator, call, playlist)
    listings = _listed(emulator, call, channel)
    if call.one("videoId"):
        listings = [x for x in listings if x.video_id == call.one("videoId")]
    draw, chosen = presenter(emulator, call), page(call, listings)
    items = [draw.upload_item(x, chosen.start + n, parts) for n, x in enumerate(chosen.items)]
    return Answer(tagged("playlistItemListResponse", items=items, **chosen.envelope()))


def _own_items(emulator: Emulator, call: Call, playlist: str) -> Answer:
    _own_playlist(emulator, call, playlist)
    rows = emulator.store.rows(
        "select * from playlist_items where playlist_id = ? order by at, item_id", playlist
    )
    chosen = page(call, [plain(row) for row in rows])
    items = [tagged("playlistItem", id=row["item_id"], **row["body"]) for row in chosen.items]
    return Answer(tagged("playlistItemListResponse", items=items, **chosen.envelope()))


def _own_playlist(emulator: Emulator, call: Call, playlist: str) -> None:
    row = emulator.store.row(
        "select 1 from playlists where playlist_id = ? and channel_id = ?",
        playlist,
        call.account.channel_id,
    )
    if row is None:
        raise not_found("playlist", "playlistNotFound", "youtube.playlistItem")


def insert_playlist(emulator: Emulator, call: Call) -> Answer:
    """playlists.insert."""
    body = body_of(call)
    if not (body.get("snippet") or {}).get("title"):
        raise invalid("Title is required.", "playlistTitleRequired", "youtube.playlist")
    count = len(emulator.store.rows("select 1 from playlists"))
    playlist_id = "PL" + identifier(32, emulator.seed, "playlist", count)
    row = {
        "playlist_id": playlist_id,
        "channel_id": call.account.channel_id,
        "body": body,
        "at": emulator.clock.seconds(),
    }
    emulator.store.insert("playlists", row)
    return Answer(tagged("playlist", id=playlist_id, **_no_id(body)))


def list_playlists(emulator: Emulator, call: Call) -> Answer:
    """playlists.list by `mine` or `id`: own playlists."""
    by, ids = _only(call, "mine", "id"), _ids(call)
    rows = emulator.store.rows(
        "select * from playlists where channel_id = ? order by at", call.account.channel_id
    )
    wanted = [plain(row) for row in rows if by == "mine" or row["playlist_id"] in ids]
    chosen = page(call, wanted)
    items = [tagged("playlist", id=r["playlist_id"], **_no_id(r["body"])) for r in chosen.items]
    return Answer(tagged("playlistListResponse", items=items, **chosen.envelope()))


def insert_playlist_item(emulator: Emulator, call: Call) -> Answer:
    """playlistItems.insert into an own playlist."""
    body = body_of(call)
    snippet = body.get("snippet") or {}
    playlist = str(snippet.get("playlistId", ""))
    _own_playlist(emulator, call, playlist)
    video_id = str((snippet.get("resourceId") or {}).get("videoId", ""))
    if emulator.library.find(video_id) is None:
        raise not_found("video", "videoNotFound", "youtube.playlistItem")
    count = len(emulator.store.rows("select 1 from playlist_items"))
    item_id = identifier(40, emulator.seed, "playlist item", count)
    kept = {**_no_id(body), "contentDetails": {"videoId": video_id}}
    row = {
        "item_id": item_id,
        "playlist_id": playlist,
        "video_id": video_id,
        "body": kept,
        "at": emulator.clock.seconds(),
    }
    emulator.store.insert("playlist_items", row)
    return Answer(tagged("playlistItem", id=item_id, **kept))


def _no_id(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "id"}


def list_captions(emulator: Emulator, call: Call) -> Answer:
    """captions.list of an own video."""
    listing = own_listing(emulator, call, call.one("videoId"))
    rows = emulator.store.rows(
        "select * from captions where video_id = ? order by at", listing.video_id
    )
    items = [
        tagged("caption", id=row["caption_id"], snippet=plain(row)["body"]["snippet"])
        for row in rows
    ]
    return Answer(tagged("captionListResponse", items=items))


HANDLERS = cast(
    dict[str, Handler],
    {
        "youtube.channels.list": list_channels,
        "youtube.videos.list": list_videos,
        "youtube.videos.batchGetStats": batch_get_stats,
        "youtube.videos.update": update_video,
        "youtube.videos.delete": delete_video,
        "youtube.search.list": search,
        "youtube.playlistItems.list": list_playlist_items,
        "youtube.playlistItems.insert": insert_playlist_item,
        "youtube.playlists.list": list_playlists,
        "youtube.playlists.insert": insert_playlist,
        "youtube.captions.list": list_captions,
    },
)
