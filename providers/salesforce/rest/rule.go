package rest

import (
	"strings"

	"github.com/signalsmith/signalsmith/providers"
)

// Again says how a request or a row is repeated.
type Again string

// The ways. Pause waits seconds to minutes; Smaller waits less, and sends fewer rows at a time; Once repeats a single
// time.
const (
	Never   Again = ""
	Pause   Again = "pause"
	Smaller Again = "smaller"
	Once    Again = "once"
)

// Level is where a code stands: Salesforce uses one vocabulary for whole requests and for single rows, and some codes
// mean less in a row.
type Level int

// The levels.
const (
	AtRequest Level = iota
	AtRow
)

// Rule is one line of the error table: what a code means and what is done about it.
type Rule struct {
	Code  string
	Has   []string // texts of which one stands in the message; empty: any message
	Class providers.Class
	Row   providers.Class // the class in a row, where it differs
	Again Again
	Hint  string // one line: what a person can do
}

// Classify finds the rule for a code. Codes that are not known are bad rows in a row and wrong configurations in a
// request; HTTP_nnn stands for answers without a code.
func Classify(code, message string, at Level) Rule {
	for _, r := range index[code] {
		if !r.matches(message) {
			continue
		}
		if at == AtRow && r.Row != "" {
			r.Class = r.Row
		}
		return r
	}
	if strings.HasPrefix(code, "HTTP_") {
		return byStatus(code)
	}
	r := Rule{Code: code, Class: providers.ClassConfig, Hint: "Look the code up in Salesforce's API documentation."}
	if at == AtRow {
		r.Class = providers.ClassRow
	}
	return r
}

func (r Rule) matches(message string) bool {
	if len(r.Has) == 0 {
		return true
	}
	for _, h := range r.Has {
		if strings.Contains(message, h) {
			return true
		}
	}
	return false
}

// byStatus classifies an answer that carries no code of Salesforce's.
func byStatus(code string) Rule {
	r := Rule{Code: code, Class: providers.ClassConfig, Hint: "Something between here and Salesforce answered; check proxies and the instance URL."}
	switch strings.TrimPrefix(code, "HTTP_") {
	case "401":
		r.Class = providers.ClassAuth
	case "408", "420", "425", "429", "500", "502", "503", "504":
		r.Class, r.Again = providers.ClassRetry, Pause
	case "413":
		r.Again = Smaller
	}
	return r
}

// Hint is one line for a code, "" where the code is not known.
func Hint(code, message string) string {
	if _, ok := index[code]; !ok {
		return ""
	}
	return Classify(code, message, AtRow).Hint
}

// Codes lists every code of the table once, in its order.
func Codes() []string {
	var out []string
	for i, r := range table {
		if i == 0 || table[i-1].Code != r.Code {
			out = append(out, r.Code)
		}
	}
	return out
}

// index is the table by code; rules of one code stay in order. It is read only.
var index = byCode()

func byCode() map[string][]Rule {
	m := make(map[string][]Rule, len(table))
	for _, r := range table {
		m[r.Code] = append(m[r.Code], r)
	}
	return m
}
