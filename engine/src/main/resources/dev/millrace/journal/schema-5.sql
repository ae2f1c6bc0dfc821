-- Recent keys are no longer kept in their order, which cost each commit most pages of the table:
-- whoever looks for one reads them all into memory (see RecentKeys).
CREATE TRIGGER settled_again UPDATE ON settled_keys BEGIN
  DELETE FROM results WHERE number = old.number;
END;

INSERT INTO settled_keys SELECT prefix, variant, number FROM recent_keys
  WHERE true ORDER BY prefix, variant, number
  ON CONFLICT DO UPDATE SET number = excluded.number;
UPDATE settled SET number = (SELECT coalesce(max(number), 0) FROM results);

DROP VIEW result_keys;
DROP TABLE recent_keys;

-- One row is a block of results that were recorded one after the other.
CREATE TABLE recent_keys (
  first    INTEGER PRIMARY KEY,  -- number of the first result
  prefixes BLOB                  -- of the keys, 8 bytes each, the most significant first
);
