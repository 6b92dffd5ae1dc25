//! What was worked out a moment ago, and may be told again.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A value that is made anew when it is older than a bound.
#[derive(Debug)]
pub(super) struct Lately<T> {
    bound: Duration,
    known: Mutex<Option<(Instant, T)>>,
}

impl<T: Clone> Lately<T> {
    /// Nothing yet; what will be made is told for so long.
    pub(super) fn within(bound: Duration) -> Self {
        Self { bound, known: Mutex::default() }
    }

    /// The value, or what `make` makes. Its error is passed on and not kept.
    pub(super) fn get<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, value)) = known.filter(|(at, _)| at.elapsed() < self.bound) {
            return Ok(value);
        }
        let value = make()?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), value.clone()));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_made_again_when_it_is_too_old_or_could_not_be_made() {
        let lasting = Lately::within(Duration::from_secs(3600));
        assert_eq!(lasting.get(|| Err::<i32, _>("no disk")), Err("no disk"));
        assert_eq!(lasting.get(|| Ok::<_, &str>(1)), Ok(1));
        assert_eq!(lasting.get(|| Ok::<_, &str>(2)), Ok(1));
        let fleeting = Lately::within(Duration::ZERO);
        assert_eq!(fleeting.get(|| Ok::<_, &str>(1)), Ok(1));
        assert_eq!(fleeting.get(|| Ok::<_, &str>(2)), Ok(2));
    }
}
