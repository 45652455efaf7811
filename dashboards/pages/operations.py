"""Operations: what is being made, what waits for whom, and what operators do about it."""

from __future__ import annotations

from dashboards import data, parts
from dashboards.operations import channels, doing, live, queue, reviews


@parts.page("Operations")
def show() -> None:
    """The page."""
    parts.heading("Operations", "What is being made, what waits, and who has to act")
    doing.say()
    known = data.live("desk_channels")
    live.show()
    reviews.show(known)
    queue.show(known)
    channels.show(known)
    parts.footer()
