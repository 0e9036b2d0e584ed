"""Progress of a search on standard error, where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from model.falsify.probe import Probe

Watch = Callable[[Probe], None]


@contextmanager
def progress() -> Iterator[Watch | None]:
    """Something to tell each evaluation to: it shows tries, their rate and the lowest cover seen."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    began, done = monotonic(), dict[int, int]()
    bar = Progress(SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn(),
                   console=Console(stderr=True), transient=True)
    with bar:
        task = bar.add_task("searching", total=None)

        def watch(probe: Probe) -> None:
            done[id(probe)] = probe.tries
            tries = sum(done.values())
            rate = tries / max(monotonic() - began, 1e-9)
            bar.update(task, description=f"{probe.pair}: {tries:,} tries, {rate:,.0f} a second, lowest cover {probe.lowest:.3f}x")

        yield watch
