// Package diag holds diagnostics: what is wrong, where, why, and what to do.
//
// A diagnostic has a code, and a code has a page (pages/CODE.md) whose title is the summary that every
// diagnostic of that code shows. The summary holds no user data, so that people learn it and can search it;
// what is particular to one case stands in Detail and Label.
package diag

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Range is a place in a configuration file. Lines and columns count from 1; Byte counts from 0.
type Range = hcl.Range

// Code names a kind of problem. The letter says where it belongs: C the configuration language, R resolving
// against Salesforce's Describe, M sources and models, D destinations and logins, P planning, A applying,
// S state, X the command line and internal errors.
type Code string

// Severity tells whether a diagnostic stops the command.
type Severity string

// The severities. An error stops the command before anything is written.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Related is another place that explains a diagnostic, with a short text beside it.
type Related struct {
	Range Range
	Label string
}

// Diagnostic is one problem. Code, Severity and Detail are always set.
type Diagnostic struct {
	Code     Code
	Severity Severity

	// Detail says in full sentences what is wrong, why, and what to do.
	Detail string

	// Subject is the place, nil where there is none (a missing file, a network error).
	Subject *Range

	// Label is the short text beside the carets; Where names the block, as in `in mapping "contact"`.
	Label string
	Where string

	// Addr is the address of the item the problem belongs to, as in "sync.contacts"; may be empty.
	Addr string

	// Related are further places, shown above the subject.
	Related []Related

	// Hints are lines below, as in `did you mean "Tier__c"?`; Command is one to type, on a line of its own.
	Hints   []string
	Command string

	// Keys are some of the rows it is about; they are no part of Detail, since they stay out of logs, comments and
	// annotations. KeysMasked says that they are tokens.
	Keys       []string
	KeysMasked bool
}

// Summary is the title of the code's page.
func (d Diagnostic) Summary() string { return Summary(d.Code) }

// Error renders one line, for logs and for errors that wrap a diagnostic.
func (d Diagnostic) Error() string {
	var b strings.Builder
	if d.Subject != nil {
		b.WriteString(d.Subject.String() + ": ")
	}
	b.WriteString(string(d.Severity) + "[" + string(d.Code) + "]: " + d.Summary())
	if d.Detail != "" {
		b.WriteString(": " + d.Detail)
	}
	return b.String()
}

// Diagnostics is a list of problems; a non-empty list is an error value.
type Diagnostics []Diagnostic

// Error renders all problems, one a line.
func (ds Diagnostics) Error() string {
	lines := make([]string, len(ds))
	for i, d := range ds {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}

// HasErrors tells whether one of the problems is an error.
func (ds Diagnostics) HasErrors() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

// Count tells how many errors and warnings there are.
func (ds Diagnostics) Count() (failures, warnings int) {
	for _, d := range ds {
		if d.Severity == Error {
			failures++
		} else {
			warnings++
		}
	}
	return failures, warnings
}

// Err is the list as an error, nil where it holds no error.
func (ds Diagnostics) Err() error {
	if ds.HasErrors() {
		return ds
	}
	return nil
}

// Sorted orders by file, line, column and code, those without a place last, and drops exact repetitions.
func (ds Diagnostics) Sorted() Diagnostics {
	out := slices.Clone(ds)
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		switch {
		case a.Subject == nil && b.Subject == nil:
			return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Detail, b.Detail))
		case a.Subject == nil:
			return 1
		case b.Subject == nil:
			return -1
		}
		return cmp.Or(
			cmp.Compare(a.Subject.Filename, b.Subject.Filename),
			cmp.Compare(a.Subject.Start.Line, b.Subject.Start.Line),
			cmp.Compare(a.Subject.Start.Column, b.Subject.Start.Column),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Detail, b.Detail),
		)
	})
	return slices.CompactFunc(out, func(a, b Diagnostic) bool {
		return a.Code == b.Code && a.Detail == b.Detail && a.Label == b.Label && sameRange(a.Subject, b.Subject)
	})
}

func sameRange(a, b *Range) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// From gives the diagnostics inside err: those it wraps, else one X001 with the error's own text. A nil error
// gives none.
func From(err error) Diagnostics {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all Diagnostics
		for _, e := range joined.Unwrap() {
			all = append(all, From(e)...)
		}
		return all
	}
	var many Diagnostics
	if errors.As(err, &many) {
		return many
	}
	var one Diagnostic
	if errors.As(err, &one) {
		return Diagnostics{one}
	}
	if errors.Is(err, context.Canceled) {
		return Diagnostics{{Code: "X002", Severity: Error, Detail: "Stopped by an interrupt before it was done: " + err.Error() + "."}}
	}
	return Diagnostics{{Code: "X001", Severity: Error, Detail: sentence(err.Error())}}
}

func sentence(s string) string {
	if s == "" {
		return "An operation failed without saying why."
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}
