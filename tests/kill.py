"""A run that writes, killed at random moments, again and again: a process with everything imported forks one child a try.

What the child writes is what `run` writes of the starter, in two versions, through the command line and `write_all`. After each
try every file must be whole, and all of one version: at once after SIGINT and SIGTERM, which leave no litter, and after the next
run has begun where it was SIGKILL.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from model import whole
from model.cli import main

NAMES = ("starter.xlsx", "verdicts.csv", "waterfall.csv", "run.json")
Version = dict[str, bytes]


def versions(size: int = 300_000) -> list[Version]:
    """Two sets of files that differ in every one."""
    return [{name: f"{letter} {name} ".encode() * (size // 20 // (1 if n == 0 else 20)) + b"end" for n, name in enumerate(NAMES)}
            for letter in ("old", "new")]


def writer(raw: bytes) -> Callable[[Path], object]:
    """Writes a few kilobytes at a time, so that there are many moments."""
    def write(path: Path) -> None:
        with path.open("wb", buffering=0) as file:
            for start in range(0, len(raw), 4096):
                file.write(raw[start:start + 4096])

    return write


def child(folder: Path, version: Version) -> None:
    """What one run does; never comes back."""
    @click.command("writes")
    def writes() -> None:
        whole.write_all(folder, {name: writer(raw) for name, raw in version.items()})

    main.add_command(writes)
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - as long as the process
    os.dup2(sys.stderr.fileno(), 2)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        main(["writes"])
    except SystemExit as told:
        os._exit(int(told.code or 0))
    except BaseException:
        os._exit(70)  # no other way out of a command


def visible(folder: Path) -> Version:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


def litter(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def one_try(folder: Path, version: Version, number: int, delay: float) -> int:
    """Fork, wait, kill; how the child ended."""
    pid = os.fork()
    if pid == 0:
        child(folder, version)
    time.sleep(delay)
    os.kill(pid, number)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def took(folder: Path, version: Version) -> float:
    """How long a run takes that nobody kills."""
    start = time.monotonic()
    assert one_try(folder, version, 0, 0) == 0
    return time.monotonic() - start


def wrong_after(folder: Path, both: list[Version], number: int) -> str:
    """What is broken; nothing where all is as it should be."""
    found = visible(folder)
    if any(raw not in [version[name] for version in both] for name, raw in found.items()):
        return "a file is not whole"
    if number == signal.SIGKILL:
        whole.settle(folder)  # what the next run does first
    if visible(folder) not in both:
        return "files of two versions"
    return f"litter: {litter(folder)}" if litter(folder) else ""


def kills(folder: Path, count: int, seed: int) -> dict[str, object]:
    """So many runs that did not come to their end; what came of them."""
    both, rng = versions(), random.Random(seed)
    whole.write_all(folder, {name: writer(raw) for name, raw in both[0].items()})
    usual = min(took(folder, both[n % 2]) for n in range(5))
    ended: dict[str, int] = {}
    broken: list[str] = []
    tries = hits = 0
    while hits < count:
        tries += 1
        number = rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
        before = visible(folder) == both[1]
        status = one_try(folder, both[not before], number, rng.uniform(0, usual))
        hits += status != 0
        mixed = number == signal.SIGKILL and visible(folder) not in both
        if wrong := wrong_after(folder, both, number):
            broken.append(f"try {tries}, {number.name}: {wrong}")
        after = visible(folder) == both[1]
        stands = f"{number.name}, status {status}: {'new' if after != before else 'old'}"
        for word in (stands, *["moves left to the next run"] * mixed):
            ended[word] = ended.get(word, 0) + 1
    return {"kills": hits, "tries": tries, "broken": broken,
            "ended": dict(sorted(ended.items())), "seconds a run": round(usual, 4)}


if __name__ == "__main__":
    print(json.dumps(kills(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
