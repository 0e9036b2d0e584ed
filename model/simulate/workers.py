"""Who works out the blocks: this process, threads, processes, or a Dask cluster. Every way gives the same bytes.

Threads where the compiled engine is there, which leaves them free; else processes, which read the case themselves.
"""

from __future__ import annotations

import signal
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache, partial
from itertools import starmap
from multiprocessing import get_context
from typing import Any, TypeVar

from model.cases import load, run
from model.errors import CheckError, RequestError
from model.sheet.kernel import is_there
from model.simulate.plan import Done, Plan, Settings
from model.simulate.store import Store

AHEAD = 4  # blocks that wait for each worker
T = TypeVar("T")


@dataclass(frozen=True)
class Parcel:
    """What another process needs to make the same plan: the files of the case and what was asked."""

    files: tuple[tuple[str, bytes], ...]
    settings: Settings
    fingerprint: str


def parcel(plan: Plan) -> Parcel:
    """The case as it was read; the receiver checks that it comes to the same."""
    files = tuple((name, zlib.compress(raw)) for name, raw in sorted(plan.deal.case.files.items()))
    return Parcel(files, plan.settings, plan.fingerprint)


@cache
def plan_of(sent: Parcel) -> Plan:
    """The plan in another process; made once there. CheckError where it is not the same."""
    files = {name: zlib.decompress(raw) for name, raw in sent.files}
    plan = Plan(run(load("sent", files=files)), sent.settings)
    if plan.fingerprint != sent.fingerprint:
        raise CheckError("a worker does not have the same case, program or numpy: its results would not be the same")
    return plan


def run_there(sent: Parcel, block: int) -> Done:
    """One block in another process."""
    return plan_of(sent).run_block(block)


def run_all(plan: Plan, store: Store, blocks: Sequence[int], workers: int = 1, cluster: str | None = None) -> Iterator[int]:
    """Work out the blocks and keep them: their numbers as they are done, in any order."""
    def here(block: int) -> int:
        return _kept(store, block, plan.run_block(block))

    if cluster is not None:
        yield from starmap(partial(_kept, store), _on_cluster(plan, blocks, cluster))
    elif workers == 1 or len(blocks) < 2:
        yield from map(here, blocks)
    elif is_there():
        yield here(blocks[0])  # compiles, once
        with ThreadPoolExecutor(workers) as pool:
            yield from (block for _, block in _pooled(pool, here, blocks[1:], workers))
    else:
        # a fresh start, not a copy of this process: threads of numerical libraries do not survive one
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_leave_interrupts) as others:
            yield from starmap(partial(_kept, store), _pooled(others, partial(run_there, parcel(plan)), blocks, workers))


def _kept(store: Store, block: int, done: Done) -> int:
    store.write(block, done)
    return block


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that hands out the blocks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _pooled(pool: Executor, work: Callable[[int], T], blocks: Sequence[int], workers: int) -> Iterator[tuple[int, T]]:
    """What each block comes to. A few blocks wait for each worker, so that results do not pile up."""
    left, under_way = iter(blocks), dict[Future[T], int]()
    try:
        for block in left:
            under_way[pool.submit(work, block)] = block
            if len(under_way) >= AHEAD * workers:
                yield from _taken(under_way)
        while under_way:
            yield from _taken(under_way)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _taken(under_way: dict[Future[T], int]) -> Iterator[tuple[int, T]]:
    for future in wait(under_way, return_when=FIRST_COMPLETED).done:
        yield under_way.pop(future), future.result()


def _on_cluster(plan: Plan, blocks: Sequence[int], address: str) -> Iterator[tuple[int, Done]]:
    """Dask hands a block to another worker when one dies."""
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise RequestError("--cluster needs Dask: pip install 'debtcover[cluster]'") from None
    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except Exception as error:  # each way to connect has errors of its own
        raise RequestError(f"no Dask scheduler answers at {address!r}: {' '.join(str(error).split())}") from None
    with client:
        sent, left = parcel(plan), iter(blocks)  # with every block: what only one worker holds may die with it
        ahead = AHEAD * max(1, len(client.scheduler_info()["workers"]))
        first = [_submit(client, sent, block) for _, block in zip(range(ahead), left, strict=False)]
        finished = as_completed(first, with_results=True, loop=client.loop)
        for future, done in finished:
            yield int(future.key.rpartition("-")[2]), done
            if (block := next(left, None)) is not None:
                finished.add(_submit(client, sent, block))


def _submit(client: Any, sent: Any, block: int) -> Any:
    return client.submit(run_there, sent, block, key=f"block-{id(client)}-{block}", retries=5, pure=False)
