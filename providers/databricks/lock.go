package databricks

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
)

// lockTable holds one row while somebody writes the state.
const lockTable = "_lock"

// holder is a row of the lock's table.
type holder struct {
	owner        providers.Owner
	token        string
	since, until time.Time
	over         bool // its lease has ended
}

// lock is the state's lock while we hold it. It is renewed in the background; where that has not worked for the time of
// a lease, or somebody broke it, nothing is written any more.
type lock struct {
	w     *workspace
	token string
	lease time.Duration

	mu    sync.Mutex
	until time.Time // by our own clock, from before the renewal was asked for
	lost  error

	stop context.CancelFunc
	done chan struct{}
}

// take takes the lock: a conditional write, then reading back who has it.
func (w *workspace) take(ctx context.Context, owner providers.Owner, lease time.Duration) (*lock, error) {
	var raw [12]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return nil, fmt.Errorf("making a lock: %w", err)
	}
	l := &lock{w: w, token: hex.EncodeToString(raw[:]), lease: lease, done: make(chan struct{})}
	start := time.Now()
	name := w.dialect.State(lockTable)
	merge := job{args: []any{owner.User, owner.Host, owner.Run, int64(owner.PID), l.token}, sql: "MERGE INTO " + name + " AS t USING (SELECT 'state' AS name, ? AS holder_user, ? AS holder_host, " +
		"? AS holder_run, ? AS holder_pid, ? AS token, current_timestamp() AS since, " + l.end() + " AS until) AS s ON t.name = s.name " +
		"WHEN MATCHED AND (t.until < s.since OR t.token = s.token) THEN UPDATE SET t.holder_user = s.holder_user, t.holder_host = s.holder_host, " +
		"t.holder_run = s.holder_run, t.holder_pid = s.holder_pid, t.token = s.token, t.since = s.since, t.until = s.until " +
		"WHEN NOT MATCHED THEN INSERT (name, holder_user, holder_host, holder_run, holder_pid, token, since, until) " +
		"VALUES (s.name, s.holder_user, s.holder_host, s.holder_run, s.holder_pid, s.token, s.since, s.until)"}
	err := w.repeat(ctx, merge)
	var e *Error
	if errors.As(err, &e) && (e.State == "42P01" || e.of("TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND")) {
		create := job{verb: "CREATE", sql: "CREATE TABLE IF NOT EXISTS " + name + " (name STRING, holder_user STRING, holder_host STRING, holder_run STRING, " +
			"holder_pid BIGINT, token STRING, since TIMESTAMP, until TIMESTAMP)"}
		if err = w.do(ctx, create); err == nil {
			err = w.repeat(ctx, merge)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("taking the state's lock: %w", w.rights(ctx, err))
	}
	holders, err := w.holders(ctx)
	if err != nil {
		return nil, err
	}
	for _, h := range holders {
		if h.token == l.token {
			break // the first of several: two that saw an empty table have both written
		}
		if !h.over {
			_ = l.remove(ctx)
			return nil, w.locked(h)
		}
	}
	if len(holders) == 0 {
		return nil, fmt.Errorf("the state's lock was written, and it is not there")
	}
	l.until = start.Add(lease)
	beat, stop := context.WithCancel(context.Background())
	l.stop = stop
	go l.renew(beat)
	return l, nil
}

// end is when a lease that begins now ends.
func (l *lock) end() string {
	return fmt.Sprintf("current_timestamp() + INTERVAL %d SECONDS", max(int(l.lease.Seconds()), 1))
}

// holders reads who has the lock, the first one first.
func (w *workspace) holders(ctx context.Context) ([]holder, error) {
	var all []holder
	err := w.each(ctx, "SELECT holder_user, holder_host, holder_run, holder_pid, token, since, until, until < current_timestamp() FROM "+
		w.dialect.State(lockTable)+" WHERE name = 'state' ORDER BY since, token", nil, func(scan func(...any) error) error {
		var h holder
		var pid int64
		if err := scan(&h.owner.User, &h.owner.Host, &h.owner.Run, &pid, &h.token, &h.since, &h.until, &h.over); err != nil {
			return err
		}
		h.owner.PID = int(pid)
		all = append(all, h)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the state's lock: %w", w.rights(ctx, err))
	}
	return all, nil
}

// locked says who holds the lock, and how to break it.
func (w *workspace) locked(h holder) error {
	ds := w.source.problem("S301", "schema", fmt.Sprintf("The state in %s is in use by %s since %s. One process at a time writes a state: wait until that one has finished. "+
		"If it died, the lock ends by itself at %s; to break it before that, make sure that nothing runs any more.",
		strings.Join(w.dialect.schema, "."), shownOwner(h.owner), h.since.UTC().Format(time.RFC3339), h.until.UTC().Format(time.RFC3339)))
	ds[0].Command = "signalsmith unlock"
	return ds
}

func shownOwner(o providers.Owner) string {
	who := o.User
	if who == "" {
		who = "somebody"
	}
	if o.Host != "" {
		who += "@" + o.Host
	}
	if o.PID != 0 {
		who += fmt.Sprintf(" (process %d)", o.PID)
	}
	if o.Run != "" {
		who += ", run " + o.Run + ","
	}
	return who
}

// renew goes on until it is stopped or the lock is lost.
func (l *lock) renew(ctx context.Context) {
	defer close(l.done)
	beat := time.NewTicker(l.lease / 5)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		if l.check() != nil {
			return
		}
		start := time.Now()
		ours, err := l.extend(ctx)
		l.mu.Lock()
		switch {
		case err != nil: // again at the next beat, as long as the lease lasts
		case ours:
			l.until = start.Add(l.lease)
		default:
			l.lost = l.w.source.problem("S302", "schema", fmt.Sprintf("The lock of the state in %s was broken while this process held it. Nothing more was written. "+
				"What was written to Salesforce before that is settled by the next apply.", strings.Join(l.w.dialect.schema, ".")))
		}
		l.mu.Unlock()
	}
}

// extend makes the lease last longer; ours is false where somebody else has the lock.
func (l *lock) extend(ctx context.Context) (ours bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, l.lease)
	defer cancel()
	name := l.w.dialect.State(lockTable)
	if err := l.w.repeat(ctx, job{sql: "UPDATE " + name + " SET until = " + l.end() + " WHERE token = ?", args: []any{l.token}}); err != nil {
		return false, err
	}
	holders, err := l.w.holders(ctx)
	if err != nil {
		return false, err
	}
	return len(holders) > 0 && holders[0].token == l.token, nil
}

// check tells whether the lock is still held.
func (l *lock) check() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost == nil && time.Now().After(l.until) {
		l.lost = l.w.source.problem("S302", "schema", fmt.Sprintf("The lock of the state in %s could not be renewed for %s, so another process may have it. "+
			"Nothing more was written. What was written to Salesforce before that is settled by the next apply.", strings.Join(l.w.dialect.schema, "."), l.lease))
	}
	return l.lost
}

func (l *lock) remove(ctx context.Context) error {
	return l.w.repeat(ctx, job{sql: "DELETE FROM " + l.w.dialect.State(lockTable) + " WHERE token = ?", args: []any{l.token}})
}

// release gives the lock back.
func (l *lock) release(ctx context.Context) error {
	l.stop()
	<-l.done
	if err := l.remove(ctx); err != nil {
		return fmt.Errorf("giving the state's lock back: %w", err)
	}
	return nil
}

// Unlock breaks the lock and tells who held it.
func (f *factory) Unlock(ctx context.Context, s providers.WorkspaceSpec) (was providers.Owner, ok bool, err error) {
	s.Write = false
	w, err := f.open(ctx, s)
	if err != nil {
		return was, false, err
	}
	w.write = true
	defer func() { err = errors.Join(err, w.Close()) }()
	holders, err := w.holders(ctx)
	var e *Error
	if errors.As(err, &e) && (e.State == "42P01" || e.of("TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND")) {
		return was, false, nil
	}
	if err != nil {
		return was, false, err
	}
	for _, h := range holders {
		if err := w.repeat(ctx, job{sql: "DELETE FROM " + w.dialect.State(lockTable) + " WHERE token = ?", args: []any{h.token}}); err != nil {
			return was, false, fmt.Errorf("breaking the state's lock: %w", w.rights(ctx, err))
		}
		if !h.over && !ok {
			was, ok = h.owner, true
		}
	}
	return was, ok, nil
}

var _ providers.Unlocker = (*factory)(nil)

// diagnostics keeps errors that carry some.
func diagnostics(err error) error {
	var ds diag.Diagnostics
	if errors.As(err, &ds) {
		return ds
	}
	return err
}
