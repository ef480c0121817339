package emulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

const testSchema = `{"format": "1.0", "objects": {
  "Account": {"fields": [
    {"name": "Code__c", "type": "string", "length": 20, "externalId": true, "unique": true}]},
  "Contact": {"fields": [
    {"name": "Customer_Id__c", "type": "string", "length": 40, "externalId": true, "unique": true},
    {"name": "Legacy__c", "type": "string", "length": 40, "externalId": true},
    {"name": "Exact__c", "type": "string", "length": 40, "externalId": true, "unique": true, "caseSensitive": true},
    {"name": "Score__c", "type": "double", "precision": 8, "scale": 2},
    {"name": "Seen__c", "type": "datetime"},
    {"name": "Vip__c", "type": "boolean"},
    {"name": "Tier__c", "type": "picklist", "restrictedPicklist": true, "picklistValues": ["Gold", "Silver"]},
    {"name": "Tags__c", "type": "multipicklist", "picklistValues": ["Alpha", "Beta", "Gamma"]}]},
  "Ticket__c": {"label": "Ticket", "fields": [
    {"name": "Number__c", "type": "string", "length": 20, "externalId": true, "unique": true},
    {"name": "Contact__c", "type": "reference", "referenceTo": ["Contact"]}]}
}}`

// client drives an org over HTTP.
type client struct {
	t     testing.TB
	org   *emulator.Org
	url   string
	token string
	http  *http.Client
}

func open(t testing.TB, o emulator.Options) *client {
	t.Helper()
	if o.Schema == nil {
		o.Schema = []byte(testSchema)
	}
	org, err := emulator.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := org.Close(); err != nil {
			t.Error(err)
		}
	})
	base, err := org.Start()
	if err != nil {
		t.Fatal(err)
	}
	token, err := org.Token("")
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{MaxIdleConnsPerHost: 8}
	t.Cleanup(tr.CloseIdleConnections)
	return &client{t: t, org: org, url: base, token: token, http: &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// as is the same org seen by another user.
func (c *client) as(username string) *client {
	c.t.Helper()
	if err := c.org.AddUser(username, "Marketo Sync"); err != nil {
		c.t.Fatal(err)
	}
	token, err := c.org.Token(username)
	if err != nil {
		c.t.Fatal(err)
	}
	other := *c
	other.token = token
	return &other
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// send makes a request below /services/data/v59.0, or to an absolute path.
func (c *client) send(method, path string, body any, headers ...string) answer {
	c.t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = "/services/data/v59.0/" + path
	}
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	case []byte:
		in = bytes.NewReader(b)
	default:
		j, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		in = bytes.NewReader(j)
	}
	req, err := http.NewRequest(method, c.url+path, in)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, b}
}

// want sends and checks the status.
func (c *client) want(status int, method, path string, body any, headers ...string) answer {
	c.t.Helper()
	a := c.send(method, path, body, headers...)
	if a.status != status {
		c.t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.status, status, a.body)
	}
	return a
}

// obj reads the answer as an object.
func (a answer) obj(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return v
}

// list reads the answer as a list of objects.
func (a answer) list(t testing.TB) []map[string]any {
	t.Helper()
	var v []map[string]any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return v
}

// code is the error code of the answer, or of the row.
func code(t testing.TB, v map[string]any) string {
	t.Helper()
	if c, ok := v["errorCode"].(string); ok {
		return c
	}
	errs, _ := v["errors"].([]any)
	if len(errs) == 0 {
		return ""
	}
	e, _ := errs[0].(map[string]any)
	c, _ := e["statusCode"].(string)
	return c
}

func message(v map[string]any) string {
	if m, ok := v["message"].(string); ok {
		return m
	}
	errs, _ := v["errors"].([]any)
	if len(errs) == 0 {
		return ""
	}
	e, _ := errs[0].(map[string]any)
	m, _ := e["message"].(string)
	return m
}

func (c *client) query(soql string) []map[string]any {
	c.t.Helper()
	a := c.want(200, "GET", "query?q="+url.QueryEscape(soql), nil)
	var v struct {
		TotalSize int              `json:"totalSize"`
		Records   []map[string]any `json:"records"`
	}
	if err := json.Unmarshal(a.body, &v); err != nil {
		c.t.Fatal(err)
	}
	return v.Records
}

// create makes one record and gives its id.
func (c *client) create(object string, fields map[string]any) string {
	c.t.Helper()
	id, _ := c.want(201, "POST", "sobjects/"+object, fields).obj(c.t)["id"].(string)
	return id
}

func (c *client) get(object, id string) map[string]any {
	c.t.Helper()
	return c.want(200, "GET", "sobjects/"+object+"/"+id, nil).obj(c.t)
}

// rows makes the body of a collection request.
func rows(object string, allOrNone bool, records ...map[string]any) map[string]any {
	list := []map[string]any{}
	for _, r := range records {
		rec := map[string]any{"attributes": map[string]any{"type": object}}
		for k, v := range r {
			rec[k] = v
		}
		list = append(list, rec)
	}
	return map[string]any{"allOrNone": allOrNone, "records": list}
}

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func str(v any) string { return fmt.Sprint(v) }

func TestAFirstSession(t *testing.T) {
	c := open(t, emulator.Options{})
	res := c.want(200, "PATCH", "composite/sobjects/Contact/Customer_Id__c", rows("Contact", false,
		map[string]any{"Customer_Id__c": "C-1", "LastName": "Lovelace", "FirstName": "Ada"},
		map[string]any{"Customer_Id__c": "C-2"},
	)).list(t)
	if res[0]["success"] != true || res[0]["created"] != true {
		t.Fatalf("first row: %v", res[0])
	}
	if code(t, res[1]) != "REQUIRED_FIELD_MISSING" || message(res[1]) != "Required fields are missing: [LastName]" {
		t.Fatalf("second row: %v", res[1])
	}
	got := c.query("SELECT Id, Name, LastModifiedBy.Username FROM Contact WHERE Customer_Id__c IN ('c-1','C-2')")
	if len(got) != 1 || got[0]["Name"] != "Ada Lovelace" {
		t.Fatalf("query: %v", got)
	}
	if by, _ := got[0]["LastModifiedBy"].(map[string]any); by["Username"] != emulator.IntegrationUser {
		t.Fatalf("last modified by %v", got[0]["LastModifiedBy"])
	}
	comp := c.want(200, "POST", "composite", map[string]any{"compositeRequest": []any{
		map[string]any{"method": "PATCH", "url": "/services/data/v63.0/composite/sobjects", "referenceId": "a", "body": rows("Contact", false,
			map[string]any{"id": got[0]["Id"], "Email": "ada@example.com"})},
		map[string]any{"method": "GET", "url": "/services/data/v59.0/query?q=" + url.QueryEscape("SELECT Email FROM Contact WHERE Id='"+str(got[0]["Id"])+"'"), "referenceId": "b"},
	}})
	if !strings.Contains(string(comp.body), `"Email":"ada@example.com"`) {
		t.Fatalf("composite: %s", comp.body)
	}
	d := c.want(200, "GET", "sobjects/contact/describe", nil).obj(t)
	if fields, _ := d["fields"].([]any); len(fields) != 72 {
		t.Fatalf("%d fields", len(fields))
	} else if f, _ := fields[0].(map[string]any); len(f) != 57 {
		t.Fatalf("a field has %d properties, not 57", len(f))
	}
}
