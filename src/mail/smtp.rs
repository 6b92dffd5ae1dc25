//! Mails to an SMTP server (RFC 5321), over connections that are kept: plain, STARTTLS (RFC 3207) or TLS from the start (RFC 8314).
//!
//! The dialogue is our own over `lettre`'s connection, because the verdict hangs on the step that failed: a 5xx to the recipient refuses
//! this mail, a 5xx to the login none. Commands are sent together where the server takes that (PIPELINING, RFC 2920).

use std::borrow::Cow;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use lettre::Address;
use lettre::transport::smtp::Error as LettreError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::config::settings::{SmtpServer, SmtpTls};
use crate::domain::Delivery;

use super::Sealed;
use super::outbox::{Answer, Desk, Transport, WriteError, seal};

/// How long the server may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For the connection to stand, encrypted and logged in.
    pub connect: Duration,
    /// For the answer to a command (RFC 5321 §4.5.3.2 asks for five minutes).
    pub command: Duration,
    /// For the answer to a whole mail (ten minutes there).
    pub data: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(60), command: Duration::from_secs(300), data: Duration::from_secs(600) }
    }
}

/// A server that mails are handed to.
pub struct Smtp {
    server: SmtpServer,
    credentials: Option<Credentials>,
    tls: Option<TlsParameters>,
    hello: ClientId,
    limits: Limits,
    connections: usize,
    idle: Mutex<Vec<Idle>>,
}

/// A connection that waits for the next mail.
struct Idle {
    line: Line,
    since: Instant,
}

/// One connection, greeted and logged in.
struct Line {
    connection: AsyncSmtpConnection,
    pipelining: bool,
    needs_reset: bool,
}

/// Servers close a connection that says nothing for a while, the strictest after a minute or so.
const KEEP_IDLE: Duration = Duration::from_secs(30);

/// Why a server takes no mails, by the step that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Hitch {
    /// No connection, or no sensible answer over it.
    #[error("{0}")]
    Connection(String),
    /// No encryption, where it is wanted.
    #[error("{0}")]
    Encryption(String),
    /// The user is not let in.
    #[error("login: {0}")]
    Login(String),
    /// Mails from our address are not taken.
    #[error("the server refuses our sender: {0}")]
    Sender(String),
}

/// What a server let us do that was tried without a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Welcome {
    /// Whether the connection was encrypted.
    pub is_encrypted: bool,
    /// Whether a user logged in.
    pub is_logged_in: bool,
}

/// Mail to the server cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The password file cannot be read.
    #[error("cannot read the mail password from {}: {error} · set mail.password_file, or give the service the credential smtp-password", path.display())]
    Password {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: std::io::Error,
    },
    /// A user is named and no password given.
    #[error(
        "mail.smtp names the user {0} but there is no password · set mail.password_file, or give the service the credential smtp-password"
    )]
    NoPassword(String),
    /// The password would travel in the clear.
    #[error("the mail password would go to {0} unencrypted · write smtps://, or add ?tls=required")]
    Unencrypted(String),
    /// TLS cannot be set up.
    #[error("cannot set up encryption for {0}: {1}")]
    Tls(String, #[source] LettreError),
}

impl Smtp {
    /// A server as the settings name it. The password comes from `password_file`, else from `smtp-password` in `credentials`, the folder
    /// that systemd gives a service (`$CREDENTIALS_DIRECTORY`). Connects to nothing yet.
    pub fn new(server: &SmtpServer, password_file: Option<&Path>, credentials: Option<&Path>) -> Result<Self, SmtpError> {
        Self::with_roots(server, password_file, credentials, &[])
    }

    /// The same, trusting further authorities (PEM) beside those of the system.
    pub fn with_roots(
        server: &SmtpServer,
        password_file: Option<&Path>,
        credentials: Option<&Path>,
        roots: &[Certificate],
    ) -> Result<Self, SmtpError> {
        let local = server.host == "localhost" || server.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if server.user.is_some() && !local && matches!(server.tls, SmtpTls::None | SmtpTls::Opportunistic) {
            return Err(SmtpError::Unencrypted(server.host.clone()));
        }
        let password = |path: &Path| {
            let text = std::fs::read_to_string(path).map_err(|error| SmtpError::Password { path: path.into(), error })?;
            Ok(text.lines().next().unwrap_or_default().to_string())
        };
        let credential = credentials.map(|folder| folder.join("smtp-password")).filter(|path| path.exists());
        let credentials = match (&server.user, password_file, credential) {
            (None, ..) => None,
            (Some(user), Some(file), _) => Some(Credentials::new(user.clone(), password(file)?)),
            (Some(user), None, Some(file)) => Some(Credentials::new(user.clone(), password(&file)?)),
            (Some(user), None, None) => return Err(SmtpError::NoPassword(user.clone())),
        };
        let tls = match server.tls {
            SmtpTls::None => None,
            SmtpTls::Opportunistic | SmtpTls::Required | SmtpTls::Wrapper => {
                let mut builder = TlsParameters::builder(server.host.clone());
                for root in roots {
                    builder = builder.add_root_certificate(root.clone());
                }
                if server.tls == SmtpTls::Opportunistic {
                    // encrypted to whom it may be is better than not encrypted at all (RFC 7435)
                    builder = builder.dangerous_accept_invalid_certs(true);
                }
                Some(builder.build().map_err(|error| SmtpError::Tls(server.host.clone(), error))?)
            }
        };
        let (limits, idle) = (Limits::default(), Mutex::new(Vec::new()));
        Ok(Self { server: server.clone(), credentials, tls, hello: ClientId::default(), limits, connections: 8, idle })
    }

    /// With other limits of time.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// With so many connections at a time, one at least.
    pub fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(1);
        self
    }

    /// A kept connection, if one waits that the server will not have closed.
    fn kept(&self) -> Option<Line> {
        let mut idle = self.idle.lock().ok()?;
        while let Some(kept) = idle.pop() {
            if kept.since.elapsed() < KEEP_IDLE && !kept.line.connection.has_broken() {
                return Some(kept.line);
            }
        }
        None
    }

    fn keep(&self, line: Line) {
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(Idle { line, since: Instant::now() });
        }
    }

    /// Tries the way without sending anything: connects, encrypts, logs in, and asks whether mails from this address are taken.
    ///
    /// # Errors
    /// The step that failed, and the server's words.
    pub async fn try_out(&self, sender: &Address) -> Result<Welcome, Hitch> {
        let mut line = self.connect().await?;
        let mail = Mail::new(Some(sender.clone()), Vec::new()).to_string();
        let answer = line.ask(mail, self.limits.command).await;
        let welcome = Welcome { is_encrypted: line.connection.is_encrypted(), is_logged_in: self.credentials.is_some() };
        // ends what MAIL began; a server that does not wait for it has lost nothing
        let _ = timeout(Duration::from_secs(2), line.connection.quit()).await;
        match answer {
            Ok(_) => Ok(welcome),
            Err(Problem::Reply(_, words)) => Err(Hitch::Sender(words)),
            Err(Problem::Broken(reason)) => Err(Hitch::Connection(reason)),
        }
    }

    /// Connects, encrypts, logs in.
    async fn connect(&self) -> Result<Line, Hitch> {
        match timeout(self.limits.connect, self.open()).await {
            Ok(opened) => opened,
            Err(_) => Err(Hitch::Connection(format!("no answer within {} s", self.limits.connect.as_secs()))),
        }
    }

    async fn open(&self) -> Result<Line, Hitch> {
        let address = (self.server.host.as_str(), self.server.port);
        let no_connection = |error: LettreError| Hitch::Connection(said(&error));
        let mut connection = if self.server.tls == SmtpTls::Wrapper {
            let connected = AsyncSmtpConnection::connect_tokio1(address, None, &self.hello, self.tls.clone(), None).await;
            connected.map_err(|error| if error.is_tls() { Hitch::Encryption(said(&error)) } else { no_connection(error) })?
        } else {
            let stream = TcpStream::connect(address).await.map_err(|error| Hitch::Connection(format!("cannot connect: {error}")))?;
            let _ = stream.set_nodelay(true); // commands are small and each waits for its answer
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello).await.map_err(no_connection)?
        };
        if let Some(tls) = self.tls.clone().filter(|_| self.server.tls != SmtpTls::Wrapper) {
            if connection.server_info().supports_feature(Extension::StartTls) {
                let encrypted = connection.starttls(tls, &self.hello).await;
                encrypted.map_err(|error| Hitch::Encryption(format!("STARTTLS: {}", said(&error))))?;
            } else if self.server.tls == SmtpTls::Required {
                connection.abort().await;
                return Err(Hitch::Encryption("the server offers no STARTTLS and mail.smtp says tls=required".into()));
            }
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await.map_err(|error| Hitch::Login(said(&error)))?;
        }
        // asked once more, since the answer is not to be had from the connection
        let features = connection.command(Ehlo::new(self.hello.clone())).await.map_err(no_connection)?;
        let pipelining = features.message().any(|line| line.trim().eq_ignore_ascii_case("PIPELINING"));
        Ok(Line { connection, pipelining, needs_reset: false })
    }
}

/// Where in the dialogue something went wrong.
enum Failure {
    /// The server answered, and how the mail stands by it.
    Answered(Answer, AfterThat),
    /// The connection broke before the server could have taken anything.
    BrokenBefore(String),
    /// It broke after the mail was under way: it may have been accepted.
    BrokenWithin(String),
}

#[derive(PartialEq, Eq)]
enum AfterThat {
    Reset,
    Close,
}

impl Transport for Smtp {
    type Letter = Sealed;

    fn write(&self, delivery: &Delivery, desk: &Desk, now: Timestamp) -> Result<Sealed, WriteError> {
        seal(delivery, desk, now)
    }

    fn connections(&self) -> usize {
        self.connections
    }

    async fn hand_over(&self, sealed: &Sealed) -> Answer {
        let mut kept = self.kept();
        loop {
            let reused = kept.is_some();
            let mut line = match kept.take() {
                Some(line) => line,
                None => match self.connect().await {
                    Ok(line) => line,
                    Err(hitch) => return Answer::Trouble(format!("{}:{}: {hitch}", self.server.host, self.server.port)),
                },
            };
            match line.deliver(sealed, &self.limits).await {
                Ok(words) => {
                    self.keep(line);
                    return Answer::Accepted(words);
                }
                Err(Failure::Answered(answer, AfterThat::Reset)) => {
                    line.needs_reset = true;
                    self.keep(line);
                    return answer;
                }
                Err(Failure::Answered(answer, AfterThat::Close)) => {
                    let _ = timeout(Duration::from_secs(2), line.connection.abort()).await;
                    return answer;
                }
                // the server had closed a connection that waited too long: nothing lost, once more on a new one
                Err(Failure::BrokenBefore(_)) if reused => {}
                Err(Failure::BrokenBefore(reason)) => return Answer::NotNow(reason),
                Err(Failure::BrokenWithin(reason)) => return Answer::NotNow(format!("{reason}; it may have been accepted")),
            }
        }
    }
}

impl Line {
    /// One mail, from MAIL to the answer after its last line. Returns the server's words.
    async fn deliver(&mut self, sealed: &Sealed, limits: &Limits) -> Result<String, Failure> {
        let needs_utf8 = !sealed.to.to_string().is_ascii() || !sealed.return_path.to_string().is_ascii();
        let mut parameters = Vec::new();
        if needs_utf8 {
            if !self.connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                let reason = "the server takes no addresses beyond ASCII (SMTPUTF8)".into();
                return Err(Failure::Answered(Answer::Never(reason), AfterThat::Reset));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let mail = Mail::new(Some(sealed.return_path.clone()), parameters).to_string();
        let rcpt = Rcpt::new(sealed.to.clone(), Vec::new()).to_string();
        let reset = if std::mem::take(&mut self.needs_reset) { Rset.to_string() } else { String::new() };
        let resets = usize::from(!reset.is_empty());

        let steps = [reset, mail, rcpt, Data.to_string()];
        let commands: Vec<String> = steps.into_iter().filter(|step| !step.is_empty()).collect();
        let mut answers = Vec::with_capacity(commands.len());
        if self.pipelining {
            answers.push(self.ask(commands.concat(), limits.command).await);
            while answers.len() < commands.len() && !broke(answers.last()) {
                answers.push(within(limits.command, self.connection.read_response()).await);
            }
        } else {
            for command in commands {
                answers.push(self.ask(command, limits.command).await);
                if answers.last().is_some_and(Result::is_err) {
                    break;
                }
            }
        }
        // a server that took DATA in spite of a refused recipient waits for a mail now: it gets an empty one, for nobody (RFC 2920 §3.1)
        let accepted_data = answers.len() == resets + 3 && answers.last().is_some_and(Result::is_ok);
        for (at, answer) in answers.into_iter().enumerate() {
            if let Err(problem) = answer {
                let failure = match at.checked_sub(resets) {
                    Some(step) => refused_at(step, problem),
                    None => Failure::BrokenBefore("the server did not take RSET".into()),
                };
                if accepted_data {
                    let _ = self.ask(".\r\n".to_string(), limits.command).await;
                }
                return Err(failure);
            }
        }
        let text = str::from_utf8(&sealed.bytes).map_or_else(|_| String::from_utf8_lossy(&sealed.bytes), Cow::Borrowed);
        match self.ask(dot_stuffed(&text), limits.data).await {
            Ok(words) => Ok(words),
            Err(Problem::Reply(code, words)) => Err(Failure::Answered(by_code(code, words), after(code))),
            Err(Problem::Broken(reason)) => Err(Failure::BrokenWithin(reason)),
        }
    }

    /// Sends in one write and reads one answer. (In two writes the second would wait for the acknowledgement of the first.)
    async fn ask(&mut self, command: String, limit: Duration) -> Result<String, Problem> {
        within(limit, self.connection.command(command)).await
    }
}

/// An answer that is none or no good.
enum Problem {
    /// A reply of 4xx or 5xx with its words.
    Reply(u16, String),
    /// No reply, or none that can be understood.
    Broken(String),
}

fn broke(answer: Option<&Result<String, Problem>>) -> bool {
    matches!(answer, Some(Err(Problem::Broken(_) | Problem::Reply(421, _))))
}

type Reply = lettre::transport::smtp::response::Response;

async fn within(limit: Duration, reply: impl Future<Output = Result<Reply, LettreError>>) -> Result<String, Problem> {
    match timeout(limit, reply).await {
        Ok(Ok(reply)) => {
            let words: Vec<&str> = reply.message().collect();
            Ok(one_line(&format!("{} {}", reply.code(), words.join(" "))))
        }
        Ok(Err(error)) => Err(match error.status() {
            Some(code) => Problem::Reply(code.to_string().parse().unwrap_or(500), said(&error)),
            None => Problem::Broken(said(&error)),
        }),
        Err(_) => Err(Problem::Broken(format!("no answer within {} s", limit.as_secs()))),
    }
}

/// What a failure means at MAIL (0), RCPT (1) or DATA (2).
fn refused_at(step: usize, problem: Problem) -> Failure {
    match (step, problem) {
        (_, Problem::Broken(reason)) => Failure::BrokenBefore(reason),
        // the server is closing, or wants a login, or dislikes our own address: that is said to us, not to the recipient
        (_, Problem::Reply(421, words)) => Failure::Answered(Answer::NotNow(words), AfterThat::Close),
        (_, Problem::Reply(530 | 534 | 535 | 538, words)) => Failure::Answered(Answer::Trouble(words), AfterThat::Close),
        (0, Problem::Reply(_, words)) => {
            Failure::Answered(Answer::Trouble(format!("the server refuses our sender: {words}")), AfterThat::Close)
        }
        (_, Problem::Reply(code, words)) => Failure::Answered(by_code(code, words), after(code)),
    }
}

fn by_code(code: u16, words: String) -> Answer {
    if code >= 500 { Answer::Never(words) } else { Answer::NotNow(words) }
}

fn after(code: u16) -> AfterThat {
    if code == 421 { AfterThat::Close } else { AfterThat::Reset }
}

/// The mail as it goes over the wire: a dot before each line that begins with one, and the dot that ends it all (RFC 5321 §4.5.2).
fn dot_stuffed(text: &str) -> String {
    let mut stuffed = String::with_capacity(text.len() + 64);
    let mut rest = text;
    if rest.starts_with('.') {
        stuffed.push('.');
    }
    while let Some((line, after)) = rest.split_once("\r\n.") {
        stuffed.push_str(line);
        stuffed.push_str("\r\n..");
        rest = after;
    }
    stuffed.push_str(rest);
    stuffed.push_str(if stuffed.ends_with("\r\n") { ".\r\n" } else { "\r\n.\r\n" });
    stuffed
}

/// An error in one line: "550 5.1.1 no such user", "connection refused".
fn said(error: &LettreError) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string);
    one_line(&match (error.status(), source) {
        (Some(code), Some(words)) => format!("{code} {words}"),
        (Some(code), None) => code.to_string(),
        (None, Some(words)) => words,
        (None, None) => error.to_string(),
    })
}

fn one_line(text: &str) -> String {
    let line: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    line.join(" ").chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_begin_with_a_dot_are_kept_whole() {
        assert_eq!(dot_stuffed("a\r\n.b\r\n..\r\n"), "a\r\n..b\r\n...\r\n.\r\n");
        assert_eq!(dot_stuffed("a"), "a\r\n.\r\n");
        assert_eq!(dot_stuffed("."), "..\r\n.\r\n");
        assert_eq!(dot_stuffed(".\r\n.\r\nb"), "..\r\n..\r\nb\r\n.\r\n");
    }

    #[test]
    fn a_password_never_travels_in_the_clear_beyond_this_machine() {
        let server = |host: &str, tls| SmtpServer { host: host.into(), port: 25, tls, user: Some("ada".into()) };
        let refused = |host, tls| matches!(Smtp::new(&server(host, tls), None, None), Err(SmtpError::Unencrypted(_)));
        assert!(refused("relay.example.org", SmtpTls::None));
        assert!(refused("relay.example.org", SmtpTls::Opportunistic));
        assert!(!refused("relay.example.org", SmtpTls::Required));
        assert!(!refused("127.0.0.1", SmtpTls::None));
    }
}
