//! Channels in words, and what came and went among them.

use std::collections::BTreeSet;

use super::{and, clean, pick};
use crate::domain::{Channel, ChannelKind, Language};

/// "telefono", "PEC", "prenotazioni e servizi online".
pub fn kind_of_channel(language: Language, kind: ChannelKind) -> &'static str {
    let (it, en) = match kind {
        ChannelKind::Phone => ("telefono", "phone"),
        ChannelKind::Fax => ("fax", "fax"),
        ChannelKind::Email => ("e-mail", "e-mail"),
        ChannelKind::Pec => ("PEC", "PEC (certified mail)"),
        ChannelKind::Whatsapp => ("WhatsApp", "WhatsApp"),
        ChannelKind::Skype => ("Skype", "Skype"),
        ChannelKind::Web => ("servizio online", "online service"),
        ChannelKind::App => ("app", "app"),
    };
    pick(language, it, en)
}

/// "nuovo telefono", "nuova PEC".
fn new_kind(language: Language, kind: ChannelKind) -> &'static str {
    let (it, en) = match kind {
        ChannelKind::Phone => ("nuovo telefono", "new phone"),
        ChannelKind::Fax => ("nuovo fax", "new fax"),
        ChannelKind::Email => ("nuova e-mail", "new e-mail"),
        ChannelKind::Pec => ("nuova PEC", "new PEC (certified mail)"),
        ChannelKind::Whatsapp => ("nuovo numero WhatsApp", "new WhatsApp number"),
        ChannelKind::Skype => ("nuovo contatto Skype", "new Skype name"),
        ChannelKind::Web => ("nuovo indirizzo del servizio online", "new online service"),
        ChannelKind::App => ("nuova app", "new app"),
    };
    pick(language, it, en)
}

/// "il telefono 0583 216305", "la PEC …": in a sentence.
fn the_channel(language: Language, other: &Channel) -> String {
    let article = match other.kind {
        ChannelKind::Phone | ChannelKind::Fax | ChannelKind::Web => "il ",
        ChannelKind::Pec => "la ",
        ChannelKind::Email | ChannelKind::App => "l'",
        ChannelKind::Whatsapp | ChannelKind::Skype => "",
    };
    format!("{}{}", pick(language, article, ""), channel(language, other))
}

/// "telefono 0583 216305", "WhatsApp".
pub fn channel(language: Language, channel: &Channel) -> String {
    match value(channel) {
        Some(value) => format!("{} {value}", kind_of_channel(language, channel.kind)),
        None => kind_of_channel(language, channel.kind).to_string(),
    }
}

fn value(channel: &Channel) -> Option<String> {
    let value = channel.value.as_deref()?;
    Some(match channel.kind {
        ChannelKind::Phone | ChannelKind::Fax | ChannelKind::Whatsapp => phone(value),
        ChannelKind::Email | ChannelKind::Pec | ChannelKind::Skype | ChannelKind::Web | ChannelKind::App => clean(value, 120),
    })
}

/// An Italian number as people write it: "0583 216305", "06 6710 …" without inner blanks, "349 1234567", "800 868130"; others as they are.
pub fn phone(number: &str) -> String {
    let Some(national) = number.strip_prefix("+39") else { return clean(number, 40) };
    if !national.bytes().all(|byte| byte.is_ascii_digit()) {
        return clean(number, 40);
    }
    let n_prefix = match national.as_bytes() {
        [b'0', b'2' | b'6', ..] => 2,
        [b'0', b'1', b'0' | b'1' | b'5', ..] => 3,
        [b'0', b'3', b'0' | b'1' | b'5' | b'9', ..] => 3,
        [b'0', b'4' | b'5', b'0' | b'1' | b'5' | b'9', ..] => 3,
        [b'0', b'7', b'1' | b'5' | b'9', ..] => 3,
        [b'0', b'8', b'0' | b'1' | b'5' | b'9', ..] => 3,
        [b'0', b'9', b'0' | b'1' | b'5' | b'9', ..] => 3,
        [b'0', ..] => 4,
        _ => 3,
    };
    match national.split_at_checked(n_prefix) {
        Some((prefix, rest)) if !rest.is_empty() => format!("{prefix} {rest}"),
        Some(_) | None => national.to_string(),
    }
}

/// "nuovo telefono 0584 222222 (prima 0584 111111); si aggiunge la PEC …; non è più indicato il fax …". `many`: said of all offices.
pub(super) fn difference(language: Language, before: &BTreeSet<Channel>, after: &BTreeSet<Channel>, many: bool) -> String {
    let mut came: Vec<&Channel> = after.difference(before).collect();
    let mut went: Vec<&Channel> = before.difference(after).collect();
    let mut parts = Vec::new();
    // one number for another
    let swapped: Vec<(&Channel, &Channel)> = came
        .iter()
        .filter(|new| came.iter().filter(|other| other.kind == new.kind).count() == 1)
        .filter_map(|new| {
            let mut olds = went.iter().filter(|old| old.kind == new.kind);
            let old = olds.next()?;
            olds.next().is_none().then_some((*new, *old))
        })
        .collect();
    for (new, old) in &swapped {
        came.retain(|channel| channel != new);
        went.retain(|channel| channel != old);
        let was = value(old).unwrap_or_else(|| kind_of_channel(language, old.kind).to_string());
        let now = value(new).unwrap_or_default();
        parts.push(format!("{} {now} ({} {was})", new_kind(language, new.kind), pick(language, "prima", "was")).replace("  ", " "));
    }
    let list = |channels: &[&Channel]| and(language, &channels.iter().map(|other| the_channel(language, other)).collect::<Vec<_>>());
    let is_first = |new: &Channel| before.iter().all(|old| old.kind != new.kind);
    match came.as_slice() {
        [] => {}
        all if before.is_empty() => {
            let verb = if many { pick(language, "ora indicano", "now state") } else { pick(language, "ora indica", "now states") };
            parts.push(format!("{verb} {}", list(all)));
        }
        [only] if only.kind == ChannelKind::Phone && is_first(only) => {
            parts.push(format!("{} {}", new_kind(language, only.kind), value(only).unwrap_or_default()));
        }
        [_] => parts.push(format!("{} {}", pick(language, "si aggiunge", "added:"), list(&came))),
        [_, ..] => parts.push(format!("{} {}", pick(language, "si aggiungono", "added:"), list(&came))),
    }
    match went.as_slice() {
        [] => {}
        [_] => parts.push(
            format!("{} {}", pick(language, "non è più indicato", "no longer stated:"), list(&went))
                .replace("indicato la ", "indicata la ")
                .replace("indicato l'", "indicata l'"),
        ),
        [_, ..] => parts.push(format!("{} {}", pick(language, "non sono più indicati", "no longer stated:"), list(&went))),
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_write_them() {
        for (number, text) in [
            ("+390583216305", "0583 216305"),
            ("+390552768224", "055 2768224"),
            ("+390667101", "06 67101"),
            ("+393346821035", "334 6821035"),
            ("+39800868130", "800 868130"),
            ("112", "112"),
            ("+41791234567", "+41791234567"),
        ] {
            assert_eq!(phone(number), text);
        }
    }
}
