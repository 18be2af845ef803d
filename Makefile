# Each target makes .venv where it is missing, and brings it up to date where pyproject.toml or
# constraints.txt changed.  Without make (Windows): see the README.

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
SWEEP   := scenarios/sweeps/trust_reciprocity.yaml
RESULTS := results
ADDRESS ?= 127.0.0.1
OTHERS  := python3.12 python3.13
PIP     := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help demo serve test test-all lint bench clean
.DELETE_ON_ERROR:

help:
	@echo "make demo      run one negotiation and the shipped sweep; figures go to results/"
	@echo "make serve     the classroom, on this computer (ADDRESS=0.0.0.0: in your network)"
	@echo "make test      ruff, mypy and the test suite"
	@echo "make test-all  that, and on other Pythons found here whether all hosts agree bit for bit"
	@echo "make lint      ruff and mypy only"
	@echo "make bench     what the speed claims rest on"
	@echo "make clean     remove .venv and caches (results/ is kept)"

# The sweep comes last, so that what there is to see in it stands at the end of the screen.  What is done
# already is not done again; the folder is replaced only where it is refused (code 2), as after a change
# of the rules.
demo: $(VENV)/.ready-core
	@mkdir -p $(RESULTS)
	$(BIN)/bargain run scenarios/baseline.yaml --plot $(RESULTS)/baseline.png
	@echo
	@$(BIN)/bargain sweep $(SWEEP) --out $(RESULTS)/trust_reciprocity --resume || { \
	  code=$$?; test $$code -eq 2 || exit $$code; \
	  echo "So it is made anew:"; \
	  $(BIN)/bargain sweep $(SWEEP) --out $(RESULTS)/trust_reciprocity --overwrite; }
	@echo
	@echo "Look at $(RESULTS)/trust_reciprocity/figures/, first at bargain_map.png, and at $(RESULTS)/baseline.png."

serve: $(VENV)/.ready-web
	$(BIN)/bargain serve --host $(ADDRESS)

# All three are run even where the first complains, so that one look shows everything.
# Three workers on two cores: those that drive a browser or a subprocess often wait.
test: $(VENV)/.ready-test
	@status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/mypy || status=1; \
	$(BIN)/python -m pytest -n 3 --dist worksteal || status=1; \
	exit $$status

# Each other Python has an environment of its own (about 900 MB) in build/.
test-all: test
	@status=0; \
	for python in $(OTHERS); do \
	  if ! $$python -c '' 2>/dev/null; then echo "$$python is not here: skipped"; continue; fi; \
	  echo "$$python: golden files and hosts"; \
	  { test -d build/$$python || $$python -m venv build/$$python; } && \
	  build/$$python/bin/python -m pip --disable-pip-version-check install --quiet -c constraints.txt -e '.[test]' && \
	  build/$$python/bin/python -m pytest tests/test_golden.py tests/test_hosts.py || status=1; \
	done; \
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
