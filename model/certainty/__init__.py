"""How sure a verdict is: does it turn while what is uncertain stays within its range, where, and between which grades it lies.

Read `uncertain.py` (what is uncertain and how inputs move), `look.py` (the verdicts at points), `search.py` (where one turns).
"""

from model.certainty.result import CLAIM, CORNERS, Flip, Sureness
from model.certainty.search import certainty
from model.certainty.uncertain import Uncertain, ranges_around_base, uncertain_inputs, unmoved_ranges

__all__ = ["CLAIM", "CORNERS", "Flip", "Sureness", "Uncertain", "certainty", "ranges_around_base", "uncertain_inputs",
           "unmoved_ranges"]
