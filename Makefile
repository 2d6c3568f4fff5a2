# Everything a developer does here, each by one word. A machine needs Python 3.11 or later, make and a package index.
# .venv is set up and kept up to date by whatever target needs it.

MAKEFLAGS += --no-print-directory --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := commands

# Import paths and pip settings of the caller must not change what runs here.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
# A shell makes up for a missing PATH, make itself does not.
ifeq ($(origin PATH),undefined)
export PATH := /usr/local/bin:/usr/bin:/bin
endif
# Relative, so that the tree may lie in a folder with a blank in its name.
VENV := .venv
PY := $(VENV)/bin/python
IN_VENV := PATH="$(CURDIR)/$(VENV)/bin:$$PATH"

# A .venv that was moved here, or whose Python is gone, is made anew: its stamps count for nothing.
ifneq ($(shell test "`cat .venv/.place 2>/dev/null`" = "$(CURDIR)" && $(PY) -c pass 2>/dev/null && echo sound),sound)
$(shell : && rm -f .venv/.run .venv/.test)
endif

.PHONY: commands
commands: ## what you are reading
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /make \1	/' | while IFS='	' read -r name does; do printf '%-14s %s\n' "$$name" "$$does"; done

.PHONY: run
run: .venv/.run ## start the exchange and the example applications on this machine
	@$(IN_VENV) hoyhoy start

.PHONY: test
test: .venv/.test debian ## pass all tests but the tortures
	@$(IN_VENV) sh scripts/test.sh $(PY) $(ARGS)

.PHONY: quick
quick: .venv/.test ## pass the tests that need no process and no socket, in seconds
	@$(IN_VENV) $(PY) -m pytest -q -p no:schemathesis -m "not torture and not journey" --ignore=tests/exchange/test_random_calls.py --ignore=tests/rest/test_description.py \
		$(wildcard tests/wire tests/audio tests/exchange tests/rest) $(ARGS)

.PHONY: check
check: static ## format, lint, types, floors and all tests
	@$(MAKE) test

.PHONY: static
static: .venv/.test ## format, lint, types and floors: all that can be said without running it
	$(PY) -m ruff format --check --output-format concise .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-logo

.PHONY: format
format: .venv/.test ## lay out the code and mend what the linter can mend
	$(PY) -m ruff check --fix --exit-zero --quiet .
	$(PY) -m ruff format .

.PHONY: torture
torture: .venv/.test debian ## kill, flood and fuzz for longer than anyone wants to wait each time
	@$(IN_VENV) $(PY) -m pytest -m torture $(ARGS)

.PHONY: bench
bench: .venv/.test ## measure: work per CPU second, beside a peer where one can stand there
	@for file in $(sort $(wildcard bench/[a-z]*.py)); do printf '\n%s\n' "$$file"; $(IN_VENV) $(PY) "$$file" $(ARGS) || exit 1; done

.PHONY: docs
docs: .venv/.test ## write the generated pages of docs/ anew
	@$(PY) scripts/docs.py

.PHONY: wheel
wheel: .venv/.test ## build the package into dist/
	@rm -rf dist
	@$(PY) -m build --no-isolation --outdir dist . >/dev/null
	@ls dist

.PHONY: lock
lock: ## write requirements/*.txt anew from pyproject.toml and requirements/*.in (UPGRADE=1: the newest versions)
	@sh scripts/lock.sh

.PHONY: clean
clean: ## remove all that make has made, .venv too
	rm -rf .venv build dist tests/clients/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: debian
debian:
	@sh scripts/debian.sh

# What runs: the package itself, from this tree, and its pinned requirements. --require-hashes also refuses what is not pinned.
# Beside it the voice, which is GPL, lives in a process of its own, and is therefore no part of the package's own install.
.venv/.run: requirements/run.txt requirements/speech.txt requirements/build.txt pyproject.toml scripts/venv.sh scripts/install.py
	@sh scripts/venv.sh
	@$(PY) scripts/install.py --require-hashes -r requirements/run.txt -r requirements/speech.txt -r requirements/build.txt
	@$(PY) scripts/install.py --no-deps --no-build-isolation --no-index --editable .
	@touch $@

.venv/.test: .venv/.run requirements/test.txt tests/clients/package-lock.json scripts/node.sh
	@$(PY) scripts/install.py --require-hashes -r requirements/test.txt
	@sh scripts/node.sh
	@touch $@
