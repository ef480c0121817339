# Values of the right type that the argument does not take.
signalsmith {
  required_version = "latest" # ERROR C112
  state "local" {
    path = "" # ERROR C112
  }
}

variable "a" {
  type    = "string" # ERROR C112
  default = "x"
}

variable "b" {
  type    = list # ERROR C112
  default = []
}

variable "c" {
  type = integer # ERROR C112
}

variable "d" {
  type = list(number) # ERROR C112
}

source "duckdb" "files" {}

model "empty" {
  source      = source.duckdb.files
  primary_key = []   # ERROR C112
  sql         = "  " # ERROR C112
}

model "zone" {
  source      = source.duckdb.files
  primary_key = ["id", ""]       # ERROR C112
  table       = ""               # ERROR C112
  timezone    = "Europe/Cologne" # ERROR C112
}

model "local" {
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = "x"
  timezone    = "Local" # ERROR C112
}

destination "salesforce" "crm" {
  api = "Auto" # ERROR C112
  emulator {}
}

sync "contacts" {
  model    = model.zone
  mapping  = mapping.contact # ERROR C116
  mode     = "upsert"
  on_leave = "drop" # ERROR C112
}
