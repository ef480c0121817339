// Package emulator is a Salesforce org that runs inside the process and speaks real HTTP: versions, limits, describe, rows,
// collections, composite requests and queries, over records that are kept in a file.
//
// It answers as Salesforce's REST API is documented to (REST API Developer Guide, Object Reference, SOQL Reference) and, where
// the documents are silent, as recorded answers of real orgs look. What is only likely is marked in the code with "likely".
package emulator

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/api"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/dml"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// IntegrationUser is the user that every org has, and whose session [Org.Token] gives for no name.
const IntegrationUser = "integration@emulator.example"

// OrgName is the name of the org's Organization record.
const OrgName = "SignalSmith emulator"

// deletedWith is a column of every table, which no field's name can have.
const deletedWith = "$deletedWith"

// lockWait is how long Open waits for a file that somebody else has open.
const lockWait = 500 * time.Millisecond

// Options say what kind of org to open. The zero value is an empty org with the standard objects in a temporary file.
type Options struct {
	Path             string                                  // the org's file; "" keeps it in a temporary file that Close removes
	Schema           []byte                                  // the schema file's content (JSON), or nil
	SchemaName       string                                  // what schema errors call the file; "" is "schema"
	Now              func() time.Time                        // nil is time.Now
	Intercept        func(http.Handler) http.Handler         // wraps the whole org: faults on demand, counting, recording
	Rewrite          func(object string, rec map[string]any) // a trigger: changes a record's values before each save
	DailyAPIRequests int                                     // 0 is 100,000
	StrictLocks      bool                                    // two requests at once on children of one parent: the second fails (UNABLE_TO_LOCK_ROW)
}

// SchemaError is a problem of the schema file, with its place in it.
type SchemaError = schema.Error

// LockedError says that the org's file is open elsewhere.
type LockedError = store.LockedError

// ConflictError says that the schema asks for a unique field where records share a value.
type ConflictError = store.ConflictError

// Org is an open org. All its methods may be called from many goroutines.
type Org struct {
	opts    Options
	schema  *schema.Schema
	db      *store.DB
	id      string // 18 characters
	user    string // the integration user's id
	api     *api.API
	handler http.Handler
	zips    sync.Pool

	mu      sync.Mutex
	servers []*http.Server
	closed  bool
}

// Open opens an org, creating its file if need be. Problems of the schema are of type [*SchemaError], a file that is in use
// is a [*LockedError], a field that cannot become unique a [*ConflictError].
func Open(ctx context.Context, o Options) (*Org, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.SchemaName == "" {
		o.SchemaName = "schema"
	}
	if o.DailyAPIRequests == 0 {
		o.DailyAPIRequests = 100000
	}
	s, err := schema.Load(o.SchemaName, o.Schema)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(o.Path, lockWait)
	if err != nil {
		return nil, err
	}
	org := &Org{opts: o, schema: s, db: db}
	org.api = &api.API{Schema: s, DB: db, Now: o.Now, Rewrite: o.Rewrite, Usage: &api.Usage{Max: o.DailyAPIRequests}, StrictLocks: o.StrictLocks}
	org.zips.New = func() any {
		z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // fails only for a level that does not exist
		return z
	}
	if err := org.prepare(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	org.handler = http.HandlerFunc(org.serve)
	if o.Intercept != nil {
		org.handler = o.Intercept(org.handler)
	}
	return org, nil
}

// prepare makes file and schema fit each other, and gives a new org its first records.
func (o *Org) prepare() error {
	var tables []store.Table
	for _, obj := range o.schema.Objects {
		t := store.Table{Name: obj.Name, Columns: []store.Column{{Name: deletedWith}}}
		for _, f := range obj.Fields {
			if !f.Computed() {
				t.Columns = append(t.Columns, store.Column{Name: f.Name, Index: f.Indexed(), Fold: f.Folded(), Unique: f.Unique})
			}
		}
		tables = append(tables, t)
	}
	columns, err := o.db.Define(tables)
	if err != nil {
		return err
	}
	for _, obj := range o.schema.Objects {
		obj.DeletedWith = columns[obj.Name][deletedWith]
		for _, f := range obj.Fields {
			f.Col = -1
			if col, ok := columns[obj.Name][f.Name]; ok {
				f.Col = col
			}
		}
	}
	return o.db.Update(func(tx *store.Tx) error {
		if err := o.prefixes(tx); err != nil {
			return err
		}
		return o.seed(tx)
	})
}

// prefixes gives custom objects their key prefixes: a02, a03 and so on, the same ones each time the file is opened.
func (o *Org) prefixes(tx *store.Tx) error {
	taken := map[string]string{}
	for _, obj := range o.schema.Objects {
		if kept := tx.Meta("prefix:" + obj.Name); kept != "" {
			obj.KeyPrefix = kept
		}
		if obj.KeyPrefix == "" {
			continue
		}
		if other := taken[obj.KeyPrefix]; other != "" {
			return &SchemaError{
				Name: o.opts.SchemaName, Line: 1, Col: 1, Hint: "leave keyPrefix out of one of them",
				Msg: fmt.Sprintf("%s and %s have the same keyPrefix %s", other, obj.Name, obj.KeyPrefix),
			}
		}
		taken[obj.KeyPrefix] = obj.Name
	}
	next := 2
	if kept, err := strconv.Atoi(tx.Meta("prefixes")); err == nil {
		next = kept
	}
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	for _, obj := range o.schema.Objects {
		for obj.KeyPrefix == "" {
			if next >= len(digits)*len(digits) {
				return errors.New("an org cannot have more custom objects")
			}
			p := "a" + digits[next/len(digits):next/len(digits)+1] + digits[next%len(digits):next%len(digits)+1]
			next++
			if taken[p] == "" {
				obj.KeyPrefix, taken[p] = p, obj.Name
			}
		}
		if obj.Custom {
			if err := tx.SetMeta("prefix:"+obj.Name, obj.KeyPrefix); err != nil {
				return err
			}
		}
	}
	return tx.SetMeta("prefixes", strconv.Itoa(next))
}

// seed stores what an org has before anybody works in it, and notes when its metadata changed.
func (o *Org) seed(tx *store.Tx) error {
	now := o.opts.Now().UTC()
	s := &dml.Session{Schema: o.schema, Tx: tx, Now: now}
	sum := sha256.Sum256(o.opts.Schema)
	hash := hex.EncodeToString(sum[:])
	if tx.Meta("schema") != hash {
		if err := tx.SetMeta("modified", strconv.FormatInt(now.Unix(), 10)); err != nil {
			return err
		}
		if err := tx.SetMeta("schema", hash); err != nil {
			return err
		}
	}
	at, err := strconv.ParseInt(tx.Meta("modified"), 10, 64)
	if err != nil {
		return fmt.Errorf("reading when the org's metadata changed: %w", err)
	}
	o.api.Modified = time.Unix(at, 0).UTC()
	if tx.Meta("org") == "" {
		if err := o.found(tx, s); err != nil {
			return err
		}
	}
	o.id, o.user = tx.Meta("org"), tx.Meta("user")
	o.api.Org = o.id
	s.User = o.user
	return errors.Join(o.recordTypes(tx, s), o.currencies(tx, s), o.assignments(tx, s))
}

// found creates the org's first records: its integration user, profile and Organization.
func (o *Org) found(tx *store.Tx, s *dml.Session) error {
	text := store.String
	profile := sfid.Make(o.schema.Object("Profile").KeyPrefix, 1)
	user, err := s.Seed("User", userValues(IntegrationUser, "Integration User", profile))
	if err != nil {
		return err
	}
	if _, err := s.Seed("Profile", map[string]store.Value{"Name": text("System Administrator"), "UserType": text("Standard")}); err != nil {
		return err
	}
	// Two orgs never have one id: what is known of the one says nothing of the other.
	number, err := rand.Int(rand.Reader, big.NewInt(1<<40))
	if err != nil {
		return fmt.Errorf("numbering the org: %w", err)
	}
	if err := tx.Rows("Organization").From(number.Uint64()); err != nil {
		return fmt.Errorf("numbering the org: %w", err)
	}
	org, err := s.Seed("Organization", map[string]store.Value{
		"Name": text(OrgName), "OrganizationType": text("Enterprise Edition"), "InstanceName": text("EMU1"),
		"IsSandbox": store.Bool(true), "DefaultLocaleSidKey": text("en_US"), "LanguageLocaleKey": text("en_US"),
		"TimeZoneSidKey": text("GMT"), "FiscalYearStartMonth": {Kind: store.Number, Text: "1"},
	})
	if err != nil {
		return err
	}
	return errors.Join(tx.SetMeta("org", org), tx.SetMeta("user", user))
}

// Reset empties the org: what remains is what a new one has. Tokens and cursors end.
func (o *Org) Reset(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o.api.EndCursors()
	return o.db.Update(func(tx *store.Tx) error {
		for _, obj := range o.schema.Objects {
			if err := tx.Clear(obj.Name); err != nil {
				return err
			}
		}
		if err := tx.ClearTokens(); err != nil {
			return err
		}
		if err := tx.SetMeta("org", ""); err != nil {
			return err
		}
		return o.seed(tx)
	})
}

// Handler is the org as an HTTP handler.
func (o *Org) Handler() http.Handler { return o.handler }

// Start serves the org on a free port of 127.0.0.1 and gives its URL, without a slash at the end.
func (o *Org) Start() (string, error) { return o.StartOn("127.0.0.1:0") }

// StartOn serves the org on an address until Close.
func (o *Org) StartOn(addr string) (string, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", fmt.Errorf("starting the emulator: %w", err)
	}
	srv := &http.Server{Handler: o.handler, ReadHeaderTimeout: time.Minute}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return "", errors.Join(errors.New("starting the emulator: the org is closed"), l.Close())
	}
	o.servers = append(o.servers, srv)
	go func() { _ = srv.Serve(l) }() // it ends with http.ErrServerClosed, or when the listener is taken away
	return "http://" + l.Addr().String(), nil
}

// Close stops serving, waits for requests that are being answered, and closes the file.
func (o *Org) Close() error {
	o.mu.Lock()
	servers := slices.Clone(o.servers)
	done := o.closed
	o.closed = true
	o.mu.Unlock()
	if done {
		return nil
	}
	var errs []error
	for _, s := range servers {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		if err := s.Shutdown(ctx); err != nil {
			errs = append(errs, s.Close())
		}
		cancel()
	}
	return errors.Join(append(errs, o.db.Close())...)
}
