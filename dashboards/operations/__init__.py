"""The parts of the page Operations, each a card or two."""
