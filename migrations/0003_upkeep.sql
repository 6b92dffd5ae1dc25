-- When the database was last put in order and verified, so that a machine that sleeps at night catches up, and `doctor` can say so.
CREATE TABLE upkeep (
    job     TEXT PRIMARY KEY CHECK (job IN ('tidy', 'verify')),
    done_at TEXT NOT NULL,
    said    TEXT NOT NULL -- what came of it, in words
) STRICT, WITHOUT ROWID;
