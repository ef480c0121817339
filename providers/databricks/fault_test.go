package databricks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/databricks/thrifttest"
	"github.com/signalsmith/signalsmith/providers/internal/session"
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

// TestStatementsOfUnknownOutcome drops the answers to writes, before and after they are executed.
func TestStatementsOfUnknownOutcome(t *testing.T) {
	for _, drop := range []thrifttest.Drop{thrifttest.DropBefore, thrifttest.DropAfter} {
		for _, word := range []string{"CREATE TABLE", "ALTER TABLE", "INSERT INTO", "UPDATE", "DELETE FROM `main`.`state`.`t`", "MERGE INTO `main`.`state`.`t`"} {
			t.Run(fmt.Sprintf("%s %d", word, drop), func(t *testing.T) {
				var armed atomic.Bool
				f := on(word, 1, thrifttest.Fault{Drop: drop})
				s := warehouse(t, thrifttest.Options{Fault: func(r thrifttest.Request) thrifttest.Fault {
					if !armed.Load() {
						return thrifttest.Fault{}
					}
					return f(r)
				}})
				ws := open(t, s, true)
				armed.Store(true)
				d := ws.Dialect()
				name := d.State("t")
				stmts := []providers.Statement{
					{SQL: "CREATE TABLE IF NOT EXISTS " + name + " (a BIGINT)"},
					{SQL: "ALTER TABLE " + name + " ADD COLUMN b STRING"},
					{SQL: "ALTER TABLE " + name + " ADD COLUMN `c` STRING"},
					{SQL: "INSERT INTO " + name + " VALUES (?, ?, ?)", Args: []any{int64(1), "x", nil}},
					{SQL: "INSERT INTO " + name + " VALUES (?, ?, ?)", Args: []any{int64(1), "x", nil}},
					{SQL: "INSERT INTO " + name + " VALUES (?, ?, ?)", Args: []any{int64(2), "y", "z"}},
					{SQL: "UPDATE " + name + " SET b = ? WHERE a = 2", Args: []any{"yy"}},
					{SQL: "DELETE FROM " + name + " WHERE a = 7"},
					{SQL: d.CreateTemp("s", "SELECT CAST(3 AS BIGINT) AS a, 'w' AS b, false AS gone")},
				}
				for _, sql := range d.Replace("t", "s", []string{"a"}, []string{"a", "b"}) {
					stmts = append(stmts, providers.Statement{SQL: sql})
				}
				if err := ws.Exec(t.Context(), stmts...); err != nil {
					t.Fatal(err)
				}
				got := texts(t, ws, "SELECT CAST(a AS STRING), b, c FROM "+name+" ORDER BY a, b")
				if want := []string{"1 x ∅", "1 x ∅", "2 yy z", "3 w ∅"}; !cmp.Equal(got, want) {
					t.Error(cmp.Diff(want, got))
				}
			})
		}
	}
}

func texts(t *testing.T, ws providers.Workspace, query string) []string {
	t.Helper()
	rows, err := ws.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	cols, _ := rows.(*session.Rows).Columns()
	var all []string
	for rows.Next() {
		row, dest := make([]*string, len(cols)), make([]any, len(cols))
		for i := range row {
			dest[i] = &row[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, v := range row {
			if v == nil {
				line = append(line, "∅")
			} else {
				line = append(line, *v)
			}
		}
		all = append(all, strings.Join(line, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnInsertThatCannotBeRepeatedEndsInDoubt(t *testing.T) {
	s := warehouse(t, thrifttest.Options{Fault: on("INSERT INTO", 1, thrifttest.Fault{Drop: thrifttest.DropAfter})})
	ws := open(t, s, true)
	name := ws.Dialect().State("t")
	err := ws.Exec(t.Context(), providers.Statement{SQL: "CREATE TABLE " + name + " (a BIGINT)"},
		providers.Statement{SQL: "INSERT INTO " + name + " SELECT CAST(1 AS BIGINT)"})
	if code(err) != "S304" {
		t.Errorf("got %v", err)
	}
}

func TestLoadsThatLoseAnAnswerLoadOnce(t *testing.T) {
	for _, drop := range []thrifttest.Drop{thrifttest.DropBefore, thrifttest.DropAfter} {
		for _, rows := range []int{10, 2*chunkRows + 10} {
			var armed atomic.Bool
			seen := map[string]bool{}
			s := warehouse(t, thrifttest.Options{Fault: func(r thrifttest.Request) thrifttest.Fault {
				// Every first sending of a statement that writes is lost.
				if armed.Load() && (strings.HasPrefix(r.Statement, "INSERT") && !strings.Contains(r.Statement, "NOT EXISTS") ||
					strings.HasPrefix(r.Statement, "CREATE") && !seen[r.Statement]) {
					seen[r.Statement] = true
					return thrifttest.Fault{Drop: drop}
				}
				return thrifttest.Fault{}
			}})
			ws := open(t, s, true)
			table := ws.Dialect().Temp("t")
			armed.Store(true)
			n, err := ws.Fill(t.Context(), table, []providers.Column{{Name: "n", Type: providers.TypeInt}, {Name: "s", Type: providers.TypeText}}, func(yield func([]any, error) bool) {
				for i := range rows {
					if !yield([]any{int64(i), "a\x1fb\x1ec\x1bd'\\\n" + fmt.Sprint(i)}, nil) {
						return
					}
				}
			})
			if err != nil || n != int64(rows) {
				t.Fatalf("%d rows, %v", n, err)
			}
			got := texts(t, ws, "SELECT CAST(count(*) AS STRING), CAST(count(DISTINCT n) AS STRING), '0', min(s) FROM "+table)
			if want := fmt.Sprintf("%d %d 0 a\x1fb\x1ec\x1bd'\\\n0", rows, rows); got[0] != want {
				t.Errorf("%q; want %q", got[0], want)
			}
		}
	}
}

// loadsOnce loads what has every separator in it, nulls, and values of every type.
func loadsOnce(t *testing.T, s *thrifttest.Server) {
	ws := open(t, s, true)
	table := ws.Dialect().Temp("loaded")
	at := time.Date(1890, 1, 2, 3, 4, 5, 6000, time.UTC)
	rows := [][]any{{int64(1), "a\x1fb\x1ec\x1bd'\\\nö\u2028", true, at, nil}, {nil, nil, nil, nil, nil}, {int64(-1 << 63), "", false, at, nil}}
	columns := []providers.Column{
		{Name: "n", Type: providers.TypeInt}, {Name: "a b", Type: providers.TypeText}, {Name: "b", Type: providers.TypeBool},
		{Name: "seen", Type: providers.TypeInstant}, {Name: "rest", Type: providers.TypeText},
	}
	n, err := ws.Fill(t.Context(), table, columns, func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	})
	if err != nil || n != 3 {
		t.Fatal(n, err)
	}
	got := texts(t, ws, "SELECT CAST(n AS STRING), `a b`, CAST(b AS STRING), CAST(seen AS STRING), rest FROM "+table+" ORDER BY n")
	want := []string{"∅ ∅ ∅ ∅ ∅", "-9223372036854775808  false 1890-01-02 03:04:05.000006 ∅", "1 a\x1fb\x1ec\x1bd'\\\nö\u2028 true 1890-01-02 03:04:05.000006 ∅"}
	if got[0][0:3] != want[0][0:3] { // where nulls go
		got = append(got[2:], got[:2]...)
	}
	if !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

func TestLoadsKeepValues(t *testing.T) { loadsOnce(t, warehouse(t, thrifttest.Options{})) }
