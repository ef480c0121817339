-- What Databricks has and DuckDB has not, as macros. The Go functions (spark_type, xxhash64, spark_double) come first.

CREATE OR REPLACE MACRO spark_divisor(x) AS
  CASE WHEN x = 0 THEN error('[DIVIDE_BY_ZERO] Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.') ELSE x END;

CREATE OR REPLACE MACRO spark_string(x) AS
  CASE typeof(x)
    WHEN 'TIMESTAMP WITH TIME ZONE' THEN regexp_replace(CAST(x AS VARCHAR), '\+00$', '')
    WHEN 'DOUBLE' THEN spark_double(TRY_CAST(CAST(x AS VARCHAR) AS DOUBLE))
    ELSE CAST(x AS VARCHAR)
  END;

CREATE OR REPLACE MACRO spark_whole(x) AS
  CASE
    WHEN typeof(x) = 'DOUBLE' OR typeof(x) = 'FLOAT' OR typeof(x) LIKE 'DECIMAL%' THEN CAST(trunc(TRY_CAST(CAST(x AS VARCHAR) AS DOUBLE)) AS VARCHAR)
    WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE' THEN CAST(CAST(floor(epoch(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMPTZ))) AS BIGINT) AS VARCHAR)
    WHEN typeof(x) = 'BOOLEAN' THEN CASE CAST(x AS VARCHAR) WHEN 'true' THEN '1' WHEN 'false' THEN '0' END
    WHEN typeof(x) = 'VARCHAR' AND CAST(x AS VARCHAR) LIKE '%.%' THEN CAST(x AS VARCHAR) || ' is not whole'
    ELSE CAST(x AS VARCHAR)
  END;

CREATE OR REPLACE MACRO spark_initcap(s) AS
  array_to_string(list_transform(string_split(lower(s), ' '), lambda w: upper(left(w, 1)) || substr(w, 2)), ' ');

CREATE OR REPLACE MACRO spark_sha2(s, bits) AS
  CASE WHEN bits IN (0, 256) THEN sha256(s) ELSE error('the DuckDB backend has sha2 of 256 bits only') END;

CREATE OR REPLACE MACRO spark_array_distinct(l) AS
  list_transform(list_filter(list_zip(l, generate_series(1, len(l))), lambda p: p[2] = list_position(l, p[1])), lambda p: p[1]);

CREATE OR REPLACE MACRO spark_catalog(x) AS CASE x WHEN 'catalog_main' THEN 'main' ELSE x END;

CREATE OR REPLACE MACRO spark_info_catalogs(c) AS TABLE
  SELECT spark_catalog(database_name) AS catalog_name, comment FROM duckdb_databases()
  WHERE NOT internal AND database_name NOT IN ('spark_functions', 'memory');

CREATE OR REPLACE MACRO spark_info_schemata(c) AS TABLE
  SELECT spark_catalog(database_name) AS catalog_name, schema_name, comment FROM duckdb_schemas()
  WHERE lower(database_name) = c AND NOT internal AND schema_name <> 'main';

CREATE OR REPLACE MACRO spark_info_tables(c) AS TABLE
  SELECT spark_catalog(database_name) AS table_catalog, schema_name AS table_schema, table_name, 'MANAGED' AS table_type, comment,
    'DELTA' AS data_source_format
  FROM duckdb_tables() WHERE lower(database_name) = c AND NOT internal
  UNION ALL
  SELECT spark_catalog(database_name), schema_name, view_name, 'VIEW', comment, NULL
  FROM duckdb_views() WHERE lower(database_name) = c AND NOT internal;

CREATE OR REPLACE MACRO spark_info_views(c) AS TABLE
  SELECT spark_catalog(database_name) AS table_catalog, schema_name AS table_schema, view_name AS table_name, sql AS view_definition
  FROM duckdb_views() WHERE lower(database_name) = c AND NOT internal;

CREATE OR REPLACE MACRO spark_info_columns(c) AS TABLE
  SELECT spark_catalog(database_name) AS table_catalog, schema_name AS table_schema, table_name, column_name,
    CAST(column_index - 1 AS INTEGER) AS ordinal_position,
    CASE WHEN is_nullable THEN 'YES' ELSE 'NO' END AS is_nullable,
    spark_type(data_type) AS full_data_type,
    upper(split_part(split_part(CASE spark_type(data_type) WHEN 'bigint' THEN 'long' WHEN 'smallint' THEN 'short'
      WHEN 'tinyint' THEN 'byte' ELSE spark_type(data_type) END, '(', 1), '<', 1)) AS data_type,
    numeric_precision, numeric_scale, column_default, comment
  FROM duckdb_columns() WHERE lower(database_name) = c AND NOT internal;
