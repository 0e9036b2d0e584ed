# make run    the listing case: verdict on the screen, workbook in outputs/coreweave-ipo
# make test   every test            make lint   style and types
# make bench  timings, as ratios, beside other programs (an environment of its own: one of them pins numpy and pandas);
#             ONLY="lanes programs" for some parts: lanes simulation peers programs workbook load
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
BENCH  ?= .venv-bench

.PHONY: run test lint bench clean

run: $(VENV)/run.installed
	$(BIN)/debtcover run inputs/coreweave-ipo

test: $(VENV)/dev.installed
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/dev.installed
	$(BIN)/ruff check model tests
	$(BIN)/mypy

bench: $(BENCH)/installed
	$(BENCH)/bin/python -m tests.bench.bench $(ONLY)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/dev.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@ $(VENV)/run.installed

$(BENCH)/installed: pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --editable ".[bench]"
	touch $@

clean:
	rm -rf $(VENV) $(BENCH) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
