package state

import (
	"fmt"
	"strings"

	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/providers"
)

// The tables beside the records and the intents.
const (
	metaTable   = "meta"
	itemsTable  = "items"
	runsTable   = "runs"
	stagesTable = "stages"
)

// The rows of the meta table. The generation's value is a number and the run that made it the newest; pushing is
// there while a push is under way.
const (
	metaVersion    = "version"
	metaLineage    = "lineage"
	metaSalt       = "salt"
	metaGeneration = "generation"
	metaPushing    = "pushing"
)

// intentPrefix begins the names of intent tables, recordsPrefix those of records.
const (
	intentPrefix  = "intent_"
	recordsPrefix = "records_"
)

// separator stands between the key columns of an identity.
const separator = "\x1f"

// own are the state's own tables, in the order in which they are made: meta is last and tells that all are there.
func own() []string { return []string{itemsTable, runsTable, stagesTable, metaTable} }

// columns are the columns of the state's own tables, in order.
func columns(table string) []providers.Column {
	text := func(names ...string) []providers.Column {
		out := make([]providers.Column, len(names))
		for i, n := range names {
			out[i] = providers.Column{Name: n, Type: providers.TypeText}
		}
		return out
	}
	number := func(name string) providers.Column { return providers.Column{Name: name, Type: providers.TypeInt} }
	instant := func(name string) providers.Column { return providers.Column{Name: name, Type: providers.TypeInstant} }
	switch table {
	case metaTable:
		return text("name", "value")
	case itemsTable:
		return append(text("project", "environment", "addr", "org_id", "object", "match_field", "key_columns", "table_name", "contract", "run"),
			number("model_rows"), number("generation"))
	case runsTable:
		return append(text("run", "plan", "status"), instant("started"), instant("ended"))
	case stagesTable:
		return append(text("project", "environment", "addr", "org_id", "object", "match_field", "key_columns", "table_name", "contract", "run",
			"plan", "intent_table", "operation", "status"), number("model_rows"), number("row_count"), instant("started"))
	}
	return nil
}

// typed gives the columns of any table of the state, by the names that the workspace tells.
func typed(table string, names []string) []providers.Column {
	fixed := columns(table)
	switch {
	case strings.HasPrefix(table, recordsPrefix):
		fixed = diff.Fixed()
	case strings.HasPrefix(table, intentPrefix):
		fixed = diff.Intended()
	}
	out := make([]providers.Column, len(names))
	for i, n := range names {
		out[i] = providers.Column{Name: n, Type: providers.TypeText}
		for _, c := range fixed {
			if strings.EqualFold(c.Name, n) {
				out[i].Type = c.Type
			}
		}
		if strings.HasPrefix(table, intentPrefix) && strings.HasPrefix(n, "w_") {
			out[i].Type = providers.TypeBool
		}
	}
	return out
}

// ddl makes a table; how is CREATE TABLE with what may stand before the name.
func ddl(d providers.Dialect, how, table string, cols []providers.Column) providers.Statement {
	defs := make([]string, len(cols))
	for i, c := range cols {
		defs[i] = d.Ident(c.Name) + " " + d.Type(c.Type)
	}
	return providers.Statement{SQL: how + " " + d.State(table) + " (" + strings.Join(defs, ", ") + ")"}
}

// insert appends rows to one of the state's own tables, in one statement.
func insert(d providers.Dialect, table string, rows ...[]any) providers.Statement {
	cols := columns(table)
	names, marks := make([]string, len(cols)), make([]string, len(cols))
	for i, c := range cols {
		names[i], marks[i] = d.Ident(c.Name), "?"
	}
	values := "(" + strings.Join(marks, ", ") + ")"
	st := providers.Statement{SQL: fmt.Sprintf("INSERT INTO %s (%s) VALUES %s%s", d.State(table), strings.Join(names, ", "), values,
		strings.Repeat(", "+values, len(rows)-1))}
	for _, r := range rows {
		st.Args = append(st.Args, r...)
	}
	return st
}
