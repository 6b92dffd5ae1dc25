//! The program learned to read better: the last snapshots are read again by the new rules and become the baseline, silently.

use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::document::Target;
use super::read::{Read, material, read};
use super::{RULES_VERSION, Round};
use crate::config::sources::Source;
use crate::domain::{BodyId, Notice, SourceId};
use crate::resolve::Sight;
use crate::store::{Document, Outdated, Seen, SnapshotId, StoreError};

/// How many documents are asked of the store at once.
const BATCH: u32 = 100;

/// A document whose last snapshot was read again.
#[derive(Debug, Clone, PartialEq)]
pub struct Reextracted {
    /// The source it was reached from.
    pub source: SourceId,
    /// Its address.
    pub url: String,
    /// The version that was read.
    pub snapshot: SnapshotId,
    /// What it was read to say before.
    pub before: Vec<Notice>,
    /// What it says by the present rules; `None` where its bytes were given up.
    pub after: Option<Vec<Notice>>,
}

impl Round {
    /// Reads every document again that older rules read. Returns how many there were.
    pub async fn reread(&self) -> Result<usize, StoreError> {
        let mut after: Option<SnapshotId> = None;
        let mut n_read = 0;
        loop {
            let outdated: Vec<Outdated> = self.on_store(move |store| store.outdated(RULES_VERSION, after, BATCH)).await?;
            let Some(last) = outdated.last() else { break };
            after = Some(last.snapshot.id);
            for Outdated { document, snapshot } in outdated {
                n_read += usize::from(self.reread_document(document, snapshot.id).await?);
            }
        }
        if n_read > 0 {
            tracing::info!(n_read, "{n_read} documents read again by the rules of this version");
        }
        Ok(n_read)
    }

    /// Reads the last snapshots of all documents (of one body) again, whatever rules read them, and tells of each. With `apply`, what is
    /// read differently becomes the baseline, silently.
    pub async fn reextract(&self, body: Option<&BodyId>, apply: bool, tell: &mut dyn FnMut(&Reextracted)) -> Result<(), StoreError> {
        let wanted = self.sources.bodies.iter().filter(|watched| body.is_none_or(|body| watched.body.id == *body));
        for watched in wanted {
            let id = watched.body.id.clone();
            // of a body that the store does not know yet there is nothing to read
            let known = match self.on_store(move |store| store.known(&id, Timestamp::MAX)).await {
                Ok(known) => known,
                Err(StoreError::Unknown { .. }) => continue,
                Err(error) => return Err(error),
            };
            for document in known.documents {
                let Some(source) = self.source(&document.source) else { continue };
                let Ok(url) = Url::parse(&document.url) else { continue };
                let read = self.read_snapshot(&source, &url, document.snapshot).await?;
                let id = document.id;
                let before = self.on_store(move |store| store.said(id)).await?.map(|said| said.reading.notices).unwrap_or_default();
                let is_other = read.as_ref().is_some_and(|read| read.reading.notices != before);
                let after = read.map(|read| read.reading.notices);
                let outdated = document.rules_version != RULES_VERSION;
                if apply
                    && after.is_some()
                    && (is_other || outdated)
                    && let Some(row) = self.on_store(move |store| store.document_by_id(id)).await?
                {
                    self.reread_document(row, document.snapshot).await?;
                }
                tell(&Reextracted { source: document.source, url: document.url, snapshot: document.snapshot, before, after });
            }
        }
        Ok(())
    }

    /// Reads the last snapshot of one document again; says whether it could.
    pub(super) async fn reread_document(&self, document: Document, snapshot: SnapshotId) -> Result<bool, StoreError> {
        let Some(source) = self.source(&document.source) else { return Ok(false) };
        let Ok(url) = Url::parse(&document.url) else { return Ok(false) };
        let Some(read) = self.read_snapshot(&source, &url, snapshot).await? else { return Ok(false) };
        let target = Target {
            url,
            kind: document.kind,
            next_visit: document.next_visit,
            known: Some(document),
            first_sight: Sight::Reread,
            news_since: None,
            must_be_there: false,
            source_is_there: Arc::default(),
        };
        self.settle(&source, &target, Seen::Reread { reading: read.reading, rules_version: RULES_VERSION }, read.title).await?;
        Ok(true)
    }

    /// What a snapshot says by the present rules; `None` where its bytes were given up.
    async fn read_snapshot(&self, source: &Arc<Source>, url: &Url, snapshot: SnapshotId) -> Result<Option<Read>, StoreError> {
        let (of, address) = (source.clone(), url.clone());
        self.on_store(move |store| {
            let Some(record) = store.snapshot(snapshot)? else { return Ok(None) };
            let bytes = match store.bytes(snapshot) {
                Ok(bytes) => bytes,
                // what was given up cannot be read again; the old reading stands
                Err(StoreError::Thinned { .. }) => return Ok(None),
                Err(error) => return Err(error),
            };
            let content_type =
                record.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.as_str());
            let document = material(&of, &address, content_type, &bytes);
            Ok(Some(read(&of, &address, &document)))
        })
        .await
    }

    fn source(&self, id: &SourceId) -> Option<Arc<Source>> {
        self.sources.iter().find(|(_, source)| source.id == *id).map(|(_, source)| Arc::new(source.clone()))
    }
}
