//! Phones, faxes and WhatsApp in all Italian ways of writing numbers.
//!
//! In: folded text and the places that others took. Out: numbers in E.164. What is a date, an hour, an amount or a tax code is no phone.

use std::ops::Range;

use super::Found;
use crate::domain::{Channel, ChannelKind};
use crate::text::tail;

/// A run of digits with the signs before it.
#[derive(Debug, Clone)]
struct Group<'a> {
    range: Range<usize>,
    /// What stands between the group before and this one.
    gap: &'a str,
}

fn groups(text: &str) -> Vec<Group<'_>> {
    let bytes = text.as_bytes();
    let mut groups = Vec::new();
    let (mut at, mut last_end) = (0, 0);
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && bytes[at].is_ascii_digit() {
            at += 1;
        }
        groups.push(Group { range: start..at, gap: text.get(last_end..start).unwrap_or_default() });
        last_end = at;
    }
    groups
}

/// Most digits of a number that begins like this, and fewest; `None` when no Italian number does.
fn lengths(digits: &str) -> Option<(usize, usize)> {
    match digits.as_bytes() {
        [b'0', b'0', ..] => None,
        [b'0', b'1'..=b'9', ..] => Some((6, 11)),
        [b'3', b'1'..=b'9', ..] => Some((9, 10)),
        [b'8', b'0', b'0' | b'3', ..] => Some((9, 9)),
        [b'8', b'4', b'0' | b'8' | b'1' | b'7', ..] => Some((9, 9)),
        [b'1', b'9', b'9', ..] => Some((9, 9)),
        _ => None,
    }
}

pub(super) fn phones(text: &str, taken: &[Range<usize>]) -> Vec<Found> {
    let groups = groups(text);
    let digits = |g: &Group| text.get(g.range.clone()).unwrap_or_default();
    let mut found: Vec<Found> = Vec::new();
    let mut i = 0;
    while i < groups.len() {
        let start = i;
        let group = &groups[i];
        i += 1;
        if taken.iter().any(|t| t.start <= group.range.start && group.range.end <= t.end) {
            continue;
        }
        let before = text.get(..group.range.start).unwrap_or_default();
        if forbidden(before) {
            // the whole run belongs to the code: "P.IVA 001 987 604 31"
            while i < groups.len() && groups[i].gap.chars().all(|c| c == ' ') && groups[i].gap.len() == 1 {
                i += 1;
            }
            continue;
        }
        // "+39", "0039", "(+39)"
        let mut first = start;
        let international = digits(group) == "39" && before.trim_end().ends_with('+') || digits(group) == "0039";
        if international {
            if groups.get(i).is_none_or(|next| !joins(next.gap, true)) {
                continue;
            }
            first = i;
        }
        let head = digits(&groups[first]);
        if before.ends_with(|c: char| c.is_ascii_alphabetic()) || before.ends_with(['/', '#', '_', '=', '~']) && !before.ends_with("tel/") {
            continue;
        }
        let glued39 = !international && head.len() >= 11 && head.starts_with("39") && before.ends_with('+');
        let mut number = if glued39 { head[2..].to_string() } else { head.to_string() };
        let Some((fewest, most)) = lengths(&number).or_else(|| (number.len() == 1 && number == "0").then_some((6, 11))) else { continue };
        if number.len() <= 2 && looks_like_time_or_date(&groups, first, text) {
            continue;
        }
        let mut last = first;
        while let Some(next) = groups.get(last + 1) {
            let more = digits(next);
            if number.len() + more.len() > most || !joins(next.gap, number.len() <= 4) {
                break;
            }
            let separated = next.gap.contains(['/', '-']);
            if number.len() >= 8 && separated && !(next.gap.len() == 1 && more.len() == 2 && digits(&groups[last]).len() == 2) {
                break;
            }
            if number.len() >= 6 && next.gap.contains("  ") || next.gap.contains('\n') {
                break;
            }
            // "0583 62182 - 0583 417347": a new prefix
            if number.len() >= 8 && more.starts_with('0') && more.len() >= 2 && next.gap.trim().is_empty() && more.len() >= 3 {
                break;
            }
            // "0563 112 (ore 9)" never joins: the bracket is no joiner
            number.push_str(more);
            last += 1;
        }
        if number.len() < fewest || is_date(&groups, first) {
            continue;
        }
        let label = label(before, text, groups[last].range.end);
        if number.len() < 8
            && number.starts_with('0')
            && label == Label::None
            && !before.trim_end().ends_with(['(', ':', '-', '.'])
            && !called(before)
        {
            continue;
        }
        if number.len() > 10 && number.starts_with('0') && head.len() > 5 {
            continue; // eleven digits in one run: a tax code
        }
        if matches!(number.as_bytes(), [b'3', ..]) && label == Label::None && amount(text, groups[last].range.end) {
            continue;
        }
        let range = groups[start].range.start..groups[last].range.end;
        let kind = match label {
            Label::Fax => ChannelKind::Fax,
            Label::Whatsapp => ChannelKind::Whatsapp,
            _ => ChannelKind::Phone,
        };
        push(&mut found, kind, &number, range.clone());
        if label == Label::PhoneAndFax {
            push(&mut found, ChannelKind::Fax, &number, range.clone());
        }
        if label == Label::PhoneAndWhatsapp {
            push(&mut found, ChannelKind::Whatsapp, &number, range.clone());
        }
        i = last + 1;
        let further = further(text, &groups[i..], &number, kind);
        i += further.len();
        found.extend(further);
    }
    found.extend(short_numbers(text, &groups, &found));
    found
}

/// Shortened numbers behind a whole one: "059 776321 / 322", "0583-417216; 417252", "0721/359401-402", "0382 1955220 oppure 1955221". One group of digits each.
fn further(text: &str, groups: &[Group], number: &str, kind: ChannelKind) -> Vec<Found> {
    let mut found = Vec::new();
    let mut previous = number;
    for (i, next) in groups.iter().enumerate() {
        let more = text.get(next.range.clone()).unwrap_or_default();
        let gap = next.gap.trim();
        // "tel. 0583 216305 fax 216310"
        let (gap, kind) = match gap.trim_end_matches([':', '.', ' ']).strip_suffix("fax") {
            Some(rest) => (rest.trim().trim_end_matches(['.', ' ']), ChannelKind::Fax),
            None => (gap, kind),
        };
        let sign = gap.is_empty() && kind == ChannelKind::Fax && more.len() >= 4
            || matches!(
                gap,
                "/" | "-"
                    | ";"
                    | ","
                    | "e"
                    | "o"
                    | "oppure"
                    | "- e"
                    | "o al"
                    | "e al"
                    | "oppure al"
                    | "o allo"
                    | "e allo"
                    | "oppure allo"
                    | "ovvero"
                    | "e anche"
                    | "anche"
                    | "/-"
            );
        // "010 5571220 – 21 – 22", "0173 551231/2/3": the lines that come next, however far the signs stand apart
        let last: Option<u32> = previous.get(previous.len().saturating_sub(more.len())..).and_then(|d| d.parse().ok());
        let next_line = (gap == "-" && more.len() == 2 || next.gap == "/" && more.len() == 1)
            && last.zip(more.parse().ok()).is_some_and(|(last, more): (u32, u32)| (last + 1..=last + 3).contains(&more));
        let glued_pair = more.len() == 2 && matches!(gap, "/" | "-");
        let fewest = if next_line { 1 } else { 2 };
        let plausible = (fewest..number.len().saturating_sub(1)).contains(&more.len())
            && (!more.starts_with('0') || glued_pair)
            && lengths(more).is_none_or(|(fewest, _)| more.len() < fewest);
        let follows = groups.get(i + 1).map(|g| g.gap).unwrap_or_default();
        // "0824 998123 / 338 700 4512": a whole number of its own, in groups
        let starts_new = lengths(more).is_some_and(|(fewest, most)| {
            let joined = groups[i + 1..].iter().take(3).take_while(|g| joins(g.gap, true));
            let lengths = joined.scan(more.len(), |length, g| {
                *length += g.range.len();
                Some(*length)
            });
            lengths.into_iter().any(|length| (fewest..=most).contains(&length))
        });
        if starts_new {
            break;
        }
        // "216305/06/07"
        let pairs = next.gap == "/" && follows == "/" && groups.get(i + 1).is_some_and(|g| g.range.len() == 2);
        let is_clock = more.len() <= 2
            && !pairs
            && !next_line
            && (matches!(follows, "." | "," | ":" | "-" | "/" | " - ") || gap == "," || gap == ";" || gap == "e" || gap == "o")
            || matches!(more.len(), 1..=2) && text.get(next.range.end..).unwrap_or_default().trim_start().starts_with("del");
        if !sign
            || !plausible
            || is_clock
            || next.gap.contains('\n')
            || more.len() == 2 && next.gap.contains(' ') && gap != "/" && gap != "-"
        {
            break;
        }
        // "0585 123456, 54033 Carrara" is a postal code
        if gap == ","
            && more.len() == 5
            && text.get(next.range.end..).unwrap_or_default().trim_start().starts_with(|c: char| c.is_ascii_alphabetic())
        {
            break;
        }
        let stem = number.get(..number.len() - more.len()).unwrap_or_default();
        let full = format!("{stem}{more}");
        push(&mut found, kind, &full, next.range.clone());
        previous = more;
    }
    found
}

fn push(found: &mut Vec<Found>, kind: ChannelKind, number: &str, range: Range<usize>) {
    found.push(Found { channel: Channel { kind, value: Some(format!("+39{number}")) }, range });
}

/// "chiamare il 112", "numero 1530": only where the words say that it is a number to call.
fn short_numbers(text: &str, groups: &[Group], found: &[Found]) -> Vec<Found> {
    let mut short = Vec::new();
    for group in groups {
        let digits = text.get(group.range.clone()).unwrap_or_default();
        let before = text.get(..group.range.start).unwrap_or_default().trim_end();
        let inside = found.iter().any(|f| f.range.start <= group.range.start && group.range.end <= f.range.end);
        let called = [
            "numero",
            "chiamare il",
            "chiamando il",
            "chiamate il",
            "tel",
            "tel.",
            "telefono",
            "numero unico",
            "numero breve",
            "risponde al",
        ]
        .iter()
        .any(|w| before.ends_with(w));
        let known = matches!(digits, "112" | "113" | "115" | "117" | "118" | "1530" | "1515" | "1522" | "114" | "116117");
        if known && called && !inside {
            short.push(Found { channel: Channel { kind: ChannelKind::Phone, value: Some(digits.into()) }, range: group.range.clone() });
        }
    }
    short
}

/// Whether what stands between two groups of digits may join them into one number.
fn joins(gap: &str, after_prefix: bool) -> bool {
    matches!(gap, " " | "." | "/" | "-" | ". " | " - " | " / " | "/ " | "- " | " -" | " /" | " . ")
        || after_prefix && matches!(gap, ") " | ")" | ")/" | ") - ")
}

fn looks_like_time_or_date(groups: &[Group], i: usize, text: &str) -> bool {
    let next = groups.get(i + 1);
    let two = next.is_some_and(|g| g.range.len() == 2 && matches!(g.gap, "." | "," | ":" | "/" | "-"));
    // "06.12.34.56.78": so many pairs are no date
    let chain = groups.iter().skip(i + 1).take_while(|g| g.gap == ".").count();
    // "02/90 55 31 24": pairs behind a prefix
    let pairs = groups.iter().skip(i + 2).take_while(|g| matches!(g.gap, " " | ".") && g.range.len() == 2).count();
    let prefix =
        next.is_some_and(|g| g.gap == "/" && g.range.len() == 2) && text.get(groups[i].range.clone()).is_some_and(|d| d.starts_with('0'));
    if chain >= 3 || prefix && pairs >= 2 {
        return false;
    }
    two || next.is_some_and(|g| matches!(g.gap, "," | ":"))
}

fn is_date(groups: &[Group], i: usize) -> bool {
    let length = |j: usize| groups.get(j).map_or(0, |g| g.range.len());
    let gap = |j: usize| groups.get(j).map_or("", |g| g.gap);
    length(i) <= 2
        && length(i + 1) <= 2
        && length(i + 1) > 0
        && matches!(gap(i + 1), "/" | "." | "-")
        && gap(i + 2) == gap(i + 1)
        && matches!(length(i + 2), 2 | 4)
        && !(length(i + 2) == 2 && length(i + 3) > 0 && gap(i + 3) == gap(i + 2))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    None,
    Phone,
    Fax,
    PhoneAndFax,
    Whatsapp,
    PhoneAndWhatsapp,
}

/// The word that names a number, right before it.
fn label(before: &str, text: &str, end: usize) -> Label {
    let tail = tail(before, 48);
    let tail = tail.rsplit(['\n', ';']).next().unwrap_or_default();
    // only what stands behind the last digit, so that "tel. 0583 1 fax 0583 2" tells them apart
    let behind = tail.rsplit(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    // "334 1820457 (anche WhatsApp), ufficio tecnico 348 6053319": the bracket is of the number before it
    let bracket = behind.trim_start().strip_prefix('(').and_then(|inside| inside.split_once(')')).map(|(_, rest)| rest);
    let cut_off = behind.split_once(')').filter(|(inside, _)| !inside.contains('(')).map(|(_, rest)| rest);
    let tail = bracket.filter(|_| behind.len() < tail.len()).or(cut_off).unwrap_or(behind);
    let has = |word: &str| tail.contains(word);
    let after = text.get(end..).unwrap_or_default().trim_start();
    let fax = has("fax");
    // "Pontelagoscuro": no telephone
    let opens = |word: &str| tail.match_indices(word).any(|(at, _)| !tail[..at].ends_with(|c: char| c.is_ascii_alphabetic()));
    let tel = opens("tel") || opens("cell") || has("phone");
    let whatsapp = has("whatsapp") || has("whats app") || has("wa ") && tail.trim_end().ends_with("wa");
    // "tel. - fax", "tel.+fax", "telefono e fax"
    let joined = tail.rfind("fax").and_then(|at| tail.get(..at)).is_some_and(|before| {
        let before = before.trim_end_matches([' ', '.', '-', '+', '&', '/']);
        let before = before.strip_suffix(" e").or(before.strip_suffix(".e")).unwrap_or(before).trim_end_matches([' ', '.']);
        ["tel", "telefono", "tf", "cell", "phone"].iter().any(|w| before.ends_with(w))
    });
    if fax {
        return if tel
            && (joined
                || has("tel/fax")
                || has("tel. e fax")
                || has("tel.e fax")
                || has("telefono e fax")
                || has("tel./fax")
                || has("tel/ fax")
                || has("telefono/fax")
                || has("tel e fax")
                || has("tel. / fax")
                || has("tel fax")
                || has("telefax e tel")
                || has("telefono / fax"))
        {
            Label::PhoneAndFax
        } else if has("telefax") || tail.rfind("fax") > tail.rfind("tel") || !tel {
            Label::Fax
        } else {
            Label::Phone
        };
    }
    if whatsapp {
        // "tel. e WhatsApp", "cellulare (anche messaggi WhatsApp)": one number for both
        let before = tail.split("whats").next().unwrap_or_default();
        let near = ["tel", "cell", "phone"].iter().filter_map(|word| before.rfind(word)).max().map(|at| before.len() - at);
        let both = near.is_some_and(|n| n <= 28) && !before.contains("solo");
        return if both { Label::PhoneAndWhatsapp } else { Label::Whatsapp };
    }
    if after.starts_with("(fax)") {
        return Label::Fax;
    }
    if after.starts_with("(whatsapp") || after.starts_with("(solo whatsapp") || after.starts_with("(messaggi whatsapp") {
        return Label::Whatsapp;
    }
    if let Some(label) = also_behind(after) {
        return label;
    }
    if tel
        || has("numer")
        || has("chiam")
        || has("verde")
        || has("intern")
        || tail.trim_end().ends_with(" t")
        || tail.trim() == "t"
        || tail.trim() == "t."
    {
        Label::Phone
    } else {
        Label::None
    }
}

/// "(anche WhatsApp)", "(va bene anche un messaggio WhatsApp)", ", anche WhatsApp", "(anche fax)": what else the number before it is, unless a number of
/// its own follows ("anche WhatsApp: 371 …").
fn also_behind(after: &str) -> Option<Label> {
    let words = match after.strip_prefix('(') {
        Some(inside) => inside.split_once(')')?.0,
        None => after.trim_start_matches(['-', ',', ' ']).strip_prefix("anche ").map(|_| after).filter(|a| a.len() >= 14)?,
    };
    let kind = words.find("whatsapp").map(|at| (at + "whatsapp".len(), Label::PhoneAndWhatsapp));
    let (end, label) = kind.or_else(|| words.find("fax").map(|at| (at + "fax".len(), Label::PhoneAndFax)))?;
    let introduced = words.get(..end)?;
    const LONGEST: usize = 48;
    let also = introduced.contains("anche") || introduced.contains("telefono e ");
    let own_number = words.get(end..)?.trim_start_matches([' ', ':', '.', 'a', 'l']).starts_with(|c: char| c.is_ascii_digit() || c == '+');
    let figures = introduced.bytes().any(|b| b.is_ascii_digit());
    (also && !own_number && !figures && introduced.len() <= LONGEST).then_some(label)
}

/// "allo 0583", "al 0583", "dello 0583": the article of a telephone number.
fn called(before: &str) -> bool {
    let before = before.trim_end();
    ["allo", "lo", "dello", "al", "il", "numero", "dallo"]
        .iter()
        .any(|word| before.strip_suffix(word).is_some_and(|b| b.ends_with([' ', '(', '\n']) || b.is_empty()))
}

/// Words before a number that make it a code.
fn forbidden(before: &str) -> bool {
    if tail(before, 44).rsplit(['\n', ';']).next().unwrap_or_default().contains("iban") {
        return true;
    }
    let tail = tail(before, 26).rsplit(['\n', ';']).next().unwrap_or_default().trim_end();
    let tail = tail.trim_end_matches([':', '.', ' ', '/', '^']);
    [
        "iva",
        "p.i",
        "p.iva",
        "c.f",
        "cf",
        "codice fiscale",
        "fiscale",
        "iban",
        "prot",
        "protocollo n",
        "prot. n",
        "c.c.p",
        "ccp",
        "conto corrente",
        "cap",
        "cig",
        "cup",
        "bic",
        "codice ipa",
        "codice univoco",
        "istat",
        "repertorio",
        "determina n",
        "delibera n",
        "rep. n",
        "euro",
        "e.",
        "registro",
        "matricola",
        "pratica n",
        "isbn",
        "codice",
    ]
    .iter()
    // a whole word: "centrale operativa" is no "iva"
    .any(|word| tail.strip_suffix(word).is_some_and(|rest| !rest.ends_with(char::is_alphabetic)))
        || tail.ends_with("p.iva/c.f")
        || tail.ends_with("c.f./p.iva")
        || tail.ends_with("c.f. e p.iva")
}

/// "3.100 prestiti", "349,50 euro": no phone behind.
fn amount(text: &str, end: usize) -> bool {
    let after = text.get(end..).unwrap_or_default().trim_start();
    ["euro", "mila", "prestiti", "abitanti", "persone", "firme"].iter().any(|word| after.starts_with(word))
}

/// The number of a `tel:` or `wa.me` target, normalised.
pub fn number_of_link(digits: &str) -> Option<String> {
    let plain: String = digits.chars().filter(char::is_ascii_digit).collect();
    let local = plain
        .strip_prefix("0039")
        .or_else(|| plain.strip_prefix("39").filter(|rest| rest.len() >= 8 && lengths(rest).is_some()))
        .unwrap_or(&plain);
    if local.len() <= 6 && !local.starts_with('0') {
        return (local.len() >= 3).then(|| local.to_string());
    }
    let (fewest, most) = lengths(local)?;
    (fewest..=most).contains(&local.len()).then(|| format!("+39{local}"))
}
