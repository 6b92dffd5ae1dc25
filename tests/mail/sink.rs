//! Starts the server of `sink.py` in a Python environment of its own below `target/`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use sportello::config::settings::{SmtpServer, SmtpTls};

/// A Python with aiosmtpd, made once. `None`, said loudly, where there is no Python or no way to install.
pub fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    PYTHON
        .get_or_init(|| {
            let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/mail-tests-venv");
            let python = venv.join("bin/python");
            let works = |python: &Path| {
                let check = Command::new(python).args(["-c", "import aiosmtpd, icalendar, dkim, nacl"]).stderr(Stdio::null()).status();
                check.is_ok_and(|status| status.success())
            };
            if works(&python) {
                return Some(python);
            }
            let run =
                |program: &Path, arguments: &[&str]| Command::new(program).args(arguments).status().is_ok_and(|status| status.success());
            let made = run(Path::new("python3"), &["-m", "venv", &venv.to_string_lossy()])
                && run(
                    &python,
                    &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "aiosmtpd==1.4.*", "icalendar", "dkimpy[ed25519]"],
                )
                && works(&python);
            if !made {
                eprintln!("SKIPPED: the tests against a real SMTP server need python3 with venv and pip (apt-get install python3-venv)");
            }
            made.then_some(python)
        })
        .as_deref()
}

/// What the server is to be.
pub struct Options {
    pub tls: SmtpTls,
    pub auth: Option<(&'static str, &'static str)>,
    pub utf8: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { tls: SmtpTls::None, auth: None, utf8: true }
    }
}

/// A running server. Ends with this value.
pub struct Sink {
    child: Child,
    pub port: u16,
    pub folder: tempfile::TempDir,
    /// The authority that signed its certificate (PEM).
    pub authority: Option<String>,
}

/// A mail as the server kept it.
pub struct Kept {
    pub bytes: Vec<u8>,
    pub envelope: serde_json::Value,
}

impl Sink {
    pub fn start(options: &Options) -> Option<Self> {
        let python = python()?;
        let folder = tempfile::tempdir().unwrap();
        let (authority, cert, key) = certificates();
        let (cert_path, key_path) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        std::fs::write(&cert_path, cert).unwrap();
        std::fs::write(&key_path, key).unwrap();
        let tls = match options.tls {
            SmtpTls::None => "none",
            SmtpTls::Opportunistic | SmtpTls::Required => "starttls",
            SmtpTls::Wrapper => "wrapper",
        };
        let arguments = serde_json::json!({
            "folder": folder.path(), "cert": cert_path, "key": key_path, "tls": tls,
            "auth": options.auth.map(|(user, password)| [user, password]), "utf8": options.utf8,
        });
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/sink.py");
        let mut child = Command::new(python)
            .arg(script)
            .arg(arguments.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().expect("the server says its port");
        Some(Self { child, port, folder, authority: (tls != "none").then_some(authority) })
    }

    /// Its address, spoken to in this way.
    pub fn server(&self, tls: SmtpTls, user: Option<&str>) -> SmtpServer {
        SmtpServer { host: "localhost".into(), port: self.port, tls, user: user.map(Into::into) }
    }

    /// What it kept, in order.
    pub fn mails(&self) -> Vec<Kept> {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|end| end == "eml"));
        paths.sort();
        let read = |path: &PathBuf| Kept {
            bytes: std::fs::read(path).unwrap(),
            envelope: serde_json::from_slice(&std::fs::read(path.with_extension("json")).unwrap()).unwrap(),
        };
        paths.iter().map(read).collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// An authority, and a certificate for localhost that it signed, with its key.
fn certificates() -> (String, String, String) {
    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let authority_cert = authority.self_signed(&authority_key).unwrap();
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let leaf = rcgen::CertificateParams::new(vec!["localhost".to_string()]).unwrap().signed_by(&key, &issuer).unwrap();
    (authority_cert.pem(), leaf.pem(), key.serialize_pem())
}
