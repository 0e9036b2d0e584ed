"""The table of bad inputs: what is said of each, as golden/bad_inputs.txt holds it.

`python -m tests.table_of_bad_inputs` writes the file anew; tests only compare.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from bad_inputs import BAD, BAD_RICH, RICH
from click.testing import CliRunner, Result
from hostile_inputs import FOLDERS, STARTER_TEXTS, SUSPICIOUS, TEXTS, Spoil

from model.cli import main
from model.errors import InputError
from model.inputs import load_case
from tests.hostile_workbooks import FILES, HIDDEN, WORKBOOKS, good, packed

GOLDEN = Path(__file__).parent / "golden" / "bad_inputs.txt"
HEAD = """Bad inputs and what is said of each. Written by `python -m tests.table_of_bad_inputs`, compared by
test_inputs.py and test_hostile.py.
"""
SHOWN = 12  # lines of a report
Row = tuple[str, str, str, str, str, str]
TERMS = {"A case": BAD, "A case with every term": BAD_RICH}


@cache
def golden() -> dict[str, list[str]]:
    """What is said of each bad input, by its title."""
    parts = GOLDEN.read_text("utf-8").split("\n## ")[1:]
    return {title: lines.strip("\n").split("\n") for title, _, lines in (part.partition("\n") for part in parts)}


@cache
def titles(of: str) -> dict[Row, str]:
    """A name for each row: file, field, and what is changed into what."""
    return {row: f"{of}: {row[0]}: {short(row[1])} -> {short(row[2])}" for row in TERMS[of]}


def short(words: str) -> str:
    """Words of a file on one line."""
    words = " ".join(words.split())
    return words if len(words) <= 70 else f"{words[:40]} ... {words[-25:]}"


def told(lines: Sequence[str], folder: Path) -> list[str]:
    """A report without what differs between machines; a long one cut."""
    found = [line.replace(str(folder), "FOLDER").rstrip() for line in lines]
    return found if len(found) <= SHOWN else [*found[:SHOWN], f"... {len(found)} lines in all"]


def write(folder: Path, texts: Mapping[str, str]) -> Path:
    """A case folder with these texts."""
    for file, text in texts.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8", newline="")
    return folder


def replaced(file: str, old: str, new: str) -> Spoil:
    """One text of a file replaced."""
    def spoil(folder: Path) -> None:
        text = (folder / file).read_bytes().decode()
        assert text.count(old) == 1, (file, old, text.count(old))
        (folder / file).write_text(text.replace(old, new), encoding="utf-8", newline="")

    return spoil


REFUSED: dict[str, Spoil] = {**{title: replaced(*row) for title, *row in TEXTS}, **FOLDERS}
ACCEPTED: dict[str, Spoil] = {title: replaced(*row) for title, *row in SUSPICIOUS}


def spoilt(title: str, folder: Path) -> Path:
    """The case or the workbook of a title, in a new folder."""
    if spoil := (REFUSED | ACCEPTED).get(title):
        case = write(folder / "case", STARTER_TEXTS)
        spoil(case)
        return case
    path, parts = folder / "book.xlsx", dict(good())
    if make := FILES.get(title):
        make(path, parts)
        return path
    (WORKBOOKS | HIDDEN)[title](parts)
    return packed(parts, path)


@cache
def books() -> Path:
    """Where the good workbook lies, as long as this process runs."""
    _KEPT.append(tempfile.TemporaryDirectory())
    return Path(_KEPT[-1].name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def called(command: str, case: Path) -> Result:
    """A command, as a user gives it; what it writes goes beside the case."""
    more = ["--out", str(case.parent / "out")] if command == "run" else []
    return CliRunner().invoke(main, [command, str(case), *more])


def report(result: Result, folder: Path) -> list[str]:
    """What a user reads."""
    return told([*result.stderr.splitlines(), *result.stdout.splitlines()], folder)


def entries() -> Iterator[tuple[str, list[str]]]:
    """Every title with what is said."""
    for of, base in (("A case", STARTER_TEXTS), ("A case with every term", RICH)):
        for title, row in {title: row for row, title in titles(of).items()}.items():
            with tempfile.TemporaryDirectory() as place:
                folder = Path(place)
                replaced(*row[:3])(write(folder, base))
                try:
                    found = load_case(folder).warnings
                except InputError as error:
                    found = error.findings
                yield title, told([str(one) for one in found], folder)
    for title in (*REFUSED, *WORKBOOKS, *FILES, *ACCEPTED, *HIDDEN):
        with tempfile.TemporaryDirectory() as place:
            command = "check" if title in ACCEPTED or title in HIDDEN else "run"
            yield title, report(called(command, spoilt(title, Path(place))), Path(place))


if __name__ == "__main__":
    text = HEAD + "".join(f"\n## {title}\n" + "\n".join(lines) + "\n" for title, lines in entries())
    GOLDEN.write_text(text, encoding="utf-8", newline="\n")
    print(f"wrote {GOLDEN}")
