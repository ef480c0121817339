# What the language has and this version does not.
signalsmith {
  max_plan_age = "24h" # ERROR C113
  guard {
    max_remove  = "1%"
    max_create  = 500
    max_update  = 500
    max_missing = "1%"
    max_drift   = "1%"
    max_shrink  = "10%"
    min_rows    = 1000
    max_reject  = "2%"
  }
}
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

source "databricks" "lake" { # ERROR C113
  host = "adb-1.azuredatabricks.net"
}

model "many" {
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = "customers"
  freshness {
    column  = "loaded_at"
    max_age = "26h"
  }
}

destination "salesforce" "other" {
  api = "bulk" # ERROR C113
  auth "oauth" { # ERROR C113
    client_id = "3MVG"
  }
}

target "lead" {
  destination = destination.salesforce.crm
  object      = "Lead"
  assignment  = "active"
  duplicates  = "allow"
}

target "account" {
  destination = destination.salesforce.crm
  object      = "Account"
  match       = "Code__c"
  assignment  = "off"
  duplicates  = "block"
}

mapping "contact" {
  target = target.contact
  fields = {
    Code__c = col.id
  }
  field "Phone" {
    value     = col.phone
    on_null   = "clear"
    overwrite = "on_change"
    on_drift  = "report"
    consent   = false
  }
  field "Fax" {
    value   = col.fax
    on_null = "reject"
  }
  field "NoMail__c" {
    value     = col.no_mail
    overwrite = "on_create"
    on_drift  = "ignore"
    consent   = true
  }
  field "Nickname__c" {
    value     = col.nickname
    overwrite = "if_empty"
  }
}

sync "contacts" {
  model          = model.customers
  mapping        = mapping.contact
  mode           = "upsert"
  on_leave       = "delete"
  on_missing     = "create"
  delete_adopted = true
  cascade        = true
  allow_opt_in   = true
  guard {
    max_remove  = "1%"
    max_create  = 500
    max_update  = 500
    max_missing = "1%"
    max_drift   = "1%"
    max_shrink  = "10%"
    min_rows    = 1000
    max_reject  = "2%"
  }
}

sync "insert" {
  model          = model.customers
  mapping        = mapping.contact
  mode           = "insert"
  on_leave       = "ignore"
  on_missing     = "skip"
  delete_adopted = false
  cascade        = false
  allow_opt_in   = false
}

sync "update" {
  model    = model.customers
  mapping  = mapping.contact
  mode     = "update"
  on_leave = "clear"
}

sync "block" {
  for_each = toset(["a", "b"])
  model    = model.customers
  mapping  = mapping.contact
  mode     = "upsert"
  on_leave "set" {
    Active__c = false
  }
}

audience "vip" { # ERROR C113
  model = model.customers
}

moved {
  from = sync.people
  to   = sync.contacts
}

moved {
  from = audience.vips # ERROR C113
  to   = audience.vip  # ERROR C113
}

removed {
  from = sync.old
}

allow {
  rule   = "max_remove"
  item   = sync.contacts
  up_to  = 6400
  until  = "2026-12-01"
  reason = "The old segment is closed."
}

allow {
  rule   = "max_remove"
  item   = audience.vip # ERROR C113
  up_to  = 6400
  until  = "2026-12-01"
  reason = "The old segment is closed."
}
