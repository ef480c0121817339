package thrifttest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

type spark struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	info SparkInfo
	tail *tail
	done chan struct{} // closed when the answers have ended

	mu      sync.Mutex // of the rest, and of writing to in
	last    int
	waiting map[int]chan sparkAnswer
	end     error // why no more answers come
}

// SparkInfo says what a Spark backend runs.
type SparkInfo struct {
	Version string
	Delta   bool // without it there are no Delta tables, and MERGE is refused
}

type sparkRequest struct {
	ID     int    `json:"id,omitempty"`
	SQL    string `json:"sql,omitempty"`
	Schema string `json:"schema,omitempty"`
	Cancel int    `json:"cancel,omitempty"`
}

type sparkAnswer struct {
	ID      int
	Ready   bool
	Spark   string
	Delta   bool
	Columns []Column
	Arrow   string
	Error   *SQLError
}

// Spark is a backend that runs statements in a Spark process: cmdline is the interpreter and the script
// testdata/spark/server.py. It returns when Spark is ready, some ten seconds later, or when ctx ends. The catalog main
// is Spark's own; there are no other ones, and open Spark has no information_schema.
func Spark(ctx context.Context, cmdline ...string) (Backend, error) {
	if len(cmdline) == 0 {
		return nil, errors.New("starting spark: no command")
	}
	s := &spark{cmd: exec.Command(cmdline[0], cmdline[1:]...), tail: &tail{}, waiting: map[int]chan sparkAnswer{}}
	s.cmd.Stderr = s.tail
	in, err := s.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting spark: %w", err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting spark: %w", err)
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting spark: %w", err)
	}
	s.in = in
	ready := make(chan sparkAnswer, 1)
	s.waiting[0] = ready
	s.done = make(chan struct{})
	go s.read(out)
	select {
	case a := <-ready:
		if !a.Ready {
			return nil, errors.Join(fmt.Errorf("starting spark: %w: %s", s.end, s.tail), s.Close())
		}
		s.info = SparkInfo{a.Spark, a.Delta}
		return s, nil
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), s.cmd.Process.Kill(), s.cmd.Wait())
	}
}

// SparkInfoOf tells what a backend that Spark made runs; ok is false for any other one.
func SparkInfoOf(b Backend) (info SparkInfo, ok bool) {
	s, ok := b.(*spark)
	if !ok {
		return SparkInfo{}, false
	}
	return s.info, true
}

// read gives each answer to the statement that waits for it.
func (s *spark) read(out io.Reader) {
	defer close(s.done)
	r := bufio.NewReader(out)
	for {
		line, err := r.ReadBytes('\n')
		var a sparkAnswer
		if err == nil {
			err = json.Unmarshal(line, &a)
		}
		s.mu.Lock()
		if err != nil {
			s.end = fmt.Errorf("spark has ended: %w", err)
			for id, c := range s.waiting {
				close(c)
				delete(s.waiting, id)
			}
			s.mu.Unlock()
			return
		}
		if c := s.waiting[a.ID]; c != nil {
			c <- a
			delete(s.waiting, a.ID)
		}
		s.mu.Unlock()
	}
}

func (s *spark) send(r sparkRequest) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = s.in.Write(append(b, '\n'))
	return err
}

func (s *spark) Execute(ctx context.Context, sql string, params []Param) (Result, error) {
	text, err := forSpark(sql, params)
	if err != nil {
		return Result{}, err
	}
	answer := make(chan sparkAnswer, 1)
	s.mu.Lock()
	if s.end != nil {
		defer s.mu.Unlock()
		return Result{}, s.end
	}
	s.last++
	id := s.last
	s.waiting[id] = answer
	err = s.send(sparkRequest{ID: id, SQL: text, Schema: NamespaceOf(ctx).Schema})
	s.mu.Unlock()
	if err != nil {
		return Result{}, fmt.Errorf("asking spark: %w", err)
	}
	var a sparkAnswer
	var ok bool
	select {
	case a, ok = <-answer:
	case <-ctx.Done():
		s.mu.Lock()
		err := s.send(sparkRequest{Cancel: id})
		s.mu.Unlock()
		return Result{}, errors.Join(ctx.Err(), err) // Spark ends the job when it gets to it
	}
	switch {
	case !ok:
		return Result{}, s.end
	case a.Error != nil:
		return Result{}, a.Error
	}
	return a.result()
}

func (a sparkAnswer) result() (Result, error) {
	r := Result{Columns: a.Columns}
	if a.Arrow == "" {
		return r, nil
	}
	b, err := base64.StdEncoding.DecodeString(a.Arrow)
	if err != nil {
		return r, fmt.Errorf("reading spark's answer: %w", err)
	}
	rd, err := ipc.NewReader(bytes.NewReader(b))
	if err != nil {
		return r, fmt.Errorf("reading spark's answer: %w", err)
	}
	defer rd.Release()
	for rd.Next() {
		batch := rd.RecordBatch()
		batch.Retain()
		r.Batches = append(r.Batches, batch)
	}
	if len(r.Batches) > 0 && a.Columns[0].Name == "num_affected_rows" {
		if c, ok := r.Batches[0].Column(0).(*array.Int64); ok && c.Len() > 0 {
			r.Modified = c.Value(0)
		}
	}
	return r, rd.Err()
}

// Close ends the process by ending its input, and by force where that is not enough.
func (s *spark) Close() error {
	err := s.in.Close()
	timer := time.AfterFunc(10*time.Second, func() { _ = s.cmd.Process.Kill() })
	defer timer.Stop()
	<-s.done
	if e := s.cmd.Wait(); e != nil {
		err = errors.Join(err, fmt.Errorf("spark: %w: %s", e, s.tail))
	}
	return err
}

// forSpark writes a statement's parameters as literals and the catalog main by Spark's name.
func forSpark(sql string, params []Param) (string, error) {
	nodes, err := lex(sql)
	if err != nil {
		return "", err
	}
	e := edits{params: params}
	e.walk(nodes)
	if e.err != nil {
		return "", e.err
	}
	var b strings.Builder
	at := 0
	for _, edit := range e.list {
		b.WriteString(sql[at:edit.pos])
		b.WriteString(edit.text)
		at = edit.pos + edit.length
	}
	b.WriteString(sql[at:])
	return strings.TrimRight(b.String(), "; \n\t"), nil
}

type edits struct {
	params []Param
	next   int
	err    error
	list   []edit
}

type edit struct {
	pos, length int
	text        string
}

func (e *edits) walk(nodes []node) {
	for i, n := range nodes {
		switch {
		case n.kind == group:
			e.walk(n.kids)
		case n.kind == marker:
			e.marker(n)
		case (n.kind == word || n.kind == name) && strings.EqualFold(n.text, defaultNamespace().Catalog) &&
			!at(nodes, i-1).is(".") && at(nodes, i+1).is("."):
			length := len(n.text)
			if n.kind == name {
				length += 2
			}
			e.list = append(e.list, edit{n.pos, length, "spark_catalog"})
		}
	}
}

func (e *edits) marker(n node) {
	for i, p := range e.params {
		if n.text == "?" && i == e.next || n.text != "?" && p.Name == n.text[1:] {
			e.list = append(e.list, edit{n.pos, len(n.text), sparkLiteral(p)})
			if n.text == "?" {
				e.next++
			}
			return
		}
	}
	if n.text == "?" || len(e.params) > 0 {
		e.err = &SQLError{State: "42P02", Message: "[UNBOUND_SQL_PARAMETER] Found the unbound parameter: " + n.text + "."}
	}
}

func sparkLiteral(p Param) string {
	if p.Null || p.Type == "VOID" {
		return "NULL"
	}
	s := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(p.Value)
	return "CAST('" + s + "' AS " + p.Type + ")"
}

// tail keeps the end of what is written to it.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	const most = 4000
	t.b = append(t.b, p...)
	if len(t.b) > most {
		t.b = t.b[len(t.b)-most:]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}
