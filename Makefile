# Two commands on a fresh machine: `make demo` and `make test`. Python 3.11 or newer and make, nothing else.

PYTHON ?= $(shell command -v python3.13 || command -v python3.12 || command -v python3.11 || command -v python3)
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
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Otmena needs Python 3.11 or newer; '$(PYTHON)' is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
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
