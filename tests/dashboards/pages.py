"""Pages run by Streamlit's own test runner, and what they say."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest


def page(name: str, **address: str) -> AppTest:
    """The page of `dashboards/pages/<name>.py` at an address."""
    app = AppTest.from_function(_run_page, default_timeout=60, args=(name,))
    app.query_params.update(address)
    app.run()
    assert not app.exception
    return app


def _run_page(name: str) -> None:
    import importlib

    importlib.import_module(f"dashboards.pages.{name}").show()


def markup(app: AppTest) -> str:
    """The HTML that the page has written."""
    return "".join(block.proto.body for block in app.get("html"))


def words(app: AppTest) -> str:
    """The same without its tags."""
    return re.sub(r"<[^>]+>", " ", markup(app))
