# Everything a newcomer or a contributor runs. Each target prepares what it needs: `make help` lists them.

PYTHON ?=
DEMO_EXIT ?=
PORT ?=
NAME ?=
ARGS ?=

VENV_PYTHON := .venv/bin/python
FOUND_PYTHON = python=$$(PYTHON='$(PYTHON)' sh scripts/find_python.sh) || exit 1; "$$python"

.DEFAULT_GOAL := help
.PHONY: help demo example examples test check test-faults test-frameworks test-versions bench ui ui-build wheel pictures format clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

demo: ## install, start a server, train real models live, keep serving (DEMO_EXIT=1: check and end)
	@$(FOUND_PYTHON) scripts/prepare.py demo ui
	@DEMO_EXIT='$(DEMO_EXIT)' exec $(VENV_PYTHON) scripts/demo.py $(if $(PORT),--port $(PORT))

example: ## NAME=lightning: train with a library, a minute; `make examples` lists them
	@test -n '$(NAME)' || { echo "Which one? make example NAME=…"; $(MAKE) --no-print-directory examples; exit 2; }
	@$(FOUND_PYTHON) scripts/example.py $(NAME) $(ARGS)

examples: ## list the examples of libraries
	@$(FOUND_PYTHON) scripts/example.py

test: ## every check and test, the browser's too; sets up what they need
	@$(FOUND_PYTHON) scripts/prepare.py test ui browser
	@exec $(VENV_PYTHON) scripts/checks.py all

check: ## the fast ones: lint, types, import layers, unit tests
	@$(FOUND_PYTHON) scripts/prepare.py test node
	@exec $(VENV_PYTHON) scripts/checks.py fast

test-faults: ## kill -9 in long loops and at every place: trainer, companion, server
	@$(FOUND_PYTHON) scripts/prepare.py test
	@exec $(VENV_PYTHON) scripts/checks.py faults

test-frameworks: ## train with Transformers, Lightning, XGBoost and others against a server (3 GB, some minutes)
	@$(FOUND_PYTHON) scripts/prepare.py test
	@$(VENV_PYTHON) -m tests.frameworks.environment
	@RUNWELL_FRAMEWORKS_RESULTS=1 $(VENV_PYTHON) -m pytest -p no:cacheprovider tests/frameworks; status=$$?; $(VENV_PYTHON) scripts/compatibility.py && exit $$status

test-versions: ## seven versions of the official client, each behaviour (1 GB, ten minutes)
	@$(FOUND_PYTHON) scripts/prepare.py test
	@$(VENV_PYTHON) -m tests.compatibility.versions; status=$$?; $(VENV_PYTHON) scripts/compatibility.py && exit $$status

bench: ## measure against rivals, in turns, and write docs/benchmarks.md
	@$(FOUND_PYTHON) scripts/prepare.py bench
	@exec $(VENV_PYTHON) -m benchmarks.run

ui: ## the web UI's dev server, in front of a running `runwell server` on port 8080
	@$(FOUND_PYTHON) scripts/prepare.py node
	@exec $(VENV_PYTHON) scripts/prepare.py --serve-ui

ui-build: ## build the web UI into the package
	@$(FOUND_PYTHON) scripts/prepare.py ui

wheel: ## build dist/*.whl with the web UI inside and look into it
	@$(FOUND_PYTHON) scripts/prepare.py test ui
	@exec $(VENV_PYTHON) scripts/wheel_contents.py dist

pictures: ## take the pictures of docs/images from the real UI
	@$(FOUND_PYTHON) scripts/prepare.py test ui browser
	@exec $(VENV_PYTHON) scripts/pictures.py

format: ## put code into the house's form
	@$(FOUND_PYTHON) scripts/prepare.py test
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

clean: ## remove what was installed and built here (the demo's runs in .runwell-demo stay)
	rm -rf .venv .make dist build ui/node_modules ui/dist src/runwell/server/static
