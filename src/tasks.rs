//! Tasks that others wait for.

use tokio::task::JoinHandle;

/// What a task brought. A panic in it goes on here. A task that the runtime took back, because it is shutting down, brings nothing: nobody waits
/// for it any more, and so this never returns.
pub async fn outcome<T>(task: JoinHandle<T>) -> T {
    match task.await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(defect) => std::panic::resume_unwind(defect),
            Err(_) => std::future::pending().await,
        },
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
}
