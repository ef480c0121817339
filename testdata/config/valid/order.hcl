# Blocks refer to blocks that come later; locals to locals that come later.
sync "leads" {
  model   = (model.leads)
  mapping = mapping.lead
  mode    = lower("UPSERT")
}

mapping "lead" {
  target = target.lead
  fields = {
    "LastName"             = col.last_name,
    Company                = local.company
    (local.tier)           = col["Tier ${local.suffix}"]
    "ns__Parent__r.Key__c" = col.parent
  }
}

target "lead" {
  destination = destination.salesforce.crm
  object      = "Lead"
  match       = "Email"
}

locals {
  company = "${local.base} ${local.suffix}"
  tier    = "Tier__c"
}

locals {
  base   = "ACME"
  suffix = "Ltd"
}

model "leads" {
  source      = source.duckdb.files
  primary_key = [lower("ID")]
  table       = "leads"
}

destination "salesforce" "crm" {
  api = "composite"
  emulator {
    schema = "org.schema.json"
  }
}

source "duckdb" "files" {
  allow_paths = toset(["../b", "../a"])
}
