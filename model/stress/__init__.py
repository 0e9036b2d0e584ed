"""Stress: the catalogue of named scenarios for any case, against T1-T7 of every pair and K1-K7 of the company.

Read `catalogue.yaml` (the rows), `selectors.py` (what they may pick in a case), `scenarios.py` (a row in a case),
`judge.py` (many columns at once), `record.py` (what is told).
"""
