//! Names of offices and branches, folded so that spellings of one name meet.

use crate::domain::OfficeKey;

/// Words that do not tell one office from another: articles, prepositions, "ufficio" and its kin.
const EMPTY: [&str; 46] = [
    "a",
    "ai",
    "al",
    "alla",
    "alle",
    "allo",
    "agli",
    "c",
    "comunale",
    "comunali",
    "con",
    "d",
    "da",
    "dal",
    "dalla",
    "de",
    "degli",
    "dei",
    "del",
    "dell",
    "della",
    "delle",
    "dello",
    "di",
    "e",
    "ed",
    "gli",
    "i",
    "il",
    "in",
    "l",
    "la",
    "le",
    "lo",
    "n",
    "o",
    "per",
    "presso",
    "servizi",
    "servizio",
    "settore",
    "sportello",
    "uff",
    "uffici",
    "ufficio",
    "unita",
];

/// A name without case, accents, punctuation and empty words: "Ufficio Caccia e Pesca" and "CACCIA, PESCA" are `caccia pesca`.
/// A name made of empty words alone keeps them.
pub fn fold_name(name: &str) -> String {
    let words = words(name);
    let telling: Vec<&str> = words.iter().map(String::as_str).filter(|word| !EMPTY.contains(word)).collect();
    if telling.is_empty() { words.join(" ") } else { telling.join(" ") }
}

/// A key in which the branch and the name of an unlisted office are folded: equal keys are one counter.
pub fn folded_key(key: &OfficeKey) -> OfficeKey {
    let site = key.site.as_deref().map(fold_site).filter(|site| !site.is_empty());
    let other = if key.office.is_other() { key.other.as_deref().map(fold_name) } else { None };
    OfficeKey { office: key.office.clone(), site, other }
}

/// "Sede di via Santi, 40" and "via Santi 40" are one branch.
fn fold_site(site: &str) -> String {
    let folded = fold_name(site);
    let telling: Vec<&str> = folded.split(' ').filter(|word| !matches!(*word, "sede" | "sedi" | "piazza" | "p" | "zza" | "v")).collect();
    if telling.is_empty() { folded } else { telling.join(" ") }
}

/// Streets as one writes them and as another does: "Via G. Carducci, n. 2" and "via g carducci 2".
pub(super) fn fold_address(address: &str) -> String {
    let spelt = |word: String| match word.as_str() {
        "v" => "via".to_string(),
        "vle" => "viale".to_string(),
        "pza" | "pzza" | "pzzza" => "piazza".to_string(),
        "cso" => "corso".to_string(),
        "lgo" => "largo".to_string(),
        _ => word,
    };
    // the dots of an abbreviation go before words are cut: "P.zza", "V.le", "n.c."
    let joined = address.replace(['.', '’', '\''], if address.contains(". ") { " " } else { "" });
    let words = words(&joined).into_iter().map(spelt);
    words.filter(|word| !matches!(word.as_str(), "n" | "nr" | "num" | "numero" | "nc" | "civico")).collect::<Vec<_>>().join(" ")
}

/// Lower-case words of letters and digits, accents taken off.
fn words(text: &str) -> Vec<String> {
    let plain: String = text.chars().flat_map(char::to_lowercase).map(plain).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_string).collect()
}

/// A letter without its accent.
fn plain(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ä' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::OfficeId;

    #[test]
    fn spellings_of_one_name_meet_and_two_names_stay_apart() {
        assert_eq!(fold_name("Ufficio Caccia e Pesca"), fold_name("CACCIA, PESCA"));
        assert_eq!(fold_name("Servizio Attività estrattive"), fold_name("attivita' estrattive"));
        assert_ne!(fold_name("Ufficio Caccia"), fold_name("Ufficio Pesca"));
        assert_eq!(fold_name("Ufficio"), "ufficio");
    }

    #[test]
    fn spellings_of_one_branch_meet() {
        let key = |site: &str| folded_key(&OfficeKey { office: OfficeId("anagrafe".into()), site: Some(site.into()), other: None });
        assert_eq!(key("Sede di via Santi 40"), key("via Santi, 40"));
        assert_eq!(key("Delegazione di Sant'Ilario"), key("delegazione Sant’Ilario"));
        assert_ne!(key("Quartiere 1"), key("Quartiere 2"));
    }

    #[test]
    fn one_street_in_two_spellings_is_one_address() {
        for (one, other) in [
            ("Via G. Carducci, n. 2", "via g carducci 2"),
            ("P.zza Garibaldi 1", "piazza Garibaldi, 1"),
            ("V.le Libertà 3", "Viale Liberta' 3"),
        ] {
            assert_eq!(fold_address(one), fold_address(other), "{one}");
        }
        assert_ne!(fold_address("via Roma 1"), fold_address("via Roma 11"));
    }
}
