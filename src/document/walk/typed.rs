//! Text as it was typed, inside `<pre>`: lines are lines, columns are columns, as in a text file.

use ego_tree::NodeRef;
use scraper::Node;

use super::super::flow::Gathered;
use super::super::{BlockKind, text};
use super::Walk;

impl Walk<'_> {
    /// Reads what stands inside a `<pre>` like a text of its own; false where it holds links or breaks, which only the way through the elements keeps.
    pub(super) fn typed(&mut self, node: NodeRef<'_, Node>) -> bool {
        let plain = |node: &NodeRef<'_, Node>| {
            node.value()
                .as_element()
                .is_none_or(|element| matches!(element.name(), "b" | "strong" | "font" | "i" | "em" | "u" | "big" | "span"))
        };
        if !node.descendants().skip(1).all(|inside| plain(&inside)) {
            return false;
        }
        let words: String = node.descendants().filter_map(|inside| inside.value().as_text().map(|text| text.to_string())).collect();
        if words.trim().lines().count() < 2 {
            return false;
        }
        self.flush();
        let mut heading = None;
        for (kind, text) in text::typed(&words) {
            let gathered = Gathered { text, links: Vec::new(), strong: Vec::new() };
            let mut headings = self.headings.path();
            headings.extend(heading);
            if matches!(kind, BlockKind::Heading(_)) {
                // a title of the text ends with it, and takes no part in the page's own
                headings = self.headings.path();
                heading = Some(self.document.blocks.len());
            }
            self.block(kind, gathered, headings);
        }
        true
    }
}
