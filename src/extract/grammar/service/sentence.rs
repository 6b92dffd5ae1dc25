//! A sentence with its words of service, and the ways to walk through it.

use std::ops::Range;

use super::Beside;
use crate::lexicon::{Cue, Lexicon, Run, ServiceWord as Word};
use crate::text::{Token, TokenKind};

pub(super) struct Sentence<'a> {
    pub(super) tokens: &'a [Token],
    beside: Beside<'a>,
    lexicon: &'a Lexicon,
    /// By the token at which they begin: class and end.
    at: Vec<Vec<(Word, usize)>>,
    taken: Vec<bool>,
    cues: Vec<Run<Cue>>,
}

/// A word that was looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) word: Word,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether a verb that says nothing on its own stands before it.
    pub(super) verb: bool,
}

impl<'a> Sentence<'a> {
    pub(super) fn new(tokens: &'a [Token], words: &[Run<Word>], beside: Beside<'a>, lexicon: &'a Lexicon) -> Self {
        let mut at = vec![Vec::new(); tokens.len()];
        for run in words {
            let inside = beside.names.iter().any(|name| name.start <= run.start && run.end <= name.end);
            if !inside && run.start < run.end {
                at[run.start].push((run.kind, run.end));
            }
        }
        Self { tokens, beside, lexicon, at, taken: vec![false; tokens.len()], cues: Vec::new() }
    }

    pub(super) fn into_cues(mut self) -> Vec<Run<Cue>> {
        self.cues.sort_by_key(|cue| (cue.start, cue.end));
        self.cues
    }

    /// Says a cue, and takes its words from the rules that follow.
    pub(super) fn say(&mut self, kind: Cue, range: Range<usize>) {
        let range = range.start..range.end.min(self.tokens.len());
        self.taken[range.clone()].fill(true);
        self.cues.push(Run { kind, start: range.start, end: range.end });
    }

    /// Whether this was said somewhere in a range.
    pub(super) fn said(&self, kind: Cue, range: Range<usize>) -> bool {
        self.cues.iter().any(|cue| cue.kind == kind && range.start <= cue.start && cue.start < range.end)
    }

    /// The words of one class that no rule has used, in order.
    pub(super) fn all(&self, word: Word) -> Vec<Range<usize>> {
        let found = self.at.iter().enumerate().flat_map(|(start, words)| words.iter().map(move |(w, end)| (*w, start..*end)));
        found.filter(|(w, range)| *w == word && !self.taken[range.clone()].contains(&true)).map(|(_, range)| range).collect()
    }

    pub(super) fn text(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |token| token.text.as_str())
    }

    /// The end of a word of this class that begins here.
    pub(super) fn has(&self, i: usize, word: Word) -> Option<usize> {
        self.at.get(i)?.iter().filter(|(w, _)| *w == word).map(|(_, end)| *end).max()
    }

    /// Whether a token ends a phrase: a sign, or a word that opens another.
    pub(super) fn stops(&self, i: usize) -> bool {
        let Some(token) = self.tokens.get(i) else { return true };
        match token.kind {
            // "il centro di raccolta di loc. Molino sarà aperto"
            TokenKind::Sign if token.is(".") && i > 0 && ["loc", "fraz", "reg", "str", "ss", "dott", "sig"].contains(&self.text(i - 1)) => {
                false
            }
            TokenKind::Sign if token.is(".") => self.tokens.get(i + 1).is_none_or(|next| next.spaced),
            TokenKind::Sign => token.is_any(&[",", ";", ":", "(", ")", "|", "\"", "!", "?", "*"]) || token.is("-") && token.spaced,
            _ => {
                token.is_any(&["ma", "pero", "mentre", "bensi", "tuttavia", "sebbene", "benche", "perche", "poiche", "affinche", "quando"])
            }
        }
    }

    /// The phrase around a token.
    pub(super) fn phrase(&self, i: usize) -> Range<usize> {
        let start = (0..i).rev().find(|j| self.stops(*j)).map_or(0, |j| j + 1);
        let end = (i..self.tokens.len()).find(|j| self.stops(*j)).unwrap_or(self.tokens.len());
        start..end.max(start)
    }

    /// The index behind words that may stand in between, and whether a verb is among them.
    fn filler(&self, i: usize) -> Option<(usize, bool)> {
        if let Some(time) = self.beside.times.iter().find(|time| time.start == i && time.end > i) {
            return Some((time.end, false));
        }
        let light = self.has(i, Word::Light);
        if let Some(end) = light.max(self.has(i, Word::Small)) {
            return Some((end, light.is_some()));
        }
        self.text(i).ends_with("mente").then_some((i + 1, false))
    }

    /// The first of these classes that is reached from a token over words that say nothing.
    pub(super) fn path(&self, from: usize, wanted: &[Word], most: usize) -> Option<Hit> {
        self.walk(from, wanted, &[], most)
    }

    /// The same over words of further classes.
    pub(super) fn walk(&self, from: usize, wanted: &[Word], over: &[Word], most: usize) -> Option<Hit> {
        let (mut i, mut verb) = (from, false);
        for _ in 0..=most {
            if i >= self.tokens.len() {
                return None;
            }
            if let Some((word, end)) = wanted.iter().find_map(|word| self.has(i, *word).map(|end| (*word, end))) {
                return Some(Hit { word, start: i, end, verb });
            }
            if self.stops(i) {
                return None;
            }
            let over = over.iter().find_map(|word| self.has(i, *word));
            // "in programma" is one word, though "in" says nothing
            let phrase = over.filter(|end| *end > i + 1);
            match self.filler(i).filter(|_| phrase.is_none()) {
                Some((end, light)) => (i, verb) = (end, verb | light),
                None => i = over?,
            }
        }
        None
    }

    /// A word of these classes that ends right before a token, or before words that say nothing in front of it.
    pub(super) fn back(&self, before: usize, wanted: &[Word], most: usize) -> Option<Hit> {
        (0..=most).map_while(|n| before.checked_sub(n + 1)).take_while(|i| !self.stops(*i)).find_map(|i| {
            let (word, end) = wanted.iter().find_map(|word| self.has(i, *word).map(|end| (*word, end)))?;
            let mut j = end;
            while j < before {
                // "l'orario [dell'ufficio tecnico] si riduce"
                let name = self.beside.names.iter().find(|name| name.start == j && name.end > j).map(|name| name.end);
                j = name.or_else(|| self.filler(j).map(|(end, _)| end))?;
            }
            (j == before).then_some(Hit { word, start: i, end, verb: false })
        })
    }

    /// The first word of these classes in a range.
    pub(super) fn first(&self, range: Range<usize>, wanted: &[Word]) -> Option<Hit> {
        range.clone().find_map(|i| {
            let (word, end) = wanted.iter().find_map(|word| self.has(i, *word).map(|end| (*word, end)))?;
            Some(Hit { word, start: i, end, verb: false })
        })
    }

    pub(super) fn any(&self, range: Range<usize>, word: Word) -> bool {
        self.first(range, &[word]).is_some()
    }

    /// Whether an office's name begins here.
    pub(super) fn named(&self, i: usize) -> bool {
        self.beside.names.iter().any(|name| name.contains(&i))
    }

    pub(super) fn is_weekday(&self, i: usize) -> bool {
        self.lexicon.weekday(self.text(i)).is_some()
    }

    pub(super) fn timed(&self, i: usize) -> bool {
        self.beside.times.iter().any(|time| time.contains(&i))
    }

    /// Whether a word of doubt stands in a range.
    pub(super) fn doubted(&self, range: Range<usize>) -> bool {
        self.beside.doubts.iter().any(|at| range.contains(at))
    }

    /// Whether a noun stands for the office or a part of it.
    pub(super) fn is_house(&self, i: usize) -> bool {
        const PAPERS: [&str; 6] = ["pratic", "document", "certificat", "regol", "calendari", "potra"];
        let text = self.text(i);
        // "la sala d'attesa resta a disposizione", "la sala consiliare sarà chiusa": a room that is no counter
        const ROOMS: [&str; 8] = ["d'", "consiliare", "conferenze", "convegni", "riunioni", "matrimoni", "polifunzionale", "polivalente"];
        if matches!(text, "sala" | "saletta") && ROOMS.contains(&self.text(i + 1)) {
            return false;
        }
        // "il centro è chiuso la domenica": of collection, of families; not the town's
        let centre = matches!(text, "centro" | "ecocentro") && self.has(i + 1, Word::Be).is_some();
        centre
            || self.named(i)
            || self.timed(i)
            || self.has(i, Word::Public).is_some()
            || self.has(i, Word::Serving).is_some()
            || self.lexicon.cues().is_house(text) && !PAPERS.iter().any(|stem| text.starts_with(stem))
            || self.lexicon.month(text).is_some()
    }

    /// "l'accesso agli sportelli", not "l'accesso a internet"; "servizio di sportello", not "servizio di scuolabus"; "riceve i cittadini", not "riceve il premio".
    pub(super) fn is_ours(&self, hit: &Hit) -> bool {
        let text = self.text(hit.start);
        let object = self.object(hit.end);
        if text.starts_with("access") || text.starts_with("acced") || text.starts_with("ingress") || text.starts_with("entra") {
            let to = self.tokens.get(hit.end).is_some_and(|t| {
                t.is_any(&["a", "ai", "al", "alla", "allo", "all'", "agli", "alle", "in", "nel", "nella", "nei", "negli", "presso"])
            });
            let noun = hit.end + 1;
            return !to
                || self.is_place(noun)
                || self.is_place(noun + 1) && self.has(noun, Word::Small).is_some()
                || self.has(noun, Word::Public).is_some();
        }
        match hit.word {
            Word::Serve if text.starts_with("ricev") || text.starts_with("accogl") || text.starts_with("accolt") => {
                object.is_none_or(|noun| self.has(noun, Word::Public).is_some() || self.named(noun))
            }
            Word::Serve if text.starts_with("ap") => object.is_none_or(|noun| self.is_house(noun)),
            Word::Serving if text.starts_with("serviz") || text.starts_with("attivita") || text.starts_with("apertur") => {
                match self.text(hit.end) {
                    "di" | "d'" | "del" | "della" | "dello" | "dell'" | "dei" | "degli" | "delle" => {
                        let noun = hit.end + 1;
                        self.is_place(noun)
                            || self.is_house(noun)
                            || self.has(noun, Word::Serving).is_some()
                            || self.has(noun, Word::Public).is_some()
                            || self.has(noun, Word::Urgent).is_some()
                    }
                    _ => true,
                }
            }
            _ => true,
        }
    }

    fn is_place(&self, i: usize) -> bool {
        self.named(i) || self.has(i, Word::Place).is_some() || self.has(i, Word::Serving).is_some()
    }

    /// The noun behind a verb: "sospende [i] solleciti".
    pub(super) fn object(&self, from: usize) -> Option<usize> {
        let article =
            |i: usize| self.tokens.get(i).is_some_and(|t| t.is_any(&["il", "lo", "la", "l'", "i", "gli", "le", "un", "uno", "una", "un'"]));
        if self.timed(from) || self.named(from) {
            return None;
        }
        if article(from) {
            return Some(from + 1).filter(|noun| !self.timed(*noun) && self.tokens.get(*noun).is_some_and(|t| t.kind == TokenKind::Word));
        }
        let token = self.tokens.get(from)?;
        let bare = token.kind == TokenKind::Word
            && self.at[from].is_empty()
            && !token.text.ends_with("mente")
            && !self.lexicon.cues().is_trade(&token.text);
        bare.then_some(from)
    }

    /// Whether a state is said of a thing that is no office: "le iscrizioni al corso sono chiuse", "chiuso un locale per violazioni".
    pub(super) fn is_of_a_thing(&self, state: &Range<usize>) -> bool {
        let mut end = state.start;
        while let Some(hit) = end.checked_sub(1).filter(|i| !self.named(*i) && !self.timed(*i) && !self.stops(*i)) {
            let word = self.text(hit);
            // "saremo chiusi", "restiamo aperti": who speaks is the office
            if word.ends_with("iamo") || word.ends_with("remo") {
                return false;
            }
            let adverb = self.has(hit, Word::Be).is_some()
                || self.has(hit, Word::Not).is_some()
                || word.ends_with("mente")
                || matches!(word, "ha" | "hanno" | "avra" | "sempre" | "ancora" | "gia" | "anche" | "comunque" | "momentaneamente");
            if !adverb {
                break;
            }
            end = hit;
        }
        let start = (0..end).rev().find(|i| self.stops(*i) || self.text(*i) == "che").map_or(0, |i| i + 1);
        // "i lettori la troveranno chiusa", "lo si trova aperto": the pronoun stands for what was spoken of
        let found = end.checked_sub(1).filter(|i| self.text(*i).starts_with("trov"));
        if found.is_some_and(|i| (i.saturating_sub(3)..i).any(|j| matches!(self.text(j), "la" | "lo" | "li" | "le"))) {
            return false;
        }
        if start >= end {
            return self.is_followed_by_a_thing(state.end) || self.before_insertion(start).is_some_and(|head| !self.is_house(head));
        }
        self.head(start..end).is_some_and(|head| !self.is_house(head))
    }

    /// "il piano nobile, dove lavorano due uffici, sarà accessibile": the noun before an insertion that ends here.
    fn before_insertion(&self, from: usize) -> Option<usize> {
        const RELATIVE: [&str; 7] = ["dove", "ove", "che", "cui", "quale", "quali", "in"];
        let closed = from.checked_sub(1).filter(|i| self.text(*i) == ",")?;
        let open = (closed.saturating_sub(14)..closed).rev().find(|i| self.stops(*i)).filter(|i| self.text(*i) == ",")?;
        // "la sala d'attesa, climatizzata, resta a disposizione"
        if !RELATIVE.contains(&self.text(open + 1)) && closed > open + 2 {
            return None;
        }
        // "i permessi si ritirano all'ufficio tributi, in via Po 3, aperto al pubblico …": the office that the insertion is about
        if open.checked_sub(1).is_some_and(|i| self.named(i)) {
            return None;
        }
        let start = (0..open).rev().find(|i| self.stops(*i)).map_or(0, |i| i + 1);
        self.head(start..open)
    }

    /// The noun that a run of words is about: behind its last article that no preposition governs, or its only word.
    fn head(&self, range: Range<usize>) -> Option<usize> {
        let free = |i: usize| {
            let before = i.checked_sub(1).filter(|b| *b >= range.start).map_or("", |b| self.text(b));
            !matches!(
                before,
                "per"
                    | "con"
                    | "tra"
                    | "fra"
                    | "entro"
                    | "oltre"
                    | "dopo"
                    | "durante"
                    | "presso"
                    | "verso"
                    | "salvo"
                    | "tranne"
                    | "tutto"
                    | "tutta"
                    | "causa"
                    | "dal"
                    | "secondo"
            )
        };
        let article = |i: &usize| {
            let token = &self.tokens[*i];
            token.is_any(&["il", "lo", "la", "l'", "i", "gli", "le", "un", "uno", "una", "un'", "quel", "quella", "questo", "questa"])
                && !self.timed(*i)
                && free(*i)
        };
        if let Some(noun) = range
            .clone()
            .rev()
            .find(article)
            .map(|i| {
                // "il cui sportello", "il suo sportello"
                let whose = ["cui", "suo", "sua", "suoi", "sue", "nostro", "nostra", "nostri", "nostre", "loro", "proprio"];
                // "le due biblioteche"
                let counted = ["due", "tre", "quattro", "cinque"];
                if whose.contains(&self.text(i + 1)) || counted.contains(&self.text(i + 1)) { i + 2 } else { i + 1 }
            })
            .filter(|noun| *noun < range.end)
        {
            return Some(noun);
        }
        let only = range.end.checked_sub(1)?;
        // "di giorni chiusi ne ha visti parecchi"
        let attribute =
            range.len() == 2 && matches!(self.text(range.start), "di" | "con" | "a" | "da") && !self.named(only) && !self.timed(only);
        if attribute && !self.text(only).starts_with("uffic") && !self.text(only).starts_with("sportell") {
            return Some(range.start);
        }
        let token = self.tokens.get(only).filter(|token| token.kind == TokenKind::Word)?;
        let bare = range.len() == 1 && self.at[only].is_empty() && token.text.len() > 3 && !self.timed(only);
        bare.then_some(only)
    }

    fn is_followed_by_a_thing(&self, from: usize) -> bool {
        let mut i = from;
        // "è chiusa per l'umidità": the reason
        let reason = |i: usize| self.text(i) == "per" && matches!(self.text(i + 1), "il" | "lo" | "la" | "l'" | "i" | "gli" | "le");
        while i < self.tokens.len()
            && !reason(i)
            && !self.stops(i)
            && (self.timed(i)
                || self.text(i).ends_with("mente")
                || matches!(self.text(i), "di" | "a" | "al" | "per")
                || self.has(i, Word::Public).is_some())
        {
            i += 1;
        }
        let token = |i: usize| self.tokens.get(i);
        // "chiusa dall'11 al 23 agosto per l'inventario": why, not what
        if i > from && self.text(i - 1) == "per" {
            return false;
        }
        let article = token(i).is_some_and(|t| t.is_any(&["il", "lo", "la", "l'", "i", "gli", "le", "un", "uno", "una", "un'"]));
        article
            && !self.timed(i)
            && token(i + 1)
                .is_some_and(|noun| noun.kind == TokenKind::Word && !self.is_house(i + 1) && self.has(i + 1, Word::Serving).is_none())
    }
}
