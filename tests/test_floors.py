"""A file imports only lower floors and its own folder; the language knows no finance."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.delivered import PACKAGE

ROOT = PACKAGE.parent
FLOORS = (
    ("model", "model.errors"),  # the package itself only looks its names up
    ("model.whole",),
    ("model.sheet",),
    ("model.timeline",),
    ("model.clock", "model.bracket", "model.drivers", "model.clauses", "model.fleet"),
    ("model.contracts", "model.debt"),
    ("model.cascade", "model.reserve", "model.contractual", "model.covenants", "model.cure", "model.waterfall", "model.coverage",
     "model.checks"),
    ("model.box", "model.capacity", "model.claim", "model.concentration", "model.stack", "model.company"),
    ("model.inputs",),
    ("model.lending",),
    ("model.timetable", "model.sold"),
    ("model.selling",),
    ("model.repayment", "model.converting", "model.accreting", "model.measuring", "model.parent"),
    ("model.paying",),
    ("model.evidence", "model.ties", "model.customers", "model.backing", "model.lenders", "model.edited"),
    ("model.deal",),
    ("model.verdict", "model.on_request", "model.faults"),
    ("model.break_even",),
    ("model.minimal", "model.certainty"),
    ("model.record",),
    ("model.cases",),
    ("model.stress",),
    ("model.bounds",),
    ("model.reverse",),
    ("model.falsify",),
    ("model.simulate",),
    ("model.backtest",),
    ("model.report",),
    ("model.saved",),
    ("model.difference",),
    ("model.round_trip",),
    ("model.commands",),
    ("model.cli",),
    ("model.__main__",),
)


def floor_of(module: str) -> int:
    """The floor of a module; the longest name that fits decides."""
    fits = [(len(name), n) for n, floor in enumerate(FLOORS) for name in floor
            if module == name or (name != "model" and module.startswith(name + "."))]
    assert fits, f"{module} stands on no floor: give it one in FLOORS"
    return max(fits)[1]


def imports(path: Path) -> set[str]:
    """Modules of the package that a file imports when it is loaded or called, type-checking blocks left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = [ast.Pass()]
    found = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    found |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return {name for name in found if name.split(".")[0] == "model"}


FILES = sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    """Dotted name of a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_only_lower_floors(path: Path) -> None:
    here = module_of(path)
    folder = ".".join(here.split(".")[:2])
    for other in imports(path):
        same_room = other == folder or other.startswith(folder + ".")
        assert same_room or floor_of(other) < floor_of(here), f"{here} imports {other} from a higher floor"


@pytest.mark.parametrize("path", sorted((PACKAGE / "sheet").glob("*.py")), ids=lambda p: p.name)
def test_the_language_knows_no_finance(path: Path) -> None:
    outside = {name for name in imports(path) if not name.startswith(("model.sheet", "model.errors"))}
    assert not outside
    words = ("loan", "debt", "coupon", "interest", "waterfall", "covenant", "dscr")
    assert not [word for word in words if word in ast_names(path)]


def ast_names(path: Path) -> set[str]:
    """Every name that the code of a file defines or uses."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.id.lower() for node in ast.walk(tree) if isinstance(node, ast.Name)} | {
        node.attr.lower() for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


LONGER = {
    "model/sheet/formula.py": 480,  # the table of operators and the words that use it: one place on purpose
    "model/coverage/cover.py": 440,  # the three tests, row by row
    "model/deal.py": 445,  # the only file that knows every kind
    "model/debt/base.py": 330,  # the rows of every instrument, and the places where clauses speak
    "model/sheet/block.py": 350,  # how a row is declared, bound and read: one idea
}
LONG_FUNCTIONS = {"coupons", "add_styles"}  # the terms of a schedule, the styles of the book: one a line


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGER.get(str(path.relative_to(ROOT)), 300)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name not in LONG_FUNCTIONS:
            assert (node.end_lineno or 0) - node.lineno < 36, f"{node.name} is long"
