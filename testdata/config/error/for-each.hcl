# for_each: values that it does not take, keys that addresses cannot hold, and each where there is none.
variable "state" {
  default   = "CA"
  sensitive = true
}

locals {
  twice = toset(["a", "a"]) # ERROR C152
  each  = each.key          # ERROR C150
  nums  = toset([1, 2])
}

source "duckdb" "files" {}

model "list" {
  for_each    = ["a", "b"] # ERROR C151
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "null" {
  for_each    = null # ERROR C151
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "number" {
  for_each    = 3 # ERROR C151
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "numbers" {
  for_each    = local.nums # ERROR C151
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "sensitive" {
  for_each    = toset([var.state]) # ERROR C151
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "itself" {
  for_each    = model.itself # ERROR C151
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "own" {
  for_each    = { (each.key) = 1 } # ERROR C151
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "block" {
  for_each    = model.list # ERROR C151
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "columns" {
  for_each    = toset([col.state]) # ERROR C130
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "undeclared" {
  for_each    = local.states # ERROR C118
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "empty" {
  for_each    = { "" = 1 } # ERROR C152
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "odd" {
  for_each = toset([
    "a*",  # ERROR C152
    " b",  # ERROR C152
    "c\n", # ERROR C152
    "d",
  ])
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "nothing" {
  for_each    = toset(["a", null]) # ERROR C152
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "twice" {
  for_each    = local.twice
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "again" {
  for_each = {
    a = 1
    a = 2 # ERROR C152
  }
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "each" {
  for_each    = toset(["a", "b"])
  source      = source.duckdb.files
  primary_key = [each.ky] # ERROR C118
  table       = each.key
  timezone    = each.value == "a" ? "UTC" : "Mars" # ERROR C112
}

model "once" {
  for_each    = {}
  source      = source.duckdb.files
  primary_keys = ["id"] # ERROR C106
  table       = each.key
}

model "plain" {
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key # ERROR C150
}

destination "salesforce" "crm" {
  for_each     = toset(["a"]) # ERROR C106
  instance_url = each.value   # ERROR C150
}
