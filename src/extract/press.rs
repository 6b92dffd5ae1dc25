//! Words of the press, wherever they stand: the colophon of a newspaper, what surrounds an article, contacts that are the reporters' and not the public's.
//!
//! In: a segment, a line of the frame or a channel. Out: whether it is the press that speaks, or is spoken to.

use std::ops::Range;

use super::scan::{Mark, Placed};
use super::segment::{Role, Segment};
use crate::document::Region;
use crate::domain::Channel;
use crate::text::Folded;

/// The colophon: who answers for a newspaper and where it is registered.
const COLOPHON: [&str; 6] =
    ["reg. trib", "registrazione trib", "testata registrata", "iscritta al tribunale", "direttore responsabile", "testata giornalistica"];
/// What stands around an article: its makers, its rights, who advertises there.
const MAKERS: [&str; 6] = ["abbonamenti:", "redazione", "webmaster", "per la pubblicita", "riproduzione riservata", "fonte:"];
/// Contacts for reporters.
const FOR_REPORTERS: [&str; 10] = [
    "contatti per la stampa",
    "ufficio stampa del comune",
    "ufficio stampa comune",
    "ufficio stampa provincia",
    "ufficio stampa della provincia",
    "ufficio stampa dell'unione",
    "ufficio stampa unione",
    "ufficio stampa della citta",
    "per informazioni alla stampa",
    "a cura dell'ufficio",
];
/// What leads to other articles.
const LEADS_ON: [&str; 7] =
    ["leggi anche", "condividi", "potrebbe interessarti", "potrebbe interessare", "potrebbero interessar", "ultime notizie", "tag:"];

/// A line that closes an article: the colophon, "Redazione: …", "Leggi anche: …".
pub fn closes_article(text: &Folded) -> bool {
    [&COLOPHON[..], &MAKERS, &FOR_REPORTERS, &LEADS_ON].iter().any(|words| text.has_any(words))
}

/// A line that opens with a way to other articles.
pub fn leads_on(text: &str) -> bool {
    ["leggi", "tag", "condividi"].iter().any(|w| text.starts_with(w))
}

/// "Leggi anche:", "Ti potrebbero interessare anche:" as a line of its own, above headlines of other articles.
pub fn leads_to_others(segment: &Segment) -> bool {
    const SHORT: usize = 8;
    segment.tokens.len() <= SHORT && segment.announces() && segment.folded.has_any(&LEADS_ON)
}

/// A line below which only the newspaper's own contacts stand.
pub fn is_colophon(text: &Folded) -> bool {
    text.has_any(&COLOPHON) || text.has("quotidiano")
}

/// Words by which a publisher names itself: "Società Editrice Il Corso srl", "testata", "quotidiano".
pub fn is_publisher(text: &Folded) -> bool {
    is_colophon(text)
        || text.has_any(&["editric", "editor", "editi", "testata", "redazion", "giornale", "giornalist", "periodico", "notiziario"])
}

/// "stampa@comune…", "redazione@…": nobody's counter.
pub fn is_mailbox(channel: &Channel) -> bool {
    let local = channel.value.as_deref().and_then(|v| v.split_once('@')).map_or("", |(local, _)| local);
    // "sport@gazzettadelpo.it": whatever box it is, the house is a newspaper's
    let host = channel.value.as_deref().and_then(|v| v.split_once('@')).map_or("", |(_, host)| host);
    let paper = ["quotidian", "gazzett", "giornal", "corriere"].iter().any(|w| host.contains(w)) && !host.contains("comune.");
    const BOXES: [&str; 9] =
        ["stampa", "ufficiostampa", "ufficio.stampa", "redazione", "cronaca", "press", "webmaster", "postmaster", "newsletter"];
    BOXES.contains(&local) || paper
}

/// "OGGETTO: orario degli sportelli nel periodo estivo": the subject of a letter that states nothing by itself, and is no office's.
pub fn is_bare_subject(segment: &Segment, marks: &[Placed]) -> bool {
    segment.folded.text.starts_with("oggetto") && !marks.is_empty() && marks.iter().all(|m| matches!(m.mark, Mark::TheOffices { .. }))
}

/// "Per ulteriori informazioni i giornalisti possono rivolgersi a …": contacts that are not the public's.
pub fn is_addressed(segment: &Segment) -> bool {
    let word = |stem: &str| segment.tokens.iter().any(|t| t.text.starts_with(stem));
    let text = segment.folded.text.as_str();
    // "(Per i giornalisti: ufficio stampa, 0172 …)", "Per segnalare appuntamenti alla rubrica: …", "Iscriviti al canale WhatsApp di MurgiaOggi: …"
    let column = segment.folded.has("alla rubrica")
        || segment.folded.has("alla redazione")
        || segment.folded.has("canale whatsapp") && word("iscriv");
    // "Per la stampa: Rosa Neri, 328 …": whoever stands behind it
    let opens = [
        "l'addetto stampa",
        "addetto stampa",
        "per la stampa",
        "per informazioni alla stampa",
        "info stampa",
        "contatti stampa",
        "rapporti con la stampa",
    ]
    .iter()
    .any(|w| text.trim_start().starts_with(w));
    // "Ufficio stampa - tel. 0432 640155 - stampa@comune…", at the foot of a release
    let desk = ["ufficio stampa", "ufficio comunicazione", "comunicazione"].iter().any(|w| text.trim_start().starts_with(w));
    let signed = desk && segment.folded.has("stampa@")
        // "Portavoce del Sindaco, tel. …"
        || ["portavoce", "il portavoce", "capo ufficio stampa"].iter().any(|w| text.trim_start().starts_with(w));
    if segment.folded.has("per i giornalisti") || column || opens || signed {
        return true;
    }
    (word("giornalist") || segment.folded.has("la stampa") && word("informazion"))
        && ["rivolg", "contatt", "chiam", "scriv", "telefon"].iter().any(|stem| word(stem))
}

/// The last lines of a release, from "Ufficio stampa" on, with its number: who wrote it. `None` where a list of offices ends so.
pub fn sign_off(segments: &[Segment], scans: &[Vec<Placed>]) -> Option<Range<usize>> {
    // "Ufficio stampa", "tel. …", "stampa@…"
    const LINES: usize = 4;
    const SHORT: usize = 24;
    let end = segments.iter().rposition(|s| s.region == Region::Main && !s.tokens.is_empty())? + 1;
    let lines = |i: &usize| matches!(segments[*i].role, Role::Sentence | Role::Line) && segments[*i].tokens.len() <= SHORT;
    let from = (end.saturating_sub(LINES)..end).rev().take_while(lines).find(|i| segments[*i].folded.has("ufficio stampa"))?;
    let reached = scans[from..end].iter().flatten().any(|m| matches!(m.mark, Mark::Channel(_)));
    let timed = scans[from..end].iter().flatten().any(|m| matches!(m.mark, Mark::Span(..) | Mark::Days(_)));
    // "Protocollo 0461 …" in the line above: one entry of a list
    let entry = |marks: &Vec<Placed>| {
        marks.iter().any(|m| matches!(m.mark, Mark::Offices(_))) && marks.iter().any(|m| matches!(m.mark, Mark::Channel(_)))
    };
    let listed = from.checked_sub(1).is_some_and(|above| segments[above].block == segments[from].block && entry(&scans[above]));
    (reached && !timed && !listed).then_some(from..end)
}

/// "[ ] 8.00-11.00 [ ] 10.00-13.00", "☐ sì ☐ no": boxes to be ticked, of a questionnaire.
pub fn is_form(segment: &Segment) -> bool {
    ["[ ]", "☐", "□", "❏"].iter().any(|sign| segment.text.matches(sign).count() >= 2)
}

/// "Per non ricevere più questi messaggi rispondi STOP", "Ricevi questa mail perché …": how to leave a list, and nothing about an office.
pub fn is_of_mailing_list(segment: &Segment) -> bool {
    const LISTS: [&str; 12] = [
        "sms",
        "messagg",
        "mail",
        "email",
        "newsletter",
        "comunicazion",
        "notifich",
        "avvisi",
        "notiziario",
        "lista",
        "bollettino",
        "lettera",
    ];
    const LEAVES: [&str; 12] = [
        "cancellart",
        "cancellar",
        "cancellam",
        "cancellazione",
        "disiscri",
        "disattiv",
        "stop",
        "cancella",
        "unsubscribe",
        "annullare",
        "iscritto",
        "revocare",
    ];
    let word = |stems: &[&str]| segment.tokens.iter().any(|t| stems.iter().any(|stem| t.text.starts_with(stem)));
    let text = segment.folded.text.as_str();
    let no_more = segment.folded.has_any(&["non ricevere piu", "non desider", "non intend", "non vuol", "smettere di ricevere"])
        && word(&["ricever"]);
    let received = segment.folded.has("ricevi quest") || segment.folded.has("ricevete quest") || segment.folded.has("hai ricevuto quest");
    // "Per non riceverla più scrivi a …"
    let unasked = text.trim_start().starts_with("per non ricever") && segment.folded.has(" piu");
    unasked || (no_more || received || text.starts_with("per cancellar")) && word(&LISTS) && (word(&LEAVES) || received)
}

/// "Pubblicità: Mobilificio Serafini, aperto anche domenica": what somebody pays for. The text is folded.
pub fn is_advertisement(text: &str) -> bool {
    const PAID: [&str; 10] = [
        "pubblicita",
        "publiredazionale",
        "informazione pubblicitaria",
        "annuncio pubblicitario",
        "inserzione",
        "messaggio promozionale",
        "messaggio pubblicitario",
        "spazio pubblicitario",
        "contenuto sponsorizzato",
        "sponsorizzato",
    ];
    let text = text.trim_start_matches(|c: char| !c.is_alphabetic());
    let behind = PAID.iter().find_map(|word| text.strip_prefix(word)).map(str::trim_start);
    behind.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '-', '|', '.', '*']))
}

/// "Dove è scritto «app.» occorre fissare un appuntamento", "(*) significa …": how to read a list, and nothing about an office.
pub fn is_legend(segment: &Segment) -> bool {
    let text = segment.folded.text.trim_start();
    // "Nella tabella che segue sono riportate le ore in cui ciascun ufficio è aperto"
    let leads = segment.folded.has_any(&["sono riportat", "sono indicat", "sono elencat", "si riportano", "trovate"])
        && segment.folded.has_any(&["nella tabella", "di seguito", "qui sotto", "nell'elenco"])
        && !text.bytes().any(|b| b.is_ascii_digit());
    // "La tabella elenca, ufficio per ufficio, i giorni di chiusura …"
    let first = super::segment::first_word(&segment.tokens);
    let word = |i: usize| segment.tokens.get(first + i).map_or("", |t| t.text.as_str());
    let shows = matches!(word(1), "tabella" | "prospetto" | "elenco" | "quadro" | "calendario" | "schema")
        && ["elenca", "riporta", "indica", "mostra", "riassum", "riepilog", "confront", "mette"]
            .iter()
            .any(|stem| (2..5).any(|i| word(i).starts_with(stem)))
        && !text.bytes().any(|b| b.is_ascii_digit());
    if leads || shows {
        return true;
    }
    [
        "dove e scritto",
        "dove si legge",
        "dove e indicat",
        "in corsivo",
        "in grassetto",
        "in rosso",
        "la sigla ",
        "con la sigla",
        "la dicitura",
        "l'asterisco indica",
        "legenda",
    ]
    .iter()
    .any(|w| text.starts_with(w))
}

/// "Da: …", "A: …", "Data: …": the head of a mail, above its text.
pub fn is_mail_head(segment: &Segment, index: usize) -> bool {
    const FIELDS: [&str; 13] = [
        "da:",
        "a:",
        "cc:",
        "ccn:",
        "data:",
        "inviato:",
        "mittente:",
        "destinatario:",
        "destinatari:",
        "from:",
        "to:",
        "date:",
        "rispondi a:",
    ];
    index <= 6
        && segment.role == super::segment::Role::Line
        && FIELDS.iter().any(|field| segment.folded.text.trim_start().starts_with(field))
}
