{{- /*
The comparison of one sync, step by step. Each step is one statement; what it needs stands above it.

  delta           keys whose row in the model is not the one that the snapshot was made from, or is in one of the two
                  only; all other rows are one row of it, with their number
  desired         these rows of the model, in canonical text
  measures        what is counted so far, and whether keys and match values are unique   (a query)
  lookup          the ids and match values to look up in Salesforce, after the measures  (a query)
  parents         the values in Salesforce of the external ids that name parents, loaded by the engine
                                                                          (only where the mapping names parents)
  orphans         rows that name a parent which is not there              (likewise)
  double_keys     keys that stand in several rows                         (only where there are such rows)
  double_matches  match values that stand in several rows                 (likewise)
  rejected        rows that take no part, why, and how many               (likewise)
  live            what Salesforce holds now, loaded by the engine
  found           live records by match value                             (a query)
  class           every row that is not plainly unchanged, and what becomes of it
  change          class with the values of every field, where they have to be compared or written

A row is plainly unchanged where raw, the fingerprint of what the mapping reads, is that of the snapshot: values are made
canonical for other rows only. raw covers the mapping too, so that another mapping has other fingerprints.

What becomes of a row is its class, then its action: create, update, adopt and note (the snapshot alone), same, kept (it
differs, and a policy says to leave it), skip, reject, held, open (not read); of a row that left the model: leave, clear,
remove, left (not read).

Columns of a field: v_ its value, e_ its echo, p_ the text of a value that may fail to become the field's; in change n_ the new value, b_ the one before, w_ is written, late the check that fails for what is written,
d_ has drifted, l_ has drifted and is only told, o_ is an opt-out that is not taken back, and e_ the echo to remember. wrote names the fields of the last confirmed write: only these can have
been rewritten by Salesforce in answer to it.
*/ -}}

{{define "read" -}}
SELECT {{.Key}} AS key, {{.Raw}} AS raw FROM {{.Relation}} AS m
{{- end}}

{{define "snap" -}}
{{if .Snapshot -}}
SELECT key, record_id, origin, confirmed_at, wrote, {{.SnapFP}} AS fp, {{.SnapRaw}} AS raw, {{anySnap "E"}} AS echoed
{{- range .Fields}}, {{.SnapV}} AS {{.V}}, {{.SnapE}} AS {{.E}}{{end}}
FROM {{.Snapshot}}
{{- else -}}
SELECT CAST(NULL AS {{.Text}}) AS key, CAST(NULL AS {{.Text}}) AS record_id, CAST(NULL AS {{.Text}}) AS origin,
       CAST(NULL AS {{.Instant}}) AS confirmed_at, CAST(NULL AS {{.Text}}) AS wrote, CAST(NULL AS {{.Int}}) AS fp, CAST(NULL AS {{.Int}}) AS raw, 1 = 0 AS echoed
{{- range .Fields}}, CAST(NULL AS {{$.Text}}) AS {{.V}}, CAST(NULL AS {{$.Text}}) AS {{.E}}{{end}}
WHERE 1 = 0
{{- end}}
{{- end}}

{{- /*
Which rows differ: a full join on the fingerprint, which covers the key, and then the two sides of each key that is left.
Joining numbers costs less than joining keys, but two rows with one fingerprint could hide a change: pairs of different keys
are counted as rows that are neither wanted nor known, and the comparison is then made again by key.

Side: 0 for both and equal, 1 in the model, 2 in the snapshot, 3 for both and different, 4 for two keys with one fingerprint.
*/ -}}
{{define "delta" -}}
{{if not .Snapshot -}}
SELECT d.key, 1 = 1 AS wanted, 1 = 0 AS known, 1 = 0 AS same, d.raw, count(*) AS n
FROM ({{template "read" .}}) AS d
GROUP BY d.key, d.raw
{{- else if .ByKey -}}
SELECT g.key, g.side <> 2 AS wanted, g.side <> 1 AS known, g.side = 0 AS same, g.raw, g.n
FROM (
  SELECT j.key, j.side, j.raw, count(*) AS n
  FROM (
    SELECT CASE WHEN d.raw = s.raw THEN NULL ELSE COALESCE(d.key, s.key) END AS key, CASE WHEN d.raw = s.raw THEN NULL ELSE d.raw END AS raw,
           CASE WHEN d.raw = s.raw THEN 0 WHEN s.key IS NULL THEN 1 WHEN d.raw IS NULL THEN 2 ELSE 3 END AS side
    FROM ({{template "read" .}}) AS d FULL OUTER JOIN (SELECT key, {{.SnapRaw}} AS raw FROM {{.Snapshot}}) AS s ON d.key = s.key
  ) AS j
  GROUP BY j.key, j.side, j.raw
) AS g
{{- else -}}
SELECT g.key, g.kind = 0 OR g.kind = 1 AND g.n > 0 AS wanted, g.kind = 0 OR g.kind = 1 AND g.kept > 0 AS known, g.kind = 0 AS same, g.raw, g.n
FROM (
  SELECT p.key, p.kind, max(p.raw) AS raw, CAST(sum(CASE WHEN p.side <> 2 THEN p.n ELSE 0 END) AS {{.Int}}) AS n, count(CASE WHEN p.side = 2 THEN 1 END) AS kept
  FROM (
    SELECT j.key, j.side, CASE j.side WHEN 2 THEN 1 ELSE j.side END AS kind, j.raw, count(*) AS n
    FROM (
      SELECT CASE WHEN d.raw = s.raw THEN NULL ELSE COALESCE(d.key, s.key) END AS key, CASE WHEN d.raw = s.raw THEN NULL ELSE d.raw END AS raw,
             CASE WHEN d.raw = s.raw THEN CASE WHEN d.key = s.key THEN 0 ELSE 4 END WHEN s.key IS NULL THEN 1 ELSE 2 END AS side
      FROM ({{template "read" .}}) AS d FULL OUTER JOIN (SELECT key, {{.SnapRaw}} AS raw FROM {{.Snapshot}}) AS s ON d.raw = s.raw
    ) AS j
    GROUP BY j.key, j.side, j.raw
  ) AS p
  GROUP BY p.key, p.kind
) AS g
{{- end}}
{{- end}}

{{define "values" -}}
  SELECT {{.Key}} AS key, {{.Raw}} AS raw
{{- range .Fields}},
         {{.Expr}} AS {{.V}}
{{- if .There}}, {{.There}} AS {{.P}}{{end}}
{{- if .Fails}}, {{.Fails}} AS {{.Q}}{{end}}
{{- end}}
  FROM (SELECT m.* FROM {{.Relation}} AS m WHERE {{.Key}} {{if .Only}}= {{.Only}}{{else}}IN (SELECT key FROM {{.T.delta}} WHERE wanted{{if .Inserts}} AND NOT known{{end}} AND key IS NOT NULL){{end}}) AS m
{{- end}}

{{define "desired" -}}
SELECT key, raw, {{.MatchV}} AS match_value, {{fold .MatchV}} AS match_key, {{.FP}} AS fp, {{.Bad}} AS bad, {{.Lacks}} AS lacks, {{.Unread}} AS unread
{{- range .Fields}}, {{.V}}{{end}}
FROM ({{template "values" .}}) AS d
{{- end}}

{{define "untouched" -}}
SELECT s.* FROM ({{template "snap" .}}) AS s WHERE NOT EXISTS (SELECT 1 FROM {{.T.delta}} AS k WHERE k.key = s.key)
{{- end}}

{{define "clashes" -}}
SELECT match_key FROM {{.T.desired}} WHERE match_key IS NOT NULL GROUP BY match_key HAVING count(*) > 1
{{- if and .Snapshot (not .Inserts)}}
UNION ALL
SELECT s.match_key
FROM (SELECT key, {{fold .Match.SnapV}} AS match_key FROM {{.Snapshot}}) AS s
JOIN {{.T.desired}} AS d ON d.match_key = s.match_key AND d.key <> s.key
WHERE NOT EXISTS (SELECT 1 FROM {{.T.delta}} AS k WHERE k.key = s.key)
{{- end}}
{{- end}}

{{define "measures" -}}
SELECT d.n_rows, d.n_null, d.n_new, d.n_gone, d.n_delta, w.n_desired, w.n_unmatched, w.n_bad, w.n_parents,
       (SELECT count(*) FROM (SELECT key FROM {{.T.delta}} WHERE wanted AND key IS NOT NULL GROUP BY key HAVING sum(n) > 1) AS x) AS n_double,
       (SELECT count(*) FROM ({{template "clashes" .}}) AS c) AS n_clash,
       {{if .Snapshot}}(SELECT count(*) FROM {{.Snapshot}}){{else}}0{{end}} AS n_snap, d.n_mixed,
       {{if and .Snapshot (not .ByKey)}}(SELECT count(*) FROM {{.Snapshot}} WHERE key IN (SELECT key FROM {{.T.delta}} WHERE wanted AND NOT known AND key IS NOT NULL)){{else}}0{{end}} AS n_twice
{{- if .Newest}},
       ({{.Newest}}) AS newest{{end}}
FROM (
  SELECT COALESCE(sum(CASE WHEN wanted THEN n END), 0) AS n_rows,
         COALESCE(sum(CASE WHEN wanted AND NOT same AND key IS NULL THEN n END), 0) AS n_null,
         COALESCE(sum(CASE WHEN wanted{{if .Inserts}} AND NOT known{{end}} AND key IS NOT NULL THEN n END), 0) AS n_delta,
         COALESCE(sum(CASE WHEN wanted AND NOT known AND key IS NOT NULL THEN n END), 0) AS n_new,
         count(CASE WHEN NOT wanted AND known THEN 1 END) AS n_gone,
         count(CASE WHEN NOT wanted AND NOT known THEN 1 END) AS n_mixed
  FROM {{.T.delta}}
) AS d CROSS JOIN (
  SELECT count(*) AS n_desired, count(*) - count(match_key) AS n_unmatched, count(bad) AS n_bad,
         {{if .Parents}}count(COALESCE({{range $i, $p := .Parents}}{{if $i}}, {{end}}{{.V}}{{end}})){{else}}0{{end}} AS n_parents
  FROM {{.T.desired}}
) AS w
{{- end}}

{{define "lookup" -}}
{{if not .Measured -}}
SELECT 0 AS kind, {{measured "m"}} AS value FROM ({{template "measures" .}}) AS m
{{- end}}
{{- if .Refresh}}
{{- if not .Measured}}
UNION ALL
{{- end}}
{{- if and .Snapshot (not .Inserts)}}
SELECT 1 AS kind, s.record_id AS value FROM {{.Snapshot}} AS s
WHERE {{if .Leaves}}1 = 1{{else}}NOT EXISTS (SELECT 1 FROM {{.T.delta}} AS k WHERE k.key = s.key AND NOT k.wanted){{template "accepted" .}}{{end}}
UNION ALL
{{- end}}
SELECT DISTINCT 2 AS kind, s.match_value AS value
FROM {{.T.desired}} AS s JOIN {{.T.delta}} AS k ON k.key = s.key AND k.wanted
WHERE s.match_value IS NOT NULL AND {{if and .Snapshot .ByID}}NOT EXISTS (SELECT 1 FROM {{.Snapshot}} AS r WHERE r.key = s.key AND r.record_id = s.match_value)
{{- else if and .Snapshot (not .Inserts)}}NOT EXISTS (SELECT 1 FROM (SELECT key, {{fold .Match.SnapV}} AS match_key FROM {{.Snapshot}}) AS r WHERE r.key = s.key AND r.match_key = s.match_key)
{{- else}}NOT k.known{{end}}{{template "accepted" .}}
ORDER BY kind
{{- end}}
{{- end}}

{{define "accepted"}}{{if .Rejects}} AND NOT EXISTS (SELECT 1 FROM {{.T.rejected}} AS r WHERE r.key = s.key){{end}}{{end}}

{{define "double_keys" -}}
SELECT key, count(*) AS n FROM ({{template "read" .}}) AS d WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1
{{- end}}

{{- /* The match values of records that are gone, which are looked up before they are created again. New match values were. */ -}}
{{define "missing" -}}
SELECT DISTINCT COALESCE(d.match_value, s.{{.MatchV}}) AS value
FROM ({{template "snap" .}}) AS s
LEFT JOIN {{.T.desired}} AS d ON d.key = s.key
LEFT JOIN (SELECT id FROM {{.T.live}} WHERE NOT by_match AND NOT followed AND (NOT deleted OR master_id IS NOT NULL)) AS l ON l.id = s.record_id
WHERE l.id IS NULL AND NOT EXISTS (SELECT 1 FROM {{.T.delta}} AS k WHERE k.key = s.key AND NOT k.wanted){{template "accepted" .}}
  AND NOT EXISTS (SELECT 1 FROM {{.T.live}} AS f WHERE f.by_match AND {{fold "f.match_value"}} = {{fold (print "COALESCE(d.match_value, s." .MatchV ")")}})
{{- end}}

{{define "parent_counts" -}}
SELECT {{range $i, $p := .Parents}}{{if $i}}, {{end}}count(DISTINCT {{.V}}){{end}} FROM {{.T.desired}} WHERE bad IS NULL
{{- end}}

{{define "orphans" -}}
SELECT o.key, o.bad, o.value
FROM (
  SELECT d.key,
    CASE {{- range .Parents}}{{if .Named}} WHEN d.{{.V}} IS NOT NULL AND p{{.I}}.n IS NULL THEN {{.Unknown}} WHEN p{{.I}}.n > 1 THEN {{.Unknown}} + 1{{end}}{{end}} END AS bad,
    CASE {{- range .Parents}}{{if .Named}} WHEN d.{{.V}} IS NOT NULL AND (p{{.I}}.n IS NULL OR p{{.I}}.n > 1) THEN d.{{.V}}{{end}}{{end}} END AS value
  FROM {{.T.desired}} AS d
{{- range $p := .Parents}}
{{- if .Named}}
  LEFT JOIN (
    SELECT v.value, count(DISTINCT v.id) AS n
    FROM (
      SELECT {{.Fold "value"}} AS value, id FROM {{$.T.parents}} WHERE i = {{.I}}
{{- range .Planned}}
      UNION ALL
      SELECT {{$p.Fold "w.value"}}, CAST(NULL AS {{$.Text}}) FROM ({{.}}) AS w
{{- end}}
    ) AS v
    GROUP BY v.value
  ) AS p{{.I}} ON p{{.I}}.value = {{.Fold (print "d." .V)}}
{{- end}}
{{- end}}
  WHERE d.bad IS NULL
) AS o
WHERE o.bad IS NOT NULL
{{- end}}

{{define "claims" -}}
SELECT c.key, c.match_value, c.match_key, c.bad, c.value
FROM (
{{- if .Orphans}}
  SELECT w.key, w.match_value, w.match_key, COALESCE(w.bad, o.bad) AS bad, COALESCE(w.value, o.value) AS value
  FROM (SELECT key, match_value, match_key, bad, {{.Value}} AS value FROM {{.T.desired}}) AS w LEFT JOIN {{.T.orphans}} AS o ON o.key = w.key
{{- else}}
  SELECT key, match_value, match_key, bad, {{.Value}} AS value FROM {{.T.desired}}
{{- end}}
{{- if and .DoubleMatches (not .Inserts)}}
  UNION ALL
  SELECT u.key, u.{{.MatchV}}, {{fold (print "u." .MatchV)}}, CAST(NULL AS {{.Int}}), CAST(NULL AS {{.Text}}) FROM ({{template "untouched" .}}) AS u
{{- end}}
) AS c
{{- if .DoubleKeys}}
WHERE NOT EXISTS (SELECT 1 FROM {{.T.double_keys}} AS k WHERE k.key = c.key)
{{- end}}
{{- end}}

{{define "double_matches" -}}
SELECT match_key, min(match_value) <> max(match_value) AS spelled
FROM ({{template "claims" .}}) AS d
WHERE match_key IS NOT NULL GROUP BY match_key HAVING count(*) > 1
{{- end}}

{{define "rejected" -}}
SELECT CAST(NULL AS {{.Text}}) AS key, CAST(NULL AS {{.Text}}) AS match_value, CAST(NULL AS {{.Int}}) AS bad, CAST(NULL AS {{.Text}}) AS value, 'key_null' AS reason, n
FROM {{.T.delta}} WHERE wanted AND NOT same AND key IS NULL
{{- if .DoubleKeys}}
UNION ALL
SELECT key, CAST(NULL AS {{.Text}}), CAST(NULL AS {{.Int}}), CAST(NULL AS {{.Text}}), 'key_duplicate', n FROM {{.T.double_keys}}
{{- end}}
UNION ALL
SELECT d.key, d.match_value, d.bad, CASE WHEN d.bad IS NULL THEN d.match_value ELSE d.value END,
  CASE
    WHEN d.bad IS NOT NULL THEN {{.Reason}}
{{- if not .Unmatched}}
    WHEN d.match_key IS NULL THEN 'match_null'
{{- end}}
{{- if .DoubleMatches}}
{{- if .Exact}}
    WHEN x.spelled THEN 'match_ambiguous'
{{- end}}
    ELSE 'match_duplicate'
{{- end}}
  END, 1
FROM ({{template "claims" .}}) AS d
{{- if .DoubleMatches}}
LEFT JOIN {{.T.double_matches}} AS x ON x.match_key = d.match_key
{{- end}}
WHERE d.bad IS NOT NULL{{if not .Unmatched}} OR d.match_key IS NULL{{end}}{{if .DoubleMatches}} OR x.match_key IS NOT NULL{{end}}
{{- end}}

{{define "refused" -}}
{{if .Rejects -}}
SELECT key, reason, bad, value, n FROM {{.T.rejected}}
UNION ALL
{{end -}}
SELECT c.key, c.reason, {{if late}}CASE WHEN c.late IS NOT NULL THEN c.late ELSE {{end}}{{if .Required}}CASE WHEN c.reason = 'required_null' THEN {{.Lacking}} END{{else}}CAST(NULL AS {{.Int}}){{end}}{{if late}} END{{end}} AS bad,
       {{if late}}CASE WHEN c.late IS NOT NULL THEN {{lateValue}} ELSE {{end}}{{if .Required}}CASE WHEN c.reason <> 'required_null' THEN d.match_value END{{else}}d.match_value{{end}}{{if late}} END{{end}} AS value, 1 AS n
FROM {{.T.change}} AS c LEFT JOIN {{.T.desired}} AS d ON d.key = c.key WHERE c.action = 'reject'
{{- end}}

{{define "usable" -}}
SELECT s.key, s.match_key FROM {{.T.desired}} AS s WHERE 1 = 1{{template "accepted" .}}
UNION ALL
SELECT s.key, {{fold (print "s." .MatchV)}} AS match_key FROM ({{template "untouched" .}}) AS s WHERE 1 = 1{{template "accepted" .}}
{{- end}}

{{define "found" -}}
SELECT l.match_key, count(*) AS n, min(l.id) AS id, min(l.match_value) AS match_value, count(CASE WHEN l.converted THEN 1 END) > 0 AS converted
FROM (SELECT DISTINCT id, match_value, converted, {{fold "match_value"}} AS match_key FROM {{.T.live}} WHERE by_match AND NOT deleted) AS l
{{- if not .Recreates}}
WHERE EXISTS (SELECT 1 FROM {{.T.desired}} AS d WHERE d.match_key = l.match_key)
{{- end}}
GROUP BY l.match_key
{{- end}}

{{define "class" -}}
WITH usable AS (
  SELECT s.key, 1 = 1 AS fresh, s.wanted, s.known{{if .ByID}} AND (d.key IS NULL OR d.match_value = r.record_id){{end}} AS known, s.raw,
         d.key IS NOT NULL AND d.raw = s.raw AS steady, d.match_key, d.match_value, {{if .Required}}d.lacks, {{end}}d.fp AS want_fp, {{if .Known}}r.record_id{{else}}CAST(NULL AS {{.Text}}) AS record_id{{end}}
{{- if .Doubt}}, s.key IN ({{.Doubt}}) AS doubtful{{end}}
{{- if .Renames}}, s.known AND s.wanted AND d.match_key IS DISTINCT FROM r.match_key AS renamed{{end}}
{{- if .Leaves}}, r.origin{{end}}
  FROM {{.T.delta}} AS s
  LEFT JOIN {{.T.desired}} AS d ON d.key = s.key
{{- if .Known}}
  LEFT JOIN (SELECT r.*{{if .Renames}}, {{fold (print "r." .MatchV)}} AS match_key{{end}} FROM ({{template "snap" .}}) AS r) AS r ON r.key = s.key
{{- end}}
  WHERE s.key IS NOT NULL{{template "accepted" .}}
{{- if and .Refresh (not .Inserts)}}
  UNION ALL
  SELECT s.key, 1 = 0, 1 = 1, 1 = 1, s.raw, 1 = 1, {{if .Recreates}}{{fold (print "s." .MatchV)}}, s.{{.MatchV}}{{else}}CAST(NULL AS {{.Text}}), CAST(NULL AS {{.Text}}){{end}}, {{if .Required}}{{if .Recreates}}{{.Lacks}}{{else}}CAST(NULL AS {{.Int}}){{end}}, {{end}}CASE WHEN NOT s.echoed THEN s.fp END, s.record_id
{{- if .Renames}}, 1 = 0{{end}}{{if .Leaves}}, s.origin{{end}}
  FROM ({{template "snap" .}}) AS s
  WHERE NOT EXISTS (SELECT 1 FROM {{.T.delta}} AS k WHERE k.key = s.key){{template "accepted" .}}
{{- end}}
),
placed AS (
{{- if .Refresh}}
  SELECT p.*, {{if .ByID}}CASE WHEN p.known THEN p.record_id END{{else}}p.record_id{{end}} AS own_id,
         l.id AS live_id, COALESCE(l.deleted AND l.master_id IS NULL, 1 = 1) AS gone, CASE WHEN l.deleted THEN l.master_id END AS master_id, l.converted, l.fp AS live_fp,
         f.n AS found, f.id AS found_id, f.match_value AS found_value, f.converted AS found_converted, o.least, o.most
{{- if .Leaves}}, t.id IS NOT NULL AS taken{{end}}
  FROM usable AS p
  LEFT JOIN (SELECT id, deleted, master_id, converted, {{.FP}} AS fp FROM {{.T.live}} WHERE NOT by_match AND NOT followed) AS l ON l.id = p.record_id
  LEFT JOIN ({{template "found" .}}) AS f ON f.match_key = CASE WHEN p.known{{if .Renames}} AND NOT p.renamed{{end}}{{if .Recreates}} AND l.id IS NOT NULL AND NOT (l.deleted AND l.master_id IS NULL){{end}} THEN NULL ELSE p.match_key END
  LEFT JOIN ({{template "owners" .}}) AS o ON o.record_id = CASE WHEN l.deleted AND l.master_id IS NOT NULL THEN l.master_id{{if .Leaves}} WHEN NOT p.wanted THEN p.record_id{{end}} ELSE f.id END
{{- if .Leaves}}
  LEFT JOIN ({{template "taken" .}}) AS t ON t.id = CASE WHEN p.wanted THEN NULL ELSE p.record_id END
{{- end}}
{{- else}}
  SELECT p.*, {{if .ByID}}CASE WHEN p.known THEN p.record_id END{{else}}p.record_id{{end}} AS own_id FROM usable AS p
{{- end}}
),
judged AS (
  SELECT p.key, p.fresh, p.known, p.raw, p.want_fp, p.own_id{{if .Refresh}}, p.found_id, p.master_id, p.gone{{end}},
    CASE
{{- if .Inserts}}
      WHEN NOT wanted THEN 'same'
{{- else if .NullKeys}}
      WHEN NOT wanted THEN 'held'
{{- else if not .Leaves}}
      WHEN NOT wanted THEN 'left_model'
{{- else if not .Refresh}}
      WHEN NOT wanted THEN 'left_unread'
{{- else}}
      WHEN NOT wanted AND (gone OR master_id IS NOT NULL OR taken OR least IS NOT NULL) THEN 'left_model'
      WHEN NOT wanted AND converted THEN 'left_converted'
{{- if .Deletes}}
      WHEN NOT wanted{{if not .DeletesAdopted}} AND origin = 'created'{{end}} THEN 'left_delete'
      WHEN NOT wanted THEN 'left_model'
{{- else}}
      WHEN NOT wanted THEN 'left_clear'
{{- end}}
{{- end}}
{{- if .Inserts}}
      WHEN known THEN 'same'
{{- end}}
      WHEN NOT steady THEN 'unsteady'
{{- if .Doubt}}
      WHEN doubtful THEN 'in_doubt'
{{- end}}
{{- if .Unmatched}}
{{- if .Required}}
      WHEN lacks IS NOT NULL THEN 'required_null'
{{- end}}
      WHEN 1 = 1 THEN 'new_in_model'
{{- end}}
{{- if .Refresh}}
      WHEN known AND gone THEN {{if .Recreates}}CASE
{{- if .Required}}
        WHEN found IS NULL AND lacks IS NOT NULL THEN 'required_null'
{{- end}}
        WHEN found IS NULL THEN 'missing_in_salesforce'
        WHEN found > 1{{if .Exact}} OR found_value <> match_value{{end}} THEN 'match_ambiguous'
        WHEN least <> key OR most <> key THEN 'match_duplicate'
        WHEN found_converted THEN 'converted'
        ELSE 'adopted'
      END{{else}}'missing_in_salesforce'{{end}}
      WHEN known AND converted THEN 'converted'
      WHEN known AND master_id IS NOT NULL THEN CASE WHEN least <> key OR most <> key{{if .Renames}} OR renamed AND found_id <> master_id{{end}} THEN 'match_duplicate' ELSE 'merged' END
      WHEN NOT fresh AND live_fp = want_fp THEN 'same'
{{- if .Renames}}
      WHEN known AND renamed AND (found > 1 OR found_id <> own_id) THEN 'match_duplicate'
{{- end}}
      WHEN known THEN 'known'
{{- if .Required}}
      WHEN found IS NULL AND lacks IS NOT NULL THEN 'required_null'
{{- end}}
      WHEN found IS NULL THEN {{if .Creates}}'new_in_model'{{else}}'no_match'{{end}}
      WHEN found > 1{{if .Exact}} OR found_value <> match_value{{end}} THEN 'match_ambiguous'
{{- if .Inserts}}
      ELSE 'exists'
{{- else}}
      WHEN least <> key OR most <> key THEN 'match_duplicate'
      WHEN found_converted THEN 'converted'
      ELSE 'adopted'
{{- end}}
{{- else}}
      WHEN known THEN 'known'
      ELSE 'unread'
{{- end}}
    END AS reason
  FROM placed AS p
)
SELECT key, fresh, known{{if .Recreates}} AND NOT (reason = 'missing_in_salesforce' OR reason = 'adopted'){{end}} AS known, raw, want_fp,
  CASE WHEN reason = 'left_converted' THEN 'converted' WHEN reason IN ('left_delete', 'left_clear', 'left_unread') THEN 'left_model' ELSE reason END AS reason,
  CASE reason
    WHEN 'held' THEN 'held' WHEN 'left_model' THEN 'leave' WHEN 'left_converted' THEN 'leave' WHEN 'left_delete' THEN 'remove' WHEN 'left_clear' THEN 'clear'
    WHEN 'left_unread' THEN 'left' WHEN 'missing_in_salesforce' THEN {{if .Recreates}}'create'{{else}}'skip'{{end}} WHEN 'no_match' THEN 'skip' WHEN 'exists' THEN 'skip' WHEN 'in_doubt' THEN 'skip' WHEN 'converted' THEN 'skip'
    WHEN 'match_ambiguous' THEN 'reject' WHEN 'match_duplicate' THEN 'reject' WHEN 'required_null' THEN 'reject' WHEN 'unsteady' THEN 'unsteady'
    WHEN 'new_in_model' THEN 'create' WHEN 'unread' THEN 'open' ELSE 'compare'
  END AS class,
  {{if .Refresh}}CASE reason WHEN 'adopted' THEN found_id WHEN 'merged' THEN master_id ELSE {{if .Recreates}}CASE WHEN reason <> 'missing_in_salesforce' THEN own_id END{{else}}own_id{{end}} END{{else}}own_id{{end}} AS record_id
FROM judged
WHERE reason <> 'same'
{{- if .Rejects}}
UNION ALL
SELECT s.key, 1 = 0, 1 = 1, s.raw, s.fp, 'held', 'held', s.record_id
FROM ({{template "snap" .}}) AS s WHERE EXISTS (SELECT 1 FROM {{.T.rejected}} AS r WHERE r.key = s.key)
{{- end}}
{{- end}}

{{- /* Records that were found by match value, but for those that a row only found while its own is there: it cannot take
their match value, and does not take them. */ -}}
{{define "taken" -}}
SELECT DISTINCT id FROM {{.T.live}} WHERE by_match AND NOT deleted
{{- if and .Renames .Crossed}} AND {{fold "match_value"}} NOT IN (
    SELECT d.match_key
    FROM {{.T.desired}} AS d JOIN {{.T.delta}} AS k ON k.key = d.key AND k.known
    JOIN (SELECT key, record_id, {{fold .MatchV}} AS match_key FROM ({{template "snap" .}}) AS s) AS r ON r.key = d.key AND r.match_key <> d.match_key
    JOIN {{.T.live}} AS l ON l.id = r.record_id AND NOT l.by_match AND NOT l.followed AND (NOT l.deleted OR l.master_id IS NOT NULL)
    WHERE d.match_key IS NOT NULL
  )
{{- end}}
{{- end}}

{{- /* Who has a record: rows of the snapshot that stay, by their record and by the one that it was merged into. */ -}}
{{define "owners" -}}
SELECT o.record_id, min(o.key) AS least, max(o.key) AS most
FROM (
  SELECT s.key, s.record_id FROM ({{template "snap" .}}) AS s
  UNION ALL
  SELECT s.key, l.master_id FROM ({{template "snap" .}}) AS s JOIN {{.T.live}} AS l ON l.id = s.record_id AND l.master_id IS NOT NULL
) AS o
WHERE o.record_id IN (SELECT id FROM ({{template "found" .}}) AS f UNION ALL SELECT master_id FROM {{.T.live}} WHERE master_id IS NOT NULL)
{{- if not .NullKeys}}
  AND NOT EXISTS (SELECT 1 FROM {{.T.delta}} AS k WHERE k.key = o.key AND NOT k.wanted)
{{- end}}
GROUP BY o.record_id
{{- end}}

{{define "change" -}}
WITH hydrated AS (
  SELECT c.key, c.class, c.reason, c.fresh, c.known, COALESCE(c.record_id, CASE WHEN c.known THEN s.record_id END) AS record_id,
         CASE WHEN c.fresh THEN c.want_fp ELSE s.fp END AS want_fp, c.raw, s.fp AS snap_fp, s.origin, s.confirmed_at, s.wrote,
{{- if .Refresh}}
         l.modified_at, l.modified_by, COALESCE(c.known AND c.reason <> 'merged' AND l.modified_by = {{.Self}} AND l.modified_at <= s.confirmed_at, 1 = 0) AS untouched
{{- else}}
         CAST(NULL AS {{.Instant}}) AS modified_at, CAST(NULL AS {{.Text}}) AS modified_by, 1 = 0 AS untouched
{{- end}}
{{- range .Fields}},
         CASE {{if .Going}}WHEN c.class = 'clear' THEN {{.Going}} {{end}}WHEN c.fresh THEN n.{{.V}} ELSE s.{{.V}} END AS {{.N}}, {{if $.Refresh}}l{{else}}s{{end}}.{{.V}} AS {{.B}}, s.{{.V}} AS {{.V}}, s.{{.E}} AS {{.E}}
{{- end}}
{{- range .Aside}},
         {{if $.Refresh}}CASE WHEN c.class = 'clear' THEN {{.Going}} END AS {{.N}}, l.{{.V}} AS {{.B}}{{else}}CAST(NULL AS {{$.Text}}) AS {{.N}}, CAST(NULL AS {{$.Text}}) AS {{.B}}{{end}}
{{- end}}
  FROM {{if and .Stepwise .Refresh}}{{.T.class}}{{else}}({{template "class" .}}){{end}} AS c
  LEFT JOIN {{.T.desired}} AS n ON n.key = {{if .DoubleKeys}}CASE WHEN c.fresh THEN c.key END{{else}}c.key{{end}}
  LEFT JOIN ({{template "snap" .}}) AS s ON s.key = c.key
{{- if .Refresh}}
  LEFT JOIN {{.T.live}} AS l ON l.id = c.record_id AND l.by_match <> c.known AND l.followed = (c.reason = 'merged') AND NOT l.deleted
{{- end}}
),
echoed AS (
  SELECT key, class, reason, fresh, known, record_id, want_fp, raw, snap_fp, origin, confirmed_at, wrote, modified_at,
         CASE WHEN NOT untouched THEN modified_by END AS modified_by {{- /* else our own write hides who it was */}}
{{- range .Fields}}, {{.N}}, {{.B}}, {{.V}}, {{.E}},
         (known AND {{.N}} IS NOT DISTINCT FROM {{.V}}{{if .Unsure}} AND {{.N}} IS NOT NULL{{end}}) AS {{.S}},
         COALESCE(known AND reason <> 'merged' AND {{.N}} {{.Is}} {{.V}} AND {{.E}} = COALESCE({{.B}}, ''), 1 = 0) AS {{.K}},
         COALESCE(untouched AND instr(wrote, {{.Tag}}) > 0 AND {{.N}} {{.Is}} {{.V}} AND {{.N}} IS DISTINCT FROM {{.B}}, 1 = 0) AS {{.R}}
{{- end}}
{{- range .Aside}}, {{.N}}, {{.B}}{{end}}
  FROM hydrated
),
compared AS (
  SELECT key, class, reason, fresh, known, record_id, want_fp, raw, snap_fp, origin, confirmed_at, wrote, modified_at, modified_by
{{- range .Fields}}, {{.N}}, {{.B}}, {{.E}} AS {{.X}}, {{.S}},
         {{.Writes}} AS {{.W}},
{{- if .Reported}}
         class = 'compare' AND {{.Reported}} AS {{.L}},
{{- end}}
{{- if .Kept}}
         class = 'compare' AND {{.Kept}} AS {{.O}},
{{- end}}
{{- if $.Refresh}}
         CASE WHEN {{.K}} OR {{.R}} THEN COALESCE({{.B}}, ''){{.Echo}} END AS {{.E}},
{{- else}}
         CASE WHEN {{.N}} IS NOT DISTINCT FROM {{.V}} THEN {{.E}} END AS {{.E}},
{{- end}}
         ({{.R}} AND NOT {{.K}}) AS {{.R}}
{{- end}}
{{- range .Aside}}, {{.N}}, {{.B}}, {{.Writes}} AS {{.W}}{{end}}
  FROM echoed
)
SELECT key, fresh, known, record_id, want_fp, raw, origin, confirmed_at, {{with anyNewer}}CASE WHEN {{.}} THEN '' ELSE wrote END AS {{end}}wrote, modified_at, modified_by
{{- range .Fields}}, {{.N}}, {{.B}}, {{.W}}, ({{if $.Leaves}}class = 'compare' AND {{end}}{{.W}} AND {{.S}}{{if .Reported}} OR {{.L}}{{end}}) AS {{.D}}, {{.E}}{{end}}
{{- range .Aside}}, {{.N}}, {{.B}}, {{.W}}{{end}},
  {{if late}}late, late IS NULL AND {{end}}{{any "R"}} AS rewritten,
  {{if late}}late IS NULL AND {{end}}class = 'compare' AND reason <> 'merged' AND ({{anyAnd "W" "S"}}{{anyReported}}) AS drifted,
  {{if late}}late IS NULL AND {{end}}{{anyKept}} AS opted_out,
  CASE
{{- if late}}
    WHEN late IS NOT NULL THEN 'reject'
{{- end}}
    WHEN class = 'clear' AND NOT {{anyWritten}} THEN 'leave'
    WHEN class <> 'compare' THEN class
    WHEN {{any "W"}} THEN 'update'
    WHEN NOT known OR reason = 'merged' OR {{anyNew}} THEN 'adopt'
    WHEN {{anyEcho}} OR want_fp IS DISTINCT FROM snap_fp THEN 'note'
    WHEN {{anyKept}}{{anyReported}} THEN 'kept'
    ELSE 'same'
  END AS action,
  CASE
{{- if late}}
    WHEN late IS NOT NULL THEN {{lateReason}}
{{- end}}
    WHEN class <> 'compare' OR reason = 'merged' THEN reason
    WHEN NOT known THEN 'adopted'
    WHEN {{.Match.W}} AND NOT {{.Match.S}} THEN 'match_changed'
    WHEN {{anyAndNot "W" "S"}} THEN 'field_changed'
    WHEN {{any "W"}} THEN 'drifted'
    WHEN {{anyNew}} THEN 'adopted'
    WHEN {{any "R"}} THEN 'rewritten_by_salesforce'
    WHEN 1 = 0{{anyReported}} THEN 'drifted'
    WHEN {{anyKept}} THEN 'opted_out'
  END AS reason
FROM {{if late}}({{template "weighed" .}}) AS w{{else}}compared{{end}}
{{- end}}

{{- /* What is written, held against what Salesforce takes there. */ -}}
{{define "weighed" -}}
SELECT c.*, {{late}} AS late
FROM compared AS c
{{- range $i, $p := .Parents}}
{{- if index $.Inactive $i}}
LEFT JOIN (SELECT DISTINCT {{.Fold "value"}} AS value FROM {{$.T.parents}} WHERE i = {{.I}} AND inactive) AS u{{.I}} ON u{{.I}}.value = {{.Fold (print "c." $p.N)}}
{{- end}}
{{- end}}
{{- end}}

{{define "commit" -}}
SELECT c.key, COALESCE(o.id, c.record_id) AS record_id,
  CASE WHEN o.created THEN 'created' WHEN c.known THEN c.origin ELSE 'adopted' END AS origin,
  CASE WHEN o.key IS NOT NULL THEN o.confirmed_at WHEN c.known AND c.action IN ('note', 'same', 'kept') THEN c.confirmed_at ELSE c.modified_at END AS confirmed_at,
  CASE WHEN o.key IS NOT NULL THEN {{.Wrote}} WHEN c.action IN ('note', 'same', 'kept') THEN c.wrote ELSE '' END AS wrote,
  c.want_fp AS fp, c.raw, CAST({{.Generation}} AS {{.Int}}) AS generation, {{.Run}} AS run
{{- range .Fields}}, c.{{.N}} AS {{.V}}, c.{{.E}} AS {{.E}}{{end}}, 1 = 0 AS gone
FROM {{.T.change}} AS c LEFT JOIN {{template "outcomes" .}} AS o ON o.key = c.key
WHERE o.key IS NOT NULL AND c.action NOT IN ('remove', 'clear') OR c.action IN ('adopt', 'note') OR c.action IN ('same', 'kept') AND c.fresh
UNION ALL
SELECT c.key, c.record_id, CAST(NULL AS {{.Text}}), CAST(NULL AS {{.Instant}}), CAST(NULL AS {{.Text}}), CAST(NULL AS {{.Int}}), CAST(NULL AS {{.Int}}), CAST({{.Generation}} AS {{.Int}}), {{.Run}}
{{- range .Fields}}, CAST(NULL AS {{$.Text}}), CAST(NULL AS {{$.Text}}){{end}}, 1 = 1
FROM {{.T.change}} AS c LEFT JOIN {{template "outcomes" .}} AS o ON o.key = c.key
WHERE c.action = 'leave' OR c.action IN ('remove', 'clear') AND o.key IS NOT NULL
{{- end}}

{{define "outcomes"}}{{if .Unmatched}}(SELECT * FROM {{.T.outcome}} WHERE NOT doubt){{else}}{{.T.outcome}}{{end}}{{end}}

{{- /* The keys of rows that were sent, and of which no answer came. */ -}}
{{define "doubtful" -}}
SELECT key FROM {{.T.outcome}} WHERE doubt
{{- end}}

{{define "records" -}}
{{template "staying" .}}
UNION
SELECT c.key, c.record_id FROM {{.T.change}} AS c WHERE c.action IN ('clear', 'remove') AND c.record_id IS NOT NULL
{{- end}}

{{define "staying" -}}
SELECT c.key, c.record_id FROM {{.T.change}} AS c WHERE c.action IN ('update', 'adopt', 'note', 'same', 'kept') AND c.record_id IS NOT NULL
UNION
SELECT s.key, s.record_id FROM ({{template "snap" .}}) AS s
WHERE NOT EXISTS (SELECT 1 FROM {{.T.delta}} AS k WHERE k.key = s.key AND NOT k.wanted){{template "accepted" .}}
{{- end}}

{{define "cleared" -}}
SELECT c.key, c.record_id FROM {{.T.change}} AS c WHERE c.action = 'clear'
{{- end}}

{{- /*
A stage whose outcomes were lost.

  intent   what an apply is about to write                       (a query; the state keeps it as a table)
  pending  the rows of an intent that were not committed
  live     what Salesforce holds of them now, loaded by the engine
  settled  the same rows with what a commit of their outcomes would have kept; confirmed where live has what was written,
           or has no record that was to be deleted
  overlay  the snapshot as it would be after that commit         (a query)
*/ -}}

{{define "intent" -}}
SELECT c.key, c.action, c.known, c.record_id, c.origin, {{.Wrote}} AS wrote, c.want_fp AS fp, c.raw
{{- range .Fields}}, c.{{.N}} AS {{.V}}, c.{{.E}}, c.{{.W}}{{end}}
{{- range .Aside}}, c.{{.N}}, c.{{.W}}{{end}}
FROM {{.T.change}} AS c WHERE c.action IN ('create', 'update', 'clear', 'remove')
{{- end}}

{{define "pending" -}}
SELECT i.* FROM {{.Intent}} AS i
WHERE NOT EXISTS (SELECT 1 FROM {{.Snapshot}} AS s WHERE s.key = i.key AND s.run = {{.Run}})
  AND (i.action IN ('create', 'update') OR EXISTS (SELECT 1 FROM {{.Snapshot}} AS s WHERE s.key = i.key))
{{- end}}

{{define "pending_ids" -}}
SELECT record_id FROM {{.T.pending}} WHERE action <> 'create'
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
  l.modified_at AS confirmed_at, p.wrote, {{.FP}} AS fp, p.raw
{{- range .Fields}}, p.{{.V}}, p.{{.E}}{{end}},
  CASE WHEN p.action = 'remove' THEN l.id IS NULL ELSE l.id IS NOT NULL AND o.record_id IS NULL
{{- range .Fields}}
    AND (NOT p.{{.W}}{{if not .Missing}} OR p.{{.V}} IS NOT DISTINCT FROM l.{{.V}}{{end}})
{{- end}}
{{- range .Aside}}
    AND (NOT p.{{.W}}{{if not .Missing}} OR p.{{.N}} IS NOT DISTINCT FROM l.{{.V}}{{end}})
{{- end}} END AS confirmed
FROM placed AS p
LEFT JOIN {{.T.live}} AS l ON l.id = p.live_id AND l.by_match = p.fresh AND NOT l.deleted
LEFT JOIN owned AS o ON o.record_id = p.live_id
{{- end}}

{{define "given_up" -}}
SELECT key, CAST(NULL AS {{.Text}}) AS record_id, 'created' AS origin, CAST(NULL AS {{.Instant}}) AS confirmed_at, '' AS wrote, fp, raw,
  CAST({{.Generation}} AS {{.Int}}) AS generation, {{.Run}} AS run
{{- range .Fields}}, {{.V}}, {{.E}}{{end}}, 1 = 0 AS gone
FROM {{.T.pending}}
{{- end}}

{{define "settled_commit" -}}
SELECT key, record_id, origin, confirmed_at, wrote, fp, raw, CAST({{.Generation}} AS {{.Int}}) AS generation, {{.Run}} AS run
{{- range .Fields}}, {{.V}}, {{.E}}{{end}}, 1 = 0 AS gone
FROM {{.T.settled}} WHERE confirmed AND action IN ('create', 'update')
UNION ALL
SELECT key, record_id, CAST(NULL AS {{.Text}}), CAST(NULL AS {{.Instant}}), CAST(NULL AS {{.Text}}), CAST(NULL AS {{.Int}}), CAST(NULL AS {{.Int}}), CAST({{.Generation}} AS {{.Int}}), {{.Run}}
{{- range .Fields}}, CAST(NULL AS {{$.Text}}), CAST(NULL AS {{$.Text}}){{end}}, 1 = 1
FROM {{.T.settled}} WHERE confirmed AND action IN ('clear', 'remove')
{{- end}}

{{define "overlay" -}}
SELECT r.key, r.record_id, r.origin, r.confirmed_at, r.wrote, r.fp, r.raw
{{- range .Fields}}, {{if .Uncovered}}CASE WHEN r.run = {{$.Run}} THEN r.{{.V}} END AS {{.V}}, CASE WHEN r.run = {{$.Run}} THEN r.{{.E}} END AS {{.E}}{{else}}r.{{.V}}, r.{{.E}}{{end}}{{end}}
FROM {{.Snapshot}} AS r WHERE NOT EXISTS (SELECT 1 FROM {{.T.settled}} AS s WHERE s.confirmed AND s.key = r.key)
UNION ALL
SELECT s.key, s.record_id, s.origin, s.confirmed_at, s.wrote, s.fp, s.raw
{{- range .Fields}}, s.{{.V}}, s.{{.E}}{{end}}
FROM {{.T.settled}} AS s WHERE s.confirmed AND s.action IN ('create', 'update')
{{- end}}
