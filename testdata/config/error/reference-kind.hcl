# References of the wrong kind, and what is no reference at all.
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

locals {
  model = model.customers # ERROR C117
}

model "orders" {
  source      = "files" # ERROR C117
  primary_key = ["id"]
  table       = "orders"
}

model "returns" {
  source      = source.files # ERROR C117
  primary_key = ["id"]
  table       = "returns"
}

sync "one" {
  model   = mapping.contact # ERROR C117
  mapping = model.customers # ERROR C117
  mode    = "upsert"
}

sync "two" {
  model   = "model.customers"     # ERROR C117
  mapping = mapping.contact.extra # ERROR C117
  mode    = "upsert"
}

sync "three" {
  model   = modle.customers # ERROR C117
  mapping = [1]             # ERROR C117
  mode    = "upsert"
}

sync "four" {
  model   = local.model  # ERROR C117
  mapping = customers    # ERROR C117
  mode    = "upsert"
}
