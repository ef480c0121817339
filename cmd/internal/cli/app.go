// Package cli is the command line: one constructor per command turns flags into options of the engine, and what the
// engine returns into a view.
package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
)

// The exit codes. Where several would hold, the first in the order error, blocked, partial, changes is meant.
const (
	codeOK          exit = 0
	codeError       exit = 1
	codeChanges     exit = 2
	codeBlocked     exit = 3
	codePartial     exit = 4
	codeInterrupted exit = 130
)

// exit ends a command whose screen has been shown already.
type exit int

func (e exit) Error() string { return "ended early" }

// App is the command line with everything it depends on.
type App struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Terminal       Terminal

	// Env looks up an environment variable.
	Env    func(string) (string, bool)
	Now    func() time.Time
	Random io.Reader

	// Stop is closed at the first interrupt. Commands that do not write end at once; apply finishes the requests in
	// flight, and ends at once only when its context is cancelled.
	Stop <-chan struct{}

	Registry providers.Registry

	// Emulators serve the embedded org of a destination, by its kind.
	Emulators map[string]Serve

	Version Version
}

// Terminal tells which streams a person sits at. Size is asked whenever something is drawn.
type Terminal struct {
	In, Out, Err bool
	Size         func() (columns, rows int)
}

// Version names the program.
type Version struct {
	Number string // "0.1.0"
	Build  string // how it was built, "" where that is not known
}

// Serve serves a destination's embedded org until ctx ends. Once it listens, it tells where and with which token.
type Serve func(ctx context.Context, spec providers.DestinationSpec, listen string, ready func(url, token string)) error

// Run carries out one command line and gives the exit code.
func (a *App) Run(ctx context.Context, args []string) int {
	s := &shell{App: a, color: choice{value: "auto"}, level: choice{value: "warn"}}
	root := s.root()
	root.SetArgs(args)
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	err := root.ExecuteContext(ctx)
	var code exit
	switch {
	case err == nil:
		return int(codeOK)
	case errors.As(err, &code):
		return int(code)
	}
	s.report(diag.From(err), "Nothing was read or written.")
	return int(codeError)
}
