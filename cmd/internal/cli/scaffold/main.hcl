# Keeps the contacts of an embedded Salesforce org in step with customers.csv. Type, in this order:
#
#   signalsmith validate     check everything, read nothing
#   signalsmith plan         see what would change, and why
#   signalsmith apply        change exactly that
#   signalsmith plan         No changes.
#
# Then change a line of customers.csv and plan again.

signalsmith {
  required_version = ">= 0.1.0"
}

# Where rows come from: files of this directory, read by the embedded DuckDB.
source "duckdb" "files" {}

model "customers" {
  source      = source.duckdb.files
  primary_key = ["customer_id"]
  sql         = <<-SQL
    SELECT *, CASE WHEN lifetime_value > 1000 THEN 'Gold' ELSE 'Silver' END AS tier
    FROM read_csv('customers.csv')
  SQL
}

# The org that is written to. This one is embedded: it lives in a file below .signalsmith, and needs no login.
# For a real org, replace the emulator block:
#
#   instance_url = "https://acme.my.salesforce.com"
#   auth "access_token" { token = env("SF_ACCESS_TOKEN") }
destination "salesforce" "crm" {
  emulator {
    schema = "org.schema.json"
  }
}

# One object of the org, and the field by which its records are found.
target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
  match       = "Customer_Id__c"
}

# Which columns become which fields.
mapping "contact" {
  target = target.contact
  fields = {
    Customer_Id__c = col.customer_id
    FirstName      = col.first_name
    LastName       = col.last_name
    Email          = col.email
    Tier__c        = col.tier
  }
}

sync "contacts" {
  model   = model.customers
  mapping = mapping.contact
  mode    = "upsert"
}
