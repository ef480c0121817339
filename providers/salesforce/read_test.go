package salesforce_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce"
	"github.com/signalsmith/signalsmith/providers/salesforce/canon"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// stub answers queries over records that it makes up: enough of an org to count calls on.
type stub struct {
	t     *testing.T
	total int
	by    string
	key   func(i int) string
	calls atomic.Int64
	fault func(q string) (status int, body string) // instead of an answer, if status is not 0
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls.Add(1)
	if strings.HasSuffix(r.URL.Path, "/composite") {
		var c composite
		if err := json.NewDecoder(plain(r)).Decode(&c); err != nil {
			s.t.Error(err)
		}
		if len(c.Requests) > 5 {
			s.t.Errorf("%d queries in one call", len(c.Requests))
		}
		var parts []string
		for _, q := range c.Requests {
			if len(q.URL) > 16000 {
				s.t.Errorf("an address of %d bytes", len(q.URL))
			}
			inner := httptest.NewRequest(http.MethodGet, q.URL, nil)
			status, body := s.query(inner)
			parts = append(parts, fmt.Sprintf(`{"body":%s,"httpHeaders":{},"httpStatusCode":%d,"referenceId":%q}`, body, status, q.Ref))
		}
		say(w, 200, `{"compositeResponse":[`+strings.Join(parts, ",")+`]}`)
		return
	}
	status, body := s.query(r)
	say(w, status, body)
}

func (s *stub) query(r *http.Request) (status int, body string) {
	q := r.URL.Query().Get("q")
	if s.fault != nil {
		if status, body := s.fault(q); status != 0 {
			return status, body
		}
	}
	from := 0
	switch {
	case strings.Contains(q, "COUNT()"):
		return 200, fmt.Sprintf(`{"totalSize":%d,"done":true,"records":[]}`, s.total)
	case strings.Contains(q, " IN ("):
		_, list, _ := strings.Cut(q, " IN (")
		keys := strings.Split(strings.TrimSuffix(list, ")"), ",")
		return 200, s.page(keys, len(keys), "")
	case q == "":
		if _, err := fmt.Sscanf(r.URL.Path, "/services/data/v59.0/query/01gX-%d", &from); err != nil {
			return 400, `[{"errorCode":"INVALID_QUERY_LOCATOR","message":"gone"}]`
		}
	}
	to, next := min(from+2000, s.total), ""
	if to < s.total {
		next = fmt.Sprintf("/services/data/v59.0/query/01gX-%d", to)
	}
	var keys []string
	for i := from; i < to; i++ {
		keys = append(keys, "'"+s.key(i)+"'")
	}
	return 200, s.page(keys, s.total, next)
}

func (s *stub) page(keys []string, total int, next string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"totalSize":%d,"done":%t,`, total, next == "")
	if next != "" {
		fmt.Fprintf(&b, `"nextRecordsUrl":%q,`, next)
	}
	b.WriteString(`"records":[`)
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		k = strings.Trim(k, "'")
		if s.by == "Id" {
			fmt.Fprintf(&b, `{"attributes":{"type":"Contact"},"Id":%q}`, k)
		} else {
			fmt.Fprintf(&b, `{"attributes":{"type":"Contact"},"Id":"0035g00000AbCdEAAV",%q:%q}`, s.by, k)
		}
	}
	return b.String() + "]}"
}

func openStub(t *testing.T, s *stub) providers.Destination {
	t.Helper()
	s.t = t
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return openAt(t, srv.URL)
}

func openAt(t *testing.T, url string, options ...salesforce.Option) providers.Destination {
	t.Helper()
	options = append([]salesforce.Option{salesforce.Pace(time.Millisecond, 5*time.Second)}, options...)
	d, err := salesforce.Factory(options...).Open(t.Context(), providers.DestinationSpec{
		Name: "crm", Body: body(map[string]any{"instance_url": url, "auth": tokenAuth("00D000000000001!x")}),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func keys(n int, key func(int) string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for i := range n {
			if !yield(key(i), nil) {
				return
			}
		}
	}
}

func recordID(i int) string {
	id, _ := canon.ID(fmt.Sprintf("0035g%010d", i))
	return id
}

var contact = &providers.Object{Name: "Contact", Fields: []providers.Field{
	{Name: "Id", Type: "id"}, {Name: "Ext__c", Type: "string", ExternalID: true, Unique: true, Filterable: true},
}}

func TestReadingChoosesTheWayThatCostsFewerCalls(t *testing.T) {
	short := func(i int) string { return fmt.Sprintf("C-%07d", i) }
	long := func(i int) string { return fmt.Sprintf("%060d", i) }
	for name, c := range map[string]struct {
		by         string
		key        func(int) string
		keys, held int
		most       int64
		records    int
	}{
		"a hundred thousand short keys of as many records": {"Ext__c", short, 100000, 100000, 20, 100000},
		"a hundred thousand long keys of as many records":  {"Ext__c", long, 100000, 100000, 51, 100000},
		"a hundred thousand ids of as many records":        {"Id", recordID, 100000, 100000, 29, 100000},
		"a few keys of a large object":                     {"Ext__c", short, 500, 10000000, 1, 500},
		"many long keys of a very large object":            {"Ext__c", long, 20000, 10000000, 18, 20000},
		"nearly all keys of a small object":                {"Ext__c", long, 9000, 10000, 6, 10000},
		"one key":                                          {"Id", recordID, 1, 100000, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := &stub{total: c.held, by: c.by, key: c.key}
			d := openStub(t, s)
			seen := map[string]bool{}
			err := d.Read(t.Context(), providers.Read{
				Object: contact, By: *contact.Field(c.by), Fields: []providers.Field{*contact.Field("Ext__c")}, Count: int64(c.keys), Keys: keys(c.keys, c.key),
			}, func(r providers.Record) error {
				seen[r.Match.String] = true
				return nil
			})
			if err != nil || len(seen) != c.records {
				t.Fatalf("%d records, %v", len(seen), err)
			}
			if n := s.calls.Load(); n > c.most {
				t.Errorf("%d calls, at most %d were expected", n, c.most)
			}
			if d.Usage().Query != s.calls.Load() {
				t.Errorf("%d calls are counted, %d came", d.Usage().Query, s.calls.Load())
			}
		})
	}
}

func TestReadingAWholeObjectOfARealSchemaFollowsItsPages(t *testing.T) {
	const n = 4500
	key := func(i int) string { return fmt.Sprintf("%05d-%s", i, strings.Repeat("k", 200)) }
	o := openOrg(t, emulator.Options{})
	w := upsert(t, o)
	out, err := send(t, o, w, contacts(n, func(i int, r *providers.Row) { r.Values[0].Text = providers.T(key(i)) }))
	if err != nil || out.classes()["ok"] != n {
		t.Fatal(out.classes(), err)
	}
	before := o.Usage().Query
	got := map[string]string{}
	err = o.Read(t.Context(), providers.Read{
		Object: w.Object, By: *w.Match, Fields: w.Fields[1:2], Count: n, Keys: keys(n, key),
	}, func(r providers.Record) error {
		got[r.Match.String] = r.Values[0].String
		return nil
	})
	if err != nil || len(got) != n || got[key(4321)] != "Name 4321" {
		t.Errorf("%d records, %v", len(got), err)
	}
	if calls := o.Usage().Query - before; calls != 4 {
		t.Errorf("%d calls; a count and three pages are 4", calls)
	}
}

func TestAReadThatDoesNotGetEverythingIsRefused(t *testing.T) {
	read := func(t *testing.T, d providers.Destination, n int) (int, error) {
		got := 0
		err := d.Read(t.Context(), providers.Read{
			Object: contact, By: *contact.Field("Ext__c"), Count: int64(n), Keys: keys(n, func(i int) string { return fmt.Sprintf("%060d", i) }),
		}, func(providers.Record) error {
			got++
			return nil
		})
		return got, err
	}
	key := func(i int) string { return fmt.Sprintf("%060d", i) }
	t.Run("fewer rows came than there are, once", func(t *testing.T) {
		var n atomic.Int64
		s := &stub{by: "Ext__c", key: key}
		s.fault = func(string) (int, string) {
			if n.Add(1) == 1 {
				return 200, s.page(nil, 3, "")
			}
			return 0, ""
		}
		if got, err := read(t, openStub(t, s), 3); err != nil || got != 3 {
			t.Errorf("%d records, %v", got, err)
		}
	})
	t.Run("fewer rows came than there are, always", func(t *testing.T) {
		s := &stub{by: "Ext__c", key: key}
		s.fault = func(string) (int, string) { return 200, s.page([]string{"'a'"}, 3, "") }
		if got, err := read(t, openStub(t, s), 3); got != 0 || diag.From(err)[0].Code != "D115" {
			t.Errorf("%d records, %v", got, err)
		}
	})
	t.Run("the last page of an object is missing rows", func(t *testing.T) {
		s := &stub{total: 9000, by: "Ext__c", key: key}
		s.fault = func(q string) (int, string) {
			if strings.Contains(q, "!= null") && !strings.Contains(q, "COUNT") {
				return 200, s.page([]string{"'a'"}, 9000, "")
			}
			return 0, ""
		}
		if _, err := read(t, openStub(t, s), 9000); err == nil || diag.From(err)[0].Code != "D115" {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("the next page is on another host", func(t *testing.T) {
		s := &stub{total: 9000, by: "Ext__c", key: key}
		s.fault = func(q string) (int, string) {
			if strings.Contains(q, "!= null") && !strings.Contains(q, "COUNT") {
				return 200, s.page([]string{"'a'"}, 9000, "https://evil.example/services/data/")
			}
			return 0, ""
		}
		if _, err := read(t, openStub(t, s), 9000); err == nil || !strings.Contains(err.Error(), "elsewhere") {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("the query's cursor is gone", func(t *testing.T) {
		s := &stub{total: 9000, by: "Ext__c", key: key}
		s.fault = func(q string) (int, string) {
			if q == "" {
				return 400, `[{"errorCode":"INVALID_QUERY_LOCATOR","message":"invalid query locator"}]`
			}
			return 0, ""
		}
		if _, err := read(t, openStub(t, s), 9000); err == nil || diag.From(err)[0].Code != "D118" {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("a field is gone", func(t *testing.T) {
		s := &stub{by: "Ext__c", key: key}
		s.fault = func(string) (int, string) {
			return 400, `[{"errorCode":"INVALID_FIELD","message":"\nSELECT Id,Ext__c FROM Contact\n          ^\nNo such column 'Ext__c' on entity 'Contact'."}]`
		}
		_, err := read(t, openStub(t, s), 3)
		if ds := diag.From(err); ds[0].Code != "D117" || strings.Contains(ds[0].Detail, "\n") || len(ds[0].Hints) == 0 {
			t.Errorf("the error is %v", err)
		}
	})
}

func TestAQueryThatTakesTooLongIsHalved(t *testing.T) {
	s := &stub{by: "Ext__c"}
	s.fault = func(q string) (int, string) {
		if strings.Count(q, ",") > 100 {
			return 400, `[{"errorCode":"QUERY_TIMEOUT","message":"Your query request was running for too long."}]`
		}
		return 0, ""
	}
	d := openStub(t, s)
	got := 0
	err := d.Read(t.Context(), providers.Read{
		Object: contact, By: *contact.Field("Ext__c"), Count: 1000, Keys: keys(1000, func(i int) string { return fmt.Sprint(i) }),
	}, func(providers.Record) error {
		got++
		return nil
	})
	if err != nil || got != 1000 {
		t.Errorf("%d records, %v", got, err)
	}
}

func TestCancellingAReadEndsAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := &stub{by: "Ext__c"}
	s.fault = func(string) (int, string) {
		cancel()
		time.Sleep(300 * time.Millisecond)
		return 0, ""
	}
	d := openStub(t, s)
	began := time.Now()
	err := d.Read(ctx, providers.Read{
		Object: contact, By: *contact.Field("Ext__c"), Count: 10, Keys: keys(10, func(i int) string { return fmt.Sprint(i) }),
	}, func(providers.Record) error { return nil })
	if !errors.Is(err, context.Canceled) || time.Since(began) > 250*time.Millisecond {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}

func TestManyObjectsAreDescribedInOneCall(t *testing.T) {
	o := openOrg(t, emulator.Options{})
	names := []string{"Contact", "account", "LEAD", "Campaign", "CampaignMember", "Opportunity", "Case", "User", "Nothing__c"}
	for i := range 17 {
		names = append(names, fmt.Sprintf("Missing_%d__c", i))
	}
	found, err := o.Describe(t.Context(), names...)
	if err != nil || len(found) != 8 || found["LEAD"].Name != "Lead" {
		t.Errorf("%d found, %v", len(found), err)
	}
	if n := o.Usage().Describe; n != 2 {
		t.Errorf("%d calls for %d names; 25 go in one", n, len(names))
	}
	c := found["Contact"]
	if f := c.Field("AccountId"); f.RelationshipName != "Account" || len(f.ReferenceTo) != 1 || f.Type != "reference" {
		t.Errorf("AccountId is %+v", f)
	}
	if f := c.Field("CleanStatus"); !f.RestrictedPicklist || len(f.Picklist) == 0 || !f.Picklist[0].Active {
		t.Errorf("CleanStatus is %+v", f)
	}
	if !c.Createable || !c.Mergeable || c.KeyPrefix != "003" || len(found["account"].Children) == 0 {
		t.Errorf("Contact is %+v", c)
	}
}
