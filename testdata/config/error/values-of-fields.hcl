# A field takes one value for each row.
source "duckdb" "files" {}

model "customers" {
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = "customers"
}

destination "salesforce" "crm" {
  emulator {}
}

target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
  match       = "Customer_Id__c"
}

locals {
  col = col.last_name # ERROR C130
}

mapping "contact" {
  target = target.contact
  fields = {
    A__c = ["a", "b"]                     # ERROR C129
    B__c = { a = col.a }                  # ERROR C129
    C__c = [for x in [1] : col.a]         # ERROR C129
    D__c = "${col.a} ${null}"             # ERROR C129
    E__c = col                            # ERROR C130
    F__c = col.a.b                        # ERROR C130
    G__c = col[0]                         # ERROR C130
    H__c = col[*]                         # ERROR C130
    I__c = col[""]                        # ERROR C130
    J__c = sql()                          # ERROR C131
    K__c = sql("")                        # ERROR C131
    L__c = sql(12)                        # ERROR C131
    M__c = sql("upper(${col.last_name})") # ERROR C131
    N__c = sql(["a"]...)                  # ERROR C131
    O__c = col[col.a]                     # ERROR C130
    P__c = (col.a)
    R__c = lower(col.a, col.b)                      # ERROR C134
    S__c = regex_extract(col.a, col.b)              # ERROR C135
    T__c = regex_extract(col.a, "\\bfounded")       # ERROR C136
    U__c = parse_date(col.a, "%d.%m.")              # ERROR C137
    V__c = to_date(col.a, "Europe/Cologne")         # ERROR C138
    W__c = lower(length(col.a))                     # ERROR C139
    X__c = "%{for x in ["a"]}${col.a}%{endfor}"     # ERROR C129
    Y__c = lowr(col.a)                              # ERROR C121
    Z__c = col.a > 1000 ? lower(trim(col.b)) : null
    Q__c = "${col["odd name"]}"
  }
}
