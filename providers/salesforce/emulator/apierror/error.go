// Package apierror holds the error vocabulary that rows, queries and requests share.
//
// Salesforce uses one list of codes for both levels: a row answers with statusCode, a request with errorCode (Salesforce's
// ExceptionCode and StatusCode lists).
package apierror

import "fmt"

// Error is one Salesforce error: a code of the shared vocabulary, a sentence, and the fields it is about.
type Error struct {
	Status  int // HTTP status when the error ends a request; 0 means 400
	Code    string
	Message string
	Fields  []string
	Extra   string // further members of the error's JSON object, written before the others: "name":value
}

// Error gives code and message, as Salesforce's own logs do.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// HTTPStatus is the status of a request that ends with this error.
func (e *Error) HTTPStatus() int {
	if e.Status == 0 {
		return 400
	}
	return e.Status
}

// New makes an error whose message is formatted.
func New(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// At makes an error with an HTTP status of its own.
func At(status int, code, format string, args ...any) *Error {
	return &Error{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// On names the fields the error is about.
func (e *Error) On(fields ...string) *Error {
	e.Fields = append(e.Fields, fields...)
	return e
}

// NotFound is the answer for a path or a record that does not exist.
func NotFound() *Error {
	return At(404, "NOT_FOUND", "The requested resource does not exist")
}
