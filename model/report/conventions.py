"""How the model counts, in the words of the Cover."""

CONVENTIONS = (
    ("Time", "Months; a flow belongs to the month in which it is paid; interest runs by days and is split at payment dates."),
    ("Signs", "Every row is positive in the direction of its name; signs appear only inside sums."),
    ("CFADS", "Contracted cash collected less all cash cost, rent and power included. No renewal, no prepayment received, "
              "no equity, no reserve."),
    ("Timing", "The cash of a month counts in full on a payment date of that month, though it is collected at the month's end."),
    ("DSCR", "CFADS of a service period / fees, interest and scheduled principal due at its end; balloons stand apart."),
    ("CLCR", "Present value of contracted CFADS to the earlier of contract end and maturity, at the loan's own rate / "
             "balance and planned draws. LLCR is the same over the loan's life."),
    ("T1, T2, T3", "Cash covers service on every payment date; nothing is left when contract or loan ends; present value "
                   "covers the balance at every date."),
    ("T4, T5", "T1 to T3 under the case's moderate scenarios (stamped by the engine, from base); T1 to T3 without support."),
    ("T6", "Balance less cash kept, reserves and GPUs sold in distress, if the obligor fails on the worst date."),
    ("Grades", "A covered under stress too; B covered; C-s covered with documented support s; D not covered; N not testable."),
    ("Support", "V vendor buys unsold capacity, L renewal at the low price, X GPUs bought, F balloon refinanced, G guarantee: "
                "with amount or cap, trigger, provider and a source of press grade or better. Which letters count is stamped by "
                "the engine: the smallest set that passes; the tests with it are live."),
    ("Backlog", "Contracted revenue to come (RPO): bills less service credits. Prepayments are inside, so cash to come is less."),
    ("Carrying amount", "Principal less unamortised discount and cost, which are spread over the balance and its days; no part "
                        "of a convertible note is equity."),
    ("Conversion", "A convertible note counts with the cash due at maturity under its settlement, at the share price of the "
                   "scenario. The capped call is shown apart."),
    ("Balances", "Debt follows its contract. What cash does not reach is shown as a call on the guarantor, or default where "
                 "there is none; no interest runs on it."),
    ("Evidence", "filing, transcription, press, third-party, derived, assumed: the word beside each input on Inputs."),
)
