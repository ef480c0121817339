package duckdb

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// node is an object of a syntax tree, as json_serialize_sql gives it. Numbers stay json.Number, so that constants of
// 128 bits pass unharmed.
type node = map[string]any

// syntaxError is what the engine's parser says about a text.
type syntaxError struct {
	message  string
	position int // byte, -1 where it is not known
	other    bool
}

func (e *syntaxError) Error() string { return e.message }

// parse gives the statements of a text, which is bound as a value and never run. A *syntaxError says why there are
// none; other is true where the text is SQL, but not only SELECT.
func (w *workspace) parse(ctx context.Context, text string) ([]any, error) {
	raw, err := w.text(ctx, "SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR)) AS VARCHAR)", text)
	if err != nil {
		return nil, fmt.Errorf("parsing: %w", err)
	}
	root, err := decode(raw)
	if err != nil {
		return nil, fmt.Errorf("parsing: %w", err)
	}
	if failed, _ := root["error"].(bool); !failed {
		stmts, _ := root["statements"].([]any)
		return stmts, nil
	}
	e := &syntaxError{position: -1, other: str(root, "error_type") == "not implemented"}
	e.message = str(root, "error_message")
	if n, err := strconv.Atoi(str(root, "position")); err == nil {
		e.position = n
	}
	return nil, e
}

// print gives the text of a statement, and a map from the places in that text to the places in the text that the
// statement was parsed from. It reads the text again and compares: what cannot be printed faithfully is an error.
func (w *workspace) print(ctx context.Context, statement node) (text string, places places, err error) {
	raw, err := json.Marshal(node{"error": false, "statements": []any{statement}})
	if err != nil {
		return "", nil, fmt.Errorf("printing: %w", err)
	}
	text, err = w.text(ctx, "SELECT json_deserialize_sql(CAST(? AS JSON))", string(raw))
	if err != nil {
		return "", nil, errors.Join(errUnprintable, err)
	}
	stmts, err := w.parse(ctx, text)
	if err != nil {
		return "", nil, errors.Join(errUnprintable, err)
	}
	places = map[int]int{}
	if len(stmts) != 1 || !same(statement, stmts[0], places) {
		return "", nil, errUnprintable
	}
	return text, places, nil
}

var errUnprintable = errors.New("the engine prints the query in another way than it was written")

// text runs a query that gives one text.
func (w *workspace) text(ctx context.Context, query string, args ...any) (string, error) {
	rows, err := w.Query(ctx, query, args...)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	var s string
	if rows.Next() {
		if err := rows.Scan(&s); err != nil {
			return "", err
		}
	}
	return s, rows.Err()
}

func decode(raw string) (node, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(raw)))
	d.UseNumber()
	var root node
	err := d.Decode(&root)
	return root, err
}

// same compares two trees but for their places, which it collects: from b's to a's.
func same(a, b any, at places) bool {
	switch a := a.(type) {
	case node:
		b, ok := b.(node)
		if ok && str(a, "type") == "EXPRESSION_LIST" {
			b = values(b)
		}
		if !ok || len(a) != len(b) {
			return false
		}
		if from, to := location(b), location(a); from >= 0 && to >= 0 {
			at[from] = to
		}
		for k, v := range a {
			other, ok := b[k]
			if !ok || k != "query_location" && !same(v, other, at) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !same(a[i], b[i], at) {
				return false
			}
		}
		return true
	}
	return a == b
}

// values takes off what the engine prints around VALUES: (SELECT * FROM (VALUES ...) AS v) AS v.
func values(b node) node {
	query := object(object(b, "subquery"), "node")
	inner := object(query, "from_table")
	selected := list(query, "select_list")
	if str(b, "type") != "SUBQUERY" || str(query, "type") != "SELECT_NODE" || str(inner, "type") != "EXPRESSION_LIST" ||
		len(selected) != 1 || str(inner, "alias") != str(b, "alias") || b["sample"] != nil || len(list(b, "column_name_alias")) > 0 {
		return b
	}
	star, _ := selected[0].(node)
	for _, n := range []node{star, query, object(query, "cte_map")} {
		for k, v := range n {
			switch v := v.(type) {
			case []any:
				if k != "select_list" && len(v) > 0 {
					return b
				}
			case node:
				if k != "from_table" && k != "cte_map" {
					return b
				}
			case bool:
				if v {
					return b
				}
			}
		}
	}
	if str(star, "class") != "STAR" || str(star, "relation_name") != "" || str(query, "aggregate_handling") != "STANDARD_HANDLING" {
		return b
	}
	return inner
}

// places maps bytes of a printed text to bytes of the text it was made from.
type places map[int]int

// origin is the place where the part of the printed text around a byte came from, -1 where that is not known.
func (p places) origin(at int) int {
	if at < 0 {
		return -1
	}
	best := -1
	for from := range p {
		if from <= at && from > best {
			best = from
		}
	}
	if best < 0 {
		return -1
	}
	return p[best]
}

func str(n node, key string) string {
	s, _ := n[key].(string)
	return s
}

func object(n node, key string) node {
	m, _ := n[key].(node)
	return m
}

func list(n node, key string) []any {
	l, _ := n[key].([]any)
	return l
}

// location is a node's byte in the text, -1 where it has none.
func location(n node) int {
	num, ok := n["query_location"].(json.Number)
	if !ok {
		return -1
	}
	i, err := strconv.Atoi(num.String())
	if err != nil {
		return -1
	}
	return i
}

// move gives every node of a tree the same place.
func move(v any, to any) {
	switch v := v.(type) {
	case node:
		if _, ok := v["query_location"]; ok {
			v["query_location"] = to
		}
		for _, c := range v {
			move(c, to)
		}
	case []any:
		for _, c := range v {
			move(c, to)
		}
	}
}

// place is a byte of a text as line and column; nil where it lies outside. A range without a file name is inside the
// text that was given, and whoever knows where that text stands adds the rest.
func place(text string, at, length int) *hcl.Range {
	if at < 0 || at > len(text) {
		return nil
	}
	end := min(at+max(length, 1), len(text))
	return &hcl.Range{Start: pos(text, at), End: pos(text, end)}
}

func pos(text string, at int) hcl.Pos {
	p := hcl.Pos{Line: 1, Byte: at}
	start := 0
	for i := range at {
		if text[i] == '\n' {
			p.Line++
			start = i + 1
		}
	}
	p.Column = utf8.RuneCountInString(text[start:at]) + 1
	return p
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}

func keys(n node) []string { return slices.Sorted(maps.Keys(n)) }
