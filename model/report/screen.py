"""Where words go: a terminal with colour, or anything else without colour, rules or wrapped sentences."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TextIO

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from model.report.words import clean

PIPE_WIDTH = 1000


class Unread(Console):
    """A console that lets a closed pipe be told as one."""

    def on_broken_pipe(self) -> None:
        """Instead of ending the program with status 1."""
        raise BrokenPipeError


def unread() -> None:
    """Whoever read standard output has gone, as `head` does: what is still held back goes nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Screen:
    """Where words go: a terminal with colour, or anything else without."""

    def __init__(self, stream: TextIO | None = None, width: int | None = None) -> None:
        stream = stream or sys.stdout
        self.live = stream.isatty()
        self.console = Unread(file=stream, width=width or (None if self.live else PIPE_WIDTH), highlight=False,
                               markup=False, emoji=False, no_color=None if self.live else True,
                               force_terminal=None if self.live else False)

    def say(self, text: str = "", style: str = "", indent: int = 0) -> None:
        """A sentence; wrapped on a terminal only."""
        shown = Text(clean(text), style=style)
        if self.live:
            self.console.print(Padding(shown, (0, 0, 0, indent), expand=False))
        else:
            self.console.print(" " * indent + shown.plain, soft_wrap=True)

    def head(self, text: str) -> None:
        """A heading after an empty line."""
        self.say()
        self.say(text, "bold")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str | Text]], left: int = 1) -> None:
        """Rows under headings; the first `left` columns are words and give way, the rest are numbers and do not."""
        table = Table(box=box.SIMPLE_HEAD if self.live else None, show_edge=False, pad_edge=False,
                      padding=(0, 1, 0, 0) if self.live else (0, 2, 0, 0))
        for n, title in enumerate(map(clean, columns)):
            if n < left:
                table.add_column(title, overflow="fold", header_style="bold")
            else:
                head = title.replace(" ", "\n") if self.live else title
                table.add_column(head, justify="right", no_wrap=True, header_style="bold")
        for row in rows:
            table.add_row(*(cell if isinstance(cell, Text) else Text(clean(cell)) for cell in row))
        self.console.print(table)


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """Says on standard error that something takes time, with a clock, and at what it is when told; nothing without a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(file=sys.stderr, highlight=False, markup=False, emoji=False)
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda part: bar.update(task, description=f"{what}: {clean(part)}")
