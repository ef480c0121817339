package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/eval"
)

// Load reads the configuration of a directory: all its *.hcl files together. It collects all problems and returns
// what could be read beside them; a block whose references are wrong has nil where they should lead, so a Config is
// complete only where no error is reported.
func Load(dir string, o Options) (*Config, diag.Diagnostics) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		abs = dir
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	l := &loader{
		o: o,
		cfg: &Config{
			Dir:          abs,
			Project:      defaults(abs),
			Sources:      map[string]*Source{},
			Models:       map[string]*Model{},
			Destinations: map[string]*Destination{},
			Targets:      map[string]*Target{},
			Mappings:     map[string]*Mapping{},
			Syncs:        map[string]*Sync{},
			Files:        map[string]*hcl.File{},
		},
		blocks: map[string][]*hclsyntax.Block{},
		byAddr: map[string]*hclsyntax.Block{},
		cases:  map[string]*cases{},
		read:   map[string][]byte{},
		broken: map[string]bool{},
	}
	l.ctx = &hcl.EvalContext{
		Variables: map[string]cty.Value{},
		Functions: eval.Functions(abs, o.Env, func(name string, text []byte) { l.read[name] = text }),
	}
	l.files()
	l.variables()
	l.locals()
	l.sources()
	l.project()
	l.destinations()
	l.models()
	l.targets()
	l.mappings()
	l.syncs()
	l.allows()
	l.moves()
	l.removals()
	return l.cfg, l.result()
}

// loader is the work of one Load.
type loader struct {
	o   Options
	cfg *Config
	ctx *hcl.EvalContext // var, local and the functions
	ds  diag.Diagnostics

	blocks map[string][]*hclsyntax.Block // by type
	byAddr map[string]*hclsyntax.Block   // every block that is declared, whether right or wrong
	cases  map[string]*cases             // of the blocks with for_each, by address
	read   map[string][]byte             // texts that file() read, by name
	broken map[string]bool               // files with syntax errors

	vars   map[string]*variable
	consts map[string]hcl.Expression // locals by name
}

func (l *loader) report(d diag.Diagnostic) *diag.Diagnostic {
	if d.Severity == "" {
		d.Severity = diag.Error
	}
	l.ds = append(l.ds, d)
	return &l.ds[len(l.ds)-1]
}

// mask blanks out what stands at a place, in the text that excerpts are cut from: a secret that was written into a
// configuration must not come out in a message about it.
func (l *loader) mask(at hcl.Range) {
	f := l.cfg.Files[at.Filename]
	if f == nil || !at.CanSliceBytes(f.Bytes) {
		return
	}
	masked := slices.Clone(f.Bytes)
	for i := at.Start.Byte; i < at.End.Byte; i++ {
		if masked[i] != '\n' && masked[i] != '"' {
			masked[i] = '*'
		}
	}
	f.Bytes = masked
}

// result is the problems found, without those that only follow from others.
func (l *loader) result() diag.Diagnostics {
	version := slices.DeleteFunc(slices.Clone(l.ds), func(d diag.Diagnostic) bool { return d.Code != "C133" })
	if len(version) > 0 {
		return version.Sorted()
	}
	// What is wrong in any version comes before what is not available in this one.
	l.ds = slices.DeleteFunc(slices.Clone(l.ds), func(d diag.Diagnostic) bool {
		return d.Code == "C113" && slices.ContainsFunc(l.ds, func(o diag.Diagnostic) bool {
			return o.Code != "C113" && o.Subject != nil && d.Subject != nil && o.Subject.Overlaps(*d.Subject)
		})
	})
	if len(l.broken) == 0 {
		return l.ds.Sorted()
	}
	// What stands in a file that cannot be parsed is not known, so nobody can say that it is missing.
	return slices.DeleteFunc(l.ds, func(d diag.Diagnostic) bool {
		switch d.Code {
		case "C116", "C118", "C127":
			return true
		}
		return false
	}).Sorted()
}

// blockNames lists the block types that stand by themselves.
func blockNames() []string {
	return []string{
		"signalsmith", "variable", "locals", "source", "model", "destination", "target", "mapping", "sync", "allow", "moved", "removed",
	}
}

// top sorts a file's blocks by type and reports those that do not exist.
func (l *loader) top(body *hclsyntax.Body) {
	d := &decoder{l: l}
	for _, attr := range ordered(body.Attributes) {
		d.fail("C106", attr.NameRange, "outside of any block",
			fmt.Sprintf("Arguments stand within blocks, and %q stands outside of any. A value that several blocks share is a local: locals { %s = ... }. Values of variables stand in a file of their own, whose name does not end in .hcl, given with --var-file.", attr.Name, attr.Name))
	}
	for _, b := range body.Blocks {
		switch todo, later := laterBlocks()[b.Type]; {
		case slices.Contains(blockNames(), b.Type):
			l.blocks[b.Type] = append(l.blocks[b.Type], b)
		case later:
			d.later(b.TypeRange, "The block "+b.Type, todo)
		default:
			d.fail("C105", b.TypeRange, "no block of this type",
				fmt.Sprintf("There is no block type %q. There are %s.", b.Type, list(blockNames())),
				diag.DidYouMean(b.Type, slices.Concat(blockNames(), slices.Sorted(maps.Keys(laterBlocks()))))...)
		}
	}
}

// declare checks the labels of a block with an address and remembers it. It returns nil where the block cannot be
// used: labels or name are wrong, or the address is taken.
func (l *loader) declare(b *hclsyntax.Block, kinds []string) (*decoder, addr.Item) {
	d := l.decoder(b, "")
	item := addr.Item{Type: b.Type}
	want, example := 1, fmt.Sprintf("A %s block takes one label, its name: %s \"NAME\" { ... }.", b.Type, b.Type)
	if kinds != nil {
		kind := "KIND"
		if len(kinds) > 0 {
			kind = kinds[0]
		}
		want, example = 2, fmt.Sprintf("A %s block takes two labels, its kind and its name: %s %q \"NAME\" { ... }.", b.Type, b.Type, kind)
	}
	if !d.labels(b, want, example) {
		return nil, item
	}
	item.Name = b.Labels[want-1]
	if kinds != nil {
		item.Kind = b.Labels[0]
	}
	if !d.named(item.Name, b.LabelRanges[want-1], "The name of a "+b.Type) {
		return nil, item
	}
	if first, taken := l.byAddr[item.String()]; taken {
		at := b.DefRange()
		d.report(diag.Diagnostic{
			Code: "C108", Subject: &at, Label: "again",
			Detail:  fmt.Sprintf("%s is declared more than once. Every %s has a name of its own; rename one of them, or remove it.", item, b.Type),
			Related: []diag.Related{{Range: first.DefRange(), Label: "declared here first"}},
		})
		return nil, item
	}
	l.byAddr[item.String()] = b
	d.addr = item.String()
	if kinds != nil && !slices.Contains(kinds, item.Kind) {
		d.kind(item, b, kinds)
		return nil, item
	}
	return d, item
}

// kind reports a kind of source or destination that is not there.
func (d *decoder) kind(item addr.Item, b *hclsyntax.Block, kinds []string) {
	if item.Type == "source" && item.Kind == "databricks" {
		d.later(b.LabelRanges[0], `A source of kind "databricks"`, `export the rows to files (Parquet, CSV) and read them with a source "duckdb"`)
		return
	}
	d.fail("C115", b.LabelRanges[0], fmt.Sprintf("no kind of %s", item.Type),
		fmt.Sprintf("There is no %s of kind %q. The first label of a %s is its kind: %s.", item.Type, item.Kind, item.Type, list(kinds)),
		diag.DidYouMean(item.Kind, kinds)...)
}

// named checks a name that references and flags can write.
func (d *decoder) named(name string, at hcl.Range, what string) bool {
	ok := name != "" && len(name) <= 64
	for i, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		ok = ok && (letter || i > 0 && (r >= '0' && r <= '9' || r == '-'))
	}
	if !ok {
		var hints []string
		if s := slug(name); s != "" && s != name {
			hints = []string{fmt.Sprintf("for example %q", s)}
		}
		d.fail("C110", at, "not a name", what+" has letters (a to z), digits, _ and -, starts with a letter or _, and has at most 64 characters.", hints...)
	}
	return ok
}

// slug is a name that comes near to a text.
func slug(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_', b.Len() > 0 && (r >= '0' && r <= '9' || r == '-'):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	out := strings.Trim(b.String(), "_")
	return out[:min(len(out), 64)]
}
