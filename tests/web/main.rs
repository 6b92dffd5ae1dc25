//! The public site over HTTP: what its pages, feeds and data say, and what nobody can make it do.

mod data;
mod frame;
mod hostile;
mod pages;
mod proxy;
mod python;
mod server;
mod subscribe;
mod town;
