//! Addresses: "via Roma 12", "Piazza del Municipio, 4", "via dell'Artigianato n. 8", "p.zza Garibaldi 3/A", "viale Matteotti snc".
//!
//! In: the original text with its tokens, and an index. Out: street and number, verbatim, and the index behind them, or `None`.
//! A street without a number is no address of an office.

use crate::text::{Token, TokenKind};

/// Whether a word opens the name of a street.
fn is_street(word: &str) -> bool {
    matches!(
        word,
        "rue"
            | "place"
            | "avenue"
            | "riviera"
            | "riva"
            | "calata"
            | "lungadige"
            | "lungopo"
            | "lungodora"
            | "rampa"
            | "ruga"
            | "rua"
            | "erta"
            | "androna"
            | "campiello"
            | "sestiere"
            | "villaggio"
            | "borgata"
            | "passeggiata"
            | "contra"
            | "lungotevere"
            | "lungofiume"
            | "via"
            | "viale"
            | "piazza"
            | "piazzale"
            | "piazzetta"
            | "corso"
            | "largo"
            | "vicolo"
            | "strada"
            | "borgo"
            | "contrada"
            | "lungomare"
            | "lungarno"
            | "lungolago"
            | "salita"
            | "galleria"
            | "calle"
            | "campo"
            | "fondamenta"
            | "rione"
            | "circonvallazione"
            | "traversa"
            | "vico"
            | "stradone"
            | "loc"
            | "localita"
            | "frazione"
            | "fraz"
            | "str"
            | "c"
            | "p"
            | "v"
    )
}

/// An address at `i`: the index behind it.
pub fn address(tokens: &[Token], i: usize) -> Option<usize> {
    let token = tokens.get(i)?;
    if !is_street(&token.text) {
        return None;
    }
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let mut at = match (token.text.as_str(), word(i + 1), word(i + 2)) {
        // "p.zza", "c.so", "v.le", "p.le"
        ("p", ".", "zza" | "za" | "le" | "zzale") | ("c", ".", "so" | "da") | ("v", ".", "le" | "lo") => i + 3,
        ("p" | "c" | "v", ..) => return None,
        ("loc" | "fraz" | "str", ".", _) => i + 2,
        ("str" | "fraz", ..) => return None,
        ("strada", "statale" | "provinciale" | "comunale", _) => i + 2,
        (
            "via",
            "libera" | "preferenziale" | "telematica" | "mail" | "e" | "email" | "pec" | "eccezionale" | "sperimentale" | "web" | "skype"
            | "whatsapp" | "telefono" | "ordinaria" | "temporanea" | "cautelare" | "preventiva",
            _,
        ) => {
            return None;
        }
        _ => i + 1,
    };
    if word(at) == "." {
        at += 1;
    }
    let first = at;
    // the name: up to six words, then the number
    while at < first + 9 {
        let token = tokens.get(at)?;
        if token.newline && at > first {
            return None;
        }
        match token.kind {
            TokenKind::Word => {
                if (token.is_any(&["n", "nr", "num", "numero", "civico", "snc"]) || without_number(tokens, at).is_some()) && at > first {
                    break;
                }
                // "lascerà il lungomare e si stabilirà in via del Porto 8": the first street ends where another begins
                if token.is_any(&["via", "viale", "piazza", "corso", "si", "che"])
                    || at == first && !token.upper && token.is_any(&["e", "o", "in", "a"])
                {
                    return None;
                }
                // "via Regina Margherita e Re Umberto 5"
                let double_name = token.is("e")
                    && at > first
                    && tokens[at - 1].upper
                    && tokens.get(at + 1).is_some_and(|t| t.upper && !is_street(&t.text));
                if double_name {
                    at += 2;
                    continue;
                }
                if token.is_any(&["tel", "dalle", "alle", "ore", "dal", "al", "aperto", "chiuso", "e", "o", "con", "per", "presso"])
                    && at > first
                    && !date_name(tokens, first, at)
                {
                    return None;
                }
                at += 1;
                if word(at) == "." && tokens.get(at).is_some_and(|t| !t.spaced) && tokens[at - 1].text.len() <= 4 {
                    at += 1;
                }
            }
            // "via Caduti 2 Maggio, 18", "via Martiri 10 Giugno 1944 n. 5": a date in the name, and the number of the house behind it
            TokenKind::Number if at > first && date_in_name(tokens, at).is_some() => {
                at = date_in_name(tokens, at).unwrap_or(at + 1);
            }
            TokenKind::Number if at > first => break,
            TokenKind::Number => at += 1,
            TokenKind::Sign => {
                if token.is(",")
                    && at > first
                    && tokens.get(at + 1).is_some_and(|t| t.kind == TokenKind::Number || t.is_any(&["n", "nr", "snc", "civico", "num"]))
                {
                    break;
                }
                // "via 1° Maggio"
                let ordinal = token.is("^") && at == first + 1 && tokens[first].kind == TokenKind::Number;
                if token.is("\"") || ordinal || token.is("-") && !token.spaced {
                    at += 1;
                    continue;
                }
                return None;
            }
        }
    }
    if at == first {
        return None;
    }
    // "per un corso di aggiornamento l'Ufficio Tributi non aprirà giovedì 21": a sentence goes on, and no name
    let common = |t: &Token| t.kind == TokenKind::Word && !t.upper && !t.text.ends_with('\'') && !is_particle(&t.text);
    let mixed = tokens[first..at].iter().any(|t| t.upper);
    if mixed && tokens[first..at].windows(2).any(|pair| common(&pair[0]) && common(&pair[1])) {
        return None;
    }
    // names have capitals, where the text has any: "in via di definizione 4 pratiche" is no address
    let named = tokens[first..at].iter().any(|t| t.upper || t.kind == TokenKind::Number);
    if !named && tokens.iter().any(|t| t.upper) {
        return None;
    }
    let mut next = at;
    while matches!(word(next), "," | "n" | "nr" | "num" | "numero" | "civico" | "." | "^" | "al") && next < at + 5 {
        next += 1;
    }
    if word(next) == "snc" {
        return Some(next + 1);
    }
    if let Some(end) = without_number(tokens, if word(at) == "," { at + 1 } else { at }) {
        return Some(end);
    }
    let number = tokens.get(next).filter(|t| t.kind == TokenKind::Number && t.text.len() <= 4)?;
    // "via Roma 8.30" is a time, "via Roma 0583" a phone, "via Roma 12 marzo" and "località Roncaglia 1° giugno" dates
    let month = word(if word(next + 1) == "^" { next + 2 } else { next + 1 });
    if number.text.starts_with('0') || crate::lexicon::Lexicon::builtin().month(month).is_some() && month.len() > 3 {
        return None;
    }
    let mut end = next + 1;
    // "Borgo Sesina, 16/09/2024": a place and a day
    let slash = |j: usize| tokens.get(j).is_some_and(|t| t.is_any(&["/", "."]) && !t.spaced);
    if slash(end) && slash(end + 2) && tokens.get(end + 3).is_some_and(|t| t.kind == TokenKind::Number && t.text.len() == 4) {
        return None;
    }
    if tokens.get(end).is_some_and(|t| t.is_any(&[".", ":", ","]) && !t.spaced)
        && tokens.get(end + 1).is_some_and(|t| t.kind == TokenKind::Number && !t.spaced)
    {
        return None;
    }
    // "12/A", "12 bis", "12-14"
    if tokens.get(end).is_some_and(|t| t.is_any(&["/", "-"]) && !t.spaced)
        && tokens.get(end + 1).is_some_and(|t| !t.spaced && t.text.len() <= 3)
    {
        end += 2;
    } else if matches!(word(end), "bis" | "ter")
        || tokens.get(end).is_some_and(|t| t.kind == TokenKind::Word && t.text.len() == 1 && !t.spaced)
    {
        end += 1;
    }
    Some(end)
}

/// A small word inside the name of a street.
fn is_particle(word: &str) -> bool {
    const PARTICLES: [&str; 21] = [
        "du", "de", "di", "del", "della", "dello", "dei", "degli", "delle", "da", "dal", "in", "sul", "sulla", "al", "alla", "alle", "ai",
        "a", "e", "san",
    ];
    PARTICLES.contains(&word)
}

/// "2 Maggio", "10 Giugno 1944" inside the name of a street: the index behind it, where the number of a house follows.
fn date_in_name(tokens: &[Token], at: usize) -> Option<usize> {
    let month = tokens.get(at + 1).filter(|t| t.upper && t.text.len() > 3)?;
    crate::lexicon::Lexicon::builtin().month(&month.text)?;
    let is_year = |t: &Token| t.kind == TokenKind::Number && t.text.len() == 4;
    let end = if tokens.get(at + 2).is_some_and(is_year) { at + 3 } else { at + 2 };
    let sign = (end..end + 3).find(|i| !tokens.get(*i).is_some_and(|t| t.is_any(&[",", "n", "."])))?;
    let house = tokens.get(sign).is_some_and(|t| t.kind == TokenKind::Number && t.text.len() <= 3 && !t.text.starts_with('0'));
    // "via Roma 12 Marzo 9-12": hours
    let hours = tokens
        .get(sign + 1)
        .is_some_and(|t| t.is_any(&["-", ".", ":"]) && tokens.get(sign + 2).is_some_and(|n| n.kind == TokenKind::Number));
    (house && !hours).then_some(end)
}

/// "s.n.c.", "s.n.": a house without a number; the index behind it.
fn without_number(tokens: &[Token], i: usize) -> Option<usize> {
    let is = |j: usize, text: &str| tokens.get(j).is_some_and(|t| t.is(text));
    if !(is(i, "s") && is(i + 1, ".") && is(i + 2, "n") && is(i + 3, ".")) {
        return None;
    }
    Some(if is(i + 4, "c") && is(i + 5, ".") { i + 6 } else { i + 4 })
}

/// "via 25 aprile e ..." never; "via Porta e Arco": an "e" inside a name is allowed when a capital follows, which tokens do not tell.
fn date_name(tokens: &[Token], first: usize, at: usize) -> bool {
    tokens.get(first).is_some_and(|t| t.kind == TokenKind::Number) && at == first + 1
}
