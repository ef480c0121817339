# The members of the United States Congress as Contacts, each under the Account of the chamber. The test puts one date's
# file beside this one as legislators.csv.

source "duckdb" "files" {}

model "chambers" {
  source      = source.duckdb.files
  primary_key = ["code"]
  sql         = "SELECT DISTINCT type AS code FROM read_csv('legislators.csv', all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')"
}

model "members" {
  source      = source.duckdb.files
  primary_key = ["bioguide_id"]
  sql         = "SELECT * FROM read_csv('legislators.csv', all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')"
}

destination "salesforce" "crm" {
  emulator { schema = "org.schema.json" }
}

target "chamber" {
  destination = destination.salesforce.crm
  object      = "Account"
  match       = "Chamber__c"
}

target "member" {
  destination = destination.salesforce.crm
  object      = "Contact"
  match       = "Bioguide__c"
}

mapping "chamber" {
  target = target.chamber
  fields = {
    Chamber__c = upper(col.code)
    Name       = col.code == "sen" ? "Senate" : "House of Representatives"
  }
}

mapping "member" {
  target = target.member
  fields = {
    Bioguide__c          = col.bioguide_id
    "Account.Chamber__c" = upper(col.type)
    FirstName            = col.first_name
    LastName             = coalesce(col.suffix == null ? col.last_name : null, "${col.last_name} ${col.suffix}")
    Nickname__c          = col.nickname
    Birthdate            = parse_date(col.birthday, "%Y-%m-%d")
    Phone                = col.phone
    MailingStreet        = trim(split_part(col.address, "Washington", 1))
    Party__c             = col.party
    State__c             = col.state
    District__c          = to_number(col.district)
    Twitter__c           = lower(col.twitter)
  }
}

sync "chambers" {
  model   = model.chambers
  mapping = mapping.chamber
  mode    = "upsert"
}

sync "members" {
  model   = model.members
  mapping = mapping.member
  mode    = "upsert"
}
