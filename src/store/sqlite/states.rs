//! States through time.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde_json::Value as JsonValue;

use super::columns::{At, Json, Word};
use super::{Sqlite, fault::Fault, statements};
use crate::domain::{BodyId, ChangeId, OfficeId};
use crate::store::{Result, StateVersion, States};

statements! {
    HISTORY = "
        SELECT id, body, state, known_from, known_until, why,
               (SELECT json_group_array(id) FROM (SELECT id FROM change WHERE made = state.id ORDER BY id)) AS changes
          FROM state
         WHERE body = :body AND office = :office
         ORDER BY known_from DESC, id DESC";
    PRESENT = "
        SELECT id, body, state, known_from, known_until, why,
               (SELECT json_group_array(id) FROM (SELECT id FROM change WHERE made = state.id ORDER BY id)) AS changes
          FROM state
         WHERE body = :body AND known_until IS NULL
         ORDER BY office, key";
    AT = "
        SELECT id, body, state, known_from, known_until, why,
               (SELECT json_group_array(id) FROM (SELECT id FROM change WHERE made = state.id ORDER BY id)) AS changes
          FROM state
         WHERE body = :body AND known_from <= :at AND (known_until IS NULL OR known_until > :at)
         ORDER BY office, key";
    ONE = "
        SELECT id, body, state, known_from, known_until, why,
               (SELECT json_group_array(id) FROM (SELECT id FROM change WHERE made = state.id ORDER BY id)) AS changes
          FROM state
         WHERE id = :id";
    STATE = "SELECT state FROM state WHERE id = :id";
}

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<StateVersion> {
    Ok(StateVersion {
        id: row.get("id")?,
        body: BodyId(row.get("body")?),
        state: row.get::<_, Json<_>>("state")?.0,
        known_from: row.get::<_, At>("known_from")?.0,
        known_until: row.get::<_, Option<At>>("known_until")?.map(|at| at.0),
        why: row.get::<_, Word<_>>("why")?.0,
        changes: row.get::<_, Json<Vec<i64>>>("changes")?.0.into_iter().map(ChangeId).collect(),
    })
}

pub(super) fn one(conn: &Connection, version: i64) -> std::result::Result<Option<StateVersion>, Fault> {
    Ok(conn.prepare_cached(ONE)?.query_row(named_params! { ":id": version }, from_row).optional()?)
}

/// The facts of a version by aspect, as JSON.
pub(super) fn facts_of(conn: &Connection, version: i64) -> std::result::Result<Option<JsonValue>, Fault> {
    let args = named_params! { ":id": version };
    let state: Option<Json<JsonValue>> = conn.prepare_cached(STATE)?.query_row(args, |row| row.get(0)).optional()?;
    Ok(state.and_then(|state| state.0.get("facts").cloned()))
}

impl States for Sqlite {
    fn history(&self, body: &BodyId, office: &OfficeId) -> Result<Vec<StateVersion>> {
        self.read("read the history of an office", |conn| {
            let args = named_params! { ":body": body.0, ":office": office.0 };
            Ok(conn.prepare_cached(HISTORY)?.query_map(args, from_row)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn states(&self, body: &BodyId, at: Option<Timestamp>) -> Result<Vec<StateVersion>> {
        self.read("read the states of a body", |conn| match at {
            None => {
                let args = named_params! { ":body": body.0 };
                Ok(conn.prepare_cached(PRESENT)?.query_map(args, from_row)?.collect::<rusqlite::Result<_>>()?)
            }
            Some(at) => {
                let args = named_params! { ":body": body.0, ":at": At(at) };
                Ok(conn.prepare_cached(AT)?.query_map(args, from_row)?.collect::<rusqlite::Result<_>>()?)
            }
        })
    }
}
