//! What the public pages ask of any store: by place, by day, by word, page by page.

use jiff::civil::{Date, date};
use sportello::domain::*;
use sportello::store::*;

use crate::conformance::stores;
use crate::support::*;

fn a_body(id: &str, name: &str, province: &str) -> Body {
    let province = Some(province.into()).filter(|province: &String| !province.is_empty());
    Body { id: BodyId(id.into()), name: name.into(), kind: BodyKind::Comune, province, istat: None, ipa: Some(format!("c_{}", id.len())) }
}

fn a_source(body: &str, name: &str) -> WatchedSource {
    let url = format!("https://{body}.example/{name}");
    WatchedSource { id: SourceId(format!("{body}/{name}")), body: BodyId(body.into()), url, ..watched(name, SourceKind::Page) }
}

/// Seven bodies in three provinces and in none.
pub fn country() -> Catalogue {
    let bodies = vec![
        a_body("citta-di-altolago", "Città di Altolago", "LU"),
        a_body("comune-montelago", "Comune di Montelago", "LU"),
        a_body("comune-piandifiume", "Comune di Piandifiume", "FI"),
        a_body("comune-re", "Comune di Re", "VB"),
        a_body("comune-reggello", "Comune di Reggello Alto e Dintorni", "FI"),
        a_body("comune-sant-orso", "Comune di Sant'Orso", "LU"),
        a_body("unione-dei-laghi", "Unione dei Laghi", ""),
    ];
    let sources = bodies.iter().flat_map(|body| [a_source(&body.id.0, "novita"), a_source(&body.id.0, "uffici")]).collect();
    Catalogue { bodies, sources }
}

fn fact(value: Value, from: Option<Date>, until: Option<Date>) -> Fact {
    let causes = vec![Cause { url: "https://x.example/".into(), snapshot: 1, evidence: vec!["chiuso per inventario".into()] }];
    Fact { value, from, until, resumes: false, aged: false, general: false, except: vec![], causes }
}

fn closed(days: &str) -> Fact {
    fact(Value::Closures(vec![days.parse().unwrap()]), None, None)
}

fn office(office: &str, name: &str, facts: Vec<Fact>) -> State {
    let mut state = State { key: key(office), name: name.into(), facts: Default::default() };
    for fact in facts {
        state.facts.entry(fact.value.aspect()).or_default().push(fact);
    }
    state
}

/// Records these as all the states of a body, with changes of the given sentences in one office.
pub fn settle(store: &dyn Store, body: &str, states: Vec<State>, sentences: &[&str], minute: i64) -> Vec<ChangeId> {
    let body = BodyId(body.into());
    let changes = sentences.iter().map(|sentence| {
        let mut change = change("anagrafe", "Mo 08:00-12:00", "Mo 09:00-12:00", "https://x.example/", t(minute));
        change.body = body.clone();
        change.name = "Servizi demografici".into();
        change.causes[0].snapshot = 1;
        change.causes[0].evidence = vec![(*sentence).into()];
        change
    });
    let findings = Findings {
        why: Why::Visit,
        revision: store.known(&body, t(0)).unwrap().revision,
        changes: changes.collect(),
        states,
        held: vec![],
        corroborated: vec![],
        deliveries: vec![],
        redesign: None,
    };
    store.record(&Visit { body, at: t(minute), documents: vec![], findings: Some(findings) }).unwrap().changes
}

fn ids(bodies: &[Body]) -> Vec<&str> {
    bodies.iter().map(|body| body.id.0.as_str()).collect()
}

#[test]
fn bodies_are_listed_by_province_page_by_page() {
    for (store, _folder) in stores() {
        store.sync(&country(), t(0)).unwrap();
        assert_eq!(store.provinces().unwrap(), ["FI", "LU", "VB"]);
        let lucca = store.bodies_page(Some("LU"), None, 2).unwrap();
        assert_eq!(ids(&lucca), ["citta-di-altolago", "comune-montelago"]);
        assert_eq!(ids(&store.bodies_page(Some("LU"), Some(&lucca[1].id), 2).unwrap()), ["comune-sant-orso"]);
        assert_eq!(store.bodies_page(None, None, 100).unwrap().len(), 7);
        assert_eq!(ids(&store.bodies_page(None, Some(&BodyId("comune-re".into())), 1).unwrap()), ["comune-reggello"]);
        let named = ["comune-re", "nessuno", "comune-re", "citta-di-altolago"].map(|id| BodyId(id.into()));
        assert_eq!(ids(&store.bodies_by_id(&named).unwrap()), ["citta-di-altolago", "comune-re"]);

        let mut fewer = country();
        fewer.bodies.retain(|body| body.province.as_deref() != Some("VB"));
        fewer.sources.retain(|source| source.body.0 != "comune-re");
        store.sync(&fewer, t(1)).unwrap();
        assert_eq!(store.provinces().unwrap(), ["FI", "LU"], "of bodies that are watched");
        assert_eq!(store.bodies_page(None, None, 100).unwrap().len(), 6);
        assert_eq!(store.bodies_by_id(&named).unwrap().len(), 2, "but found by name: changes of old speak of them");
    }
}

#[test]
fn bodies_are_found_by_words_the_closest_first() {
    for (store, _folder) in stores() {
        store.sync(&country(), t(0)).unwrap();
        let found = |words: &str| store.search_bodies(words, 10).unwrap().iter().map(|body| body.id.0.clone()).collect::<Vec<_>>();
        assert_eq!(found("citta ALTOLAGO"), ["citta-di-altolago"], "accents and case do not matter");
        assert_eq!(found("re"), ["comune-re", "comune-reggello"], "a whole word comes before a beginning");
        assert_eq!(found("sant'or"), ["comune-sant-orso"]);
        assert_eq!(found("lu").len(), 3, "by province");
        assert_eq!(found("lago"), [""; 0], "not in the middle of a word");
        assert_eq!(found("comune di altrove"), [""; 0]);
        for nothing in ["", "  ", "\"", "' OR 1=1 --", "*", "NEAR(", "-", "\u{0}", "^a*\"'(){}:"] {
            assert_eq!(found(nothing), [""; 0], "{nothing:?}");
        }
        assert_eq!(store.search_bodies("comune", 2).unwrap().len(), 2);

        let mut next = country();
        next.bodies[1].name = "Comune di Montefiume".into();
        next.bodies.pop();
        next.sources.retain(|source| source.body.0 != "unione-dei-laghi");
        store.sync(&next, t(1)).unwrap();
        assert_eq!((found("montelago"), found("montefiume")), (vec![], vec!["comune-montelago".to_string()]), "a new name");
        assert_eq!(found("unione"), [""; 0], "no longer watched");
        store.sync(&country(), t(2)).unwrap();
        assert_eq!(found("unione"), ["unione-dei-laghi"], "watched again");
    }
}

#[test]
fn offices_are_found_by_words_of_theirs_and_of_their_body() {
    for (store, _folder) in stores() {
        store.sync(&country(), t(0)).unwrap();
        let mut branch = office("anagrafe", "Anagrafe, sportello di frazione", vec![closed("2026-03-02")]);
        branch.key.site = Some("Ponte a Moriano".into());
        let offices = vec![office("anagrafe", "Servizi demografici", vec![closed("2026-03-02")]), branch];
        settle(&*store, "citta-di-altolago", offices.clone(), &[], 1);
        settle(&*store, "comune-montelago", vec![office("tributi", "Ufficio tributi", vec![closed("2026-03-02")])], &[], 1);
        let found = |words: &str| -> Vec<String> {
            let hits = store.search_offices(words, 10).unwrap();
            hits.iter().map(|hit| format!("{} {}", hit.body.id, hit.name)).collect()
        };
        assert_eq!(found("demografici"), ["citta-di-altolago Servizi demografici"]);
        assert_eq!(
            found("anagrafe altol"),
            ["citta-di-altolago Servizi demografici", "citta-di-altolago Anagrafe, sportello di frazione"],
            "by the office's id too"
        );
        assert_eq!(found("moriano"), ["citta-di-altolago Anagrafe, sportello di frazione"]);
        assert_eq!(found("ufficio"), ["comune-montelago Ufficio tributi"]);

        settle(&*store, "citta-di-altolago", offices[..1].to_vec(), &[], 2);
        assert_eq!(found("moriano"), [""; 0], "an office that is no more is not found");
        let mut next = country();
        next.bodies[1].name = "Comune di Montefiume".into();
        store.sync(&next, t(3)).unwrap();
        assert_eq!((found("tributi montelago"), found("tributi montefiume").len()), (vec![], 1), "its body has a new name");
    }
}

#[test]
fn changes_are_found_by_words_of_their_evidence_the_newest_first() {
    for (store, _folder) in stores() {
        store.sync(&country(), t(0)).unwrap();
        let sentences = ["l'ufficio riceve il martedì", "riceve solo il giovedì", "riceve ogni mattina, anche il MARTEDI'"];
        let changes = settle(&*store, "comune-sant-orso", vec![], &sentences, 5);
        let found = |words: &str, from| store.search_changes(words, from, 2).unwrap();
        let list = |page: &Page| page.changes.iter().filter_map(|change| change.id).collect::<Vec<_>>();
        let first = found("riceve", None);
        assert_eq!(list(&first), [changes[2], changes[1]]);
        let second = found("riceve", first.next);
        assert_eq!((list(&second), second.next), (vec![changes[0]], None));
        assert_eq!(list(&found("martedi", None)), [changes[2], changes[0]]);
        assert_eq!(list(&found("orso giovedì anagrafe", None)), [changes[1]], "with the names of body and office");
        assert_eq!(found("giov", None), Page::default(), "whole words");
        assert_eq!(found("\"", None), Page::default());

        let further = Cause { url: "https://y.example/".into(), snapshot: 1, evidence: vec!["lo dice pure il giornale".into()] };
        store.corroborate(changes[0], &further).unwrap();
        assert_eq!(list(&found("giornale", None)), [changes[0]]);
        assert_eq!(list(&found("martedi", None)), [changes[2], changes[0]], "and still by what it said first");
    }
}

#[test]
fn words_are_found_as_before_when_their_index_was_put_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sportello.db");
    let store = open(&path).unwrap();
    store.sync(&country(), t(0)).unwrap();
    for n in 0..50 {
        let sentences = [format!("riceve il martedì, avviso {n}"), format!("riceve il giovedì, avviso {n}")];
        settle(&*store, "comune-sant-orso", vec![], &sentences.each_ref().map(String::as_str), 5 + n);
    }
    let pieces = || -> i64 {
        let conn = rusqlite::Connection::open(&path).unwrap();
        conn.query_row("SELECT count(DISTINCT segid) FROM change_words_idx", [], |row| row.get(0)).unwrap()
    };
    let all = |words: &str| {
        let (mut ids, mut from) = (Vec::new(), None);
        loop {
            let page = store.search_changes(words, from, 7).unwrap();
            ids.extend(page.changes.iter().filter_map(|change| change.id));
            from = page.next;
            if from.is_none() {
                return ids;
            }
        }
    };
    let queries = ["riceve martedi", "giovedi avviso 31", "orso", "riceve 49"];
    let before = queries.map(all);
    assert_eq!(before.each_ref().map(Vec::len), [50, 1, 100, 2]);
    assert!(pieces() > 1, "there is something to merge");
    for _ in 0..2 {
        store.tidy(t(0)).unwrap();
        assert_eq!(pieces(), 1);
        assert_eq!(queries.map(all), before);
    }
    settle(&*store, "comune-re", vec![], &["riceve il martedì"], 60);
    assert_eq!(all("riceve martedi").len(), 51);
    assert_eq!(store.verify(true).unwrap(), []);
}

#[test]
fn an_office_is_known_now_and_at_an_instant_with_its_branches() {
    for (store, _folder) in stores() {
        store.sync(&country(), t(0)).unwrap();
        let (body, id) = (BodyId("comune-re".into()), OfficeId("anagrafe".into()));
        for n in 1..6 {
            let mut branch = office("anagrafe", "Anagrafe", vec![closed("2026-12-24")]);
            branch.key.site = Some("Frazione".into());
            let main = office("anagrafe", "Anagrafe", vec![closed(&format!("2026-04-{n:02}"))]);
            settle(&*store, &body.0, vec![main, branch, office("tributi", "Tributi", vec![closed("2026-12-24")])], &[], n);
        }
        assert_eq!(store.office(&body, &id, None).unwrap().len(), 2);
        let then = store.office(&body, &id, Some(t(3))).unwrap();
        assert_eq!(then.len(), 2);
        assert!(then.iter().any(|version| version.known_from == t(3) && version.known_until == Some(t(4))));
        assert_eq!(store.office(&body, &id, Some(t(0))).unwrap(), []);
        assert_eq!(store.office(&body, &OfficeId("urp".into()), None).unwrap(), []);

        let mut walked = store.versions(&body, &id, None, 4).unwrap();
        let rest = store.versions(&body, &id, walked.last(), 4).unwrap();
        walked.extend(rest);
        assert_eq!(walked, store.history(&body, &id).unwrap());
        assert_eq!(walked.len(), 6);

        let milestones = store.milestones(&body, &id, 4).unwrap();
        let heads = walked.iter().take(4).map(|version| Milestone {
            key: version.state.key.clone(),
            name: version.state.name.clone(),
            known_from: version.known_from,
            why: version.why,
            changes: version.changes.clone(),
        });
        assert_eq!(milestones, heads.collect::<Vec<_>>());
    }
}

/// Closures, openings, closings and new hours of two bodies in the first days of March 2026.
pub fn record_exceptions(store: &dyn Store) {
    let day = |d| Some(date(2026, 3, d));
    let general = Fact { general: true, ..closed("2026-03-04") };
    let resumed = Fact { resumes: true, ..fact(Value::Address("via Roma 1".into()), day(4), None) };
    let opening = Opening { date: date(2026, 3, 3), span: "09:00-11:00".parse().unwrap() };
    let altolago = vec![
        office("tutti", "Tutti gli uffici", vec![closed("2026-03-04")]),
        office("anagrafe", "Anagrafe", vec![general, closed("2026-02-27/2026-03-03")]),
        office("tributi", "Tributi", vec![fact(Value::Hours(hours_of("Mo 08:00-12:00")), day(4), None), resumed]),
    ];
    settle(store, "citta-di-altolago", altolago, &[], 1);
    let piandifiume = vec![
        office("urp", "URP", vec![fact(Value::Openings([opening].into()), None, None), closed("2026-03-03")]),
        office("anagrafe", "Anagrafe", vec![fact(Value::Status(Status::Remote), day(3), day(5))]),
        office("edilizia", "Edilizia", vec![fact(Value::Status(Status::Closed), None, day(2))]),
        office("tributi", "Tributi", vec![fact(Value::Status(Status::Appointment), day(3), day(5))]),
    ];
    settle(store, "comune-piandifiume", piandifiume, &[], 1);
}

#[test]
fn what_is_out_of_the_ordinary_is_found_by_day() {
    for (store, _folder) in stores() {
        store.sync(&country(), t(0)).unwrap(); // 1 March 2026
        record_exceptions(&*store);
        let words = |page: &ExceptionPage| -> Vec<String> {
            let word = |e: &Exception| {
                let aspects: Vec<&str> = e.aspects.iter().map(|aspect| aspect.as_str()).collect();
                format!("{} {} {}", e.body.id, e.version.state.key.office, aspects.join("+"))
            };
            page.exceptions.iter().map(word).collect()
        };
        let on = |d, place: Place| words(&store.exceptions_on(date(2026, 3, d), &place, None, 50).unwrap());
        assert_eq!(on(1, Place::Anywhere), ["citta-di-altolago anagrafe closures", "comune-piandifiume edilizia status"]);
        assert_eq!(
            on(3, Place::Anywhere),
            [
                "citta-di-altolago anagrafe closures",
                "comune-piandifiume urp closures+openings",
                "comune-piandifiume anagrafe status",
                "comune-piandifiume tributi status", // begins, and is not repeated
            ]
        );
        assert_eq!(on(4, Place::Province("LU".into())), ["citta-di-altolago tutti closures", "citta-di-altolago tributi hours"]);
        assert_eq!(on(4, Place::Province("FI".into())), ["comune-piandifiume anagrafe status"]);
        assert_eq!(on(4, Place::Body(BodyId("comune-piandifiume".into()))), ["comune-piandifiume anagrafe status"]);
        assert_eq!(on(5, Place::Body(BodyId("citta-di-altolago".into()))), [""; 0]);
        assert_eq!(on(6, Place::Anywhere), [""; 0]);

        let mut walked = Vec::new();
        let mut from: Option<ExceptionCursor> = None;
        loop {
            let page = store.exceptions_on(date(2026, 3, 3), &Place::Anywhere, from.as_ref(), 1).unwrap();
            walked.extend(words(&page));
            let Some(next) = page.next else { break };
            from = Some(next.to_string().parse().unwrap()); // as it travels in an address
        }
        assert_eq!(walked, on(3, Place::Anywhere));

        let mut next = country();
        next.bodies[0].province = Some("PT".into());
        store.sync(&next, t(2)).unwrap();
        assert_eq!(
            (on(4, Place::Province("LU".into())).len(), on(4, Place::Province("PT".into())).len()),
            (0, 2),
            "moved to another province"
        );
        settle(&*store, "citta-di-altolago", vec![], &[], 3);
        assert_eq!(on(4, Place::Province("PT".into())), [""; 0], "a version that ended has no days");
        store.tidy("2026-03-03T08:00:00Z".parse().unwrap()).unwrap();
        assert_eq!((on(2, Place::Anywhere).len(), on(3, Place::Anywhere).len()), (0, 3), "days that are over are forgotten");
    }
}

#[test]
fn days_without_end_are_cut() {
    for (store, _folder) in stores() {
        store.sync(&country(), t(0)).unwrap();
        settle(&*store, "comune-re", vec![office("urp", "URP", vec![closed("0001-01-01/9999-12-31")])], &[], 1);
        let n_on = |day: &str| store.exceptions_on(day.parse().unwrap(), &Place::Anywhere, None, 9).unwrap().exceptions.len();
        assert_eq!(["2026-02-28", "2026-03-01", "2027-04-05", "2027-04-06"].map(n_on), [0, 1, 1, 0]);
    }
}

#[test]
fn sources_are_listed_by_place_and_by_health() {
    for (store, _folder) in stores() {
        store.sync(&country(), t(0)).unwrap();
        let fail = |id: &str| {
            let failure = Failure { source: SourceId(id.into()), at: t(1), words: "rotta".into(), next_try: t(60) };
            store.record_failure(&failure).unwrap();
        };
        for id in ["comune-sant-orso/novita", "comune-re/uffici", "comune-montelago/uffici"] {
            fail(id);
        }
        let list = |place: &Place, failing, after: Option<&str>, limit| -> Vec<String> {
            let after = after.map(|id| SourceId(id.into()));
            store.source_page(place, failing, after.as_ref(), limit).unwrap().into_iter().map(|source| source.source.id.0).collect()
        };
        let walk = |place: Place, failing| {
            let mut all: Vec<String> = Vec::new();
            loop {
                let more = list(&place, failing, all.last().map(String::as_str), 2);
                if more.is_empty() {
                    return all;
                }
                all.extend(more);
            }
        };
        assert_eq!(walk(Place::Anywhere, false).len(), 14);
        assert_eq!(walk(Place::Anywhere, true), ["comune-montelago/uffici", "comune-re/uffici", "comune-sant-orso/novita"]);
        assert_eq!(
            walk(Place::Province("LU".into()), false),
            [
                "citta-di-altolago/novita",
                "citta-di-altolago/uffici",
                "comune-montelago/novita",
                "comune-montelago/uffici",
                "comune-sant-orso/novita",
                "comune-sant-orso/uffici",
            ]
        );
        assert_eq!(walk(Place::Province("LU".into()), true), ["comune-montelago/uffici", "comune-sant-orso/novita"]);
        assert_eq!(walk(Place::Body(BodyId("comune-re".into())), false), ["comune-re/novita", "comune-re/uffici"]);
        assert_eq!(walk(Place::Body(BodyId("comune-re".into())), true), ["comune-re/uffici"]);
        let mut fewer = country();
        fewer.sources.retain(|source| source.id.0 != "comune-re/uffici");
        store.sync(&fewer, t(2)).unwrap();
        assert_eq!(walk(Place::Anywhere, true), ["comune-montelago/uffici", "comune-sant-orso/novita"], "those that are watched");
    }
}
