// Package sarif renders the diagnostics of a plan and the guards that block it as SARIF 2.1.0. It holds no keys and no
// values of rows.
package sarif

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/signalsmith/signalsmith/cmd/internal/report/finding"
	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

type document struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []run  `json:"runs"`
}

type run struct {
	Tool       tool     `json:"tool"`
	ColumnKind string   `json:"columnKind"`
	Results    []result `json:"results"`
}

type tool struct {
	Driver driver `json:"driver"`
}

type driver struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	Rules   []rule `json:"rules"`
}

type rule struct {
	ID    string  `json:"id"`
	Short message `json:"shortDescription"`
	Help  message `json:"help"`
}

type message struct {
	Text string `json:"text"`
}

type result struct {
	Rule         string            `json:"ruleId"`
	Index        int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      message           `json:"message"`
	Locations    []location        `json:"locations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Suppressions []suppression     `json:"suppressions,omitempty"`
}

type suppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

type location struct {
	Physical physical `json:"physicalLocation"`
}

type physical struct {
	Artifact artifact `json:"artifactLocation"`
	Region   *region  `json:"region,omitempty"`
}

type artifact struct {
	URI  string `json:"uri"`
	Base string `json:"uriBaseId,omitempty"`
}

type region struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine,omitempty"`
	EndColumn   int `json:"endColumn,omitempty"`
}

// Write renders a plan. dir is where the configuration lies in the repository, version the program's.
func Write(w io.Writer, p *plan.Plan, dir, version string) error {
	r := run{Tool: tool{driver{Name: "signalsmith", Version: version, Rules: []rule{}}}, ColumnKind: "unicodeCodePoints", Results: []result{}}
	for _, f := range finding.All(p, dir) {
		if f.Kind == finding.Reject {
			continue // data, not a place in a file
		}
		res := result{
			Rule: name(f.Rule), Level: f.Level, Message: message{nonempty(words.Lines(f.Message))},
			Locations: locations(f.Range), Fingerprints: map[string]string{"signalsmith/v1": fingerprint(f)},
		}
		if f.Allowed {
			why := "allowed by name"
			if f.Reason != "" {
				why += ": " + words.Escape(f.Reason)
			}
			res.Suppressions = []suppression{{Kind: "external", Justification: why}}
		}
		res.Index = slices.IndexFunc(r.Tool.Driver.Rules, func(x rule) bool { return x.ID == res.Rule })
		if res.Index < 0 {
			res.Index = len(r.Tool.Driver.Rules)
			title := nonempty(words.Escape(f.Title))
			help := "signalsmith explain " + res.Rule
			if f.Kind == finding.Guard {
				help = title + ": " + res.Rule
			}
			r.Tool.Driver.Rules = append(r.Tool.Driver.Rules, rule{ID: res.Rule, Short: message{title}, Help: message{help}})
		}
		r.Results = append(r.Results, res)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(document{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []run{r}})
}

// name is a rule's id.
func name(s string) string { return nonempty(words.Escape(s)) }

func nonempty(s string) string {
	if s == "" {
		return "?"
	}
	return s
}

// fingerprint tells equal findings of different plans: a result that only counts other numbers is the same.
func fingerprint(f finding.Finding) string {
	about := []string{string(f.Kind), f.Rule, f.Addr}
	if f.Kind == finding.Diagnostic && f.Range != nil {
		about = append(about, f.Range.File, f.Title)
	}
	sum := sha256.Sum256([]byte(strings.Join(about, "\x00")))
	return hex.EncodeToString(sum[:16])
}

func locations(r *plan.Range) []location {
	if r == nil {
		return nil
	}
	a := artifact{URI: (&url.URL{Path: cleaned(r.File)}).EscapedPath(), Base: "%SRCROOT%"}
	if path.IsAbs(r.File) {
		a = artifact{URI: "file://" + a.URI}
	}
	l := location{physical{Artifact: a}}
	if r.StartLine > 0 {
		reg := &region{StartLine: r.StartLine, StartColumn: max(0, r.StartColumn)}
		if r.EndLine > r.StartLine || r.EndLine == r.StartLine && r.EndColumn >= r.StartColumn && reg.StartColumn > 0 {
			reg.EndLine, reg.EndColumn = r.EndLine, max(0, r.EndColumn)
		}
		l.Physical.Region = reg
	}
	return []location{l}
}

// cleaned makes a path that a URI can hold: what is no UTF-8 is shown as an escape.
func cleaned(file string) string {
	if !utf8.ValidString(file) {
		file = words.Escape(file)
	}
	if i := strings.IndexAny(file, ":/"); i >= 0 && file[i] == ':' {
		file = "./" + file // the colon would end a scheme
	}
	return file
}
