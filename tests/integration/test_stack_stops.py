"""The end of the real stack; its name puts it after the other tests of the stack."""

from __future__ import annotations

import psutil
import pytest

from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def test_down_leaves_no_process_behind(stack: Stack) -> None:
    before = stack.processes()
    assert len(before) >= 7
    down = stack.run("down")
    assert down.returncode == 0, down.stdout
    _, alive = psutil.wait_procs(before, timeout=20)
    assert alive == []
