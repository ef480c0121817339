package engine_test

import (
	"strings"
	"testing"
)

const accountHCL = `
source "duckdb" "files" {}
model "people" {
  source      = source.duckdb.files
  primary_key = ["code"]
  sql         = "select * from read_csv('people.csv', all_varchar = true, header = true)"
}
destination "salesforce" "crm" {
  emulator { schema = "org.schema.json" }
}
target "account" {
  destination = destination.salesforce.crm
  object      = "Account"
  match       = "Code__c"
}
mapping "account" {
  target = target.account
  fields = {
    Code__c = col.code
    FIELDS
  }
}
sync "people" {
  model   = model.people
  mapping = mapping.account
  mode    = "upsert"
  guard { max_reject = "100%" }
}
`

// accounts is a sync of accounts with some fields, in an org with person accounts or without.
func accounts(t *testing.T, personal bool, fields, rows string) *project {
	t.Helper()
	p := newProject(t, map[string]string{
		"main.hcl":   strings.Replace(accountHCL, "FIELDS", strings.ReplaceAll(fields, "; ", "\n    "), 1),
		"people.csv": "code,first,last,mail,tier\n" + rows,
	})
	org := ""
	if personal {
		org = `"personAccounts": true, `
	}
	p.write("org.schema.json", `{"format": "1.0", `+org+`"objects": {
	  "Account": {"fields": [{"name": "Code__c", "type": "string", "length": 20, "externalId": true, "unique": true}]},
	  "Contact": {"fields": [{"name": "Tier__c", "type": "string", "length": 20}]}}}`)
	return p
}

func TestAccountsThatArePeople(t *testing.T) {
	t.Parallel()
	p := accounts(t, true, "FirstName = col.first; LastName = col.last; PersonEmail = col.mail; Tier__pc = col.tier",
		"A,Ada,Okafor,ada@acme.example,Gold\nB,Björn,Lindqvist,,\nC,Chiara,,c@acme.example,\n")
	it := p.rejected(map[string]string{"C": "required_null LastName: no value, and Salesforce creates no record without one"})
	if it.Rejects[0].Code != "REQUIRED_FIELD_MISSING" {
		t.Errorf("the rejects are %+v", it.Rejects)
	}
	p.applied()
	if it := p.plan().Item("sync.people"); counts(it) != "reject 1, unchanged 2" {
		t.Errorf("after the apply the plan says %s", counts(it))
	}
	p.byHand("", func(h *hand) {
		a := h.find("SELECT Name, IsPersonAccount, PersonEmail, RecordType.DeveloperName FROM Account WHERE Code__c = 'A'")[0]
		if a["Name"] != "Ada Okafor" || a["IsPersonAccount"] != true || a["PersonEmail"] != "ada@acme.example" {
			t.Errorf("the account is %v", a)
		}
		if n := len(h.find("SELECT Id FROM Contact WHERE Email = 'ada@acme.example' AND Tier__c = 'Gold' AND LastName = 'Okafor'")); n != 1 {
			t.Errorf("the person has %d contacts", n)
		}
	})
	p.write("people.csv", "code,first,last,mail,tier\nA,Ada,Okoro,ada@acme.example,Silver\nB,Björn,Lindqvist,,\n")
	p.applied()
	p.empty("after changes")
	p.byHand("", func(h *hand) {
		h.id("SELECT Id FROM Contact WHERE Email = 'ada@acme.example' AND Tier__c = 'Silver' AND Name = 'Ada Okoro'")
	})
}

func TestAccountsThatAreBusinessesAmongPeople(t *testing.T) {
	t.Parallel()
	p := accounts(t, true, "Name = col.last; Phone = col.first", "A,1,Acme,,\nB,2,,,\n")
	p.rejected(map[string]string{"B": "required_null Name: no value, and Salesforce creates no record without one"})
	p.applied()
	if it := p.plan().Item("sync.people"); counts(it) != "reject 1, unchanged 1" {
		t.Errorf("after the apply the plan says %s", counts(it))
	}
	p.byHand("", func(h *hand) {
		h.id("SELECT Id FROM Account WHERE Code__c = 'A' AND Name = 'Acme' AND IsPersonAccount = false")
	})
}

func TestWhatAMappingOfAccountsHasToSet(t *testing.T) {
	t.Parallel()
	const person = `"RecordType.DeveloperName" = "PersonAccount"`
	for name, x := range map[string]struct {
		people       bool
		fields       string
		mode         string
		code, saying string
	}{
		"a person":                               {true, "LastName = col.last", "", "", ""},
		"a person by record type":                {true, "LastName = col.last; " + person, "", "", ""},
		"a business":                             {true, "Name = col.last", "", "", ""},
		"neither name":                           {true, "Phone = col.last", "", "R203", "without Name."},
		"a person without a last name":           {true, "FirstName = col.first", "", "R203", "without LastName."},
		"a person's e-mail alone":                {true, "PersonEmail = col.mail", "", "R203", "without LastName."},
		"a person by record type, without one":   {true, person, "", "R203", "without LastName."},
		"updates of people":                      {true, "PersonEmail = col.mail", "update", "", ""},
		"both names":                             {true, "Name = col.first; LastName = col.last", "", "R213", "LastName makes the accounts of this mapping people"},
		"the name of people in updates":          {true, "Name = col.first; Tier__pc = col.tier", "update", "R213", "Tier__pc makes"},
		"the name of people by type":             {true, "Name = col.first; LastName = col.last; " + person, "", "R213", "LastName makes"},
		"a name and a custom field of people":    {true, "Name = col.first; LastName = col.last; Tier__pc = col.tier", "", "R213", "LastName makes"},
		"a business where there are no people":   {false, "Name = col.last", "", "", ""},
		"a last name where there are no people":  {false, "LastName = col.last; Name = col.first", "", "R201", "shows no such field"},
		"no name where there are no people":      {false, "Phone = col.last", "", "R203", "without Name."},
		"a person whose last name may get empty": {true, "LastName = col.last\n  }\n  field \"FirstName\" {\n    value = col.first\n    on_null = \"clear\"\n", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := accounts(t, x.people, x.fields, "A,Ada,Okafor,a@acme.example,Gold\n")
			if x.mode != "" {
				p.mode(x.mode)
			}
			p.finds(x.code, x.saying)
		})
	}
}

func TestAmountsNeedTheirCurrency(t *testing.T) {
	t.Parallel()
	deals := strings.NewReplacer(`"Account"`, `"Opportunity"`, "FIELDS", "Name = col.last\n    StageName = \"Prospecting\"\n    CloseDate = \"2026-12-31\"\n    Amount = col.first").Replace(accountHCL)
	p := newProject(t, map[string]string{
		"main.hcl":   deals,
		"people.csv": "code,first,last,mail\nA,100,Deal,USD\nB,200,Other,\nC,300,Third,XXX\n",
		"org.schema.json": `{"format": "1.0", "currencies": ["EUR", "USD"], "objects": {
		  "Opportunity": {"fields": [{"name": "Code__c", "type": "string", "length": 20, "externalId": true, "unique": true}]}}}`,
	})
	p.finds("R212", "Map CurrencyIsoCode too; it takes: EUR or USD.")
	cfg := p.load()
	for _, d := range p.engine.Validate(t.Context(), cfg) {
		if d.Code == "R212" && d.Subject.Start.Line != 23 {
			t.Errorf("the error is in line %d", d.Subject.Start.Line)
		}
	}
	p.mode("update")
	p.finds("R212", "The org has several currencies")
	p.edit(`"update"`, `"upsert"`)
	p.edit("    Amount", "    CurrencyIsoCode = col.mail\n    Amount")
	p.rejected(map[string]string{"C": "bad_picklist CurrencyIsoCode: not a value of the picklist"})
	p.applied()
	if it := p.plan().Item("sync.people"); counts(it) != "reject 1, unchanged 2" {
		t.Errorf("after the apply the plan says %s", counts(it))
	}
	p.byHand("", func(h *hand) {
		h.id("SELECT Id FROM Opportunity WHERE Code__c = 'A' AND CurrencyIsoCode = 'USD' AND Amount = 100")
		h.id("SELECT Id FROM Opportunity WHERE Code__c = 'B' AND CurrencyIsoCode = 'EUR'")
	})
	// One currency: there is nothing to say.
	q := newProject(t, map[string]string{
		"main.hcl": deals, "people.csv": "code,first,last,mail\nA,100,Deal,\n",
		"org.schema.json": `{"format": "1.0", "objects": {"Opportunity": {"fields": [{"name": "Code__c", "type": "string", "length": 20, "externalId": true, "unique": true}]}}}`,
	})
	q.finds("", "")
	q.applied()
	q.empty("in an org of one currency")
}
