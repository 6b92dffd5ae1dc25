-- The operator is told of sources that have been failing for days, once, and when they read well again. What a mail tells is kept as it
-- was when the mail was written, since the health of sources moves on while the mail waits.
CREATE TABLE trouble (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    made_at TEXT NOT NULL,
    report  TEXT NOT NULL -- JSON
) STRICT;

-- source.told_at is from now on kept until the operator was told that the source is back.
CREATE INDEX source_untold ON source (failing_since) WHERE failing_since IS NOT NULL AND told_at IS NULL;
CREATE INDEX source_told ON source (told_at) WHERE told_at IS NOT NULL;
