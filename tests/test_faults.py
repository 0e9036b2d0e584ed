"""Whatever happens while files are written: the earlier output still stands or the new one is whole, and no litter is left.

`KILLS=1000 pytest tests/test_faults.py -k killed` for the whole proof; a few tries otherwise.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from model import whole
from model.cli import main
from model.errors import OutputError, RequestError
from tests.delivered import STARTER
from tests.kill import litter, versions, visible, writer

ROOT = Path(__file__).parents[1]
OLD, NEW = versions(20_000)


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Ctrl-C counts also where the tests were started in the background, which has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An output folder with an earlier good output."""
    write(tmp_path, OLD)
    return tmp_path


def write(folder: Path, version: dict[str, bytes]) -> None:
    whole.write_all(folder, {name: writer(raw) for name, raw in version.items()})


def in_child(do: Callable[[], object]) -> int:
    """How a forked process ends that does something: 0, or as it was killed, or 3 with OutputError."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            do()
            status = 0
        except OutputError:
            status = 3
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


# ---- killed ----------------------------------------------------------------------------------------------------------


def test_a_run_that_is_killed_breaks_nothing(tmp_path: Path) -> None:
    """At random moments, by SIGKILL, SIGTERM and SIGINT; a next run finishes or clears away."""
    count = os.environ.get("KILLS", "15")
    done = subprocess.run([sys.executable, "-m", "tests.kill", str(tmp_path), count, "7"], cwd=ROOT, capture_output=True,
                          text=True)
    told = json.loads(done.stdout)
    print(told)
    assert told["broken"] == []
    assert told["kills"] == int(count)


def steps_of(version: dict[str, bytes], folder: Path) -> int:
    """How many changes of the folder a run makes that are not the writing itself."""
    made: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        counted(patch, lambda name: made.append(name))
        write(folder, version)
    return len(made)


def counted(patch: pytest.MonkeyPatch, before: Callable[[str], object]) -> None:
    """Every change of a folder is announced."""
    for owner, name in ((os, "replace"), (os, "link"), (Path, "unlink")):
        real = getattr(owner, name)

        def announced(*args: Any, real: Any = real, name: str = name, **more: Any) -> Any:
            before(name)
            return real(*args, **more)

        patch.setattr(owner, name, announced)


def test_killed_before_each_change_of_the_folder(folder: Path) -> None:
    """No moment is left out: the process dies before each move, link and removal, and the next run makes it whole."""
    new = 0
    for last in range(steps_of(OLD, folder)):
        def die(last: int = last) -> None:
            left = [last]

            def one(_: str) -> None:
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)
                left[0] -= 1

            with pytest.MonkeyPatch.context() as patch:
                counted(patch, one)
                write(folder, NEW)

        assert in_child(die) == -signal.SIGKILL
        whole.settle(folder)
        assert visible(folder) in (OLD, NEW), last
        assert litter(folder) == []
        new += visible(folder) == NEW
        write(folder, OLD)
    assert new > 4, "killed while files were moved, the next run has finished it"


def test_an_interrupt_while_files_are_moved_waits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted(monkeypatch, lambda name: name == "replace" and signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        write(folder, NEW)
    assert visible(folder) == NEW
    assert litter(folder) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_ends_with_130(folder: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.report.workbook.write_workbook", lambda run, path, *told, **more: (
        path.write_bytes(b"half"), signal.raise_signal(number)))
    result = CliRunner().invoke(main, ["run", str(STARTER), "--out", str(folder)])
    assert result.exit_code == 130
    assert (visible(folder), litter(folder)) == (OLD, [])


# ---- nothing can be written ------------------------------------------------------------------------------------------


def run_starter(folder: Path) -> Any:
    return CliRunner().invoke(main, ["run", str(STARTER), "--out", str(folder)])


@pytest.mark.parametrize("kilobytes", [0, 100, 900])
def test_a_full_disk(folder: Path, kilobytes: int) -> None:
    """A file may not grow beyond so much: at its first byte, in the middle, near its end."""
    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1000, kilobytes * 1000))
        write(folder, {name: raw * 60 for name, raw in NEW.items()})

    assert in_child(full) == 3
    assert (visible(folder), litter(folder)) == (OLD, [])


def test_a_full_disk_is_told_with_its_reason(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(run: Any, path: Path, *told: Any, **more: Any) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr("model.report.workbook.write_workbook", full)
    result = run_starter(folder)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "No space left on device; nothing was changed" in result.stderr
    assert (visible(folder), litter(folder)) == (OLD, [])


def test_a_folder_that_may_only_be_read(folder: Path) -> None:
    """Also for the administrator, who becomes nobody here."""
    folder.chmod(0o555)
    status = in_child(lambda: (os.geteuid() == 0 and os.setuid(65534), write(folder, NEW)))
    folder.chmod(0o755)
    assert status == 3
    assert (visible(folder), litter(folder)) == (OLD, [])


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    result = run_starter(tmp_path / "file")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "could not write" in result.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_a_file_that_is_open_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows: the third file cannot be replaced, so the first two come back."""
    real = os.replace

    def locked(source: Path, target: Path) -> None:
        if Path(target).name == "waterfall.csv" and not str(source).endswith(whole.BEFORE):
            raise PermissionError(errno.EACCES, "is being used by another process", str(target))
        real(source, target)

    monkeypatch.setattr(os, "replace", locked)
    with pytest.raises(OutputError, match=r"waterfall.csv: is being used by another process; nothing was changed"):
        write(folder, NEW)
    assert (visible(folder), litter(folder)) == (OLD, [])


def test_a_file_that_another_program_reads_is_replaced_beneath_it(folder: Path) -> None:
    with (folder / "run.json").open("rb") as reader:
        write(folder, NEW)
        assert reader.read() == OLD["run.json"]
    assert visible(folder) == NEW


def test_standard_output_that_is_full() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-m", "model", "schema"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 3
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


# ---- two at once -----------------------------------------------------------------------------------------------------


def test_two_runs_on_one_folder(folder: Path) -> None:
    """They write one after the other, and what stands there is of one of them."""
    def write_both() -> None:
        for _ in range(10):
            write(folder, OLD)
            write(folder, NEW)

    pids = []
    for _ in range(2):
        if not (pid := os.fork()):
            os._exit(0 if write_both() is None else 1)
        pids.append(pid)
    while pids:
        pid, status = os.waitpid(pids[0], os.WNOHANG)
        if pid:
            assert os.waitstatus_to_exitcode(status) == 0
            pids.remove(pid)
    assert visible(folder) in (OLD, NEW)
    assert litter(folder) == []


def test_who_waits_for_too_long_gives_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "PATIENCE", 0.05)
    with whole.alone(folder) as sure:
        assert sure
        with pytest.raises(OutputError, match="another run has been writing"):
            write(folder, NEW)
    assert (visible(folder), litter(folder)) == (OLD, [])


# ---- what others have left -------------------------------------------------------------------------------------------


def test_the_next_run_clears_away_and_touches_nothing_else(folder: Path) -> None:
    for name in (".writing-12-run.json", ".writing-12-run.json.before", ".writing-12-moves"):
        (folder / name).write_text("half")
    for name in (".writing-it-down.txt", ".hidden", "mine.txt"):
        (folder / name).write_text("mine")
    (folder / ".writing-13-folder").mkdir()
    write(folder, NEW)
    assert litter(folder) == [".hidden", ".writing-it-down.txt"]
    assert visible(folder) == {**NEW, "mine.txt": b"mine"}


@pytest.mark.parametrize("note", ['["../../outside"]', '["/etc/passwd"]', "[1, null]", "{}", "[", "\xff",
                                  '["run.json", "gone.csv"]'])
def test_a_note_that_somebody_else_wrote_moves_nothing_out(folder: Path, note: str) -> None:
    (folder / ".moving-12").write_bytes(note.encode("latin-1"))
    (folder / ".writing-12-run.json").write_bytes(OLD["run.json"])
    whole.settle(folder)
    assert (visible(folder), litter(folder)) == (OLD, [])


def test_a_note_that_was_cut_off_stands_for_no_moves(folder: Path) -> None:
    """Killed while the note was written: nothing has moved yet, and nothing will."""
    note = json.dumps(list(NEW))
    for length in range(len(note)):
        (folder / ".moving-12").write_text(note[:length])
        for name, raw in NEW.items():
            (folder / f".writing-12-{name}").write_bytes(raw)
        whole.settle(folder)
        assert (visible(folder), litter(folder)) == (OLD, []), length


def test_where_folders_cannot_be_locked_only_old_litter_goes(folder: Path) -> None:
    for name, age in ((".writing-12-young", 0), (".writing-12-old", 2 * whole.A_DAY)):
        (folder / name).write_text("half")
        moment = (folder / name).stat().st_mtime - age
        os.utime(folder / name, (moment, moment))
    whole.settle(folder, sure=False)
    assert litter(folder) == [".writing-12-young"]


def test_a_new_folder_is_whole_or_not_there(tmp_path: Path) -> None:
    """Killed in the middle nothing stands under its name, and who tries again clears away."""
    def die() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "replace", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
            whole.write_folder(tmp_path / "case", {"case.yaml": b"x", "curves/a.csv": b"y"})

    assert in_child(die) == -signal.SIGKILL
    assert not (tmp_path / "case").exists()
    assert len(litter(tmp_path)) == 1
    whole.write_folder(tmp_path / "case", {"case.yaml": b"x", "curves/a.csv": b"y"})
    assert [path.name for path in tmp_path.iterdir()] == ["case"]
    with pytest.raises(RequestError):
        whole.write_folder(tmp_path / "case", {"case.yaml": b"x"})
    shutil.rmtree(tmp_path / "case")
