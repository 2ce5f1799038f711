# Two commands on a fresh machine: `make demo` and `make test`. Python 3.11 or newer and make, nothing else.

# The first that really runs: a version manager leaves names behind that only say that they are not installed.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
# What runs, and what is needed beside it to test and check.
INSTALLED := $(VENV)/.installed
DEVELOPED := $(VENV)/.developed
PEERS := .venv-peers/.installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
CODE := main.py otmena.py pytest_otmena.py engine states adapters corpus tests benchmarks

.PHONY: compiled demo test coverage others check format diagrams pictures released safety opinion understanding lock bench kill clean

demo: $(INSTALLED) compiled
	@$(BIN)/otmena demo $(if $(PORT),--port $(PORT))

# One more than a small machine has cores, since many tests wait for servers.
PYTEST := $(BIN)/python -m pytest -n 3 --dist worksteal
OWN := tests/engine tests/states

# What runs for us (CI=true) also asks whether the tests are whole; a run by hand asks whether the program works.
ifeq ($(CI),true)
test: compiled coverage others
else
test: $(DEVELOPED) compiled
	$(PYTEST)
endif

# Every branch of engine and states, by their own tests.
coverage: $(DEVELOPED)
	$(PYTEST) $(OWN) --cov --cov-report=term-missing:skip-covered --cov-fail-under=100

others: $(DEVELOPED)
	$(PYTEST) $(OWN:%=--ignore=%)

check: $(DEVELOPED)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/otmena check
	$(BIN)/otmena diagram --check .
	$(MAKE) coverage others

# Bytecode beside the source, also where PYTHONDONTWRITEBYTECODE is set: each start is half a second shorter.
compiled: $(INSTALLED)
	@$(BIN)/python -m compileall -q main.py otmena.py engine states adapters corpus

format: $(DEVELOPED)
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

# docs/machine.svg, docs/meanings.md, and each flow's README with its picture.
diagrams: $(INSTALLED)
	@$(BIN)/otmena diagram --write .

# docs/pictures/: the demo as it looks, in light and dark, on a desk and in a pocket; needs Chromium, takes two minutes.
pictures: $(DEVELOPED) compiled
	@$(BIN)/python -m tests.browser.pictures docs/pictures

# Before a release: today's tables become those that live dialogues may stand in.
released: $(DEVELOPED)
	$(BIN)/otmena check --release

# benchmarks/results.json and docs/performance.md, with peers and ceilings in the same run; some minutes of an idle machine.
bench: $(DEVELOPED) compiled
	@$(MAKE) --no-print-directory $(PEERS) || echo "aiogram could not be installed, so its row is left out"
	$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick)

# Peers whose versions of what we use differ from ours: a venv of their own, needed by no test.
$(PEERS): benchmarks/requirements-peers.lock
	@"$(PYTHON)" -m venv .venv-peers
	@.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@

# What is proved, and what each deliberate breakage comes to; an hour of two cores; it goes on where it was stopped.
safety: $(DEVELOPED)
	$(BIN)/python -m tests.mutants.page docs/safety.md

# The statistical opinion anew, from corpus/seen and today's rules; half a minute.
opinion: $(DEVELOPED)
	$(BIN)/python -m corpus.training

# docs/understanding.md and docs/meanings.md; with GATE=1 today's counts become what the tests demand.
understanding: $(DEVELOPED)
	@$(BIN)/otmena diagram --write .
	@$(BIN)/python -m corpus.report $(if $(GATE),--gate)

# Everything by name, version and hash. The lock is whole, so nothing is resolved: an older pip would look at
# releases newer than the lock for `name[extra]`, and refuse them for want of a hash (seen on pip 23.2.1).
$(INSTALLED): requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Otmena needs Python 3.11 or newer with venv. Name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@echo "Installing into $(VENV) …"
	@"$(PYTHON)" -m venv $(VENV)
	@$(PIP) --require-hashes --no-deps -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEVELOPED): $(INSTALLED) requirements-dev.lock
	@$(PIP) --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

# Needs uv (pip install uv). Names, versions and hashes only: no host is written.
lock:
	uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		--extra build pyproject.toml --output-file requirements.lock
	uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		--extra dev pyproject.toml --output-file requirements-dev.lock
	uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		benchmarks/requirements-peers.in --output-file benchmarks/requirements-peers.lock

# Two hundred times kill -9 under load, and what the outside parties saw of it; some ten minutes.
kill: $(DEVELOPED) compiled
	$(BIN)/python -m tests.acceptance.rounds --rounds 200

clean:
	rm -rf $(VENV) .venv-peers *.egg-info build
