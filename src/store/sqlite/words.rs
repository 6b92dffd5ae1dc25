//! Words: from what people type to a query of SQLite's FTS5, and the upkeep of the three indexes of words.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::{fault::Fault, statements};
use crate::domain::{Body, Change, State};

type Done<T> = Result<T, Fault>;

statements! {
    NUMBER = "SELECT number FROM body_number WHERE body = :body";
    ADD_NUMBER = "INSERT INTO body_number (body) VALUES (:body) RETURNING number";
    PUT_BODY = "INSERT OR REPLACE INTO body_words (rowid, words) VALUES (:id, :words)";
    DROP_BODY = "DELETE FROM body_words WHERE rowid = :id";
    PUT_OFFICE = "INSERT OR REPLACE INTO office_words (rowid, words) VALUES (:id, :words)";
    DROP_OFFICE = "DELETE FROM office_words WHERE rowid = :id";
    PUT_CHANGE = "INSERT OR REPLACE INTO change_words (rowid, words) VALUES (:id, :words)";
    MERGE_BODIES = "INSERT INTO body_words (body_words, rank) VALUES ('merge', :n_pages)";
    MERGE_OFFICES = "INSERT INTO office_words (office_words, rank) VALUES ('merge', :n_pages)";
    MERGE_CHANGES = "INSERT INTO change_words (change_words, rank) VALUES ('merge', :n_pages)";
}

/// Longer queries are cut: nobody types more, and each word costs a walk.
const MAX_WORDS: usize = 8;

/// Pages merged in one transaction: a round in between waits for a moment.
const MERGED_AT_ONCE: i64 = 500;

/// Which words of a query must be there as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    All,
    /// The last one may be the beginning of a word, from two letters on.
    AllButLast,
}

/// A query that FTS5 understands, whatever was typed; `None` without words.
pub(super) fn query(text: &str, whole: Whole) -> Option<String> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(MAX_WORDS).collect();
    let (last, before) = words.split_last()?;
    let is_beginning = whole == Whole::AllButLast && last.chars().nth(1).is_some();
    let quoted: String = before.iter().map(|word| format!("\"{word}\" ")).collect();
    Some(format!("{quoted}\"{last}\"{}", if is_beginning { "*" } else { "" }))
}

/// Makes a watched body findable.
pub(super) fn put_body(tx: &Connection, body: &Body) -> Done<()> {
    let by_body = named_params! { ":body": body.id.0 };
    let found: Option<i64> = tx.prepare_cached(NUMBER)?.query_row(by_body, |row| row.get(0)).optional()?;
    let number = match found {
        Some(number) => number,
        None => tx.prepare_cached(ADD_NUMBER)?.query_row(by_body, |row| row.get(0))?,
    };
    let parts = [Some(&body.name), body.province.as_ref(), body.istat.as_ref(), body.ipa.as_ref()];
    put(tx, PUT_BODY, number, &joined(parts.into_iter().flatten().map(String::as_str)))
}

/// A body that is no longer watched is no longer found.
pub(super) fn drop_body(tx: &Connection, body: &Body) -> Done<()> {
    let found: Option<i64> = tx.prepare_cached(NUMBER)?.query_row(named_params! { ":body": body.id.0 }, |row| row.get(0)).optional()?;
    if let Some(number) = found {
        tx.prepare_cached(DROP_BODY)?.execute(named_params! { ":id": number })?;
    }
    Ok(())
}

/// Makes an office findable by its present version.
pub(super) fn put_office(tx: &Connection, version: i64, state: &State, body_name: &str) -> Done<()> {
    let parts = [Some(state.name.as_str()), Some(&state.key.office.0), state.key.site.as_deref(), Some(body_name)];
    put(tx, PUT_OFFICE, version, &joined(parts.into_iter().flatten()))
}

/// A version that ended is found no more.
pub(super) fn drop_office(tx: &Connection, version: i64) -> Done<()> {
    tx.prepare_cached(DROP_OFFICE)?.execute(named_params! { ":id": version })?;
    Ok(())
}

/// Makes a change findable by its sentences, the office's and the body's name.
pub(super) fn put_change(tx: &Connection, id: i64, change: &Change, body_name: &str) -> Done<()> {
    let parts = [Some(change.name.as_str()), Some(&change.key.office.0), change.key.site.as_deref(), Some(body_name)];
    let sentences = change.causes.iter().flat_map(|cause| &cause.evidence).map(String::as_str);
    put(tx, PUT_CHANGE, id, &joined(parts.into_iter().flatten().chain(sentences)))
}

/// The indexes of words, each as the statement that merges it.
pub(super) const INDEXES: [&str; 3] = [MERGE_BODIES, MERGE_OFFICES, MERGE_CHANGES];

/// Merges some of the pieces that an index of words consists of, one more for each transaction that wrote words: a query goes through all
/// of them. `begins`: those that would not be merged otherwise are taken as well. Returns whether there is more to do.
pub(super) fn merge_some(tx: &Connection, index: &str, begins: bool) -> Done<bool> {
    let before = tx.total_changes();
    let n_pages = if begins { -MERGED_AT_ONCE } else { MERGED_AT_ONCE };
    tx.prepare_cached(index)?.execute(named_params! { ":n_pages": n_pages })?;
    // FTS5 says so by the rows it writes: one for the command itself, more for work
    Ok(tx.total_changes() - before > 1)
}

fn put(tx: &Connection, statement: &str, id: i64, words: &str) -> Done<()> {
    tx.prepare_cached(statement)?.execute(named_params! { ":id": id, ":words": words })?;
    Ok(())
}

fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    parts.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_typed_is_a_wrong_query() {
        assert_eq!(query("anagrafe Altop", Whole::AllButLast).as_deref(), Some("\"anagrafe\" \"Altop\"*"));
        assert_eq!(query("anagrafe a", Whole::AllButLast).as_deref(), Some("\"anagrafe\" \"a\""));
        assert_eq!(query("Sant'Angelo", Whole::All).as_deref(), Some("\"Sant\" \"Angelo\""));
        assert_eq!(query("\" OR NEAR(a* -b ^c", Whole::All).as_deref(), Some("\"OR\" \"NEAR\" \"a\" \"b\" \"c\""));
        assert_eq!(query(" \"*' ", Whole::All), None);
        assert_eq!(query(&"parola ".repeat(1000), Whole::All).unwrap().len(), 8 * 9 - 1);
    }
}
