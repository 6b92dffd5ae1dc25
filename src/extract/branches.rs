//! Branches that are told apart by what stands behind the office's name: "Ufficio Viabilità Pianura", "Biblioteca Centrale", "Biblioteca di Borgo Molino".
//!
//! In: segments with their phrases. Out: the phrases, with a branch marked behind each such name where the document holds at least two of them.

mod cards;
mod desks;
mod listed;
mod names;
mod posts;
mod prose;
mod rows;
mod towns;

use std::collections::{BTreeMap, BTreeSet};

use super::grammar::sites::name_end;
use super::scan::{Mark, Placed};
use super::segment::{Role, Segment};
use crate::document::{BlockKind, Document, Region};
use crate::domain::OfficeId;
use crate::lexicon::Lexicon;
use crate::text::Folded;

/// Offices of which a body may have several, each called by its place.
const IN_SEVERAL_PLACES: [&str; 5] = ["biblioteca", "centro-raccolta", "cimiteri", "farmacia", "museo"];

/// Marks branches.
pub fn mark(document: &Document, segments: &[Segment], scans: &mut [Vec<Placed>], lexicon: &Lexicon) {
    headquarters(segments, scans);
    desks::of_places(segments, scans);
    desks::beside_branches(segments, scans);
    posts::of_places(segments, scans);
    cards::of_one_office(segments, scans);
    towns::labelled(segments, scans);
    towns::in_prose(segments, scans);
    prose::headquarters_by_place(segments, scans);
    names::zones(segments, scans);
    names::named_by_place(segments, scans);
    rows::by_place(segments, scans);
    rows::among_branches(segments, scans);
    rows::columns_among_branches(segments, scans);
    rows::of_one_office(segments, scans);
    listed::by_name(segments, scans);
    by_structure(document, segments, scans, lexicon);
    rooms(segments, scans);
    called_by_place(segments, scans);
    prose::pointed_at(segments, scans);
    prose::museums(segments, scans);
    prose::desks_of_title(segments, scans);
    posts::directions(segments, scans);
    only_by_its_street(segments, scans);
}

/// "Gli operatori di Poggio rispondono allo …", below "la sede di Poggio": whoever works there speaks for the branch.
fn called_by_place(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const HOUSES: [&str; 9] = ["centro", "ecocentro", "isola", "sede", "biblioteca", "cimitero", "museo", "crm", "ccr"];
    const STAFF: [&str; 9] = ["operator", "addett", "personale", "impiegat", "collegh", "sportell", "uffici", "bibliotecar", "responsabil"];
    // as many as a body may have; a page with more of them is none
    const MOST: usize = 64;
    let mut places: Vec<(String, String)> = Vec::new();
    for mark in scans.iter().flatten() {
        if places.len() >= MOST {
            break;
        }
        let Mark::Site(name) = &mark.mark else { continue };
        let folded = crate::text::fold(name).replace("centro di raccolta", "centro").replace("punto di lettura", "punto");
        if let Some((post, place)) = folded.split_once(" di ")
            && [
                "sede",
                "delegazione",
                "sezione",
                "presidio",
                "succursale",
                "polo",
                "biblioteca",
                "centro",
                "punto",
                "cimitero",
                "museo",
                "crm",
                "ccr",
            ]
            .iter()
            .any(|word| post.starts_with(word))
            && !places.iter().any(|(known, _)| known == place)
        {
            places.push((place.to_string(), name.clone()));
        }
    }
    for (segment, marks) in segments.iter().zip(scans.iter_mut()).filter(|(s, _)| s.role == Role::Sentence && s.region == Region::Main) {
        if marks.iter().any(|m| matches!(m.mark, Mark::Site(_) | Mark::Offices(_))) {
            continue;
        }
        let of_place = |i: usize| -> Option<(usize, String)> {
            let staff = STAFF.iter().any(|stem| segment.tokens[i - 1].text.starts_with(stem))
                || HOUSES.contains(&segment.tokens[i - 1].text.as_str());
            if !staff || !segment.tokens[i].is_any(&["di", "d'", "a"]) || !segment.is_capital(i + 1) {
                return None;
            }
            let end = name_end(&segment.tokens, i + 1, &|j| segment.is_capital(j));
            let place = crate::text::fold(segment.words(i + 1..end));
            places.iter().find(|(known, _)| *known == place).map(|(_, name)| (end, name.clone()))
        };
        let found = (1..segment.tokens.len()).find_map(|i| of_place(i).map(|(end, name)| (i - 1, end, name)));
        if let Some((start, end, name)) = found {
            let at = marks.partition_point(|m| m.start < start);
            marks.insert(at, Placed { mark: Mark::Site(name), start, end });
        }
    }
}

/// "Emeroteca" beside "Sala prestito": another room of the library with hours of its own.
fn rooms(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let room = |mark: &Placed| matches!(&mark.mark, Mark::Site(name) if crate::text::fold(name).starts_with("sala "));
    if !scans.iter().flatten().any(room) {
        return;
    }
    for (segment, marks) in segments.iter().zip(scans.iter_mut()) {
        for mark in marks.iter_mut().filter(|m| matches!(m.mark, Mark::Offices(_)) && m.end == m.start + 1) {
            let named = segment.tokens.get(mark.start).is_some_and(|t| t.is_any(&["emeroteca", "mediateca", "ludoteca", "fonoteca"]));
            if named {
                mark.mark = Mark::Site(segment.words(mark.start..mark.end).to_string());
            }
        }
    }
}

/// "ricevono nella sede di via Santi 40": where no branches are told apart, the words of a branch say where the office is.
pub fn settle_addresses(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    for (segment, marks) in segments.iter().zip(scans.iter_mut()) {
        for placed in marks.iter_mut().filter(|m| matches!(m.mark, Mark::Site(_))) {
            let street =
                (placed.start..placed.end).find_map(|at| super::grammar::addresses::address(&segment.tokens, at).map(|end| (at, end)));
            if let Some((at, end)) = street {
                *placed = Placed { mark: Mark::Address(segment.words(at..end).to_string()), start: at, end };
            }
        }
    }
}

/// "Il comando di viale Matteotti 30 è aperto …" below a title that tells no other branch: where the office is.
fn only_by_its_street(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    // the branches below each title, counted to two
    let mut below: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for (segment, marks) in segments.iter().zip(scans.iter()) {
        for name in marks.iter().filter_map(|m| if let Mark::Site(name) = &m.mark { Some(crate::text::fold(name)) } else { None }) {
            for title in &segment.headings {
                let names = below.entry(*title).or_default();
                if names.len() < 2 {
                    names.insert(name.clone());
                }
            }
        }
    }
    for i in 0..segments.len() {
        let Some(title) = segments[i].headings.last().filter(|_| segments[i].role == Role::Sentence) else { continue };
        let street = |m: &Placed| {
            let at = (m.start..m.end).find_map(|at| super::grammar::addresses::address(&segments[i].tokens, at).map(|end| (at, end)));
            at.filter(|_| matches!(m.mark, Mark::Site(_)))
        };
        let Some((n, (at, end))) = scans[i].iter().enumerate().find_map(|(n, m)| street(m).map(|found| (n, found))) else { continue };
        if below.get(title).is_some_and(|names| names.len() == 1) {
            scans[i][n] = Placed { mark: Mark::Address(segments[i].words(at..end).to_string()), start: at, end };
        }
    }
}

/// Whether words speak of each of several branches: "per tutte le sedi", "valida per entrambe", "hanno in comune", "il comando e il distaccamento hanno gli stessi
/// recapiti". The text is folded.
pub fn says_each(text: &Folded) -> bool {
    const EACH: [&str; 21] = [
        "tutte le",
        "tutti gli",
        "tutti i ",
        "tutte e ",
        "tutti e ",
        "delle due sedi",
        "delle tre sedi",
        "dei due sportelli",
        "dei tre sportelli",
        "entramb",
        "ambedue",
        "ciascun",
        "ognun",
        "in comune",
        "comuni a",
        "unico per",
        "unica per",
        "numero unico",
        "unico numero",
        "e unic",
        "qualunque",
    ];
    let have = text.has_any(&["hanno", "condividono", "dispongono del", "rispondono al"]);
    let alike = ["gli stessi recapiti", "gli stessi contatti", "lo stesso numero", "lo stesso telefono", "lo stesso recapito"];
    text.has_any(&EACH) || says_wherever(text) || have && text.has_any(&alike)
}

/// Whether words speak of whichever branch somebody turns to: "quale che sia la sede", "nell'una o nell'altra sede", "a tutte si può scrivere". The text is folded.
pub fn says_wherever(text: &Folded) -> bool {
    const WHEREVER: [&str; 12] = [
        "quale che sia la sede",
        "quale che sia lo sportello",
        "qualunque sia la sede",
        "qualunque sia lo sportello",
        "qualsiasi sia la sede",
        "una o nell'altra",
        "una o dell'altra",
        "una o all'altra",
        "una qualunque delle",
        "una qualsiasi delle",
        "a tutte si ",
        "a entrambe si ",
    ];
    text.has_any(&WHEREVER)
}

/// Whether words speak of branches in the plural, of all of them: "per informazioni sui due centri", "numero verde degli ecocentri", "il comando e i presìdi". The
/// text is folded.
pub fn names_them(text: &Folded) -> bool {
    const BRANCHES: [&str; 24] = [
        "sportelli",
        "sedi",
        "presidi",
        "delegazioni",
        "biblioteche",
        "poli",
        "succursali",
        "musei",
        "cimiteri",
        "farmacie",
        "centri",
        "ecocentri",
        "ecopiazzole",
        "ecostazioni",
        "isole",
        "piattaforme",
        "stazioni",
        "riciclerie",
        "impianti",
        "punti",
        "comandi",
        "distaccamenti",
        "filiali",
        "sezioni",
    ];
    const LED: [&str; 27] = [
        "i", "gli", "le", "dei", "degli", "delle", "ai", "agli", "alle", "sui", "sugli", "sulle", "nei", "negli", "nelle", "dai", "dagli",
        "dalle", "coi", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nostri",
    ];
    // "gli sportelli di Ronco e Colle", "le sedi dei seggi", "gli impianti sportivi": of some, or of another matter
    const NARROWED: [&str; 13] =
        ["di", "a", "dei", "degli", "delle", "che", "aperti", "aperte", "sportivi", "termici", "pubblicitari", "ferroviarie", "vendita"];
    let tokens = crate::text::tokens(&text.text);
    let plural = |i: usize| {
        let led = i > 0 && tokens[i - 1].is_any(&LED);
        // "i centri di raccolta" are so called
        let kind = tokens.get(i + 2).is_some_and(|t| t.is_any(&["raccolta", "lettura", "prestito"]));
        let behind = tokens.get(if kind { i + 3 } else { i + 1 });
        tokens[i].is_any(&BRANCHES) && led && !behind.is_some_and(|t| t.is_any(&NARROWED))
    };
    (0..tokens.len()).any(plural) && !names_office(&text.text)
}

/// Whether words tell of an office, a desk or an occasion of its own whose number it is: "centrale operativa", "per le urgenze". The text is folded.
pub fn names_office(text: &str) -> bool {
    const OFFICES: [&str; 12] = [
        "ufficio",
        "servizio",
        "settore",
        "centralino",
        "centrale",
        "urp",
        "segreteria",
        "direzione",
        "comune",
        "urgenze",
        "emergenze",
        "pattuglia",
    ];
    // "info@comune.…" names nobody
    let spoken = text.split_whitespace().filter(|word| !word.contains('@'));
    spoken
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .any(|word| OFFICES.contains(&word.rsplit('\'').next().unwrap_or(word)))
}

/// "Tel. 0583 …, e-mail …": a way to reach somebody that names nobody.
pub fn is_bare_contact(sentence: &str) -> bool {
    const LABELS: [&str; 13] =
        ["tel", "telefono", "e", "email", "mail", "pec", "posta", "recapiti", "contatti", "info", "informazioni", "per", "numero"];
    const LONGEST: usize = 5;
    let folded = crate::text::fold(sentence);
    let mut words = folded.split(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | '.' | '-' | '@' | '/')).filter(|w| !w.is_empty());
    let labelled = words.next().is_some_and(|word| LABELS.contains(&word) || word.bytes().all(|b| b.is_ascii_digit()));
    // addresses and numbers do not count
    let spoken = folded.split_whitespace().filter(|w| !w.contains('@') && !w.bytes().any(|b| b.is_ascii_digit())).count();
    labelled && spoken <= LONGEST && !names_office(&folded)
}

/// Words that open the name of a branch.
const POSTS: [&str; 10] =
    ["comando", "sportello", "presidio", "punto", "sede", "ufficio", "delegazione", "filiale", "sezione", "succursale"];

/// A part of a page with a name of its own: the segments that bear the name, and all that stand under it.
struct Part {
    name: String,
    named_in: Vec<usize>,
    holds: Vec<usize>,
}

/// On the page of one office, titles each of which has an address under it are its branches, whatever they are called: "Ca' Bellini", "Sportello di Rosciano",
/// "Comando e centrale radio".
fn by_structure(document: &Document, segments: &[Segment], scans: &mut [Vec<Placed>], lexicon: &Lexicon) {
    let main = |s: &Segment| s.region == Region::Main;
    let Some(office) = office_of_page(document, segments, scans) else { return };
    let names_office = |marks: &[Placed]| {
        marks
            .iter()
            .any(|m| matches!(&m.mark, Mark::Offices(mention) if m.start == 0 && mention.offices.iter().all(|o| o.office == office)))
    };
    let title_at = segments.iter().position(|s| main(s) && s.role == Role::Heading).unwrap_or(0);
    let free = |marks: &[Placed]| {
        marks.iter().all(|m| match &m.mark {
            Mark::Offices(mention) => mention.offices.iter().all(|o| o.office.is_other() || o.office == office),
            Mark::Site(_) | Mark::Comma => true,
            // "Infopoint Stazione": the place stands in the name of the office
            Mark::Cue(cue) => !matches!(cue, crate::lexicon::Cue::Stranger | crate::lexicon::Cue::Event) || names_office(marks),
            _ => false,
        })
    };
    // the name of a place, or of a post: not "Come raggiungerci"
    let is_name = |name: &str| {
        let capital = |word: &str| word.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(char::is_uppercase);
        let first = crate::text::fold(name.split_whitespace().next().unwrap_or_default());
        POSTS.contains(&first.as_str()) || name.split_whitespace().skip(1).any(capital) && name.chars().any(char::is_lowercase)
    };
    // "Sportello di Rosciano" opens like a field and is a name
    let is_field = |folded: &str| {
        let first = folded.split_whitespace().next().unwrap_or_default();
        let labels = lexicon.labels();
        labels.is_field(folded) || labels.is_service(folded) || !POSTS.contains(&first) && labels.opens_field(folded)
    };
    let is_title = |s: &Segment| s.tokens.len() <= 10 && !is_field(s.folded.text.trim());
    let mut parts: Vec<Part> = Vec::new();
    for (i, segment) in segments.iter().enumerate().filter(|(i, s)| main(s) && s.role == Role::Heading && *i > title_at) {
        let same_kind =
            || scans[i].iter().any(|m| matches!(&m.mark, Mark::Offices(mention) if mention.offices.iter().all(|o| o.office == office)));
        let several = IN_SEVERAL_PLACES.contains(&office.0.as_str());
        if is_title(segment) && (is_name(&segment.text) || several && same_kind()) && free(&scans[i]) {
            let holds = (i + 1..segments.len()).filter(|j| segments[*j].headings.last() == Some(&i)).collect();
            parts.push(Part { name: own_name(&scans[i], &segment.text), named_in: vec![i], holds });
        }
    }
    for (i, segment) in segments.iter().enumerate().filter(|(_, s)| main(s)) {
        let Some(BlockKind::Definition(Some(term))) = document.blocks.get(segment.block).map(|b| &b.kind) else { continue };
        let name = document.blocks[*term].text.trim().trim_end_matches(':').to_string();
        let tokens = crate::text::tokens(&crate::text::fold(&name)).len();
        let label: Vec<Placed> = scans[i].iter().filter(|m| m.end <= tokens).cloned().collect();
        let folded = crate::text::fold(&name);
        if tokens > 10 || !is_name(&name) || is_field(&folded) || !free(&label) {
            continue;
        }
        let name = own_name(&label, &name);
        match parts.iter_mut().find(|p| p.name == name) {
            Some(part) => (part.named_in.push(i), part.holds.push(i)).1,
            None => parts.push(Part { name, named_in: vec![i], holds: vec![i] }),
        }
    }
    parts.retain(|part| part.holds.iter().any(|i| scans[*i].iter().any(|m| matches!(m.mark, Mark::Address(_)))));
    let mut names: Vec<String> = parts.iter().map(|p| crate::text::fold(&p.name)).collect();
    names.sort();
    names.dedup();
    if names.len() < 2 {
        return;
    }
    for part in &parts {
        let folded = crate::text::fold(&part.name);
        let n_tokens = crate::text::tokens(&folded).len();
        for &i in &part.named_in {
            scans[i].retain(|m| m.start >= n_tokens);
            scans[i].insert(0, Placed { mark: Mark::Site(part.name.clone()), start: 0, end: n_tokens });
        }
        // "Contatti Ca' Bellini"
        for (i, segment) in segments.iter().enumerate().filter(|(i, s)| s.role == Role::Heading && !part.named_in.contains(i)) {
            if segment.folded.text.contains(&folded) {
                scans[i].retain(|m| !matches!(&m.mark, Mark::Offices(_) | Mark::Site(_)));
                scans[i].insert(0, Placed { mark: Mark::Site(part.name.clone()), start: 0, end: segment.tokens.len() });
            }
        }
    }
}

/// What a title calls the branch: the name that it holds, or all of it.
fn own_name(marks: &[Placed], title: &str) -> String {
    let named = marks.iter().find_map(|m| if let Mark::Site(name) = &m.mark { Some(name.clone()) } else { None });
    named.unwrap_or_else(|| title.trim().trim_end_matches(':').to_string())
}

/// The one office that the title of a page names.
fn office_of_page(document: &Document, segments: &[Segment], scans: &[Vec<Placed>]) -> Option<OfficeId> {
    let title = document.title.as_deref().unwrap_or_default().trim();
    let at = segments.iter().position(|s| s.region == Region::Main && s.role == Role::Heading && s.text.trim() == title)?;
    let mut offices =
        scans[at].iter().filter_map(|m| if let Mark::Offices(mention) = &m.mark { Some(&mention.offices) } else { None }).flatten();
    let office = offices.next().map(|o| o.office.clone())?;
    (offices.next().is_none() && !office.is_all() && !office.is_other()).then_some(office)
}

/// "Comando" as a label beside "Distaccamento di …": the other branch.
fn headquarters(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let beside = scans.iter().flatten().any(|m| {
        matches!(&m.mark, Mark::Site(name) if {
            let name = crate::text::fold(name);
            ["distaccamento", "presidio", "delegazione"].iter().any(|w| name.starts_with(w))
        })
    });
    if !beside {
        return;
    }
    for (segment, marks) in segments.iter().zip(scans.iter_mut()) {
        if segment.folded.text.trim() == "comando" && segment.tokens.len() == 1 {
            *marks = vec![Placed { mark: Mark::Site(segment.words(0..1).to_string()), start: 0, end: 1 }];
        }
    }
}

/// How many branches a document tells apart.
pub fn distinct(scans: &[Vec<Placed>]) -> usize {
    let mut sites: Vec<String> = Vec::new();
    for mark in scans.iter().flatten() {
        if let Mark::Site(name) = &mark.mark {
            let folded = crate::text::fold(name);
            if !sites.contains(&folded) {
                sites.push(folded);
            }
        }
    }
    sites.len()
}

/// Whether the title of the page names a branch and no office: all that the page says is said of that branch ("Delegazione di Montale").
pub fn is_page_of_one(document: &Document, segments: &[Segment], scans: &[Vec<Placed>]) -> bool {
    let title = document.title.as_deref().unwrap_or_default().trim();
    let at = segments.iter().position(|s| s.region == Region::Main && s.role == Role::Heading && s.text.trim() == title);
    let Some(marks) = at.and_then(|at| scans.get(at)) else { return false };
    let opens = marks.first().is_some_and(|m| matches!(m.mark, Mark::Site(_)) && m.start <= 1);
    opens && !marks.iter().any(|m| matches!(m.mark, Mark::Offices(_)))
}

/// Whether running text names a branch that is one by its very word: "nella Delegazione di Pianelle", told apart from the office at the town hall.
pub fn is_apart(segments: &[Segment], scans: &[Vec<Placed>]) -> bool {
    let apart = |name: &str| ["delegazione", "succursale", "distaccamento"].iter().any(|w| name.starts_with(w));
    let told = |segment: &Segment, mark: &Placed| {
        segment.role == Role::Sentence
            && mark.start > 0
            && segment.tokens[mark.start - 1].is_any(&["la", "della", "nella", "alla", "il", "del", "nel", "al", "presso"])
    };
    segments.iter().zip(scans).any(|(s, marks)| {
        marks.iter().any(|m| {
            let Mark::Site(name) = &m.mark else { return false };
            let name = crate::text::fold(name);
            apart(&name) && told(s, m) || is_lending_point(&name)
        })
    })
}

/// "Punto prestito di Roncaglia": where a library lends books besides its own house. The name is folded.
fn is_lending_point(name: &str) -> bool {
    ["punto prestito", "punto di prestito", "punto lettura", "punto di lettura"].iter().any(|word| name.starts_with(word))
}
