"""What is known about a video beside its words: where its music is from, for whom it is, and what
its channel made before."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ytempire.domain import Frozen


class Facts(Frozen):
    """Facts that the policy check and the rubric rest on.

    Attributes:
        music: `own` is made by us, `licensed` has its licence noted, `unknown` blocks.
        is_synthetic: voice or pictures are generated.
        is_disclosed: YouTube is told so (`containsSyntheticMedia`).
        is_simulated: the numbers told come from the local YouTube.
        is_made_for_kids: what YouTube will be told about the audience.
        is_own_words: a person wrote the script and answers for its claims.
        similarity: how close the script comes to the channel's earlier ones, 0 to 1.
        similar_to: the title of the closest one.
        given: texts that the writer was given as true: trend titles, numbers, the brief.
        titles: the channel's earlier titles.
        credits: the lines that name those whose pictures are shown; a viewer reads them.
        fallbacks: what served instead of what was wanted, in words.
    """

    music: Literal["own", "licensed", "none", "unknown"] = "own"
    is_synthetic: bool = True
    is_disclosed: bool = True
    is_simulated: bool = False
    is_made_for_kids: bool = False
    is_own_words: bool = False
    similarity: float = Field(default=0.0, ge=0, le=1)
    similar_to: str = ""
    given: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    fallbacks: tuple[str, ...] = ()
