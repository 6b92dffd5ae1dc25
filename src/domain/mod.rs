//! The words of the program as types: what an office is, how it can be reached, what changed.
//!
//! Plain values without behaviour towards the outside: no socket, file, clock or SQL. Everything else in the crate speaks in these.

mod body;
mod change;
mod channel;
mod dates;
mod delivery;
pub mod evidence;
mod hours;
mod notice;
mod office;
mod region;
mod source;
mod state;
mod subscription;
mod trouble;
mod week_syntax;

pub use body::{Body, BodyId, BodyKind};
pub use change::{Cause, Change, ChangeId, Corroboration, Held, HeldReason, ParseRuleError, Rule};
pub use channel::{Channel, ChannelKind};
pub use dates::{DateRange, ParseDateRangeError, day_of, rome};
pub use delivery::{About, Delivery, DeliveryId, ParseAboutError, PlannedDelivery, Verdict};
pub use evidence::{Evidence, Stated};
pub use hours::{Access, Clock, Day, DaySelector, OfficeHours, ParseWeekError, Season, Slot, Span, Week};
pub use notice::{Doubt, Notice, Opening, Reading, Status};
pub use office::{OfficeId, OfficeKey};
pub use region::{REGIONS, Region};
pub use source::{DocumentKind, SourceId, SourceKind};
pub use state::{Aspect, Fact, ParseAspectError, State, Value};
pub use subscription::{Filter, Frequency, Language, NewSubscription, ParseFrequencyError, Subscriber, SubscriberId, Subscription, Way};
pub use trouble::{FailingSource, RecoveredSource, RedesignedBody, TroubleReport};
