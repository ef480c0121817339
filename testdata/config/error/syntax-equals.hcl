source "duckdb" "files" {
  path "crm.db" # ERROR C104
}
