-- Keys are random. One index of them all would write a page for each new result once it is large:
-- new keys go into a small table, which is moved into the large one in the order of the keys, so
-- that many find room in each page (see ResultIndex).
DROP INDEX results_by_key;

CREATE TABLE recent_keys (
  prefix  INTEGER,
  variant INTEGER,
  number  INTEGER,
  PRIMARY KEY (prefix, variant, number)
) WITHOUT ROWID;

CREATE TABLE settled_keys (
  prefix  INTEGER,
  variant INTEGER,
  number  INTEGER,
  PRIMARY KEY (prefix, variant)
) WITHOUT ROWID;

INSERT INTO settled_keys SELECT prefix, variant, number FROM results ORDER BY prefix, variant;

CREATE VIEW result_keys AS
  SELECT prefix, variant, number FROM recent_keys
  UNION ALL SELECT prefix, variant, number FROM settled_keys;

-- Its one row: all results up to this number are settled.
CREATE TABLE settled (number INTEGER);
INSERT INTO settled SELECT coalesce(max(number), 0) FROM results;
