-- Headquarters are written as "city, state" or "city, region, country": the city stands before the first comma, the
-- state after the last.
SELECT
  "Symbol" AS symbol,
  "Security" AS name,
  "GICS Sector" AS sector,
  "CIK" AS cik,
  trim(split_part("Headquarters Location", ',', 1)) AS city,
  trim(split_part("Headquarters Location", ',', -1)) AS state,
  TRY_CAST("Date added" AS DATE) AS date_added
FROM read_csv('constituents.csv', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"')
