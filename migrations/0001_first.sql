-- The first schema: what is watched, what was received, what it meant, who is told.
--
-- Instants are text, UTC, RFC 3339 with milliseconds, so that they sort as they follow each other. Values of the program's types are JSON
-- beside the columns that queries need. Hashes are SHA-256 as 32 bytes.

-- What belongs to this database alone. The secret signs links in mails and marks their Message-ID; the program fills it in.
CREATE TABLE store (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    secret     BLOB NOT NULL CHECK (length(secret) = 32),
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE body (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    province   TEXT,
    istat      TEXT,
    ipa        TEXT,
    retired_at TEXT,
    revision   INTEGER NOT NULL DEFAULT 0 -- counts the times its facts were recorded
) STRICT, WITHOUT ROWID;

CREATE TABLE source (
    id            TEXT PRIMARY KEY, -- "comune-prato/news"
    body          TEXT NOT NULL REFERENCES body (id),
    url           TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('page', 'news', 'sitemap', 'site')),
    office        TEXT,
    settings      TEXT NOT NULL DEFAULT 'null', -- JSON, the remaining keys of the operator's file
    added_at      TEXT NOT NULL,
    retired_at    TEXT,
    next_due      TEXT, -- null exactly while retired
    chain         BLOB, -- hash of the last snapshot's record: the next one carries it
    etag          TEXT, -- of the list itself
    last_modified TEXT,
    body_sha      BLOB,
    last_good     TEXT,
    last_failed   TEXT,
    last_error    TEXT,
    streak        INTEGER NOT NULL DEFAULT 0,
    failing_since TEXT,
    n_fetches     INTEGER NOT NULL DEFAULT 0,
    n_unchanged   INTEGER NOT NULL DEFAULT 0,
    bytes         INTEGER NOT NULL DEFAULT 0,
    told_at       TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX source_by_body ON source (body);
CREATE INDEX source_by_due ON source (next_due) WHERE next_due IS NOT NULL;

CREATE TABLE document (
    id            INTEGER PRIMARY KEY,
    source        TEXT NOT NULL REFERENCES source (id),
    body          TEXT NOT NULL REFERENCES body (id),
    url           TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('page', 'news')),
    first_seen    TEXT NOT NULL,
    last_seen     TEXT,
    next_visit    TEXT,
    n_visits      INTEGER NOT NULL DEFAULT 0,
    etag          TEXT,
    last_modified TEXT,
    body_sha      BLOB,
    gone_since    TEXT,
    n_gone        INTEGER NOT NULL DEFAULT 0,
    snapshot      INTEGER REFERENCES snapshot (id), -- the present version
    first_read    TEXT,
    n_since       INTEGER NOT NULL DEFAULT 0, -- visits that found the present version, after the one that made it
    rules_version INTEGER, -- that read the present version
    waits         INTEGER NOT NULL DEFAULT 0, -- whether the next fetch matters even when nothing changed
    UNIQUE (source, url)
) STRICT;
CREATE INDEX document_by_body ON document (body) WHERE snapshot IS NOT NULL;
CREATE INDEX document_by_visit ON document (next_visit) WHERE next_visit IS NOT NULL;
CREATE INDEX document_by_snapshot ON document (snapshot, rules_version) WHERE snapshot IS NOT NULL;

-- Bytes, once per content. A delta opens with its base as dictionary; no chain of deltas is longer than the program's limit.
CREATE TABLE content (
    id     INTEGER PRIMARY KEY,
    sha    BLOB NOT NULL UNIQUE,
    length INTEGER NOT NULL,
    base   INTEGER REFERENCES content (id),
    depth  INTEGER NOT NULL, -- how many others must be opened first
    packed BLOB -- zstd; null once given up
) STRICT;
CREATE INDEX content_by_base ON content (base) WHERE base IS NOT NULL;

-- One version of a document. All columns but last_seen, n_seen and reading are covered by the chain; for the present version the first
-- two stand in the document's row, so that a visit that finds nothing new writes one row.
CREATE TABLE snapshot (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    document   INTEGER NOT NULL REFERENCES document (id),
    source     TEXT NOT NULL REFERENCES source (id),
    first_seen TEXT NOT NULL,
    last_seen  TEXT NOT NULL,
    n_seen     INTEGER NOT NULL DEFAULT 1,
    status     INTEGER NOT NULL,
    final_url  TEXT, -- null: the document's own
    headers    TEXT NOT NULL, -- JSON, pairs
    content    INTEGER NOT NULL REFERENCES content (id),
    text_sha   BLOB NOT NULL,
    reading    INTEGER, -- what it says; versions that say the same share it
    previous   BLOB, -- hash of the record before it in the same source
    chain      BLOB NOT NULL -- hash of this record
) STRICT;
CREATE INDEX snapshot_by_document ON snapshot (document, id);
CREATE INDEX snapshot_by_source ON snapshot (source, id);
CREATE INDEX snapshot_by_content ON snapshot (content);
CREATE INDEX snapshot_by_time ON snapshot (first_seen, id);

-- What a version says, by the rules that read it last.
CREATE TABLE reading (
    id            INTEGER PRIMARY KEY,
    first         INTEGER NOT NULL, -- the snapshot it was made for; later ones may share it
    rules_version INTEGER NOT NULL,
    read_at       TEXT NOT NULL,
    published     TEXT,
    notices       TEXT NOT NULL, -- JSON
    doubts        TEXT NOT NULL  -- JSON
) STRICT;

-- What a document states, and what it stated until lately: the memory that is kept of it between visits.
CREATE TABLE memory (
    document INTEGER PRIMARY KEY REFERENCES document (id),
    memory   TEXT NOT NULL -- JSON
) STRICT;

-- Every version of every office's state as subscribers know it; the present one has no end.
CREATE TABLE state (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    body        TEXT NOT NULL REFERENCES body (id),
    office      TEXT NOT NULL,
    key         TEXT NOT NULL, -- JSON of the office's key: office, site, other
    state       TEXT NOT NULL, -- JSON
    known_from  TEXT NOT NULL,
    known_until TEXT,
    why         TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX state_present ON state (body, key) WHERE known_until IS NULL;
CREATE INDEX state_by_office ON state (body, office, known_from);

-- What differs from what subscribers know and waits.
CREATE TABLE held (
    body   TEXT NOT NULL REFERENCES body (id),
    key    TEXT NOT NULL,
    aspect TEXT NOT NULL,
    held   TEXT NOT NULL, -- JSON
    PRIMARY KEY (body, key, aspect)
) STRICT, WITHOUT ROWID;

CREATE TABLE change (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    detected_at TEXT NOT NULL,
    body        TEXT NOT NULL REFERENCES body (id),
    province    TEXT, -- of the body at that time
    office      TEXT NOT NULL,
    aspect      TEXT NOT NULL,
    made        INTEGER REFERENCES state (id), -- the version of the office's state that it made
    ended       INTEGER REFERENCES state (id), -- the one that it ended
    change      TEXT NOT NULL -- JSON, causes included
) STRICT;
CREATE INDEX change_by_time ON change (detected_at, id);
CREATE INDEX change_by_body ON change (body, detected_at, id);
CREATE INDEX change_by_office ON change (office, detected_at, id);
CREATE INDEX change_by_body_office ON change (body, office, detected_at, id);
CREATE INDEX change_by_province ON change (province, detected_at, id);
CREATE INDEX change_by_made ON change (made) WHERE made IS NOT NULL;
CREATE INDEX change_by_ended ON change (ended) WHERE ended IS NOT NULL;

-- The snapshots behind a change: their bytes are never given up.
CREATE TABLE evidence (
    change   INTEGER NOT NULL REFERENCES change (id),
    side     TEXT NOT NULL CHECK (side IN ('before', 'after')), -- what it showed: the old value or the new one
    snapshot INTEGER NOT NULL REFERENCES snapshot (id),
    PRIMARY KEY (change, side, snapshot)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_by_snapshot ON evidence (snapshot);

CREATE TABLE subscriber (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    email        TEXT NOT NULL,
    email_key    TEXT NOT NULL UNIQUE, -- lower case
    language     TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('pending', 'confirmed', 'suspended')),
    reason       TEXT,
    created_at   TEXT NOT NULL,
    confirmed_at TEXT
) STRICT;

CREATE TABLE subscription (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    filter     TEXT NOT NULL, -- JSON
    frequency  TEXT NOT NULL, -- JSON
    reminders  INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (subscriber, filter, frequency, reminders)
) STRICT;

-- The places that a subscription names; one row 'any' where it names none.
CREATE TABLE subscription_place (
    subscription INTEGER NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    kind         TEXT NOT NULL CHECK (kind IN ('any', 'province', 'body')),
    place        TEXT NOT NULL,
    PRIMARY KEY (kind, place, subscription)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_place_by_subscription ON subscription_place (subscription);

-- One row per recipient, so that one bad address cannot make the others get the mail twice.
CREATE TABLE delivery (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    about      TEXT NOT NULL, -- "alert comune-prato", "digest 2026-03-02 08", "confirmation 7"
    state      TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent', 'refused', 'suspended')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    due_at     TEXT NOT NULL,
    taken_at   TEXT, -- when a mailer took it
    settled_at TEXT,
    answer     TEXT  -- what the server said last
) STRICT;
CREATE INDEX delivery_by_subscriber ON delivery (subscriber);
CREATE INDEX delivery_by_matter ON delivery (subscriber, about);
CREATE UNIQUE INDEX delivery_waiting ON delivery (subscriber, about) WHERE state = 'queued' AND attempts = 0;
CREATE INDEX delivery_due ON delivery (due_at, id) WHERE state = 'queued';
CREATE INDEX delivery_in_doubt ON delivery (taken_at) WHERE state = 'sending';
CREATE INDEX delivery_by_state ON delivery (state, id);

-- Which change reached whom on which occasion: an address is told the news of a change once.
CREATE TABLE told (
    subscriber INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    change     INTEGER NOT NULL REFERENCES change (id),
    occasion   TEXT NOT NULL, -- "news", "reminder 2026-03-08"
    delivery   INTEGER NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    PRIMARY KEY (subscriber, change, occasion)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_by_delivery ON told (delivery, change);
CREATE INDEX told_by_change ON told (change);
