//! The keys of `sources.toml`, each with its meaning in both languages: what the reader accepts and what editors show.

use crate::lexicon::Lexicon;

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Any text.
    Text,
    /// A text of this form (ECMA 262 regular expression).
    Pattern(&'static str),
    /// One of these words.
    Words(&'static [&'static str]),
    /// A whole number from … to ….
    Count(u32, u32),
    /// A list of texts, or one.
    Texts,
    /// The id of an office.
    Office,
    /// The code of a province.
    Province,
    /// A list of tables.
    Sources,
    /// Names per office.
    Offices,
}

/// A key, its shape and its meaning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    /// What a missing key's line looks like, when the key must be there.
    pub(super) required: Option<&'static str>,
    pub(super) it: &'static str,
    pub(super) en: &'static str,
}

/// Kinds of bodies.
pub(super) const BODY_KINDS: &[&str] = &["comune", "provincia", "citta-metropolitana", "unione", "regione", "altro"];
/// Kinds of sources.
pub(super) const SOURCE_KINDS: &[&str] = &["page", "news", "sitemap", "site"];
/// Ways to fetch.
pub(super) const RENDERS: &[&str] = &["http", "browser"];
/// What to do about certificates.
pub(super) const TLS: &[&str] = &["verify", "ignore"];

const ID: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";

/// The keys of `[[body]]`.
pub(super) const BODY: &[Key] = &[
    Key {
        name: "id",
        shape: Shape::Pattern(ID),
        required: Some("\"comune-altopascio\""),
        it: "Nome breve e stabile dell'ente: compare negli indirizzi e negli archivi, non va più cambiato.",
        en: "Short, stable name of the body: it appears in addresses and exports, so never change it.",
    },
    Key {
        name: "name",
        shape: Shape::Text,
        required: Some("\"Comune di Altopascio\""),
        it: "Nome dell'ente come si firma.",
        en: "Name of the body as it signs.",
    },
    Key { name: "kind", shape: Shape::Words(BODY_KINDS), required: Some("\"comune\""), it: "Tipo di ente.", en: "Kind of body." },
    Key { name: "province", shape: Shape::Province, required: None, it: "Sigla della provincia.", en: "Two-letter code of the province." },
    Key {
        name: "istat",
        shape: Shape::Pattern("^[0-9]{2,6}$"),
        required: None,
        it: "Codice ISTAT, tra virgolette perché può cominciare con zero.",
        en: "ISTAT code, in quotes since it may begin with a zero.",
    },
    Key {
        name: "ipa",
        shape: Shape::Pattern("^[A-Za-z0-9_-]+$"),
        required: None,
        it: "Codice IPA, come lo scrive l'Indice dei domicili digitali della pubblica amministrazione.",
        en: "IPA code, as the index of public administrations spells it.",
    },
    Key { name: "source", shape: Shape::Sources, required: None, it: "Gli indirizzi da seguire.", en: "The addresses to watch." },
    Key {
        name: "offices",
        shape: Shape::Offices,
        required: None,
        it: "Altri nomi con cui le pagine di questo ente chiamano un ufficio.",
        en: "Further names that this body's pages give to an office.",
    },
];

/// The keys of `[[body.source]]`.
pub(super) const SOURCE: &[Key] = &[
    Key {
        name: "id",
        shape: Shape::Pattern(ID),
        required: None,
        it: "Nome breve della fonte, unico nell'ente; se manca si ricava dall'indirizzo.",
        en: "Short name of the source, unique within the body; made from the address when absent.",
    },
    Key {
        name: "url",
        shape: Shape::Pattern("^https?://"),
        required: Some("\"https://www.comune.example.it/novita\""),
        it: "Indirizzo della pagina, dell'elenco, del feed o del sito.",
        en: "Address of the page, list, feed or site.",
    },
    Key {
        name: "kind",
        shape: Shape::Words(SOURCE_KINDS),
        required: Some("\"page\""),
        it: "page: una pagina sola. news: un elenco (HTML o feed) di articoli. sitemap: una mappa del sito. site: la pagina iniziale, il resto si trova da sé.",
        en: "page: one page. news: a list (HTML or feed) of articles. sitemap: a sitemap. site: the home page, the rest is found from it.",
    },
    Key {
        name: "every",
        shape: Shape::Text,
        required: None,
        it: "Ogni quanto guardare: \"30m\", \"1h\", \"1d\".",
        en: "How often to look: \"30m\", \"1h\", \"1d\".",
    },
    Key {
        name: "schedule",
        shape: Shape::Text,
        required: None,
        it: "In alternativa a every: riga cron con i secondi, ora italiana.",
        en: "In place of every: a cron line with seconds, Italian time.",
    },
    Key {
        name: "select",
        shape: Shape::Text,
        required: None,
        it: "Selettore CSS: leggere solo questa parte della pagina.",
        en: "CSS selector: read only this part of the page.",
    },
    Key {
        name: "follow",
        shape: Shape::Text,
        required: None,
        it: "Quali collegamenti sono articoli: inizio del percorso (\"/novita/\") o selettore CSS.",
        en: "Which links are articles: beginning of the path (\"/novita/\") or CSS selector.",
    },
    Key {
        name: "office",
        shape: Shape::Office,
        required: None,
        it: "L'ufficio di cui parla la pagina.",
        en: "The office that the page speaks of.",
    },
    Key {
        name: "render",
        shape: Shape::Words(RENDERS),
        required: None,
        it: "browser: per le pagine che senza script sono vuote.",
        en: "browser: for pages that are empty without scripts.",
    },
    Key {
        name: "max_pages",
        shape: Shape::Count(1, 10_000),
        required: None,
        it: "Quante pagine seguire al massimo.",
        en: "How many documents to follow at most.",
    },
    Key {
        name: "hosts",
        shape: Shape::Texts,
        required: None,
        it: "Altri siti su cui possono stare gli articoli.",
        en: "Other hosts where its documents may lie.",
    },
    Key {
        name: "tls",
        shape: Shape::Words(TLS),
        required: None,
        it: "ignore: non controllare il certificato (solo se il sito lo ha scaduto o sbagliato).",
        en: "ignore: do not check the certificate (only for a site whose certificate is expired or wrong).",
    },
];

/// The names of the keys.
pub(super) fn names(keys: &'static [Key]) -> Vec<&'static str> {
    keys.iter().map(|key| key.name).collect()
}

/// The ids of offices that a file may name.
pub(super) fn offices() -> Vec<&'static str> {
    let mut ids: Vec<&str> = Lexicon::builtin().office_ids().collect();
    if !ids.contains(&"altro") {
        ids.push("altro"); // an office that the lexicon does not list
    }
    ids
}
