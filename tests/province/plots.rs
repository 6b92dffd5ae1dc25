//! What offices live through in the month, and what must be told of it.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::words::{HOURS, at_the_start, from_the, long_date, name, of_the, phone, to_the};
use super::world::{Article, Body, day_of};

/// A change that must be told, in this round.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    pub round: usize,
    pub body: String,
    pub office: String,
    pub aspect: &'static str,
    pub before: Json,
    pub after: Json,
    pub from: Option<Date>,
    pub until: Option<Date>,
    pub plot: &'static str,
}

/// What can happen to an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plot {
    HoursChange,
    PhoneChanges,
    MailAppears,
    PhoneVanishes,
    OfficeAppears,
    OfficeVanishes,
    SummerHours,
    Closure,
    ClosureOfDays,
    Appointment,
    NewsThenPage,
    PageThenNews,
    EditedArticle,
    Rectified,
    Opening,
    NewNumber,
    Move,
    ShortAbsence,
    Remote,
    BackAndForth,
    Mentioned,
    AllShut,
}

pub const PLOTS: [Plot; 21] = [
    Plot::HoursChange,
    Plot::PhoneChanges,
    Plot::MailAppears,
    Plot::PhoneVanishes,
    Plot::OfficeAppears,
    Plot::OfficeVanishes,
    Plot::SummerHours,
    Plot::Closure,
    Plot::ClosureOfDays,
    Plot::Appointment,
    Plot::NewsThenPage,
    Plot::PageThenNews,
    Plot::EditedArticle,
    Plot::Rectified,
    Plot::Opening,
    Plot::NewNumber,
    Plot::Move,
    Plot::ShortAbsence,
    Plot::Remote,
    Plot::BackAndForth,
    Plot::Mentioned,
];

/// A body, an office of it, a plot, and the round in which it begins.
#[derive(Debug, Clone)]
pub struct Story {
    pub body: usize,
    pub office: &'static str,
    pub plot: Plot,
    pub round: usize,
}

impl Story {
    /// The rounds in which something of it happens.
    pub fn rounds(&self) -> Vec<usize> {
        let later = |offsets: &[usize]| offsets.iter().map(|offset| self.round + offset).collect();
        match self.plot {
            Plot::PhoneVanishes | Plot::OfficeVanishes | Plot::EditedArticle | Plot::ShortAbsence => later(&[0, 1]),
            Plot::BackAndForth => later(&[0, 1, 2]),
            Plot::PageThenNews | Plot::Rectified => later(&[0, 3]),
            Plot::Appointment | Plot::NewsThenPage | Plot::NewNumber | Plot::Move => later(&[0, 8]),
            _ => later(&[0]),
        }
    }

    /// Before the first round: what the plot needs of the world.
    pub fn prepare(&self, body: &mut Body) {
        match self.plot {
            Plot::OfficeAppears => body.office(self.office).hidden = true,
            Plot::Move => body.office(self.office).address = Some("Via Roma 12".into()),
            Plot::MailAppears => body.office(self.office).email = None,
            _ => {}
        }
    }

    /// What happens in a round, and what must be told of it.
    pub fn act(&self, round: usize, body: &mut Body) -> Vec<Expected> {
        let Some(step) = self.rounds().iter().position(|r| *r == round) else { return Vec::new() };
        let today = day_of(round);
        let started = day_of(self.round);
        let id = self.office;
        let body_id = body.id.clone();
        let plot = self.plot;
        let expect = |aspect: &'static str, before: Json, after: Json, from: Option<Date>, until: Option<Date>| Expected {
            round,
            body: body_id.clone(),
            office: id.into(),
            aspect,
            before,
            after,
            from,
            until,
            plot: plot_name(plot),
        };
        let old = body.office(id).clone();
        let other = (old.hours + 1 + self.body % 3) % HOURS.len();
        let ahead = |n: i64| started + n.days();
        match (plot, step) {
            (Plot::HoursChange, _) => {
                body.office(id).hours = other;
                vec![expect("hours", old.oh(), json!(HOURS[other].oh), None, None)]
            }
            (Plot::PhoneChanges, _) => {
                body.office(id).phone = Some(format!("+390584{:06}", 300_000 + self.body * 1000 + round));
                let new = body.office(id).channels();
                vec![expect("channels", old.channels(), new, None, None)]
            }
            (Plot::MailAppears, _) => {
                body.office(id).email = Some(format!("{id}@{body_id}.it"));
                let new = body.office(id).channels();
                vec![expect("channels", old.channels(), new, None, None)]
            }
            (Plot::PhoneVanishes, 0) => {
                body.office(id).phone = None;
                Vec::new()
            }
            (Plot::PhoneVanishes, _) => {
                let mut before = old.clone();
                before.phone = Some(first_phone(self.body, id));
                vec![expect("channels", before.channels(), old.channels(), None, None)]
            }
            (Plot::OfficeAppears, _) => {
                body.office(id).hidden = false;
                vec![expect("hours", Json::Null, old.oh(), None, None), expect("channels", Json::Null, old.channels(), None, None)]
            }
            (Plot::OfficeVanishes, 0) => {
                body.office(id).hidden = true;
                Vec::new()
            }
            (Plot::OfficeVanishes, _) => {
                vec![expect("hours", old.oh(), Json::Null, None, None), expect("channels", old.channels(), Json::Null, None, None)]
            }
            (Plot::SummerHours, _) => {
                let (from, until) = (ahead(4), ahead(11));
                let text = format!(
                    "{} {} {} riceve il pubblico con un orario diverso: {}.",
                    capital(&from_the(from)),
                    to_the(until),
                    name(id).running,
                    HOURS[other].said[1]
                );
                publish(body, round, &format!("Orario temporaneo {}", of_the(id)), today, text);
                vec![expect("hours", old.oh(), json!(HOURS[other].oh), Some(from), Some(until))]
            }
            (Plot::Closure, _) => {
                let day = ahead(5);
                let text = format!("{} resterà chiuso al pubblico {} per un corso del personale.", at_the_start(id), long_date(day));
                publish(body, round, &format!("Chiusura {}", of_the(id)), today, text);
                vec![expect("closures", Json::Null, json!([day.to_string()]), Some(day), Some(day))]
            }
            (Plot::ClosureOfDays, _) => {
                let (from, until) = (ahead(3), ahead(7));
                let text = format!("{} sarà chiuso {} {} per lavori di ristrutturazione.", at_the_start(id), from_the(from), to_the(until));
                publish(body, round, &format!("Lavori nei locali {}", of_the(id)), today, text);
                vec![expect("closures", Json::Null, json!([format!("{from}/{until}")]), Some(from), Some(until))]
            }
            (Plot::Appointment, 0) => {
                let from = ahead(4);
                let text = format!("{} {} riceve solo su appuntamento.", capital(&from_the(from)), name(id).running);
                publish(body, round, &format!("Ricevimento {}", of_the(id)), today, text);
                vec![expect("status", json!("open"), json!("appointment"), Some(from), None)]
            }
            (Plot::Appointment, _) => {
                body.office(id).by_appointment = true; // the page says so too, on the day
                Vec::new()
            }
            (Plot::NewsThenPage, 0) => {
                let from = ahead(4);
                let text = format!(
                    "{} cambia l'orario di apertura al pubblico {}: {}.",
                    capital(&from_the(from)),
                    of_the(id),
                    HOURS[other].said[1]
                );
                publish(body, round, &format!("Nuovo orario {}", of_the(id)), today, text);
                vec![expect("hours", old.oh(), json!(HOURS[other].oh), Some(from), None)]
            }
            (Plot::NewsThenPage, _) => {
                body.office(id).hours = other;
                Vec::new()
            }
            (Plot::PageThenNews, 0) => {
                body.office(id).hours = other;
                vec![expect("hours", old.oh(), json!(HOURS[other].oh), None, None)]
            }
            (Plot::PageThenNews, _) => {
                let text = format!("{} riceve il pubblico con il nuovo orario: {}.", at_the_start(id), HOURS[old.hours].said[1]);
                publish(body, round, &format!("Nuovo orario {}", of_the(id)), today, text);
                Vec::new()
            }
            (Plot::EditedArticle, 0) => {
                let day = ahead(6);
                publish(body, self.round, &format!("Chiusura {}", of_the(id)), today, closed_on(id, day));
                vec![expect("closures", Json::Null, json!([day.to_string()]), Some(day), Some(day))]
            }
            (Plot::EditedArticle, _) => {
                let (wrong, right) = (ahead(6), ahead(8));
                let title = format!("Chiusura {}", of_the(id));
                let slug = slug(self.round, &title);
                if let Some(article) = body.articles.iter_mut().find(|article| article.slug == slug) {
                    article.text = closed_on(id, right);
                }
                vec![expect("closures", json!([wrong.to_string()]), json!([right.to_string()]), Some(right), Some(right))]
            }
            (Plot::Rectified, 0) => {
                let day = ahead(6);
                publish(body, round, &format!("Chiusura {}", of_the(id)), today, closed_on(id, day));
                vec![expect("closures", Json::Null, json!([day.to_string()]), Some(day), Some(day))]
            }
            (Plot::Rectified, _) => {
                let (wrong, right) = (ahead(6), ahead(8));
                let (not, but) = (long_date(wrong), long_date(right));
                let text = match self.body % 4 {
                    0 => format!("A rettifica di quanto comunicato, {} sarà chiuso al pubblico {but}.", name(id).running),
                    1 => format!("Si precisa che la chiusura {} avrà luogo {but} e non {not}.", of_the(id)),
                    2 => format!("Contrariamente a quanto scritto, {} sarà chiuso {but} anziché {not}.", name(id).running),
                    _ => format!("La chiusura {} prevista per {not} è rinviata a {but}.", of_the(id)),
                };
                publish(body, round, &format!("Rettifica sulla chiusura {}", of_the(id)), today, text);
                vec![expect("closures", json!([wrong.to_string()]), json!([right.to_string()]), Some(right), Some(right))]
            }
            (Plot::Opening, _) => {
                let day = next_saturday(started);
                let text = format!("Apertura straordinaria: {} {} sarà aperto dalle 9 alle 12.", long_date(day), name(id).running);
                publish(body, round, &format!("Apertura straordinaria {}", of_the(id)), today, text);
                vec![expect("openings", Json::Null, json!([format!("{day} 09:00-12:00")]), Some(day), Some(day))]
            }
            (Plot::NewNumber, 0) => {
                let new = new_number(self.body, id);
                let text = format!("Il nuovo numero di telefono {} è {}.", of_the(id), phone(&new, 0));
                publish(body, round, &format!("Nuovo numero {}", of_the(id)), today, text);
                let mut after = old.clone();
                after.phone = Some(new);
                vec![expect("channels", old.channels(), after.channels(), None, None)]
            }
            (Plot::NewNumber, _) => {
                body.office(id).phone = Some(new_number(self.body, id));
                Vec::new()
            }
            (Plot::Move, 0) => {
                let from = ahead(4);
                let text = format!("{} {} si trasferisce in Piazza Garibaldi 3.", capital(&from_the(from)), name(id).running);
                publish(body, round, &format!("Trasloco {}", of_the(id)), today, text);
                vec![expect("address", json!("via roma 12"), json!("piazza garibaldi 3"), Some(from), None)]
            }
            (Plot::Move, _) => {
                body.office(id).address = Some("Piazza Garibaldi, 3".into());
                Vec::new()
            }
            (Plot::ShortAbsence, 0) => {
                body.office(id).hidden = true;
                Vec::new()
            }
            (Plot::ShortAbsence, _) => {
                body.office(id).hidden = false;
                Vec::new()
            }
            (Plot::Remote, _) => {
                let until = ahead(9);
                let text = format!("Fino {} {} è chiuso al pubblico e risponde solo per telefono.", to_the(until), name(id).running);
                publish(body, round, &format!("Servizio a distanza {}", of_the(id)), today, text);
                vec![expect("status", json!("open"), json!("remote"), None, Some(until))]
            }
            (Plot::BackAndForth, 0) => {
                body.office(id).hours = other;
                vec![expect("hours", old.oh(), json!(HOURS[other].oh), None, None)]
            }
            (Plot::BackAndForth, 1) => {
                body.office(id).hours = first_hours(self.body, id);
                Vec::new()
            }
            (Plot::BackAndForth, _) => {
                let then = (old.hours + 1 + self.body % 3) % HOURS.len();
                vec![expect("hours", json!(HOURS[then].oh), old.oh(), None, None)]
            }
            (Plot::AllShut, _) => {
                let day = ahead(6);
                let text = format!("Tutti gli uffici resteranno chiusi al pubblico {}, ad eccezione {}.", long_date(day), of_the(id));
                publish(body, round, "Avviso ai cittadini", today, text);
                vec![Expected { office: "tutti".into(), ..expect("closures", Json::Null, json!([day.to_string()]), Some(day), Some(day)) }]
            }
            (Plot::Mentioned, _) => {
                let text = format!(
                    "Il sindaco ha consegnato una targa a {}, che va in pensione dopo trent'anni di servizio presso {}. La festa si è tenuta in biblioteca.",
                    ["Maria Bianchi", "Paolo Verdi"][self.body % 2],
                    name(id).running
                );
                publish(body, round, "Una targa per chi va in pensione", today, text);
                Vec::new()
            }
        }
    }
}

fn plot_name(plot: Plot) -> &'static str {
    match plot {
        Plot::HoursChange => "hours change on the page",
        Plot::PhoneChanges => "phone changes on the page",
        Plot::MailAppears => "mail appears on the page",
        Plot::PhoneVanishes => "phone vanishes",
        Plot::OfficeAppears => "office appears",
        Plot::OfficeVanishes => "office vanishes",
        Plot::SummerHours => "temporary hours in the news",
        Plot::Closure => "closure in the news",
        Plot::ClosureOfDays => "closure of several days",
        Plot::Appointment => "appointment, news then page",
        Plot::NewsThenPage => "hours, news then page",
        Plot::PageThenNews => "hours, page then news",
        Plot::EditedArticle => "article edited",
        Plot::Rectified => "article rectified by another",
        Plot::Opening => "exceptional opening",
        Plot::NewNumber => "new number, news then page",
        Plot::Move => "move, news then page",
        Plot::ShortAbsence => "office away for one round",
        Plot::Remote => "remote until a day",
        Plot::BackAndForth => "hours back and forth",
        Plot::Mentioned => "office only mentioned",
        Plot::AllShut => "all offices shut, one excepted",
    }
}

fn closed_on(id: &str, day: Date) -> String {
    format!("{} resterà chiuso al pubblico {}.", at_the_start(id), long_date(day))
}

fn capital(text: &str) -> String {
    text[..1].to_uppercase() + &text[1..]
}

fn next_saturday(day: Date) -> Date {
    let mut day = day + 3.days();
    while day.weekday() != jiff::civil::Weekday::Saturday {
        day += 1.days();
    }
    day
}

pub fn slug(round: usize, title: &str) -> String {
    let plain: String = title.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{plain}-{round}")
}

pub fn publish(body: &mut Body, round: usize, title: &str, published: Date, text: String) {
    body.articles.insert(0, Article { slug: slug(round, title), title: title.into(), published, text });
}

fn index_of(id: &str) -> usize {
    super::words::NAMES.iter().position(|name| name.id == id).unwrap()
}

pub fn first_phone(body: usize, id: &str) -> String {
    format!("+390584{:06}", 100_000 + body * 1000 + index_of(id) * 10)
}

fn new_number(body: usize, id: &str) -> String {
    format!("+390584{:06}", 700_000 + body * 1000 + index_of(id) * 10)
}

pub fn first_hours(body: usize, id: &str) -> usize {
    (body * 3 + index_of(id)) % HOURS.len()
}
