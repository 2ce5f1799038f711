# Two commands on a fresh machine: `make demo` and `make test`. Python 3.11 or newer and make, nothing else.

# The first that really runs: a version manager leaves names behind that only say that they are not installed.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
CODE := main.py engine states adapters tests benchmarks

.PHONY: demo test check format lock bench clean

demo: $(INSTALLED)
	@$(BIN)/otmena demo $(if $(PORT),--port $(PORT))

test: $(INSTALLED)
	$(BIN)/python -m pytest

check: $(INSTALLED)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

format: $(INSTALLED)
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

# Everything by name, version and hash; the package itself without looking anything up.
$(INSTALLED): requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Otmena needs Python 3.11 or newer with venv. Name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@echo "Installing into $(VENV) …"
	@"$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Needs uv (pip install uv). Names, versions and hashes only: no host is written.
lock:
	uv pip compile --universal --generate-hashes --no-header --no-annotate --extra dev --python-version 3.11 \
		pyproject.toml --output-file requirements.lock

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks.webhook

clean:
	rm -rf $(VENV) *.egg-info build
