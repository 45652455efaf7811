"""What a person sees while things start: live lines on a terminal, plain ones elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import Progress as Lines
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Step:
    """One stage under way."""

    def __init__(self, progress: Progress, name: str, line: TaskID) -> None:
        self._progress = progress
        self._line = line
        self.name = name
        self.began = time.monotonic()

    def note(self, text: str) -> None:
        """Say how far it is."""
        self._progress.say(self, text)

    def show(self, text: str) -> None:
        self._progress.draw(self._line, text)


class Progress:
    """Stages that run one after another or side by side; safe to use from threads."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._is_live = console.is_terminal
        self._began = time.monotonic()
        self._guard = threading.Lock()
        self._lines = Lines(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("[bold]{task.description:<14}[/]"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
            transient=False,
        )

    def __enter__(self) -> Progress:
        if self._is_live:
            self._lines.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_live:
            self._lines.stop()

    @contextmanager
    def step(self, name: str, note: str = "") -> Iterator[Step]:
        """A stage; its line ends with the seconds it took, or with the word failed."""
        step = Step(self, name, self._lines.add_task(name, total=1, note=note))
        if note:
            step.note(note)
        try:
            yield step
        except BaseException:
            step.note("[red]failed[/]")
            raise
        if self._is_live:
            self._lines.update(step._line, completed=1)
        else:
            step.note(f"done in {time.monotonic() - step.began:.1f} s")

    def tell(self, text: str) -> None:
        """A sentence of its own, such as that another port was chosen."""
        with self._guard:
            self._console.print(text, highlight=False)

    def say(self, step: Step, text: str) -> None:
        if self._is_live:
            step.show(text)
            return
        with self._guard:
            elapsed = time.monotonic() - self._began
            self._console.print(f"{elapsed:6.1f} s  {step.name}: {text}", highlight=False)

    def draw(self, line: TaskID, text: str) -> None:
        self._lines.update(line, note=text)
