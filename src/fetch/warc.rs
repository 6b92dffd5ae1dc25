//! WARC files (ISO 28500), plain or gzip, as web archives keep them: an index of the answers they hold, and one answer at a time.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use jiff::Timestamp;
use url::Url;

/// Longest record read, in bytes.
const MAX_RECORD: u64 = 64 << 20;
/// Longest header line, and most lines.
const MAX_LINE: u64 = 16 << 10;
const MAX_LINES: usize = 256;

/// Where an answer stands in its file.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub url: Url,
    pub at: Option<Timestamp>,
    pub offset: u64,
}

/// An answer as the archive holds it.
#[derive(Debug, Default)]
pub(super) struct Saved {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// The answers of a file, in order.
pub(super) fn index(path: &Path) -> io::Result<Vec<Place>> {
    let mut reader = Counting { inner: BufReader::new(File::open(path)?), read: 0 };
    let gzip = reader.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let mut places = Vec::new();
    loop {
        if reader.fill_buf()?.is_empty() {
            return Ok(places);
        }
        let offset = reader.read;
        // Each record is a gzip member of its own, so that it can be read alone.
        let found = if gzip {
            let mut member = flate2::bufread::GzDecoder::new(&mut reader);
            let mut record = BufReader::new(&mut member);
            let found = head(&mut record)?;
            drop(record);
            io::copy(&mut member, &mut io::sink())?;
            found
        } else {
            let found = head(&mut reader)?;
            if let Some(head) = &found {
                io::copy(&mut (&mut reader).take(head.length), &mut io::sink())?;
            }
            found
        };
        let Some(found) = found else { return Ok(places) };
        if found.is_answer
            && let Some(url) = found.url
        {
            places.push(Place { url, at: found.at, offset });
        }
    }
}

/// The answer at a place of the index.
pub(super) fn answer(path: &Path, offset: u64) -> io::Result<Saved> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut reader = BufReader::new(file);
    let gzip = reader.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let mut reader: Box<dyn BufRead> =
        if gzip { Box::new(BufReader::new(flate2::bufread::GzDecoder::new(reader))) } else { Box::new(reader) };
    let head = head(&mut reader)?.ok_or_else(|| broken("no record where the index says"))?;
    if head.length > MAX_RECORD {
        return Err(broken("a record longer than 64 MiB"));
    }
    let mut block = Vec::new();
    reader.take(head.length).read_to_end(&mut block)?;
    if head.is_http {
        http(&block)
    } else {
        Ok(Saved {
            status: 200,
            headers: head.content_type.into_iter().map(|value| ("content-type".to_owned(), value)).collect(),
            body: block,
        })
    }
}

struct Head {
    is_answer: bool,
    is_http: bool,
    url: Option<Url>,
    at: Option<Timestamp>,
    length: u64,
    content_type: Option<String>,
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// Reads a record's header; `None` at the end of the file.
fn head(reader: &mut dyn BufRead) -> io::Result<Option<Head>> {
    let mut first = line(reader)?;
    while first.as_deref() == Some("") {
        first = line(reader)?; // the blank lines after the record before
    }
    match first {
        None => return Ok(None),
        Some(version) if version.starts_with("WARC/") => {}
        Some(_) => return Err(broken("this is no WARC file, or it is damaged")),
    }
    let mut fields = Vec::new();
    while let Some(line) = line(reader)?.filter(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        if fields.len() > MAX_LINES {
            return Err(broken("a record with too many header lines"));
        }
    }
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let kind = field("warc-type").unwrap_or_default();
    let content_type = field("content-type").map(str::to_owned);
    let url = field("warc-target-uri").and_then(|uri| Url::parse(uri.trim_matches(['<', '>'])).ok());
    Ok(Some(Head {
        is_answer: matches!(kind, "response" | "resource"),
        is_http: kind == "response",
        url,
        at: field("warc-date").and_then(|date| date.parse().ok()),
        length: field("content-length").and_then(|length| length.parse().ok()).ok_or_else(|| broken("a record without its length"))?,
        content_type,
    }))
}

fn line(reader: &mut dyn BufRead) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    if reader.take(MAX_LINE).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned()))
}

/// Reads an HTTP answer from its bytes, as a folder's `.headers` file or a WARC record holds it.
pub(super) fn http(block: &[u8]) -> io::Result<Saved> {
    let mut reader = block;
    let status = line(&mut reader)?.unwrap_or_default();
    let status =
        status.split_whitespace().nth(1).and_then(|status| status.parse().ok()).ok_or_else(|| broken("an answer without a status"))?;
    let mut saved = Saved { status, ..Saved::default() };
    while let Some(line) = line(&mut reader)?.filter(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(':') {
            saved.headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let header = |name: &str| saved.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.to_ascii_lowercase());
    let body = if header("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) { unchunk(reader) } else { reader.to_vec() };
    saved.body = match header("content-encoding").as_deref() {
        Some("gzip" | "x-gzip") if body.starts_with(&[0x1f, 0x8b]) => unpack(flate2::read::MultiGzDecoder::new(body.as_slice()))?,
        Some("zstd") => unpack(zstd::stream::read::Decoder::new(body.as_slice())?)?,
        Some("br") => return Err(broken("an answer compressed with brotli, which archives are not read with")),
        _ => body,
    };
    saved.headers.retain(|(name, _)| !matches!(name.as_str(), "transfer-encoding" | "content-encoding" | "content-length"));
    Ok(saved)
}

fn unpack(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    reader.take(MAX_RECORD).read_to_end(&mut body)?;
    Ok(body)
}

/// Some archivers keep the chunks, some join them and leave the header: bytes that are no chunks stay as they are.
fn unchunk(bytes: &[u8]) -> Vec<u8> {
    let (mut rest, mut body) = (bytes, Vec::new());
    loop {
        let mut reader = rest;
        let Ok(Some(size)) = line(&mut reader) else { return bytes.to_vec() };
        let Ok(size) = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16) else { return bytes.to_vec() };
        let Some(chunk) = reader.get(..size) else { return bytes.to_vec() };
        if size == 0 {
            return body;
        }
        body.extend_from_slice(chunk);
        let after = reader.get(size..).unwrap_or_default();
        rest = after.strip_prefix(b"\r\n").unwrap_or(after);
    }
}

/// Counts what is taken from a reader, to know where records begin.
struct Counting<R> {
    inner: R,
    read: u64,
}

impl<R: BufRead> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.read += length as u64;
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Counting<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.read += amount as u64;
        self.inner.consume(amount);
    }
}
