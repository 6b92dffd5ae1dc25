//! Hours from their own text and from words: `RUSTC_BOOTSTRAP=1 cargo fuzz run hours -- -max_total_time=3600`.
//!
//! Text that is taken for a week has one normal form; the rule families go on from every token and never past the last one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sportello::domain::Week;
use sportello::extract::grammar::dates::{self, Anchor};
use sportello::extract::grammar::{addresses, channels, times, weekdays};
use sportello::lexicon::Lexicon;
use sportello::text::{Folded, tokens};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    if let Ok(week) = text.parse::<Week>() {
        let written = week.to_string();
        assert_eq!(written.parse::<Week>().as_ref(), Ok(&week), "{written}");
    }
    let folded = Folded::new(&text);
    let words = tokens(&folded.text);
    let lexicon = Lexicon::builtin();
    let day = "2026-03-05".parse().ok();
    let anchor = Anchor { day, year: Some(2026), month: Some(3), ..Anchor::default() };
    for i in 0..words.len() {
        let ends = [
            times::span(&words, i, lexicon).map(|span| span.next),
            weekdays::days(&words, i, lexicon).map(|(_, next)| next),
            weekdays::part(&words, i).map(|(_, next)| next),
            dates::when(&words, i, &anchor, lexicon).map(|(_, next)| next),
            dates::when(&words, i, &Anchor::default(), lexicon).map(|(_, next)| next),
            addresses::address(&words, i),
        ];
        assert!(ends.into_iter().flatten().all(|next| next > i && next <= words.len()));
    }
    for found in channels::find(&folded) {
        assert!(folded.text.get(found.range).is_some());
    }
});
