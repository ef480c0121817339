# What cannot be left out.
source "duckdb" "files" {}

model "customers" { # ERROR C107 C107 C132
}

destination "salesforce" "crm" {
  auth "access_token" { # ERROR C107
  }
}

target "contact" { # ERROR C107
  destination = destination.salesforce.crm
}

target "lead" {
  destination = destination.salesforce.crm
  object      = null # ERROR C107
}

mapping "none" { # ERROR C107
  target = target.contact
}

mapping "empty" {
  target = target.contact
  fields = {} # ERROR C107
}

mapping "field" {
  target = target.contact
  field "LastName" { # ERROR C107
    pii = true
  }
}

sync "contacts" { # ERROR C107 C107 C107
}
