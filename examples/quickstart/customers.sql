-- One row a customer. Tiers follow from the last twelve months' orders.
SELECT
  customer_id,
  first_name,
  last_name,
  email,
  phone,
  city,
  since,
  CASE WHEN ltv >= 1000 THEN 'Gold' WHEN ltv >= 300 THEN 'Silver' ELSE 'Bronze' END AS tier
FROM read_csv('customers.csv', types = {'phone': 'VARCHAR', 'since': 'DATE'})
