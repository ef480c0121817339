// Package junit renders a plan as JUnit XML: a suite per sync or audience, in which guards and rejected rows are
// failures. It holds no keys and no values of rows.
package junit

import (
	"encoding/xml"
	"io"

	"github.com/signalsmith/signalsmith/cmd/internal/report/finding"
	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Suites   []*suite `xml:"testsuite"`
}

type suite struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Cases    []test `xml:"testcase"`
}

type test struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	File    string   `xml:"file,attr,omitempty"`
	Line    int      `xml:"line,attr,omitempty"`
	Failure *problem `xml:"failure"`
	Error   *problem `xml:"error"`
	Skipped *problem `xml:"skipped"`
	Output  string   `xml:"system-out,omitempty"`
}

type problem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// Write renders a plan. dir is where the configuration lies in the repository.
func Write(w io.Writer, p *plan.Plan, dir string) error {
	all := finding.All(p, dir)
	root := &suites{Name: words.Escape("signalsmith plan " + p.Environment)}
	own := &suite{Name: "plan"}
	for _, f := range all {
		if f.Kind == finding.Diagnostic && p.Item(f.Addr) == nil {
			own.add(f)
		}
	}
	if len(own.Cases) > 0 {
		root.Suites = append(root.Suites, own)
	}
	for i := range p.Items {
		it := &p.Items[i]
		s := &suite{Name: words.Escape(it.Addr)}
		for _, f := range all {
			if f.Addr == it.Addr {
				s.add(f)
			}
		}
		for _, g := range p.Guards {
			if g.Addr == it.Addr && !g.Blocked {
				s.Cases = append(s.Cases, test{Name: words.Escape("guard " + g.Rule), Class: s.Name, Output: words.Escape(finding.GuardText(g))})
			}
		}
		if len(it.Rejects) == 0 {
			s.Cases = append(s.Cases, test{Name: "rows are usable", Class: s.Name})
		}
		s.count()
		root.Suites = append(root.Suites, s)
	}
	own.count()
	for _, s := range root.Suites {
		root.Tests += s.Tests
		root.Failures += s.Failures
		root.Errors += s.Errors
		root.Skipped += s.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(root); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// add makes a case of a finding: an error of the configuration is an error, a guard or rejected rows a failure, and a
// warning something that is said.
func (s *suite) add(f finding.Finding) {
	message := words.Lines(f.Message)
	t := test{Name: words.Escape(string(f.Kind) + " " + f.Rule), Class: s.Name}
	if f.Range != nil {
		t.File, t.Line = words.Escape(f.Range.File), f.Range.StartLine
	}
	said := &problem{Message: words.Escape(f.Title), Type: words.Escape(f.Rule), Text: message}
	switch {
	case f.Allowed:
		t.Skipped = said
	case f.Kind == finding.Guard, f.Kind == finding.Reject:
		t.Failure = said
	case f.Level == "error":
		t.Error = said
	default:
		t.Output = words.Escape(f.Title) + "\n" + message
	}
	s.Cases = append(s.Cases, t)
}

// count fills in the numbers.
func (s *suite) count() {
	s.Tests = len(s.Cases)
	for _, t := range s.Cases {
		switch {
		case t.Failure != nil:
			s.Failures++
		case t.Error != nil:
			s.Errors++
		case t.Skipped != nil:
			s.Skipped++
		}
	}
}
