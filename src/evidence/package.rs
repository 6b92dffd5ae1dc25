//! The package behind one change: a ZIP that stands on its own.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use serde_json::Value as Json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::compare::{compare, lines};
use super::page::{Compared, page};
use super::warc;
use crate::domain::{ChangeId, Language};
use crate::store::{Explanation, Snapshot, SnapshotId, Store, StoreError, sha256};

/// A package could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// There is no such change.
    #[error("there is no change {0} · `sportello changes` lists them")]
    NoSuchChange(i64),
    /// The store could not give what is needed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The files could not be put together.
    #[error("cannot put the package together")]
    Pack(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<std::io::Error> for PackageError {
    fn from(error: std::io::Error) -> Self {
        Self::Pack(error.into())
    }
}

impl From<zip::result::ZipError> for PackageError {
    fn from(error: zip::result::ZipError) -> Self {
        Self::Pack(error.into())
    }
}

/// Makes the package of a change: the page, the change as JSON (`record` gives its public form), every snapshot behind it as received with
/// its headers, all of them as WARC, and a manifest of digests. The same change gives the same bytes, whenever it is asked for.
pub fn package(
    store: &dyn Store,
    change: ChangeId,
    record: &dyn Fn(&crate::domain::Change) -> Json,
    language: Language,
) -> Result<Vec<u8>, PackageError> {
    let explained = store.explain(change)?.ok_or(PackageError::NoSuchChange(change.0))?;
    let record = record(&explained.change);
    let snapshots = snapshots(store, &explained)?;
    let body = store.body(&explained.change.body)?.map_or_else(|| explained.change.body.0.clone(), |body| body.name);

    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let documents: Vec<Compared<'_>> = explained.sources.iter().filter_map(|source| compared(&snapshots, source)).collect();
    files.push(("index.html".into(), page(&explained.change, &record, &body, &documents, language).into_bytes()));
    files.push(("change.json".into(), pretty(&record)?));
    let mut responses = Vec::new();
    warc::write_info(&mut responses, explained.change.detected_at)?;
    for (snapshot, bytes) in snapshots.values() {
        files.push((format!("snapshots/{}.{}", snapshot.id.0, extension(snapshot)), bytes.clone()));
        files.push((
            format!("snapshots/{}.json", snapshot.id.0),
            pretty(&serde_json::to_value(snapshot).map_err(|e| PackageError::Pack(e.into()))?)?,
        ));
        warc::write_snapshot(&mut responses, snapshot, bytes)?;
    }
    files.push(("responses.warc".into(), responses));
    files.push(("LEGGIMI.txt".into(), include_str!("readme.txt").as_bytes().to_vec()));
    let manifest: String = files.iter().map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes))).collect();
    files.push(("SHA256SUMS".into(), manifest.into_bytes()));
    zipped(&files, explained.change.detected_at)
}

type Bytes = BTreeMap<SnapshotId, (Snapshot, Vec<u8>)>;

/// Every snapshot behind the change with its bytes, in order of id.
fn snapshots(store: &dyn Store, explained: &Explanation) -> Result<Bytes, PackageError> {
    let mut found = Bytes::new();
    let of_causes = explained.sources.iter().flat_map(|source| source.snapshot_before.iter().chain([&source.snapshot]));
    for snapshot in of_causes.chain(&explained.evidence_before) {
        if let std::collections::btree_map::Entry::Vacant(place) = found.entry(snapshot.id) {
            place.insert((snapshot.clone(), store.bytes(snapshot.id)?));
        }
    }
    Ok(found)
}

fn compared<'a>(snapshots: &'a Bytes, source: &crate::store::ExplainedCause) -> Option<Compared<'a>> {
    let (after, after_bytes) = snapshots.get(&source.snapshot.id)?;
    let before = source.snapshot_before.as_ref().and_then(|before| snapshots.get(&before.id));
    let rows = match before {
        Some((before, bytes)) => compare(&lines(before, bytes), &lines(after, after_bytes)),
        None => Vec::new(),
    };
    Some(Compared { before: before.map(|(before, _)| before), after, rows })
}

/// The name's end, by what the server said the bytes are.
fn extension(snapshot: &Snapshot) -> &'static str {
    let content_type =
        snapshot.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.to_lowercase());
    match content_type.as_deref().and_then(|value| value.split(';').next()).map(str::trim) {
        Some("text/html" | "application/xhtml+xml") => "html",
        Some("application/pdf") => "pdf",
        Some("text/plain") => "txt",
        Some("application/xml" | "text/xml" | "application/rss+xml" | "application/atom+xml") => "xml",
        _ => "bin",
    }
}

fn pretty(json: &Json) -> Result<Vec<u8>, PackageError> {
    let mut bytes = serde_json::to_vec_pretty(json).map_err(|e| PackageError::Pack(e.into()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn zipped(files: &[(String, Vec<u8>)], at: jiff::Timestamp) -> Result<Vec<u8>, PackageError> {
    let civil = jiff::tz::TimeZone::UTC.to_datetime(at);
    let part = |n: i8| u8::try_from(n).unwrap_or(0);
    let time = DateTime::from_date_and_time(
        u16::try_from(civil.year()).unwrap_or(1980),
        part(civil.month()),
        part(civil.day()),
        part(civil.hour()),
        part(civil.minute()),
        part(civil.second()),
    );
    // before 1980 and after 2107 the format has no dates
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(time.unwrap_or_default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
