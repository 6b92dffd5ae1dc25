//! The small language in which the lists of the lexicon are written: "chius(o|a)", "riapr*", "(lo )?sportello", "e-mail".

/// A form that stands for more texts than this is left to a regular expression.
const MOST: usize = 400;

/// All texts that a form stands for, the one that is preferred first; a "*" at the end stands for any further letters. `None` for a form
/// that cannot be written out.
pub(super) fn spellings(form: &str) -> Option<Vec<String>> {
    let mut rest = form;
    let all = alternatives(&mut rest)?;
    let only_last = |text: &String| text.find('*').is_none_or(|at| at + 1 == text.len() && at > 0);
    (rest.is_empty() && all.iter().all(only_last)).then_some(all)
}

/// Alternatives up to a closing bracket or the end.
fn alternatives(rest: &mut &str) -> Option<Vec<String>> {
    let mut all = Vec::new();
    loop {
        all.extend(row(rest)?);
        match rest.strip_prefix('|') {
            Some(next) => *rest = next,
            None => return (all.len() <= MOST).then_some(all),
        }
    }
}

/// Pieces in a row up to a bar, a closing bracket or the end.
fn row(rest: &mut &str) -> Option<Vec<String>> {
    let mut texts = vec![String::new()];
    while let Some(c) = rest.chars().next().filter(|c| !matches!(c, '|' | ')')) {
        *rest = rest.get(c.len_utf8()..)?;
        let mut piece = match c {
            '(' => {
                let inside = alternatives(rest)?;
                *rest = rest.strip_prefix(')')?;
                inside
            }
            '#' | '[' | ']' | '{' | '}' | '+' | '\\' | '?' | '^' | '$' => return None,
            '-' | '*' if rest.starts_with('?') => return None,
            '-' => vec![" - ".to_owned()],
            c => vec![c.to_string()],
        };
        if let Some(next) = rest.strip_prefix('?') {
            *rest = next;
            piece.push(String::new());
        }
        if texts.len() * piece.len() > MOST {
            return None;
        }
        texts = texts.iter().flat_map(|text| piece.iter().map(move |more| format!("{text}{more}"))).collect();
    }
    Some(texts)
}

/// Words of which every match of a form holds one: those it begins with, the blank before them included, or what follows letters left open.
pub(super) fn beginnings_of(form: &str) -> Vec<String> {
    let behind = form.trim_start_matches("[a-z]").trim_start_matches('*');
    if behind.len() < form.len() {
        return if behind.starts_with("[a-z]") { beginnings_of(behind) } else { openings(behind) };
    }
    openings(form).into_iter().map(|opening| format!(" {opening}")).collect()
}

/// The plain letters that a form begins with; of each alternative where it begins with several.
fn openings(form: &str) -> Vec<String> {
    const SPECIAL: [char; 11] = ['*', '#', '-', '(', ')', '[', '?', '+', '\\', '{', '|'];
    let plain = form.find(SPECIAL).unwrap_or(form.len());
    let (opening, rest) = form.split_at(plain);
    if !opening.is_empty() || !rest.starts_with('(') {
        let sure = if rest.starts_with('?') { opening.len().saturating_sub(1) } else { opening.len() };
        return vec![opening.get(..sure).unwrap_or_default().to_owned()];
    }
    let mut depth = 0;
    let mut cuts = vec![0];
    let mut end = rest.len();
    for (at, c) in rest.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '|' if depth == 1 => cuts.push(at),
            _ => {}
        }
        if depth == 0 {
            end = at;
            break;
        }
    }
    cuts.push(end);
    let alternatives = cuts.windows(2).filter_map(|cut| rest.get(cut.first()? + 1..*cut.last()?));
    let mut all: Vec<String> = alternatives.flat_map(openings).collect();
    let behind = rest.get(end + 1..).unwrap_or_default();
    if let Some(behind) = behind.strip_prefix(['?', '*']) {
        all.extend(openings(behind));
    }
    all
}

/// The small language of the files as a regular expression.
pub(super) fn pattern(form: &str) -> String {
    let mut out = String::new();
    for c in form.chars() {
        match c {
            '*' => out.push_str("[a-z]*"),
            '#' => out.push_str("[0-9]"),
            '.' => out.push_str(r"\."),
            '-' => out.push_str(" - "),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_stands_for() {
        let of = |form| spellings(form).map(|all| all.join("|"));
        assert_eq!(of("chius(o|a)").as_deref(), Some("chiuso|chiusa"));
        assert_eq!(
            of("(su|per (la )?|) visit(a|e)*").as_deref(),
            Some("su visita*|su visite*|per la  visita*|per la  visite*|per  visita*|per  visite*| visita*| visite*")
        );
        assert_eq!(of("ad? e-mail").as_deref(), Some("ad e - mail|a e - mail"));
        for form in ["*rebbe", "abbass* la serranda", "n. #", "[a-z]+", "(a", "a)"] {
            assert_eq!(of(form), None, "{form}");
        }
    }

    #[test]
    fn what_a_form_begins_with() {
        let of = |form| beginnings_of(form).join("|");
        assert_eq!(of("chius(o|a|i|e)"), " chius");
        assert_eq!(of("(su|per (la )?|l') appuntament*"), " su| per | l'");
        assert_eq!(of("(lo )?sportello non esiste piu"), " lo | sportello non esiste piu");
        assert_eq!(of("*rebbe"), "rebbe");
        assert_eq!(of("*(arono|irono)"), "arono|irono");
        assert_eq!(of("ad? oggi"), " a");
    }
}
