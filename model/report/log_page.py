"""Log: what made this file, from which files, and what it does not say. No time of the run: the same case, the same bytes."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import openpyxl

from model.report.front import LEFT, RIGHT, pairs_of_text

if TYPE_CHECKING:
    from model.report.workbook import Issue

LIMITS = (
    ("Recalculation", "Not independently recalculated by this program: the values beside the formulas are the engine's, and any "
                      "spreadsheet program recalculates the file on opening. Not opened in Microsoft Excel."),
    ("Outside the tests", "Renewal, on-demand and spot, residual value and vendor support stand beside T1 to T3; where "
                          "documented they count as support only, as refinancing and guarantees do."),
    ("Steps", "Months, with flows on their dates inside a month; no interest on amounts in arrears."),
    ("Stamped", "T4, grades with support, and every sheet that says so at its top are of the inputs as delivered; such sheets "
                "say STALE once inputs move."),
    ("Time axis", "Row 4 holds period ends, row 5 calendar years, row 6 numbers: periods are months, so no quarter is named."))


def log(issue: Issue) -> None:
    """Engine, inputs with their hashes, known limits."""
    page, run = issue.page("Log"), issue.run
    case = run.deal.case
    page.widths(2, LEFT, RIGHT)
    page.heading("Log", 3)
    line = pairs_of_text(page, 4, "This file", (
        ("Engine", f"debtcover {issue.version}; written with openpyxl {openpyxl.__version__}"),
        ("Case", f"{case.general.case}, as of {case.general.as_of:%d %b %Y}"),
        ("Input fingerprint", f"{case.input_hash} (over all files below)"),
        ("Scenario as delivered", run.scenario), ("Scenarios", ", ".join(run.names)),
        ("Rows", f"{len(run.deal.book.rows):,} over {run.deal.book.periods} months"),
        ("Changes since last issue", "debtcover diff EARLIER.xlsx THIS.xlsx tells inputs, formulas and results that differ.")))
    files = sorted(case.files.items())
    line = pairs_of_text(page, line + 1, "Input files, SHA-256", [(name, sha256(raw).hexdigest()) for name, raw in files])
    pairs_of_text(page, line + 1, "Known limits", LIMITS)
    page.printed(landscape=False)
