//! Shows a document as the reader of facts sees it: `cargo run --example blocks -- FILE [CSS]`.

use sportello::document::{BlockKind, Input, read};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().unwrap_or_else(|| "-".to_owned());
    let select = arguments.next();
    let bytes = std::fs::read(&file)?;
    let document = read(&Input { bytes: &bytes, select: select.as_deref(), ..Input::default() });
    println!(
        "title {:?} · published {:?} · {} blocks · {} containers",
        document.title,
        document.published,
        document.blocks.len(),
        document.containers.len()
    );
    for warning in &document.warnings {
        println!("warning: {warning}");
    }
    for (index, block) in document.blocks.iter().enumerate() {
        let mut place = Vec::new();
        let mut at = Some(block.container);
        while let Some(container) = at.and_then(|at| document.containers.get(at)) {
            place.push(container.mark.as_ref().map_or_else(|| container.tag.to_owned(), |mark| format!("{}[{mark}]", container.tag)));
            at = container.parent;
        }
        place.reverse();
        let kind = match &block.kind {
            BlockKind::Table(_) => "Table".to_owned(),
            other => format!("{other:?}"),
        };
        println!("{index:4} {:?} {kind} {:?} #{} {}", block.region, block.headings, block.container, place.join(">"));
        if !block.text.is_empty() {
            println!("       | {}", block.text.replace('\n', "\n       | "));
        }
        for range in &block.strong {
            println!("       bold {:?}", block.text.get(range.clone()));
        }
        for link in &block.links {
            println!("       link {:?} → {}", block.text.get(link.range.clone()), link.href);
        }
        if let BlockKind::Table(table) = &block.kind {
            for row in &table.rows {
                let cells: Vec<String> = row
                    .iter()
                    .map(|cell| {
                        let mark = if cell.header { "!" } else { "" };
                        let span = if cell.spans_from.is_some() { "^" } else { "" };
                        format!("{mark}{span}{}", cell.text.replace('\n', "⏎"))
                    })
                    .collect();
                println!("       ‖ {}", cells.join(" ¦ "));
            }
        }
    }
    Ok(())
}
