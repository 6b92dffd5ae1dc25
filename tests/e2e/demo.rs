//! The demo shows what it promises, and leaves nothing behind.

use crate::place::{Mail, Place};

#[test]
fn the_demo_mails_exactly_the_true_changes_and_nothing_for_the_noise() {
    let place = Place::new();
    let demo = place.run(&["demo", "--keep", "kept"]).done();
    for words in ["3 changes", "2 mails went out", "tributi hours", "biblioteca channels", "anagrafe closures"] {
        assert!(demo.out.contains(words), "{words}:\n{}", demo.out);
    }
    let mails: Vec<Mail> = Mail::all_in(&place.path("kept/outbox"));
    assert_eq!(mails.len(), 2);
    let newspaper = mails.iter().find(|mail| mail.to == "redazione@gazzetta.example").unwrap();
    let citizen = mails.iter().find(|mail| mail.to == "ada@posta.example").unwrap();
    for words in ["8:30", "9:00", "0583 555030", "0583 555777", "9 marzo"] {
        assert!(newspaper.text.contains(words), "{words}:\n{}", newspaper.text);
    }
    assert!(newspaper.text.contains("> Telefono: 0583 555777"), "the sentence of the new number:\n{}", newspaper.text);
    assert!(!newspaper.text.contains("> Telefono: 0583 555030"), "a sentence that is gone:\n{}", newspaper.text);
    for noise in ["festa del lago", "coro", "Stato civile", "Polizia"] {
        assert!(!newspaper.text.contains(noise), "{noise}:\n{}", newspaper.text);
    }
    assert!(citizen.text.contains("9 March") && !citizen.text.contains("Tributi"), "{}", citizen.text);
}

#[test]
fn the_demo_leaves_nothing_behind_but_what_it_names() {
    let place = Place::new();
    let before = place.files();
    let temporary = tempfile::tempdir().unwrap();
    let status = place.command(&["demo"]).env("TMPDIR", temporary.path()).stdout(std::process::Stdio::null()).status().unwrap();
    assert!(status.success());
    assert_eq!(place.files(), before);
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}
