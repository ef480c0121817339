-- delta
SELECT g.key, g.side <> 2 AS wanted, g.side <> 1 AS known, g.side = 0 AS same, g.raw, g.n
FROM (
  SELECT j.key, j.side, j.raw, count(*) AS n
  FROM (
    SELECT CASE WHEN d.raw = s.raw THEN NULL ELSE COALESCE(d.key, s.key) END AS key, CASE WHEN d.raw = s.raw THEN NULL ELSE d.raw END AS raw,
           CASE WHEN d.raw = s.raw THEN 0 WHEN s.key IS NULL THEN 1 WHEN d.raw IS NULL THEN 2 ELSE 3 END AS side
    FROM (SELECT CAST(m.`id` AS STRING) AS key, xxhash64(CASE WHEN '60586ed5866f22a9' IS NULL THEN '0' ELSE '1' END || CASE WHEN m.`id` IS NULL THEN '0' ELSE '1' END || CASE WHEN m.`odd "name"` IS NULL THEN '0' ELSE '1' END || CASE WHEN m.`score` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(m.`id` AS STRING) IS NULL THEN '0' ELSE '1' END, CAST('60586ed5866f22a9' AS STRING), CAST(m.`id` AS STRING), CAST(m.`odd "name"` AS STRING), CAST(m.`score` AS STRING), CAST(CAST(m.`id` AS STRING) AS STRING)) AS raw FROM (SELECT * FROM t) AS m) AS d FULL OUTER JOIN (SELECT key, CAST(NULL AS BIGINT) AS raw FROM state.main.records_1) AS s ON d.key = s.key
  ) AS j
  GROUP BY j.key, j.side, j.raw
) AS g

-- snap
SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1

-- lookup
SELECT 0 AS kind, (CAST(m.n_rows AS STRING) || ',' || CAST(m.n_null AS STRING) || ',' || CAST(m.n_new AS STRING) || ',' || CAST(m.n_gone AS STRING) || ',' || CAST(m.n_delta AS STRING) || ',' || CAST(m.n_desired AS STRING) || ',' || CAST(m.n_unmatched AS STRING) || ',' || CAST(m.n_bad AS STRING) || ',' || CAST(m.n_parents AS STRING) || ',' || CAST(m.n_double AS STRING) || ',' || CAST(m.n_clash AS STRING) || ',' || CAST(m.n_snap AS STRING) || ',' || CAST(m.n_mixed AS STRING) || ',' || CAST(m.n_twice AS STRING)) AS value FROM (SELECT d.n_rows, d.n_null, d.n_new, d.n_gone, d.n_delta, w.n_desired, w.n_unmatched, w.n_bad, w.n_parents,
       (SELECT count(*) FROM (SELECT key FROM `main`.`state`.`_tmp_plan_delta_1` WHERE wanted AND key IS NOT NULL GROUP BY key HAVING sum(n) > 1) AS x) AS n_double,
       (SELECT count(*) FROM (SELECT match_key FROM `main`.`state`.`_tmp_plan_desired_1` WHERE match_key IS NOT NULL GROUP BY match_key HAVING count(*) > 1
UNION ALL
SELECT s.match_key
FROM (SELECT key, lower(`v_Code__c`) AS match_key FROM state.main.records_1) AS s
JOIN `main`.`state`.`_tmp_plan_desired_1` AS d ON d.match_key = s.match_key AND d.key <> s.key
WHERE NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_delta_1` AS k WHERE k.key = s.key)) AS c) AS n_clash,
       (SELECT count(*) FROM state.main.records_1) AS n_snap, d.n_mixed,
       0 AS n_twice
FROM (
  SELECT COALESCE(sum(CASE WHEN wanted THEN n END), 0) AS n_rows,
         COALESCE(sum(CASE WHEN wanted AND NOT same AND key IS NULL THEN n END), 0) AS n_null,
         COALESCE(sum(CASE WHEN wanted AND key IS NOT NULL THEN n END), 0) AS n_delta,
         COALESCE(sum(CASE WHEN wanted AND NOT known AND key IS NOT NULL THEN n END), 0) AS n_new,
         count(CASE WHEN NOT wanted AND known THEN 1 END) AS n_gone,
         count(CASE WHEN NOT wanted AND NOT known THEN 1 END) AS n_mixed
  FROM `main`.`state`.`_tmp_plan_delta_1`
) AS d CROSS JOIN (
  SELECT count(*) AS n_desired, count(*) - count(match_key) AS n_unmatched, count(bad) AS n_bad,
         0 AS n_parents
  FROM `main`.`state`.`_tmp_plan_desired_1`
) AS w) AS m
UNION ALL
SELECT 1 AS kind, s.record_id AS value FROM state.main.records_1 AS s
WHERE NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_delta_1` AS k WHERE k.key = s.key AND NOT k.wanted) AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = s.key)
UNION ALL
SELECT DISTINCT 2 AS kind, s.match_value AS value
FROM `main`.`state`.`_tmp_plan_desired_1` AS s JOIN `main`.`state`.`_tmp_plan_delta_1` AS k ON k.key = s.key AND k.wanted
WHERE s.match_value IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT key, lower(`v_Code__c`) AS match_key FROM state.main.records_1) AS r WHERE r.key = s.key AND r.match_key = s.match_key) AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = s.key)
ORDER BY kind

-- double_keys
SELECT key, count(*) AS n FROM (SELECT CAST(m.`id` AS STRING) AS key, xxhash64(CASE WHEN '60586ed5866f22a9' IS NULL THEN '0' ELSE '1' END || CASE WHEN m.`id` IS NULL THEN '0' ELSE '1' END || CASE WHEN m.`odd "name"` IS NULL THEN '0' ELSE '1' END || CASE WHEN m.`score` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(m.`id` AS STRING) IS NULL THEN '0' ELSE '1' END, CAST('60586ed5866f22a9' AS STRING), CAST(m.`id` AS STRING), CAST(m.`odd "name"` AS STRING), CAST(m.`score` AS STRING), CAST(CAST(m.`id` AS STRING) AS STRING)) AS raw FROM (SELECT * FROM t) AS m) AS d WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1

-- double_matches
SELECT match_key, min(match_value) <> max(match_value) AS spelled
FROM (SELECT c.key, c.match_value, c.match_key, c.bad, c.value
FROM (
  SELECT key, match_value, match_key, bad, CASE bad WHEN 1 THEN `v_Code__c` WHEN 2 THEN `v_Description` WHEN 3 THEN `v_LeadSource` WHEN 4 THEN unread END AS value FROM `main`.`state`.`_tmp_plan_desired_1`
  UNION ALL
  SELECT u.key, u.`v_Code__c`, lower(u.`v_Code__c`), CAST(NULL AS BIGINT), CAST(NULL AS STRING) FROM (SELECT s.* FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s WHERE NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_delta_1` AS k WHERE k.key = s.key)) AS u
) AS c
WHERE NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_double_keys_1` AS k WHERE k.key = c.key)) AS d
WHERE match_key IS NOT NULL GROUP BY match_key HAVING count(*) > 1

-- rejected
SELECT CAST(NULL AS STRING) AS key, CAST(NULL AS STRING) AS match_value, CAST(NULL AS BIGINT) AS bad, CAST(NULL AS STRING) AS value, 'key_null' AS reason, n
FROM `main`.`state`.`_tmp_plan_delta_1` WHERE wanted AND NOT same AND key IS NULL
UNION ALL
SELECT key, CAST(NULL AS STRING), CAST(NULL AS BIGINT), CAST(NULL AS STRING), 'key_duplicate', n FROM `main`.`state`.`_tmp_plan_double_keys_1`
UNION ALL
SELECT d.key, d.match_value, d.bad, CASE WHEN d.bad IS NULL THEN d.match_value ELSE d.value END,
  CASE
    WHEN d.bad IS NOT NULL THEN CASE d.bad WHEN 1 THEN 'too_long' WHEN 2 THEN 'too_long' WHEN 3 THEN 'too_long' WHEN 4 THEN 'bad_value' END
    WHEN d.match_key IS NULL THEN 'match_null'
    ELSE 'match_duplicate'
  END, 1
FROM (SELECT c.key, c.match_value, c.match_key, c.bad, c.value
FROM (
  SELECT key, match_value, match_key, bad, CASE bad WHEN 1 THEN `v_Code__c` WHEN 2 THEN `v_Description` WHEN 3 THEN `v_LeadSource` WHEN 4 THEN unread END AS value FROM `main`.`state`.`_tmp_plan_desired_1`
  UNION ALL
  SELECT u.key, u.`v_Code__c`, lower(u.`v_Code__c`), CAST(NULL AS BIGINT), CAST(NULL AS STRING) FROM (SELECT s.* FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s WHERE NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_delta_1` AS k WHERE k.key = s.key)) AS u
) AS c
WHERE NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_double_keys_1` AS k WHERE k.key = c.key)) AS d
LEFT JOIN `main`.`state`.`_tmp_plan_double_matches_1` AS x ON x.match_key = d.match_key
WHERE d.bad IS NOT NULL OR d.match_key IS NULL OR x.match_key IS NOT NULL

-- usable
SELECT s.key, s.match_key FROM `main`.`state`.`_tmp_plan_desired_1` AS s WHERE 1 = 1 AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = s.key)
UNION ALL
SELECT s.key, lower(s.`v_Code__c`) AS match_key FROM (SELECT s.* FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s WHERE NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_delta_1` AS k WHERE k.key = s.key)) AS s WHERE 1 = 1 AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = s.key)

-- found
SELECT l.match_key, count(*) AS n, min(l.id) AS id, min(l.match_value) AS match_value, count(CASE WHEN l.converted THEN 1 END) > 0 AS converted
FROM (SELECT DISTINCT id, match_value, converted, lower(match_value) AS match_key FROM `main`.`state`.`_tmp_plan_live_1` WHERE by_match AND NOT deleted) AS l
WHERE EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_desired_1` AS d WHERE d.match_key = l.match_key)
GROUP BY l.match_key

-- class
WITH usable AS (
  SELECT s.key, 1 = 1 AS fresh, s.wanted, s.known AS known, s.raw,
         d.key IS NOT NULL AND d.raw = s.raw AS steady, d.match_key, d.match_value, d.fp AS want_fp, r.record_id, s.known AND s.wanted AND d.match_key IS DISTINCT FROM r.match_key AS renamed
  FROM `main`.`state`.`_tmp_plan_delta_1` AS s
  LEFT JOIN `main`.`state`.`_tmp_plan_desired_1` AS d ON d.key = s.key
  LEFT JOIN (SELECT r.*, lower(r.`v_Code__c`) AS match_key FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS r) AS r ON r.key = s.key
  WHERE s.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = s.key)
  UNION ALL
  SELECT s.key, 1 = 0, 1 = 1, 1 = 1, s.raw, 1 = 1, CAST(NULL AS STRING), CAST(NULL AS STRING), CASE WHEN NOT s.echoed THEN s.fp END, s.record_id, 1 = 0
  FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s
  WHERE NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_delta_1` AS k WHERE k.key = s.key) AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = s.key)
),
placed AS (
  SELECT p.*, p.record_id AS own_id,
         l.id AS live_id, COALESCE(l.deleted AND l.master_id IS NULL, 1 = 1) AS gone, CASE WHEN l.deleted THEN l.master_id END AS master_id, l.converted, l.fp AS live_fp,
         f.n AS found, f.id AS found_id, f.match_value AS found_value, f.converted AS found_converted, o.least, o.most
  FROM usable AS p
  LEFT JOIN (SELECT id, deleted, master_id, converted, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Score__c` IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(`v_Score__c` AS STRING)) AS fp FROM `main`.`state`.`_tmp_plan_live_1` WHERE NOT by_match AND NOT followed) AS l ON l.id = p.record_id
  LEFT JOIN (SELECT l.match_key, count(*) AS n, min(l.id) AS id, min(l.match_value) AS match_value, count(CASE WHEN l.converted THEN 1 END) > 0 AS converted
FROM (SELECT DISTINCT id, match_value, converted, lower(match_value) AS match_key FROM `main`.`state`.`_tmp_plan_live_1` WHERE by_match AND NOT deleted) AS l
WHERE EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_desired_1` AS d WHERE d.match_key = l.match_key)
GROUP BY l.match_key) AS f ON f.match_key = CASE WHEN p.known AND NOT p.renamed THEN NULL ELSE p.match_key END
  LEFT JOIN (SELECT o.record_id, min(o.key) AS least, max(o.key) AS most
FROM (
  SELECT s.key, s.record_id FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s
  UNION ALL
  SELECT s.key, l.master_id FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s JOIN `main`.`state`.`_tmp_plan_live_1` AS l ON l.id = s.record_id AND l.master_id IS NOT NULL
) AS o
WHERE o.record_id IN (SELECT id FROM (SELECT l.match_key, count(*) AS n, min(l.id) AS id, min(l.match_value) AS match_value, count(CASE WHEN l.converted THEN 1 END) > 0 AS converted
FROM (SELECT DISTINCT id, match_value, converted, lower(match_value) AS match_key FROM `main`.`state`.`_tmp_plan_live_1` WHERE by_match AND NOT deleted) AS l
WHERE EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_desired_1` AS d WHERE d.match_key = l.match_key)
GROUP BY l.match_key) AS f UNION ALL SELECT master_id FROM `main`.`state`.`_tmp_plan_live_1` WHERE master_id IS NOT NULL)
GROUP BY o.record_id) AS o ON o.record_id = CASE WHEN l.deleted AND l.master_id IS NOT NULL THEN l.master_id ELSE f.id END
),
judged AS (
  SELECT p.key, p.fresh, p.known, p.raw, p.want_fp, p.own_id, p.found_id, p.master_id, p.gone,
    CASE
      WHEN NOT wanted THEN 'held'
      WHEN NOT steady THEN 'unsteady'
      WHEN known AND gone THEN 'missing_in_salesforce'
      WHEN known AND converted THEN 'converted'
      WHEN known AND master_id IS NOT NULL THEN CASE WHEN least <> key OR most <> key OR renamed AND found_id <> master_id THEN 'match_duplicate' ELSE 'merged' END
      WHEN NOT fresh AND live_fp = want_fp THEN 'same'
      WHEN known AND renamed AND (found > 1 OR found_id <> own_id) THEN 'match_duplicate'
      WHEN known THEN 'known'
      WHEN found IS NULL THEN 'new_in_model'
      WHEN found > 1 THEN 'match_ambiguous'
      WHEN least <> key OR most <> key THEN 'match_duplicate'
      WHEN found_converted THEN 'converted'
      ELSE 'adopted'
    END AS reason
  FROM placed AS p
)
SELECT key, fresh, known AS known, raw, want_fp,
  CASE WHEN reason = 'left_converted' THEN 'converted' WHEN reason IN ('left_delete', 'left_clear', 'left_unread') THEN 'left_model' ELSE reason END AS reason,
  CASE reason
    WHEN 'held' THEN 'held' WHEN 'left_model' THEN 'leave' WHEN 'left_converted' THEN 'leave' WHEN 'left_delete' THEN 'remove' WHEN 'left_clear' THEN 'clear'
    WHEN 'left_unread' THEN 'left' WHEN 'missing_in_salesforce' THEN 'skip' WHEN 'no_match' THEN 'skip' WHEN 'exists' THEN 'skip' WHEN 'in_doubt' THEN 'skip' WHEN 'converted' THEN 'skip'
    WHEN 'match_ambiguous' THEN 'reject' WHEN 'match_duplicate' THEN 'reject' WHEN 'required_null' THEN 'reject' WHEN 'unsteady' THEN 'unsteady'
    WHEN 'new_in_model' THEN 'create' WHEN 'unread' THEN 'open' ELSE 'compare'
  END AS class,
  CASE reason WHEN 'adopted' THEN found_id WHEN 'merged' THEN master_id ELSE own_id END AS record_id
FROM judged
WHERE reason <> 'same'
UNION ALL
SELECT s.key, 1 = 0, 1 = 1, s.raw, s.fp, 'held', 'held', s.record_id
FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s WHERE EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = s.key)

-- change
WITH hydrated AS (
  SELECT c.key, c.class, c.reason, c.fresh, c.known, COALESCE(c.record_id, CASE WHEN c.known THEN s.record_id END) AS record_id,
         CASE WHEN c.fresh THEN c.want_fp ELSE s.fp END AS want_fp, c.raw, s.fp AS snap_fp, s.origin, s.confirmed_at, s.wrote,
         l.modified_at, l.modified_by, COALESCE(c.known AND c.reason <> 'merged' AND l.modified_by = '005000000000001AAA' AND l.modified_at <= s.confirmed_at, 1 = 0) AS untouched,
         CASE WHEN c.fresh THEN n.`v_Code__c` ELSE s.`v_Code__c` END AS `n_Code__c`, l.`v_Code__c` AS `b_Code__c`, s.`v_Code__c` AS `v_Code__c`, s.`e_Code__c` AS `e_Code__c`,
         CASE WHEN c.fresh THEN n.`v_Description` ELSE s.`v_Description` END AS `n_Description`, l.`v_Description` AS `b_Description`, s.`v_Description` AS `v_Description`, s.`e_Description` AS `e_Description`,
         CASE WHEN c.fresh THEN n.`v_LeadSource` ELSE s.`v_LeadSource` END AS `n_LeadSource`, l.`v_LeadSource` AS `b_LeadSource`, s.`v_LeadSource` AS `v_LeadSource`, s.`e_LeadSource` AS `e_LeadSource`,
         CASE WHEN c.fresh THEN n.`v_Score__c` ELSE s.`v_Score__c` END AS `n_Score__c`, l.`v_Score__c` AS `b_Score__c`, s.`v_Score__c` AS `v_Score__c`, s.`e_Score__c` AS `e_Score__c`
  FROM (WITH usable AS (
  SELECT s.key, 1 = 1 AS fresh, s.wanted, s.known AS known, s.raw,
         d.key IS NOT NULL AND d.raw = s.raw AS steady, d.match_key, d.match_value, d.fp AS want_fp, r.record_id, s.known AND s.wanted AND d.match_key IS DISTINCT FROM r.match_key AS renamed
  FROM `main`.`state`.`_tmp_plan_delta_1` AS s
  LEFT JOIN `main`.`state`.`_tmp_plan_desired_1` AS d ON d.key = s.key
  LEFT JOIN (SELECT r.*, lower(r.`v_Code__c`) AS match_key FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS r) AS r ON r.key = s.key
  WHERE s.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = s.key)
  UNION ALL
  SELECT s.key, 1 = 0, 1 = 1, 1 = 1, s.raw, 1 = 1, CAST(NULL AS STRING), CAST(NULL AS STRING), CASE WHEN NOT s.echoed THEN s.fp END, s.record_id, 1 = 0
  FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s
  WHERE NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_delta_1` AS k WHERE k.key = s.key) AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = s.key)
),
placed AS (
  SELECT p.*, p.record_id AS own_id,
         l.id AS live_id, COALESCE(l.deleted AND l.master_id IS NULL, 1 = 1) AS gone, CASE WHEN l.deleted THEN l.master_id END AS master_id, l.converted, l.fp AS live_fp,
         f.n AS found, f.id AS found_id, f.match_value AS found_value, f.converted AS found_converted, o.least, o.most
  FROM usable AS p
  LEFT JOIN (SELECT id, deleted, master_id, converted, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Score__c` IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(`v_Score__c` AS STRING)) AS fp FROM `main`.`state`.`_tmp_plan_live_1` WHERE NOT by_match AND NOT followed) AS l ON l.id = p.record_id
  LEFT JOIN (SELECT l.match_key, count(*) AS n, min(l.id) AS id, min(l.match_value) AS match_value, count(CASE WHEN l.converted THEN 1 END) > 0 AS converted
FROM (SELECT DISTINCT id, match_value, converted, lower(match_value) AS match_key FROM `main`.`state`.`_tmp_plan_live_1` WHERE by_match AND NOT deleted) AS l
WHERE EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_desired_1` AS d WHERE d.match_key = l.match_key)
GROUP BY l.match_key) AS f ON f.match_key = CASE WHEN p.known AND NOT p.renamed THEN NULL ELSE p.match_key END
  LEFT JOIN (SELECT o.record_id, min(o.key) AS least, max(o.key) AS most
FROM (
  SELECT s.key, s.record_id FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s
  UNION ALL
  SELECT s.key, l.master_id FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s JOIN `main`.`state`.`_tmp_plan_live_1` AS l ON l.id = s.record_id AND l.master_id IS NOT NULL
) AS o
WHERE o.record_id IN (SELECT id FROM (SELECT l.match_key, count(*) AS n, min(l.id) AS id, min(l.match_value) AS match_value, count(CASE WHEN l.converted THEN 1 END) > 0 AS converted
FROM (SELECT DISTINCT id, match_value, converted, lower(match_value) AS match_key FROM `main`.`state`.`_tmp_plan_live_1` WHERE by_match AND NOT deleted) AS l
WHERE EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_desired_1` AS d WHERE d.match_key = l.match_key)
GROUP BY l.match_key) AS f UNION ALL SELECT master_id FROM `main`.`state`.`_tmp_plan_live_1` WHERE master_id IS NOT NULL)
GROUP BY o.record_id) AS o ON o.record_id = CASE WHEN l.deleted AND l.master_id IS NOT NULL THEN l.master_id ELSE f.id END
),
judged AS (
  SELECT p.key, p.fresh, p.known, p.raw, p.want_fp, p.own_id, p.found_id, p.master_id, p.gone,
    CASE
      WHEN NOT wanted THEN 'held'
      WHEN NOT steady THEN 'unsteady'
      WHEN known AND gone THEN 'missing_in_salesforce'
      WHEN known AND converted THEN 'converted'
      WHEN known AND master_id IS NOT NULL THEN CASE WHEN least <> key OR most <> key OR renamed AND found_id <> master_id THEN 'match_duplicate' ELSE 'merged' END
      WHEN NOT fresh AND live_fp = want_fp THEN 'same'
      WHEN known AND renamed AND (found > 1 OR found_id <> own_id) THEN 'match_duplicate'
      WHEN known THEN 'known'
      WHEN found IS NULL THEN 'new_in_model'
      WHEN found > 1 THEN 'match_ambiguous'
      WHEN least <> key OR most <> key THEN 'match_duplicate'
      WHEN found_converted THEN 'converted'
      ELSE 'adopted'
    END AS reason
  FROM placed AS p
)
SELECT key, fresh, known AS known, raw, want_fp,
  CASE WHEN reason = 'left_converted' THEN 'converted' WHEN reason IN ('left_delete', 'left_clear', 'left_unread') THEN 'left_model' ELSE reason END AS reason,
  CASE reason
    WHEN 'held' THEN 'held' WHEN 'left_model' THEN 'leave' WHEN 'left_converted' THEN 'leave' WHEN 'left_delete' THEN 'remove' WHEN 'left_clear' THEN 'clear'
    WHEN 'left_unread' THEN 'left' WHEN 'missing_in_salesforce' THEN 'skip' WHEN 'no_match' THEN 'skip' WHEN 'exists' THEN 'skip' WHEN 'in_doubt' THEN 'skip' WHEN 'converted' THEN 'skip'
    WHEN 'match_ambiguous' THEN 'reject' WHEN 'match_duplicate' THEN 'reject' WHEN 'required_null' THEN 'reject' WHEN 'unsteady' THEN 'unsteady'
    WHEN 'new_in_model' THEN 'create' WHEN 'unread' THEN 'open' ELSE 'compare'
  END AS class,
  CASE reason WHEN 'adopted' THEN found_id WHEN 'merged' THEN master_id ELSE own_id END AS record_id
FROM judged
WHERE reason <> 'same'
UNION ALL
SELECT s.key, 1 = 0, 1 = 1, s.raw, s.fp, 'held', 'held', s.record_id
FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s WHERE EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = s.key)) AS c
  LEFT JOIN `main`.`state`.`_tmp_plan_desired_1` AS n ON n.key = CASE WHEN c.fresh THEN c.key END
  LEFT JOIN (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s ON s.key = c.key
  LEFT JOIN `main`.`state`.`_tmp_plan_live_1` AS l ON l.id = c.record_id AND l.by_match <> c.known AND l.followed = (c.reason = 'merged') AND NOT l.deleted
),
echoed AS (
  SELECT key, class, reason, fresh, known, record_id, want_fp, raw, snap_fp, origin, confirmed_at, wrote, modified_at,
         CASE WHEN NOT untouched THEN modified_by END AS modified_by, `n_Code__c`, `b_Code__c`, `v_Code__c`, `e_Code__c`,
         (known AND `n_Code__c` IS NOT DISTINCT FROM `v_Code__c`) AS `s_Code__c`,
         COALESCE(known AND reason <> 'merged' AND `n_Code__c` = `v_Code__c` AND `e_Code__c` = COALESCE(`b_Code__c`, ''), 1 = 0) AS `k_Code__c`,
         COALESCE(untouched AND instr(wrote, '|Code__c|') > 0 AND `n_Code__c` = `v_Code__c` AND `n_Code__c` IS DISTINCT FROM `b_Code__c`, 1 = 0) AS `r_Code__c`, `n_Description`, `b_Description`, `v_Description`, `e_Description`,
         (known AND `n_Description` IS NOT DISTINCT FROM `v_Description`) AS `s_Description`,
         COALESCE(known AND reason <> 'merged' AND `n_Description` = `v_Description` AND `e_Description` = COALESCE(`b_Description`, ''), 1 = 0) AS `k_Description`,
         COALESCE(untouched AND instr(wrote, '|Description|') > 0 AND `n_Description` = `v_Description` AND `n_Description` IS DISTINCT FROM `b_Description`, 1 = 0) AS `r_Description`, `n_LeadSource`, `b_LeadSource`, `v_LeadSource`, `e_LeadSource`,
         (known AND `n_LeadSource` IS NOT DISTINCT FROM `v_LeadSource`) AS `s_LeadSource`,
         COALESCE(known AND reason <> 'merged' AND `n_LeadSource` = `v_LeadSource` AND `e_LeadSource` = COALESCE(`b_LeadSource`, ''), 1 = 0) AS `k_LeadSource`,
         COALESCE(untouched AND instr(wrote, '|LeadSource|') > 0 AND `n_LeadSource` = `v_LeadSource` AND `n_LeadSource` IS DISTINCT FROM `b_LeadSource`, 1 = 0) AS `r_LeadSource`, `n_Score__c`, `b_Score__c`, `v_Score__c`, `e_Score__c`,
         (known AND `n_Score__c` IS NOT DISTINCT FROM `v_Score__c`) AS `s_Score__c`,
         COALESCE(known AND reason <> 'merged' AND `n_Score__c` = `v_Score__c` AND `e_Score__c` = COALESCE(`b_Score__c`, ''), 1 = 0) AS `k_Score__c`,
         COALESCE(untouched AND instr(wrote, '|Score__c|') > 0 AND `n_Score__c` = `v_Score__c` AND `n_Score__c` IS DISTINCT FROM `b_Score__c`, 1 = 0) AS `r_Score__c`
  FROM hydrated
),
compared AS (
  SELECT key, class, reason, fresh, known, record_id, want_fp, raw, snap_fp, origin, confirmed_at, wrote, modified_at, modified_by, `n_Code__c`, `b_Code__c`, `e_Code__c` AS `x_Code__c`, `s_Code__c`,
         (`n_Code__c` IS NOT NULL AND `n_Code__c` IS DISTINCT FROM `b_Code__c` AND NOT `k_Code__c` AND NOT `r_Code__c`) AS `w_Code__c`,
         CASE WHEN `k_Code__c` OR `r_Code__c` THEN COALESCE(`b_Code__c`, '') END AS `e_Code__c`,
         (`r_Code__c` AND NOT `k_Code__c`) AS `r_Code__c`, `n_Description`, `b_Description`, `e_Description` AS `x_Description`, `s_Description`,
         (`n_Description` IS NOT NULL AND `n_Description` IS DISTINCT FROM `b_Description` AND NOT `k_Description` AND NOT `r_Description`) AS `w_Description`,
         CASE WHEN `k_Description` OR `r_Description` THEN COALESCE(`b_Description`, '') END AS `e_Description`,
         (`r_Description` AND NOT `k_Description`) AS `r_Description`, `n_LeadSource`, `b_LeadSource`, `e_LeadSource` AS `x_LeadSource`, `s_LeadSource`,
         (`n_LeadSource` IS NOT NULL AND `n_LeadSource` IS DISTINCT FROM `b_LeadSource` AND NOT `k_LeadSource` AND NOT `r_LeadSource`) AS `w_LeadSource`,
         CASE WHEN `k_LeadSource` OR `r_LeadSource` THEN COALESCE(`b_LeadSource`, '') END AS `e_LeadSource`,
         (`r_LeadSource` AND NOT `k_LeadSource`) AS `r_LeadSource`, `n_Score__c`, `b_Score__c`, `e_Score__c` AS `x_Score__c`, `s_Score__c`,
         (`n_Score__c` IS NOT NULL AND `n_Score__c` IS DISTINCT FROM `b_Score__c` AND NOT `k_Score__c` AND NOT `r_Score__c`) AS `w_Score__c`,
         CASE WHEN `k_Score__c` OR `r_Score__c` THEN COALESCE(`b_Score__c`, '') END AS `e_Score__c`,
         (`r_Score__c` AND NOT `k_Score__c`) AS `r_Score__c`
  FROM echoed
)
SELECT key, fresh, known, record_id, want_fp, raw, origin, confirmed_at, wrote, modified_at, modified_by, `n_Code__c`, `b_Code__c`, `w_Code__c`, (`w_Code__c` AND `s_Code__c`) AS `d_Code__c`, `e_Code__c`, `n_Description`, `b_Description`, `w_Description`, (`w_Description` AND `s_Description`) AS `d_Description`, `e_Description`, `n_LeadSource`, `b_LeadSource`, `w_LeadSource`, (`w_LeadSource` AND `s_LeadSource`) AS `d_LeadSource`, `e_LeadSource`, `n_Score__c`, `b_Score__c`, `w_Score__c`, (`w_Score__c` AND `s_Score__c`) AS `d_Score__c`, `e_Score__c`,
  late, late IS NULL AND (`r_Code__c` OR `r_Description` OR `r_LeadSource` OR `r_Score__c`) AS rewritten,
  late IS NULL AND class = 'compare' AND reason <> 'merged' AND ((`w_Code__c` AND `s_Code__c` OR `w_Description` AND `s_Description` OR `w_LeadSource` AND `s_LeadSource` OR `w_Score__c` AND `s_Score__c`)) AS drifted,
  late IS NULL AND (1 = 0) AS opted_out,
  CASE
    WHEN late IS NOT NULL THEN 'reject'
    WHEN class = 'clear' AND NOT (`w_Code__c` OR `w_Description` OR `w_LeadSource` OR `w_Score__c`) THEN 'leave'
    WHEN class <> 'compare' THEN class
    WHEN (`w_Code__c` OR `w_Description` OR `w_LeadSource` OR `w_Score__c`) THEN 'update'
    WHEN NOT known OR reason = 'merged' OR (`n_Code__c` IS NOT NULL AND NOT `s_Code__c` AND `n_Code__c` IS NOT DISTINCT FROM `b_Code__c` OR `n_Description` IS NOT NULL AND NOT `s_Description` AND `n_Description` IS NOT DISTINCT FROM `b_Description` OR `n_LeadSource` IS NOT NULL AND NOT `s_LeadSource` AND `n_LeadSource` IS NOT DISTINCT FROM `b_LeadSource` OR `n_Score__c` IS NOT NULL AND NOT `s_Score__c` AND `n_Score__c` IS NOT DISTINCT FROM `b_Score__c`) THEN 'adopt'
    WHEN (`e_Code__c` IS DISTINCT FROM `x_Code__c` OR `e_Description` IS DISTINCT FROM `x_Description` OR `e_LeadSource` IS DISTINCT FROM `x_LeadSource` OR `e_Score__c` IS DISTINCT FROM `x_Score__c`) OR want_fp IS DISTINCT FROM snap_fp THEN 'note'
    WHEN (1 = 0) THEN 'kept'
    ELSE 'same'
  END AS action,
  CASE
    WHEN late IS NOT NULL THEN CASE late WHEN 1 THEN 'too_long' WHEN 2 THEN 'too_long' WHEN 3 THEN 'too_long' END
    WHEN class <> 'compare' OR reason = 'merged' THEN reason
    WHEN NOT known THEN 'adopted'
    WHEN `w_Code__c` AND NOT `s_Code__c` THEN 'match_changed'
    WHEN (`w_Code__c` AND NOT `s_Code__c` OR `w_Description` AND NOT `s_Description` OR `w_LeadSource` AND NOT `s_LeadSource` OR `w_Score__c` AND NOT `s_Score__c`) THEN 'field_changed'
    WHEN (`w_Code__c` OR `w_Description` OR `w_LeadSource` OR `w_Score__c`) THEN 'drifted'
    WHEN (`n_Code__c` IS NOT NULL AND NOT `s_Code__c` AND `n_Code__c` IS NOT DISTINCT FROM `b_Code__c` OR `n_Description` IS NOT NULL AND NOT `s_Description` AND `n_Description` IS NOT DISTINCT FROM `b_Description` OR `n_LeadSource` IS NOT NULL AND NOT `s_LeadSource` AND `n_LeadSource` IS NOT DISTINCT FROM `b_LeadSource` OR `n_Score__c` IS NOT NULL AND NOT `s_Score__c` AND `n_Score__c` IS NOT DISTINCT FROM `b_Score__c`) THEN 'adopted'
    WHEN (`r_Code__c` OR `r_Description` OR `r_LeadSource` OR `r_Score__c`) THEN 'rewritten_by_salesforce'
    WHEN 1 = 0 THEN 'drifted'
    WHEN (1 = 0) THEN 'opted_out'
  END AS reason
FROM (SELECT c.*, CASE WHEN c.class IN ('create', 'compare') THEN CASE WHEN NOT c.fresh AND c.`w_Code__c` AND (length(c.`n_Code__c`) > 20 AND TRY_CAST(CASE WHEN octet_length(c.`n_Code__c`) = length(c.`n_Code__c`) THEN length(c.`n_Code__c`) ELSE length(c.`n_Code__c`) + length(regexp_replace(c.`n_Code__c`, '[^\\x{10000}-\\x{10ffff}]+', '')) END AS DECIMAL(29,9)) > 40) THEN 1 WHEN NOT c.fresh AND c.`w_Description` AND (length(c.`n_Description`) > 20 AND TRY_CAST(CASE WHEN octet_length(c.`n_Description`) = length(c.`n_Description`) THEN length(c.`n_Description`) ELSE length(c.`n_Description`) + length(regexp_replace(c.`n_Description`, '[^\\x{10000}-\\x{10ffff}]+', '')) END AS DECIMAL(29,9)) > 40) THEN 2 WHEN NOT c.fresh AND c.`w_LeadSource` AND (length(c.`n_LeadSource`) > 20 AND TRY_CAST(CASE WHEN octet_length(c.`n_LeadSource`) = length(c.`n_LeadSource`) THEN length(c.`n_LeadSource`) ELSE length(c.`n_LeadSource`) + length(regexp_replace(c.`n_LeadSource`, '[^\\x{10000}-\\x{10ffff}]+', '')) END AS DECIMAL(29,9)) > 40) THEN 3 END END AS late
FROM compared AS c) AS w

-- commit
SELECT c.key, COALESCE(o.id, c.record_id) AS record_id,
  CASE WHEN o.created THEN 'created' WHEN c.known THEN c.origin ELSE 'adopted' END AS origin,
  CASE WHEN o.key IS NOT NULL THEN o.confirmed_at WHEN c.known AND c.action IN ('note', 'same', 'kept') THEN c.confirmed_at ELSE c.modified_at END AS confirmed_at,
  CASE WHEN o.key IS NOT NULL THEN (CASE WHEN c.`w_Code__c` THEN '|Code__c|' ELSE '' END || CASE WHEN c.`w_Description` THEN '|Description|' ELSE '' END || CASE WHEN c.`w_LeadSource` THEN '|LeadSource|' ELSE '' END || CASE WHEN c.`w_Score__c` THEN '|Score__c|' ELSE '' END) WHEN c.action IN ('note', 'same', 'kept') THEN c.wrote ELSE '' END AS wrote,
  c.want_fp AS fp, c.raw, CAST(7 AS BIGINT) AS generation, 'run' AS run, c.`n_Code__c` AS `v_Code__c`, c.`e_Code__c` AS `e_Code__c`, c.`n_Description` AS `v_Description`, c.`e_Description` AS `e_Description`, c.`n_LeadSource` AS `v_LeadSource`, c.`e_LeadSource` AS `e_LeadSource`, c.`n_Score__c` AS `v_Score__c`, c.`e_Score__c` AS `e_Score__c`, 1 = 0 AS gone
FROM `main`.`state`.`_tmp_plan_change_1` AS c LEFT JOIN `main`.`state`.`_tmp_plan_outcome_1` AS o ON o.key = c.key
WHERE o.key IS NOT NULL AND c.action NOT IN ('remove', 'clear') OR c.action IN ('adopt', 'note') OR c.action IN ('same', 'kept') AND c.fresh
UNION ALL
SELECT c.key, c.record_id, CAST(NULL AS STRING), CAST(NULL AS TIMESTAMP), CAST(NULL AS STRING), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(7 AS BIGINT), 'run', CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), 1 = 1
FROM `main`.`state`.`_tmp_plan_change_1` AS c LEFT JOIN `main`.`state`.`_tmp_plan_outcome_1` AS o ON o.key = c.key
WHERE c.action = 'leave' OR c.action IN ('remove', 'clear') AND o.key IS NOT NULL

-- records
SELECT c.key, c.record_id FROM `main`.`state`.`_tmp_plan_change_1` AS c WHERE c.action IN ('update', 'adopt', 'note', 'same', 'kept') AND c.record_id IS NOT NULL
UNION
SELECT s.key, s.record_id FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s
WHERE NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_delta_1` AS k WHERE k.key = s.key AND NOT k.wanted) AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = s.key)
UNION
SELECT c.key, c.record_id FROM `main`.`state`.`_tmp_plan_change_1` AS c WHERE c.action IN ('clear', 'remove') AND c.record_id IS NOT NULL

-- intent
SELECT c.key, c.action, c.known, c.record_id, c.origin, (CASE WHEN c.`w_Code__c` THEN '|Code__c|' ELSE '' END || CASE WHEN c.`w_Description` THEN '|Description|' ELSE '' END || CASE WHEN c.`w_LeadSource` THEN '|LeadSource|' ELSE '' END || CASE WHEN c.`w_Score__c` THEN '|Score__c|' ELSE '' END) AS wrote, c.want_fp AS fp, c.raw, c.`n_Code__c` AS `v_Code__c`, c.`e_Code__c`, c.`w_Code__c`, c.`n_Description` AS `v_Description`, c.`e_Description`, c.`w_Description`, c.`n_LeadSource` AS `v_LeadSource`, c.`e_LeadSource`, c.`w_LeadSource`, c.`n_Score__c` AS `v_Score__c`, c.`e_Score__c`, c.`w_Score__c`
FROM `main`.`state`.`_tmp_plan_change_1` AS c WHERE c.action IN ('create', 'update', 'clear', 'remove')

