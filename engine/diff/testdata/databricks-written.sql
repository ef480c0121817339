-- orphans
SELECT o.key, o.bad, o.value
FROM (
  SELECT d.key,
    CASE WHEN d.`v_Owner:User.Username` IS NOT NULL AND p0.n IS NULL THEN 8 WHEN p0.n > 1 THEN 8 + 1 END AS bad,
    CASE WHEN d.`v_Owner:User.Username` IS NOT NULL AND (p0.n IS NULL OR p0.n > 1) THEN d.`v_Owner:User.Username` END AS value
  FROM `main`.`state`.`_tmp_plan_desired_1` AS d
  LEFT JOIN (
    SELECT v.value, count(DISTINCT v.id) AS n
    FROM (
      SELECT lower(value) AS value, id FROM `main`.`state`.`_tmp_plan_parents_1` WHERE i = 0
    ) AS v
    GROUP BY v.value
  ) AS p0 ON p0.value = lower(d.`v_Owner:User.Username`)
  WHERE d.bad IS NULL
) AS o
WHERE o.bad IS NOT NULL

-- change
WITH hydrated AS (
  SELECT c.key, c.class, c.reason, c.fresh, c.known, COALESCE(c.record_id, CASE WHEN c.known THEN s.record_id END) AS record_id,
         CASE WHEN c.fresh THEN c.want_fp ELSE s.fp END AS want_fp, c.raw, s.fp AS snap_fp, s.origin, s.confirmed_at, s.wrote,
         l.modified_at, l.modified_by, COALESCE(c.known AND c.reason <> 'merged' AND l.modified_by = '005000000000001AAA' AND l.modified_at <= s.confirmed_at, 1 = 0) AS untouched,
         CASE WHEN c.fresh THEN n.`v_Code__c` ELSE s.`v_Code__c` END AS `n_Code__c`, l.`v_Code__c` AS `b_Code__c`, s.`v_Code__c` AS `v_Code__c`, s.`e_Code__c` AS `e_Code__c`,
         CASE WHEN c.fresh THEN n.`v_Description` ELSE s.`v_Description` END AS `n_Description`, l.`v_Description` AS `b_Description`, s.`v_Description` AS `v_Description`, s.`e_Description` AS `e_Description`,
         CASE WHEN c.fresh THEN n.`v_LeadSource` ELSE s.`v_LeadSource` END AS `n_LeadSource`, l.`v_LeadSource` AS `b_LeadSource`, s.`v_LeadSource` AS `v_LeadSource`, s.`e_LeadSource` AS `e_LeadSource`,
         CASE WHEN c.fresh THEN n.`v_Score__c` ELSE s.`v_Score__c` END AS `n_Score__c`, l.`v_Score__c` AS `b_Score__c`, s.`v_Score__c` AS `v_Score__c`, s.`e_Score__c` AS `e_Score__c`,
         CASE WHEN c.fresh THEN n.`v_Owner:User.Username` ELSE s.`v_Owner:User.Username` END AS `n_Owner:User.Username`, l.`v_Owner:User.Username` AS `b_Owner:User.Username`, s.`v_Owner:User.Username` AS `v_Owner:User.Username`, s.`e_Owner:User.Username` AS `e_Owner:User.Username`,
         CASE WHEN c.fresh THEN n.`v_OwnerId` ELSE s.`v_OwnerId` END AS `n_OwnerId`, l.`v_OwnerId` AS `b_OwnerId`, s.`v_OwnerId` AS `v_OwnerId`, s.`e_OwnerId` AS `e_OwnerId`,
         CASE WHEN c.fresh THEN n.`v_Tier__c` ELSE s.`v_Tier__c` END AS `n_Tier__c`, l.`v_Tier__c` AS `b_Tier__c`, s.`v_Tier__c` AS `v_Tier__c`, s.`e_Tier__c` AS `e_Tier__c`,
         CASE WHEN c.class = 'clear' THEN CAST(NULL AS STRING) END AS `n_RecordTypeId`, l.`v_RecordTypeId` AS `b_RecordTypeId`
  FROM (WITH usable AS (
  SELECT s.key, 1 = 1 AS fresh, s.wanted, s.known AS known, s.raw,
         d.key IS NOT NULL AND d.raw = s.raw AS steady, d.match_key, d.match_value, d.fp AS want_fp, r.record_id, s.known AND s.wanted AND d.match_key IS DISTINCT FROM r.match_key AS renamed
  FROM `main`.`state`.`_tmp_plan_delta_1` AS s
  LEFT JOIN `main`.`state`.`_tmp_plan_desired_1` AS d ON d.key = s.key
  LEFT JOIN (SELECT r.*, lower(r.`v_Code__c`) AS match_key FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`, CAST(NULL AS STRING) AS `v_Owner:User.Username`, CAST(NULL AS STRING) AS `e_Owner:User.Username`, CAST(NULL AS STRING) AS `v_OwnerId`, CAST(NULL AS STRING) AS `e_OwnerId`, CAST(NULL AS STRING) AS `v_Tier__c`, CAST(NULL AS STRING) AS `e_Tier__c`
FROM state.main.records_1) AS r) AS r ON r.key = s.key
  WHERE s.key IS NOT NULL
  UNION ALL
  SELECT s.key, 1 = 0, 1 = 1, 1 = 1, s.raw, 1 = 1, CAST(NULL AS STRING), CAST(NULL AS STRING), CASE WHEN NOT s.echoed THEN s.fp END, s.record_id, 1 = 0
  FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`, CAST(NULL AS STRING) AS `v_Owner:User.Username`, CAST(NULL AS STRING) AS `e_Owner:User.Username`, CAST(NULL AS STRING) AS `v_OwnerId`, CAST(NULL AS STRING) AS `e_OwnerId`, CAST(NULL AS STRING) AS `v_Tier__c`, CAST(NULL AS STRING) AS `e_Tier__c`
FROM state.main.records_1) AS s
  WHERE NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_delta_1` AS k WHERE k.key = s.key)
),
placed AS (
  SELECT p.*, p.record_id AS own_id,
         l.id AS live_id, COALESCE(l.deleted AND l.master_id IS NULL, 1 = 1) AS gone, CASE WHEN l.deleted THEN l.master_id END AS master_id, l.converted, l.fp AS live_fp,
         f.n AS found, f.id AS found_id, f.match_value AS found_value, f.converted AS found_converted, o.least, o.most
  FROM usable AS p
  LEFT JOIN (SELECT id, deleted, master_id, converted, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Score__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Owner:User.Username` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_OwnerId` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Tier__c` IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(`v_Score__c` AS STRING), CAST(`v_Owner:User.Username` AS STRING), CAST(`v_OwnerId` AS STRING), CAST(`v_Tier__c` AS STRING)) AS fp FROM `main`.`state`.`_tmp_plan_live_1` WHERE NOT by_match AND NOT followed) AS l ON l.id = p.record_id
  LEFT JOIN (SELECT l.match_key, count(*) AS n, min(l.id) AS id, min(l.match_value) AS match_value, count(CASE WHEN l.converted THEN 1 END) > 0 AS converted
FROM (SELECT DISTINCT id, match_value, converted, lower(match_value) AS match_key FROM `main`.`state`.`_tmp_plan_live_1` WHERE by_match AND NOT deleted) AS l
WHERE EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_desired_1` AS d WHERE d.match_key = l.match_key)
GROUP BY l.match_key) AS f ON f.match_key = CASE WHEN p.known AND NOT p.renamed THEN NULL ELSE p.match_key END
  LEFT JOIN (SELECT o.record_id, min(o.key) AS least, max(o.key) AS most
FROM (
  SELECT s.key, s.record_id FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`, CAST(NULL AS STRING) AS `v_Owner:User.Username`, CAST(NULL AS STRING) AS `e_Owner:User.Username`, CAST(NULL AS STRING) AS `v_OwnerId`, CAST(NULL AS STRING) AS `e_OwnerId`, CAST(NULL AS STRING) AS `v_Tier__c`, CAST(NULL AS STRING) AS `e_Tier__c`
FROM state.main.records_1) AS s
  UNION ALL
  SELECT s.key, l.master_id FROM (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`, CAST(NULL AS STRING) AS `v_Owner:User.Username`, CAST(NULL AS STRING) AS `e_Owner:User.Username`, CAST(NULL AS STRING) AS `v_OwnerId`, CAST(NULL AS STRING) AS `e_OwnerId`, CAST(NULL AS STRING) AS `v_Tier__c`, CAST(NULL AS STRING) AS `e_Tier__c`
FROM state.main.records_1) AS s JOIN `main`.`state`.`_tmp_plan_live_1` AS l ON l.id = s.record_id AND l.master_id IS NOT NULL
) AS o
WHERE o.record_id IN (SELECT id FROM (SELECT l.match_key, count(*) AS n, min(l.id) AS id, min(l.match_value) AS match_value, count(CASE WHEN l.converted THEN 1 END) > 0 AS converted
FROM (SELECT DISTINCT id, match_value, converted, lower(match_value) AS match_key FROM `main`.`state`.`_tmp_plan_live_1` WHERE by_match AND NOT deleted) AS l
WHERE EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_desired_1` AS d WHERE d.match_key = l.match_key)
GROUP BY l.match_key) AS f UNION ALL SELECT master_id FROM `main`.`state`.`_tmp_plan_live_1` WHERE master_id IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM `main`.`state`.`_tmp_plan_delta_1` AS k WHERE k.key = o.key AND NOT k.wanted)
GROUP BY o.record_id) AS o ON o.record_id = CASE WHEN l.deleted AND l.master_id IS NOT NULL THEN l.master_id ELSE f.id END
),
judged AS (
  SELECT p.key, p.fresh, p.known, p.raw, p.want_fp, p.own_id, p.found_id, p.master_id, p.gone,
    CASE
      WHEN NOT wanted THEN 'left_model'
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
WHERE reason <> 'same') AS c
  LEFT JOIN `main`.`state`.`_tmp_plan_desired_1` AS n ON n.key = c.key
  LEFT JOIN (SELECT key, record_id, origin, confirmed_at, wrote, xxhash64(CASE WHEN `v_Code__c` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_Description` IS NULL THEN '0' ELSE '1' END || CASE WHEN `v_LeadSource` IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END || CASE WHEN CAST(NULL AS STRING) IS NULL THEN '0' ELSE '1' END, CAST(`v_Code__c` AS STRING), CAST(`v_Description` AS STRING), CAST(`v_LeadSource` AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING), CAST(CAST(NULL AS STRING) AS STRING)) AS fp, CAST(NULL AS BIGINT) AS raw, (`e_Code__c` IS NOT NULL OR `e_Description` IS NOT NULL OR `e_LeadSource` IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL OR CAST(NULL AS STRING) IS NOT NULL) AS echoed, `v_Code__c` AS `v_Code__c`, `e_Code__c` AS `e_Code__c`, `v_Description` AS `v_Description`, `e_Description` AS `e_Description`, `v_LeadSource` AS `v_LeadSource`, `e_LeadSource` AS `e_LeadSource`, CAST(NULL AS STRING) AS `v_Score__c`, CAST(NULL AS STRING) AS `e_Score__c`, CAST(NULL AS STRING) AS `v_Owner:User.Username`, CAST(NULL AS STRING) AS `e_Owner:User.Username`, CAST(NULL AS STRING) AS `v_OwnerId`, CAST(NULL AS STRING) AS `e_OwnerId`, CAST(NULL AS STRING) AS `v_Tier__c`, CAST(NULL AS STRING) AS `e_Tier__c`
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
         COALESCE(untouched AND instr(wrote, '|Score__c|') > 0 AND `n_Score__c` = `v_Score__c` AND `n_Score__c` IS DISTINCT FROM `b_Score__c`, 1 = 0) AS `r_Score__c`, `n_Owner:User.Username`, `b_Owner:User.Username`, `v_Owner:User.Username`, `e_Owner:User.Username`,
         (known AND `n_Owner:User.Username` IS NOT DISTINCT FROM `v_Owner:User.Username`) AS `s_Owner:User.Username`,
         COALESCE(known AND reason <> 'merged' AND `n_Owner:User.Username` = `v_Owner:User.Username` AND `e_Owner:User.Username` = COALESCE(`b_Owner:User.Username`, ''), 1 = 0) AS `k_Owner:User.Username`,
         COALESCE(untouched AND instr(wrote, '|Owner:User.Username|') > 0 AND `n_Owner:User.Username` = `v_Owner:User.Username` AND `n_Owner:User.Username` IS DISTINCT FROM `b_Owner:User.Username`, 1 = 0) AS `r_Owner:User.Username`, `n_OwnerId`, `b_OwnerId`, `v_OwnerId`, `e_OwnerId`,
         (known AND `n_OwnerId` IS NOT DISTINCT FROM `v_OwnerId`) AS `s_OwnerId`,
         COALESCE(known AND reason <> 'merged' AND `n_OwnerId` = `v_OwnerId` AND `e_OwnerId` = COALESCE(`b_OwnerId`, ''), 1 = 0) AS `k_OwnerId`,
         COALESCE(untouched AND instr(wrote, '|OwnerId|') > 0 AND `n_OwnerId` = `v_OwnerId` AND `n_OwnerId` IS DISTINCT FROM `b_OwnerId`, 1 = 0) AS `r_OwnerId`, `n_Tier__c`, `b_Tier__c`, `v_Tier__c`, `e_Tier__c`,
         (known AND `n_Tier__c` IS NOT DISTINCT FROM `v_Tier__c`) AS `s_Tier__c`,
         COALESCE(known AND reason <> 'merged' AND `n_Tier__c` = `v_Tier__c` AND `e_Tier__c` = COALESCE(`b_Tier__c`, ''), 1 = 0) AS `k_Tier__c`,
         COALESCE(untouched AND instr(wrote, '|Tier__c|') > 0 AND `n_Tier__c` = `v_Tier__c` AND `n_Tier__c` IS DISTINCT FROM `b_Tier__c`, 1 = 0) AS `r_Tier__c`, `n_RecordTypeId`, `b_RecordTypeId`
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
         (`r_Score__c` AND NOT `k_Score__c`) AS `r_Score__c`, `n_Owner:User.Username`, `b_Owner:User.Username`, `e_Owner:User.Username` AS `x_Owner:User.Username`, `s_Owner:User.Username`,
         (`n_Owner:User.Username` IS NOT NULL AND `n_Owner:User.Username` IS DISTINCT FROM `b_Owner:User.Username` AND NOT `k_Owner:User.Username` AND NOT `r_Owner:User.Username`) AS `w_Owner:User.Username`,
         CASE WHEN `k_Owner:User.Username` OR `r_Owner:User.Username` THEN COALESCE(`b_Owner:User.Username`, '') END AS `e_Owner:User.Username`,
         (`r_Owner:User.Username` AND NOT `k_Owner:User.Username`) AS `r_Owner:User.Username`, `n_OwnerId`, `b_OwnerId`, `e_OwnerId` AS `x_OwnerId`, `s_OwnerId`,
         (`n_OwnerId` IS NOT NULL AND `n_OwnerId` IS DISTINCT FROM `b_OwnerId` AND NOT `k_OwnerId` AND NOT `r_OwnerId`) AS `w_OwnerId`,
         CASE WHEN `k_OwnerId` OR `r_OwnerId` THEN COALESCE(`b_OwnerId`, '') END AS `e_OwnerId`,
         (`r_OwnerId` AND NOT `k_OwnerId`) AS `r_OwnerId`, `n_Tier__c`, `b_Tier__c`, `e_Tier__c` AS `x_Tier__c`, `s_Tier__c`,
         (`n_Tier__c` IS NOT NULL AND `n_Tier__c` IS DISTINCT FROM `b_Tier__c` AND NOT `k_Tier__c` AND NOT `r_Tier__c`) AS `w_Tier__c`,
         CASE WHEN `k_Tier__c` OR `r_Tier__c` THEN COALESCE(`b_Tier__c`, '') END AS `e_Tier__c`,
         (`r_Tier__c` AND NOT `k_Tier__c`) AS `r_Tier__c`, `n_RecordTypeId`, `b_RecordTypeId`, (class = 'clear' AND 1 = 0) AS `w_RecordTypeId`
  FROM echoed
)
SELECT key, fresh, known, record_id, want_fp, raw, origin, confirmed_at, wrote, modified_at, modified_by, `n_Code__c`, `b_Code__c`, `w_Code__c`, (`w_Code__c` AND `s_Code__c`) AS `d_Code__c`, `e_Code__c`, `n_Description`, `b_Description`, `w_Description`, (`w_Description` AND `s_Description`) AS `d_Description`, `e_Description`, `n_LeadSource`, `b_LeadSource`, `w_LeadSource`, (`w_LeadSource` AND `s_LeadSource`) AS `d_LeadSource`, `e_LeadSource`, `n_Score__c`, `b_Score__c`, `w_Score__c`, (`w_Score__c` AND `s_Score__c`) AS `d_Score__c`, `e_Score__c`, `n_Owner:User.Username`, `b_Owner:User.Username`, `w_Owner:User.Username`, (`w_Owner:User.Username` AND `s_Owner:User.Username`) AS `d_Owner:User.Username`, `e_Owner:User.Username`, `n_OwnerId`, `b_OwnerId`, `w_OwnerId`, (`w_OwnerId` AND `s_OwnerId`) AS `d_OwnerId`, `e_OwnerId`, `n_Tier__c`, `b_Tier__c`, `w_Tier__c`, (`w_Tier__c` AND `s_Tier__c`) AS `d_Tier__c`, `e_Tier__c`, `n_RecordTypeId`, `b_RecordTypeId`, `w_RecordTypeId`,
  late, late IS NULL AND (`r_Code__c` OR `r_Description` OR `r_LeadSource` OR `r_Score__c` OR `r_Owner:User.Username` OR `r_OwnerId` OR `r_Tier__c`) AS rewritten,
  late IS NULL AND class = 'compare' AND reason <> 'merged' AND ((`w_Code__c` AND `s_Code__c` OR `w_Description` AND `s_Description` OR `w_LeadSource` AND `s_LeadSource` OR `w_Score__c` AND `s_Score__c` OR `w_Owner:User.Username` AND `s_Owner:User.Username` OR `w_OwnerId` AND `s_OwnerId` OR `w_Tier__c` AND `s_Tier__c`)) AS drifted,
  late IS NULL AND (1 = 0) AS opted_out,
  CASE
    WHEN late IS NOT NULL THEN 'reject'
    WHEN class = 'clear' AND NOT (`w_Code__c` OR `w_Description` OR `w_LeadSource` OR `w_Score__c` OR `w_Owner:User.Username` OR `w_OwnerId` OR `w_Tier__c` OR `w_RecordTypeId`) THEN 'leave'
    WHEN class <> 'compare' THEN class
    WHEN (`w_Code__c` OR `w_Description` OR `w_LeadSource` OR `w_Score__c` OR `w_Owner:User.Username` OR `w_OwnerId` OR `w_Tier__c`) THEN 'update'
    WHEN NOT known OR reason = 'merged' OR (`n_Code__c` IS NOT NULL AND NOT `s_Code__c` AND `n_Code__c` IS NOT DISTINCT FROM `b_Code__c` OR `n_Description` IS NOT NULL AND NOT `s_Description` AND `n_Description` IS NOT DISTINCT FROM `b_Description` OR `n_LeadSource` IS NOT NULL AND NOT `s_LeadSource` AND `n_LeadSource` IS NOT DISTINCT FROM `b_LeadSource` OR `n_Score__c` IS NOT NULL AND NOT `s_Score__c` AND `n_Score__c` IS NOT DISTINCT FROM `b_Score__c` OR `n_Owner:User.Username` IS NOT NULL AND NOT `s_Owner:User.Username` AND `n_Owner:User.Username` IS NOT DISTINCT FROM `b_Owner:User.Username` OR `n_OwnerId` IS NOT NULL AND NOT `s_OwnerId` AND `n_OwnerId` IS NOT DISTINCT FROM `b_OwnerId` OR `n_Tier__c` IS NOT NULL AND NOT `s_Tier__c` AND `n_Tier__c` IS NOT DISTINCT FROM `b_Tier__c`) THEN 'adopt'
    WHEN (`e_Code__c` IS DISTINCT FROM `x_Code__c` OR `e_Description` IS DISTINCT FROM `x_Description` OR `e_LeadSource` IS DISTINCT FROM `x_LeadSource` OR `e_Score__c` IS DISTINCT FROM `x_Score__c` OR `e_Owner:User.Username` IS DISTINCT FROM `x_Owner:User.Username` OR `e_OwnerId` IS DISTINCT FROM `x_OwnerId` OR `e_Tier__c` IS DISTINCT FROM `x_Tier__c`) OR want_fp IS DISTINCT FROM snap_fp THEN 'note'
    WHEN (1 = 0) THEN 'kept'
    ELSE 'same'
  END AS action,
  CASE
    WHEN late IS NOT NULL THEN CASE late WHEN 1 THEN 'too_long' WHEN 2 THEN 'too_long' WHEN 3 THEN 'too_long' WHEN 6 THEN 'bad_picklist' WHEN 7 THEN 'bad_picklist' WHEN 10 THEN 'bad_value' WHEN 11 THEN 'bad_value' WHEN 12 THEN 'bad_picklist' END
    WHEN class <> 'compare' OR reason = 'merged' THEN reason
    WHEN NOT known THEN 'adopted'
    WHEN `w_Code__c` AND NOT `s_Code__c` THEN 'match_changed'
    WHEN (`w_Code__c` AND NOT `s_Code__c` OR `w_Description` AND NOT `s_Description` OR `w_LeadSource` AND NOT `s_LeadSource` OR `w_Score__c` AND NOT `s_Score__c` OR `w_Owner:User.Username` AND NOT `s_Owner:User.Username` OR `w_OwnerId` AND NOT `s_OwnerId` OR `w_Tier__c` AND NOT `s_Tier__c`) THEN 'field_changed'
    WHEN (`w_Code__c` OR `w_Description` OR `w_LeadSource` OR `w_Score__c` OR `w_Owner:User.Username` OR `w_OwnerId` OR `w_Tier__c`) THEN 'drifted'
    WHEN (`n_Code__c` IS NOT NULL AND NOT `s_Code__c` AND `n_Code__c` IS NOT DISTINCT FROM `b_Code__c` OR `n_Description` IS NOT NULL AND NOT `s_Description` AND `n_Description` IS NOT DISTINCT FROM `b_Description` OR `n_LeadSource` IS NOT NULL AND NOT `s_LeadSource` AND `n_LeadSource` IS NOT DISTINCT FROM `b_LeadSource` OR `n_Score__c` IS NOT NULL AND NOT `s_Score__c` AND `n_Score__c` IS NOT DISTINCT FROM `b_Score__c` OR `n_Owner:User.Username` IS NOT NULL AND NOT `s_Owner:User.Username` AND `n_Owner:User.Username` IS NOT DISTINCT FROM `b_Owner:User.Username` OR `n_OwnerId` IS NOT NULL AND NOT `s_OwnerId` AND `n_OwnerId` IS NOT DISTINCT FROM `b_OwnerId` OR `n_Tier__c` IS NOT NULL AND NOT `s_Tier__c` AND `n_Tier__c` IS NOT DISTINCT FROM `b_Tier__c`) THEN 'adopted'
    WHEN (`r_Code__c` OR `r_Description` OR `r_LeadSource` OR `r_Score__c` OR `r_Owner:User.Username` OR `r_OwnerId` OR `r_Tier__c`) THEN 'rewritten_by_salesforce'
    WHEN 1 = 0 THEN 'drifted'
    WHEN (1 = 0) THEN 'opted_out'
  END AS reason
FROM (SELECT c.*, CASE WHEN c.class IN ('create', 'compare') THEN CASE WHEN NOT c.fresh AND c.`w_Code__c` AND (length(c.`n_Code__c`) > 20 AND TRY_CAST(CASE WHEN octet_length(c.`n_Code__c`) = length(c.`n_Code__c`) THEN length(c.`n_Code__c`) ELSE length(c.`n_Code__c`) + length(regexp_replace(c.`n_Code__c`, '[^\\x{10000}-\\x{10ffff}]+', '')) END AS DECIMAL(29,9)) > 40) THEN 1 WHEN NOT c.fresh AND c.`w_Description` AND (length(c.`n_Description`) > 20 AND TRY_CAST(CASE WHEN octet_length(c.`n_Description`) = length(c.`n_Description`) THEN length(c.`n_Description`) ELSE length(c.`n_Description`) + length(regexp_replace(c.`n_Description`, '[^\\x{10000}-\\x{10ffff}]+', '')) END AS DECIMAL(29,9)) > 40) THEN 2 WHEN NOT c.fresh AND c.`w_LeadSource` AND (length(c.`n_LeadSource`) > 20 AND TRY_CAST(CASE WHEN octet_length(c.`n_LeadSource`) = length(c.`n_LeadSource`) THEN length(c.`n_LeadSource`) ELSE length(c.`n_LeadSource`) + length(regexp_replace(c.`n_LeadSource`, '[^\\x{10000}-\\x{10ffff}]+', '')) END AS DECIMAL(29,9)) > 40) THEN 3 WHEN NOT c.fresh AND c.`w_Tier__c` AND (c.`n_Tier__c` IN ('Gold tier')) THEN 6 WHEN NOT c.fresh AND c.`w_Tier__c` AND (c.`n_Tier__c` NOT IN ('Gold', 'Silver')) THEN 7 WHEN c.`w_Owner:User.Username` AND u0.value IS NOT NULL THEN 10 WHEN c.`w_Tier__c` AND CASE WHEN c.class = 'create' THEN '012000000000001AAA' ELSE c.`b_RecordTypeId` END IN ('012000000000001AAA') AND c.`n_Tier__c` IS NOT NULL AND c.`n_Tier__c` NOT IN ('Silver') THEN 12 END END AS late
FROM compared AS c
LEFT JOIN (SELECT DISTINCT lower(value) AS value FROM `main`.`state`.`_tmp_plan_parents_1` WHERE i = 0 AND inactive) AS u0 ON u0.value = lower(c.`n_Owner:User.Username`)) AS w

-- refused
SELECT c.key, c.reason, CASE WHEN c.late IS NOT NULL THEN c.late ELSE CAST(NULL AS BIGINT) END AS bad,
       CASE WHEN c.late IS NOT NULL THEN CASE c.late WHEN 1 THEN c.`n_Code__c` WHEN 2 THEN c.`n_Description` WHEN 3 THEN c.`n_LeadSource` WHEN 6 THEN c.`n_Tier__c` WHEN 7 THEN c.`n_Tier__c` WHEN 10 THEN c.`n_Owner:User.Username` WHEN 11 THEN c.`n_OwnerId` WHEN 12 THEN c.`n_Tier__c` END ELSE d.match_value END AS value, 1 AS n
FROM `main`.`state`.`_tmp_plan_change_1` AS c LEFT JOIN `main`.`state`.`_tmp_plan_desired_1` AS d ON d.key = c.key WHERE c.action = 'reject'

