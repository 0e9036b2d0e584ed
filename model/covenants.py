"""Covenants of a box: what is measured on a payment date, the level that locks it up, and the level that is a default.

What is measured and against what are rows of the box (`paying.py` wires them by the word of the test); no cure, no
reserve and no support is in them (`RULES.md` 15).
"""

from __future__ import annotations

from model.sheet import (
    PERIOD,
    Block,
    Expr,
    figure,
    first_when,
    given,
    highest,
    line,
    lowest,
    maximum,
    prev,
    ratio,
    share,
    total,
)


class Covenant(Block):
    """A test on payment dates, from its first date on; the state of the last test holds until the next."""

    lock_up = given("x", "Level below which nothing goes up to the parent", low=0, ask=True)
    default = given("x", "Level below which it is a default (0: none)", default=0, low=0, ask=True)
    clean_tests = given("no.", "Tests in a row that end a lock-up", default=1, above=0, high=24, ask=True)
    months = given("no.", "Months of the window", default=12, above=0, high=36, ask=True)
    ends = given("date", "Period end", per=PERIOD)
    pays = given("flag", "Payment date of the box", per=PERIOD)
    due_for_test = given("flag", "First test date is reached, and the window is full", per=PERIOD)
    measured = given("USD m", "What is measured", per=PERIOD)
    against = given("USD m", "Against what", per=PERIOD)
    owed = given("USD m", "Debt owed when the period begins", per=PERIOD)
    tolerance = given("USD m", "Amount that counts as nothing")

    def room(self, level: Expr) -> Expr:
        """Room to a level; negative beyond it."""
        return self.measured - level * self.against

    def worst(self) -> Expr:
        """The worst reading."""
        return lowest(self.tested_ratio)

    def has_default(self) -> Expr:
        """Flag of a level that is a default."""
        return self.default > 0

    def telling(self) -> Expr:
        """Flag of a reading that says something: a ratio on next to nothing proves nothing."""
        return self.against > self.tolerance

    @line("flag")
    def owing(self) -> Expr:
        """Debt is owed; without it no covenant binds"""
        return self.owed > self.tolerance

    @line("flag")
    def tested(self) -> Expr:
        """Tested on this date"""
        return self.pays * self.due_for_test * self.owing * self.telling()

    @line("x")
    def ratio(self) -> Expr:
        """Measured / against"""
        return ratio(self.measured, self.against, self.tolerance)

    @line("USD m")
    def tested_against(self) -> Expr:
        """Against what, where tested"""
        return self.against * self.tested

    @line("x", key=True)
    def tested_ratio(self) -> Expr:
        """Ratio on test dates"""
        return ratio(self.measured, self.tested_against, self.tolerance)

    @line("USD m")
    def room_to_lock_up(self) -> Expr:
        """Headroom to lock-up"""
        return self.tested * self.room(self.lock_up)

    @line("USD m")
    def room_to_default(self) -> Expr:
        """Headroom to default"""
        return self.tested * self.room(self.default)

    @line("no.", opening="clean_tests")
    def clean(self) -> Expr:
        """Tests passed in a row"""
        passes = self.room_to_lock_up >= 0 - self.tolerance
        return self.tested * passes * (prev(self.clean) + 1) + (1 - self.tested) * prev(self.clean)

    @line("flag")
    def above_lock_up(self) -> Expr:
        """Clear of lock-up, or nothing is owed"""
        return maximum(self.clean >= self.clean_tests, 1 - self.owing)

    @line("flag")
    def locked(self) -> Expr:
        """Locked up"""
        return 1 - self.above_lock_up

    @line("flag")
    def breached(self) -> Expr:
        """In default on this test"""
        return (self.room_to_default < 0 - self.tolerance) * self.has_default()

    @line("flag")
    def in_default(self) -> Expr:
        """In default, by the last test"""
        return self.tested * self.breached + (1 - self.tested) * self.owing * prev(self.in_default)

    @line("flag")
    def above_default(self) -> Expr:
        """Clear of default, by the last test"""
        return 1 - self.in_default

    @line("USD m", sums=True)
    def to_cure(self) -> Expr:
        """What would cure it"""
        return self.breached * maximum(0, 0 - self.room_to_default)

    @figure("x", key=True)
    def worst_ratio(self) -> Expr:
        """Worst reading"""
        return self.worst()

    @figure("date")
    def first_lock_up(self) -> Expr:
        """First date in lock-up"""
        return first_when(self.locked, self.ends)

    @figure("date")
    def first_default(self) -> Expr:
        """First date in default"""
        return first_when(self.breached, self.ends)

    @figure("no.")
    def tests(self) -> Expr:
        """Tests made"""
        return total(self.tested)

    @figure("no.")
    def defaults(self) -> Expr:
        """Tests in default"""
        return total(self.breached)

    @figure("USD m")
    def largest_cure(self) -> Expr:
        """Largest amount that would cure a test"""
        return highest(self.to_cure)


class ShareCovenant(Covenant):
    """A share that must not fall below its level."""

    lock_up = given("share", "Level below which nothing goes up to the parent", low=0, high=2, ask=True)
    default = given("share", "Level below which it is a default (0: none)", default=0, low=0, high=2, ask=True)


class AmountCovenant(Covenant):
    """An amount that must not fall below its level."""

    lock_up = given("USD m", "Amount below which nothing goes up to the parent", low=0, ask=True)
    default = given("USD m", "Amount below which it is a default (0: none)", default=0, low=0, ask=True)


class Ceiling(Covenant):
    """A share that must not rise above its level: debt to cost or value, what weak customers pay."""

    lock_up = given("share", "Level above which nothing goes up to the parent", low=0, high=10, ask=True)
    default = given("share", "Level above which it is a default (10: none)", default=10, low=0, high=10, ask=True)
    no_default = given("share", "Level that stands for none", default=10)

    def has_default(self) -> Expr:
        """Flag of a level that is a default."""
        return self.default < self.no_default

    def room(self, level: Expr) -> Expr:
        """Room below a level."""
        return level * self.against - self.measured

    def worst(self) -> Expr:
        """The highest reading."""
        return highest(self.counted)

    @line("x")
    def counted(self) -> Expr:
        """Ratio as a number, 0 where not tested"""
        return share(self.measured, self.tested_against, self.tolerance)


class DebtCeiling(Ceiling):
    """Debt over what secures it: collateral that is worth nothing is no reason not to test."""

    def telling(self) -> Expr:
        """As long as debt is owed."""
        return self.owing


KINDS: dict[str, type[Covenant]] = {
    "dscr": Covenant,
    "clcr": Covenant,
    "realisation": ShareCovenant,
    "non_ig": Ceiling,
    "ltc": DebtCeiling,
    "ltv": DebtCeiling,
    "liquidity": AmountCovenant,
}
"""Tests by the word of the case file."""
