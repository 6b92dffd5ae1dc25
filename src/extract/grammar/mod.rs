//! The rule families: each reads one kind of phrase.

pub mod addresses;
pub mod channels;
pub mod dates;
pub mod exceptions;
pub mod offices;
mod pointed;
pub mod service;
pub mod sites;
pub mod times;
pub mod weekdays;
pub mod weeks;
