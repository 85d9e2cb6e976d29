# The everyday commands. How things are built is in CMakeLists.txt and CMakePresets.json, how a cluster is run on this
# machine in tools/cluster/.

JOBS    ?= $(shell nproc)
SEEDS   ?= 1..2000
MINUTES ?= 10
RUNS    ?= 2
PREFIX  ?= /usr/local

packages = $(shell sed 's/\#.*//' $(1))
sources  = $(shell find common node client tools tests -name '*.[ch]pp')
slow     = ^(sim|cluster|fuzz)$$
cluster  = tools/cluster/cluster
compile  = cmake --preset $(1) >/dev/null && cmake --build --preset $(1) -j $(JOBS)
ctest    = ctest --test-dir $(1) -j $(JOBS) --output-on-failure --no-tests=error \
           --output-junit $(CURDIR)/build/results/$@-$(notdir $(1)).xml

# Those of the list in that file that are missing.
install  = have=$$(dpkg-query -W -f '$${db:Status-Status}\n' $(call packages,$(1)) 2>/dev/null | grep -cx installed); \
           if [ "$$have" != $(words $(call packages,$(1))) ]; then \
             $$([ $$(id -u) = 0 ] || echo sudo) sh -ec 'export DEBIAN_FRONTEND=noninteractive; \
               apt-get update -q; apt-get install -y -q --no-install-recommends $(call packages,$(1))'; \
           fi

help: ## list the targets
	@sed -nE 's|^([a-z -]+):.*## |\1\t|p' Makefile | expand -t 18

deps: ## install the Debian packages that are missing (tools/packages.txt)
	@$(call install,tools/packages.txt)

deps-peers: ## install the systems to compare with, for bench-peers (tools/bench/peers/packages.txt)
	@$(call install,tools/bench/peers/packages.txt)

build: deps ## build the programs: gavel-node, gavel, gavel-sniff, gavel-sim and gavel-bench land in build/bin/
	@$(call compile,release) --target gavel-node gavel gavel-sniff gavel-sim gavel-bench

house: deps
	@$(call compile,release) --target gavel-node gavel gavel-sniff

all: deps ## build everything, the tests too
	@$(call compile,release)

demo: house ## five nodes, one auction, two of its leaders killed: watch nothing get lost
	@$(cluster) demo

up: house ## start a local cluster of N nodes (default 5)
	@$(cluster) up $(N)

down: ## stop it
	@$(cluster) down

status: ## show its nodes, roles, leaders and positions
	@$(cluster) status

kill-leader: ## SIGKILL the node that leads an auction, else the idle node manager
	@$(cluster) kill-leader

kill: ## SIGKILL node N (make kill N=3)
	@$(cluster) kill $(N)

partition: ## nodes A and nodes B hear nothing of each other (make partition A=1,2 B=3,4,5)
	@$(cluster) partition A=$(A) B=$(B)

slow: ## node NODE's disk and network are slow, by MS milliseconds (make slow NODE=2 MS=200)
	@$(cluster) slow $(NODE) $(if $(MS),--ms $(MS))

drop: ## node NODE loses PERCENT of what other nodes send (make drop NODE=2 PERCENT=30)
	@$(cluster) drop $(NODE) $(PERCENT)

heal: ## no faults any more
	@$(cluster) heal

rolling-restart: ## restart every node, one after the other, while the cluster serves
	@$(cluster) rolling-restart

chaos soak: house ## break a cluster at random for MINUTES (default 10; SEED=), or run one and see that nothing grows
	@$(cluster) $@ --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

bench: bench-programs ## measure this house here and now, beside what is wanted of it (RUNS, default 2: a minute and a half)
	@build/bin/gavel-bench goals --runs $(RUNS)

bench-limits: bench-programs ## measure bids beside raw ZeroMQ messages and raw syncs of this machine
	@build/bin/gavel-bench limits

bench-programs: deps
	@$(call compile,release) --target gavel-node gavel-bench

logs: ## follow what its nodes print
	@$(cluster) logs

bench-peers: deps ## compare with the systems of deps-peers that are installed (ARGS="--only etcd --runs 1")
	@cmake --preset release -D GAVEL_BENCH_PEERS=ON >/dev/null
	@cmake --build --preset release -j $(JOBS) --target gavel-node gavel-bench gavel-bench-peers
	@build/bin/gavel-bench-peers $(ARGS)

test: all ## the quick tests: unit, property, trace, architecture, installation
	@$(call ctest,build) -LE '$(slow)'

check: all ## the long ones: 2,000 simulated seeds, real processes under real faults, a minute of fuzzing each
	@$(call ctest,build) -L '$(slow)'
	@$(MAKE) --no-print-directory fuzz MINUTES=1

sim: build ## run the simulator over SEEDS (default 1..2000)
	@build/bin/gavel-sim --seeds $(SEEDS) --jobs $(JOBS)

fuzz: deps ## fuzz the decoders for MINUTES each (default 10)
	@cmake --preset fuzz -D GAVEL_FUZZ_MINUTES=$(MINUTES) >/dev/null && cmake --build --preset fuzz -j $(JOBS)
	@$(call ctest,build/fuzz)

tsan: export TSAN_OPTIONS = ignore_noninstrumented_modules=1:halt_on_error=1
asan tsan: deps ## the quick tests and a few seeds under AddressSanitizer and UBSan, or ThreadSanitizer
	@$(call compile,$@)
	@$(call ctest,build/$@) -LE '^(cluster|fuzz|lint)$$'

lint: deps ## check format and architecture; with LINT_TIDY=1 run clang-tidy too
	@clang-format --dry-run -Werror $(sources)
	@python3 tests/lint/architecture.py
	@$(if $(LINT_TIDY),$(call compile,dev) && run-clang-tidy -quiet -p build/dev '$(CURDIR)/(common|node|client|tools)/')

format: deps ## reformat all sources
	@clang-format -i $(sources)

install: all ## install programs, libraries and headers under PREFIX (default /usr/local)
	@cmake --install build --prefix $(PREFIX)

clean: ## remove everything that was built
	@rm -rf build

.PHONY: help deps deps-peers build house all demo up down status kill-leader kill partition slow drop heal rolling-restart chaos soak bench bench-limits bench-peers bench-programs logs test check sim fuzz asan tsan lint format install clean
