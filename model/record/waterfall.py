"""Every action of the waterfalls with its cause, and what the covenants of a box say: as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum
from typing import TYPE_CHECKING, Any

from model.box import Box
from model.cascade import Conditional, Distribution, Step, Sweep
from model.covenants import Ceiling, Covenant
from model.reserve import Reserve
from model.sheet import Block
from model.timeline import from_serial
from model.waterfall import LEVELS, Condition, Order

if TYPE_CHECKING:
    from model.cases import Run

Json = Any
NOTHING = 1e-6
DONE = {"pay": "paid", "fill": "filled", "sweep": "swept", "distribute": "distributed"}


def actions(run: Run) -> list[Json]:
    """What each box did on each date, in the order in which it did it `[USD m]`; the row that holds the amount is named."""
    return [one for box in run.deal.boxes.values() for one in Log(run, box).actions()]


class Log:
    """One box of a run, read date by date."""

    def __init__(self, run: Run, box: Box) -> None:
        self.run, self.box = run, box
        self.ends = run.read(run.deal.clock.row("ends"))
        self.rows: dict[tuple[str, str], Any] = {}

    def at(self, block: Block, name: str, t: int) -> float:
        """A row of a block in a period."""
        if (block.key, name) not in self.rows:
            self.rows[block.key, name] = self.run.read(block.row(name))
        found = self.rows[block.key, name]
        return float(found[t] if getattr(found, "shape", ()) else found)

    def actions(self) -> Iterator[Json]:
        """In the order of dates, and on a date in that of the case file; accounts, cures and calls at the end."""
        for t in range(1, self.run.deal.timeline.count + 1):
            for name, covenant in self.box.covenants.items():
                yield from self._tested(t, name, covenant)
            if self.at(self.box.account, "pays", t):
                for order, block in self.box.levels:
                    yield from self._step(t, order, block)
            for account in self.box.accounts:
                yield from self._account(t, account)
            yield from self._beyond(t)

    def _one(self, t: int, step: str, action: str, amount: float, cause: str, block: Block, row: str) -> Json:
        return {"date": from_serial(int(self.ends[t])).isoformat(), "box": self.box.title, "step": step, "action": action,
                "amount": amount, "cause": cause, "period": t, "row": block.row(row).key}

    # ---- covenants ---------------------------------------------------------------------------------------------------

    def _tested(self, t: int, name: str, covenant: Covenant) -> Iterator[Json]:
        """A test that changes something: a lock-up that begins or ends, a default."""
        if not self.at(covenant, "tested", t):
            return
        said, locked = self.reading(t, name, covenant), self.at(covenant, "locked", t)
        if locked != self.at(covenant, "locked", t - 1):
            yield self._one(t, f"test {name}", "lock-up begins" if locked else "lock-up ends",
                            max(0.0, -self.at(covenant, "room_to_lock_up", t)), said, covenant, "room_to_lock_up")
        if self.at(covenant, "breached", t):
            yield self._one(t, f"test {name}", "default", self.at(covenant, "to_cure", t), said, covenant, "to_cure")

    def reading(self, t: int, name: str, covenant: Covenant) -> str:
        """A covenant on its last test date: what was measured and the levels."""
        while t > 0 and not self.at(covenant, "tested", t):
            t -= 1
        if t == 0:
            return f"{name} is not yet tested"
        against = self.at(covenant, "against", t)
        if against <= NOTHING:
            return f"{name}: debt on collateral that is worth nothing"
        measured = self.at(covenant, "measured", t) / against
        side, x = ("at most", "") if isinstance(covenant, Ceiling) else ("at least", "x")
        lock_up, default = self.at(covenant, "lock_up", t), self.at(covenant, "default", t)
        stated = f", default at {default:.2f}{x}" if 0 < default < 10 or (not isinstance(covenant, Ceiling) and default) else ""
        return f"{name} {measured:.2f}{x}, {side} {lock_up:.2f}{x}{stated}"

    # ---- steps -------------------------------------------------------------------------------------------------------

    def _step(self, t: int, order: Order, block: Block) -> Iterator[Json]:
        if isinstance(block, Step):
            yield from self._paid(t, order, block)
        elif isinstance(block, Reserve):
            if (filled := self.at(block, "filled", t)) > NOTHING:
                target = f"target {self.at(block, 'target', t):,.1f}, held {self.at(block, 'opening', t):,.1f}"
                yield self._one(t, order.text, "filled", filled, target, block, "filled")
        elif isinstance(block, Conditional):
            row = "swept" if isinstance(block, Sweep) else "surplus_out"
            if (amount := self.at(block, row, t)) > NOTHING:
                freed = self.at(block, "freed", t) if isinstance(block, Distribution) else 0.0
                why = self._why(t, order, block) + f"; of it {freed:,.1f} from the trap" * (freed > NOTHING)
                yield self._one(t, order.text, DONE[order.verb], amount, why, block, row)
            if isinstance(block, Distribution) and (held := self.at(block, "withheld", t)) > NOTHING:
                yield self._one(t, order.text, "trapped", held, self._why(t, order, block), block, "withheld")

    def _paid(self, t: int, order: Order, block: Step) -> Iterator[Json]:
        due, paid = self.at(block, "due", t), self.at(block, "paid", t)
        if due <= NOTHING:
            return
        had = max(0.0, self.at(block, "available", t))
        what = f"{LEVELS[order.what]} due {due:,.1f}"
        step = order.text if order.what != "balloon" or "balloon" in order.text else f"{order.text}: balloon"
        if paid > NOTHING:
            yield self._one(t, step, "paid", paid, f"{what}, at hand {had:,.1f}", block, "paid")
        if due - paid > NOTHING:
            yield self._one(t, step, "missing", due - paid, f"{what}, at hand only {had:,.1f}", block, "shortfall")

    def _why(self, t: int, order: Order, block: Conditional) -> str:
        """The share and the covenants behind a sweep or a distribution."""
        share = f"{self.at(block, 'portion', t):.0%} of {self.at(block, 'available', t):,.1f}"
        return "; ".join([share, *(self._stands(t, one) for one in order.conditions)])

    def _stands(self, t: int, condition: Condition) -> str:
        covenant = self.box.covenants[condition.covenant]
        if not self.at(covenant, "owing", t):
            return f"{condition.covenant}: nothing is owed, so no covenant binds"
        state = "locked up" if self.at(covenant, "locked", t) else "clear"
        needed = int(self.at(covenant, "clean_tests", t))
        if state == "locked up" and needed > 1:
            state += f" ({self.at(covenant, 'clean', t):.0f} of {needed} clean tests)"
        if condition.level == "default":
            state = "in default" if self.at(covenant, "in_default", t) else "clear of default"
        return f"{self.reading(t, condition.covenant, covenant)}: {state}"

    # ---- accounts, cures, what nobody paid ---------------------------------------------------------------------------

    def _account(self, t: int, account: Reserve) -> Iterator[Json]:
        name = account.key.removeprefix(f"{self.box.key}.")
        if (paid_in := self.at(account, "funded", t)) > NOTHING:
            yield self._one(t, f"account {name}", "funded from outside", paid_in, "planned funding", account, "funded")
        if (drawn := self.at(account, "drawn", t)) > NOTHING:
            cause = f"{self.at(account, 'missing', t):,.1f} missing on the steps it serves"
            yield self._one(t, f"account {name}", "drawn", drawn, cause, account, "drawn")
        if (released := self.at(account, "released", t)) > NOTHING:
            cause = f"above its target of {self.at(account, 'target', t):,.1f}"
            yield self._one(t, f"account {name}", "released", released, cause, account, "released")

    def _beyond(self, t: int) -> Iterator[Json]:
        cure, payout = self.box.cure, self.box.payout
        if cure is not None and (cured := self.at(cure, "cured", t)) > NOTHING:
            cause = f"{self.at(cure, 'needed', t):,.1f} needed to end the default, limit left {self.at(cure, 'left', t):,.1f}"
            yield self._one(t, "equity cure", "paid in by the parent", cured, cause, cure, "cured")
        if cure is not None and (drawn := self.at(cure, "drawn", t)) > NOTHING:
            yield self._one(t, "equity cure", "drawn", drawn, "missing after the accounts", cure, "drawn")
        if cure is not None and (back := self.at(cure, "released", t)) > NOTHING:
            yield self._one(t, "equity cure", "released", back, "nothing is owed any more", cure, "released")
        if payout is not None and (called := self.at(payout, "called", t)) > NOTHING:
            cause = "no account could pay: a call on the guarantor, or default"
            yield self._one(t, "call", "called", called, cause, payout, "called")


# ---- boxes in run.json -----------------------------------------------------------------------------------------------


def boxes(run: Run) -> list[Json]:
    """Each box: its steps, its covenants, what its accounts hold, what went up, what is missing `[USD m]`."""
    return [_box(run, box) for box in run.deal.boxes.values()]


def _box(run: Run, box: Box) -> Json:
    read = run.read
    return {
        "id": box.key, "name": box.title, "ring_fenced": box.ring_fenced,
        "waterfall": list(dict.fromkeys(order.text for order, _ in box.levels)),
        "accounts": [{"id": account.key.removeprefix(f"{box.key}."), "held_before": read.number(account.row("held_before")),
                      "target_at_first": float(read(account.row("target"))[1]), "drawn": _total(run, account, "drawn"),
                      "lowest": float(read(account.row("closing"))[1:-1].min())} for account in box.accounts],
        "covenants": [covenant_record(run, name, covenant) for name, covenant in box.covenants.items()],
        "distributed": float(read(box.up("distribution"))[1:-1].sum()),
        "trapped_most": max((float(read(one.row("trapped"))[1:-1].max()) for one in box.distributions), default=0.0),
        "swept": fsum(_total(run, sweep, "swept") for sweep in box.sweeps),
        "cured": _total(run, box.cure, "cured") if box.cure else 0.0,
        "called": float(read(box.up("called"))[1:-1].sum()), "to_refinance": float(read(box.up("to_refinance"))[1:-1].sum()),
    }


def _total(run: Run, block: Block, name: str) -> float:
    return float(run.read(block.row(name))[1:-1].sum())


def covenant_record(run: Run, name: str, covenant: Covenant) -> Json:
    """A covenant: its levels, its worst reading, and when it first locked up or was in default."""
    read = run.read
    return {"id": name, "title": covenant.title, "lock_up": read.number(covenant.row("lock_up")),
            "default": read.number(covenant.row("default")), "tests": int(read(covenant.row("tests"))),
            "worst": read.number(covenant.row("worst_ratio")) if read(covenant.row("tests")) else None,
            "first_lock_up": read.day(covenant.row("first_lock_up")), "first_default": read.day(covenant.row("first_default")),
            "defaults": int(read(covenant.row("defaults"))), "largest_cure": read.number(covenant.row("largest_cure"))}
