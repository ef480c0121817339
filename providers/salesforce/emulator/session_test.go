package emulator_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

func TestVersionsNeedNoTokenAndCountNothing(t *testing.T) {
	c := open(t, emulator.Options{})
	anonymous := *c
	anonymous.token = "none"
	for _, path := range []string{"/services/data", "/services/data/", "//services/data"} {
		a := anonymous.want(200, "GET", path, nil)
		if a.header.Get("Sforce-Limit-Info") != "" {
			t.Errorf("%s counts", path)
		}
		list := a.list(t)
		if last := list[len(list)-1]; last["version"] != "68.0" || last["label"] != "Winter '27" || last["url"] != "/services/data/v68.0" {
			t.Errorf("%s: last version %v", path, last)
		}
	}
}

func TestEveryVersionInThePathIsAccepted(t *testing.T) {
	c := open(t, emulator.Options{})
	for v := 31; v <= 68; v++ {
		c.want(200, "GET", "/services/data/v"+strconv.Itoa(v)+".0/limits", nil)
	}
	c.want(404, "GET", "/services/data/v69.0/limits", nil)
	c.want(404, "GET", "/services/data/v59/limits", nil)
	if a := c.want(410, "GET", "/services/data/v30.0/limits", nil); code(t, a.list(t)[0]) != "UNSUPPORTED_API_VERSION" {
		t.Errorf("%s", a.body)
	}
	root := c.want(200, "GET", "/services/data/v66.0", nil).obj(t)
	if root["sobjects"] != "/services/data/v66.0/sobjects" || root["jobs"] != nil {
		t.Errorf("resources: %v", root)
	}
}

func TestATokenThatIsNotGoodIsRefused(t *testing.T) {
	c := open(t, emulator.Options{})
	if !regexp.MustCompile(`^00D\w{12,15}![.\w]+$`).MatchString(c.token) {
		t.Errorf("a client would not take the token %q", c.token)
	}
	bad := *c
	bad.token = "00D!nonsense"
	if a := bad.want(401, "GET", "limits", nil); string(a.body) != `[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]` {
		t.Errorf("%s", a.body)
	}
	if a := c.want(401, "GET", "limits", nil, "Authorization", "garbage"); code(t, a.list(t)[0]) != "INVALID_AUTH_HEADER" {
		t.Errorf("%s", a.body)
	}
	if _, err := c.org.Token("nobody@example.com"); err == nil {
		t.Error("a token for nobody")
	}
}

func TestTheSessionsUserCanBeAskedFor(t *testing.T) {
	c := open(t, emulator.Options{})
	info := c.want(200, "GET", "/services/oauth2/userinfo", nil).obj(t)
	if info["preferred_username"] != emulator.IntegrationUser {
		t.Errorf("userinfo: %v", info)
	}
	id := c.want(200, "GET", "/id/"+str(info["organization_id"])+"/"+str(info["user_id"])+"?format=json&oauth_token="+c.token, nil).obj(t)
	if id["username"] != emulator.IntegrationUser || id["organization_id"] != info["organization_id"] {
		t.Errorf("identity: %v", id)
	}
	u := c.get("User", str(info["user_id"]))
	if u["Username"] != emulator.IntegrationUser || u["IsActive"] != true {
		t.Errorf("user: %v", u)
	}
	bad := *c
	bad.token = "x"
	if a := bad.want(403, "GET", "/services/oauth2/userinfo", nil); string(a.body) != "Bad_OAuth_Token" {
		t.Errorf("%s", a.body)
	}
	org := c.query("SELECT Name, InstanceName, IsSandbox, TrialExpirationDate, NamespacePrefix, OrganizationType FROM Organization")
	if len(org) != 1 || org[0]["Name"] != "SignalSmith emulator" || org[0]["IsSandbox"] != true || org[0]["TrialExpirationDate"] != nil {
		t.Errorf("organization: %v", org)
	}
	if got := c.query("SELECT Username, Profile.Name FROM User"); len(got) != 1 || got[0]["Profile"].(map[string]any)["Name"] != "System Administrator" {
		t.Errorf("user: %v", got)
	}
}

func TestEveryCallCountsAndACompositeIsOne(t *testing.T) {
	c := open(t, emulator.Options{DailyAPIRequests: 8})
	used := func(a answer) string { return a.header.Get("Sforce-Limit-Info") }
	if got := used(c.want(200, "GET", "limits", nil)); got != "api-usage=1/8" {
		t.Fatalf("first call: %q", got)
	}
	sub := map[string]any{"method": "GET", "url": "/services/data/v59.0/limits", "referenceId": "a"}
	if got := used(c.want(200, "POST", "composite", map[string]any{"compositeRequest": []any{sub,
		map[string]any{"method": "GET", "url": "/services/data/v59.0/sobjects", "referenceId": "b"}}})); got != "api-usage=2/8" {
		t.Fatalf("composite: %q", got)
	}
	batch := map[string]any{"batchRequests": []any{
		map[string]any{"method": "GET", "url": "v59.0/limits"}, map[string]any{"method": "GET", "url": "v59.0/limits"}}}
	if got := used(c.want(200, "POST", "composite/batch", batch)); got != "api-usage=4/8" {
		t.Fatalf("batch: %q", got)
	}
	l := c.want(200, "GET", "limits", nil).obj(t)["DailyApiRequests"].(map[string]any)
	if l["Max"] != 8.0 || l["Remaining"] != 3.0 {
		t.Fatalf("limits: %v", l)
	}
	for range 3 {
		c.want(404, "GET", "nothing", nil) // what fails counts too
	}
	a := c.want(403, "GET", "limits", nil)
	if string(a.body) != `[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]` || used(a) != "api-usage=8/8" {
		t.Fatalf("%s %q", a.body, used(a))
	}
}

func TestTheAllowanceComesBackAfterADay(t *testing.T) {
	at := &clock{time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}
	c := open(t, emulator.Options{DailyAPIRequests: 1, Now: at.now})
	a := c.want(200, "GET", "limits", nil)
	if a.header.Get("Date") != "Sun, 01 Mar 2026 10:00:00 GMT" {
		t.Errorf("Date: %s", a.header.Get("Date"))
	}
	c.want(403, "GET", "limits", nil)
	at.at = at.at.Add(25 * time.Hour)
	c.want(200, "GET", "limits", nil)
}

func TestRecordCountsLeaveOutEmptyObjects(t *testing.T) {
	c := open(t, emulator.Options{})
	c.create("Account", map[string]any{"Name": "Acme"})
	c.create("Account", map[string]any{"Name": "Acme too"})
	if a := c.want(200, "GET", "limits/recordCount?sObjects=Account,Contact", nil); string(a.body) != `{"sObjects":[{"count":2,"name":"Account"}]}` {
		t.Errorf("%s", a.body)
	}
}

func TestBodiesMayBeZippedChunkedAndPretty(t *testing.T) {
	c := open(t, emulator.Options{})
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	if _, err := io.WriteString(w, `{"Name":"Zipped"}`); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	c.want(201, "POST", "sobjects/Account/", z.Bytes(), "Content-Encoding", "gzip")
	req, err := http.NewRequest("POST", c.url+"//services/data/v59.0//sobjects//Account/", io.NopCloser(strings.NewReader(`{"Name":"Chunked"}`)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	res, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 201 {
		t.Errorf("chunked, with double slashes: %d", res.StatusCode)
	}
	raw := c.want(200, "GET", "sobjects/Account/describe", nil, "Accept-Encoding", "gzip")
	if raw.header.Get("Content-Encoding") != "gzip" {
		t.Error("a long answer is not compressed")
	}
	if a := c.want(200, "GET", "limits", nil, "X-PrettyPrint", "1"); !strings.Contains(string(a.body), "\n  \"DailyApiRequests\"") {
		t.Errorf("%s", a.body)
	}
}

func TestUnknownPathsAndMethodsAreRefused(t *testing.T) {
	c := open(t, emulator.Options{})
	for _, path := range []string{"jobs/ingest", "tooling", "/services/oauth2/token", "/services/Soap/u/59.0", "composite/graph", "sobjects/Nothing__c", "/elsewhere"} {
		a := c.want(404, "GET", path, nil)
		if code(t, a.list(t)[0]) != "NOT_FOUND" {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	a := c.want(405, "PATCH", "sobjects/Account", `{}`)
	if message(a.list(t)[0]) != "HTTP Method 'PATCH' not allowed. Allowed are GET,POST" {
		t.Errorf("%s", a.body)
	}
	c.want(414, "GET", "query?q="+strings.Repeat("x", 16500), nil)
	c.want(431, "GET", "limits", nil, "X-Long", strings.Repeat("x", 16500))
}

func TestTestsCanInterceptAndRewrite(t *testing.T) {
	failing := true
	c := open(t, emulator.Options{
		Intercept: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if failing {
					http.Error(w, "down", http.StatusServiceUnavailable)
					return
				}
				next.ServeHTTP(w, r)
			})
		},
		Rewrite: func(object string, rec map[string]any) {
			if object == "Contact" && rec["Phone"] == "555" {
				rec["Phone"] = "(555) 000-0000"
				rec["Score__c"] = 12.345
				rec["Vip__c"] = true
			}
		},
	})
	c.want(503, "GET", "limits", nil)
	failing = false
	got := c.get("Contact", c.create("Contact", map[string]any{"LastName": "A", "Phone": "555"}))
	if got["Phone"] != "(555) 000-0000" || got["Score__c"] != 12.35 || got["Vip__c"] != true {
		t.Errorf("%v", got)
	}
}

func TestSomebodyElseCanEdit(t *testing.T) {
	at := &clock{time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}
	c := open(t, emulator.Options{Now: at.now})
	id := c.create("Contact", map[string]any{"LastName": "A"})
	at.at = at.at.Add(time.Minute)
	other := c.as("marketo@acme.example")
	other.want(204, "PATCH", "sobjects/Contact/"+id, map[string]any{"Phone": "1"})
	got := c.query("SELECT CreatedBy.Username, LastModifiedBy.Username, LastModifiedBy.Name, CreatedDate, LastModifiedDate, SystemModstamp FROM Contact")[0]
	if got["CreatedBy"].(map[string]any)["Username"] != emulator.IntegrationUser ||
		got["LastModifiedBy"].(map[string]any)["Username"] != "marketo@acme.example" ||
		got["LastModifiedBy"].(map[string]any)["Name"] != "Marketo Sync" ||
		got["CreatedDate"] != "2026-03-01T10:00:00.000+0000" || got["LastModifiedDate"] != "2026-03-01T10:01:00.000+0000" {
		t.Errorf("%v", got)
	}
	at.at = at.at.Add(time.Minute)
	c.want(204, "PATCH", "sobjects/Contact/"+id, map[string]any{"Phone": "1"}) // changes nothing
	if got := c.get("Contact", id); got["LastModifiedDate"] != "2026-03-01T10:02:00.000+0000" || got["SystemModstamp"] != got["LastModifiedDate"] {
		t.Errorf("an update that changes nothing: %v", got["LastModifiedDate"])
	}
}

func TestAClosedOrgCannotBeStartedAndCloseMayBeRepeated(t *testing.T) {
	org, err := emulator.Open(context.Background(), emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(org.Close(), org.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := org.Start(); err == nil {
		t.Error("started")
	}
}
