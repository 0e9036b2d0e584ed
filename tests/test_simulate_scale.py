"""The same bytes however the blocks are worked out: one worker, two, a cluster that loses one, an interrupted run."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import distributed
import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from simulated import case_with, risk

from model.cases import Run, load, run
from model.cli import main
from model.errors import CheckError, OutputError, RequestError
from model.report.files import as_json
from model.simulate import Settings, outputs, simulate_run, workers
from model.simulate.plan import FAN_BLOCKS, Plan
from model.simulate.store import Store
from model.simulate.streams import BLOCK, Stream, Streams

pytestmark = pytest.mark.slow

PATHS = 9 * BLOCK + 100  # more blocks than count for the fan charts, and a part of one
FILES = ("simulation.csv", "simulation.json", "paths.parquet")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return case_with(tmp_path_factory.mktemp("scale") / "case", risk([(1, 0.25)], [(1, 0.1)], 0.4))


@pytest.fixture(scope="module")
def done(case: Path) -> Run:
    return run(load(case))


def by_command(case: Path, out: Path, *options: str) -> dict[str, bytes]:
    """The files of a command, and that it leaves no blocks behind."""
    told = CliRunner().invoke(main, ["simulate", str(case), "--paths", str(PATHS), "--seed", "3", "--out", str(out), *options])
    assert told.exit_code == 0, told.output
    assert sorted(path.name for path in out.iterdir()) == sorted([*FILES, "small.xlsx"])
    return {name: (out / name).read_bytes() for name in FILES}


@pytest.fixture(scope="module")
def alone(case: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one worker writes."""
    return by_command(case, tmp_path_factory.mktemp("alone"))


def test_two_workers_write_the_same_bytes(case: Path, alone: dict[str, bytes], tmp_path: Path) -> None:
    assert by_command(case, tmp_path / "two", "--workers", "2") == alone


def test_two_processes_work_out_the_same_blocks(done: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As without the compiled engine."""
    monkeypatch.setattr(workers, "is_there", lambda: False)
    monkeypatch.setattr(workers, "ThreadPoolExecutor", None)
    settings = Settings(3 * BLOCK, seed=3)
    one, two = (simulate_run(done, settings, tmp_path / str(n), workers=n) for n in (1, 2))
    assert [one.store.checksum(n) for n in range(3)] == [two.store.checksum(n) for n in range(3)]


def test_threads_work_out_the_same_blocks(done: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with the compiled engine, which leaves threads free."""
    settings = Settings(5 * BLOCK, seed=3)
    one = simulate_run(done, settings, tmp_path / "one")
    monkeypatch.setattr(workers, "is_there", lambda: True)
    monkeypatch.setattr(workers, "ProcessPoolExecutor", None)
    two = simulate_run(done, settings, tmp_path / "two", workers=3)
    assert [one.store.checksum(n) for n in range(5)] == [two.store.checksum(n) for n in range(5)]
    assert as_json(one.record) == as_json(two.record)


def test_another_seed_or_copula_gives_other_bytes(case: Path, alone: dict[str, bytes], tmp_path: Path) -> None:
    assert by_command(case, tmp_path / "t", "--copula", "t")["paths.parquet"] != alone["paths.parquet"]
    assert by_command(case, tmp_path / "seed", "--seed", "4")["paths.parquet"] != alone["paths.parquet"]


# ---- interrupted -----------------------------------------------------------------------------------------------------


def stop_after(blocks: int) -> Callable[[int, int], None]:
    """Ctrl-C once so many blocks are done."""
    def progress(finished: int, of: int) -> None:
        if finished == blocks:
            raise KeyboardInterrupt

    return progress


def interrupted(done: Run, out: Path) -> Path:
    """A run that is stopped after six blocks; the file in which they stand."""
    with pytest.raises(KeyboardInterrupt):
        simulate_run(done, Settings(PATHS, seed=3), out, progress=stop_after(6))
    (folder,) = out.glob(".blocks-*")
    return folder / "figures"


def store_of(done: Run, folder: Path) -> Store:
    """The store of a simulation of ten blocks."""
    plan = Plan(done, Settings(PATHS, seed=3))
    return Store(folder, len(plan.columns), plan.fan_shape)


def test_a_resumed_run_goes_on_and_writes_the_same_bytes(
    case: Path, done: Run, alone: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the blocks that are missing, or that are not what was written, are worked out."""
    out = tmp_path / "resumed"
    file = interrupted(done, out)
    raw = bytearray(file.read_bytes())
    store = store_of(done, file.parent)
    starts = [store.begins(block) for block in range(7)]
    assert starts[6] == len(raw)
    raw[starts[2] + 5000] ^= 1
    raw[starts[4] + 100:starts[5]] = bytes(starts[5] - starts[4] - 100)  # torn
    file.write_bytes(bytes(raw))
    again: list[int] = []
    real = Plan.run_block
    monkeypatch.setattr(Plan, "run_block", lambda self, block: (again.append(block), real(self, block))[1])
    assert by_command(case, out, "--resume") == alone
    assert sorted(again) == [2, 4, 6, 7, 8, 9]


def test_without_resume_a_run_begins_anew(done: Run, tmp_path: Path) -> None:
    interrupted(done, tmp_path).write_bytes(b"old")
    seen: list[int] = []
    found = simulate_run(done, Settings(2 * BLOCK, seed=3), tmp_path, progress=lambda finished, of: seen.append(finished))
    assert seen == [0, 1, 2]
    assert found.store.whole(0)


def test_more_paths_go_on_from_fewer(done: Run, tmp_path: Path) -> None:
    """Blocks do not rest on the number of paths."""
    few = simulate_run(done, Settings(2 * BLOCK, seed=3), tmp_path)
    before, seen = few.frame(), list[int]()
    many = simulate_run(done, Settings(4 * BLOCK, seed=3), tmp_path, resume=True, progress=lambda n, of: seen.append(n))
    assert seen == [2, 3, 4]
    assert many.frame().iloc[: 2 * BLOCK].equals(before)


def test_ctrl_c_at_the_command_keeps_the_blocks(case: Path, done: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 130; earlier files stay as they were; finished blocks are kept."""
    (tmp_path / "simulation.csv").write_text("earlier")
    real = Plan.run_block

    def slow(self: Plan, block: int) -> object:
        if block == 2:
            raise KeyboardInterrupt
        return real(self, block)

    monkeypatch.setattr(Plan, "run_block", slow)
    told = CliRunner().invoke(main, ["simulate", str(case), "--paths", str(PATHS), "--out", str(tmp_path)])
    assert told.exit_code == 130
    assert "--resume goes on from them" in told.stderr
    assert (tmp_path / "simulation.csv").read_text() == "earlier"
    store = store_of(done, next(tmp_path.glob(".blocks-*")))
    assert [store.whole(block) for block in range(3)] == [True, True, False]


def test_a_folder_that_cannot_be_written_is_told(done: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        simulate_run(done, Settings(10), tmp_path / "file" / "out")


# ---- a cluster -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_of_two_that_loses_a_worker_gives_the_same_bytes(
    case: Path, done: Run, alone: dict[str, bytes], tmp_path: Path
) -> None:
    """A real scheduler with two worker processes; one is killed when three blocks are back."""
    killed: list[int] = []

    def kill_one(finished: int, of: int) -> None:
        if finished == 3 and not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        found = simulate_run(done, Settings(PATHS, seed=3), tmp_path / "blocks", cluster=address, progress=kill_one)
        assert killed
        assert as_json(found.record).encode() == alone["simulation.json"]
        assert by_command(case, tmp_path / "out", "--cluster", address) == alone


@pytest.mark.parametrize("address", ["nowhere:x", "", "http://here:1", "inproc://x", "tls://127.0.0.1:1", "ucx://here:1"])
def test_no_scheduler_is_told_in_one_line(case: Path, tmp_path: Path, address: str) -> None:
    """Whatever Dask says of an address that makes no sense."""
    told = CliRunner().invoke(main, ["simulate", str(case), "--paths", "10", "--out", str(tmp_path), "--cluster", address])
    assert told.exit_code == 2
    (line,) = told.stderr.splitlines()
    assert line.startswith(f"failed: no Dask scheduler answers at {address!r}: ")


def test_libraries_that_are_not_there_are_named(done: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RequestError, match=r"debtcover\[cluster\]"):
        simulate_run(done, Settings(10), tmp_path, cluster="tcp://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(RequestError, match=r"debtcover\[quasi\]"):
        simulate_run(done, Settings(10, method="quasi"), tmp_path)


def test_a_worker_with_another_case_is_refused(done: Run) -> None:
    sent = workers.parcel(Plan(done, Settings(10)))
    other = workers.Parcel(sent.files, Settings(10, seed=2), sent.fingerprint)
    with pytest.raises(CheckError, match="would not be the same"):
        workers.plan_of(other)


# ---- files -----------------------------------------------------------------------------------------------------------


def test_without_pyarrow_paths_are_written_as_csv(done: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = simulate_run(done, Settings(1500, seed=3), tmp_path)
    monkeypatch.setattr(outputs, "find_spec", lambda name: None)
    ((name, write),) = outputs.writers(found).items()
    assert name == "paths.csv"
    write(tmp_path / name)
    lines = (tmp_path / name).read_text().splitlines()
    assert len(lines) == 1501
    assert lines[0].startswith("path,groups_failed,all_covered,hill.covered,")
    frame = found.frame()
    cells = dict(zip(lines[0].split(","), lines[1234].split(","), strict=True))
    assert float(cells["loss"]) == frame["loss"][1233]
    assert int(cells["path"]) == 1233
    assert cells["hill.first_failure"] == ("" if np.isnan(frame["hill.first_failure"][1233]) else
                                           str(int(frame["hill.first_failure"][1233])))


def test_parquet_holds_every_path(case: Path, alone: dict[str, bytes], done: Run, tmp_path: Path) -> None:
    (tmp_path / "paths.parquet").write_bytes(alone["paths.parquet"])
    table = pq.read_table(tmp_path / "paths.parquet").to_pandas()
    frame = simulate_run(done, Settings(PATHS, seed=3), tmp_path).frame()
    assert table["path"].tolist() == list(range(PATHS))
    assert np.array_equal(table["hill-loan.loss"], frame["hill-loan.loss"])
    assert np.array_equal(table["hill.covered"], frame["hill.covered"] == 1)
    assert np.array_equal(table["hill.first_failure"].to_numpy(dtype=float), frame["hill.first_failure"], equal_nan=True)


# ---- random numbers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["plain", "antithetic", "quasi"])
def test_streams_and_blocks_differ_and_come_again(method: str) -> None:
    def draw(seed: int, block: int, stream: Stream) -> np.ndarray:
        return Streams(seed, block, method).normals(stream, 3)  # type: ignore[arg-type]

    first = draw(1, 0, Stream.COMMON)
    assert np.array_equal(first, draw(1, 0, Stream.COMMON))
    for other in (draw(2, 0, Stream.COMMON), draw(1, 1, Stream.COMMON), draw(1, 0, Stream.OWN)):
        assert abs(np.corrcoef(first[0], other[0])[0, 1]) < 0.15
    assert abs(np.corrcoef(first)[0, 1]) < 0.15
    assert first.mean() == pytest.approx(0, abs=0.1)
    assert first.std() == pytest.approx(1, abs=0.1)


def test_a_longer_path_begins_as_a_shorter_one() -> None:
    streams = Streams(1, 7)
    assert np.array_equal(streams.normals(Stream.BASE_RATE, 5), streams.normals(Stream.BASE_RATE, 60)[:5])


def test_streams_are_those_of_numpy() -> None:
    """Philox under the seed sequence of the stream and the block: one generator for each stream of each block."""
    sequence = np.random.SeedSequence(11, spawn_key=(5, 2))
    expected = np.random.Generator(np.random.Philox(sequence)).standard_normal((4, BLOCK))
    assert np.array_equal(Streams(11, 2).normals(Stream.BASE_RATE, 4), expected)
    assert FAN_BLOCKS * BLOCK == 4096


def test_model_simulate_is_the_function_and_the_package(case: Path) -> None:
    import model

    assert model.simulate.Settings is Settings  # type: ignore[attr-defined]
    found = model.simulate(model.load(case), paths=10, seed=3)
    assert found.record["paths"] == 10
    assert len(found.frame()) == 10
