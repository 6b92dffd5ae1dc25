//! Channels: phones in all Italian ways of writing, faxes, mail and certified mail (obfuscated too), WhatsApp, Skype.
//!
//! In: a block's text. Out: channels with their place in it. Numbers are normalised to E.164; what is a date, an hour, an amount or a tax code is no phone.

mod extensions;
mod mail;
mod phones;

pub use self::mail::{clean_mail, is_pec};
pub use self::phones::number_of_link;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::domain::{Channel, ChannelKind};
use crate::text::Folded;

/// A channel with its place in the folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The channel.
    pub channel: Channel,
    /// Where it stands, in folded characters.
    pub range: Range<usize>,
}

/// All channels of a text, in order. Phones that stand without any sign of being one ("tel", a plausible prefix) are left out.
pub fn find(folded: &Folded) -> Vec<Found> {
    let text = folded.text.as_str();
    let mut found = mail::mails(text);
    if folded.has("skype") {
        found.extend(skype(text));
    }
    // most lines hold no figure
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        let (extensions, used) = extensions::extensions(text);
        let taken: Vec<Range<usize>> = found.iter().map(|f| f.range.clone()).chain(urls(text)).chain(used).collect();
        found.extend(extensions);
        found.extend(phones::phones(text, &taken));
    }
    found.sort_by_key(|f| f.range.start);
    found
}

/// Places of addresses of the web, which hold digits that are no phones.
pub fn urls(text: &str) -> Vec<Range<usize>> {
    // "smart.comune.x.it/anagrafi": a host with a domain of the top level needs no "www"
    static URL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r#"(?:https?://|www\.)[^\s"<>\)]+|[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9][a-z0-9\-]*)+\.(?:it|eu|com|org|net|info|cloud|example)\b(?:/[^\s"<>\),;]*)?"#,
        )
        .ok()
    });
    let of_mail = |range: &Range<usize>| {
        let before = text.get(..range.start).and_then(|t| t.chars().next_back());
        let behind = text.get(range.end..).and_then(|t| t.chars().next());
        before.is_some_and(|c| c == '@' || c == '.' || c == '-' || c == '_' || c.is_alphanumeric()) || behind == Some('@')
    };
    // most lines hold no more dots than the one that ends them
    let dotted = text.as_bytes().windows(2).any(|pair| pair[0] == b'.' && pair[1].is_ascii_alphanumeric()) || text.contains("://");
    URL.as_ref()
        .filter(|_| dotted)
        .map_or_else(Vec::new, |url| url.find_iter(text).map(|m| m.range()).filter(|range| !of_mail(range)).collect())
}

fn skype(text: &str) -> Vec<Found> {
    static SKYPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"skype(?:\s*:|\s*-|\s{2,}|\s*\(?\s*(?:contatto|nome utente|utente|account|id|nome|siamo|come|il contatto da cercare e|il nostro contatto e|contatto da cercare:?|, nome utente|,? ?utente|ci trovi come|ci trovate come|cercate|cerca|cercare|,? ?dove il (?:contatto|nome|nome utente) (?:si chiama|e))\s*:?)\s*([a-z][a-z0-9]*[._][a-z0-9._\-]*[a-z0-9]|[a-z][a-z0-9]{5,})|skype\s+([a-z][a-z0-9]*[._][a-z0-9._\-]*[a-z0-9])").ok()
    });
    let Some(skype) = SKYPE.as_ref() else { return Vec::new() };
    skype
        .captures_iter(text)
        .filter_map(|c| {
            let name = c.get(1).or_else(|| c.get(2))?;
            let stop = ["oppure", "contatto", "previo", "telefono", "whatsapp"].contains(&name.as_str())
                || text.get(name.end()..)?.starts_with('@');
            (!stop).then(|| Found {
                channel: Channel { kind: ChannelKind::Skype, value: Some(name.as_str().into()) },
                range: c.get(0).map_or(0..0, |m| m.range()),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        find(&Folded::new(text)).into_iter().map(|f| f.channel.to_string()).collect()
    }

    #[test]
    fn phones_in_all_ways_of_writing() {
        for (text, channels) in [
            ("tel. 0583 216305 – 0583 289547", "phone:+390583216305 phone:+390583289547"),
            ("0583-417216; 417252 oppure al numero verde 800-747155", "phone:+390583417216 phone:+390583417252 phone:+39800747155"),
            ("0721/359401-402", "phone:+390721359401 phone:+390721359402"),
            ("059 776321 / 322", "phone:+39059776321 phone:+39059776322"),
            ("Tel. 0522/804.417 int. 5", "phone:+390522804417"),
            ("tel 0974 82.33.15", "phone:+390974823315"),
            ("allo 0545 99 87 66", "phone:+390545998766"),
            ("risponde allo 0721/3591", "phone:+3907213591"),
            ("cell. 348 5512093, fax 0583/98765", "phone:+393485512093 fax:+39058398765"),
            ("+39 0587 721210", "phone:+390587721210"),
            ("(0564) 877034", "phone:+390564877034"),
            ("WhatsApp: 351 8820147", "whatsapp:+393518820147"),
            ("tel./fax 0574 123456", "phone:+390574123456 fax:+390574123456"),
            ("0382 1955220 oppure 1955221", "phone:+3903821955220 phone:+3903821955221"),
        ] {
            assert_eq!(read(text).join(" "), channels, "{text}");
        }
    }

    #[test]
    fn what_is_no_phone() {
        for text in [
            "P. IVA 00198760431",
            "dalle 08.30 alle 12.30",
            "03/06/2024",
            "08.30-12.30 / 15.00-17.30",
            "02040 Roccapiana (RI)",
            "3.100 prestiti",
            "IBAN IT60 0542 8111 0100 0000 0123 456",
            "05-11-2025",
        ] {
            assert_eq!(read(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn mails_plain_certified_and_disguised() {
        for (text, channels) in [
            ("Scrivi a URP@comune.pescia.pt.it.", "email:urp@comune.pescia.pt.it"),
            ("urp(chiocciola)comune.pescia.pt.it", "email:urp@comune.pescia.pt.it"),
            ("imu(at)comune.monte.mc.it", "email:imu@comune.monte.mc.it"),
            ("urp [at] comune [dot] pescia [dot] it", "email:urp@comune.pescia.it"),
            ("PEC: suap.gravello@pec.it", "pec:suap.gravello@pec.it"),
            ("provincia@postacert.toscana.it", "pec:provincia@postacert.toscana.it"),
        ] {
            assert_eq!(read(text).join(" "), channels, "{text}");
        }
    }
}
