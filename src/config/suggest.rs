//! "Did you mean …?": the nearest of the words that would have been right.

/// Words that Italians write in place of ours, and what they mean here.
const TRANSLATIONS: &[(&str, &str)] = &[
    ("ente", "body"),
    ("fonte", "source"),
    ("nome", "name"),
    ("tipo", "kind"),
    ("type", "kind"),
    ("provincia", "province"),
    ("indirizzo", "url"),
    ("link", "url"),
    ("address", "url"),
    ("ogni", "every"),
    ("interval", "every"),
    ("cron", "schedule"),
    ("orario", "schedule"),
    ("ufficio", "office"),
    ("uffici", "offices"),
    ("selector", "select"),
    ("css", "select"),
    ("browser", "render"),
    ("pagine", "max_pages"),
    ("notizie", "news"),
    ("novita", "news"),
    ("novità", "news"),
    ("feed", "news"),
    ("rss", "news"),
    ("pagina", "page"),
    ("sito", "site"),
    ("home", "site"),
    ("municipio", "comune"),
    ("municipality", "comune"),
    ("province", "provincia"),
    ("region", "regione"),
    ("città metropolitana", "citta-metropolitana"),
    ("union", "unione"),
    ("other", "altro"),
    ("file", "files"),
    ("mail", "smtp"),
    ("italiano", "it"),
    ("inglese", "en"),
];

/// The candidate that was most likely meant, if any is near enough.
pub(super) fn nearest<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str> + Clone) -> Option<&'c str> {
    let folded = written.trim().to_lowercase();
    if let Some((_, meant)) = TRANSLATIONS.iter().find(|(word, _)| *word == folded)
        && let Some(candidate) = candidates.clone().into_iter().find(|candidate| candidate == meant)
    {
        return Some(candidate);
    }
    let folded = folded.replace(['_', ' '], "-");
    if folded.chars().count() >= 4
        && let Some(candidate) = candidates.clone().into_iter().find(|candidate| candidate.starts_with(&folded))
    {
        return Some(candidate); // "password" for "password_file"
    }
    let near = folded.chars().count().div_ceil(3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&folded, &candidate.to_lowercase().replace(['_', ' '], "-")), candidate))
        .filter(|(distance, candidate)| *distance <= near && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `did you mean "every"?`, else all that would be right: `one of: http, browser`.
pub(super) fn did_you_mean<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str> + Clone) -> Option<String> {
    if let Some(candidate) = nearest(written, candidates.clone()) {
        return Some(format!("did you mean {candidate:?}?"));
    }
    let all: Vec<&str> = candidates.into_iter().collect();
    (!all.is_empty() && all.len() <= 16).then(|| format!("one of: {}", all.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_translations_and_capitals_find_their_word() {
        let keys = ["url", "kind", "every", "schedule", "select", "max_pages"];
        for (written, meant) in
            [("evry", "every"), ("evrey", "every"), ("tipo", "kind"), ("max-pages", "max_pages"), ("URL", "url"), ("Ogni", "every")]
        {
            assert_eq!(nearest(written, keys), Some(meant), "{written}");
        }
        assert_eq!(nearest("banana", keys), None);
        assert_eq!(nearest("", keys), None);
    }

    #[test]
    fn without_a_near_word_all_are_named() {
        assert_eq!(did_you_mean("firefox", ["http", "chromium"]).as_deref(), Some("one of: http, chromium"));
        assert_eq!(did_you_mean("chrmium", ["http", "chromium"]).as_deref(), Some("did you mean \"chromium\"?"));
    }
}
