//! A second look at the phrases, in the light of the sentences around them: weekdays that stand for a date named before, statements that the next
//! sentence calls an error, words for the press.
//!
//! In: segments with their phrases. Out: the phrases, some of them replaced or dropped.

use jiff::civil::Date;

use super::grammar::dates::{When, weekday_of};
use super::grammar::weekdays::Days;
use super::press;
use super::scan::{Mark, Placed};
use super::segment::{Role, Segment};
use crate::text::TokenKind;

/// Looks again.
pub fn revise(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let mut motion = None;
    for (i, segment) in segments.iter().enumerate() {
        if is_motion(segment) {
            motion = Some(segment.block);
        }
        let withdrawn = segments.get(i + 1).is_some_and(|next| next.block == segment.block && calls_it_wrong(next));
        if withdrawn || takes_back(segment) || press::is_addressed(segment) || is_premise(segment) || motion == Some(segment.block) {
            scans[i].clear();
        }
    }
    weekdays_as_dates(segments, scans);
    same_days_as_dates(segments, scans);
    for (segment, marks) in segments.iter().zip(scans.iter_mut()) {
        ordinals_behind(segment, marks);
    }
}

/// "sabato 9-11.30, ma soltanto il secondo e il quarto del mese": ordinals behind the day that they count.
fn ordinals_behind(segment: &Segment, marks: &mut [Placed]) {
    const REACH: usize = 14;
    let Some(month) =
        segment.tokens.windows(2).position(|t| t[0].is_any(&["del", "di", "d'"]) && t[1].is("mese") || t[0].is("ogni") && t[1].is("mese"))
    else {
        return;
    };
    let mut nth: Vec<i8> = Vec::new();
    let mut at = month;
    while let Some(token) = at.checked_sub(1).and_then(|i| segment.tokens.get(i)) {
        let counted =
            ["prim", "second", "terz", "quart"].iter().position(|stem| token.text.starts_with(stem) && token.text.len() == stem.len() + 1);
        match counted {
            Some(n) => nth.insert(0, n as i8 + 1),
            None if token.text.starts_with("ultim") => nth.insert(0, -1),
            None if token.is_any(&["e", "ed", "il", "la", ",", "(", "di"]) => {}
            None => break,
        }
        at -= 1;
    }
    if nth.is_empty() {
        return;
    }
    let day = marks.iter_mut().rev().find(|m| m.end <= at + 1 && at - m.end.min(at) <= REACH && matches!(m.mark, Mark::Days(_)));
    if let Some(Placed { mark: Mark::Days(Days::These { days, .. }), .. }) = day
        && let [only] = days.as_mut_slice()
        && only.nth.is_empty()
    {
        only.nth = nth;
    }
}

/// "Avevamo scritto che si riceve il martedì: non è così."
fn takes_back(segment: &Segment) -> bool {
    let text = segment.folded.text.as_str();
    let told = ["avevamo scritto", "avevamo indicato", "avevamo annunciato", "era scritto che", "si leggeva che", "avevamo comunicato"]
        .iter()
        .any(|w| text.contains(w));
    told && ["non e cosi", "sbagliat", "errat", "un errore", "una svista", "non e vero"].iter().any(|w| text.contains(w))
}

/// "Si tratta di un errore: …", "L'indicazione è errata": about the sentence before.
fn calls_it_wrong(segment: &Segment) -> bool {
    let text = segment.folded.text.trim_start();
    let opens = [
        "si tratta di un errore",
        "si trattava di un errore",
        "si tratta di un refuso",
        "si e trattato di un errore",
        "si tratta di una notizia falsa",
    ];
    // "Lo 0783 449102 è di una famiglia. Il numero giusto è …"
    let puts_right = || {
        ["numero", "orario", "indirizzo", "giorno"]
            .iter()
            .any(|what| ["giusto", "corretto", "esatto"].iter().any(|how| text.contains(&format!("{what} {how}"))))
    };
    let number_right = text.len() < 90 && text.starts_with("il numero") && puts_right();
    let says = ["l'indicazione", "l'informazione", "il dato", "la notizia", "quanto sopra", "quell'orario", "l'orario indicato"];
    let is_said = says.iter().any(|s| text.starts_with(s));
    number_right
        || opens.iter().any(|w| text.starts_with(w))
        || is_said
            && ["errat", "sbagliat", "inesatt", "frutto di un errore", "non corrispond"].iter().any(|w| {
                let at = text.find(w).unwrap_or(usize::MAX);
                at < 60 && !text[..at].contains(" non ")
            })
}

/// "CONSIDERATO che …;", "VISTO l'art. 50 …": why an act is made, not what it orders.
fn is_premise(segment: &Segment) -> bool {
    const PREMISES: [&str; 12] = [
        "premess",
        "considerat",
        "vist",
        "richiamat",
        "rilevat",
        "ritenut",
        "sentit",
        "attes",
        "accertat",
        "constatat",
        "ravvisat",
        "dato",
    ];
    let first = super::segment::first_word(&segment.tokens);
    let Some(word) = segment.tokens.get(first) else { return false };
    let ends_open = segment.text.trim_end().ends_with([';', ',']);
    ends_open
        && word.upper
        && PREMISES.iter().any(|w| word.text.starts_with(w))
        && (word.text != "dato" || segment.folded.text.contains("dato atto"))
}

/// The minutes of a council: what stands behind "Mozione per …", "Interrogazione sugli orari …" in its paragraph was said, not decided.
fn is_motion(segment: &Segment) -> bool {
    let text = segment.folded.text.trim_start_matches(|c: char| !c.is_alphabetic());
    ["interrogazion", "mozion", "interpellanz", "proposta di "].iter().any(|w| text.starts_with(w))
}

/// "Sabato 3 giugno gli uffici saranno chiusi. La Polizia locale sabato sarà in servizio": in running text a bare weekday is the date that was named.
fn weekdays_as_dates(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const REACH: usize = 6;
    let mut named: Vec<(usize, Date)> = Vec::new();
    for (i, segment) in segments.iter().enumerate() {
        let single = scans[i].iter().filter(|m| matches!(m.mark, Mark::Days(_))).count() == 1;
        for mark in &mut scans[i] {
            match &mark.mark {
                Mark::When(When::Days(days)) => named.extend(days.iter().map(|day| (i, *day))),
                Mark::Days(Days::These { days, every: false }) if single && segment.role == Role::Sentence => {
                    let [only] = days.as_slice() else { continue };
                    if !only.nth.is_empty() || !stands_bare(segment, mark.start, mark.end) {
                        continue;
                    }
                    let date = named.iter().rev().find(|(at, date)| i - at <= REACH && weekday_of(*date) == only.day);
                    if let Some((_, date)) = date {
                        mark.mark = Mark::When(When::Days(vec![*date]));
                    }
                }
                _ => {}
            }
        }
    }
}

/// "Chiusi dall'11 al 16 agosto. Negli stessi giorni …": the days said last were dates, none of the week.
fn same_days_as_dates(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let mut last_were_dates: Option<usize> = None;
    for (i, segment) in segments.iter().enumerate() {
        let hours = scans[i].iter().any(|m| m.mark == Mark::SameHours);
        let during = |m: &Placed| m.start > 0 && segment.tokens[m.start - 1].is_any(&["negli", "nei", "in"]) && !hours;
        for mark in &mut scans[i] {
            match &mark.mark {
                Mark::When(When::Days(_) | When::Range(_) | When::Months(_)) => last_were_dates = Some(i),
                Mark::Days(Days::Same)
                    if segment.role == Role::Sentence && during(mark) && last_were_dates.is_some_and(|at| i - at <= 2) =>
                {
                    mark.mark = Mark::When(When::Same);
                }
                Mark::Days(_) => last_were_dates = None,
                _ => {}
            }
        }
    }
}

/// Whether a weekday stands without article or preposition, and a verb follows, no hour: "sabato sarà", not "il sabato", "lunedì 9-12".
fn stands_bare(segment: &Segment, start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|i| segment.tokens.get(i));
    let article = before.is_some_and(|t| {
        t.is_any(&[
            "il", "la", "di", "del", "della", "ogni", "al", "dal", "da", "e", "-", "/", "tutti", "nei", "nel", "primo", "secondo", "terzo",
            "quarto", "ultimo",
        ])
    });
    let verb = segment.tokens.get(end).is_some_and(|t| {
        t.kind == TokenKind::Word
            && t.text.len() > 1
            && !t.is_any(&[
                "dalle",
                "dalla",
                "ore",
                "ed",
                "mattina",
                "mattino",
                "pomeriggio",
                "sera",
                "escluso",
                "chiuso",
                "chiusi",
                "a",
                "al",
                "o",
                "h",
                "anche",
            ])
    });
    !article && verb && end == start + 1
}
