//! Puts a source into the text of `sources.toml`, and leaves every comment, blank line and order of the file as it is.

use std::time::Duration;

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value, value};
use url::Url;

use crate::config::{Problem, format_duration, text::Text};
use crate::domain::{Body, BodyId, BodyKind, SourceKind};

/// A source to be written into the file.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSource {
    /// Its body. Only `id` counts when the file has that body already.
    pub body: Body,
    /// Short name; `None`: it follows from the address.
    pub id: Option<String>,
    /// Where.
    pub url: Url,
    /// How it leads to documents.
    pub kind: SourceKind,
    /// How often; `None`: as is usual for the kind.
    pub every: Option<Duration>,
    /// Which links are articles: beginning of a path, or CSS.
    pub follow: Option<String>,
    /// CSS: read only this part.
    pub select: Option<String>,
    /// One line to stand above the entry as a comment.
    pub comment: Option<String>,
}

/// The text of the file with one more source, below the others of its body; a body that is not there yet comes last in the file.
///
/// # Errors
/// The problems that the file has, or would have with the new source.
pub fn append(text: &str, file: &str, new: &NewSource) -> Result<String, Vec<Problem>> {
    let sources = super::parse(text, file)?;
    let Ok(mut document) = text.parse::<DocumentMut>() else { return Err(Vec::new()) }; // it parsed one line above
    let known = sources.bodies.iter().position(|body| body.body.id == new.body.id);
    let bodies = document.entry("body").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    if let Some(bodies) = bodies.as_array_of_tables_mut() {
        match known.and_then(|at| bodies.get_mut(at)) {
            Some(body) => add_source(body, new),
            None => {
                let mut body = body_table(&new.body);
                add_source(&mut body, new);
                bodies.push(body);
            }
        }
    }
    let longer = document.to_string();
    if super::parse(&longer, file)?.len() > sources.len() {
        return Ok(longer);
    }
    // body = [{ … }] in one line, or something as rare
    let suggestion = Some("write [[body]] on a line of its own, its keys below".to_owned());
    Err(vec![Text::new(text, file).problem(0, "bodies are written here in a way that only a person can extend".to_owned(), suggestion)])
}

/// The entry alone, as `append` writes it for a body that the file lacks.
pub fn entry(new: &NewSource) -> String {
    append("", "", new).unwrap_or_default().trim_start().to_owned()
}

fn add_source(body: &mut Table, new: &NewSource) {
    let sources = body.entry("source").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    match sources {
        Item::ArrayOfTables(sources) => sources.push(source_table(new)),
        // source = [{ url = "…", kind = "site" }]
        Item::Value(Value::Array(sources)) => add_inline(sources, new),
        _ => {}
    }
}

/// Adds to a list written in brackets, which then has one source a line.
fn add_inline(sources: &mut Array, new: &NewSource) {
    let mut source = Value::InlineTable(source_table(new).into_inline_table());
    let comment = comment(new).map(|comment| format!("    {comment}")).unwrap_or_default();
    source.decor_mut().set_prefix(format!("\n{comment}    "));
    for known in sources
        .iter_mut()
        .filter(|known| !known.decor().prefix().and_then(|prefix| prefix.as_str()).is_some_and(|text| text.contains('\n')))
    {
        known.decor_mut().set_prefix("\n    ");
        known.decor_mut().set_suffix("");
    }
    sources.push_formatted(source);
    sources.set_trailing_comma(true);
    sources.set_trailing("\n");
}

fn comment(new: &NewSource) -> Option<String> {
    new.comment.as_ref().map(|comment| format!("# {}\n", comment.replace(['\n', '\r'], " ")))
}

fn body_table(body: &Body) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table["id"] = value(&body.id.0);
    table["name"] = value(&body.name);
    table["kind"] = value(body_kind(body.kind));
    for (key, code) in [("province", &body.province), ("istat", &body.istat), ("ipa", &body.ipa)] {
        if let Some(code) = code {
            table[key] = value(code);
        }
    }
    table
}

fn source_table(new: &NewSource) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix(format!("\n{}", comment(new).unwrap_or_default()));
    if let Some(id) = &new.id {
        table["id"] = value(id);
    }
    table["url"] = value(new.url.as_str());
    table["kind"] = value(source_kind(new.kind));
    if let Some(every) = new.every {
        table["every"] = value(format_duration(every));
    }
    for (key, text) in [("follow", &new.follow), ("select", &new.select)] {
        if let Some(text) = text {
            table[key] = value(text);
        }
    }
    table
}

/// The word of `sources.toml` for a kind of body.
pub fn body_kind(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Comune => "comune",
        BodyKind::Provincia => "provincia",
        BodyKind::CittaMetropolitana => "citta-metropolitana",
        BodyKind::Unione => "unione",
        BodyKind::Regione => "regione",
        BodyKind::Altro => "altro",
    }
}

/// The word of `sources.toml` for a kind of source.
pub fn source_kind(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Page => "page",
        SourceKind::News => "news",
        SourceKind::Sitemap => "sitemap",
        SourceKind::Site => "site",
    }
}

/// A body as far as its name and its site's host tell: `Comune di Altopascio`, `www.comune.altopascio.lu.it`.
pub fn guess_body(name: &str, url: &Url) -> Body {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let host = url.host_str().unwrap_or_default().trim_start_matches("www.");
    let labels: Vec<&str> = host.split('.').collect();
    let province = match labels[..] {
        [.., code, "it"] if labels.len() > 2 => {
            Some(code.to_uppercase()).filter(|code| crate::config::places::PROVINCES.contains(&code.as_str()))
        }
        _ => None,
    };
    let kinds = [
        ("comune", BodyKind::Comune),
        ("città metropolitana", BodyKind::CittaMetropolitana),
        ("provincia", BodyKind::Provincia),
        ("unione", BodyKind::Unione),
        ("regione", BodyKind::Regione),
    ];
    let folded = name.to_lowercase();
    let by_host = kinds.iter().find(|(word, _)| labels.contains(word));
    let kind = kinds.iter().find(|(word, _)| folded.starts_with(word)).or(by_host).map_or(BodyKind::Altro, |(_, kind)| *kind);
    // "comune-altopascio" for "Comune di Altopascio", but "comune-bagni-di-lucca"
    let preposition = [" di ", " del ", " della ", " dei "].into_iter().filter_map(|word| Some((folded.find(word)?, word))).min();
    let short = preposition.map_or_else(|| folded.clone(), |(_, word)| folded.replacen(word, " ", 1));
    let slug = crate::config::slugify(&short);
    let id = if slug.is_empty() { crate::config::slugify(host) } else { slug };
    let name = if name.is_empty() { host.to_owned() } else { name };
    Body { id: BodyId(id), name, kind, province, istat: None, ipa: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# Le nostre fonti\n\n[[body]] # il primo\nid = \"comune-a\"\nname = \"Comune di A\"\nkind = \"comune\"\n\n[[body.source]]\nurl = \"https://a.it/novita\" # not verified\nkind = \"news\"\n\n[body.offices]\nurp = [\"Punto Amico\"]\n\n# ── Poi ──\n[[body]]\nid   = \"comune-b\"\nname = \"Comune di B\"\nkind = \"comune\"\n# fine\n";

    fn new(body: &str, url: &str) -> NewSource {
        NewSource {
            body: Body { id: BodyId(body.into()), ..guess_body("Comune di Còlle", &url.parse().unwrap()) },
            id: None,
            url: url.parse().unwrap(),
            kind: SourceKind::News,
            every: None,
            follow: Some("/avvisi/".into()),
            select: None,
            comment: Some("feed of the page of notices".into()),
        }
    }

    #[test]
    fn a_source_goes_below_the_others_of_its_body_and_nothing_else_moves() {
        let text = append(FILE, "s.toml", &new("comune-a", "https://a.it/avvisi")).unwrap();
        let added =
            "\n# feed of the page of notices\n[[body.source]]\nurl = \"https://a.it/avvisi\"\nkind = \"news\"\nfollow = \"/avvisi/\"\n";
        assert_eq!(text.replace(added, ""), FILE);
        assert!(text.find(added).unwrap() < text.find("[body.offices]").unwrap());
        assert_eq!(super::super::parse(&text, "s.toml").unwrap().bodies[0].sources.len(), 2);

        let text = append(FILE, "s.toml", &new("comune-b", "https://b.it/avvisi")).unwrap();
        assert_eq!(super::super::parse(&text, "s.toml").unwrap().bodies[1].sources.len(), 1);
        assert!(text.contains("# fine") && text.contains("id   = \"comune-b\""));
    }

    #[test]
    fn a_list_in_brackets_grows_line_by_line() {
        let file = "[[body]]\nid = \"comune-a\"\nname = \"A\"\nkind = \"comune\"\nsource = [{ url = \"https://a.it/\", kind = \"site\" }] # home\n";
        let first = append(file, "s.toml", &new("comune-a", "https://a.it/avvisi")).unwrap();
        let both = append(&first, "s.toml", &NewSource { comment: None, ..new("comune-a", "https://a.it/bandi") }).unwrap();
        let list = "source = [\n    { url = \"https://a.it/\", kind = \"site\" },\n    # feed of the page of notices\n    { url = \"https://a.it/avvisi\", kind = \"news\", follow = \"/avvisi/\" },\n    { url = \"https://a.it/bandi\", kind = \"news\", follow = \"/avvisi/\" },\n] # home\n";
        assert!(both.ends_with(list), "{both}");
    }

    #[test]
    fn a_file_that_only_a_person_can_extend_is_left_alone() {
        let file = "body = [{ id = \"comune-a\", name = \"A\", kind = \"comune\" }]\n";
        let problems = append(file, "s.toml", &new("comune-a", "https://a.it/avvisi")).unwrap_err();
        assert_eq!(problems[0].message, "bodies are written here in a way that only a person can extend");
    }

    #[test]
    fn a_body_that_is_not_there_comes_last() {
        let text = append(FILE, "s.toml", &new("comune-colle", "https://www.comune.colle.si.it/avvisi")).unwrap();
        assert!(text.starts_with(FILE.trim_end_matches("# fine\n")));
        let sources = super::super::parse(&text, "s.toml").unwrap();
        let body = &sources.bodies[2];
        assert_eq!((body.body.name.as_str(), body.body.province.as_deref(), body.sources.len()), ("Comune di Còlle", Some("SI"), 1));
        assert!(entry(&new("comune-colle", "https://www.comune.colle.si.it/avvisi")).starts_with("[[body]]\nid = \"comune-colle\"\n"));
    }

    #[test]
    fn a_file_that_would_be_wrong_is_not_written() {
        let problems = append(FILE, "s.toml", &new("comune-a", "https://a.it/novita")).unwrap_err();
        assert!(problems[0].message.starts_with("duplicate url https://a.it/novita, first on line 9"), "{problems:?}");
        assert!(append("[[body]]\n", "s.toml", &new("comune-a", "https://a.it/novita")).is_err());
    }

    #[test]
    fn names_and_hosts_tell_a_body() {
        for (name, url, id, kind, province) in [
            ("Comune di Altopascio", "https://www.comune.altopascio.lu.it/", "comune-altopascio", BodyKind::Comune, Some("LU")),
            ("Comune di Bagni di Lucca", "https://www.comune.bagnidilucca.lu.it/", "comune-bagni-di-lucca", BodyKind::Comune, Some("LU")),
            ("Provincia di Lucca", "https://www.provincia.lucca.it/", "provincia-lucca", BodyKind::Provincia, None),
            (
                "Città Metropolitana di Firenze",
                "https://www.cittametropolitana.fi.it/",
                "citta-metropolitana-firenze",
                BodyKind::CittaMetropolitana,
                Some("FI"),
            ),
            ("", "https://www.comune.prato.it/x", "comune-prato-it", BodyKind::Comune, None),
            ("Acquedotto", "https://acque.net/", "acquedotto", BodyKind::Altro, None),
            ("", "http://127.0.0.1:80/", "127-0-0-1", BodyKind::Altro, None),
        ] {
            let body = guess_body(name, &url.parse().unwrap());
            assert_eq!((body.id.0.as_str(), body.kind, body.province.as_deref()), (id, kind, province), "{name} {url}");
        }
    }
}
