package databricks

import (
	"strings"

	"github.com/signalsmith/signalsmith/providers"
)

// class sorts the engine's types into the classes common to all engines, by the name that DESCRIBE gives.
func class(name string) providers.Type {
	name = strings.ToLower(strings.TrimSpace(name))
	base, _, _ := strings.Cut(name, "(")
	base, _, _ = strings.Cut(base, " collate ")
	switch strings.TrimSpace(base) {
	case "string", "varchar", "char", "void":
		return providers.TypeText
	case "boolean":
		return providers.TypeBool
	case "tinyint", "smallint", "int", "integer", "bigint", "byte", "short", "long":
		return providers.TypeInt
	case "decimal", "dec", "numeric":
		return providers.TypeDecimal
	case "float", "double", "real":
		return providers.TypeFloat
	case "date":
		return providers.TypeDate
	case "timestamp", "timestamp_ltz":
		return providers.TypeInstant
	case "timestamp_ntz":
		return providers.TypeTimestamp
	case "time":
		return providers.TypeTime
	}
	return providers.TypeOther
}
