# Sensitive values where values are shown.
variable "region" {
  default   = "EMEA"
  sensitive = true
}

signalsmith {
  environment = env("SF_ACCESS_TOKEN") # ERROR C125
}

source "duckdb" "files" {}

model "customers" {
  source      = source.duckdb.files
  primary_key = ["id", var.region]                              # ERROR C125
  sql         = "select * from c where region = '${var.region}'" # ERROR C125
}

destination "salesforce" "crm" {
  api = var.region # ERROR C112
  emulator {}
}

target "contact" {
  destination = destination.salesforce.crm
  object      = var.region # ERROR C125
}

mapping "contact" {
  target = target.contact
  fields = {
    Region__c = var.region                # ERROR C125
    Both__c   = "${col.a} ${var.region}"  # ERROR C125
    Raw__c    = sql("'${var.region}'")    # ERROR C125
    Fine__c   = nonsensitive(var.region)
  }
}
