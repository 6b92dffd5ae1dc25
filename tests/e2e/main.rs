//! The real binary from end to end, against sites and servers on this machine.

mod demo;
mod doctor;
mod errors;
mod extract;
mod faults;
mod hostile;
mod kill;
mod line;
mod place;
mod readme;
mod replay;
mod service;
mod sites;
mod smtp;
mod sources;
mod subscribers;
mod torture;

#[path = "../fetch/server.rs"]
#[allow(dead_code)]
mod raw;
#[path = "../mail/sink.rs"]
#[allow(dead_code)]
mod sink;
