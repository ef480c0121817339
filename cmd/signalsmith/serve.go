package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// serve serves the embedded org of a salesforce destination until ctx ends.
func serve(ctx context.Context, spec providers.DestinationSpec, listen string, ready func(url, token string)) (err error) {
	block := spec.Body.Inner("emulator").Body
	below := func(path string) string {
		if filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(spec.Dir, path)
	}
	o := emulator.Options{Path: below(filepath.Join(".signalsmith", spec.Name+".org.db")), Now: spec.Now}
	if block.Has("path") {
		o.Path = below(block.Text("path"))
	}
	if o.SchemaName = block.Text("schema"); o.SchemaName != "" {
		if o.Schema, err = os.ReadFile(below(o.SchemaName)); err != nil {
			return fmt.Errorf("reading the org's schema: %w", err)
		}
	}
	if err := os.MkdirAll(filepath.Dir(o.Path), 0o700); err != nil {
		return fmt.Errorf("making the org's directory: %w", err)
	}
	org, err := emulator.Open(ctx, o)
	if err != nil {
		return fmt.Errorf("opening the embedded org: %w", err)
	}
	defer func() { err = errors.Join(err, org.Close()) }()
	url, err := org.StartOn(listen)
	if err != nil {
		return fmt.Errorf("listening at %s: %w", listen, err)
	}
	token, err := org.Token("")
	if err != nil {
		return fmt.Errorf("logging in to the embedded org: %w", err)
	}
	ready(url, token)
	<-ctx.Done()
	return nil
}
