//! `sportello demo`: an invented town on a loopback port that changes its opening hours, and the mails that follow.

pub mod site;
pub mod town;
