"""The instruments of a capital stack, one file each. To add one: a file, and a line here."""

from model.debt.base import Instrument
from model.debt.convertible import ConvertibleNotes
from model.debt.delayed_draw import DelayedDrawLoan
from model.debt.finance_lease import FinanceLease
from model.debt.in_kind import InKindLoan
from model.debt.promissory import PromissoryNotes
from model.debt.revolver import Revolver
from model.debt.senior_notes import SeniorNotes
from model.debt.statement import Statement
from model.debt.term_loan import TermLoan
from model.debt.vendor import VendorFinancing

KINDS: dict[str, type[Statement]] = {
    "delayed_draw": DelayedDrawLoan,
    "vendor": VendorFinancing,
    "finance_lease": FinanceLease,
    "term_loan": TermLoan,
    "revolver": Revolver,
    "senior_notes": SeniorNotes,
    "in_kind": InKindLoan,
    "convertible": ConvertibleNotes,
    "promissory": PromissoryNotes,
}

__all__ = ["KINDS", "Instrument", "Statement"]
