//! A town in memory: its documents, what is known, what was told. Stands for the store and the round.

mod say;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::Date;
use sportello::diff::{Comparison, Known, Moment, compare};
use sportello::domain::{Aspect, BodyId, Change, ChangeId, DocumentKind, Held, Reading, SourceId, State, day_of};
use sportello::resolve::{DocumentNotices, Folded, Settings, Sight, Visit, at, fold, remember, remember_gone, starting, weigh};

use crate::script::{Event, Scene, Story, day};

pub const CONFIRM_AFTER: SignedDuration = SignedDuration::from_hours(6);

fn settings() -> Settings {
    Settings { confirm_after: CONFIRM_AFTER, ..Settings::default() }
}

#[derive(Default)]
pub struct Town {
    pub documents: BTreeMap<String, DocumentNotices>,
    readings: BTreeMap<String, Reading>,
    pub states: Vec<State>,
    pub held: Vec<Held>,
    pub changes: Vec<Change>,
    n_snapshots: i64,
}

impl Town {
    pub fn folded(&self, today: Date) -> Folded {
        let documents: Vec<DocumentNotices> = self.documents.values().cloned().collect();
        fold(&documents, today, &settings())
    }

    /// One visit, from the reading to what is stored. Returns what was told, and whether the operator was.
    pub fn visit(&mut self, scene: &Scene) -> (Comparison, bool) {
        let (url, memory, sight) = match &scene.event {
            Event::Read { name, kind, first, reread, title } => {
                self.readings.insert(name.clone(), scene.reading.clone());
                let sight = match (first, reread) {
                    (true, _) => Sight::Baseline,
                    (false, true) => Sight::Reread,
                    (false, false) => Sight::News,
                };
                (name.clone(), self.read(name, *kind, title.as_deref(), scene, sight), sight)
            }
            Event::Again(name) => {
                let previous = &self.documents[name];
                if !previous.waits() && self.held.is_empty() {
                    return (Comparison { states: self.states.clone(), ..Comparison::default() }, false); // nothing is done for an unchanged page
                }
                (name.clone(), self.read(name, previous.kind, None, scene, Sight::News), Sight::News)
            }
            Event::Gone(name) => (name.clone(), remember_gone(&self.documents[name], scene.at), Sight::News),
        };
        let others: Vec<DocumentNotices> = self.documents.values().cloned().collect();
        self.documents.insert(url.clone(), weigh(&memory, &others, &settings()));
        let folded = self.folded(day_of(scene.at));
        let body = BodyId("comune-altolago".into());
        let moment = Moment { body: &body, now: scene.at, url: &url, sight, confirm_after: CONFIRM_AFTER };
        let known = Known { states: &self.states, held: &self.held, recent: &self.changes };
        let mut comparison = compare(&known, &folded, &moment);
        let n_told = self.changes.len() as i64;
        for (i, change) in comparison.changes.iter_mut().enumerate() {
            change.id = Some(ChangeId(n_told + i as i64 + 1));
        }
        self.changes.extend(comparison.changes.iter().cloned());
        for added in &comparison.corroborated {
            self.changes.iter_mut().find(|change| change.id == Some(added.change)).unwrap().causes.push(added.cause.clone());
        }
        self.states.clone_from(&comparison.states);
        self.held.clone_from(&comparison.held);
        (comparison, folded.redesign.is_some())
    }

    fn read(&mut self, name: &str, kind: DocumentKind, title: Option<&str>, scene: &Scene, sight: Sight) -> DocumentNotices {
        self.n_snapshots += 1;
        let source = SourceId(format!("comune-altolago/{name}"));
        let reading = self.readings[name].clone();
        let visit = Visit { url: name, source: &source, kind, title, at: scene.at, snapshot: self.n_snapshots, reading: &reading, sight };
        remember(self.documents.get(name), &visit)
    }
}

/// Plays a story; what does not come true is told with its place.
pub fn play(story: &Story) -> Vec<String> {
    let mut town = Town::default();
    let mut problems = Vec::new();
    for scene in &story.scenes {
        let (comparison, operator) = town.visit(scene);
        let mut told: Vec<String> = comparison.changes.iter().map(say::change).collect();
        let mut expected: Vec<(String, String)> = Vec::new();
        for (place, words) in &scene.expected {
            if is_change(words) {
                expected.push((place.clone(), words.clone()));
            } else if let Some(problem) = wrong(&town, &comparison, operator, words, scene) {
                problems.push(format!("{place}: {}\n    {words}\n    {problem}", story.title));
            }
        }
        expected.retain(|(place, words)| {
            if words == "nothing" {
                return false;
            }
            let Some(found) = told.iter().position(|told| told == words || told.split(" (").next() == Some(words)) else {
                problems.push(format!(
                    "{place}: {} · {}\n    expected {words}\n    told     {}",
                    story.title,
                    scene.line,
                    told.join("\n             ")
                ));
                return false;
            };
            told.remove(found);
            false
        });
        for told in told {
            problems.push(format!("{}: {} · {}\n    told besides: {told}", story.place, story.title, scene.line));
        }
        problems.extend(steady(&town, scene, story));
    }
    problems
}

fn is_change(words: &str) -> bool {
    !["held ", "added ", "on ", "starting ", "operator"].iter().any(|verb| words.starts_with(verb))
}

/// After each visit, comparing again yields nothing: not now, and not as the days pass.
fn steady(town: &Town, scene: &Scene, story: &Story) -> Vec<String> {
    let body = BodyId("comune-altolago".into());
    let url = "elsewhere";
    let mut problems = Vec::new();
    for n_days in [0, 1, 2, 3, 5, 8, 13, 21, 34, 55] {
        let now = scene.at + SignedDuration::from_hours(24 * n_days);
        let moment = Moment { body: &body, now, url, sight: Sight::News, confirm_after: CONFIRM_AFTER };
        let known = Known { states: &town.states, held: &town.held, recent: &town.changes };
        let again = compare(&known, &town.folded(day_of(now)), &moment);
        let lasting = again.changes.iter().filter(|change| {
            // a page that goes on showing dated hours weeks after their end means them
            !(n_days > 13 && change.before.is_some() && story.title.contains("echo"))
        });
        problems.extend(lasting.map(|change| {
            format!("{}: {} · {}\n    {n_days} days later, without a visit: {}", story.place, story.title, scene.line, say::change(change))
        }));
    }
    problems
}

/// Whether an expectation that is no change fails, and how.
fn wrong(town: &Town, comparison: &Comparison, operator: bool, words: &str, scene: &Scene) -> Option<String> {
    if words == "operator" {
        return (!operator).then(|| "the operator is not told".into());
    }
    let (verb, rest) = words.split_once(' ')?;
    let found: Vec<String> = match verb {
        "held" => {
            let held: Vec<String> =
                town.held.iter().map(|held| format!("{} {}: {}", say::key(&held.key), held.aspect, held.reason.as_str())).collect();
            if rest == "nothing" {
                return (!held.is_empty()).then(|| format!("held: {}", held.join(", ")));
            }
            held
        }
        "added" => comparison
            .corroborated
            .iter()
            .map(|added| {
                let change = town.changes.iter().find(|change| change.id == Some(added.change)).unwrap();
                format!("{} to {} {}", added.cause.url, say::key(&change.key), change.aspect)
            })
            .collect(),
        "on" => {
            let (day_word, what) = rest.split_once(' ')?;
            let nothing = what.strip_suffix(": nothing");
            let offices = at(&town.states, day(day_word));
            let facts = offices.iter().flat_map(|office| office.facts.iter().map(move |(aspect, fact)| (office, *aspect, fact)));
            let facts: Vec<String> = facts
                .map(|(office, aspect, fact)| format!("{} {aspect}: {}", say::key(&office.key), say::value(Some(&fact.value))))
                .collect();
            if let Some(nothing) = nothing {
                return facts.iter().find(|fact| fact.starts_with(&format!("{nothing}: "))).cloned();
            }
            return (!facts.contains(&what.to_string())).then(|| facts.join("\n    "));
        }
        "starting" => {
            let (day_word, what) = rest.split_once(' ').unwrap_or((rest, "nothing"));
            let begins: Vec<String> = starting(&town.states, day(day_word))
                .iter()
                .map(|start| {
                    let aspect: Aspect = start.fact.value.aspect();
                    format!("{} {aspect}: {}", say::key(&start.key), say::value(Some(&start.fact.value)))
                })
                .collect();
            if what == "nothing" {
                return (!begins.is_empty()).then(|| begins.join(", "));
            }
            return (!begins.contains(&what.to_string())).then(|| format!("starting: {}", begins.join(", ")));
        }
        _ => return Some(format!("no such expectation, at {}", scene.at)),
    };
    (!found.contains(&rest.to_string())).then(|| format!("{verb}: {}", found.join(", ")))
}
