//! Changes, weeks and dates in words, Italian and English: sentences as a person would write them, made from facts alone.
//!
//! In go values, a language and the names to show; out comes plain text on one line. What a page wrote (an address, a name) is cleaned of
//! control characters and kept short; escaping for HTML is the caller's part.

mod channels;
mod dates;
mod gist;
mod rules;
mod sentence;
mod week;
mod wish;

use crate::domain::{Body, BodyKind, Language, OfficeKey};
use crate::text::is_one_line;

pub use channels::{channel, kind_of_channel, phone};
pub(crate) use dates::short_range;
pub use dates::{day, long_day, period};
pub use gist::gist;
pub use rules::{held, rule};
pub use sentence::{headline, sentence, status};
pub use week::{hours, opening_hours, span, week};
pub use wish::{aspect, frequency, wish};

/// Picks the text of a language.
pub(crate) fn pick<'a>(language: Language, it: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::It => it,
        Language::En => en,
    }
}

/// "a", "a e b", "a, b e c", "PEC ed e-mail".
pub(crate) fn and(language: Language, words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => {
            let it = if last.starts_with(['e', 'E', 'è', 'È']) { " ed " } else { " e " };
            format!("{}{}{last}", rest.join(", "), pick(language, it, " and "))
        }
    }
}

/// Names in a row. Where one of them holds an "e" of its own, no further "e" may stand between them.
pub(crate) fn names(language: Language, names: &[String]) -> String {
    let word = pick(language, " e ", " and ");
    if names.len() > 1 && names.iter().any(|name| name.contains(word)) { names.join(" · ") } else { and(language, names) }
}

/// A body as one calls it in a subject: "Altopascio", "Provincia di Lucca".
pub fn short_body(body: &Body) -> String {
    let name = clean(&body.name, 80);
    if body.kind != BodyKind::Comune {
        return name;
    }
    for prefix in ["Comune di ", "Comune de ", "Comune "] {
        if let Some(rest) = name.strip_prefix(prefix) {
            let rest = rest.trim();
            // "Comune dell'Aquila", "Comune della Spezia"
            let article = [
                ("dell'", "L'"),
                ("dell’", "L'"),
                ("della ", "La "),
                ("del ", "Il "),
                ("degli ", "Gli "),
                ("delle ", "Le "),
                ("dei ", "I "),
            ];
            let named = article.iter().find_map(|(joined, plain)| rest.strip_prefix(joined).map(|town| format!("{plain}{town}")));
            return named.unwrap_or_else(|| rest.to_string());
        }
    }
    name
}

/// "di Altopascio", "dell'Aquila", "della Provincia di Lucca", "dell'Unione dei Comuni".
pub(crate) fn of_body(body: &Body) -> String {
    let name = clean(&body.name, 80);
    let first = name.split_whitespace().next().unwrap_or_default().to_lowercase();
    match (body.kind, first.as_str()) {
        (BodyKind::Comune, "comune") => name.split_once(' ').map(|(_, rest)| rest.trim().to_string()).unwrap_or(name),
        (BodyKind::Comune, _) => format!("di {name}"),
        (_, "provincia" | "regione" | "città" | "citta" | "comunità" | "comunita") => format!("della {name}"),
        (_, "unione") => format!("dell'{name}"),
        (_, "comune" | "consorzio" | "circondario") => format!("del {name}"),
        (BodyKind::Provincia | BodyKind::CittaMetropolitana | BodyKind::Unione | BodyKind::Regione | BodyKind::Altro, _) => {
            format!("({name})")
        }
    }
}

/// The office with its branch, as a heading: "Anagrafe", "Anagrafe, Sede di via Santi 40".
pub(crate) fn office_and_site(office: &str, key: &OfficeKey) -> String {
    let office = clean(office, 80);
    match &key.site {
        Some(site) => format!("{office}, {}", clean(site, 80)),
        None => office,
    }
}

/// Words of a page as one line of plain text: no control or direction characters, white space folded, cut after `n_most` characters.
pub(crate) fn clean(text: &str, n_most: usize) -> String {
    let is_control =
        |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    if text.len() <= n_most && is_one_line(text, |c| !is_control(c)) {
        return text.to_string();
    }
    let spaced: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_control(*c)).collect();
    let folded = spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if folded.chars().count() <= n_most {
        return folded;
    }
    let cut: String = folded.chars().take(n_most.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::BodyId;

    fn body(name: &str, kind: BodyKind) -> Body {
        Body { id: BodyId("x".into()), name: name.into(), kind, province: None, istat: None, ipa: None }
    }

    #[test]
    fn bodies_are_called_as_people_call_them() {
        for (name, kind, short, of) in [
            ("Comune di Altopascio", BodyKind::Comune, "Altopascio", "di Altopascio"),
            ("Comune dell'Aquila", BodyKind::Comune, "L'Aquila", "dell'Aquila"),
            ("Comune della Spezia", BodyKind::Comune, "La Spezia", "della Spezia"),
            ("Provincia di Lucca", BodyKind::Provincia, "Provincia di Lucca", "della Provincia di Lucca"),
            (
                "Città metropolitana di Firenze",
                BodyKind::CittaMetropolitana,
                "Città metropolitana di Firenze",
                "della Città metropolitana di Firenze",
            ),
            (
                "Unione dei Comuni della Garfagnana",
                BodyKind::Unione,
                "Unione dei Comuni della Garfagnana",
                "dell'Unione dei Comuni della Garfagnana",
            ),
            ("Altolago", BodyKind::Comune, "Altolago", "di Altolago"),
        ] {
            assert_eq!(short_body(&body(name, kind)), short);
            assert_eq!(of_body(&body(name, kind)), of);
        }
    }

    #[test]
    fn words_of_a_page_stay_on_one_line() {
        assert_eq!(clean("Via\u{202e} Roma\r\n 1\u{7}", 80), "Via Roma 1");
        assert_eq!(clean("àààààà", 4), "ààà…");
    }
}
