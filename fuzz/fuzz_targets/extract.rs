//! Any bytes give notices whose values others can read: `RUSTC_BOOTSTRAP=1 cargo fuzz run extract -- -max_total_time=3600`.
//!
//! The first byte chooses how they are read: as text, as a page, or below the heading of an office.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sportello::document::{Input, read};
use sportello::domain::{ChannelKind, Week};
use sportello::extract::{self, Context};
use sportello::lexicon::Lexicon;

fuzz_target!(|data: &[u8]| {
    let Some((choice, bytes)) = data.split_first() else { return };
    let below_office;
    let (bytes, content_type) = match choice % 3 {
        0 => (bytes, "text/html"),
        1 => (bytes, "text/plain"),
        _ => {
            below_office = [b"Ufficio anagrafe\n", bytes].concat();
            (below_office.as_slice(), "text/plain")
        }
    };
    let document = read(&Input { bytes, content_type: Some(content_type), ..Input::default() });
    let context = Context { published: "2026-03-05".parse().ok().filter(|_| choice & 16 != 0), ..Context::default() };
    let reading = extract::read(&document, Lexicon::builtin(), &context);
    assert_eq!(reading, extract::read(&document, Lexicon::builtin(), &context), "the same document, the same reading");
    for notice in &reading.notices {
        for hours in &notice.hours {
            assert_eq!(hours.week.to_string().parse::<Week>().as_ref(), Ok(&hours.week));
        }
        for channel in &notice.channels {
            let number = matches!(channel.kind, ChannelKind::Phone | ChannelKind::Fax | ChannelKind::Whatsapp);
            if let Some(value) = channel.value.as_ref().filter(|_| number) {
                assert!(value.strip_prefix('+').unwrap_or(value).bytes().all(|b| b.is_ascii_digit()), "{value}");
            }
        }
    }
});
