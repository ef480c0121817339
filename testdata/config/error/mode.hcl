# Modes that a sync of records does not have.
source "duckdb" "files" {}

model "customers" {
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = "customers"
}

destination "salesforce" "crm" {
  emulator {}
}

target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
  match       = "Customer_Id__c"
}

mapping "contact" {
  target = target.contact
  fields = {
    LastName = col.last_name
  }
}

sync "mirror" {
  model   = model.customers
  mapping = mapping.contact
  mode    = "mirror" # ERROR C114
}

sync "case" {
  model   = model.customers
  mapping = mapping.contact
  mode    = "Upsert" # ERROR C112
}

sync "add" {
  model   = model.customers
  mapping = mapping.contact
  mode    = "add" # ERROR C112
}

sync "bare" {
  model   = model.customers
  mapping = mapping.contact
  mode    = upsert # ERROR C118
}

sync "list" {
  model   = model.customers
  mapping = mapping.contact
  mode    = ["upsert"] # ERROR C111
}

sync "null" {
  model   = model.customers
  mapping = mapping.contact
  mode    = null # ERROR C107
}
