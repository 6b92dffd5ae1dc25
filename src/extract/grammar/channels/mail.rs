//! Mail addresses, plain and obfuscated, and which of them are certified mail.

use std::sync::LazyLock;

use regex::Regex;

use super::Found;
use crate::domain::{Channel, ChannelKind};
use crate::text::tail;

static MAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"[a-z0-9](?:[a-z0-9._%+\-]*[a-z0-9_])?(?: ?@ ?| ?[\(\[\{<] ?(?:at|chiocciola|chiocciolina|@) ?[\)\]\}>] ?| chiocciola | at |_at_|-at-)(?:[a-z0-9\-]+(?:\.| ?[\(\[] ?(?:dot|punto) ?[\)\]] ?| punto ))+[a-z]{2,10}",
    )
    .ok()
});

pub(super) fn mails(text: &str) -> Vec<Found> {
    let Some(mail) = MAIL.as_ref() else { return Vec::new() };
    if !(text.contains('@') || text.contains("chiocciol") || has_at(text)) {
        return Vec::new();
    }
    mail.find_iter(text)
        .filter_map(|m| {
            let address = clean_mail(m.as_str())?;
            if !credible(m.as_str(), &address) {
                return None;
            }
            let before = text.get(..m.start()).unwrap_or_default();
            let after = text.get(m.end()..).unwrap_or_default();
            let kind = if is_pec(&address) || labelled_pec(before, after) { ChannelKind::Pec } else { ChannelKind::Email };
            Some(Found { channel: Channel { kind, value: Some(address) }, range: m.range() })
        })
        .collect()
}

/// Whether "at" stands where a disguised address has it: " at ", "_at_", "-at-", or before a bracket that closes.
fn has_at(text: &str) -> bool {
    let bytes = text.as_bytes();
    let around = |at: usize| (at.checked_sub(1).and_then(|before| bytes.get(before)), bytes.get(at + 2));
    bytes.windows(2).enumerate().filter(|(_, pair)| *pair == b"at").any(|(at, _)| match around(at) {
        (_, Some(b')' | b']' | b'}' | b'>')) => true,
        (Some(before), Some(after)) => before == after && matches!(after, b' ' | b'_' | b'-'),
        _ => false,
    })
}

/// "anagrafe @ comune.x.it" and "anagrafe at comune.x.it" are addresses; "su Facebook @comune.x" and "meeting at noon.now" are none.
fn credible(written: &str, address: &str) -> bool {
    let loose = written.contains(" @")
        || written.contains("@ ")
        || written.contains(" at ")
        || written.contains("_at_")
        || written.contains("-at-");
    let Some((user, host)) = address.split_once('@').filter(|_| loose) else { return true };
    let ending = host.rsplit('.').next().is_some_and(|top| matches!(top, "it" | "eu" | "org" | "com" | "net" | "info"));
    let network =
        ["facebook", "instagram", "twitter", "telegram", "threads", "x", "su", "a", "il", "profilo", "pagina", "social", "tiktok"];
    ending && !network.contains(&user)
}

/// `urp(chiocciola)comune.it` → `urp@comune.it`; `None` for what is no address after all.
pub fn clean_mail(text: &str) -> Option<String> {
    let mut address = text.to_lowercase();
    for (from, to) in [
        ("chiocciolina", "@"),
        ("chiocciola", "@"),
        ("(at)", "@"),
        ("[at]", "@"),
        ("{at}", "@"),
        ("<at>", "@"),
        ("( at )", "@"),
        ("[ at ]", "@"),
    ] {
        address = address.replace(from, to);
    }
    if !address.contains('@') {
        for sign in [" at ", "_at_", "-at-"] {
            if !address.contains('@') {
                address = address.replacen(sign, "@", 1);
            }
        }
    }
    for from in ["(dot)", "[dot]", "(punto)", "[punto]", " punto "] {
        address = address.replace(from, ".");
    }
    address.retain(|c| !matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | ' '));
    let (user, host) = address.split_once('@')?;
    (!user.is_empty() && host.contains('.') && !host.contains('@')).then_some(address)
}

/// Whether the domain is one of certified mail: `pec.`, `postacert.`, `legalmail.`, `cert.` and their kin.
pub fn is_pec(address: &str) -> bool {
    let Some((_, host)) = address.split_once('@') else { return false };
    host.split('.').any(|label| {
        label == "pec"
            || label.starts_with("pec-")
            || label.ends_with("-pec")
            || label.ends_with("pec") && label.len() > 4
            || matches!(
                label,
                "postacert"
                    | "legalmail"
                    | "cert"
                    | "certgov"
                    | "pecpa"
                    | "postecert"
                    | "certificata"
                    | "certmail"
                    | "arubapec"
                    | "pecveneto"
                    | "pcert"
                    | "ticertifica"
                    | "pectoscana"
                    | "mailcert"
                    | "registerpec"
                    | "pecumbria"
            )
            || label.starts_with("postacert")
            || label.starts_with("legalmail")
            || label.starts_with("pec") && label.len() <= 9 && !label.starts_with("pecora")
    })
}

/// Whether the words right before, or a bracket right behind, call the address certified mail.
fn labelled_pec(before: &str, after: &str) -> bool {
    let tail = tail(before, 34);
    // the label counts from the last address or full stop on
    let tail = tail.rsplit(['@', ';', '\n']).next().unwrap_or_default();
    let near = tail.trim_end_matches([' ', ':', '"', '(', ')', '-', '*']);
    near.ends_with("pec")
        || near.ends_with("p.e.c.")
        || near.ends_with("p.e.c")
        || near.ends_with("posta certificata")
        || near.ends_with("posta elettronica certificata")
        || near.ends_with("certificata all'indirizzo")
        || near.ends_with("pec all'indirizzo")
        || near.ends_with("pec e")
        || near.ends_with("pec istituzionale")
        || after.trim_start().starts_with("(pec)")
}
