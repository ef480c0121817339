# Secrets that stand in the configuration, however they are wrapped.
variable "token" {
  default = "00Dabc"
}

locals {
  half  = "00D"
  token = "${local.half}abc"
}

destination "salesforce" "a" {
  auth "access_token" {
    token = "00Dabc" # ERROR C124
  }
}

destination "salesforce" "b" {
  auth "access_token" {
    token = local.token # ERROR C124
  }
}

destination "salesforce" "c" {
  auth "access_token" {
    token = trimspace(var.token) # ERROR C124
  }
}

destination "salesforce" "d" {
  auth "access_token" {
    token = sensitive("00Dabc") # ERROR C124
  }
}
