//! A delivery → its mail: text and HTML from the same facts, headers, links. Pure; templates are values.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use minijinja::value::{Serde, Value as Context};
use serde::Serialize;

use crate::domain::{About, Body, BodyId, BodyKind, Change, Delivery, Language, Rule};
use crate::wording;

use super::calendar;
use super::clean::clip;
use super::headers;
use super::mail::{Letterhead, Mail};
use super::plan::begins_after;
use super::story::{Story, tell};
use super::templates::Templates;
use super::tokens::{Purpose, return_path, sign};
use super::trouble::{self, Trouble};
use super::{story, words};

/// How long a confirmation link is valid.
pub const CONFIRM_WITHIN: SignedDuration = SignedDuration::from_hours(48);

/// More stories than these, or more rows, and the rest is told by headlines alone: Gmail cuts a mail at 102 kB.
const MAX_STORIES: usize = 18;
const MAX_ROWS: usize = 120;
const MAX_HEADLINES: usize = 150;

/// A template could not be filled. With the templates compiled in this does not happen.
#[derive(Debug, thiserror::Error)]
#[error("mail template {template}: {reason}")]
pub struct RenderError {
    /// Its name, as below `templates/`.
    pub template: String,
    /// What is wrong, with its line.
    pub reason: String,
}

/// What templates are filled with.
#[derive(Debug, Serialize)]
struct Letter<'a> {
    language: &'a str,
    kind: &'a str,
    subject: &'a str,
    /// The line that mail programs show beside the subject.
    preview: String,
    sender: &'a str,
    n_changes: usize,
    n_bodies: usize,
    groups: Vec<Group>,
    /// Headlines of what is not told at length.
    briefly: Vec<String>,
    /// How many are not even named.
    unnamed: usize,
    /// Reminders: what begins tomorrow, and whether something ends today.
    begins: bool,
    tomorrow: Option<String>,
    /// The operator's mail: what fails and what is back.
    trouble: Option<Trouble>,
    links: &'a Links,
}

/// The changes of one body.
#[derive(Debug, Serialize)]
struct Group {
    body: String,
    province: Option<String>,
    url: Option<String>,
    stories: Vec<Story>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Links {
    site: Option<String>,
    confirm: Option<String>,
    manage: Option<String>,
    unsubscribe: Option<String>,
    /// `mailto:` for those who cannot or will not open a link.
    unsubscribe_mail: String,
    /// What in them is the reader's own: the tokens that unsubscribe and that manage.
    #[serde(skip)]
    pub tokens: [String; 2],
}

/// What a mail says, before it is anybody's.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Written {
    pub subject: String,
    pub text: String,
    pub html: String,
    pub calendar: Option<String>,
}

/// Writes the mail of a delivery. `now` becomes its date.
///
/// # Errors
/// A template that cannot be filled.
pub fn render(delivery: &Delivery, letterhead: &Letterhead, templates: &Templates, now: Timestamp) -> Result<Mail, RenderError> {
    let links = links(delivery, letterhead);
    let written = write(delivery, letterhead, templates, &links)?;
    Ok(address(delivery, letterhead, now, &links, written))
}

/// Fills the templates.
pub(super) fn write(delivery: &Delivery, letterhead: &Letterhead, templates: &Templates, links: &Links) -> Result<Written, RenderError> {
    let language = delivery.to.language;
    let code = code(language);
    let subject = subject(delivery, language);
    let (groups, briefly, unnamed) = groups(delivery, letterhead);
    let evening = match &delivery.about {
        About::Reminder(day) => Some(*day),
        _ => None,
    };
    let letter = Letter {
        language: code,
        kind: delivery.about.kind(),
        subject: &subject,
        preview: preview(&groups, &briefly),
        sender: if letterhead.from.name.is_empty() { "Sportello" } else { &letterhead.from.name },
        n_changes: delivery.changes.len(),
        n_bodies: groups.len(),
        groups,
        briefly,
        unnamed,
        begins: evening.is_none_or(|evening| delivery.changes.iter().any(|change| begins_after(evening, change))),
        tomorrow: evening.and_then(|evening| evening.tomorrow().ok()).map(|day| wording::long_day(language, day, day.year())),
        trouble: delivery.trouble.as_deref().map(|report| trouble::in_words(report, language)),
        links,
    };
    let template = match delivery.about {
        About::Alert(_) | About::Digest { .. } | About::Reminder(_) => "changes",
        About::Confirmation(_) => "confirmation",
        About::Test(_) => "test",
        About::Trouble(_) => "trouble",
    };
    let context = Context::from(Serde(&letter));
    let text = tidy(&templates.fill(&format!("{code}/{template}.txt"), &context)?);
    let html = templates.fill(&format!("{code}/{template}.html"), &context)?;
    Ok(Written { text, html, calendar: calendar::closures(delivery, letterhead), subject })
}

/// Puts what is each mail's own around what was written: addresses, date, headers.
pub(super) fn address(delivery: &Delivery, letterhead: &Letterhead, now: Timestamp, links: &Links, written: Written) -> Mail {
    let return_path = match &letterhead.bounces {
        Some(bounces) => return_path(&letterhead.secret, &bounces.address, delivery.id),
        None => letterhead.from.address.clone(),
    };
    let language = delivery.to.language;
    Mail {
        delivery: delivery.id,
        return_path,
        from: letterhead.from.clone(),
        to: delivery.to.email.clone(),
        date: now,
        message_id: headers::message_id(delivery, letterhead),
        headers: headers::all(delivery, letterhead, code(language), links.unsubscribe.as_deref(), &links.unsubscribe_mail),
        language,
        calendar: written.calendar,
        text: written.text,
        html: written.html,
        subject: written.subject,
    }
}

/// The language's name in the folder of templates.
fn code(language: Language) -> &'static str {
    words::in_language(language, "it", "en")
}

/// At most one empty line in a row, none at the ends but the last line's end.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.lines() {
        // the line that begins a signature keeps its blank (RFC 3676 §4.3)
        let line = if line == "-- " { line } else { line.trim_end() };
        if !line.is_empty() || (!tidy.is_empty() && !tidy.ends_with("\n\n")) {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy.truncate(tidy.trim_end().len());
    tidy.push('\n');
    tidy
}

/// The links of a mail to its reader.
pub(super) fn links(delivery: &Delivery, letterhead: &Letterhead) -> Links {
    let token = |purpose, request, until| sign(&letterhead.secret, purpose, delivery.to.id, request, until);
    let unsubscribe = token(Purpose::Unsubscribe, 0, None);
    let mailbox = letterhead.bounces.as_ref().unwrap_or(&letterhead.from);
    let manage = token(Purpose::Manage, 0, None);
    let mut links = Links {
        unsubscribe_mail: format!("mailto:{}?subject=unsubscribe%20{unsubscribe}", mailbox.address),
        tokens: [unsubscribe.clone(), manage.clone()],
        ..Links::default()
    };
    if let Some(base) = &letterhead.public_url {
        links.site = Some(base.to_string());
        if let About::Confirmation(request) = delivery.about {
            let until = delivery.due_at.checked_add(CONFIRM_WITHIN).ok();
            links.confirm = Some(story::page(base, &["conferma", &token(Purpose::Confirm, request, until)]));
        } else if !matches!(delivery.about, About::Trouble(_)) {
            links.manage = Some(story::page(base, &["iscrizione", &manage]));
            links.unsubscribe = Some(story::page(base, &["disiscrizione", &unsubscribe]));
        }
    }
    links
}

/// Changes in the order of reading: by body, office, aspect.
fn sorted(delivery: &Delivery) -> BTreeMap<&BodyId, Vec<&Change>> {
    let mut bodies: BTreeMap<&BodyId, Vec<&Change>> = BTreeMap::new();
    for change in &delivery.changes {
        bodies.entry(&change.body).or_default().push(change);
    }
    for changes in bodies.values_mut() {
        changes.sort_by(|a, b| (&a.key, a.aspect, a.id).cmp(&(&b.key, b.aspect, b.id)));
    }
    bodies
}

/// The body of a change; one made of its id alone where the delivery lacks it.
fn body_of(delivery: &Delivery, id: &BodyId) -> Body {
    let unknown = || Body { id: id.clone(), name: id.0.clone(), kind: BodyKind::Altro, province: None, istat: None, ipa: None };
    delivery.bodies.iter().find(|body| body.id == *id).map_or_else(unknown, |body| Body::clone(body))
}

fn groups(delivery: &Delivery, letterhead: &Letterhead) -> (Vec<Group>, Vec<String>, usize) {
    let language = delivery.to.language;
    let mut groups = Vec::new();
    let mut briefly = Vec::new();
    let (mut told, mut n_rows, mut unnamed) = (0, 0, 0);
    for (id, changes) in sorted(delivery) {
        let body = body_of(delivery, id);
        let name = clip(&body.name, 120);
        let mut stories = Vec::new();
        for change in changes {
            if told < MAX_STORIES && n_rows < MAX_ROWS {
                let story = tell(change, &body, language, letterhead.public_url.as_ref());
                told += 1;
                n_rows += story.rows.len();
                stories.push(story);
            } else if briefly.len() < MAX_HEADLINES {
                briefly.push(format!(
                    "{} · {}: {}",
                    wording::short_body(&body),
                    story::office_name(change, language),
                    wording::gist(language, change)
                ));
            } else {
                unnamed += 1;
            }
        }
        if !stories.is_empty() {
            let url = letterhead.public_url.as_ref().map(|base| story::page(base, &["enti", &id.0]));
            groups.push(Group { body: name, province: body.province.as_deref().map(|p| clip(p, 4)), url, stories });
        }
    }
    (groups, briefly, unnamed)
}

/// The first evidence, or else the headlines: what a mail program shows beside the subject.
fn preview(groups: &[Group], briefly: &[String]) -> String {
    let stories: Vec<&Story> = groups.iter().flat_map(|group| &group.stories).collect();
    let text = match stories.as_slice() {
        [only] if briefly.is_empty() => only.evidence.first().cloned().unwrap_or_default(),
        many => many.iter().map(|story| story.headline.as_str()).collect::<Vec<_>>().join(" · "),
    };
    clip(&text, 160)
}

/// The subject says it all: "Altopascio · Anagrafe: solo su appuntamento dal 9 marzo".
fn subject(delivery: &Delivery, language: Language) -> String {
    let l = |it: &'static str, en: &'static str| words::in_language(language, it, en);
    let news = || {
        let sorted = sorted(delivery);
        let mut bodies = sorted.iter();
        match (bodies.next(), bodies.next()) {
            (Some((id, changes)), None) => {
                let body = wording::short_body(&body_of(delivery, id));
                format!("{body} · {}", matters(changes, language))
            }
            _ => format!("{} {} {} {}", delivery.changes.len(), l("variazioni in", "changes in"), sorted.len(), l("enti", "bodies")),
        }
    };
    let subject = match &delivery.about {
        About::Alert(_) => news(),
        About::Digest { day, .. } => {
            format!("{} {}: {}", l("Riepilogo del", "Digest of"), wording::day(language, *day, day.year()), news())
        }
        About::Reminder(_) => format!("{}: {}", l("Promemoria", "Reminder"), news()),
        About::Confirmation(_) => l("Conferma la tua iscrizione a Sportello", "Confirm your subscription to Sportello").into(),
        About::Test(_) => l("Prova di invio di Sportello", "Sportello test message").into(),
        About::Trouble(_) => delivery.trouble.as_deref().map(|report| trouble::subject(report, language)).unwrap_or_default(),
    };
    clip(&subject, 140)
}

fn matters(changes: &[&Change], language: Language) -> String {
    let mut offices: Vec<String> = Vec::new();
    for change in changes {
        let name = story::office_name(change, language);
        if !offices.contains(&name) {
            offices.push(name);
        }
    }
    match (offices.as_slice(), changes) {
        ([office], [only]) => format!("{office}: {}", wording::gist(language, only)),
        ([office], changes) if changes.len() <= 3 => {
            // an office that is gone with all that was known of it
            if changes.iter().all(|change| change.after.is_none() && change.rule == Rule::Vanished) {
                return format!("{office}: {}", words::in_language(language, "non è più nella pagina", "no longer on the page"));
            }
            let gists: Vec<String> = changes.iter().map(|change| wording::gist(language, change)).collect();
            format!("{office}: {}", gists.join("; "))
        }
        (offices, changes) => {
            let mut named: Vec<String> = offices.iter().take(if offices.len() > 3 { 2 } else { 3 }).cloned().collect();
            let rest = offices.len() - named.len();
            if rest > 0 {
                named.push(match language {
                    Language::It => format!("altri {rest} uffici"),
                    Language::En => format!("{rest} other offices"),
                });
            }
            format!("{} {}: {}", changes.len(), words::in_language(language, "variazioni", "changes"), wording::names(language, &named))
        }
    }
}
