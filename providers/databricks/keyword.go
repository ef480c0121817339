package databricks

// keyword tells whether a word is one after which a function's name, rather than an alias's columns, may stand.
func keyword(w string) bool {
	switch w {
	case "SELECT", "DISTINCT", "ALL", "AND", "OR", "NOT", "IN", "IS", "LIKE", "ILIKE", "RLIKE", "REGEXP", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE",
		"WHERE", "HAVING", "ON", "BY", "LIMIT", "OFFSET", "QUALIFY", "FROM", "USING", "VALUES", "DIV", "ANY", "SOME", "EXISTS", "UNION", "EXCEPT",
		"INTERSECT", "MINUS", "AS", "WITH", "OVER", "PARTITION", "ORDER", "GROUP", "JOIN", "LATERAL", "VIEW", "OUTER", "FILTER", "SETS", "ROLLUP", "CUBE",
		"WINDOW", "PIVOT", "UNPIVOT", "FOR", "RECURSIVE", "ESCAPE", "INTERVAL", "BOTH", "LEADING", "TRAILING", "RANGE", "ROWS", "PRECEDING", "FOLLOWING",
		"CURRENT", "ASC", "DESC", "NULLS", "END", "NULL", "TRUE", "FALSE", "TO", "AT", "OF", "SET", "TABLE", "INNER", "CROSS", "LEFT", "RIGHT", "FULL",
		"SEMI", "ANTI", "NATURAL", "TABLESAMPLE", "WITHIN", "IGNORE", "RESPECT", "COLLATE", "GROUPING":
		return true
	}
	return false
}

// beforeBracket tells the words that stand before a bracket without being called.
func beforeBracket(w string) bool {
	switch w {
	case "LEFT", "RIGHT", "INTERVAL", "RANGE", "GROUPING", "CURRENT", "ANY", "SOME", "EXISTS", "ROWS", "FOR", "VIEW", "TO", "AT", "OF", "SET", "TABLE",
		"RLIKE", "REGEXP", "LIKE", "ILIKE":
		return w == "EXISTS" || w == "ANY" || w == "SOME" || w == "SET" || w == "TABLE" || w == "FOR" || w == "RLIKE" || w == "REGEXP" || w == "LIKE" || w == "ILIKE"
	case "TRUE", "FALSE", "END":
		return false
	}
	return keyword(w)
}
