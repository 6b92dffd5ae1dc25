//! The form that asks for a subscription. Its fields may be filled by the address that led to it: `?ente=comune-prato&ufficio=anagrafe`.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::view::{Choice, choices, names_of_bodies};
use super::{ask, even, fields};
use crate::alert::{self, Slip, Written};
use crate::domain::{Aspect, BodyId, Language, OfficeId, REGIONS};
use crate::lexicon::Lexicon;
use crate::store::How;
use crate::web::answer::{Failure, NEVER};
use crate::web::page::{Frame, Page};
use crate::web::{Client, Reader, Site};
use crate::wording::{self, pick};

/// What the form shows.
#[derive(Template)]
#[template(path = "web/subscribe/form.html")]
struct Form {
    frame: Frame,
    email: String,
    /// A body as it was named: its id, or what was typed.
    body: String,
    /// Bodies that the name may mean, where it means several.
    meant: Vec<Choice>,
    regions: Vec<Choice>,
    provinces: Vec<Choice>,
    offices: Vec<Choice>,
    aspects: Vec<Choice>,
    words: String,
    /// Whether offices or words are chosen, so that their part is unfolded.
    more: bool,
    frequency: String,
    hours: Vec<Choice>,
    reminders: bool,
    italian: bool,
    problems: Vec<String>,
}

/// What the fields say.
#[derive(Debug, Default)]
struct Filled {
    email: String,
    bodies: Vec<String>,
    written: Written,
    often: String,
    hour: String,
    language: Option<Language>,
}

/// The names of the fields are Italian, as all addresses of the site; those of the JSON interface do as well.
fn filled(fields: Vec<(String, String)>) -> Filled {
    let mut filled = Filled::default();
    for (name, value) in fields {
        let value = value.trim().to_string();
        if value.is_empty() {
            continue;
        }
        match name.as_str() {
            "email" => filled.email = value,
            "ente" | "body" => filled.bodies.push(value),
            "ufficio" | "office" => filled.written.offices.push(value),
            "aspetto" | "aspect" => filled.written.aspects.push(value),
            "provincia" | "province" => filled.written.provinces.push(value),
            "regione" | "region" => filled.written.regions.push(value),
            "parola" | "word" => filled.written.words.extend(value.split([',', ';', '\n']).map(|word| word.trim().to_string())),
            "frequenza" | "frequency" => filled.often = value,
            "ora" | "hour" => filled.hour = value,
            "promemoria" | "reminders" => filled.written.reminders = true,
            "lingua" | "language" => filled.language = if value == "en" { Some(Language::En) } else { Some(Language::It) },
            _ => {}
        }
    }
    filled.written.words.retain(|word| !word.is_empty());
    filled
}

impl Filled {
    /// `daily` and an hour of its own field are `daily-18`.
    fn frequency(&self) -> String {
        let plain = matches!(self.often.as_str(), "daily" | "weekly");
        if plain && !self.hour.is_empty() { format!("{}-{}", self.often, self.hour) } else { self.often.clone() }
    }
}

pub(super) async fn show(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    let filled = filled(fields(reader.query.as_deref().unwrap_or_default().as_bytes()));
    site.work(move |site| page(site, &reader, &filled, Vec::new(), Vec::new())).await
}

pub(super) async fn take(State(site): State<Arc<Site>>, reader: Reader, client: Client, body: Bytes) -> Result<Response, Failure> {
    let since = tokio::time::Instant::now();
    let answer = site.work(move |site| asked(site, &reader, client, filled(fields(&body)))).await;
    even(since).await;
    answer
}

fn asked(site: &Site, reader: &Reader, client: Client, filled: Filled) -> Result<Response, Failure> {
    let (bodies, meant) = bodies(site, &filled.bodies)?;
    let mut slips = Vec::new();
    let email = alert::address(&filled.email);
    if email.is_none() {
        slips.push(Slip::new("email", &filled.email));
    }
    let written =
        Written { bodies: bodies.iter().map(ToString::to_string).collect(), frequency: filled.frequency(), ..filled.written.clone() };
    let wish = alert::wish(&written, &|body| bodies.contains(body));
    slips.extend(wish.as_ref().err().cloned().unwrap_or_default());
    let unknown = filled.bodies.iter().filter(|_| meant.is_empty() && bodies.len() < filled.bodies.len());
    slips.extend(unknown.map(|name| Slip::new("body", name)));
    let (Some(email), Ok(wish), true) = (email, wish, slips.is_empty() && meant.is_empty()) else {
        return page(site, reader, &filled, meant, slips);
    };
    ask(site, client, email, wish, filled.language.unwrap_or(reader.language), How::Page)?;
    let l = |it: &'static str, en: &'static str| pick(reader.language, it, en);
    let answer = site.message(
        reader,
        l("Guarda nella tua posta", "Look into your mailbox"),
        &[
            l(
                "Ti abbiamo scritto. Apri il messaggio e conferma l’iscrizione entro 48 ore: fino ad allora non riceverai altro.",
                "We have written to you. Open the message and confirm within 48 hours: until then you will get nothing else.",
            ),
            l(
                "Se non arriva entro qualche minuto, cercalo tra la posta indesiderata; forse l’indirizzo è scritto male.",
                "If it does not arrive within a few minutes, look among the unwanted mail; the address may be misspelt.",
            ),
        ],
    )?;
    Ok(answer.cached(NEVER).to(&reader.headers))
}

/// The bodies that names mean: by id, or by a name that means one alone. Beside them those that a name may mean where it means several.
fn bodies(site: &Site, names: &[String]) -> Result<(Vec<BodyId>, Vec<Choice>), Failure> {
    let (mut found, mut meant) = (Vec::new(), Vec::new());
    if names.is_empty() {
        return Ok((found, meant));
    }
    let all = site.store.bodies()?;
    for name in names {
        let fold = |text: &str| text.to_lowercase().replace('’', "'");
        let matching: Vec<_> = match all.iter().find(|body| body.id.0 == *name) {
            Some(body) => vec![body],
            None => all.iter().filter(|body| fold(&body.name) == fold(name) || fold(&wording::short_body(body)) == fold(name)).collect(),
        };
        match matching.as_slice() {
            [] => {}
            [one] => found.push(one.id.clone()),
            several => meant.extend(several.iter().map(|body| Choice {
                value: body.id.0.clone(),
                label: body.province.as_ref().map_or_else(|| body.name.clone(), |province| format!("{} ({province})", body.name)),
                chosen: false,
            })),
        }
    }
    Ok((found, meant))
}

fn page(site: &Site, reader: &Reader, filled: &Filled, meant: Vec<Choice>, slips: Vec<Slip>) -> Result<Response, Failure> {
    let language = reader.language;
    let written = &filled.written;
    let chosen = |values: &[String], id: &str| values.iter().any(|value| value.eq_ignore_ascii_case(id));
    let lexicon = Lexicon::builtin();
    let mut provinces: Vec<&str> = REGIONS.iter().flat_map(|region| region.provinces).copied().collect();
    provinces.sort_unstable();
    let frequency = filled.frequency();
    let (often, hour) = frequency.split_once('-').filter(|(often, _)| *often != "at").unwrap_or((&frequency, "08"));
    let mut problems: Vec<String> = slips.iter().map(|slip| slip.say(language)).collect();
    if !meant.is_empty() {
        problems.push(pick(language, "Più enti hanno questo nome: scegli quale.", "Several bodies bear this name: choose which.").into());
    }
    let offices: Vec<Choice> = lexicon
        .office_ids()
        .filter(|id| !matches!(*id, "tutti" | "altro"))
        .map(|id| Choice {
            value: id.into(),
            label: lexicon.office_name(&OfficeId(id.into()), language).into(),
            chosen: chosen(&written.offices, id),
        })
        .collect();
    let named = names_of_bodies(&*site.store, filled.bodies.iter().map(|id| BodyId(id.clone())))?;
    let body: Vec<String> = filled.bodies.iter().map(|id| named.get(&BodyId(id.clone())).cloned().unwrap_or_else(|| id.clone())).collect();
    let page = Page {
        title: pick(language, "Iscriviti agli avvisi", "Subscribe to alerts").into(),
        description: pick(
            language,
            "Un messaggio quando un ufficio pubblico cambia orari, recapiti o modalità di accesso.",
            "A message when a public office changes its hours, contacts or ways of access.",
        )
        .into(),
        ..Page::default()
    };
    let form = Form {
        frame: site.frame(reader, page),
        email: filled.email.clone(),
        body: body.join(", "),
        regions: choices(REGIONS.iter().map(|region| (region.id, region.name)), |id| chosen(&written.regions, id)),
        provinces: choices(provinces.into_iter().map(|province| (province, province)), |id| chosen(&written.provinces, id)),
        more: !written.words.is_empty() || offices.iter().any(|office| office.chosen),
        offices,
        aspects: choices(Aspect::ALL.iter().map(|aspect| (aspect.as_str(), wording::aspect(language, *aspect))), |id| {
            chosen(&written.aspects, id)
        }),
        words: written.words.join(", "),
        frequency: if matches!(often, "daily" | "weekly") { often.into() } else { "at-once".into() },
        hours: (5..=22_u8)
            .map(|at| Choice { value: format!("{at:02}"), label: format!("{at}:00"), chosen: hour.parse() == Ok(at) })
            .collect(),
        reminders: written.reminders,
        italian: filled.language.unwrap_or(language) == Language::It,
        meant,
        problems,
    };
    let has_problems = !form.problems.is_empty();
    let answer = site.page(reader, &form)?.cached(NEVER);
    let mut response = answer.to(&reader.headers).into_response();
    if has_problems {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}
