"""Ways to spoil a case: what is replaced by what, and the finding that must follow.

`BAD` spoils the starter case, `BAD_RICH` the same case with every term that contracts and the company may have.
"""

from __future__ import annotations

from model.inputs.starter import STARTER, starter_text

CASE, CONTRACTS, DEBT, COMPANY, SCENARIOS, CURVE = STARTER
N = "unit: USD m, source: invented, grade: assumed}"

# file, old text, new text, text on the expected line, field, words of the message (a leading ! marks a warning)
BAD: list[tuple[str, str, str, str, str, str]] = [
    # ---- the text of the file
    (CASE, "case: starter  ", "case: starter\ncase: other  ", "case: other", "case", "a key once; it stands on line 6"),
    (CASE, "as_of: 2025-12-31", "as_of: &day 2025-12-31", "as_of:", "as_of", "no anchors here"),
    (CASE, "as_of: 2025-12-31", "as_of: *day", "as_of:", "as_of", "no aliases here"),
    (CASE, "case: starter", "case: !!str starter", "case: !!str", "case", "no tags here"),
    (CASE, "case: starter", "case: !python/object starter", "case: !python", "case", "no tags here"),
    (CASE, "reported:   ", "<<: {a: 1}\nreported:   ", "<<:", "file", "no merge keys"),
    (CASE, "assumptions:\n", "---\nassumptions:\n", "---", "file", "one document a file"),
    (CASE, "assumptions:\n", "1.5: x\nassumptions:\n", "1.5: x", "file", "plain text or a year"),
    (CASE, "assumptions:\n", "12: x\nassumptions:\n", "12: x", "12", "not a key here"),
    (CASE, "title: One", "title: [One", "as_of:", "file", "valid YAML"),
    (CASE, "title: One", "title: \u0007One", "title:", "file", "printable text"),
    (CASE, "title: One", "\ttitle: One", "title:", "file", "valid YAML"),
    (CASE, "title: One contract, a delayed-draw loan, vendor financing and a note", 'title: "bell \\x07"', "bell", "title",
     "without control characters"),
    (CASE, "title: One contract, a delayed-draw loan, vendor financing and a note", 'title: "half \\ud800"', "half", "title",
     "without control characters"),
    (CASE, "  - Every figure", "  - " + "[" * 30 + "]" * 30 + "\n  - Every figure", "[[[", "assumptions[0][0]",
     "at most 20 levels"),
    # ---- keys and types
    (CASE, "title: One", "titel: One", "titel:", "titel", "not a key here; allowed: case, title, as_of"),
    (CASE, "title: One", "titel: One", "titel:", "titel", "did you mean title?"),
    (CASE, "title: One", "titel: One", "case: starter", "title", "required: text"),
    (CASE, "title: One contract, a delayed-draw loan, vendor financing and a note", "title: 12", "title: 12", "title",
     "text; put quotes"),
    (CASE, "as_of: 2025-12-31", "as_of: '2025-12-31'", "as_of:", "as_of", "an ISO date: 2028-03-31"),
    (CASE, "as_of: 2025-12-31", "as_of: 2025-12-31 00:00:00", "as_of:", "as_of", "an ISO date: 2028-03-31"),
    (CASE, "as_of: 2025-12-31", "as_of: 2025-02-30", "as_of:", "as_of", "an ISO date: 2028-03-31"),
    (CASE, "as_of: 2025-12-31", "as_of: 31.12.2025", "as_of:", "as_of", "an ISO date: 2028-03-31"),
    (CASE, "as_of: 2025-12-31", "as_of: 2025-12-30", "as_of:", "as_of", "last day of a month"),
    (CASE, "as_of: 2025-12-31", "months: 12:30\nas_of: 2025-12-31", "months:", "months", "a whole number"),
    (CASE, "as_of: 2025-12-31", "months: 500\nas_of: 2025-12-31", "months:", "months", "at most 240"),
    (CASE, "as_of: 2025-12-31", "months: 30\nas_of: 2025-12-31", "months:", "months",
     "at least 66 months, to reach 2031-06-30"),
    (CASE, "as_of: 2025-12-31", "months: 70\nas_of: 2025-12-31", "months:", "months", "!78 months leave room"),
    (CASE, "as_of: 2025-12-31", "currency: EUR\nas_of: 2025-12-31", "currency:", "currency", "one of USD"),
    (CASE, "case: starter", "case: Starter Case", "Starter Case", "case", "lower-case letters"),
    (CASE, "headline:     ", "headline: 7\nother:  ", "headline: 7", "headline",
     "keys with values below it: claim, debt"),
    (CASE, "  claim: Signed contracts cover the debt\n", "", "headline:", "headline.claim", "required: text"),
    (CASE, "revenue: {value: 144, unit: USD m,", "revenue: {value: 144, unit: USD bn,", "  revenue: {",
     "headline.revenue.unit", "unit must be 'USD m'"),
    (CASE, "revenue: {value: 144, unit: USD m,", "revenue: {value: .inf, unit: USD m,", "  revenue: {",
     "headline.revenue.value", "finite number"),
    (CASE, "revenue: {value: 144, unit: USD m,", "revenue: {value: NO, unit: USD m,", "  revenue: {",
     "headline.revenue.value", "plain number"),
    (CASE, "revenue: {value: 144, unit: USD m,", "revenue: {value: true, unit: USD m,", "  revenue: {",
     "headline.revenue.value", "plain number"),
    (CASE, "revenue: {value: 144, unit: USD m,", "revenue: {value: 1_440, unit: USD m,", "  revenue: {",
     "headline.revenue.value", "plain number"),
    (CASE, "revenue: {value: 144, unit: USD m,", "revenue: {value: '144', unit: USD m,", "  revenue: {",
     "headline.revenue.value", "plain number"),
    (CASE, "revenue: {value: 144,", "revenue: {", "  revenue: {", "headline.revenue.value", "required: a plain number"),
    (CASE, "tranche over twelve months, grade: assumed", "tranche over twelve months, grade: asumed", "  revenue: {",
     "headline.revenue.grade", "did you mean assumed?"),
    (CASE, "    2028: {value: 48", "    next: {value: 48", "next:", "reported.maturities.next", "a year as key: 2028"),
    (CASE, "    2028: {value: 48", "    1028: {value: 48", "1028:", "reported.maturities.1028", "a year in 2025..2100"),
    (CASE, "    2028: {value: 48", "    2028: {value: 58", "  maturities:  ", "reported.maturities",
     "add up to principal, 380"),
    (CASE, "deferred_revenue: {value: 36", "deferred_revenue: {value: 30", "deferred_revenue:",
     "reported.deferred_revenue", "!adds up to 36"),
    (CASE, "  deferred_revenue:",
     f"  rpo: {{value: 9, {N}\n  rpo_windows: [{{date: 2026-12-31, amount: {{value: 8, {N}}}]\n  deferred_revenue:",
     "rpo_windows", "reported.rpo_windows", "add up to rpo, 9"),
    (CASE, "pro_forma_date: 2026-06-30", "pro_forma_date: 2025-06-30", "pro_forma_date", "pro_forma_date",
     "on or after as_of"),
    (CASE, "pro_forma_date: 2026-06-30 ", "pro_forma_date: ", "pro_forma_date:", "pro_forma_date",
     "!the default is used"),
    (COMPANY, "facts:\n  - label", "facts:\n    label", "facts:", "facts", "a list"),
    # ---- contracts
    (CONTRACTS, "price: {value: 12, unit: USD m a month, source: invented, grade: assumed}", "",
     "- start: {value: 2025-07-01", "contracts[atlas].tranches[0].price",
     "required: Take-or-pay fee [USD m a month]: a number with value, unit"),
    (CONTRACTS, "price: {value: 12, unit: USD m a month,", "price: {value: 12, unit: USD m,", "price: {value: 12,",
     "contracts[atlas].tranches[0].price.unit", "unit must be 'USD m a month'"),
    (CONTRACTS, "price: {value: 12,", "price: {value: -12,", "price: {value: -12,",
     "contracts[atlas].tranches[0].price.value", "at least 0"),
    (CONTRACTS, "price: {value: 12,", "price: {value: 0,", "price: {value: 0,", "contracts[atlas].tranches[0].price",
     "!bills nothing?"),
    (CONTRACTS, "price: {value: 12, unit: USD m a month, source: invented, grade: assumed}", "price: 12", "price: 12",
     "contracts[atlas].tranches[0].price", "a number with value, unit, source, grade"),
    (CONTRACTS, "  - start: {value: 2026-07-01,", "  - start: {value: 2036-07-01,", "    end: {value: 2031-06-30",
     "contracts[atlas].tranches[1].end", "on or after start, 2036-07-01"),
    (CONTRACTS, "rent_start: {value: 2026-06-01", "rent_start: {value: 2036-06-01", "rent_end: {value: 2031-06-30",
     "contracts[atlas].tranches[1].rent_end", "on or after rent_start"),
    (CONTRACTS, "    end: {value: 2030-12-31", "    end: {value: 2025-12-31", "    end: {value: 2025-12-31",
     "contracts[atlas].tranches[0].end", "a date after as_of"),
    (CONTRACTS, "  rent_end: {value: 2031-06-30", "  rent_end: {value: 2131-06-30", "rent_end: {value: 2131",
     "contracts[atlas].tranches[1].rent_end.value", "a date in 2000..2100"),
    (CONTRACTS, "  rent_end: {value: 2031-06-30", "  rent_end: {value: 2051-06-30", "rent_end: {value: 2051",
     "contracts[atlas].tranches[1].rent_end.value", "within 240 months"),
    (CONTRACTS, "credit_to: {value: 2028", "credit_to: {value: 2024", "credit_to:",
     "contracts[atlas].prepayments[0].credit_to", "on or after credit_from"),
    (CONTRACTS, "      - held_before:", f"      - amount: {{value: 4, {N}\n        held_before:", "- amount: {value: 4",
     "contracts[atlas].prepayments[0].received_on", "required where an amount"),
    (CONTRACTS, "id: atlas ", "id: none ", "id: none", "contracts[none].id", "not none, base"),
    (CONTRACTS, "id: atlas ", "id: drivers-1 ", "id: drivers-1", "contracts[drivers-1].id", "the model uses them"),
    (DEBT, "- id: spv", "- id: atlas", "- id: atlas", "boxes[atlas].id", "one of contracts has it"),
    (CONTRACTS, "id: atlas ", "id: Atlas ", "id: Atlas", "contracts[Atlas].id", "lower-case letters"),
    (CONTRACTS, "kind: take_or_pay", "kind: take-or-pay", "kind:", "contracts[atlas].kind",
     "did you mean take_or_pay?"),
    # ---- instruments
    (DEBT, "kind: delayed_draw  ", "kind: delayed-draw  ", "kind: delayed-draw", "instruments[ddtl].kind",
     "did you mean delayed_draw?"),
    (DEBT, "    kind: senior_notes\n", "", "- id: note-2030", "instruments[note-2030].kind",
     "one of delayed_draw, vendor"),
    (DEBT, "margin: {value: 0.04, unit: rate", "margin: {value: 12, unit: rate", "margin: {value: 12",
     "instruments[ddtl].margin.value", "for 12 % write 0.12"),
    (DEBT, "margin: {value: 0.04, unit: rate", "margin: {value: 4, unit: '%'", "margin: {value: 4",
     "instruments[ddtl].margin.unit", "unit must be 'rate', not '%'"),
    (DEBT, "margin: {value: 0.04, unit: rate", "margin: {value: 0.4, unit: rate", "margin: {value: 0.4",
     "instruments[ddtl].margin.value", "!40.00% a year"),
    (DEBT, "margin: {value: 0.04, unit: rate", "margin: {value: -0.04, unit: rate", "margin: {value: -0.04",
     "instruments[ddtl].margin.value", "at least -0.01, so that the rate with its floor is never negative"),
    (DEBT, "ring_fenced: true", "ring_fenced: NO", "ring_fenced", "boxes[spv].ring_fenced", "true or false"),
    (DEBT, "day_count: ACT/360", "day_count: ACT/ACT", "day_count: ACT/ACT", "instruments[ddtl].day_count",
     "one of ACT/360, ACT/365F"),
    (DEBT, "months: 3  ", "months: 2  ", "months: 2", "instruments[ddtl].months", "one of 1, 3, 6, 12"),
    (DEBT, "months: 3  ", "margn: 2\n    months: 3  ", "margn:", "instruments[ddtl].margn", "did you mean margin?"),
    (DEBT, "    box: spv\n    day_count: ACT/360", "    box: svp\n    day_count: ACT/360", "box: svp",
     "instruments[ddtl].box", "a box of this file: spv"),
    (DEBT, "curve: sofr", "curve: sofrr", "curve: sofrr", "instruments[ddtl].curve", "a file of curves/: sofr"),
    (DEBT, "    curve: sofr\n", "", "- id: ddtl", "instruments[ddtl].curve", "required: a delayed_draw floats"),
    (DEBT, "kind: vendor\n", "kind: vendor\n    curve: sofr  # spare\n", "# spare", "instruments[vendor].curve",
     "no curve: a vendor"),
    (DEBT, "maturity: {value: 2030-12-31", "maturity: {value: 2025-12-31", "maturity: {value: 2025-12-31",
     "instruments[ddtl].maturity.value", "a date after as_of"),
    (DEBT, "first_accrual: 2025-06-15", "first_accrual: 2035-06-15", "- id: note-2030", "instruments[note-2030]",
     "dates that fit together"),
    (DEBT, "months: 3  ", "months: 1\n    business_days: following\n    day: 31  ", "- id: ddtl", "instruments[ddtl]",
     "one payment date a month"),
    (DEBT, "date: 2026-06-15", "date: 2025-06-15", "- date: 2025-06-15", "instruments[ddtl].draws[0].date",
     "a date after as_of"),
    (DEBT, "date: 2026-06-15", "date: 2026-12-15", "- date: 2026-12-15", "instruments[ddtl].draws[0].date",
     "by availability_end, 2026-09-30"),
    (DEBT, "amount: {value: 100, unit", "amount: {value: 130, unit", "draws:", "instruments[ddtl].draws",
     "at most undrawn_before, 120"),
    (DEBT, "amount: {value: 100, unit: USD m", "amount: {value: 0.1, unit: USD bn", "amount: {value: 0.1",
     "instruments[ddtl].draws[0].amount.unit", "unit must be 'USD m'"),
    (DEBT, "    availability_end: {value: 2026-09-30, source: invented, grade: assumed}\n", "", "- id: ddtl",
     "instruments[ddtl].availability_end", "required: until when"),
    (DEBT, "      profile: level",
     "      profile: level\n      rate: {value: 0.1, unit: rate, source: x, grade: assumed}", "rate: {value: 0.1,",
     "instruments[ddtl].repayment.rate", "not with profile level"),
    (DEBT, "      profile: level", "      profile: annuity", "repayment:   ", "instruments[ddtl].repayment.rate",
     "required with profile annuity"),
    (DEBT, "      profile: level", "      profile: sculpted", "repayment:   ", "instruments[ddtl].repayment.target",
     "required with profile sculpted"),
    (DEBT, "      profile: level",
     "      profile: sculpted\n      target: {value: 0, unit: x, source: x, grade: assumed}", "target: {value: 0,",
     "instruments[ddtl].repayment.target.value", "allowed: x, at least"),
    (DEBT, "      profile: level", "      profile: custom", "repayment:   ", "instruments[ddtl].repayment.schedule",
     "required with profile custom"),
    (DEBT, "      profile: level", "      profile: custom", "- date: 2026-06-15", "instruments[ddtl].draws[0].schedule",
     "instalments of this draw by year"),
    (DEBT, "      profile: bullet", "      profile: bullet\n      first_instalment: 2027-06-15", "first_instalment",
     "instruments[note-2030].repayment.first_instalment", "not with profile bullet"),
    (DEBT, "      profile: level", "      profile: level\n      first_instalment: 2031-06-15", "first_instalment",
     "instruments[ddtl].repayment.first_instalment", "an instalment is left"),
    (DEBT, "2027: {value: 10", "2027: {value: 11", "schedule:", "instruments[vendor].repayment.schedule",
     "at most the balance, 20"),
    (DEBT, "2027: {value: 10", "2027: {value: 4", "schedule:", "instruments[vendor].repayment.schedule",
     "!a balloon of USD 6 m is left at maturity"),
    (DEBT, "2027: {value: 10", "2028: {value: 10", "2028:", "instruments[vendor].repayment.schedule.2028",
     "a year with an instalment date: 2026..2027"),
    (DEBT, "- distribute", "- distribute 90", "- distribute 90", "boxes[spv].waterfall.steps[5]", "distribute [50 %]"),
    (DEBT, "- distribute", "- distribute if dscr >= lock_up", "- distribute if", "boxes[spv].waterfall.steps[5]",
     "a covenant of this box: none is declared"),
    (DEBT, "- pay fees", "- pay interest of ddtl", "steps:", "boxes[spv].waterfall.steps",
     "one step that pays fees of every"),
    (DEBT, "- pay fees", "- pay fees of nobody", "- pay fees of", "boxes[spv].waterfall.steps[1]", "loans of this box: ddtl"),
    (DEBT, "- fill reserve", "- fill dsra", "- fill dsra", "boxes[spv].waterfall.steps[4]",
     "an account of this box, once: reserve"),
    (DEBT, "- id: reserve", "- id: interest", "- id: interest", "boxes[spv].accounts[interest].id",
     "nothing else of this box has"),
    (DEBT, "name: Vendor financing", "name: DELAYED-DRAW  LOAN", "name: DELAYED", "instruments[vendor].name",
     "name given once"),
    (DEBT, "- id: vendor", "- id: ddtl  # again", "# again", "instruments[ddtl].id", "id given once"),
    (DEBT, "- id: vendor", "- id: ddtl.2", "- id: ddtl.2", "instruments[ddtl.2].id", "not 'ddtl' and a dot"),
    (DEBT, "months: 3  ", "hedged: {value: 0.5, unit: share, source: x, grade: assumed}\n    months: 3  ", "- id: ddtl",
     "instruments[ddtl].swap_rate", "required with hedged"),
    (DEBT, "months: 3  ", "cost_test: {value: 1, unit: flag, source: x, grade: assumed}\n    months: 3  ", "- id: ddtl",
     "instruments[ddtl].collateral", "required with cost_test"),
    (DEBT, "months: 3  ", "extension: {to: 2029-01-01, source: x, grade: assumed}\n    months: 3  ", "extension:",
     "instruments[ddtl].extension.to", "a date after maturity"),
    (DEBT, "kind: vendor\n", "kind: vendor\n    hedged: {value: 0.5, unit: share, source: x, grade: assumed}\n", "hedged:",
     "instruments[vendor].hedged", "not a key"),
    (DEBT, "kind: vendor\n", "kind: vendor\n    arrears: {lookback: 5}\n", "arrears:", "instruments[vendor].arrears",
     "with a curve only"),
    (DEBT, "      profile: level", "      profile: percent_of_initial", "repayment:   ", "instruments[ddtl].repayment.percent",
     "required with profile percent_of_initial"),
    # ---- allocation
    (DEBT, "    vendor: {atlas: 1, none: 0}\n", "", "debt_share:", "allocation.debt_share.vendor",
     "required: a vendor on GPUs"),
    (DEBT, "vendor: {atlas: 1, none: 0}", "vendor: {atlas: 1}", "vendor: {atlas: 1}",
     "allocation.debt_share.vendor.none", "required: the share that rests on no contract"),
    (DEBT, "vendor: {atlas: 1, none: 0}", "vendor: {atlas: 0.9, none: 0}", "vendor: {atlas",
     "allocation.debt_share.vendor", "add up to 1"),
    (DEBT, "vendor: {atlas: 1, none: 0}", "vendor: {atlas: 0.9, none: 0.1}", "- id: vendor",
     "instruments[vendor].unmapped", "required, as 0.1"),
    (DEBT, "vendor: {atlas: 1, none: 0}", "vendor: {atlas: 1.5, none: -0.5}", "vendor: {atlas",
     "allocation.debt_share.vendor.none", "a share in 0..1"),
    (DEBT, "vendor: {atlas: 1, none: 0}", "vendor: {titan: 1, none: 0}", "vendor: {titan",
     "allocation.debt_share.vendor.titan", "a contract or none: atlas"),
    (DEBT, "vendor: {atlas: 1, none: 0}", "vendor: {atlas: 1, none: 0}\n    note-2030: {none: 1}", "note-2030: {none",
     "allocation.debt_share.note-2030", "no row"),
    (DEBT, "vendor: {atlas: 1, none: 0}", "vendor: {atlas: 1, none: 0}\n    vendr: {none: 1}", "vendr: {none",
     "allocation.debt_share.vendr", "an instrument of this file: ddtl"),
    (DEBT, "atlas: {ddtl: 0.9, vendor: 0.1}", "atlas: {ddtl: 0.9, vendor: 0.2}", "ddtl: 0.9",
     "allocation.cash_share.atlas", "add up to 1 at most"),
    (DEBT, "atlas: {ddtl: 0.9, vendor: 0.1}", "titan: {ddtl: 0.9, vendor: 0.1}", "ddtl: 0.9",
     "allocation.cash_share.titan", "a contract: atlas"),
    (DEBT, "atlas: {ddtl: 0.9, vendor: 0.1}", "atlas: {ddtl: 0.9, loan: 0.1}", "ddtl: 0.9",
     "allocation.cash_share.atlas.loan", "an instrument of this file"),
    (DEBT, "atlas: {ddtl: 0.9, vendor: 0.1}", "atlas: {ddtl: 0.9}", "vendor: {atlas",
     "allocation.debt_share.vendor.atlas", "!cash_share gives it no cash"),
    (DEBT, "atlas: {ddtl: 0.9, vendor: 0.1}", "atlas: {ddtl: 0.9, vendor: 0.05, note-2030: 0.05}", "ddtl: 0.9",
     "allocation.cash_share.atlas.note-2030", "an instrument in a box"),
    (DEBT, "basis: assumed  ", "basis: guessed  ", "basis:", "allocation.basis", "one of disclosed, bounded, assumed"),
    # ---- scenarios and curves
    (SCENARIOS, "moderate: [delay-90-days,", "moderate: [delay-9-days,", "moderate:", "moderate[0]",
     "a scenario of this file: delay-90-days"),
    (SCENARIOS, "drivers.price_change: -0.1", "drivers.price_change: -10", "drivers.price_change",
     "scenarios.price-minus-10.overrides.drivers.price_change", "for -10 % write -0.1"),
    (SCENARIOS, "drivers.price_change: -0.1", "drivers.prize: -0.1", "drivers.prize",
     "scenarios.price-minus-10.overrides.drivers.prize", "a driver: price_change"),
    (SCENARIOS, "ddtl.margin: 0.06", "dtl.margin: 0.06", "dtl.margin", "scenarios.wide-margin.overrides.dtl.margin",
     "with an id of atlas, spv, ddtl"),
    (SCENARIOS, "ddtl.margin: 0.06", "margin: 0.06", "    margin: 0.06", "scenarios.wide-margin.overrides.margin",
     "drivers.<name> or <id>.<input>"),
    (SCENARIOS, "ddtl.margin: 0.06", "ddtl.margin: six", "ddtl.margin", "scenarios.wide-margin.overrides.ddtl.margin",
     "plain number"),
    # ---- ranges
    (CONTRACTS, "range: [0.7, 1.6]", "range: [1.1, 1.6]", "range: [1.1", "contracts[atlas].tranches[1].opex.range",
     "with the value 0.9 between them"),
    (CONTRACTS, "range: [0.7, 1.6]", "range: [0.9, 0.9]", "range: [0.9", "contracts[atlas].tranches[1].opex.range",
     "two different ends, low before high"),
    (CONTRACTS, "range: [0.7, 1.6]", "range: [1.6, 0.7]", "range: [1.6", "contracts[atlas].tranches[1].opex.range",
     "low before high"),
    (CONTRACTS, "range: [0.7, 1.6]", "range: [0.7]", "range: [0.7]", "contracts[atlas].tranches[1].opex.range",
     "a list of at least 2 elements"),
    (CONTRACTS, "range: [0.7, 1.6]", "range: [0.7, 1, 2]", "range: [0.7, 1", "contracts[atlas].tranches[1].opex.range",
     "a list of at most 2 elements"),
    (CONTRACTS, "range: [0.7, 1.6]", "range: [0.7, .inf]", "range: [0.7, .inf", "contracts[atlas].tranches[1].opex.range[1]",
     "a finite number"),
    (CONTRACTS, "range: [0.7, 1.6]", "range: [-0.7, 1.6]", "range: [-0.7", "contracts[atlas].tranches[1].opex.range",
     "-0.7: allowed: USD m a month, at least 0"),
    (CONTRACTS, "opex: {value: 0.9, ", "opex: {", "range: [0.7", "contracts[atlas].tranches[1].opex.value",
     "a plain number, the central case of the range"),
    (CONTRACTS, "credit_to: {value: 2028-12-31, source: invented, grade: assumed", "credit_to: {value: 2028-12-31, source: "
     "invented, grade: assumed, range: [1, 2]", "credit_to:", "contracts[atlas].prepayments[0].credit_to.range",
     "in scenarios.yaml, under ranges"),
    (SCENARIOS, "high: {drivers.cost_change: 0.05}", "high: {drivers.cost_change: -0.05}", "  cost:", "ranges.cost",
     "low and high that differ"),
    (SCENARIOS, "high: {drivers.cost_change: 0.05}", "high: {drivers.cost_change: 10}", "high:",
     "ranges.cost.high.drivers.cost_change", "for 10 % write 0.1"),
    (SCENARIOS, "high: {drivers.cost_change: 0.05}", "high: {drivers.prize: 10}", "high:", "ranges.cost.high.drivers.prize",
     "a driver: price_change"),
    (SCENARIOS, "    high: {drivers.cost_change: 0.05}\n", "    high: {drivers.cost_change: 0.05}\n  again:\n    title: x\n"
     "    reason: x\n    source: x\n    grade: assumed\n    low: {drivers.cost_change: -0.2}\n",
     "low: {drivers.cost_change: -0.2}", "ranges.again.low.drivers.cost_change", "an input of one range: cost moves it"),
    (SCENARIOS, "  wide-margin:\n", "  base:\n", "  base:", "scenarios.base", "base is the case without overrides"),
    (CURVE, "0.042,rate", "4.2,rate", "4.2,rate", "value", "0.12 for 12 %"),
    (CURVE, "2026-12-31,", "31.12.2026,", "31.12.2026", "date", "an ISO date"),
    (CURVE, "date,value,", "day,value,", "day,value", "header", "header date,value"),
]


# ---- a case with every term ------------------------------------------------------------------------------------------

POWER, SPOT, FIRM, SHARE = "curves/power.csv", "curves/spot.csv", "curves/firm.csv", "curves/share.csv"
X = "source: x, grade: assumed}"


def n(value: float, unit: str) -> str:
    """A number with its unit, as YAML."""
    return f"{{value: {value}, unit: {unit}, {X}"


def d(day: str) -> str:
    """A date, as YAML."""
    return f"{{value: {day}, {X}"


MARKET = f"""
hardware:
  - id: gb300
    name: GB300
    source: x
    grade: press
    resale: {{1: {n(0.78, "share")}, 2: {n(0.6, "share")}, 4: {n(0.35, "share")}}}
    auction: {n(0.66, "share")}
    sold_as: auction
    sale_days: {n(31, "days")}
    spot_prices: spot
    contract_prices: firm
landlords:
  - {{id: core, name: Core, late_days: {n(0, "days")}}}
sites:
  - {{id: denton, name: Denton, landlord: core, late_days: {n(5, "days")}}}
contracts:
"""
MORE = f"""
  - id: mw
    name: By the megawatt
    obligor: Titan
    obligor_group: Titan group
    investment_grade: {{value: true, source: x, grade: filing}}
    obligor_disclosed: true
    kind: take_or_pay_mw
    payment_days: {n(45, "days")}
    sla: {n(0.02, "share")}
    uncollected: {n(0.01, "share")}
    notice_days: {n(91, "days")}
    claim_recovery: {n(0.4, "share")}
    claim_days: {n(365, "days")}
    taxes:
      - {{date: 2026-12-31, amount: {n(3, "USD m")}}}
    shares_given:
      - {{date: 2026-06-30, amount: {n(5, "USD m")}}}
    paid_in_shares:
      - {{date: 2026-09-30, amount: {n(2, "USD m")}}}
    receivables:
      - {{date: 2026-01-15, amount: {n(4, "USD m")}}}
    termination_fees:
      - {{date: 2026-01-16, amount: {n(40, "USD m")}}}
    residual_support: {{provider: Dealer, trigger: end of service, amount: {n(80, "USD m")}, source: x, grade: press}}
    tranches:
      - start: {d("2026-03-16")}
        end: {d("2029-03-15")}
        price: {n(12.5, "USD m per MW a year")}
        capacity: {n(11, "MW")}
        gpus: {n(7000, "no.")}
        escalator: {n(0.03, "rate")}
        escalates_from: {d("2027-04-01")}
        power_prices: power
        pue: {n(1.3, "factor")}
        load: {n(0.9, "share")}
        passed_through: {n(0.1, "share")}
        facility_charge: {n(99, "USD per kW-month")}
        staff: {n(0.5, "USD m a month")}
        maintenance: {n(0.4, "USD m a month")}
        insurance: {n(0.3, "USD m a month")}
        opex_escalator: {n(0.02, "rate")}
        rent_per_kw: {n(137.5, "USD per kW-month")}
        rent_start: {d("2026-01-10")}
        rent_end: {d("2029-03-14")}
        rent_escalator: {n(0.025, "rate")}
        rent_escalates_from: {d("2027-02-01")}
        rent_moves: {n(1, "flag")}
        site: denton
        late_days: {n(6, "days")}
        end_moves: {n(1, "flag")}
        long_stop: {d("2026-10-31")}
        given_up: {n(0.15, "share")}
        renewal_to: {d("2031-03-16")}
        renewal_at_market: true
        renewal_support: {{provider: Buyer, trigger: notice of a year, cap: {n(90, "USD m")}, source: x, grade: press}}
        redeployed_to: {d("2031-03-17")}
        idle_days: {n(120, "days")}
        redeployed_use: {n(0.8, "share")}
        fleet:
          - hardware: gb300
            gpus: {n(7001, "no.")}
            unit_price: {n(60, "USD k per GPU")}
            delivered: {d("2026-02-01")}
            life: {n(72, "months")}
            payments: [{{date: 2026-02-02, share: {n(0.3, "share")}}}, {{date: 2026-05-02, share: {n(0.7, "share")}}}]
    prepayments:
      - amount: {n(30, "USD m")}
        received_on: {d("2026-02-15")}
        credit: {{rule: years, first: 2, last: 3, source: invented, grade: assumed}}
        refundable: {n(1, "flag")}
      - held_before: {n(20, "USD m")}
        credit: {{rule: last_months, months: 6, source: invented, grade: assumed}}
      - held_before: {n(7, "USD m")}
        credit: {{rule: pro_rata, source: invented, grade: assumed}}
  - id: demand
    name: On demand
    obligor: Several
    kind: on_demand
    tranches:
      - start: {d("2026-03-17")}
        end: {d("2029-03-17")}
        price: {n(3.1, "USD per GPU-hour")}
        gpus: {n(7100, "no.")}
        utilisation: {n(0.71, "share")}
        margin: {n(0.61, "share")}
  - id: ramp
    name: Reserved
    obligor: Several
    kind: reserved
    tranches:
      - start: {d("2026-03-18")}
        end: {d("2029-03-18")}
        price: {n(3.2, "USD per GPU-hour")}
        gpus: {n(7200, "no.")}
        ramp: [{{date: 2026-03-18, share: {n(0.55, "share")}}}, {{date: 2026-05-18, share: {n(1, "share")}}}]
  - id: lse
    name: Lease
    obligor: Tenant
    kind: lease
    tranches:
      - start: {d("2026-03-19")}
        end: {d("2029-03-19")}
        price: {n(150, "USD per kW-month")}
        capacity: {n(10, "MW")}
  - id: hours
    name: By the hour
    obligor: Hours
    kind: take_or_pay_gpu
    tranches:
      - start: {d("2025-03-20")}
        end: {d("2029-03-20")}
        price: {n(2.3, "USD per GPU-hour")}
        gpus: {n(7300, "no.")}
        renewal_to: {d("2030-03-20")}
        renewal_price: {n(0.63, "share")}
  - id: stop
    name: Backstop
    obligor: Maker
    kind: backstop
    backs: [mw, lse]
    cap: {n(63, "USD m")}
    support: {{provider: Maker, trigger: capacity unsold, source: x, grade: press}}
    tranches:
      - start: {d("2026-03-21")}
        end: {d("2030-03-21")}
        price: {n(6.5, "USD m per MW a year")}
"""
SEEN = f"""
capacity:
  readings:
    - {{date: 2025-12-31, active_mw: {n(40, "MW")}, contracted_mw: {n(90, "MW")}, gpus: {n(9001, "no.")}}}
  targets:
    - {{date: 2026-12-31, active_mw: {n(80, "MW")}}}
concentration:
  limit: {n(0.35, "share")}
  readings:
    - {{date: 2025-12-31, share: {n(0.62, "share")}, of: revenue}}
"""
CORPORATE = f"""
name: Parent
liquidity:
  opening_cash: {n(51, "USD m")}
  payments:
    - {{date: 2026-03-31, amount: {n(1.25, "USD m")}}}
business:
  level: {n(0.31, "USD m a month")}
  plan: {{by_year: {{2027: {n(2.5, "USD m")}}}}}
overhead:
  monthly: {n(0.21, "USD m a month")}
premises:
  covers_contracts: {n(1, "flag")}
  rent: {{by_year: {{2026: {n(3.75, "USD m")}}}}}
tax:
  rate: {n(0.22, "rate")}
capex:
  - name: first purchase
    loan: ddtl
    advance: {n(0.81, "share")}
    plan: {{flows: [{{date: 2026-05-31, amount: {n(7.5, "USD m")}}}]}}
deposit:
  amount: {n(4.5, "USD m")}
  repaid_on: {d("2026-09-30")}
put:
  shares: {n(0.11, "m shares")}
  strike: {n(12.5, "USD")}
  exercisable_from: {d("2027-01-31")}
  lapse_above: {n(25.5, "USD")}
  share_prices: share
loan_tests:
  first_test: 2026-03-31
  last_test: 2027-12-31
  history:
    - {{date: 2025-09-30, amount: {n(8.25, "USD m")}}}
events:
  cross_default: {{date: 2030-06-30, source: invented, grade: assumed}}
"""

NARROW = f"""      - id: running
        serves: [opex]
        months_of_cost: {n(3, "no.")}
        months_of_power: {n(2, "no.")}
        held_before: {n(1.1, "USD m")}
        funding: [{{date: 2026-03-31, amount: {n(1.2, "USD m")}}}]
        releases: {n(1, "flag")}
      - id: dsra
        serves: [opex, fees, interest, principal]
        months_of_service: {n(6, "no.")}
        fixed_target: {n(1.3, "USD m")}
        balance_target: {n(0.07, "share")}
        target_cap: {n(66, "USD m")}
        letters: {n(6.6, "USD m")}
        letters_cash: {n(0.51, "share")}
"""
BINDS = f"""    covenants:
      - id: dscr
        test: dscr
        look: back
        months: {n(6, "no.")}
        first_test: {d("2026-09-30")}
        lock_up: {n(1.4, "x")}
        default: {n(1.15, "x")}
        clean_tests: {n(2, "no.")}
      - {{id: ahead, test: dscr, look: forward, lock_up: {n(1.21, "x")}}}
      - {{id: life, test: clcr, default: {n(1.01, "x")}}}
      - {{id: real, test: realisation, months: {n(4, "no.")}, lock_up: {n(0.85, "share")}}}
      - {{id: weak, test: non_ig, lock_up: {n(0.36, "share")}, default: {n(0.46, "share")}}}
      - {{id: floor, test: liquidity, lock_up: {n(12, "USD m")}, default: {n(11, "USD m")}}}
    cures: {{on: dscr, until: {d("2027-10-28")}, at_most: {n(33, "USD m")}, times: {n(4, "no.")}, source: x, grade: assumed}}
"""
PAYS = """        - fill running
        - fill dsra
        - fill reserve
        - sweep 50 % if dscr < lock_up and weak > lock_up
        - distribute 90 % if dscr >= lock_up and floor >= default and weak <= default
"""


def curve(unit: str, first: float, last: float) -> str:
    """Two points, straight between."""
    return f"date,value,unit,source,grade\n2025-01-01,{first},{unit},x,assumed\n2030-01-01,{last},{unit},x,assumed\n"


RICH = {file: starter_text(file) for file in STARTER}
RICH[CONTRACTS] = RICH[CONTRACTS].replace("\ncontracts:\n", MARKET) + MORE
UNRATED = "    investment_grade: {value: false, source: x, grade: filing}\n"
RICH[CONTRACTS] = RICH[CONTRACTS].replace("    obligor: Atlas AI\n", f"    obligor: Atlas AI\n{UNRATED}")
for old, new in (("    accounts:\n", f"    accounts:\n{NARROW}"), ("    waterfall:\n", f"{BINDS}    waterfall:\n"),
                 ("        - fill reserve\n        - distribute\n", PAYS)):
    RICH[DEBT] = RICH[DEBT].replace(old, new)
RICH[COMPANY] += SEEN + CORPORATE
RICH[CASE] = "\n".join(line for line in RICH[CASE].split("\n") if "deferred_revenue" not in line)
RICH |= {POWER: curve("USD per MWh", 60, 80), SPOT: curve("USD per GPU-hour", 3, 1), FIRM: curve("USD per GPU-hour", 3.5, 1.5),
         SHARE: curve("USD", 20, 20)}
RISK = "risk.yaml"
RICH[RISK] = f"""correlation: {n(0.25, 'share')}
degrees_of_freedom: {n(6, 'no.')}
ratings: {{BB: {n(0.09, 'share')}}}
unrated: {{investment_grade: BBB, other: BB, source: x, grade: assumed}}
obligors:
  Atlas AI:
    rating: {{value: BB, source: x, grade: press}}
    recovery: {n(0.3, 'share')}
  Maker:
    fails: [{{years: 1, share: {n(0.01, 'share')}}}, {{years: 5, share: {n(0.08, 'share')}}}]
delay: {{late: {n(0.4, 'share')}, median: {n(45, 'days')}, one_in_ten: {n(150, 'days')}, longest: {n(300, 'days')}}}
base_rate: {{volatility: {n(0.012, 'rate')}, reversion: {n(0.3, 'per year')}}}
"""
BOUNDS = "bounds.yaml"
RICH[BOUNDS] = f"""contracts:
  - id: maker
    name: Maker
    at_least: {n(10, 'USD m').replace('assumed', 'press')}
    at_most: {n(90, 'USD m').replace('assumed', 'press')}
    end: {{value: 2030-06-30, source: x, grade: press}}
  - {{id: others, name: Others}}
disclosures:
  - {{what: principal, words: on the maker, loans: [ddtl], contracts: [others, none], high: 0, unit: USD m, source: x,
     grade: press}}
  - {{what: margin, words: margins, low: 0.65, high: 0.9, unit: share, source: x, grade: press}}
  - {{what: revenue, words: early, contracts: [maker], first: 2026-01-01, last: 2026-12-31, low: 1, unit: USD m,
     source: x, grade: press}}
"""

MW, HOUR, KW, MONTH = "USD m per MW a year", "USD per GPU-hour", "USD per kW-month", "USD m a month"
TRANCHE, START = "contracts[mw].tranches[0]", "- start: {value: 2026-03-16"
PAID = "contracts[mw].prepayments"
RULE, PRO_RATA = "rule: last_months, months: 6", "credit: {rule: pro_rata, source: invented, grade: assumed}"
LOT = "          - {{hardware: h100, gpus: {}, unit_price: {}, delivered: {}, life: {}}}\n".format(
    n(5, "no."), n(61, "USD k per GPU"), d("2026-02-03"), n(72, "months"))
H100 = f"  - {{id: h100, name: H100, source: x, grade: press, resale: {{1: {n(0.5, 'share')}}}}}\n"
SECOND = (f"  - {{id: other, name: Second, obligor: Maker, kind: backstop, backs: [lse], cap: {n(9, 'USD m')}, tranches: "
          f"[{{start: {d('2026-01-01')}, end: {d('2028-01-01')}, price: {n(5, MW)}}}]}}\n")

BAD_RICH: list[tuple[str, str, str, str, str, str]] = [
    # ---- ids and places
    (CONTRACTS, "- id: hours", "- id: capacity", "- id: capacity", "contracts[capacity].id", "the model uses them"),
    (CONTRACTS, "- id: hours", "- id: obligor-1", "- id: obligor-1", "contracts[obligor-1].id", "the model uses them"),
    (CONTRACTS, "- id: hours", "- id: pool.gpu", "- id: pool.gpu", "contracts[pool.gpu].id", "the model uses them"),
    (CONTRACTS, "- id: hours", "- id: tranche-2", "- id: tranche-2", "contracts[tranche-2].id", "the model uses them"),
    (CONTRACTS, "id: denton, name", "id: mw, name", "- id: mw", "contracts[mw].id", "one of sites has it"),
    (CONTRACTS, "id: core, name", "id: ddtl, name", "landlord: core", "sites[denton].landlord", "a landlord: ddtl"),
    (CONTRACTS, "landlord: core", "landlord: cor", "landlord: cor", "sites[denton].landlord", "a landlord: core"),
    (CONTRACTS, "site: denton", "site: dallas", "site: dallas", f"{TRANCHE}.site", "a site: denton"),
    (CONTRACTS, "        site: denton\n", "", "{id: denton", "sites[denton].id", "!one that a tranche names"),
    (CONTRACTS, "landlord: core, ", "", "{id: core", "landlords[core].id", "!one that a site names"),
    (CONTRACTS, "- hardware: gb300", "- hardware: gb301", "- hardware: gb301", f"{TRANCHE}.fleet[0].hardware",
     "a class of hardware: gb300"),
    (CONTRACTS, "hardware:\n  - id: gb300", f"hardware:\n{H100}  - id: gb300", "{id: h100", "hardware[h100].id",
     "!one that a fleet names"),
    (CONTRACTS, "obligor: Hours", "obligor: TENANT", "obligor: TENANT", "contracts[hours].obligor", "!spelt as before, Tenant"),
    (CONTRACTS, "obligor_disclosed: true", "obligor_disclosed: 1", "obligor_disclosed: 1", "contracts[mw].obligor_disclosed",
     "true or false"),
    # ---- clauses that are stated in part
    (CONTRACTS, f"        pue: {n(1.3, 'factor')}\n", "", START, f"{TRANCHE}.pue", "required with load, passed_through, power_"),
    (CONTRACTS, "        power_prices: power\n", "", START, f"{TRANCHE}.power_prices", "required with pue"),
    (CONTRACTS, f"        idle_days: {n(120, 'days')}\n", "", START, f"{TRANCHE}.idle_days", "required with redeployed_to"),
    (CONTRACTS, f"        redeployed_to: {d('2031-03-17')}\n", "", START, f"{TRANCHE}.redeployed_to", "required with idle_days"),
    (CONTRACTS, f"        renewal_to: {d('2030-03-20')}\n", "", "- start: {value: 2025-03-20",
     "contracts[hours].tranches[0].renewal_to", "required with renewal_price"),
    (CONTRACTS, f"        gpus: {n(7000, 'no.')}\n", "", START, f"{TRANCHE}.gpus", "required with idle_days, redeployed_to"),
    (CONTRACTS, f"        capacity: {n(11, 'MW')}\n", "", START, f"{TRANCHE}.capacity", "required: Capacity, IT load [MW]"),
    (CONTRACTS, f"        rent_start: {d('2026-01-10')}\n", "", START, f"{TRANCHE}.rent_start", "required with rent_end"),
    (CONTRACTS, f"        rent_per_kw: {n(137.5, KW)}\n", "", START, f"{TRANCHE}.rent", "rent or rent_per_kw"),
    (CONTRACTS, f"        escalator: {n(0.03, 'rate')}\n", "", START, f"{TRANCHE}.escalator", "required with escalates_from"),
    (CONTRACTS, f"        long_stop: {d('2026-10-31')}\n", "", START, f"{TRANCHE}.long_stop", "required with given_up"),
    (CONTRACTS, "renewal_at_market: true", "renewal_at_market: false", "renewal_at_market", f"{TRANCHE}.renewal_at_market",
     "true, or no key at all"),
    (CONTRACTS, "renewal_at_market: true", f"renewal_at_market: true\n        renewal_price: {n(0.8, 'share')}", "renewal_price: "
     "{value: 0.8", f"{TRANCHE}.renewal_price", "no price beside renewal_at_market"),
    (CONTRACTS, "    contract_prices: firm\n", "", "        fleet:", f"{TRANCHE}.fleet", "required with renewal_at_market"),
    (CONTRACTS, "    spot_prices: spot\n", "", "        fleet:", f"{TRANCHE}.fleet", "required with redeployed_to"),
    (CONTRACTS, f"    cap: {n(63, 'USD m')}\n", "", "- id: stop", "contracts[stop].cap", "required: a number"),
    # ---- curves
    (POWER, "60,USD per MWh", "60,USD per kWh", "date,value", "unit", "unit must be 'USD per MWh'"),
    (CONTRACTS, "spot_prices: spot", "spot_prices: nope", "spot_prices: nope", "hardware[gb300].spot_prices",
     "a file of curves/: firm, power"),
    (POWER, "2025-01-01,60,", "2025-01-01,0.06,", "date,value", "value", "!5 to 500 USD per MWh is usual"),
    # ---- units, ranges, types
    (CONTRACTS, n(150, KW), n(150, MONTH), "price: {value: 150", "contracts[lse].tranches[0].price.unit", "USD per kW-month"),
    (CONTRACTS, n(10, "MW"), n(10, "kW"), "capacity: {value: 10,", "contracts[lse].tranches[0].capacity.unit",
     "unit must be 'MW'"),
    (CONTRACTS, n(7200, "no."), n(7200, "GPUs"), "gpus: {value: 7200", "contracts[ramp].tranches[0].gpus.unit",
     "unit must be 'no.'"),
    (CONTRACTS, n(11, "MW"), "11", "capacity: 11", f"{TRANCHE}.capacity", "a number with value, unit"),
    (CONTRACTS, n(0.71, "share"), n(71, "share"), "utilisation", "contracts[demand].tranches[0].utilisation.value",
     "for 71 % write 0.71"),
    (CONTRACTS, n(1.3, "factor"), n(0.3, "factor"), "pue:", f"{TRANCHE}.pue.value", "at least 1 and at most 3"),
    (CONTRACTS, n(1.3, "factor"), n(2.5, "factor"), "pue:", f"{TRANCHE}.pue.value", "!1 to 2 factor is usual"),
    (CONTRACTS, n(0.03, "rate"), n(3, "rate"), "  escalator: {value: 3,", f"{TRANCHE}.escalator.value", "for 3 % write 0.03"),
    (CONTRACTS, n(0.03, "rate"), n(0.3, "rate"), "  escalator: {value: 0.3,", f"{TRANCHE}.escalator.value",
     "!-0.1 to 0.15 rate is usual"),
    (CONTRACTS, n(2.3, HOUR), n(230, HOUR), "price: {value: 230", "contracts[hours].tranches[0].price.value",
     "!0.1 to 50 USD per GPU"),
    (CONTRACTS, n(6.5, MW), n(6500, MW), "price: {value: 6500", "contracts[stop].tranches[0].price.value",
     "!0.1 to 100 USD m per MW"),
    (CONTRACTS, n(45, "days"), n(45.5, "days"), "payment_days", "contracts[mw].payment_days.value", "a whole number of days"),
    (CONTRACTS, n(45, "days"), n(4, "months"), "payment_days", "contracts[mw].payment_days.unit", "unit must be 'days'"),
    (CONTRACTS, n(45, "days"), n(700, "days"), "payment_days", "contracts[mw].payment_days.value", "!0 to 180 days is usual"),
    (CONTRACTS, n(120, "days"), n(120.5, "days"), "idle_days", f"{TRANCHE}.idle_days.value", "a whole number of days"),
    (CONTRACTS, n(5, "days"), n(5.5, "days"), "{id: denton", "sites[denton].late_days.value", "a whole number of days"),
    (CONTRACTS, n(0, "days"), n(0.5, "days"), "{id: core", "landlords[core].late_days.value", "a whole number of days"),
    (CONTRACTS, n(31, "days"), n(31.5, "days"), "sale_days", "hardware[gb300].sale_days.value", "a whole number of days"),
    (CONTRACTS, f"rent_moves: {n(1, 'flag')}", f"rent_moves: {n(0.5, 'flag')}", "rent_moves", f"{TRANCHE}.rent_moves.value",
     "0 (no) or 1 (yes)"),
    (CONTRACTS, f"refundable: {n(1, 'flag')}", f"refundable: {n(0.5, 'flag')}", "refundable", f"{PAID}[0].refundable.value",
     "0 (no) or 1 (yes)"),
    (DEBT, "margin: {value: 0.09, unit: rate, source: invented, grade: assumed}\n    maturity: {value: 2027",
     f"amortisation_moves: {n(0.5, 'flag')}\n    margin: {{value: 0.09, unit: rate, source: invented, grade: assumed}}\n    "
     "maturity: {value: 2027", "amortisation_moves", "instruments[vendor].amortisation_moves.value", "0 (no) or 1 (yes)"),
    # ---- dates
    (CONTRACTS, d("2026-10-31"), d("2026-01-31"), "long_stop", f"{TRANCHE}.long_stop", "on or after start, 2026-03-16"),
    (CONTRACTS, d("2026-10-31"), d("2036-10-31"), "long_stop", f"{TRANCHE}.long_stop", "!a date by 2029-03-15"),
    (CONTRACTS, d("2031-03-16"), d("2028-03-16"), "renewal_to: {value: 2028", f"{TRANCHE}.renewal_to",
     "on or after end, 2029-03-15"),
    (CONTRACTS, d("2031-03-16"), d("2058-03-16"), "renewal_to: {value: 2058", f"{TRANCHE}.renewal_to.value", "within 240 months"),
    (CONTRACTS, d("2031-03-17"), d("2025-03-17"), "redeployed_to", f"{TRANCHE}.redeployed_to", "on or after start"),
    (CONTRACTS, d("2031-03-17"), d("2026-03-17"), "redeployed_to", f"{TRANCHE}.redeployed_to", "!a date after end, 2029-03-15"),
    (CONTRACTS, d("2027-04-01"), d("2025-04-01"), "  escalates_from", f"{TRANCHE}.escalates_from", "on or after start"),
    (CONTRACTS, d("2027-04-01"), d("2037-04-01"), "  escalates_from", f"{TRANCHE}.escalates_from", "!a date by 2029-03-15"),
    (CONTRACTS, d("2027-02-01"), d("2025-02-01"), "rent_escalates_from", f"{TRANCHE}.rent_escalates_from",
     "on or after rent_start"),
    (CONTRACTS, d("2026-03-16"), d("2025-12-16"), "  late_days: {value: 6,", f"{TRANCHE}.late_days",
     "!in service since 2025-12-16"),
    (CONTRACTS, "date: 2026-01-15", "date: 2025-01-15", "date: 2025-01-15", "contracts[mw].receivables[0].date", "after as_of"),
    (CONTRACTS, "date: 2026-01-15", "date: 2060-01-15", "date: 2060-01-15", "contracts[mw].receivables[0].date", "240 months"),
    (CONTRACTS, "date: 2026-12-31", "date: 2016-12-31", "date: 2016-12-31", "contracts[mw].taxes[0].date", "after as_of"),
    (CONTRACTS, "date: 2026-12-31", "date: 2046-12-31", "date: 2046-12-31", "contracts[mw].taxes[0].date", "240 months"),
    (CONTRACTS, "date: 2026-09-30", "date: 2036-09-30", "date: 2036-09-30", "contracts[mw].paid_in_shares[0].date",
     "!a date by 2029"),
    (CONTRACTS, "- {date: 2026-01-16", f"- {{date: 2026-01-16, amount: {n(41, 'USD m')}}}\n      - {{date: 2026-01-16",
     "amount: {value: 40", "contracts[mw].termination_fees[1].date", "a date given once"),
    # ---- ramps, GPUs
    (CONTRACTS, "date: 2026-05-18", "date: 2026-03-18", "ramp: [", "contracts[ramp].tranches[0].ramp[1].date",
     "a date given once"),
    (CONTRACTS, f"{{date: 2026-03-18, share: {n(0.55, 'share')}}}, ", "", "ramp: [", "contracts[ramp].tranches[0].ramp",
     "!nothing is reserved from start, 2026-03-18"),
    (CONTRACTS, "date: 2026-05-18", "date: 2036-05-18", "ramp: [", "contracts[ramp].tranches[0].ramp[1].date",
     "!a date by 2029-03-18"),
    (CONTRACTS, n(0.55, "share"), n(55, "share"), "ramp: [", "contracts[ramp].tranches[0].ramp[0].share.value", "write 0.55"),
    (CONTRACTS, "ramp: [", "ramp: []  # [", "ramp: [", "contracts[ramp].tranches[0].ramp", "a list of at least 1 element"),
    (CONTRACTS, n(0.7, "share"), n(0.6, "share"), "payments: [", f"{TRANCHE}.fleet[0].payments", "add up to 1"),
    (CONTRACTS, "date: 2026-05-02", "date: 2099-05-02", "payments: [", f"{TRANCHE}.fleet[0].payments[1].date", "240 months"),
    (CONTRACTS, n(60, "USD k per GPU"), n(60000, "USD k per GPU"), "unit_price", f"{TRANCHE}.fleet[0].unit_price.value",
     "!1 to 1000 USD k per GPU is usual"),
    (CONTRACTS, n(72, "months"), n(6, "months"), "life:", f"{TRANCHE}.fleet[0].life.value", "!24 to 120 months is usual"),
    (CONTRACTS, d("2026-02-01"), d("2036-02-01"), "delivered", f"{TRANCHE}.fleet[0].delivered",
     "by the end of service, 2029-03-15"),
    (CONTRACTS, d("2026-02-01"), d("2026-05-01"), "delivered", f"{TRANCHE}.fleet[0].delivered", "!service starts before"),
    (CONTRACTS, n(7000, "no."), n(9000, "no."), "gpus: {value: 9000", f"{TRANCHE}.gpus", "!7001 GPUs are in fleet"),
    (CONTRACTS, "    kind: take_or_pay_mw\n", f"    kind: take_or_pay_mw\n    capex: {n(421, 'USD m')}\n", "capex: {value: 421",
     "contracts[mw].capex", "not with fleet"),
    (CONTRACTS, "resale: {1: ", "resale: {one: ", "resale:", "hardware[gb300].resale.one", "an age in whole years as key"),
    (CONTRACTS, "resale: {1: ", "resale: {30: ", "resale:", "hardware[gb300].resale.30", "an age of 0 to 20 years"),
    (CONTRACTS, n(0.6, "share"), n(0.9, "share"), "resale:", "hardware[gb300].resale.2", "!at most 0.78, as at an age of 1"),
    (CONTRACTS, n(0.6, "share"), n(60, "share"), "resale:", "hardware[gb300].resale.2.value", "for 60 % write 0.6"),
    (CONTRACTS, n(0.66, "share"), n(66, "share"), "  auction:", "hardware[gb300].auction.value", "for 66 % write 0.66"),
    (CONTRACTS, "sold_as: auction", "sold_as: aution", "sold_as", "hardware[gb300].sold_as", "did you mean auction?"),
    # ---- prepayments
    (CONTRACTS, "first: 2, last: 3", "first: 2, last: 9", "first: 2, last: 9", f"{PAID}[0].credit.last",
     "!a contract year within service"),
    (CONTRACTS, "first: 2, last: 3", "first: 3, last: 2", "first: 3, last: 2", f"{PAID}[0].credit.last", "from first, 3, on"),
    (CONTRACTS, RULE, "rule: last_months", "rule: last_months", f"{PAID}[1].credit.months", "required by last_months"),
    (CONTRACTS, RULE, "rule: last_months, months: 200", "months: 200", f"{PAID}[1].credit.months", "months within service"),
    (CONTRACTS, RULE, "rule: weekly", "rule: weekly", f"{PAID}[1].credit.rule", "one of last_months, years, pro_rata"),
    (CONTRACTS, RULE, "rule: years, first: 0, last: 2", "first: 0", f"{PAID}[1].credit.first", "at least 1"),
    (CONTRACTS, "rule: pro_rata", "rule: pro_rata, months: 4", "months: 4", f"{PAID}[2].credit.months", "not with pro_rata"),
    (CONTRACTS, f"        {PRO_RATA}\n", "", "- held_before: {value: 7,", f"{PAID}[2].credit_from", "required without a rule"),
    (CONTRACTS, PRO_RATA, f"{PRO_RATA}\n        credit_to: {d('2027-01-01')}", "credit_to: {value: 2027", f"{PAID}[2].credit_to",
     "no window beside a rule"),
    (CONTRACTS, PRO_RATA, f"credit_from: {d('2024-04-01')}\n        credit_to: {d('2025-04-01')}", "credit_to: {value: 2025",
     f"{PAID}[2].credit_to", "a date after as_of"),
    (CONTRACTS, PRO_RATA, f"credit_from: {d('2034-04-01')}\n        credit_to: {d('2035-04-01')}", "credit_from: {value: 2034",
     f"{PAID}[2].credit_from", "by the end of service, 2029-03-15"),
    (CONTRACTS, PRO_RATA, f"credit_from: {d('2026-04-01')}\n        credit_to: {d('2036-04-01')}", "credit_to: {value: 2036",
     f"{PAID}[2].credit_to", "!the rest is paid back or kept"),
    (CONTRACTS, d("2026-02-15"), d("2035-02-15"), "received_on", f"{PAID}[0].received_on", "by the last day of crediting"),
    (CONTRACTS, f"- amount: {n(30, 'USD m')}", f"- held_before: {n(30, 'USD m')}", "received_on", f"{PAID}[0].received_on",
     "with an amount to be received only"),
    (CONTRACTS, f"held_before: {n(20, 'USD m')}", f"refundable: {n(0, 'flag')}", "refundable: {value: 0", f"{PAID}[1].amount",
     "amount, still to be received, or held_before"),
    # ---- loss, shares, costs, what has no effect
    (CONTRACTS, f"notice_days: {n(91, 'days')}", f"lost_after: {n(9000, 'days')}", "lost_after", "contracts[mw].lost_after.value",
     "at most 8000"),
    (CONTRACTS, f"notice_days: {n(91, 'days')}", f"lost_after: {n(7999, 'days')}", "lost_after", "contracts[mw].lost_after",
     "!less than 1170 days"),
    (CONTRACTS, f"notice_days: {n(91, 'days')}", f"lost_after: {n(500, 'days')}", "lost_after", "contracts[mw].lost_after",
     "!the base case loses the contract"),
    (CONTRACTS, f"claim_recovery: {n(0.4, 'share')}", f"claim_recovery: {n(1.4, 'share')}", "claim_recovery",
     "contracts[mw].claim_recovery.value", "at most 1"),
    (CONTRACTS, f"claim_days: {n(365, 'days')}", f"claim_days: {n(36.5, 'days')}", "claim_days",
     "contracts[mw].claim_days.value", "a whole number of days"),
    (CONTRACTS, f"amount: {n(5, 'USD m')}", f"amount: {n(50000, 'USD m')}", "shares_given", "contracts[mw].shares_given",
     "!more than all bills to come"),
    (CONTRACTS, f"amount: {n(2, 'USD m')}", f"amount: {n(2000, 'USD m')}", "2026-09-30", "contracts[mw].paid_in_shares[0].amount",
     "!more than the bill of that month"),
    (CONTRACTS, f"amount: {n(4, 'USD m')}", f"amount: {n(4, 'USD k')}", "2026-01-15", "contracts[mw].receivables[0].amount.unit",
     "unit must be 'USD m'"),
    (CONTRACTS, f"margin: {n(0.61, 'share')}", f"margin: {n(0.61, 'share')}\n        staff: {n(1, MONTH)}",
     "margin: {value: 0.61",
     "contracts[demand].tranches[0].margin", "!not on top of staff"),
    (CONTRACTS, n(10, "MW"), n(0, "MW"), "capacity: {value: 0,", "contracts[lse].tranches[0].capacity", "!a tranche of nothing?"),
    (CONTRACTS, "kind: on_demand", f"kind: on_demand\n    sla: {n(0.1, 'share')}", "sla: {value: 0.1", "contracts[demand].sla",
     "not with kind on demand"),
    (CONTRACTS, n(0.71, "share"), f"{n(0.71, 'share')}\n        renewal_to: {d('2030-01-01')}", "renewal_to: {value: 2030-01",
     "contracts[demand].tranches[0].renewal_to", "not with kind on demand"),
    (CONTRACTS, "kind: backstop", f"kind: backstop\n    receivables: [{{date: 2026-02-15, amount: {n(1, 'USD m')}}}]",
     "receivables: [",
     "contracts[stop].receivables", "not with kind backstop"),
    (CONTRACTS, n(6.5, MW), f"{n(6.5, MW)}\n        opex: {n(1.7, MONTH)}", "opex: {value: 1.7",
     "contracts[stop].tranches[0].opex",
     "not with kind backstop"),
    # ---- boxes: which there are
    (DEBT, "box: spv\n    day_count: 30/360", "day_count: 30/360", "- id: vendor", "instruments[vendor].box", "stands in a box"),
    (DEBT, "boxes:\n", f"boxes:\n  - {{id: idle, name: Idle, ring_fenced: true, waterfall: {{steps: [pay opex], {X}}}\n",
     "{id: idle", "boxes[idle].id", "!a box that an instrument names"),
    (DEBT, "kind: vendor\n", f"kind: vendor\n    proceeds: [{{date: 2026-06-30, amount: {n(1, 'USD m')}}}]\n", "proceeds:",
     "instruments[vendor].proceeds", "!cash that the box does not have"),
    # ---- boxes: steps
    (DEBT, "- fill running", "- fill dsra of ddtl", "- fill dsra of", "boxes[spv].waterfall.steps[4]", "one of: pay opex"),
    (DEBT, "- sweep 50 % if dscr < lock_up and weak > lock_up", "- sweep 50 % if dscr < lock_up or weak > lock_up", "- sweep",
     "boxes[spv].waterfall.steps[7]", "sweep 50 % [if COVENANT"),
    (DEBT, "- sweep 50 %", "- sweep 150 %", "- sweep", "boxes[spv].waterfall.steps[7]", "at most 100 %"),
    (DEBT, "- sweep 50 %", "- distribute 10 %\n        - distribute 10 %  # twice\n        - sweep 50 %", "# twice",
     "boxes[spv].waterfall.steps[8]", "a step that is written once"),
    (DEBT, "- fill dsra", "- fill running  # twice", "# twice", "boxes[spv].waterfall.steps[5]", "an account of this box, once"),
    (DEBT, "- pay opex", "- pay opex of ddtl", "- pay opex", "boxes[spv].waterfall.steps[0]", "cost belongs to contracts"),
    (DEBT, "- pay interest", "- pay interest of ddtl", "steps:", "boxes[spv].waterfall.steps", "pays interest of every loan"),
    (DEBT, "- pay principal", "- pay principal\n        - pay balloon of ddtl", "steps:", "boxes[spv].waterfall.steps",
     "one step that pays balloon of every"),
    (DEBT, "weak <= default", "weak >= default", "- distribute", "boxes[spv].waterfall.steps[8]", "weak <= or > a level"),
    (DEBT, "dscr < lock_up and", "dscr > lock_up and", "- sweep", "boxes[spv].waterfall.steps[7]", "dscr >= or < a level"),
    (DEBT, "dscr < lock_up and", "dsrc < lock_up and", "- sweep", "boxes[spv].waterfall.steps[7]",
     "a covenant of this box: dscr, ahead"),
    (DEBT, "- pay fees", "- {step: pay fees, sorce: x, grade: assumed}", "- {step", "boxes[spv].waterfall.steps[1].sorce",
     "not a key here; allowed: source, grade, step; did you mean source?"),
    (DEBT, "- pay fees", "- {step: pay fee, source: x, grade: assumed}", "- {step", "boxes[spv].waterfall.steps[1]",
     "one of: pay opex"),
    (DEBT, "- pay fees", "- 7", "- 7", "boxes[spv].waterfall.steps[1]", "text; put quotes"),
    # ---- boxes: accounts
    (DEBT, "- id: dsra\n", "- id: running  # again\n", "# again", "boxes[spv].accounts[running].id", "nothing else of this box"),
    (DEBT, "- id: running", "- id: sweep-2", "- id: sweep-2", "boxes[spv].accounts[sweep-2].id", "nothing else of this box"),
    (DEBT, "- id: running", "- id: dsra.1", "- id: dsra.1", "boxes[spv].accounts[dsra.1].id", "a name without a dot"),
    (DEBT, "serves: [opex]", "serves: []", "serves: []", "boxes[spv].accounts[running].serves", "at least 1"),
    (DEBT, "serves: [opex]", "serves: [rent]", "serves: [rent]", "boxes[spv].accounts[running].serves[0]", "one of opex"),
    (DEBT, "- id: reserve\n", "- id: reserve\n        serves: [principal]\n", "serves: [principal]",
     "boxes[spv].accounts[reserve].serves", "all that dsra before it serves (opex, fees, interest, principal), or nothing"),
    (DEBT, f"months_of_cost: {n(3, 'no.')}", f"months_of_cost: {n(3, 'months')}", "months_of_cost",
     "boxes[spv].accounts[running].months_of_cost.unit", "unit must be 'no.'"),
    (DEBT, f"months_of_service: {n(6, 'no.')}", f"months_of_service: {n(2.5, 'no.')}", "months_of_service",
     "boxes[spv].accounts[dsra].months_of_service.value", "a whole number"),
    (DEBT, f"months_of_power: {n(2, 'no.')}", f"months_of_power: {n(36, 'no.')}", "months_of_power",
     "boxes[spv].accounts[running].months_of_power.value", "at most 24"),
    (DEBT, "funding: [{date: 2026-03-31", "funding: [{date: 2025-03-31", "funding:",
     "boxes[spv].accounts[running].funding[0].date", "after as_of"),
    (DEBT, "        - fill dsra\n", "", "- id: dsra", "boxes[spv].accounts[dsra].id", "!an account that a step fills"),
    # ---- boxes: covenants and cures
    (DEBT, "- {id: ahead,", "- {id: dsra,", "{id: dsra,", "boxes[spv].covenants[dsra].id", "nothing else of this box"),
    (DEBT, "- {id: ahead,", "- {id: interest.ddtl,", "{id: interest.ddtl", "boxes[spv].covenants[interest.ddtl].id",
     "a name without a dot"),
    (DEBT, f", default: {n(1.01, 'x')}", "", "{id: life", "boxes[spv].covenants[life]", "a test without a level"),
    (DEBT, n(1.15, "x"), n(1.5, "x"), n(1.4, "x"), "boxes[spv].covenants[dscr].lock_up.value", "at least the default level, 1.5"),
    (DEBT, n(0.46, "share"), n(0.3, "share"), "{id: weak", "boxes[spv].covenants[weak].lock_up.value",
     "at most the default level, 0.3"),
    (DEBT, "{id: real, test: realisation", "{id: real, look: forward, test: realisation", "{id: real",
     "boxes[spv].covenants[real].look", "only a dscr test looks forward"),
    (DEBT, f"{{id: ahead, test: dscr, look: forward, lock_up: {n(1.21, 'x')}",
     f"{{id: ahead, test: ltv, lock_up: {n(1.2, 'share')}",
     "{id: ahead", "boxes[spv].covenants[ahead].test", "loans with collateral: ddtl, vendor state none"),
    (CONTRACTS, UNRATED, "", "{id: weak", "boxes[spv].covenants[weak].test", "atlas do not"),
    (DEBT, "test: clcr", "test: llcr", "test: llcr", "boxes[spv].covenants[life].test", "one of dscr, clcr"),
    (DEBT, n(12, "USD m"), n(12, "x"), "{id: floor", "boxes[spv].covenants[floor].lock_up.unit", "unit must be 'USD m'"),
    (DEBT, n(0.85, "share"), n(85, "share"), "{id: real", "boxes[spv].covenants[real].lock_up.value", "for 85 % write 0.85"),
    (DEBT, f"clean_tests: {n(2, 'no.')}", f"clean_tests: {n(1.5, 'no.')}", "clean_tests",
     "boxes[spv].covenants[dscr].clean_tests.value", "a whole number"),
    (DEBT, f"months: {n(4, 'no.')}", f"months: {n(40, 'no.')}", "{id: real", "boxes[spv].covenants[real].months.value",
     "at most 36"),
    (DEBT, "2026-09-30, source: x", "2036-09-30, source: x", "first_test", "boxes[spv].covenants[dscr].first_test",
     "!never tested"),
    (DEBT, "cures: {on: dscr", "cures: {on: ahead", "cures:", "boxes[spv].cures.on",
     "a covenant of this box with a default level"),
    (DEBT, f"times: {n(4, 'no.')}", f"times: {n(4.5, 'no.')}", "cures:", "boxes[spv].cures.times.value", "a whole number"),
    (DEBT, f"until: {d('2027-10-28')}, ", "", "cures:", "boxes[spv].cures.until", "required: Last day of cures"),
    (DEBT, f"at_most: {n(33, 'USD m')}", f"at_most: {n(-1, 'USD m')}", "cures:", "boxes[spv].cures.at_most.value", "at least 0"),
    # ---- backstops
    (CONTRACTS, "backs: [mw, lse]", "backs: [mw, stop]", "backs:", "contracts[stop].backs[1]", "a contract that is no backstop"),
    (CONTRACTS, "backs: [mw, lse]", "backs: [mw, zip]", "backs:", "contracts[stop].backs[1]",
     "a contract that is no backstop: atlas"),
    (CONTRACTS, "backs: [mw, lse]", "backs: [mw, hours]", "backs:", "contracts[stop].backs[1]", "state their capacity in MW"),
    (CONTRACTS, "backs: [mw, lse]", "backs: [mw, mw]", "backs:", "contracts[stop].backs[1]", "a contract named once"),
    (CONTRACTS, "  - id: stop\n", f"{SECOND}  - id: stop\n", "backs: [mw, lse]", "contracts[stop].backs[1]", "!it counts twice"),
    (CONTRACTS, f"cap: {n(63, 'USD m')}", f"cap: {n(63, 'MW')}", "cap: {value: 63", "contracts[stop].cap.unit",
     "unit must be 'USD m'"),
    (CONTRACTS, "kind: lease", "kind: lease\n    backs: [mw]", "backs: [mw]", "contracts[lse].backs", "not a key here"),
    # ---- the company
    (COMPANY, n(80, "MW"), n(80, "GW"), "value: 80", "capacity.targets[0].active_mw.unit", "unit must be 'MW'"),
    (COMPANY, n(9001, "no."), n(9001, "k"), "value: 9001", "capacity.readings[0].gpus.unit", "unit must be 'no.'"),
    (COMPANY, n(90, "MW"), n(9, "MW"), "value: 9,", "capacity.readings[0].contracted_mw", "!at least active_mw, 40?"),
    (COMPANY, "date: 2026-12-31", "date: 2024-12-31", "2024-12-31", "capacity.targets[0].date", "a date after as_of"),
    (COMPANY, "date: 2025-12-31, active", "date: 2026-06-30, active", "2026-06-30", "capacity.readings[0].date", "by as_of"),
    (COMPANY, "date: 2026-12-31", "date: 2126-12-31", "2126-12-31", "capacity.targets[0].date", "a date in 2000..2100"),
    (COMPANY, "  targets:\n", f"  targets:\n    - {{date: 2026-12-31, active_mw: {n(81, 'MW')}}}\n", "value: 80",
     "capacity.targets[1].date", "a date given once in targets"),
    (COMPANY, n(0.35, "share"), n(35, "share"), "value: 35", "concentration.limit.value", "for 35 % write 0.35"),
    (COMPANY, n(0.62, "share"), n(0.62, "rate"), "value: 0.62", "concentration.readings[0].share.unit", "unit must be 'share'"),
    (COMPANY, "date: 2025-12-31, share", "date: 2026-06-30, share", "2026-06-30", "concentration.readings[0].date", "by as_of"),
    (COMPANY, "of: revenue", "of: 7", "of: 7", "concentration.readings[0].of", "text; put quotes"),
    (COMPANY, "capacity:\n", "capacty:\n", "capacty:", "capacty", "did you mean capacity?"),
    # ---- its own money
    (COMPANY, "liquidity:\n", "liquidty:\n", "liquidty:", "liquidty", "did you mean liquidity?"),
    (COMPANY, n(51, "USD m"), n(51, "USD bn"), "value: 51", "liquidity.opening_cash.unit", "unit must be 'USD m'"),
    (COMPANY, n(1.25, "USD m"), n(-1.25, "USD m"), "value: -1.25", "liquidity.payments[0].amount.value", "at least 0"),
    (COMPANY, "date: 2026-03-31, amount", "date: 2025-03-31, amount", "date: 2025-03-31", "liquidity.payments[0].date",
     "a date after as_of"),
    (COMPANY, "date: 2026-03-31, amount", "date: 2036-03-31, amount", "date: 2036-03-31", "liquidity.payments[0].date",
     "!it counts for nothing"),
    (COMPANY, "by_year: {2027:", "by_year: {2025:", "2025: {value: 2.5", "business.plan.by_year.2025", "a year in 2026..2100"),
    (COMPANY, n(2.5, "USD m"), n(2.5, "USD k"), "2027: {value: 2.5", "business.plan.by_year.2027.unit", "unit must be 'USD m'"),
    (COMPANY, n(0.21, "USD m a month"), n(-0.21, "USD m a month"), "value: -0.21", "overhead.monthly.value", "at least 0"),
    (COMPANY, f"covers_contracts: {n(1, 'flag')}", f"covers_contracts: {n(0.5, 'flag')}", "covers_contracts:",
     "premises.covers_contracts.value", "0 (no) or 1 (yes)"),
    (COMPANY, n(0.22, "rate"), n(22, "rate"), "value: 22,", "tax.rate.value", "for 22 % write 0.22"),
    (COMPANY, "loan: ddtl\n", "loan: ddlt\n", "loan: ddlt", "capex[0].loan", "an instrument of debt.yaml: ddtl"),
    (COMPANY, f"    advance: {n(0.81, 'share')}\n", "", "- name: first purchase", "capex[0].advance",
     "ddtl states no advance_rate"),
    (COMPANY, n(0.81, "share"), n(81, "share"), "value: 81", "capex[0].advance.value", "for 81 % write 0.81"),
    (COMPANY, f"{{flows: [{{date: 2026-05-31, amount: {n(7.5, 'USD m')}}}]}}", "{flows: []}", "flows: []", "capex[0].plan",
     "amounts: flows or by_year"),
    (COMPANY, f"repaid_on: {d('2026-09-30')}", f"repaid_on: {d('2024-09-30')}", "repaid_on:", "deposit.repaid_on.value",
     "a date after as_of"),
    (COMPANY, "share_prices: share", "share_prices: chare", "share_prices:", "put.share_prices", "a file of curves/: "),
    (SHARE, curve("USD", 20, 20), curve("rate", 0.2, 0.2), "date,value", "unit", "unit must be 'USD'"),
    (COMPANY, n(25.5, "USD"), n(11.5, "USD"), "value: 11.5", "put.lapse_above.value", "a price above the strike, 12.5"),
    (COMPANY, "last_test: 2027-12-31", "last_test: 2026-01-31", "last_test:", "loan_tests.last_test", "on or after first_test"),
    (COMPANY, "first_test: 2026-03-31", "first_test: 2025-03-31", "first_test:", "loan_tests.first_test", "a date after as_of"),
    (COMPANY, "date: 2025-09-30, amount", "date: 2024-09-30, amount", "date: 2024-09-30", "loan_tests.history[0].date",
     "a date in the 12 months to as_of"),
    (COMPANY, "cross_default: {date: 2030-06-30", "cross_default: {date: 2020-06-30", "cross_default:",
     "events.cross_default.date", "a date after as_of"),
    # ---- scenarios
    (SCENARIOS, "drivers.delay_days: 90", "drivers.cross_default: 2.5", "cross_default",
     "scenarios.delay-90-days.overrides.drivers.cross_default", "a whole number of months"),
    (SCENARIOS, "drivers.delay_days: 90", "drivers.delay_days: 90.5", "90.5",
     "scenarios.delay-90-days.overrides.drivers.delay_days",
     "a whole number of days"),
    (SCENARIOS, "drivers.delay_days: 90", "drivers.renewals: 0.5", "renewals",
     "scenarios.delay-90-days.overrides.drivers.renewals",
     "0 (no) or 1 (yes)"),
    # ---- documented support
    (CONTRACTS, f"cap: {n(90, 'USD m')}", f"cap: {n(90, 'USD bn')}", "renewal_support:", f"{TRANCHE}.renewal_support.cap.unit",
     "unit must be 'USD m'"),
    (CONTRACTS, f"cap: {n(90, 'USD m')}", f"cap: {n(-90, 'USD m')}", "renewal_support:", f"{TRANCHE}.renewal_support.cap.value",
     "at least 0"),
    (CONTRACTS, f"cap: {n(90, 'USD m')}", f"cap: {n(90, 'USD m')}, amount: {n(91, 'USD m')}", "renewal_support:",
     f"{TRANCHE}.renewal_support.cap", "an amount or a cap, not both"),
    (CONTRACTS, f", cap: {n(90, 'USD m')}", "", "renewal_support:", f"{TRANCHE}.renewal_support.cap",
     "!without it the support does not count"),
    (CONTRACTS, f"amount: {n(80, 'USD m')}, ", "", "residual_support:", "contracts[mw].residual_support.cap",
     "!without it the support does not count"),
    (CONTRACTS, "provider: Buyer, ", "", "renewal_support:", f"{TRANCHE}.renewal_support.provider", "required: text"),
    (CONTRACTS, "trigger: notice of a year, ", "", "renewal_support:", f"{TRANCHE}.renewal_support.trigger", "required: text"),
    (CONTRACTS, "trigger: capacity unsold", f"trigger: capacity unsold, cap: {n(9, 'USD m')}", "support: {provider: Maker",
     "contracts[stop].support.cap", "the cap of the backstop counts"),
    (CONTRACTS, "    cap: {value: 63",
     "    residual_support: {provider: P, trigger: t, source: x, grade: press}\n    cap: {value: 63",
     "residual_support: {provider: P", "contracts[stop].residual_support", "not with kind backstop"),
    (CONTRACTS, "  - id: lse\n",
     f"  - id: lse\n    residual_support: {{provider: P, trigger: t, cap: {n(7, 'USD m')}, {X[:-1]}}}\n".replace(
        "assumed}}", "assumed}"), "residual_support: {provider: P", "contracts[lse].residual_support.cap",
     "a cap with the fleet of a tranche"),
    (CONTRACTS, "        renewal_to: {value: 2031-03-16, source: x, grade: assumed}\n", "", "- start: {value: 2026-03-16",
     f"{TRANCHE}.renewal_to", "required with renewal_at_market, renewal_support"),
    (DEBT, "    draws:\n", "    take_out: {provider: Bank, trigger: maturity, source: x, grade: press}\n    draws:\n",
     "take_out:",
     "instruments[ddtl].take_out.cap", "!without it the support does not count"),
    (DEBT, "      provider: Parent\n", "", "guarantee:", "instruments[ddtl].guarantee.provider", "required: text"),
    (DEBT, "      provider: Parent\n",
     "      provider: Parent\n      amount: {value: 5, unit: share, source: x, grade: press}\n",
     "amount: {value: 5", "instruments[ddtl].guarantee.amount.unit", "unit must be 'USD m'"),
    # ---- what a simulation draws
    (RISK, n(0.25, "share"), n(25, "share"), "correlation:", "correlation.value", "for 25 % write 0.25"),
    (RISK, n(6, "no."), n(2, "no."), "degrees_of_freedom:", "degrees_of_freedom.value", "at least 3"),
    (RISK, n(6, "no."), n(6.5, "no."), "degrees_of_freedom:", "degrees_of_freedom.value", "a whole number"),
    (RISK, n(0.09, "share"), n(0.09, "rate"), "ratings:", "ratings.BB.unit", "unit must be 'share'"),
    (RISK, "  Atlas AI:\n", "  Atlas A1:\n", "Atlas A1:", "obligors.Atlas A1", "did you mean Atlas AI?"),
    (RISK, "value: BB, source", "value: BBX, source", "rating: {value: BBX", "obligors.Atlas AI.rating.value",
     "a rating of the table: BB, A, BBB, B, CCC"),
    (RISK, "other: BB,", "other: DDD,", "unrated:", "unrated.other", "a rating of the table"),
    (RISK, "    recovery:", f"    cds: {n(300, 'bp')}\n    recovery:", "cds:", "obligors.Atlas AI.cds", "rating is given too"),
    (RISK, n(0.3, "share"), n(1.3, "share"), "recovery:", "obligors.Atlas AI.recovery.value", "at most 1"),
    (RISK, "years: 5", "years: 1", "fails:", "obligors.Maker.fails[1]", "later years, and no lower share"),
    (RISK, n(0.08, "share"), n(0.008, "share"), "fails:", "obligors.Maker.fails[1]", "later years, and no lower share"),
    (RISK, n(150, "days"), n(30, "days"), "delay:", "delay.one_in_ten.value", "at least 45, the median"),
    (RISK, n(0.012, "rate"), n(0.012, "share"), "base_rate:", "base_rate.volatility.unit", "unit must be 'rate'"),
    (RISK, n(0.012, "rate"), n(1.2, "rate"), "base_rate:", "base_rate.volatility.value", "for 1.2 % write 0.012"),
    (RISK, n(300, "days"), n(300.5, "days"), "delay:", "delay.longest.value", "a whole number"),
    (RISK, "delay: {late", "delay: {lat", "delay:", "delay.late", "required: a number with value"),
    (RISK, "correlation:", "corelation:", "corelation:", "corelation", "did you mean correlation?"),
    # ---- what was disclosed
    (BOUNDS, "id: others", "id: maker", "id: maker, name: Others", "contracts[maker].id", "an id that no other contract has"),
    (BOUNDS, "at_most: {value: 90", "at_most: {value: 9", "at_most:", "contracts[maker].at_most", "not below at_least, 10"),
    (BOUNDS, "at_most: {value: 90, unit: USD m", "at_most: {value: 90, unit: share", "at_most:", "contracts[maker].at_most.unit",
     "unit must be 'USD m'"),
    (BOUNDS, "    end: {value: 2030", "    start: {value: 2031-01-01, source: x, grade: press}\n    end: {value: 2030", "end:",
     "contracts[maker].end", "on or after start, 2031-01-01"),
    (BOUNDS, "2030-06-30, source: x, grade: press", "2030-06-30, source: x, grade: assumed", "end:", "contracts[maker].end.grade",
     "leave it out"),
    (BOUNDS, "loans: [ddtl]", "loans: [note-2030]", "what: principal", "disclosures[0].loans[0]", "one of ddtl, vendor, none"),
    (BOUNDS, "contracts: [others, none]", "contracts: [other, none]", "what: principal", "disclosures[0].contracts[0]",
     "one of maker, others, none"),
    (BOUNDS, "high: 0.9, unit: share", "high: 0.9, unit: x", "what: margin", "disclosures[1].unit", "unit must be 'share'"),
    (BOUNDS, "high: 0.9", "high: 90", "what: margin", "disclosures[1].high", "for 80 % write 0.8"),
    (BOUNDS, "low: 0.65", "low: 0.95", "what: margin", "disclosures[1].high", "not below low, 0.95"),
    (BOUNDS, "low: 1, ", "", "what: revenue", "disclosures[2]", "low, high or both"),
    (BOUNDS, "last: 2026-12-31", "last: 2025-12-31", "what: revenue", "disclosures[2].last", "on or after first, 2026-01-01"),
    (BOUNDS, "     source: x, grade: press}", "     source: x, grade: assumed}", "grade: assumed",
     "disclosures[2].grade", "leave it out"),
    (BOUNDS, "what: margin", "what: profit", "what: profit", "disclosures[1].what", "one of revenue, prepaid"),
]
