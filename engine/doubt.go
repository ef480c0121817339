package engine

import (
	"context"
	"fmt"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/engine/state"
)

// inDoubtShown is the number of keys that are told of rows in doubt.
const inDoubtShown = 5

// undecided deals with a stage whose rows were created without a match field: which of them reached Salesforce can never
// be found out. They are left alone until the user says whether to send them again or to take them for created.
func (s *session) undecided(ctx context.Context, st *state.State, stage *state.Stage, it *item, n int) error {
	l, err := s.lost(st, stage, it, n)
	if err != nil {
		return err
	}
	query, err := l.Doubt(s.ws.Dialect())
	if err != nil {
		return err
	}
	total, keys, err := s.doubtful(ctx, query)
	if err != nil {
		return err
	}
	switch {
	case s.write && (total == 0 || s.resend):
		return st.Drop(ctx, stage, s.owner.Run)
	case s.write && s.forget:
		return s.giveUp(ctx, st, stage, l)
	case total == 0:
		return nil
	}
	if s.doubt == nil {
		s.doubt = map[*item][]string{}
	}
	s.doubt[it] = append(s.doubt[it], query)
	if it.PIIKey {
		tokens := plan.NewTokens(st.Salt)
		for i := range keys {
			keys[i] = tokens.Of(keys[i])
		}
	}
	rng := it.Range
	s.diags = append(s.diags, diag.Diagnostic{
		Code: "P109", Severity: diag.Warning, Subject: &rng, Addr: stage.Addr, Command: "signalsmith apply --resend",
		Detail: fmt.Sprintf("%s %s may have been created, and %s has no match field by which that could be seen. They are left alone. Look in Salesforce, "+
			"then apply with --resend, which sends them again, or with --forget, which takes them for created.",
			s.told(stage), rows(total), it.Mapping.Target.Addr()),
		Keys: keys, KeysMasked: it.PIIKey,
	})
	return nil
}

// doubtful counts the rows of a query of keys, and gives the first few.
func (s *session) doubtful(ctx context.Context, query string) (n int64, keys []string, err error) {
	found, err := s.ws.Query(ctx, query+" ORDER BY key")
	if err != nil {
		return 0, nil, err
	}
	defer found.Close()
	for found.Next() {
		var key string
		if err := found.Scan(&key); err != nil {
			return 0, nil, err
		}
		if n++; len(keys) < inDoubtShown {
			keys = append(keys, key)
		}
	}
	return n, keys, found.Err()
}

// giveUp takes the rows in doubt for created: they enter the snapshot without a record id.
func (s *session) giveUp(ctx context.Context, st *state.State, stage *state.Stage, l *diff.Lost) error {
	rows, err := diff.GiveUp(ctx, s.ws, l)
	if err != nil {
		return err
	}
	return s.commitLost(ctx, st, stage, rows)
}
