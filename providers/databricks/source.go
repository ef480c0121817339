package databricks

import (
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/providers"
)

// block is what a source block takes.
func block() *schema.Block {
	return &schema.Block{
		Doc: "Tables that a Databricks SQL warehouse reads.",
		Args: []schema.Arg{
			{Name: "host", Type: cty.String, Required: true, Doc: "The workspace's host, as in adb-1234567890123456.7.azuredatabricks.net."},
			{Name: "http_path", Type: cty.String, Required: true, Doc: "The warehouse's path, as in /sql/1.0/warehouses/abc123 (Connection details in the workspace)."},
			{Name: "catalog", Type: cty.String, Required: true, Doc: "The catalog that models read: names of tables are looked up in it."},
			{Name: "schema", Type: cty.String, Doc: "The schema in which names without one are looked up. Default: default."},
			{Name: "allow_catalogs", Type: cty.List(cty.String), Doc: "Further catalogs that models may name."},
			{Name: "token", Type: cty.String, Secret: true, Doc: "A personal access token."},
			{Name: "client_id", Type: cty.String, Doc: "Instead of a token: the application id of a service principal (OAuth machine-to-machine)."},
			{Name: "client_secret", Type: cty.String, Secret: true, Doc: "The service principal's OAuth secret."},
		},
	}
}

// source is one source block, checked.
type source struct {
	name            string
	body            *schema.Body
	address         address
	catalog, schema string
	catalogs        []string // that models may name
	token           string
	clientID        string
	clientSecret    string
}

func newSource(spec providers.SourceSpec, env func(string) (string, bool)) (*source, error) {
	body := spec.Body
	if body == nil {
		body = &schema.Body{}
	}
	s := &source{name: spec.Name, body: body, catalog: body.Text("catalog"), schema: body.Text("schema"),
		token: body.Text("token"), clientID: body.Text("client_id"), clientSecret: body.Text("client_secret")}
	if s.schema == "" {
		s.schema = "default"
	}
	s.catalogs = append([]string{s.catalog}, body.Texts("allow_catalogs")...)
	var ds diag.Diagnostics
	fail := func(code diag.Code, arg, detail string) { ds = append(ds, s.problem(code, arg, detail)...) }
	a, problem := checkHost(body.Text("host"), allowed(env))
	switch {
	case problem == nil:
	case problem.malformed:
		fail("M312", "host", "The source cannot be reached: "+problem.text+".")
	default:
		fail("M311", "host", fmt.Sprintf("Credentials go to hosts of Databricks only, and %s. If this host is right, list it in the environment variable %s.", problem.text, allowEnv))
	}
	a.path = "/" + strings.TrimPrefix(strings.TrimSpace(body.Text("http_path")), "/")
	if a.path == "/" {
		fail("M312", "http_path", "http_path is empty. It is shown in the workspace under the warehouse's connection details: /sql/1.0/warehouses/abc123.")
	}
	if strings.ContainsAny(a.path, "#@ \\") {
		fail("M312", "http_path", fmt.Sprintf("%q is not a path like /sql/1.0/warehouses/abc123.", body.Text("http_path")))
	}
	s.address = a
	if s.catalog == "" {
		fail("M312", "catalog", "catalog is empty. Models read one catalog: main, or hive_metastore where there is no Unity Catalog.")
	}
	switch {
	case s.token != "" && (s.clientID != "" || s.clientSecret != ""):
		fail("M312", "token", "The source has a token and client credentials. Keep one of the two.")
	case s.token == "" && s.clientID == "" && s.clientSecret == "":
		fail("M312", "token", "The source has no credentials: give it token, or client_id and client_secret. An empty token usually means that the "+
			"environment variable is not set where the command runs: token = env(\"DATABRICKS_TOKEN\").")
	case s.token == "" && (s.clientID == "" || s.clientSecret == ""):
		fail("M312", "client_id", "client_id and client_secret belong together, and one of them is empty.")
	case strings.ContainsAny(s.token, " \t\r\n"):
		fail("M312", "token", "The token holds white space, which no token does.")
	}
	return s, ds.Err()
}

// problem is a diagnostic about the block, at one of its arguments.
func (s *source) problem(code diag.Code, arg, detail string) diag.Diagnostics {
	d := diag.Diagnostic{Code: code, Severity: diag.Error, Detail: detail, Where: fmt.Sprintf("in source \"databricks\" %q", s.name),
		Addr: "source.databricks." + s.name}
	if at := s.body.At(arg); at.Filename != "" {
		d.Subject = &at
	}
	return diag.Diagnostics{d}
}
