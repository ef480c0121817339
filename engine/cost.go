package engine

import (
	"maps"
	"slices"

	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers"
)

// needed is how many calls an apply needs for an item.
func needed(it *plan.Item) int64 {
	var n int64
	for _, st := range it.Stages {
		n += st.Calls
	}
	return n
}

// predicted tells how many calls a stage takes: those that write its rows, and those that read records again before
// something is taken away from them.
func (st *stage) predicted(w *work) int64 {
	n := w.org.WriteCalls(st.write(w), st.total)
	again := int64(0)
	switch st.action {
	case "clear", "remove":
		again = st.total
	case "update":
		again = w.sum.Fills
	}
	read := st.readAgain(w)
	read.Count = reread
	n += again / reread * w.org.ReadCalls(read)
	read.Count = again % reread
	return n + w.org.ReadCalls(read)
}

// orgAddrs are the addresses of the open orgs, in order.
func (s *session) orgAddrs() []string { return slices.Sorted(maps.Keys(s.orgs)) }

// cost adds up calls: those that were made, and those that an apply needs for the items that take part. What an org has
// left is told where all items go to one org.
func (s *session) cost(items []plan.Item) plan.Cost {
	var c plan.Cost
	for i := range items {
		if items[i].Skipped == "" {
			c.Needed.Rest += needed(&items[i])
		}
	}
	for _, o := range s.orgs {
		u := o.Usage()
		c.Used.Rest += u.Calls
		c.Used.Describe += u.Describe
		c.Used.Query += u.Query
		if len(s.orgs) == 1 && u.Left >= 0 {
			left := u.Left
			c.Left = &left
			if u.Reserve > 0 {
				reserve := u.Reserve
				c.Reserve = &reserve
			}
		}
	}
	return c
}

// readAgain is the read of records before they are written, without their ids.
func (st *stage) readAgain(w *work) providers.Read {
	return providers.Read{Object: w.Object, Fields: w.Spec.All(), By: *w.Object.Field("Id")}
}

// write is how a stage's rows are written.
func (st *stage) write(w *work) providers.Write {
	t := w.Mapping.Target
	out := providers.Write{Object: w.Object, Op: st.op, Assignment: t.Assignment, AllowDuplicates: t.Duplicates == "allow"}
	if st.op == providers.OpUpsert {
		out.Match = &w.Spec.Fields[w.Spec.Match].Field
	}
	if st.op != providers.OpDelete {
		out.Fields = w.Spec.All()
	}
	return out
}
