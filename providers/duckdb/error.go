package duckdb

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/signalsmith/signalsmith/config/diag"
)

// Error is what the engine said. Workspaces ask it for errors as JSON, because that tells the place in the
// statement to the byte.
type Error struct {
	Kind       string // "Binder", "Catalog", "Conversion", "IO", ...
	Message    string
	Subtype    string   // "COLUMN_NOT_FOUND", "NO_MATCHING_FUNCTION", ...
	Name       string   // of what was not found
	Candidates []string // what may have been meant
	Position   int      // byte in the statement, -1 where it is not known
}

// Error is the engine's message on one line.
func (e *Error) Error() string {
	if e.Kind == "" {
		return "duckdb: " + e.Message
	}
	return "duckdb: " + strings.ToLower(e.Kind) + " error: " + e.Message
}

// wrap turns an error of the driver into an Error. Where the context has ended, that is the error.
func wrap(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var de *duckdb.Error
	if !errors.As(err, &de) {
		return err
	}
	e := parseError(de.Msg)
	if aboutRows[e.Kind] {
		return diag.Diagnostics{{Code: "M304", Severity: diag.Error, Detail: discreet(e)}}
	}
	return e
}

func parseError(msg string) *Error {
	if i := strings.IndexByte(msg, '{'); i >= 0 {
		var raw struct {
			Kind       string `json:"exception_type"`
			Message    string `json:"exception_message"`
			Subtype    string `json:"error_subtype"`
			Name       string `json:"name"`
			Candidates string `json:"candidates"`
			Position   string `json:"position"`
		}
		if json.NewDecoder(strings.NewReader(msg[i:])).Decode(&raw) == nil && raw.Message != "" {
			e := &Error{Kind: raw.Kind, Message: raw.Message, Subtype: raw.Subtype, Name: raw.Name, Position: -1}
			if n, err := strconv.Atoi(raw.Position); err == nil {
				e.Position = n
			}
			for _, c := range strings.Split(raw.Candidates, ",") {
				if c = strings.TrimSpace(c); c != "" {
					e.Candidates = append(e.Candidates, c)
				}
			}
			return e
		}
	}
	kind, rest, ok := strings.Cut(msg, " Error: ")
	if !ok || strings.ContainsAny(kind, " \n") && !strings.HasPrefix(kind, "Invalid") {
		return &Error{Message: msg, Position: -1}
	}
	return &Error{Kind: kind, Message: rest, Position: -1}
}
