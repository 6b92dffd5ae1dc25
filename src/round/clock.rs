//! What time it is for a round.

use jiff::Timestamp;

/// The present: the machine's, or an instant that was given for a replay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    Wall,
    /// Always this instant.
    Fixed(Timestamp),
}

impl Clock {
    /// The present instant, to the millisecond: what the store keeps.
    pub fn now(self) -> Timestamp {
        let now = match self {
            Self::Wall => Timestamp::now(),
            Self::Fixed(instant) => instant,
        };
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

impl From<Option<Timestamp>> for Clock {
    fn from(instant: Option<Timestamp>) -> Self {
        instant.map_or(Self::Wall, Self::Fixed)
    }
}
