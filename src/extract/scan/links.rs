//! Channels in links and in written web addresses.

use super::{Mark, Placed};
use crate::domain::{Channel, ChannelKind};
use crate::extract::grammar::channels;
use crate::extract::segment::Segment;

/// Channels that stand in links: `mailto:`, `tel:`, `wa.me`, booking pages. The visible text wins where both give one.
pub fn linked(segment: &Segment, marks: &[Placed]) -> Vec<(Channel, usize)> {
    let mut out = Vec::new();
    for link in &segment.links {
        let token = segment.tokens.iter().position(|t| segment.folded.original(t.range.clone()).start >= link.range.start).unwrap_or(0);
        let visible = segment.text.get(link.range.clone()).unwrap_or_default();
        let has = |kinds: &[ChannelKind]| {
            let inside = |p: &&Placed| {
                let start = segment.tokens.get(p.start).map_or(0, |t| segment.folded.original(t.range.clone()).start);
                link.range.is_empty() || link.range.contains(&start)
            };
            marks.iter().filter(inside).any(|p| matches!(&p.mark, Mark::Channel(c) if kinds.contains(&c.kind)))
        };
        let href = link.href.trim();
        let lower = href.to_lowercase();
        if let Some(mail) = lower.strip_prefix("mailto:") {
            let mail = mail.split('?').next().unwrap_or_default().trim().replace("%20", "");
            if !has(&[ChannelKind::Email, ChannelKind::Pec])
                && let Some(mail) = channels::clean_mail(&mail)
            {
                let labelled = crate::text::fold(visible).contains("pec");
                let kind = if channels::is_pec(&mail) || labelled { ChannelKind::Pec } else { ChannelKind::Email };
                out.push((Channel { kind, value: Some(mail) }, token));
            }
        } else if let Some(number) = lower.strip_prefix("tel:") {
            if !has(&[ChannelKind::Phone, ChannelKind::Whatsapp, ChannelKind::Fax])
                && let Some(number) = channels::number_of_link(number)
            {
                out.push((Channel { kind: ChannelKind::Phone, value: Some(number) }, token));
            }
        } else if lower.contains("wa.me/") || lower.contains("api.whatsapp.com") {
            let digits = lower.split("phone=").nth(1).or_else(|| lower.split("wa.me/").nth(1)).unwrap_or_default();
            let digits = digits.split(['&', '?', '/']).next().unwrap_or_default();
            if !has(&[ChannelKind::Whatsapp])
                && let Some(number) = channels::number_of_link(digits)
            {
                out.push((Channel { kind: ChannelKind::Whatsapp, value: Some(number) }, token));
            }
        } else if (lower.starts_with("http://") || lower.starts_with("https://")) && is_service(segment, visible, &lower, token) {
            out.push((Channel { kind: ChannelKind::Web, value: Some(href.trim_end_matches('/').to_string()) }, token));
        }
    }
    out.extend(written_urls(segment));
    let mut seen = Vec::new();
    out.retain(|(channel, _)| {
        let new = !seen.contains(channel);
        seen.push(channel.clone());
        new
    });
    out
}

/// Addresses of services that are written out: "si prenota su https://prenota.comune.x.it".
fn written_urls(segment: &Segment) -> Vec<(Channel, usize)> {
    let mut out = Vec::new();
    for range in channels::urls(&segment.folded.text) {
        let original = segment.folded.original(range.clone());
        let Some(url) = segment.text.get(original.clone()) else { continue };
        let url = url.trim_end_matches(['.', ',', ';', ':', ')', '/', '»', '"']);
        let linked = segment.links.iter().any(|l| {
            l.range.start <= original.start && original.end <= l.range.end && !l.range.is_empty() || l.href.trim_end_matches('/') == url
        });
        let token = segment.tokens.iter().position(|t| t.range.start >= range.start).unwrap_or(0);
        if linked || !is_service(segment, url, &url.to_lowercase(), token) {
            continue;
        }
        let url = if url.starts_with("http") { url.to_string() } else { format!("https://{url}") };
        out.push((Channel { kind: ChannelKind::Web, value: Some(url) }, token));
    }
    out
}

/// Whether a web address is a service (booking, portal, form), by its own words or by those around it; `token` is where it begins.
fn is_service(segment: &Segment, visible: &str, url: &str, token: usize) -> bool {
    let own = [
        "prenot",
        "agenda",
        "appuntament",
        "booking",
        "istanze",
        "sportellotelematico",
        "impresainungiorno",
        "sportelloonline",
        "servizionline",
        "portale",
        "online",
        "telematic",
        "calendar",
        "eliminacode",
        "biglietti",
        "bookme",
    ];
    let visible = crate::text::fold(visible);
    let document = url.ends_with(".pdf") || url.ends_with(".doc") || url.ends_with(".docx") || url.ends_with(".odt");
    if document
        || url.contains("facebook.")
        || url.contains("instagram.")
        || url.contains("twitter.")
        || url.contains("youtube.")
        || url.contains("maps.")
        || url.contains("google.")
    {
        return false;
    }
    let host = url.split("//").nth(1).unwrap_or(url);
    let of_body = |host: &str| ["comune", "provincia.", "unione", "citta."].iter().any(|name| host.starts_with(name));
    // "le pratiche si inviano dal portale www.pratichevalle.it": a host of its own, called what it is
    let before = segment.tokens.get(token.saturating_sub(1)..token).unwrap_or_default();
    let called = before.iter().any(|t| t.is_any(&["portale", "piattaforma"]));
    let own_host = host.strip_prefix("www.").is_some_and(|host| called && !of_body(host));
    let home = host.starts_with("www.") && !own_host || of_body(host);
    let bare = home && !host.trim_end_matches('/').contains('/');
    const DEEDS: [&str; 7] = [
        "iscriviti",
        "accedi al servizio",
        "fai domanda",
        "presenta la domanda",
        "invia la domanda",
        "compila la domanda",
        "richiedi il servizio",
    ];
    own.iter().any(|w| url.contains(w) || visible.contains(w))
        || DEEDS.contains(&visible.trim())
        || !bare
            && segment.folded.has_any(&[
                "prenot",
                "appuntament",
                "agenda",
                "istanze",
                "portale",
                "modulo on",
                "il modulo",
                "videochiamat",
                "sportello telematico",
                "sportello on",
                "servizi on",
                "on line",
                "online",
                "piattaforma",
                "biglietteria on",
            ])
}
