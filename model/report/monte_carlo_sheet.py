"""MonteCarlo: chance of cover, losses, months of failure, money needed, and what was drawn; stamped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from model.report import stamped, styles
from model.report.answers import at_most, of_paths, paths, untested
from model.report.behind import Behind
from model.report.layout import MONTE_CARLO
from model.report.months import column
from model.report.paths_charts import by_month, fan_and_shortfall, histogram
from model.report.tables import COLUMNS, LABEL, LAST, WIDTH, Tables

if TYPE_CHECKING:
    from model.report.workbook import Issue

Json = Any
PROBABILITY, ERROR = "0.00%_)", "0.000%_)"
SHARES = ("p01", "p05", "p10", "p25", "p50", "p75", "p90", "p95", "p99")
SPREAD = ("Unit", "Mean", "Standard error", "Lowest", *("1 %", "5 %", "10 %", "25 %", "50 %", "75 %", "90 %", "95 %", "99 %"),
          "Highest", "Mean of worst 1 %")
COVER = ("Principal", "Covered in the scenario", "Covered on", "standard error", "T1 passes on", "standard error", "T2 passes on",
         "standard error", "T3 passes on", "standard error", "Cash missing on average", "standard error", "Missing, if any")
LOSS = ("Principal", "Loss in the scenario", "Loss on", "standard error", "Expected loss", "standard error", "of principal",
        "Lost when there is a loss (LGD)", "50 %", "95 %", "99 %", "Mean of worst 1 %")
FIGURES = (("min_clcr", "lowest CLCR", "x"), ("min_dscr", "lowest DSCR", "x"), ("missing", "cash missing", "USD m"),
           ("uncovered_balance", "left at the end", "USD m"), ("loss_if_failed", "lost if the obligor fails (T6)", "USD m"))


def monte_carlo_sheet(issue: Issue, told: Json) -> None:
    """The whole page."""
    tables = Tables(issue, MONTE_CARLO)
    behind = Behind(tables.page)
    tables.line = stamped.head(issue, tables.page, of_paths(told), facts(told), LAST, WIDTH * COLUMNS)
    chances(tables, told)
    facilities(tables, told)
    if told["joint"]["loss"]:
        histogram(tables, behind, "All lenders together: loss", told["joint"]["loss"], told["paths"])
    by_month(tables, behind, told)
    for n, pair in enumerate(told["pairs"], start=1):
        if pair["missing"]:
            fan_and_shortfall(tables, behind, f"{n}  {pair['title']}", pair, told)
    spreads(tables, told)
    converging(tables, told)
    drawn(tables, told)
    tables.finish()


def facts(told: Json) -> list[tuple[str, str]]:
    """What was run and how."""
    engine = told["engine"]
    fixed = ", ".join(map(words, told["not_drawn"]))
    fixed = f"; not drawn, as nothing asked for rests on it: {fixed}" if fixed else ""
    return [*stamped.run_facts(told),
            ("Paths and seed", f"{paths(told['paths'])}, seed {told['seed']}, in blocks of {engine['block']:,}; drawn "
             f"{told['method']}; obligors fail together by a {told['copula']} copula with one factor"),
            ("Drawn", f"{', '.join(map(words, told['drawn']))}{fixed}"),
            ("Worked out by", f"numpy {engine['numpy']}, {engine['processor']}; first block "
             f"{engine['block_0'][:16]}"),
            ("Percentiles", "exact order statistics; a standard error is that of the mean or of the share of paths")]


def words(name: str) -> str:
    """A key of the record as words."""
    return name.replace("_", " ")


def put(tables: Tables, number: int, value: float | None, fmt: str) -> None:
    """A number in the n-th column of the line; nothing where it is not defined."""
    if value is not None:
        tables.page.number(f"{column(number)}{tables.line}", float(value), "given", fmt)


def put_error(tables: Tables, number: int, found: Json, count: int) -> None:
    """The standard error of a share; of one that is 0 or 1 the rule of three."""
    if bound := at_most(found, count):
        tables.page.text(f"{column(number)}{tables.line}", bound, "right")
    else:
        put(tables, number, found["standard_error"], ERROR)


def chances(tables: Tables, told: Json) -> None:
    """Probability of cover by pair, and of all pairs together, counted path by path."""
    tables.band("Probability that a pair is covered by its own contract, and that all are")
    tables.heads(COVER, "Contract / debt")
    for n, pair in enumerate(told["pairs"], start=1):
        tables.label(f"{n}  {pair['title']}")
        put(tables, 1, pair["principal"], styles.USD)
        stands = "not testable" if pair.get("not_testable") else "yes" if pair["covered_in_scenario"] else "no"
        tables.page.text(f"{column(2)}{tables.line}", stands, "right")
        for k, name in enumerate(("covered", "t1", "t2", "t3")):
            put(tables, 3 + 2 * k, pair[name]["probability"], PROBABILITY)
            put_error(tables, 4 + 2 * k, pair[name], told["paths"])
        for number, name in ((11, "mean"), (12, "standard_error"), (13, "mean_if_any")):
            put(tables, number, (pair["missing"] or {}).get(name), styles.USD)
        tables.line += 1
    joint = told["joint"]
    tables.label("All pairs that can be tested", "total")
    put(tables, 3, joint["covered"]["probability"], PROBABILITY)
    put_error(tables, 4, joint["covered"], told["paths"])
    tables.line += 1
    tables.label("If pairs were independent (product of the above; not the answer)")
    put(tables, 3, joint["if_independent"], PROBABILITY)
    tables.line += 1
    tables.note("Obligors fail together and rates and delays move all pairs, so the joint figure is counted on each path, "
                "never made from the single ones. A share of 0 or 100 % has the rule of three beside it, at 95 %.")
    for said in untested(told):
        tables.note(f"Left out: {said}")
    tables.end()


def facilities(tables: Tables, told: Json) -> None:
    """Expected loss and loss given one, by facility."""
    if not told["facilities"]:
        return
    tables.band("Loss of lenders by facility: present value at the loan's rate of what is never paid")
    tables.heads(LOSS, "Facility")
    for loan in told["facilities"]:
        tables.label(loan["title"])
        loss = loan["loss"] or {}
        if loss:
            put_error(tables, 4, loss["any"], told["paths"])
        for number, value, fmt in (
                (1, loan["principal"], styles.USD), (2, loan["loss_in_scenario"], styles.USD),
                (3, loan["probability_of_loss"], PROBABILITY),
                (5, loan["expected_loss"], styles.USD), (6, loan["standard_error"], "0.00_)"),
                (7, loan["expected_loss_share"], PROBABILITY), (8, loan["lgd"], styles.SHARE),
                *((9 + n, loss.get(name), styles.USD) for n, name in enumerate(("p50", "p95", "p99", "worst_1_percent")))):
            put(tables, number, value, fmt)
        tables.line += 1
    tables.note("Expected loss of principal = share of paths with a loss x loss given one.")
    tables.end()


def spreads(tables: Tables, told: Json) -> None:
    """Percentiles of every figure, by pair and of the company."""
    tables.band("Percentiles over all paths")
    tables.heads(SPREAD, "Figure")
    for n, pair in enumerate(told["pairs"], start=1):
        for name, label, unit in FIGURES:
            if pair[name] is not None:
                spread(tables, f"{n}  {label}", pair[name], unit)
    company: Mapping[str, Json] = told["company"] or {}
    for name, label in (("lowest_liquidity", "Company: lowest liquidity"), ("needed", "Company: new money needed")):
        if name in company:
            spread(tables, label, company[name], "USD m")
    if told["joint"]["loss"]:
        spread(tables, "All lenders: loss", told["joint"]["loss"], "USD m")
    tables.note("Numbers before figures are those of the pairs above. The mean of the worst 1 % is that of the highest values.")
    tables.end()


def spread(tables: Tables, label: str, found: Json, unit: str) -> None:
    """One figure."""
    fmt = styles.number_format(unit)
    tables.label(label)
    tables.page.text(f"{column(1)}{tables.line}", unit, "unit_right")
    for number, name in enumerate(("mean", "standard_error", "lowest", *SHARES, "highest", "worst_1_percent"), start=2):
        put(tables, number, found.get(name), fmt)
    tables.line += 1


def converging(tables: Tables, told: Json) -> None:
    """The joint figures over more and more paths."""
    tables.band("Convergence: the joint figures over the first paths, twice as many each time")
    tables.heads(("All covered", "standard error", "Loss of lenders", "standard error"), "Paths")
    for one in told["convergence"]:
        tables.label(f"{one['paths']:,} paths")
        put(tables, 1, one["covered"]["mean"], PROBABILITY)
        put(tables, 2, one["covered"]["standard_error"], ERROR)
        put(tables, 3, one["loss"]["mean"], styles.USD)
        put(tables, 4, one["loss"]["standard_error"], "0.00_)")
        tables.line += 1
    tables.line += 1
    tables.end()


def drawn(tables: Tables, told: Json) -> None:
    """Obligor groups, then every number that the draws rest on, with what is assumed marked."""
    tables.band("Obligor groups: who fails together")
    tables.heads(("Rating", "", "Fails within 5 years", "Correlation", "Claim recovered", "after days", "Contracts", *[""] * 9),
                 "Group", [(7, 16)])
    for group in told["groups"]:
        tables.label(group["name"])
        tables.page.text(f"{column(1)}{tables.line}", group["rating"], "right")
        for number, name, fmt in ((3, "fails_within_5_years", PROBABILITY), (4, "correlation", styles.SHARE),
                                  (5, "recovery", styles.SHARE), (6, "claim_days", "0_)")):
            put(tables, number, group[name], fmt)
        sentence(tables, group["name"], ", ".join(group["contracts"]), 7)
    failed = told["groups_failed"]["shares"]
    told_of = ", ".join(f"{n}: {share:.1%}" for n, share in enumerate(failed))
    tables.note(f"Groups that fail on a path while a contract of theirs is to run, and the share of paths: {told_of}.")
    tables.end()
    tables.band("Numbers that the draws rest on; ASSUMED ones have no source outside this program")
    tables.heads(("Value", "Unit", "Grade", "", "Of the case", "Source", *[""] * 10), "Number", [(3, 4), (6, 16)])
    top = tables.line
    for one in told["numbers"]:
        tables.label(words(one["name"]))
        if isinstance(one["value"], str):
            tables.page.text(f"{column(1)}{tables.line}", one["value"], "right")
        else:
            put(tables, 1, one["value"], styles.input_format(one["unit"]) if one["unit"] else styles.AS_TYPED)
        tables.page.text(f"{column(2)}{tables.line}", one["unit"], "unit_right")
        tables.words(3, 4, "ASSUMED" if one["grade"] == "assumed" else one["grade"], "grade")
        tables.page.text(f"{column(5)}{tables.line}", "yes" if one["own"] else "no", "right")
        sentence(tables, words(one["name"]), one["source"], 6)
    stamped.paint(tables.page, f"E{top}:F{tables.line - 1}", [(f'$E{top}="ASSUMED"', stamped.AMBER)])
    tables.line += 1
    tables.end()


def sentence(tables: Tables, label: str, said: str, first: int) -> None:
    """Words from a column to the last one, which end the line."""
    tables.words(first, 16, said, "source")
    tables.page.height(tables.line, (label, LABEL), (said, (17 - first) * WIDTH))
    tables.line += 1
