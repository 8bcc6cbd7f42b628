# Gradlens: `make serve` and `make test` are all one needs. Tools are set up by themselves (docs/setup.md).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PORT ?= 8080
# How long `make fuzz` runs.
SECONDS ?= 60
# Cargo features of the command line; `webgpu` adds the GPU to it and several minutes to its build.
CLI_FEATURES ?=

# Tools on PATH, Cargo's folder in the cache. What is built was fetched by set-up, so the network is not asked again.
ENV := . tools/env.sh && export CARGO_NET_OFFLINE=true &&
# What the page is made of: it is built anew when one of these is newer.
PAGE_SOURCES := $(shell find src www static Cargo.toml Cargo.lock Trunk.toml .cargo tools/versions.env -type f -not -path 'static/models/*')
# The browser's side, for clippy and tests: with the GPU, as its worker is built. The page and the CPU worker are built
# without it (www/index.html), because the GPU crates register kernels that are linked in even where nothing calls them.
WASM := --target wasm32-unknown-unknown --profile quick

##@ Use
.PHONY: serve
serve: setup-serve ## Build the page and serve it on localhost:8080 (PORT=...), as soon as it works
	@$(ENV) exec python3 tools/build_and_serve.py --port $(PORT)

.PHONY: serve-dist
serve-dist: dist ## Serve the page as it is released
	@exec python3 tools/serve.py --port $(PORT) dist

.PHONY: cli
cli: setup-build ## Build the command line and print where it is
	@$(ENV) cargo build --locked --release --bin gradlens --no-default-features --features "engine $(CLI_FEATURES)" && echo "$$CARGO_TARGET_DIR/release/gradlens"

.PHONY: dist build
dist: setup-build dist/index.html ## Build the page into dist/
build: dist
dist/index.html: $(PAGE_SOURCES)
	@$(ENV) trunk build

.PHONY: study method-pictures
study: cli ## Test the paper's claim on photographs with masks, into docs/study.md (hours; SHARD=i/n)
	@$(ENV) SHARD=$(SHARD) tools/study/run.sh
method-pictures: cli ## Make the pictures of docs/methods.md anew
	@$(ENV) python3 tools/method_pictures.py "$$CARGO_TARGET_DIR/release/gradlens" static/models/efficientnet-lite0.onnx \
		static/samples/chelsea.jpg docs/pictures/methods

##@ Test
.PHONY: test
# The programs for building are compiled by the parts that use them, beside the others.
test: setup-files ## Run every check and every test
	@tools/test.sh --beside dist check-format check-dependencies lint-native test-native lint-wasm test-browser --then test-page

.PHONY: check-format
check-format: ## Formatting
	@$(ENV) cargo fmt --check

.PHONY: check-dependencies
check-dependencies: ## Licences and sources of all crates
	@$(ENV) cargo deny --offline --log-level error check bans licenses sources

.PHONY: lint lint-native lint-wasm
lint: lint-native lint-wasm ## Clippy, for the machine and for the browser
lint-native:
	@$(ENV) cargo clippy --locked --all-targets -- -D warnings
lint-wasm:
	@$(ENV) cargo clippy --locked $(WASM) --features webgpu,relaxed-simd --lib --bin app --bin worker_relaxed --bin worker_gpu --example browser -- -D warnings

.PHONY: test-native
test-native: ## Unit, golden and command line tests
	@$(ENV) cargo test --locked

.PHONY: test-browser
test-browser: setup-build ## The engine in a headless browser
	@$(ENV) cargo test --locked $(WASM) --no-default-features --features suite,webgpu,relaxed-simd --example browser

# Milliseconds that one test of the page may take: several times what the longest does on two slow cores.
TEST_TIMEOUT_MS := 600000
.PHONY: test-page
test-page: dist ## The built page in a real browser
	@$(ENV) node --test --test-reporter=spec --test-timeout=$(TEST_TIMEOUT_MS) tests/e2e/*.test.mjs

.PHONY: test-firefox
test-firefox: dist setup-firefox ## The built page in Firefox (not part of `make test`)
	@$(ENV) node --test --test-reporter=spec tests/firefox/*.test.mjs

.PHONY: lighthouse
lighthouse: dist setup-lighthouse ## Lighthouse's figures for the built page, 95 at least (not part of `make test`)
	@$(ENV) node tests/lighthouse/run.mjs

# A file that asks for more memory than this many KiB ends the process, and is found as last.onnx.
FUZZ_MEMORY := 8000000
.PHONY: fuzz
fuzz: ## Feed damaged model files to the parser and the shape rules (SECONDS=...)
	@$(ENV) cargo test --locked --no-run --test fuzz && ulimit -v $(FUZZ_MEMORY) && \
	GRADLENS_FUZZ_SECONDS=$(SECONDS) cargo test --locked --test fuzz damaged -- --nocapture

.PHONY: onnx-node-tests
onnx-node-tests: setup ## ONNX's own tests of every operator, with a line for each that does not apply
	@$(ENV) cargo test --locked --test it onnx_nodes:: -- --nocapture

.PHONY: model-table
model-table: cli ## Compare 25 networks with PyTorch, by both exporters and other forms of file (an hour, 8 GB of downloads and files)
	@tools/model_table/run.sh

.PHONY: bench
bench: setup dist cli ## Compare speed with PyTorch and TensorFlow.js, into docs/performance.md (half an hour; BENCH_ROWS=...)
	@BENCH_ROWS="$(BENCH_ROWS)" BENCH_RUNS="$(BENCH_RUNS)" tools/bench/run.sh

.PHONY: gpu-profile
gpu-profile: setup dist cli ## Print what each shader takes of one gradient (NETWORK=... SIZE=...)
	@tools/bench/run.sh shaders.mjs $(or $(NETWORK),efficientnet_lite0) $(SIZE)

##@ Work
.PHONY: dev
dev: setup-serve ## Serve the page, build every change and reload (DEV=--gpu for the GPU's engine too)
	@$(ENV) exec python3 tools/build_and_serve.py --port $(PORT) --watch $(DEV)

.PHONY: timings
timings: setup ## Print crates, time and CPU time of each program, built from nothing, into .timings (PROGRAMS=...; an hour)
	@$(ENV) python3 tools/timings.py $(PROGRAMS)

.PHONY: example
example: cli ## Compute the example that the page shows while it loads
	@$(ENV) python3 tools/make_example.py "$$CARGO_TARGET_DIR/release/gradlens" static

.PHONY: screenshots
screenshots: setup dist ## Take the pictures of the page in docs/screenshots
	@$(ENV) node tests/e2e/screenshots.mjs

.PHONY: fmt
fmt: setup-build ## Format the code
	@$(ENV) cargo fmt

.PHONY: setup setup-build setup-files setup-serve setup-firefox setup-lighthouse
setup: ## Install what is missing for building and testing
	@tools/setup.sh test
setup-build:
	@tools/setup.sh build
setup-files setup-serve setup-firefox setup-lighthouse:
	@tools/setup.sh $(@:setup-%=%)

.PHONY: clean clean-cache
clean: ## Remove what was built or copied into the checkout
	rm -rf dist .quick .timings www/.quick.html static/models tests/*/node_modules tests/*/output
clean-cache: clean ## Remove the tools and compiled crates too
	@. tools/env.sh && echo rm -rf "$$CACHE" && rm -rf "$$CACHE"

.PHONY: help
help: ## List what can be made
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {print "\n" substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
