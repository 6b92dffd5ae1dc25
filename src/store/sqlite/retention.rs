//! Retention: giving up bytes that neither the present nor any change needs.
//!
//! A version that stays may stand on one that goes; it is packed again first, on the nearest version below that stays, or alone.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, named_params};

use super::{content, fault::Fault, statements};

type Done<T> = Result<T, Fault>;

/// How many contents one transaction gives up.
const SOME: u32 = 200;

statements! {
    /* a walk over everything, in portions */
    TO_THIN = "
        SELECT c.id
          FROM content c
         WHERE c.id > :after AND c.packed IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM snapshot s
                            WHERE s.content = c.id
                              AND (SELECT count(*) FROM snapshot n WHERE n.document = s.document AND n.id > s.id) < :n_kept)
           AND NOT EXISTS (SELECT 1 FROM snapshot s JOIN evidence e ON e.snapshot = s.id WHERE s.content = c.id)
         ORDER BY c.id
         LIMIT :limit";
    DEPENDENTS = "SELECT id FROM content WHERE base = :base";
    BASE = "SELECT base, depth FROM content WHERE id = :id";
    DROP_BYTES = "UPDATE content SET packed = NULL, base = NULL, depth = 0 WHERE id = :id";
    REPACK = "UPDATE content SET packed = :packed, base = :base, depth = :depth WHERE id = :id";
}

/// Gives up the bytes of some contents after the given one that are none of the newest versions; returns them, none at the end.
pub(super) fn thin_some(tx: &Connection, n_kept: u32, after: i64) -> Done<Vec<i64>> {
    let args = named_params! { ":n_kept": n_kept, ":after": after, ":limit": SOME };
    let going: Vec<i64> = tx.prepare_cached(TO_THIN)?.query_map(args, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let set: BTreeSet<i64> = going.iter().copied().collect();
    for content in &going {
        let args = named_params! { ":base": content };
        let on_it: Vec<i64> = tx.prepare_cached(DEPENDENTS)?.query_map(args, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for dependent in on_it.into_iter().filter(|dependent| !set.contains(dependent)) {
            repack(tx, dependent, &set)?;
        }
    }
    for content in &going {
        tx.prepare_cached(DROP_BYTES)?.execute(named_params! { ":id": content })?;
    }
    Ok(going)
}

/// Packs a content on its nearest ancestor that stays, or alone.
fn repack(tx: &Connection, content: i64, going: &BTreeSet<i64>) -> Done<()> {
    let mut base = base_of(tx, content)?;
    while let Some((id, _)) = base.filter(|(id, _)| going.contains(id)) {
        base = base_of(tx, id)?;
    }
    let (bytes, _) = content::open(tx, content)?;
    let packed = match base {
        Some((id, _)) => content::pack(&bytes, Some(&content::open(tx, id)?.0)),
        None => content::pack(&bytes, None),
    };
    tx.prepare_cached(REPACK)?.execute(named_params! {
        ":id": content, ":packed": packed.map_err(Fault::Pack)?, ":base": base.map(|(id, _)| id),
        ":depth": base.map_or(0, |(_, depth)| depth + 1),
    })?;
    Ok(())
}

/// What a content stands on, with that one's depth.
fn base_of(tx: &Connection, content: i64) -> Done<Option<(i64, i64)>> {
    let row = |id: i64| tx.prepare_cached(BASE)?.query_row(named_params! { ":id": id }, |row| Ok((row.get(0)?, row.get(1)?))).optional();
    let base: Option<(Option<i64>, i64)> = row(content)?;
    let Some(base) = base.and_then(|(base, _)| base) else { return Ok(None) };
    Ok(row(base)?.map(|(_, depth): (Option<i64>, i64)| (base, depth)))
}
