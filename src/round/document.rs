//! One document, from the wire to the outbox.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::OnceCell;
use url::Url;

use super::fold::{ATTEMPTS, Fold};
use super::read::{Read, material, matter_sha, read};
use super::{RULES_VERSION, Round, catalogue};
use crate::config::sources::Source;
use crate::domain::{Change, DocumentKind};
use crate::fetch::{self, FetchError, Reply, Response, Scope, Verdict, attachments, judge};
use crate::resolve::{self, DocumentNotices, Sight};
use crate::store::{
    self, DocumentId, DocumentVisit, Found, Known, Received, Seen, Sha256, Store, StoreError, Unchanged, Visit, snapshot_of_nth,
};

/// Where the end of a page is looked for.
const TAIL: usize = 4096;

/// How many PDFs of one article are read.
const MAX_ATTACHMENTS: usize = 5;

/// An address to visit.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where.
    pub url: Url,
    /// Page or article.
    pub kind: DocumentKind,
    /// What the store knows of it.
    pub known: Option<store::Document>,
    /// What a first reading of it is to what is known.
    pub first_sight: Sight,
    /// Published on this day or later it is news all the same: the list was there before, and named nothing.
    pub news_since: Option<Date>,
    /// Whether its absence is a trouble and never a removal: the source is this one page, or the list that names it was not read just now.
    pub must_be_there: bool,
    /// When to visit it next.
    pub next_visit: Option<Timestamp>,
    /// Whether the source's own address answers, once somebody asked: shared by the documents of one visit.
    pub source_is_there: Arc<OnceCell<bool>>,
}

impl Target {
    /// The page, and the hash of what it is known to be read from, where equal matter leaves nothing to be done.
    fn settled_matter(&self) -> Option<(DocumentId, Sha256)> {
        let known = self.known.as_ref().filter(|known| self.kind == DocumentKind::Page && known.kind == DocumentKind::Page)?;
        let is_settled = known.rules_version == Some(RULES_VERSION) && !known.waits && known.gone_since.is_none();
        is_settled.then_some((known.id, known.matter_sha?))
    }
}

/// What came of looking at a page.
#[derive(Debug)]
enum Looked {
    /// It was read.
    Read(Read),
    /// All that would be read is as it was at the last load of this document.
    Same(DocumentId),
    /// It is not the page.
    NotThePage(Verdict),
}

/// A page that says what it said.
#[derive(Debug, Clone, Copy)]
struct Same {
    document: DocumentId,
    /// Whether a reader sees the same text, too.
    text: bool,
}

/// How a visit ended.
#[derive(Debug)]
pub enum Outcome {
    /// As it was; to be noted together with others.
    Unchanged(Unchanged, u64),
    /// Read, with what changed, and how many bytes came.
    Read(Vec<Change>, u64),
    /// It is no longer there.
    Gone(Vec<Change>),
    /// It could not be had.
    Failed(FetchError),
    /// What came is not the page.
    NotThePage(Verdict),
}

impl Round {
    /// Visits one document.
    pub(super) async fn visit(&self, source: &Arc<Source>, target: &Target) -> Result<Outcome, StoreError> {
        // what newer rules find in old bytes is no news: it is settled before anything new is looked at
        if let Some(known) = &target.known
            && known.rules_version.is_some_and(|version| version != RULES_VERSION)
            && let Some(snapshot) = known.snapshot
        {
            self.reread_document(known.clone(), snapshot).await?;
        }
        let request =
            catalogue::request(source, target.url.clone(), target.known.as_ref().map(|known| (&known.validators, known.n_visits)));
        let reply = self.fetcher.take(&request).await;
        self.n_asked.fetch_add(1, Ordering::Relaxed);
        // the place is kept to the end of the visit: pages come no faster than they are read, and few wait here with all their bytes
        let (response, _place) = match reply {
            Ok((Reply::Fresh(response), place)) => (response, place),
            Ok((Reply::Unchanged(unchanged), _)) => return self.unchanged(source, target, unchanged).await,
            // a firewall's or a parked domain's 404 says nothing of the page, nor does that of a server which finds nothing any more
            Err(error @ FetchError::Status { status: 404 | 410, verdict: None, .. }) if !target.must_be_there && target.known.is_some() => {
                if !*target.source_is_there.get_or_init(|| self.is_there(source)).await {
                    return Ok(Outcome::Failed(error));
                }
                return Ok(Outcome::Gone(self.settle(source, target, Seen::Gone, None).await?));
            }
            Err(error) => return Ok(Outcome::Failed(error)),
        };
        let n_bytes = response.body.len() as u64;
        let (response, read) = self.read(source, Some(target), response).await;
        let read = match read {
            Looked::Read(read) => read,
            Looked::Same(document) => return Ok(Outcome::Unchanged(self.same(document, target, &response, None), n_bytes)),
            Looked::NotThePage(verdict) => return Ok(Outcome::NotThePage(verdict)),
        };
        if self.stops_short(target, &response).await? {
            return Ok(Outcome::NotThePage(Verdict::Truncated));
        }
        let said = self.says_the_same(target, &read).await?;
        if let Some(Same { document, text: true }) = said {
            return Ok(Outcome::Unchanged(self.same(document, target, &response, read.matter_sha), n_bytes));
        }
        let received = Received {
            status: response.status,
            final_url: response.url.to_string(),
            headers: response.headers,
            body: response.body,
            text_sha: read.text_sha,
            matter_sha: read.matter_sha,
        };
        let seen = Seen::Fresh { received, reading: read.reading, rules_version: RULES_VERSION };
        let changes = match said {
            Some(_) => self.keep(source, target, seen).await?,
            None => self.settle(source, target, seen, read.title).await?,
        };
        self.note_attachments(source, target, read.attachments).await?;
        Ok(Outcome::Read(changes, n_bytes))
    }

    /// Whether a page without its end breaks off where the last copy of it went on.
    async fn stops_short(&self, target: &Target, response: &Response) -> Result<bool, StoreError> {
        let Some(snapshot) = target.known.as_ref().and_then(|known| known.snapshot) else { return Ok(false) };
        let tail = response.body.get(response.body.len().saturating_sub(TAIL)..).unwrap_or_default();
        if [&b"</body"[..], b"</html", b"</BODY", b"</HTML"].iter().any(|end| tail.windows(end.len()).any(|part| part == *end)) {
            return Ok(false); // nearly all pages: the copy need not be fetched
        }
        let now = response.body.clone();
        self.on_store(move |store| match store.bytes(snapshot) {
            Ok(before) => Ok(fetch::stops_short(&now, &before)),
            Err(StoreError::Thinned { .. }) => Ok(false),
            Err(error) => Err(error),
        })
        .await
    }

    /// Whether a page says what it said, and nothing waits for it: then nothing follows from it, whatever else its bytes hold. An article is
    /// looked at in full, since its title counts too.
    async fn says_the_same(&self, target: &Target, read: &Read) -> Result<Option<Same>, StoreError> {
        let is_page = target.kind == DocumentKind::Page && target.known.as_ref().is_some_and(|known| known.kind == DocumentKind::Page);
        let Some(known) = target.known.as_ref().filter(|_| is_page) else { return Ok(None) };
        let id = known.id;
        // asked anew: the last copy may just have been read again
        let (document, said) = self.on_store(move |store| Ok((store.document_by_id(id)?, store.said(id)?))).await?;
        let is_settled = document.is_some_and(|document| !document.waits && document.gone_since.is_none());
        let said = said.filter(|said| is_settled && said.rules_version == RULES_VERSION && said.reading == read.reading);
        Ok(said.map(|said| Same { document: id, text: said.text_sha == read.text_sha }))
    }

    /// Keeps a new copy of a page that says what it said (a counter on it moved): the body's facts stay as they are.
    async fn keep(&self, source: &Arc<Source>, target: &Target, seen: Seen) -> Result<Vec<Change>, StoreError> {
        let _turn = self.turns.take(&source.body).await;
        let bench = Bench { source: source.clone(), target: target.clone(), title: None, fold: self.folding(&source.body) };
        self.on_store(move |store| store.record(&bench.visit(seen)).map(|_| Vec::new())).await
    }

    /// The note that a page is as it was, though its bytes are others.
    fn same(&self, document: DocumentId, target: &Target, response: &Response, matter_sha: Option<Sha256>) -> Unchanged {
        let validators = catalogue::to_store(&response.validators());
        Unchanged { document, at: self.clock.now(), next_visit: target.next_visit, validators: Some(validators), matter_sha }
    }

    /// Whether the source's own address answers with a page.
    async fn is_there(&self, source: &Arc<Source>) -> bool {
        let request = catalogue::request(source, source.url.clone(), None);
        match self.fetcher.get(&request).await {
            Ok(Reply::Fresh(response)) => matches!(self.read(source, None, response).await.1, Looked::Read(_)),
            Ok(Reply::Unchanged(_)) => true,
            Err(_) => false,
        }
    }

    /// The PDFs that an article links are documents like the article, first seen when it was.
    async fn note_attachments(&self, source: &Arc<Source>, target: &Target, attachments: Vec<Url>) -> Result<(), StoreError> {
        let Some(known) = target.known.as_ref().filter(|known| known.kind == DocumentKind::News && !attachments.is_empty()) else {
            return Ok(());
        };
        let now = self.clock.now();
        let found = attachments.into_iter().map(|url| Found { url: url.into(), kind: DocumentKind::News, next_visit: Some(now) });
        let (id, found, seen_at) = (source.id.clone(), found.collect::<Vec<_>>(), known.first_seen);
        self.on_store(move |store| store.discover(&id, &found, seen_at)).await?;
        Ok(())
    }

    /// The page is as it was. That may settle something that waits; else it is a row to be updated.
    async fn unchanged(&self, source: &Arc<Source>, target: &Target, unchanged: crate::fetch::Unchanged) -> Result<Outcome, StoreError> {
        let Some(known) = &target.known else {
            // without validators sent there is no "not modified"; a server that says so all the same tells us nothing
            return Ok(Outcome::NotThePage(Verdict::Empty));
        };
        let row = Unchanged {
            document: known.id,
            at: self.clock.now(),
            next_visit: target.next_visit,
            validators: Some(catalogue::to_store(&unchanged.validators)),
            matter_sha: None,
        };
        if !known.waits {
            return Ok(Outcome::Unchanged(row, unchanged.bytes));
        }
        let id = known.id;
        let reading = self
            .on_store(move |store| {
                store.record_unchanged(&[row])?;
                Ok(store.said(id)?.map(|said| said.reading))
            })
            .await?;
        let Some(reading) = reading else { return Ok(Outcome::Read(Vec::new(), unchanged.bytes)) };
        let seen = Seen::Reread { reading, rules_version: RULES_VERSION };
        // known bytes, yet a fetch like any other: what stayed away long enough is told now
        let again = Target { first_sight: Sight::News, ..target.clone() };
        Ok(Outcome::Read(self.settle(source, &again, seen, None).await?, unchanged.bytes))
    }

    /// Makes a reading of a page, off the asynchronous threads, a few at a time.
    async fn read(&self, source: &Arc<Source>, target: Option<&Target>, response: Response) -> (Response, Looked) {
        let source = source.clone();
        let is_article = target.is_some_and(|target| target.kind == DocumentKind::News);
        let settled = target.and_then(Target::settled_matter);
        let may_recur = target.is_some_and(|target| target.kind == DocumentKind::Page);
        let work = move || {
            let document = material(&source, &response.url, response.content_type(), &response.body);
            let matter = if may_recur { matter_sha(&source, &response.url, &document) } else { None };
            if let (Some((id, settled)), Some(matter)) = (settled, matter)
                && settled == matter
            {
                return (response, Looked::Same(id));
            }
            let looked = match judge(&response, &document) {
                Some(verdict) => Looked::NotThePage(verdict),
                None if leads_to_list(&source, &response) => Looked::NotThePage(Verdict::RedirectedHome),
                None => {
                    let attachments = if is_article { attachments_of(&response, &catalogue::scope(&source)) } else { Vec::new() };
                    Looked::Read(Read { attachments, matter_sha: matter, ..read(&source, &response.url, &document) })
                }
            };
            (response, looked)
        };
        self.readers.run(work).await
    }

    /// Folds what was seen into what is known, compares, and records the visit with all that follows. Returns the changes.
    pub(super) async fn settle(
        &self,
        source: &Arc<Source>,
        target: &Target,
        seen: Seen,
        title: Option<String>,
    ) -> Result<Vec<Change>, StoreError> {
        let _turn = self.turns.take(&source.body).await;
        let bench = Bench { source: source.clone(), target: target.clone(), title, fold: self.folding(&source.body) };
        self.on_store(move |store| {
            let mut visit = bench.visit(seen);
            for _ in 1..ATTEMPTS {
                match bench.settle(store, &mut visit) {
                    Err(StoreError::Moved { .. }) => {} // another process was faster: compare with what it left
                    settled => return settled,
                }
            }
            bench.settle(store, &mut visit)
        })
        .await
    }
}

/// A document that leads to its own list has gone, whatever the address of the list looks like.
fn leads_to_list(source: &Source, response: &Response) -> bool {
    let list = fetch::canonical(&source.url);
    !response.redirects.is_empty() && fetch::canonical(&response.url) == list && fetch::canonical(&response.requested) != list
}

/// The PDFs in an article's own matter, not more than a few.
fn attachments_of(response: &Response, scope: &Scope) -> Vec<Url> {
    attachments(response, scope).into_iter().map(|article| article.url).take(MAX_ATTACHMENTS).collect()
}

/// What one visit is settled with.
struct Bench {
    source: Arc<Source>,
    target: Target,
    title: Option<String>,
    fold: Fold,
}

impl Bench {
    /// The visit, before anything follows from it.
    fn visit(&self, seen: Seen) -> Visit {
        let document = DocumentVisit {
            source: self.source.id.clone(),
            url: self.target.url.to_string(),
            kind: self.target.kind,
            next_visit: self.target.next_visit,
            memory: None,
            seen,
        };
        Visit { body: self.source.body.clone(), at: self.fold.now, documents: vec![document], findings: None }
    }

    /// Folds, compares, records. Returns the changes, with their ids.
    fn settle(&self, store: &dyn Store, visit: &mut Visit) -> Result<Vec<Change>, StoreError> {
        let known = store.known(&self.source.body, self.fold.recent_since())?;
        let mut changes = Vec::new();
        if let Some(document) = visit.documents.first_mut() {
            let (memory, sight) = self.remember(&known, &document.seen);
            let memory = memory.map(|memory| self.fold.weigh(&known, &memory));
            let said = |memory: &DocumentNotices| !memory.statements.is_empty() || !memory.doubts.is_empty();
            // a document that says nothing, and never did, leaves the body's facts alone
            let matters = self.previous(&known).is_some_and(said) || memory.as_ref().is_some_and(said);
            if let (Some(memory), true) = (&memory, matters) {
                let findings = self.fold.compare(store, &known, Some(memory), sight)?;
                changes.clone_from(&findings.changes);
                visit.findings = Some(findings);
            }
            document.memory = memory;
        }
        let recorded = store.record(visit)?;
        for (change, id) in changes.iter_mut().zip(&recorded.changes) {
            change.id = Some(*id);
        }
        Ok(changes)
    }

    /// What was remembered of this document before.
    fn previous<'k>(&self, known: &'k Known) -> Option<&'k DocumentNotices> {
        let url = self.target.url.as_str();
        let mine = known.documents.iter().find(|document| document.source == self.source.id && document.url == url);
        mine.and_then(|document| document.memory.as_ref())
    }

    /// The memory of the document after this visit, and what the visit is to what is known.
    fn remember(&self, known: &Known, seen: &Seen) -> (Option<DocumentNotices>, Sight) {
        let previous = self.previous(known);
        let (reading, sight, snapshot) = match seen {
            Seen::Gone => return (previous.map(|memory| resolve::remember_gone(memory, self.fold.now)), Sight::News),
            Seen::Fresh { reading, .. } => {
                let is_new = self.target.news_since.zip(reading.published).is_some_and(|(since, published)| published >= since);
                let sight = if previous.is_some() || is_new { Sight::News } else { self.target.first_sight };
                (reading, sight, snapshot_of_nth(0))
            }
            Seen::Reread { reading, .. } => (reading, self.target.first_sight, snapshot_of_nth(0)),
        };
        let visit = resolve::Visit {
            url: self.target.url.as_str(),
            source: &self.source.id,
            kind: self.target.kind,
            title: self.title.as_deref(),
            at: self.fold.now,
            snapshot,
            reading,
            sight,
        };
        (Some(resolve::remember(previous, &visit)), sight)
    }
}
