"""The pages by their addresses, and which of them a person's role opens."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from ytempire.errors import NotAllowed

from dashboards import parts, roles
from dashboards.pages import (
    channels,
    costs,
    customers,
    experiments,
    operations,
    overview,
    people,
    revenue,
    videos,
)
from dashboards.people import Person, person

#: By address, as in `roles.PAGES`.
PAGES: dict[str, tuple[str, Callable[[], None]]] = {
    "overview": ("Overview", overview.show),
    "revenue": ("Revenue", revenue.show),
    "costs": ("Costs", costs.show),
    "channels": ("Channels", channels.show),
    "videos": ("Videos", videos.show),
    "customers": ("Customers", customers.show),
    "operations": ("Operations", operations.show),
    "experiments": ("Experiments", experiments.show),
    "people": ("People", people.show),
}


def pages() -> list[StreamlitPage]:
    """What whoever looks may choose from; what is closed to them keeps its address and says so."""
    try:
        who = person()
    except NotAllowed as error:
        return [_page(address, error) for address in PAGES]
    return [_page(address, who) for address in PAGES]


def _page(address: str, who: Person | NotAllowed) -> StreamlitPage:
    title, show = PAGES[address]
    is_open = isinstance(who, Person) and roles.opens(who.role, address)
    return st.Page(
        show if is_open else _closed(who, title),
        title=title,
        url_path=address,
        default=address == roles.FRONT,
        visibility="visible" if is_open else "hidden",
    )


def _closed(who: Person | NotAllowed, title: str) -> Callable[[], None]:
    def show() -> None:
        if isinstance(who, NotAllowed):
            parts.notice(who.message, who.remedy)
            return
        parts.heading(title)
        parts.notice(f"{title} is closed to a {who.role}", "An admin can give you another role.")
        parts.footer()

    return show
