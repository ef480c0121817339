signalsmith {
  state "source" {
    source = source.duckdb.lake
    schema = "main.signalsmith"
  }
}

source "duckdb" "lake" {}
