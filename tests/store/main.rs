//! The store: conformance of the interface, upgrades, kills between any two steps, a full disk, query plans.

mod conformance;
mod support;
