//! Sportello watches the pages of Italian public offices and tells people when an office changes how it can be reached.
//!
//! The modules, bottom layer first; a module uses lower ones only (`tests/layers.rs` checks it):
//! 0 `domain`, `text` · 1 `document`, `lexicon` · 2 `extract`, `resolve`, `diff` · 3 `alert`, `wording`, `config` ·
//! 4 `fetch`, `store`, `record`, `mail`, `tasks` · 5 `round` · 6 `cli`, `daemon`, `web`.

pub mod alert;
pub mod cli;
pub mod config;
pub mod daemon;
pub mod diff;
pub mod document;
pub mod domain;
pub mod evidence;
pub mod extract;
pub mod fetch;
pub mod lexicon;
pub mod mail;
pub mod record;
pub mod resolve;
pub mod round;
pub mod store;
pub mod tasks;
pub mod text;
pub mod web;
pub mod wording;
