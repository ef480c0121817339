# What the language has and this version does not.
signalsmith {
  max_plan_age = "24h"        # ERROR C113
  guard { max_remove = "1%" } # ERROR C113
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
  for_each    = toset(["CA", "NY"]) # ERROR C113
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = "customers"
  freshness { # ERROR C113
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
  assignment  = "active" # ERROR C113
  duplicates  = "allow"  # ERROR C113
}

mapping "contact" {
  target = target.contact
  fields = {
    State__c = each.key # ERROR C113
  }
  field "Phone" {
    value     = col.phone
    on_null   = "clear"     # ERROR C113
    overwrite = "on_change" # ERROR C113
    on_drift  = "report"    # ERROR C113
    consent   = true        # ERROR C113
  }
}

sync "contacts" {
  model          = model.customers
  mapping        = mapping.contact
  mode           = "update" # ERROR C113
  on_leave       = "delete" # ERROR C113
  on_missing     = "create" # ERROR C113
  delete_adopted = true     # ERROR C113
  cascade        = true     # ERROR C113
  guard { max_create = 500 } # ERROR C113
}

sync "block" {
  model   = model.customers
  mapping = mapping.contact["CA"] # ERROR C113
  mode    = "upsert"
  on_leave "set" { # ERROR C113
    Active__c = false
  }
}

audience "vip" { # ERROR C113
  model = model.customers
}

moved { # ERROR C113
  from = audience.vips
  to   = audience.vip
}

removed { # ERROR C113
  from = audience.old
}

allow { # ERROR C113
  rule = "max_remove"
}
