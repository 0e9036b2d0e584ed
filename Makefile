# make run    the listing case: verdict on the screen, workbook in outputs/coreweave-ipo
# make test   every test            make lint   style and types            make bench   timings, as ratios
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: run test lint bench clean

run: $(VENV)/run.installed
	$(BIN)/debtcover run inputs/coreweave-ipo

test: $(VENV)/dev.installed
	$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: $(VENV)/dev.installed
	$(BIN)/ruff check model tests
	$(BIN)/mypy

bench: $(VENV)/dev.installed
	$(BIN)/python tests/bench/bench.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/dev.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@ $(VENV)/run.installed

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
