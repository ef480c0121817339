package databricks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	dberrors "github.com/databricks/databricks-sql-go/errors"

	"github.com/signalsmith/signalsmith/config/diag"
)

// Error is what the engine said about a statement.
type Error struct {
	Class      string // "TABLE_OR_VIEW_NOT_FOUND", "DIVIDE_BY_ZERO", ...
	State      string // SQLSTATE: five characters, or ""
	Message    string // without the class, one line
	Candidates []string
	Line       int // in the statement, from 1; 0 where it is not known
	Column     int // from 1
	Query      string
}

// Error is the engine's message on one line.
func (e *Error) Error() string {
	if e.Class == "" {
		return "databricks: " + e.Message
	}
	return "databricks: " + e.Class + ": " + e.Message
}

// of tells whether the error is of a class, or of one below it.
func (e *Error) of(classes ...string) bool {
	for _, c := range classes {
		if e.Class == c || strings.HasPrefix(e.Class, c+".") {
			return true
		}
	}
	return false
}

var (
	classText    = regexp.MustCompile(`\[([A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)?)\] ?`)
	stateText    = regexp.MustCompile(`\.? ?SQLSTATE: ?([0-9A-Z]{5})`)
	positionText = regexp.MustCompile(`;? ?\(?line ([0-9]+),? pos ([0-9]+)\)?`)
	suggestText  = regexp.MustCompile(`\[((?:` + "`[^`]*`" + `(?:\.` + "`[^`]*`" + `)*(?:, )?)+)\]`)
)

// parseError reads the engine's message.
func parseError(message, state string) *Error {
	e := &Error{State: state}
	if m := classText.FindStringSubmatchIndex(message); m != nil {
		e.Class = message[m[2]:m[3]]
		message = message[m[1]:]
	}
	if m := suggestText.FindStringSubmatch(message); m != nil {
		for c := range strings.SplitSeq(m[1], ", ") {
			parts := strings.Split(strings.Trim(c, "`"), "`.`")
			e.Candidates = append(e.Candidates, parts[len(parts)-1])
		}
	}
	if m := positionText.FindStringSubmatch(message); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		e.Column, _ = strconv.Atoi(m[2])
		e.Column++
	}
	if m := stateText.FindStringSubmatch(message); m != nil && e.State == "" {
		e.State = m[1]
	}
	line, _, _ := strings.Cut(message, "\n")
	line = positionText.ReplaceAllString(stateText.ReplaceAllString(line, ""), "")
	e.Message = strings.TrimRight(strings.TrimSpace(line), " ;")
	return e
}

// wrap turns an error of the driver into an Error where the engine said something, into diagnostics where the user can
// do something about it. Where the context has ended, that is the error.
func (p *pool) wrap(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var ds diag.Diagnostics
	var d *doubt
	var s *short
	var far *unreachable
	var no *refusal
	var e *Error
	said, refused := refusedLogin(err)
	switch {
	case errors.As(err, &ds), errors.As(err, &e), errors.As(err, &d):
		return err
	case errors.As(err, &s):
		return p.source.problem("M316", "host", fmt.Sprintf("The warehouse sent an incomplete result: %s. Nothing was decided on it. "+
			"This is a fault of the connection or of the warehouse: run the command again.", s))
	case refused:
		return p.source.problem("M313", "token", fmt.Sprintf("The warehouse at %s does not accept the source's credentials: %s", p.source.address.host, sentence(said)))
	case errors.As(err, &far):
		return p.source.problem("M314", "host", fmt.Sprintf("The warehouse at %s cannot be reached: %s Nothing was executed.",
			p.source.address.host, sentence(far.err.Error())))
	case errors.As(err, &no) && (no.status == http.StatusTooManyRequests || no.status == http.StatusServiceUnavailable):
		return p.source.problem("M314", "host", fmt.Sprintf("The warehouse at %s took no statement in %s: %s Nothing was executed. It is starting, full or stopped; "+
			"look at it in the workspace.", p.source.address.host, no.waited.Round(1e9), sentence(no.Error())))
	case errors.As(err, &no) && no.status == http.StatusNotFound:
		return p.source.problem("M314", "http_path", fmt.Sprintf("There is no warehouse at %s%s: %s", p.source.address.host, p.source.address.path, sentence(no.Error())))
	}
	e = engineError(err)
	if e.State == "42501" || e.of("INSUFFICIENT_PERMISSIONS", "PERMISSION_DENIED", "UNAUTHORIZED_ACCESS") {
		return errors.Join(e, p.source.problem("M315", "catalog", "The warehouse refuses a statement for want of rights: "+sentence(e.Message)))
	}
	return e
}

func engineError(err error) *Error {
	state, query := "", ""
	var x dberrors.DBExecutionError
	if errors.As(err, &x) {
		state, query = x.SqlState(), x.QueryId()
	}
	e := parseError(driverText(err), state)
	e.Query = query
	return e
}

// driverText is the innermost message, which is the engine's.
func driverText(err error) string {
	text := err.Error()
	if i := strings.Index(text, "["); i >= 0 && classText.MatchString(text[i:]) {
		return text[i:]
	}
	for _, prefix := range []string{"databricks: execution error: failed to execute query: ", "databricks: request error: ", "unexpected operation state ERROR_STATE: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return text
}

// sentence makes a message end with one full stop.
func sentence(s string) string {
	s = strings.TrimRight(strings.TrimSpace(s), ".!")
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
