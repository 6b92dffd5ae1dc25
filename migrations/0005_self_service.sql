-- Who subscribes without an operator: what was asked and waits for consent, who consented when and from where, who was forgotten,
-- whose mailbox sends mails back. Beside it the outbox gets lanes, so that a flood of confirmations or a dead webhook delays no alert.

ALTER TABLE subscriber ADD COLUMN way TEXT NOT NULL DEFAULT 'mail' CHECK (way IN ('mail', 'webhook'));
ALTER TABLE subscriber ADD COLUMN stopped_at TEXT; -- when it was suspended
CREATE INDEX subscriber_left ON subscriber (stopped_at) WHERE state = 'suspended' AND reason = 'left';
CREATE INDEX subscriber_pending ON subscriber (created_at) WHERE state = 'pending';

-- What somebody asked for an address; gone once its owner consents or the link in the mail is void.
CREATE TABLE request (
    id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: the link names it
    subscriber INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    wish       TEXT NOT NULL, -- JSON
    language   TEXT NOT NULL,
    how        TEXT NOT NULL CHECK (how IN ('page', 'api')),
    asked_at   TEXT NOT NULL,
    asked_from TEXT, -- network address
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX request_by_subscriber ON request (subscriber);
CREATE INDEX request_by_end ON request (expires_at);

-- Proof of consent (GDPR, article 7): erased with its subscriber.
CREATE TABLE consent (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    request    INTEGER, -- that it answers
    wish       TEXT NOT NULL, -- JSON
    how        TEXT NOT NULL CHECK (how IN ('page', 'api', 'operator', 'import')),
    asked_at   TEXT NOT NULL,
    asked_from TEXT,
    given_at   TEXT NOT NULL,
    given_from TEXT
) STRICT;
CREATE INDEX consent_by_subscriber ON consent (subscriber, request);

-- Confirmation mails asked for within a day, to keep them few. Addresses stand here as keyed hashes.
CREATE TABLE asked (
    at      TEXT NOT NULL,
    address BLOB NOT NULL,
    network BLOB
) STRICT;
CREATE INDEX asked_by_time ON asked (at);
CREATE INDEX asked_by_address ON asked (address, at);
CREATE INDEX asked_by_network ON asked (network, at) WHERE network IS NOT NULL;

-- Addresses whose owners wanted to be forgotten, as keyed hashes: no import brings them back.
CREATE TABLE forgotten (
    mark BLOB PRIMARY KEY,
    at   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Days on which mail to an address came back for good.
CREATE TABLE bounce (
    subscriber INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    day        TEXT NOT NULL,
    reason     TEXT NOT NULL,
    PRIMARY KEY (subscriber, day)
) STRICT, WITHOUT ROWID;

ALTER TABLE delivery ADD COLUMN lane TEXT NOT NULL DEFAULT 'news' CHECK (lane IN ('news', 'service', 'webhook'));
ALTER TABLE delivery ADD COLUMN first_due_at TEXT; -- due_at moves with every try; null: it has not moved since this column came
UPDATE delivery SET lane = 'service' WHERE about LIKE 'confirmation %' OR about LIKE 'test %' OR about LIKE 'trouble %';
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (lane, due_at, id) WHERE state = 'queued';
