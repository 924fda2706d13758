# Each target does its own set-up, in .venv, from nothing.
PYTHON ?= python3
BIN := .venv/bin
# The index of these targets stays inside the checkout.
export IBID_DATA ?= $(CURDIR)/.ibid
CHROMIUM := $(shell command -v chromium-headless-shell || command -v chromium || command -v google-chrome)

.PHONY: install serve test bench bench-full faults fuzz audit evaluate lock clean

install: .venv/.installed

serve: .venv/.installed
	$(BIN)/ibid index
	$(BIN)/ibid serve

test: .venv/.installed-dev chromium
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m tests.corpora .ibid-test
	IBID_DATA=.ibid-test $(BIN)/ibid evaluate --split test --baseline seeds/baseline.json
	$(BIN)/pytest --cov --cov-report=term:skip-covered

# Every case of what `make test` tries a few of.
faults: .venv/.installed-dev
	FAULTS=long $(BIN)/pytest tests/faults --timeout 7200

# Coverage-guided, so long for each target; what it finds new is kept beside the tests.
FUZZ_SECONDS ?= 600
fuzz: .venv/.installed-dev
	$(BIN)/pip install --quiet atheris
	for target in $$($(BIN)/python -c 'from tests.fuzz.targets import TARGETS; print(*TARGETS)'); do \
		$(BIN)/python -m tests.fuzz.search $$target -max_total_time=$(FUZZ_SECONDS) || exit 1; done

# Known vulnerabilities of what the container installs; needs a network.
audit: .venv/.installed
	$(BIN)/pip install --quiet pip-audit
	$(BIN)/pip-audit --requirement requirements.lock --disable-pip --require-hashes

# Beside other systems, on a quiet machine; BENCH_ANYWAY=1 on a busy one.
bench: .venv/.installed-dev .venv-peers/.installed
	$(BIN)/python -m tests.benchmarks.bench

bench-full: .venv/.installed-dev .venv-peers/.installed
	$(BIN)/python -m tests.benchmarks.bench --full

.venv-peers/.installed: tests/benchmarks/peers/requirements.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/pip install --quiet --requirement $<
	touch $@

evaluate: .venv/.installed
	$(BIN)/python -m tests.corpora .ibid-test
	IBID_DATA=.ibid-test $(BIN)/ibid evaluate --split test

# What the container installs, with digests, after a change of dependencies.
lock: .venv/.installed
	$(BIN)/pip install --quiet uv
	$(BIN)/python -m tests.container.served | $(BIN)/uv pip compile --quiet --constraint constraints.txt --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --python-platform linux --python-version 3.11 -o requirements.lock -

.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Ibid needs Python 3.11 or later: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	touch $@

.venv/.installed-dev: .venv/.installed
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@

.PHONY: chromium
chromium:
ifeq ($(CHROMIUM),)
	@echo "The browser tests need headless Chromium; installing Debian's package." >&2
	apt-get update --quiet --quiet && apt-get install --yes --quiet --no-install-recommends chromium-headless-shell \
		|| { echo "Cannot install it: run as root, or install chromium-headless-shell or chromium yourself." >&2; exit 1; }
endif

clean:
	rm -rf .venv .ibid .ibid-test .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
