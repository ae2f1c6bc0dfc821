-- Instants are nanoseconds since 1970 (used: milliseconds). Hashes are indexed by their first 48
-- bits, which SQLite keeps in 6 bytes: whoever finds a row compares in full.

-- Version 1 was part of no release: what it kept is dropped.
DROP TABLE IF EXISTS runs;
DROP TABLE IF EXISTS run_labels;
DROP TABLE IF EXISTS facts;
DROP TABLE IF EXISTS actions;
DROP TABLE IF EXISTS results;
DROP TABLE IF EXISTS subjects;
DROP TABLE IF EXISTS artifacts;

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
-- Its place is the run's number times 2^36 and the number of the first fact: one tree to write.
CREATE TABLE facts (
  place INTEGER PRIMARY KEY,
  count INTEGER NOT NULL,
  facts TEXT    NOT NULL
);

-- A result with its action; the number gives the order of recording. A result that was dropped
-- stays as a row that is not live: explanations and lineage still name it, lookups do not.
-- What is read most stands first; the action may be long.
CREATE TABLE results (
  number  INTEGER PRIMARY KEY,
  prefix  INTEGER,  -- of the key
  variant INTEGER,  -- 48 bits of a hash over outputs and subject
  live    INTEGER,
  used    INTEGER,
  outputs INTEGER,  -- 64 bits of a digest over the outputs
  key     BLOB,
  subject TEXT,
  result  BLOB,
  action  TEXT
);
CREATE UNIQUE INDEX results_by_key ON results (prefix, variant);
CREATE INDEX results_by_subject ON results (subject);

-- The last subject of each step that has several, '<pipeline>/<step>[...]'.
CREATE TABLE steps (
  name TEXT PRIMARY KEY,
  last TEXT
) WITHOUT ROWID;

CREATE TABLE artifacts (
  artifact INTEGER,
  prefix   INTEGER,  -- of the key of an action that has it as an output
  PRIMARY KEY (artifact, prefix)
) WITHOUT ROWID;

CREATE TABLE step_durations (
  pipeline TEXT,
  step     TEXT,
  millis   REAL,  -- weighted mean, see StepDurations
  PRIMARY KEY (pipeline, step)
) WITHOUT ROWID;
