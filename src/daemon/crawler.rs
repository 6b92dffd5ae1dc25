//! The crawler's loop: at every tick the sources whose time has come are visited, beside those still under way.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use tokio::sync::{Notify, watch};
use tokio::task::{Id, JoinError, JoinSet};

use super::pulse::Pulse;
use crate::domain::SourceId;
use crate::round::{Due, Round, Selection, Visited};
use crate::store::{Failure, StoreError};

/// After trouble with the store (a full disk, say) nothing new is begun for so long.
const STORE_REST: Duration = Duration::from_secs(30);
/// A source whose visit broke off by a defect of the program is left alone for so long.
const DEFECT_REST: SignedDuration = SignedDuration::from_hours(6);
/// A visit that never ends, because the process dies under it, is begun again after this time and not at once.
const BEGUN_UNTIL: SignedDuration = SignedDuration::from_mins(15);
/// Visits are under way and not one address was asked for so long: they are stuck.
const STUCK_AFTER: Duration = Duration::from_secs(600);

/// Visits what is due.
pub struct Crawler {
    /// The round of the present settings; a reload puts another in its place.
    pub rounds: watch::Receiver<Arc<Round>>,
    /// The clock's tick.
    pub tick: Arc<Notify>,
    /// Wakes the mailer when deliveries were written.
    pub mail: Arc<Notify>,
    /// Its signs of life.
    pub pulse: Arc<Pulse>,
    /// How many visits are under way, for the status line.
    pub n_under_way: Arc<AtomicUsize>,
    /// Turns true when the service is to stop.
    pub stop: watch::Receiver<bool>,
}

/// The visits under way.
#[derive(Default)]
struct UnderWay {
    visits: JoinSet<Result<Visited, StoreError>>,
    sources: HashMap<Id, SourceId>,
}

/// What tells a slow crawler from a stuck one.
struct Progress {
    n_asked: u64,
    since: Instant,
}

impl Crawler {
    /// Runs until told to stop; then the visits under way are finished.
    pub async fn run(mut self) {
        let mut under_way = UnderWay::default();
        let mut progress = Progress { n_asked: 0, since: Instant::now() };
        let mut rest_until = Instant::now();
        while !*self.stop.borrow() {
            tokio::select! {
                () = self.tick.notified() => {}
                Some(ended) = under_way.visits.join_next_with_id() => {
                    if self.ended(&mut under_way, ended) {
                        rest_until = Instant::now() + STORE_REST;
                    }
                }
                _ = self.stop.changed() => break,
            }
            if Instant::now() >= rest_until
                && let Err(error) = self.fill(&mut under_way).await
            {
                tracing::error!("{error}");
                rest_until = Instant::now() + STORE_REST;
            }
            self.n_under_way.store(under_way.visits.len(), Ordering::Relaxed);
            self.show_life(&under_way, &mut progress);
        }
        while let Some(ended) = under_way.visits.join_next_with_id().await {
            self.ended(&mut under_way, ended);
            self.pulse.beat();
        }
    }

    /// Begins visits of sources that are due, as many as fit.
    async fn fill(&self, under_way: &mut UnderWay) -> Result<(), StoreError> {
        let round = self.rounds.borrow().clone();
        let at_once = round.sources_at_once();
        let free = at_once.saturating_sub(under_way.visits.len());
        if free == 0 {
            return Ok(());
        }
        let busy: HashSet<SourceId> = under_way.sources.values().cloned().collect();
        // those under way are still due: ask for as many more
        let limit = u32::try_from(at_once + busy.len()).unwrap_or(u32::MAX);
        let due = round.due(&Selection::default(), limit).await?;
        let due: Vec<Due> = due.into_iter().filter(|due| !busy.contains(&due.source.id)).take(free).collect();
        round.begin(&due, BEGUN_UNTIL).await?;
        for due in due {
            let source = due.source.id.clone();
            let visit = under_way.visits.spawn(round.clone().visit_due(due));
            under_way.sources.insert(visit.id(), source);
        }
        Ok(())
    }

    /// Notes the end of a visit; says whether the store is in trouble.
    fn ended(&self, under_way: &mut UnderWay, ended: Result<(Id, Result<Visited, StoreError>), JoinError>) -> bool {
        match ended {
            Ok((id, result)) => {
                under_way.sources.remove(&id);
                match result {
                    Ok(visited) => self.tell(&visited),
                    Err(error) => {
                        tracing::error!("{error}");
                        return true;
                    }
                }
            }
            Err(defect) => {
                if let Some(source) = under_way.sources.remove(&defect.id()) {
                    self.set_aside(&source, &defect);
                }
            }
        }
        false
    }

    fn tell(&self, visited: &Visited) {
        let source = &visited.source;
        for change in &visited.changes {
            let (id, office, aspect) = (change.id.map_or(0, |id| id.0), &change.key.office, change.aspect.as_str());
            tracing::info!(%source, change = id, "{}: {office} {aspect} changed (change {id})", change.body);
        }
        if !visited.changes.is_empty() {
            self.mail.notify_one();
        }
    }

    /// A visit that broke off must not be begun again at every tick.
    fn set_aside(&self, source: &SourceId, defect: &JoinError) {
        tracing::error!(%source, "the visit of {source} broke off, which is a defect of the program: {defect}");
        let round = self.rounds.borrow().clone();
        let now = round.clock.now();
        let words = "reading it broke off, which is a defect of this program: please report it".to_string();
        let next_try = now.checked_add(DEFECT_REST).unwrap_or(now);
        let failure = Failure { source: source.clone(), at: now, words, next_try };
        tokio::task::spawn_blocking(move || {
            if let Err(error) = round.store.record_failure(&failure) {
                tracing::error!("{error}");
            }
        });
    }

    /// A sign of life, unless visits are under way and nothing moves.
    fn show_life(&self, under_way: &UnderWay, progress: &mut Progress) {
        let n_asked = self.rounds.borrow().n_asked.load(Ordering::Relaxed);
        if n_asked != progress.n_asked || under_way.visits.is_empty() {
            *progress = Progress { n_asked, since: Instant::now() };
        }
        if progress.since.elapsed() < STUCK_AFTER {
            self.pulse.beat();
        }
    }
}
