package databricks

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/databricks/thrifttest"
)

func TestFloatsHaveTheirShortestDigits(t *testing.T) {
	floats(t, warehouse(t, thrifttest.Options{}))
}

// floats compares what the dialect makes of many floating point numbers with the shortest digits that tell each from
// its neighbours. A JVM before version 19 writes others for some of them.
func floats(t *testing.T, s *thrifttest.Server) {
	ws := open(t, s, true)
	d := ws.Dialect()
	values := []float64{5e-324, 1e-323, 2e23, 2e-3, 1e23, 8.41e21, 9.5367431640625e-7, 0.1 + 0.2, -9.076634447417464e17, 2.2250738585072014e-308, math.MaxFloat64,
		1e7, 9999999.999999998, 1e-3, 9.999999999999999e-4, 123456789.12345678, 99999999999999990, 0.30000000000000004, 1.0000000000000002, 9007199254740993}
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		values = append(values, math.Float64frombits(r.Uint64()), r.NormFloat64()*1e6, float64(r.Int64N(1e15))/100)
	}
	table := d.Temp("floats")
	_, err := ws.Fill(t.Context(), table, []providers.Column{{Name: "i", Type: providers.TypeInt}, {Name: "v", Type: providers.TypeText}}, func(yield func([]any, error) bool) {
		for i, f := range values {
			if !yield([]any{int64(i), strconv.FormatFloat(f, 'e', -1, 64)}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := ws.Query(t.Context(), "SELECT i, "+d.Cast("f", providers.TypeFloat)+", CAST(f AS STRING) FROM (SELECT i, CAST(v AS DOUBLE) AS f FROM "+table+") AS t")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	n, bad := 0, 0
	for rows.Next() {
		var i int64
		var got, engine *string
		if err := rows.Scan(&i, &got, &engine); err != nil {
			t.Fatal(err)
		}
		n++
		f := values[i]
		want := strconv.FormatFloat(f, 'f', -1, 64)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		if got == nil || *got != want {
			if bad++; bad < 10 {
				t.Errorf("%v: %s (the engine says %s); want %s", f, *got, *engine, want)
			}
		}
	}
	if err := rows.Err(); err != nil || n != len(values) {
		t.Errorf("%d rows, %v", n, err)
	}
	if bad > 0 {
		t.Errorf("%d of %d are wrong", bad, n)
	}
}
