# The two commands: `make compose` and `make test`. Both set everything up first, into .venv, from the lock files.
#
#   make compose STYLE="schubert art song" SEED=7 BARS=24 KEY=Am METRE=3/4 TEMPO=90 TEMPERATURE=1.0 COUNT=2 OUT=pieces
#
# `make check` looks at format, lint, types and imports. `make measure` lists what can be measured by hand, and
#
#   make measure NAME=speed ARGS="--pieces 10"
#
# PyTorch comes from the package index as it is there. On Linux that is the CUDA build (several GB); for the small one:
#   make setup TORCH_OPTIONS="--index-url https://download.pytorch.org/whl/cpu"

PYTHON ?= $(shell command -v python3.11 || command -v python3)
TORCH_OPTIONS ?=
STYLE ?= chopin keyboard
OUT ?= out
CANDIDATES ?= 4

# An option is passed on only if it was given: $(call option,--seed,$(SEED))
option = $(if $(2),$(1) "$(2)")

.PHONY: bench chaos compose test setup check example measure fuzz lock notices sbom audit image-rehearsal clean

options = $(strip $(foreach name,SEED BARS KEY METRE TEMPO TEMPERATURE TEMPERAMENT TOP_K TOP_P COUNT CANDIDATES FORMATS, \
  $(call option,--$(call flag,$(name)),$($(name)))))
flag = $(subst _,-,$(shell echo $(1) | tr A-Z a-z))

compose: setup
	.venv/bin/notabot compose $(STYLE) --out "$(OUT)" $(options)

# All tests with three at a time, file by file: many wait for a process of theirs most of the time. Those named alone.
# In their order, not those files first that hold most tests: the longest hold few, and would run alone in the end.
# Python may keep what it compiles, whatever the environment says: tests start hundreds of processes.
WORKERS ?= 3
test: setup
	PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest $(or $(TESTS),-n $(WORKERS) --dist loadfile --no-loadscope-reorder)

# Format, lint, types and the direction of the imports: what a change must pass besides the tests.
check: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/python -m pytest tests/test_import_direction.py

# Written from the settings; a test compares.
example: setup
	.venv/bin/notabot settings --example > .env.example

measure: setup
	@.venv/bin/python -m tests.measure $(NAME) $(ARGS)

# All figures of speed and their pictures, in docs/bench: beside another version and NotaGen's own code where their
# folders are named, with what human music costs the model where a corpus is:
#
#   make bench BEFORE=../older NOTAGEN=../NotaGen CORPUS=data/scores.jsonl.xz ROUNDS=3 LOAD=2000
#
# Two processor cores take a quarter of an hour.
BENCH = docs/bench/figures.json
bench: setup
	.venv/bin/notabot bench --out $(BENCH) --load-pieces $(or $(LOAD),200) $(call option,--rounds,$(ROUNDS)) \
	  $(call option,--before,$(BEFORE)) $(call option,--notagen,$(NOTAGEN)) $(call option,--corpus,$(CORPUS))
	.venv/bin/python -m tests.measure arrivals --out $(BENCH)
	.venv/bin/notabot bench plots --out $(BENCH) --plots $(dir $(BENCH))

# Kills and faults of every kind at once, then outages: make chaos SEEDS="1 2 3" JOBS=1000 KILLS=20 OUTAGE_S=300
chaos: setup
	.venv/bin/python -m tests.measure chaos --only week outages --seeds $(or $(SEEDS),1) --jobs $(or $(JOBS),1000) \
	  --kills $(or $(KILLS),20) --outage-s $(or $(OUTAGE_S),300)

# Damaged input for a door that strangers use, or all of them: make fuzz DOOR=abc COUNT=1500 SEED=1
DOOR ?= all
fuzz: setup
	.venv/bin/python -W ignore -m tests.measure.fuzz $(DOOR) $(call option,--count,$(COUNT)) $(call option,--seed,$(SEED))

# What Notabot is built from: both locks anew from pyproject.toml (UPGRADE="numpy rich" brings these up to date), whether
# every licence is named, the bill of materials (CycloneDX), known weaknesses, and the image's steps without a daemon.
lock: setup
	.venv/bin/python -m tests.supply lock $(if $(UPGRADE),--upgrade $(UPGRADE))

notices sbom audit: setup
	.venv/bin/python -m tests.supply $@ $(ARGS)

image-rehearsal: setup
	.venv/bin/python -m tests.supply image $(ARGS)

setup: .venv/installed

# Everything but torch by the hashes of the locks, which name what is needed: hence --no-deps. Then torch, whose own
# needs are there already; it stands outside of the locks because its builds differ as files and share a version.
# Where there is no wheel (tinysoundfont: Linux on ARM, Python 3.13) its source is built, which takes a C++ compiler.
# pip keeps one processor busy, so two bring the two locks, which share no package; the kernels are compiled while torch
# comes, and bytecode is made by all processors, but for tests and for most of transformers, which nobody loads.
pip = .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile
kernels = from generator.model.compiled.machine_code import load_kernels; load_kernels()
.venv/installed: requirements.lock requirements-dev.lock pyproject.toml
	@echo "Setting up .venv (a few minutes the first time) ..."
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Notabot needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv
	$(pip) --no-deps --require-hashes -r requirements-dev.lock & \
	  $(pip) --no-deps --require-hashes -r requirements.lock; installed=$$?; wait $$! && exit $$installed
	$(pip) --no-deps --no-build-isolation --editable .
	.venv/bin/python -c "$(kernels)" > .venv/kernels.log 2>&1 & \
	  $(pip) $(TORCH_OPTIONS) torch==2.13.0; installed=$$?; wait; exit $$installed
	.venv/bin/python -m compileall -q -j 0 -x '/(tests|transformers/models)/' .venv/lib bot config generator renderers \
	  > .venv/bytecode.log || true
	@touch .venv/installed

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache
