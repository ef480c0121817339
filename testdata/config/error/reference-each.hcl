# References to blocks with for_each, and into blocks without.
source "duckdb" "files" {}

model "states" {
  for_each    = toset(["CA", "NY"])
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "none" {
  for_each    = {}
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

model "wrong" {
  for_each    = ["CA"] # ERROR C151
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.key
}

destination "salesforce" "crm" {
  emulator {}
}

target "contact" {
  destination = destination.salesforce.crm["prod"] # ERROR C153
  object      = "Contact"
}

mapping "contact" {
  target = target.contact
  fields = {
    LastName = col.last_name
  }
}

variable "secret" {
  default   = "CA"
  sensitive = true
}

sync "whole" {
  model   = model.states # ERROR C153
  mapping = mapping.contact
  mode    = "upsert"
}

sync "whole_each" {
  for_each = toset(["CA", "NY"])
  model    = model.states             # ERROR C153
  mapping  = mapping.contact[each.key] # ERROR C153
  mode     = "upsert"
}

sync "whole_none" {
  model   = model.none            # ERROR C153
  mapping = mapping.contact["CA"] # ERROR C153
  mode    = "upsert"
}

sync "key" {
  model   = model.states["ca"] # ERROR C116
  mapping = mapping.contact
  mode    = "upsert"
}

sync "key_none" {
  model   = model.none["CA"] # ERROR C116
  mapping = mapping.contact
  mode    = "upsert"
}

sync "keys" {
  for_each = toset(["CA", "NY", "TX"])
  model    = model.states[each.key] # ERROR C116
  mapping  = mapping.contact
  mode     = "upsert"
}

sync "dotted" {
  model   = model.states.CA # ERROR C117
  mapping = mapping.contact
  mode    = "upsert"
}

sync "null" {
  model   = model.states[null] # ERROR C153
  mapping = mapping.contact
  mode    = "upsert"
}

sync "list" {
  model   = model.states[["CA"]] # ERROR C153
  mapping = mapping.contact
  mode    = "upsert"
}

sync "secret" {
  model   = model.states[var.secret] # ERROR C125
  mapping = mapping.contact
  mode    = "upsert"
}

sync "of_wrong" {
  model   = model.wrong["CA"]
  mapping = mapping.contact
  mode    = "upsert"
}

sync "computed" {
  for_each = toset(["states"])
  model    = model[each.key] # ERROR C117
  mapping  = mapping.contact
  mode     = "upsert"
}

sync "value" {
  for_each = { a = "model.states" }
  model    = each.value # ERROR C117
  mapping  = mapping.contact
  mode     = "upsert"
}

sync "misspelled" {
  for_each = toset(["CA", "NY"])
  model    = model.stats[each.key] # ERROR C116
  mapping  = mapping.contact
  mode     = "upsert"
}
