# The verbs of the project. `make chat` and `make test` do all their set-up themselves.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: chat ask index test lint eval bench load

chat: index
	$(BIN)/wenzheng chat

ask: export WZ_QUESTION = $(value Q)
ask: index
	@$(BIN)/wenzheng ask "$$WZ_QUESTION"

index: .venv/installed
	@$(BIN)/wenzheng index

test: .venv/installed
	$(BIN)/python -m pytest

lint: .venv/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

eval: index
	$(BIN)/python -m eval run --split dev

bench: index
	$(BIN)/python -m eval.benchmarks.speed

load: index
	$(BIN)/python -m eval.benchmarks.load

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; try: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
