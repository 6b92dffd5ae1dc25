//! What somebody wrote of what they want → a wish, or all that is wrong with it. The form on the site, the JSON interface, the command line
//! and files that operators read in all say it in the same words.

use crate::domain::{Aspect, BodyId, Filter, Frequency, Language, NewSubscription, OfficeId, Region};
use crate::lexicon::Lexicon;

use super::clean::clean;
use super::mail::Mailbox;
use super::words::in_language;

/// A wish as it is written; each list may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Ids of regions: `toscana`.
    pub regions: Vec<String>,
    /// Provinces, two letters.
    pub provinces: Vec<String>,
    /// Ids of bodies.
    pub bodies: Vec<String>,
    /// Ids of offices.
    pub offices: Vec<String>,
    /// Aspects.
    pub aspects: Vec<String>,
    /// Words of which one must occur in the evidence.
    pub words: Vec<String>,
    /// `at-once`, `daily-08`, `weekly-08`; empty: at once.
    pub frequency: String,
    /// Whether reminders are wanted.
    pub reminders: bool,
}

/// Something written that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Where it stands: `body`, `word`, `email`.
    pub field: &'static str,
    /// What was written, made harmless and cut.
    pub value: String,
}

impl Slip {
    /// Notes that a value does not belong into a field.
    pub fn new(field: &'static str, value: &str) -> Self {
        Self { field, value: clean(value).chars().take(60).collect() }
    }

    /// What is wrong, in words.
    pub fn say(&self, language: Language) -> String {
        let value = &self.value;
        let say = |it: &str, en: &str| format!("{}: {value:?}", in_language(language, it, en));
        match self.field {
            "email" => say("non è un indirizzo di posta elettronica", "this is no mail address"),
            "region" => say("questa regione non c’è", "there is no such region"),
            "province" => say("questa provincia non c’è", "there is no such province"),
            "body" => say("questo ente non è tra quelli seguiti", "this body is not among those watched"),
            "office" => say("questo ufficio non c’è", "there is no such office"),
            "aspect" => say("questo aspetto non c’è", "there is no such aspect"),
            "word" => say("scrivi al più 10 parole, ciascuna di 2–60 lettere", "write 10 words at most, of 2 to 60 letters each"),
            "frequency" => say("questa frequenza non c’è", "there is no such frequency"),
            _ => say("non si capisce", "this cannot be understood"),
        }
    }
}

const MAX_WORDS: usize = 10;
const MAX_PLACES: usize = 200;

/// Reads a wish. `knows` tells whether a body is watched.
///
/// # Errors
/// All that is wrong; never an empty list.
pub fn wish(written: &Written, knows: &dyn Fn(&BodyId) -> bool) -> Result<NewSubscription, Vec<Slip>> {
    let mut slips = Vec::new();
    let lexicon = Lexicon::builtin();
    let mut filter = Filter::default();
    for id in stripped(&written.regions) {
        match Region::by_id(id) {
            Some(region) => filter.regions.push(region.id.into()),
            None => slips.push(Slip::new("region", id)),
        }
    }
    for province in stripped(&written.provinces) {
        match Region::of_province(province) {
            Some(_) => filter.provinces.push(province.to_uppercase()),
            None => slips.push(Slip::new("province", province)),
        }
    }
    for id in stripped(&written.bodies).take(MAX_PLACES) {
        let body = BodyId(id.into());
        if knows(&body) {
            filter.bodies.push(body);
        } else {
            slips.push(Slip::new("body", id));
        }
    }
    for id in stripped(&written.offices) {
        if lexicon.office_ids().any(|known| known == id) {
            filter.offices.push(OfficeId(id.into()));
        } else {
            slips.push(Slip::new("office", id));
        }
    }
    for name in stripped(&written.aspects) {
        match name.parse::<Aspect>() {
            Ok(aspect) => filter.aspects.push(aspect),
            Err(_) => slips.push(Slip::new("aspect", name)),
        }
    }
    for word in stripped(&written.words) {
        let word = clean(word);
        if (2..=60).contains(&word.chars().count()) && word.chars().any(char::is_alphanumeric) && filter.words.len() < MAX_WORDS {
            filter.words.push(word);
        } else {
            slips.push(Slip::new("word", &word));
        }
    }
    let frequency = match written.frequency.trim() {
        "" => Frequency::AtOnce,
        text => text.parse().unwrap_or_else(|_| {
            slips.push(Slip::new("frequency", text));
            Frequency::AtOnce
        }),
    };
    sort(&mut filter);
    if slips.is_empty() { Ok(NewSubscription { filter, frequency, reminders: written.reminders }) } else { Err(slips) }
}

fn stripped(values: &[String]) -> impl Iterator<Item = &str> {
    values.iter().map(|value| value.trim()).filter(|value| !value.is_empty())
}

/// The same wish in another order is the same wish.
fn sort(filter: &mut Filter) {
    fn tidy<T: Ord>(values: &mut Vec<T>) {
        values.sort();
        values.dedup();
    }
    tidy(&mut filter.regions);
    tidy(&mut filter.provinces);
    tidy(&mut filter.bodies);
    tidy(&mut filter.offices);
    tidy(&mut filter.aspects);
    tidy(&mut filter.words);
}

/// The address in what somebody wrote: one that mail can be sent to, without a name, no longer than RFC 5321 §4.5.3.1 allows, with a domain
/// that has a dot. Nothing of it could end a header line.
pub fn address(text: &str) -> Option<String> {
    let mailbox: Mailbox = text.trim().parse().ok().filter(|mailbox: &Mailbox| mailbox.name.is_empty())?;
    let domain = super::ascii_domain(mailbox.domain());
    let user = mailbox.user();
    let dots = !user.starts_with('.') && !user.ends_with('.') && !user.contains("..");
    let labels = domain.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    });
    let letters = domain.rsplit('.').next().is_some_and(|last| last.len() >= 2 && !last.bytes().all(|byte| byte.is_ascii_digit()));
    let good = dots && labels && letters && domain.contains('.') && user.len() <= 64 && mailbox.address.len() <= 254;
    good.then(|| mailbox.address.clone()).filter(|address| clean(address) == *address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(values: &[&str]) -> Vec<String> {
        values.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_wish_is_read_and_its_order_does_not_matter() {
        let written = Written {
            regions: list(&["Umbria"]),
            provinces: list(&["lu", "AR", "lu", " "]),
            bodies: list(&["comune-altolago"]),
            offices: list(&["tributi", "anagrafe"]),
            aspects: list(&["hours"]),
            words: list(&["carta  d'identità"]),
            frequency: "weekly-18".into(),
            reminders: true,
        };
        let read = wish(&written, &|_| true).unwrap();
        assert_eq!((read.filter.regions, read.filter.provinces), (list(&["umbria"]), list(&["AR", "LU"])));
        assert_eq!((read.filter.offices[0].0.as_str(), read.filter.words[0].as_str()), ("anagrafe", "carta d'identità"));
        assert_eq!((read.frequency, read.reminders), (Frequency::Weekly(18), true));
        assert_eq!(wish(&Written::default(), &|_| false).unwrap(), NewSubscription::default());
    }

    #[test]
    fn all_that_is_wrong_is_said() {
        let written = Written {
            regions: list(&["padania"]),
            provinces: list(&["ZZ"]),
            bodies: list(&["x"]),
            offices: list(&["spionaggio"]),
            aspects: list(&["colour"]),
            words: list(&["a", "…", &"b".repeat(61)]),
            frequency: "hourly".into(),
            reminders: false,
        };
        let slips = wish(&written, &|_| false).unwrap_err();
        let fields: Vec<&str> = slips.iter().map(|slip| slip.field).collect();
        assert_eq!(fields, ["region", "province", "body", "office", "aspect", "word", "word", "word", "frequency"]);
        assert_eq!(slips[1].say(Language::En), "there is no such province: \"ZZ\"");
        let too_many = Written { words: (10..30).map(|n| n.to_string()).collect(), ..Written::default() };
        assert_eq!(wish(&too_many, &|_| true).unwrap_err().len(), 10);
    }

    #[test]
    fn an_address_is_one_that_mail_can_be_sent_to() {
        for good in ["ada@example.org", " ada.l+x@sub.example.it ", "nicolò@città.example", "o'neil@example.org"] {
            assert_eq!(address(good).as_deref(), Some(good.trim()), "{good}");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        let longer = format!("a@{}.org", "b.".repeat(130));
        for wrong in [
            "",
            "ada",
            "ada@",
            "@example.org",
            "ada@localhost",
            "ada@127.0.0.1",
            "ada@[127.0.0.1]",
            "Ada <ada@example.org>",
            "ada@example.org\r\nBcc: eva@example.org",
            "ada@example.org,eva@example.org",
            "ada@exa mple.org",
            ".ada@example.org",
            "a..b@example.org",
            "ada@-example.org",
            "ada@example..org",
            "ada@example.org\u{202e}",
            "a\u{0}b@example.org",
            &long,
            &longer,
        ] {
            assert_eq!(address(wrong), None, "{wrong:?}");
        }
    }
}
