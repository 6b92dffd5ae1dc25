//! What is true in the province: its bodies and offices, who lives through what, and the noise that must not count.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::{Value as Json, json};

use super::plots::{PLOTS, Plot, Story, first_hours, first_phone, publish};
use super::words::{HOURS, at_the_start, date as in_words, long_date};

pub const DAY_ONE: Date = date(2026, 3, 2);
/// Morning and afternoon.
pub const ROUNDS_A_DAY: usize = 2;
pub const N_DAYS: usize = 30;

pub fn day_of(round: usize) -> Date {
    DAY_ONE + i64::try_from(round / ROUNDS_A_DAY).unwrap().days()
}

#[derive(Debug, Clone, PartialEq)]
pub struct Office {
    pub id: &'static str,
    pub hours: usize,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub booking: Option<String>,
    pub address: Option<String>,
    pub by_appointment: bool,
    /// Left out of the page for now.
    pub hidden: bool,
}

impl Office {
    pub fn oh(&self) -> Json {
        json!(HOURS[self.hours].oh)
    }

    /// The channels as the changes list them.
    pub fn channels(&self) -> Json {
        let mut all: Vec<String> = Vec::new();
        all.extend(self.phone.iter().map(|value| format!("phone:{value}")));
        all.extend(self.email.iter().map(|value| format!("email:{value}")));
        all.extend(self.booking.iter().map(|value| format!("web:{value}")));
        if all.is_empty() { Json::Null } else { json!(all) }
    }
}

#[derive(Debug, Clone)]
pub struct Article {
    pub slug: String,
    pub title: String,
    pub published: Date,
    pub text: String,
}

/// How a site fails for a round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    Unavailable,
    NotFound,
    Empty,
    Maintenance,
    Login,
    ToHome,
    Challenge,
}

pub const FAULTS: [Fault; 7] =
    [Fault::Unavailable, Fault::NotFound, Fault::Empty, Fault::Maintenance, Fault::Login, Fault::ToHome, Fault::Challenge];

#[derive(Debug, Clone)]
pub struct Body {
    pub id: String,
    pub name: String,
    pub kind: &'static str,
    pub layout: usize,
    pub offices: Vec<Office>,
    pub articles: Vec<Article>,
    pub feed: bool,
    pub redesigned: bool,
    pub latin1: bool,
    pub moved: bool,
    pub fault: Option<Fault>,
    pub turn: usize,
}

impl Body {
    pub fn offices_in_order(&self) -> Vec<&Office> {
        let mut offices: Vec<&Office> = self.offices.iter().filter(|office| !office.hidden).collect();
        let n = offices.len().max(1);
        offices.rotate_left(self.turn % n);
        offices
    }

    pub fn office(&mut self, id: &str) -> &mut Office {
        self.offices.iter_mut().find(|office| office.id == id).unwrap()
    }
}

const TOWNS: [&str; 15] = [
    "Altolago",
    "Borgovalle",
    "Castelpiano",
    "Doccia",
    "Equi Alto",
    "Fontebella",
    "Gavorno",
    "Isolana",
    "Lanciole",
    "Montefosco",
    "Nocchi",
    "Orciano",
    "Pianosecco",
    "Querceto",
    "Valmarina",
];

/// All bodies, and who lives through what when.
pub fn province(seed: u64) -> (Vec<Body>, Vec<Story>) {
    let mut dice = Dice(seed | 1);
    let mut bodies = Vec::new();
    let mut stories = Vec::new();
    let mut plots = PLOTS.iter().copied().cycle();
    for (i, town) in TOWNS.iter().enumerate() {
        let kind = if i == 14 { "provincia" } else { "comune" };
        let id = format!("{kind}-{}", town.to_lowercase().replace(' ', "-"));
        let name = if i == 14 { format!("Provincia di {town}") } else { format!("Comune di {town}") };
        let n_offices = 5 + i % 3;
        let first = i % (super::words::NAMES.len() - n_offices + 1);
        let offices = super::words::NAMES[first..first + n_offices].iter().enumerate().map(|(j, office)| Office {
            id: office.id,
            hours: first_hours(i, office.id),
            phone: Some(first_phone(i, office.id)),
            email: Some(format!("{}@{id}.it", office.id)),
            booking: (j == 2).then(|| format!("https://prenota.{id}.it/{}", office.id)),
            address: None,
            by_appointment: false,
            hidden: false,
        });
        let mut body = Body {
            id: id.clone(),
            name,
            kind,
            layout: i % super::layouts::N_LAYOUTS,
            offices: offices.collect(),
            articles: Vec::new(),
            feed: i % 2 == 1,
            redesigned: false,
            latin1: i % 7 == 3,
            moved: false,
            fault: None,
            turn: 0,
        };
        publish(&mut body, 0, "Concerto in piazza", DAY_ONE - 9.days(), "Sabato sera la banda suona in piazza alle ore 21.".into());
        let known_closure = format!("{} resterà chiuso al pubblico {}.", at_the_start(body.offices[0].id), long_date(DAY_ONE + 2.days()));
        publish(&mut body, 0, "Avviso agli utenti", DAY_ONE - 4.days(), known_closure);
        for office in body.offices.iter().map(|office| office.id).collect::<Vec<_>>() {
            let Some(mut plot) = plots.next() else { continue };
            // an office with a page of its own cannot come and go with a row
            if body.layout == 2 && matches!(plot, Plot::OfficeAppears | Plot::OfficeVanishes | Plot::ShortAbsence) {
                plot = Plot::HoursChange;
            }
            let round = 6 + dice.below(30); // after what was announced before the first look is over
            let story = Story { body: i, office, plot, round };
            story.prepare(&mut body);
            stories.push(story);
        }
        let own_days = [Plot::Closure, Plot::ClosureOfDays, Plot::EditedArticle, Plot::Rectified];
        if stories.iter().all(|story| story.body != i || !own_days.contains(&story.plot)) {
            stories.push(Story { body: i, office: body.offices[1].id, plot: Plot::AllShut, round: 12 + dice.below(20) });
        }
        bodies.push(body);
    }
    (bodies, stories)
}

/// Noise of a body, round by round; never in a round in which something true happens, nor in the one before or after.
pub fn noise(seed: u64, bodies: &[Body], stories: &[Story]) -> BTreeMap<(usize, usize), Noise> {
    let mut dice = Dice(seed.wrapping_mul(31) | 1);
    let mut noise = BTreeMap::new();
    for (i, body) in bodies.iter().enumerate() {
        let busy: Vec<usize> = stories.iter().filter(|story| story.body == i).flat_map(Story::rounds).collect();
        let quiet: Vec<usize> =
            (3..N_DAYS * ROUNDS_A_DAY - 2).filter(|round| busy.iter().all(|other| round.abs_diff(*other) > 1)).collect();
        let mut kinds = vec![Noise::Latin1, Noise::Redesign, Noise::Section, Noise::Garbled];
        if body.layout != 2 {
            kinds.push(Noise::Moved);
        }
        kinds.extend((0..3).map(|_| Noise::Fault(FAULTS[dice.below(FAULTS.len())])));
        for kind in kinds {
            let round = quiet[dice.below(quiet.len())];
            noise.entry((i, round)).or_insert(kind);
        }
    }
    noise
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Noise {
    /// The page's encoding changes, for good.
    Latin1,
    /// Another layout with the same facts, for good.
    Redesign,
    /// The page answers with 301 to a new address, for good.
    Moved,
    /// Half of the offices are missing for one round.
    Section,
    /// A cell cannot be read for one round.
    Garbled,
    /// The site fails for one round.
    Fault(Fault),
}

/// Repeatable chance (xorshift).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

/// The date line of an article.
pub fn published(article: &Article) -> String {
    in_words(article.published)
}
