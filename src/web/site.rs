//! What every answer needs: the store, the settings, and how questions reach the store without holding up other readers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use super::answer::{Answer, Failure};
use super::limits::Limits;
use super::reader::Reader;
use crate::config::settings::Web;
use crate::domain::{ChangeId, Language};
use crate::round::Clock;
use crate::store::{ChangeFilter, Sizes, Store, StoreError};

/// So many questions are put to the store at once: as many as it keeps readers open. The rest wait in line.
const AT_ONCE: usize = 8;
/// What all readers see alike is made anew after this time at the latest, and when a change came.
const KEPT: Duration = Duration::from_secs(10);
/// So many answers are kept.
const MANY_KEPT: usize = 200;
/// Packages of proof and archived pages are unpacked from chains of versions: so many at once.
const HEAVY_AT_ONCE: usize = 2;

/// The public site.
pub struct Site {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// `[web]`.
    pub settings: Web,
    /// What time it is.
    pub clock: Clock,
    /// How often one reader may ask.
    pub limits: Limits,
    sizes: Mutex<Option<(Instant, Sizes)>>,
    kept: Mutex<HashMap<(Language, String), Kept>>,
    turns: Arc<Semaphore>,
    heavy: Arc<Semaphore>,
}

impl Site {
    /// A site over a store.
    pub fn new(store: Arc<dyn Store>, settings: Web, clock: Clock) -> Self {
        Self {
            store,
            settings,
            clock,
            limits: Limits::default(),
            sizes: Mutex::default(),
            kept: Mutex::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            heavy: Arc::new(Semaphore::new(HEAVY_AT_ONCE)),
        }
    }

    /// Does work that reads the store, and the writing of a page from it, on a thread that may block.
    pub async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.in_line(&self.turns, work).await
    }

    /// The same for what takes long: few at once, so that pages stay quick.
    pub async fn heavy_work<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.in_line(&self.heavy, work).await
    }

    async fn in_line<T: Send + 'static>(
        self: &Arc<Self>,
        line: &Arc<Semaphore>,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let site = self.clone();
        // the turn goes along: a reader who leaves does not free it before the work is done
        let turn = line.clone().acquire_owned().await.map_err(Failure::defect)?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&site)
        });
        done.await.map_err(Failure::defect)?
    }

    /// An answer that is the same for all readers of this address and language: the one made a moment ago, unless a change came since.
    pub(super) fn kept(&self, reader: &Reader, make: impl FnOnce() -> Result<Answer, Failure>) -> Result<Answer, Failure> {
        let newest = self.store.changes(&ChangeFilter::default(), None, 1)?.changes.first().and_then(|change| change.id);
        let address = format!("{}{}?{}", reader.prefix, reader.path, reader.query.as_deref().unwrap_or_default());
        let key = (reader.language, address);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.get(&key).filter(|found| found.newest == newest && found.at.elapsed() < KEPT) {
            return Ok(found.answer.clone());
        }
        if kept.len() >= MANY_KEPT {
            kept.retain(|_, kept| kept.at.elapsed() < KEPT);
        }
        drop(kept);
        let answer = make()?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MANY_KEPT {
            kept.insert(key, Kept { at: Instant::now(), newest, answer: answer.clone() });
        }
        Ok(answer)
    }

    /// How large things are, as counted within the last minutes: counting goes over whole tables.
    pub(super) fn sizes(&self) -> Result<Sizes, StoreError> {
        let known = *self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        match known {
            Some((at, sizes)) if at.elapsed() < Duration::from_secs(300) => Ok(sizes),
            _ => {
                let sizes = self.store.sizes()?;
                *self.sizes.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), sizes));
                Ok(sizes)
            }
        }
    }

    /// An address of the site, as it is reached from outside. `path` begins with a slash.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.settings.public_url)
    }
}

/// An answer, when it was made, and the newest change there was then.
struct Kept {
    at: Instant,
    newest: Option<ChangeId>,
    answer: Answer,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
