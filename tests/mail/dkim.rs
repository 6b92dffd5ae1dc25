//! Signatures, checked by an independent verifier.

use std::path::Path;
use std::process::{Command, Stdio};

use sportello::domain::Language;
use sportello::mail::{Dkim, Quoted, compose};

use crate::samples::{all_kinds, mail};
use crate::sink::python;

/// Verifies each mail named on the command line against a key given instead of the DNS's.
const VERIFY: &str = r#"
import dkim, sys
record = sys.argv[1].encode()
for path in sys.argv[2:]:
    with open(path, "rb") as file:
        message = file.read()
    signature = dkim.DKIM(message)
    good = signature.verify(dnsfunc=lambda name, timeout=5: record if name.startswith(b"posta._domainkey.sportello.example") else None)
    signed = {name.decode().lower() for name in signature.signed_headers and [n for n, _ in signature.signed_headers]}
    print("good" if good else "BAD", *sorted(signed))
"#;

fn openssl(arguments: &[&str]) -> Option<Vec<u8>> {
    let output = Command::new("openssl").args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then_some(output.stdout)
}

fn verify(python: &Path, record: &str, paths: &[std::path::PathBuf]) -> Vec<String> {
    let output = Command::new(python).args(["-c", VERIFY, record]).args(paths).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(ToString::to_string).collect()
}

#[test]
fn signatures_hold_and_cover_the_one_click_headers() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    let key_name = key.to_str().unwrap();
    for (kind, make) in [
        ("rsa", vec!["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key_name]),
        ("ed25519", vec!["genpkey", "-algorithm", "ED25519", "-out", key_name]),
    ] {
        if openssl(&make).is_none() {
            eprintln!("SKIPPED: signatures need openssl to make a key");
            return;
        }
        use base64::Engine;
        let public = openssl(&["pkey", "-in", key_name, "-pubout", "-outform", "DER"]).unwrap();
        let public = if kind == "ed25519" { &public[public.len() - 32..] } else { &public[..] };
        let record = format!("v=DKIM1; k={kind}; p={}", base64::engine::general_purpose::STANDARD.encode(public));
        let dkim = Dkim::load("posta", "sportello.example", &key).unwrap();
        let mut paths = Vec::new();
        for (i, delivery) in all_kinds(Language::It).iter().enumerate() {
            let path = folder.path().join(format!("{kind}{i}.eml"));
            std::fs::write(&path, compose(&mail(delivery), &Quoted::default(), Some(&dkim)).unwrap().bytes).unwrap();
            paths.push(path);
        }
        let said = verify(python, &record, &paths);
        assert_eq!(said.len(), paths.len());
        assert!(said.iter().all(|line| line.starts_with("good ")), "{kind}: {said:?}");
        for name in ["from", "list-unsubscribe", "list-unsubscribe-post", "message-id", "subject"] {
            assert!(said[0].split(' ').any(|signed| signed == name), "{kind}: {name} is not signed");
        }
        let changed = String::from_utf8(std::fs::read(&paths[0]).unwrap()).unwrap().replacen("disiscrizione", "altrove", 1);
        std::fs::write(&paths[0], changed).unwrap();
        assert!(verify(python, &record, &paths[..1])[0].starts_with("BAD"), "{kind}: a changed header is noticed");
    }
}
