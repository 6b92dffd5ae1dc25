//! DKIM signatures (RFC 6376, RFC 8463): mails say under which domain they were written, and that nobody changed them since.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::message::Message;
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey, DkimSigningKeyError,
};
use lettre::message::header::HeaderName;

/// A key with the name under which its public half stands in the DNS.
pub struct Dkim {
    config: DkimConfig,
}

impl std::fmt::Debug for Dkim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dkim(…)")
    }
}

/// The key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DkimError {
    /// Its file cannot be read.
    #[error("cannot read the DKIM key {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// It holds no private key.
    #[error("{} holds no private key in PEM · make one with: openssl genrsa -out key.pem 2048", .0.display())]
    NoKey(PathBuf),
    /// It holds one that cannot be used.
    #[error("cannot use the DKIM key {}: {error} · an RSA key of 2048 bits or an Ed25519 key will do", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: DkimSigningKeyError,
    },
}

/// What is signed. List-Unsubscribe and its Post must be, else RFC 8058's one click does not count.
const SIGNED: [&str; 16] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
    "Auto-Submitted",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Feedback-ID",
    "X-Auto-Response-Suppress",
];

impl Dkim {
    /// Reads a private key in PEM: RSA (PKCS #1 or #8) or Ed25519 (PKCS #8), as OpenSSL writes them.
    pub fn load(selector: &str, domain: &str, path: &Path) -> Result<Self, DkimError> {
        let text = std::fs::read_to_string(path).map_err(|error| DkimError::Read { path: path.into(), error })?;
        let (label, der) = pem(&text).ok_or_else(|| DkimError::NoKey(path.into()))?;
        let made = match label.as_str() {
            "RSA PRIVATE KEY" => DkimSigningKey::new(&pkcs1_pem(&der), DkimSigningAlgorithm::Rsa),
            _ => match pkcs8(&der).ok_or_else(|| DkimError::NoKey(path.into()))? {
                Inner::Rsa(pkcs1) => DkimSigningKey::new(&pkcs1_pem(pkcs1), DkimSigningAlgorithm::Rsa),
                Inner::Ed25519(seed) => DkimSigningKey::new(&STANDARD.encode(seed), DkimSigningAlgorithm::Ed25519),
            },
        };
        let key = made.map_err(|error| DkimError::Key { path: path.into(), error })?;
        let headers = SIGNED.iter().map(|name| HeaderName::new_from_ascii_str(name)).collect();
        let relaxed = DkimCanonicalizationType::Relaxed;
        let canonicalization = DkimCanonicalization { header: relaxed, body: relaxed };
        let domain = crate::alert::ascii_domain(domain);
        Ok(Self { config: DkimConfig::new(selector.into(), domain, key, headers, canonicalization) })
    }

    /// Adds the signature to a message. Nothing may change in it afterwards.
    pub(super) fn sign(&self, message: &mut Message) {
        message.sign(&self.config);
    }
}

/// The label and the bytes of the first block of a PEM file (RFC 7468).
fn pem(text: &str) -> Option<(String, Vec<u8>)> {
    let start = text.find("-----BEGIN ")?;
    let (label, rest) = text.get(start + 11..)?.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    let body: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    Some((label.to_string(), STANDARD.decode(body).ok()?)).filter(|(label, _)| label.ends_with("PRIVATE KEY"))
}

fn pkcs1_pem(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> = body.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", lines.join("\n"))
}

enum Inner<'a> {
    Rsa(&'a [u8]),
    Ed25519(&'a [u8]),
}

/// The key inside of a PKCS #8 envelope (RFC 5958): a sequence of version, algorithm and the key as octets.
fn pkcs8(der: &[u8]) -> Option<Inner<'_>> {
    const RSA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    const ED25519: [u8; 5] = [0x06, 0x03, 0x2b, 0x65, 0x70];
    let (0x30, envelope, _) = element(der)? else { return None };
    let (0x02, _, rest) = element(envelope)? else { return None };
    let (0x30, algorithm, rest) = element(rest)? else { return None };
    let (0x04, key, _) = element(rest)? else { return None };
    if algorithm.starts_with(&RSA) {
        return Some(Inner::Rsa(key));
    }
    let (0x04, seed, _) = element(key)? else { return None };
    algorithm.starts_with(&ED25519).then_some(Inner::Ed25519(seed))
}

/// The first element of DER: its tag, its content, and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f)).filter(|(bytes, _)| bytes.len() <= 4)?;
        (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_is_an_error_and_no_panic() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        for text in [
            "",
            "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----",
        ] {
            std::fs::write(&path, text).unwrap();
            assert!(Dkim::load("s", "example.org", &path).is_err(), "{text}");
        }
        assert!(matches!(Dkim::load("s", "example.org", &folder.path().join("none")), Err(DkimError::Read { .. })));
    }
}
