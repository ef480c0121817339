-- snap
SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1

-- double_keys
SELECT key FROM `main`.`state`.`_tmp_plan_keys_1` WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1

-- double_matches
SELECT match_key, min(match_value) <> max(match_value) AS spelled
FROM `main`.`state`.`_tmp_plan_keys_1` AS d
WHERE match_key IS NOT NULL AND key IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_double_keys_1` AS k WHERE k.key = d.key)
GROUP BY match_key HAVING count(*) > 1

-- rejected
SELECT d.key, d.match_value, d.bad,
  CASE
    WHEN d.key IS NULL THEN 'key_null'
    WHEN k.key IS NOT NULL THEN 'key_duplicate'
    WHEN d.bad IS NOT NULL THEN 'bad_value'
    WHEN d.match_key IS NULL THEN 'match_null'
    ELSE 'match_duplicate'
  END AS reason
FROM `main`.`state`.`_tmp_plan_keys_1` AS d
LEFT JOIN `main`.`state`.`_tmp_plan_double_keys_1` AS k ON k.key = d.key
LEFT JOIN `main`.`state`.`_tmp_plan_double_matches_1` AS x ON x.match_key = d.match_key
WHERE d.key IS NULL OR d.bad IS NOT NULL OR d.match_key IS NULL OR k.key IS NOT NULL OR x.match_key IS NOT NULL

-- usable
SELECT d.key, d.match_key, d.match_value, d.fp
FROM `main`.`state`.`_tmp_plan_keys_1` AS d
WHERE d.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = d.key)

-- known_ids
SELECT s.record_id FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s
WHERE EXISTS (SELECT 1 FROM (SELECT d.key, d.match_key, d.match_value, d.fp
FROM `main`.`state`.`_tmp_plan_keys_1` AS d
WHERE d.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = d.key)) AS d WHERE d.key = s.key)

-- new_matches
SELECT DISTINCT d.match_value FROM (SELECT d.key, d.match_key, d.match_value, d.fp
FROM `main`.`state`.`_tmp_plan_keys_1` AS d
WHERE d.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = d.key)) AS d
WHERE d.match_value IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s WHERE s.key = d.key)

-- live_columns
id STRING, by_match BOOLEAN, match_value STRING, deleted BOOLEAN, modified_at TIMESTAMP, modified_by STRING, `v_Code__c` STRING, `v_Description` STRING, `v_LeadSource` STRING, `v_Score__c` STRING

-- found
SELECT l.match_key, count(*) AS n, min(l.id) AS id, min(l.match_value) AS match_value
FROM (SELECT DISTINCT id, match_value, lower(match_value) AS match_key FROM `main`.`state`.`_tmp_plan_live_1` WHERE by_match AND NOT deleted) AS l
WHERE EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_keys_1` AS d WHERE d.match_key = l.match_key)
GROUP BY l.match_key

-- class
WITH snap AS (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1),
paired AS (
  SELECT COALESCE(d.key, s.key) AS key, d.key IS NOT NULL AS wanted,
         s.key IS NOT NULL AS known,
         s.record_id, d.match_key, d.match_value, d.fp AS want_fp, s.fp AS snap_fp, COALESCE(s.echoed, 1 = 0) AS echoed
  FROM (SELECT d.key, d.match_key, d.match_value, d.fp
FROM `main`.`state`.`_tmp_plan_keys_1` AS d
WHERE d.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = d.key)) AS d FULL OUTER JOIN snap AS s ON d.key = s.key
),
placed AS (
  SELECT p.key, p.wanted, p.known, p.record_id AS record_id, p.want_fp, p.snap_fp FROM paired AS p
),
judged AS (
  SELECT p.*,
    CASE
      WHEN NOT wanted AND EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = p.key) THEN 'held'
      WHEN NOT wanted THEN 'held'
      WHEN known AND snap_fp = want_fp THEN 'same'
      WHEN known THEN 'known'
      ELSE 'unread'
    END AS reason
  FROM placed AS p
)
SELECT key, known, want_fp, reason,
  CASE reason
    WHEN 'held' THEN 'held' WHEN 'left_model' THEN 'leave' WHEN 'missing_in_salesforce' THEN 'skip' WHEN 'no_match' THEN 'skip'
    WHEN 'match_ambiguous' THEN 'reject' WHEN 'match_duplicate' THEN 'reject'
    WHEN 'new_in_model' THEN 'create' WHEN 'unread' THEN 'open' ELSE 'compare'
  END AS class,
  record_id AS record_id
FROM judged
WHERE reason <> 'same'

-- clashes
SELECT count(*) FROM (
  SELECT d.match_key FROM `main`.`state`.`_tmp_plan_keys_1` AS d
  WHERE EXISTS (
    SELECT 1 FROM `main`.`state`.`_tmp_plan_class_1` AS c JOIN `main`.`state`.`_tmp_plan_keys_1` AS k ON k.key = c.key
    WHERE k.match_key = d.match_key AND c.class IN ('create', 'open', 'skip', 'reject', 'compare'))
  GROUP BY d.match_key HAVING count(*) > 1
) AS x

-- commit
SELECT c.key, COALESCE(o.id, c.record_id) AS record_id,
  CASE WHEN o.created THEN 'created' WHEN c.known THEN c.origin ELSE 'adopted' END AS origin,
  CASE WHEN o.key IS NOT NULL THEN o.confirmed_at WHEN c.known AND c.action = 'note' THEN c.confirmed_at ELSE c.modified_at END AS confirmed_at,
  CASE WHEN o.key IS NOT NULL THEN (CASE WHEN c.`w_Code__c` THEN '|Code__c|' ELSE '' END || CASE WHEN c.`w_Description` THEN '|Description|' ELSE '' END || CASE WHEN c.`w_LeadSource` THEN '|LeadSource|' ELSE '' END || CASE WHEN c.`w_Score__c` THEN '|Score__c|' ELSE '' END) WHEN c.action = 'note' THEN c.wrote ELSE '' END AS wrote,
  c.new_fp AS fp, CAST(7 AS BIGINT) AS generation, 'run' AS run, c.`n_Code__c` AS `v_Code__c`, c.`e_Code__c` AS `e_Code__c`, c.`n_Description` AS `v_Description`, c.`e_Description` AS `e_Description`, c.`n_LeadSource` AS `v_LeadSource`, c.`e_LeadSource` AS `e_LeadSource`, c.`n_Score__c` AS `v_Score__c`, c.`e_Score__c` AS `e_Score__c`, 1 = 0 AS gone
FROM `main`.`state`.`_tmp_plan_change_1` AS c LEFT JOIN `main`.`state`.`_tmp_plan_outcome_1` AS o ON o.key = c.key
WHERE o.key IS NOT NULL OR c.action IN ('adopt', 'note')
UNION ALL
SELECT c.key, c.record_id, CAST(NULL AS STRING), CAST(NULL AS TIMESTAMP), CAST(NULL AS STRING), CAST(NULL AS BIGINT), CAST(7 AS BIGINT), 'run', CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), 1 = 1
FROM `main`.`state`.`_tmp_plan_class_1` AS c WHERE c.class = 'leave'

-- records
SELECT c.key, c.record_id FROM `main`.`state`.`_tmp_plan_class_1` AS c WHERE c.class = 'compare' AND c.record_id IS NOT NULL
UNION
SELECT s.key, s.record_id FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`
FROM state.main.records_1) AS s
WHERE EXISTS (SELECT 1 FROM (SELECT d.key, d.match_key, d.match_value, d.fp
FROM `main`.`state`.`_tmp_plan_keys_1` AS d
WHERE d.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_rejected_1` AS r WHERE r.key = d.key)) AS d WHERE d.key = s.key)

-- intent
SELECT c.key, c.action, c.known, c.record_id, c.origin, (CASE WHEN c.`w_Code__c` THEN '|Code__c|' ELSE '' END || CASE WHEN c.`w_Description` THEN '|Description|' ELSE '' END || CASE WHEN c.`w_LeadSource` THEN '|LeadSource|' ELSE '' END || CASE WHEN c.`w_Score__c` THEN '|Score__c|' ELSE '' END) AS wrote, c.new_fp AS fp, c.`n_Code__c` AS `v_Code__c`, c.`e_Code__c`, c.`w_Code__c`, c.`n_Description` AS `v_Description`, c.`e_Description`, c.`w_Description`, c.`n_LeadSource` AS `v_LeadSource`, c.`e_LeadSource`, c.`w_LeadSource`, c.`n_Score__c` AS `v_Score__c`, c.`e_Score__c`, c.`w_Score__c`
FROM `main`.`state`.`_tmp_plan_change_1` AS c WHERE c.action IN ('create', 'update')

