//! Files as volunteers write them, and every line that they are answered.

use super::*;

const GOOD: &str = r##"
[[body]]
id = "comune-altolago"
name = "Comune di Altolago"
kind = "comune"
province = "LU"
istat = "046099"
ipa = "c_z999"

[[body.source]]
url = "https://www.comune.altolago.lu.it/novita"
kind = "news"
every = "30m"
follow = "/novita/"
hosts = ["servizi.altolago.it"]
max_pages = 20

[[body.source]]
id = "anagrafe"
url = "https://www.comune.altolago.lu.it/uffici/anagrafe"
kind = "page"
schedule = "0 */30 7-20 * * Mon-Fri"
select = "main"
office = "anagrafe"
render = "browser"
tls = "ignore"

[body.offices]
tributi = ["Ufficio Tasse", "Gabelle"]

[[body]]
id = "provincia-altolago"
name = "Provincia di Altolago"
kind = "provincia"
"##;

/// The head of a good file: what follows stands from line 5 on.
const HEAD: &str = "[[body]]\nid = \"comune-x\"\nname = \"Comune di X\"\nkind = \"comune\"\n";
/// The head of a good source: what follows stands from line 8 on.
const SOURCE: &str =
    "[[body]]\nid = \"comune-x\"\nname = \"Comune di X\"\nkind = \"comune\"\n[[body.source]]\nurl = \"https://x.it/\"\nkind = \"news\"\n";

fn complaints(text: &str) -> Vec<String> {
    parse(text, "s.toml").err().unwrap_or_default().iter().map(Problem::to_string).collect()
}

#[test]
fn a_good_file_is_read_in_full() {
    let sources = parse(GOOD, "sources.toml").unwrap();
    let [altolago, provincia] = &sources.bodies[..] else { panic!("{sources:?}") };
    assert_eq!(altolago.body.name, "Comune di Altolago");
    assert_eq!(altolago.body.istat.as_deref(), Some("046099"));
    assert_eq!(altolago.offices[&OfficeId("tributi".into())], ["Ufficio Tasse", "Gabelle"]);
    assert!(provincia.sources.is_empty());

    let [news, page] = &altolago.sources[..] else { panic!() };
    assert_eq!(news.id.0, "comune-altolago/novita");
    assert_eq!(news.cadence, Cadence::Every(Duration::from_secs(1800)));
    assert_eq!(news.follow, Some(Follow::Prefix("/novita/".into())));
    assert_eq!((news.hosts.as_slice(), news.max_pages, news.line), (&["servizi.altolago.it".to_owned()][..], 20, 10));
    assert_eq!((news.render, news.tls), (Render::Http, Tls::Verify));

    assert_eq!(page.id.0, "comune-altolago/anagrafe");
    assert!(matches!(&page.cadence, Cadence::At(schedule) if schedule.to_string() == "0 */30 7-20 * * Mon-Fri"));
    assert_eq!((page.select.as_deref(), page.office.as_ref().unwrap().0.as_str()), (Some("main"), "anagrafe"));
    assert_eq!((page.render, page.tls, page.max_pages), (Render::Browser, Tls::Ignore, 1));
    assert_eq!(sources.len(), 2);
}

#[test]
fn the_file_that_ships_is_good() {
    let sources = parse(include_str!("../../../sources.toml"), "sources.toml").unwrap_or_else(|problems| panic!("{problems:#?}"));
    for id in ["comune-altopascio", "comune-pietrasanta", "comune-prato", "comune-pescia", "provincia-lucca"] {
        let body = sources.body(&BodyId(id.into())).unwrap_or_else(|| panic!("{id} is missing"));
        assert!(body.sources.iter().any(|source| source.kind == SourceKind::News), "{id} has no news");
        assert!(body.sources.iter().any(|source| source.kind == SourceKind::Page), "{id} has no office page");
    }
}

#[test]
fn an_empty_file_watches_nothing() {
    assert!(parse("", "s.toml").unwrap().is_empty());
    assert!(parse("# soon\n", "s.toml").unwrap().is_empty());
}

#[test]
fn all_problems_are_told_at_once_each_at_its_place() {
    let text = r##"[[body]]
id = "Comune Altolago"
name = "Comune di Altolago"
kind = "municipio"
province = "Lucca"

[[body.source]]
url = "www.comune.altolago.lu.it"
evry = "1h"
kind = "news"
select = "main["
max_pages = "60"

[[body.sources]]
url = "https://x.it/"
"##;
    assert_eq!(
        complaints(text),
        [
            "s.toml:2:6: \"id\" takes small letters, digits and single hyphens only: \"Comune Altolago\" · id = \"Comune Altolago\" · write \"comune-altolago\"",
            "s.toml:4:8: unknown kind \"municipio\" · kind = \"municipio\" · did you mean \"comune\"?",
            "s.toml:5:12: unknown province \"Lucca\" · province = \"Lucca\" · write the two letters of its number plates: \"LU\"",
            "s.toml:8:7: bad url \"www.comune.altolago.lu.it\": it does not say how to get there · url = \"www.comune.altolago.lu.it\" · write \"https://www.comune.altolago.lu.it\"",
            "s.toml:9:1: unknown key \"evry\" · evry = \"1h\" · did you mean \"every\"?",
            "s.toml:11:10: bad CSS selector \"main[\": it ends too early · select = \"main[\" · write it like \"main\", \"#content\", \".news-list a\" or \"[data-element=news-category-link]\"",
            "s.toml:12:13: \"max_pages\" must be a whole number, not a text · max_pages = \"60\" · write it without quotes: max_pages = 60",
            "s.toml:14:8: unknown key \"sources\" · [[body.sources]] · did you mean \"source\"?",
        ]
    );
}

#[test]
fn keys_that_must_be_there_are_asked_for_at_the_header() {
    assert_eq!(
        complaints("[[body]]\n\n  [[body.source]]\n"),
        [
            "s.toml:1:1: \"id\" is missing · [[body]] · add a line like id = \"comune-altopascio\"",
            "s.toml:1:1: \"name\" is missing · [[body]] · add a line like name = \"Comune di Altopascio\"",
            "s.toml:1:1: \"kind\" is missing · [[body]] · add a line like kind = \"comune\"",
            "s.toml:3:3: \"url\" is missing · [[body.source]] · add a line like url = \"https://www.comune.example.it/novita\"",
            "s.toml:3:3: \"kind\" is missing · [[body.source]] · add a line like kind = \"page\"",
        ]
    );
}

#[test]
fn one_line_is_answered_by_one_line() {
    for (head, line, answer) in [
        (HEAD, "province = \"lu\"", "5:12: unknown province \"lu\" · province = \"lu\" · write \"LU\""),
        (
            HEAD,
            "istat = 46001",
            "5:9: \"istat\" must be a text in quotes, not a whole number · istat = 46001 · put it in quotes: istat = \"46001\"",
        ),
        (
            HEAD,
            "istat = \"46-001\"",
            "5:9: \"46-001\" is no ISTAT code · istat = \"46-001\" · six digits for a municipality (\"046001\"), three for a province, two for a region",
        ),
        (HEAD, "ipa = \"c a241\"", "5:7: \"c a241\" is no IPA code · ipa = \"c a241\" · letters, digits, _ and -: \"c_a241\""),
        (HEAD, "url = \"https://x.it\"", "5:1: unknown key \"url\" · url = \"https://x.it\" · \"url\" belongs in [[body.source]]"),
        (
            HEAD,
            "[body.source]\nurl = \"https://x.it\"\nkind = \"page\"",
            "5:1: [body.source] is a list · [body.source] · write it with two brackets: [[body.source]]",
        ),
        (SOURCE, "province = \"LU\"", "8:1: unknown key \"province\" · province = \"LU\" · \"province\" belongs in [[body]]"),
        (
            SOURCE,
            "every = \"1\"",
            "8:9: \"1\" has no unit · every = \"1\" · write \"1s\" for seconds, \"1m\" for minutes, \"1h\" for hours, \"1d\" for days",
        ),
        (SOURCE, "every = \"5s\"", "8:9: \"every\" is out of bounds: 5s · every = \"5s\" · write a length of time from 1m to 366d"),
        (SOURCE, "every = 1", "8:9: \"every\" must be a text in quotes, not a whole number · every = 1 · put it in quotes: every = \"1\""),
        (SOURCE, "schedule = \"0 0 8 * *\"", "8:12: \"0 0 8 * *\" lacks the seconds · schedule = \"0 0 8 * *\" · write \"0 0 0 8 * *\""),
        (SOURCE, "select = \"\"", "8:10: \"select\" is empty · select = \"\" · fill it in, or take the line out"),
        (SOURCE, "follow = \"novita/\"", "8:10: bad CSS selector \"novita/\": "),
        (
            SOURCE,
            "office = \"urp\"",
            "8:1: \"office\" has a meaning only for sources of kind page · office = \"urp\" · take the line out, or change the kind",
        ),
        (SOURCE, "render = \"chrome\"", "8:10: unknown render \"chrome\" · render = \"chrome\" · one of: http, browser"),
        (SOURCE, "max_pages = 0", "8:13: \"max_pages\" is out of bounds: 0 · max_pages = 0 · write a number from 1 to 10000"),
        (SOURCE, "tls = \"ignor\"", "8:7: unknown tls \"ignor\" · tls = \"ignor\" · did you mean \"ignore\"?"),
        (SOURCE, "hosts = [\"https://y.it/\"]", "8:10: \"https://y.it/\" is no host name · hosts = [\"https://y.it/\"] · write \"y.it\""),
        (SOURCE, "hosts = [1]", "8:9: \"hosts\" must be a list of texts, not a list · hosts = [1] · write a list of texts after hosts ="),
        (
            SOURCE,
            "id = \"Novità\"",
            "8:6: \"id\" takes small letters, digits and single hyphens only: \"Novità\" · id = \"Novità\" · write \"novita\"",
        ),
        (SOURCE, "[body.offices]\ntasse = [\"a\"]", "9:1: unknown office \"tasse\" · tasse = [\"a\"] · "),
        (SOURCE, "[body.offices]\nTributi = [\"a\"]", "9:1: unknown office \"Tributi\" · Tributi = [\"a\"] · write \"tributi\""),
        (
            SOURCE,
            "[body.offices]\nurp = [\"a\"]\nced = \"A\"",
            "10:7: \"A\" is named twice, first for \"urp\" · ced = \"A\" · a name leads to one office: take one of the two out",
        ),
    ] {
        let text = format!("{head}{line}\n");
        let [complaint] = &complaints(&text)[..] else { panic!("{line}: {:#?}", complaints(&text)) };
        assert!(complaint.starts_with(&format!("s.toml:{answer}")), "{line}\n  {complaint}\n  s.toml:{answer}");
    }
}

#[test]
fn bad_addresses_are_told_what_is_bad() {
    for (url, answer) in [
        ("htps://x.it", "bad url \"htps://x.it\": htps is not fetched · did you mean \"https\"?"),
        ("ftp://x.it/a", "bad url \"ftp://x.it/a\": ftp is not fetched · "),
        ("https://", "bad url \"https://\": empty host · "),
        ("https://x.it/a b", "bad url \"https://x.it/a b\": it holds a space · write \"https://x.it/ab\""),
        ("https://x.it/#top", "bad url \"https://x.it/#top\": #top is never sent to the site · write \"https://x.it/\""),
        (
            "https://u:p@x.it/",
            "bad url \"https://u:p@x.it/\": it holds a user name or password · only public pages are watched: take them out",
        ),
        ("https://x.it:99999/", "bad url \"https://x.it:99999/\": invalid port number · "),
    ] {
        let text = format!("{HEAD}[[body.source]]\nkind = \"page\"\nurl = \"{url}\"\n");
        let problems = parse(&text, "s.toml").unwrap_err();
        let [problem] = &problems[..] else { panic!("{problems:#?}") };
        assert_eq!((problem.line, problem.column), (7, 7));
        let said = format!("{} · {}", problem.message, problem.suggestion.as_deref().unwrap_or_default());
        assert!(said.starts_with(answer), "{said}");
    }
}

#[test]
fn duplicates_name_the_line_of_the_first() {
    let text = format!("{SOURCE}{}", SOURCE.replace("\"news\"", "\"page\""));
    assert_eq!(
        complaints(&text),
        [
            "s.toml:9:6: duplicate body id \"comune-x\", first on line 2 · id = \"comune-x\" · give this body another id, or put its sources under the first",
            "s.toml:13:7: duplicate url https://x.it/, first on line 6 · url = \"https://x.it/\" · take one of the two out",
        ]
    );
    let text = format!("{SOURCE}id = \"a\"\n[[body.source]]\nid = \"a\"\nurl = \"https://x.it/2\"\nkind = \"page\"\n");
    assert_eq!(
        complaints(&text),
        ["s.toml:10:6: duplicate source id \"a\", first in the source on line 5 · id = \"a\" · give this source another id"]
    );
    let text = format!("{SOURCE}every = \"1h\"\nschedule = \"0 0 8 * * *\"\n");
    assert_eq!(
        complaints(&text),
        ["s.toml:9:1: \"every\" and \"schedule\" exclude each other · schedule = \"0 0 8 * * *\" · take one of the two out"]
    );
}

#[test]
fn ids_come_from_the_address_alone_so_that_a_new_source_renames_none() {
    let file = |urls: &[&str]| {
        let sources: String = urls.iter().map(|url| format!("[[body.source]]\nurl = \"{url}\"\nkind = \"page\"\n")).collect();
        let sources = parse(&format!("{HEAD}{sources}"), "s.toml").unwrap();
        sources.iter().map(|(_, source)| source.id.0.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        file(&["https://x.it", "https://x.it/it/novità/?tipo=avvisi&p=1", "https://x.it/Amministrazione/Uffici.aspx"]),
        ["comune-x/home", "comune-x/it-novita-tipo-avvisi-p-1", "comune-x/amministrazione-uffici-aspx"]
    );
    let two = file(&["https://x.it/uffici", "https://y.it/uffici"]);
    assert_eq!(two, ["comune-x/uffici", "comune-x/uffici-59103e"]);
    assert_eq!(file(&["https://x.it/uffici", "https://z.it/", "https://y.it/uffici"])[2], two[1]);
}

#[test]
fn lines_that_are_no_toml_do_not_hide_the_other_problems() {
    let text = format!("{HEAD}province = LU\n[[body.source]]\nurl = “https://x.it/”\nevry = \"1h\"\nkind: \"news\"\n");
    let complaints = complaints(&text);
    let [unquoted, curly, unknown, colon] = &complaints[..] else { panic!("{complaints:#?}") };
    assert!(unquoted.starts_with("s.toml:5:") && unquoted.ends_with("put the value in quotes: key = \"value\""), "{unquoted}");
    assert!(curly.starts_with("s.toml:7:") && curly.ends_with("use straight quotes: \""), "{curly}");
    assert_eq!(unknown, "s.toml:8:1: unknown key \"evry\" · evry = \"1h\" · did you mean \"every\"?");
    assert!(colon.starts_with("s.toml:9:") && colon.ends_with("write = in place of the colon: key = \"value\""), "{colon}");
}

#[test]
fn a_header_that_is_no_toml_ends_the_reading_there() {
    for (text, end) in [
        ("[[body]\nid = \"x\"\n", "a section is written [section] or [[section]], alone on its line"),
        ("[[body]]\nistat = 046001\n", "put a number that begins with 0 in quotes"),
        ("[[body]]\nid = \"a\"\nid = \"b\"\n", "take one of the two out"),
        ("[[body]]\nname = \"Comune\n", "a quote is missing: key = \"value\""),
        ("[[body]]\nname =\n", "write a value after the ="),
    ] {
        let complaints = complaints(text);
        let [complaint] = &complaints[..] else { panic!("{complaints:#?}") };
        assert!(complaint.contains("this is no TOML: ") && complaint.ends_with(end), "{complaint}");
    }
}

/// So many bodies, with a source each; about 250 bytes a body.
fn a_large_file(n_bodies: usize) -> String {
    let body = |n: usize| {
        format!(
            "[[body]]\nid = \"comune-{n}\"\nname = \"Comune di Prova {n}\"\nkind = \"comune\"\n\n# le notizie\n[[body.source]]\n\
             url = \"https://www.comune{n}.example.it/novita\"\nkind = \"news\"\n[body.offices]\ntributi = [\"Gabelle\"]\n\n"
        )
    };
    (0..n_bodies).map(body).collect()
}

#[test]
fn a_large_file_is_read_in_parts_as_it_would_be_whole() {
    let text = format!("# our bodies\n\n{}", a_large_file(900));
    let in_parts = read::in_parts(&text, "s.toml").expect("a good file");
    assert_eq!(in_parts, read::whole(&text, "s.toml").unwrap());
    assert_eq!(in_parts.bodies.len(), 900);
    let last = &in_parts.bodies[899].sources[0];
    assert_eq!(text.lines().nth(last.line - 1), Some("[[body.source]]"));
}

#[test]
fn problems_of_a_large_file_are_those_of_the_whole() {
    let large = a_large_file(900);
    let twice = format!("{large}[[body]]\nid = \"comune-0\"\nname = \"Prova\"\nkind = \"comune\"\n");
    let line = large.lines().count() + 2;
    assert_eq!(
        complaints(&twice),
        [format!(
            "s.toml:{line}:6: duplicate body id \"comune-0\", first on line 2 · id = \"comune-0\" · give this body another id, or put its sources under the first"
        )]
    );
    // what would mean something else in parts
    let quoted = large.replace("name = \"Comune", "name = \"\"\"Comune\n[[body]]\n[[body]]\n\"\"\" # ");
    assert!(read::in_parts(&quoted, "s.toml").is_none());
    assert_eq!(parse(&quoted, "s.toml").unwrap().bodies[600].body.name, "Comune\n[[body]]\n[[body]]");
    let listed = format!("body = [{{ id = \"a\", name = \"A\", kind = \"comune\" }}]\n{large}");
    assert!(read::in_parts(&listed, "s.toml").is_none());
    assert!(parse(&listed, "s.toml").is_err());
    assert!(!complaints(&format!("{large}[[body]]\nid = \"x\"\n[other]\na = 1\n{large}")).is_empty());
}

proptest::proptest! {
    #[test]
    fn any_text_ends_in_a_value_or_in_problems_at_places_that_exist(noise in "\\PC{0,60}", at in 0usize..900, cut in 0usize..40) {
        let chars: Vec<char> = GOOD.chars().collect();
        let at = at.min(chars.len());
        let mut text: String = chars[..at].iter().collect();
        text.push_str(&noise);
        text.extend(chars.iter().skip(at + cut));
        if let Err(problems) = parse(&text, "s.toml") {
            proptest::prop_assert!(!problems.is_empty());
            for problem in problems {
                let line = text.split('\n').nth(problem.line - 1).map(|line| line.trim_end_matches('\r').to_owned());
                proptest::prop_assert_eq!(line, Some(problem.line_text.clone()));
                proptest::prop_assert!(problem.column <= problem.line_text.chars().count() + 1);
            }
        }
    }
}
