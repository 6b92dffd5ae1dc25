//! Mails from the outside: what is written is read back by independent parsers, what is sent is taken by real servers.

mod book;
mod calendar;
mod checklist;
mod dkim;
mod proofs;
mod samples;
mod sink;
mod smtp;
