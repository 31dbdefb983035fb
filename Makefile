# Draftwell's doors. `make run` and `make test` do all the set-up on a fresh Debian 12 machine
# that has git, make, cargo and node; the scripts they call are in .ci/.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
# In the order they are written: nothing can be built before its packages are there.
.NOTPARALLEL:
.PHONY: help run test lint bench facts fuzz soak dist format bindings test-tools test-local-model packages-run packages-dist packages-test \
	packages-bench page clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: packages-run page ## Build Draftwell and open its window
	@. .ci/env; cargo run --locked

test: packages-test test-tools page ## Run every check and test, the end-to-end ones without a screen
	@. .ci/env; .ci/test

lint: packages-test page ## Only what needs no running: format, lints, types, layers, docs
	@. .ci/env; .ci/test lint

bench: packages-bench test-tools page ## Measure: start, memory, saving, typing, size of the package
	@. .ci/env; .ci/bench

facts: packages-test ## Measure the fact lock on its corpus: what it catches, and false alarms
	@. .ci/env; FACTS_ALL=1 cargo test --locked -p draftwell-core --test facts -- --nocapture

fuzz: packages-run ## Look for texts that break a mail or an address: libFuzzer, a minute a target
	@tests/fuzz/run

soak: packages-test test-tools page ## The long fault runs, of which `make test` has a short form
	@. .ci/env; .ci/test soak

test-local-model: packages-test ## Polish with a real small model; builds its server, once, in 15 minutes
	@[ -e tests/.tools/local-model/ready ] || tests/tools/install-local-model
	@. .ci/env; cargo test --locked -p draftwell-providers --features local-model --test local_model -- --nocapture

dist: packages-dist page ## Build the Debian package, and look whether it is sound
	@. .ci/env; .ci/dist

format: page ## Format everything
	@. .ci/env; cargo fmt --all; cd ui && npm run --silent format

bindings: page ## Write ui/src/ipc/bindings.ts anew after commands or types changed
	@. .ci/env; UPDATE_BINDINGS=1 cargo test --locked --lib bindings

packages-run packages-dist packages-test packages-bench: packages-%:
	@.ci/packages $*

# npm leaves this file behind when it is done; it is older than the lock file after each change.
NPM_DONE := ui/node_modules/.package-lock.json
$(NPM_DONE): ui/package-lock.json ui/package.json
	@cd ui && npm ci --no-audit --no-fund
	@touch $@

# Everything the page is built from. A new or deleted file changes its folder's time.
PAGE_SOURCES := $(shell find ui/src ui/*.html ui/public ui/*.ts ui/*.js ui/package.json 2>/dev/null)
page: ui/dist/index.html
ui/dist/index.html: $(NPM_DONE) $(PAGE_SOURCES)
	@cd ui && npm run --silent build
	@touch $@

# Independent programs the tests run against; see tests/tools/.
test-tools: tests/.tools/ready
tests/.tools/ready: tests/tools/install tests/tools/package-lock.json tests/tools/requirements.txt
	@tests/tools/install

clean: ## Remove what was built
	rm -rf target gen ui/dist ui/node_modules tests/.tools tests/.out
