# Names of blocks that are not declared, each near to one that is.
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

model "orders" {
  source      = source.duckdb.file # ERROR C116
  primary_key = ["id"]
  table       = "orders"
}

target "lead" {
  destination = destination.salesforce.prod # ERROR C116
  object      = "Lead"
}

mapping "lead" {
  target = target.leads # ERROR C116
  fields = {
    LastName = col.last_name
  }
}

sync "contacts" {
  model   = model.custmers   # ERROR C116
  mapping = mapping.contacts # ERROR C116
  mode    = "upsert"
}
