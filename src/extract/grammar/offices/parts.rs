//! An office and a part of it, named side by side: which of the two is meant.
//!
//! In: tokens and the offices that were named. Out: the offices, one of them narrowed to its part, and the index behind the words.

use super::Named;
use crate::domain::OfficeId;
use crate::lexicon::Lexicon;
use crate::text::Token;

/// "Ufficio tecnico - Urbanistica", "Ufficio tecnico (edilizia privata)": the sign says which part of it is meant.
pub(super) fn narrow(tokens: &[Token], label: bool, offices: &mut Vec<Named>) {
    let [whole, part] = offices.as_slice() else { return };
    // "U.T.C. - Ufficio edilizia privata"
    let initials =
        tokens.get(whole.tokens.clone()).unwrap_or_default().iter().filter(|t| !t.is(".")).map(|t| t.text.as_str()).collect::<String>();
    let technical = tokens.get(whole.tokens.end.saturating_sub(1)).is_some_and(|t| t.is_any(&["tecnico", "tecnica"])) || initials == "utc";
    let sign = tokens.get(whole.tokens.end..part.tokens.start).unwrap_or_default();
    let headed = tokens.get(part.tokens.start).is_some_and(|t| t.is_any(&["settore", "sezione", "area"]));
    // "UFFICIO TECNICO, edilizia privata: …": two lines of one cell, the second in small letters
    let cell = label
        && tokens.get(part.tokens.start).is_some_and(|t| !t.upper)
        && tokens.get(part.tokens.end).is_none_or(|t| t.is_any(&[":", "("]));
    let joins = |t: &Token| t.is_any(&["-", "(", "/", ":", "."]) || (headed || cell) && t.is(",");
    if technical && part.office.0 == "urbanistica" && !sign.is_empty() && sign.iter().all(joins) {
        let name = whole.tokens.start..part.tokens.end;
        *offices = vec![Named { office: part.office.clone(), tokens: name }];
    }
}

/// "Ufficio tecnico - edilizia", "Ufficio tecnico, settore urbanistica": the same in common words, which are no name on their own. The index behind them.
pub(super) fn narrowed_behind(tokens: &[Token], at: usize, label: bool, offices: &mut [Named], lexicon: &Lexicon) -> usize {
    let [whole] = offices else { return at };
    let technical = tokens.get(whole.tokens.end.saturating_sub(1)).is_some_and(|t| t.is_any(&["tecnico", "tecnica"]));
    let Some(sign) = tokens.get(at).filter(|t| technical && t.is_any(&["-", "(", ","])) else { return at };
    let head = lexicon.head_at(tokens, at + 1);
    // "UFFICIO TECNICO, edilizia privata: …": two lines of one cell
    let cell = || {
        let part = lexicon.office_at(tokens, at + 1);
        label && part.is_some_and(|part| tokens.get(part.next).is_none_or(|t| t.is_any(&[":", "(", "-"])))
    };
    if sign.is(",") && head.is_none() && !cell() {
        return at;
    }
    let name = lexicon.office_at(tokens, at + 1).or_else(|| lexicon.office_at(tokens, head?));
    let Some(name) = name.filter(|name| name.office.as_ref().is_some_and(|o| o.0 == "urbanistica")) else { return at };
    *whole = Named { office: name.office.unwrap_or_else(OfficeId::other), tokens: whole.tokens.start..name.next };
    name.next + usize::from(sign.is("(") && tokens.get(name.next).is_some_and(|t| t.is(")")))
}

/// "Polizia Locale - Ufficio verbali", "Anagrafe (servizi demografici)": a part or another name of the same office adds nothing.
pub(super) fn part_of(tokens: &[Token], at: usize, offices: &mut [Named], lexicon: &Lexicon) -> usize {
    let (Some(sign), Some(last)) = (tokens.get(at), offices.last().cloned()) else { return at };
    if !sign.is_any(&["(", "-"]) || offices.is_empty() {
        return at;
    }
    match lexicon.office_at(tokens, at + 1) {
        Some(name) if name.office.as_ref() == Some(&last.office) => {
            let close = tokens.get(name.next).is_some_and(|t| t.is(")"));
            if sign.is("(") && !close { at } else { name.next + usize::from(close) }
        }
        _ => at,
    }
}
