"""Whether a stressed case still ends within the timeline: cash that comes after its last month is seen by no test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.contracts import Tranche
from model.contracts.clauses import Renewable, RenewalPromised
from model.sheet import Row
from model.stress.judge import Judged
from model.timeline import to_serial

if TYPE_CHECKING:
    from model.cases import Run


class Reach:
    """The last day on which each contract is paid, in every scenario, against the last day of the timeline."""

    def __init__(self, run: Run) -> None:
        self.last = run.deal.timeline.ends[-1]
        self.titles = {key: run.deal.contracts[key].title for key in run.deal.selling.files}
        self.ends = {key: [end for tranche in run.deal.selling.sold[key].tranches for end in ends_of(tranche)]
                     for key in run.deal.selling.files}
        self.paid_after = {key: file.payment_days.value if file.payment_days else 0.0
                           for key, file in run.deal.selling.files.items()}

    def rows(self) -> list[Row]:
        """What has to be calculated."""
        return [row for ends in self.ends.values() for end in ends for row in end]

    def warnings(self, judged: Judged, column: int) -> list[str]:
        """One a contract that is paid after the timeline has ended."""
        found = []
        for key, ends in self.ends.items():
            latest = max((product(judged, end, column) for end in ends), default=0.0) + self.paid_after[key]
            if round(latest - to_serial(self.last)) > 0:
                found.append(f"{self.titles[key]} serves or is paid after {self.last}, the last day of the timeline: no test "
                             "sees what is paid then; general.months makes the timeline longer")
        return found


def ends_of(tranche: Tranche) -> list[list[Row]]:
    """Days on which service or a renewal ends; a renewal with the flag that says whether it is made.

    A contract that is not lost counts as lost on the day after the timeline: a day beyond it is told apart, not which."""
    ends = [[tranche.row("service_end")]]
    if isinstance(tranche, Renewable):
        ends.append([tranche.row("renewal_end"), tranche.row("renews")])
    if isinstance(tranche, RenewalPromised):
        ends.append([tranche.row("promised_to")])
    return ends


def product(judged: Judged, rows: list[Row], column: int) -> float:
    """A day, or 0 where its flag is not set."""
    day = 1.0
    for row in rows:
        day *= judged(row, column)
    return day
