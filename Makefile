# `make run` and `make test` are all that a newcomer needs; both make what they need themselves.

SHELL := /bin/sh
# The first of these that is Python 3.11 to 3.13.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
PY := .venv/bin/python
READY := .venv/.ready
READY_DEV := .venv/.ready-dev
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run workers demo test bench check format profile lock step screenshots clean

help:
	@echo "make run      the whole system on this machine, until Ctrl-C (PORT=8000)"
	@echo "make workers  N more pricing workers beside a running system (N=2)"
	@echo "make demo     a customer's ring and a partner's ring, from upload to shipped, over HTTP"
	@echo "make test     the whole suite, on SQLite and on PostgreSQL + Redis"
	@echo "make bench    measured side by side in one run, with the goals (ARGS=\"sandbox start\")"
	@echo "make check    format, lint, types, import contracts, migrations, deployment settings"
	@echo "make profile  as run, with django-silk at /silk/ for developers"
	@echo "make step     the optional reader of STEP files (a large package)"
	@echo "make format   format the code      make lock  pin the requirements anew"

run: $(READY)
	@exec $(PY) manage.py run

# The same DATABASE_URL, REDIS_URL, VAR_DIR and STORAGE_URL as the running system's.
workers: $(READY)
	@PRICING_WORKERS=$(or $(N),2) exec $(PY) manage.py worker pricing

profile: $(READY)
	@DJANGO_SETTINGS_MODULE=config.settings.profiling exec $(PY) manage.py run

demo: $(READY)
	@exec $(PY) -m examples.demo

test: $(READY_DEV)
	@exec $(PY) -m tests.run $(ARGS)

bench: $(READY_DEV)
	@exec $(PY) -m bench $(ARGS)

check: $(READY_DEV)
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy .
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m pip check
	@SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))') DATABASE_URL=postgresql://karat@db/karat \
		REDIS_URL=redis://cache:6379/1 ALLOWED_HOSTS=shop.karat.example DJANGO_SETTINGS_MODULE=config.settings.production \
		$(PY) manage.py check --deploy --fail-level WARNING

format: $(READY_DEV)
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

# A bare Debian has venv without pip in it; pip itself can put one there.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "karat: Python 3.11 to 3.13 is needed, and none was found."; exit 2; }
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 \
		|| { rm -rf .venv && $(PYTHON) -m venv --without-pip .venv && $(PYTHON) -m pip --python .venv/bin/python install -q pip; } \
		|| { rm -rf .venv; echo "karat: can't make .venv: install Python's venv and pip (apt-get install python3-venv python3-pip)."; exit 2; }

# three.js: one file of a wheel whose Python isn't used, so it lies beside the environment, without dependencies.
THREE = $(PY) -m pip install -q --no-deps --require-hashes --upgrade --target .venv/browser -r requirements-browser.txt && $(PY) -m config.three

$(READY): requirements.txt requirements-browser.txt | .venv/bin/python
	@echo "karat: installing the requirements (once)"
	@$(PY) -m pip install -q --require-hashes -r requirements.txt
	@$(THREE)
	@$(PY) -m pricing.engine.compile
	@touch $@

$(READY_DEV): requirements.txt requirements-browser.txt requirements-dev.txt | .venv/bin/python
	@echo "karat: installing what checks and tests need (once)"
	@$(PY) -m pip install -q --require-hashes -r requirements-dev.txt
	@$(THREE)
	@$(PY) -m pricing.engine.compile
	@touch $(READY) $@

# The newest versions that fit, for Python 3.11 to 3.13 at once.
lock: $(READY_DEV)
	$(PY) -m pip install -q uv
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q requirements.in -o requirements.txt
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q requirements-dev.in -o requirements-dev.txt
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q requirements-step.in -o requirements-step.txt

# The optional STEP reader; its kernel is large.
step: $(READY)
	$(PY) -m pip install -q --require-hashes -r requirements-step.txt

clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

screenshots: $(READY_DEV)
	$(PY) -m examples.screenshots
