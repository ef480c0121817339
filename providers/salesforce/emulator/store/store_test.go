package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

func define(t testing.TB, db *store.DB, columns ...store.Column) map[string]int {
	t.Helper()
	cols, err := db.Define([]store.Table{{Name: "T", Columns: columns}})
	if err != nil {
		t.Fatal(err)
	}
	return cols["T"]
}

func open(t testing.TB, path string) *store.DB {
	t.Helper()
	db, err := store.Open(path, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// TestIndexesAgreeWithTheRows changes a table at random and looks every value up in the indexes and in the rows.
func TestIndexesAgreeWithTheRows(t *testing.T) {
	db := open(t, "")
	defer db.Close()
	cols := define(t, db, store.Column{Name: "exact", Index: true}, store.Column{Name: "fold", Index: true, Fold: true}, store.Column{Name: "plain"})
	values := []string{"", "a", "A", "ab", "a\x00", "b", "ä", "Ä"}
	rapid.Check(t, func(rt *rapid.T) {
		must := func(err error) {
			if err != nil {
				rt.Fatal(err)
			}
		}
		must(db.Update(func(tx *store.Tx) error { return tx.Clear("T") }))
		model := map[uint64]store.Row{}
		binned := 0
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			row := store.Row{}
			for name, col := range cols {
				v := rapid.SampledFrom(values).Draw(rt, name)
				if v != "" {
					row = row.Set(col, store.String(v))
				}
			}
			var seqs []uint64
			for seq := range model {
				seqs = append(seqs, seq)
			}
			slices.Sort(seqs)
			op := rapid.SampledFrom([]string{"insert", "update", "delete", "rollback"}).Draw(rt, "op")
			err := db.Update(func(tx *store.Tx) error {
				r := tx.Rows("T")
				if op == "insert" || op == "rollback" || len(seqs) == 0 {
					seq, err := r.Next()
					must(err)
					must(r.Insert(seq, row))
					if op == "rollback" {
						return errors.ErrUnsupported
					}
					model[seq] = row
					return nil
				}
				seq := rapid.SampledFrom(seqs).Draw(rt, "seq")
				raw, ok := r.Get(seq)
				if !ok {
					rt.Fatalf("row %d is gone", seq)
				}
				if op == "update" {
					must(r.Update(seq, raw.Row(), row))
					model[seq] = row
					return nil
				}
				old := raw.Row()
				must(r.Delete(seq, old, old))
				delete(model, seq)
				binned++
				return nil
			})
			if err != nil && !errors.Is(err, errors.ErrUnsupported) {
				rt.Fatal(err)
			}
		}
		must(db.View(func(tx *store.Tx) error {
			r := tx.Rows("T")
			if r.Count() != len(model) {
				rt.Fatalf("count %d, want %d", r.Count(), len(model))
			}
			n := 0
			r.ScanDeleted(0, func(uint64, store.Raw) bool { n++; return true })
			if n != binned {
				rt.Fatalf("%d deleted rows, want %d", n, binned)
			}
			for _, v := range values[1:] {
				for name, same := range map[string]func(a, b string) bool{
					"exact": func(a, b string) bool { return a == b },
					"fold":  func(a, b string) bool { return strings.EqualFold(a, b) },
				} {
					var want []uint64
					r.Scan(0, func(seq uint64, raw store.Raw) bool {
						if got := raw.Get(cols[name]); got.Kind != store.Null && same(got.Text, v) {
							want = append(want, seq)
						}
						if raw.Get(cols["plain"]) != model[seq].Get(cols["plain"]) {
							rt.Fatalf("row %d: %v, want %v", seq, raw.Row(), model[seq])
						}
						return true
					})
					if got := r.Lookup(cols[name], store.String(v), 0); !slices.Equal(got, want) {
						rt.Fatalf("%s %q: %v, want %v", name, v, got, want)
					}
				}
			}
			return nil
		}))
	})
}

func TestEveryKindOfValueIsReadBack(t *testing.T) {
	db := open(t, "")
	defer db.Close()
	cols := define(t, db, store.Column{Name: "a"}, store.Column{Name: "b"}, store.Column{Name: "c"}, store.Column{Name: "d"}, store.Column{Name: "e"}, store.Column{Name: "f"})
	want := map[string]store.Value{
		"a": store.String("text"), "b": {Kind: store.Number, Text: "-1.5"}, "c": store.Bool(true), "d": store.Bool(false),
		"e": store.At(-62135596800), "f": {Kind: store.Date, Text: "1815-12-10"},
	}
	row := store.Row{}
	for name, v := range want {
		row = row.Set(cols[name], v)
	}
	err := db.Update(func(tx *store.Tx) error { return tx.Rows("T").Insert(1, row) })
	if err != nil {
		t.Fatal(err)
	}
	err = db.View(func(tx *store.Tx) error {
		raw, _ := tx.Rows("T").Get(1)
		for name, v := range want {
			if raw.Get(cols[name]) != v || raw.Row().Get(cols[name]) != v {
				t.Errorf("%s: %v, want %v", name, raw.Get(cols[name]), v)
			}
		}
		if raw.Get(99).Kind != store.Null {
			t.Error("a column that is not there has a value")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestColumnsKeepTheirNumbers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db := open(t, path)
	first := define(t, db, store.Column{Name: "a"}, store.Column{Name: "b"})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, path)
	defer db.Close()
	second := define(t, db, store.Column{Name: "c"}, store.Column{Name: "b"})
	if fmt.Sprint(first) != "map[a:0 b:1]" || fmt.Sprint(second) != "map[b:1 c:2]" {
		t.Errorf("%v %v", first, second)
	}
}
