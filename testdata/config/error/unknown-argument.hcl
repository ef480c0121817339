# Arguments that do not exist; what is misspelled is not missing too.
top = 1 # ERROR C106

signalsmith {
  enviroment = "dev"   # ERROR C106
  state      = "local" # ERROR C106
}

variable "env" {
  defualt = "dev" # ERROR C106
}

source "duckdb" "files" {
  pth = "crm.db" # ERROR C106
}

model "customers" {
  source       = source.duckdb.files
  primary_keys = ["id"] # ERROR C106
  sqll         = "select 1 as id" # ERROR C106
}

model "keyed" {
  source = source.duckdb.files
  key    = ["id"] # ERROR C106
  table  = "customers"
}

destination "salesforce" "crm" {
  auth "access_token" {
    tokn = env("SF_ACCESS_TOKEN") # ERROR C106
  }
}

target "contact" {
  destination = destination.salesforce.crm
  objct       = "Contact" # ERROR C106
  external_id = "X__c"    # ERROR C106
}

mapping "contact" {
  target = target.contact
  field "LastName" {
    vaule = col.last_name # ERROR C106
  }
}

mapping "short" {
  target = target.contact
  field = { # ERROR C106
    LastName = col.last_name
  }
}

sync "contacts" {
  model   = model.customers
  mapping = mapping.contact
  Mode    = "upsert" # ERROR C106
}
