# limbd: `make walk` shows a simulated robot learning to walk, `make test` checks everything, both from nothing.
# Needs a Swift 6.3 toolchain on Debian 12 (or Ubuntu 24.04); installs the rest.

SHELL := /bin/bash
SWIFT ?= swift
PREFIX ?= /usr
DESTDIR ?=
# The one knob for counts: tests use 1, `make proof` a hundred times as much.
LIMBD_CASES ?= 1
export LIMBD_CASES

PACKAGES := libserialport-dev libyaml-dev libopenblas-dev libmujoco-dev pkg-config build-essential python3-venv
# Nice to have in tests: cross compilers for the firmware, an emulated microcontroller. Their absence is reported as a skip.
TEST_PACKAGES := qemu-user gcc-arm-none-eabi libnewlib-arm-none-eabi gcc-aarch64-linux-gnu libc6-dev-arm64-cross \
                 qemu-system-arm
RELEASE := .build/release
# Where the tests leave what they found of the fault matrix.
FAULTS := $(CURDIR)/.build/faults.jsonl

.PHONY: all bootstrap bootstrap-test venv build release test test-debug test-release test-firmware test-vectors \
        test-example test-source faults fixtures walk proof bench install system-test clean

all: release

## bootstrap: install the system packages that are missing (asks for root only then)
bootstrap:
	@./scripts/bootstrap $(PACKAGES)

bootstrap-test: bootstrap
	@./scripts/bootstrap --optional $(TEST_PACKAGES)
	@$(MAKE) --no-print-directory venv

## venv: the pinned Python peers that check our formats
venv: .venv/.stamp
.venv/.stamp: scripts/requirements.txt firmware-protocol/vectors/requirements.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check $(foreach f,$^,-r $(f))
	@touch $@

## fixtures: write anew what an independent implementation (PyTorch) makes of the learner's updates
fixtures:
	python3 -m venv .venv/fixtures
	.venv/fixtures/bin/pip install --quiet --disable-pip-version-check -r Benchmarks/fixtures/requirements.txt
	.venv/fixtures/bin/python3 Benchmarks/fixtures/generate.py

## build: the debug build, the strict one for the control path
build: bootstrap
	$(SWIFT) build

## release: what runs on a robot
release: bootstrap
	$(SWIFT) build -c release

## test: everything, from a clean clone
test: bootstrap-test test-source test-firmware test-vectors test-release test-debug

# What can be seen without a compiler: a comment at every declaration that another room may use, a reason for every
# place where the compiler takes somebody's word.
test-source:
	./scripts/check-docs
	./scripts/check-escapes
	./scripts/check-links

test-firmware:
	$(MAKE) -C firmware-protocol/c test cross

test-vectors: venv
	.venv/bin/python3 firmware-protocol/vectors/generate.py --check

# The firmware on an emulated microcontroller, driven by the released limbd; skipped, with the reason, where the packages are not.
test-example:
	LIMBD=$(RELEASE)/limbd firmware-protocol/example/check

test-debug: venv
	LIMBD_STRICT=1 $(SWIFT) build --build-tests
	rm -f $(FAULTS)
	LIMBD_FAULTS=$(FAULTS) LIMBD_STRICT=1 SWIFT=$(SWIFT) ./scripts/test-once --skip Trials
	# Those that start the real programs have the machine to themselves: a robot in real time needs its share of it.
	LIMBD_FAULTS=$(FAULTS) LIMBD_STRICT=1 SWIFT=$(SWIFT) ./scripts/test-once --filter Trials
	./scripts/fault-matrix --check $(FAULTS)

## faults: put every row of the fault matrix to the proof, and write the table in docs/safety.md
faults: venv
	LIMBD_STRICT=1 $(SWIFT) build --build-tests
	rm -f $(FAULTS)
	LIMBD_FAULTS=$(FAULTS) LIMBD_STRICT=1 SWIFT=$(SWIFT) ./scripts/test-once --filter 'FaultTests|ProcessFaults|ThreadFaults|StorageFaults|diskFull'
	./scripts/fault-matrix $(FAULTS)

test-release:
	LIMBD_STRICT=1 $(SWIFT) build -c release
	$(RELEASE)/limbd check configs/quad8-sim.yaml --quiet
	./scripts/smoke $(RELEASE)
	for study in Benchmarks/study/*.toml; do Benchmarks/study/study.py "$$study" --check || exit 1; done

## walk: a simulated quadruped learns to walk over a serial line, in real time, before your eyes
walk: release
	$(RELEASE)/limbd run configs/quad8-sim.yaml --arm --state runs/walk --until walking --json-lines runs/walk.jsonl
	$(RELEASE)/limbd report runs/walk --json

## proof: the full counts, and the studies; writes docs/results/ (hours)
proof: bootstrap-test
	LIMBD_CASES=100 ./scripts/proof

## bench: measure this machine
bench: release
	@for what in loop learner replay link; do $(RELEASE)/limbd bench $$what --json; done

# Where there is no compiler (sudo has another PATH) what is built is installed as it is.
## install: binaries, unit, udev rule, users, profiles, manual, completions below DESTDIR
install: $(if $(shell command -v $(SWIFT)),release)
	./scripts/install "$(DESTDIR)" "$(PREFIX)" "$(RELEASE)"

# Not part of `make test`: it needs root, a mirror of Debian 12 and some minutes.
## system-test: the installed service in an emulated Debian, killed, hung, stopped and cut from power (docs/system-test.md)
system-test: $(if $(shell command -v $(SWIFT)),release)
	./scripts/system-test $(RELEASE)

clean:
	rm -rf .build .venv runs
