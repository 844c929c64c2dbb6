# `make app` opens the app, `make test` runs every test; both set up what they need. VENV=path chooses the environment.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
READY := $(VENV)/ready-$(shell (sha256sum requirements.txt || shasum -a 256 requirements.txt) 2>/dev/null | cut -c1-16)

.PHONY: app test tests check bench calibration experiments samples screenshots tables

app: $(READY)
	$(BIN)/streamlit run app.py

# The check runs beside the tests, which leave a core idle now and then.
test: $(READY)
	$(MAKE) --no-print-directory --jobs 2 check tests

# Two processes side by side; the tests of one file stay together, with the server or the cluster they share.
tests: $(READY)
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m tests.bench

# An hour: simulates studies of known populations, and writes how far intervals, verdicts and forecasts can be believed.
calibration: $(READY)
	$(BIN)/python -m tests.calibration

# Hours: runs every experiment anew; without "all", docs/experiments.md is written from the kept figures.
experiments: $(READY)
	$(BIN)/python -m tests.experiments all

tables: $(READY)
	$(BIN)/python -m tests.tables

screenshots: $(READY)
	$(BIN)/python -m tests.screenshots

samples: $(READY)
	$(BIN)/python -m sample_data.make

# Named by the contents of requirements.txt, so that a fresh clone finds an environment that fits as it is.
$(READY):
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	touch $@
