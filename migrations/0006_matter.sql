-- What a page's visible matter hashes to, where its bytes differ from one load to the next: with equal matter nothing need be read again.
ALTER TABLE document ADD COLUMN matter_sha BLOB; -- of the last load that said what the present version says; NULL: not known
