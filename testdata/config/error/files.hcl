# Files that do not exist, or lie outside of the directory.
source "duckdb" "files" {}

model "missing" {
  source      = source.duckdb.files
  primary_key = ["id"]
  sql         = file("sql/customer.sql") # ERROR C122
}

locals {
  passwd = file("/etc/passwd")                 # ERROR C122
  above  = file("../secrets.txt")              # ERROR C122
  dir    = file("sql")                         # ERROR C122
  self   = file("")                            # ERROR C122
  state  = file(".signalsmith/state.db")       # ERROR C122
  tpl    = templatefile("sql/nothing.sql", {}) # ERROR C122
  secret = file(env("SF_ACCESS_TOKEN"))        # ERROR C122
}
