signalsmith {
  state "source" {
    source = source.duckdb.laek # ERROR C116
    schema = "a.b.c"            # ERROR C112
  }
}

source "duckdb" "lake" {}
