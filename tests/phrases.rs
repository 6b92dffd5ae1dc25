//! The phrase corpora: value first, then the many ways to say it. `docs/GRAMMAR.md` tells how to add one.
//!
//! Every phrase becomes a tiny document, "Ufficio anagrafe" and the phrase below it, and takes the public path. All phrases that read otherwise are told at once.

use jiff::civil::Date;
use proptest::prelude::*;
use sportello::document::{self, Input};
use sportello::domain::{Access, Channel, ChannelKind, Day, DaySelector, Notice, Season, Slot, Span, Week};
use sportello::extract::{self, Context};
use sportello::lexicon::Lexicon;

/// What a corpus looks at.
#[derive(Clone, Copy, PartialEq)]
enum View {
    /// Hours, closures, openings, validity.
    Time,
    /// Channels.
    Channels,
    /// The address.
    Address,
    /// All that is said of every office; the phrase is the whole document, " / " starts a line.
    Whole,
    /// Status, weekly hours and the way they are used, of every office; the phrase is the whole document.
    Service,
}

/// What a block of phrases must read as.
enum Wanted {
    Value(String),
    Nothing,
    /// With the value that is wished for, if one is given.
    NotYet(Option<String>),
}

fn notices(text: &str, published: Option<Date>) -> Vec<Notice> {
    read_text(&format!("Ufficio anagrafe\n{text}\n"), published)
}

fn read_text(bytes: &str, published: Option<Date>) -> Vec<Notice> {
    let document = document::read(&Input { bytes: bytes.as_bytes(), content_type: Some("text/plain; charset=utf-8"), ..Input::default() });
    extract::read(&document, Lexicon::builtin(), &Context { published, ..Context::default() }).notices
}

/// The facts of a view as one line.
fn render(notices: &[Notice], view: View) -> String {
    let mut parts: Vec<String> = Vec::new();
    for notice in notices {
        match view {
            View::Time => {
                let mut week = Week::default();
                notice.hours.iter().for_each(|hours| week.extend(&hours.week));
                if !week.is_empty() {
                    parts.push(week.to_string());
                }
                parts.extend(notice.closures.iter().map(|range| {
                    if range.first() == range.last() {
                        format!("closed {}", range.first())
                    } else {
                        format!("closed {}/{}", range.first(), range.last())
                    }
                }));
                parts.extend(notice.openings.iter().map(|opening| format!("open {opening}")));
                parts.extend(notice.valid_from.map(|day| format!("from {day}")));
                parts.extend(notice.valid_until.map(|day| format!("until {day}")));
            }
            View::Channels => parts.extend(notice.channels.iter().map(Channel::to_string)),
            View::Address => parts.extend(notice.address.clone()),
            View::Whole => parts.push(whole(notice)),
            View::Service => parts.push(service(notice)),
        }
    }
    parts.sort_by_key(|part| if matches!(view, View::Whole | View::Service) { part.clone() } else { String::new() });
    parts.join(if matches!(view, View::Time | View::Whole | View::Service) { " | " } else { " " })
}

/// "office: status, hours, hours appointment", "none" for no status.
fn service(notice: &Notice) -> String {
    let mut facts = vec![notice.status.map_or("none", |status| status.as_str()).to_string()];
    facts.extend(notice.hours.iter().map(|hours| match hours.access {
        Access::WalkIn => hours.week.to_string(),
        access => format!("{} {}", hours.week, access.as_str()),
    }));
    format!("{}: {}", notice.office, facts.join(", "))
}

/// "office (branch): status, hours, closed …, open …, channels, address, from …, until …, except …".
fn whole(notice: &Notice) -> String {
    let mut facts: Vec<String> = notice.status.map(|status| status.as_str().to_string()).into_iter().collect();
    facts.extend(
        Some(render(std::slice::from_ref(notice), View::Time)).filter(|time| !time.is_empty()).map(|time| time.replace(" | ", ", ")),
    );
    let mut others: Vec<String> = notice.channels.iter().map(Channel::to_string).collect();
    others.extend(notice.address.clone());
    if !notice.except.is_empty() {
        let mut except: Vec<String> = notice.except.iter().map(ToString::to_string).collect();
        except.sort();
        others.push(format!("except {}", except.join(" ")));
    }
    facts.extend(others);
    let site = notice.site.as_ref().map(|site| format!(" ({site})")).unwrap_or_default();
    format!("{}{site}: {}", notice.office, facts.join(", "))
}

/// Weeks in the values are compared in their normal form.
fn canonical(value: &str, view: View) -> String {
    if view == View::Whole {
        // facts in any order
        let mut notices: Vec<String> = value.split(" | ").map(sorted).collect();
        notices.sort();
        return notices.join(" | ");
    }
    if view != View::Time {
        return value.to_string();
    }
    let part = |part: &str| part.parse::<Week>().map_or_else(|_| part.to_string(), |week| week.to_string());
    value.split(" | ").map(part).collect::<Vec<_>>().join(" | ")
}

/// "office: a, b" with its facts in order.
fn sorted(notice: &str) -> String {
    let (office, facts) = notice.split_once(": ").unwrap_or((notice, ""));
    let mut facts: Vec<&str> = facts.split(", ").collect();
    facts.sort_unstable();
    format!("{office}: {}", facts.join(", "))
}

/// Runs one corpus; the outside opinion is asked about every value that is read.
fn run(file: &str, text: &str, view: View, fewest: usize) {
    let (mut say, mut value_frame) = ("{}".to_string(), "{}".to_string());
    let mut published = None;
    let mut wanted: Option<Wanted> = None;
    let mut wrong = Vec::new();
    let mut n_phrases = 0;
    for (n, line) in text.lines().enumerate() {
        let at = format!("tests/phrases/{file}:{}", n + 1);
        let line = line.split("  #").next().unwrap_or_default().trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(setting) = line.strip_prefix('@') {
            let (key, value) = setting.trim().split_once(' ').unwrap_or((setting.trim(), ""));
            match key {
                "published" => published = value.trim().parse::<Date>().ok(),
                "say" => say = value.trim().to_string(),
                "value" => value_frame = value.trim().to_string(),
                other => panic!("{at}: \"@ {other}\" is no setting; use published, say or value"),
            }
            continue;
        }
        if let Some(value) = line.strip_prefix('=') {
            let framed = |value: &str| canonical(&value_frame.replace("{}", value), view);
            wanted = Some(match value.trim() {
                "nothing" => Wanted::Nothing,
                "not yet" => Wanted::NotYet(None),
                other => match other.strip_prefix("not yet:") {
                    Some(wish) => Wanted::NotYet(Some(framed(wish.trim()))),
                    None => Wanted::Value(framed(other)),
                },
            });
            continue;
        }
        n_phrases += 1;
        let phrase = say.replace("{}", line);
        let notices = match view {
            View::Whole | View::Service => read_text(&(phrase.replace(" / ", "\n") + "\n"), published),
            _ => notices(&phrase, published),
        };
        let read = match (render(&notices, view), view) {
            (read, View::Whole) if !read.is_empty() => canonical(&read, view),
            (read, _) => read,
        };
        wrong.extend(outside_opinion(&notices).map(|what| format!("{at}: {phrase}\n    {what}")));
        match wanted.as_ref().unwrap_or_else(|| panic!("{at}: a phrase before the first value")) {
            Wanted::Value(value) if *value != read => wrong.push(format!("{at}: {phrase}\n    wanted {value}\n    read   {read}")),
            Wanted::Nothing if !read.is_empty() => wrong.push(format!("{at}: {phrase}\n    wanted nothing\n    read   {read}")),
            Wanted::NotYet(None) if !read.is_empty() => wrong.push(format!("{at}: {phrase}\n    is read now, as {read}: move it")),
            Wanted::NotYet(Some(wish)) if wish == "nothing" && !read.is_empty() => {}
            Wanted::NotYet(Some(wish)) if *wish == read || wish == "nothing" => {
                wrong.push(format!("{at}: {phrase}\n    is read now, as {read}: move it"))
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{} of {n_phrases} phrases of {file}:\n{}\n", wrong.len(), wrong.join("\n"));
    assert!(n_phrases >= fewest, "{file} has only {n_phrases} phrases");
}

/// What the `opening-hours` and `phonenumber` crates say of the values; nothing when they agree.
fn outside_opinion(notices: &[Notice]) -> Option<String> {
    for notice in notices {
        for hours in &notice.hours {
            let text = hours.week.to_string();
            if text.parse::<opening_hours::OpeningHours>().is_err() {
                return Some(format!("the opening-hours crate refuses {text}"));
            }
            if text.parse::<Week>().as_ref() != Ok(&hours.week) {
                return Some(format!("{text} does not read back as itself"));
            }
        }
        for channel in &notice.channels {
            let number = matches!(channel.kind, ChannelKind::Phone | ChannelKind::Fax | ChannelKind::Whatsapp);
            if let Some(value) = channel.value.as_ref().filter(|value| number && value.starts_with('+'))
                && !phonenumber::parse(None, value).is_ok_and(|parsed| parsed.code().value() == 39)
            {
                return Some(format!("the phonenumber crate refuses {value}"));
            }
        }
    }
    None
}

macro_rules! corpora {
    ($($name:ident: $file:literal, $view:expr, at least $fewest:literal;)*) => {
        $(#[test]
        fn $name() {
            run($file, include_str!(concat!("phrases/", $file)), $view, $fewest);
        })*
    };
}

corpora! {
    closings_in_prose_read_as_written: "closings.prose.txt", View::Whole, at least 120;
    branches_of_lists_read_as_written: "branches.txt", View::Whole, at least 11;
    weeks_in_prose_read_as_written: "weeks.prose.txt", View::Whole, at least 120;
    news_reads_as_written: "news.txt", View::Whole, at least 100;
    cards_read_as_written: "cards.txt", View::Whole, at least 100;
    near_misses_read_as_written: "near_misses.txt", View::Whole, at least 100;
    whom_and_when_read_as_written: "whom_and_when.txt", View::Whole, at least 70;
    times_read_as_written: "times.txt", View::Time, at least 40;
    weekdays_read_as_written: "weekdays.txt", View::Time, at least 40;
    weeks_read_as_written: "weeks.txt", View::Time, at least 60;
    dates_read_as_written: "dates.txt", View::Time, at least 60;
    channels_read_as_written: "channels.txt", View::Channels, at least 40;
    addresses_read_as_written: "addresses.txt", View::Address, at least 30;
    offices_read_as_written: "offices.txt", View::Whole, at least 40;
    sites_read_as_written: "sites.txt", View::Whole, at least 8;
    status_reads_as_written: "status.txt", View::Whole, at least 60;
    service_reads_as_written: "service.txt", View::Service, at least 100;
    exceptions_read_as_written: "exceptions.txt", View::Whole, at least 40;
    closures_read_as_written: "closures.txt", View::Whole, at least 40;
    periods_read_as_written: "periods.txt", View::Whole, at least 15;
    notices_read_as_written: "notices.txt", View::Whole, at least 120;
    occasions_read_as_written: "occasions.txt", View::Whole, at least 15;
    contacts_read_office_by_office: "contacts.txt", View::Whole, at least 18;
    prose_reads_as_written: "prose.txt", View::Whole, at least 180;
    ways_to_say_it_read_as_written: "ways.txt", View::Whole, at least 80;
    mere_mentions_say_nothing: "restraint.txt", View::Whole, at least 60;
}

/// Runs the pages of one file. A page begins with a line `=== what it is about`; then come `= office: facts` for each notice (or `= nothing`, or `= not yet`),
/// and the page as it is published.
fn run_pages(file: &str, text: &str, fewest: usize) {
    let mut wrong = Vec::new();
    let mut n_pages = 0;
    for page in text.split("\n=== ").skip(1) {
        let (name, rest) = page.split_once('\n').unwrap_or((page, ""));
        let head: Vec<&str> = rest.lines().take_while(|line| line.starts_with(['=', '@', '#'])).collect();
        let body = rest.lines().skip(head.len()).collect::<Vec<_>>().join("\n");
        let setting = |key: &str| head.iter().find_map(|line| line.strip_prefix('@')?.trim().strip_prefix(key)).map(str::trim);
        let published = setting("published").and_then(|day| day.parse::<Date>().ok());
        let wanted: Vec<&str> = head.iter().filter_map(|line| line.strip_prefix('=')).map(str::trim).collect();
        n_pages += 1;
        let content_type = Some(if body.starts_with('<') { "text/html; charset=utf-8" } else { "text/plain; charset=utf-8" });
        let document = document::read(&Input { bytes: body.as_bytes(), content_type, ..Input::default() });
        let notices = extract::read(&document, Lexicon::builtin(), &Context { published, ..Context::default() }).notices;
        wrong.extend(outside_opinion(&notices).map(|what| format!("tests/pages/{file}: {name}\n    {what}")));
        let lines = |text: &str| -> Vec<String> { text.split(" | ").filter(|line| !line.is_empty()).map(notice_in_order).collect() };
        let (mut read, mut wish) = (lines(&render(&notices, View::Whole)), Vec::new());
        read.sort();
        let (mut nothing, mut not_yet) = (false, false);
        for line in wanted {
            match line {
                "nothing" => nothing = true,
                "not yet" => not_yet = true,
                line => wish.push(notice_in_order(line)),
            }
        }
        wish.sort();
        assert!(nothing == wish.is_empty(), "tests/pages/{file}: {name}: say what is to be read, or `= nothing`");
        let right = read == wish;
        let others = |a: &[String], b: &[String]| {
            a.iter().filter(|line| !b.contains(line)).map(|line| format!("\n        {line}")).collect::<String>()
        };
        if right && not_yet {
            wrong.push(format!("tests/pages/{file}: {name}\n    is read now: take `= not yet` away"));
        } else if !right && !not_yet {
            wrong.push(format!("tests/pages/{file}: {name}\n    wanted{}\n    read{}", others(&wish, &read), others(&read, &wish)));
        }
    }
    assert!(wrong.is_empty(), "{} of {n_pages} pages of {file}:\n{}\n", wrong.len(), wrong.join("\n"));
    assert!(n_pages >= fewest, "{file} has only {n_pages} pages");
}

/// "office: facts" with its facts in order and its weeks in their normal form.
fn notice_in_order(notice: &str) -> String {
    let (office, facts) = notice.split_once(": ").unwrap_or((notice, ""));
    let week = |fact: &str| fact.parse::<Week>().map_or_else(|_| fact.to_string(), |week| week.to_string());
    let mut facts: Vec<String> = facts.split(", ").filter(|fact| !fact.is_empty()).map(week).collect();
    facts.sort_unstable();
    format!("{office}: {}", facts.join(", "))
}

macro_rules! pages {
    ($($name:ident: $file:literal, at least $fewest:literal;)*) => {
        $(#[test]
        fn $name() {
            run_pages($file, include_str!(concat!("pages/", $file)), $fewest);
        })*
    };
}

pages! {
    pages_with_tables_read_as_published: "tables.txt", at least 10;
    pages_of_offices_read_as_published: "offices.txt", at least 10;
    pages_about_other_things_say_nothing: "none.txt", at least 5;
    pages_of_news_read_as_published: "news.txt", at least 2;
}

fn selector() -> impl Strategy<Value = DaySelector> {
    (0usize..8, proptest::collection::vec(prop_oneof![1i8..=5, Just(-1i8)], 0..3)).prop_map(|(day, mut nth)| {
        let day = Day::WEEK.get(day).copied().unwrap_or(Day::Ph);
        nth.sort_unstable();
        nth.dedup();
        DaySelector { day, nth: if day == Day::Ph { Vec::new() } else { nth } }
    })
}

fn slot() -> impl Strategy<Value = Slot> {
    let clock = |minutes: u16| sportello::domain::Clock::new(minutes / 60, minutes % 60);
    prop_oneof![
        1 => Just(Slot::Off),
        1 => prop_oneof![Just("mattina"), Just("pomeriggio"), Just("sera")].prop_map(|part| Slot::Part(part.into())),
        6 => (0u16..1439, 1u16..600).prop_filter_map("a span ends after it starts", move |(from, length)| {
            Span::new(clock(from)?, clock((from + length).min(1440))?).map(Slot::Times)
        }),
        1 => (0u16..1439).prop_filter_map("a time", move |from| clock(from).map(Span::open_ended).map(Slot::Times)),
    ]
}

fn season() -> impl Strategy<Value = Option<Season>> {
    proptest::option::weighted(0.3, ((1u8..=12, 1u8..=28), (1u8..=12, 1u8..=28)).prop_map(|(from, to)| Season { from, to }))
}

/// Words of the trade, so that texts come near to what the rules look for.
const WORDS: &[&str] = &[
    "lunedì",
    "mar",
    "ven.",
    "dal",
    "al",
    "dalle",
    "alle",
    "9",
    "12.30",
    "8,30",
    "-",
    "/",
    "÷",
    "e",
    ",",
    ";",
    "(",
    ")",
    ":",
    "escluso",
    "chiuso",
    "primo",
    "III",
    "sabato",
    "del",
    "mese",
    "mattina",
    "pomeriggio",
    "24",
    "dicembre",
    "2026",
    "31/12",
    "99/99/9999",
    "0",
    "00000000000000000",
    "fino",
    "tel.",
    "0583",
    "216305",
    "+39",
    "fax",
    "[at]",
    "@",
    "comune.it",
    "via",
    "Roma",
    "n.",
    "12/A",
    "ore",
    "h",
    "ufficio",
    "tributi",
    "tranne",
    "\n",
    "°",
    "\u{a0}",
    "à",
    "½",
    "🙂",
    "altri giorni",
    "anche",
    "c.m.",
    "p.v.",
    "domani",
    "Pasqua",
    "entro",
    "nei mesi di",
    "luglio",
    "24:00",
    "mezzanotte",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_week_reads_back_as_itself(slots in proptest::collection::vec((season(), selector(), slot()), 0..12)) {
        let mut week = Week::default();
        slots.into_iter().for_each(|(season, day, slot)| week.add(season, day, slot));
        let text = week.to_string();
        prop_assert_eq!(text.parse::<Week>(), Ok(week), "{}", text);
    }

    #[test]
    fn any_bytes_end_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let document = document::read(&Input { bytes: &bytes, ..Input::default() });
        let _ = extract::read(&document, Lexicon::builtin(), &Context::default());
    }

    #[test]
    fn any_words_of_the_trade_give_values_that_others_can_read(
        picks in proptest::collection::vec((0..WORDS.len(), any::<bool>()), 0..40),
    ) {
        let text: String = picks.iter().map(|(i, spaced)| format!("{}{}", WORDS[*i], if *spaced { " " } else { "" })).collect();
        let read = notices(&text, Date::new(2026, 3, 5).ok());
        prop_assert_eq!(outside_opinion(&read), None, "{}", text);
    }
}

/// What no person writes ends all the same, and in time in proportion to the bytes: were it the square, this test would take hours.
#[test]
fn documents_beyond_measure_are_read_to_the_end() {
    let read = |bytes: String, content_type: &str| {
        let document = document::read(&Input { bytes: bytes.as_bytes(), content_type: Some(content_type), ..Input::default() });
        extract::read(&document, Lexicon::builtin(), &Context::default()).notices
    };
    let (html, text) = ("text/html; charset=utf-8", "text/plain; charset=utf-8");
    let lines = read("Ufficio anagrafe: lunedì 9-12\n".repeat(10_000), text);
    assert_eq!(lines.iter().map(whole).collect::<Vec<_>>(), ["anagrafe: open, Mo 09:00-12:00"]);
    let blocks = read("<div>Ufficio anagrafe: lunedì 9-12</div>".repeat(10_000), html);
    assert_eq!(blocks.iter().map(whole).collect::<Vec<_>>(), ["anagrafe: open, Mo 09:00-12:00"]);
    let sentence = read(format!("Ufficio anagrafe: {}", "lunedì e martedì 9-12, ".repeat(5_000)), text);
    assert!(sentence.len() <= 1, "{}", sentence.len());
    let cell = "<tr><td rowspan=65535 colspan=65535>lunedì 9-12</td></tr>";
    for bytes in [
        "<b>".repeat(2_000_000),
        "<div>".repeat(400_000),
        "<table><tr><td>".repeat(30_000),
        format!("<table>{}</table>", cell.repeat(500)),
        format!("<table><tr>{}</tr></table>", "<td>Ufficio tributi martedì 15-17</td>".repeat(20_000)),
    ] {
        let notices = read(bytes, html);
        assert!(notices.len() <= 2, "{}", notices.len());
    }
}

/// Days said once for a table, lent from row to row, must not grow with the rows: a page of these was read in minutes and gigabytes.
#[test]
fn days_lent_to_many_rows_stay_as_many_as_they_are() {
    let row = "<tr><td>8.00 - 17.00</td><td>7.30 - 19.00</td></tr>".repeat(200);
    let page = format!(
        "<table><caption>I cimiteri sono aperti tutti i giorni</caption><tr><th>dal 1° ottobre al 31 marzo</th><th>dal 1° aprile al 30 settembre</th></tr>{row}</table>"
    );
    let document = document::read(&Input { bytes: page.as_bytes(), content_type: Some("text/html; charset=utf-8"), ..Input::default() });
    let notices = extract::read(&document, Lexicon::builtin(), &Context::default()).notices;
    assert!(notices.len() <= 1, "{notices:?}");
}
