# Each target makes .venv where it is missing, and brings it up to date where pyproject.toml or
# constraints.txt changed.  Without make (Windows): see the README.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help demo test lint bench clean
.DELETE_ON_ERROR:

help:
	@echo "make demo    run the shipped sweep and one negotiation; figures go to results/"
	@echo "make test    ruff, mypy and the test suite"
	@echo "make lint    ruff and mypy only"
	@echo "make bench   what the speed claims rest on"
	@echo "make clean   remove .venv and caches (results/ is kept)"

# --overwrite: results of an earlier version of the rules are replaced, not refused.
demo: $(VENV)/.ready-core
	$(BIN)/bargain sweep scenarios/sweeps/trust_reciprocity.yaml --overwrite
	$(BIN)/bargain run scenarios/baseline.yaml

# All three are run even where the first complains, so that one look shows everything.
test: $(VENV)/.ready-test
	@status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/mypy || status=1; \
	$(BIN)/python -m pytest -n 2 || status=1; \
	exit $$status

lint: $(VENV)/.ready-test
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.ready-benchmarks
	$(BIN)/python benchmarks/speed.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("bargain_sim needs Python 3.11 or newer, and $(PYTHON) is %d.%d: try make PYTHON=python3.12" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

# The stamps say with which extras the package was installed, and when.
$(VENV)/.ready-core: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.ready-%: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet -c constraints.txt -e '.[$*]'
	@touch $@ $(VENV)/.ready-core
