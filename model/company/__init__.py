"""The company above its boxes: what it earns and pays, its liquidity, its creditors, and the tests K1 to K7."""

from model.company.cash import AllCash, Treasury
from model.company.claims import Deposit, PutRight
from model.company.cost import Capex, Overhead, Premises, Tax
from model.company.creditors import LoanTests, Ranks
from model.company.default import NO_LIMIT, CrossDefault, Guarantees, Promise, Recourse
from model.company.income import OtherBusiness, Unpledged
from model.company.liquidity import Line, Liquidity, Runway, Wall
from model.company.required import RequiredCover
from model.company.tests import FixedCharges, Growth, NotesInCash, TwoYears

BLOCKS = (Unpledged, OtherBusiness, Overhead, Premises, Tax, Capex, Deposit, PutRight, CrossDefault, Line, Promise, Recourse,
          Treasury, AllCash, Liquidity, Runway, Wall, Guarantees, Ranks, LoanTests, Growth, NotesInCash, FixedCharges, TwoYears,
          RequiredCover)

__all__ = [
    "BLOCKS", "NO_LIMIT", "AllCash", "Capex", "CrossDefault", "Deposit", "FixedCharges", "Growth", "Guarantees", "Line",
    "Liquidity", "LoanTests", "NotesInCash", "OtherBusiness", "Overhead", "Premises", "Promise", "PutRight", "Ranks", "Recourse",
    "RequiredCover", "Runway", "Tax", "Treasury", "TwoYears", "Unpledged", "Wall",
]
