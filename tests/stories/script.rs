//! The text of stories as values.

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use sportello::domain::{
    Access, Channel, ChannelKind, DateRange, DocumentKind, Doubt, Evidence, Notice, OfficeHours, OfficeId, Opening, Reading, Stated,
    Status, rome,
};

pub struct Story {
    pub title: String,
    pub place: String,
    pub scenes: Vec<Scene>,
}

/// One event and what is expected of it.
pub struct Scene {
    pub line: String,
    pub at: Timestamp,
    pub event: Event,
    pub reading: Reading,
    pub expected: Vec<(String, String)>, // place, words
}

pub enum Event {
    Read { name: String, kind: DocumentKind, first: bool, reread: bool, title: Option<String> },
    Again(String),
    Gone(String),
}

pub const DAY_ONE: Date = date(2026, 3, 2);

pub fn day(word: &str) -> Date {
    match word.strip_prefix('d').and_then(|n| n.parse::<i64>().ok()) {
        Some(n) => DAY_ONE.checked_add((n - 1).days()).unwrap(),
        None => word.parse().unwrap_or_else(|_| panic!("no day: {word:?}")),
    }
}

pub fn show(day: Date) -> String {
    format!("d{}", DAY_ONE.until(day).unwrap().get_days() + 1)
}

fn instant(day_word: &str, clock: &str) -> Timestamp {
    let (hour, minute) = clock.split_once(':').unwrap();
    rome().to_timestamp(day(day_word).at(hour.parse().unwrap(), minute.parse().unwrap(), 0, 0)).unwrap()
}

pub fn stories(text: &str, file: &str) -> Vec<Story> {
    let mut stories: Vec<Story> = Vec::new();
    let (mut day_word, mut clock) = ("d1".to_string(), "08:00".to_string());
    for (i, line) in text.lines().enumerate() {
        let place = format!("{file}:{}", i + 1);
        let line = match line.find(" #").filter(|_| !line.contains('"')) {
            Some(end) => &line[..end],
            None => line,
        };
        let words = line.trim();
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        if let Some(title) = words.strip_prefix("story ") {
            stories.push(Story { title: title.into(), place, scenes: Vec::new() });
            (day_word, clock) = ("d1".into(), "08:00".into());
            continue;
        }
        let story = stories.last_mut().unwrap_or_else(|| panic!("{place}: no story yet"));
        if line.starts_with(' ') {
            let scene = story.scenes.last_mut().unwrap_or_else(|| panic!("{place}: nothing has happened yet"));
            match words.strip_prefix("→ ") {
                Some(expected) => scene.expected.push((place, expected.trim().into())),
                None => add_to_reading(&mut scene.reading, words, &place),
            }
            continue;
        }
        let mut rest: Vec<&str> = words.split_whitespace().collect();
        if rest[0].starts_with('d') && rest[0][1..].parse::<u32>().is_ok() {
            day_word = rest.remove(0).into();
            clock = "08:00".into();
        }
        if rest[0].contains(':') {
            clock = rest.remove(0).into();
        }
        story.scenes.push(Scene {
            line: words.into(),
            at: instant(&day_word, &clock),
            event: event(&rest, words, &place),
            reading: Reading::default(),
            expected: Vec::new(),
        });
    }
    stories
}

fn event(words: &[&str], line: &str, place: &str) -> Event {
    let title = line.split_once("titled ").map(|(_, title)| title.trim_matches('"').to_string());
    let (first, reread) = (words[0] == "first", words[0] == "reread");
    let words = if first || reread { &words[1..] } else { words };
    let kind = match words[0] {
        "again" => return Event::Again(words[1].into()),
        "gone" => return Event::Gone(words[1].into()),
        "page" => DocumentKind::Page,
        "news" => DocumentKind::News,
        other => panic!("{place}: no such event: {other}"),
    };
    Event::Read { name: words[1].into(), kind, first, reread, title }
}

fn add_to_reading(reading: &mut Reading, words: &str, place: &str) {
    if let Some(published) = words.strip_prefix("published ") {
        reading.published = Some(day(published));
        return;
    }
    if let Some(doubt) = words.strip_prefix("doubt") {
        let (office, words) = doubt.split_once(':').unwrap();
        let office = Some(office.trim()).filter(|office| !office.is_empty()).map(|office| OfficeId(office.into()));
        reading.doubts.push(Doubt { office, words: words.trim().into(), family: "table".into() });
        return;
    }
    let (who, parts) = words.split_once(": ").unwrap_or_else(|| panic!("{place}: who? {words}"));
    reading.notices.push(notice(who, parts, place));
}

fn notice(who: &str, parts: &str, place: &str) -> Notice {
    let (who, name) = match who.split_once(" \"") {
        Some((who, name)) => (who, name.trim_matches('"').to_string()),
        None => (who, String::new()),
    };
    let (office, site) = match who.split_once('@') {
        Some((office, site)) => (office, Some(site.to_string())),
        None => (who, None),
    };
    let name = if name.is_empty() { format!("Ufficio {office}") } else { name };
    let mut notice = Notice::about(OfficeId(office.into()), name);
    notice.site = site;
    for part in parts.split(" · ") {
        add_part(&mut notice, part.trim(), place);
    }
    if notice.evidence.is_empty() {
        notice.evidence.push(evidence(format!("{who}: {parts}")));
    }
    notice
}

/// A sentence that is taken to state everything that the line does.
fn evidence(sentence: String) -> Evidence {
    Evidence { sentence, block: 0, states: Stated::ALL.to_vec() }
}

fn add_part(notice: &mut Notice, part: &str, place: &str) {
    let (verb, rest) = part.split_once(' ').unwrap_or((part, ""));
    match verb {
        "closed" if !rest.is_empty() => notice.closures.push(range(rest)),
        "opens" => {
            let (date, span) = rest.split_once(' ').unwrap();
            notice.openings.push(Opening { date: day(date), span: span.parse().unwrap() });
        }
        "from" => notice.valid_from = Some(day(rest)),
        "until" => notice.valid_until = Some(day(rest)),
        "at" => notice.address = Some(rest.into()),
        "except" => notice.except = rest.split(',').map(|office| OfficeId(office.into())).collect(),
        "says" => notice.evidence.push(evidence(rest.trim_matches('"').into())),
        _ => {
            if let Some(status) = status(part) {
                notice.status = Some(status);
            } else if let Some(channel) = channel(part) {
                notice.channels.push(channel);
            } else {
                let (text, access) = match part.split_once(" by ") {
                    Some((text, "phone")) => (text, Access::Phone),
                    Some((text, "appointment")) => (text, Access::Appointment),
                    Some((text, "video")) => (text, Access::Video),
                    _ => (part, Access::WalkIn),
                };
                let week = text.parse().unwrap_or_else(|_| panic!("{place}: not read: {part:?}"));
                notice.hours.push(OfficeHours { week, access });
            }
        }
    }
}

fn range(text: &str) -> DateRange {
    let (first, last) = text.split_once('/').unwrap_or((text, text));
    DateRange::new(day(first), day(last)).unwrap()
}

fn status(word: &str) -> Option<Status> {
    [Status::Open, Status::Reduced, Status::Appointment, Status::Remote, Status::Closed].into_iter().find(|status| status.as_str() == word)
}

fn channel(word: &str) -> Option<Channel> {
    use ChannelKind::{App, Email, Fax, Pec, Phone, Skype, Web, Whatsapp};
    let (kind, value) = match word.split_once(':') {
        Some((kind, value)) => (kind, Some(value.to_string())),
        None => (word, None),
    };
    let kind = [Phone, Fax, Email, Pec, Whatsapp, Skype, Web, App].into_iter().find(|known| known.as_str() == kind)?;
    Some(Channel { kind, value })
}
