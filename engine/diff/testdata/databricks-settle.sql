-- pending
SELECT i.* FROM `main`.`state`.`intent_1` AS i
WHERE NOT EXISTS (SELECT 1 FROM `main`.`state`.`records_1` AS s WHERE s.key = i.key AND s.run = 'run')
  AND (i.action IN ('create', 'update') OR EXISTS (SELECT 1 FROM `main`.`state`.`records_1` AS s WHERE s.key = i.key))

-- pending_ids
SELECT record_id FROM `main`.`state`.`_tmp_plan_settle_pending_1` WHERE action <> 'create'

-- pending_matches
SELECT `v_Code__c` FROM `main`.`state`.`_tmp_plan_settle_pending_1` WHERE action = 'create'

-- settled
WITH found AS (
  SELECT l.match_key, min(l.id) AS id
  FROM (SELECT DISTINCT id, lower(match_value) AS match_key FROM `main`.`state`.`_tmp_plan_settle_live_1` WHERE by_match AND NOT deleted) AS l
  GROUP BY l.match_key HAVING count(*) = 1
),
placed AS (
  SELECT p.*, COALESCE(p.record_id, f.id) AS live_id, p.action = 'create' AS fresh
  FROM `main`.`state`.`_tmp_plan_settle_pending_1` AS p LEFT JOIN found AS f ON p.action = 'create' AND f.match_key = lower(p.`v_Code__c`)
),
owned AS (
  SELECT DISTINCT o.record_id FROM `main`.`state`.`records_1` AS o JOIN placed AS p ON p.live_id = o.record_id WHERE p.fresh AND p.key <> o.key
)
SELECT p.key, p.action, p.live_id AS record_id,
  CASE WHEN p.fresh THEN 'created' WHEN p.known THEN p.origin ELSE 'adopted' END AS origin,
  l.modified_at AS confirmed_at, p.wrote, xxhash64(CASE WHEN p.`v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN p.`v_Odd "name"` IS NULL THEN '0' ELSE '1' END, CAST(p.`v_Code__c` AS STRING), CAST(p.`v_Odd "name"` AS STRING)) AS fp, p.raw, p.`v_Code__c`, p.`e_Code__c`, p.`v_Odd "name"`, p.`e_Odd "name"`,
  CASE WHEN p.action = 'remove' THEN l.id IS NULL ELSE l.id IS NOT NULL AND o.record_id IS NULL
    AND (NOT p.`w_Code__c` OR p.`v_Code__c` IS NOT DISTINCT FROM l.`v_Code__c`)
    AND (NOT p.`w_Odd "name"`) END AS confirmed
FROM placed AS p
LEFT JOIN `main`.`state`.`_tmp_plan_settle_live_1` AS l ON l.id = p.live_id AND l.by_match = p.fresh AND NOT l.deleted
LEFT JOIN owned AS o ON o.record_id = p.live_id

-- settled_commit
SELECT key, record_id, origin, confirmed_at, wrote, fp, raw, CAST(7 AS BIGINT) AS generation, 'run' AS run, `v_Code__c`, `e_Code__c`, `v_Odd "name"`, `e_Odd "name"`, 1 = 0 AS gone
FROM `main`.`state`.`_tmp_plan_settle_settled_1` WHERE confirmed AND action IN ('create', 'update')
UNION ALL
SELECT key, record_id, CAST(NULL AS STRING), CAST(NULL AS TIMESTAMP), CAST(NULL AS STRING), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(7 AS BIGINT), 'run', CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), 1 = 1
FROM `main`.`state`.`_tmp_plan_settle_settled_1` WHERE confirmed AND action IN ('clear', 'remove')

-- overlay
SELECT r.key, r.record_id, r.origin, r.confirmed_at, r.wrote, r.fp, r.raw, r.`v_Code__c`, r.`e_Code__c`, CASE WHEN r.run = 'run' THEN r.`v_Odd "name"` END AS `v_Odd "name"`, CASE WHEN r.run = 'run' THEN r.`e_Odd "name"` END AS `e_Odd "name"`
FROM `main`.`state`.`records_1` AS r WHERE NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_settle_settled_1` AS s WHERE s.confirmed AND s.key = r.key)
UNION ALL
SELECT s.key, s.record_id, s.origin, s.confirmed_at, s.wrote, s.fp, s.raw, s.`v_Code__c`, s.`e_Code__c`, s.`v_Odd "name"`, s.`e_Odd "name"`
FROM `main`.`state`.`_tmp_plan_settle_settled_1` AS s WHERE s.confirmed AND s.action IN ('create', 'update')

