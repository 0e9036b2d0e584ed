# make run    the listing case: verdict on the screen, workbook in outputs/coreweave-ipo
# make test   every test            make lint   style and types
# make bench  timings, as ratios, beside other programs (an environment of its own: one of them pins numpy and pandas);
#             ONLY="lanes programs" for some parts: lanes simulation peers programs workbook load
# make wheel  dist/debtcover-*.whl, the same bytes wherever it is built
# make wheel-test  that wheel in an environment of its own, away from this folder: types for users, then every test;
#             TESTS="tests/test_cli.py tests/test_docs.py" for some
# make audit  what is installed against the known vulnerabilities of PyPI; needs the network
# Another Python: make test PYTHON=python3.13 VENV=.venv-3.13
# make mutants  breaks the finance files on purpose, in memory, and writes tests/mutants/survivors.md; MUTANTS=300 says how many
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
BENCH  ?= .venv-bench
AUDIT  ?= .venv-audit
WHEEL  ?= .venv-wheel
AWAY   := build/away
MUTANTS ?= 300
TESTS  ?= -n 2 --dist loadfile

.PHONY: run test lint bench wheel wheel-test audit mutants clean

run: $(VENV)/run.installed
	$(BIN)/debtcover run inputs/coreweave-ipo

test: $(VENV)/dev.installed
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/dev.installed
	$(BIN)/ruff check model tests
	$(BIN)/mypy

bench: $(BENCH)/installed
	$(BENCH)/bin/python -m tests.bench.bench $(ONLY)

wheel: $(VENV)/bin/python
	rm -f dist/debtcover-*.whl
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

wheel-test: wheel
	rm -rf $(AWAY) && mkdir -p $(AWAY)
	$(PYTHON) -m venv --clear $(WHEEL)
	$(WHEEL)/bin/python -m pip install --quiet "$$(ls dist/debtcover-*.whl)[dev]"
	cp -r tests inputs pyproject.toml Makefile README.md $(AWAY)
	cd $(AWAY) && $(abspath $(WHEEL))/bin/python -c "import model; print(model.__file__); assert '$(WHEEL)' in model.__file__"
	cd $(AWAY) && $(abspath $(WHEEL))/bin/mypy --strict --config-file= tests/typed.py
	cd $(AWAY) && $(abspath $(WHEEL))/bin/python -m pytest $(TESTS)

audit: $(VENV)/dev.installed
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --upgrade pip-audit
	$(BIN)/python -m pip freeze --exclude-editable > $(AUDIT)/installed.txt
	$(AUDIT)/bin/pip-audit --strict --no-deps --disable-pip --requirement $(AUDIT)/installed.txt

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
	rm -rf $(VENV) $(BENCH) $(AUDIT) $(WHEEL) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .mutants
