"""One tiny SDXL on disk for all tests of a worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.providers.sdxl import tiny


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in diffusers' layout, as an operator has one."""
    return tiny.save(tmp_path_factory.mktemp("weights") / "tiny-xl")
