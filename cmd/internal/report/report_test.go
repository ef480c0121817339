package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// TestMain only reads the flag -update, which rewrites the goldens.
func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite the goldens")
	flag.Parse()
	os.Exit(m.Run())
}

// plans is where the documents and their renderings lie.
const plans = "../../../testdata/plan"

// endings are the names of the goldens.
var endings = map[string]string{"markdown": ".md", "html": ".html", "sarif": ".sarif", "junit": ".junit.xml", "github": ".github.txt"}

func document(t testing.TB, name string) *plan.Plan {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(plans, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var p plan.Plan
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	return &p
}

func render(t testing.TB, kind string, p *plan.Plan, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, kind, p, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRenderings(t *testing.T) {
	for name, kinds := range map[string][]string{
		"guards": {"markdown", "html", "sarif", "junit", "github"}, "leftout": {"markdown", "html", "junit"},
		"review": {"markdown", "html", "sarif", "junit", "github"}, "hostile": {"markdown", "html", "sarif", "junit", "github"},
		"failed": {"markdown", "html", "sarif", "junit", "github"}, "unknown": {"markdown", "html"}, "rejects": {"markdown", "junit"},
		"none": {"markdown", "html", "junit", "sarif", "github"}, "zero": {"markdown"}, "destinations": {"markdown"}, "long": {"html"},
	} {
		p := document(t, name)
		for _, kind := range kinds {
			got := render(t, kind, p, Options{Dir: "crm", Version: "0.1.0"})
			file := filepath.Join(plans, name+endings[kind])
			if flag.Lookup("update").Value.String() == "true" {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs (go test ./cmd/... -update rewrites it); got:\n%s", file, got)
			}
		}
	}
}

// TestNoKeysAndNoValues looks for what a comment, an annotation or a log may not carry.
func TestNoKeysAndNoValues(t *testing.T) {
	for _, name := range []string{"review", "rejects", "long", "tokens"} {
		p := document(t, name)
		var secret []string
		p.Diagnostics = append(p.Diagnostics, plan.Diagnostic{Code: "P109", Severity: "warning", Detail: "d", Keys: []string{"C-000777"}})
		secret = append(secret, "C-000777")
		for _, it := range p.Items {
			for _, s := range it.Samples {
				secret = append(secret, s.Key)
				for _, f := range s.Fields {
					for _, v := range []*string{f.Before, f.After} {
						if v != nil && len(*v) > 6 {
							secret = append(secret, *v)
						}
					}
				}
			}
			for _, r := range it.Rejects {
				for _, v := range r.Values {
					secret = append(secret, v.Value)
				}
			}
		}
		if len(secret) == 0 {
			t.Fatalf("%s holds no values", name)
		}
		for _, kind := range Kinds() {
			if Rows(kind) {
				continue
			}
			got := render(t, kind, p, Options{})
			for _, s := range secret {
				if len(s) > 3 && s != "(null)" && strings.Contains(got, s) {
					t.Errorf("%s of %s holds %q", kind, name, s)
				}
			}
		}
	}
}

// TestCommentKeepsWhatMatters shrinks the budget of a comment until nothing can go any more.
func TestCommentKeepsWhatMatters(t *testing.T) {
	p := document(t, "review")
	whole := render(t, "markdown", p, Options{})
	least := len(render(t, "markdown", p, Options{Bytes: 1}))
	if len(whole) < least+1500 {
		t.Fatalf("only %d of %d bytes can go", len(whole)-least, len(whole))
	}
	dropped := 0
	for limit := len(whole); limit > 0; limit -= 97 {
		got := render(t, "markdown", p, Options{Bytes: limit})
		if len(got) > max(limit, least) {
			t.Errorf("with a budget of %d the comment takes %d bytes", limit, len(got))
		}
		for _, kept := range []string{"<!-- signalsmith:plan:crm/prod -->", "1 guard blocks this", "| `sync.contacts` | 312 | 1,904 |", "**6,310 (75.2 %)**", "is blocked by"} {
			if !strings.Contains(got, kept) {
				t.Fatalf("with a budget of %d, %q is gone:\n%s", limit, kept, got)
			}
		}
		sections := strings.Count(got, "<details>")
		if sections < strings.Count(whole, "<details>") && !strings.Contains(got, "Left out to keep this comment short: ") {
			t.Errorf("with a budget of %d sections are gone and nobody says so", limit)
		}
		if strings.Contains(got, "Left out") {
			dropped++
		}
		if strings.Contains(got, "Stages and cost</summary>") && !strings.Contains(got, "Fields changing") {
			t.Errorf("with a budget of %d the fields went before the stages", limit)
		}
	}
	if dropped < 5 {
		t.Errorf("something was left out only %d times", dropped)
	}
}

// TestPageShowsTheDocument compares every number that the page says it takes from the document with the document.
func TestPageShowsTheDocument(t *testing.T) {
	for _, name := range []string{"review", "typical", "unknown", "rejects", "notes", "destinations", "zero"} {
		p := document(t, name)
		doc := decoded(t, p)
		shown := map[string]string{}
		for _, m := range regexp.MustCompile(`data-path="([^"]*)">([^<]*)<`).FindAllStringSubmatch(render(t, "html", p, Options{}), -1) {
			shown[m[1]] = m[2]
			if want := at(t, doc, m[1]); m[2] != want {
				t.Errorf("%s: the page shows %q for %s, the document says %s", name, m[2], m[1], want)
			}
		}
		for i, it := range p.Items {
			for _, a := range append(plan.Actions(), "unchanged") {
				n := it.Counted(a)
				if a == "unchanged" {
					n = it.Counts.Unchanged
				}
				pointer := words.Escape(strings.Join([]string{"", "items", words.Number(int64(i)), "counts", a}, "/"))
				if _, ok := shown[pointer]; !ok && !n.None() && a != "note" && a != "kept" {
					t.Errorf("%s: the page does not show %s", name, pointer)
				}
			}
		}
	}
}

// at is what a page has to show for a place in the document.
func at(t *testing.T, doc any, pointer string) string {
	t.Helper()
	for _, step := range strings.Split(pointer, "/")[1:] {
		switch d := doc.(type) {
		case map[string]any:
			doc = d[step]
		case []any:
			var i int
			if err := json.Unmarshal([]byte(step), &i); err != nil || i >= len(d) {
				t.Fatalf("the page points to %s, which is nowhere", pointer)
			}
			doc = d[i]
		}
	}
	number := func(v any) int64 {
		n, _ := v.(json.Number)
		i, _ := n.Int64()
		return i
	}
	switch d := doc.(type) {
	case json.Number:
		return words.Number(number(d))
	case nil:
		return "?"
	case map[string]any:
		if known, ok := d["known"]; !ok {
			return words.Number(number(d["rest"]) + number(d["bulk"]))
		} else if known == true {
			return words.Number(number(d["n"]))
		}
		return "?"
	}
	t.Fatalf("the page points to %s, which is no number", pointer)
	return ""
}

// decoded is the JSON document.
func decoded(t *testing.T, p *plan.Plan) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(render(t, "json", p, Options{})))
	d.UseNumber()
	var doc any
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestOptOutsThatAreTakenBackAreInTheComment(t *testing.T) {
	p := document(t, "destinations")
	p.Items[0].OptIns = 1
	if got := render(t, "markdown", p, Options{}); !strings.Contains(got, "**`"+p.Items[0].Addr+"`**: 1 opt-out is taken back (`allow_opt_in`).") {
		t.Errorf("the comment is\n%s", got)
	}
}
