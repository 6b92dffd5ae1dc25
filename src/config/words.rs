//! Small work on texts: slugs, percent signs, first letters.

/// Small letters, digits and single hyphens: `Città di Altopascio` → `citta-di-altopascio`. Empty when nothing is left.
pub fn slugify(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'à' | 'á' | 'â' | 'ä' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'ö' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            other => other,
        };
        if plain.is_ascii_alphanumeric() {
            slug.push(plain);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// `avvisi%40example.org` → `avvisi@example.org`; bytes that make no UTF-8 are replaced.
pub(super) fn percent_decoded(text: &str) -> String {
    let field = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(field.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

/// `Unexpected end` → `unexpected end`.
pub(super) fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_have_no_accents_and_no_double_hyphens() {
        assert_eq!(slugify("Città di  Altopascio (LU)"), "citta-di-altopascio-lu");
        assert_eq!(slugify("—"), "");
    }

    #[test]
    fn percent_signs_are_decoded() {
        assert_eq!(percent_decoded("a%40b+c&d=e"), "a@b+c&d=e");
        assert_eq!(percent_decoded("novit%C3%A0"), "novità");
        assert_eq!(percent_decoded("100%"), "100%");
    }
}
