# Blocks that do not exist, or stand in the wrong place.
modle "customers" { # ERROR C105
  table = "customers"
}

resource "salesforce_contact" "x" { # ERROR C105
}

Sync "contacts" { # ERROR C105
}

locals {
  nested { # ERROR C105
    a = 1
  }
}

variable "env" {
  default = "dev"
  validation { # ERROR C105
    condition = true
  }
}

source "duckdb" "files" {
  model "inner" { # ERROR C105
    table = "x"
  }
}

destination "salesforce" "crm" {
  emulater {} # ERROR C105
}

model "customers" {
  source = source.duckdb.files
  primary_key { # ERROR C105
    columns = ["id"]
  }
  table = "customers"
}
