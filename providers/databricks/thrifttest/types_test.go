package thrifttest

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	dbsql "github.com/databricks/databricks-sql-go"
	dbrows "github.com/databricks/databricks-sql-go/rows"
)

const everyType = `SELECT true AS b, 1Y AS i8, 2S AS i16, 3 AS i32, 4L AS i64, CAST(1.5 AS FLOAT) AS f, 2.5D AS d,
	CAST('12345678901234567890.123' AS DECIMAL(38,3)) AS dec, 'text' AS s, X'00ff' AS bin, DATE '2024-02-29' AS day,
	TIMESTAMP '2024-02-29 12:34:56.789012' AS ts, TIMESTAMP_NTZ '2024-02-29 12:34:56.789012' AS ntz,
	array('a', NULL, 'c') AS list, named_struct('x', 1, 'y', 'z') AS rec, map('k', 1.5D) AS m,
	CAST(NULL AS STRING) AS nothing`

func TestTypesReachTheDriver(t *testing.T) {
	at := time.Date(2024, 2, 29, 12, 34, 56, 789012000, time.UTC)
	for _, c := range []struct {
		name     string
		protocol int
		decimals bool
		lz4      bool
		want     []any
	}{
		{"as Arrow", ProtocolParameters, true, false, nil},
		{"with decimals as text", ProtocolParameters, false, false, nil},
		{"compressed", ProtocolParameters, true, true, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, Options{Protocol: c.protocol})
			options := []dbsql.ConnOption{dbsql.WithArrowNativeDecimal(c.decimals)}
			if c.lz4 {
				options = append(options, withLZ4())
			}
			db := open(t, s, options...)
			want := []any{true, int8(1), int16(2), int32(3), int64(4), float32(1.5), 2.5, "12345678901234567890.123", "text",
				[]byte{0, 255}, time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), at, at, `["a",null,"c"]`, `{"x":1,"y":"z"}`,
				`{"k":1.5}`, nil}
			got := one(t, db, everyType)
			for i := range want {
				if !reflect.DeepEqual(got[i], want[i]) {
					t.Errorf("column %d is %#v, want %#v", i, got[i], want[i])
				}
			}
		})
	}
}

func TestTypesReachADriverWithoutArrow(t *testing.T) {
	db := open(t, serve(t, Options{Protocol: ProtocolDirect}))
	got := fmt.Sprint(one(t, db, everyType)...)
	for _, part := range []string{"12345678901234567890.123", "text", "2.5", "2024-02-29 12:34:56.789012 +0000 UTC",
		`["a",null,"c"]`, "<nil>"} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is not in %s", part, got)
		}
	}
	if got := table(t, db, "SELECT id FROM range(0, 20) AS r(id) ORDER BY id"); len(got) != 20 || got[19][0] != int64(19) {
		t.Errorf("got %v", got)
	}
}

func TestColumnTypesAreNamed(t *testing.T) {
	db := open(t, serve(t, Options{}))
	rows, err := db.Query(everyType)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range types {
		got = append(got, c.DatabaseTypeName())
	}
	want := "BOOLEAN TINYINT SMALLINT INT BIGINT FLOAT DOUBLE DECIMAL STRING BINARY DATE TIMESTAMP TIMESTAMP ARRAY STRUCT " +
		"MAP STRING"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

// withLZ4 asks for compressed results. The driver can read them, and has no option that asks.
func withLZ4() dbsql.ConnOption {
	typ := reflect.TypeOf(dbsql.WithPort(0))
	f := reflect.MakeFunc(typ, func(args []reflect.Value) []reflect.Value {
		args[0].Elem().FieldByName("UseLz4Compression").SetBool(true)
		return nil
	})
	return f.Interface().(dbsql.ConnOption)
}

// ipcRows reads a query as Arrow streams, and gives the rows of each.
func ipcRows(t *testing.T, db *sql.DB, q string) (schema *arrow.Schema, counts []int64, values [][]string) {
	t.Helper()
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	err = conn.Raw(func(c any) error {
		rows, err := c.(driver.QueryerContext).QueryContext(context.Background(), q, nil)
		if err != nil {
			return err
		}
		defer rows.Close()
		streams, err := rows.(dbrows.Rows).GetArrowIPCStreams(context.Background())
		if err != nil {
			return err
		}
		defer streams.Close()
		for {
			r, err := streams.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
			rd, err := ipc.NewReader(r)
			if err != nil {
				return err
			}
			schema = rd.Schema()
			for rd.Next() {
				b := rd.RecordBatch()
				counts = append(counts, b.NumRows())
				for i := range int(b.NumRows()) {
					var row []string
					for _, col := range b.Columns() {
						row = append(row, jsonAt(col, i))
					}
					values = append(values, row)
				}
			}
			if err := rd.Err(); err != nil {
				return err
			}
			rd.Release()
		}
		if schema == nil {
			b, err := streams.SchemaBytes()
			if err != nil {
				return err
			}
			rd, err := ipc.NewReader(bytes.NewReader(b))
			if err != nil {
				return err
			}
			schema = rd.Schema()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return schema, counts, values
}

func TestArrowStreams(t *testing.T) {
	for _, lz4 := range []bool{false, true} {
		s := serve(t, Options{PageRows: 7, BatchRows: 3})
		options := []dbsql.ConnOption{dbsql.WithArrowNativeDecimal(true)}
		if lz4 {
			options = append(options, withLZ4())
		}
		db := open(t, s, options...)
		schema, counts, values := ipcRows(t, db, everyType)
		if len(values) != 1 || len(counts) != 1 {
			t.Fatalf("got %v", values)
		}
		want := "bool int8 int16 int32 int64 float32 float64 decimal(38, 3) utf8 binary date32 timestamp[us, tz=Etc/UTC] " +
			"timestamp[us] list<item: utf8, nullable> struct<x: int32 nullable, y: utf8 nullable> map<utf8, float64, items_nullable> utf8"
		var types []string
		for _, f := range schema.Fields() {
			types = append(types, f.Type.String())
		}
		if got := strings.Join(types, " "); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}

		_, counts, values = ipcRows(t, db, "SELECT id, CAST(id AS STRING) FROM range(0, 20) AS r(id) ORDER BY id")
		if fmt.Sprint(counts) != "[3 3 1 3 3 1 3 3]" || len(values) != 20 || values[19][1] != `"19"` {
			t.Errorf("got %v, %v", counts, values)
		}

		schema, counts, _ = ipcRows(t, db, "SELECT id, 'x' AS s FROM range(0, 20) AS r(id) WHERE id > 100")
		if len(counts) != 0 || schema.NumFields() != 2 {
			t.Errorf("got %v rows of %v", counts, schema)
		}
		if n := s.Operations(); n != 0 {
			t.Errorf("%d operations are open", n)
		}
	}
}

func TestPaging(t *testing.T) {
	s := serve(t, Options{PageRows: 1000})
	db := open(t, s)
	for _, n := range []int{0, 1, 999, 1000, 1001, 3000, 12_345} {
		s.Forget()
		got := table(t, db, fmt.Sprintf("SELECT id FROM range(0, %d) AS r(id) ORDER BY id", n))
		if len(got) != n {
			t.Errorf("%d rows, want %d", len(got), n)
		}
		for i, r := range got {
			if r[0] != int64(i) {
				t.Fatalf("row %d is %v", i, r)
			}
		}
		fetches := 0
		for _, r := range s.Requests() {
			if r.Method == FetchResults {
				fetches++
			}
		}
		if want := max(0, (n-1)/1000); fetches != want {
			t.Errorf("%d rows took %d fetches, want %d", n, fetches, want)
		}
	}
}

func TestTheClientsPageSizeCounts(t *testing.T) {
	s := serve(t, Options{})
	db := open(t, s, dbsql.WithMaxRows(10))
	if got := table(t, db, "SELECT id FROM range(0, 35) AS r(id)"); len(got) != 35 {
		t.Errorf("%d rows", len(got))
	}
	n := 0
	for _, r := range s.Requests() {
		if r.Method == FetchResults {
			n++
		}
	}
	if n != 3 {
		t.Errorf("%d fetches", n)
	}
}

func TestWideRows(t *testing.T) {
	db := open(t, serve(t, Options{PageRows: 3}))
	var cols []string
	for i := range 300 {
		cols = append(cols, fmt.Sprintf("repeat('x', 2000) AS c%d", i))
	}
	got := table(t, db, "SELECT "+strings.Join(cols, ", ")+" FROM range(0, 10) AS r(id)")
	if len(got) != 10 || len(got[9]) != 300 || len(got[9][299].(string)) != 2000 {
		t.Errorf("got %d rows", len(got))
	}
}

func TestTypesOfArrow(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"array<map<string,decimal(10,2)>>", "list<item: map<utf8, decimal(10, 2), items_nullable>, nullable>"},
		{"struct<a:int,b:array<string>>", "struct<a: int32 nullable, b: list<item: utf8, nullable> nullable>"},
		{"varchar(10)", "utf8"},
		{"void", "null"},
	} {
		got, err := arrowType(c.name)
		if err != nil || got.String() != c.want {
			t.Errorf("%s is %v, %v", c.name, got, err)
		}
	}
	if _, err := arrowType("variant"); err == nil {
		t.Error("variant has a type")
	}
}

func TestParameters(t *testing.T) {
	s := serve(t, Options{})
	db := open(t, s)
	at := time.Date(2024, 2, 29, 12, 34, 56, 789012000, time.UTC)
	got := one(t, db, "SELECT ? AS a, ?, ?, ?, ?, ?", "it's \\ 'x'", int64(7), 2.5, true, at, nil)
	want := []any{"it's \\ 'x'", int64(7), 2.5, true, at}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("parameter %d is %#v, want %#v", i, got[i], want[i])
		}
	}
	if got[5] != nil {
		t.Errorf("null is %#v", got[5])
	}
	got = one(t, db, "SELECT :b, :a, :b, :d, :day", dbsql.Parameter{Name: "a", Value: "x"}, sql.Named("b", 3),
		dbsql.Parameter{Name: "d", Type: dbsql.SqlDecimal, Value: "12.340"},
		dbsql.Parameter{Name: "day", Type: dbsql.SqlDate, Value: "2024-02-29"})
	if fmt.Sprint(got) != "[3 x 3 12.340 2024-02-29 00:00:00 +0000 UTC]" {
		t.Errorf("got %v", got)
	}
	execute(t, db, "CREATE TABLE p (a BIGINT, b STRING)")
	execute(t, db, "INSERT INTO p (a, b) VALUES (?, ?), (?, ?)", int64(1), "x", int64(2), nil)
	if got := table(t, db, "SELECT * FROM p ORDER BY a"); fmt.Sprint(got) != "[[1 x] [2 <nil>]]" {
		t.Errorf("got %v", got)
	}
	if _, err := db.Exec("SELECT :missing", sql.Named("other", 1)); err == nil || !strings.Contains(err.Error(),
		"[UNBOUND_SQL_PARAMETER]") {
		t.Errorf("got %v", err)
	}
	log := s.Statements()
	if p := log[len(log)-2].Params; len(p) != 0 {
		t.Errorf("got %v", p)
	}
	if p := log[1].Params; len(p) != 4 || p[0] != (Param{Name: "a", Type: "STRING", Value: "x"}) {
		t.Errorf("got %v", p)
	}
}
