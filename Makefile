# Bare `make` prints this help. Everything needs only Go, except what says PostgreSQL.
.DEFAULT_GOAL := help
.PHONY: help run test test-pg race lint generate verify fuzz bench bench-pages sim screenshots ci

export CGO_ENABLED ?= 0

# Packages in which goroutines meet.
RACY := internal/db internal/feed internal/jobs internal/deed internal/web sandbox
RACY_SLICES := city/cockpit city/market city/market/assign city/market/match city/market/search \
	city/attendance
# Each writes one generated file, or with -check fails when it is stale. regiongen and fontgen fetch
# from npm, so they are run by hand: when the codes of the regions change, or a sentence of the
# daily report has a character that its font lacks (a test says so).
GENERATORS := $(filter-out regiongen fontgen,$(notdir $(wildcard internal/tools/*)))
FUZZTIME ?= 20s
SHOTS ?= screenshots

help: ## print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## make the demo city if it is absent, and serve it on 127.0.0.1:8080
	go run ./cmd/gongyi demo

test: ## all tests on SQLite (and on PostgreSQL when GONGYI_TEST_PG is set)
	go test ./...

test-pg: ## all tests on both engines; GONGYI_TEST_PG=postgres://… must be set
	GONGYI_REQUIRE=pg go test -count=1 ./...

race: ## the race detector, where goroutines meet (needs a C compiler)
	CGO_ENABLED=1 go test -race $(RACY:%=./%/)
	CGO_ENABLED=1 GONGYI_TEST_ONLY=$(and $(GONGYI_TEST_PG),postgres) go test -race $(RACY_SLICES:%=./%/)

lint: ## gofmt, go vet, staticcheck
	@unformatted="$$(gofmt -l .)"; test -z "$$unformatted" || \
		{ echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; }
	go vet ./...
	go tool staticcheck ./...

generate: ## write the generated files again
	@for g in $(GENERATORS); do go run ./internal/tools/$$g || exit 1; done

verify: lint ## lint, and fail when a generated file is stale or the house's rules are broken
	@for g in $(GENERATORS); do go run ./internal/tools/$$g -check || exit 1; done
	go test -run 'TestArch|TestTidy' .

fuzz: ## every fuzz test for FUZZTIME (20s)
	@grep -rl --include='*_test.go' '^func Fuzz' . | sort | while read -r file; do \
		for f in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' "$$file"); do \
			go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")" || exit 1; \
		done; done

bench: ## measure the main loop and the ledger (see docs)
	go run ./cmd/gongyi bench loop --json
	go run ./cmd/gongyi bench ledger --json

bench-pages: ## measure weight and speed of the pages in a city of 100 000 workers
	go run ./cmd/gongyi bench pages --json

sim: ## two weeks of a simulated city with faults; prints one JSON object
	go run ./cmd/gongyi sim --seed 7 --days 14 --workers 2000 --employers 60 --faults 0.02 --json

screenshots: ## pictures of every page that the browser tests visit, in SHOTS (needs Chromium)
	mkdir -p $(SHOTS)
	GONGYI_SHOTS=$(abspath $(SHOTS)) go test -count=1 -run TestBrowser ./e2e

ci: ## what the continuous integration runs, PostgreSQL included
	.ci/run
