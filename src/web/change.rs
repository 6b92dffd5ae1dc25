//! The page of a change, its proof, and archived pages.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;

use super::answer::{Answer, FOR_EVER};
use super::page::{Crumb, Frame, Page};
use super::query::Filter;
use super::view::{self, ChangeItem, Compared, Link, Proof};
use super::{Failure, Reader, Site};
use crate::document;
use crate::domain::{Change, ChangeId, Language};
use crate::evidence::{self, CompareRow, Piece};
use crate::record::ChangeRecord;
use crate::store::{ExplainedCause, Snapshot, SnapshotId, StoreError};
use crate::wording::{self, pick};

#[derive(Template)]
#[template(path = "web/change.html")]
struct ChangePage {
    frame: Frame,
    change: ChangeItem,
    compared: Compared,
    /// Why it was told.
    rule: &'static str,
    period: Option<String>,
    further: Vec<String>,
    proofs: Vec<Proof>,
    sources: Vec<SourceView>,
    proof: String,
    api: String,
}

/// One document behind a change: both versions.
struct SourceView {
    link: Link,
    /// When each version was first seen: the one before, which need not be there, and the one after.
    since: (String, String),
    /// The versions with what they are called, the later one first.
    copies: Vec<(&'static str, CopyView)>,
    rows: Vec<LineRow>,
    /// Why there is no comparison.
    none: Option<&'static str>,
}

/// An archived version.
struct CopyView {
    path: String,
    first_seen: String,
    last_seen: String,
    sha: String,
    /// Whether a browser can show it in a frame.
    framed: bool,
}

/// A line of both versions.
struct LineRow {
    gap: Option<usize>,
    before: Vec<Piece>,
    after: Vec<Piece>,
}

/// Beyond this, a comparison is found in the package alone: a page stays under 60 kB.
const MOST_CHARS: usize = 12_000;
/// Documents larger than this are compared in the package alone.
const MOST_BYTES: u64 = 1 << 20;

pub(super) async fn change(State(site): State<Arc<Site>>, reader: Reader, Path(id): Path<i64>) -> Result<Response, Failure> {
    site.work(move |site| {
        let language = reader.language;
        let explained = site.store.explain(ChangeId(id))?.ok_or(Failure::NotFound)?;
        let change = &explained.change;
        let body = site.store.body(&change.body)?.unwrap_or_else(|| view::unknown_body(&change.body));
        let item = view::change(change, &body, language);
        let year = crate::domain::day_of(change.detected_at).year();
        let mut room = MOST_CHARS;
        let sources = explained.sources.iter().take(3).map(|source| source_view(site, source, &mut room, language)).collect();
        let further = change.further.iter().flat_map(|fact| {
            let period = wording::period(language, fact.from, fact.until, year).unwrap_or_default();
            view::value_lines(&fact.value, language, year).into_iter().map(move |line| format!("{period}: {line}"))
        });
        let mut crumbs = view::body_crumbs(&body);
        crumbs.push(Crumb::to(item.body.name.clone(), item.body.path.clone()));
        if !change.key.office.is_all() {
            crumbs.push(Crumb::to(item.office.name.clone(), item.office.path.clone()));
        }
        let office = Some(change.key.office.clone()).filter(|office| !office.is_all());
        let filter = Filter { body: Some(change.body.clone()), office, ..Filter::default() };
        let page = Page {
            title: wording::headline(language, change, &body, &view::office_alone(&change.key.office, &change.name, language)),
            description: item.sentence.clone(),
            crumbs,
            subscribe: filter.to_query(),
            ..Page::default()
        };
        let view = ChangePage {
            frame: site.frame(&reader, page),
            rule: wording::rule(language, change.rule),
            period: wording::period(language, change.effective_from, change.effective_until, year),
            further: further.collect(),
            proofs: view::proofs(&change.causes, 6),
            sources,
            proof: format!("{}/prova.zip", item.path),
            api: format!("/api/v1/changes/{id}"),
            change: item,
            compared: view::compared(change, language),
        };
        Ok(site.page(&reader, &view)?.modified(Some(change.detected_at)).to(&reader.headers))
    })
    .await
}

fn source_view(site: &Site, source: &ExplainedCause, room: &mut usize, language: Language) -> SourceView {
    let (rows, none) = match &source.snapshot_before {
        None => (
            Vec::new(),
            Some(pick(language, "Di questo documento non c'è una copia precedente.", "There is no earlier copy of this document.")),
        ),
        Some(before) => match compared(site, before, &source.snapshot, room) {
            Some(rows) => (rows, None),
            None => {
                let words = pick(
                    language,
                    "Le due copie non si confrontano in pagina: sono nel pacchetto della prova.",
                    "The two copies are not compared on this page: they are in the package.",
                );
                (Vec::new(), Some(words))
            }
        },
    };
    let after = copy(&source.snapshot, language);
    let before = source.snapshot_before.as_ref().map(|before| copy(before, language));
    let since = (before.as_ref().map(|before| before.first_seen.clone()).unwrap_or_default(), after.first_seen.clone());
    let mut copies = vec![(pick(language, "Copia dopo", "Copy after"), after)];
    copies.extend(before.map(|before| (pick(language, "Copia prima", "Copy before"), before)));
    SourceView { link: view::link(&source.document.url), since, copies, rows, none }
}

fn copy(snapshot: &Snapshot, language: Language) -> CopyView {
    CopyView {
        path: format!("/copie/{}", snapshot.id.0),
        first_seen: view::instant(snapshot.first_seen, language),
        last_seen: view::instant(snapshot.last_seen, language),
        sha: snapshot.body_sha.to_string(),
        framed: matches!(kind_of(snapshot), Kind::Html | Kind::Text),
    }
}

/// Both versions line by line; `None` where they are not to be compared here.
fn compared(site: &Site, before: &Snapshot, after: &Snapshot, room: &mut usize) -> Option<Vec<LineRow>> {
    if before.length > MOST_BYTES || after.length > MOST_BYTES {
        return None;
    }
    let (old, new) = (site.store.bytes(before.id).ok()?, site.store.bytes(after.id).ok()?);
    if document::is_pdf(&old) || document::is_pdf(&new) {
        return None;
    }
    let rows = evidence::compare(&evidence::lines(before, &old), &evidence::lines(after, &new));
    let mut shown = Vec::new();
    for row in rows {
        let row = match row {
            CompareRow::Gap(n) => LineRow { gap: Some(n), before: Vec::new(), after: Vec::new() },
            CompareRow::Lines(before, after) => LineRow { gap: None, before, after },
        };
        let n_chars: usize = row.before.iter().chain(&row.after).map(|piece| piece.text.len() + 16).sum();
        if n_chars > *room {
            *room = 0;
            return None;
        }
        *room -= n_chars;
        shown.push(row);
    }
    Some(shown)
}

pub(super) async fn proof(
    State(site): State<Arc<Site>>,
    reader: Reader,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, Failure> {
    site.heavy_work(move |site| {
        let record = |change: &Change| serde_json::to_value(ChangeRecord::new(change)).unwrap_or_default();
        let package = evidence::package(&*site.store, ChangeId(id), &record, reader.language).map_err(|error| match error {
            evidence::PackageError::NoSuchChange(_) => Failure::NotFound,
            evidence::PackageError::Store(error) => Failure::Store(error),
            other => Failure::defect(other),
        })?;
        let answer = Answer::new("application/zip", package)
            .with(header::CONTENT_DISPOSITION, &format!("attachment; filename=\"sportello-prova-{id}.zip\""));
        Ok(answer.to(&headers))
    })
    .await
}

/// What an archived page may be shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    Text,
    /// Feeds and sitemaps: as text, since XML can carry anything.
    Xml,
    Pdf,
    Other,
}

pub(super) fn kind_of(snapshot: &Snapshot) -> Kind {
    let content_type = snapshot.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.as_str());
    let kind = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "text/html" | "application/xhtml+xml" | "" => Kind::Html,
        "text/plain" => Kind::Text,
        "application/pdf" => Kind::Pdf,
        _ if kind.ends_with("xml") => Kind::Xml,
        _ => Kind::Other,
    }
}

/// Archived pages are others' work and may be hostile: they run nothing, load nothing, send no form, and have no part in this site.
const ARCHIVE_POLICY: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

pub(super) async fn archived(State(site): State<Arc<Site>>, headers: HeaderMap, Path(id): Path<i64>) -> Result<Response, Failure> {
    site.work(move |site| {
        let snapshot = site.store.snapshot(SnapshotId(id))?.ok_or(Failure::NotFound)?;
        let bytes = site.store.bytes(snapshot.id)?;
        let kind = kind_of(&snapshot);
        // the page's own encoding, where it is one: else the browser looks into the page
        let encoding = snapshot
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .and_then(|(_, value)| {
                value.to_ascii_lowercase().split_once("charset=").map(|(_, label)| label.trim_matches(['"', ' ', '\'']).to_string())
            })
            .and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()))
            .map(|encoding| encoding.name());
        let (content_type, download) = match kind {
            Kind::Html => ("text/html", false),
            Kind::Text | Kind::Xml => ("text/plain", false),
            Kind::Pdf => ("application/pdf", true),
            Kind::Other => ("application/octet-stream", true),
        };
        let mut answer = Answer::new(content_type, bytes)
            .cached(FOR_EVER)
            .modified(Some(snapshot.first_seen))
            .with(header::CONTENT_SECURITY_POLICY, ARCHIVE_POLICY)
            .with(header::X_FRAME_OPTIONS, "SAMEORIGIN")
            .with(header::HeaderName::from_static("x-robots-tag"), "noindex, nofollow, noarchive")
            .with(header::HeaderName::from_static("x-archive-orig-url"), &view::clip(&snapshot.final_url, 500));
        if download {
            answer = answer.with(
                header::CONTENT_DISPOSITION,
                &format!("attachment; filename=\"copia-{id}.{}\"", if kind == Kind::Pdf { "pdf" } else { "bin" }),
            );
        }
        let mut response = answer.to(&headers);
        if let Some(encoding) = encoding.filter(|_| !download)
            && let Ok(value) = format!("{content_type}; charset={encoding}").parse()
            && response.headers().contains_key(header::CONTENT_TYPE)
        {
            response.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        Ok(response)
    })
    .await
    .map_err(|failure| match failure {
        Failure::Store(StoreError::Thinned { .. }) => Failure::Gone,
        other => other,
    })
}
