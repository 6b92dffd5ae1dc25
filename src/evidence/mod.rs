//! Proof for people outside: the package behind one change, and everything there is as WARC or open data.
//!
//! In goes what the store kept; out come bytes that standard tools read. Nothing here decides what a page says, nothing is fetched.

mod compare;
mod open_data;
mod package;
mod page;
mod warc;

pub use compare::{Piece, Row as CompareRow, compare, lines, lines_of};
pub use open_data::{CONTEXT, office};
pub use package::{PackageError, package};
pub use warc::{write_info, write_snapshot};
