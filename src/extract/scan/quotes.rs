//! Quotations: what somebody says, and which sentences it runs over.

use std::ops::Range;

use super::Placed;
use crate::extract::segment::Segment;

/// Whether a text leaves a quotation open, given whether one was open before.
pub fn leaves_quote_open(text: &str, open: bool) -> bool {
    text.chars().fold(open, |open, c| match c {
        '«' | '“' => true,
        '»' | '”' => false,
        '"' => !open,
        _ => open,
    })
}

/// What somebody says in quotation marks is an opinion, not a statement of the office. Names in quotation marks are short.
pub(super) fn drop_quoted(segment: &Segment, marks: &mut Vec<Placed>) {
    let mut quoted: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = segment.quoted.then_some(0);
    for (i, token) in segment.tokens.iter().enumerate() {
        if token.is("\"") {
            match open.take() {
                // "L'opposizione: «Riaprite l'anagrafe il sabato»" is speech, however short
                // "la frase «solo su appuntamento» va considerata come non scritta"
                Some(start) if is_struck(segment) => quoted.push(start..i),
                Some(start)
                    if i - start > 8
                        || start > 0 && segment.tokens[start - 1].is(":")
                        || start == 0 && segment.quoted
                        || start == 0 && segment.tokens.get(i + 1).is_some_and(|t| t.is(",")) =>
                {
                    quoted.push(start..i)
                }
                Some(_) => {}
                None => open = Some(i),
            }
        }
    }
    if let Some(start) = open.filter(|start| segment.tokens.len() - start > 8 || segment.quoted && *start == 0) {
        quoted.push(start..segment.tokens.len());
    }
    // «I recapiti non cambiano: si chiama sempre lo 0331 …»: a number is a number, whoever says it
    let has = |q: &Range<usize>, stems: &[&str]| segment.tokens[q.clone()].iter().any(|t| stems.iter().any(|w| t.text.starts_with(w)));
    let contacts = |q: &Range<usize>| has(q, &["recapit", "numero", "centralino"]) && has(q, &["chiam", "rispond", "scriv"]);
    let stays = |m: &Placed, q: &Range<usize>| matches!(m.mark, super::Mark::Channel(_)) && contacts(q);
    marks.retain(|m| !quoted.iter().any(|q| q.contains(&m.start) && !stays(m, q)));
}

/// Whether a sentence says of words that it quotes that they do not hold.
fn is_struck(segment: &Segment) -> bool {
    const STRUCK: [&str; 10] = [
        "come non scritt",
        "non va considerat",
        "va considerata errat",
        "da ignorare",
        "va ignorat",
        "refuso",
        "era rimast",
        "per errore",
        "va cancellat",
        "non vale piu",
    ];
    segment.folded.has_any(&STRUCK)
}
