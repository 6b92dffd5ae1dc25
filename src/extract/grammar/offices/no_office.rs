//! Words of an office's name that stand for no office: what a house was once, what one enters with, whoever works there and leaves.
//!
//! In: tokens and an index. Out: whether an office's name at the index names none.

use crate::text::Token;

/// Words of an office's name that stand for no office.
pub(super) fn is_no_office(tokens: &[Token], i: usize, is_capital: &dyn Fn(usize) -> bool) -> bool {
    // "al primo piano dell'ex biblioteca": what a house was once
    if i > 0 && tokens[i - 1].is("ex") {
        return true;
    }
    // "con Spid o con la carta d'identità elettronica": what one enters with
    if tokens[i].is_any(&["carta", "cie", "carte"]) {
        let before = &tokens[i.saturating_sub(4)..i];
        let with = before.iter().any(|t| t.is_any(&["spid", "tramite", "mediante"])) || before.iter().rev().take(2).any(|t| t.is("con"));
        if with {
            return true;
        }
    }
    // "ci si è messi in nota": no messengers
    if tokens[i].is("messi") && i > 0 && tokens[i - 1].is_any(&["e", "sono", "stati", "essersi", "siano"]) && !is_capital(i) {
        return true;
    }
    // "risponde una segreteria": any, and not the body's
    if i > 0 && tokens[i - 1].is_any(&["una", "un", "un'"]) && tokens[i].is_any(&["segreteria", "biblioteca", "protocollo", "centralino"]) {
        return true;
    }
    // "il Difensore civico regionale": somebody else's
    if tokens[i].is("difensore") && tokens.get(i + 2).is_some_and(|t| t.is_any(&["regionale", "nazionale", "europeo"])) {
        return true;
    }
    // "pagina a cura del C.E.D.": who wrote it
    i >= 2 && tokens[i - 2].is("cura") && tokens[i - 1].is_any(&["di", "del", "dello", "della", "dell'"])
        || is_work(tokens, i)
        || leaves_post(tokens, i)
}

/// "la Polizia locale, impegnata nei servizi di viabilità": what an office is busy with, and no other office.
fn is_work(tokens: &[Token], i: usize) -> bool {
    let before = &tokens[i.saturating_sub(3)..i];
    let joined = |t: &Token| t.is_any(&["in", "nel", "nella", "nei", "nelle", "nello", "nell'", "per", "con", "servizi", "servizio", "di"]);
    let busy = |t: &Token| ["impegnat", "occupat", "adibit", "destinat"].iter().any(|stem| t.text.starts_with(stem));
    before.iter().rposition(busy).is_some_and(|at| at + 1 < before.len() && before[at + 1..].iter().all(joined))
}

/// "dopo il pensionamento dell'assistente sociale": one who works there and goes.
fn leaves_post(tokens: &[Token], i: usize) -> bool {
    const GOES: [&str; 7] = ["pensionament", "dimission", "congedo", "maternita", "malattia", "trasferiment", "assunzion"];
    let person = tokens.get(i).is_some_and(|t| {
        ["assistent", "bibliotecari", "vigil", "comandant", "segretari", "ragionier", "responsabil"]
            .iter()
            .any(|stem| t.text.starts_with(stem))
    });
    let of = |t: &Token| t.is_any(&["di", "del", "della", "dell'", "dello", "dei", "delle"]);
    person && i >= 2 && of(&tokens[i - 1]) && GOES.iter().any(|stem| tokens[i - 2].text.starts_with(stem))
}
