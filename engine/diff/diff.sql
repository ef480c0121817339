{{- /*
The comparison of one sync, step by step. Each step is one statement; what it needs stands above it.

  desired         the model's rows in canonical text                      (a query, run again to hydrate)
  snap            what was last confirmed written                         (a query over the state)
  keys            desired, reduced to key, match value and fingerprint
  double_keys     keys that stand in several rows                         (only where there may be such rows)
  double_matches  match values that stand in several rows                 (likewise)
  rejected        rows that take no part, and why                         (likewise)
  usable          keys without the rejected                               (a query)
  live            what Salesforce holds now, loaded by the engine
  found           live records by match value
  class           every row that is not plainly unchanged, and what becomes of it
  change          class with the values of every field, where they have to be compared or written

Columns of a field: v_ its value, e_ its echo, p_ whether the model has a value that may fail to become the field's; q_ whether a computation failed; in change n_ the new value, b_ the one before, w_ is written,
d_ has drifted, and e_ the echo to remember. wrote names the fields of the last confirmed write: only these can have
been rewritten by Salesforce in answer to it.
*/ -}}

{{define "desired" -}}
SELECT {{.Key}} AS key
{{- range .Fields}},
       {{.Expr}} AS {{.V}}
{{- if .There}}, {{.There}} AS {{.P}}{{end}}
{{- if .Fails}}, {{.Fails}} AS {{.Q}}{{end}}
{{- end}}
FROM {{.Relation}} AS m
{{- end}}

{{define "desired_again" -}}
SELECT {{.Key}} AS key
{{- range .Fields}},
       {{.Expr}} AS {{.V}}
{{- end}}
FROM (SELECT m.* FROM {{.Relation}} AS m WHERE {{.Key}} IN (SELECT key FROM {{.T.class}} WHERE class IN ('compare', 'create'))) AS m
{{- end}}

{{define "snap" -}}
{{if .Snapshot -}}
SELECT key, record_id, origin, confirmed_at, wrote, {{.SnapFP}} AS fp, {{anySnap "E"}} AS echoed
{{- range .Fields}}, {{.SnapV}} AS {{.V}}, {{.SnapE}} AS {{.E}}{{end}}
FROM {{.Snapshot}}
{{- else -}}
SELECT CAST(NULL AS {{.Text}}) AS key, CAST(NULL AS {{.Text}}) AS record_id, CAST(NULL AS {{.Text}}) AS origin,
       CAST(NULL AS {{.Instant}}) AS confirmed_at, CAST(NULL AS {{.Text}}) AS wrote, CAST(NULL AS {{.Int}}) AS fp, 1 = 0 AS echoed
{{- range .Fields}}, CAST(NULL AS {{$.Text}}) AS {{.V}}, CAST(NULL AS {{$.Text}}) AS {{.E}}{{end}}
WHERE 1 = 0
{{- end}}
{{- end}}

{{define "keys" -}}
SELECT key, {{.MatchV}} AS match_value, {{fold .MatchV}} AS match_key, {{.FP}} AS fp, {{.Bad}} AS bad
FROM ({{template "desired" .}}) AS d
{{- end}}

{{define "double_keys" -}}
SELECT key FROM {{.T.keys}} WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1
{{- end}}

{{define "double_matches" -}}
SELECT match_key, min(match_value) <> max(match_value) AS spelled
FROM {{.T.keys}} AS d
WHERE match_key IS NOT NULL AND key IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM {{.T.double_keys}} AS k WHERE k.key = d.key)
GROUP BY match_key HAVING count(*) > 1
{{- end}}

{{define "clashes" -}}
SELECT count(*) FROM (
  SELECT d.match_key FROM {{.T.keys}} AS d
  WHERE EXISTS (
    SELECT 1 FROM {{.T.class}} AS c JOIN {{.T.keys}} AS k ON k.key = c.key
    WHERE k.match_key = d.match_key AND c.class IN ('create', 'open', 'skip', 'reject', 'compare'))
  GROUP BY d.match_key HAVING count(*) > 1
) AS x
{{- end}}

{{define "rejected" -}}
SELECT d.key, d.match_value, d.bad,
  CASE
    WHEN d.key IS NULL THEN 'key_null'
    WHEN k.key IS NOT NULL THEN 'key_duplicate'
    WHEN d.bad IS NOT NULL THEN 'bad_value'
    WHEN d.match_key IS NULL THEN 'match_null'
{{- if .Exact}}
    WHEN x.spelled THEN 'match_ambiguous'
{{- end}}
    ELSE 'match_duplicate'
  END AS reason
FROM {{.T.keys}} AS d
LEFT JOIN {{.T.double_keys}} AS k ON k.key = d.key
LEFT JOIN {{.T.double_matches}} AS x ON x.match_key = d.match_key
WHERE d.key IS NULL OR d.bad IS NOT NULL OR d.match_key IS NULL OR k.key IS NOT NULL OR x.match_key IS NOT NULL
{{- end}}

{{define "usable" -}}
SELECT d.key, d.match_key, d.match_value, d.fp
FROM {{.T.keys}} AS d
{{- if .Rejects}}
WHERE d.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {{.T.rejected}} AS r WHERE r.key = d.key)
{{- end}}
{{- end}}

{{define "known_ids" -}}
SELECT s.record_id FROM ({{template "snap" .}}) AS s
WHERE EXISTS (SELECT 1 FROM ({{template "usable" .}}) AS d WHERE d.key = s.key)
{{- end}}

{{define "new_matches" -}}
SELECT DISTINCT d.match_value FROM ({{template "usable" .}}) AS d
WHERE d.match_value IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM ({{template "snap" .}}) AS s WHERE s.key = d.key{{if .ByID}} AND s.record_id = d.match_value{{end}})
{{- end}}

{{define "live_columns" -}}
id {{.Text}}, by_match {{.Bool}}, match_value {{.Text}}, deleted {{.Bool}}, modified_at {{.Instant}}, modified_by {{.Text}}
{{- range .Fields}}, {{.V}} {{$.Text}}{{end}}
{{- end}}

{{define "found" -}}
SELECT l.match_key, count(*) AS n, min(l.id) AS id, min(l.match_value) AS match_value
FROM (SELECT DISTINCT id, match_value, {{fold "match_value"}} AS match_key FROM {{.T.live}} WHERE by_match AND NOT deleted) AS l
WHERE EXISTS (SELECT 1 FROM {{.T.keys}} AS d WHERE d.match_key = l.match_key)
GROUP BY l.match_key
{{- end}}

{{define "own_id"}}{{if .ByID}}CASE WHEN p.known THEN p.record_id END{{else}}p.record_id{{end}}{{end}}

{{define "class" -}}
WITH snap AS ({{template "snap" .}}),
paired AS (
  SELECT COALESCE(d.key, s.key) AS key, d.key IS NOT NULL AS wanted,
         s.key IS NOT NULL{{if .ByID}} AND (d.key IS NULL OR d.match_value = s.record_id){{end}} AS known,
         s.record_id, d.match_key, d.match_value, d.fp AS want_fp, s.fp AS snap_fp, COALESCE(s.echoed, 1 = 0) AS echoed
  FROM ({{template "usable" .}}) AS d FULL OUTER JOIN snap AS s ON d.key = s.key
),
placed AS (
{{- if .Refresh}}
  SELECT p.key, p.wanted, p.known, {{template "own_id" .}} AS record_id, p.want_fp, p.snap_fp, p.echoed, p.match_value,
         l.id AS live_id, l.deleted, l.fp AS live_fp, f.n AS found, f.id AS found_id, f.match_value AS found_value,
         {{if .NullKeys}}o.key{{else}}w.key{{end}} AS owner
  FROM paired AS p
  LEFT JOIN (SELECT id, deleted, {{.FP}} AS fp FROM {{.T.live}} WHERE NOT by_match) AS l ON l.id = p.record_id
  LEFT JOIN {{.T.found}} AS f ON NOT p.known AND f.match_key = p.match_key
  LEFT JOIN snap AS o ON o.record_id = f.id AND o.key <> p.key
  LEFT JOIN (SELECT DISTINCT key FROM {{.T.keys}}) AS w ON w.key = o.key
{{- else}}
  SELECT p.key, p.wanted, p.known, {{template "own_id" .}} AS record_id, p.want_fp, p.snap_fp FROM paired AS p
{{- end}}
),
judged AS (
  SELECT p.*,
    CASE
{{- if .Rejects}}
      WHEN NOT wanted AND EXISTS (SELECT 1 FROM {{.T.rejected}} AS r WHERE r.key = p.key) THEN 'held'
{{- end}}
      WHEN NOT wanted THEN {{if .NullKeys}}'held'{{else}}'left_model'{{end}}
{{- if .Refresh}}
      WHEN known AND (live_id IS NULL OR deleted) THEN 'missing_in_salesforce'
      WHEN known AND live_fp = want_fp AND snap_fp = want_fp AND NOT echoed THEN 'same'
      WHEN known THEN 'known'
      WHEN found IS NULL THEN {{if .Creates}}'new_in_model'{{else}}'no_match'{{end}}
      WHEN found > 1{{if .Exact}} OR found_value <> match_value{{end}} THEN 'match_ambiguous'
      WHEN owner IS NOT NULL THEN 'match_duplicate'
      ELSE 'adopted'
{{- else}}
      WHEN known AND snap_fp = want_fp THEN 'same'
      WHEN known THEN 'known'
      ELSE 'unread'
{{- end}}
    END AS reason
  FROM placed AS p
)
SELECT key, known, want_fp, reason,
  CASE reason
    WHEN 'held' THEN 'held' WHEN 'left_model' THEN 'leave' WHEN 'missing_in_salesforce' THEN 'skip' WHEN 'no_match' THEN 'skip'
    WHEN 'match_ambiguous' THEN 'reject' WHEN 'match_duplicate' THEN 'reject'
    WHEN 'new_in_model' THEN 'create' WHEN 'unread' THEN 'open' ELSE 'compare'
  END AS class,
  {{if .Refresh}}COALESCE(record_id, CASE WHEN reason = 'adopted' THEN found_id END){{else}}record_id{{end}} AS record_id
FROM judged
WHERE reason <> 'same'
{{- end}}

{{define "change" -}}
WITH hydrated AS (
  SELECT c.key, c.class, c.known, c.record_id, c.want_fp, s.fp AS snap_fp, s.origin, s.confirmed_at, s.wrote, {{.NewFP}} AS new_fp,
{{- if .Refresh}}
         l.modified_at, l.modified_by, COALESCE(c.known AND l.modified_by = {{.Self}} AND l.modified_at <= s.confirmed_at, 1 = 0) AS untouched
{{- else}}
         CAST(NULL AS {{.Instant}}) AS modified_at, CAST(NULL AS {{.Text}}) AS modified_by, 1 = 0 AS untouched
{{- end}}
{{- range .Fields}},
         n.{{.V}} AS {{.N}}, {{if $.Refresh}}l{{else}}s{{end}}.{{.V}} AS {{.B}}, s.{{.V}} AS {{.V}}, s.{{.E}} AS {{.E}}
{{- end}}
  FROM {{.T.class}} AS c
  JOIN ({{template "desired_again" .}}) AS n ON n.key = c.key
  LEFT JOIN ({{template "snap" .}}) AS s ON s.key = c.key
{{- if .Refresh}}
  LEFT JOIN {{.T.live}} AS l ON l.id = c.record_id AND l.by_match <> c.known AND NOT l.deleted
{{- end}}
  WHERE c.class IN ('compare', 'create')
),
echoed AS (
  SELECT key, class, known, record_id, want_fp, snap_fp, new_fp, origin, confirmed_at, wrote, modified_at,
         CASE WHEN NOT untouched THEN modified_by END AS modified_by {{- /* else our own write hides who it was */}}
{{- range .Fields}}, {{.N}}, {{.B}}, {{.V}}, {{.E}},
         COALESCE({{.N}} = {{.V}} AND {{.E}} = COALESCE({{.B}}, ''), 1 = 0) AS {{.K}},
         COALESCE(untouched AND instr(wrote, {{.Tag}}) > 0 AND {{.N}} = {{.V}} AND {{.N}} IS DISTINCT FROM {{.B}}, 1 = 0) AS {{.R}}
{{- end}}
  FROM hydrated
),
compared AS (
  SELECT key, class, known, record_id, want_fp, snap_fp, new_fp, origin, confirmed_at, wrote, modified_at, modified_by
{{- range .Fields}}, {{.N}}, {{.B}}, {{.E}} AS {{.X}},
         {{if .ReadOnly}}1 = 0{{else}}({{.N}} IS NOT NULL AND {{.N}} IS DISTINCT FROM {{.B}} AND NOT {{.K}} AND NOT {{.R}}){{end}} AS {{.W}},
         (known AND {{.N}} IS NOT DISTINCT FROM {{.V}}) AS {{.S}},
{{- if $.Refresh}}
         CASE WHEN {{.K}} OR {{.R}} THEN COALESCE({{.B}}, '') END AS {{.E}},
{{- else}}
         CASE WHEN {{.N}} IS NOT DISTINCT FROM {{.V}} THEN {{.E}} END AS {{.E}},
{{- end}}
         ({{.R}} AND NOT {{.K}}) AS {{.R}}
{{- end}}
  FROM echoed
)
SELECT key, known, record_id, want_fp, new_fp, origin, confirmed_at, wrote, modified_at, modified_by
{{- range .Fields}}, {{.N}}, {{.B}}, {{.W}}, ({{.W}} AND {{.S}}) AS {{.D}}, {{.E}}{{end}},
  {{any "R"}} AS rewritten,
  {{anyAnd "W" "S"}} AS drifted,
  CASE
    WHEN class = 'create' THEN 'create'
    WHEN {{any "W"}} THEN 'update'
    WHEN NOT known OR {{anyNew}} THEN 'adopt'
    WHEN {{anyEcho}} OR new_fp IS DISTINCT FROM snap_fp THEN 'note'
    ELSE 'same'
  END AS action,
  CASE
    WHEN class = 'create' THEN 'new_in_model'
    WHEN NOT known THEN 'adopted'
    WHEN {{.Match.W}} AND NOT {{.Match.S}} THEN 'match_changed'
    WHEN {{anyAndNot "W" "S"}} THEN 'field_changed'
    WHEN {{any "W"}} THEN 'drifted'
    WHEN {{anyNew}} THEN 'adopted'
    WHEN {{any "R"}} THEN 'rewritten_by_salesforce'
  END AS reason
FROM compared
{{- end}}

{{define "commit" -}}
SELECT c.key, COALESCE(o.id, c.record_id) AS record_id,
  CASE WHEN o.created THEN 'created' WHEN c.known THEN c.origin ELSE 'adopted' END AS origin,
  CASE WHEN o.key IS NOT NULL THEN o.confirmed_at WHEN c.known AND c.action = 'note' THEN c.confirmed_at ELSE c.modified_at END AS confirmed_at,
  CASE WHEN o.key IS NOT NULL THEN {{.Wrote}} WHEN c.action = 'note' THEN c.wrote ELSE '' END AS wrote,
  c.new_fp AS fp, CAST({{.Generation}} AS {{.Int}}) AS generation, {{.Run}} AS run
{{- range .Fields}}, c.{{.N}} AS {{.V}}, c.{{.E}} AS {{.E}}{{end}}, 1 = 0 AS gone
FROM {{.T.change}} AS c LEFT JOIN {{.T.outcome}} AS o ON o.key = c.key
WHERE o.key IS NOT NULL OR c.action IN ('adopt', 'note')
UNION ALL
SELECT c.key, c.record_id, CAST(NULL AS {{.Text}}), CAST(NULL AS {{.Instant}}), CAST(NULL AS {{.Text}}), CAST(NULL AS {{.Int}}), CAST({{.Generation}} AS {{.Int}}), {{.Run}}
{{- range .Fields}}, CAST(NULL AS {{$.Text}}), CAST(NULL AS {{$.Text}}){{end}}, 1 = 1
FROM {{.T.class}} AS c WHERE c.class = 'leave'
{{- end}}

{{define "records" -}}
SELECT c.key, c.record_id FROM {{.T.class}} AS c WHERE c.class = 'compare' AND c.record_id IS NOT NULL
UNION
SELECT s.key, s.record_id FROM ({{template "snap" .}}) AS s
WHERE EXISTS (SELECT 1 FROM ({{template "usable" .}}) AS d WHERE d.key = s.key)
{{- end}}

{{- /*
A stage whose outcomes were lost.

  intent   what an apply is about to write                       (a query; the state keeps it as a table)
  pending  the rows of an intent that were not committed
  live     what Salesforce holds of them now, loaded by the engine
  settled  the same rows with what a commit of their outcomes would have kept; confirmed where live has what was written
  overlay  the snapshot as it would be after that commit         (a query)
*/ -}}

{{define "intent" -}}
SELECT c.key, c.action, c.known, c.record_id, c.origin, {{.Wrote}} AS wrote, c.new_fp AS fp
{{- range .Fields}}, c.{{.N}} AS {{.V}}, c.{{.E}}, c.{{.W}}{{end}}
FROM {{.T.change}} AS c WHERE c.action IN ('create', 'update')
{{- end}}

{{define "pending" -}}
SELECT i.* FROM {{.Intent}} AS i
WHERE NOT EXISTS (SELECT 1 FROM {{.Snapshot}} AS s WHERE s.key = i.key AND s.run = {{.Run}})
{{- end}}

{{define "pending_ids" -}}
SELECT record_id FROM {{.T.pending}} WHERE action = 'update'
{{- end}}

{{define "pending_matches" -}}
SELECT {{.MatchV}} FROM {{.T.pending}} WHERE action = 'create'
{{- end}}

{{define "settled" -}}
WITH found AS (
  SELECT l.match_key, min(l.id) AS id
  FROM (SELECT DISTINCT id, {{fold "match_value"}} AS match_key FROM {{.T.live}} WHERE by_match AND NOT deleted) AS l
  GROUP BY l.match_key HAVING count(*) = 1
),
placed AS (
  SELECT p.*, COALESCE(p.record_id, f.id) AS live_id, p.action = 'create' AS fresh
  FROM {{.T.pending}} AS p LEFT JOIN found AS f ON p.action = 'create' AND f.match_key = {{fold (print "p." .MatchV)}}
),
owned AS (
  SELECT DISTINCT o.record_id FROM {{.Snapshot}} AS o JOIN placed AS p ON p.live_id = o.record_id WHERE p.fresh AND p.key <> o.key
)
SELECT p.key, p.action, p.live_id AS record_id,
  CASE WHEN p.fresh THEN 'created' WHEN p.known THEN p.origin ELSE 'adopted' END AS origin,
  l.modified_at AS confirmed_at, p.wrote, {{.FP}} AS fp
{{- range .Fields}}, p.{{.V}}, p.{{.E}}{{end}},
  l.id IS NOT NULL AND o.record_id IS NULL
{{- range .Fields}}
    AND (NOT p.{{.W}}{{if not .Missing}} OR p.{{.V}} IS NOT DISTINCT FROM l.{{.V}}{{end}})
{{- end}} AS confirmed
FROM placed AS p
LEFT JOIN {{.T.live}} AS l ON l.id = p.live_id AND l.by_match = p.fresh AND NOT l.deleted
LEFT JOIN owned AS o ON o.record_id = p.live_id
{{- end}}

{{define "settled_commit" -}}
SELECT key, record_id, origin, confirmed_at, wrote, fp, CAST({{.Generation}} AS {{.Int}}) AS generation, {{.Run}} AS run
{{- range .Fields}}, {{.V}}, {{.E}}{{end}}, 1 = 0 AS gone
FROM {{.T.settled}} WHERE confirmed
{{- end}}

{{define "overlay" -}}
SELECT r.key, r.record_id, r.origin, r.confirmed_at, r.wrote, r.fp
{{- range .Fields}}, {{if .Uncovered}}CASE WHEN r.run = {{$.Run}} THEN r.{{.V}} END AS {{.V}}, CASE WHEN r.run = {{$.Run}} THEN r.{{.E}} END AS {{.E}}{{else}}r.{{.V}}, r.{{.E}}{{end}}{{end}}
FROM {{.Snapshot}} AS r WHERE NOT EXISTS (SELECT 1 FROM {{.T.settled}} AS s WHERE s.confirmed AND s.key = r.key)
UNION ALL
SELECT s.key, s.record_id, s.origin, s.confirmed_at, s.wrote, s.fp
{{- range .Fields}}, s.{{.V}}, s.{{.E}}{{end}}
FROM {{.T.settled}} AS s WHERE s.confirmed
{{- end}}
