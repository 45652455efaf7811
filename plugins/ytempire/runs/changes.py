"""What a person changes or asks for in an answer to a review, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError

from ytempire.domain import Frozen
from ytempire.errors import InvalidInput


class Changes(Frozen):
    """What a person changes or asks for.

    Attributes:
        title: the new title; empty: as it is.
        thumbnail: the letter of the thumbnail to use; empty: as it is.
        stage: the stage to do again.
    """

    title: str = Field(default="", max_length=100)
    thumbnail: Literal["", "a", "b", "c"] = ""
    stage: Literal["", "write", "narrate", "paint", "assemble"] = ""


def changes_of(form: Mapping[str, Any]) -> Changes:
    """The changes in a form that a person filled; its other fields are left out.

    Raises:
        InvalidInput: a field has a value that it cannot have.
    """
    said = {name: form.get(name) or "" for name in Changes.model_fields}
    if isinstance(said["title"], str):
        said["title"] = " ".join(said["title"].split())
    try:
        return Changes.model_validate(said)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise InvalidInput(
            f"{said[name]!r} is no {name} to answer with.",
            "A title has at most 100 characters; thumbnails are a, b and c; stages are write, "
            "narrate, paint and assemble.",
        ) from error


def require_sense(decision: str, changes: Changes) -> None:
    """Refuse an answer that lacks what it needs.

    Raises:
        InvalidInput: `edit` changes nothing, `redo` names no stage, or the title cannot be one.
    """
    if decision == "edit" and not (changes.title or changes.thumbnail):
        raise InvalidInput("An edit changes something.", "Give a new title or thumbnail.")
    if decision == "redo" and not changes.stage:
        raise InvalidInput(
            "A redo needs the stage to do again.", "write, narrate, paint or assemble"
        )
    title = changes.title
    if title and (not title.strip() or any(not c.isprintable() or c in "<>" for c in title)):
        raise InvalidInput(
            "YouTube takes no such title.", "Use plain words, without < and >, on one line."
        )
