"""Files that appear whole or not at all, whatever happens while they are written.

They are written beside their places under other names and then moved there together. One run at a time writes to a folder. A
note of the moves stands in the folder while they are made: a run that finds one finishes them, and throws away what a run that
was killed has left.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from model.errors import OutputError, RequestError

Writer = Callable[[Path], object]
WRITING, MOVING, BEFORE = ".writing-", ".moving-", ".before"
_OURS = re.compile(rf"({re.escape(WRITING)}|{re.escape(MOVING)})[0-9]+(-.*)?", re.DOTALL)
PATIENCE, A_DAY = 600.0, 86_400.0  # seconds: for another run; after which a file is nobody's, where folders cannot be locked
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def write_all(folder: Path, writers: Mapping[str, Writer]) -> list[Path]:
    """Write every file of a run; OutputError, and what stood there before still stands, where one of them fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with alone(folder) as sure:
            settle(folder, sure)
            with beside(folder, writers) as temporary:
                for name, write in writers.items():
                    write(temporary[name])
                with undisturbed():
                    return move(folder, temporary)
    except OSError as error:
        place = error.filename or folder
        raise OutputError(f"could not write {place}: {error.strerror or error}; nothing was changed") from error


def write_folder(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """A new folder with these files, whole or not at all. RequestError where something stands there, else OutputError."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RequestError(f"{folder} is there already and not empty: name a new folder")
        parent = folder.absolute().parent
        parent.mkdir(parents=True, exist_ok=True)
        with alone(parent) as sure:
            for left in parent.glob(f"{WRITING}*-{folder.absolute().name}") if sure else ():
                shutil.rmtree(left, ignore_errors=True)
            _folder(folder.absolute(), files)
    except OSError as error:
        raise OutputError(f"could not write {folder}: {error.strerror or error}; nothing was changed") from error
    return [folder / name for name in files]


def _folder(folder: Path, files: Mapping[str, bytes]) -> None:
    temporary = folder.with_name(f"{WRITING}{os.getpid()}-{folder.name}")
    try:
        for name, raw in files.items():
            (temporary / name).parent.mkdir(parents=True, exist_ok=True)
            (temporary / name).write_bytes(raw)
        with undisturbed():
            if folder.exists():
                folder.rmdir()
            os.replace(temporary, folder)
    finally:
        with undisturbed():
            shutil.rmtree(temporary, ignore_errors=True)


# ---- one after the other ---------------------------------------------------------------------------------------------


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Wait until no other run writes to a folder; whether that is sure, which not every file system can say."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield False
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield _locked(folder, lambda: fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB))
    finally:
        os.close(handle)  # which gives it free


def _locked(folder: Path, lock: Callable[[], object]) -> bool:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            lock()
        except BlockingIOError:
            if time.monotonic() > end:
                raise OutputError(f"could not write {folder}: another run has been writing to it for {PATIENCE:.0f} s") from None
            time.sleep(0.02)
        except OSError:
            return False
        else:
            return True


@contextmanager
def undisturbed() -> Iterator[None]:
    """Interruptions wait until this is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []

    def later(number: int, _: FrameType | None) -> None:
        heard.append(number)

    before = {one: signal.signal(one, later) or signal.SIG_DFL for one in SIGNALS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        if heard:
            signal.raise_signal(heard[0])


# ---- beside their places, and into them ------------------------------------------------------------------------------


@contextmanager
def beside(folder: Path, names: Mapping[str, Writer]) -> Iterator[dict[str, Path]]:
    """Names in the same folder that nobody else uses; whatever is left of them is removed, also on Ctrl-C."""
    temporary = {name: folder / f"{WRITING}{os.getpid()}-{name}" for name in names}
    try:
        yield temporary
    finally:
        with undisturbed():
            for path in temporary.values():
                with suppress(OSError):
                    path.unlink(missing_ok=True)


def move(folder: Path, temporary: Mapping[str, Path]) -> list[Path]:
    """Put all files in their places; if one cannot be (it is open elsewhere), bring back those that were replaced."""
    kept: dict[Path, Path | None] = {}
    note = folder / f"{MOVING}{os.getpid()}"
    try:
        for name, path in temporary.items():
            kept[folder / name] = keep(folder / name, path)
        note.write_text(json.dumps(list(temporary)), encoding="ascii")  # cut off it names nothing, and nothing has moved
        for name, path in temporary.items():
            os.replace(path, folder / name)
    except BaseException:
        note.unlink(missing_ok=True)
        for name, path in reversed(list(temporary.items())):
            if not path.exists():
                restore(folder / name, kept[folder / name])
        raise
    finally:
        note.unlink(missing_ok=True)
        for backup in filter(None, kept.values()):
            backup.unlink(missing_ok=True)
    return [folder / name for name in temporary]


def settle(folder: Path, sure: bool = True) -> None:
    """Finish the moves of a run that was killed, and throw away what it left; nobody else writes here if `sure`."""
    left = [path for path in folder.iterdir() if _OURS.fullmatch(path.name)]
    if not sure:
        left = [path for path in left if time.time() - path.lstat().st_mtime > A_DAY]
    for note in sorted(path for path in left if path.name.startswith(MOVING)):
        for name in _names_in(note):
            with suppress(FileNotFoundError):
                os.replace(folder / f"{WRITING}{note.name.removeprefix(MOVING)}-{name}", folder / name)
        note.unlink(missing_ok=True)
    for path in left:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _names_in(note: Path) -> list[str]:
    """The files that a note names; a note that is none names nothing."""
    try:
        names = json.loads(note.read_text(encoding="ascii"))
    except (ValueError, OSError):
        return []
    return [name for name in names if isinstance(name, str) and name == Path(name).name] if isinstance(names, list) else []


def keep(target: Path, temporary: Path) -> Path | None:
    """What stands at `target` under a second name, or a copy; None where nothing does."""
    if not target.exists():
        return None
    backup = temporary.with_name(temporary.name + BEFORE)
    backup.unlink(missing_ok=True)
    try:
        os.link(target, backup)
    except OSError:
        shutil.copy2(target, backup)
    return backup


def restore(target: Path, backup: Path | None) -> None:
    """What stood at `target` before, or nothing."""
    with suppress(OSError):
        if backup is not None:
            os.replace(backup, target)
        else:
            target.unlink(missing_ok=True)
