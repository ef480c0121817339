# Exactly one of sql and table.
source "duckdb" "files" {}

model "both" {
  source      = source.duckdb.files
  primary_key = ["id"]
  sql         = "select 1 as id"
  table       = "customers" # ERROR C132
}

model "neither" { # ERROR C132
  source      = source.duckdb.files
  primary_key = ["id"]
}

model "null" {
  source      = source.duckdb.files
  primary_key = ["id"]
  sql         = null # ERROR C132
}
