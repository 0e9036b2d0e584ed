"""Where an instrument stands among creditors, and how its instalments are known: the words of the case file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.deal import Deal
    from model.debt import Instrument

PARENT = "parent"
INFERRED = "inferred"


@dataclass(frozen=True)
class Standing:
    """Ranking, borrower, guarantor, and the profile of the instalments with the word that grades its evidence."""

    kind: str
    ranking: str
    box: str | None
    borrower: str
    guarantor: str | None
    guaranteed: float | None
    profile: str
    grade: str

    @property
    def schedule(self) -> str:
        """The profile in words; one that is solved and not disclosed is of the weakest grade, D."""
        words = self.profile.replace("_", " ")
        return f"{words} (grade D)" if self.profile == INFERRED else words


def standing(deal: Deal, loan: Instrument) -> Standing:
    """The standing of an instrument of the deal."""
    file = deal.lending.files[loan.key]
    names = {box.id: box.name for box in deal.case.debt.boxes}
    promise = file.guarantee
    return Standing(
        kind=file.kind.replace("_", " "), ranking=loan.ranking, box=file.box, borrower=names.get(file.box, PARENT),
        guarantor=promise.provider if promise else None,
        guaranteed=promise.amount.value if promise and promise.amount else None,
        profile=file.repayment.profile, grade=file.repayment.grade)
