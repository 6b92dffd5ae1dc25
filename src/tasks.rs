//! Tasks that others wait for.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::{io, thread};

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What a task brought. A panic in it goes on here. A task that the runtime took back, because it is shutting down, brings nothing: nobody waits
/// for it any more, and so this never returns.
pub async fn outcome<T>(task: JoinHandle<T>) -> T {
    match task.await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(defect) => panic::resume_unwind(defect),
            Err(_) => std::future::pending().await,
        },
    }
}

/// Runs a future to its end on a thread of its own, from now on. What waits for many small answers is not handed from thread to thread there,
/// and wakes no other for each. Returns what brings its outcome: a panic in it goes on there; whoever drops that no longer waits, while the
/// thread goes on.
///
/// # Errors
/// The system gives no thread, or nothing to wait with.
pub fn on_own_thread<F, T>(name: &str, begin: impl FnOnce() -> F + Send + 'static) -> io::Result<impl Future<Output = T> + Send>
where
    F: Future<Output = T>,
    T: Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (tell, told) = oneshot::channel();
    thread::Builder::new().name(name.into()).spawn(move || {
        let ended = panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(async { begin().await })));
        // whoever asked may wait no longer
        let _ = tell.send(ended);
    })?;
    Ok(brought(told))
}

/// Threads for work that blocks, as many as may be at it at once; what comes beyond them waits its turn. They end with this value.
///
/// The runtime's own threads for such work are many, and take turns: each would come to hold all the memory that the largest piece of work
/// ever needed there.
#[derive(Debug)]
pub struct Workers {
    queue: mpsc::Sender<Job>,
}

type Job = Box<dyn FnOnce() + Send>;

impl Workers {
    /// So many threads, named for what they do.
    pub fn new(name: &str, n_threads: usize) -> io::Result<Self> {
        let (queue, jobs) = mpsc::channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..n_threads {
            let jobs = jobs.clone();
            let next = move || jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            thread::Builder::new().name(name.into()).spawn(move || {
                while let Ok(job) = next() {
                    job();
                }
            })?;
        }
        Ok(Self { queue })
    }

    /// Does a piece of work on one of them. A panic in it goes on here. Work that nobody waits for any more is not begun.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let (tell, told) = oneshot::channel();
        let job = move || {
            if !tell.is_closed() {
                let _ = tell.send(panic::catch_unwind(AssertUnwindSafe(work)));
            }
        };
        // they live as long as this value
        let _ = self.queue.send(Box::new(job));
        brought(told).await
    }
}

/// What another thread brought, or its panic.
async fn brought<T>(told: oneshot::Receiver<thread::Result<T>>) -> T {
    match told.await {
        Ok(Ok(value)) => value,
        Ok(Err(defect)) => panic::resume_unwind(defect),
        // a thread always tells, unless everything ends
        Err(_) => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_goes_on_and_a_task_taken_back_is_no_panic() {
        assert_eq!(outcome(tokio::task::spawn_blocking(|| 7)).await, 7);
        let broken = tokio::spawn(outcome(tokio::task::spawn_blocking(|| panic!("broken"))));
        assert!(broken.await.unwrap_err().is_panic());
        let taken_back = tokio::spawn(std::future::pending::<()>());
        taken_back.abort();
        let waited = tokio::time::timeout(std::time::Duration::from_millis(20), outcome(taken_back)).await;
        assert!(waited.is_err(), "it waits, and does not panic");
    }

    #[tokio::test]
    async fn a_thread_of_its_own_brings_what_it_made_and_its_panic() {
        let home = std::thread::current().id();
        let work = move || async move {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            std::thread::current().id() != home
        };
        assert!(on_own_thread("work", work).unwrap().await);
        let broken = tokio::spawn(on_own_thread("broken", || async { panic!("broken") }).unwrap());
        let broken: Result<(), _> = broken.await;
        assert!(broken.unwrap_err().is_panic());
    }

    #[tokio::test]
    async fn workers_do_so_much_at_once_and_outlive_a_panic() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let workers = Arc::new(Workers::new("work", 2).unwrap());
        let (at_it, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut all = tokio::task::JoinSet::new();
        for n in 0..20 {
            let (workers, at_it, most) = (workers.clone(), at_it.clone(), most.clone());
            all.spawn(async move {
                let work = move || {
                    most.fetch_max(at_it.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    thread::yield_now();
                    at_it.fetch_sub(1, Ordering::SeqCst);
                    assert_ne!(n, 7, "broken");
                    n
                };
                workers.run(work).await
            });
        }
        let mut n_done = 0;
        while let Some(ended) = all.join_next().await {
            n_done += usize::from(ended.is_ok());
        }
        assert_eq!(n_done, 19);
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)));
    }
}
