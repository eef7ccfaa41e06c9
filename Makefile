# SPDX-License-Identifier: Apache-2.0
#
# make build    what ships, in artifacts/kadalu-fsd; ARCH=arm64 cross-compiles it, to artifacts/kadalu-fsd-arm64
# make up       a pool of three units on this machine, mounted; make down takes it away. NODES=3 brings up a cluster of so many nodes, in namespaces
# make test     every capability once, in small, in namespaces of its own
# make test-long  numbers: kills, sizes, soaks, load; PART=kills for one part, an hour at most each
# make soak     pools, crashes and heals again and again on a busy machine, then mutants; TESTS=FullyQualifiedName~Heal ROUNDS=5 SUITE=Integration.Tests
# make mutants  how many small changes of src the unit tests notice; PROJECT=Rpc for one, FILES='**/Route*.cs' for some of its files
# make bench    side by side with the stock daemon; BENCH=15 for more rounds
# make micro    the codecs alone (BenchmarkDotNet); MICRO='--filter *GetSpec*' for some of them
# make ganesha  NFS-Ganesha's FSAL for GlusterFS with ports and several servers, as a Debian package: packaging/nfs-ganesha-kadalu
# make matrix   docs/reference/clients.md, from what the last make test has found of clients
# make man      man pages, and pages of docs/reference, from what the program says of itself
# make format   puts the code into the house's form; make check-format only checks

SHELL := /bin/bash
DOTNET ?= dotnet
SHIPPED := artifacts/kadalu-fsd$(ARCH:%=-%)
PUBLISHED := artifacts/publish$(ARCH:%=-%)
SYMBOLS := artifacts/symbols$(ARCH:%=-%)
NATIVE := native/build
REVISION := $(shell git describe --always --dirty --exclude '*' --abbrev=10 2> /dev/null)
# The analyzers have their say where the same sources are built for the tests.
RELEASE := -c Release -v quiet -p:RunAnalyzers=false $(REVISION:%=-p:BuildRevision=+%)
ifeq ($(ARCH),arm64)
NATIVE := artifacts/arm64/native
CROSS := -r linux-arm64 -p:ArtifactsPath=$(CURDIR)/artifacts/arm64/build -p:SysRoot=$(CURDIR)/artifacts/arm64/root \
  -p:CppCompilerAndLinker=clang -p:ObjCopyName=aarch64-linux-gnu-objcopy
else ifneq ($(ARCH),)
$(error ARCH is arm64, or nothing for this machine's)
endif
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

.PHONY: build native up down test test-long soak mutants bench micro ganesha matrix man format check-format clean dependencies
build: dependencies native
	$(DOTNET) build $(RELEASE) $(CROSS) -clp:NoSummary src/Fsd
	$(DOTNET) build $(RELEASE) $(CROSS) -clp:NoSummary src/Kadalu
	@# Both at the same time: the compiler of machine code is busy on one processor most of the time.
	$(DOTNET) publish --no-build -o $(PUBLISHED)/fsd $(RELEASE) $(CROSS) src/Fsd & fsd=$$!; \
	  $(DOTNET) publish --no-build -o $(PUBLISHED)/kadalu $(RELEASE) $(CROSS) src/Kadalu && wait $$fsd
	@rm -rf $(SHIPPED) && mkdir -p $(SHIPPED) $(SYMBOLS)
	@install -m 755 $(PUBLISHED)/fsd/kadalu-fsd $(PUBLISHED)/kadalu/kadalu $(PUBLISHED)/fsd/libMonoPosixHelper.so $(NATIVE)/libkfsd.so $(SHIPPED)/
	@cp -r $(NATIVE)/translators $(SHIPPED)/
	@mv $(PUBLISHED)/fsd/kadalu-fsd.dbg $(PUBLISHED)/kadalu/kadalu.dbg $(SYMBOLS)/
	@rm -rf $(PUBLISHED)
	@ls -l $(SHIPPED)

dependencies:
	@packaging/install-dependencies.sh build $(ARCH)

native: dependencies
	@$(MAKE) --no-print-directory -C native

up: build
	@packaging/install-dependencies.sh run
	@$(if $(NODES),demo/up-nodes.sh $(NODES),demo/up.sh)

down:
	@demo/down.sh

# Of the form only spaces and the order of usings: the analyzers, which are most of check-format's time, have their say when the tests are built.
test: build ganesha
	@packaging/install-dependencies.sh run test
	$(DOTNET) format whitespace KadaluFsd.sln --verify-no-changes
	@tests/run.sh

test-long: build ganesha
	@packaging/install-dependencies.sh run test
	@tests/run.sh long $(PART)

soak: build
	@packaging/install-dependencies.sh run test
	@tests/run.sh soak '$(ROUNDS)' '$(TESTS)' $(SUITE)
	@$(MAKE) --no-print-directory mutants

mutants: dependencies
	@packaging/install-dependencies.sh test
	@tests/mutants.sh $(PROJECT)

bench: build
	@packaging/install-dependencies.sh run test
	@mkdir -p artifacts/bench
	@$(CC) -O2 -Wall -Wextra -Werror -o artifacts/bench/floor bench/Load/native/floor.c
	@$(CC) -O2 -Wall -Wextra -Werror -o artifacts/bench/fetchers bench/Load/native/fetchers.c
	@$(DOTNET) build bench/Load -c Release -v quiet -clp:NoSummary
	@tests/isolated.sh $(DOTNET) run --project bench/Load -c Release --no-build -- $(BENCH)

micro:
	$(DOTNET) run --project bench/Micro -c Release -- $(or $(MICRO),--filter '*')

ganesha:
	@packaging/nfs-ganesha-kadalu/build.sh

matrix:
	@tests/matrix.sh write

man:
	$(DOTNET) run --project tools/Reference -- .

format:
	$(DOTNET) format KadaluFsd.sln

check-format:
	$(DOTNET) format KadaluFsd.sln --verify-no-changes

clean:
	rm -rf artifacts native/build
