//! The store: conformance of the interface, upgrades, kills between any two steps, a full disk, query plans.

mod browse;
mod conformance;
mod consent;
mod crash;
mod evidence;
mod files;
mod full_disk;
mod plans;
mod proof;
mod support;
mod totals;
mod upgrade;
