//! Any bytes give a document: `RUSTC_BOOTSTRAP=1 cargo fuzz run document -- -max_total_time=3600`.
//!
//! The first byte chooses how they are read, so that pages, texts, PDFs, feeds and outlines are all reached.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sportello::document::{BlockKind, Input, feed, outline, read};

fuzz_target!(|data: &[u8]| {
    let Some((choice, bytes)) = data.split_first() else { return };
    let url = url::Url::parse("https://comune.example/a/b").ok();
    let content_type = match choice % 4 {
        0 => Some("text/html"),
        1 => Some("text/html; charset=iso-8859-1"),
        2 => Some("text/plain"),
        _ => None,
    };
    let input = Input { bytes, content_type, url: url.as_ref(), select: (choice & 16 != 0).then_some("main") };
    if choice & 32 != 0 {
        let _ = feed::entries(bytes, url.as_ref());
        let _ = outline(&input);
        return;
    }
    let document = read(&input);
    for (index, block) in document.blocks.iter().enumerate() {
        assert!(block.container < document.containers.len());
        assert!(block.headings.iter().all(|heading| *heading < index));
        for link in &block.links {
            assert!(block.text.get(link.range.clone()).is_some());
        }
        for range in &block.strong {
            assert!(block.text.get(range.clone()).is_some());
        }
        if let BlockKind::Table(table) = &block.kind {
            assert!(table.rows.iter().map(Vec::len).sum::<usize>() <= 1_200_000);
        }
    }
});
