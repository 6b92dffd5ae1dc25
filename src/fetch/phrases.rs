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
        "pagina non disponibile",
        "la pagina non esiste",
        "la pagina non è stata trovata",
        "questa pagina non esiste",
        "documento non trovato",
        "oggetto non trovato",
        "elemento non trovato",
        "articolo non trovato",
        "404 - ",
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
        "non troviamo la pagina",
        "non abbiamo trovato la pagina",
        "la pagina che si sta cercando non",
        "la pagina che hai cercato non",
        "la pagina che state cercando non",
        "la pagina desiderata non",
        "pagina non trovata",
        "page not found",
        "page could not be found",
        "il contenuto che stai cercando non",
        "la risorsa che stai cercando non",
        "questo contenuto è stato rimosso",
        "il documento richiesto non",
        "l'indirizzo richiesto non",
        "potrebbe essere stata spostata o eliminata",
    ];
    SAYS.iter().any(|says| text.contains(says))
}

/// Whether a text names a day or hours of the public, as what offices write of themselves does and what substitutes for a page do not.
/// Telephone and mail are no such sign: a note of maintenance may give them.
pub(super) fn says_when(text: &str) -> bool {
    const DAYS: &[&str] = &["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "lunedi", "martedi", "mercoledi", "giovedi", "venerdi"];
    const MONTHS: &[&str] =
        &["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"];
    const WORDS: &[&str] = &["orari ", "orario ", "riceve ", "ricevimento", "aperto al pubblico", "aperta al pubblico", "appuntamento"];
    if DAYS.iter().chain(WORDS).any(|word| text.contains(word)) {
        return true;
    }
    // "4 maggio", "1° aprile": the month alone may be a name
    let is_day = |word: &str| word.trim_end_matches(['°', 'º']).parse::<u8>().is_ok_and(|day| (1..=31).contains(&day));
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).any(|two| matches!(two, [day, month] if is_day(day) && MONTHS.iter().any(|name| month.starts_with(name))))
}

/// An error of the server that stands in the page's place. `alone`: outside the site's menus, where a title says enough.
pub(super) fn says_fault(title: &str, text: &str, alone: bool) -> bool {
    const TECHNICAL: &[&str] = &[
        "error establishing a database connection",
        "errore nello stabilire una connessione al database",
        "errore di connessione al database",
        "could not connect to the database",
        "impossibile connettersi al database",
        "sqlstate[",
        "warning: mysqli",
        "warning: mysql_connect",
        "critical error on this website",
        "errore critico sul tuo sito",
        "errore critico nel tuo sito",
        "errore critico su questo sito",
        "uncaught exception",
        "uncaught error",
        "fatal error: ",
        "server error in '/",
        "whitelabel error page",
        "http error 50",
        "ora-0",
        "java.lang.",
        "stack trace:",
        "the server encountered an internal error",
        "the server is temporarily unable to service your request",
    ];
    const TITLES: &[&str] = &[
        "internal server error",
        "500 internal server error",
        "403 forbidden",
        "forbidden",
        "errore interno del server",
        "errore interno",
        "errore del server",
        "errore 500",
        "error 500",
        "bad gateway",
        "502 bad gateway",
        "503 service unavailable",
        "503 service temporarily unavailable",
        "service unavailable",
        "service temporarily unavailable",
        "504 gateway time-out",
        "504 gateway timeout",
        "gateway timeout",
        "runtime error",
        "application error",
        "server error",
        "database error",
        "errore database",
        "errore applicazione",
        "servizio non disponibile",
        "servizio temporaneamente non disponibile",
        "si è verificato un errore",
    ];
    TECHNICAL.iter().any(|words| text.contains(words)) || alone && segments(title).any(|segment| TITLES.contains(&segment))
}

pub(super) fn says_maintenance(text: &str) -> bool {
    const SAYS: &[&str] = &[
        "manutenzione in corso",
        "stiamo facendo manutenzione",
        "stiamo effettuando manutenzione",
        "stiamo effettuando lavori di manutenzione",
        "il sito tornerà attivo",
        "il sito tornerà online",
        "il sito tornerà disponibile",
        "sito in allestimento",
        "sito non disponibile per manutenzione",
        "siamo in manutenzione",
        "down for maintenance",
        "website is under maintenance",
        "we&#8217;ll be back",
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
        "pagina di cortesia",
        "questo spazio web è disponibile",
        "sito web non ancora attivo",
        "sito non ancora pubblicato",
        "prossimamente online",
        "prossimamente in linea",
        "coming soon",
        "web server's default page",
        "default web page for this server",
        "internet information services",
        "successfully installed tomcat",
        "apache http server test page",
        "if you are the owner of this website, please contact your hosting provider",
        "contact your hosting provider",
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
