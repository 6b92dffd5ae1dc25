//! What a round looks at: the sources and documents whose time has come.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::Selection;
use crate::config::Sources;
use crate::config::sources::Source;
use crate::domain::SourceId;
use crate::store::{self, Store, StoreError};

/// One source to visit.
#[derive(Debug, Clone)]
pub struct Due {
    /// The source, as the operator's file gives it.
    pub source: Source,
    /// What the store knows of it.
    pub known: store::Source,
    /// Whether the source itself is due, or only documents of it.
    pub itself: bool,
    /// Its documents that are due on their own.
    pub documents: Vec<store::Document>,
    /// Whether every document is to be looked at, due or not.
    pub all: bool,
}

/// The sources of the selection that are due at `now`, the longest waiting first.
pub fn due(
    sources: Arc<Sources>,
    selection: Selection,
    now: Timestamp,
    limit: u32,
) -> impl FnOnce(&dyn Store) -> Result<Vec<Due>, StoreError> + Send + 'static {
    move |store| {
        let known = if selection.all { store.sources()? } else { store.due_sources(now, limit)? };
        let mut documents: BTreeMap<SourceId, Vec<store::Document>> = BTreeMap::new();
        if !selection.all {
            for document in store.due_documents(now, limit)? {
                documents.entry(document.source.clone()).or_default().push(document);
            }
        }
        let wanted = |source: &Source| {
            selection.body.as_ref().is_none_or(|body| *body == source.body)
                && selection.source.as_ref().is_none_or(|url| *url == source.url)
        };
        let by_id: BTreeMap<&SourceId, &Source> =
            sources.iter().map(|(_, source)| (&source.id, source)).filter(|(_, s)| wanted(s)).collect();
        let mut all_due = Vec::new();
        for known in known {
            if let Some(source) = by_id.get(&known.source.id) {
                let documents = documents.remove(&known.source.id).unwrap_or_default();
                all_due.push(Due { source: (*source).clone(), known, itself: true, documents, all: selection.all });
            }
        }
        for (id, documents) in documents {
            if let (Some(source), Some(known)) = (by_id.get(&id), store.source(&id)?) {
                all_due.push(Due { source: (*source).clone(), known, itself: false, documents, all: false });
            }
        }
        Ok(all_due)
    }
}
