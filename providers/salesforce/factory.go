// Package salesforce is the destination "salesforce": a real org over its REST API, or an embedded one that answers
// the same requests.
package salesforce

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/canon"
	"github.com/signalsmith/signalsmith/providers/salesforce/explain"
	"github.com/signalsmith/signalsmith/providers/salesforce/rest"
)

// DefaultVersion is the API version where the block names none.
const DefaultVersion = "v59.0"

// oldest is the oldest API version that is spoken; up to newest every org offers them.
const (
	oldest = 57
	newest = 59
)

// Option changes what destinations of a factory are made of; tests and unusual networks need them.
type Option func(*factory)

// Env replaces the environment, of which SIGNALSMITH_ALLOW_HOSTS is read.
func Env(lookup func(string) (string, bool)) Option { return func(f *factory) { f.env = lookup } }

// Transport replaces the HTTP transport.
func Transport(t http.RoundTripper) Option { return func(f *factory) { f.transport = t } }

// Pace sets the first pause between tries, a second by default, and how long one request is tried in all, five
// minutes by default.
func Pace(pause, patience time.Duration) Option {
	return func(f *factory) { f.pause, f.patience = pause, patience }
}

// Factory makes destinations of blocks destination "salesforce".
func Factory(options ...Option) providers.DestinationFactory {
	f := &factory{env: os.LookupEnv}
	for _, o := range options {
		o(f)
	}
	return f
}

type factory struct {
	env             func(string) (string, bool)
	transport       http.RoundTripper
	pause, patience time.Duration
}

func (f *factory) Kind() string          { return "salesforce" }
func (f *factory) Schema() *schema.Block { return block() }

// Explain gives cause and fix of one of Salesforce's codes.
func (f *factory) Explain(code string) (string, bool) { return explain.Code(code) }

// Hint is one line about a failed row: what a person can do; "" for unknown codes.
func (f *factory) Hint(code, message string) string { return rest.Hint(code, message) }

// Codes lists the codes that Explain knows.
func (f *factory) Codes() []string { return explain.Codes() }

// settings are a block whose arguments make sense together.
type settings struct {
	spec       providers.DestinationSpec
	version    string
	orgID      string
	production *bool
	reserve    int64 // of the calls of the day, in hundredths of a percent

	base, token string    // a real org
	embedded    *embedded // or an embedded one
}

// embedded says which files an embedded org is made of.
type embedded struct {
	path       string
	schema     string // "" for none
	schemaName string // as the configuration has it
}

// Open reads the block; it makes no call, and opens no file but the embedded org's schema.
func (f *factory) Open(ctx context.Context, s providers.DestinationSpec) (providers.Destination, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	set, problems := f.settings(s)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	d := newDestination(f, set)
	if set.embedded != nil && set.embedded.schema != "" {
		if _, err := os.Stat(set.embedded.schema); err != nil {
			return nil, d.noSchema(err)
		}
	}
	return d, nil
}

func (f *factory) settings(s providers.DestinationSpec) (settings, diag.Diagnostics) {
	set := settings{spec: s, version: DefaultVersion}
	var problems diag.Diagnostics
	add := func(code diag.Code, detail, arg string, hints ...string) {
		problems = append(problems, problem(s, code, detail, arg, hints...))
	}
	if v := s.Body.Text("api_version"); v != "" {
		set.version = v
		n, ok := versionNumber(v)
		switch {
		case !ok:
			add(codeVersion, fmt.Sprintf("%q is not an API version: versions look like v59.0.", v), "api_version")
		case n < oldest:
			add(codeVersion, fmt.Sprintf("API version %s is older than v%d.0, the oldest that signalsmith speaks.", v, oldest), "api_version")
		}
	}
	if id := s.Body.Text("org_id"); id != "" {
		long, ok := canon.ID(id)
		if !ok || id[:3] != "00D" {
			add(codeWrongOrg, fmt.Sprintf("%q is not an org id: they have 15 or 18 characters and begin with 00D.", id), "org_id")
		}
		set.orgID = long
	}
	if p, given := s.Body.Bool("production"); given {
		set.production = &p
	}
	if text := s.Body.Text("reserve"); text != "" {
		share, ok := reserved(text)
		if !ok {
			add(codeReserve, fmt.Sprintf("%q is not a share. reserve is the part of the day's API calls that is never used, with at most two decimals: reserve = \"20%%\".", text), "reserve")
		}
		set.reserve = share
	}
	if s.Body.Text("api") == "bulk" {
		add(codeLater, "api = \"bulk\" is not available in this version. Use \"auto\" or \"composite\": both write 1,000 records a call.", "api")
	}
	auth, emulated := s.Body.Inner("auth"), s.Body.Inner("emulator")
	switch {
	case auth == nil && emulated == nil:
		add(codeNoLogin, "The block has neither an auth block, which says how to log in, nor an emulator block, which makes it an embedded org.", "")
	case auth != nil && emulated != nil:
		add(codeTwoLogins, "The block has an auth block and an emulator block. It is either a real org or an embedded one: remove one of the two.", "")
	case emulated != nil:
		set.embedded = f.embedded(s, emulated.Body)
	default:
		f.login(s, auth, &set, add)
	}
	return set, problems
}

var reserveForm = regexp.MustCompile(`^([0-9]{1,3})(?:\.([0-9]{1,2}))?%$`)

// reserved reads a share in hundredths of a percent.
func reserved(text string) (int64, bool) {
	m := reserveForm.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(m[1]+(m[2] + "00")[:2], 10, 64)
	return n, err == nil && n <= 100*100
}

func (f *factory) embedded(s providers.DestinationSpec, b *schema.Body) *embedded {
	e := &embedded{path: b.Text("path"), schemaName: b.Text("schema")}
	if e.path == "" {
		e.path = filepath.Join(".signalsmith", s.Name+".org.db")
	}
	e.path = below(s.Dir, e.path)
	if e.schemaName != "" {
		e.schema = below(s.Dir, e.schemaName)
	}
	return e
}

func (f *factory) login(s providers.DestinationSpec, auth *schema.Inner, set *settings, add func(diag.Code, string, string, ...string)) {
	if auth.Label != "access_token" {
		add(codeLater, fmt.Sprintf("auth %q is not available in this version: %s.", auth.Label, laterLogin), "")
		return
	}
	set.token = auth.Body.Text("token")
	if set.token == "" {
		add(codeNoLogin, "The access token is empty: the environment variable or file that it comes from holds nothing.", "")
	}
	if !validToken(set.token) {
		add(codeNoLogin, "The access token has characters that no token has, such as line breaks: check where it comes from.", "")
	}
	raw := s.Body.Text("instance_url")
	if raw == "" {
		add(codeAddress, "An access token belongs to one org: instance_url has to say which.", "instance_url")
		return
	}
	base, err := checkHost(raw, allowed(f.env))
	switch {
	case err == nil:
		set.base = base
	case err.malformed:
		add(codeAddress, "instance_url cannot be used: "+err.text+".", "instance_url")
	default:
		add(codeHost, "Credentials go only to Salesforce's own domains and to this machine, and "+err.text+
			". If the host is right, list it in the environment variable "+allowEnv+".", "instance_url")
	}
}

// validToken tells whether a token can stand in a header.
func validToken(t string) bool {
	for i := range len(t) {
		if t[i] <= ' ' || t[i] >= 0x7f {
			return false
		}
	}
	return true
}

var versionForm = regexp.MustCompile(`^v([1-9][0-9]{1,2})\.0$`)

func versionNumber(v string) (int, bool) {
	m := versionForm.FindStringSubmatch(v)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil
}

func below(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// client makes the client of an org whose address is known.
func (f *factory) client(s settings, base string, token func(context.Context, string) (string, error)) *rest.Client {
	return rest.New(rest.Options{
		Base: base, Version: s.version, Token: token, Transport: f.transport, UserAgent: s.spec.UserAgent,
		Now: s.spec.Now, Throttled: s.spec.Throttled, Pause: f.pause, Patience: f.patience,
	})
}
