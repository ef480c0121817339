package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/duckdb"
	"github.com/signalsmith/signalsmith/providers/salesforce"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// project is a configuration in a directory of its own, with the embedded org and local state, used as a user would.
type project struct {
	t       *testing.T
	dir     string
	engine  *engine.Engine
	options engine.PlanOptions
	stop    <-chan struct{}
	vars    []string
	remote  *hand // of an org that is served, not embedded

	everything bool // also what the engine does not carry out yet
}

// newProject writes files into an empty directory.
func newProject(t *testing.T, files map[string]string) *project {
	t.Helper()
	p := &project{t: t, dir: t.TempDir()}
	p.engine = &engine.Engine{
		Registry: providers.Registry{
			Workspaces:   []providers.WorkspaceFactory{duckdb.Factory()},
			Destinations: []providers.DestinationFactory{salesforce.Factory()},
		},
		Version: "0.0.0-test", Now: time.Now, Threads: 1, // for a handful of rows, more cost more than they bring
	}
	for name, text := range files {
		p.write(name, text)
	}
	return p
}

// copyProject copies a directory's files.
func copyProject(t *testing.T, from string) *project {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	p := newProject(t, nil)
	for _, e := range entries {
		if !e.IsDir() {
			p.copyFile(filepath.Join(from, e.Name()), e.Name())
		}
	}
	return p
}

func (p *project) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) copyFile(from, name string) {
	p.t.Helper()
	raw, err := os.ReadFile(from)
	if err != nil {
		p.t.Fatal(err)
	}
	p.write(name, string(raw))
}

// load reads the configuration, which must be sound.
func (p *project) load() *config.Config {
	p.t.Helper()
	cfg, diags := p.tryLoad()
	p.sound(diags)
	return cfg
}

func (p *project) sound(diags diag.Diagnostics) {
	p.t.Helper()
	if diags.HasErrors() {
		p.t.Fatalf("unexpected:\n%v", diags)
	}
}

func (p *project) plan() *plan.Plan {
	p.t.Helper()
	doc, diags := p.engine.Plan(context.Background(), p.load(), p.options)
	p.sound(diags)
	p.adds(doc)
	return doc
}

// adds holds that counts sum to the rows read.
func (p *project) adds(doc *plan.Plan) {
	p.t.Helper()
	for _, it := range doc.Items {
		c := it.Counts
		if it.Source.Rows != it.Source.Usable+c.Reject.N {
			p.t.Errorf("%s: %d rows, but %d usable and %d rejected", it.Addr, it.Source.Rows, it.Source.Usable, c.Reject.N)
		}
		if sum := c.Create.N + c.Update.N + c.Adopt.N + c.Skip.N + c.Unchanged.N; sum != it.Source.Usable {
			p.t.Errorf("%s: %d usable rows, but the counts add up to %d: %+v", it.Addr, it.Source.Usable, sum, c)
		}
	}
}

func (p *project) apply() *plan.Run {
	p.t.Helper()
	_, run := p.carry()
	return run
}

// carry applies, and gives the plan that was carried out too.
func (p *project) carry() (*plan.Plan, *plan.Run) {
	p.t.Helper()
	doc, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{PlanOptions: p.options, Stop: p.stop})
	p.sound(diags)
	p.adds(doc)
	return doc, run
}

// empty holds that there is nothing left to do, not even a note.
func (p *project) empty(when string) {
	p.t.Helper()
	p.nothing(p.plan(), when)
}

func (p *project) nothing(doc *plan.Plan, when string) {
	p.t.Helper()
	if !doc.Empty() || doc.Notes() > 0 {
		raw, _ := json.MarshalIndent(doc.Items, "", " ")
		p.t.Fatalf("%s: the plan after the apply is not empty:\n%s", when, raw)
	}
}

// hand is a person with a browser: what they do in the org happens behind signalsmith's back.
type hand struct {
	t     *testing.T
	url   string
	token string
	org   *emulator.Org
}

// byHand opens the org's file between runs, as the user name; "" is the integration user.
func (p *project) byHand(user string, do func(h *hand)) {
	p.t.Helper()
	if p.remote != nil {
		h := p.remote
		if user != "" {
			h = h.as(user)
		}
		do(h)
		return
	}
	ctx := context.Background()
	o := emulator.Options{Path: filepath.Join(p.dir, ".signalsmith", "crm.org.db"), SchemaName: "org.schema.json"}
	if raw, err := os.ReadFile(filepath.Join(p.dir, "org.schema.json")); err == nil {
		o.Schema = raw
	}
	org, err := emulator.Open(ctx, o)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() {
		if err := org.Close(); err != nil {
			p.t.Error(err)
		}
	}()
	if user != "" {
		if err := org.AddUser(user, user); err != nil {
			p.t.Fatal(err)
		}
	}
	h := &hand{t: p.t, org: org}
	if h.url, err = org.Start(); err != nil {
		p.t.Fatal(err)
	}
	if h.token, err = org.Token(user); err != nil {
		p.t.Fatal(err)
	}
	do(h)
}

// call makes a REST call below /services/data/v59.0; an answer that is no success fails the test.
func (h *hand) call(method, path string, body any) []byte {
	h.t.Helper()
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			h.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, h.url+"/services/data/v59.0"+path, in)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	if res.StatusCode >= 300 {
		h.t.Fatalf("%s %s: %s: %s", method, path, res.Status, out)
	}
	return out
}

// find gives the values of one query's records.
func (h *hand) find(soql string) []map[string]any {
	h.t.Helper()
	var out struct{ Records []map[string]any }
	if err := json.Unmarshal(h.call("GET", "/query?q="+url.QueryEscape(soql), nil), &out); err != nil {
		h.t.Fatal(err)
	}
	return out.Records
}

// id gives the id of the one record that a query finds.
func (h *hand) id(soql string) string {
	h.t.Helper()
	found := h.find(soql)
	if len(found) != 1 {
		h.t.Fatalf("%s found %d records", soql, len(found))
	}
	return fmt.Sprint(found[0]["Id"])
}

// dump is all live records of the org, without ids and times.
func (p *project) dump() string {
	p.t.Helper()
	var b bytes.Buffer
	p.byHand("", func(h *hand) {
		if err := h.org.Dump(context.Background(), &b); err != nil {
			p.t.Fatal(err)
		}
	})
	return strings.TrimSpace(b.String())
}

// confirm says yes and does something meanwhile.
func confirm(do func()) func(*plan.Plan) (bool, error) {
	return func(*plan.Plan) (bool, error) {
		do()
		return true, nil
	}
}

func itoa(n int) string { return fmt.Sprint(n) }

func (p *project) read(name string) string {
	p.t.Helper()
	raw, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(raw)
}

// texts runs a query over the state. RECORDS is the one records table, STATE. the state's schema.
func (p *project) texts(query string) []string {
	p.t.Helper()
	ctx := context.Background()
	ws, err := p.engine.Registry.Workspaces[0].Open(ctx, providers.WorkspaceSpec{Dir: p.dir, StatePath: p.load().Project.StatePath, Threads: 1})
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = ws.Close() }()
	tables, err := ws.Tables(ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	for name := range tables {
		if strings.HasPrefix(name, "records_") {
			query = strings.ReplaceAll(query, "RECORDS", ws.Dialect().State(name))
		}
		query = strings.ReplaceAll(query, "STATE."+name, ws.Dialect().State(name))
	}
	found, err := ws.Query(ctx, query)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	var out []string
	for found.Next() {
		var s string
		if err := found.Scan(&s); err != nil {
			p.t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// live is the engine without a reaper.
func (p *project) live() {
	p.engine.Registry = providers.Registry{
		Workspaces:   []providers.WorkspaceFactory{duckdb.Factory()},
		Destinations: []providers.DestinationFactory{salesforce.Factory()},
	}
}

// snapshotDir copies the project's files; restoreDir brings them back.
func (p *project) snapshotDir() string {
	p.t.Helper()
	to := p.t.TempDir()
	if err := os.CopyFS(to, os.DirFS(p.dir)); err != nil {
		p.t.Fatal(err)
	}
	return to
}

func (p *project) restoreDir(from string) {
	p.t.Helper()
	if err := os.RemoveAll(p.dir); err != nil {
		p.t.Fatal(err)
	}
	if err := os.CopyFS(p.dir, os.DirFS(from)); err != nil {
		p.t.Fatal(err)
	}
}
