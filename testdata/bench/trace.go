package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"syscall"
	"time"

	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/providers"
)

// traced prints what each statement takes, where BENCH_TRACE is set.
type traced struct{ providers.WorkspaceFactory }

func (t traced) Schema() *schema.Block { return t.WorkspaceFactory.Schema() }

func (t traced) Open(ctx context.Context, s providers.WorkspaceSpec) (providers.Workspace, error) {
	ws, err := t.WorkspaceFactory.Open(ctx, s)
	if err != nil || os.Getenv("BENCH_TRACE") == "" {
		return ws, err
	}
	return tracing{ws}, nil
}

type tracing struct{ providers.Workspace }

func (t tracing) Exec(ctx context.Context, stmts ...providers.Statement) error {
	defer spent(stmts[0].SQL)()
	return t.Workspace.Exec(ctx, stmts...)
}

func (t tracing) Query(ctx context.Context, sql string, args ...any) (providers.Rows, error) {
	defer spent(sql)()
	return t.Workspace.Query(ctx, sql, args...)
}

func (t tracing) Fill(ctx context.Context, table string, columns []providers.Column, rows iter.Seq2[[]any, error]) (int64, error) {
	defer spent("fill " + table)()
	return t.Workspace.Fill(ctx, table, columns, rows)
}

func (t tracing) Close() error {
	defer spent("close")()
	return t.Workspace.Close()
}

func spent(sql string) func() {
	start, cpu := time.Now(), used()
	return func() {
		fmt.Fprintf(os.Stderr, "%6.2f CPU s %6.2f s  %.90q\n", used()-cpu, time.Since(start).Seconds(), sql)
	}
}

func used() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}
