//! Tasks that others wait for.

use std::panic::{self, AssertUnwindSafe};
use std::{io, thread};

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
    let (tell, told) = tokio::sync::oneshot::channel();
    thread::Builder::new().name(name.into()).spawn(move || {
        let ended = panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(async { begin().await })));
        // whoever asked may wait no longer
        let _ = tell.send(ended);
    })?;
    Ok(async {
        match told.await {
            Ok(Ok(value)) => value,
            Ok(Err(defect)) => panic::resume_unwind(defect),
            // a thread always tells before it ends
            Err(_) => std::future::pending().await,
        }
    })
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
}
