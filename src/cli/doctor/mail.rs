//! Can mails leave? The server is connected to, encrypted with, logged in at and asked about our address; nothing is sent.

use std::path::Path;
use std::time::Duration;

use super::{Finding, Patient};
use crate::alert::Mailbox;
use crate::config::settings::{Mail, Settings, Transport};
use crate::mail::{self, Dkim, Hitch, Limits, Smtp, Welcome};

const CHECK: &str = "mail";

/// A server that takes longer is in trouble, though the service would wait.
const LIMITS: Limits = Limits { connect: Duration::from_secs(20), command: Duration::from_secs(20), data: Duration::from_secs(20) };

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let settings = &patient.settings.mail;
    let mut findings = vec![match settings.transport {
        Transport::Files => files(&settings.directory),
        Transport::Smtp => server(patient, settings),
    }];
    if settings.transport == Transport::Smtp && settings.from == Settings::default().mail.from {
        findings.push(Finding::error(
            CHECK,
            (
                format!("le mail partirebbero da {}, che è solo un esempio", settings.from),
                format!("mails would come from {}, which is but an example", settings.from),
            ),
            ("scrivere il proprio indirizzo in [mail] from", "set [mail] from to an address of yours"),
        ));
    }
    if let Err(error) = mail::templates(settings.templates.as_deref()) {
        findings.push(Finding::failed(CHECK, &error.into()));
    }
    findings.extend(signature(patient, settings));
    findings.extend(outbox(patient));
    findings
}

fn files(directory: &Path) -> Finding {
    let directory = directory.display();
    Finding::ok(
        CHECK,
        (
            format!("diventano file nella cartella {directory}, non parte nulla; con [mail] transport = \"smtp\" partono"),
            format!("they become files in {directory}, nothing is sent; [mail] transport = \"smtp\" sends them"),
        ),
    )
}

fn server(patient: &Patient<'_>, settings: &Mail) -> Finding {
    let sender = |from: &str| from.parse::<Mailbox>().ok().and_then(|mailbox| mailbox.address.parse::<lettre::Address>().ok());
    let Some(sender) = settings.bounces.as_deref().and_then(sender).or_else(|| sender(&settings.from)) else {
        return Finding::error(
            CHECK,
            (format!("{:?} non è un indirizzo", settings.from), format!("{:?} is no address", settings.from)),
            "[mail] from",
        );
    };
    // the password of the service, also where a person at a terminal asks
    let password = settings.password_file.clone().or_else(|| patient.credential("smtp-password"));
    let smtp = match Smtp::new(&settings.smtp, password.as_deref(), None) {
        Ok(smtp) => smtp.with_limits(LIMITS),
        Err(error) => return Finding::failed(CHECK, &error.into()),
    };
    let address = settings.smtp.to_string();
    match patient.runtime.block_on(smtp.try_out(&sender)) {
        Ok(Welcome { is_encrypted, is_logged_in }) => {
            let (it, en) = if is_encrypted { ("connessione cifrata", "encrypted") } else { ("connessione in chiaro", "in the clear") };
            let (login_it, login_en) = if is_logged_in { (", accesso riuscito", ", logged in") } else { ("", "") };
            Finding::ok(
                CHECK,
                (
                    format!("{address} accetta mail da {sender} ({it}{login_it}); nulla è stato inviato"),
                    format!("{address} takes mails from {sender} ({en}{login_en}); nothing was sent"),
                ),
            )
        }
        Err(hitch) => {
            let advice = advice(&hitch);
            Finding::error(CHECK, format!("{address}: {hitch}"), advice)
        }
    }
}

fn advice(hitch: &Hitch) -> (&'static str, &'static str) {
    match hitch {
        Hitch::Connection(_) => (
            "controllare nome e porta in [mail] smtp; molti fornitori chiudono la porta 25 verso l'esterno: usare 587 (?tls=required) o smtps://",
            "see to the name and port in [mail] smtp; many providers close port 25 on the way out: use 587 (?tls=required) or smtps://",
        ),
        Hitch::Encryption(_) => (
            "il nome in [mail] smtp dev'essere quello del certificato, e il certificato firmato da un'autorità nota a questa macchina (ca-certificates)",
            "the name in [mail] smtp must be the certificate's, and the certificate signed by an authority that this machine knows (ca-certificates)",
        ),
        Hitch::Login(_) => (
            "controllare l'utente in [mail] smtp (una @ si scrive %40) e la password in /etc/credstore/sportello.smtp-password o in password_file",
            "see to the user in [mail] smtp (an @ is written %40) and the password in /etc/credstore/sportello.smtp-password or password_file",
        ),
        Hitch::Sender(_) => (
            "il server vuole un altro mittente ([mail] from e bounces), oppure un utente che acceda",
            "the server wants another sender ([mail] from and bounces), or a user who logs in",
        ),
    }
}

/// The key that signs mails, where one is wanted.
fn signature(patient: &Patient<'_>, settings: &Mail) -> Option<Finding> {
    let selector = settings.dkim_selector.as_ref()?;
    let from = settings.from.parse::<Mailbox>().ok()?;
    let domain = settings.dkim_domain.clone().unwrap_or_else(|| from.domain().to_owned());
    let Some(key) = settings.dkim_key_file.clone().or_else(|| patient.credential("dkim-key")) else {
        let says =
            ("[mail] dkim_selector c'è, ma non la chiave che firma", "[mail] dkim_selector is set, but there is no key to sign with");
        let advice = (
            "mettere la chiave in /etc/credstore/sportello.dkim-key, o il suo file in dkim_key_file (docs/MAIL.md)",
            "put the key into /etc/credstore/sportello.dkim-key, or name its file in dkim_key_file (docs/MAIL.md)",
        );
        return Some(Finding::error(CHECK, says, advice));
    };
    Some(match Dkim::load(selector, &domain, &key) {
        Ok(_) => Finding::ok(
            CHECK,
            (
                format!("firmate con DKIM; la chiave pubblica dev'essere nel DNS a {selector}._domainkey.{domain}"),
                format!("signed with DKIM; the public key must stand in the DNS at {selector}._domainkey.{domain}"),
            ),
        ),
        Err(error) => Finding::failed(CHECK, &error.into()),
    })
}

/// What waits, and what was refused.
fn outbox(patient: &Patient<'_>) -> Option<Finding> {
    let counts = match patient.store.as_ref().ok()?.delivery_counts() {
        Ok(counts) => counts,
        Err(error) => return Some(Finding::failed(CHECK, &error.into())),
    };
    let (waiting, refused) = (counts.queued + counts.sending, counts.refused);
    let says = (format!("in attesa: {waiting}, rifiutate: {refused}"), format!("waiting: {waiting}, refused: {refused}"));
    (waiting + refused > 0).then(|| Finding::ok(CHECK, says))
}
