package databricks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"go.uber.org/goleak"

	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/databricks/thrifttest"
	"github.com/signalsmith/signalsmith/providers/providertest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	// DuckDB plans each of the suite's statements for a tenth of a second.
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		_ = f.Value.Set("10")
	}
	goleak.VerifyTestMain(m)
}

const testToken = "dapi-test"

// warehouse starts a server over DuckDB.
func warehouse(t *testing.T, o thrifttest.Options) *thrifttest.Server {
	t.Helper()
	b, err := thrifttest.DuckDB("")
	if err != nil {
		t.Fatal(err)
	}
	if o.Token == "" && o.ClientID == "" {
		o.Token = testToken
	}
	s := thrifttest.New(b, o)
	if _, err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the server: %v", err)
		}
	})
	return s
}

// body is a source block.
func body(args map[string]string) *schema.Body {
	b := &schema.Body{Range: hcl.Range{Filename: "main.hcl"}, Args: map[string]schema.Value{}}
	for k, v := range args {
		b.Args[k] = schema.Value{Value: cty.StringVal(v), Range: hcl.Range{Filename: "main.hcl"}}
	}
	return b
}

// lake is the source block of a server.
func lake(s *thrifttest.Server) providers.SourceSpec {
	return providers.SourceSpec{Name: "lake", Body: body(map[string]string{
		"host": s.URL(), "http_path": s.HTTPPath(), "catalog": "main", "token": testToken,
	})}
}

// impatient is a factory that does not wait for long.
func impatient() *factory {
	f := newFactory()
	f.pace = pace{least: 5 * time.Millisecond, most: 20 * time.Millisecond, throttled: 3 * time.Second, tries: 4}
	return f
}

// byDir is a factory for the suite, which tells states apart by their directories.
type byDir struct {
	*factory
}

func (f byDir) Open(ctx context.Context, s providers.WorkspaceSpec) (providers.Workspace, error) {
	sum := sha256.Sum256([]byte(s.Dir))
	s.StateSchema = "state_" + hex.EncodeToString(sum[:6])
	s.Plan = "plan"
	s.Owner = providers.Owner{User: "ada", Host: "laptop", Run: "run-1", PID: os.Getpid()}
	return f.factory.Open(ctx, s)
}

func TestWorkspace(t *testing.T) {
	providertest.Workspace(t, byDir{impatient()}, providertest.WorkspaceOptions{
		Sources: []providers.SourceSpec{lake(warehouse(t, thrifttest.Options{}))}, NoTransactions: true,
	})
}

func TestDialect(t *testing.T) {
	providertest.Dialect(t, func(t *testing.T) providers.Workspace { return open(t, warehouse(t, thrifttest.Options{}), true) })
}

// open opens a state in the schema "state".
func open(t *testing.T, s *thrifttest.Server, write bool) *workspace {
	t.Helper()
	ws, err := impatient().Open(t.Context(), spec(s, write))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ws.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return ws.(*workspace)
}

func spec(s *thrifttest.Server, write bool) providers.WorkspaceSpec {
	return providers.WorkspaceSpec{StateSchema: "state", Write: write, Plan: "plan", Sources: []providers.SourceSpec{lake(s)},
		Owner: providers.Owner{User: "ada", Host: "laptop", Run: "run-1", PID: 7}}
}
