package databricks

import (
	"fmt"
	"slices"
	"strings"
)

// guard writes the job's condition into its statement, so that both are one step for the engine. Delta takes no
// subqueries in UPDATE and DELETE: these become MERGE with a source that is empty where the condition does not hold.
func (j *job) guard() error {
	if j.cond == "" {
		return nil
	}
	cond := " WHERE " + j.cond
	held := "MERGE INTO " + j.name + " AS t USING (SELECT 1 AS held" + cond + ") AS g ON "
	tokens, _, bad := lex(j.sql)
	find := func(word string) (at, end int) {
		depth := 0
		for _, t := range tokens {
			switch {
			case t.is("("):
				depth++
			case t.is(")"):
				depth--
			case depth == 0 && t.is(word):
				return t.at, t.end
			}
		}
		return -1, -1
	}
	where, rows := find("WHERE")
	which := "1 = 1"
	if where >= 0 {
		which = j.sql[rows:]
	} else {
		where = len(j.sql)
	}
	which = strings.TrimSpace(which)
	_, set := find("SET")
	_, using := find("USING")
	as := strings.Index(j.sql, " AS s ON ")
	switch {
	case bad != nil:
	case j.verb == "INSERT" && !j.unsafe:
		columns, _, _ := j.inserted()
		j.sql = j.selected() + cond
		j.again = j.sql + " EXCEPT ALL SELECT " + columns + " FROM " + j.name
		return nil
	case j.verb == "DELETE":
		j.sql = held + which + " WHEN MATCHED THEN DELETE"
		return nil
	case j.verb == "UPDATE" && set >= 0:
		// The parameters of what is set now come last.
		n := 0
		for _, t := range tokens {
			if t.is("?") && t.at < where {
				n++
			}
		}
		j.args = append(slices.Clone(j.args[n:]), j.args[:n]...)
		j.sql = held + which + " WHEN MATCHED THEN UPDATE SET " + strings.TrimSpace(j.sql[set:where])
		return nil
	case j.verb == "MERGE" && using >= 0 && as > using:
		j.sql = j.sql[:using] + " (SELECT * FROM" + j.sql[using:as] + cond + ")" + j.sql[as:]
		return nil
	}
	return fmt.Errorf("a statement cannot have a condition: %s", head(j.sql))
}
