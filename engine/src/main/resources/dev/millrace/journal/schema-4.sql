-- What a server was told to keep: registered pipelines, schedules and the like (see DefinitionStore).
CREATE TABLE definitions (
  kind  TEXT NOT NULL,
  name  TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (kind, name)
) WITHOUT ROWID;
