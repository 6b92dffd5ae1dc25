//! The program learned to read better: the last snapshots are read again by the new rules and become the baseline, silently.

use std::sync::Arc;

use url::Url;

use super::document::Target;
use super::read::{material, read};
use super::{RULES_VERSION, Round};
use crate::config::sources::Source;
use crate::domain::SourceId;
use crate::resolve::Sight;
use crate::store::{Document, Outdated, Seen, SnapshotId, StoreError};

/// How many documents are asked of the store at once.
const BATCH: u32 = 100;

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

    /// Reads the last snapshot of one document again; says whether it could.
    pub(super) async fn reread_document(&self, document: Document, snapshot: SnapshotId) -> Result<bool, StoreError> {
        let Some(source) = self.source(&document.source) else { return Ok(false) };
        let Ok(url) = Url::parse(&document.url) else { return Ok(false) };
        let (lexicon, of, address) = (self.lexicon, source.clone(), url.clone());
        let read = self
            .on_store(move |store| {
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
                Ok(Some(read(lexicon, &of, &address, &document)))
            })
            .await?;
        let Some(read) = read else { return Ok(false) };
        let target = Target {
            url,
            kind: document.kind,
            next_visit: document.next_visit,
            known: Some(document),
            first_sight: Sight::Reread,
            is_source: false,
        };
        self.settle(&source, &target, Seen::Reread { reading: read.reading, rules_version: RULES_VERSION }, read.title).await?;
        Ok(true)
    }

    fn source(&self, id: &SourceId) -> Option<Arc<Source>> {
        self.sources.iter().find(|(_, source)| source.id == *id).map(|(_, source)| Arc::new(source.clone()))
    }
}
