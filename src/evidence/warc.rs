//! WARC 1.1 (ISO 28500:2017): snapshots as `response` records, each with a `metadata` record beside it.
//!
//! The bytes are those received with their content encodings undone. The headers that described the encoded form are kept under
//! `X-Archive-Orig-`, so that readers do not try to undo it a second time.

use std::io::{self, Write};

use jiff::Timestamp;

use crate::store::{Sha256, Snapshot, sha256};

/// Headers that describe the bytes on the wire, not the ones kept.
const OF_THE_WIRE: [&str; 4] = ["content-encoding", "transfer-encoding", "content-length", "connection"];

/// Writes the record that opens a file and says what made it.
pub fn write_info(out: &mut impl Write, at: Timestamp) -> io::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let block = format!(
        "software: sportello/{version}\r\nformat: WARC File Format 1.1\r\nconformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
    );
    let id = record_id(sha256(format!("{at} {version}").as_bytes()));
    let fields = [("WARC-Type", "warcinfo".to_string()), ("WARC-Record-ID", id), ("WARC-Date", second(at))];
    write_record(out, &fields, "application/warc-fields", block.as_bytes())
}

/// Writes a snapshot: the response, and beside it when it was seen and where its record stands in the chain.
pub fn write_snapshot(out: &mut impl Write, snapshot: &Snapshot, bytes: &[u8]) -> io::Result<()> {
    let response_id = record_id(snapshot.chain);
    let block = http(snapshot, bytes);
    let fields = [
        ("WARC-Type", "response".to_string()),
        ("WARC-Record-ID", response_id.clone()),
        ("WARC-Date", second(snapshot.first_seen)),
        ("WARC-Target-URI", uri(&snapshot.final_url)),
        ("WARC-Payload-Digest", format!("sha256:{}", base32(sha256(bytes)))),
        ("WARC-Block-Digest", format!("sha256:{}", base32(sha256(&block)))),
    ];
    write_record(out, &fields, "application/http; msgtype=response", &block)?;

    let mut facts = format!(
        "document: {}\r\nsource: {}\r\nsnapshot: {}\r\nfirst-seen: {}\r\nlast-seen: {}\r\ntimes-seen: {}\r\nbody-sha256: {}\r\nchain: {}\r\n",
        one_line(&snapshot.url),
        one_line(&snapshot.source.0),
        snapshot.id.0,
        snapshot.first_seen,
        snapshot.last_seen,
        snapshot.n_seen,
        snapshot.body_sha,
        snapshot.chain,
    );
    if let Some(previous) = snapshot.previous {
        facts.push_str(&format!("chain-previous: {previous}\r\n"));
    }
    let fields = [
        ("WARC-Type", "metadata".to_string()),
        ("WARC-Record-ID", record_id(sha256(&[b"metadata ".as_slice(), &snapshot.chain.0].concat()))),
        ("WARC-Date", second(snapshot.first_seen)),
        ("WARC-Target-URI", uri(&snapshot.final_url)),
        ("WARC-Concurrent-To", response_id),
    ];
    write_record(out, &fields, "application/warc-fields", facts.as_bytes())
}

fn write_record(out: &mut impl Write, fields: &[(&str, String)], content_type: &str, block: &[u8]) -> io::Result<()> {
    out.write_all(b"WARC/1.1\r\n")?;
    for (name, value) in fields {
        write!(out, "{name}: {value}\r\n")?;
    }
    write!(out, "Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n", block.len())?;
    out.write_all(block)?;
    out.write_all(b"\r\n\r\n")
}

/// The response as a message of HTTP/1.1.
fn http(snapshot: &Snapshot, bytes: &[u8]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", snapshot.status, reason(snapshot.status));
    for (name, value) in &snapshot.headers {
        let prefix = if OF_THE_WIRE.iter().any(|wire| name.eq_ignore_ascii_case(wire)) { "X-Archive-Orig-" } else { "" };
        head.push_str(&format!("{prefix}{}: {}\r\n", one_line(name), one_line(value)));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", bytes.len()));
    let mut block = head.into_bytes();
    block.extend_from_slice(bytes);
    block
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        203 => "Non-Authoritative Information",
        206 => "Partial Content",
        _ => "",
    }
}

/// What came from outside cannot end a header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// An address as WARC wants it: nothing that could end the line or begin another field.
fn uri(url: &str) -> String {
    url.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
}

/// To the second, which every reader of WARC understands.
fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A UUID (RFC 9562, version 8) made from a hash: the same snapshot has the same id in every file.
fn record_id(sha: Sha256) -> String {
    let mut hex = sha.to_string();
    hex.truncate(32);
    hex.replace_range(12..13, "8");
    hex.replace_range(16..17, "8");
    format!("<urn:uuid:{}-{}-{}-{}-{}>", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// RFC 4648, as digests in WARC are written.
fn base32(sha: Sha256) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::with_capacity(56);
    let (mut held, mut n_bits) = (0u32, 0);
    for byte in sha.0 {
        held = (held << 8) | u32::from(byte);
        n_bits += 8;
        while n_bits >= 5 {
            n_bits -= 5;
            text.push(LETTERS[(held >> n_bits) as usize & 31] as char);
        }
        held &= (1 << n_bits) - 1;
    }
    if n_bits > 0 {
        text.push(LETTERS[(held << (5 - n_bits)) as usize & 31] as char);
    }
    while !text.len().is_multiple_of(8) {
        text.push('=');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_base32_with_padding() {
        let text = base32(sha256(b""));
        assert_eq!(text, "4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ====");
    }

    #[test]
    fn record_ids_are_uuids() {
        let id = record_id(sha256(b"a"));
        assert_eq!(id.len(), "<urn:uuid:00000000-0000-8000-8000-000000000000>".len());
        assert_eq!((&id[24..25], &id[29..30]), ("8", "8"), "{id}");
    }
}
