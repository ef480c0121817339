package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/lang"
)

// complete is a configuration with every block and most expressions.
const complete = `
signalsmith {
  project     = "crm"
  environment = var.env
}
variable "env" {
  default = "dev"
}
locals {
  campaign = "VIP ${var.env}"
}
source "duckdb" "files" {
  path        = "crm.db"
  allow_paths = ["../exports"]
}
model "customers" {
  source      = source.duckdb.files
  primary_key = ["id", "region"]
  sql         = <<-SQL
    select *
    from customers where campaign = '${local.campaign}'
  SQL
}
destination "salesforce" "crm" {
  instance_url = "https://acme.my.salesforce.com"
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
    Customer_Id__c    = col.id
    Description       = "${col.first_name} ${col["last name"]}, ${upper(local.campaign)} ${1 + 1}"
    "Account.Code__c" = (col.code)
    LeadSource        = local.campaign
    Active__c         = true
    Score__c          = sql("round(ltv / 12, 2)")
    Fax               = null
  }
  field "Phone" {
    value = col["phone"]
    pii   = true
  }
}
sync "contacts" {
  model   = model.customers
  mapping = mapping.contact
  mode    = "upsert"
}
`

func load(t *testing.T, src string) *config.Config {
	t.Helper()
	c, ds := config.Load(write(t, map[string]string{"main.hcl": src}), options())
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	return c
}

func TestACompleteConfigurationIsDecoded(t *testing.T) {
	c := load(t, complete)
	s := c.Syncs["sync.contacts"]
	if s == nil || s.Mode != "upsert" {
		t.Fatalf("sync %+v", s)
	}
	if s.Model != c.Models["model.customers"] || s.Mapping != c.Mappings["mapping.contact"] {
		t.Error("references do not lead to the blocks")
	}
	if s.Model.Source != c.Sources["source.duckdb.files"] || s.Mapping.Target.Destination != c.Destinations["destination.salesforce.crm"] {
		t.Error("references of references do not lead to the blocks")
	}
	m := s.Model
	if want := "select *\nfrom customers where campaign = 'VIP dev'\n"; m.SQL != want {
		t.Errorf("sql %q", m.SQL)
	}
	if len(m.PrimaryKey) != 2 || m.PrimaryKey[1].Name != "region" || m.Timezone != "UTC" || m.SQLFile != "" || m.Table != "" {
		t.Errorf("model %+v", m)
	}
	if got := m.Source.Body.Texts("allow_paths"); len(got) != 1 || got[0] != "../exports" {
		t.Errorf("allow_paths %q", got)
	}
	auth := s.Mapping.Target.Destination.Body.Inner("auth")
	if auth == nil || auth.Label != "access_token" || auth.Body.Text("token") != "t0ken" {
		t.Errorf("auth %+v", auth)
	}
	if c.Project.Project != "crm" || c.Project.Environment != "dev" || c.Project.StatePath != filepath.Join(c.Dir, ".signalsmith", "state.db") {
		t.Errorf("project %+v", c.Project)
	}
	if target := s.Mapping.Target; target.Object.Name != "Contact" || target.Match.Name != "Customer_Id__c" {
		t.Errorf("target %+v", target)
	}
}

func TestFieldsKeepTheOrderAndPlacesOfTheFile(t *testing.T) {
	c := load(t, complete)
	src := string(c.Files["main.hcl"].Bytes)
	var names []string
	for _, f := range c.Mappings["mapping.contact"].Fields {
		names = append(names, f.Name.Name)
		if got := string(f.Name.Range.SliceBytes([]byte(src))); strings.Trim(got, `"`) != f.Name.Name {
			t.Errorf("the range of %s covers %q", f.Name.Name, got)
		}
	}
	want := "Customer_Id__c Description Account.Code__c LeadSource Active__c Score__c Fax Phone"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got %s", got)
	}
	phone := c.Mappings["mapping.contact"].Fields[7]
	if phone.PII == nil || !*phone.PII || phone.Value.(*lang.Column).Name != "phone" {
		t.Errorf("phone %+v", phone)
	}
	if v := c.Mappings["mapping.contact"].Fields[4].Value.(*lang.Literal).Value; v.Type() != cty.Bool {
		t.Errorf("true is %#v", v)
	}
}

func TestASQLFileIsKnownByItsName(t *testing.T) {
	c, ds := config.Load(write(t, map[string]string{
		"main.hcl":   "source \"duckdb\" \"f\" {}\nmodel \"m\" {\n  source = source.duckdb.f\n  primary_key = [\"id\"]\n  sql = file(\"./sql/m.sql\")\n}\n",
		"sql/m.sql":  "select 1 as id\r\n",
		"other.text": "",
	}), options())
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	m := c.Models["model.m"]
	if m.SQLFile != "sql/m.sql" || m.SQL != "select 1 as id\n" || c.Files["sql/m.sql"] == nil {
		t.Errorf("model %+v", m)
	}
}

func TestTheDigestIsOfWhatTheConfigurationMeans(t *testing.T) {
	base := config.Digest(load(t, complete))
	if len(base) != 64 {
		t.Errorf("digest %q", base)
	}
	for _, tc := range []struct {
		name, old, new string
		same           bool
	}{
		{"a comment", `mode    = "upsert"`, "mode = \"upsert\" # the only one", true},
		{"layout", "project     =", "project =", true},
		{"the way a value is computed", `LeadSource        = local.campaign`, `LeadSource = "VIP ${var.env}"`, true},
		{"a local that is renamed", "campaign", "drive", false}, // the SQL has a column of that name
		{"a default that says the same", "mode    = \"upsert\"", "mode = \"upsert\"\n  on_leave = \"ignore\"", true},
		{"another environment", `default = "dev"`, `default = "prod"`, false},
		{"another key", `["id", "region"]`, `["region", "id"]`, false},
		{"another column", "col.id", "col.key", false},
		{"a constant of another type", "Active__c         = true", `Active__c = "true"`, false},
		{"another match field", `match       = "Customer_Id__c"`, `match = "Email"`, false},
		{"another instance", "acme", "apex", false},
		{"another path", `"crm.db"`, `"erp.db"`, false},
		{"another SQL", "select *", "select id", false},
		{"raw SQL", "ltv / 12", "ltv / 11", false},
		{"pii", "pii   = true", "pii = false", false},
		{"the order of fields", "    Active__c         = true\n    Score__c          = sql(\"round(ltv / 12, 2)\")\n",
			"    Score__c = sql(\"round(ltv / 12, 2)\")\n    Active__c = true\n", true},
		{"the long form of a field", "    Active__c         = true\n", "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			changed := strings.Replace(complete, tc.old, tc.new, -1)
			if changed == complete {
				t.Fatal("nothing was changed")
			}
			if got := config.Digest(load(t, changed)); (got == base) != tc.same {
				t.Errorf("same is %v", got == base)
			}
		})
	}
}

func TestTheDigestIsOfTheItemsAndWhatTheyNeed(t *testing.T) {
	const more = complete + `
model "orders" {
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = "orders"
}
sync "orders" {
  model   = model.orders
  mapping = mapping.contact
  mode    = "upsert"
}
`
	contacts, orders := addr.Item{Type: "sync", Name: "contacts"}, addr.Item{Type: "sync", Name: "orders"}
	small, large := load(t, complete), load(t, more)
	if config.Digest(small) != config.Digest(large, contacts) {
		t.Error("a block that is not needed counts")
	}
	if config.Digest(large, contacts, orders) != config.Digest(large, orders, contacts) || config.Digest(large) != config.Digest(large, contacts, orders) {
		t.Error("the order of items counts")
	}
	if config.Digest(large, contacts) == config.Digest(large, orders) {
		t.Error("different items have one digest")
	}
}

func TestTheDigestHoldsNoSecret(t *testing.T) {
	digest := func(token string) string {
		o := options()
		o.Env = environment(map[string]string{"SF_ACCESS_TOKEN": token})
		c, ds := config.Load(write(t, map[string]string{"main.hcl": complete}), o)
		if len(ds) > 0 {
			t.Fatal(ds)
		}
		return config.Digest(c)
	}
	if digest("one") != digest("two") {
		t.Error("the token counts")
	}
}
