"""What can be broken in the finance files: every place and operator of cosmic-ray that may change a figure.

Left out are annotations, code for type checkers, `key=` and `sums=` of rows (bold, and a total beside the row), and operators
that a row refuses by its type (`<<`, `|`, `%`): who counts those counts kills that no test earned.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import parso
from cosmic_ray.ast import ast_nodes
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parents[2]
AT_THE_ROOT = """accreting backing box bracket break_even capacity cascade claim clauses clock concentration contractual
converting covenants cure customers deal drivers evidence fleet lenders lending measuring minimal on_request paying repayment
reserve selling sold stack timetable verdict waterfall"""
FOLDERS = ("contracts", "coverage", "debt", "company", "timeline", "certainty", "parent")
SUMS, ORDER = "Add|Sub|Mul|Div|FloorDiv|Mod|Pow", "Eq|NotEq|Lt|LtE|Gt|GtE"
WANTED = re.compile(
    rf"core/(NumberReplacer|AddNot|ReplaceTrueWithFalse|ReplaceFalseWithTrue|ReplaceAndWithOr|ReplaceOrWithAnd|ReplaceBreakWithContinue"
    rf"|ReplaceContinueWithBreak|ExceptionReplacer|ZeroIterationForLoop|ReplaceUnaryOperator_(USub_UAdd|Delete_USub|Delete_Not)"
    rf"|ReplaceBinaryOperator_({SUMS})_(Add|Sub|Mul|Div)|ReplaceComparisonOperator_(({ORDER})_({ORDER})|Is_IsNot|IsNot_Is))")
Place = tuple[int, int]


@dataclass(frozen=True)
class Mutant:
    """One change: its file, the operator, which of its occurrences, where, and the function that is changed ('' = none)."""

    path: str
    operator: str
    occurrence: int
    start: Place
    end: Place
    inside: str
    limit: bool = False  # the range of an input: what a case file may say, not how a figure is reckoned

    @property
    def name(self) -> str:
        return f"{self.path}:{self.start[0]}:{self.start[1]} {self.operator.removeprefix('core/')} {self.occurrence}"

    def text(self) -> str:
        """The file with the change."""
        changed = mutate_code((ROOT / self.path).read_text(encoding="utf-8"), get_operator(self.operator)(), self.occurrence)
        assert changed is not None
        return changed


def files() -> list[Path]:
    """The finance files."""
    return [ROOT / "model" / f"{name}.py" for name in AT_THE_ROOT.split()] + [
        path for folder in FOLDERS for path in sorted((ROOT / "model" / folder).glob("*.py"))]


@cache
def mutants(path: Path) -> list[Mutant]:
    """All changes of one file, by place."""
    text = path.read_text(encoding="utf-8")
    nodes, tree = list(ast_nodes(parso.parse(text))), ast.parse(text)
    left_out, functions, between = list(_left_out(tree)), list(_functions(tree)), list(_between(tree))
    limits = [_span(word.value) for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "given"
              for word in node.keywords if word.arg in ("low", "high", "above")]
    found = []
    for name in filter(WANTED.fullmatch, operator_names()):
        operator = get_operator(name)()
        places = [place for node in nodes for place in operator.mutation_positions(node)]
        for number, (start, end) in enumerate(places):
            sure = "BinaryOperator" not in name or any(first <= start and end <= last for first, last in between)
            if sure and not any(first <= start and end <= last for first, last in left_out):
                inside = max((f for f in functions if f[0] <= start and end <= f[1]), default=((0, 0), (0, 0), ""))[2]
                limit = any(first <= start and end <= last for first, last in limits)
                found.append(Mutant(str(path.relative_to(ROOT)), name, number, start, end, inside, limit))
    return sorted(found, key=lambda m: (m.start, m.operator, m.occurrence))


def _span(node: ast.AST) -> tuple[Place, Place]:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]


def _left_out(tree: ast.AST) -> Iterator[tuple[Place, Place]]:
    for node in ast.walk(tree):
        parts: Iterable[ast.AST | None] = ()
        if isinstance(node, ast.AnnAssign | ast.arg):
            parts = (node.annotation,)
        elif isinstance(node, ast.FunctionDef):
            parts = (node.returns,)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            parts = (node,)
        elif isinstance(node, ast.Call):
            parts = [word.value for word in node.keywords if word.arg in ("key", "sums")]
        for part in filter(None, parts):
            yield _span(part)


def _between(tree: ast.AST) -> Iterator[tuple[Place, Place]]:
    """Where operators of two sides stand: not the stars of `*,` and `**more`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            yield (node.left.end_lineno or 0, node.left.end_col_offset or 0), (node.right.lineno, node.right.col_offset)


def _functions(tree: ast.AST, above: str = "") -> Iterator[tuple[Place, Place, str]]:
    """Bodies of functions outside other functions: a change there is one of their code."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield (node.body[0].lineno, 0), (node.end_lineno or 0, 10_000), f"{above}{node.name}"
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{above}{node.name}.")
