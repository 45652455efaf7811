"""Pages for a person: the status page and the player, both clearly SIMULATED."""

from __future__ import annotations

from html import escape

from ytempire.emulators.youtube.calls import Emulator
from ytempire.emulators.youtube.library import Listing

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 0 1rem 2rem; }
.mark { background: #b45309; color: #fff; padding: .5rem 1rem; margin: 0 -1rem 1rem;
        font-weight: 700; }
video { width: 100%; max-height: 75vh; background: #000; }
td, th { text-align: left; padding: .25rem 1rem .25rem 0; }
pre { white-space: pre-wrap; font: inherit; }
fieldset { margin: 1rem 0; } label { display: block; padding: .25rem 0; }
button { font: inherit; padding: .5rem 1.5rem; }
"""


def page_of(title: str, body: str) -> str:
    """A whole page; `body` is HTML."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>SIMULATED: {escape(title)}</title><style>{_STYLE}</style></head><body>"
        '<div class="mark">SIMULATED: the local YouTube. Nothing here is public, and every '
        f"number is made up.</div>{body}</body></html>"
    )


def watch_page(emulator: Emulator, listing: Listing) -> str:
    """The page of a video; it plays what was uploaded."""
    now = emulator.now()
    counts = emulator.world.counters(listing.video, listing.channel, now)
    title = str(listing.snippet.get("title", ""))
    if listing.upload is None:
        player = "<p>A video of the simulated past: it has numbers, but no file.</p>"
    else:
        player = f'<video controls src="/media/{escape(listing.video_id)}"></video>'
    return page_of(
        title,
        f"{player}<h1>{escape(title)}</h1>"
        f"<p>{escape(listing.channel.title)} | {counts.views:,} views, {counts.likes:,} likes | "
        f"{listing.privacy(now)}, {listing.upload_status(now)}</p>"
        f"<pre>{escape(str(listing.snippet.get('description', '')))}</pre>",
    )


def status_page(emulator: Emulator) -> str:
    """What runs here, and the own channels' newest uploads."""
    now = emulator.now()
    used = ", ".join(f"{bucket} {units}" for bucket, units in emulator.quota.used(now).items())
    rows = "".join(
        f"<tr><td>{escape(channel.title)}</td><td>{escape(channel.niche)}</td>"
        f"<td>{emulator.library.totals(emulator.world, channel)[1]:,}</td>"
        f"<td>{_links(emulator.library.of_channel(channel)[:3])}</td></tr>"
        for channel in emulator.library.own
    )
    return page_of(
        "local YouTube",
        f"<h1>Local YouTube</h1><p>Its time is {now:%Y-%m-%d %H:%M} UTC, seed {emulator.seed}, "
        f"speed {emulator.clock.anchor.speed:g}. Quota used today: {used}.</p><table><tr>"
        "<th>Channel</th><th>Niche</th><th>Subscribers</th><th>Newest</th></tr>"
        f"{rows}</table>",
    )


def _links(listings: list[Listing]) -> str:
    return "<br>".join(
        f'<a href="/watch/{escape(x.video_id)}">{escape(str(x.snippet.get("title", "")))}</a>'
        for x in listings
    )
