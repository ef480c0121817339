# Too few and too many labels.
signalsmith "crm" { # ERROR C109
}

locals "x" { # ERROR C109
  a = 1
}

variable { # ERROR C109
  default = 1
}

source "files" { # ERROR C109
}

source { # ERROR C109
}

source "duckdb" "files" {}

model "customers" "eu" { # ERROR C109
  table = "customers"
}

destination "salesforce" "crm" {
  auth { # ERROR C109
    token = env("SF_ACCESS_TOKEN")
  }
}

destination "salesforce" "dev" {
  emulator "x" {} # ERROR C109
}

target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
}

mapping "contact" {
  target = target.contact
  field { # ERROR C109
    value = col.last_name
  }
}
