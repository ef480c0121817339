# Everything has one place.
signalsmith {
  project = "a"
  state "local" {}
  state "local" {} # ERROR C108
}

signalsmith { # ERROR C108
  project = "b"
}

variable "env" {
  default = "dev"
}

variable "env" { # ERROR C108
  default = "prod"
}

locals {
  a = 1
}

locals {
  a = 2 # ERROR C108
}

source "duckdb" "files" {}

source "duckdb" "files" { # ERROR C108
  path = "crm.db"
}

model "customers" {
  source      = source.duckdb.files
  primary_key = ["id", "region", "id"] # ERROR C108
  table       = "customers"
}

model "customers" { # ERROR C108
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = "customers"
}

destination "salesforce" "crm" {
  auth "access_token" {
    token = env("SF_ACCESS_TOKEN")
  }
  auth "oauth" {} # ERROR C108
}

target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
}

mapping "contact" {
  target = target.contact
  fields = {
    Email    = col.email
    LastName = col.last_name
    email    = col.other # ERROR C108
  }
  field "LASTNAME" { # ERROR C108
    value = col.last_name
  }
}
