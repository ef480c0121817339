package salesforce_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/providertest"
	"github.com/signalsmith/signalsmith/providers/salesforce"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// orgSchema adds to the standard objects one field of each kind that they lack.
const orgSchema = `{"format": "1.0", "objects": {
  "Account": {"fields": [{"name": "Code__c", "type": "string", "length": 60, "externalId": true, "unique": true}]},
  "Contact": {"fields": [
    {"name": "Ext__c", "type": "string", "length": 255, "externalId": true, "unique": true},
    {"name": "Exact__c", "type": "string", "length": 60, "externalId": true, "unique": true, "caseSensitive": true},
    {"name": "Loose__c", "type": "string", "length": 60, "externalId": true},
    {"name": "Number__c", "type": "double", "precision": 18, "scale": 2, "externalId": true},
    {"name": "Seen__c", "type": "datetime"},
    {"name": "Tags__c", "type": "multipicklist", "length": 4099, "picklistValues": ["A", "B", "C"]}
  ]}}}`

// body makes a decoded block of arguments; a value that is a *schema.Inner is a nested block.
func body(args map[string]any) *schema.Body {
	b := &schema.Body{Range: at(1), Args: map[string]schema.Value{}}
	line := 2
	for name, v := range args {
		value := schema.Value{Range: at(line), Name: at(line)}
		switch v := v.(type) {
		case string:
			value.Value = cty.StringVal(v)
		case bool:
			value.Value = cty.BoolVal(v)
		case *schema.Inner:
			b.Blocks = append(b.Blocks, *v)
			continue
		}
		b.Args[name] = value
		line++
	}
	return b
}

func at(line int) hcl.Range {
	return hcl.Range{Filename: "main.hcl", Start: hcl.Pos{Line: line, Column: 1}, End: hcl.Pos{Line: line, Column: 9}}
}

func nested(typ, label string, args map[string]any) *schema.Inner {
	return &schema.Inner{Type: typ, Label: label, Body: body(args)}
}

func tokenAuth(token string) *schema.Inner {
	return nested("auth", "access_token", map[string]any{"token": token})
}

// org is an embedded org that a test can look into, and a destination that reaches it as a real one.
type org struct {
	emu        *emulator.Org
	url, token string
	providers.Destination

	mu     sync.Mutex
	waited []string // codes the destination waited for
}

// openOrg starts an org with faults and opens a destination on it.
func openOrg(t testing.TB, o emulator.Options, options ...salesforce.Option) *org {
	t.Helper()
	if o.Schema == nil {
		o.Schema = []byte(orgSchema)
	}
	e, err := emulator.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close the org: %v", err)
		}
	})
	url, err := e.Start()
	if err != nil {
		t.Fatal(err)
	}
	token, err := e.Token("")
	if err != nil {
		t.Fatal(err)
	}
	out := &org{emu: e, url: url, token: token}
	options = append([]salesforce.Option{salesforce.Pace(time.Millisecond, 10*time.Second)}, options...)
	out.Destination, err = salesforce.Factory(options...).Open(context.Background(), providers.DestinationSpec{
		Name: "crm", UserAgent: "signalsmith/test", Now: time.Now,
		Body: body(map[string]any{"instance_url": url, "auth": tokenAuth(token)}),
		Throttled: func(_ time.Duration, why string) {
			out.mu.Lock()
			out.waited = append(out.waited, why)
			out.mu.Unlock()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = out.Destination.Close() })
	return out
}

// handle says what the suite may use; e is nil where nobody can look behind the destination.
func handle(e *emulator.Org) providertest.Handle {
	h := providertest.Handle{
		Object: "Contact", Match: "Ext__c", Require: map[string]string{"LastName": "Conformance"},
		Text: "Description", Number: "Number__c", Bool: "DoNotCall", Date: "Birthdate", DateTime: "Seen__c", Set: "Tags__c", Short: "FirstName",
		Parent:    &providertest.Handle{Object: "Account", Match: "Code__c", Require: map[string]string{"Name": "Conformance Inc."}},
		Reference: "AccountId", Relationship: "Account",
	}
	if e != nil {
		h.Delete = func(_ context.Context, ids ...string) error { return e.Delete(ids...) }
		h.Purge = func(_ context.Context, ids ...string) error { return e.Purge(ids...) }
		h.Merge = func(_ context.Context, master, loser string) error { return e.Merge(master, loser) }
	}
	return h
}

func TestAnOrgReachedWithATokenConforms(t *testing.T) {
	providertest.Destination(t, func(t *testing.T) (providers.Destination, providertest.Handle) {
		o := openOrg(t, emulator.Options{})
		return o.Destination, handle(o.emu)
	})
}

func TestAnEmbeddedOrgConforms(t *testing.T) {
	providertest.Destination(t, func(t *testing.T) (providers.Destination, providertest.Handle) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "org.schema.json"), orgSchema)
		d, err := salesforce.Factory().Open(t.Context(), providers.DestinationSpec{
			Name: "crm", Dir: dir, Now: time.Now, Body: body(map[string]any{"emulator": nested("emulator", "", map[string]any{"schema": "org.schema.json"})}),
		})
		if err != nil {
			t.Fatal(err)
		}
		return d, handle(nil)
	})
}
