# What a person needs: `make demo`, `make serve`, `make test`, `make check`, `make bench`.
# Everything is installed into .venv from hash-locked requirements; nothing else on the machine is touched. The lock files
# are complete, so pip is told to look for nothing beside them (--no-deps): what is released later changes nothing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENTS := $(VENV)/clients
PIP := $(BIN)/python -m pip --disable-pip-version-check
CLIENTS_PIP := $(CLIENTS)/bin/python -m pip --disable-pip-version-check
ARGS ?=

.PHONY: demo serve test ready check bench lock clean

demo: $(VENV)/.runtime
	@$(BIN)/roost demo $(ARGS)

serve: $(VENV)/.runtime
	@$(BIN)/roost serve $(ARGS)

test: ready
	$(BIN)/pytest $(ARGS)

# All that the tests need, installed.
ready: $(VENV)/.dev $(VENV)/.clients $(VENV)/.toot-tests $(VENV)/.mastodon-py-tests

check: $(VENV)/.dev
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/pytest tests/repo

bench: $(VENV)/.dev
	$(BIN)/roost bench all $(ARGS)

# Refreshes the hash-locked requirements; needs uv (https://docs.astral.sh/uv/).
lock:
	cd requirements && for name in runtime dev clients; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --custom-compile-command "make lock" $$name.in -o $$name.txt || exit 1; done

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Roost needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.python requirements/runtime.txt pyproject.toml
	@echo "Installing Roost into $(VENV), which takes about a minute and needs the network"
	$(PIP) install --quiet --no-deps --require-hashes -r requirements/runtime.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "Installing what the tests need into $(VENV)"
	$(PIP) install --quiet --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

# Clients that the tests drive, apart from all else: Roost must not import them, nor share what they depend on.
$(VENV)/.clients: $(VENV)/.python requirements/clients.txt
	$(PYTHON) -m venv --clear $(CLIENTS)
	$(CLIENTS_PIP) install --quiet --no-deps --require-hashes -r requirements/clients.txt
	@touch $@

# toot's own tests are in its source archive alone; where that cannot be had, the test that runs them says so.
$(VENV)/.toot-tests: $(VENV)/.clients requirements/toot-tests.txt
	@rm -rf $(VENV)/toot-tests
	-$(CLIENTS_PIP) download --quiet --no-deps --no-build-isolation --require-hashes \
	  -r requirements/toot-tests.txt --dest $(VENV)/toot-tests && touch $@

# Mastodon.py's own tests likewise.
$(VENV)/.mastodon-py-tests: $(VENV)/.clients requirements/mastodon-py-tests.txt
	@rm -rf $(VENV)/mastodon-py-tests
	-$(CLIENTS_PIP) download --quiet --no-deps --no-build-isolation --require-hashes \
	  -r requirements/mastodon-py-tests.txt --dest $(VENV)/mastodon-py-tests && touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
