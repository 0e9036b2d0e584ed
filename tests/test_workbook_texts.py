"""Texts that a program could take for something else: shown as typed in every cell, calculated in none."""

from __future__ import annotations

import itertools
import re
import shutil
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from ruamel.yaml import YAML

from model.cases import load, run
from model.errors import InputError
from model.report.workbook import write_workbook
from tests.delivered import the_book
from tests.judges import MAIN, Formualizer, content
from tests.live import LibreOffice, live_libreoffice
from tests.test_workbook import FOLDERS

CASE = "unit-100mw"
TEXTS = (
    "=cmd|' /C calc'!A0", "@SUM(1+1)", "+1", "-1", "\tTAB first", "=1\n=2", "＝1+1", "＋1", "－1", "＠SUM(1)", "=" * 300, "{=1}",
    '=HYPERLINK("http://127.0.0.1","open")', "\u202emoc.evil\u202c.xlsx", "🙂 GPUs", "]]>", "<x>&\"'", "&amp; &#10;", "&P &F",
    "Chk_Total", "R1C1", "A1", "'quoted", "#REF!", "TRUE", "1e5", "12.50", "2026-01-01", "  spaces  ", "%s {0} {name}")
"""Of each kind one; texts that a sheet cannot hold are refused."""
FREE = {"title", "name", "obligor", "claim", "source", "reason"}
TRIGGERS = tuple("=+-@\t\r\n＝＋－＠")


def hostile(value: Any, texts: Iterator[str]) -> Any:
    """A case file in which every free text is another one."""
    if isinstance(value, dict):
        return {key: next(texts) if key in FREE and isinstance(told, str) else
                [next(texts) for _ in told] if key == "assumptions" else hostile(told, texts) for key, told in value.items()}
    return [hostile(one, texts) for one in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The workbook of a case as it is, and with other texts."""
    folder = tmp_path_factory.mktemp("texts")
    case = Path(shutil.copytree(FOLDERS[CASE], folder / CASE))
    yaml, texts = YAML(typ="safe"), itertools.cycle(TEXTS)
    for file in sorted(case.glob("*.yaml")):
        told = hostile(yaml.load(file), texts)
        with file.open("w", encoding="utf-8") as target:
            writer = YAML()
            writer.allow_unicode, writer.width = True, 10_000
            writer.dump(told, target)
    return the_book(CASE), write_workbook(run(load(case)), folder / "hostile.xlsx")


@cache
def typed(path: Path) -> dict[tuple[str, str], tuple[str, bool]]:
    """Every text cell of a file with what it holds, and whether it has Excel's own apostrophe."""
    titles = load_workbook(path, read_only=True).sheetnames
    found = {}
    with zipfile.ZipFile(path) as parts:
        styles = ElementTree.fromstring(parts.read("xl/styles.xml")).find(f"{MAIN}cellXfs")
        assert styles is not None
        quoted = [style.get("quotePrefix") == "1" for style in styles]
        for number, title in enumerate(titles, start=1):
            for cell in ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{MAIN}c"):
                if cell.get("t") == "inlineStr":
                    found[title, cell.attrib["r"]] = "".join(cell.itertext()), quoted[int(cell.get("s", "0"))]
    return found


def test_no_formula_is_made_of_a_text(books: tuple[Path, Path]) -> None:
    """The formulas are those of the same case with plain texts, cell by cell."""
    found = [content(path).formulas for path in books]
    run_id = found[0].keys() & {("Dashboard", "B3")}  # tells the hash of the files, which are not the same
    assert len(run_id) == 1
    assert not [at for at in found[0].keys() | found[1].keys() if at not in run_id and found[0].get(at) != found[1].get(at)]


def test_what_begins_like_a_formula_has_an_apostrophe(books: tuple[Path, Path]) -> None:
    texts = typed(books[1])
    assert not [at for at, (text, quoted) in texts.items() if text.startswith(TRIGGERS) != quoted]
    seen = {text for text, _ in texts.values()}
    assert not [text for text in TEXTS if not any(text in one for one in seen)], "each text stands somewhere"


@live_libreoffice
def test_both_programs_show_texts_as_typed_and_through_links(books: tuple[Path, Path]) -> None:
    """Typed cells show their text, links the text of the cell that they name; no error, no number, nothing run."""
    path, texts = books[1], typed(books[1])
    with LibreOffice(path) as office:
        for judge in (office, Formualizer(path)):
            shown = judge.values()
            wrong = [(at, text, shown.get(at)) for at, (text, _) in texts.items() if text and shown.get(at) != text]
            assert not wrong, (type(judge).__name__, wrong[:5])
            linked = [(at, other) for at, formula in content(path).formulas.items()
                      if (other := target(at, formula)) in texts and texts[other][0]]
            assert len(linked) > 10
            wrong = [(at, other) for at, other in linked if shown.get(at) != shown.get(other)]
            assert not wrong, (type(judge).__name__, wrong[:5])


def target(at: tuple[str, str], formula: str) -> tuple[str, str] | None:
    """The cell that a plain link names."""
    found = re.fullmatch(r"=(?:'?([^'!]+)'?!)?\$?([A-Z]{1,3})\$?(\d+)", formula)
    return (found[1] or at[0], found[2] + found[3]) if found else None


@pytest.mark.parametrize(("text", "allowed"), [
    ("x" * 40_000, "at most 400 characters"), ("bell \\x07", "without control characters"),
    ("half \\ud83d", "without control characters")])
def test_what_a_sheet_cannot_hold_is_refused_with_its_place(text: str, allowed: str, tmp_path: Path) -> None:
    case = Path(shutil.copytree(FOLDERS[CASE], tmp_path / CASE))
    file = case / "case.yaml"
    file.write_text(re.sub(r'^title: ".*"$', lambda _: f'title: "{text}"', file.read_text(encoding="utf-8"), flags=re.M),
                    encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load(case)
    [finding] = refused.value.findings
    assert (finding.file, finding.field) == ("case.yaml", "title")
    assert allowed in finding.allowed
