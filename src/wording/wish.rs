//! What a subscription wants, in words.

use crate::domain::{Aspect, BodyId, Filter, Frequency, Language, Region};
use crate::lexicon::Lexicon;

use super::{and, names, pick};

/// The name of an aspect, small, as part of a sentence: "orari", "opening hours".
pub fn aspect(language: Language, aspect: Aspect) -> &'static str {
    let (it, en) = match aspect {
        Aspect::Hours => ("orari", "opening hours"),
        Aspect::Status => ("modalità di accesso", "ways of access"),
        Aspect::Channels => ("recapiti", "contacts"),
        Aspect::Address => ("indirizzi", "addresses"),
        Aspect::Closures => ("chiusure", "closures"),
        Aspect::Openings => ("aperture straordinarie", "exceptional openings"),
    };
    pick(language, it, en)
}

/// "subito", "ogni giorno alle 8", "ogni lunedì alle 18".
pub fn frequency(language: Language, frequency: Frequency) -> String {
    match (language, frequency) {
        (Language::It, Frequency::AtOnce) => "subito".into(),
        (Language::En, Frequency::AtOnce) => "at once".into(),
        (Language::It, Frequency::Daily(hour)) => format!("ogni giorno {}", at(hour)),
        (Language::En, Frequency::Daily(hour)) => format!("every day at {hour}:00"),
        (Language::It, Frequency::Weekly(hour)) => format!("ogni lunedì {}", at(hour)),
        (Language::En, Frequency::Weekly(hour)) => format!("every Monday at {hour}:00"),
    }
}

/// "all’1", "alle 8".
fn at(hour: u8) -> String {
    match hour {
        0 => "a mezzanotte".into(),
        1 => "all’1".into(),
        hour => format!("alle {hour}"),
    }
}

/// What a filter lets through: "orari e chiusure · Anagrafe · Comune di Altopascio · con le parole «carta d’identità»". `name` gives a body its name.
pub fn wish(language: Language, filter: &Filter, name: &dyn Fn(&BodyId) -> String) -> String {
    let mut parts = Vec::new();
    if !filter.aspects.is_empty() {
        let aspects: Vec<String> = filter.aspects.iter().map(|one| aspect(language, *one).to_string()).collect();
        parts.push(and(language, &aspects));
    }
    if !filter.offices.is_empty() {
        let lexicon = Lexicon::builtin();
        let offices: Vec<String> = filter.offices.iter().map(|office| lexicon.office_name(office, language).to_string()).collect();
        parts.push(names(language, &offices));
    }
    if !filter.bodies.is_empty() {
        let bodies: Vec<String> = filter.bodies.iter().map(name).collect();
        parts.push(and(language, &bodies));
    }
    let places: Vec<String> = filter
        .regions
        .iter()
        .map(|id| Region::by_id(id).map_or(id.as_str(), |region| region.name).to_string())
        .chain(filter.provinces.iter().map(|province| format!("{} {province}", pick(language, "provincia di", "province of"))))
        .collect();
    if !places.is_empty() {
        parts.push(and(language, &places));
    }
    if !filter.words.is_empty() {
        let words: Vec<String> = filter.words.iter().map(|word| format!("«{word}»")).collect();
        parts.push(format!("{} {}", pick(language, "con le parole", "with the words"), words.join(", ")));
    }
    if parts.is_empty() {
        pick(language, "tutto quello che Sportello osserva", "everything that is watched").into()
    } else {
        parts.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::OfficeId;

    #[test]
    fn a_wish_reads_as_a_person_would_say_it() {
        let filter = Filter {
            aspects: vec![Aspect::Hours, Aspect::Closures],
            offices: vec![OfficeId("anagrafe".into())],
            bodies: vec![BodyId("comune-altolago".into())],
            provinces: vec!["LU".into()],
            words: vec!["carta d'identità".into()],
            ..Filter::default()
        };
        let say = |language| wish(language, &filter, &|_| "Comune di Altolago".into());
        assert_eq!(
            say(Language::It),
            "orari e chiusure · Anagrafe · Comune di Altolago · provincia di LU · con le parole «carta d'identità»"
        );
        assert!(say(Language::En).starts_with("opening hours and closures · "));
        assert_eq!(wish(Language::En, &Filter::default(), &|id| id.0.clone()), "everything that is watched");
        assert_eq!(frequency(Language::It, Frequency::Weekly(18)), "ogni lunedì alle 18");
        assert_eq!(frequency(Language::It, Frequency::Daily(1)), "ogni giorno all’1");
    }
}
