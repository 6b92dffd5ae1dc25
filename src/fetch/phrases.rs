//! What substitutes for a page say of themselves, in Italian and English; all in lower case.

/// The parts of a title: "Pagina non trovata - Comune di X" has two.
pub(super) fn segments(title: &str) -> impl Iterator<Item = &str> {
    title
        .split(['|', '–', '—', '»', ':', '•'])
        .flat_map(|part| part.split(" - "))
        .map(|part| part.trim_matches(|c: char| !c.is_alphanumeric()))
}

pub(super) fn is_not_found(title: &str) -> bool {
    const WHOLE: &[&str] = &["404", "error 404", "errore 404", "404 error", "404 not found", "not found", "oops", "errore"];
    const BEGIN: &[&str] = &[
        "pagina non trovata",
        "pagina non esistente",
        "pagina inesistente",
        "page not found",
        "risorsa non trovata",
        "contenuto non trovato",
        "contenuto non disponibile",
        "la pagina richiesta non",
        "la pagina cercata non",
        "la pagina che cerchi non",
        "la pagina che stai cercando non",
        "la risorsa richiesta non",
        "404 pagina",
        "404 page",
        "errore 404",
        "error 404",
        "404 not found",
        "nothing found",
        "pagina rimossa",
    ];
    segments(title).any(|segment| WHOLE[..7].contains(&segment) || BEGIN.iter().any(|begin| segment.starts_with(begin)))
}

pub(super) fn says_not_found(text: &str) -> bool {
    const SAYS: &[&str] = &[
        "la pagina richiesta non esiste",
        "la pagina richiesta non è stata trovata",
        "la pagina cercata non esiste",
        "la pagina che stai cercando non",
        "la pagina che cerchi non",
        "the page you requested",
        "the requested url was not found",
        "la risorsa richiesta non è",
        "la pagina non è stata trovata",
        "il contenuto richiesto non è disponibile",
        "la pagina a cui stai tentando di accedere non esiste",
    ];
    SAYS.iter().any(|says| text.contains(says))
}

pub(super) fn says_maintenance(text: &str) -> bool {
    const SAYS: &[&str] = &[
        "sito in manutenzione",
        "sito web in manutenzione",
        "sito è in manutenzione",
        "sito in fase di manutenzione",
        "sito temporaneamente non disponibile",
        "sito in aggiornamento",
        "sito web in aggiornamento",
        "sito è momentaneamente non disponibile",
        "sito momentaneamente non disponibile",
        "sito internet in manutenzione",
        "portale in manutenzione",
        "portale è in manutenzione",
        "pagina in manutenzione",
        "servizio web non disponibile",
        "sito in costruzione",
        "sito è in costruzione",
        "sito web in costruzione",
        "torneremo online",
        "saremo di nuovo online",
        "torniamo online",
        "manutenzione del sito",
        "manutenzione straordinaria del sito",
        "manutenzione programmata del sito",
        "manutenzione del portale",
        "under maintenance",
        "scheduled maintenance",
        "maintenance mode",
        "site is undergoing maintenance",
        "under construction",
        "be right back",
        "stiamo effettuando un intervento di manutenzione",
        "stiamo aggiornando il sito",
        "sito è temporaneamente non disponibile",
        "sito è temporaneamente non raggiungibile",
        "sito temporaneamente non raggiungibile",
    ];
    SAYS.iter().any(|says| text.contains(says)) || matches!(text, "manutenzione" | "in manutenzione" | "maintenance")
}

pub(super) fn says_parked(title: &str, text: &str, lower: &str) -> bool {
    const SAYS: &[&str] = &[
        "domain is for sale",
        "domain name is for sale",
        "dominio è in vendita",
        "dominio in vendita",
        "buy this domain",
        "acquista questo dominio",
        "domain is parked",
        "dominio parcheggiato",
        "parked domain",
        "dominio è scaduto",
        "domain has expired",
        "account has been suspended",
        "account suspended",
        "hosting scaduto",
        "spazio web è scaduto",
        "welcome to nginx",
        "apache2 debian default page",
        "apache2 ubuntu default page",
        "iis windows server",
        "default plesk page",
        "future home of something",
        "dominio registrato e",
        "questo dominio è registrato",
        "default web site page",
        "if you can read this page it means that the apache",
        "test page for the apache",
    ];
    const MARKS: &[&str] = &["sedoparking", "parkingcrew", "bodis.com", "cgi-sys/suspendedpage", "parklogic", "above.com/marketplace"];
    SAYS.iter().any(|says| title.contains(says) || text.contains(says)) || MARKS.iter().any(|mark| lower.contains(mark))
}
