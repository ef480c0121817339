# One block for each case: of a map, of a set, of none.
variable "states" {
  type    = list(string)
  default = ["CA", "NY"]
}

locals {
  regions = {
    de    = { table = "kunden", zone = "Europe/Berlin" }
    "São" = { table = "clientes", zone = "America/Sao_Paulo" }
  }
}

source "duckdb" "files" {}

model "customers" {
  for_each    = local.regions
  source      = source.duckdb.files
  primary_key = ["customer_id"]
  table       = each.value.table
  timezone    = each.value.zone
}

model "states" {
  for_each    = toset(var.states)
  source      = source.duckdb.files
  primary_key = ["customer_id"]
  sql         = "select * from customers where state = '${each.value}'"
}

model "none" {
  for_each    = {}
  source      = source.duckdb.files
  primary_key = [each.value.key]
  sql         = file("${each.key}.sql")
}

destination "salesforce" "crm" {
  emulator {}
}

target "person" {
  for_each    = { contact = "Contact", lead = "Lead" }
  destination = destination.salesforce.crm
  object      = each.value
  match       = "Customer_Id__c"
}

mapping "person" {
  for_each = toset(["contact", "lead"])
  target   = target.person[each.key]
  fields = {
    Customer_Id__c    = col.customer_id
    LastName          = col["${each.key}_name"]
    Description       = "${each.key}: ${col.notes}"
    LeadSource        = each.value
    "${"Score"}__c"   = sql("${each.key}_score")
    "Account.Code__c" = col.code
  }
}

sync "regions" {
  for_each = local.regions
  model    = model.customers[each.key]
  mapping  = mapping.person["contact"]
  mode     = "upsert"
}

sync "states" {
  for_each = toset([for s in var.states : s if s != "NY"])
  model    = (model.states["${each.key}"])
  mapping  = mapping.person[each.key == "CA" ? "lead" : "contact"]
  mode     = "upsert"
}

sync "none" {
  for_each = toset([])
  model    = model.states[each.key]
  mapping  = mapping.person[each.value]
  mode     = "upsert"
}
