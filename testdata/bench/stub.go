package main

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/providers"
)

// written remembers when a plan was made, and when the last row was written.
var written marks

type marks struct {
	planned, last float64 // CPU seconds of this process
	at            time.Time
}

func (m *marks) mark() { m.last, m.at = used(), time.Now() }

// stub is an org that holds what the old model says, and confirms every write.
type stub struct{}

func (stub) Kind() string          { return "stub" }
func (stub) Schema() *schema.Block { return &schema.Block{} }
func (stub) Open(context.Context, providers.DestinationSpec) (providers.Destination, error) {
	return stub{}, nil
}
func (stub) Explain(string) (string, bool) { return "", false }
func (stub) Codes() []string               { return nil }

func (stub) Org(context.Context) (providers.Org, error) {
	return providers.Org{ID: "00D000000000001AAA", Name: "stub", UserID: "005000000000001AAA"}, nil
}
func (stub) Objects(context.Context) ([]providers.ObjectName, error) { return nil, nil }
func (stub) Users(context.Context, []string) (map[string]string, error) {
	return map[string]string{}, nil
}
func (stub) Cascades(context.Context, *providers.Object, []string) (map[string]int64, error) {
	return map[string]int64{}, nil
}
func (stub) RecordTypePicklists(context.Context, ...*providers.Object) error { return nil }
func (stub) WriteCalls(_ providers.Write, rows int64) int64                  { return (rows + 999) / 1000 }
func (stub) ReadCalls(r providers.Read) int64                                { return (r.Count + 1999) / 2000 }
func (stub) Usage() providers.Usage                                          { return providers.Usage{Left: -1} }
func (stub) Close() error                                                    { return nil }

func (stub) Describe(_ context.Context, names ...string) (map[string]*providers.Object, error) {
	field := func(name, typ string, scale int) providers.Field {
		return providers.Field{Name: name, Label: name, Type: typ, Length: 80, Precision: 12, Scale: scale, Nillable: true, Createable: true, Updateable: true}
	}
	code := field("Code__c", "string", 0)
	code.ExternalID, code.Unique = true, true
	object := &providers.Object{
		Name: "Contact", Label: "Contact", Queryable: true, Createable: true, Updateable: true,
		Fields: []providers.Field{
			{Name: "Id", Type: "id", IDLookup: true}, code, field("FirstName", "string", 0), field("LastName", "string", 0), field("Email", "email", 0),
			field("MailingCity", "string", 0), field("Score__c", "double", 2), field("Since__c", "date", 0), field("Tier__c", "picklist", 0),
		},
	}
	out := map[string]*providers.Object{}
	for _, n := range names {
		out[n] = object
	}
	return out, nil
}

// Read gives the records of known ids, as the old model has them. Others do not exist.
func (stub) Read(_ context.Context, r providers.Read, yield func(providers.Record) error) error {
	if r.By.Type != "id" {
		return nil
	}
	rec := providers.Record{ModifiedBy: "005000000000002AAA", ModifiedAt: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Values: make([]providers.Text, 8)}
	for id, err := range r.Keys {
		if err != nil {
			return err
		}
		i, err := strconv.Atoi(id[3:15])
		if err != nil {
			return err
		}
		rec.ID, rec.Match = id, providers.T(id)
		for f, text := range []string{
			fmt.Sprintf("K%09d", i), fmt.Sprint("First ", i%977), fmt.Sprint("Last ", i), fmt.Sprintf("p%d@example.com", i), fmt.Sprint("City ", i%313),
			fmt.Sprintf("%.2f", float64(i%100000)/4), time.Date(2020, 1, 1+i%2000, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), []string{"Gold", "Silver", "Bronze"}[i%3],
		} {
			rec.Values[f] = providers.T(text)
		}
		if err := yield(rec); err != nil {
			return err
		}
	}
	return nil
}

func (stub) Write(_ context.Context, _ providers.Write, rows iter.Seq2[providers.Row, error], done func([]providers.Outcome) error) error {
	var batch []providers.Outcome
	at := time.Now()
	for r, err := range rows {
		if err != nil {
			return err
		}
		id := r.ID
		if id == "" {
			id = "003000" + r.Key[1:] + "AAA"
		}
		if batch = append(batch, providers.Outcome{Key: r.Key, ID: id, OK: true, Created: r.ID == "", At: at}); len(batch) == 1000 {
			if err := done(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	err := done(batch)
	written.mark()
	return err
}
