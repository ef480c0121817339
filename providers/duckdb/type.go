package duckdb

import (
	"strings"

	"github.com/signalsmith/signalsmith/providers"
)

// class sorts the engine's types into the classes common to all engines, by the name that typeof() gives.
func class(name string) providers.Type {
	base, _, _ := strings.Cut(name, "(")
	if strings.HasSuffix(name, "]") {
		return providers.TypeOther
	}
	switch strings.ToUpper(strings.TrimSpace(base)) {
	case "VARCHAR", "ENUM", "UUID", "JSON", `"NULL"`, "NULL":
		return providers.TypeText
	case "BOOLEAN":
		return providers.TypeBool
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT":
		return providers.TypeInt
	case "DECIMAL":
		return providers.TypeDecimal
	case "FLOAT", "DOUBLE":
		return providers.TypeFloat
	case "DATE":
		return providers.TypeDate
	case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS":
		return providers.TypeTimestamp
	case "TIMESTAMP WITH TIME ZONE":
		return providers.TypeInstant
	case "TIME":
		return providers.TypeTime
	}
	return providers.TypeOther
}
