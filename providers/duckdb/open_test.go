package duckdb_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/duckdb"
)

// holder is the variable that makes this program hold a file open for writing until its input ends.
const holder = "SIGNALSMITH_TEST_HOLD"

func hold(path string) {
	dir, name := filepath.Split(path)
	ws, err := duckdb.Factory().Open(context.Background(), providers.WorkspaceSpec{Dir: dir, StatePath: name, Write: true})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if err := ws.Exec(context.Background(), providers.Statement{SQL: "CREATE TABLE IF NOT EXISTS " + ws.Dialect().State("held") + " AS SELECT 1 AS n"}); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("held")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	os.Exit(0) // without closing
}

// elsewhere opens a file for writing in another process.
func elsewhere(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holder+"="+path, "TMPDIR="+t.TempDir()) // it ends without cleaning up
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "held\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	return cmd
}

// refusal opens a workspace that cannot be opened.
func refusal(t *testing.T, f providers.WorkspaceFactory, s providers.WorkspaceSpec) diag.Diagnostic {
	t.Helper()
	ws, err := f.Open(t.Context(), s)
	if err == nil {
		_ = ws.Close()
		t.Fatal("it was opened")
	}
	var ds diag.Diagnostics
	if !errors.As(err, &ds) || len(ds) != 1 {
		t.Fatalf("got %v; want one diagnostic", err)
	}
	return ds[0]
}

func TestFilesThatAnotherProcessWrites(t *testing.T) {
	dir := t.TempDir()
	cmd := elsewhere(t, filepath.Join(dir, "state.db"))
	pid := fmt.Sprint(cmd.Process.Pid)
	for _, write := range []bool{true, false} {
		d := refusal(t, duckdb.Factory(), providers.WorkspaceSpec{Dir: dir, StatePath: "state.db", Write: write})
		if d.Code != "S101" || !strings.Contains(d.Detail, "process "+pid) {
			t.Errorf("write %v: %v; want S101 with process %s", write, d, pid)
		}
	}
	d := refusal(t, duckdb.Factory(), providers.WorkspaceSpec{Dir: dir, Sources: []providers.SourceSpec{{Name: "x", Body: body("state.db")}}})
	if d.Code != "M103" || !strings.Contains(d.Detail, "process "+pid) {
		t.Errorf("as a source: %v; want M103 with process %s", d, pid)
	}
}

func TestWhatACrashLeavesIsRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.db")
	cmd := elsewhere(t, path)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if _, err := os.Stat(path + ".wal"); err != nil {
		t.Fatalf("the killed process left no log: %v", err)
	}
	for _, write := range []bool{false, true, false} {
		ws, err := duckdb.Factory().Open(t.Context(), providers.WorkspaceSpec{Dir: dir, StatePath: "state.db", Write: write})
		if err != nil {
			t.Fatal(err)
		}
		tables, err := ws.Tables(t.Context())
		if want := map[string][]string{"held": {"n"}}; err != nil || !cmp.Equal(tables, want) {
			t.Errorf("write %v: tables %v, %v; want %v", write, tables, err, want)
		}
		if err := ws.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(path + ".wal"); err == nil {
		t.Error("closing left the log beside the file")
	}
}

func TestOneFactoryOpensAStateOnce(t *testing.T) {
	dir, f := t.TempDir(), duckdb.Factory()
	spec := func(write bool) providers.WorkspaceSpec {
		return providers.WorkspaceSpec{Dir: dir, StatePath: "state.db", Write: write}
	}
	ws, err := f.Open(t.Context(), spec(true))
	if err != nil {
		t.Fatal(err)
	}
	if d := refusal(t, f, spec(false)); d.Code != "S101" || !strings.Contains(d.Detail, "this process") {
		t.Errorf("reading what is written: %v", d)
	}
	if err := ws.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		ws, err := f.Open(t.Context(), spec(false))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = ws.Close() }()
	}
	if d := refusal(t, f, spec(true)); d.Code != "S101" {
		t.Errorf("writing what is read: %v", d)
	}
}

func TestFilesThatCannotBeOpened(t *testing.T) {
	dir := t.TempDir()
	makeFile(t, dir, "good.db", "CREATE TABLE t AS SELECT range AS n FROM range(100000)")
	good, err := os.ReadFile(filepath.Join(dir, "good.db"))
	if err != nil {
		t.Fatal(err)
	}
	damaged := slices.Clone(good)
	for i := 4096; i < 8192; i++ {
		damaged[i] ^= 0x55
	}
	write(t, dir, map[string]string{
		"text.db": strings.Repeat("this is no database\n", 1000), "empty.db": "", "short.db": string(good[:5000]), "damaged.db": string(damaged),
		"newer.db": string(newer(good)), "sqlite.db": "SQLite format 3\x00" + strings.Repeat("\x00", 4096), "table.csv": "id\n1\n",
		"folder.db/x": "", ".signalsmith/state.db": string(good),
	})
	for _, c := range []struct{ file, source, state string }{
		{"text.db", "M102", "S102"}, {"short.db", "M102", "S105"}, {"damaged.db", "M102", "S105"}, {"newer.db", "M102", "S103"},
		{"sqlite.db", "M102", "S102"}, {"table.csv", "M102", "S102"}, {"folder.db", "M102", "S104"}, {"empty.db", "M102", "S102"},
		{"missing.db", "M101", ""}, {"good.db/below.db", "M103", "S104"}, {".signalsmith/state.db", "M104", ""},
	} {
		t.Run(c.file, func(t *testing.T) {
			b := body(c.file)
			d := refusal(t, duckdb.Factory(), providers.WorkspaceSpec{Dir: dir, StatePath: "absent.db", Sources: []providers.SourceSpec{{Name: "x", Body: b}}})
			if string(d.Code) != c.source || d.Addr != "source.duckdb.x" || !strings.Contains(d.Detail, c.file) {
				t.Errorf("as a source: %v; want %s", d, c.source)
			}
			for _, write := range []bool{true, false} {
				if c.state != "" {
					d := refusal(t, duckdb.Factory(), providers.WorkspaceSpec{Dir: dir, StatePath: c.file, Write: write})
					if string(d.Code) != c.state || !strings.Contains(d.Detail, c.file) {
						t.Errorf("as a state, write %v: %v; want %s", write, d, c.state)
					}
				}
			}
		})
	}
	for _, c := range []struct{ allow, code string }{{"nowhere", "M105"}, {"table.csv", "M105"}, {".signalsmith", "M104"}} {
		d := refusal(t, duckdb.Factory(), providers.WorkspaceSpec{Dir: dir, Sources: []providers.SourceSpec{{Name: "x", Body: body("", c.allow)}}})
		if string(d.Code) != c.code {
			t.Errorf("allow_paths %s: %v; want %s", c.allow, d, c.code)
		}
	}
	if os.Getuid() != 0 {
		if err := os.Chmod(filepath.Join(dir, "good.db"), 0); err != nil {
			t.Fatal(err)
		}
		if d := refusal(t, duckdb.Factory(), providers.WorkspaceSpec{Dir: dir, StatePath: "good.db"}); d.Code != "S104" {
			t.Errorf("without permission: %v", d)
		}
	}
}

// newer makes a file that says it was written by a later version: the number stands in the first header, with its
// checksum before it.
func newer(good []byte) []byte {
	file := slices.Clone(good)
	binary.LittleEndian.PutUint64(file[12:], 9999)
	sum := uint64(5381)
	for at := 8; at < 4096; at += 8 {
		sum ^= binary.LittleEndian.Uint64(file[at:]) * 0xbf58476d1ce4e5b9
	}
	binary.LittleEndian.PutUint64(file, sum)
	return file
}

func TestTwoSourcesMayShareAFile(t *testing.T) {
	dir := t.TempDir()
	makeFile(t, dir, "crm.db", "CREATE TABLE t AS SELECT 1 AS n")
	makeFile(t, dir, "copy/crm.db", "CREATE TABLE u AS SELECT 2 AS n")
	ws, err := duckdb.Factory().Open(t.Context(), providers.WorkspaceSpec{Dir: dir, Sources: []providers.SourceSpec{
		{Name: "a", Body: body("crm.db")}, {Name: "b", Body: body("./crm.db")}, {Name: "c", Body: body("copy/crm.db")}}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ws.Close() }()
	for source, sql := range map[string]string{"a": "FROM crm.main.t", "b": "FROM crm.t", "c": "FROM crm.main.u"} {
		if _, err := ws.Model(t.Context(), providers.ModelSpec{Source: source, SQL: sql}); err != nil {
			t.Errorf("%s: %v", source, err)
		}
	}
}

func TestSettingsStandFast(t *testing.T) {
	ws := open(t)
	for _, stmt := range []string{"SET threads = 7", "SET enable_external_access = true", "ATTACH '/tmp/x.db'", "COPY (SELECT 1) TO '/tmp/x.csv'", "INSTALL httpfs", "LOAD httpfs",
		"CREATE PERSISTENT SECRET s (TYPE http)"} {
		if err := ws.Exec(t.Context(), providers.Statement{SQL: stmt}); err == nil {
			t.Errorf("%s: it was executed", stmt)
		}
	}
	rows, err := ws.Query(t.Context(), "SELECT CAST(TIMESTAMPTZ '2026-07-01 00:00:00+00' AS VARCHAR)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var at string
	for rows.Next() {
		_ = rows.Scan(&at)
	}
	if at != "2026-07-01 00:00:00+00" {
		t.Errorf("the session's zone is not UTC: %s", at)
	}
}

// TestSmallMemory sorts and joins more than fits the limit: what does not fit goes to the temporary directory, which
// is gone when the workspace is closed.
func TestSmallMemory(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	ws, err := duckdb.Factory().Open(t.Context(), providers.WorkspaceSpec{Dir: t.TempDir(), MemoryLimit: 128 << 20, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	d := ws.Dialect()
	for i, q := range []string{
		"SELECT md5(CAST(range AS VARCHAR)) AS k, range AS n FROM range(1500000)",
		"SELECT a.k, a.n FROM " + d.Temp("big 0") + " AS a JOIN " + d.Temp("big 0") + " AS b ON a.k = b.k ORDER BY a.k",
	} {
		if err := ws.Exec(t.Context(), providers.Statement{SQL: d.CreateTemp(fmt.Sprint("big ", i), q)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := ws.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left in the temporary directory: %v, %v", left, err)
	}
}

func TestSchema(t *testing.T) {
	f := duckdb.Factory()
	if f.Kind() != "duckdb" || !slices.ContainsFunc(f.Schema().Args, func(a schema.Arg) bool { return a.Name == "allow_paths" }) {
		t.Errorf("kind %s, schema %v", f.Kind(), f.Schema())
	}
}
