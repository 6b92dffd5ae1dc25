-- The lists of words for bodies and offices in smaller pages: a search leaps over the pages of a frequent word to where the rare one stands, and
-- goes through that page from its beginning. What was written before is written anew when the indexes are merged at night.
INSERT INTO body_words (body_words, rank) VALUES ('pgsz', 500);
INSERT INTO office_words (office_words, rank) VALUES ('pgsz', 500);
