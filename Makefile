# VENV= puts the virtual environment elsewhere, PYTHON= chooses its interpreter, ARGS= is handed on.
export VENV ?= .venv
export PYTHON ?=
.DEFAULT_GOAL := help
.PHONY: help demo serve test check lock

help: ## Say what can be made
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile

demo: ## Replay a real call from its topic to its grants, and leave it open to look at
	@.ci/venv && "$(VENV)/bin/imi" demo $(ARGS)

serve: ## Serve the API on http://127.0.0.1:8000 with a database of its own
	@.ci/venv && exec "$(VENV)/bin/imi" serve $(ARGS)

test: ## Run the tests
	@.ci/test $(ARGS)

check: ## Run all that the continuous integration runs
	@.ci/run

lock: ## Pin every dependency again, with hashes, from pyproject.toml
	@.ci/venv && .ci/lock $(ARGS)
