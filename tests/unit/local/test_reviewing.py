"""An answer from a terminal is refused while the person still sits before it."""

from __future__ import annotations

import pytest
from ytempire.errors import InvalidInput
from ytempire.local.reviewing import answer


@pytest.mark.parametrize(
    ("decision", "form", "said"),
    [
        ("maybe", {}, "'maybe' is no answer"),
        ("redo", {"stage": ""}, "needs the stage"),
        ("redo", {"stage": "music"}, "'music' is no stage"),
        ("edit", {"title": "", "thumbnail": "", "note": "better"}, "changes something"),
        ("edit", {"thumbnail": "d"}, "'d' is no thumbnail"),
        ("edit", {"title": "x" * 101}, "is no title"),
        ("edit", {"title": "A <b>bold</b> title"}, "no such title"),
    ],
)
def test_an_answer_that_lacks_what_it_needs_is_not_sent(
    decision: str, form: dict[str, str], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        answer("some-video", decision, **form)
