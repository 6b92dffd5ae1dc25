//! Sitemaps (sitemaps.org 0.9): addresses with the instant of their last change; plain text lists and gzip too. Pure.

use std::io::Read;

use jiff::Timestamp;
use quick_xml::events::Event;
use url::Url;

/// Entries of one sitemap (the protocol allows 50 000).
const MAX_ENTRIES: usize = 50_000;
/// Longest sitemap after decompression (the protocol's own bound).
const MAX_BYTES: u64 = 50 << 20;

/// What a sitemap names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sitemap {
    pub pages: Vec<Page>,
    pub maps: Vec<Url>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub url: Url,
    pub lastmod: Option<Timestamp>,
}

/// Reads a sitemap or an index of sitemaps; `None` if the bytes are neither.
pub(super) fn read(body: &[u8]) -> Option<Sitemap> {
    if body.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        flate2::read::MultiGzDecoder::new(body).take(MAX_BYTES).read_to_end(&mut plain).ok()?;
        return if plain.starts_with(&[0x1f, 0x8b]) { None } else { read(&plain) };
    }
    let head = String::from_utf8_lossy(body.get(..body.len().min(2048))?).to_ascii_lowercase();
    if head.contains("<urlset") || head.contains("<sitemapindex") { Some(xml(&String::from_utf8_lossy(body))) } else { plain(body, &head) }
}

/// A broken sitemap gives what stands before the break.
fn xml(text: &str) -> Sitemap {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut sitemap = Sitemap::default();
    let (mut entry, mut field) = (String::new(), String::new());
    let (mut loc, mut lastmod) = (String::new(), String::new());
    while sitemap.pages.len() + sitemap.maps.len() < MAX_ENTRIES {
        match reader.read_event() {
            Ok(Event::Start(start)) => match start.local_name().as_ref() {
                name @ ("url" | "sitemap") => {
                    entry = name.to_owned();
                    loc.clear();
                    lastmod.clear();
                }
                // Prefixed names (`image:loc`) belong to extensions.
                name => field = if start.name().as_ref() == name { name.to_owned() } else { String::new() },
            },
            Ok(Event::Text(text)) => push(&mut loc, &mut lastmod, &field, &text),
            Ok(Event::CData(text)) => push(&mut loc, &mut lastmod, &field, &text),
            Ok(Event::GeneralRef(name)) => {
                let character = match name.as_ref() {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "apos" => "'",
                    _ => "",
                };
                push(&mut loc, &mut lastmod, &field, character);
            }
            Ok(Event::End(end)) => {
                field.clear();
                if end.local_name().as_ref() != entry {
                    continue;
                }
                if let Ok(url) = Url::parse(loc.trim()) {
                    if entry == "url" {
                        sitemap.pages.push(Page { url, lastmod: instant(lastmod.trim()) });
                    } else {
                        sitemap.maps.push(url);
                    }
                }
                entry.clear();
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    sitemap
}

fn push(loc: &mut String, lastmod: &mut String, field: &str, text: &str) {
    match field {
        "loc" if loc.len() < 4096 => loc.push_str(text),
        "lastmod" if lastmod.len() < 64 => lastmod.push_str(text),
        _ => {}
    }
}

/// One address a line, nothing else.
fn plain(body: &[u8], head: &str) -> Option<Sitemap> {
    if !head.starts_with("http://") && !head.starts_with("https://") {
        return None;
    }
    let text = std::str::from_utf8(body).ok()?;
    let pages: Option<Vec<Page>> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(MAX_ENTRIES)
        .map(|line| Url::parse(line).ok().map(|url| Page { url, lastmod: None }))
        .collect();
    Some(Sitemap { pages: pages?, maps: Vec::new() })
}

/// W3C dates: an instant, or a day alone (its first instant in UTC: only compared with itself).
fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let date: jiff::civil::Date = text.get(..10)?.parse().ok()?;
    jiff::tz::TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const MAP: &str = r#"<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
      <url><loc> https://h.it/a?x=1&amp;y=2 </loc><lastmod>2024-05-06T10:00:00+02:00</lastmod><image:image xmlns:image="i"><image:loc>https://h.it/i.jpg</image:loc></image:image></url>
      <url><loc><![CDATA[https://h.it/b]]></loc><lastmod>2024-05-06</lastmod></url><url><loc>not an address</loc></url></urlset>"#;

    #[test]
    fn pages_with_their_last_change() {
        let map = read(MAP.as_bytes()).unwrap();
        let urls: Vec<&str> = map.pages.iter().map(|page| page.url.as_str()).collect();
        assert_eq!(urls, ["https://h.it/a?x=1&y=2", "https://h.it/b"]);
        assert_eq!(map.pages[0].lastmod.unwrap().to_string(), "2024-05-06T08:00:00Z");
        assert_eq!(map.pages[1].lastmod.unwrap().to_string(), "2024-05-06T00:00:00Z");
    }

    #[test]
    fn gzip_index_and_plain_text() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(MAP.as_bytes()).unwrap();
        assert_eq!(read(&gzip.finish().unwrap()), read(MAP.as_bytes()));
        let index =
            "<sitemapindex><sitemap><loc>https://h.it/1.xml</loc></sitemap><sitemap><loc>https://h.it/2.xml</loc></sitemap></sitemapindex>";
        assert_eq!(read(index.as_bytes()).unwrap().maps.len(), 2);
        assert_eq!(read(b"https://h.it/a\nhttps://h.it/b\n").unwrap().pages.len(), 2);
    }

    #[test]
    fn other_bytes_are_no_sitemap_and_a_break_keeps_what_stands_before() {
        assert_eq!(read(b"<html><p>url</p></html>"), None);
        assert_eq!(read(b""), None);
        assert_eq!(read(&[0x1f, 0x8b, 1, 2, 3]), None);
        let broken = MAP.get(..MAP.len() - 80).unwrap();
        assert!(!read(broken.as_bytes()).unwrap().pages.is_empty());
    }
}
