"""How far a simulation is, for a person at a terminal: blocks, paths a second, time left."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from model.simulate.streams import BLOCK


@contextmanager
def shown() -> Iterator[Callable[[int, int], object]]:
    """A bar on standard error; nothing where that is not a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Paths a second."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed * BLOCK:,.0f} paths/s" if task.speed else "")

    with Progress(TextColumn("blocks of 2,048 paths"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn(),
                  console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, of: bar.update(task, completed=done, total=of)
