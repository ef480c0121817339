# Everything that record syncs can say beyond model, mapping and mode.
signalsmith {
  max_plan_age = "12h"
  guard {
    max_remove = "10%"
    max_reject = 0
    min_rows   = 1
  }
}

source "duckdb" "files" {}

model "customers" {
  source      = source.duckdb.files
  primary_key = ["customer_id"]
  table       = "customers"
  freshness {
    column  = "loaded_at"
    max_age = "26h"
  }
}

destination "salesforce" "crm" {
  emulator {}
}

target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
  match       = "Customer_Id__c"
  assignment  = "01Q5g000000AbCdEAK"
  duplicates  = "allow"
}

target "lead" {
  destination = destination.salesforce.crm
  object      = "Lead"
  assignment  = "active"
}

mapping "contact" {
  target = target.contact
  fields = {
    LastName = col.last_name
  }
  field "Customer_Id__c" {
    value     = col.customer_id
    overwrite = "on_create"
  }
  field "Phone" {
    value   = col.phone
    on_null = "clear"
    pii     = true
  }
  field "Email" {
    value     = col.email
    on_null   = "reject"
    overwrite = "on_change"
    on_drift  = "report"
  }
  field "MailingCity" {
    value     = col.city
    overwrite = "if_empty"
    on_drift  = "correct"
  }
  field "NoMail__c" {
    value   = col.no_mail
    consent = true
  }
}

mapping "lead" {
  target = target.lead
  fields = {
    LastName = col.last_name
    Company  = "none"
  }
}

sync "contacts" {
  model          = model.customers
  mapping        = mapping.contact
  mode           = "upsert"
  on_leave       = "delete"
  delete_adopted = true
  cascade        = true
  on_missing     = "create"
  allow_opt_in   = true
  guard {
    max_create  = 500
    max_update  = "50%"
    max_missing = "2.5%"
    max_drift   = "100%"
    max_shrink  = "20%"
    max_reject  = null
  }
}

sync "leads" {
  model    = model.customers
  mapping  = mapping.lead
  mode     = "insert"
  on_leave = "ignore"
}

sync "marks" {
  for_each = toset(["CA", "NY"])
  model    = model.customers
  mapping  = mapping.contact
  mode     = "update"
  on_leave "set" {
    Status__c = "left ${each.key}"
    Active__c = false
    Since__c  = null
    Score__c  = 1 + 1
  }
}

moved {
  from = sync.people
  to   = sync.contacts
}

moved {
  from = sync.persons # one that was renamed twice
  to   = sync.contacts
}

moved {
  from = sync.flags
  to   = sync.marks
}

moved {
  from = sync.marks # before it had a for_each
  to   = sync.marks["CA"]
}

removed {
  from = sync.old
}

removed {
  from = sync.marks["TX"]
}

allow {
  rule   = "max_remove"
  item   = sync.contacts
  up_to  = 6400
  until  = "2026-07-01" # today is allowed
  reason = "The old segment is closed."
}

allow {
  rule   = "freshness"
  item   = sync.marks["NY"]
  until  = "2026-12-01"
  reason = "New York is loaded once a week."
}
