-- stamp
duckdb: duckdb 1.5.6 hash

-- ident
"a ""b"""

-- literal
'it''s \ ok'

-- state, temp
"state"."main"."records_1", "memory"."work"."change 1"

-- type text
VARCHAR

-- cast text
CAST(m.x AS VARCHAR)

-- type bool
BOOLEAN

-- cast bool
CAST(m.x AS VARCHAR)

-- type int
BIGINT

-- cast int
CAST(m.x AS VARCHAR)

-- type decimal
DECIMAL(38,9)

-- cast decimal
CAST(m.x AS VARCHAR)

-- type float
DOUBLE

-- cast float
CASE WHEN isfinite(m.x) THEN CASE WHEN m.x = 0 THEN '0' ELSE list_transform([(CAST(m.x AS VARCHAR))], lambda s: CASE WHEN contains(s, 'e') THEN CASE WHEN starts_with(s, '-') THEN '-' ELSE '' END || CASE WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) <= 0 THEN '0' || '.' || repeat('0', -(strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || replace(regexp_extract(s, '[0-9.]+'), '.', '') WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) >= length(replace(regexp_extract(s, '[0-9.]+'), '.', '')) THEN replace(regexp_extract(s, '[0-9.]+'), '.', '') || repeat('0', (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) - length(replace(regexp_extract(s, '[0-9.]+'), '.', ''))) ELSE left(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || '.' || substr(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) + 1) END WHEN suffix(s, '.0') THEN left(s, -2) ELSE s END)[1] END END

-- type date
DATE

-- cast date
CAST(m.x AS VARCHAR)

-- type timestamp
TIMESTAMP

-- cast timestamp
CAST(CAST(m.x AS TIMESTAMP) AS VARCHAR)

-- type timestamptz
TIMESTAMPTZ

-- cast timestamptz
replace(CAST(make_timestamp(epoch_us(m.x)) AS VARCHAR), ' ', 'T') || 'Z'

-- type time
TIME

-- cast time
CAST(m.x AS VARCHAR)

-- type other
VARCHAR

-- cast other
CAST(m.x AS VARCHAR)

-- text 0 from text
(CASE WHEN CAST(m.x AS VARCHAR) >= '!' AND strlen(CAST(m.x AS VARCHAR)) = length(CAST(m.x AS VARCHAR)) AND NOT (suffix(CAST(m.x AS VARCHAR), ' ') OR suffix(CAST(m.x AS VARCHAR), chr(9)) OR suffix(CAST(m.x AS VARCHAR), chr(10)) OR suffix(CAST(m.x AS VARCHAR), chr(11)) OR suffix(CAST(m.x AS VARCHAR), chr(12)) OR suffix(CAST(m.x AS VARCHAR), chr(13))) THEN CAST(m.x AS VARCHAR) WHEN NOT regexp_full_match(CAST(m.x AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(m.x AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END)

-- text 0 from bool
CAST(m.x AS VARCHAR)

-- text 0 from int
CAST(m.x AS VARCHAR)

-- text 0 from decimal
CAST(m.x AS VARCHAR)

-- text 0 from float
CASE WHEN isfinite(m.x) THEN CASE WHEN m.x = 0 THEN '0' ELSE list_transform([(CAST(m.x AS VARCHAR))], lambda s: CASE WHEN contains(s, 'e') THEN CASE WHEN starts_with(s, '-') THEN '-' ELSE '' END || CASE WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) <= 0 THEN '0' || '.' || repeat('0', -(strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || replace(regexp_extract(s, '[0-9.]+'), '.', '') WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) >= length(replace(regexp_extract(s, '[0-9.]+'), '.', '')) THEN replace(regexp_extract(s, '[0-9.]+'), '.', '') || repeat('0', (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) - length(replace(regexp_extract(s, '[0-9.]+'), '.', ''))) ELSE left(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || '.' || substr(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) + 1) END WHEN suffix(s, '.0') THEN left(s, -2) ELSE s END)[1] END END

-- text 0 from date
CAST(m.x AS VARCHAR)

-- text 0 from timestamp
CAST(CAST(m.x AS TIMESTAMP) AS VARCHAR)

-- text 0 from timestamptz
replace(CAST(make_timestamp(epoch_us(m.x)) AS VARCHAR), ' ', 'T') || 'Z'

-- text 0 from time
CAST(m.x AS VARCHAR)

-- number 2 from text
list_transform([(CASE WHEN CAST(m.x AS VARCHAR) >= '!' AND strlen(CAST(m.x AS VARCHAR)) = length(CAST(m.x AS VARCHAR)) AND NOT (suffix(CAST(m.x AS VARCHAR), ' ') OR suffix(CAST(m.x AS VARCHAR), chr(9)) OR suffix(CAST(m.x AS VARCHAR), chr(10)) OR suffix(CAST(m.x AS VARCHAR), chr(11)) OR suffix(CAST(m.x AS VARCHAR), chr(12)) OR suffix(CAST(m.x AS VARCHAR), chr(13))) THEN CAST(m.x AS VARCHAR) WHEN NOT regexp_full_match(CAST(m.x AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(m.x AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END)], lambda s: CASE WHEN regexp_full_match(s, '[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)') THEN coalesce(CAST(TRY_CAST(s AS DECIMAL(18,2)) AS VARCHAR), CAST(TRY_CAST(s AS DECIMAL(38,2)) AS VARCHAR)) WHEN regexp_full_match(s, '[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]{1,3}') THEN list_transform([(CASE WHEN starts_with(s, '-') THEN '-' ELSE '' END || CASE WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) <= 0 THEN '' || '.' || repeat('0', -(strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || replace(regexp_extract(s, '[0-9.]+'), '.', '') WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) >= length(replace(regexp_extract(s, '[0-9.]+'), '.', '')) THEN replace(regexp_extract(s, '[0-9.]+'), '.', '') || repeat('0', (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) - length(replace(regexp_extract(s, '[0-9.]+'), '.', ''))) ELSE left(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || '.' || substr(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) + 1) END)], lambda n: coalesce(CAST(TRY_CAST(n AS DECIMAL(18,2)) AS VARCHAR), CAST(TRY_CAST(n AS DECIMAL(38,2)) AS VARCHAR)))[1] END)[1]

-- number 2 from int
coalesce(CAST(TRY_CAST(m.x AS DECIMAL(18,2)) AS VARCHAR), CAST(TRY_CAST(m.x AS DECIMAL(38,2)) AS VARCHAR))

-- number 2 from decimal
coalesce(CAST(TRY_CAST(m.x AS DECIMAL(18,2)) AS VARCHAR), CAST(TRY_CAST(m.x AS DECIMAL(38,2)) AS VARCHAR))

-- number 2 from float
list_transform([(CASE WHEN isfinite(m.x) THEN CASE WHEN m.x = 0 THEN '0' ELSE list_transform([(CAST(m.x AS VARCHAR))], lambda s: CASE WHEN contains(s, 'e') THEN CASE WHEN starts_with(s, '-') THEN '-' ELSE '' END || CASE WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) <= 0 THEN '0' || '.' || repeat('0', -(strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || replace(regexp_extract(s, '[0-9.]+'), '.', '') WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) >= length(replace(regexp_extract(s, '[0-9.]+'), '.', '')) THEN replace(regexp_extract(s, '[0-9.]+'), '.', '') || repeat('0', (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) - length(replace(regexp_extract(s, '[0-9.]+'), '.', ''))) ELSE left(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || '.' || substr(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) + 1) END WHEN suffix(s, '.0') THEN left(s, -2) ELSE s END)[1] END END)], lambda n: coalesce(CAST(TRY_CAST(n AS DECIMAL(18,2)) AS VARCHAR), CAST(TRY_CAST(n AS DECIMAL(38,2)) AS VARCHAR)))[1]

-- number 18 from text
list_transform([(CASE WHEN CAST(m.x AS VARCHAR) >= '!' AND strlen(CAST(m.x AS VARCHAR)) = length(CAST(m.x AS VARCHAR)) AND NOT (suffix(CAST(m.x AS VARCHAR), ' ') OR suffix(CAST(m.x AS VARCHAR), chr(9)) OR suffix(CAST(m.x AS VARCHAR), chr(10)) OR suffix(CAST(m.x AS VARCHAR), chr(11)) OR suffix(CAST(m.x AS VARCHAR), chr(12)) OR suffix(CAST(m.x AS VARCHAR), chr(13))) THEN CAST(m.x AS VARCHAR) WHEN NOT regexp_full_match(CAST(m.x AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(m.x AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END)], lambda s: CASE WHEN regexp_full_match(s, '[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)') THEN CAST(TRY_CAST(s AS DECIMAL(38,18)) AS VARCHAR) WHEN regexp_full_match(s, '[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]{1,3}') THEN list_transform([(CASE WHEN starts_with(s, '-') THEN '-' ELSE '' END || CASE WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) <= 0 THEN '' || '.' || repeat('0', -(strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || replace(regexp_extract(s, '[0-9.]+'), '.', '') WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) >= length(replace(regexp_extract(s, '[0-9.]+'), '.', '')) THEN replace(regexp_extract(s, '[0-9.]+'), '.', '') || repeat('0', (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) - length(replace(regexp_extract(s, '[0-9.]+'), '.', ''))) ELSE left(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || '.' || substr(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) + 1) END)], lambda n: CAST(TRY_CAST(n AS DECIMAL(38,18)) AS VARCHAR))[1] END)[1]

-- number 18 from int
CAST(TRY_CAST(m.x AS DECIMAL(38,18)) AS VARCHAR)

-- number 18 from decimal
CAST(TRY_CAST(m.x AS DECIMAL(38,18)) AS VARCHAR)

-- number 18 from float
list_transform([(CASE WHEN isfinite(m.x) THEN CASE WHEN m.x = 0 THEN '0' ELSE list_transform([(CAST(m.x AS VARCHAR))], lambda s: CASE WHEN contains(s, 'e') THEN CASE WHEN starts_with(s, '-') THEN '-' ELSE '' END || CASE WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) <= 0 THEN '0' || '.' || repeat('0', -(strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || replace(regexp_extract(s, '[0-9.]+'), '.', '') WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) >= length(replace(regexp_extract(s, '[0-9.]+'), '.', '')) THEN replace(regexp_extract(s, '[0-9.]+'), '.', '') || repeat('0', (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) - length(replace(regexp_extract(s, '[0-9.]+'), '.', ''))) ELSE left(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || '.' || substr(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) + 1) END WHEN suffix(s, '.0') THEN left(s, -2) ELSE s END)[1] END END)], lambda n: CAST(TRY_CAST(n AS DECIMAL(38,18)) AS VARCHAR))[1]

-- bool 0 from text
list_transform([lower((CASE WHEN CAST(m.x AS VARCHAR) >= '!' AND strlen(CAST(m.x AS VARCHAR)) = length(CAST(m.x AS VARCHAR)) AND NOT (suffix(CAST(m.x AS VARCHAR), ' ') OR suffix(CAST(m.x AS VARCHAR), chr(9)) OR suffix(CAST(m.x AS VARCHAR), chr(10)) OR suffix(CAST(m.x AS VARCHAR), chr(11)) OR suffix(CAST(m.x AS VARCHAR), chr(12)) OR suffix(CAST(m.x AS VARCHAR), chr(13))) THEN CAST(m.x AS VARCHAR) WHEN NOT regexp_full_match(CAST(m.x AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(m.x AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END))], lambda s: CASE WHEN s IN ('true', 't', 'yes', 'y', 'on', '1') THEN 'true' WHEN s IN ('false', 'f', 'no', 'n', 'off', '0') THEN 'false' END)[1]

-- bool 0 from bool
CAST(m.x AS VARCHAR)

-- bool 0 from int
CASE m.x WHEN 1 THEN 'true' WHEN 0 THEN 'false' END

-- bool 0 from decimal
CASE m.x WHEN 1 THEN 'true' WHEN 0 THEN 'false' END

-- bool 0 from float
CASE m.x WHEN 1 THEN 'true' WHEN 0 THEN 'false' END

-- date 0 from text
list_transform([(CASE WHEN CAST(m.x AS VARCHAR) >= '!' AND strlen(CAST(m.x AS VARCHAR)) = length(CAST(m.x AS VARCHAR)) AND NOT (suffix(CAST(m.x AS VARCHAR), ' ') OR suffix(CAST(m.x AS VARCHAR), chr(9)) OR suffix(CAST(m.x AS VARCHAR), chr(10)) OR suffix(CAST(m.x AS VARCHAR), chr(11)) OR suffix(CAST(m.x AS VARCHAR), chr(12)) OR suffix(CAST(m.x AS VARCHAR), chr(13))) THEN CAST(m.x AS VARCHAR) WHEN NOT regexp_full_match(CAST(m.x AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(m.x AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END)], lambda s: CASE WHEN regexp_full_match(s, '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}') THEN CAST(TRY_CAST(s AS DATE) AS VARCHAR) END)[1]

-- date 0 from date
CASE WHEN year(m.x) BETWEEN 1000 AND 9999 THEN CAST(m.x AS VARCHAR) END

-- datetime 0 from text
list_transform([(CASE WHEN CAST(m.x AS VARCHAR) >= '!' AND strlen(CAST(m.x AS VARCHAR)) = length(CAST(m.x AS VARCHAR)) AND NOT (suffix(CAST(m.x AS VARCHAR), ' ') OR suffix(CAST(m.x AS VARCHAR), chr(9)) OR suffix(CAST(m.x AS VARCHAR), chr(10)) OR suffix(CAST(m.x AS VARCHAR), chr(11)) OR suffix(CAST(m.x AS VARCHAR), chr(12)) OR suffix(CAST(m.x AS VARCHAR), chr(13))) THEN CAST(m.x AS VARCHAR) WHEN NOT regexp_full_match(CAST(m.x AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(m.x AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END)], lambda s: CASE WHEN regexp_full_match(s, '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z') THEN CASE WHEN year(TRY_CAST(left(s, 19) AS TIMESTAMP)) BETWEEN 1000 AND 9999 THEN strftime(TRY_CAST(left(s, 19) AS TIMESTAMP), '%Y-%m-%dT%H:%M:%SZ') END WHEN regexp_full_match(s, '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?)?') THEN list_transform([(make_timestamp(epoch_us(TRY_CAST(regexp_extract(s, '^[-0-9]+([T ][0-9]+:[0-9]+(:[0-9]+)?)?') AS TIMESTAMP) AT TIME ZONE 'Europe/Berlin')))], lambda t: CASE WHEN year(t) BETWEEN 1000 AND 9999 THEN strftime(t, '%Y-%m-%dT%H:%M:%SZ') END)[1] WHEN regexp_full_match(s, '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?( ?(Z|z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?))') THEN list_transform([(TRY_CAST(regexp_extract(s, '^[-0-9]+([T ][0-9]+:[0-9]+(:[0-9]+)?)?') AS TIMESTAMP) - to_minutes(CASE WHEN upper(regexp_extract(s, '(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$')) = 'Z' THEN 0 ELSE CAST(left(regexp_extract(s, '(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$'), 1) || '1' AS INTEGER) * (60 * CAST(substr(regexp_extract(s, '(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$'), 2, 2) AS INTEGER) + CASE WHEN length(regexp_extract(s, '(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$')) > 3 THEN CAST(right(regexp_extract(s, '(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$'), 2) AS INTEGER) ELSE 0 END) END))], lambda t: CASE WHEN year(t) BETWEEN 1000 AND 9999 THEN strftime(t, '%Y-%m-%dT%H:%M:%SZ') END)[1] END)[1]

-- datetime 0 from date
list_transform([(make_timestamp(epoch_us(TRY_CAST(m.x AS TIMESTAMP) AT TIME ZONE 'Europe/Berlin')))], lambda t: CASE WHEN year(t) BETWEEN 1000 AND 9999 THEN strftime(t, '%Y-%m-%dT%H:%M:%SZ') END)[1]

-- datetime 0 from timestamp
list_transform([(make_timestamp(epoch_us(TRY_CAST(m.x AS TIMESTAMP) AT TIME ZONE 'Europe/Berlin')))], lambda t: CASE WHEN year(t) BETWEEN 1000 AND 9999 THEN strftime(t, '%Y-%m-%dT%H:%M:%SZ') END)[1]

-- datetime 0 from timestamptz
CASE WHEN year(make_timestamp(epoch_us(m.x))) BETWEEN 1000 AND 9999 THEN strftime(make_timestamp(epoch_us(m.x)), '%Y-%m-%dT%H:%M:%SZ') END

-- time 0 from text
list_transform([(CASE WHEN CAST(m.x AS VARCHAR) >= '!' AND strlen(CAST(m.x AS VARCHAR)) = length(CAST(m.x AS VARCHAR)) AND NOT (suffix(CAST(m.x AS VARCHAR), ' ') OR suffix(CAST(m.x AS VARCHAR), chr(9)) OR suffix(CAST(m.x AS VARCHAR), chr(10)) OR suffix(CAST(m.x AS VARCHAR), chr(11)) OR suffix(CAST(m.x AS VARCHAR), chr(12)) OR suffix(CAST(m.x AS VARCHAR), chr(13))) THEN CAST(m.x AS VARCHAR) WHEN NOT regexp_full_match(CAST(m.x AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(m.x AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END)], lambda s: CASE WHEN regexp_full_match(s, '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?Z?') THEN strftime(DATE '2000-01-01' + TRY_CAST(regexp_extract(s, '^[0-9]+:[0-9]+(:[0-9]+(\.[0-9]{1,3})?)?') AS TIME), '%H:%M:%S.%gZ') END)[1]

-- time 0 from time
CASE WHEN m.x < TIME '24:00:00' THEN strftime(DATE '2000-01-01' + m.x, '%H:%M:%S.%gZ') END

-- set 0 from text
CASE WHEN contains(CAST(m.x AS VARCHAR), ';') THEN list_aggregate(list_sort(list_distinct(list_transform(string_split(CAST(m.x AS VARCHAR), ';'), lambda i: CASE WHEN CAST(i AS VARCHAR) >= '!' AND strlen(CAST(i AS VARCHAR)) = length(CAST(i AS VARCHAR)) AND NOT (suffix(CAST(i AS VARCHAR), ' ') OR suffix(CAST(i AS VARCHAR), chr(9)) OR suffix(CAST(i AS VARCHAR), chr(10)) OR suffix(CAST(i AS VARCHAR), chr(11)) OR suffix(CAST(i AS VARCHAR), chr(12)) OR suffix(CAST(i AS VARCHAR), chr(13))) THEN CAST(i AS VARCHAR) WHEN NOT regexp_full_match(CAST(i AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(i AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END))), 'string_agg', ';') ELSE CASE WHEN CAST(CAST(m.x AS VARCHAR) AS VARCHAR) >= '!' AND strlen(CAST(CAST(m.x AS VARCHAR) AS VARCHAR)) = length(CAST(CAST(m.x AS VARCHAR) AS VARCHAR)) AND NOT (suffix(CAST(CAST(m.x AS VARCHAR) AS VARCHAR), ' ') OR suffix(CAST(CAST(m.x AS VARCHAR) AS VARCHAR), chr(9)) OR suffix(CAST(CAST(m.x AS VARCHAR) AS VARCHAR), chr(10)) OR suffix(CAST(CAST(m.x AS VARCHAR) AS VARCHAR), chr(11)) OR suffix(CAST(CAST(m.x AS VARCHAR) AS VARCHAR), chr(12)) OR suffix(CAST(CAST(m.x AS VARCHAR) AS VARCHAR), chr(13))) THEN CAST(CAST(m.x AS VARCHAR) AS VARCHAR) WHEN NOT regexp_full_match(CAST(CAST(m.x AS VARCHAR) AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(CAST(m.x AS VARCHAR) AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END END

-- set 0 from bool
list_transform([(CAST(m.x AS VARCHAR))], lambda s: CASE WHEN contains(CAST(s AS VARCHAR), ';') THEN list_aggregate(list_sort(list_distinct(list_transform(string_split(CAST(s AS VARCHAR), ';'), lambda i: CASE WHEN CAST(i AS VARCHAR) >= '!' AND strlen(CAST(i AS VARCHAR)) = length(CAST(i AS VARCHAR)) AND NOT (suffix(CAST(i AS VARCHAR), ' ') OR suffix(CAST(i AS VARCHAR), chr(9)) OR suffix(CAST(i AS VARCHAR), chr(10)) OR suffix(CAST(i AS VARCHAR), chr(11)) OR suffix(CAST(i AS VARCHAR), chr(12)) OR suffix(CAST(i AS VARCHAR), chr(13))) THEN CAST(i AS VARCHAR) WHEN NOT regexp_full_match(CAST(i AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(i AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END))), 'string_agg', ';') ELSE CASE WHEN CAST(CAST(s AS VARCHAR) AS VARCHAR) >= '!' AND strlen(CAST(CAST(s AS VARCHAR) AS VARCHAR)) = length(CAST(CAST(s AS VARCHAR) AS VARCHAR)) AND NOT (suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), ' ') OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(9)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(10)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(11)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(12)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(13))) THEN CAST(CAST(s AS VARCHAR) AS VARCHAR) WHEN NOT regexp_full_match(CAST(CAST(s AS VARCHAR) AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(CAST(s AS VARCHAR) AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END END)[1]

-- set 0 from int
list_transform([(CAST(m.x AS VARCHAR))], lambda s: CASE WHEN contains(CAST(s AS VARCHAR), ';') THEN list_aggregate(list_sort(list_distinct(list_transform(string_split(CAST(s AS VARCHAR), ';'), lambda i: CASE WHEN CAST(i AS VARCHAR) >= '!' AND strlen(CAST(i AS VARCHAR)) = length(CAST(i AS VARCHAR)) AND NOT (suffix(CAST(i AS VARCHAR), ' ') OR suffix(CAST(i AS VARCHAR), chr(9)) OR suffix(CAST(i AS VARCHAR), chr(10)) OR suffix(CAST(i AS VARCHAR), chr(11)) OR suffix(CAST(i AS VARCHAR), chr(12)) OR suffix(CAST(i AS VARCHAR), chr(13))) THEN CAST(i AS VARCHAR) WHEN NOT regexp_full_match(CAST(i AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(i AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END))), 'string_agg', ';') ELSE CASE WHEN CAST(CAST(s AS VARCHAR) AS VARCHAR) >= '!' AND strlen(CAST(CAST(s AS VARCHAR) AS VARCHAR)) = length(CAST(CAST(s AS VARCHAR) AS VARCHAR)) AND NOT (suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), ' ') OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(9)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(10)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(11)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(12)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(13))) THEN CAST(CAST(s AS VARCHAR) AS VARCHAR) WHEN NOT regexp_full_match(CAST(CAST(s AS VARCHAR) AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(CAST(s AS VARCHAR) AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END END)[1]

-- set 0 from decimal
list_transform([(CAST(m.x AS VARCHAR))], lambda s: CASE WHEN contains(CAST(s AS VARCHAR), ';') THEN list_aggregate(list_sort(list_distinct(list_transform(string_split(CAST(s AS VARCHAR), ';'), lambda i: CASE WHEN CAST(i AS VARCHAR) >= '!' AND strlen(CAST(i AS VARCHAR)) = length(CAST(i AS VARCHAR)) AND NOT (suffix(CAST(i AS VARCHAR), ' ') OR suffix(CAST(i AS VARCHAR), chr(9)) OR suffix(CAST(i AS VARCHAR), chr(10)) OR suffix(CAST(i AS VARCHAR), chr(11)) OR suffix(CAST(i AS VARCHAR), chr(12)) OR suffix(CAST(i AS VARCHAR), chr(13))) THEN CAST(i AS VARCHAR) WHEN NOT regexp_full_match(CAST(i AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(i AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END))), 'string_agg', ';') ELSE CASE WHEN CAST(CAST(s AS VARCHAR) AS VARCHAR) >= '!' AND strlen(CAST(CAST(s AS VARCHAR) AS VARCHAR)) = length(CAST(CAST(s AS VARCHAR) AS VARCHAR)) AND NOT (suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), ' ') OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(9)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(10)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(11)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(12)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(13))) THEN CAST(CAST(s AS VARCHAR) AS VARCHAR) WHEN NOT regexp_full_match(CAST(CAST(s AS VARCHAR) AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(CAST(s AS VARCHAR) AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END END)[1]

-- set 0 from float
list_transform([(CASE WHEN isfinite(m.x) THEN CASE WHEN m.x = 0 THEN '0' ELSE list_transform([(CAST(m.x AS VARCHAR))], lambda s: CASE WHEN contains(s, 'e') THEN CASE WHEN starts_with(s, '-') THEN '-' ELSE '' END || CASE WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) <= 0 THEN '0' || '.' || repeat('0', -(strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || replace(regexp_extract(s, '[0-9.]+'), '.', '') WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) >= length(replace(regexp_extract(s, '[0-9.]+'), '.', '')) THEN replace(regexp_extract(s, '[0-9.]+'), '.', '') || repeat('0', (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) - length(replace(regexp_extract(s, '[0-9.]+'), '.', ''))) ELSE left(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || '.' || substr(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) + 1) END WHEN suffix(s, '.0') THEN left(s, -2) ELSE s END)[1] END END)], lambda s: CASE WHEN contains(CAST(s AS VARCHAR), ';') THEN list_aggregate(list_sort(list_distinct(list_transform(string_split(CAST(s AS VARCHAR), ';'), lambda i: CASE WHEN CAST(i AS VARCHAR) >= '!' AND strlen(CAST(i AS VARCHAR)) = length(CAST(i AS VARCHAR)) AND NOT (suffix(CAST(i AS VARCHAR), ' ') OR suffix(CAST(i AS VARCHAR), chr(9)) OR suffix(CAST(i AS VARCHAR), chr(10)) OR suffix(CAST(i AS VARCHAR), chr(11)) OR suffix(CAST(i AS VARCHAR), chr(12)) OR suffix(CAST(i AS VARCHAR), chr(13))) THEN CAST(i AS VARCHAR) WHEN NOT regexp_full_match(CAST(i AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(i AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END))), 'string_agg', ';') ELSE CASE WHEN CAST(CAST(s AS VARCHAR) AS VARCHAR) >= '!' AND strlen(CAST(CAST(s AS VARCHAR) AS VARCHAR)) = length(CAST(CAST(s AS VARCHAR) AS VARCHAR)) AND NOT (suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), ' ') OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(9)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(10)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(11)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(12)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(13))) THEN CAST(CAST(s AS VARCHAR) AS VARCHAR) WHEN NOT regexp_full_match(CAST(CAST(s AS VARCHAR) AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(CAST(s AS VARCHAR) AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END END)[1]

-- set 0 from date
list_transform([(CAST(m.x AS VARCHAR))], lambda s: CASE WHEN contains(CAST(s AS VARCHAR), ';') THEN list_aggregate(list_sort(list_distinct(list_transform(string_split(CAST(s AS VARCHAR), ';'), lambda i: CASE WHEN CAST(i AS VARCHAR) >= '!' AND strlen(CAST(i AS VARCHAR)) = length(CAST(i AS VARCHAR)) AND NOT (suffix(CAST(i AS VARCHAR), ' ') OR suffix(CAST(i AS VARCHAR), chr(9)) OR suffix(CAST(i AS VARCHAR), chr(10)) OR suffix(CAST(i AS VARCHAR), chr(11)) OR suffix(CAST(i AS VARCHAR), chr(12)) OR suffix(CAST(i AS VARCHAR), chr(13))) THEN CAST(i AS VARCHAR) WHEN NOT regexp_full_match(CAST(i AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(i AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END))), 'string_agg', ';') ELSE CASE WHEN CAST(CAST(s AS VARCHAR) AS VARCHAR) >= '!' AND strlen(CAST(CAST(s AS VARCHAR) AS VARCHAR)) = length(CAST(CAST(s AS VARCHAR) AS VARCHAR)) AND NOT (suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), ' ') OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(9)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(10)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(11)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(12)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(13))) THEN CAST(CAST(s AS VARCHAR) AS VARCHAR) WHEN NOT regexp_full_match(CAST(CAST(s AS VARCHAR) AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(CAST(s AS VARCHAR) AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END END)[1]

-- set 0 from timestamp
list_transform([(CAST(CAST(m.x AS TIMESTAMP) AS VARCHAR))], lambda s: CASE WHEN contains(CAST(s AS VARCHAR), ';') THEN list_aggregate(list_sort(list_distinct(list_transform(string_split(CAST(s AS VARCHAR), ';'), lambda i: CASE WHEN CAST(i AS VARCHAR) >= '!' AND strlen(CAST(i AS VARCHAR)) = length(CAST(i AS VARCHAR)) AND NOT (suffix(CAST(i AS VARCHAR), ' ') OR suffix(CAST(i AS VARCHAR), chr(9)) OR suffix(CAST(i AS VARCHAR), chr(10)) OR suffix(CAST(i AS VARCHAR), chr(11)) OR suffix(CAST(i AS VARCHAR), chr(12)) OR suffix(CAST(i AS VARCHAR), chr(13))) THEN CAST(i AS VARCHAR) WHEN NOT regexp_full_match(CAST(i AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(i AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END))), 'string_agg', ';') ELSE CASE WHEN CAST(CAST(s AS VARCHAR) AS VARCHAR) >= '!' AND strlen(CAST(CAST(s AS VARCHAR) AS VARCHAR)) = length(CAST(CAST(s AS VARCHAR) AS VARCHAR)) AND NOT (suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), ' ') OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(9)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(10)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(11)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(12)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(13))) THEN CAST(CAST(s AS VARCHAR) AS VARCHAR) WHEN NOT regexp_full_match(CAST(CAST(s AS VARCHAR) AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(CAST(s AS VARCHAR) AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END END)[1]

-- set 0 from timestamptz
list_transform([(replace(CAST(make_timestamp(epoch_us(m.x)) AS VARCHAR), ' ', 'T') || 'Z')], lambda s: CASE WHEN contains(CAST(s AS VARCHAR), ';') THEN list_aggregate(list_sort(list_distinct(list_transform(string_split(CAST(s AS VARCHAR), ';'), lambda i: CASE WHEN CAST(i AS VARCHAR) >= '!' AND strlen(CAST(i AS VARCHAR)) = length(CAST(i AS VARCHAR)) AND NOT (suffix(CAST(i AS VARCHAR), ' ') OR suffix(CAST(i AS VARCHAR), chr(9)) OR suffix(CAST(i AS VARCHAR), chr(10)) OR suffix(CAST(i AS VARCHAR), chr(11)) OR suffix(CAST(i AS VARCHAR), chr(12)) OR suffix(CAST(i AS VARCHAR), chr(13))) THEN CAST(i AS VARCHAR) WHEN NOT regexp_full_match(CAST(i AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(i AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END))), 'string_agg', ';') ELSE CASE WHEN CAST(CAST(s AS VARCHAR) AS VARCHAR) >= '!' AND strlen(CAST(CAST(s AS VARCHAR) AS VARCHAR)) = length(CAST(CAST(s AS VARCHAR) AS VARCHAR)) AND NOT (suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), ' ') OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(9)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(10)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(11)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(12)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(13))) THEN CAST(CAST(s AS VARCHAR) AS VARCHAR) WHEN NOT regexp_full_match(CAST(CAST(s AS VARCHAR) AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(CAST(s AS VARCHAR) AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END END)[1]

-- set 0 from time
list_transform([(CAST(m.x AS VARCHAR))], lambda s: CASE WHEN contains(CAST(s AS VARCHAR), ';') THEN list_aggregate(list_sort(list_distinct(list_transform(string_split(CAST(s AS VARCHAR), ';'), lambda i: CASE WHEN CAST(i AS VARCHAR) >= '!' AND strlen(CAST(i AS VARCHAR)) = length(CAST(i AS VARCHAR)) AND NOT (suffix(CAST(i AS VARCHAR), ' ') OR suffix(CAST(i AS VARCHAR), chr(9)) OR suffix(CAST(i AS VARCHAR), chr(10)) OR suffix(CAST(i AS VARCHAR), chr(11)) OR suffix(CAST(i AS VARCHAR), chr(12)) OR suffix(CAST(i AS VARCHAR), chr(13))) THEN CAST(i AS VARCHAR) WHEN NOT regexp_full_match(CAST(i AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(i AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END))), 'string_agg', ';') ELSE CASE WHEN CAST(CAST(s AS VARCHAR) AS VARCHAR) >= '!' AND strlen(CAST(CAST(s AS VARCHAR) AS VARCHAR)) = length(CAST(CAST(s AS VARCHAR) AS VARCHAR)) AND NOT (suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), ' ') OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(9)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(10)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(11)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(12)) OR suffix(CAST(CAST(s AS VARCHAR) AS VARCHAR), chr(13))) THEN CAST(CAST(s AS VARCHAR) AS VARCHAR) WHEN NOT regexp_full_match(CAST(CAST(s AS VARCHAR) AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(CAST(s AS VARCHAR) AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END END)[1]

-- id 0 from text
list_transform([(CASE WHEN CAST(m.x AS VARCHAR) >= '!' AND strlen(CAST(m.x AS VARCHAR)) = length(CAST(m.x AS VARCHAR)) AND NOT (suffix(CAST(m.x AS VARCHAR), ' ') OR suffix(CAST(m.x AS VARCHAR), chr(9)) OR suffix(CAST(m.x AS VARCHAR), chr(10)) OR suffix(CAST(m.x AS VARCHAR), chr(11)) OR suffix(CAST(m.x AS VARCHAR), chr(12)) OR suffix(CAST(m.x AS VARCHAR), chr(13))) THEN CAST(m.x AS VARCHAR) WHEN NOT regexp_full_match(CAST(m.x AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(m.x AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END)], lambda s: CASE WHEN regexp_full_match(s, '[A-Za-z0-9]{15}') THEN s || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + CAST(substr(s, 1, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 1 + CAST(substr(s, 2, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 2 + CAST(substr(s, 3, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 4 + CAST(substr(s, 4, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 8 + CAST(substr(s, 5, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 16, 1) || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + CAST(substr(s, 6, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 1 + CAST(substr(s, 7, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 2 + CAST(substr(s, 8, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 4 + CAST(substr(s, 9, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 8 + CAST(substr(s, 10, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 16, 1) || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + CAST(substr(s, 11, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 1 + CAST(substr(s, 12, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 2 + CAST(substr(s, 13, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 4 + CAST(substr(s, 14, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 8 + CAST(substr(s, 15, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 16, 1) WHEN regexp_full_match(s, '[A-Za-z0-9]{18}') AND right(s, 3) = substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + CAST(substr(s, 1, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 1 + CAST(substr(s, 2, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 2 + CAST(substr(s, 3, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 4 + CAST(substr(s, 4, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 8 + CAST(substr(s, 5, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 16, 1) || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + CAST(substr(s, 6, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 1 + CAST(substr(s, 7, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 2 + CAST(substr(s, 8, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 4 + CAST(substr(s, 9, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 8 + CAST(substr(s, 10, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 16, 1) || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + CAST(substr(s, 11, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 1 + CAST(substr(s, 12, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 2 + CAST(substr(s, 13, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 4 + CAST(substr(s, 14, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 8 + CAST(substr(s, 15, 1) BETWEEN 'A' AND 'Z' AS INTEGER) * 16, 1) THEN s END)[1]

-- text from an expression
list_transform([(CAST(lower(m.x) AS VARCHAR))], lambda x: CASE WHEN CAST(x AS VARCHAR) >= '!' AND strlen(CAST(x AS VARCHAR)) = length(CAST(x AS VARCHAR)) AND NOT (suffix(CAST(x AS VARCHAR), ' ') OR suffix(CAST(x AS VARCHAR), chr(9)) OR suffix(CAST(x AS VARCHAR), chr(10)) OR suffix(CAST(x AS VARCHAR), chr(11)) OR suffix(CAST(x AS VARCHAR), chr(12)) OR suffix(CAST(x AS VARCHAR), chr(13))) THEN CAST(x AS VARCHAR) WHEN NOT regexp_full_match(CAST(x AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(x AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END)[1]

-- concat
(a || b)

-- fingerprint
CAST(hash(a, b) >> 1 AS BIGINT)

-- create temp
CREATE OR REPLACE TABLE "memory"."work"."change 1" AS SELECT 1

-- replace
SELECT error('two rows with the same key were to be kept') FROM "memory"."work"."change 1" GROUP BY "a", "b" HAVING count(*) > 1;
DELETE FROM "state"."main"."records_1" AS t WHERE EXISTS (SELECT 1 FROM "memory"."work"."change 1" AS s WHERE s."a" IS NOT DISTINCT FROM t."a" AND s."b" IS NOT DISTINCT FROM t."b");
INSERT INTO "state"."main"."records_1" ("a", "b", "c") SELECT "a", "b", "c" FROM "memory"."work"."change 1" WHERE gone IS NOT TRUE

-- function number from text
list_transform([(CASE WHEN CAST(m.x AS VARCHAR) >= '!' AND strlen(CAST(m.x AS VARCHAR)) = length(CAST(m.x AS VARCHAR)) AND NOT (suffix(CAST(m.x AS VARCHAR), ' ') OR suffix(CAST(m.x AS VARCHAR), chr(9)) OR suffix(CAST(m.x AS VARCHAR), chr(10)) OR suffix(CAST(m.x AS VARCHAR), chr(11)) OR suffix(CAST(m.x AS VARCHAR), chr(12)) OR suffix(CAST(m.x AS VARCHAR), chr(13))) THEN CAST(m.x AS VARCHAR) WHEN NOT regexp_full_match(CAST(m.x AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(m.x AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END)], lambda s: CASE WHEN regexp_full_match(s, '[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)') THEN coalesce(TRY_CAST(TRY_CAST(s AS DECIMAL(18,9)) AS DECIMAL(29,9)), TRY_CAST(s AS DECIMAL(29,9))) WHEN regexp_full_match(s, '[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]{1,3}') THEN list_transform([(CASE WHEN starts_with(s, '-') THEN '-' ELSE '' END || CASE WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) <= 0 THEN '' || '.' || repeat('0', -(strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || replace(regexp_extract(s, '[0-9.]+'), '.', '') WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) >= length(replace(regexp_extract(s, '[0-9.]+'), '.', '')) THEN replace(regexp_extract(s, '[0-9.]+'), '.', '') || repeat('0', (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) - length(replace(regexp_extract(s, '[0-9.]+'), '.', ''))) ELSE left(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || '.' || substr(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) + 1) END)], lambda n: coalesce(TRY_CAST(TRY_CAST(n AS DECIMAL(18,9)) AS DECIMAL(29,9)), TRY_CAST(n AS DECIMAL(29,9))))[1] END)[1]

-- function number from int
TRY_CAST(m.x AS DECIMAL(29,9))

-- function number from float
list_transform([(CASE WHEN isfinite(m.x) THEN CASE WHEN m.x = 0 THEN '0' ELSE list_transform([(CAST(m.x AS VARCHAR))], lambda s: CASE WHEN contains(s, 'e') THEN CASE WHEN starts_with(s, '-') THEN '-' ELSE '' END || CASE WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) <= 0 THEN '0' || '.' || repeat('0', -(strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || replace(regexp_extract(s, '[0-9.]+'), '.', '') WHEN (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) >= length(replace(regexp_extract(s, '[0-9.]+'), '.', '')) THEN replace(regexp_extract(s, '[0-9.]+'), '.', '') || repeat('0', (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) - length(replace(regexp_extract(s, '[0-9.]+'), '.', ''))) ELSE left(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER))) || '.' || substr(replace(regexp_extract(s, '[0-9.]+'), '.', ''), (strpos(regexp_extract(s, '[0-9.]+') || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)) + 1) END WHEN suffix(s, '.0') THEN left(s, -2) ELSE s END)[1] END END)], lambda n: coalesce(TRY_CAST(TRY_CAST(n AS DECIMAL(18,9)) AS DECIMAL(29,9)), TRY_CAST(n AS DECIMAL(29,9))))[1]

-- function digits
rtrim(rtrim(CAST(n AS VARCHAR), '0'), '.')

-- function whole
list_transform([n + 1], lambda w: CASE WHEN w > 1000000000 THEN 1000000000 WHEN w < -1000000000 THEN -1000000000 ELSE TRY_CAST(floor(w) AS INTEGER) END)[1]

-- function bool from text
list_transform([lower((CASE WHEN CAST(m.x AS VARCHAR) >= '!' AND strlen(CAST(m.x AS VARCHAR)) = length(CAST(m.x AS VARCHAR)) AND NOT (suffix(CAST(m.x AS VARCHAR), ' ') OR suffix(CAST(m.x AS VARCHAR), chr(9)) OR suffix(CAST(m.x AS VARCHAR), chr(10)) OR suffix(CAST(m.x AS VARCHAR), chr(11)) OR suffix(CAST(m.x AS VARCHAR), chr(12)) OR suffix(CAST(m.x AS VARCHAR), chr(13))) THEN CAST(m.x AS VARCHAR) WHEN NOT regexp_full_match(CAST(m.x AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(m.x AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END))], lambda s: CASE WHEN s IN ('true', 't', 'yes', 'y', 'on', '1') THEN true WHEN s IN ('false', 'f', 'no', 'n', 'off', '0') THEN false END)[1]

-- function bool from decimal
CASE m.x WHEN 1 THEN true WHEN 0 THEN false END

-- function date
list_transform([(CASE WHEN CAST(m.x AS VARCHAR) >= '!' AND strlen(CAST(m.x AS VARCHAR)) = length(CAST(m.x AS VARCHAR)) AND NOT (suffix(CAST(m.x AS VARCHAR), ' ') OR suffix(CAST(m.x AS VARCHAR), chr(9)) OR suffix(CAST(m.x AS VARCHAR), chr(10)) OR suffix(CAST(m.x AS VARCHAR), chr(11)) OR suffix(CAST(m.x AS VARCHAR), chr(12)) OR suffix(CAST(m.x AS VARCHAR), chr(13))) THEN CAST(m.x AS VARCHAR) WHEN NOT regexp_full_match(CAST(m.x AS VARCHAR), '[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*') THEN regexp_replace(CAST(m.x AS VARCHAR), '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END)], lambda s: CASE WHEN regexp_full_match(s, '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}') THEN TRY_CAST(s AS DATE) END)[1]

-- function timestamp
CASE WHEN regexp_full_match(m.x, '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?') THEN TRY_CAST(m.x AS TIMESTAMP) END

-- function instant
CASE WHEN regexp_full_match(m.x, '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?[-+](0[0-9]|1[0-4]):[0-5][0-9]') THEN TRY_CAST(m.x AS TIMESTAMPTZ) END

-- function day of timestamp
CASE WHEN year(CAST(m.x AS TIMESTAMP)) BETWEEN 1000 AND 9999 THEN CAST(((CAST(m.x AS TIMESTAMP) AT TIME ZONE 'America/New_York') AT TIME ZONE 'Europe/Berlin') AS DATE) END

-- function day of instant
CASE WHEN year(make_timestamp(epoch_us(m.x))) BETWEEN 1000 AND 9999 THEN CAST((m.x AT TIME ZONE 'Europe/Berlin') AS DATE) END

-- function clock of date
CASE WHEN year(m.x) BETWEEN 1000 AND 9999 THEN strftime(m.x, '%Y-%m-%d %H:%M:%S') END

-- function clock of timestamp
list_transform([CAST(m.x AS TIMESTAMP)], lambda c: CASE WHEN year(c) BETWEEN 1000 AND 9999 THEN strftime(c, '%Y-%m-%d %H:%M:%S') END)[1]

-- function clock of instant
list_transform([(m.x AT TIME ZONE 'Europe/Berlin')], lambda c: CASE WHEN year(c) BETWEEN 1000 AND 9999 THEN strftime(c, '%Y-%m-%d %H:%M:%S') END)[1]

-- function +
TRY_CAST((a + b) AS DECIMAL(29,9))

-- function -
TRY_CAST((a - b) AS DECIMAL(29,9))

-- function *
TRY_CAST(TRY(a * b) AS DECIMAL(29,9))

-- function /
list_transform([{'n': CAST(a * CAST(1000000000 AS DECIMAL(10,0)) AS HUGEINT) * 1000000000, 'd': nullif(CAST(b * CAST(1000000000 AS DECIMAL(10,0)) AS HUGEINT), 0)}], lambda q: TRY_CAST(TRY_CAST(TRY_CAST(q.n // q.d + CASE WHEN abs(q.n % q.d) * 2 >= abs(q.d) THEN CASE WHEN (q.n < 0) = (q.d < 0) THEN 1 ELSE -1 END ELSE 0 END AS DECIMAL(29,0)) * CAST(0.000000001 AS DECIMAL(9,9)) AS DECIMAL(38,9)) AS DECIMAL(29,9)))[1]

-- function %
TRY_CAST((a % b) AS DECIMAL(29,9))

-- function abs
abs(n)

-- function round
TRY_CAST(TRY_CAST(n AS DECIMAL(23,2)) AS DECIMAL(29,9))

-- function floor
TRY_CAST(floor(n) AS DECIMAL(29,9))

-- function ceil
TRY_CAST(ceil(n) AS DECIMAL(29,9))

-- function lower
lower(m.x)

-- function upper
upper(m.x)

-- function trim
CASE WHEN m.x >= '!' AND strlen(m.x) = length(m.x) AND NOT (suffix(m.x, ' ') OR suffix(m.x, chr(9)) OR suffix(m.x, chr(10)) OR suffix(m.x, chr(11)) OR suffix(m.x, chr(12)) OR suffix(m.x, chr(13))) THEN m.x ELSE regexp_replace(m.x, '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END

-- function trim of an expression
list_transform([lower(m.x)], lambda s: CASE WHEN s >= '!' AND strlen(s) = length(s) AND NOT (suffix(s, ' ') OR suffix(s, chr(9)) OR suffix(s, chr(10)) OR suffix(s, chr(11)) OR suffix(s, chr(12)) OR suffix(s, chr(13))) THEN s ELSE regexp_replace(s, '^[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+|[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+$', '', 'g') END)[1]

-- function length
TRY_CAST(CASE WHEN strlen(m.x) = length(m.x) THEN length(m.x) ELSE length(m.x) + length(regexp_replace(m.x, '[^\x{10000}-\x{10ffff}]+', '', 'g')) END AS DECIMAL(29,9))

-- function substr
CASE WHEN strlen(m.x) = length(m.x) THEN substr(m.x, 2, 3) ELSE list_transform([regexp_replace(m.x, '([\x{10000}-\x{10ffff}])', '\1x', 'g')], lambda w: regexp_replace(regexp_replace(CASE WHEN 2 > 1 AND regexp_matches(substr(w, 2 - 1, 1), '[\x{10000}-\x{10ffff}]') THEN substr(substr(w, 2, 3), 2) ELSE substr(w, 2, 3) END, '[\x{10000}-\x{10ffff}]\z', ''), '([\x{10000}-\x{10ffff}])x', '\1', 'g'))[1] END

-- function substr to the end
CASE WHEN strlen(m.x) = length(m.x) THEN substr(m.x, 2) ELSE list_transform([regexp_replace(m.x, '([\x{10000}-\x{10ffff}])', '\1x', 'g')], lambda w: regexp_replace(regexp_replace(CASE WHEN 2 > 1 AND regexp_matches(substr(w, 2 - 1, 1), '[\x{10000}-\x{10ffff}]') THEN substr(substr(w, 2), 2) ELSE substr(w, 2) END, '[\x{10000}-\x{10ffff}]\z', ''), '([\x{10000}-\x{10ffff}])x', '\1', 'g'))[1] END

-- function replace
replace(m.x, 'a', 'b')

-- function regex_replace
regexp_replace(m.x, '([a-z])', '\\$\11', 'g')

-- function regex_extract
nullif(regexp_extract(m.x, '\A([0-9]+)', 1), '')

-- function split_part
nullif(split_part(m.x, ',', -1), '')

-- function lpad
CASE WHEN length(m.x) >= 5 OR CASE WHEN strlen(m.x) = length(m.x) THEN length(m.x) ELSE length(m.x) + length(regexp_replace(m.x, '[^\x{10000}-\x{10ffff}]+', '', 'g')) END >= 5 THEN m.x ELSE lpad(m.x, CAST(5 + length(m.x) - (CASE WHEN strlen(m.x) = length(m.x) THEN length(m.x) ELSE length(m.x) + length(regexp_replace(m.x, '[^\x{10000}-\x{10ffff}]+', '', 'g')) END) AS INTEGER), '0') END

-- function rpad
CASE WHEN length(m.x) >= 5 OR CASE WHEN strlen(m.x) = length(m.x) THEN length(m.x) ELSE length(m.x) + length(regexp_replace(m.x, '[^\x{10000}-\x{10ffff}]+', '', 'g')) END >= 5 THEN m.x ELSE rpad(m.x, CAST(5 + length(m.x) - (CASE WHEN strlen(m.x) = length(m.x) THEN length(m.x) ELSE length(m.x) + length(regexp_replace(m.x, '[^\x{10000}-\x{10ffff}]+', '', 'g')) END) AS INTEGER), '''') END

-- function join
concat_ws(', ', a, b)

-- function md5
md5(m.x)

-- function sha256
sha256(m.x)

