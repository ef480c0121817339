package databricks

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/databricks/thrifttest"
)

func TestAHeldLockNamesItsHolder(t *testing.T) {
	s := warehouse(t, thrifttest.Options{})
	first := open(t, s, true)
	_, err := impatient().Open(t.Context(), spec(s, true))
	if code(err) != "S301" || !strings.Contains(err.Error(), "ada@laptop (process 7), run run-1") {
		t.Errorf("got %v", err)
	}
	var ds diag.Diagnostics
	if errors.As(err, &ds) && ds[0].Command != "signalsmith unlock" {
		t.Errorf("the command is %q", ds[0].Command)
	}
	if ws := open(t, s, false); ws.write {
		t.Error("reading took the lock")
	}

	was, ok, err := impatient().Unlock(t.Context(), spec(s, false))
	if want := (providers.Owner{User: "ada", Host: "laptop", Run: "run-1", PID: 7}); err != nil || !ok || was != want {
		t.Errorf("unlocking: %v, %v, %v", was, ok, err)
	}
	if _, ok, err := impatient().Unlock(t.Context(), spec(s, false)); ok || err != nil {
		t.Errorf("unlocking what is not locked: %v, %v", ok, err)
	}
	second := open(t, s, true)
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	// The first holder's end has not taken the lock from the second.
	if _, err := impatient().Open(t.Context(), spec(s, true)); code(err) != "S301" {
		t.Errorf("got %v", err)
	}
	_ = second
}

func TestUnlockingAStateThatDoesNotExist(t *testing.T) {
	if _, ok, err := impatient().Unlock(t.Context(), spec(warehouse(t, thrifttest.Options{}), false)); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestOneOfManyWritersGetsTheLock(t *testing.T) {
	manyWriters(t, warehouse(t, thrifttest.Options{}), 6)
}

func manyWriters(t *testing.T, s *thrifttest.Server, n int) {
	var all sync.WaitGroup
	var mu sync.Mutex
	var got []providers.Workspace
	for range n {
		all.Go(func() {
			ws, err := impatient().Open(context.Background(), spec(s, true))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				got = append(got, ws)
			} else if code(err) != "S301" {
				t.Errorf("refused with %v", err)
			}
		})
	}
	all.Wait()
	if len(got) != 1 {
		t.Errorf("%d writers have the lock", len(got))
	}
	for _, ws := range got {
		if err := ws.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestALeaseIsRenewedAndEndsWithItsHolder(t *testing.T) {
	s := warehouse(t, thrifttest.Options{})
	f := impatient()
	f.lease = time.Second
	ws, err := f.Open(t.Context(), spec(s, true))
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(2500 * time.Millisecond)
	if _, err := f.Open(t.Context(), spec(s, true)); code(err) != "S301" {
		t.Errorf("a lease that was renewed is over: %v", err)
	}
	// The holder dies.
	w := ws.(*workspace)
	w.lock.stop()
	<-w.lock.done
	time.Sleep(2100 * time.Millisecond)
	if err := ws.Exec(t.Context(), providers.Statement{SQL: "CREATE TABLE " + ws.Dialect().State("t") + " (a BIGINT)"}); code(err) != "S302" {
		t.Errorf("a write after the lease: %v", err)
	}
	next, err := f.Open(t.Context(), spec(s, true))
	if err != nil {
		t.Fatalf("a lease that is over holds: %v", err)
	}
	if err := next.Close(); err != nil {
		t.Error(err)
	}
	if err := ws.Close(); err != nil {
		t.Error(err)
	}
}

func TestABrokenLockStopsWriting(t *testing.T) {
	s := warehouse(t, thrifttest.Options{})
	f := impatient()
	f.lease = time.Second
	ws, err := f.Open(t.Context(), spec(s, true))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ws.Close() }()
	if _, ok, err := f.Unlock(t.Context(), spec(s, false)); !ok || err != nil {
		t.Fatal(ok, err)
	}
	other := open(t, s, true)
	time.Sleep(500 * time.Millisecond)
	create := providers.Statement{SQL: "CREATE TABLE " + ws.Dialect().State("t") + " (a BIGINT)"}
	if err := ws.Exec(t.Context(), create); code(err) != "S302" {
		t.Errorf("got %v", err)
	}
	if err := other.Exec(t.Context(), create); err != nil {
		t.Error(err)
	}
}

func TestMissingRightsPrintWhatAnAdministratorRuns(t *testing.T) {
	refused := thrifttest.Fault{Err: &thrifttest.SQLError{State: "42501", Message: "[INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have CREATE SCHEMA on Catalog 'main'. SQLSTATE: 42501"}}
	s := warehouse(t, thrifttest.Options{Fault: on("CREATE SCHEMA", 1, refused)})
	_, err := impatient().Open(t.Context(), spec(s, true))
	if code(err) != "S303" {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"CREATE SCHEMA IF NOT EXISTS `main`.`state`;", "GRANT USE SCHEMA, CREATE TABLE, SELECT, MODIFY ON SCHEMA `main`.`state` TO `tester@example.com`;"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in %v", want, err)
		}
	}
}

func TestReplaceFailsOnDuplicates(t *testing.T) {
	replaceFails(t, warehouse(t, thrifttest.Options{}))
}

func replaceFails(t *testing.T, s *thrifttest.Server) {
	ws := open(t, s, true)
	d := ws.Dialect()
	run := func(sql ...string) error {
		var stmts []providers.Statement
		for _, s := range sql {
			stmts = append(stmts, providers.Statement{SQL: s})
		}
		return ws.Exec(t.Context(), stmts...)
	}
	if err := run("CREATE TABLE "+d.State("t")+" (k STRING, v STRING)", "INSERT INTO "+d.State("t")+" VALUES ('a', '1'), (NULL, '0')",
		d.CreateTemp("s", "SELECT 'a' AS k, '2' AS v, false AS gone UNION ALL SELECT 'a', '3', false")); err != nil {
		t.Fatal(err)
	}
	err := run(d.Replace("t", "s", []string{"k"}, []string{"k", "v"})...)
	var e *Error
	if !errors.As(err, &e) || e.State != "21506" || e.Class != "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE" {
		t.Errorf("got %v", err)
	}
	if err := run(d.CreateTemp("s", "SELECT CAST(NULL AS STRING) AS k, '9' AS v, false AS gone")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := run(d.Replace("t", "s", []string{"k"}, []string{"k", "v"})...); err != nil {
			t.Fatal(err)
		}
		if got, want := texts(t, ws, "SELECT k, v FROM "+d.State("t")+" ORDER BY v"), []string{"a 1", "∅ 9"}; !cmp.Equal(got, want) {
			t.Error(cmp.Diff(want, got))
		}
	}
}

func TestConflictsAreRepeated(t *testing.T) {
	conflict := thrifttest.Fault{Err: &thrifttest.SQLError{State: "2D521", Message: "[DELTA_CONCURRENT_APPEND] ConcurrentAppendException: Files were added to the root of the table by a concurrent update."}}
	ws := open(t, warehouse(t, thrifttest.Options{Fault: on("MERGE", 2, conflict)}), true)
	if err := ws.lock.check(); err != nil {
		t.Error(err)
	}
}

func TestNothingIsWrittenOutsideOfTheState(t *testing.T) {
	ws := open(t, warehouse(t, thrifttest.Options{}), true)
	for _, sql := range []string{"DELETE FROM customers", "INSERT INTO `main`.`default`.`t` VALUES (1)", "DROP TABLE main.crm.t", "GRANT SELECT ON TABLE t TO x", "SET x = 1"} {
		if err := ws.Exec(t.Context(), providers.Statement{SQL: sql}); err == nil || !strings.Contains(err.Error(), "outside") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestStatementsAreFew(t *testing.T) {
	s := warehouse(t, thrifttest.Options{})
	open(t, s, true)
	s2 := len(s.Statements())
	if s2 > 7 {
		t.Errorf("the first opening took %d statements", s2)
	}
	s = warehouse(t, thrifttest.Options{})
	ws := open(t, s, true)
	_ = ws.Close()
	s.Forget()
	ws = open(t, s, true)
	if n := len(s.Statements()); n != 2 {
		t.Errorf("taking the lock took %d statements", n)
	}
	s.Forget()
	d := ws.Dialect()
	stmts := []providers.Statement{{SQL: "CREATE TABLE IF NOT EXISTS " + d.State("t") + " (name STRING, value STRING)"}}
	for _, c := range []string{"va", "vb", "vc"} {
		stmts = append(stmts, providers.Statement{SQL: "ALTER TABLE " + d.State("t") + " ADD COLUMN " + c + " STRING"})
	}
	for _, v := range []string{"1", "2", "3"} {
		stmts = append(stmts, providers.Statement{SQL: "INSERT INTO " + d.State("t") + " VALUES (?, ?, NULL, NULL, NULL)", Args: []any{v, "x"}})
	}
	if err := ws.Exec(t.Context(), stmts...); err != nil {
		t.Fatal(err)
	}
	if n := len(s.Statements()); n != 3 {
		t.Errorf("seven statements were sent as %d", n)
	}
	if got, want := texts(t, ws, "SELECT name FROM "+d.State("t")+" ORDER BY 1"), []string{"1", "2", "3"}; !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	tables, err := ws.Tables(t.Context())
	if want := map[string][]string{"t": {"name", "value", "va", "vb", "vc"}}; err != nil || !cmp.Equal(tables, want) {
		t.Errorf("%v, %v", tables, err)
	}
}
