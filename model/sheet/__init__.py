"""The language in which the model is written: rows declared once, folded to numpy, to Excel and to words.

Read `formula.py` (the table of operators), `block.py` (how rows are declared), `book.py` (their order), then the folds:
`evaluate.py`, `excel.py`, `explain.py`. Nothing here knows what a loan is.
"""

from model.sheet.block import (
    DEAL,
    PERIOD,
    TEXT,
    Block,
    Row,
    Sourced,
    figure,
    given,
    givens,
    line,
    many,
    slug,
    words,
)
from model.sheet.book import Book
from model.sheet.evaluate import Overrides, Values, evaluate, refresh
from model.sheet.excel import Place, Places, formula, period_column
from model.sheet.explain import Step, definition, explain
from model.sheet.formula import (
    OPERATORS,
    Expr,
    amount,
    at,
    choose,
    count,
    first_when,
    following,
    highest,
    highest_of,
    lowest,
    lowest_of,
    maximum,
    minimum,
    on_date,
    prev,
    ratio,
    sentence,
    share,
    step_lookup,
    sum_of,
    times,
    total,
    where,
    which_lowest,
)

__all__ = [
    "DEAL", "OPERATORS", "PERIOD", "TEXT", "Block", "Book", "Expr", "Overrides", "Place", "Places", "Row", "Sourced",
    "Step", "Values", "amount", "at", "choose", "count", "definition", "evaluate", "explain", "figure", "first_when",
    "following", "formula", "given", "givens", "highest", "highest_of", "line", "lowest", "lowest_of", "many", "maximum", "minimum", "on_date",
    "period_column", "prev", "ratio", "refresh", "sentence", "share", "slug", "step_lookup", "sum_of", "times", "total",
    "where", "which_lowest", "words",
]
