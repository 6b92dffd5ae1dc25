//! Why a change was told, and why another waits: for `changes --explain` and `check -v`.

use super::pick;
use crate::domain::{HeldReason, Language, Rule};

/// The row of the table "When an alert goes out, and when not" that let a change through.
pub fn rule(language: Language, rule: Rule) -> &'static str {
    let (it, en) = match rule {
        Rule::Revised => ("un dato è cambiato", "a fact changed"),
        Rule::Appeared => ("un dato nuovo è comparso", "a fact appeared"),
        Rule::Announced => (
            "un avviso con una data annuncia un dato nuovo; quello di sempre resta sotto",
            "a dated notice states a new fact; the base state stays beneath it",
        ),
        Rule::Corrected => ("ciò che era stato annunciato è stato corretto", "what had been announced was put right"),
        Rule::Vanished => (
            "un dato manca da più di «confirm_after» e da almeno due letture",
            "a fact stayed away for confirm_after and at least two fetches",
        ),
        Rule::Returned => (
            "il dato è cambiato ed è tornato com'era nel giro di un giorno, e così è rimasto",
            "the fact changed and went back within a day, and stayed so",
        ),
    };
    pick(language, it, en)
}

/// Why a difference is held back.
pub fn held(language: Language, reason: HeldReason) -> &'static str {
    let (it, en) = match reason {
        HeldReason::Vanished => (
            "non si legge più: conta come tolto solo dopo «confirm_after» e due letture",
            "no longer stated: it counts as gone after confirm_after and two fetches",
        ),
        HeldReason::Section => (
            "la pagina ha perso un'intera sezione: si attende cinque volte «confirm_after»",
            "the page lost a whole section: it counts as gone after five times confirm_after",
        ),
        HeldReason::Redesign => (
            "quasi tutti i dati dell'ente sono spariti insieme, come per un nuovo sito: si attende a lungo",
            "most facts of the body went at once, as with a new site: it counts as gone after 28 times confirm_after",
        ),
        HeldReason::Flapping => {
            ("è tornato com'era nel giro di un giorno: si dice solo se resta così", "it went back within a day: told once it stays so")
        }
        HeldReason::Unread => ("al suo posto c'è qualcosa che non si è potuto leggere", "what stands in its place could not be read"),
    };
    pick(language, it, en)
}
