package engine_test

import (
	"database/sql"
)

// tamper runs SQL on the state file, as nobody should.
func (p *project) tamper(statements ...string) {
	p.t.Helper()
	db, err := sql.Open("duckdb", p.load().Project.StatePath)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			p.t.Error(err)
		}
	}()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			p.t.Fatalf("%s: %v", s, err)
		}
	}
}

// table is the name of the state's one records table.
func (p *project) table() string {
	p.t.Helper()
	db, err := sql.Open("duckdb", p.load().Project.StatePath)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var name string
	if err := db.QueryRow("SELECT table_name FROM items").Scan(&name); err != nil {
		p.t.Fatal(err)
	}
	return name
}
