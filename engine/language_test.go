package engine_test

import (
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/engine/plan"
)

const companyRows = `id,company,email,ltv,founded,since,zip,vip
1,  Abbott Laboratories ,ADA@Example.COM ,2500.5,"1888, Illinois",31.01.2020,10115,yes
2,Straße AG,,999.99,1975 (1952),1.5.1999,80331,no
3,😀 Emoji Inc,info@example.org,,unknown,,1,
`

// language is a mapping that computes what it writes.
const language = `
source "duckdb" "files" {}
model "companies" {
  source      = source.duckdb.files
  primary_key = ["id"]
  sql         = "select * from read_csv('companies.csv', types = {'vip': 'VARCHAR', 'since': 'VARCHAR'})"
}
destination "salesforce" "crm" {
  emulator { schema = "org.schema.json" }
}
target "account" {
  destination = destination.salesforce.crm
  object      = "Account"
  match       = "Code__c"
}
locals { prefix = "C" }
mapping "account" {
  target = target.account
  fields = {
    Code__c           = "${local.prefix}-${lpad(concat(col.id), 4, "0")}"
    Name              = trim(col.company)
    Email__c          = lower(trim(col.email))
    Tier__c           = coalesce(col.ltv, 0) > 1000 ? "Gold" : "Silver"
    Founded__c        = to_number(regex_extract(col.founded, "[0-9]{4}"))
    Since__c          = parse_date(col.since, "%d.%m.%Y")
    Monthly__c        = round(col.ltv / 12, 1) + sql("ltv * 0")
    VIP__c            = coalesce(to_bool(col.vip), false)
    Description       = "%{ if col.email == null }no address%{ else }${substr(col.company, 3, 6)}%{ endif }, ${col.ltv * 2}"
    BillingPostalCode = lpad(concat(col.zip), 5, "0")
  }
}
sync "accounts" {
  model   = model.companies
  mapping = mapping.account
  mode    = "upsert"
}
`

const languageSchema = `{"format": "1.0", "objects": {"Account": {"fields": [
  {"name": "Code__c", "type": "string", "length": 10, "externalId": true, "unique": true}, {"name": "Email__c", "type": "string", "length": 80},
  {"name": "Tier__c", "type": "picklist", "restrictedPicklist": true, "picklistValues": [{"value": "Gold", "label": "Gold", "active": true}, {"value": "Silver", "label": "Silver", "active": true}]},
  {"name": "Founded__c", "type": "double", "precision": 4, "scale": 0}, {"name": "Since__c", "type": "date"},
  {"name": "Monthly__c", "type": "double", "precision": 18, "scale": 2}, {"name": "VIP__c", "type": "boolean", "nillable": false, "defaultedOnCreate": true}]}}}`

func TestAMappingThatComputesEndsWithNoChanges(t *testing.T) {
	t.Parallel()
	p := newProject(t, map[string]string{"main.hcl": language, "companies.csv": companyRows, "org.schema.json": languageSchema})
	it := p.plan().Item("sync.accounts")
	if counts(it) != "create 3" {
		t.Fatalf("the plan says %s, %v", counts(it), it.Reasons)
	}
	for key, want := range map[string]string{
		"1": "C-0001|Abbott Laboratories|ada@example.com|Gold|1888|2020-01-31|208.40|true|Abbott, 5001|10115",
		"2": "C-0002|Straße AG||Silver|1975|1999-05-01|83.30|false|no address, 1999.98|80331",
		"3": "C-0003|😀 Emoji Inc|info@example.org|Silver||||false||00001",
	} {
		if got := written(it, key); got != want {
			t.Errorf("row %s:\ngot  %s\nwant %s", key, got, want)
		}
	}
	p.apply()
	p.empty("after the first apply")

	// Another case and more spaces are the same value; a failed conversion rejects its row and leaves the others alone.
	p.write("companies.csv", strings.NewReplacer("ADA@Example.COM ", "ada@EXAMPLE.com", "31.01.2020", "31.02.2020", ",80331", ",80332").Replace(companyRows))
	it = p.plan().Item("sync.accounts")
	if counts(it) != "update 1, held 1, reject 1, unchanged 1" || it.Reasons["bad_value"] != 1 {
		t.Errorf("the plan says %s, %v", counts(it), it.Reasons)
	}
	if r := it.Rejects; len(r) != 1 || r[0].Field != "Since__c" || !strings.HasPrefix(r[0].Cause, "no result: a conversion failed") || r[0].Code != "" {
		t.Errorf("the rejects are %+v", r)
	}
}

// written are the values that a row will have, in the mapping's order.
func written(it *plan.Item, key string) string {
	fields := []string{"Code__c", "Name", "Email__c", "Tier__c", "Founded__c", "Since__c", "Monthly__c", "VIP__c", "Description", "BillingPostalCode"}
	values := map[string]string{}
	for _, s := range it.Samples {
		for _, f := range s.Fields {
			if s.Key == key && f.After != nil {
				values[f.Field] = *f.After
			}
		}
	}
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = values[f]
	}
	return strings.Join(out, "|")
}

func TestTypesThatDoNotFitAreFoundBeforeARowIsRead(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ value, label string }{
		{`trim(col.zip)`, "a number, not a text"},
		{`col.company + 1`, "a text, not a number"},
		{`col.ltv == col.company`, "a text, the other is a number"},
		{`col.company ? "a" : "b"`, "a text, not true or false"},
		{`coalesce(col.company, col.ltv)`, "a number, the other is a text"},
		{`upper(sql("ltv"))`, "a number, not a text"},
		{`date_format(col.company, "%Y")`, "a text, not a date or a timestamp or an instant"},
	} {
		p := newProject(t, map[string]string{"companies.csv": companyRows, "org.schema.json": languageSchema,
			"main.hcl": strings.Replace(language, "trim(col.company)", tc.value, 1)})
		_, ds := p.engine.Plan(t.Context(), p.load(), p.options)
		if len(ds) != 1 || ds[0].Code != "R209" || ds[0].Label != tc.label {
			t.Errorf("%s: %v", tc.value, ds)
		}
	}
	p := newProject(t, map[string]string{"companies.csv": companyRows, "org.schema.json": languageSchema, "main.hcl": strings.Replace(language, `"Silver"`, `"Silvr"`, 1)})
	if _, ds := p.engine.Plan(t.Context(), p.load(), p.options); len(ds) != 1 || ds[0].Code != "R206" {
		t.Errorf("a constant in a condition: %v", ds)
	}
}
