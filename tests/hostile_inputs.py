"""Case folders that somebody made to break the program, or that a spreadsheet, an editor or a hurry has broken.

`TEXTS` spoils one file of the starter case by one replacement, `FOLDERS` does to the folder what it likes. What is said of each
stands in golden/bad_inputs.txt.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from bad_inputs import CASE, COMPANY, CONTRACTS, CURVE, DEBT, SCENARIOS

from model.inputs.starter import STARTER, starter_text

STARTER_TEXTS = {file: starter_text(file) for file in STARTER}
PRICE, MARGIN = "price: {value: 12, unit", "margin: {value: 0.04, unit"
TITLE = "title: One contract, a delayed-draw loan, vendor financing and a note"
AS_OF = "as_of: 2025-12-31"
START = "- start: {value: 2026-07-01, source"
SHARES = "vendor: {atlas: 1, none: 0}"
SECOND = """  - id: {id}
    name: {name}
    obligor: Atlas AI
    kind: take_or_pay
    tranches:
      - start: {{value: 2025-07-01, source: x, grade: assumed}}
        end: {{value: 2030-12-31, source: x, grade: assumed}}
        price: {{value: 12, unit: USD m a month, source: x, grade: assumed}}
"""


def another(slug: str, name: str = "Another agreement") -> str:
    """A second contract."""
    return "contracts:\n" + SECOND.format(id=slug, name=name)


# title, file, old text, new text
TEXTS: list[tuple[str, str, str, str]] = [
    # ---- types
    ("a list where a number stands", CONTRACTS, "value: 12, unit", "value: [12], unit"),
    ("a mapping where a number stands", CONTRACTS, "value: 12, unit", "value: {a: 12}, unit"),
    ("a date where a number stands", CONTRACTS, "value: 12, unit", "value: 2028-03-31, unit"),
    ("a number where a date stands", CONTRACTS, START, "- start: {value: 20260701, source"),
    ("nothing where a number stands", CONTRACTS, "value: 12, unit", "value: , unit"),
    ("nothing where a date stands", CASE, AS_OF, "as_of:"),
    ("null where a list stands", CONTRACTS, "    tranches:  ", "    tranches: null\n    spare:  "),
    ("text where a list stands", SCENARIOS, "moderate: [delay-90-days, price-minus-10, rates-plus-100]", "moderate: delay-90-days"),
    ("a mapping where a list stands", COMPANY, "facts:\n  - label: GPUs in service\n    number:", "facts:\n  label: GPUs\n  number:"),
    ("a list where a mapping stands", CASE, "headline:     ", "headline: [1]\nother:     "),
    ("a number where text stands", CONTRACTS, "obligor: Atlas AI", "obligor: 7"),
    ("a date where text stands", CONTRACTS, "obligor: Atlas AI", "obligor: 2026-01-31"),
    ("a boolean where text stands", CONTRACTS, "obligor: Atlas AI", "obligor: true"),
    ("a whole file that is a list", COMPANY, "facts:\n  - label: GPUs in service\n    number:", "- facts:\n  label: x\n  number:"),
    ("a whole file that is a word", COMPANY, starter_text(COMPANY), "word\n"),
    ("a whole file that is a number", SCENARIOS, starter_text(SCENARIOS), "12\n"),
    ("a required file that is empty", DEBT, starter_text(DEBT), ""),
    ("a required file of comments", CONTRACTS, starter_text(CONTRACTS), "# nothing yet\n"),
    ("a flag of 2", CONTRACTS, "end_moves: {value: 1,", "end_moves: {value: 2,"),
    ("yes for true", DEBT, "ring_fenced: true", "ring_fenced: yes"),
    ("1 for true", DEBT, "ring_fenced: true", "ring_fenced: 1"),
    ("months as text", DEBT, "months: 3  ", "months: three  "),
    ("months below nothing", CASE, AS_OF, f"{AS_OF}\nmonths: -12"),
    # ---- numbers
    ("not a number", CONTRACTS, "value: 12, unit", "value: .nan, unit"),
    ("NaN as a word", CONTRACTS, "value: 12, unit", "value: NaN, unit"),
    ("minus infinity", CONTRACTS, "value: 12, unit", "value: -.inf, unit"),
    ("Infinity as a word", CONTRACTS, "value: 12, unit", "value: Infinity, unit"),
    ("1e400", CONTRACTS, "value: 12, unit", "value: 1e400, unit"),
    ("1e13", CONTRACTS, "value: 12, unit", "value: 1e13, unit"),
    ("-1e308", CONTRACTS, "value: 12, unit", "value: -1e308, unit"),
    ("an integer of a million digits", CONTRACTS, "value: 12, unit", f"value: {'9' * 1_000_000}, unit"),
    ("a fraction of a million digits", CONTRACTS, "value: 12, unit", f"value: 0.{'9' * 1_000_000}, unit"),
    ("an exponent of a thousand digits", CONTRACTS, "value: 12, unit", f"value: 1e{'9' * 1000}, unit"),
    ("a boolean as a number", CONTRACTS, "value: 12, unit", "value: True, unit"),
    ("a boolean as a share", DEBT, SHARES, "vendor: {atlas: true, none: false}"),
    ("a decimal comma", CONTRACTS, "value: 12, unit", "value: '12,5', unit"),
    ("a decimal comma without quotes", CONTRACTS, "value: 12, unit", "value: 12,5, unit"),
    ("thousands with a comma", CONTRACTS, "value: 420,", "value: '1,420',"),
    ("thousands with an apostrophe", CONTRACTS, "value: 420,", "value: 1'420,"),
    ("thousands with a blank", CONTRACTS, "value: 420,", "value: 1 420,"),
    ("a currency sign", CONTRACTS, "value: 12, unit", "value: $12, unit"),
    ("a per-cent sign", DEBT, "value: 0.04, unit", "value: 4%, unit"),
    ("a hexadecimal number", CONTRACTS, "value: 12, unit", "value: 0xC, unit"),
    ("an octal number of YAML 1.1", CONTRACTS, "value: 12, unit", "value: 014, unit"),
    ("a sexagesimal number of YAML 1.1", CONTRACTS, "value: 12, unit", "value: 12:30, unit"),
    ("full-width digits", CONTRACTS, "value: 12, unit", "value: １２, unit"),
    ("Arabic digits", CONTRACTS, "value: 12, unit", "value: ١٢, unit"),
    ("a minus sign of typographers", SCENARIOS, "drivers.price_change: -0.1", "drivers.price_change: −0.1"),
    ("a sum instead of a number", CONTRACTS, "value: 12, unit", "value: 10+2, unit"),
    ("a formula instead of a number", CONTRACTS, "value: 12, unit", "value: '=10+2', unit"),
    # ---- per cent, basis points, millions
    ("a margin of 4 for 4 %", DEBT, "value: 0.04, unit", "value: 4, unit"),
    ("a margin of 250 for 2.5 %", DEBT, "value: 0.04, unit", "value: 250, unit"),
    ("a fee of 50 basis points", DEBT, "value: 0.005, unit", "value: 50, unit"),
    ("a share of 65 for 0.65", DEBT, SHARES, "vendor: {atlas: 65, none: 35}"),
    ("a scenario of -10 for -10 %", SCENARIOS, "drivers.price_change: -0.1", "drivers.price_change: -10"),
    ("a scenario of 100 for 100 bp", SCENARIOS, "drivers.rate_shift: 0.01", "drivers.rate_shift: 100"),
    ("a unit of per cent", DEBT, "value: 0.04, unit: rate", "value: 4, unit: per cent"),
    ("a unit of basis points", DEBT, "value: 0.04, unit: rate", "value: 400, unit: bp"),
    ("a unit of dollars", CONTRACTS, "unit: USD m a month, source: invented, grade: assumed}\n        opex: {value: 1.5",
     "unit: USD a month, source: invented, grade: assumed}\n        opex: {value: 1.5"),
    ("a unit in another case", CONTRACTS, "capex: {value: 420, unit: USD m", "capex: {value: 420, unit: usd m"),
    ("a number without its unit", CONTRACTS, "capex: {value: 420, unit: USD m, ", "capex: {value: 420, "),
    ("a number without its source", CONTRACTS, "capex: {value: 420, unit: USD m, source: invented,", "capex: {value: 420, unit: USD m,"),
    ("a source that is empty", CONTRACTS, "capex: {value: 420, unit: USD m, source: invented,",
     "capex: {value: 420, unit: USD m, source: '',"),
    ("a source of 401 characters", CONTRACTS, "capex: {value: 420, unit: USD m, source: invented,",
     f"capex: {{value: 420, unit: USD m, source: {'x' * 401},"),
    ("a grade that is a letter", CONTRACTS, "capex: {value: 420, unit: USD m, source: invented, grade: assumed",
     "capex: {value: 420, unit: USD m, source: invented, grade: A"),
    # ---- dates
    ("30 February", CONTRACTS, START, "- start: {value: 2026-02-30, source"),
    ("month 13", CONTRACTS, START, "- start: {value: 2026-13-01, source"),
    ("an American date", CONTRACTS, START, "- start: {value: 07/01/2026, source"),
    ("a date in words", CONTRACTS, START, "- start: {value: 1 July 2026, source"),
    ("a date with a time", CONTRACTS, START, "- start: {value: 2026-07-01T00:00:00Z, source"),
    ("a date without a day", CONTRACTS, START, "- start: {value: 2026-07, source"),
    ("a date of one digit a month", CONTRACTS, START, "- start: {value: 2026-7-1, source"),
    ("a serial date of a spreadsheet", CONTRACTS, START, "- start: {value: 46204, source"),
    ("as_of as a serial date", CASE, AS_OF, "as_of: 46022"),
    ("a serial date that counts from 1904", CONTRACTS, START, "- start: {value: 44742, source"),
    ("the first day of all calendars", CONTRACTS, START, "- start: {value: 0001-01-01, source"),
    ("the last day of all calendars", CONTRACTS, "        end: {value: 2031-06-30", "        end: {value: 9999-12-31"),
    ("as_of on the first month end of all", CASE, AS_OF, "as_of: 0001-01-31"),
    ("as_of on the last month end of all", CASE, AS_OF, "as_of: 9999-12-31"),
    ("a maturity in the year 9999", DEBT, "maturity: {value: 2030-12-31", "maturity: {value: 9999-12-31"),
    ("first_accrual in the year 1", DEBT, "first_accrual: 2025-06-15", "first_accrual: 0001-06-15"),
    ("service that ends before it starts", CONTRACTS, "        end: {value: 2031-06-30", "        end: {value: 2026-06-30"),
    ("a year of three digits as key", CASE, "    2028: {value: 48", "    202: {value: 48"),
    ("a year as text", CASE, "    2028: {value: 48", "    '2028': {value: 48"),
    ("a year with a fraction", CASE, "    2028: {value: 48", "    2028.0: {value: 48"),
    # ---- YAML
    ("a country that YAML 1.1 takes for no", DEBT, "ring_fenced: true", "ring_fenced: NO"),
    ("an anchor and its alias", CONTRACTS, "obligor: Atlas AI", "obligor: &who Atlas AI\n    obligor_group: *who"),
    ("a thousand million aliases", CASE, "assumptions:\n",
     "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
         f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)) + "assumptions:\n"),
    ("an alias to itself", CASE, "assumptions:\n", "loop: &loop [*loop]\nassumptions:\n"),
    ("a merge key", CONTRACTS, "    kind: take_or_pay", "    <<: {kind: take_or_pay}"),
    ("a tag that would run code", CASE, TITLE, "title: !!python/object/apply:os.system ['true']"),
    ("a tag of a type", CONTRACTS, "value: 12, unit", "value: !!float 12, unit"),
    ("a key given twice", CONTRACTS, "    kind: take_or_pay", "    kind: take_or_pay\n    kind: take_or_pay_mw"),
    ("a key given twice, once between quotes", CONTRACTS, "    kind: take_or_pay", "    kind: take_or_pay\n    'kind': lease"),
    ("a second document", DEBT, "instruments:\n", "---\ninstruments:\n"),
    ("a directive", DEBT, "# Boxes", "%YAML 1.1\n---\n# Boxes"),
    ("a tab before a key", DEBT, "    name: Atlas borrower", "\tname: Atlas borrower"),
    ("a bracket that nothing closes", DEBT, SHARES, "vendor: {atlas: 1, none: 0"),
    ("a quote that nothing closes", DEBT, "name: Atlas borrower", "name: 'Atlas borrower"),
    ("a colon in plain text", CASE, TITLE, "title: One: contract"),
    ("a key without a colon", CASE, "assumptions:\n", "assumptions\n"),
    ("a mapping as a key", CASE, "assumptions:\n", "? {a: 1}\n: 2\nassumptions:\n"),
    ("lists in lists, 5,000 deep", CASE, "  - Every figure", "  - " + "[" * 5000 + "\n  - Every figure"),
    ("mappings in mappings, 5,000 deep", CASE, "  - Every figure", "  - " + "{a: " * 5000 + "\n  - Every figure"),
    ("keys in keys, 5,000 deep", CASE, "assumptions:\n", "? " * 5000 + "\nassumptions:\n"),
    ("20,000 keys that nobody knows", CASE, "assumptions:\n", "".join(f"k{n}: 1\n" for n in range(20_000)) + "assumptions:\n"),
    ("a key of a million letters", CASE, "assumptions:\n", f"? {'k' * 1_000_000}\n: 1\nassumptions:\n"),
    ("a key of a control character", CASE, "assumptions:\n", '"\\x1b[2J": 1\nassumptions:\n'),
    ("text of a million letters", CASE, TITLE, f"title: {'x' * 1_000_000}"),
    ("a NUL in a text", CASE, TITLE, 'title: "One\\0contract"'),
    ("an escape sequence of terminals", CASE, TITLE, 'title: "\\e]0;owned\\a"'),
    ("letters that nobody sees", CASE, TITLE, 'title: "One\\u2060contract"'),
    ("half a pair of code units", CASE, TITLE, 'title: "One \\uD83D"'),
    # ---- names, references
    ("an id in capitals", DEBT, "- id: vendor", "- id: VENDOR"),
    ("an id that differs in case only", CONTRACTS, "contracts:\n", another("Atlas")),
    ("an id with a Cyrillic letter", CONTRACTS, "contracts:\n", another("аtlas")),
    ("an id with an accent in two parts", CONTRACTS, "contracts:\n", another("atlas\u0301")),
    ("an id in full-width letters", CONTRACTS, "contracts:\n", another("ａtlas")),
    ("a name that differs in case only", CONTRACTS, "contracts:\n", another("b", "ATLAS Agreement")),
    ("a name in another Unicode form", CONTRACTS, "contracts:\n", another("b", "Ａtlas  agreement")),
    ("a name with a letter that nobody sees", CONTRACTS, "contracts:\n", another("b", "Atlas\u200b agreement")),
    ("an id given twice", CONTRACTS, "contracts:\n", another("atlas")),
    ("an id that climbs out", CONTRACTS, "contracts:\n", another("../../etc/passwd")),
    ("a case named for a path", CASE, "case: starter", "case: ../../starter"),
    ("a case named for a device of Windows", CASE, "case: starter", "case: con"),
    ("a case whose name ends with a dot", CASE, "case: starter", "case: starter."),
    ("a case of 41 letters", CASE, "case: starter", f"case: {'s' * 41}"),
    ("a case with a NUL", CASE, "case: starter", 'case: "starter\\0"'),
    ("a case with a line end", CASE, "case: starter", 'case: "starter\\n"'),
    ("a curve by its path", DEBT, "curve: sofr", "curve: ../curves/sofr"),
    ("a curve with its ending", DEBT, "curve: sofr", "curve: sofr.csv"),
    ("a curve in capitals", DEBT, "curve: sofr", "curve: SOFR"),
    ("a box that is nowhere", DEBT, "    box: spv\n    day_count: 30/360", "    box: nowhere\n    day_count: 30/360"),
    ("a box that is a loan", DEBT, "    box: spv\n    day_count: 30/360", "    box: ddtl\n    day_count: 30/360"),
    ("a site that is nowhere", CONTRACTS, START, "- site: nowhere\n        start: {value: 2026-07-01, source"),
    ("a backstop of itself", CONTRACTS, "    kind: take_or_pay", "    kind: backstop\n    backs: [atlas]"),
    ("shares of a contract that is nowhere", DEBT, SHARES, "vendor: {atlas: 0.5, titan: 0.5, none: 0}"),
    ("shares below one", DEBT, SHARES, "vendor: {atlas: 0.33, none: 0.66}"),
    ("shares above one", DEBT, SHARES, "vendor: {atlas: 1, none: 1}"),
    ("a share below nothing", DEBT, SHARES, "vendor: {atlas: 1.2, none: -0.2}"),
    ("shares that miss one by rounding", DEBT, SHARES, "vendor: {atlas: 0.999, none: 0}"),
    ("cash above one", DEBT, "atlas: {ddtl: 0.9, vendor: 0.1}", "atlas: {ddtl: 90, vendor: 10}"),
    ("a scenario of an input that is nowhere", SCENARIOS, "ddtl.margin: 0.06", "ddtl.margins: 0.06"),
    ("a scenario of a result", SCENARIOS, "ddtl.margin: 0.06", "ddtl.interest: 0.06"),
    ("a scenario that moves a date", SCENARIOS, "ddtl.margin: 0.06", "ddtl.maturity: 46000"),
    ("a scenario of a path", SCENARIOS, "ddtl.margin: 0.06", "__class__.margin: 0.06"),
    ("a scenario without limits", SCENARIOS, "drivers.delay_days: 90", "drivers.delay_days: 1e9"),
    ("a scenario of half days", SCENARIOS, "drivers.delay_days: 90", "drivers.delay_days: 90.5"),
    ("a moderate scenario that is nowhere", SCENARIOS, "moderate: [delay-90-days,", "moderate: [delay-91-days,"),
    ("a step that runs something else", DEBT, "- distribute", "- __import__('os').system('true')"),
    ("a step twice", DEBT, "- pay interest", "- pay interest\n        - pay interest"),
    ("steps without interest", DEBT, "        - pay interest\n", ""),
    # ---- curves
    ("a curve with semicolons", CURVE, starter_text(CURVE), starter_text(CURVE).replace(",", ";")),
    ("a curve with tabs", CURVE, starter_text(CURVE), starter_text(CURVE).replace(",", "\t")),
    ("a curve with decimal commas", CURVE, "2026-12-31,0.036,", '2026-12-31,"0,036",'),
    ("a curve with decimal commas without quotes", CURVE, "2026-12-31,0.036,", "2026-12-31,0,036,"),
    ("a curve in per cent", CURVE, "0.042,rate", "4.2,rate"),
    ("a curve with per-cent signs", CURVE, "0.042,rate", "4.2%,rate"),
    ("a curve in basis points", CURVE, "0.042,rate", "420,bp"),
    ("a curve of text", CURVE, "0.042,rate", "high,rate"),
    ("a curve without a value", CURVE, "0.042,rate", ",rate"),
    ("a curve of infinity", CURVE, "0.042,rate", "inf,rate"),
    ("a curve of 1e400", CURVE, "0.042,rate", "1e400,rate"),
    ("a curve of a hundred thousand digits", CURVE, "0.042,rate", f"{'9' * 100_000},rate"),
    ("a curve that runs backwards", CURVE, "2026-12-31,", "2024-12-31,"),
    ("a curve with a date twice", CURVE, "2026-12-31,", "2025-09-30,"),
    ("a curve with serial dates", CURVE, "2026-12-31,", "46387,"),
    ("a curve with a date that does not exist", CURVE, "2026-12-31,", "2026-11-31,"),
    ("a curve without a header", CURVE, "date,value,unit,source,grade\n", ""),
    ("a curve of a header", CURVE, starter_text(CURVE), "date,value,unit,source,grade\n"),
    ("a curve of nothing", CURVE, starter_text(CURVE), ""),
    ("a curve with a quote that nothing closes", CURVE, "invented,assumed\n2026", '"invented,assumed\n2026'),
    ("a curve with a column twice", CURVE, "date,value,unit,source,grade", "date,value,unit,unit,grade"),
    ("a curve with columns the other way round", CURVE, "date,value,unit", "value,date,unit"),
    ("a curve of two units", CURVE, "0.036,rate", "0.036,share"),
    ("a curve with a grade that nobody knows", CURVE, "0.036,rate,invented,assumed", "0.036,rate,invented,guess"),
    ("a curve with a control character", CURVE, "0.036,rate,invented", "0.036,rate,inv\x01ented"),
    ("a curve whose source is longer than a cell", CURVE, "0.036,rate,invented", f"0.036,rate,{'x' * 40_000}"),
]


SUSPICIOUS: list[tuple[str, str, str, str]] = [
    ("a margin of 0.4", DEBT, "value: 0.04, unit", "value: 0.4, unit"),
    ("a price of nothing", CONTRACTS, "value: 12, unit", "value: 0, unit"),
    ("a key without a value", CASE, "pro_forma_date: 2026-06-30 ", "pro_forma_date: "),
    ("months that leave no room", CASE, AS_OF, f"{AS_OF}\nmonths: 70"),
    ("an obligor in two spellings", CONTRACTS, "contracts:\n", another("b").replace("Atlas AI", "ATLAS AI")),
    ("a price in dollars", CONTRACTS, "value: 12, unit", "value: 12000000, unit"),
    ("a debt in dollars", DEBT, "balance: {value: 240, unit", "balance: {value: 240000000, unit"),
    ("a margin of 0.00025 for 250 bp", DEBT, "value: 0.04, unit", "value: 0.00025, unit"),
    ("prepayments that do not tie", CASE, "deferred_revenue: {value: 36", "deferred_revenue: {value: 30"),
    ("a curve that is over", CURVE, "2026-12-31,0.036,rate,invented,assumed\n2030-12-31,0.034,rate,invented,assumed\n", ""),
]
"""What may be, and is told as a warning."""


# ---- folders ---------------------------------------------------------------------------------------------------------

Spoil = Callable[[Path], object]


def large(file: str, bytes_: int) -> Spoil:
    """A file of so many bytes, most of them a comment."""
    def spoil(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        (folder / file).write_text(text + "#" * (bytes_ - len(text.encode())), "utf-8")

    return spoil


def instead(file: str, raw: bytes) -> Spoil:
    """Other bytes in a file."""
    def spoil(folder: Path) -> None:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_bytes(raw)

    return spoil


def link(file: str, target: str) -> Spoil:
    """A link in the place of a file."""
    def spoil(folder: Path) -> None:
        (folder / file).unlink(missing_ok=True)
        (folder / file).symlink_to(target)

    return spoil


def linked_folder(folder: Path) -> None:
    """The curves lie elsewhere."""
    shutil.move(folder / "curves", folder.parent / "elsewhere")
    (folder / "curves").symlink_to("../elsewhere")


def pipe(folder: Path) -> None:
    """A pipe into which nobody writes."""
    (folder / DEBT).unlink()
    os.mkfifo(folder / DEBT)


def folder_for_file(folder: Path) -> None:
    """A folder called case.yaml."""
    (folder / CASE).unlink()
    (folder / CASE).mkdir()


def many_curves(folder: Path) -> None:
    """More curves than anybody has."""
    for number in range(101):
        (folder / "curves" / f"c{number}.csv").write_text("date,value\n2026-01-31,1\n")


def many(list_of: str, count: int) -> Spoil:
    """More of something than anybody has."""
    def spoil(folder: Path) -> None:
        file, text = MANY[list_of]
        old = (folder / file).read_text("utf-8")
        head, mark, rest = old.partition(f"\n{list_of}:\n")
        assert mark, list_of
        (folder / file).write_text(head + mark + "".join(text.replace("NUMBER", str(n)) for n in range(count)) + rest, "utf-8")

    return spoil


MANY = {
    "contracts": (CONTRACTS, SECOND.format(id="c-NUMBER", name="C NUMBER")),
    "scenarios": (SCENARIOS, "  s-NUMBER: {title: S, reason: r, source: x, grade: assumed, overrides: {ddtl.margin: 0.05}}\n"),
}

FOLDERS: dict[str, Spoil] = {
    "10 MB of comment": large(CASE, 10_000_000),
    "10 MB of curve": large(CURVE, 10_000_000),
    "text in UTF-16": lambda folder: instead(COMPANY, starter_text(COMPANY).encode("utf-16"))(folder),
    "text in Latin-1": lambda folder: instead(COMPANY, b"facts: []  # caf\xe9\n")(folder),
    "a curve in UTF-16, as spreadsheets save it": instead(CURVE, starter_text(CURVE).replace(",", "\t").encode("utf-16")),
    "a workbook in the place of a file": instead(COMPANY, b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00"),
    "NUL bytes": instead(COMPANY, b"\0" * 1000),
    "400,000 brackets": instead(COMPANY, b"[" * 400_000),
    "400,000 brackets behind a tab": instead(COMPANY, b"a: \t" + b"[" * 400_000),
    "100,000 keys twice": instead(COMPANY, b"facts: []\n" * 100_000),
    "100,000 bad lines of a curve": instead(CURVE, b"date,value\n" + b"x,y\n" * 100_000),
    "a link out of the folder": link(COMPANY, "/etc/passwd"),
    "a link to a device that never ends": link(CURVE, "/dev/zero"),
    "a link to itself": link(DEBT, DEBT),
    "a link to nothing": link(CONTRACTS, "nothing.yaml"),
    "a folder of curves that is a link": linked_folder,
    "a pipe": pipe,
    "a folder in the place of a file": folder_for_file,
    "101 curves": many_curves,
    "a curve with blanks in its name": instead("curves/SOFR of May.csv", starter_text(CURVE).encode()),
    "a curve whose name breaks the line": instead("curves/a\nx.yaml:1: b.csv", starter_text(CURVE).encode()),
    "a curve named for another drive": instead("curves/c:\\..\\b.csv", starter_text(CURVE).encode()),
    "1,001 contracts": many("contracts", 1001),
    "201 scenarios": many("scenarios", 201),
    "everything missing": lambda folder: [path.unlink() for path in folder.glob("*.yaml")],
}
