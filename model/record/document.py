"""run.json: everything a run has to say, as plain data (`INTERFACE.md` names the keys).

USD m, ISO dates, None for "not defined". The order is that of the case, so the same input gives the same bytes.
"""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any

from model import __version__
from model.record.certainty import sureness_of_all
from model.record.company import company
from model.record.convertibles import convertibles
from model.record.customers import capacity, concentration, contracts
from model.record.pairs import pair_records
from model.record.stack import instrument, maturities, totals
from model.record.support import support
from model.record.waterfall import boxes
from model.record.years import against_backlog, backlog_by_year
from model.sheet import TEXT
from model.verdict import cover_figures

if TYPE_CHECKING:
    from model.cases import Run

Json = Any
DEFAULT = "default of the model"


def record(run: Run) -> dict[str, Json]:
    """The whole of run.json for the scenario that is read."""
    general = run.deal.case.general
    return {
        "case": general.case, "title": general.title, "as_of": general.as_of.isoformat(), "scenario": run.scenario,
        "currency": general.currency, "input_hash": run.deal.case.input_hash, "version": version(),
        "headline": headline(run), "debt": debt(run), "backlog": backlog(run), "contracts": contracts(run),
        "concentration": concentration(run), "capacity": capacity(run), "by_year": against_backlog(run),
        "pairs": pair_records(run), "pools": pools(run), "claim": claim(run), "company": company(run),
        "boxes": boxes(run), "convertibles": convertibles(run), "support": support(run), "evidence": evidence(run),
        "checks": checks(run),
    }


def version() -> str:
    """Of the program that runs, whatever else is installed."""
    return __version__


# ---- the press figure and the debt behind it -------------------------------------------------------------------------


def headline(run: Run) -> Json:
    """The figures quoted with the claim, and what they are to one another."""
    told = run.deal.case.general.headline
    numbers = {name: getattr(told, name) for name in ("debt", "revenue", "contracted", "market_value")}
    debt_told = told.debt.value
    return {
        "claim": told.claim, **{name: number.value for name, number in numbers.items()},
        "debt_to_revenue": quotient(debt_told, told.revenue.value),
        "debt_to_contracted": quotient(debt_told, told.contracted.value),
        "debt_to_market_value": quotient(debt_told, told.market_value.value),
        "sources": {name: {"source": number.source, "grade": number.grade} for name, number in numbers.items()},
    }


def quotient(above: float, below: float) -> float | None:
    """above / below; None where there is nothing below."""
    return above / below if below > 0 else None


def debt(run: Run) -> Json:
    """The stack: totals, readings of the press figure, instruments."""
    read, stack = run.read, run.deal.stack
    return {
        "principal": read.number(stack.row("principal")), "net": read.number(stack.row("net")),
        "due_24_months": read.number(stack.row("due_24_months")), "totals": totals(run),
        "by_instrument": {loan.title: instrument(run, loan) for loan in run.deal.instruments.values()},
        "maturities": maturities(run), "readings": readings(run),
    }


def readings(run: Run) -> list[Json]:
    """What "debt of 7.6bn" may mean: each reading, and how far it lies from the press figure `[USD m]`."""
    read, stack, loans = run.read, run.deal.stack, run.deal.instruments.values()
    told = run.deal.case.general.headline.debt.value
    as_of, scale = read(stack.row("principal_at_start")), read(run.deal.drivers.row("debt_scale"))
    cost = fsum(read(i.row("unamortised_cost")) for i in loans) * scale
    staying = as_of - fsum(min(read(i.row("balance_at_start")), read(i.row("from_proceeds"))[1:-1].sum()) for i in loans)
    found = {
        "as_of_principal": ("Principal at the as-of date", as_of),
        "as_of_net": ("Principal at the as-of date, net of unamortised cost", as_of - cost),
        "as_of_without_repaid": ("Principal at the as-of date without what the proceeds repay", staying),
        "pro_forma_principal": ("Pro-forma principal", read(stack.row("principal"))),
        "pro_forma_net": ("Pro-forma principal, net of unamortised cost", read(stack.row("net"))),
        "gpu_debt": ("Pro-forma debt in contract-debt pairs", read(run.deal.claim.row("debt"))),
        "as_of_due_24_months": ("Of the as-of stack: due within 24 months", due_near(run)),
        "due_24_months": ("Contractual principal due within 24 months", read(stack.row("due_24_months"))),
    }
    return [{"name": name, "label": label, "value": float(value), "difference": float(value) - told}
            for name, (label, value) in found.items()]


def due_near(run: Run) -> float:
    """Principal of the as-of stack falling due in the 24 months after the as-of date `[USD m]`."""
    ends = run.read(run.deal.clock.row("ends"))
    return fsum(float((run.read(i.row("due_on_as_of_stack")) * (ends <= run.read(i.row("near_end"))))[1:-1].sum())
               for i in run.deal.instruments.values())


# ---- what stands against it ------------------------------------------------------------------------------------------


def backlog(run: Run) -> Json:
    """Contracted revenue and cash to come."""
    contracts = run.deal.contracts.values()
    return {
        "revenue": fsum(run.read.number(c.row("backlog_at_start")) or 0.0 for c in contracts),
        "cash_to_come": fsum(run.read.number(c.row("cash_at_start")) or 0.0 for c in contracts),
        "by_year": backlog_by_year(run),
    }


def pools(run: Run) -> Json:
    """The pooled ratios behind H3a and H3b."""
    return {"H3a": cover_figures(run.read, run.deal.pool), "H3b": cover_figures(run.read, run.deal.whole)}


def claim(run: Run) -> Json:
    """The hypotheses, the sentence of the first page, and the figures that stand in it."""
    read, told = run.read, run.deal.claim
    return {
        "H1": str(read(told.row("h1"))), "H2": str(read(told.row("h2"))),
        "H3a": str(read(told.row("h3a"))), "H3b": str(read(told.row("h3b"))),
        "sentence": str(read(told.row("sentence"))), "weakest_sentence": str(read(told.row("weakest_sentence"))),
        "weakest": list(run.deal.pairs)[int(read(told.row("weakest"))) - 1],
        "pairs": read.number(told.row("pairs")), "standing": read.number(told.row("standing")),
        "debt": read.number(told.row("debt")), "covered_debt": read.number(told.row("covered_debt")),
        "grades": str(read(told.row("grade_list"))),
    }




# ---- how sure --------------------------------------------------------------------------------------------------------


def evidence(run: Run) -> Json:
    """How much of the debt rests on which evidence, and what is assumed."""
    case = run.deal.case
    counted, defaults = assumed_inputs(run)
    mapped = case.debt.allocation
    return {
        "debt_share_by_grade": {grade: float(run.read(one.row("of_all"))) for grade, one in run.deal.graded.items()},
        "balance_share_by_grade": share_by_grade(run, {i.id: i.balance.grade for i in case.debt.instruments}),
        "assumptions": [*case.general.assumptions, f"Allocation of contracts to debt: {mapped.basis}. {mapped.source}",
                        f"Inputs graded assumed: {sum(counted.values())}, in {len(counted)} blocks."],
        "assumed_inputs": counted, "defaults_of_the_model": defaults, **sureness_of_all(run),
    }


def share_by_grade(run: Run, grades: dict[str, str]) -> Json:
    """Share of pro-forma debt by grade."""
    sizes: dict[str, float] = {}
    for key, grade in grades.items():
        size = run.read.number(run.deal.instruments[key].row("pro_forma")) or 0.0
        sizes[grade] = sizes.get(grade, 0.0) + size
    whole = fsum(sizes.values())
    return {grade: size / whole for grade, size in sizes.items()} if whole > 0 else {}


def assumed_inputs(run: Run) -> tuple[dict[str, int], int]:
    """Inputs graded `assumed`, by block, and how many more are defaults of the model."""
    counted: dict[str, int] = {}
    defaults = 0
    for row in run.deal.book.inputs:
        if row.input is not None and row.per != TEXT and row.input.grade == "assumed":
            if row.input.source == DEFAULT:
                defaults += 1
            elif row.block not in run.deal.checks:
                counted[row.block.title] = counted.get(row.block.title, 0) + 1
    return counted, defaults


def checks(run: Run) -> Json:
    """The checks of the model, and those that fail."""
    failed = [c.title for c in run.deal.checks if run.read(c.row("failed"))]
    return {"failed": len(failed), "names": [c.title for c in run.deal.checks], "failed_names": failed}
