package salesforce_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"testing"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// named are n contacts to insert, each with a last name of its own.
func named(n int) iter.Seq2[providers.Row, error] {
	return func(yield func(providers.Row, error) bool) {
		for i := range n {
			key := fmt.Sprintf("N-%05d", i)
			if !yield(providers.Row{Key: key, Values: []providers.Value{{Field: 0, Text: providers.T(key)}}}, nil) {
				return
			}
		}
	}
}

func insert(t testing.TB, d providers.Destination) providers.Write {
	t.Helper()
	w := upsert(t, d)
	w.Op, w.Match, w.Fields = providers.OpInsert, nil, w.Fields[1:]
	return w
}

// lastNames counts the contacts of an org by last name.
func (o *org) lastNames(t testing.TB) map[string]int {
	t.Helper()
	var b bytes.Buffer
	if err := o.emu.Dump(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	var all struct{ Contact []struct{ LastName string } }
	if err := json.Unmarshal(b.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, c := range all.Contact {
		out[c.LastName]++
	}
	return out
}

// TestNoInsertIsCarriedOutTwice breaks the first call in every way. What was surely not carried out is sent again; the
// rest is in doubt.
func TestNoInsertIsCarriedOutTwice(t *testing.T) {
	const n = 1300 // two calls
	page := "<html><head><title>Bad Gateway</title></head></html>"
	for name, f := range map[string]struct {
		doubt bool
		first func(w http.ResponseWriter, r *http.Request, next http.Handler)
	}{
		"the org is unavailable": {false, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			say(w, 503, `[{"errorCode":"SERVER_UNAVAILABLE","message":"try again"}]`)
		}},
		"too many long requests run": {false, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			say(w, 403, `[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"ConcurrentPerOrgLongTxn Limit exceeded."}]`)
		}},
		"the session has ended": {false, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			say(w, 401, `[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]`)
		}},
		"the rows are locked": {false, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			say(w, 400, `[{"errorCode":"UNABLE_TO_LOCK_ROW","message":"unable to obtain exclusive access"}]`)
		}},
		"the connection ends after the request was carried out": {true, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			done(r, next)
			drop(w)
		}},
		"the connection ends before the request is carried out": {true, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { drop(w) }},
		"a proxy gives up": {true, func(w http.ResponseWriter, r *http.Request, next http.Handler) { done(r, next); say(w, 504, page) }},
		"the org breaks": {true, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			done(r, next)
			say(w, 500, `[{"errorCode":"UNKNOWN_EXCEPTION","message":"An unexpected error occurred."}]`)
		}},
		"the time runs out": {true, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			done(r, next)
			say(w, 400, `[{"errorCode":"REQUEST_RUNNING_TOO_LONG","message":"Your request was running for too long."}]`)
		}},
		"the answer is cut off": {true, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			b := done(r, next).Body.Bytes()
			say(w, 200, string(b[:len(b)/2]))
		}},
		"a part lacks a result": {true, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			var a struct {
				Parts []map[string]any `json:"compositeResponse"`
			}
			_ = json.Unmarshal(done(r, next).Body.Bytes(), &a)
			rows, _ := a.Parts[0]["body"].([]any)
			a.Parts[0]["body"] = rows[1:]
			b, _ := json.Marshal(a)
			say(w, 200, string(b))
		}},
		"a part broke": {true, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			var a struct {
				Parts []map[string]any `json:"compositeResponse"`
			}
			_ = json.Unmarshal(done(r, next).Body.Bytes(), &a)
			a.Parts[0]["httpStatusCode"] = 500
			a.Parts[0]["body"] = []map[string]any{{"errorCode": "UNKNOWN_EXCEPTION", "message": "An unexpected error occurred."}}
			b, _ := json.Marshal(a)
			say(w, 200, string(b))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := openOrg(t, emulator.Options{Intercept: onWrites(func(n int, _ composite, w http.ResponseWriter, r *http.Request, next http.Handler) {
				if n == 1 {
					f.first(w, r, next)
					return
				}
				next.ServeHTTP(w, r)
			})})
			out, err := send(t, o, insert(t, o), named(n))
			held := o.lastNames(t)
			for name, times := range held {
				if times > 1 {
					t.Fatalf("%s was created %d times", name, times)
				}
			}
			for key, x := range out {
				switch {
				case x.OK && (held[key] != 1 || !x.Created):
					t.Fatalf("%s is not there: %+v", key, x)
				case !x.OK && x.Class != providers.ClassDoubt && held[key] != 0:
					t.Fatalf("%s is there although %+v", key, x)
				}
			}
			classes := out.classes()
			if (classes[providers.ClassDoubt] > 0) != f.doubt {
				t.Errorf("outcomes %v, %v", classes, err)
			}
			if !f.doubt && name != "the session has ended" && (err != nil || classes["ok"] != n) {
				t.Errorf("outcomes %v, %v", classes, err)
			}
		})
	}
}

// TestHeadersOfAWrite holds what a write says of assignment and duplicates, on the call and on each part of it.
func TestHeadersOfAWrite(t *testing.T) {
	for name, c := range map[string]struct {
		op         providers.Op
		assignment string
		allow      bool
		assign     string
	}{
		"an upsert":                       {providers.OpUpsert, "", false, "FALSE"},
		"an upsert with assignment off":   {providers.OpUpsert, "off", true, "FALSE"},
		"an upsert with the active rule":  {providers.OpUpsert, "active", false, "TRUE"},
		"an insert with one rule":         {providers.OpInsert, "01QEM0000000001AAA", true, "01QEM0000000001AAA"},
		"an update is never reassigned":   {providers.OpUpdate, "active", true, "FALSE"},
		"a delete says nothing of either": {providers.OpDelete, "active", true, "FALSE"},
	} {
		t.Run(name, func(t *testing.T) {
			var outer http.Header
			var inner map[string]string
			o := openOrg(t, emulator.Options{Intercept: onWrites(func(_ int, c composite, w http.ResponseWriter, r *http.Request, next http.Handler) {
				outer, inner = r.Header, c.Requests[0].Headers
				next.ServeHTTP(w, r)
			})})
			w := upsert(t, o)
			w.Op, w.Assignment, w.AllowDuplicates = c.op, c.assignment, c.allow
			if _, err := send(t, o, w, contacts(1, func(_ int, r *providers.Row) { r.ID = "003EM0000000001" })); err != nil {
				t.Fatal(err)
			}
			duplicates := ""
			if c.allow && c.op != providers.OpDelete {
				duplicates = "allowSave=true"
			}
			for _, got := range [][2]string{
				{outer.Get("Sforce-Auto-Assign"), inner["Sforce-Auto-Assign"]},
				{outer.Get("Sforce-Duplicate-Rule-Header"), inner["Sforce-Duplicate-Rule-Header"]},
			} {
				if got[0] != got[1] {
					t.Errorf("the call says %q and its part %q", got[0], got[1])
				}
			}
			if outer.Get("Sforce-Auto-Assign") != c.assign || outer.Get("Sforce-Duplicate-Rule-Header") != duplicates {
				t.Errorf("headers %v", inner)
			}
		})
	}
}

func TestAnInsertThatIsInterruptedIsInDoubt(t *testing.T) {
	entered := make(chan bool)
	o := openOrg(t, emulator.Options{Intercept: onWrites(func(_ int, _ composite, w http.ResponseWriter, r *http.Request, next http.Handler) {
		done(r, next)
		close(entered)
		<-r.Context().Done() // the answer never comes
	})})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-entered
		cancel()
	}()
	got := outcomes{}
	err := o.Write(ctx, insert(t, o), named(3), func(os []providers.Outcome) error {
		for _, x := range os {
			got[x.Key] = x
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || got.classes()[providers.ClassDoubt] != 3 {
		t.Errorf("%v, %v", got, err)
	}
	if n := len(o.lastNames(t)); n != 3 {
		t.Errorf("%d records", n)
	}
}

// TestADeleteIsRepeatedUntilItsOutcomeIsKnown loses the first answer: the second try finds the records gone.
func TestADeleteIsRepeatedUntilItsOutcomeIsKnown(t *testing.T) {
	o := openOrg(t, emulator.Options{Intercept: onWrites(func(n int, c composite, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if n == 2 { // the first one made the records
			done(r, next)
			drop(w)
			return
		}
		next.ServeHTTP(w, r)
	})})
	made, err := send(t, o, insert(t, o), named(250))
	if err != nil {
		t.Fatal(err)
	}
	w := insert(t, o)
	w.Op, w.Fields = providers.OpDelete, nil
	out, err := send(t, o, w, func(yield func(providers.Row, error) bool) {
		for key, x := range made {
			if !yield(providers.Row{Key: key, ID: x.ID}, nil) {
				return
			}
		}
	})
	if err != nil || len(out) != 250 {
		t.Fatalf("%d outcomes, %v", len(out), err)
	}
	for key, x := range out {
		if !x.OK || !x.Gone || x.ID != made[key].ID {
			t.Fatalf("%s: %+v", key, x)
		}
	}
	if n := len(o.lastNames(t)); n != 0 {
		t.Errorf("%d records are left", n)
	}
}

// TestARestrictedDeleteFailsAlone takes an account that a case holds, and one that nothing holds.
func TestARestrictedDeleteFailsAlone(t *testing.T) {
	o := openOrg(t, emulator.Options{})
	made := writeRows(t, o, providers.OpInsert, "Account", "", map[string]string{"Name": "A"}, map[string]string{"Name": "B"})
	writeRows(t, o, providers.OpInsert, "Case", "", map[string]string{"AccountId": made[0].ID})
	out := writeRows(t, o, providers.OpDelete, "Account", "", map[string]string{"Id": made[0].ID}, map[string]string{"Id": made[1].ID})
	if out[0].OK || out[0].Code != "DELETE_FAILED" || out[0].Class != providers.ClassRow || !out[1].OK {
		t.Errorf("%+v", out)
	}
}
