# Everything that is done with a checkout. `make` alone says what there is.
# Needs make and Python 3.11 or newer with its venv module; the rest goes into .venv, by the hashes in requirements/.

VENV := .venv
RUN := $(VENV)/bin
WORKERS ?= 2
PIP := $(RUN)/python -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install --quiet --require-hashes
SAY_OFFLINE := { echo "The packages could not be installed: see above. pip needs a package registry it can reach." >&2; exit 1; }

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint lock vendor clean

help: ## this list
	@echo "Aduan Hub"
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

demo: $(VENV)/runtime.stamp ## a whole day on the stand-ins of all channels, in a temporary folder; ARGS="--once" ends after it
	@$(RUN)/aduan demo $(ARGS)

test: $(VENV)/dev.stamp ## all checks and all tests; ARGS="-k email" picks tests, WORKERS=0 runs them one by one
	@scripts/test-programs.sh
	@$(MAKE) --no-print-directory lint
	@$(RUN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile $(ARGS)

lint: $(VENV)/dev.stamp ## style, types, and which package may import which
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .
	@$(RUN)/python -m mypy
	@$(RUN)/lint-imports

lock: ## write requirements/ anew: the newest versions that pyproject.toml allows, with their hashes
	@scripts/lock.sh $(VENV)

vendor: ## fetch the web libraries in hub/web/static/vendor anew (needs npm)
	@scripts/vendor.sh

clean: ## remove .venv and what tools left behind
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# ------------------------------------------------------------------------------------------------ the environment

$(RUN)/python:
	@python=$$(scripts/find-python.sh) && echo "Making $(VENV) with $$python." && $$python -m venv --clear $(VENV)

$(VENV)/runtime.stamp: requirements/runtime.txt pyproject.toml | $(RUN)/python
	@echo "Installing what the hub needs; the first time takes a minute or two."
	@$(INSTALL) -r requirements/runtime.txt || $(SAY_OFFLINE)
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/runtime.stamp
	@echo "Installing what the tests need."
	@$(INSTALL) -r requirements/dev.txt || $(SAY_OFFLINE)
	@touch $@
