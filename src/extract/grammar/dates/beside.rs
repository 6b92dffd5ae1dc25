//! What stands beside days and is none: words in signs between two ends, things that are counted, weeks.

use crate::extract::grammar::weekdays;
use crate::lexicon::Lexicon;
use crate::text::{Token, TokenKind};

/// Behind "(vigilia di Natale)" or ", primo giorno d'estate," where a few words between signs stand at `i` in front of the end of a range; else `i`.
pub(super) fn behind_gloss(tokens: &[Token], i: usize) -> usize {
    if tokens.get(i).is_some_and(|t| t.is(",")) {
        let close = (i + 2..i + 8).find(|j| tokens.get(*j).is_none_or(|t| t.kind != TokenKind::Word)).unwrap_or(i);
        let ends = tokens.get(close + 1).is_some_and(|t| t.is_any(&["al", "all'", "fino", "sino"]));
        return if ends && tokens[close].is(",") { close + 1 } else { i };
    }
    if !tokens.get(i).is_some_and(|t| t.is("(")) {
        return i;
    }
    (i + 1..i + 8).find(|j| tokens.get(*j).is_some_and(|t| t.is(")"))).map_or(i, |close| close + 1)
}

/// "articoli dal 12 al 17", "numeri civici dal 3 al 9": things are counted, not days.
pub(super) fn is_quantity(tokens: &[Token], i: usize) -> bool {
    let counted = ["articol", "art", "numer", "civic", "pagin", "comm", "ann", "euro", "valor", "punt", "lotto", "lotti", "grad"];
    tokens[i.saturating_sub(2)..i].iter().any(|t| counted.iter().any(|w| t.text.starts_with(w)))
}

/// "al 17%", "al 17 per cento", "a 99 anni".
pub(super) fn is_unit(tokens: &[Token], i: usize) -> bool {
    tokens.get(i).is_some_and(|t| {
        t.is_any(&["%", "per", "anni", "euro", "e", "mesi", "gradi", "km", "metri"])
            && (!t.is("per") || tokens.get(i + 1).is_some_and(|n| n.is("cento")))
            && !t.is("e")
    })
}

/// "da lunedì a venerdì": two bare weekdays make a week, no period.
pub(super) fn days_range(tokens: &[Token], i: usize, lexicon: &Lexicon) -> bool {
    let Some((_, next)) = weekdays::weekday(tokens, i, lexicon) else { return false };
    let joins = tokens.get(next).is_some_and(|t| t.is_any(&["a", "al", "-", "fino", "sino", "ad"]));
    let at = if tokens.get(next).is_some_and(|t| t.is_any(&["fino", "sino"])) { next + 2 } else { next + 1 };
    joins
        && weekdays::weekday(tokens, at, lexicon).is_some_and(|(_, end)| {
            !tokens.get(end).is_some_and(|t| {
                t.kind == TokenKind::Number && t.text.len() <= 2 && tokens.get(end + 1).is_some_and(|n| lexicon.month(&n.text).is_some())
            })
        })
}
