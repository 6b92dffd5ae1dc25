//! What is gathered while a source is visited, and what it says of the source's health.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::document::{Outcome, Target};
use super::source::Visited;
use crate::domain::{DocumentKind, SourceId, SourceKind};
use crate::fetch::{FetchError, Verdict};
use crate::store::{Unchanged, Validators};

/// Why a source could not be read.
pub(super) enum Trouble {
    Fetch(FetchError),
    Page(Verdict),
    /// A list of a site names nothing, or cannot be read.
    List(String),
    /// Its list or home page is there, but not what it leads to: how many of how many failed, and how the first did.
    Documents {
        n_bad: usize,
        n_asked: usize,
        first: String,
    },
}

impl Trouble {
    /// Whether what the source led to before may be asked for all the same.
    pub fn leaves_documents(&self) -> bool {
        match self {
            Self::Fetch(_) => false,
            Self::Page(verdict) => !verdict.concerns_site(),
            Self::List(_) | Self::Documents { .. } => true,
        }
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fetch(error) => write!(f, "{error}"),
            Self::Page(verdict) => write!(f, "{verdict}"),
            Self::List(words) => f.write_str(words),
            Self::Documents { n_bad, n_asked, first } => write!(f, "{n_bad} of {n_asked} {OF_DOCUMENTS}, first {first}"),
        }
    }
}

/// Marks, in the words kept of a failure, that documents failed rather than the source's own address.
const OF_DOCUMENTS: &str = "documents cannot be read";

/// Whether words kept of a failure tell of documents rather than of the source's own address.
pub(super) fn is_of_documents(words: &str) -> bool {
    words.contains(OF_DOCUMENTS)
}

/// What a visit says of a source's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    Good,
    /// None of its documents was asked.
    Unknown,
}

/// So many articles must fail together before a list that names them is in trouble.
const SEVERAL: usize = 3;

/// What is gathered while a source is visited.
pub(super) struct Tally {
    pub visited: Visited,
    pub unchanged: Vec<Unchanged>,
    pub validators: Option<Validators>,
    /// When something last changed in it, as far as is known.
    pub last_change: Option<Timestamp>,
    /// Addresses whose list says when they were changed.
    pub dated: BTreeSet<String>,
    /// How many office pages a site has.
    pub n_pages: usize,
    /// Documents that were there.
    n_good: usize,
    /// What went wrong with documents that count for the source's health.
    bad: Vec<String>,
    /// Office pages that are no longer there.
    n_gone: usize,
    /// Why a list of a site cannot be read, or that it names nothing.
    bad_list: Option<String>,
}

impl Tally {
    pub fn new(source: SourceId) -> Self {
        let visited = Visited { source, n_fetches: 0, n_unchanged: 0, bytes: 0, failures: Vec::new(), changes: Vec::new() };
        Self {
            visited,
            unchanged: Vec::new(),
            validators: None,
            last_change: None,
            dated: BTreeSet::new(),
            n_pages: 0,
            n_good: 0,
            bad: Vec::new(),
            n_gone: 0,
            bad_list: None,
        }
    }

    /// Counts an outcome; gives back what went wrong.
    pub fn add(&mut self, outcome: Outcome) -> Option<Trouble> {
        let visited = &mut self.visited;
        match outcome {
            Outcome::Unchanged(row, bytes) => {
                visited.n_fetches += 1;
                visited.n_unchanged += 1;
                visited.bytes += bytes;
                self.unchanged.push(row);
            }
            Outcome::Read(changes, bytes) => {
                visited.n_fetches += 1;
                visited.bytes += bytes;
                visited.changes.extend(changes);
            }
            Outcome::Gone(changes) => {
                visited.n_fetches += 1;
                visited.changes.extend(changes);
            }
            Outcome::Failed(error) => return Some(Trouble::Fetch(error)),
            Outcome::NotThePage(verdict) => return Some(Trouble::Page(verdict)),
        }
        None
    }

    /// The same for a document that the source led to; its fate counts for the source's health.
    pub fn add_document(&mut self, target: &Target, of: SourceKind, outcome: Outcome) -> Option<Trouble> {
        // articles of a site come and go; whether its office pages are there is what counts
        let counts = of != SourceKind::Site || target.kind == DocumentKind::Page;
        let is_gone = matches!(outcome, Outcome::Gone(_));
        let was_gone = target.known.as_ref().is_some_and(|known| known.gone_since.is_some());
        let trouble = self.add(outcome);
        match &trouble {
            Some(trouble) => {
                let words = format!("{}: {trouble}", target.url);
                if counts {
                    self.bad.push(words.clone());
                }
                self.visited.failures.push(words);
            }
            None if counts && is_gone => self.n_gone += usize::from(of == SourceKind::Site && !was_gone),
            None if counts => self.n_good += 1,
            None => {}
        }
        trouble
    }

    /// A list of a site could not be read.
    pub fn add_list_trouble(&mut self, words: String) {
        self.visited.failures.push(words.clone());
        self.bad_list.get_or_insert(words);
    }

    /// What is wrong with a source whose own address was read well, if much is.
    pub fn trouble(&self, kind: SourceKind) -> Option<Trouble> {
        let n_bad = self.bad.len() + self.n_gone;
        let n_asked = n_bad + self.n_good;
        let first = || self.bad.first().cloned().unwrap_or_else(|| "the pages are not there any more".to_owned());
        match kind {
            SourceKind::Page => None,
            SourceKind::News | SourceKind::Sitemap => {
                (n_bad >= SEVERAL && self.n_good == 0).then(|| Trouble::Documents { n_bad, n_asked, first: first() })
            }
            SourceKind::Site if n_bad > 0 && 2 * n_bad >= self.n_pages => Some(Trouble::Documents { n_bad, n_asked, first: first() }),
            SourceKind::Site => self.bad_list.clone().map(Trouble::List),
        }
    }

    /// What a visit without trouble says of a source that was in trouble, with those words. `itself`: its own address was asked.
    pub fn health(&self, itself: bool, last_error: &str) -> Health {
        let n_asked = self.bad.len() + self.n_gone + self.n_good;
        if is_of_documents(last_error) {
            let most = self.n_good > 0 && 2 * self.n_good >= n_asked;
            if most { Health::Good } else { Health::Unknown }
        } else if itself {
            Health::Good
        } else {
            Health::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::FetchError;

    fn tally(n_pages: usize, outcomes: &str) -> Tally {
        let mut tally = Tally::new(SourceId("a/home".into()));
        tally.n_pages = n_pages;
        for outcome in outcomes.chars() {
            let outcome = match outcome {
                'g' => Outcome::Gone(Vec::new()),
                'b' => Outcome::NotThePage(Verdict::Maintenance),
                't' => Outcome::Failed(FetchError::Refused { host: "a.example".into() }),
                _ => Outcome::Read(Vec::new(), 1),
            };
            let target = Target {
                url: "https://a.example/x".parse().unwrap(),
                kind: DocumentKind::Page,
                known: None,
                first_sight: crate::resolve::Sight::News,
                news_since: None,
                must_be_there: false,
                next_visit: None,
                source_is_there: Default::default(),
            };
            tally.add_document(&target, SourceKind::Site, outcome);
        }
        tally
    }

    #[test]
    fn a_site_is_in_trouble_when_half_of_its_pages_are() {
        for (n_pages, outcomes, in_trouble) in [
            (8, "........", false),
            (8, "b.......", false),
            (8, "bbtg....", true),
            (8, "b", false),
            (1, "b", true),
            (8, "gggggggg", true),
            (0, "", false),
        ] {
            assert_eq!(tally(n_pages, outcomes).trouble(SourceKind::Site).is_some(), in_trouble, "{n_pages} {outcomes}");
        }
        let words = tally(2, "tt").trouble(SourceKind::Site).unwrap().to_string();
        assert_eq!(words, "2 of 2 documents cannot be read, first https://a.example/x: cannot reach a.example: connection refused");
    }

    #[test]
    fn trouble_of_documents_ends_when_documents_are_read_and_not_before() {
        let of_documents = "2 of 2 documents cannot be read, first …";
        assert_eq!(tally(2, "").health(true, of_documents), Health::Unknown, "the list alone proves nothing");
        assert_eq!(tally(2, "..").health(false, of_documents), Health::Good);
        assert_eq!(tally(2, "").health(true, "a.example answered 503"), Health::Good);
        assert_eq!(tally(2, "..").health(false, "a.example answered 503"), Health::Unknown, "an article says nothing of its list");
    }
}
