package salesforce_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const acme = "https://acme.my.salesforce.com"

func TestBlocksThatCannotWorkAreRefusedWhenOpened(t *testing.T) {
	auth := tokenAuth("00D000000000001!x")
	emu := nested("emulator", "", nil)
	for name, c := range map[string]struct {
		args map[string]any
		want string // codes
		line int    // of the first; 0: the block
	}{
		"a token and an address":         {map[string]any{"instance_url": acme, "auth": auth}, "", 0},
		"a slash at the end":             {map[string]any{"instance_url": acme + "/", "auth": auth}, "", 0},
		"an embedded org":                {map[string]any{"emulator": emu}, "", 0},
		"no login":                       {map[string]any{"instance_url": acme}, "D101", 0},
		"both kinds of org":              {map[string]any{"auth": auth, "emulator": emu}, "D102", 0},
		"an empty token":                 {map[string]any{"instance_url": acme, "auth": tokenAuth("")}, "D101", 0},
		"a token with a line break":      {map[string]any{"instance_url": acme, "auth": tokenAuth("00D!x\n")}, "D101", 0},
		"no address":                     {map[string]any{"auth": auth}, "D104", 0},
		"a foreign host":                 {map[string]any{"instance_url": "https://acme.example", "auth": auth}, "D103", 2},
		"a host that looks right":        {map[string]any{"instance_url": "https://evilsalesforce.com", "auth": auth}, "D103", 2},
		"a domain in front of another":   {map[string]any{"instance_url": "https://my.salesforce.com.evil.example", "auth": auth}, "D103", 2},
		"a host in the user name":        {map[string]any{"instance_url": "https://acme.my.salesforce.com@evil.example", "auth": auth}, "D104", 2},
		"no encryption":                  {map[string]any{"instance_url": "http://acme.my.salesforce.com", "auth": auth}, "D104", 2},
		"a path":                         {map[string]any{"instance_url": acme + "/services/data", "auth": auth}, "D104", 2},
		"no address at all":              {map[string]any{"instance_url": "acme", "auth": auth}, "D104", 2},
		"an allowed host":                {map[string]any{"instance_url": "https://proxy.acme.example", "auth": auth}, "", 0},
		"this machine":                   {map[string]any{"instance_url": "http://127.0.0.1:8080", "auth": auth}, "", 0},
		"this machine, version 6":        {map[string]any{"instance_url": "http://[::1]:8080", "auth": auth}, "", 0},
		"a sandbox":                      {map[string]any{"instance_url": "https://acme--dev.sandbox.my.salesforce.com", "auth": auth}, "", 0},
		"an old version":                 {map[string]any{"api_version": "v42.0", "emulator": emu}, "D105", 2},
		"a version without its letter":   {map[string]any{"api_version": "59.0", "emulator": emu}, "D105", 2},
		"an org id that is none":         {map[string]any{"org_id": "003000000000001AAA", "emulator": emu}, "D109", 2},
		"the bulk API":                   {map[string]any{"api": "bulk", "emulator": emu}, "D119", 2},
		"a login that is not there yet":  {map[string]any{"instance_url": acme, "auth": nested("auth", "jwt", nil)}, "D119", 0},
		"a schema file that is missing":  {map[string]any{"emulator": nested("emulator", "", map[string]any{"schema": "no.json"})}, "D112", 2},
		"everything wrong, all reported": {map[string]any{"api_version": "v1", "auth": tokenAuth("")}, "D105 D101 D104", 2},
	} {
		t.Run(name, func(t *testing.T) {
			env := func(name string) (string, bool) {
				return map[string]string{"SIGNALSMITH_ALLOW_HOSTS": "other.example, proxy.acme.example"}[name], true
			}
			d, err := salesforce.Factory(salesforce.Env(env)).Open(t.Context(), providers.DestinationSpec{Name: "crm", Dir: t.TempDir(), Body: body(c.args)})
			if d != nil {
				defer d.Close()
			}
			var got []string
			for _, x := range diag.From(err) {
				got = append(got, string(x.Code))
				if x.Subject == nil || x.Detail == "" || x.Where == "" || x.Summary() == string(x.Code) {
					t.Errorf("incomplete: %+v", x)
				}
				if strings.Contains(x.Detail, "00D") && strings.Contains(x.Detail, "!x") {
					t.Errorf("the token is shown: %s", x.Detail)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Fatalf("%v, want %s", err, c.want)
			}
			if c.line != 0 && diag.From(err)[0].Subject.Start.Line != c.line {
				t.Errorf("the place is %v", diag.From(err)[0].Subject)
			}
		})
	}
}

func TestEveryCodeHasAPage(t *testing.T) {
	for i := 101; i <= 120; i++ {
		p, err := diag.Explain(diag.Code(fmt.Sprintf("D%d", i)))
		if err != nil || p.Summary == "" || !strings.Contains(p.Text, "## Cause\n") || !strings.Contains(p.Text, "## Fix\n") {
			t.Errorf("D%d: %v", i, err)
		}
	}
	f := salesforce.Factory()
	for _, c := range []string{"INVALID_FIELD", "REQUIRED_FIELD_MISSING", "INSUFFICIENT_ACCESS_OR_READONLY", "REQUEST_LIMIT_EXCEEDED", "UNABLE_TO_LOCK_ROW"} {
		if _, ok := f.Explain(c); !ok || !slices.Contains(f.Codes(), c) {
			t.Errorf("%s is not explained", c)
		}
	}
	for _, c := range []string{"NO_SUCH_CODE", "", "../explain", "D101"} {
		if _, ok := f.Explain(c); ok {
			t.Errorf("%q is explained", c)
		}
	}
}

func TestAnOrgOtherThanTheBlockSaysIsNotTouched(t *testing.T) {
	o := openOrg(t, emulator.Options{})
	id, err := o.Org(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args map[string]any
		want diag.Code
	}{
		"this org":                           {map[string]any{"org_id": id.ID}, ""},
		"this org, 15 characters":            {map[string]any{"org_id": id.ID[:15]}, ""},
		"a sandbox":                          {map[string]any{"production": false}, ""},
		"a newer version that it offers":     {map[string]any{"api_version": "v66.0"}, ""},
		"another org":                        {map[string]any{"org_id": "00D0000000000ZZ"}, "D109"},
		"production":                         {map[string]any{"production": true}, "D109"},
		"a newer version that nobody offers": {map[string]any{"api_version": "v99.0"}, "D105"},
	} {
		t.Run(name, func(t *testing.T) {
			c.args["instance_url"], c.args["auth"] = o.url, tokenAuth(o.token)
			d, err := salesforce.Factory().Open(t.Context(), providers.DestinationSpec{Name: "crm", Body: body(c.args)})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			_, err = d.Describe(t.Context(), "Contact")
			if c.want == "" && err == nil {
				return
			}
			if ds := diag.From(err); len(ds) != 1 || ds[0].Code != c.want {
				t.Fatalf("describe: %v", err)
			}
			if _, err := d.Org(t.Context()); diag.From(err)[0].Code != c.want {
				t.Errorf("org: %v", err)
			}
			if u := d.Usage(); u.Describe+u.Query > 2 || u.Write != 0 {
				t.Errorf("the org was used: %+v", u)
			}
		})
	}
}

func TestAnEmbeddedOrgTellsWhatKeepsItClosed(t *testing.T) {
	open := func(t *testing.T, dir string, args map[string]any) providers.Destination {
		t.Helper()
		d, err := salesforce.Factory().Open(t.Context(), providers.DestinationSpec{Name: "crm", Dir: dir, Body: body(map[string]any{"emulator": nested("emulator", "", args)})})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		return d
	}
	t.Run("its file appears with the first use, and keeps what was written", func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, ".signalsmith", "crm.org.db")
		d := open(t, dir, nil)
		if _, err := os.Stat(path); err == nil {
			t.Error("the file exists before the first use")
		}
		a, err := d.Org(t.Context())
		if err != nil || !a.Embedded || a.Production {
			t.Fatal(a, err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if b, err := open(t, dir, nil).Org(t.Context()); err != nil || a != b {
			t.Errorf("the second time it is %+v, %v", b, err)
		}
		if _, err := d.Objects(t.Context()); diag.From(err)[0].Code != "D120" {
			t.Errorf("after close: %v", err)
		}
	})
	t.Run("another process has it", func(t *testing.T) {
		dir := t.TempDir()
		if _, err := open(t, dir, nil).Org(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := open(t, dir, nil).Org(t.Context())
		if ds := diag.From(err); ds[0].Code != "D113" || !strings.Contains(ds[0].Detail, fmt.Sprint(os.Getpid())) {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("its schema is wrong", func(t *testing.T) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "org.schema.json"), "{\"format\": \"1.0\", \"objects\": {\n  \"Contact\": {\"fields\": [{\"name\": \"X__c\", \"type\": \"strin\"}]}}}")
		_, err := open(t, dir, map[string]any{"schema": "org.schema.json"}).Org(t.Context())
		if ds := diag.From(err); ds[0].Code != "D112" || !strings.Contains(ds[0].Detail, "org.schema.json:2:") {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("its file is something else", func(t *testing.T) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "org.db"), strings.Repeat("not an org ", 1000))
		_, err := open(t, dir, map[string]any{"path": "org.db"}).Org(t.Context())
		if ds := diag.From(err); ds[0].Code != "D114" || strings.Contains(ds[0].Detail, "not an org") {
			t.Errorf("the error is %v", err)
		}
	})
}

func TestServersThatAreNoOrgAreTold(t *testing.T) {
	elsewhere := atomic.Int64{}
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	encrypted := httptest.NewTLSServer(http.NotFoundHandler())
	defer encrypted.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, c := range map[string]struct {
		url    string
		answer http.HandlerFunc
		want   diag.Code
	}{
		"nobody answers":               {gone.URL, nil, "D107"},
		"its certificate is not known": {encrypted.URL, nil, "D108"},
		"it points elsewhere": {"", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+"/secret?sid=1", http.StatusFound)
		}, "D104"},
		"a proxy forbids it": {"", func(w http.ResponseWriter, _ *http.Request) { say(w, 403, "<html><title>Blocked</title></html>") }, "D116"},
		"it shows a web page": {"", func(w http.ResponseWriter, _ *http.Request) {
			say(w, 200, "<html><title>Sign in to the network</title></html>")
		}, "D115"},
		"it has another API": {"", func(w http.ResponseWriter, _ *http.Request) { say(w, 200, `{"hello":"world"}`) }, "D116"},
		"its API is off": {"", func(w http.ResponseWriter, _ *http.Request) {
			say(w, 403, `[{"errorCode":"API_DISABLED_FOR_ORG","message":"The REST API is not enabled for this Organization."}]`)
		}, "D110"},
		"it does not know the version": {"", func(w http.ResponseWriter, _ *http.Request) {
			say(w, 404, `[{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}]`)
		}, "D105"},
		"it is down": {"", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, "D118"},
	} {
		t.Run(name, func(t *testing.T) {
			url := c.url
			if url == "" {
				srv := httptest.NewServer(c.answer)
				t.Cleanup(srv.Close)
				url = srv.URL
			}
			d := openAt(t, url)
			_, err := d.Org(t.Context())
			ds := diag.From(err)
			if ds[0].Code != c.want || strings.Contains(err.Error(), "sid=1") || strings.Contains(err.Error(), "00D000000000001!x") {
				t.Errorf("the error is %v", err)
			}
		})
	}
	if elsewhere.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

func TestACancelledContextIsNotAProblemOfTheNetwork(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer srv.Close()
	d := openAt(t, srv.URL)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := d.Org(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || diag.From(err)[0].Code != "X001" {
		t.Errorf("the error is %v", err)
	}
}
