# Moves and removals that cannot be.
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

sync "people" {
  model   = model.customers
  mapping = mapping.contact
  mode    = "upsert"
}

sync "states" {
  for_each = toset(["CA", "NY"])
  model    = model.customers
  mapping  = mapping.contact
  mode     = "upsert"
}

moved {
  from = sync.contacts # ERROR C156
  to   = sync.people
}

moved {
  from = sync.here
  to   = sync.here # ERROR C156
}

moved {
  from = model.clients # ERROR C156
  to   = sync.people
}

moved {
  from = sync.clients
  to   = model.customers # ERROR C156
}

moved {
  from = sync.kontakte
  to   = sync.contact # ERROR C116
}

moved {
  from = sync.first
  to   = sync.second # ERROR C156
}

moved {
  from = sync.second
  to   = sync.people
}

moved {
  from = sync.second # ERROR C108
  to   = sync.contacts
}

moved {
  from = sync.round
  to   = sync.about # ERROR C156
}

moved {
  from = sync.about
  to   = sync.round
}

moved {
  from = "sync.text" # ERROR C117
  to   = text        # ERROR C117
}

moved {
  from = sync.a.b         # ERROR C117
  to   = sync.states["*"] # ERROR C117
}

moved {
  from = sync.one["x"]
  to   = sync.states # ERROR C156
}

moved {
  from = sync.one
  to   = sync.states["TX"] # ERROR C116
}

moved {
  from = sync.single
  to   = sync.people["CA"] # ERROR C116
}

moved {
  from = sync.states["CA"] # ERROR C156
  to   = sync.people
}

moved { # ERROR C107
  from = sync.lost
}

removed {
  from = sync.contacts # ERROR C157
}

removed {
  from = sync.states # ERROR C157
}

removed {
  from = sync.states["NY"] # ERROR C157
}

removed {
  from = mapping.old # ERROR C157
}

removed {
  from = sync.second # ERROR C157
}

removed {
  from    = sync.gone
  members = "remove" # ERROR C154
}

removed { # ERROR C108
  from = sync.gone
}

removed {
  from    = sync.gone_too
  members = "drop" # ERROR C112
}

removed { # ERROR C107
}
