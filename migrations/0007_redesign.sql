-- A body whose facts went nearly all at once, most likely with a new site. What went is held back; the operator is told of it, once a week.
CREATE TABLE redesign (
    body    TEXT PRIMARY KEY REFERENCES body (id) ON DELETE CASCADE,
    since   TEXT NOT NULL, -- the fetch in which most of them went
    n_lost  INTEGER NOT NULL,
    n_known INTEGER NOT NULL,
    told_at TEXT -- NULL: the operator has not been told
) STRICT, WITHOUT ROWID;

CREATE INDEX redesign_untold ON redesign (since) WHERE told_at IS NULL;
