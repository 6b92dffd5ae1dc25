//! Bytes, once per content: compressed alone, or against the version before as dictionary.
//!
//! A content's `depth` is how many others must be opened first; at [`MAX_DEPTH`] the next one stands alone again, so that any version
//! opens in bounded time. Compression happens before the write lock is taken ([`prepare`]); the transaction only inserts ([`put`]).

use std::io::{self, Read, Write};

use rusqlite::{Connection, OptionalExtension, named_params};

use super::{fault::Fault, statements};
use crate::store::{DocumentId, Sha256, SnapshotId, StoreError, sha256};

/// How many contents may have to be opened before one can be.
pub(super) const MAX_DEPTH: u32 = 31;

/// zstd's level: at 9 pages are 5 % smaller and take six times as long.
const LEVEL: i32 = 3;

/// A delta that saves less than this share of the bytes alone is not worth its depth.
const WORTH: f64 = 0.7;

/// Larger contents stand alone: both sides of a delta must be in memory at once.
const MAX_DELTA: usize = 16 << 20;

statements! {
    BY_SHA = "SELECT id, packed IS NOT NULL FROM content WHERE sha = :sha";
    BASE_OF = "
        SELECT c.id, c.depth
          FROM document d JOIN snapshot s ON s.id = d.snapshot JOIN content c ON c.id = s.content
         WHERE d.id = :document AND c.packed IS NOT NULL";
    LINK = "SELECT sha, length, base, packed FROM content WHERE id = :id";
    HAS_BYTES = "SELECT packed IS NOT NULL FROM content WHERE id = :id";
    INSERT = "
        INSERT INTO content (sha, length, base, depth, packed) VALUES (:sha, :length, :base, :depth, :packed)
          RETURNING id";
    REFILL = "UPDATE content SET base = NULL, depth = 0, packed = :packed WHERE id = :id";
    OF_SNAPSHOT = "SELECT content FROM snapshot WHERE id = :snapshot";
}

/// Bytes ready to be inserted.
#[derive(Debug)]
pub(super) struct Prepared {
    pub sha: Sha256,
    length: usize,
    packed: Option<Packed>, // none when the content is in the store already
}

#[derive(Debug)]
struct Packed {
    base: Option<(i64, u32)>, // content and its depth
    bytes: Vec<u8>,
}

/// Compresses a body, against the document's present version where that pays.
pub(super) fn prepare(conn: &Connection, document: Option<DocumentId>, body: &[u8]) -> Result<Prepared, Fault> {
    let sha = sha256(body);
    if find(conn, sha)?.is_some_and(|(_, has_bytes)| has_bytes) {
        return Ok(Prepared { sha, length: body.len(), packed: None });
    }
    let base = match document {
        Some(document) if body.len() <= MAX_DELTA => base_of(conn, document)?,
        _ => None,
    };
    let alone = || pack(body, None).map(|bytes| Packed { base: None, bytes }).map_err(Fault::Pack);
    let packed = match base {
        Some((id, depth)) if depth < MAX_DEPTH => {
            let (before, _) = open(conn, id)?;
            if before.len() > MAX_DELTA {
                alone()?
            } else {
                let delta = pack(body, Some(&before)).map_err(Fault::Pack)?;
                // a small delta needs no second opinion
                if delta.len() < body.len() / 20 {
                    Packed { base: Some((id, depth)), bytes: delta }
                } else {
                    let alone = alone()?;
                    let worth = (delta.len() as f64) < WORTH * alone.bytes.len() as f64;
                    if worth { Packed { base: Some((id, depth)), bytes: delta } } else { alone }
                }
            }
        }
        _ => alone()?,
    };
    Ok(Prepared { sha, length: body.len(), packed: Some(packed) })
}

/// Inserts what was prepared and returns the content's id. `body` serves where the store moved since: then it is compressed alone.
pub(super) fn put(conn: &Connection, prepared: &Prepared, body: &[u8]) -> Result<i64, Fault> {
    let found = find(conn, prepared.sha)?;
    if let Some((id, true)) = found {
        return Ok(id);
    }
    let usable = match &prepared.packed {
        Some(Packed { base: Some((base, _)), .. }) => found.is_none() && has_bytes(conn, *base)?,
        Some(Packed { base: None, .. }) => true,
        None => false,
    };
    let alone;
    let packed = match &prepared.packed {
        Some(packed) if usable => packed,
        _ => {
            alone = Packed { base: None, bytes: pack(body, None).map_err(Fault::Pack)? };
            &alone
        }
    };
    match found {
        Some((id, _)) => {
            conn.prepare_cached(REFILL)?.execute(named_params! { ":id": id, ":packed": packed.bytes })?;
            Ok(id)
        }
        None => Ok(conn.prepare_cached(INSERT)?.query_row(
            named_params! {
                ":sha": prepared.sha, ":length": prepared.length as i64, ":base": packed.base.map(|(id, _)| id),
                ":depth": packed.base.map_or(0, |(_, depth)| depth + 1), ":packed": packed.bytes,
            },
            |row| row.get(0),
        )?),
    }
}

/// The bytes of a snapshot, checked against their hash.
pub(super) fn bytes_of(conn: &Connection, snapshot: SnapshotId) -> Result<Vec<u8>, Fault> {
    let content: Option<i64> =
        conn.prepare_cached(OF_SNAPSHOT)?.query_row(named_params! { ":snapshot": snapshot.0 }, |row| row.get(0)).optional()?;
    let content = content.ok_or_else(|| Fault::Unknown(format!("snapshot {}", snapshot.0)))?;
    if !has_bytes(conn, content)? {
        return Err(StoreError::Thinned { snapshot: snapshot.0 }.into());
    }
    let (bytes, sha) = open(conn, content)?;
    if sha256(&bytes) != sha {
        let why = format!("the bytes of snapshot {} do not have the recorded SHA-256", snapshot.0);
        return Err(Fault::Pack(io::Error::new(io::ErrorKind::InvalidData, why)));
    }
    Ok(bytes)
}

/// Opens a content through the chain of its bases; not yet checked against the hash that is returned with it.
pub(super) fn open(conn: &Connection, content: i64) -> Result<(Vec<u8>, Sha256), Fault> {
    let mut links: Vec<(usize, Vec<u8>)> = Vec::new();
    let mut sha = None;
    let mut next = Some(content);
    let mut statement = conn.prepare_cached(LINK)?;
    while let Some(id) = next {
        if links.len() > MAX_DEPTH as usize {
            return Err(broken(format!("content {content} stands on too many others")));
        }
        let (link_sha, length, base, packed): (Sha256, i64, Option<i64>, Option<Vec<u8>>) = statement
            .query_row(named_params! { ":id": id }, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .optional()?
            .ok_or_else(|| broken(format!("content {id} is missing")))?;
        let packed = packed.ok_or_else(|| broken(format!("the bytes of content {id} were given up, but content {content} needs them")))?;
        links.push((usize::try_from(length).unwrap_or(0), packed));
        sha.get_or_insert(link_sha);
        next = base;
    }
    let mut bytes: Option<Vec<u8>> = None;
    for (length, packed) in links.into_iter().rev() {
        bytes = Some(unpack(&packed, bytes.as_deref(), length).map_err(Fault::Pack)?);
    }
    match (bytes, sha) {
        (Some(bytes), Some(sha)) => Ok((bytes, sha)),
        _ => Err(broken(format!("content {content} is missing"))),
    }
}

fn find(conn: &Connection, sha: Sha256) -> Result<Option<(i64, bool)>, Fault> {
    let args = named_params! { ":sha": sha };
    Ok(conn.prepare_cached(BY_SHA)?.query_row(args, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

fn base_of(conn: &Connection, document: DocumentId) -> Result<Option<(i64, u32)>, Fault> {
    let args = named_params! { ":document": document.0 };
    Ok(conn.prepare_cached(BASE_OF)?.query_row(args, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

fn has_bytes(conn: &Connection, content: i64) -> Result<bool, Fault> {
    let args = named_params! { ":id": content };
    Ok(conn.prepare_cached(HAS_BYTES)?.query_row(args, |row| row.get(0)).optional()?.unwrap_or(false))
}

fn broken(why: String) -> Fault {
    Fault::Pack(io::Error::new(io::ErrorKind::InvalidData, why))
}

/// The window must span the dictionary and the bytes, else the dictionary's start is out of reach.
fn window(length: usize) -> u32 {
    length.next_power_of_two().trailing_zeros().clamp(18, 27)
}

/// Compresses, with the version before as dictionary where one is given.
pub(super) fn pack(bytes: &[u8], before: Option<&[u8]>) -> io::Result<Vec<u8>> {
    let Some(before) = before else {
        return zstd::bulk::compress(bytes, LEVEL);
    };
    let mut encoder = zstd::stream::write::Encoder::with_ref_prefix(Vec::new(), LEVEL, before)?;
    encoder.set_parameter(zstd::zstd_safe::CParameter::WindowLog(window(bytes.len() + before.len())))?;
    encoder.set_parameter(zstd::zstd_safe::CParameter::EnableLongDistanceMatching(true))?;
    encoder.set_pledged_src_size(Some(bytes.len() as u64))?;
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn unpack(packed: &[u8], before: Option<&[u8]>, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length.min(MAX_DELTA));
    match before {
        None => zstd::stream::read::Decoder::with_buffer(packed)?.read_to_end(&mut bytes)?,
        Some(before) => {
            let mut decoder = zstd::stream::read::Decoder::with_ref_prefix(packed, before)?;
            decoder.window_log_max(27)?;
            decoder.read_to_end(&mut bytes)?
        }
    };
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delta_opens_to_the_same_bytes() {
        let before: Vec<u8> = (0..200_000u32).flat_map(|n| format!("{:x} ", n.wrapping_mul(2_654_435_761)).into_bytes()).collect();
        let mut after = before.clone();
        after.splice(1000..1010, b"martedi e giovedi 15-17".iter().copied());
        let packed = pack(&after, Some(&before)).unwrap();
        assert!(packed.len() < 400, "{} bytes", packed.len());
        assert_eq!(unpack(&packed, Some(&before), after.len()).unwrap(), after);
        assert!(unpack(&packed, Some(b"other"), after.len()).is_err_and(|_| true) || unpack(&packed, None, after.len()).is_err());
    }

    #[test]
    fn bytes_of_any_size_open() {
        for length in [0, 1, 300_000, 20 << 20] {
            let bytes = vec![7; length];
            assert_eq!(unpack(&pack(&bytes, None).unwrap(), None, length).unwrap(), bytes);
        }
    }
}
