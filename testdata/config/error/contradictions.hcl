# Settings that contradict each other.
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

target "by_id" {
  destination = destination.salesforce.crm
  object      = "Contact"
  match       = "id"
}

target "unmatched" {
  destination = destination.salesforce.crm
  object      = "Lead"
}

mapping "contact" {
  target = target.contact
  field "customer_id__c" {
    value     = col.id
    on_null   = "clear"    # ERROR C154
  }
  field "LastName" {
    value     = col.last_name
    on_null   = "clear" # ERROR C154
    overwrite = "if_empty"
  }
  field "FirstName" {
    value     = col.first_name
    on_null   = "clear" # ERROR C154
    overwrite = "on_create"
  }
  field "Fax" {
    value     = col.fax
    on_null   = "reject" # ERROR C154
    overwrite = "on_create"
  }
  field "Title" {
    value     = col.title
    on_null   = "reject" # ERROR C154
    overwrite = "if_empty"
  }
  field "Department" {
    value   = null
    on_null = "reject" # ERROR C154
  }
  field "DoNotCall" {
    value   = col.no_call
    on_null = "clear" # ERROR C154
    consent = false   # ERROR C154
  }
  field "Email" {
    value     = col.email
    overwrite = "on_change"
    on_drift  = "correct" # ERROR C154
  }
  field "Phone" {
    value     = col.phone
    overwrite = "on_create"
    on_drift  = "correct" # ERROR C154
  }
  field "NoMail__c" {
    value   = col.no_mail
    consent = true
  }
}

mapping "matched" {
  target = target.contact
  field "Customer_Id__c" {
    value     = col.id
    overwrite = "if_empty" # ERROR C154
  }
  field "LastName" {
    value     = col.last_name
    overwrite = "on_create"
  }
}

mapping "by_id" {
  target = target.by_id
  fields = {
    Id       = col.id
    LastName = col.last_name
  }
}

mapping "unmatched" {
  target = target.unmatched
  fields = {
    LastName = col.last_name
  }
}

sync "insert" {
  model        = model.customers
  mapping      = mapping.contact
  mode         = "insert"
  on_leave     = "clear"  # ERROR C154
  on_missing   = "create" # ERROR C154
  allow_opt_in = true     # ERROR C154
}

sync "insert_set" {
  model   = model.customers
  mapping = mapping.contact
  mode    = "insert"
  on_leave "set" { # ERROR C154
    Active__c = false
  }
}

sync "update" {
  model      = model.customers
  mapping    = mapping.contact
  mode       = "update"
  on_leave   = "delete" # ERROR C154
  on_missing = "create" # ERROR C154
}

sync "deletes_nothing" {
  model          = model.customers
  mapping        = mapping.contact
  mode           = "upsert"
  on_leave       = "clear"
  delete_adopted = true # ERROR C154
  cascade        = true # ERROR C154
}

sync "says_nothing" {
  model          = model.customers
  mapping        = mapping.contact
  mode           = "upsert"
  delete_adopted = true # ERROR C154
}

sync "twice" {
  model    = model.customers
  mapping  = mapping.contact
  mode     = "upsert"
  on_leave = "clear"
  on_leave "set" { # ERROR C154
    Active__c = false
  }
}

sync "sets" {
  model   = model.customers
  mapping = mapping.contact
  mode    = "upsert"
  on_leave "set" {
    Customer_ID__c     = "left" # ERROR C154
    Phone              = null   # ERROR C154
    NoMail__c          = false  # ERROR C154
    HasOptedOutOfEmail = null   # ERROR C154
    Active__c          = false
  }
}

sync "clears_nothing" {
  model    = model.customers
  mapping  = mapping.matched
  mode     = "upsert"
  on_leave = "clear" # ERROR C154
}

sync "by_id" {
  model      = model.customers
  mapping    = mapping.by_id
  mode       = "upsert"
  on_missing = "create" # ERROR C154
}

sync "insert_by_id" {
  model   = model.customers
  mapping = mapping.by_id
  mode    = "insert" # ERROR C154
}

sync "unmatched" {
  model      = model.customers
  mapping    = mapping.unmatched
  mode       = "upsert"
  on_missing = "create" # ERROR C154
}

sync "unread" {
  model          = model.customers
  mapping        = mapping.contact
  mode           = "upsert"
  on_leave       = local.gone # ERROR C118
  delete_adopted = true
}
