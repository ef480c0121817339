# Policies of targets, models, mappings and syncs: wrong words and values.
signalsmith {
  max_plan_age = "a day" # ERROR C112
  guard {
    max_remove = "10 %"    # ERROR C112
    max_create = 0.1       # ERROR C112
    max_update = -1        # ERROR C112
    max_reject = "101%"    # ERROR C112
    max_drift  = "1.234%"  # ERROR C112
    min_rows   = "10%"     # ERROR C112
    max_shrink = ["1"]     # ERROR C111
    max_missed = 1         # ERROR C106
  }
}

source "duckdb" "files" {}

model "customers" {
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = "customers"
  freshness {
    column  = " "   # ERROR C112
    max_age = "-1h" # ERROR C112
  }
}

model "orders" {
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = "orders"
  freshness { # ERROR C107
    column = "loaded_at"
  }
}

destination "salesforce" "crm" {
  emulator {}
}

target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
  match       = "Customer_Id__c"
  assignment  = "actve" # ERROR C112
  duplicates  = "blok"  # ERROR C112
}

target "account" {
  destination = destination.salesforce.crm
  object      = "Account"
  match       = "Code__c"
  assignment  = "0015g000000AbCd" # ERROR C112
}

mapping "contact" {
  target = target.contact
  field "LastName" {
    value     = col.last_name
    on_null   = "clera"    # ERROR C112
    overwrite = "ifempty"  # ERROR C112
    on_drift  = "fix"      # ERROR C112
    consent   = "yes"      # ERROR C111
  }
}

sync "words" {
  model      = model.customers
  mapping    = mapping.contact
  mode       = "updat"   # ERROR C112
  on_leave   = "remove"  # ERROR C112
  on_missing = "crate"   # ERROR C112
}

sync "argument" {
  model    = model.customers
  mapping  = mapping.contact
  mode     = "upsert"
  on_leave = "set" # ERROR C112
}

sync "empty" {
  model   = model.customers
  mapping = mapping.contact
  mode    = "upsert"
  on_leave "set" { # ERROR C107
  }
}

sync "kind" {
  model   = model.customers
  mapping = mapping.contact
  mode    = "upsert"
  on_leave "sett" { # ERROR C115
    Active__c = false
  }
}

sync "values" {
  model   = model.customers
  mapping = mapping.contact
  mode    = "upsert"
  on_leave "set" {
    Active__c  = col.active   # ERROR C130
    Score__c   = sql("1 + 1") # ERROR C130
    Tier__c    = ["Gold"]     # ERROR C129
    Note__c    = local.note   # ERROR C118
    Bad-Name   = 1            # ERROR C110
    Rank__c    = 1
    rank__c    = 2 # ERROR C108
    Secret__c  = env("SF_ACCESS_TOKEN") # ERROR C125
  }
}
