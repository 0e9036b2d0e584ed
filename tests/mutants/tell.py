"""What came of a sample of mutants: survivors.md. Why a survivor changes nothing stands in reasons.yaml, by its change."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import yaml

from tests.mutants.sites import ROOT, Mutant, files, mutants

HERE = Path(__file__).parent
Outcome = tuple[Mutant, dict[str, Any]]


def change(mutant: Mutant) -> str:
    """`model/box.py Box.paid: old line -> new line`."""
    before, after = ((text.splitlines()) for text in ((ROOT / mutant.path).read_text(encoding="utf-8"), mutant.text()))
    said = [line for line in difflib.ndiff(before, after) if line[:2] in ("- ", "+ ")]
    old, new = (" ".join(line[2:].strip() for line in said if line[0] == sign) for sign in "-+")
    return f"{mutant.path} {mutant.inside or 'outside functions'}: {old} -> {new}"


def interval(part: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a share, 95 %."""
    if not of:
        return 0.0, 1.0
    middle, half = part / of + z * z / (2 * of), z * sqrt(part / of * (1 - part / of) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


def share(outcomes: Sequence[Outcome]) -> str:
    killed = sum(told["killed"] for _, told in outcomes)
    low, high = interval(killed, len(outcomes))
    return f"**{killed}: {killed / max(1, len(outcomes)):.1%}** (95 % interval {low:.1%} to {high:.1%})"


def tell(outcomes: Sequence[Outcome], seed: int) -> None:
    reasons: dict[str, str] = yaml.safe_load((HERE / "reasons.yaml").read_text(encoding="utf-8")) or {}
    valid = [(mutant, told) for mutant, told in outcomes if not told.get("invalid")]
    left = {mutant: change(mutant) for mutant, told in valid if not told["killed"]}
    equal = {mutant for mutant, said in left.items() if reasons.get(said, "").startswith("equal")}
    counted = [(mutant, told) for mutant, told in valid if mutant not in equal]
    reckoned = [(mutant, told) for mutant, told in counted if not mutant.limit]
    everything = sum(len(mutants(path)) for path in files())
    said = [
        "# What the tests do not see", "",
        f"Written by `make mutants` on {datetime.date.today().isoformat()}: {len(valid)} of {everything} mutants of the finance "
        f"files, drawn by file with seed {seed}.", "",
        f"- {len(equal)} change nothing that anybody could see (equal mutants).",
        f"- Of the other {len(counted)} the tests kill {share(counted)}.",
        f"- Of these, {len(reckoned)} change how a figure is reckoned: {share(reckoned)}. The rest change the range of an input, "
        "which says what a case file may hold.", "",
        "## Survivors", "", "| change | why |", "|---|---|",
        *(f"| `{one.replace('|', chr(92) + '|')}` | {reasons.get(one, '**open**')} |" for one in sorted(left.values())),
        "", "## By file", "", "| file | mutants | drawn | equal | killed | survived |", "|---|---|---|---|---|---|"]
    for path in files():
        here = [(mutant, told) for mutant, told in valid if ROOT / mutant.path == path]
        if mutants(path):
            dead, same = sum(told["killed"] for _, told in here), sum(mutant in equal for mutant, _ in here)
            row = (path.relative_to(ROOT), len(mutants(path)), len(here), same, dead, len(here) - dead - same)
            said.append("| " + " | ".join(map(str, row)) + " |")
    (HERE / "survivors.md").write_text("\n".join(said) + "\n", encoding="utf-8")
    print("\n".join(said[2:7]))
