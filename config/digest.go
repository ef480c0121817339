package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/json"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/config/schema"
)

// digestFormat is part of every digest, so that a change of what is digested changes all of them.
const digestFormat = "signalsmith config 2"

// Digest is a hex digest of what the configuration means for some items and all that they depend on; without items,
// for all syncs and all removed blocks. The order of blocks, comments, layout and the way a value is computed do not count; secrets and
// sensitive values do not either, but whether they are given does. The configuration has no errors.
func Digest(c *Config, items ...addr.Item) string {
	d := &digest{h: sha256.New(), seen: map[string]bool{}}
	d.line(digestFormat, c.Project.Project, c.Project.Environment, c.Project.MaxPlanAge.String())
	addresses := slices.Sorted(maps.Keys(c.Syncs))
	if len(items) > 0 {
		addresses = addresses[:0]
		for _, i := range items {
			addresses = append(addresses, i.String())
		}
		slices.Sort(addresses)
		addresses = slices.Compact(addresses)
	}
	for _, a := range addresses {
		if s := c.Syncs[a]; s != nil {
			d.sync(s)
		}
	}
	d.around(c, func(i addr.Item) bool { return slices.Contains(addresses, i.String()) }, len(items) == 0)
	return hex.EncodeToString(d.h.Sum(nil))
}

type digest struct {
	h    hash.Hash
	seen map[string]bool
}

// line adds fields; their lengths keep ("ab", "c") and ("a", "bc") apart.
func (d *digest) line(fields ...string) {
	for _, f := range fields {
		fmt.Fprintf(d.h, "%d:%s,", len(f), f)
	}
	d.h.Write([]byte{'\n'})
}

// once tells whether an address has not been added yet.
func (d *digest) once(a addr.Item) bool {
	was := d.seen[a.String()]
	d.seen[a.String()] = true
	return !was
}

func (d *digest) sync(s *Sync) {
	d.line(s.Addr().String(), s.Mode, "on_missing", s.OnMissing, "allow_opt_in", fmt.Sprint(s.AllowOptIn))
	d.line("on_leave", s.Leave.Action, fmt.Sprint(s.Leave.DeleteAdopted), fmt.Sprint(s.Leave.Cascade))
	d.fields(s.Leave.Set)
	limits := s.Guard.limits()
	for _, rule := range Rules() {
		if at := limits[rule]; at != nil && *at != nil {
			d.line("guard", rule, (*at).String())
		}
	}
	if s.Model != nil {
		d.line("model", s.Model.Addr().String())
		d.model(s.Model)
	}
	if s.Mapping != nil {
		d.line("mapping", s.Mapping.Addr().String())
		d.mapping(s.Mapping)
	}
}

// around adds the blocks beside the items: what they may pass, where their states come from, and which states go.
func (d *digest) around(c *Config, of func(addr.Item) bool, all bool) {
	var lines [][]string
	for _, a := range c.Allows {
		if of(a.Item) {
			lines = append(lines, []string{"allow", a.Rule, a.Item.String(), fmt.Sprint(a.UpTo), a.Until.Format(time.DateOnly), a.Reason})
		}
	}
	for _, m := range c.Moved {
		if of(m.To) {
			lines = append(lines, []string{"moved", m.From.String(), m.To.String()})
		}
	}
	for _, r := range c.Removed {
		if all || of(r.From) {
			lines = append(lines, []string{"removed", r.From.String()})
		}
	}
	slices.SortFunc(lines, slices.Compare[[]string])
	for _, l := range lines {
		d.line(l...)
	}
}

func (d *digest) model(m *Model) {
	if !d.once(m.Addr()) {
		return
	}
	d.line(m.Addr().String(), "sql", m.SQL, "table", m.Table, "timezone", m.Timezone)
	for _, k := range m.PrimaryKey {
		d.line("key", k.Name)
	}
	if f := m.Freshness; f != nil {
		d.line("freshness", f.Column.Name, f.MaxAge.String())
	}
	if m.Source != nil {
		d.line("source", m.Source.Addr().String())
		if d.once(m.Source.Addr()) {
			d.body(m.Source.Body)
		}
	}
}

func (d *digest) mapping(m *Mapping) {
	if !d.once(m.Addr()) {
		return
	}
	d.line(m.Addr().String())
	if t := m.Target; t != nil {
		d.line("target", t.Addr().String())
		d.target(t)
	}
	d.fields(m.Fields)
}

// fields adds mapped fields, whatever their order.
func (d *digest) fields(fields []*Field) {
	fields = slices.Clone(fields)
	slices.SortFunc(fields, func(a, b *Field) int { return strings.Compare(a.Name.Name, b.Name.Name) })
	for _, f := range fields {
		pii := "unsaid"
		if f.PII != nil {
			pii = fmt.Sprint(*f.PII)
		}
		d.line("field", f.Name.Name, "pii", pii, "on_null", f.OnNull, "overwrite", f.Overwrite, "on_drift", f.OnDrift, "consent", fmt.Sprint(f.Consent))
		d.expr(f.Value)
	}
}

func (d *digest) target(t *Target) {
	if !d.once(t.Addr()) {
		return
	}
	d.line(t.Addr().String(), t.Object.Name, t.Match.Name, "assignment", t.Assignment, "duplicates", t.Duplicates)
	if t.Destination != nil {
		d.line("destination", t.Destination.Addr().String())
		if d.once(t.Destination.Addr()) {
			d.body(t.Destination.Body)
		}
	}
}

func (d *digest) expr(e lang.Expr) {
	switch e := e.(type) {
	case *lang.Column:
		d.line("column", e.Name)
	case *lang.Literal:
		d.value("literal", e.Value)
	case *lang.Raw:
		d.line("sql", strings.ReplaceAll(e.SQL, "\r\n", "\n"))
	case *lang.Template:
		d.line("template", fmt.Sprint(len(e.Parts)))
		for _, p := range e.Parts {
			d.expr(p)
		}
	case *lang.Call:
		d.line("call", e.Name, fmt.Sprint(len(e.Args)))
		for _, a := range e.Args {
			d.expr(a)
		}
	}
}

func (d *digest) body(b *schema.Body) {
	if b == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(b.Args)) {
		v := b.Args[name]
		switch {
		case v.IsNull():
			// null is as good as left out
		case v.Secret || v.ContainsMarked():
			d.line("argument", name, "secret")
		default:
			d.line("argument", name)
			d.value("value", v.Value)
		}
	}
	// The order of nested blocks of one type counts, that of types does not.
	inner := slices.Clone(b.Blocks)
	slices.SortStableFunc(inner, func(a, b schema.Inner) int {
		return strings.Compare(a.Type+"\x00"+a.Label, b.Type+"\x00"+b.Label)
	})
	for _, in := range inner {
		d.line("block", in.Type, in.Label)
		d.body(in.Body)
		d.line("end")
	}
}

func (d *digest) value(what string, v cty.Value) {
	if v.IsNull() {
		d.line(what, "null")
		return
	}
	raw, err := json.Marshal(v, v.Type())
	if err != nil {
		raw = []byte(v.GoString())
	}
	d.line(what, v.Type().FriendlyName(), string(raw))
}
