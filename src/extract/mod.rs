//! Extraction: a document turned into notices. Pure: the same document gives the same reading, always.

pub mod grammar;
