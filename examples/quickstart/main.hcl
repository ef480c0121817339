# Customers from a CSV file become Contacts of an embedded org: no Salesforce login is needed.

source "duckdb" "files" {}

model "customers" {
  source      = source.duckdb.files
  primary_key = ["customer_id"]
  sql         = file("customers.sql")
}

destination "salesforce" "crm" {
  emulator { schema = "org.schema.json" }
}

target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
  match       = "Customer_Id__c"
}

mapping "contact" {
  target = target.contact
  fields = {
    Customer_Id__c = col.customer_id
    FirstName      = col.first_name
    LastName       = col.last_name
    Email          = col.email
    MailingCity    = col.city
    Tier__c        = col.tier
    Description    = "${col.first_name} ${col.last_name}, customer since ${col.since}"
    LeadSource     = "Warehouse"
  }
  field "Phone" {
    value = col.phone
    pii   = true
  }
}

sync "contacts" {
  model   = model.customers
  mapping = mapping.contact
  mode    = "upsert"
}
