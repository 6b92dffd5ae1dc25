//! What officials write: the same facts in several wordings.

use jiff::civil::{Date, Weekday};

/// A week and how it is written.
pub struct Hours {
    pub oh: &'static str,
    pub said: [&'static str; 3],
    /// Morning and afternoon of Monday to Saturday, for tables by weekday.
    pub days: [(&'static str, &'static str); 6],
}

const NONE: (&str, &str) = ("", "");

pub const HOURS: [Hours; 8] = [
    Hours {
        oh: "Mo-Fr 08:30-12:30",
        said: [
            "dal lunedì al venerdì 8.30-12.30",
            "dal lunedì al venerdì dalle ore 8:30 alle ore 12:30",
            "da lunedì a venerdì, ore 8,30 - 12,30",
        ],
        days: [("8.30-12.30", ""), ("8.30-12.30", ""), ("8.30-12.30", ""), ("8.30-12.30", ""), ("8.30-12.30", ""), NONE],
    },
    Hours {
        oh: "Mo,We 09:00-12:00",
        said: [
            "lunedì e mercoledì 9.00-12.00",
            "il lunedì e il mercoledì dalle 9 alle 12",
            "lunedì e mercoledì dalle ore 9:00 alle ore 12:00",
        ],
        days: [("9.00-12.00", ""), NONE, ("9.00-12.00", ""), NONE, NONE, NONE],
    },
    Hours {
        oh: "Tu,Th 15:00-17:30",
        said: [
            "martedì e giovedì 15.00-17.30",
            "il martedì e il giovedì dalle 15 alle 17.30",
            "martedì e giovedì dalle ore 15:00 alle ore 17:30",
        ],
        days: [NONE, ("", "15.00-17.30"), NONE, ("", "15.00-17.30"), NONE, NONE],
    },
    Hours {
        oh: "Mo,We,Fr 08:30-12:30; Tu,Th 08:30-12:30,15:00-17:30",
        said: [
            "lunedì, mercoledì e venerdì 8.30-12.30; martedì e giovedì 8.30-12.30 e 15.00-17.30",
            "lunedì, mercoledì e venerdì dalle 8:30 alle 12:30, martedì e giovedì dalle 8:30 alle 12:30 e dalle 15 alle 17:30",
            "dal lunedì al venerdì 8.30-12.30; martedì e giovedì anche 15.00-17.30",
        ],
        days: [
            ("8.30-12.30", ""),
            ("8.30-12.30", "15.00-17.30"),
            ("8.30-12.30", ""),
            ("8.30-12.30", "15.00-17.30"),
            ("8.30-12.30", ""),
            NONE,
        ],
    },
    Hours {
        oh: "Mo-Sa 08:00-13:00",
        said: ["dal lunedì al sabato 8.00-13.00", "dal lunedì al sabato dalle 8 alle 13", "da lunedì a sabato, ore 8:00 - 13:00"],
        days: [("8.00-13.00", ""), ("8.00-13.00", ""), ("8.00-13.00", ""), ("8.00-13.00", ""), ("8.00-13.00", ""), ("8.00-13.00", "")],
    },
    Hours {
        oh: "We 09:00-13:00",
        said: ["mercoledì 9.00-13.00", "il mercoledì dalle 9 alle 13", "mercoledì dalle ore 9:00 alle ore 13:00"],
        days: [NONE, NONE, ("9.00-13.00", ""), NONE, NONE, NONE],
    },
    Hours {
        oh: "Mo-Fr 09:00-12:30",
        said: ["dal lunedì al venerdì 9.00-12.30", "dal lunedì al venerdì dalle 9 alle 12.30", "da lunedì a venerdì, ore 9:00 - 12:30"],
        days: [("9.00-12.30", ""), ("9.00-12.30", ""), ("9.00-12.30", ""), ("9.00-12.30", ""), ("9.00-12.30", ""), NONE],
    },
    Hours {
        oh: "Tu,Fr 08:30-12:00",
        said: [
            "martedì e venerdì 8.30-12.00",
            "il martedì e il venerdì dalle 8.30 alle 12",
            "martedì e venerdì dalle ore 8:30 alle ore 12:00",
        ],
        days: [NONE, ("8.30-12.00", ""), NONE, NONE, ("8.30-12.00", ""), NONE],
    },
];

/// An office that bodies have: its id, and how pages and running text call it.
pub struct Name {
    pub id: &'static str,
    pub heading: &'static str,
    pub running: &'static str,
}

pub const NAMES: [Name; 10] = [
    Name { id: "anagrafe", heading: "Ufficio Anagrafe", running: "l'Ufficio Anagrafe" },
    Name { id: "tributi", heading: "Ufficio Tributi", running: "l'Ufficio Tributi" },
    Name { id: "protocollo", heading: "Ufficio Protocollo", running: "l'Ufficio Protocollo" },
    Name { id: "urp", heading: "URP", running: "l'URP" },
    Name { id: "suap", heading: "Sportello SUAP", running: "lo Sportello SUAP" },
    Name { id: "servizi-sociali", heading: "Servizi sociali", running: "l'Ufficio Servizi sociali" },
    Name { id: "lavori-pubblici", heading: "Ufficio Lavori pubblici", running: "l'Ufficio Lavori pubblici" },
    Name { id: "ragioneria", heading: "Ufficio Ragioneria", running: "l'Ufficio Ragioneria" },
    Name { id: "personale", heading: "Ufficio Personale", running: "l'Ufficio Personale" },
    Name { id: "stato-civile", heading: "Ufficio Stato civile", running: "l'Ufficio Stato civile" },
];

pub fn name(id: &str) -> &'static Name {
    NAMES.iter().find(|name| name.id == id).unwrap()
}

/// "L'Ufficio Anagrafe".
pub fn at_the_start(id: &str) -> String {
    let running = name(id).running;
    running[..1].to_uppercase() + &running[1..]
}

/// "dell'Ufficio Anagrafe".
pub fn of_the(id: &str) -> String {
    let running = name(id).running;
    match running.strip_prefix("l'") {
        Some(rest) => format!("dell'{rest}"),
        None => running.replacen("lo ", "dello ", 1),
    }
}

const MONTHS: [&str; 12] =
    ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"];

/// "9 marzo 2026".
pub fn date(day: Date) -> String {
    format!("{} {} {}", day.day(), MONTHS[day.month() as usize - 1], day.year())
}

/// "lunedì 9 marzo 2026".
pub fn long_date(day: Date) -> String {
    let weekday = match day.weekday() {
        Weekday::Monday => "lunedì",
        Weekday::Tuesday => "martedì",
        Weekday::Wednesday => "mercoledì",
        Weekday::Thursday => "giovedì",
        Weekday::Friday => "venerdì",
        Weekday::Saturday => "sabato",
        Weekday::Sunday => "domenica",
    };
    format!("{weekday} {}", date(day))
}

/// "dal 9 marzo 2026", "dall'8 marzo 2026".
pub fn from_the(day: Date) -> String {
    if matches!(day.day(), 8 | 11) { format!("dall'{}", date(day)) } else { format!("dal {}", date(day)) }
}

/// "al 9 marzo 2026".
pub fn to_the(day: Date) -> String {
    if matches!(day.day(), 8 | 11) { format!("all'{}", date(day)) } else { format!("al {}", date(day)) }
}

/// "0584 111111" from "+390584111111", in one of the ways it is written.
pub fn phone(e164: &str, way: usize) -> String {
    let (prefix, rest) = e164.trim_start_matches("+39").split_at(4);
    match way % 3 {
        0 => format!("{prefix} {rest}"),
        1 => format!("{prefix}-{rest}"),
        _ => format!("{prefix}.{rest}"),
    }
}
