-- Instants are nanoseconds since 1970 (used: milliseconds), digests the 32 bytes of the hash.

CREATE TABLE runs (
  number     INTEGER PRIMARY KEY,
  id         TEXT    NOT NULL UNIQUE,
  pipeline   TEXT    NOT NULL,
  submission TEXT    NOT NULL,
  submitted  INTEGER NOT NULL,
  epoch      INTEGER NOT NULL,
  owner      TEXT,
  last       INTEGER NOT NULL,  -- number of the newest fact
  status     TEXT    NOT NULL,
  counts     TEXT    NOT NULL,
  finished   INTEGER
);
CREATE INDEX runs_by_pipeline ON runs (pipeline, id);
CREATE INDEX runs_by_status ON runs (status, id);
CREATE INDEX runs_by_pipeline_and_status ON runs (pipeline, status, id);
CREATE INDEX runs_unfinished ON runs (submission, id) WHERE finished IS NULL;

CREATE TABLE run_labels (
  run   TEXT NOT NULL,  -- the id, so that the second index gives the order of the listing
  name  TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run, name)
) WITHOUT ROWID;
CREATE INDEX runs_by_label ON run_labels (name, value, run);

-- One row is one page: the facts of one append, or a piece of a large one, joined by newlines.
CREATE TABLE facts (
  run   INTEGER NOT NULL,
  first INTEGER NOT NULL,
  count INTEGER NOT NULL,
  facts TEXT    NOT NULL
);
CREATE UNIQUE INDEX facts_in_order ON facts (run, first);

CREATE TABLE actions (
  number    INTEGER PRIMARY KEY,
  key       BLOB NOT NULL UNIQUE,
  canonical TEXT NOT NULL
);

-- The number gives the order of recording. A result that was dropped stays as a row that is not
-- live: explanations and lineage still name it, lookups do not.
CREATE TABLE results (
  number  INTEGER PRIMARY KEY,
  action  INTEGER NOT NULL,
  outputs INTEGER NOT NULL,  -- 64 bits of a digest over the outputs: tells results apart
  live    INTEGER NOT NULL,
  used    INTEGER NOT NULL,
  subject TEXT    NOT NULL,
  result  TEXT    NOT NULL
);
CREATE UNIQUE INDEX results_by_action ON results (action, outputs);

-- The last action of each subject, and under '<pipeline>/<step>[' that of each step.
CREATE TABLE subjects (
  name    TEXT    PRIMARY KEY,
  subject TEXT    NOT NULL,
  action  INTEGER NOT NULL
) WITHOUT ROWID;

-- By the first 64 bits of the digest: what is found is compared in full by the reader.
CREATE TABLE artifacts (
  artifact INTEGER NOT NULL,
  action   INTEGER NOT NULL,
  PRIMARY KEY (artifact, action)
) WITHOUT ROWID;
