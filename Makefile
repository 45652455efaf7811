# Needs make and Python 3.11, 3.12 or 3.13; everything else goes into .venv and var/.

# The first of these that is new enough; `make up PYTHON=/path/to/python3.13` names another.
PYTHON := $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python)
BIN := .venv/bin
# What starts again and again is compiled once.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up down status clean install install-gpu test lint format bench docs lock
.DEFAULT_GOAL := up

up: install  ## installs what is missing, starts everything, makes and publishes a first video
	@$(BIN)/ytempire up

down status clean:  ## ends what was started / shows its health / ends it and removes var/
	@if [ -x $(BIN)/ytempire ]; then $(BIN)/ytempire $@; \
	else echo "Nothing is installed here yet (no .venv): \`make up\` does it."; fi

install:
	@for python in $(PYTHON); do \
		if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
		then exec "$$python" plugins/ytempire/local/install.py; fi; \
		found="$$found$$("$$python" --version 2>&1 | grep '^Python' | sed "s|$$| ($$python), |")"; done; \
	echo "ytempire: Python 3.11, 3.12 or 3.13 is needed; found: $${found:-none, }install one," \
		"or name it: make up PYTHON=/path/to/python3.13" >&2; exit 1

install-gpu: .venv/.gpu-installed  ## adds torch for pictures by SDXL: pip finds this machine's build

.venv/.gpu-installed: requirements-gpu.txt | install
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip -q
	$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-gpu.txt
	@touch $@

# The files come in the order of their names, so that tests/faults, which takes minutes, begins early.
test: lint install-gpu  ## lint, types and all tests; those that start the real stack come last, alone
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not stack" \
		--durations=30 --durations-min=5
	$(BIN)/pytest -m stack

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/sqlfluff lint dbt --processes 2 --disable-progress-bar

format: install
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: install  ## measures: a table and var/bench.json; make bench ONLY=studio for one part
	@$(BIN)/python tests/benchmarks/run.py $(ONLY)

docs: install  ## docs/catalog.md from the models, and dbt's pages of the warehouse that is up
	@$(BIN)/ytempire docs

lock: install  ## requirements.in to requirements.txt: one lock for Python 3.11 to 3.13
	$(BIN)/uv pip compile --universal --python-version 3.11 --override overrides.txt \
		--generate-hashes --custom-compile-command "make lock" requirements.in -o requirements.txt
