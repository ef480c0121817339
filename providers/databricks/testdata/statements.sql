-- names
`a``b` `main`.`signalsmith`.`records_1` `main`.`signalsmith`.`_tmp_p1_keys_1`

-- literal
'it\'s \\ \u0024{x} \u0000'

-- concat
(a || b)

-- fingerprint
xxhash64(CASE WHEN `v_A` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_B` IS NULL THEN '0' ELSE '1' END, CAST(`v_A` AS STRING), CAST(`v_B` AS STRING))

-- create temp
CREATE OR REPLACE TABLE `main`.`signalsmith`.`_tmp_p1_keys_1` TBLPROPERTIES ('delta.columnMapping.mode' = 'name') AS SELECT 1 AS n

-- replace
MERGE INTO `main`.`signalsmith`.`records_1` AS t USING (SELECT *, count(*) OVER (PARTITION BY `key`) AS `_copies` FROM `main`.`signalsmith`.`_tmp_p1_commit_1`) AS s ON t.`key` <=> s.`key` WHEN MATCHED AND coalesce(s.gone, false) THEN DELETE WHEN MATCHED THEN UPDATE SET t.`key` = s.`key`, t.`v_A` = s.`v_A` WHEN NOT MATCHED AND NOT coalesce(s.gone, false) AND CASE WHEN s.`_copies` > 1 THEN CAST(raise_error('two rows with the same key were to be kept') AS BOOLEAN) ELSE true END THEN INSERT (`key`, `v_A`) VALUES (s.`key`, s.`v_A`)

-- type text
STRING

-- cast text
`x`

-- text to text
nullif(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM `x`), '')

-- text to number
transform(array(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM `x`)), s -> CASE WHEN regexp_like(s, '^([+-]?([0-9]+([.][0-9]*)?|[.][0-9]+))$') THEN CAST(TRY_CAST(s AS DECIMAL(38,2)) AS STRING) WHEN regexp_like(s, '^([+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)[eE][+-]?[0-9]{1,3})$') THEN CAST(TRY_CAST(transform(array(regexp_replace(regexp_extract(s, '[0-9.]+', 0), '[.]0*$', '')), m -> transform(array(instr(m || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INT)), p -> CASE WHEN left(s, 1) = '-' THEN '-' ELSE '' END || CASE WHEN p <= 0 THEN '0.' || repeat('0', -p) || replace(m, '.', '') WHEN p >= length(replace(m, '.', '')) THEN replace(m, '.', '') || repeat('0', p - length(replace(m, '.', ''))) ELSE left(replace(m, '.', ''), p) || '.' || substr(replace(m, '.', ''), p + 1) END)[0])[0] AS DECIMAL(38,2)) AS STRING) END)[0]

-- text to bool
CASE WHEN lower(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM `x`)) IN ('true', 't', 'yes', 'y', 'on', '1') THEN 'true' WHEN lower(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM `x`)) IN ('false', 'f', 'no', 'n', 'off', '0') THEN 'false' END

-- text to date
CASE WHEN regexp_like(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM `x`), '^([1-9][0-9]{3}-[0-9]{2}-[0-9]{2})$') THEN CAST(TRY_CAST(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM `x`) AS DATE) AS STRING) END

-- text to datetime
transform(array(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM `x`)), s -> transform(array(CASE WHEN regexp_like(s, '^([1-9][0-9]{3}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?)?)$') THEN transform(array(TRY_CAST(regexp_extract(s, '^[-0-9]+([T ][0-9]+:[0-9]+(:[0-9]+)?)?', 0) AS TIMESTAMP)), t -> transform(array(to_utc_timestamp(t + INTERVAL 36 HOURS, 'Europe/Berlin') - INTERVAL 36 HOURS), u -> CASE WHEN from_utc_timestamp(u, 'Europe/Berlin') = t THEN u ELSE to_utc_timestamp(t, 'Europe/Berlin') END)[0])[0] WHEN regexp_like(s, '^([1-9][0-9]{3}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?( ?(Z|z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)))$') THEN transform(array(regexp_extract(s, '(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$', 0)), z -> timestamp_micros(unix_micros(TRY_CAST(regexp_extract(s, '^[-0-9]+([T ][0-9]+:[0-9]+(:[0-9]+)?)?', 0) AS TIMESTAMP)) - CAST(60000000 AS BIGINT) * (CASE WHEN z IN ('Z', 'z') THEN 0 ELSE CASE WHEN left(z, 1) = '-' THEN -1 ELSE 1 END * (60 * CAST(substr(z, 2, 2) AS INT) + CASE WHEN length(z) > 3 THEN CAST(right(z, 2) AS INT) ELSE 0 END) END)))[0] END), w -> CASE WHEN year(w) BETWEEN 1000 AND 9999 THEN replace(left(CAST(w AS STRING), 19), ' ', 'T') || 'Z' END)[0])[0]

-- text to time
transform(array(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM `x`)), s -> CASE WHEN regexp_like(s, '^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?Z?)$') THEN left(s, 5) || ':' || coalesce(nullif(regexp_extract(s, '^[0-9]+:[0-9]+:([0-9]+)', 1), ''), '00') || '.' || rpad(regexp_extract(s, '[.]([0-9]{1,3})', 1), 3, '0') || 'Z' END)[0]

-- text to set
nullif(array_join(array_sort(array_distinct(filter(transform(split(`x`, ';'), i -> trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM i)), i -> i <> ''))), ';'), '')

-- text to id
transform(array(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM `x`)), s -> CASE WHEN regexp_like(s, '^([A-Za-z0-9]{15})$') THEN s || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + CASE WHEN substr(s, 1, 1) BETWEEN 'A' AND 'Z' THEN 1 ELSE 0 END + CASE WHEN substr(s, 2, 1) BETWEEN 'A' AND 'Z' THEN 2 ELSE 0 END + CASE WHEN substr(s, 3, 1) BETWEEN 'A' AND 'Z' THEN 4 ELSE 0 END + CASE WHEN substr(s, 4, 1) BETWEEN 'A' AND 'Z' THEN 8 ELSE 0 END + CASE WHEN substr(s, 5, 1) BETWEEN 'A' AND 'Z' THEN 16 ELSE 0 END, 1) || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + CASE WHEN substr(s, 6, 1) BETWEEN 'A' AND 'Z' THEN 1 ELSE 0 END + CASE WHEN substr(s, 7, 1) BETWEEN 'A' AND 'Z' THEN 2 ELSE 0 END + CASE WHEN substr(s, 8, 1) BETWEEN 'A' AND 'Z' THEN 4 ELSE 0 END + CASE WHEN substr(s, 9, 1) BETWEEN 'A' AND 'Z' THEN 8 ELSE 0 END + CASE WHEN substr(s, 10, 1) BETWEEN 'A' AND 'Z' THEN 16 ELSE 0 END, 1) || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + CASE WHEN substr(s, 11, 1) BETWEEN 'A' AND 'Z' THEN 1 ELSE 0 END + CASE WHEN substr(s, 12, 1) BETWEEN 'A' AND 'Z' THEN 2 ELSE 0 END + CASE WHEN substr(s, 13, 1) BETWEEN 'A' AND 'Z' THEN 4 ELSE 0 END + CASE WHEN substr(s, 14, 1) BETWEEN 'A' AND 'Z' THEN 8 ELSE 0 END + CASE WHEN substr(s, 15, 1) BETWEEN 'A' AND 'Z' THEN 16 ELSE 0 END, 1) WHEN regexp_like(s, '^([A-Za-z0-9]{18})$') AND right(s, 3) = substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + CASE WHEN substr(s, 1, 1) BETWEEN 'A' AND 'Z' THEN 1 ELSE 0 END + CASE WHEN substr(s, 2, 1) BETWEEN 'A' AND 'Z' THEN 2 ELSE 0 END + CASE WHEN substr(s, 3, 1) BETWEEN 'A' AND 'Z' THEN 4 ELSE 0 END + CASE WHEN substr(s, 4, 1) BETWEEN 'A' AND 'Z' THEN 8 ELSE 0 END + CASE WHEN substr(s, 5, 1) BETWEEN 'A' AND 'Z' THEN 16 ELSE 0 END, 1) || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + CASE WHEN substr(s, 6, 1) BETWEEN 'A' AND 'Z' THEN 1 ELSE 0 END + CASE WHEN substr(s, 7, 1) BETWEEN 'A' AND 'Z' THEN 2 ELSE 0 END + CASE WHEN substr(s, 8, 1) BETWEEN 'A' AND 'Z' THEN 4 ELSE 0 END + CASE WHEN substr(s, 9, 1) BETWEEN 'A' AND 'Z' THEN 8 ELSE 0 END + CASE WHEN substr(s, 10, 1) BETWEEN 'A' AND 'Z' THEN 16 ELSE 0 END, 1) || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + CASE WHEN substr(s, 11, 1) BETWEEN 'A' AND 'Z' THEN 1 ELSE 0 END + CASE WHEN substr(s, 12, 1) BETWEEN 'A' AND 'Z' THEN 2 ELSE 0 END + CASE WHEN substr(s, 13, 1) BETWEEN 'A' AND 'Z' THEN 4 ELSE 0 END + CASE WHEN substr(s, 14, 1) BETWEEN 'A' AND 'Z' THEN 8 ELSE 0 END + CASE WHEN substr(s, 15, 1) BETWEEN 'A' AND 'Z' THEN 16 ELSE 0 END, 1) THEN s END)[0]

-- type bool
BOOLEAN

-- cast bool
CAST(`x` AS STRING)

-- bool to text
nullif(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM CAST(`x` AS STRING)), '')

-- bool to bool
CAST(`x` AS STRING)

-- bool to set
nullif(array_join(array_sort(array_distinct(filter(transform(split(CAST(`x` AS STRING), ';'), i -> trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM i)), i -> i <> ''))), ';'), '')

-- type int
BIGINT

-- cast int
CAST(`x` AS STRING)

-- int to text
nullif(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM CAST(`x` AS STRING)), '')

-- int to number
CAST(TRY_CAST(`x` AS DECIMAL(38,2)) AS STRING)

-- int to bool
CASE `x` WHEN 1 THEN 'true' WHEN 0 THEN 'false' END

-- int to set
nullif(array_join(array_sort(array_distinct(filter(transform(split(CAST(`x` AS STRING), ';'), i -> trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM i)), i -> i <> ''))), ';'), '')

-- type decimal
DECIMAL(38,9)

-- cast decimal
CAST(`x` AS STRING)

-- decimal to text
nullif(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM CAST(`x` AS STRING)), '')

-- decimal to number
CAST(TRY_CAST(`x` AS DECIMAL(38,2)) AS STRING)

-- decimal to bool
CASE `x` WHEN 1 THEN 'true' WHEN 0 THEN 'false' END

-- decimal to set
nullif(array_join(array_sort(array_distinct(filter(transform(split(CAST(`x` AS STRING), ';'), i -> trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM i)), i -> i <> ''))), ';'), '')

-- type float
DOUBLE

-- cast float
transform(array(CAST(`x` AS STRING)), f -> CASE WHEN f IN ('0.0', '-0.0') THEN '0' WHEN f LIKE '%N%' OR f LIKE '%I%' THEN NULL ELSE transform(array(coalesce(CASE WHEN length(regexp_replace(f, '^-?[0.]*|[.]|E.*$', '')) >= 18 THEN transform(array(regexp_extract(f, '[0-9.]+', 0)), m -> transform(array(CAST((TRY_CAST(replace(m, '.', '') AS BIGINT) + 50) div 100 AS STRING)), n -> transform(array(CASE WHEN left(f, 1) = '-' THEN '-' ELSE '' END || regexp_replace(n, '0+$', '') || 'E' || CAST(coalesce(TRY_CAST(regexp_extract(f, 'E(.*)$', 1) AS INT), 0) - (length(m) - instr(m, '.')) + 2 + length(n) - length(regexp_replace(n, '0+$', '')) AS STRING)), g -> CASE WHEN TRY_CAST(g AS DOUBLE) = CAST(f AS DOUBLE) THEN g END)[0])[0])[0] END, CASE WHEN length(regexp_replace(f, '^-?[0.]*|[.]|E.*$', '')) >= 16 OR f LIKE '%E-32_' THEN transform(array(regexp_extract(f, '[0-9.]+', 0)), m -> transform(array(CAST((TRY_CAST(replace(m, '.', '') AS BIGINT) + 5) div 10 AS STRING)), n -> transform(array(CASE WHEN left(f, 1) = '-' THEN '-' ELSE '' END || regexp_replace(n, '0+$', '') || 'E' || CAST(coalesce(TRY_CAST(regexp_extract(f, 'E(.*)$', 1) AS INT), 0) - (length(m) - instr(m, '.')) + 1 + length(n) - length(regexp_replace(n, '0+$', '')) AS STRING)), g -> CASE WHEN TRY_CAST(g AS DOUBLE) = CAST(f AS DOUBLE) THEN g END)[0])[0])[0] END, f)), b -> CASE WHEN b LIKE '%E%' THEN transform(array(regexp_replace(regexp_extract(b, '[0-9.]+', 0), '[.]0*$', '')), m -> transform(array(instr(m || '.', '.') - 1 + CAST(regexp_extract(b, '[eE][+]?(-?[0-9]+)$', 1) AS INT)), p -> CASE WHEN left(b, 1) = '-' THEN '-' ELSE '' END || CASE WHEN p <= 0 THEN '0.' || repeat('0', -p) || replace(m, '.', '') WHEN p >= length(replace(m, '.', '')) THEN replace(m, '.', '') || repeat('0', p - length(replace(m, '.', ''))) ELSE left(replace(m, '.', ''), p) || '.' || substr(replace(m, '.', ''), p + 1) END)[0])[0] ELSE regexp_replace(b, '[.]0$', '') END)[0] END)[0]

-- float to text
nullif(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM transform(array(CAST(`x` AS STRING)), f -> CASE WHEN f IN ('0.0', '-0.0') THEN '0' WHEN f LIKE '%N%' OR f LIKE '%I%' THEN NULL ELSE transform(array(coalesce(CASE WHEN length(regexp_replace(f, '^-?[0.]*|[.]|E.*$', '')) >= 18 THEN transform(array(regexp_extract(f, '[0-9.]+', 0)), m -> transform(array(CAST((TRY_CAST(replace(m, '.', '') AS BIGINT) + 50) div 100 AS STRING)), n -> transform(array(CASE WHEN left(f, 1) = '-' THEN '-' ELSE '' END || regexp_replace(n, '0+$', '') || 'E' || CAST(coalesce(TRY_CAST(regexp_extract(f, 'E(.*)$', 1) AS INT), 0) - (length(m) - instr(m, '.')) + 2 + length(n) - length(regexp_replace(n, '0+$', '')) AS STRING)), g -> CASE WHEN TRY_CAST(g AS DOUBLE) = CAST(f AS DOUBLE) THEN g END)[0])[0])[0] END, CASE WHEN length(regexp_replace(f, '^-?[0.]*|[.]|E.*$', '')) >= 16 OR f LIKE '%E-32_' THEN transform(array(regexp_extract(f, '[0-9.]+', 0)), m -> transform(array(CAST((TRY_CAST(replace(m, '.', '') AS BIGINT) + 5) div 10 AS STRING)), n -> transform(array(CASE WHEN left(f, 1) = '-' THEN '-' ELSE '' END || regexp_replace(n, '0+$', '') || 'E' || CAST(coalesce(TRY_CAST(regexp_extract(f, 'E(.*)$', 1) AS INT), 0) - (length(m) - instr(m, '.')) + 1 + length(n) - length(regexp_replace(n, '0+$', '')) AS STRING)), g -> CASE WHEN TRY_CAST(g AS DOUBLE) = CAST(f AS DOUBLE) THEN g END)[0])[0])[0] END, f)), b -> CASE WHEN b LIKE '%E%' THEN transform(array(regexp_replace(regexp_extract(b, '[0-9.]+', 0), '[.]0*$', '')), m -> transform(array(instr(m || '.', '.') - 1 + CAST(regexp_extract(b, '[eE][+]?(-?[0-9]+)$', 1) AS INT)), p -> CASE WHEN left(b, 1) = '-' THEN '-' ELSE '' END || CASE WHEN p <= 0 THEN '0.' || repeat('0', -p) || replace(m, '.', '') WHEN p >= length(replace(m, '.', '')) THEN replace(m, '.', '') || repeat('0', p - length(replace(m, '.', ''))) ELSE left(replace(m, '.', ''), p) || '.' || substr(replace(m, '.', ''), p + 1) END)[0])[0] ELSE regexp_replace(b, '[.]0$', '') END)[0] END)[0]), '')

-- float to number
CAST(TRY_CAST(transform(array(CAST(`x` AS STRING)), f -> CASE WHEN f IN ('0.0', '-0.0') THEN '0' WHEN f LIKE '%N%' OR f LIKE '%I%' THEN NULL ELSE transform(array(coalesce(CASE WHEN length(regexp_replace(f, '^-?[0.]*|[.]|E.*$', '')) >= 18 THEN transform(array(regexp_extract(f, '[0-9.]+', 0)), m -> transform(array(CAST((TRY_CAST(replace(m, '.', '') AS BIGINT) + 50) div 100 AS STRING)), n -> transform(array(CASE WHEN left(f, 1) = '-' THEN '-' ELSE '' END || regexp_replace(n, '0+$', '') || 'E' || CAST(coalesce(TRY_CAST(regexp_extract(f, 'E(.*)$', 1) AS INT), 0) - (length(m) - instr(m, '.')) + 2 + length(n) - length(regexp_replace(n, '0+$', '')) AS STRING)), g -> CASE WHEN TRY_CAST(g AS DOUBLE) = CAST(f AS DOUBLE) THEN g END)[0])[0])[0] END, CASE WHEN length(regexp_replace(f, '^-?[0.]*|[.]|E.*$', '')) >= 16 OR f LIKE '%E-32_' THEN transform(array(regexp_extract(f, '[0-9.]+', 0)), m -> transform(array(CAST((TRY_CAST(replace(m, '.', '') AS BIGINT) + 5) div 10 AS STRING)), n -> transform(array(CASE WHEN left(f, 1) = '-' THEN '-' ELSE '' END || regexp_replace(n, '0+$', '') || 'E' || CAST(coalesce(TRY_CAST(regexp_extract(f, 'E(.*)$', 1) AS INT), 0) - (length(m) - instr(m, '.')) + 1 + length(n) - length(regexp_replace(n, '0+$', '')) AS STRING)), g -> CASE WHEN TRY_CAST(g AS DOUBLE) = CAST(f AS DOUBLE) THEN g END)[0])[0])[0] END, f)), b -> CASE WHEN b LIKE '%E%' THEN transform(array(regexp_replace(regexp_extract(b, '[0-9.]+', 0), '[.]0*$', '')), m -> transform(array(instr(m || '.', '.') - 1 + CAST(regexp_extract(b, '[eE][+]?(-?[0-9]+)$', 1) AS INT)), p -> CASE WHEN left(b, 1) = '-' THEN '-' ELSE '' END || CASE WHEN p <= 0 THEN '0.' || repeat('0', -p) || replace(m, '.', '') WHEN p >= length(replace(m, '.', '')) THEN replace(m, '.', '') || repeat('0', p - length(replace(m, '.', ''))) ELSE left(replace(m, '.', ''), p) || '.' || substr(replace(m, '.', ''), p + 1) END)[0])[0] ELSE regexp_replace(b, '[.]0$', '') END)[0] END)[0] AS DECIMAL(38,2)) AS STRING)

-- float to bool
CASE `x` WHEN 1 THEN 'true' WHEN 0 THEN 'false' END

-- float to set
nullif(array_join(array_sort(array_distinct(filter(transform(split(transform(array(CAST(`x` AS STRING)), f -> CASE WHEN f IN ('0.0', '-0.0') THEN '0' WHEN f LIKE '%N%' OR f LIKE '%I%' THEN NULL ELSE transform(array(coalesce(CASE WHEN length(regexp_replace(f, '^-?[0.]*|[.]|E.*$', '')) >= 18 THEN transform(array(regexp_extract(f, '[0-9.]+', 0)), m -> transform(array(CAST((TRY_CAST(replace(m, '.', '') AS BIGINT) + 50) div 100 AS STRING)), n -> transform(array(CASE WHEN left(f, 1) = '-' THEN '-' ELSE '' END || regexp_replace(n, '0+$', '') || 'E' || CAST(coalesce(TRY_CAST(regexp_extract(f, 'E(.*)$', 1) AS INT), 0) - (length(m) - instr(m, '.')) + 2 + length(n) - length(regexp_replace(n, '0+$', '')) AS STRING)), g -> CASE WHEN TRY_CAST(g AS DOUBLE) = CAST(f AS DOUBLE) THEN g END)[0])[0])[0] END, CASE WHEN length(regexp_replace(f, '^-?[0.]*|[.]|E.*$', '')) >= 16 OR f LIKE '%E-32_' THEN transform(array(regexp_extract(f, '[0-9.]+', 0)), m -> transform(array(CAST((TRY_CAST(replace(m, '.', '') AS BIGINT) + 5) div 10 AS STRING)), n -> transform(array(CASE WHEN left(f, 1) = '-' THEN '-' ELSE '' END || regexp_replace(n, '0+$', '') || 'E' || CAST(coalesce(TRY_CAST(regexp_extract(f, 'E(.*)$', 1) AS INT), 0) - (length(m) - instr(m, '.')) + 1 + length(n) - length(regexp_replace(n, '0+$', '')) AS STRING)), g -> CASE WHEN TRY_CAST(g AS DOUBLE) = CAST(f AS DOUBLE) THEN g END)[0])[0])[0] END, f)), b -> CASE WHEN b LIKE '%E%' THEN transform(array(regexp_replace(regexp_extract(b, '[0-9.]+', 0), '[.]0*$', '')), m -> transform(array(instr(m || '.', '.') - 1 + CAST(regexp_extract(b, '[eE][+]?(-?[0-9]+)$', 1) AS INT)), p -> CASE WHEN left(b, 1) = '-' THEN '-' ELSE '' END || CASE WHEN p <= 0 THEN '0.' || repeat('0', -p) || replace(m, '.', '') WHEN p >= length(replace(m, '.', '')) THEN replace(m, '.', '') || repeat('0', p - length(replace(m, '.', ''))) ELSE left(replace(m, '.', ''), p) || '.' || substr(replace(m, '.', ''), p + 1) END)[0])[0] ELSE regexp_replace(b, '[.]0$', '') END)[0] END)[0], ';'), i -> trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM i)), i -> i <> ''))), ';'), '')

-- type date
DATE

-- cast date
CAST(`x` AS STRING)

-- date to text
nullif(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM CAST(`x` AS STRING)), '')

-- date to date
CASE WHEN year(`x`) BETWEEN 1000 AND 9999 THEN CAST(`x` AS STRING) END

-- date to datetime
transform(array(transform(array(TRY_CAST(`x` AS TIMESTAMP)), t -> transform(array(to_utc_timestamp(t + INTERVAL 36 HOURS, 'Europe/Berlin') - INTERVAL 36 HOURS), u -> CASE WHEN from_utc_timestamp(u, 'Europe/Berlin') = t THEN u ELSE to_utc_timestamp(t, 'Europe/Berlin') END)[0])[0]), w -> CASE WHEN year(w) BETWEEN 1000 AND 9999 THEN replace(left(CAST(w AS STRING), 19), ' ', 'T') || 'Z' END)[0]

-- date to set
nullif(array_join(array_sort(array_distinct(filter(transform(split(CAST(`x` AS STRING), ';'), i -> trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM i)), i -> i <> ''))), ';'), '')

-- type timestamp
TIMESTAMP_NTZ

-- cast timestamp
CAST(`x` AS STRING)

-- timestamp to text
nullif(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM CAST(`x` AS STRING)), '')

-- timestamp to datetime
transform(array(transform(array(TRY_CAST(`x` AS TIMESTAMP)), t -> transform(array(to_utc_timestamp(t + INTERVAL 36 HOURS, 'Europe/Berlin') - INTERVAL 36 HOURS), u -> CASE WHEN from_utc_timestamp(u, 'Europe/Berlin') = t THEN u ELSE to_utc_timestamp(t, 'Europe/Berlin') END)[0])[0]), w -> CASE WHEN year(w) BETWEEN 1000 AND 9999 THEN replace(left(CAST(w AS STRING), 19), ' ', 'T') || 'Z' END)[0]

-- timestamp to set
nullif(array_join(array_sort(array_distinct(filter(transform(split(CAST(`x` AS STRING), ';'), i -> trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM i)), i -> i <> ''))), ';'), '')

-- type timestamptz
TIMESTAMP

-- cast timestamptz
(replace(CAST(`x` AS STRING), ' ', 'T') || 'Z')

-- timestamptz to text
nullif(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM (replace(CAST(`x` AS STRING), ' ', 'T') || 'Z')), '')

-- timestamptz to datetime
CASE WHEN year(`x`) BETWEEN 1000 AND 9999 THEN replace(left(CAST(`x` AS STRING), 19), ' ', 'T') || 'Z' END

-- timestamptz to set
nullif(array_join(array_sort(array_distinct(filter(transform(split((replace(CAST(`x` AS STRING), ' ', 'T') || 'Z'), ';'), i -> trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM i)), i -> i <> ''))), ';'), '')

-- type time
STRING

-- cast time
`x`

-- time to text
nullif(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM `x`), '')

-- time to time
transform(array(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM `x`)), s -> CASE WHEN regexp_like(s, '^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?Z?)$') THEN left(s, 5) || ':' || coalesce(nullif(regexp_extract(s, '^[0-9]+:[0-9]+:([0-9]+)', 1), ''), '00') || '.' || rpad(regexp_extract(s, '[.]([0-9]{1,3})', 1), 3, '0') || 'Z' END)[0]

-- time to set
nullif(array_join(array_sort(array_distinct(filter(transform(split(`x`, ';'), i -> trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM i)), i -> i <> ''))), ';'), '')

-- function number from text
transform(array(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM m.x)), s -> CASE WHEN regexp_like(s, '^([+-]?([0-9]+([.][0-9]*)?|[.][0-9]+))$') THEN TRY_CAST(s AS DECIMAL(29,9)) WHEN regexp_like(s, '^([+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)[eE][+-]?[0-9]{1,3})$') THEN TRY_CAST(transform(array(regexp_replace(regexp_extract(s, '[0-9.]+', 0), '[.]0*$', '')), m -> transform(array(instr(m || '.', '.') - 1 + CAST(regexp_extract(s, '[eE][+]?(-?[0-9]+)$', 1) AS INT)), p -> CASE WHEN left(s, 1) = '-' THEN '-' ELSE '' END || CASE WHEN p <= 0 THEN '0.' || repeat('0', -p) || replace(m, '.', '') WHEN p >= length(replace(m, '.', '')) THEN replace(m, '.', '') || repeat('0', p - length(replace(m, '.', ''))) ELSE left(replace(m, '.', ''), p) || '.' || substr(replace(m, '.', ''), p + 1) END)[0])[0] AS DECIMAL(29,9)) END)[0]

-- function number from int
TRY_CAST(m.x AS DECIMAL(29,9))

-- function number from float
TRY_CAST(transform(array(CAST(m.x AS STRING)), f -> CASE WHEN f IN ('0.0', '-0.0') THEN '0' WHEN f LIKE '%N%' OR f LIKE '%I%' THEN NULL ELSE transform(array(coalesce(CASE WHEN length(regexp_replace(f, '^-?[0.]*|[.]|E.*$', '')) >= 18 THEN transform(array(regexp_extract(f, '[0-9.]+', 0)), m -> transform(array(CAST((TRY_CAST(replace(m, '.', '') AS BIGINT) + 50) div 100 AS STRING)), n -> transform(array(CASE WHEN left(f, 1) = '-' THEN '-' ELSE '' END || regexp_replace(n, '0+$', '') || 'E' || CAST(coalesce(TRY_CAST(regexp_extract(f, 'E(.*)$', 1) AS INT), 0) - (length(m) - instr(m, '.')) + 2 + length(n) - length(regexp_replace(n, '0+$', '')) AS STRING)), g -> CASE WHEN TRY_CAST(g AS DOUBLE) = CAST(f AS DOUBLE) THEN g END)[0])[0])[0] END, CASE WHEN length(regexp_replace(f, '^-?[0.]*|[.]|E.*$', '')) >= 16 OR f LIKE '%E-32_' THEN transform(array(regexp_extract(f, '[0-9.]+', 0)), m -> transform(array(CAST((TRY_CAST(replace(m, '.', '') AS BIGINT) + 5) div 10 AS STRING)), n -> transform(array(CASE WHEN left(f, 1) = '-' THEN '-' ELSE '' END || regexp_replace(n, '0+$', '') || 'E' || CAST(coalesce(TRY_CAST(regexp_extract(f, 'E(.*)$', 1) AS INT), 0) - (length(m) - instr(m, '.')) + 1 + length(n) - length(regexp_replace(n, '0+$', '')) AS STRING)), g -> CASE WHEN TRY_CAST(g AS DOUBLE) = CAST(f AS DOUBLE) THEN g END)[0])[0])[0] END, f)), b -> CASE WHEN b LIKE '%E%' THEN transform(array(regexp_replace(regexp_extract(b, '[0-9.]+', 0), '[.]0*$', '')), m -> transform(array(instr(m || '.', '.') - 1 + CAST(regexp_extract(b, '[eE][+]?(-?[0-9]+)$', 1) AS INT)), p -> CASE WHEN left(b, 1) = '-' THEN '-' ELSE '' END || CASE WHEN p <= 0 THEN '0.' || repeat('0', -p) || replace(m, '.', '') WHEN p >= length(replace(m, '.', '')) THEN replace(m, '.', '') || repeat('0', p - length(replace(m, '.', ''))) ELSE left(replace(m, '.', ''), p) || '.' || substr(replace(m, '.', ''), p + 1) END)[0])[0] ELSE regexp_replace(b, '[.]0$', '') END)[0] END)[0] AS DECIMAL(29,9))

-- function digits
regexp_replace(CAST(n AS STRING), '[.]?0*$', '')

-- function whole
transform(array(n + 1), w -> CASE WHEN w > 1000000000 THEN 1000000000 WHEN w < -1000000000 THEN -1000000000 ELSE TRY_CAST(floor(w) AS INT) END)[0]

-- function bool from text
transform(array(lower(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM m.x))), s -> CASE WHEN s IN ('true', 't', 'yes', 'y', 'on', '1') THEN true WHEN s IN ('false', 'f', 'no', 'n', 'off', '0') THEN false END)[0]

-- function bool from decimal
CASE m.x WHEN 1 THEN true WHEN 0 THEN false END

-- function date
transform(array(trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM m.x)), s -> CASE WHEN regexp_like(s, '^([1-9][0-9]{3}-[0-9]{2}-[0-9]{2})$') THEN TRY_CAST(s AS DATE) END)[0]

-- function timestamp
CASE WHEN regexp_like(m.x, '^([1-9][0-9]{3}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?)$') THEN TRY_CAST(m.x AS TIMESTAMP_NTZ) END

-- function instant
CASE WHEN regexp_like(m.x, '^([1-9][0-9]{3}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?[-+](0[0-9]|1[0-4]):[0-5][0-9])$') THEN TRY_CAST(m.x AS TIMESTAMP) END

-- function day of timestamp
CASE WHEN year(m.x) BETWEEN 1000 AND 9999 THEN CAST(from_utc_timestamp(transform(array(TRY_CAST(m.x AS TIMESTAMP)), t -> transform(array(to_utc_timestamp(t + INTERVAL 36 HOURS, 'America/New_York') - INTERVAL 36 HOURS), u -> CASE WHEN from_utc_timestamp(u, 'America/New_York') = t THEN u ELSE to_utc_timestamp(t, 'America/New_York') END)[0])[0], 'Europe/Berlin') AS DATE) END

-- function day of instant
CASE WHEN year(m.x) BETWEEN 1000 AND 9999 THEN CAST(from_utc_timestamp(m.x, 'Europe/Berlin') AS DATE) END

-- function clock of date
CASE WHEN year(m.x) BETWEEN 1000 AND 9999 THEN (CAST(m.x AS STRING) || ' 00:00:00') END

-- function clock of timestamp
CASE WHEN year(m.x) BETWEEN 1000 AND 9999 THEN left(CAST(m.x AS STRING), 19) END

-- function clock of instant
transform(array(from_utc_timestamp(m.x, 'Europe/Berlin')), c -> CASE WHEN year(c) BETWEEN 1000 AND 9999 THEN left(CAST(c AS STRING), 19) END)[0]

-- function +
TRY_CAST((a + b) AS DECIMAL(29,9))

-- function -
TRY_CAST((a - b) AS DECIMAL(29,9))

-- function *
TRY_CAST(TRY_CAST(try_multiply(a * CAST(1000 AS DECIMAL(4,0)), b) AS DECIMAL(29,6)) * CAST(0.001 AS DECIMAL(3,3)) AS DECIMAL(29,9))

-- function /
TRY_CAST(try_divide(a, b) AS DECIMAL(29,9))

-- function %
TRY_CAST((a % nullif(b, 0)) AS DECIMAL(29,9))

-- function abs
abs(n)

-- function round
TRY_CAST(TRY_CAST(n AS DECIMAL(23,2)) AS DECIMAL(29,9))

-- function floor
TRY_CAST(floor(n) AS DECIMAL(29,9))

-- function ceil
TRY_CAST(ceil(n) AS DECIMAL(29,9))

-- function lower
lower(translate(m.x, 'Σİ', 'σi'))

-- function upper
CASE WHEN regexp_like(m.x, '[ßŉǰΐΰևẖẗẘẙẚὐὒὔὖᾀᾁᾂᾃᾄᾅᾆᾇᾈᾉᾊᾋᾌᾍᾎᾏᾐᾑᾒᾓᾔᾕᾖᾗᾘᾙᾚᾛᾜᾝᾞᾟᾠᾡᾢᾣᾤᾥᾦᾧᾨᾩᾪᾫᾬᾭᾮᾯᾲᾳᾴᾶᾷᾼῂῃῄῆῇῌῒΐῖῗῢΰῤῦῧῲῳῴῶῷῼﬀﬁﬂﬃﬄﬅﬆﬓﬔﬕﬖﬗ]') THEN array_join(transform(regexp_extract_all(m.x, '(?s:.)', 0), c -> CASE WHEN regexp_like(c, '[ßŉǰΐΰևẖẗẘẙẚὐὒὔὖᾀᾁᾂᾃᾄᾅᾆᾇᾈᾉᾊᾋᾌᾍᾎᾏᾐᾑᾒᾓᾔᾕᾖᾗᾘᾙᾚᾛᾜᾝᾞᾟᾠᾡᾢᾣᾤᾥᾦᾧᾨᾩᾪᾫᾬᾭᾮᾯᾲᾳᾴᾶᾷᾼῂῃῄῆῇῌῒΐῖῗῢΰῤῦῧῲῳῴῶῷῼﬀﬁﬂﬃﬄﬅﬆﬓﬔﬕﬖﬗ]') THEN translate(c, 'ßŉǰΐΰևẖẗẘẙẚὐὒὔὖᾀᾁᾂᾃᾄᾅᾆᾇᾈᾉᾊᾋᾌᾍᾎᾏᾐᾑᾒᾓᾔᾕᾖᾗᾘᾙᾚᾛᾜᾝᾞᾟᾠᾡᾢᾣᾤᾥᾦᾧᾨᾩᾪᾫᾬᾭᾮᾯᾲᾳᾴᾶᾷᾼῂῃῄῆῇῌῒΐῖῗῢΰῤῦῧῲῳῴῶῷῼﬀﬁﬂﬃﬄﬅﬆﬓﬔﬕﬖﬗ', 'ẞŉǰΐΰևẖẗẘẙẚὐὒὔὖᾈᾉᾊᾋᾌᾍᾎᾏᾈᾉᾊᾋᾌᾍᾎᾏᾘᾙᾚᾛᾜᾝᾞᾟᾘᾙᾚᾛᾜᾝᾞᾟᾨᾩᾪᾫᾬᾭᾮᾯᾨᾩᾪᾫᾬᾭᾮᾯᾲᾼᾴᾶᾷᾼῂῌῄῆῇῌῒΐῖῗῢΰῤῦῧῲῼῴῶῷῼﬀﬁﬂﬃﬄﬅﬆﬓﬔﬕﬖﬗ') ELSE upper(c) END), '') ELSE upper(m.x) END

-- function trim
trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM m.x)

-- function trim of an expression
trim(BOTH '\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' FROM lower(m.x))

-- function length
TRY_CAST(CASE WHEN octet_length(m.x) = length(m.x) THEN length(m.x) ELSE length(m.x) + length(regexp_replace(m.x, '[^\\x{10000}-\\x{10ffff}]+', '')) END AS DECIMAL(29,9))

-- function substr
CASE WHEN octet_length(m.x) = length(m.x) THEN substr(m.x, 2, 3) ELSE transform(array(regexp_replace(m.x, '([\\x{10000}-\\x{10ffff}])', '$1x')), w -> regexp_replace(regexp_replace(CASE WHEN 2 > 1 AND regexp_like(substr(w, 2 - 1, 1), '[\\x{10000}-\\x{10ffff}]') THEN substr(substr(w, 2, 3), 2) ELSE substr(w, 2, 3) END, '[\\x{10000}-\\x{10ffff}]\\z', ''), '([\\x{10000}-\\x{10ffff}])x', '$1'))[0] END

-- function substr to the end
CASE WHEN octet_length(m.x) = length(m.x) THEN substr(m.x, 2) ELSE transform(array(regexp_replace(m.x, '([\\x{10000}-\\x{10ffff}])', '$1x')), w -> regexp_replace(regexp_replace(CASE WHEN 2 > 1 AND regexp_like(substr(w, 2 - 1, 1), '[\\x{10000}-\\x{10ffff}]') THEN substr(substr(w, 2), 2) ELSE substr(w, 2) END, '[\\x{10000}-\\x{10ffff}]\\z', ''), '([\\x{10000}-\\x{10ffff}])x', '$1'))[0] END

-- function replace
replace(m.x, 'a', 'b')

-- function regex_replace
regexp_replace(m.x, '([a-z])', '\\\\\\$$1\\1')

-- function regex_extract
nullif(regexp_extract(m.x, '\\A([0-9]+)', 1), '')

-- function split_part
nullif(split_part(m.x, ',', -1), '')

-- function lpad
CASE WHEN length(m.x) >= 5 OR CASE WHEN octet_length(m.x) = length(m.x) THEN length(m.x) ELSE length(m.x) + length(regexp_replace(m.x, '[^\\x{10000}-\\x{10ffff}]+', '')) END >= 5 THEN m.x ELSE lpad(m.x, 5 + length(m.x) - (CASE WHEN octet_length(m.x) = length(m.x) THEN length(m.x) ELSE length(m.x) + length(regexp_replace(m.x, '[^\\x{10000}-\\x{10ffff}]+', '')) END), '0') END

-- function rpad
CASE WHEN length(m.x) >= 5 OR CASE WHEN octet_length(m.x) = length(m.x) THEN length(m.x) ELSE length(m.x) + length(regexp_replace(m.x, '[^\\x{10000}-\\x{10ffff}]+', '')) END >= 5 THEN m.x ELSE rpad(m.x, 5 + length(m.x) - (CASE WHEN octet_length(m.x) = length(m.x) THEN length(m.x) ELSE length(m.x) + length(regexp_replace(m.x, '[^\\x{10000}-\\x{10ffff}]+', '')) END), '\'') END

-- function join
concat_ws(', ', a, b)

-- function md5
md5(m.x)

-- function sha256
sha2(m.x, 256)

-- scan
WITH m (c0, c1) AS (SELECT * FROM (SELECT 1 AS a, 2 AS b
) AS q) SELECT CAST(NULL AS BIGINT) AS n, c0, c1 FROM m UNION ALL SELECT count(*), NULL, NULL FROM m

-- load
SELECT CASE WHEN left(get(r, 0), 1) = '+' THEN CAST(replace(replace(replace(substr(get(r, 0), 2), '\u001b3', '\u001e'), '\u001b4', '\u001f'), '\u001b0', '\u001b') AS BIGINT) END, CASE WHEN left(get(r, 1), 1) = '+' THEN replace(replace(replace(substr(get(r, 1), 2), '\u001b3', '\u001e'), '\u001b4', '\u001f'), '\u001b0', '\u001b') END, NULL FROM (SELECT split(line, '\u001f') AS r FROM (SELECT explode(split(?, '\u001e')) AS line) AS l) AS s

-- an insert whose outcome is unknown
INSERT INTO `main`.`signalsmith`.`runs` SELECT * FROM VALUES (?, ?) EXCEPT ALL SELECT * FROM `main`.`signalsmith`.`runs`

