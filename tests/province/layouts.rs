//! Five ways in which sites show the same offices, and three for their news.

use super::words::{HOURS, date as in_words, name, phone};
use super::world::{Body, Office, day_of};

pub const N_LAYOUTS: usize = 5;

/// The pages of a body's offices: path and content of `<main>`.
pub fn office_pages(body: &Body, way: usize) -> Vec<(String, String)> {
    let offices = body.offices_in_order();
    match body.layout {
        0 => vec![("/uffici".into(), format!("<h1>Orari degli uffici</h1>{}", table(&offices, way)))],
        1 => vec![("/uffici".into(), format!("<h1>Gli uffici</h1>{}", offices.iter().map(|o| paragraphs(o, way)).collect::<String>()))],
        2 => {
            let index: String =
                offices.iter().map(|o| format!("<li><a href=\"/uffici/{0}\">{1}</a></li>", o.id, name(o.id).heading)).collect();
            let mut pages = vec![("/uffici".to_string(), format!("<h1>Amministrazione</h1><ul>{index}</ul>"))];
            pages.extend(offices.iter().map(|o| (format!("/uffici/{}", o.id), definitions(o, way))));
            pages
        }
        3 => vec![("/uffici".into(), format!("<h1>Uffici e recapiti</h1>{}", offices.iter().map(|o| card(o, way)).collect::<String>()))],
        _ => vec![("/uffici".into(), format!("<h1>Uffici</h1>{}", offices.iter().map(|o| weekdays(o, way)).collect::<String>()))],
    }
}

fn hours(office: &Office, way: usize) -> &'static str {
    HOURS[office.hours].said[way % 3]
}

fn contacts(office: &Office, way: usize) -> Vec<(&'static str, String)> {
    let mut contacts = Vec::new();
    contacts.extend(office.phone.as_ref().map(|number| ("Telefono", phone(number, way))));
    contacts.extend(office.email.as_ref().map(|email| ("E-mail", format!("<a href=\"mailto:{email}\">{email}</a>"))));
    contacts.extend(office.booking.as_ref().map(|url| {
        let token = if way.is_multiple_of(2) { String::new() } else { format!("?sid={}", 7919 * way) };
        ("Prenotazioni", format!("<a href=\"{url}{token}\">prenota un appuntamento online</a>"))
    }));
    contacts
}

fn by_appointment(office: &Office) -> &'static str {
    if office.by_appointment { "solo su appuntamento, " } else { "" }
}

fn table(offices: &[&Office], way: usize) -> String {
    let row = |office: &&Office| {
        let contact =
            |label: &str| contacts(office, way).into_iter().find(|(l, _)| *l == label).map(|(_, value)| value).unwrap_or_default();
        let address = office.address.as_deref().unwrap_or_default();
        format!(
            "<tr><td>{}</td><td>{}{}</td><td>{}</td><td>{}</td><td>{}</td><td>{address}</td></tr>",
            name(office.id).heading,
            by_appointment(office),
            hours(office, way),
            contact("Telefono"),
            contact("E-mail"),
            contact("Prenotazioni"),
        )
    };
    let rows: String = offices.iter().map(row).collect();
    format!(
        "<table><thead><tr><th>Ufficio</th><th>Orario di apertura al pubblico</th><th>Telefono</th><th>E-mail</th><th>Prenotazioni</th><th>Indirizzo</th></tr></thead><tbody>{rows}</tbody></table>"
    )
}

fn lines(office: &Office, way: usize) -> Vec<(&'static str, String)> {
    let mut lines = vec![("Orario di apertura al pubblico", format!("{}{}", by_appointment(office), hours(office, way)))];
    lines.extend(office.address.iter().map(|address| ("Indirizzo", address.clone())));
    lines.extend(contacts(office, way));
    lines
}

fn paragraphs(office: &Office, way: usize) -> String {
    let lines: String = lines(office, way).iter().map(|(label, value)| format!("<p>{label}: {value}</p>")).collect();
    format!("<section><h2>{}</h2>{lines}</section>", name(office.id).heading)
}

fn definitions(office: &Office, way: usize) -> String {
    let lines: String = lines(office, way).iter().map(|(label, value)| format!("<dt>{label}</dt><dd>{value}</dd>")).collect();
    format!("<h1>{}</h1><dl>{lines}</dl>", name(office.id).heading)
}

fn card(office: &Office, way: usize) -> String {
    let lines: String = lines(office, way).iter().map(|(label, value)| format!("<li><strong>{label}:</strong> {value}</li>")).collect();
    format!("<div class=\"card\"><h3>{}</h3><ul>{lines}</ul></div>", name(office.id).heading)
}

fn weekdays(office: &Office, way: usize) -> String {
    let days = ["Lunedì", "Martedì", "Mercoledì", "Giovedì", "Venerdì", "Sabato"];
    let rows: String = days
        .iter()
        .zip(HOURS[office.hours].days)
        .map(|(day, (morning, afternoon))| format!("<tr><th>{day}</th><td>{morning}</td><td>{afternoon}</td></tr>"))
        .collect();
    let rest: String = lines(office, way).iter().skip(1).map(|(label, value)| format!("<p>{label}: {value}</p>")).collect();
    let note = if office.by_appointment { "<p>Si riceve solo su appuntamento.</p>" } else { "" };
    format!(
        "<h2>{}</h2><table><caption>Orario di apertura al pubblico</caption><thead><tr><th>Giorno</th><th>Mattina</th><th>Pomeriggio</th></tr></thead><tbody>{rows}</tbody></table>{note}{rest}",
        name(office.id).heading
    )
}

/// A whole page around a body's content, with what changes from load to load and means nothing.
pub fn page(body: &Body, title: &str, main: &str, round: usize) -> String {
    let banner = ["Il mercato si sposta al parco", "Bando per le borse di studio", "Allerta gialla per vento"][round % 3];
    let menu =
        "<nav><ul><li><a href=\"/\">Home</a></li><li><a href=\"/uffici\">Uffici</a></li><li><a href=\"/novita\">Novità</a></li></ul></nav>";
    let menu =
        if body.redesigned { format!("<header class=\"nuovo\"><div>{menu}</div></header>") } else { format!("<header>{menu}</header>") };
    let updated = format!("<p>Ultimo aggiornamento: {}</p>", in_words(day_of(round)));
    let counter = format!("<p>Visite: {}</p>", 4000 + 37 * round);
    format!(
        "<!doctype html><html lang=\"it\"><head><meta charset=\"{}\"><title>{title} - {}</title>\
         <meta name=\"csrf-token\" content=\"{:x}\"></head><body>{menu}<main>{main}{updated}</main>\
         <aside><h2>In evidenza</h2><p>{banner}</p></aside>\
         <footer><p>{} - Centralino 0584 000000 - protocollo@{}.it</p>{counter}</footer></body></html>",
        if body.latin1 { "iso-8859-1" } else { "utf-8" },
        body.name,
        round.wrapping_mul(2_654_435_761),
        body.name,
        body.id,
    )
}

/// An article's page.
pub fn article(title: &str, published: &str, text: &str) -> String {
    format!("<article><h1>{title}</h1><p>Pubblicato il {published}</p><p>{text}</p></article>")
}
