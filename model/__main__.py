"""`python -m model` is `debtcover`."""

from __future__ import annotations

from model.cli import main

if __name__ == "__main__":
    main(prog_name="debtcover")
