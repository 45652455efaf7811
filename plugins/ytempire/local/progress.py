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

#: Seconds between two lines of one stage where lines cannot be redrawn.
PLAIN_EVERY_S = 5.0


class Step:
    """One stage under way."""

    def __init__(self, progress: Progress, name: str, line: TaskID) -> None:
        self._progress = progress
        self.line = line
        self.name = name
        self.began = time.monotonic()
        self.said_at = float("-inf")
        self.last = self.unsaid = ""

    def note(self, text: str) -> None:
        """Say how far it is."""
        self._progress.say(self, text)


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
            self.draw(step.line, "[red]failed[/]") if self._is_live else self._print(step, "failed")
            raise
        if self._is_live:
            self._lines.update(step.line, completed=1)
        else:
            done = f"done in {time.monotonic() - step.began:.1f} s"
            self._print(step, f"{step.unsaid}; {done}" if step.unsaid else done)

    def tell(self, text: str) -> None:
        """A sentence of its own, such as that another port was chosen."""
        with self._guard:
            self._console.print(text, highlight=False, soft_wrap=True)

    def say(self, step: Step, text: str) -> None:
        if self._is_live:
            self.draw(step.line, text)
        elif text != step.last:
            step.last = step.unsaid = text
            if time.monotonic() - step.said_at >= PLAIN_EVERY_S:
                step.said_at, step.unsaid = time.monotonic(), ""
                self._print(step, text)

    def _print(self, step: Step, text: str) -> None:
        with self._guard:
            elapsed = time.monotonic() - self._began
            line = f"{elapsed:6.1f} s  {step.name}: {text}"
            self._console.print(line, highlight=False, soft_wrap=True)

    def draw(self, line: TaskID, text: str) -> None:
        self._lines.update(line, note=text)
