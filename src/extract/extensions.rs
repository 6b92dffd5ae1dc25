//! Directories of extensions: "i numeri di tre cifre sono interni: da fuori si antepone 0571 627" makes a number of each figure beside "Telefono".
//!
//! In: segments with their phrases. Out: the phrases with those numbers.

use std::ops::Range;

use super::scan::{Mark, Placed};
use super::segment::{Role, Segment};
use crate::document::Region;
use crate::domain::{Channel, ChannelKind};
use crate::text::{Token, TokenKind};

/// Figures of an extension.
const FIGURES: std::ops::RangeInclusive<usize> = 2..=4;
/// Figures of a whole number on land, at most and at least.
const NUMBER: std::ops::RangeInclusive<usize> = 8..=11;

/// Gives extensions the number that the document says to put in front of them.
pub fn complete(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let Some((told_at, front)) = (0..segments.len()).find_map(|i| front_of(&segments[i], &scans[i]).map(|front| (i, front))) else {
        return;
    };
    let mut completed = false;
    for (segment, marks) in segments.iter().zip(scans.iter_mut()) {
        if segment.region != Region::Main || !matches!(segment.role, Role::Row | Role::Item | Role::Line) {
            continue;
        }
        for (at, kind) in extensions(segment, marks) {
            let value = format!("{front}{}", segment.tokens[at].text);
            if NUMBER.contains(&value.trim_start_matches("+39").len()) {
                completed = true;
                let place = marks.partition_point(|m| m.start < at);
                marks.insert(place, Placed { mark: Mark::Channel(Channel { kind, value: Some(value) }), start: at, end: at + 1 });
            }
        }
    }
    if completed {
        // what is put in front of a number is none itself
        scans[told_at].retain(|m| !matches!(&m.mark, Mark::Channel(c) if c.value.as_deref() == Some(front.as_str())));
    }
}

/// "dall'esterno si fa precedere 0571 627", "da fuori comporre 0571/627 seguito dall'interno": what comes before an extension.
fn front_of(segment: &Segment, marks: &[Placed]) -> Option<String> {
    const PUT: [&str; 8] = ["preced", "antepo", "premett", "prefiss", "seguit", "compor", "componend", "aggiung"];
    let starts = |t: &Token, stems: &[&str]| stems.iter().any(|stem| t.text.starts_with(stem));
    let inner = segment.folded.has("intern") && segment.tokens.iter().any(|t| t.is_any(&["interni", "interno"]));
    let put = || segment.tokens.iter().any(|t| starts(t, &PUT));
    if !inner || segment.region != Region::Main || !put() {
        return None;
    }
    if let Some(front) = marks.iter().find_map(|m| match &m.mark {
        Mark::Channel(Channel { kind: ChannelKind::Phone, value: Some(value) }) if value.starts_with("+390") && value.len() <= 11 => {
            Some(value.clone())
        }
        _ => None,
    }) {
        return Some(front);
    }
    // too short for a number: "0571 627"
    let figures = |i: usize| segment.tokens.get(i).filter(|t| t.kind == TokenKind::Number).map(|t| t.text.as_str());
    (0..segment.tokens.len()).find_map(|i| {
        let area = figures(i).filter(|area| area.starts_with('0') && (2..=4).contains(&area.len()))?;
        let sign = usize::from(segment.tokens.get(i + 1).is_some_and(|t| t.is_any(&["/", "-", "."])));
        let rest = figures(i + 1 + sign).filter(|rest| (2..=5).contains(&rest.len()))?;
        Some(format!("+39{area}{rest}"))
    })
}

/// The figures beside "Telefono" or "Interno" that are no whole number.
fn extensions(segment: &Segment, marks: &[Placed]) -> Vec<(usize, ChannelKind)> {
    const LABELS: [&str; 7] = ["telefono", "telefoni", "tel", "interno", "interni", "int", "numero"];
    const BESIDE: [&str; 8] = ["-", "/", ",", "e", "o", "fax", "int", "."];
    let tokens = &segment.tokens;
    let inside = |at: usize| marks.iter().any(|m| m.start <= at && at < m.end && !matches!(m.mark, Mark::Comma | Mark::Cue(_)));
    let mut found = Vec::new();
    let ends: Range<usize> = 0..tokens.len();
    for label in ends.filter(|i| LABELS.contains(&tokens[*i].text.as_str()) && tokens.get(i + 1).is_some_and(|t| t.is_any(&[":", "."]))) {
        let mut fax = false;
        for (at, token) in tokens.iter().enumerate().skip(label + 2) {
            if token.kind == TokenKind::Number && FIGURES.contains(&token.text.len()) && !inside(at) {
                found.push((at, if fax { ChannelKind::Fax } else { ChannelKind::Phone }));
                fax = false;
            } else if BESIDE.contains(&token.text.as_str()) {
                fax |= token.is("fax");
            } else {
                break;
            }
        }
    }
    found
}
