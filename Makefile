# Two commands matter to a visitor: `make demo` and `make test`. Everything else serves them.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps
WEB := display/web
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: setup demo test check bench pages system lock clean
setup: $(STAMPS)/hall $(STAMPS)/pages   ## .venv with the command `hall`, and the built pages

$(STAMPS)/uv: requirements/bootstrap.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed (Debian: apt install python3 python3-venv)"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@mkdir -p $(STAMPS) && rm -f $(STAMPS)/hall $(STAMPS)/test $(STAMPS)/pages && touch $@

$(STAMPS)/hall: $(STAMPS)/uv requirements/hall.txt pyproject.toml
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/hall.txt
	uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# Everything, pyscard too, which is compiled: the system packages come first.
$(STAMPS)/test: $(STAMPS)/hall $(STAMPS)/system requirements/test.txt
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/test.txt
	@touch $@

$(STAMPS)/system: scripts/install-system-packages
	scripts/install-system-packages
	@mkdir -p $(STAMPS) && touch $@
system: $(STAMPS)/system                ## pcscd, Mosquitto, PostgreSQL, Chromium, fonts (needs sudo or root)

WEB_SOURCES := $(shell find $(WEB) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
$(STAMPS)/npm: $(STAMPS)/hall $(WEB)/package.json $(WEB)/package-lock.json
	cd $(WEB) && npm ci --loglevel=error --no-fund --no-audit
	@touch $@
$(STAMPS)/pages: $(STAMPS)/npm $(WEB_SOURCES)
	cd $(WEB) && npm run --silent build
	@touch $@
pages: $(STAMPS)/pages

demo: setup                             ## a hall of 500 seats on this machine; ARGS=--headless plays it once
	@$(BIN)/hall demo $(ARGS)

test: setup $(STAMPS)/test              ## everything, on the real broker, database, card daemon and browser; a missing part fails
	HALL_TEST_EVERYTHING=1 $(BIN)/pytest $(ARGS)

check: setup $(STAMPS)/test             ## style, types, architecture, pages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd $(WEB) && npm run --silent check

bench: setup                            ## speeds, each as a ratio to its floor in the same run
	$(BIN)/python -m tests.bench $(ARGS)

lock:                                   ## renew the lock files (needs uv)
	scripts/lock

clean:
	rm -rf $(VENV) $(STAMPS) $(WEB)/node_modules $(WEB)/dist var
