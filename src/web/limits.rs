//! How often one network may ask: a bucket of tokens for each, filled at a steady rate. Memory is bounded whatever the number of networks.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many networks are remembered; then the full buckets, which say nothing, are forgotten.
const MOST: usize = 50_000;

/// Limits for one kind of question.
#[derive(Debug)]
pub struct Limits {
    /// So many at once.
    burst: u32,
    /// So many a second in the long run.
    rate: f64,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

/// What a reader is told of its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// So many at once.
    pub limit: u32,
    /// So many are left.
    pub remaining: u32,
    /// After so many seconds all of them are there again.
    pub reset: u64,
    /// When the next may come, in seconds; zero: at once.
    pub wait: u64,
}

impl Default for Limits {
    /// The API's: 300 at once, ten a second in the long run.
    fn default() -> Self {
        Self::new(300, 10.0)
    }
}

impl Limits {
    /// `burst` at once, `rate` a second in the long run.
    pub fn new(burst: u32, rate: f64) -> Self {
        Self { burst, rate, buckets: Mutex::default() }
    }

    /// So many a second in the long run.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Counts one question of a network.
    pub fn count(&self, network: IpAddr, now: Instant) -> Allowance {
        let full = f64::from(self.burst);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST && !buckets.contains_key(&network) {
            let filled = Duration::from_secs_f64(full / self.rate);
            buckets.retain(|_, bucket| now.saturating_duration_since(bucket.at) < filled);
            if buckets.len() >= MOST {
                buckets.clear(); // a flood from everywhere: better to forget than to grow
            }
        }
        let bucket = buckets.entry(network).or_insert(Bucket { tokens: full, at: now });
        let elapsed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.tokens = (bucket.tokens + elapsed * self.rate).min(full);
        bucket.at = now;
        let allowed = bucket.tokens >= 1.0;
        if allowed {
            bucket.tokens -= 1.0;
        }
        let seconds = |tokens: f64| (tokens / self.rate).ceil().max(0.0) as u64;
        Allowance {
            limit: self.burst,
            remaining: bucket.tokens as u32,
            reset: seconds(full - bucket.tokens),
            wait: if allowed { 0 } else { seconds(1.0 - bucket.tokens).max(1) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate_holds_and_others_are_not_touched() {
        let limits = Limits::new(3, 1.0);
        let (one, other): (IpAddr, IpAddr) = ([198, 51, 100, 1].into(), [198, 51, 100, 2].into());
        let start = Instant::now();
        let at = |second: u64| start + Duration::from_secs(second);
        assert_eq!(limits.count(one, at(0)), Allowance { limit: 3, remaining: 2, reset: 1, wait: 0 });
        assert_eq!(limits.count(one, at(0)).remaining, 1);
        assert_eq!(limits.count(one, at(0)).remaining, 0);
        assert_eq!(limits.count(one, at(0)).wait, 1);
        assert_eq!(limits.count(other, at(0)).wait, 0);
        assert_eq!(limits.count(one, at(1)).wait, 0);
        assert_eq!(limits.count(one, at(1)).wait, 1);
        assert_eq!(limits.count(one, at(100)), Allowance { limit: 3, remaining: 2, reset: 1, wait: 0 });
    }

    #[test]
    fn memory_is_bounded() {
        let limits = Limits::new(3, 1.0);
        let now = Instant::now();
        for n in 0..u32::try_from(MOST).unwrap() + 10 {
            limits.count(IpAddr::V4(n.into()), now);
        }
        assert!(limits.buckets.lock().unwrap().len() <= MOST);
    }
}
