package databricks

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/signalsmith/signalsmith/providers"
)

func (f *factory) open(ctx context.Context, spec providers.WorkspaceSpec) (*workspace, error) {
	if len(spec.Sources) == 0 {
		return nil, fmt.Errorf("the state has no source to live in")
	}
	if len(spec.Sources) > 1 {
		return nil, fmt.Errorf("a workspace in a warehouse sees one source, not %d", len(spec.Sources))
	}
	src, err := newSource(spec.Sources[0], f.env)
	if err != nil {
		return nil, err
	}
	parts := identifiers(spec.StateSchema)
	switch len(parts) {
	case 1:
		parts = []string{src.catalog, parts[0]}
	case 2:
	default:
		return nil, src.problem("S305", "schema", fmt.Sprintf("%q is not the name of a schema: it has one part, or two with the catalog before it.", spec.StateSchema))
	}
	if strings.EqualFold(parts[0], src.catalog) && strings.EqualFold(parts[1], src.schema) {
		return nil, src.problem("S305", "schema", fmt.Sprintf("The state cannot live in %s: models look their tables up there, and no model reads the state. "+
			"Give the state a schema of its own.", strings.Join(parts, ".")))
	}
	plan := sane(spec.Plan)
	if plan == "" {
		var raw [6]byte
		if _, err := rand.Read(raw[:]); err != nil {
			return nil, fmt.Errorf("naming temporary tables: %w", err)
		}
		plan = hex.EncodeToString(raw[:])
	}
	p, err := connect(src, settings{agent: "signalsmith", pace: f.pace, tags: map[string]string{"run": spec.Owner.Run, "plan": spec.Plan}})
	if err != nil {
		return nil, err
	}
	w := &workspace{
		prover: &prover{pool: p, state: parts}, dialect: dialect{schema: parts, plan: plan}, write: spec.Write,
		prefix: tempPrefix + plan + "_", temps: map[string]bool{},
	}
	if spec.Write {
		w.lock, err = w.take(ctx, spec.Owner, f.lease)
	} else {
		err = w.login(ctx)
	}
	if err != nil {
		return nil, errors.Join(diagnostics(err), p.Close())
	}
	return w, nil
}

// login opens a session, so that a warehouse that cannot be used says so at once. It runs no statement.
func (w *workspace) login(ctx context.Context) error {
	c, err := w.pool.Conn(ctx)
	if err != nil {
		return w.wrap(ctx, err)
	}
	return c.Close()
}

// sane is a name for use in names of tables: letters, digits and underscores.
func sane(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (letter(byte(r)) || digit(byte(r))) {
			return r
		}
		return '_'
	}, name)
}
