//! What every answer needs: the store, the settings, and how questions reach the store without holding up other readers.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::answer::Failure;
use super::kept::KeptAnswers;
use super::lately::Lately;
use super::limits::Limits;
use super::provinces;
use crate::config::settings::Web;
use crate::round::Clock;
use crate::store::{Sizes, Store, StoreError};

/// So many questions are put to the store at once: as many as it keeps readers open. The rest wait in line.
const AT_ONCE: usize = 8;
/// Packages of proof and archived pages are unpacked from chains of versions: so many at once.
const HEAVY_AT_ONCE: usize = 2;

/// A province by its letters and in words: "LU", "Lucca (LU)".
#[derive(Debug)]
pub(super) struct Province {
    pub code: String,
    pub title: String,
}

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
    sizes: Lately<Sizes>,
    provinces: Lately<Arc<[Province]>>,
    pub(super) answers: KeptAnswers,
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
            sizes: Lately::within(Duration::from_secs(300)),
            provinces: Lately::within(Duration::from_secs(10)),
            answers: KeptAnswers::default(),
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

    /// How large things are, as counted within the last minutes: counting goes over whole tables.
    pub(super) fn sizes(&self) -> Result<Sizes, StoreError> {
        self.sizes.get(|| self.store.sizes())
    }

    /// The provinces of the bodies that are watched, in the order of their letters.
    pub(super) fn provinces(&self) -> Result<Arc<[Province]>, StoreError> {
        let named = |code: String| Province { title: provinces::title(&code), code };
        self.provinces.get(|| Ok(self.store.provinces()?.into_iter().map(named).collect()))
    }

    /// An address of the site, as it is reached from outside. `path` begins with a slash.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.settings.public_url)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
