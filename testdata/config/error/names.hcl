# Names that references, flags or Salesforce's API cannot write.
signalsmith {
  project     = "my crm" # ERROR C110
  environment = ""       # ERROR C110
}

variable "my var" { # ERROR C110
  default = 1
}

source "duckdb" "my files" {} # ERROR C110

source "duckdb" "files" {}

model "1st" { # ERROR C110
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = "x"
}

model "" { # ERROR C110
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = "x"
}

destination "salesforce" "crm" {
  emulator {}
}

target "contact" {
  destination = destination.salesforce.crm
  object      = "My Object"   # ERROR C110
  match       = "Customer-Id" # ERROR C110
}

mapping "contact" {
  target = target.contact
  fields = {
    "Last Name"     = col.last_name # ERROR C110
    Account.Code__c = col.code      # ERROR C110
    "A.B.C"         = col.code      # ERROR C110
    (null)          = col.code      # ERROR C110
  }
  field "2nd" { # ERROR C110
    value = col.x
  }
}
