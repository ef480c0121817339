.PHONY: build test golden check

build: ## the binary, in this directory
	go build -o signalsmith ./cmd/signalsmith

test: ## all tests
	go test ./...

golden: ## write the golden files anew; read the difference before you commit it
	go test ./cmd/internal/view ./cmd/internal/report ./engine/diff ./providers/duckdb ./providers/databricks -update

check: ## everything that CI checks
	bash .ci/run
