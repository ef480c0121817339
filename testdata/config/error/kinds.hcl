# Kinds that do not exist.
signalsmith {
  state "lokal" {} # ERROR C115
}

source "duckdbb" "files" {} # ERROR C115

destination "hubspot" "crm" {} # ERROR C115

destination "salesforce" "crm" {
  auth "acces_token" { # ERROR C115
    token = env("SF_ACCESS_TOKEN")
  }
}

model "customers" {
  source      = source.duckdbb.files # the source itself is reported
  primary_key = ["id"]
  table       = "customers"
}
