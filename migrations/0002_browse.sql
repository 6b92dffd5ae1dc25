-- The public pages look for bodies, offices and changes by place, aspect, word and day: each of these finds its rows through an index.

-- Lists of changes that are narrowed twice. A rare aspect is found without walking past all that is not it.
CREATE INDEX change_by_aspect ON change (aspect, detected_at, id);
CREATE INDEX change_by_office_aspect ON change (office, aspect, detected_at, id);
CREATE INDEX change_by_province_aspect ON change (province, aspect, detected_at, id);
CREATE INDEX change_by_province_office ON change (province, office, detected_at, id);

CREATE UNIQUE INDEX body_by_province ON body (province, id) WHERE retired_at IS NULL;
CREATE INDEX source_watched ON source (id) WHERE retired_at IS NULL;
CREATE INDEX source_failing ON source (id) WHERE failing_since IS NOT NULL AND retired_at IS NULL;
CREATE INDEX state_present_of_office ON state (body, office, key) WHERE known_until IS NULL;

-- Days on which something of a present state is out of the ordinary: closures, openings, a dated closing, the first day of something new.
CREATE TABLE day (
    day      TEXT NOT NULL, -- "2026-12-24"
    province TEXT NOT NULL, -- of the body; empty where it has none
    body     TEXT NOT NULL REFERENCES body (id),
    state    INTEGER NOT NULL REFERENCES state (id),
    aspects  TEXT NOT NULL, -- JSON, in the order of display
    PRIMARY KEY (day, body, state)
) STRICT, WITHOUT ROWID;
CREATE INDEX day_by_province ON day (province, day, body, state);
CREATE INDEX day_by_body ON day (body, day, state);
CREATE INDEX day_by_state ON day (state);

-- Words. Only the index of words is kept, not the words; a row's number leads back to what it is about.
CREATE TABLE body_number (
    number INTEGER PRIMARY KEY,
    body   TEXT NOT NULL UNIQUE REFERENCES body (id)
) STRICT;
CREATE VIRTUAL TABLE body_words USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3 4 5 6 7'
);
CREATE VIRTUAL TABLE office_words USING fts5 ( -- by the present state's id
    words, content = '', contentless_delete = 1, detail = none, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3 4 5 6 7'
);
CREATE VIRTUAL TABLE change_words USING fts5 ( -- by the change's id
    words, content = '', contentless_delete = 1, detail = none, tokenize = "unicode61 remove_diacritics 2"
);

INSERT INTO body_number (body) SELECT id FROM body ORDER BY id;
INSERT INTO body_words (rowid, words)
     SELECT n.number, b.name || ' ' || coalesce(b.province, '') || ' ' || coalesce(b.istat, '') || ' ' || coalesce(b.ipa, '')
       FROM body b JOIN body_number n ON n.body = b.id
      WHERE b.retired_at IS NULL;
INSERT INTO office_words (rowid, words)
     SELECT s.id, (s.state ->> '$.name') || ' ' || s.office || ' ' || coalesce(s.state ->> '$.key.site', '') || ' ' || b.name
       FROM state s JOIN body b ON b.id = s.body
      WHERE s.known_until IS NULL;
INSERT INTO change_words (rowid, words)
     SELECT c.id, (c.change ->> '$.name') || ' ' || c.office || ' ' || coalesce(c.change ->> '$.key.site', '') || ' ' || b.name || ' '
                  || coalesce((SELECT group_concat(sentence.value, ' ')
                                 FROM json_each(c.change, '$.causes') cause, json_each(cause.value, '$.evidence') sentence), '')
       FROM change c JOIN body b ON b.id = c.body;

-- The days of the states that are there already, for a year and a month from the day the newest of them was known.
WITH RECURSIVE
    today (day) AS (SELECT date(max(known_from)) FROM state),
    fact (state, aspect, value, first, last, resumes) AS (
        SELECT s.id, aspect.key, fact.value -> '$.value', fact.value ->> '$.from', fact.value ->> '$.until',
               coalesce(fact.value ->> '$.resumes', 0)
          FROM state s, json_each(s.state, '$.facts') aspect, json_each(aspect.value) fact
         WHERE s.known_until IS NULL AND (s.office = 'tutti' OR NOT coalesce(fact.value ->> '$.general', 0))
    ),
    span (state, aspect, first, last) AS (
        SELECT f.state, f.aspect, substr(range.value, 1, 10), substr(range.value, -10)
          FROM fact f, json_each(f.value, '$.closures') range
        UNION ALL
        SELECT f.state, f.aspect, opening.value ->> '$.date', opening.value ->> '$.date'
          FROM fact f, json_each(f.value, '$.openings') opening
        UNION ALL
        SELECT f.state, f.aspect, coalesce(f.first, today.day), f.last
          FROM fact f, today
         WHERE f.aspect = 'status' AND f.value ->> '$.status' IN ('closed', 'remote') AND f.last IS NOT NULL
        UNION ALL
        SELECT f.state, f.aspect, f.first, f.first
          FROM fact f
         WHERE f.aspect IN ('hours', 'status', 'channels', 'address') AND f.first IS NOT NULL AND NOT f.resumes
    ),
    each_day (state, aspect, day, last) AS (
        SELECT state, aspect, max(first, today.day), min(last, date(today.day, '+400 days'))
          FROM span, today
         WHERE last >= today.day AND first <= date(today.day, '+400 days')
        UNION ALL
        SELECT state, aspect, date(day, '+1 day'), last FROM each_day WHERE day < last
    )
INSERT INTO day (day, province, body, state, aspects)
     SELECT d.day, coalesce(b.province, ''), s.body, d.state,
            json_group_array(d.aspect ORDER BY instr('hours status channels address closures openings', d.aspect))
       FROM (SELECT DISTINCT state, day, aspect FROM each_day) d JOIN state s ON s.id = d.state JOIN body b ON b.id = s.body
      GROUP BY d.state, d.day;
