package thrifttest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// databricksError gives an error of DuckDB the state and the class that Databricks has for it.
func databricksError(err error) error {
	var e *SQLError
	var d *duckdb.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case !errors.As(err, &d):
		return &SQLError{State: "HY000", Message: "[INTERNAL_ERROR] " + err.Error()}
	}
	state, class := classify(d)
	message := strings.ReplaceAll(strings.TrimSpace(d.Msg), catalogName("main"), "main")
	if inner := regexp.MustCompile(`\[[A-Z][A-Z_.]+\] .*`).FindString(message); inner != "" { // raised by a macro
		message = inner
		if strings.HasPrefix(inner, "[DIVIDE_BY_ZERO]") {
			state = "22012"
		}
	} else {
		message = fmt.Sprintf("[%s] %s", class, message)
	}
	return &SQLError{State: state, Message: message}
}

func classify(d *duckdb.Error) (state, class string) {
	has := func(s string) bool { return strings.Contains(d.Msg, s) }
	switch d.Type {
	case duckdb.ErrorTypeCatalog:
		switch {
		case has("Table with name") && has("does not exist"), has("View with name") && has("does not exist"):
			return "42P01", "TABLE_OR_VIEW_NOT_FOUND"
		case has("Function with name") && has("does not exist"):
			return "42883", "UNRESOLVED_ROUTINE"
		case has("already exists"):
			if has("Schema") {
				return "42P06", "SCHEMA_ALREADY_EXISTS"
			}
			return "42P07", "TABLE_OR_VIEW_ALREADY_EXISTS"
		case has("Schema"), has("schema"):
			return "42704", "SCHEMA_NOT_FOUND"
		}
		return "42704", "NO_SUCH_CATALOG_EXCEPTION"
	case duckdb.ErrorTypeBinder:
		switch {
		case has("Catalog") && has("does not exist"):
			return "42704", "NO_SUCH_CATALOG_EXCEPTION"
		case has("already exists"):
			return "42711", "COLUMN_ALREADY_EXISTS"
		case has("Ambiguous"):
			return "42704", "AMBIGUOUS_REFERENCE"
		case has("GROUP BY"):
			return "42803", "MISSING_AGGREGATION"
		case has("No function matches"), has("Could not choose"):
			return "42K09", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"
		case has("not found"), has("does not have a column"), has("does not exist"):
			return "42703", "UNRESOLVED_COLUMN.WITH_SUGGESTION"
		}
		return "42000", "ANALYSIS_ERROR"
	case duckdb.ErrorTypeParser, duckdb.ErrorTypeSyntax:
		return "42601", "PARSE_SYNTAX_ERROR"
	case duckdb.ErrorTypeConversion:
		if has("out of range") || has("can't be cast because the value") {
			return "22003", "CAST_OVERFLOW"
		}
		return "22018", "CAST_INVALID_INPUT"
	case duckdb.ErrorTypeOutOfRange:
		return "22003", "ARITHMETIC_OVERFLOW"
	case duckdb.ErrorTypeConstraint:
		return "23502", "DELTA_NOT_NULL_CONSTRAINT_VIOLATED"
	case duckdb.ErrorTypeDependency:
		return "2BP01", "SCHEMA_NOT_EMPTY"
	case duckdb.ErrorTypeInvalidInput:
		if has("Could not parse") || has("strptime") {
			return "22007", "CANNOT_PARSE_TIMESTAMP"
		}
		return "P0001", "USER_RAISED_EXCEPTION"
	case duckdb.ErrorTypeInterrupt:
		return "HY008", "OPERATION_CANCELED"
	}
	return "HY000", "INTERNAL_ERROR"
}
