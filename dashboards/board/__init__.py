"""What a page shows, as a document that one would send to a board: A4, PDF.

A page is recorded while it is shown (`record`), so that the document holds the same rows, and set
only when somebody asks for it (`document`): by Typst, over `board.typ`, with the charts' own
specifications drawn as vectors (`drawings`). Nothing is fetched from anywhere.
"""

from dashboards.board.document import file_name, make, warm
from dashboards.board.record import (
    Banner,
    Built,
    Chart,
    Heading,
    Note,
    Notice,
    Page,
    Points,
    Table,
    Tile,
    Tiles,
    add,
    recording,
)

__all__ = [
    "Banner",
    "Built",
    "Chart",
    "Heading",
    "Note",
    "Notice",
    "Page",
    "Points",
    "Table",
    "Tile",
    "Tiles",
    "add",
    "file_name",
    "make",
    "recording",
    "warm",
]
