package databricks

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/databricks/thrifttest"
)

// scan reads the model "SELECT ..." through a scanner.
func scan(t *testing.T, s *thrifttest.Server, sql string) ([][]string, error) {
	t.Helper()
	sc, err := impatient().Scanner(t.Context(), lake(s), "", "signalsmith/test")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := sc.Close(); err != nil {
			t.Error(err)
		}
	}()
	r, err := sc.Model(t.Context(), providers.ModelSpec{Source: "lake", SQL: sql})
	if err != nil {
		return nil, err
	}
	var all [][]string
	for row, err := range sc.Scan(t.Context(), r) {
		if err != nil {
			return all, err
		}
		var texts []string
		for _, v := range row {
			if !v.Valid {
				v.String = "∅"
			}
			texts = append(texts, strings.Clone(v.String))
		}
		all = append(all, texts)
	}
	return all, nil
}

func code(err error) diag.Code {
	var ds diag.Diagnostics
	if errors.As(err, &ds) && len(ds) > 0 {
		return ds[0].Code
	}
	return ""
}

// on makes a fault of the first statements whose text holds a word.
func on(word string, times int32, f thrifttest.Fault) func(thrifttest.Request) thrifttest.Fault {
	var n atomic.Int32
	return func(r thrifttest.Request) thrifttest.Fault {
		if r.Method == thrifttest.ExecuteStatement && strings.Contains(r.Statement, word) && n.Add(1) <= times {
			return f
		}
		return thrifttest.Fault{}
	}
}

// onMethod makes a fault of the first calls of a method.
func onMethod(method string, times int, f thrifttest.Fault) func(thrifttest.Request) thrifttest.Fault {
	return func(r thrifttest.Request) thrifttest.Fault {
		if r.Method == method && r.N <= times {
			return f
		}
		return thrifttest.Fault{}
	}
}

const fifty = "SELECT id, CAST(id AS STRING) AS name FROM range(0, 50) AS r(id)"

func TestStreamsSurviveWhatCanBeRepeated(t *testing.T) {
	for name, o := range map[string]thrifttest.Options{
		"throttled with 429":                 {Fault: on("count(*)", 1, thrifttest.Fault{Status: http.StatusTooManyRequests, RetryAfter: time.Second})},
		"throttled with 503":                 {Fault: on("count(*)", 3, thrifttest.Fault{Status: http.StatusServiceUnavailable})},
		"throttled at login":                 {Fault: onMethod(thrifttest.OpenSession, 2, thrifttest.Fault{Status: http.StatusServiceUnavailable})},
		"login dropped":                      {Fault: onMethod(thrifttest.OpenSession, 1, thrifttest.Fault{Drop: thrifttest.DropBefore})},
		"an expired session":                 {Fault: on("count(*)", 1, thrifttest.Fault{Expire: true})},
		"dropped before execution":           {Fault: on("count(*)", 1, thrifttest.Fault{Drop: thrifttest.DropBefore})},
		"dropped after execution":            {Fault: on("count(*)", 1, thrifttest.Fault{Drop: thrifttest.DropAfter})},
		"a gateway's error":                  {Fault: on("count(*)", 1, thrifttest.Fault{Status: http.StatusBadGateway})},
		"paged":                              {PageRows: 7, BatchRows: 3},
		"paged, a page dropped before":       {PageRows: 7, Fault: onMethod(thrifttest.FetchResults, 1, thrifttest.Fault{Drop: thrifttest.DropBefore})},
		"paged, a page lost":                 {PageRows: 7, Fault: onMethod(thrifttest.FetchResults, 1, thrifttest.Fault{Drop: thrifttest.DropAfter})},
		"polled":                             {DirectWait: -1},
		"without Arrow":                      {Protocol: thrifttest.ProtocolDirect},
		"without Arrow, paged and throttled": {Protocol: thrifttest.ProtocolDirect, PageRows: 7, Fault: onMethod(thrifttest.FetchResults, 2, thrifttest.Fault{Status: 503})},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := scan(t, warehouse(t, o), fifty)
			if err != nil || len(got) != 50 {
				t.Errorf("%d rows, %v", len(got), err)
			}
			seen := map[string]bool{}
			for _, r := range got {
				seen[r[0]] = true
			}
			if len(seen) != 50 {
				t.Errorf("%d different rows", len(seen))
			}
		})
	}
}

func TestIncompleteResultsAreErrors(t *testing.T) {
	for name, o := range map[string]thrifttest.Options{
		"cut off":                          {Fault: on("count(*)", 1, thrifttest.Fault{Truncate: 20})},
		"cut off on a page":                {PageRows: 7, Fault: on("count(*)", 1, thrifttest.Fault{Truncate: 30})},
		"a row missing from a page":        {Fault: on("count(*)", 1, thrifttest.Fault{Short: true})},
		"a row missing from every page":    {PageRows: 7, Fault: on("count(*)", 1, thrifttest.Fault{Short: true})},
		"cut off without Arrow":            {Protocol: thrifttest.ProtocolDirect, Fault: on("count(*)", 1, thrifttest.Fault{Truncate: 20})},
		"a page that cannot be fetched":    {PageRows: 7, Fault: onMethod(thrifttest.FetchResults, 100, thrifttest.Fault{Status: 500})},
		"pages dropped one after another":  {PageRows: 7, Fault: onMethod(thrifttest.FetchResults, 100, thrifttest.Fault{Drop: thrifttest.DropBefore})},
		"a session that ends while paging": {PageRows: 7, Fault: onMethod(thrifttest.FetchResults, 100, thrifttest.Fault{Expire: true})},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := scan(t, warehouse(t, o), fifty)
			if err == nil {
				t.Errorf("%d of 50 rows, and no error", len(got))
			}
		})
	}
}

func TestQueriesOfTheWorkspaceAreCountedToo(t *testing.T) {
	for name, f := range map[string]func(thrifttest.Request) thrifttest.Fault{
		"a row missing from every page": on("range", 1, thrifttest.Fault{Short: true}),
		"a page that cannot be fetched": onMethod(thrifttest.FetchResults, 100, thrifttest.Fault{Status: 500}),
	} {
		ws := open(t, warehouse(t, thrifttest.Options{PageRows: 7, Fault: f}), false)
		rows, err := ws.Query(t.Context(), "SELECT id FROM range(0, 50) AS r(id)")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for rows.Next() {
			n++
		}
		if rows.Err() == nil {
			t.Errorf("%s: %d of 50 rows, and no error", name, n)
		}
		_ = rows.Close()
	}
}

func TestWhatCannotBeReachedSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		o    thrifttest.Options
		edit func(map[string]string)
		want diag.Code
	}{
		"a wrong token":          {edit: func(m map[string]string) { m["token"] = "dapi-other" }, want: "M313"},
		"a wrong path":           {edit: func(m map[string]string) { m["http_path"] = "/sql/1.0/warehouses/other" }, want: "M314"},
		"nobody there":           {edit: func(m map[string]string) { m["host"] = "http://127.0.0.1:1" }, want: "M314"},
		"throttled for too long": {o: thrifttest.Options{Fault: onMethod(thrifttest.OpenSession, 1000, thrifttest.Fault{Status: 503})}, want: "M314"},
		"no rights": {o: thrifttest.Options{Fault: on("DESCRIBE", 1, thrifttest.Fault{Err: &thrifttest.SQLError{State: "42501",
			Message: "[INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have SELECT on Table 'main.crm.customers'. SQLSTATE: 42501"}})}, want: "M315"},
	} {
		t.Run(name, func(t *testing.T) {
			s := warehouse(t, c.o)
			args := map[string]string{"host": s.URL(), "http_path": s.HTTPPath(), "catalog": "main", "token": testToken}
			if c.edit != nil {
				c.edit(args)
			}
			sc, err := impatient().Scanner(t.Context(), providers.SourceSpec{Name: "lake", Body: body(args)}, "", "")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = sc.Close() }()
			_, err = sc.Model(t.Context(), providers.ModelSpec{Source: "lake", SQL: "SELECT 1 AS a"})
			if code(err) != c.want {
				t.Errorf("%v; want %s", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "dapi") {
				t.Errorf("the token stands in %v", err)
			}
		})
	}
}

func TestMachinesLogInAndRenewTheirTokens(t *testing.T) {
	s := warehouse(t, thrifttest.Options{ClientID: "robot", ClientSecret: "s+cret/"})
	args := map[string]string{"host": s.URL(), "http_path": s.HTTPPath(), "catalog": "main", "client_id": "robot", "client_secret": "s+cret/"}
	sc, err := impatient().Scanner(t.Context(), providers.SourceSpec{Name: "lake", Body: body(args)}, "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sc.Close() }()
	for range 2 {
		if _, err := sc.Model(t.Context(), providers.ModelSpec{Source: "lake", SQL: "SELECT 1 AS a"}); err != nil {
			t.Fatal(err)
		}
		s.Revoke()
	}
	args["client_secret"] = "wrong"
	sc2, _ := impatient().Scanner(t.Context(), providers.SourceSpec{Name: "lake", Body: body(args)}, "", "")
	defer func() { _ = sc2.Close() }()
	if _, err = sc2.Model(t.Context(), providers.ModelSpec{Source: "lake", SQL: "SELECT 1 AS a"}); code(err) != "M313" {
		t.Errorf("a wrong secret: %v", err)
	}
}

func TestNothingButStatementsLeavesTheMachine(t *testing.T) {
	s := warehouse(t, thrifttest.Options{})
	ws := open(t, s, true)
	if err := ws.Exec(t.Context(), providers.Statement{SQL: "SELECT 1"}); err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Requests() {
		if strings.Contains(r.Method, "/") {
			t.Errorf("%s was asked for", r.Method)
		}
		if r.UserAgent() != "signalsmith" {
			t.Errorf("%s came from %q", r.Method, r.UserAgent())
		}
		if r.Method == thrifttest.OpenSession {
			tags := r.Conf["QUERY_TAGS"]
			if !strings.Contains(tags, "run:run-1") || !strings.Contains(tags, "application:signalsmith") || r.Conf["ANSI_MODE"] != "true" || r.Conf["TIMEZONE"] != "UTC" {
				t.Errorf("the session's settings are %v", r.Conf)
			}
			if r.Namespace != (thrifttest.Namespace{Catalog: "main", Schema: "default"}) {
				t.Errorf("the session's namespace is %v", r.Namespace)
			}
		}
	}
}

func TestCancellingStopsTheStatementOnTheServer(t *testing.T) {
	for name, o := range map[string]thrifttest.Options{
		"while the answer is awaited": {DirectWait: 300 * time.Millisecond, Fault: on("slow", 1, thrifttest.Fault{Slow: time.Minute})},
		"while it is polled":          {DirectWait: -1, Fault: on("slow", 1, thrifttest.Fault{Slow: time.Minute})},
	} {
		t.Run(name, func(t *testing.T) {
			s := warehouse(t, o)
			ws := open(t, s, false)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(100*time.Millisecond, cancel)
			start := time.Now()
			if _, err := ws.Query(ctx, "SELECT 1 AS slow"); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("it took %s", d)
			}
			_ = ws.Close()
			cancelled := false
			for _, r := range s.Requests() {
				cancelled = cancelled || r.Method == thrifttest.CancelOperation
			}
			if !cancelled || s.Operations() != 0 {
				t.Errorf("cancelled: %v; %d statements are still open", cancelled, s.Operations())
			}
		})
	}
}

func TestCancellingStopsPaging(t *testing.T) {
	s := warehouse(t, thrifttest.Options{PageRows: 1})
	ws := open(t, s, false)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	rows, err := ws.Query(ctx, "SELECT id FROM range(0, 100000) AS r(id)")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for rows.Next() {
		if n++; n == 5 {
			cancel()
		}
	}
	if err := rows.Err(); !errors.Is(err, context.Canceled) || n > 1000 {
		t.Errorf("%d rows, then %v", n, err)
	}
	_ = rows.Close()
	_ = ws.Close()
	if s.Operations() != 0 {
		t.Errorf("%d results are still open", s.Operations())
	}
}

func TestAScanThatNobodyReadsToItsEndIsClosed(t *testing.T) {
	s := warehouse(t, thrifttest.Options{PageRows: 5})
	sc, err := impatient().Scanner(t.Context(), lake(s), "", "")
	if err != nil {
		t.Fatal(err)
	}
	r, err := sc.Model(t.Context(), providers.ModelSpec{Source: "lake", SQL: fifty})
	if err != nil {
		t.Fatal(err)
	}
	for range sc.Scan(t.Context(), r) {
		break
	}
	if err := sc.Close(); err != nil || s.Operations() != 0 || s.Sessions() != 0 {
		t.Errorf("%v; %d results, %d sessions are open", err, s.Operations(), s.Sessions())
	}
}
