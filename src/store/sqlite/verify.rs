//! Verification: the file, the chain of each source, the bytes of each content. Each portion is a transaction of its own, so that the log
//! can be folded into the file meanwhile, however long all of it takes.

use rusqlite::{Connection, named_params};

use super::columns::Json;
use super::snapshots::{Link, snapshot_from_row};
use super::{Sqlite, content, fault::Fault, statements};
use crate::domain::SourceId;
use crate::store::{Damage, Result, Sha256, Snapshot, StoreError, sha256};

type Done<T> = std::result::Result<T, Fault>;

/// How many contents are opened in one transaction.
const PORTION: u32 = 500;

statements! {
    SOURCES = "SELECT id FROM source ORDER BY id";
    CHAIN_END = "SELECT chain FROM source WHERE id = :source";
    CHAIN_OF = "
        SELECT s.id, s.document, s.source, d.url, s.first_seen, s.last_seen, s.n_seen, s.status,
               coalesce(s.final_url, d.url) AS final_url, s.headers, c.sha, c.length, s.text_sha, s.chain, s.previous
          FROM snapshot s JOIN document d ON d.id = s.document JOIN content c ON c.id = s.content
         WHERE s.source = :source
         ORDER BY s.id";
    SOME_CONTENT = "
        SELECT c.id, c.packed IS NOT NULL,
               (SELECT json_group_array(id) FROM (SELECT id FROM snapshot WHERE content = c.id ORDER BY id LIMIT 3))
          FROM content c
         WHERE c.id > :after
         ORDER BY c.id LIMIT :limit";
}

impl Sqlite {
    /// Verifies everything, in portions.
    pub(super) fn verify_in_portions(&self, bytes: bool) -> Result<Vec<Damage>> {
        let doing = "verify the database";
        let mut damages = self.read(doing, check_file)?;
        let mut rest = || -> Result<()> {
            for source in self.read(doing, sources)? {
                damages.extend(self.read(doing, |conn| check_chain(conn, &source))?);
            }
            let mut after = bytes.then_some(0);
            while let Some(from) = after {
                let (found, last) = self.read(doing, |conn| check_bytes(conn, from))?;
                damages.extend(found);
                after = last;
            }
            Ok(())
        };
        match rest() {
            // a file that is broken cannot be read to its end; what was found before says more than the error
            Err(error @ (StoreError::Corrupt { .. } | StoreError::Unreadable { .. })) => damages.push(of_file(error.to_string())),
            done => done?,
        }
        Ok(damages)
    }
}

/// Verifies everything through one connection.
pub(super) fn verify(conn: &Connection, bytes: bool) -> Done<Vec<Damage>> {
    let mut damages = check_file(conn)?;
    for source in sources(conn)? {
        damages.extend(check_chain(conn, &source)?);
    }
    let mut after = bytes.then_some(0);
    while let Some(from) = after {
        let (found, last) = check_bytes(conn, from)?;
        damages.extend(found);
        after = last;
    }
    Ok(damages)
}

fn of_file(why: String) -> Damage {
    Damage { what: "the database file".into(), why }
}

fn check_file(conn: &Connection) -> Done<Vec<Damage>> {
    let mut damages = Vec::new();
    let mut check = conn.prepare("PRAGMA integrity_check(20)")?;
    for line in check.query_map([], |row| row.get::<_, String>(0))? {
        let line = line?;
        if line != "ok" {
            damages.push(of_file(line));
        }
    }
    let n_orphans = conn.prepare("PRAGMA foreign_key_check")?.query_map([], |_| Ok(()))?.count();
    if n_orphans > 0 {
        damages.push(of_file(format!("{n_orphans} rows refer to others that are missing")));
    }
    Ok(damages)
}

fn sources(conn: &Connection) -> Done<Vec<SourceId>> {
    Ok(conn.prepare_cached(SOURCES)?.query_map([], |row| row.get(0).map(SourceId))?.collect::<rusqlite::Result<_>>()?)
}

fn check_chain(conn: &Connection, source: &SourceId) -> Done<Vec<Damage>> {
    let mut damages = Vec::new();
    let args = named_params! { ":source": source.0 };
    let end: Option<Sha256> = conn.prepare_cached(CHAIN_END)?.query_row(args, |row| row.get(0))?;
    let mut statement = conn.prepare_cached(CHAIN_OF)?;
    let rows = statement.query_map(args, |row| Ok((row.get::<_, i64>("id")?, snapshot_from_row(row))))?;
    // nothing is said of the record before when that one could not be read
    let mut before: Option<Option<Sha256>> = Some(None);
    for row in rows {
        let (id, snapshot) = row?;
        let mut broken = |why: &str| damages.push(Damage { what: format!("snapshot {id} of {source}"), why: why.into() });
        let snapshot: Snapshot = match snapshot {
            Ok(snapshot) => snapshot,
            Err(error) => {
                broken(&format!("its record cannot be read: {error}"));
                before = None;
                continue;
            }
        };
        if before.is_some_and(|before| snapshot.previous != before) {
            broken("a snapshot before it is missing, or was put in");
        }
        if Link::of(&snapshot).hash() != snapshot.chain {
            broken("its record was altered");
        }
        before = Some(Some(snapshot.chain));
    }
    if before.is_some_and(|before| before != end) {
        damages.push(Damage { what: format!("the chain of {source}"), why: "its last snapshots are missing".into() });
    }
    Ok(damages)
}

/// What is broken in some contents after the given one, and the last of them; none at the end.
fn check_bytes(conn: &Connection, after: i64) -> Done<(Vec<Damage>, Option<i64>)> {
    let (mut damages, mut last) = (Vec::new(), None);
    let mut statement = conn.prepare_cached(SOME_CONTENT)?;
    let mut rows = statement.query(named_params! { ":after": after, ":limit": PORTION })?;
    while let Some(row) = rows.next()? {
        let (id, has_bytes, snapshots): (i64, bool, Json<Vec<i64>>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        last = Some(id);
        if !has_bytes {
            continue; // given up by retention
        }
        let why = match content::open(conn, id) {
            Ok((bytes, sha)) if sha256(&bytes) == sha => continue,
            Ok(_) => "they do not have the recorded SHA-256".to_string(),
            Err(Fault::Pack(error)) => error.to_string(),
            Err(fault) => return Err(fault),
        };
        let of = snapshots.0.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        let what = if of.is_empty() { format!("content {id}") } else { format!("the bytes of snapshot {of}") };
        damages.push(Damage { what, why });
    }
    Ok((damages, last))
}
