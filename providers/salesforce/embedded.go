package salesforce

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
	"github.com/signalsmith/signalsmith/providers/salesforce/rest"
)

// openEmbedded starts the embedded org on a loopback port, where it is called like any other; shut closes it.
func (d *destination) openEmbedded(ctx context.Context) (c *rest.Client, shut func() error, err error) {
	e := d.set.embedded
	o := emulator.Options{Path: e.path, SchemaName: e.schemaName, Now: d.set.spec.Now}
	if e.schema != "" {
		raw, err := os.ReadFile(e.schema)
		if err != nil {
			return nil, nil, d.noSchema(err)
		}
		o.Schema = raw
	}
	if err := os.MkdirAll(filepath.Dir(e.path), 0o700); err != nil {
		return nil, nil, d.diagnostic(codeOrgFile, fmt.Sprintf("The directory of %q cannot be created: %s.", e.path, reason(err)), "path")
	}
	org, err := emulator.Open(ctx, o)
	if err != nil {
		return nil, nil, d.notOpened(err)
	}
	base, err := org.Start()
	if err != nil {
		return nil, nil, errors.Join(d.diagnostic(codeOrgFile, fmt.Sprintf("The embedded org cannot be started: %s.", err), ""), org.Close())
	}
	return d.f.client(d.set, base, sessions(org)), org.Close, nil
}

// sessions gives one session of the org's own user, and another one when it is refused.
func sessions(org *emulator.Org) func(context.Context, string) (string, error) {
	var mu sync.Mutex
	token := ""
	return func(_ context.Context, refused string) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if token != "" && token != refused {
			return token, nil
		}
		var err error
		token, err = org.Token("")
		return token, err
	}
}

func (d *destination) noSchema(err error) error {
	return d.diagnostic(codeSchemaFile, fmt.Sprintf(
		"The file %q cannot be read: %s. Paths are relative to the configuration's directory.", d.set.embedded.schemaName, reason(err)), "schema")
}

// notOpened explains why the embedded org is not there.
func (d *destination) notOpened(err error) error {
	var (
		wrong    *emulator.SchemaError
		held     *emulator.LockedError
		conflict *emulator.ConflictError
	)
	switch {
	case errors.As(err, &wrong):
		detail := fmt.Sprintf("%s:%d:%d: %s.", wrong.Name, wrong.Line, wrong.Col, wrong.Msg)
		var hints []string
		if wrong.Hint != "" {
			hints = append(hints, wrong.Hint)
		}
		return diag.Diagnostics{problem(d.set.spec, codeSchemaFile, detail, "schema", hints...)}
	case errors.As(err, &held):
		holder := "another process"
		if held.PID > 0 {
			holder = fmt.Sprintf("process %d", held.PID)
		}
		return d.diagnostic(codeHeld, fmt.Sprintf("The file %q is held by %s.", held.Path, holder), "path")
	case errors.As(err, &conflict):
		return d.diagnostic(codeSchemaFile, sentence(full(conflict.Error())), "schema")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return d.diagnostic(codeOrgFile, fmt.Sprintf("The file %q cannot be opened: %s.", d.set.embedded.path, reason(err)), "path")
}
