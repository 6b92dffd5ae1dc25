//! A place of its own for each test: an empty folder, a loopback site, and the real binary to run there.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use mail_parser::{Message, MessageParser};
use sportello::cli::demo::site::{Page, Site};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Where one test lives.
pub struct Place {
    folder: TempDir,
    /// The site that is watched.
    pub site: Site,
    /// Drives the site; must outlive it.
    _runtime: Runtime,
}

/// How a run of the binary ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// The run did all that it was asked to.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "\nstdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// The run ended with this code and one clear line that contains the words.
    #[track_caller]
    pub fn failed(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "\nstdout: {}\nstderr: {}", self.out, self.err);
        for word in words {
            assert!(self.err.contains(word), "stderr says nothing of {word:?}:\n{}", self.err);
        }
        for word in ["panicked", "RUST_BACKTRACE", "defect of the program", "stack backtrace"] {
            assert!(!self.err.contains(word), "{}", self.err);
        }
        self
    }

    /// The lines of JSON on standard output.
    pub fn json(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }
}

impl Place {
    /// An empty folder with settings that allow a loopback site and ask for no patience.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let site = runtime.block_on(Site::start()).unwrap();
        let place = Self { folder, site, _runtime: runtime };
        place.settings("");
        place
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Writes `sportello.toml`: what every test needs, and more.
    pub fn settings(&self, more: &str) {
        self.write("sportello.toml", &format!("[crawl]\nallow_private = true\ndelay = \"0s\"\ntimeout = \"5s\"\n{more}"));
    }

    /// Writes `sources.toml`: one body with these sources, `(path, further lines)`.
    pub fn sources(&self, sources: &[(&str, &str)]) {
        let mut text = String::from("[[body]]\nid = \"comune-prova\"\nname = \"Comune di Prova\"\nkind = \"comune\"\n");
        for (path, keys) in sources {
            text.push_str(&format!("\n[[body.source]]\nurl = \"{}\"\n{keys}\n", self.site.url(path)));
        }
        self.write("sources.toml", &text);
    }

    /// Puts an HTML page on the site, with the given content of `<main>`.
    pub fn page(&self, path: &str, main: &str) {
        let html =
            format!("<!doctype html><html lang=it><head><title>Comune di Prova</title></head><body><main>{main}</main></body></html>");
        self.site.set(path, Page::html(html));
    }

    /// The binary, about to run in the folder, with an environment that says nothing.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sportello"));
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        for name in [
            "SPORTELLO_CONFIG",
            "RUST_LOG",
            "RUST_BACKTRACE",
            "NOTIFY_SOCKET",
            "CREDENTIALS_DIRECTORY",
            "JOURNAL_STREAM",
            "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy",
            "LANG",
            "LC_ALL",
            "LC_MESSAGES",
        ] {
            command.env_remove(name);
        }
        command
    }

    /// Runs the binary to its end.
    pub fn run(&self, args: &[&str]) -> Ended {
        let output = self.command(args).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Starts the binary.
    pub fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The mails in `outbox/`, by file name.
    pub fn mails(&self) -> Vec<Mail> {
        Mail::all_in(&self.path("outbox"))
    }

    /// The names of the files in the folder.
    pub fn files(&self) -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// A mail as an independent parser reads it.
#[derive(Debug, Clone)]
pub struct Mail {
    pub id: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Mail {
    /// The mails of a folder, by file name; none where there is no folder.
    pub fn all_in(folder: &Path) -> Vec<Self> {
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "eml"));
        files.sort();
        files.iter().map(|file| Self::parse(&std::fs::read(file).unwrap())).collect()
    }

    /// Reads a mail's bytes.
    pub fn parse(bytes: &[u8]) -> Self {
        let mail: Message = MessageParser::default().parse(bytes).expect("no mail");
        Self {
            id: mail.message_id().expect("no Message-ID").into(),
            to: mail.to().and_then(|to| to.first()).and_then(|to| to.address()).expect("no To").into(),
            subject: mail.subject().unwrap_or_default().into(),
            text: mail.body_text(0).unwrap_or_default().into_owned(),
            html: mail.body_html(0).unwrap_or_default().into_owned(),
        }
    }
}
