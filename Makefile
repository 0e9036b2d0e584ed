# make run    the listing case: verdict on the screen, workbook in outputs/coreweave-ipo
# make test   every test            make lint   style and types
# make bench  timings, as ratios, beside other programs (an environment of its own: one of them pins numpy and pandas);
#             ONLY="lanes programs" for some parts: lanes simulation peers programs workbook
# make mutants  breaks the finance files on purpose, in memory, and writes tests/mutants/survivors.md; MUTANTS=300 says how many
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
BENCH  ?= .venv-bench
MUTANTS ?= 300

.PHONY: run test lint bench mutants clean

run: $(VENV)/run.installed
	$(BIN)/debtcover run inputs/coreweave-ipo

test: $(VENV)/dev.installed
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/dev.installed
	$(BIN)/ruff check model tests
	$(BIN)/mypy

bench: $(BENCH)/installed
	$(BENCH)/bin/python -m tests.bench.bench $(ONLY)

mutants: $(VENV)/dev.installed
	$(BIN)/python -m pip install --quiet "cosmic-ray>=8.4,<9"
	for step in cover try again tell; do nice -n 19 $(BIN)/python -m tests.mutants.run $$step $(MUTANTS) || exit 1; done

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
	rm -rf $(VENV) $(BENCH) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .mutants
