package emulator_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

func sub(method, path, ref string, body any) map[string]any {
	s := map[string]any{"method": method, "url": "/services/data/v59.0/" + path, "referenceId": ref}
	if body != nil {
		s["body"] = body
	}
	return s
}

// composite sends subrequests and gives their answers.
func (c *client) composite(allOrNone bool, subs ...map[string]any) []map[string]any {
	c.t.Helper()
	var out []map[string]any
	list, _ := c.want(200, "POST", "composite/", map[string]any{"allOrNone": allOrNone, "compositeRequest": subs}).obj(c.t)["compositeResponse"].([]any)
	for _, x := range list {
		m, _ := x.(map[string]any)
		out = append(out, m)
	}
	return out
}

func statuses(res []map[string]any) string {
	var s []string
	for _, r := range res {
		s = append(s, str(r["httpStatusCode"]))
	}
	return strings.Join(s, " ")
}

func TestSubrequestsReferToEarlierOnes(t *testing.T) {
	c := open(t, emulator.Options{})
	res := c.composite(false,
		sub("POST", "sobjects/Account", "acc", map[string]any{"Name": "Acme \"&\" Co"}),
		sub("GET", "sobjects/Account/@{acc.id}?fields=Name", "read", nil),
		sub("POST", "sobjects/Contact", "con", map[string]any{"LastName": "@{read.Name}", "AccountId": "@{acc.id}"}),
		sub("GET", "query?q="+url.QueryEscape("SELECT Id, LastName FROM Contact WHERE AccountId = '")+"@{acc.id}'", "q", nil),
		sub("PATCH", "sobjects/Contact/@{q.records[0].Id}", "upd", map[string]any{"Phone": "1"}),
	)
	if statuses(res) != "201 200 201 200 204" {
		t.Fatalf("%v", res)
	}
	if loc := res[0]["httpHeaders"].(map[string]any)["Location"]; !strings.HasPrefix(str(loc), "/services/data/v59.0/sobjects/Account/001") {
		t.Errorf("%v", res[0])
	}
	if res[4]["body"] != nil || len(res[4]["httpHeaders"].(map[string]any)) != 0 || res[4]["referenceId"] != "upd" {
		t.Errorf("%v", res[4])
	}
	got := c.query("SELECT LastName, Phone, Account.Name FROM Contact")[0]
	if got["LastName"] != `Acme "&" Co` || got["Phone"] != "1" || got["Account"].(map[string]any)["Name"] != `Acme "&" Co` {
		t.Errorf("%v", got)
	}
}

func TestAFailedSubrequestHaltsItsDependants(t *testing.T) {
	c := open(t, emulator.Options{})
	res := c.composite(false,
		sub("POST", "sobjects/Account", "bad", map[string]any{}),
		sub("POST", "sobjects/Contact", "dep", map[string]any{"LastName": "A", "AccountId": "@{bad.id}"}),
		sub("POST", "sobjects/Contact", "dep2", map[string]any{"LastName": "@{dep.id}"}),
		sub("POST", "sobjects/Contact", "free", map[string]any{"LastName": "B"}),
		sub("GET", "sobjects/Contact/@{free.Id}", "case", nil))
	if statuses(res) != "400 400 400 201 400" {
		t.Fatalf("%v", res)
	}
	for _, i := range []int{1, 2, 4} {
		if e := res[i]["body"].([]any)[0].(map[string]any); e["errorCode"] != "PROCESSING_HALTED" {
			t.Errorf("%v", e)
		}
	}
	if n := len(c.query("SELECT Id FROM Contact")); n != 1 {
		t.Errorf("%d contacts", n)
	}
}

func TestAllOrNoneRollsTheWholeRequestBack(t *testing.T) {
	c := open(t, emulator.Options{})
	res := c.composite(true,
		sub("POST", "sobjects/Account", "a", map[string]any{"Name": "A"}),
		sub("GET", "query?q="+url.QueryEscape("SELECT Name FROM Account"), "q", nil),
		sub("POST", "composite/sobjects", "b", rows("Contact", false, map[string]any{"LastName": "A"}, map[string]any{})),
		sub("POST", "sobjects/Account", "c", map[string]any{"Name": "C"}))
	if statuses(res) != "400 400 200 400" {
		t.Fatalf("%v", res)
	}
	list := res[2]["body"].([]any)
	if code(t, list[0].(map[string]any)) != "ALL_OR_NONE_OPERATION_ROLLED_BACK" || code(t, list[1].(map[string]any)) != "REQUIRED_FIELD_MISSING" {
		t.Errorf("outer all-or-none overrides the inner one: %v", list)
	}
	if len(c.query("SELECT Id FROM Account"))+len(c.query("SELECT Id FROM Contact")) != 0 {
		t.Error("something was kept")
	}
	res = c.composite(true,
		sub("POST", "sobjects/Account", "a", map[string]any{"Name": "A"}),
		sub("GET", "query?q="+url.QueryEscape("SELECT Name FROM Account"), "q", nil))
	if statuses(res) != "201 200" || res[1]["body"].(map[string]any)["totalSize"] != 1.0 {
		t.Errorf("%v", res)
	}
}

func TestWithoutAllOrNoneTheInnerOneIsInForce(t *testing.T) {
	c := open(t, emulator.Options{})
	res := c.composite(false,
		sub("POST", "composite/sobjects", "a", rows("Contact", true, map[string]any{"LastName": "A"}, map[string]any{})),
		sub("POST", "composite/sobjects", "b", rows("Contact", false, map[string]any{"LastName": "A"}, map[string]any{})))
	if statuses(res) != "200 200" || len(c.query("SELECT Id FROM Contact")) != 1 {
		t.Errorf("%v", res)
	}
}

func TestLimitsOfAComposite(t *testing.T) {
	c := open(t, emulator.Options{})
	subs := func(n int, path string) []map[string]any {
		var s []map[string]any
		for i := range n {
			s = append(s, sub("GET", path, fmt.Sprintf("r%d", i), nil))
		}
		return s
	}
	q := "query?q=" + url.QueryEscape("SELECT Id FROM Contact")
	for name, x := range map[string]struct {
		subs   []map[string]any
		status int
	}{
		"25 describes":   {subs(25, "sobjects/Group/describe"), 200},
		"26 subrequests": {subs(26, "sobjects/Group/describe"), 400},
		"5 queries":      {subs(5, q), 200},
		"6 queries":      {subs(6, q), 400},
		"3 queries, 3 collections": {append(subs(3, q), sub("POST", "composite/sobjects", "x", rows("Contact", false)),
			sub("POST", "composite/sobjects", "y", rows("Contact", false)), sub("DELETE", "composite/sobjects?ids=1", "z", nil)), 400},
		"no subrequests":                 {nil, 400},
		"a reference used twice":         {[]map[string]any{sub("GET", "limits", "a", nil), sub("GET", "limits", "a", nil)}, 400},
		"a reference with a dash":        {[]map[string]any{sub("GET", "limits", "a-b", nil)}, 400},
		"a reference that starts with _": {[]map[string]any{sub("GET", "limits", "_a", nil)}, 400},
		"a reference of digits":          {[]map[string]any{sub("GET", "limits", "1_a", nil)}, 200},
		"a method in lower case":         {[]map[string]any{sub("get", "limits", "a", nil)}, 400},
		"a foreign url":                  {[]map[string]any{{"method": "GET", "url": "/v59.0/limits", "referenceId": "a"}}, 400},
		"a header that is not allowed": {[]map[string]any{{"method": "GET", "url": "/services/data/v59.0/limits", "referenceId": "a",
			"httpHeaders": map[string]any{"Authorization": "x"}}}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			a := c.send("POST", "composite", map[string]any{"compositeRequest": x.subs})
			if a.status != x.status {
				t.Errorf("status %d, want %d: %.200s", a.status, x.status, a.body)
			}
		})
	}
}

func TestDescribeInsideACompositeMayBeConditional(t *testing.T) {
	c := open(t, emulator.Options{})
	modified := c.want(200, "GET", "sobjects/Contact/describe", nil).header.Get("Last-Modified")
	s := sub("GET", "sobjects/Contact/describe", "a", nil)
	s["httpHeaders"] = map[string]any{"If-Modified-Since": modified}
	res := c.composite(false, s, sub("GET", "sobjects/Account/describe", "b", nil))
	if statuses(res) != "304 200" || res[0]["body"] != nil {
		t.Errorf("%v", statuses(res))
	}
	c.want(304, "GET", "sobjects", nil, "If-Modified-Since", modified)
	c.want(200, "GET", "sobjects", nil, "If-Modified-Since", "Mon, 01 Jan 2001 00:00:00 GMT")
}

func TestBatchRequestsAreIndependent(t *testing.T) {
	c := open(t, emulator.Options{})
	body := func(halt bool) map[string]any {
		return map[string]any{"haltOnError": halt, "batchRequests": []any{
			map[string]any{"method": "POST", "url": "v59.0/sobjects/Account", "richInput": map[string]any{"Name": "A"}},
			map[string]any{"method": "PATCH", "url": "v59.0/sobjects/Account/001EM0000000099AAA", "richInput": map[string]any{"Name": "A"}},
			map[string]any{"method": "GET", "url": "/services/data/v60.0/query?q=" + url.QueryEscape("SELECT COUNT() FROM Account")},
		}}
	}
	got := c.want(200, "POST", "composite/batch", body(false)).obj(t)
	res := got["results"].([]any)
	if got["hasErrors"] != true || res[0].(map[string]any)["statusCode"] != 201.0 || res[1].(map[string]any)["statusCode"] != 404.0 ||
		res[2].(map[string]any)["result"].(map[string]any)["totalSize"] != 1.0 {
		t.Errorf("%v", got)
	}
	got = c.want(200, "POST", "composite/batch", body(true)).obj(t)
	last := got["results"].([]any)[2].(map[string]any)
	if last["statusCode"] != 412.0 || last["result"].([]any)[0].(map[string]any)["errorCode"] != "BATCH_PROCESSING_HALTED" {
		t.Errorf("%v", got)
	}
}

func TestTreesAreCreatedAsAWhole(t *testing.T) {
	c := open(t, emulator.Options{})
	tree := func(name any) map[string]any {
		return map[string]any{"records": []any{map[string]any{
			"attributes": map[string]any{"type": "Account", "referenceId": "a"}, "Name": "Acme",
			"Contacts": map[string]any{"records": []any{
				map[string]any{"attributes": map[string]any{"type": "Contact", "referenceId": "c1"}, "LastName": "A"},
				map[string]any{"attributes": map[string]any{"type": "Contact", "referenceId": "c2"}, "LastName": name},
			}},
		}}}
	}
	a := c.want(201, "POST", "composite/tree/Account", tree("B"))
	res := a.obj(t)["results"].([]any)
	if len(res) != 3 || res[2].(map[string]any)["referenceId"] != "c2" {
		t.Errorf("%s", a.body)
	}
	if got := c.query("SELECT Account.Name FROM Contact"); len(got) != 2 || got[1]["Account"].(map[string]any)["Name"] != "Acme" {
		t.Errorf("%v", got)
	}
	a = c.want(400, "POST", "composite/tree/Account", tree(nil))
	if got := a.obj(t); got["hasErrors"] != true || len(got["results"].([]any)) != 1 {
		t.Errorf("%s", a.body)
	}
	if n := len(c.query("SELECT Id FROM Account")); n != 1 {
		t.Errorf("%d accounts", n)
	}
}
