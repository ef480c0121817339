# The constituents of the S&P 500 as Accounts. The test puts one date's file beside this one as constituents.csv.

source "duckdb" "files" {}

model "constituents" {
  source      = source.duckdb.files
  primary_key = ["symbol"]
  sql         = file("constituents.sql")
}

destination "salesforce" "crm" {
  emulator { schema = "org.schema.json" }
}

target "account" {
  destination = destination.salesforce.crm
  object      = "Account"
  match       = "Symbol__c"
}

mapping "account" {
  target = target.account
  fields = {
    Symbol__c     = col.symbol
    Name          = col.name
    Sector__c     = col.sector
    CIK__c        = col.cik
    BillingCity   = col.city
    BillingState  = col.state
    Date_Added__c = col.date_added
  }
}

sync "accounts" {
  model   = model.constituents
  mapping = mapping.account
  mode    = "upsert"
}
