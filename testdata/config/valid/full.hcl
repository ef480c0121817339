signalsmith {
  required_version = ">= 0.1.0"
  project          = "crm"
  environment      = var.env
  state "local" {
    path = ".signalsmith/state.db"
  }
}

variable "env" {
  type        = string
  default     = "dev"
  description = "Which org this is about."
}

variable "countries" {
  type    = list(string)
  default = ["DE", "AT"]
}

locals {
  prefix = upper(var.env)
  source = "${local.prefix} warehouse"
}

source "duckdb" "files" {
  path        = "crm.db"
  allow_paths = ["../exports"]
}

model "customers" {
  source      = source.duckdb.files
  primary_key = ["customer_id"]
  sql         = <<-SQL
    select * from read_csv('customers.csv')
    where country in (${join(", ", [for c in var.countries : "'${c}'"])})
  SQL
  timezone    = "Europe/Berlin"
}

model "accounts" {
  source      = source.duckdb.files
  primary_key = ["code", "region"]
  table       = "main.accounts"
}

destination "salesforce" "crm" {
  instance_url = "https://acme.my.salesforce.com"
  api_version  = "v59.0"
  production   = false
  auth "access_token" {
    token = env("SF_ACCESS_TOKEN")
  }
}

target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
  match       = "Customer_Id__c"
}

mapping "contact" {
  target = target.contact
  fields = {
    Customer_Id__c    = col.customer_id
    LastName          = col["last name"]
    Description       = "${col.first_name} ${col.city}, ${upper(local.prefix)}"
    LeadSource        = local.source
    "Account.Code__c" = col.account_code
    Active__c         = true
    Score__c          = sql("round(ltv / 12, 2)")
    Rank__c           = 12.5
    Fax               = null
  }
  field "Phone" {
    value     = col.phone
    on_null   = "ignore"
    overwrite = "always"
    on_drift  = "correct"
    pii       = true
  }
}

sync "contacts" {
  model      = model.customers
  mapping    = mapping.contact
  mode       = "upsert"
  on_leave   = "ignore"
  on_missing = "skip"
}
