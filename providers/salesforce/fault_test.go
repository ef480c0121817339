package salesforce_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
	"github.com/signalsmith/signalsmith/providers/salesforce/rest"
)

func TestAWriteSurvivesWhatPasses(t *testing.T) {
	const n = 450
	html := "<html><head><title>Bad\nGateway</title></head><body>proxy</body></html>"
	for name, f := range map[string]func(w http.ResponseWriter, r *http.Request, next http.Handler){
		"the connection ends before the request is carried out": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { drop(w) },
		"the connection ends after the request was carried out": func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			done(r, next)
			drop(w)
		},
		"the org is unavailable": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			say(w, 503, `[{"errorCode":"SERVER_UNAVAILABLE","message":"try again"}]`)
		},
		"the org asks to wait": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.Header().Set("Retry-After", "1")
			say(w, 429, ``)
		},
		"too many long requests run": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			say(w, 403, `[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"ConcurrentPerOrgLongTxn Limit exceeded."}]`)
		},
		"a proxy shows its error page": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { say(w, 502, html) },
		"a proxy shows a page as if all were well": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			say(w, 200, html)
		},
		"the answer is empty": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { say(w, 200, ``) },
		"the answer is cut off on the way": func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			b := done(r, next).Body.Bytes()
			w.Header().Set("Content-Length", fmt.Sprint(len(b)))
			_, _ = w.Write(b[:len(b)/2])
		},
		"the answer is cut off and looks whole": func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			b := done(r, next).Body.Bytes()
			say(w, 200, string(b[:len(b)/2]))
		},
		"the answer lacks a part": func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			var a struct {
				Parts []json.RawMessage `json:"compositeResponse"`
			}
			_ = json.Unmarshal(done(r, next).Body.Bytes(), &a)
			a.Parts = a.Parts[1:]
			b, _ := json.Marshal(a)
			say(w, 200, string(b))
		},
		"a part lacks a result": func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			var a struct {
				Parts []map[string]any `json:"compositeResponse"`
			}
			_ = json.Unmarshal(done(r, next).Body.Bytes(), &a)
			rows, _ := a.Parts[0]["body"].([]any)
			a.Parts[0]["body"] = rows[1:]
			b, _ := json.Marshal(a)
			say(w, 200, string(b))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := openOrg(t, emulator.Options{Intercept: onWrites(func(n int, _ composite, w http.ResponseWriter, r *http.Request, next http.Handler) {
				if n == 1 {
					f(w, r, next)
					return
				}
				next.ServeHTTP(w, r)
			})})
			out, err := send(t, o, upsert(t, o), contacts(n, nil))
			if err != nil || out.classes()["ok"] != n {
				t.Fatalf("outcomes %v, %v", out.classes(), err)
			}
			if got := held(t, o, n); len(got) != n {
				t.Errorf("the org holds %d of %d rows", len(got), n)
			}
		})
	}
}

func TestOneSpoiltRowInAThousandIsFoundAlone(t *testing.T) {
	o := openOrg(t, emulator.Options{})
	w := upsert(t, o, "Seen__c")
	w.Fields[2].Type = "string" // so that a text which is no date-time reaches the org
	out, err := send(t, o, w, contacts(1000, func(i int, r *providers.Row) {
		if i == 617 {
			r.Values = append(r.Values, providers.Value{Field: 2, Text: providers.T("2017-10-17 00:00:00")})
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	if bad := out["617"]; bad.OK || bad.Class != providers.ClassRow || bad.Code != "JSON_PARSER_ERROR" || bad.Message == "" {
		t.Errorf("the spoilt row: %+v", bad)
	}
	if n := out.classes(); n["ok"] != 999 || n[providers.ClassRow] != 1 {
		t.Errorf("outcomes %v", n)
	}
	if got := held(t, o, 1000); len(got) != 999 {
		t.Errorf("the org holds %d rows", len(got))
	}
	if u := o.Usage(); u.Write > 6 {
		t.Errorf("it took %d calls", u.Write)
	}
}

func TestLocksShrinkTheChunkAndOnlyLockedRowsGoAgain(t *testing.T) {
	var sent atomic.Int64
	o := openOrg(t, emulator.Options{Intercept: onWrites(func(n int, c composite, w http.ResponseWriter, r *http.Request, next http.Handler) {
		most := 0
		for _, q := range c.Requests {
			sent.Add(int64(len(q.Body.Records)))
			most = max(most, len(q.Body.Records))
		}
		if most > 60 {
			say(w, 200, answer(c, func(int, int, map[string]any) string {
				return failed("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records: 0015g00000AbCdE")
			}))
			return
		}
		next.ServeHTTP(w, r)
	})})
	out, err := send(t, o, upsert(t, o), contacts(800, nil))
	if err != nil || out.classes()["ok"] != 800 {
		t.Fatalf("outcomes %v, %v", out.classes(), err)
	}
	if len(held(t, o, 800)) != 800 {
		t.Error("rows are missing")
	}
	if n := sent.Load(); n != 800+500+800 {
		t.Errorf("%d rows were sent: all at 200 a chunk, five chunks of 100, all at 50 are %d", n, 800+500+800)
	}
}

func TestARowThatStaysLockedIsLeftForNextTime(t *testing.T) {
	o := openOrg(t, emulator.Options{Intercept: onWrites(func(_ int, c composite, w http.ResponseWriter, r *http.Request, next http.Handler) {
		say(w, 200, answer(c, func(_, _ int, rec map[string]any) string {
			if rec["Ext__c"] == "E-00003" {
				return failed("UNABLE_TO_LOCK_ROW", "locked")
			}
			return `{"id":"0035g00000AbCdEAAV","success":true,"created":false,"errors":[]}`
		}))
	})})
	out, err := send(t, o, upsert(t, o), contacts(10, nil))
	if err != nil {
		t.Fatal(err)
	}
	if x := out["3"]; x.OK || x.Class != providers.ClassRetry || x.Code != "UNABLE_TO_LOCK_ROW" || out.classes()["ok"] != 9 {
		t.Errorf("the locked row: %+v, %v", x, out.classes())
	}
}

func TestTheRaceOfTwoUpsertsIsRunOnceMore(t *testing.T) {
	for name, c := range map[string]struct {
		message string
		calls   int
		ok      bool
	}{
		"on the match field":    {"duplicate value found: Ext__c duplicates value on record with id: 0035g00000AbCdE", 2, true},
		"on another field":      {"duplicate value found: My_Ext__c duplicates value on record with id: 0035g00000AbCdE", 1, false},
		"twice within one call": {"Duplicate external id specified: E-00001", 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int64
			o := openOrg(t, emulator.Options{Intercept: onWrites(func(n int, comp composite, w http.ResponseWriter, r *http.Request, next http.Handler) {
				calls.Store(int64(n))
				if n > 1 {
					next.ServeHTTP(w, r)
					return
				}
				say(w, 200, answer(comp, func(int, int, map[string]any) string { return failed("DUPLICATE_VALUE", c.message) }))
			})})
			out, err := send(t, o, upsert(t, o), contacts(3, nil))
			if err != nil || int(calls.Load()) != c.calls || (out.classes()["ok"] == 3) != c.ok {
				t.Errorf("%d calls, %v, %v", calls.Load(), out.classes(), err)
			}
		})
	}
}

func TestQuotaStopsInTheMiddleAndRowsThatWereNotSentHaveNoOutcome(t *testing.T) {
	const n = 20000
	o := openOrg(t, emulator.Options{Intercept: onWrites(func(n int, _ composite, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if n > 7 {
			say(w, 403, `[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]`)
			return
		}
		next.ServeHTTP(w, r)
	})})
	out, err := send(t, o, upsert(t, o), contacts(n, nil))
	var stop *providers.Stop
	if !errors.As(err, &stop) || stop.Class != providers.ClassQuota || stop.Code != "REQUEST_LIMIT_EXCEEDED" {
		t.Fatalf("the error is %v", err)
	}
	if d := diag.From(err); len(d) != 1 || d[0].Code != "D111" {
		t.Errorf("diagnostics %v", d)
	}
	if c := out.classes(); c["ok"] != 7000 || len(c) != 1 {
		t.Errorf("outcomes %v", c)
	}
	if got := held(t, o, n); len(got) != 7000 {
		t.Errorf("the org holds %d rows", len(got))
	}
}

func TestAnUnknownColumnStopsTheItem(t *testing.T) {
	o := openOrg(t, emulator.Options{})
	w := upsert(t, o)
	w.Fields = append(w.Fields, providers.Field{Name: "No_Such__c", Type: "string"})
	out, err := send(t, o, w, contacts(3000, func(i int, r *providers.Row) {
		r.Values = append(r.Values, providers.Value{Field: 2, Text: providers.T("x")})
	}))
	var stop *providers.Stop
	if !errors.As(err, &stop) || stop.Class != providers.ClassConfig || stop.Code != "INVALID_FIELD" || !strings.Contains(stop.Message, "No_Such__c") {
		t.Fatalf("the error is %#v", err)
	}
	if out.classes()["ok"] != 0 {
		t.Errorf("outcomes %v", out.classes())
	}
}

func TestARefusedLoginStopsAndNeverShowsTheToken(t *testing.T) {
	o := openOrg(t, emulator.Options{})
	w := upsert(t, o)
	d, err := salesforce.Factory().Open(t.Context(), providers.DestinationSpec{
		Name: "crm", Body: body(map[string]any{"instance_url": o.url, "auth": tokenAuth("00D000000000001!SECRET")}),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	_, err = send(t, d, w, contacts(3, nil))
	var stop *providers.Stop
	if !errors.As(err, &stop) || stop.Class != providers.ClassAuth {
		t.Fatalf("write: %v", err)
	}
	if _, err2 := d.Org(t.Context()); diag.From(err2)[0].Code != "D106" || strings.Contains(err.Error()+err2.Error()+stop.Err.Error(), "SECRET") {
		t.Errorf("org: %v", err2)
	}
	if u := d.Usage(); u.Calls != 2 {
		t.Errorf("%d calls: a static token is not tried twice", u.Calls)
	}
}

func TestAnOrgThatNeverAnswersLeavesRowsInDoubt(t *testing.T) {
	o := openOrg(t, emulator.Options{Intercept: onWrites(func(_ int, _ composite, w http.ResponseWriter, r *http.Request, next http.Handler) {
		done(r, next)
		drop(w)
	})})
	out, err := send(t, o, upsert(t, o), contacts(50000, nil))
	var stop *providers.Stop
	if !errors.As(err, &stop) || stop.Class != providers.ClassDoubt || stop.Code != "NO_ANSWER" {
		t.Fatalf("the error is %v", err)
	}
	if c := out.classes(); c[providers.ClassDoubt] < 1000 || len(c) != 1 || c[providers.ClassDoubt] > 20000 {
		t.Errorf("outcomes %v", c)
	}
}

func TestAnOrgThatKeepsRefusingLeavesRowsForNextTime(t *testing.T) {
	o := openOrg(t, emulator.Options{Intercept: onWrites(func(_ int, _ composite, w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		say(w, 503, `[{"errorCode":"SERVER_UNAVAILABLE","message":"maintenance"}]`)
	})})
	out, err := send(t, o, upsert(t, o), contacts(300, nil))
	var stop *providers.Stop
	if !errors.As(err, &stop) || stop.Class != providers.ClassRetry || diag.From(err)[0].Code != "D118" {
		t.Fatalf("the error is %v", err)
	}
	if c := out.classes(); c[providers.ClassRetry] != 300 {
		t.Errorf("outcomes %v", c)
	}
	if len(o.waited) == 0 {
		t.Error("nobody was told of the waiting")
	}
}

func TestCancellingEndsAtOnceAndSaysWhatIsInDoubt(t *testing.T) {
	arrived := make(chan struct{}, 100)
	o := openOrg(t, emulator.Options{Intercept: onWrites(func(_ int, _ composite, w http.ResponseWriter, r *http.Request, _ http.Handler) {
		arrived <- struct{}{}
		<-r.Context().Done()
	})})
	w := upsert(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	out := outcomes{}
	began := time.Now()
	err := o.Write(ctx, w, contacts(1000, nil), func(os []providers.Outcome) error {
		for _, x := range os {
			out[x.Key] = x
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || time.Since(began) > 2*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
	if c := out.classes(); c[providers.ClassDoubt] != 1000 {
		t.Errorf("outcomes %v", c)
	}
}

func TestCloseEndsRequestsInFlight(t *testing.T) {
	arrived := make(chan struct{}, 100)
	o := openOrg(t, emulator.Options{Intercept: onWrites(func(_ int, _ composite, _ http.ResponseWriter, r *http.Request, _ http.Handler) {
		arrived <- struct{}{}
		<-r.Context().Done()
	})})
	w := upsert(t, o)
	go func() {
		<-arrived
		_ = o.Destination.Close()
	}()
	if _, err := send(t, o, w, contacts(10, nil)); !errors.Is(err, rest.ErrClosed) {
		t.Errorf("the error is %v", err)
	}
}

func TestEveryWriteTurnsAssignmentRulesOff(t *testing.T) {
	var seen atomic.Value
	o := openOrg(t, emulator.Options{Intercept: onWrites(func(_ int, c composite, w http.ResponseWriter, r *http.Request, next http.Handler) {
		seen.Store([2]string{r.Header.Get("Sforce-Auto-Assign"), c.Requests[0].Headers["Sforce-Auto-Assign"]})
		next.ServeHTTP(w, r)
	})})
	if _, err := send(t, o, upsert(t, o), contacts(2, nil)); err != nil {
		t.Fatal(err)
	}
	if got := seen.Load().([2]string); got[0] != "FALSE" || got[1] != "FALSE" {
		t.Errorf("the headers are %q", got)
	}
}
