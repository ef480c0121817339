# The least that does something. No signalsmith block: project and environment are "default".
source "duckdb" "files" {}

model "customers" {
  source      = source.duckdb.files
  primary_key = ["customer_id"]
  sql         = file("sql/customers.sql")
}

destination "salesforce" "crm" {
  emulator {}
}

target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
}

mapping "contact" {
  target = target.contact
  field "LastName" {
    value = col.last_name
  }
}

sync "contacts" {
  model   = model.customers
  mapping = mapping.contact
  mode    = "upsert"
}
