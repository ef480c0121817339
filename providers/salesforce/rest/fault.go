package rest

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/signalsmith/signalsmith/providers"
)

// Codes of our own, for what Salesforce has no code for.
const (
	Unreachable = "UNREACHABLE" // no connection: nothing was sent
	Untrusted   = "UNTRUSTED"   // the server's certificate is not accepted: nothing was sent
	NoAnswer    = "NO_ANSWER"   // sent, but the connection ended or the time ran out before the answer
	HalfAnswer  = "HALF_ANSWER" // an answer that is cut off, or is not the org's
	Redirected  = "REDIRECTED"  // the server points elsewhere; we do not follow with a token
)

// Fault is a request that did not do what it should, after all the retries that its class allows.
type Fault struct {
	Status  int // HTTP status, 0 where there was no answer
	Code    string
	Message string
	Fields  []string
	Rule    Rule

	// Doubt tells that one of the tries may have been carried out although its answer is missing.
	Doubt bool

	// Ended tells that the caller's context ended, or the client was closed; Err says which.
	Ended bool

	RetryAfter time.Duration // as the server asked, 0 where it did not
	Err        error
}

// Error gives code and message.
func (f *Fault) Error() string {
	if f.Err != nil {
		return f.Code + ": " + f.Message + ": " + f.Err.Error()
	}
	return f.Code + ": " + f.Message
}

// Unwrap gives the cause, as context.Canceled.
func (f *Fault) Unwrap() error { return f.Err }

// Class is the class of the fault as a whole: doubt where it is not known what became of the request.
func (f *Fault) Class() providers.Class {
	if f.Doubt && f.Rule.Class == providers.ClassRetry {
		return providers.ClassDoubt
	}
	return f.Rule.Class
}

// Uncertain tells whether the org may have carried out the request, or a part of it, although this is its answer: the
// answer is missing, the server broke while it worked, or the time ran out. A server that is busy (503, 429) has not
// begun.
func (f *Fault) Uncertain() bool {
	switch f.Code {
	case "REQUEST_RUNNING_TOO_LONG", "QUERY_TIMEOUT", "UNKNOWN_EXCEPTION", "INTERNAL_ERROR":
		return true
	}
	return f.Doubt || f.Status >= 500 && f.Status != http.StatusServiceUnavailable
}

// ours makes a fault with a code of our own.
func ours(code, message string, doubt bool, err error) *Fault {
	return &Fault{Code: code, Message: message, Rule: Classify(code, message, AtRequest), Doubt: doubt, Err: err}
}

// Detail is one entry of an error body. Rows say statusCode where requests say errorCode.
type Detail struct {
	Code    string   `json:"errorCode"`
	Status  string   `json:"statusCode"`
	Message string   `json:"message"`
	Fields  []string `json:"fields"`

	// Of login endpoints, which answer with an object.
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

func (d Detail) code() string {
	for _, c := range []string{d.Code, d.Status, d.Error} {
		if c != "" {
			return c
		}
	}
	return ""
}

func (d Detail) message() string {
	if d.Message != "" {
		return d.Message
	}
	return d.Description
}

// FaultOf reads an error answer of any shape: an array of errors, one error, a page of a proxy, nothing.
func FaultOf(status int, header http.Header, body []byte, now time.Time) *Fault {
	f := &Fault{Status: status}
	var many []Detail
	var one Detail
	switch body = bytes.TrimSpace(body); {
	case len(body) == 0:
	case body[0] == '[' && json.Unmarshal(body, &many) == nil && len(many) > 0:
		one = many[0]
	case body[0] == '{':
		if json.Unmarshal(body, &one) != nil {
			one = Detail{}
		}
	}
	f.Code, f.Message, f.Fields = one.code(), one.message(), one.Fields
	for _, d := range many[min(1, len(many)):] {
		f.Message += "; " + d.code() + ": " + d.message()
	}
	if f.Code == "" {
		f.Code = "HTTP_" + strconv.Itoa(status)
		f.Message = describePage(status, body)
		// A gateway that gives up has perhaps passed the request on.
		f.Doubt = status == http.StatusInternalServerError || status == http.StatusBadGateway || status == http.StatusGatewayTimeout
	}
	f.Rule = Classify(f.Code, f.Message, AtRequest)
	f.RetryAfter = retryAfter(header, now)
	return f
}

var title = regexp.MustCompile(`(?is)<title[^>]*>\s*(.*?)\s*</title>`)

// describePage says what stands in the place of an error body, without repeating a page of it.
func describePage(status int, body []byte) string {
	what := http.StatusText(status)
	if what == "" {
		what = "an unusual status"
	}
	switch {
	case len(body) == 0:
		return fmt.Sprintf("HTTP %d (%s) with an empty answer", status, what)
	case body[0] == '<':
		if m := title.FindSubmatch(body[:min(len(body), 4096)]); m != nil {
			return fmt.Sprintf("HTTP %d (%s) with a web page titled %q", status, what, clip(string(m[1]), 80))
		}
		return fmt.Sprintf("HTTP %d (%s) with a web page", status, what)
	case body[0] == '[' || body[0] == '{':
		return fmt.Sprintf("HTTP %d (%s) with an answer that is not Salesforce's", status, what)
	}
	return fmt.Sprintf("HTTP %d (%s): %s", status, what, clip(string(body), 120))
}

func clip(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "..."
	}
	return s
}

// retryAfter reads seconds or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if v == "" {
		return 0
	}
	if s, err := strconv.Atoi(v); err == nil && s >= 0 {
		return time.Duration(s) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
