package thrifttest

import (
	"context"
	"database/sql/driver"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	dbsql "github.com/databricks/databricks-sql-go"
	"github.com/databricks/databricks-sql-go/driverctx"
	dbsqlerr "github.com/databricks/databricks-sql-go/errors"
)

// when gives a fault to the n-th request of one method.
func onRequest(method string, n int, f Fault) func(Request) Fault {
	return func(r Request) Fault {
		if r.Method == method && r.N == n {
			return f
		}
		return Fault{}
	}
}

func quick() dbsql.ConnOption { return dbsql.WithRetries(3, time.Millisecond, 10*time.Millisecond) }

func TestThrottlingIsRetriedByTheDriver(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		s := serve(t, Options{Fault: onRequest(ExecuteStatement, 1, Fault{Status: status, RetryAfter: time.Second})})
		db := open(t, s, quick())
		begin := time.Now()
		one(t, db, "SELECT 1")
		if d := time.Since(begin); d < time.Second {
			t.Errorf("%d: came back after %s", status, d)
		}
		if n := len(s.Statements()); n != 2 {
			t.Errorf("%d: %d requests", status, n)
		}
	}
}

func TestAnyOtherStatusOfExecuteIsFinal(t *testing.T) {
	s := serve(t, Options{Fault: onRequest(ExecuteStatement, 1, Fault{Status: 502, Reason: "bad gateway"})})
	_, err := readAll(open(t, s, quick()), "SELECT 1")
	if err == nil || !strings.Contains(err.Error(), "bad gateway") || len(s.Statements()) != 1 {
		t.Errorf("%v after %d requests", err, len(s.Statements()))
	}
}

func TestExpiredSessionsAreReplaced(t *testing.T) {
	s := serve(t, Options{Fault: onRequest(ExecuteStatement, 2, Fault{Expire: true})})
	db := open(t, s, quick())
	one(t, db, "SELECT 1")
	one(t, db, "SELECT 2")
	opened := 0
	for _, r := range s.Requests() {
		if r.Method == OpenSession {
			opened++
		}
	}
	if opened != 2 || len(s.Statements()) != 3 {
		t.Errorf("%d sessions, %d statements", opened, len(s.Statements()))
	}
}

func TestAnExpiredSessionIsABadConnection(t *testing.T) {
	s := serve(t, Options{Fault: func(r Request) Fault { return Fault{Expire: r.Method == ExecuteStatement} }})
	_, err := readAll(open(t, s, quick()), "SELECT 1")
	if !errors.Is(err, driver.ErrBadConn) {
		t.Errorf("got %v", err)
	}
}

func TestLostConnections(t *testing.T) {
	for _, c := range []struct {
		name string
		drop Drop
		rows int
	}{{"before execution", DropBefore, 0}, {"after execution", DropAfter, 1}} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, Options{Fault: func(r Request) Fault {
				if strings.HasPrefix(r.Statement, "INSERT") {
					return Fault{Drop: c.drop}
				}
				return Fault{}
			}})
			db := open(t, s, quick())
			execute(t, db, "CREATE TABLE t (a INT)")
			if _, err := db.Exec("INSERT INTO t VALUES (1)"); err == nil {
				t.Error("the loss is not told")
			}
			if got := table(t, db, "SELECT * FROM t"); len(got) != c.rows {
				t.Errorf("%d rows", len(got))
			}
			if n := len(s.Statements()); n != 3 {
				t.Errorf("%d statements: the driver repeated one", n)
			}
		})
	}
}

func TestALostFetchIsRetried(t *testing.T) {
	s := serve(t, Options{PageRows: 10, Fault: onRequest(FetchResults, 1, Fault{Drop: DropBefore})})
	if got := table(t, open(t, s, quick()), "SELECT id FROM range(0, 25) AS r(id)"); len(got) != 25 {
		t.Errorf("%d rows", len(got))
	}
}

// A page whose answer was lost has moved the cursor: the driver sees that it missed one, and asks for the one before.
func TestALostPageIsFetchedAgain(t *testing.T) {
	s := serve(t, Options{PageRows: 10, Fault: onRequest(FetchResults, 1, Fault{Drop: DropAfter})})
	got := table(t, open(t, s, quick()), "SELECT id FROM range(0, 45) AS r(id) ORDER BY id")
	for i, r := range got {
		if r[0] != int64(i) {
			t.Fatalf("row %d is %v", i, r)
		}
	}
	if len(got) != 45 {
		t.Errorf("%d rows", len(got))
	}
}

func TestSlowStatementsArePolled(t *testing.T) {
	s := serve(t, Options{Fault: onRequest(ExecuteStatement, 1, Fault{Running: 2})})
	if got := one(t, open(t, s), "SELECT 42"); got[0] != int32(42) {
		t.Errorf("got %v", got)
	}
	polls, metadata := 0, 0
	for _, r := range s.Requests() {
		switch r.Method {
		case GetOperationStatus:
			polls++
		case GetResultSetMetadata:
			metadata++
		}
	}
	if polls != 2 || metadata != 1 {
		t.Errorf("%d polls, %d times metadata", polls, metadata)
	}
}

func TestStatementsThatOutlastTheDirectWaitArePolled(t *testing.T) {
	s := serve(t, Options{DirectWait: 10 * time.Millisecond, Fault: onRequest(ExecuteStatement, 1,
		Fault{Slow: 100 * time.Millisecond})})
	if got := one(t, open(t, s), "SELECT 42"); got[0] != int32(42) {
		t.Errorf("got %v", got)
	}
}

func TestCancellingEndsTheStatement(t *testing.T) {
	for _, c := range []struct {
		name, sql string
		fault     Fault
	}{
		{"while it waits", "SELECT 1", Fault{Slow: time.Hour}},
		{"while it runs", "SELECT sum(a.id % 7 + b.id) FROM range(0, 3000000) AS a(id), range(0, 3000000) AS b(id)", Fault{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, Options{DirectWait: -1, Fault: onRequest(ExecuteStatement, 1, c.fault)})
			db := open(t, s)
			ctx, cancel := context.WithTimeout(context.Background(), 1500*time.Millisecond)
			defer cancel()
			_, err := db.ExecContext(ctx, c.sql)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("got %v", err)
			}
			asked := false
			for _, r := range s.Requests() {
				asked = asked || r.Method == CancelOperation
			}
			if !asked {
				t.Error("nobody cancelled")
			}
			done := make(chan struct{})
			go func() { s.work.Wait(); close(done) }()
			select {
			case <-done:
			case <-time.After(5 * time.Second):
				t.Error("the statement still runs")
			}
		})
	}
}

func TestServerTimeout(t *testing.T) {
	s := serve(t, Options{Fault: onRequest(ExecuteStatement, 1, Fault{Slow: time.Hour})})
	_, err := readAll(open(t, s, dbsql.WithTimeout(time.Second)), "SELECT 1")
	if err == nil || !strings.Contains(err.Error(), "TIMEDOUT_STATE") {
		t.Errorf("got %v", err)
	}
}

func TestErrorsHaveAState(t *testing.T) {
	s := serve(t, Options{Fault: func(r Request) Fault {
		if strings.Contains(r.Statement, "injected") {
			return Fault{Err: &SQLError{State: "40000", Message: "[DELTA_CONCURRENT_APPEND] ConcurrentAppendException: Files " +
				"were added"}}
		}
		return Fault{}
	}})
	db := open(t, s)
	execute(t, db, "CREATE TABLE t (a INT NOT NULL, s STRING)")
	execute(t, db, "INSERT INTO t VALUES (1, 'x')")
	for _, c := range []struct{ sql, state, class string }{
		{"SELECT * FROM nowhere", "42P01", "[TABLE_OR_VIEW_NOT_FOUND]"},
		{"SELECT b FROM t", "42703", "[UNRESOLVED_COLUMN.WITH_SUGGESTION]"},
		{"SELECT 1 / (a - 1) FROM t", "22012", "[DIVIDE_BY_ZERO]"},
		{"SELECT 1 % 0", "22012", "[DIVIDE_BY_ZERO]"},
		{"SELECT CAST(s AS INT) FROM t", "22018", "[CAST_INVALID_INPUT]"},
		{"SELECT CAST('1.5' AS INT)", "22018", "[CAST_INVALID_INPUT]"},
		{"SELECT FROM WHERE", "42601", "[PARSE_SYNTAX_ERROR]"},
		{"SELECT 'open", "42601", "[PARSE_SYNTAX_ERROR]"},
		{"SELECT 'it''s'", "42601", "doubled"},
		{"CREATE TABLE bad (`full name` STRING)", "42K05", "[DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES]"},
		{"SELECT no_such_function(1)", "42883", "[UNRESOLVED_ROUTINE]"},
		{"INSERT INTO t VALUES (NULL, 'x')", "23502", "[DELTA_NOT_NULL_CONSTRAINT_VIOLATED]"},
		{"CREATE TABLE t (a INT)", "42P07", "[TABLE_OR_VIEW_ALREADY_EXISTS]"},
		{"SELECT * FROM nowhere.default.t", "42704", "[NO_SUCH_CATALOG_EXCEPTION]"},
		{"CREATE TABLE main.nowhere.t (a INT)", "42704", "[SCHEMA_NOT_FOUND]"},
		{"SELECT CAST(9223372036854775807 AS BIGINT) + 1", "22003", "[ARITHMETIC_OVERFLOW]"},
		{"SELECT 'injected'", "40000", "[DELTA_CONCURRENT_APPEND]"},
		{"SELECT * FROM t LATERAL VIEW explode(a) x AS y", "0A000", "LATERAL VIEW"},
		{"SELECT * FROM t VERSION AS OF 3", "0A000", "time travel"},
		{"DESCRIBE HISTORY t", "0A000", "DESCRIBE HISTORY"},
	} {
		_, err := readAll(db, c.sql)
		var e dbsqlerr.DBExecutionError
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		if e.SqlState() != c.state || !strings.Contains(err.Error(), c.class) {
			t.Errorf("%s: state %s, %v", c.sql, e.SqlState(), err)
		}
	}
	if n := s.Operations(); n != 0 {
		t.Errorf("%d operations are open", n)
	}
}

func TestTruncatedResults(t *testing.T) {
	s := serve(t, Options{PageRows: 10, Fault: func(r Request) Fault {
		switch {
		case strings.Contains(r.Statement, "truncated"):
			return Fault{Truncate: 13}
		case strings.Contains(r.Statement, "short"):
			return Fault{Short: true}
		}
		return Fault{}
	}})
	db := open(t, s)
	if got := table(t, db, "SELECT id, 'truncated' FROM range(0, 25) AS r(id)"); len(got) != 13 {
		t.Errorf("%d rows", len(got))
	}
	if _, _, got := ipcRows(t, db, "SELECT id, 'short' FROM range(0, 25) AS r(id)"); len(got) != 22 {
		t.Errorf("%d rows", len(got))
	}
}

// A page that cannot be fetched ends an Arrow stream as its end does: only counting rows tells.
func TestTheDriverTakesAFailedFetchForTheEnd(t *testing.T) {
	s := serve(t, Options{PageRows: 10, Fault: onRequest(FetchResults, 1, Fault{Err: &SQLError{State: "XX000",
		Message: "[INTERNAL_ERROR] gone"}})})
	db := open(t, s)
	if _, _, got := ipcRows(t, db, "SELECT id FROM range(0, 25) AS r(id)"); len(got) != 10 {
		t.Errorf("%d rows", len(got))
	}
	s.Forget()
	if _, err := readAll(db, "SELECT id FROM range(0, 25) AS r(id)"); err == nil {
		t.Error("scanning does not tell either")
	}
}

func TestTokens(t *testing.T) {
	s := serve(t, Options{Token: "secret"})
	one(t, open(t, s), "SELECT 1")
	_, err := readAll(open(t, s, dbsql.WithAccessToken("other")), "SELECT 1")
	if err == nil || !strings.Contains(err.Error(), "Invalid access token") {
		t.Errorf("got %v", err)
	}
	for _, r := range s.Requests() {
		if r.Header.Get("Authorization") != "" {
			t.Error("the log has a token")
		}
	}
}

// The driver looks its endpoints up with the default transport, and only for hosts of Databricks.
func TestServicePrincipals(t *testing.T) {
	s := serve(t, Options{ClientID: "app", ClientSecret: "hid+den/%"})
	old := http.DefaultTransport
	http.DefaultTransport = s.Transport()
	defer func() { http.DefaultTransport = old }()
	host := []dbsql.ConnOption{dbsql.WithServerHostname("dbc-1.cloud.databricks.com"), dbsql.WithPort(443),
		dbsql.WithTransport(s.Transport())}

	db := open(t, s, append(host, dbsql.WithClientCredentials("app", "hid+den/%"))...)
	one(t, db, "SELECT 1")
	tokens := 0
	for _, r := range s.Requests() {
		if r.Method == "POST /oidc/v1/token" {
			tokens++
		}
	}
	if tokens != 1 {
		t.Errorf("%d tokens", tokens)
	}
	s.Revoke()
	if _, err := readAll(db, "SELECT 1"); err == nil {
		t.Error("a revoked token is good")
	}
	_, err := readAll(open(t, s, append(host, quick(), dbsql.WithClientCredentials("app", "wrong"))...), "SELECT 1")
	if err == nil || !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("got %v", err)
	}
}

func TestTheLog(t *testing.T) {
	s := serve(t, Options{})
	db := open(t, s, dbsql.WithUserAgentEntry("signalsmith"), dbsql.WithInitialNamespace("hive_metastore", "default"),
		dbsql.WithSessionParams(map[string]string{"ansi_mode": "true"}))
	ctx := driverctx.NewContextWithQueryTags(context.Background(), map[string]string{"run": "7"})
	if _, err := db.ExecContext(ctx, "CREATE TABLE t (a INT)"); err != nil {
		t.Fatal(err)
	}
	one(t, open(t, s), "SELECT count(*) FROM hive_metastore.default.t")
	log := s.Requests()
	first := log[0]
	if first.Method != OpenSession || first.Conf["ansi_mode"] != "true" || first.Namespace.Catalog != "hive_metastore" ||
		!strings.Contains(first.UserAgent(), "signalsmith") {
		t.Errorf("got %+v", first)
	}
	if got := s.Statements()[0].Overlay["query_tags"]; got != "run:7" {
		t.Errorf("got %s", got)
	}
}
