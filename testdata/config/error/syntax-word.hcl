source "duckdb" "files" {
  path # ERROR C104
}
