# Values of the wrong type.
signalsmith {
  project = ["crm"] # ERROR C111
}

source "duckdb" "files" {
  path        = { a = 1 }   # ERROR C111
  allow_paths = "../exports" # ERROR C111
}

model "customers" {
  source      = source.duckdb.files
  primary_key = "id"          # ERROR C111
  sql         = ["select 1"]  # ERROR C111
}

model "nulls" {
  source      = source.duckdb.files
  primary_key = ["id", null] # ERROR C111
  table       = "x"
}

destination "salesforce" "crm" {
  production = "maybe" # ERROR C111
  emulator {}
}

target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
}

mapping "contact" {
  target = target.contact
  fields = merge({}, {}) # ERROR C111
  field "Phone" {
    value = col.phone
    pii   = "perhaps" # ERROR C111
  }
}
