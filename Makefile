# Thin names for plain commands: each line below can be typed as it stands, and README.md explains it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test fuzz bench-generator

# The paths below hold wherever the user keeps build results otherwise.
export CARGO_TARGET_DIR := $(CURDIR)/target

PLAN ?= workshop
RUNNER := $(shell command -v cargo-nextest >/dev/null && echo cargo nextest run || echo cargo test --all-targets)

help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 24

demo: ## Build both servers, load them, leave a report (PLAN=smoke, workshop or full)
	scripts/setup demo
	cargo build --release --locked --bins
	target/release/loadtest compare --plan $(PLAN)

test: ## Everything that must hold before a change lands
	scripts/setup test
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo check --package shared
	cargo check --package stateless-server --package stateful-server
	cargo check --package loadtest
	cargo test --workspace --locked --doc
	$(RUNNER) --workspace --locked
	target/tools/bin/python scripts/fuzz.py
	target/tools/bin/python scripts/docs.py

SECONDS_EACH ?= 60

fuzz: ## Try to break every parser for a minute each (takes cargo-fuzz; SECONDS_EACH=600 for longer)
	scripts/setup fuzz
	for target in token cookie draft checkout response; do scripts/fuzz_target $$target $(SECONDS_EACH); done

bench-generator: ## Hold the load generator against wrk, oha and hey, where they are installed
	scripts/setup bench
	cargo build --release --locked --package loadtest --bins
	python3 scripts/bench_generator.py
