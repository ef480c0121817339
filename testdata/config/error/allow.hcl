# What may pass a guard, and until when; today is 2026-07-01.
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
    Customer_Id__c = col.id
  }
}

sync "contacts" {
  model   = model.customers
  mapping = mapping.contact
  mode    = "upsert"
}

sync "states" {
  for_each = toset(["CA"])
  model    = model.customers
  mapping  = mapping.contact
  mode     = "upsert"
}

allow {
  rule   = "max_remove"
  item   = sync.contacts
  up_to  = 10
  until  = "2026-06-30" # ERROR C155
  reason = "over"
}

allow {
  rule   = "max_remov"     # ERROR C112
  item   = sync.contact    # ERROR C116
  up_to  = 0.5
  until  = "1 August 2026" # ERROR C112
  reason = " "             # ERROR C112
}

allow { # ERROR C107 C107 C107 C107
}

allow "contacts" { # ERROR C109
  rule = "max_remove"
}

allow { # ERROR C107
  rule   = "max_update"
  item   = sync.contacts
  until  = "2026-08-01"
  reason = "no count"
}

allow {
  rule   = "max_drift"
  item   = sync.states # ERROR C153
  up_to  = 0           # ERROR C112
  until  = "2026-08-01"
  reason = "which?"
}

allow {
  rule   = "max_missing"
  item   = model.customers # ERROR C117
  up_to  = "many"          # ERROR C111
  until  = "2026-08-01"
  reason = "a model"
}

allow {
  rule   = "freshness"
  item   = sync.states["CA"]
  up_to  = 10 # ERROR C154
  until  = "2026-08-01"
  reason = "a count of nothing"
}

allow {
  rule   = "would_be_empty" # ERROR C154
  item   = sync.contacts
  until  = "2026-08-01"
  reason = "no members"
}

allow { # ERROR C108
  rule   = "max_remove"
  item   = sync.contacts
  up_to  = 20
  until  = "2026-08-01"
  reason = "again"
}
