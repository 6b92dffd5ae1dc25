-- What monitoring asks for every few seconds, kept as it moves: counting it anew takes longer the more there is.
CREATE TABLE total (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    bodies      INTEGER NOT NULL, -- watched; written where they are taken over from the operator's file
    sources     INTEGER NOT NULL, -- watched, and so the four below
    failing     INTEGER NOT NULL,
    fetches     INTEGER NOT NULL,
    unchanged   INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    subscribers INTEGER NOT NULL, -- confirmed
    deliveries  INTEGER NOT NULL -- wherever they stand
) STRICT;

INSERT INTO total
     SELECT 1, (SELECT count(*) FROM body WHERE retired_at IS NULL), s.*,
            (SELECT count(*) FROM subscriber WHERE state = 'confirmed'), (SELECT count(*) FROM delivery)
       FROM (SELECT count(*), coalesce(sum(streak > 0), 0), coalesce(sum(n_fetches), 0), coalesce(sum(n_unchanged), 0),
                    coalesce(sum(bytes), 0)
               FROM source WHERE retired_at IS NULL) s;

CREATE TRIGGER source_came AFTER INSERT ON source WHEN new.retired_at IS NULL BEGIN
    UPDATE total
       SET sources = sources + 1, failing = failing + (new.streak > 0), fetches = fetches + new.n_fetches,
           unchanged = unchanged + new.n_unchanged, bytes = bytes + new.bytes
     WHERE id = 1;
END;
CREATE TRIGGER source_moved AFTER UPDATE OF retired_at, streak, n_fetches, n_unchanged, bytes ON source BEGIN
    UPDATE total
       SET sources = sources + (new.retired_at IS NULL) - (old.retired_at IS NULL),
           failing = failing + (new.retired_at IS NULL AND new.streak > 0) - (old.retired_at IS NULL AND old.streak > 0),
           fetches = fetches + iif(new.retired_at IS NULL, new.n_fetches, 0) - iif(old.retired_at IS NULL, old.n_fetches, 0),
           unchanged = unchanged + iif(new.retired_at IS NULL, new.n_unchanged, 0) - iif(old.retired_at IS NULL, old.n_unchanged, 0),
           bytes = bytes + iif(new.retired_at IS NULL, new.bytes, 0) - iif(old.retired_at IS NULL, old.bytes, 0)
     WHERE id = 1;
END;

CREATE TRIGGER subscriber_came AFTER INSERT ON subscriber WHEN new.state = 'confirmed' BEGIN
    UPDATE total SET subscribers = subscribers + 1 WHERE id = 1;
END;
CREATE TRIGGER subscriber_moved AFTER UPDATE OF state ON subscriber WHEN (new.state = 'confirmed') <> (old.state = 'confirmed') BEGIN
    UPDATE total SET subscribers = subscribers + (new.state = 'confirmed') - (old.state = 'confirmed') WHERE id = 1;
END;
CREATE TRIGGER subscriber_went AFTER DELETE ON subscriber WHEN old.state = 'confirmed' BEGIN
    UPDATE total SET subscribers = subscribers - 1 WHERE id = 1;
END;

CREATE TRIGGER delivery_came AFTER INSERT ON delivery BEGIN
    UPDATE total SET deliveries = deliveries + 1 WHERE id = 1;
END;
CREATE TRIGGER delivery_went AFTER DELETE ON delivery BEGIN
    UPDATE total SET deliveries = deliveries - 1 WHERE id = 1;
END;
