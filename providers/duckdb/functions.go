package duckdb

import (
	_ "embed"
	"strings"
)

//go:embed functions.txt
var functionList string

// functions are the scalar and aggregate functions that a model may call; the value tells whether a function changes
// the number of rows.
type functions map[string]bool

func newFunctions() functions {
	f := functions{}
	rows := false
	for line := range strings.Lines(functionList) {
		switch line = strings.TrimRight(line, "\n"); {
		case strings.HasPrefix(line, "#"):
		case !strings.HasPrefix(line, " "):
			rows = line == "rows"
		default:
			for _, name := range strings.Fields(line) {
				f[name] = rows
			}
		}
	}
	return f
}

func (f functions) names() []string {
	names := make([]string, 0, len(f))
	for name := range f {
		names = append(names, name)
	}
	return sorted(names)
}

// readers are the table functions that read files, whose first argument is a path; the options are those that
// neither write nor reach anything else.
func readers(name string) (options string, ok bool) {
	const common = " filename union_by_name hive_partitioning hive_types hive_types_autocast compression "
	switch name {
	case "read_csv", "read_csv_auto":
		return common + "thousands strict_mode dtypes column_types null_padding column_names buffer_size parallel force_not_null new_line " +
			"files_to_sniff dateformat delim sep decimal_separator nullstr escape encoding all_varchar columns auto_detect comment quote " +
			"max_line_size header types skip sample_size timestampformat normalize_names ignore_errors names allow_quoted_nulls " +
			"maximum_line_size auto_type_candidates ", true
	case "read_parquet", "parquet_scan":
		return common + "can_have_nan binary_as_string explicit_cardinality file_row_number schema ", true
	case "read_json", "read_json_auto", "read_ndjson", "read_ndjson_auto", "read_json_objects", "read_json_objects_auto", "read_ndjson_objects":
		return common + "convert_strings_to_integers maximum_sample_files timestamp_format field_appearance_threshold timestampformat " +
			"map_inference_threshold date_format columns sample_size maximum_depth maximum_object_size format ignore_errors auto_detect " +
			"records dateformat ", true
	}
	return "", false
}

// generators are the table functions that make rows of their arguments.
func generators(name string) bool {
	switch name {
	case "range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree":
		return true
	}
	return false
}
