# Functions that do not exist, here or at all.
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

locals {
  a = uper("dev")                  # ERROR C121
  b = regex_replace("a", "b", "c") # ERROR C121
  c = sql("1")                     # ERROR C131
  d = uuid()                       # ERROR C121
}

mapping "contact" {
  target = target.contact
  fields = {
    LastName  = lowr(col.last_name)      # ERROR C121
    FirstName = title(col.first_name)    # ERROR C121
    Title     = nosuch("constant")       # ERROR C121
  }
}
