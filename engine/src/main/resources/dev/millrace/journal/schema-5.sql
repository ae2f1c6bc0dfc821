-- Recent keys are no longer kept in their order, which cost each commit most pages of the table:
-- whoever looks for one reads them all into memory (see RecentKeys).
DELETE FROM results WHERE number IN (
  SELECT s.number FROM recent_keys k CROSS JOIN settled_keys s
    ON s.prefix = k.prefix AND s.variant = k.variant
  UNION ALL
  SELECT k.number FROM recent_keys k WHERE EXISTS (SELECT 1 FROM recent_keys n
    WHERE n.prefix = k.prefix AND n.variant = k.variant AND n.number > k.number));
INSERT OR REPLACE INTO settled_keys
  SELECT prefix, variant, max(number) FROM recent_keys GROUP BY prefix, variant;
UPDATE settled SET number = (SELECT coalesce(max(number), 0) FROM results);

DROP VIEW result_keys;
DROP TABLE recent_keys;

-- One row is a block of results that were recorded one after the other.
CREATE TABLE recent_keys (
  first    INTEGER PRIMARY KEY,  -- number of the first result
  prefixes BLOB                  -- of the keys, 8 bytes each, the most significant first
);
