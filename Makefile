.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.stamps
TESTS ?= tests

.PHONY: help run setup test slow lint format e2e bench catalogue lock clean

help: ## List the targets
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(STAMP)/python $(STAMP)/browser ## Set up, load the sample district on first start, serve
	@$(BIN)/bihuan serve

setup: $(STAMP)/python-dev $(STAMP)/browser ## Set up everything, test tools included

test: setup ## The tests, on SQLite and on PostgreSQL, but for the slow ones and the browser's
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(TESTS)

slow: setup ## Long walks through definitions and pages, rehearsals, whole processes
	@$(BIN)/python -m pytest -m slow -n 2 --dist loadfile $(TESTS)

lint: setup ## ruff, mypy --strict, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## Rewrite the code in the agreed form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

e2e: setup ## Drive the pages in Chromium (BIHUAN_CHROMIUM names another browser)
	@$(BIN)/python -m pytest -m e2e -n 2 --dist loadfile tests

bench: setup ## Print ratios: with the engine, with stock SpiffWorkflow, with bare statements
	@$(BIN)/python -m tests.benchmarks
	@$(BIN)/python -m tests.benchmarks.register
	@$(BIN)/python -m tests.benchmarks.rehearsal
	@$(BIN)/python -m tests.benchmarks.overdue
	@$(BIN)/python -m tests.benchmarks.pages

catalogue: setup ## Collect the texts of pages and code into the catalogues
	@$(BIN)/pybabel -q extract -F babel.cfg -k N_ --no-location --sort-output --project bihuan --version "" -o workflows/locale/bihuan.pot .
	@$(BIN)/pybabel -q update --no-fuzzy-matching -D bihuan -i workflows/locale/bihuan.pot -d workflows/locale

lock: ## Lock the dependencies again (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra setup pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra setup --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## Remove what was set up; the data in var/ stays
	rm -rf .venv node_modules web/static/vendor

$(STAMP)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Bihuan needs Python 3.11 or newer")'
	@$(PYTHON) -m venv .venv
	@mkdir -p $(STAMP) && touch $@

$(STAMP)/python: requirements.lock pyproject.toml | $(STAMP)/venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(STAMP)/python-dev: requirements-dev.lock $(STAMP)/python
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

$(STAMP)/browser: package-lock.json package.json tools/browser.py | $(STAMP)/venv
	@$(BIN)/python tools/browser.py
	@touch $@
