//! Whose page it is: pages that a foundation, a bank, a swimming pool publishes about itself say nothing of a public body's offices.

use crate::document::Region;
use crate::domain::OfficeId;
use crate::extract::draft::Subject;
use crate::extract::press;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};

/// Words with which somebody's name begins who is no public body.
const OWNERS: [&str; 10] = [
    "fondazione",
    "associazione",
    "cooperativa",
    "societa",
    "parrocchia",
    "banca",
    "farmacia",
    "pro loco",
    "consorzio",
    "centro commerciale",
];

/// Whether the frame of a page is headed or signed by a foundation, a bank, an association, and names no public body. A link of a menu ("Società") signs
/// nothing, and neither does the publisher of a newspaper, whose articles do tell of offices.
pub(super) fn signed_by_stranger(segments: &[Segment], scans: &[Vec<Placed>]) -> bool {
    const BODIES: [&str; 13] = [
        "comune",
        "comuni",
        "comunale",
        "comunali",
        "provincia",
        "provinciale",
        "unione",
        "citta",
        "municipio",
        "municipale",
        "regione",
        "comunita",
        "metropolitana",
    ];
    let frame = || segments.iter().enumerate().filter(|(_, s)| s.region != Region::Main && !s.tokens.is_empty());
    let head = frame().next().map(|(i, _)| i).filter(|i| *i == 0);
    let signs = |i: usize, s: &Segment| {
        let text = s.folded.text.trim_start_matches(|c: char| !c.is_alphabetic());
        let named = OWNERS.iter().any(|owner| text.strip_prefix(owner).is_some_and(|rest| rest.starts_with(char::is_whitespace)));
        // "Consorzio di Polizia locale dei Tre Laghi": bodies that serve together
        let office = |m: &Placed| matches!(&m.mark, Mark::Offices(mention) if mention.offices.iter().any(|o| !o.office.is_other()));
        // "Consorzio sociale dell'Alta Valle", "Consorzio intercomunale dei servizi socio-assistenziali": municipalities that serve together
        let together = || {
            const SERVE: [&str; 5] = ["social", "socio", "intercomunal", "assistenzial", "comuni"];
            s.tokens.iter().take(6).any(|t| SERVE.iter().any(|stem| t.text.starts_with(stem)))
        };
        named
            && !(text.starts_with("consorzio") && (scans[i].iter().any(office) || together()))
            && text.len() <= 160
            && !press::is_publisher(&s.folded)
            && (head == Some(i) && heads(s) || is_signature(s, &scans[i]))
    };
    let names_body = |s: &Segment| s.tokens.iter().any(|t| BODIES.contains(&t.text.as_str()));
    frame().any(|(i, s)| signs(i, s)) && !frame().any(|(_, s)| names_body(s))
}

/// Whether the first words of a page are a name: no link of a menu, but perhaps what a menu stands under ("Banca della Valle: Conti, Mutui").
fn heads(segment: &Segment) -> bool {
    segment.role != Role::Item || segment.folded.text.split_once(':').is_some_and(|(name, _)| name.trim().contains(' '))
}

/// "… – C.F. 01234567890", "© …", or a name with its street or telephone: how owners sign.
fn is_signature(segment: &Segment, marks: &[Placed]) -> bool {
    segment.folded.has_any(&["p.iva", "p. iva", "partita iva", "c.f.", "codice fiscale", "©", "copyright", "terzo settore", "sede legale"])
        || marks.iter().any(|m| matches!(m.mark, Mark::Channel(_) | Mark::Address(_)))
}

/// The mayor, where the first lines or the signature say that he writes: "IL SINDACO INFORMA", "il vostro sindaco".
pub(super) fn writer(segments: &[Segment]) -> Option<Subject> {
    const OPENS: [&str; 10] = [
        "il sindaco informa",
        "la sindaca informa",
        "il sindaco scrive",
        "la sindaca scrive",
        "lettera del sindaco",
        "lettera della sindaca",
        "la lettera del sindaco",
        "messaggio del sindaco",
        "il saluto del sindaco",
        "dal vostro sindaco",
    ];
    const SIGNS: [&str; 6] = ["il vostro sindaco", "la vostra sindaca", "il sindaco,", "la sindaca,", "il sindaco", "la sindaca"];
    let main: Vec<&Segment> = segments.iter().filter(|s| s.region == Region::Main && !s.tokens.is_empty()).collect();
    let text = |s: &Segment| s.folded.text.trim().to_string();
    let opens = main.iter().take(4).any(|s| OPENS.iter().any(|w| text(s).starts_with(w)));
    let signed = main.iter().rev().take(4).any(|s| s.tokens.len() <= 6 && SIGNS.iter().any(|w| text(s).starts_with(w)));
    if !(opens || signed && main.iter().any(|s| speaks_of_himself(s))) {
        return None;
    }
    let named = main.iter().rev().find_map(|s| s.tokens.iter().position(|t| t.is_any(&["sindaco", "sindaca"])).map(|at| (s, at)))?;
    Some(Subject { office: OfficeId("sindaco".into()), name: named.0.words(named.1..named.1 + 1).to_string(), site: None })
}

/// "Da sabato mi trovate in via Mulini 6", "torno a ricevervi": whoever writes tells when he receives.
pub(super) fn speaks_of_himself(segment: &Segment) -> bool {
    const RECEIVES: [&str; 13] = [
        "mi trovate",
        "mi troverete",
        "torno a ricever",
        "tornero a ricever",
        "vi ricevo",
        "vi ricevero",
        "ricevo il ",
        "ricevo ogni ",
        "ricevo su ",
        "ricevero ",
        "vi aspetto ogni",
        "vi aspetto il ",
        "sono in municipio",
    ];
    let padded = format!(" {}", segment.folded.text);
    RECEIVES.iter().any(|w| segment.folded.has(w) && padded.contains(&format!(" {w}")))
}

/// The office that heads a letter and signs it: "Ufficio Tributi" above "Gentile contribuente", "la Responsabile dell'Ufficio Tributi" below.
pub(super) fn office_that_writes(segments: &[Segment], scans: &[Vec<Placed>]) -> Option<Subject> {
    const LINES: usize = 6;
    const SHORT: usize = 8;
    const DEAR: [&str; 9] = ["gentil", "egregi", "car ", "cari ", "care ", "caro ", "cara ", "spettabil", "ai cittadini"];
    let main: Vec<usize> = (0..segments.len()).filter(|i| segments[*i].region == Region::Main && !segments[*i].tokens.is_empty()).collect();
    let dear = main.iter().take(LINES).any(|i| DEAR.iter().any(|w| segments[*i].folded.text.trim_start().starts_with(w)));
    let named = |i: &usize| -> Option<Subject> {
        let short = segments[*i].tokens.len() <= SHORT && segments[*i].role != Role::Row;
        let mut offices = scans[*i].iter().filter_map(|m| if let Mark::Offices(mention) = &m.mark { Some((mention, m)) } else { None });
        let (mention, mark) = offices.next().filter(|_| short)?;
        let [office] = mention.offices.as_slice() else { return None };
        let alone = offices.next().is_none() && !office.office.is_all() && !office.office.is_other();
        alone.then(|| Subject { office: office.office.clone(), name: segments[*i].words(mark.start..mark.end).to_string(), site: None })
    };
    let head = main.iter().take(LINES).find_map(named).filter(|_| dear)?;
    let sign = main.iter().rev().take(3).find_map(named)?;
    (head.office == sign.office).then_some(head)
}

/// "Allo … rispondiamo dal lunedì al giovedì", "può venirci a trovare in …": those who write tell how to reach them.
pub(super) fn speaks_of_us(segment: &Segment) -> bool {
    const VERBS: [&str; 12] = [
        "rispondiamo",
        "risponderemo",
        "riceviamo",
        "riceveremo",
        "apriamo",
        "apriremo",
        "chiudiamo",
        "chiuderemo",
        "scriverci",
        "telefonarci",
        "chiamarci",
        "contattarci",
    ];
    segment.tokens.iter().any(|t| VERBS.contains(&t.text.as_str()))
        || segment.folded.has_any(&[
            "ci trovate",
            "ci trova ",
            "ci trovera",
            "venirci a trovare",
            "siamo aperti",
            "saremo aperti",
            "siamo in ",
        ])
}

/// "La struttura, privata da sempre, …": a text that calls the museum or the library it speaks of private.
pub(super) fn called_private(segments: &[Segment]) -> bool {
    const HOUSES: [&str; 8] = ["museo", "struttura", "collezione", "galleria", "biblioteca", "raccolta", "pinacoteca", "archivio"];
    const CHURCH: [&str; 4] =
        ["proprieta della parrocchia", "proprieta della diocesi", "proprieta della curia", "curato dai volontari della parrocchia"];
    // what stands below a title of its own is one of several houses that the page speaks of
    let main = segments.iter().filter(|s| s.region == Region::Main && s.headings.len() <= 1);
    main.into_iter().any(|s| {
        // "Il museo, di proprietà della parrocchia, …": the Church's
        let house = s.tokens.iter().take(3).any(|t| HOUSES.contains(&t.text.as_str()));
        if house && s.folded.has_any(&CHURCH) {
            return true;
        }
        let private = s.tokens.iter().position(|t| t.is_any(&["privato", "privata", "privati"]));
        private.is_some_and(|at| {
            // "Il museo … è di proprietà della famiglia, che lo gestisce attraverso una fondazione privata"
            let opens = s.tokens[..at.min(2)].iter().any(|t| HOUSES.contains(&t.text.as_str()));
            let owned = ["fondazione", "associazione", "societa", "famiglia"].iter().any(|w| s.tokens[at - usize::from(at > 0)].is(w));
            let near = &s.tokens[if opens && owned { 0 } else { at.saturating_sub(7) }..at];
            // "Casa del pane (museo privato)", the title of one of several
            let one_of_several = s.role == Role::Heading && !s.headings.is_empty();
            !one_of_several
                && near.iter().any(|t| HOUSES.contains(&t.text.as_str()))
                && !near.iter().any(|t| t.is_any(&["comunale", "civico", "civica"]))
        })
    })
}

/// Whether the first words of a page's own matter name somebody else ("PISCINA LE NAIADI") and no office.
pub(super) fn opened_by_stranger(segments: &[Segment], scans: &[Vec<Placed>]) -> bool {
    let Some(first) = segments.iter().position(|s| s.region == Region::Main && !s.tokens.is_empty()) else { return false };
    let short = segments[first].tokens.len() <= 12;
    let stranger = scans[first].iter().any(|m| matches!(m.mark, Mark::Cue(crate::lexicon::Cue::Stranger)))
        || ["ambulatorio", "piscina", "studio medico", "palestra", "associazione", "parrocchia", "ssd ", "asd ", "polisportiva"]
            .iter()
            .any(|w| segments[first].folded.text.trim_start().starts_with(w));
    let named = scans[first].iter().any(|m| matches!(m.mark, Mark::Offices(_) | Mark::TheOffices { .. }));
    short && stranger && !named
}
