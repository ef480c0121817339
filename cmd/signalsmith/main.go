// Command signalsmith keeps Salesforce in step with a data warehouse.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // zones that models and mappings name are known everywhere

	"golang.org/x/term"

	"github.com/signalsmith/signalsmith/cmd/internal/cli"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/databricks"
	"github.com/signalsmith/signalsmith/providers/duckdb"
	"github.com/signalsmith/signalsmith/providers/salesforce"
)

// number is the version of this program.
const number = "0.1.0"

func main() { os.Exit(run()) }

// run is main with an exit code. The first interrupt asks for a graceful stop, the second one ends everything.
func run() int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	stop := make(chan struct{})
	go func() {
		<-signals
		close(stop)
		<-signals
		cancel()
	}()
	app := &cli.App{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Terminal: terminal(),
		Env: os.LookupEnv, Now: time.Now, Stop: stop,
		Registry: registry(), Emulators: emulators(),
		Version: cli.Version{Number: number, Build: build()},
	}
	return app.Run(ctx, os.Args[1:])
}

func terminal() cli.Terminal {
	is := func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
	return cli.Terminal{
		In: is(os.Stdin), Out: is(os.Stdout), Err: is(os.Stderr),
		Size: func() (columns, rows int) {
			columns, rows, err := term.GetSize(int(os.Stderr.Fd()))
			if err != nil {
				return 0, 0
			}
			return columns, rows
		},
	}
}

// build says how the program was built.
func build() string {
	s := runtime.Version() + ", " + runtime.GOOS + "/" + runtime.GOARCH
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return s
	}
	for _, v := range info.Settings {
		if v.Key == "vcs.revision" && len(v.Value) >= 7 {
			s += ", commit " + v.Value[:7]
		}
	}
	return s
}

// registry names the providers there are.
func registry() providers.Registry {
	return providers.Registry{
		Workspaces:   []providers.WorkspaceFactory{duckdb.Factory()},
		Warehouses:   []providers.WorkspaceFactory{databricks.Factory()},
		Scanners:     []providers.ScannerFactory{databricks.Scanners()},
		Destinations: []providers.DestinationFactory{salesforce.Factory()},
	}
}

// emulators serve embedded orgs, by the kind of their destination.
func emulators() map[string]cli.Serve { return map[string]cli.Serve{"salesforce": serve} }
