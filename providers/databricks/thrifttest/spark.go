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

	// Views are those of information_schema that SQL reads by the names of temporary views.
	Views  []string `json:"views,omitempty"`
	Cancel int      `json:"cancel,omitempty"`
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
// is Spark's own; there are no other ones. Its information_schema has tables and columns.
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
	text, views, err := forSpark(sql, params)
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
	err = s.send(sparkRequest{ID: id, SQL: text, Schema: NamespaceOf(ctx).Schema, Views: views})
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
