//! What can go wrong on the way to a page, in words a volunteer understands, and whether trying again later helps.

use std::time::Duration;

use super::verdict::Verdict;

/// Why no page came. Each variant names the host or address, so that the message reads alone.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is no `http` or `https` address with a host.
    #[error("cannot fetch {0}: only http and https addresses with a host name can be fetched")]
    Address(String),
    /// The host's name or literal address leads to a network that is not public.
    #[error("{host} leads to {address}, a private address: refused (set allow_private to fetch it all the same)")]
    Private {
        /// The host asked.
        host: String,
        /// The address it leads to.
        address: String,
    },
    /// A redirect (or, in a browser, a navigation) left the source's site.
    #[error("{from} sends us to {to}, outside the source's site: if that is right, write the new address into sources.toml")]
    LeftSite {
        /// The address that redirected.
        from: String,
        /// Where it pointed.
        to: String,
    },
    /// More redirects than allowed, or a circle of them.
    #[error("{host} sends us from page to page in a circle ({hops} redirects)")]
    Redirects {
        /// The host first asked.
        host: String,
        /// How many redirects were followed.
        hops: usize,
    },
    /// A redirect without a usable target.
    #[error("{host} answered {status} with a redirect that leads nowhere: {location:?}")]
    BadRedirect {
        /// The host that redirected.
        host: String,
        /// Its status.
        status: u16,
        /// The `Location` header, empty where absent.
        location: String,
    },
    /// robots.txt closes the path to us (RFC 9309).
    #[error("robots.txt of {host} closes {path} to us")]
    Disallowed {
        /// The host.
        host: String,
        /// The path asked.
        path: String,
    },
    /// robots.txt could not be read, so nothing may be fetched (RFC 9309 §2.3.1.4).
    #[error("robots.txt of {host} cannot be read ({why}), so nothing may be fetched there for now")]
    RobotsUnreachable {
        /// The host.
        host: String,
        /// What went wrong, in words.
        why: String,
    },
    /// The server answered with a status that brings no page.
    #[error("{host} answered {status}{}", status_words(*.status, .verdict.as_ref()))]
    Status {
        /// The host that answered.
        host: String,
        /// The HTTP status.
        status: u16,
        /// What the error page is, where it can be told (a bot challenge, a maintenance page).
        verdict: Option<Verdict>,
        /// How long the server asks us to stay away (`Retry-After`), bounded.
        retry_after: Option<Duration>,
    },
    /// The host asked us to stay away for a while, or is resting after failures: nothing was sent.
    #[error("{host} is left alone for another {} s: {why}", .retry_in.as_secs().max(1))]
    Resting {
        /// The host.
        host: String,
        /// How long until it may be asked again.
        retry_in: Duration,
        /// Why: what it answered last.
        why: String,
    },
    /// The name does not exist, or no name server answers.
    #[error("cannot find {host}: the name does not resolve ({why})")]
    Dns {
        /// The host.
        host: String,
        /// The resolver's words.
        why: String,
    },
    /// Nobody listens there.
    #[error("cannot reach {host}: connection refused")]
    Refused {
        /// The host.
        host: String,
    },
    /// The certificate or the TLS handshake is not acceptable.
    #[error("{host}: {problem}")]
    Tls {
        /// The host.
        host: String,
        /// What is wrong.
        problem: TlsProblem,
    },
    /// Took longer than allowed.
    #[error("{host} did not {stage} within {} s", .limit.as_secs_f32().ceil())]
    TimedOut {
        /// The host.
        host: String,
        /// What was waited for: "accept a connection", "answer", "finish its answer".
        stage: &'static str,
        /// The limit that was hit.
        limit: Duration,
    },
    /// The body is longer than allowed, counted after decompression.
    #[error("the page at {host} is longer than {limit} bytes: not read (raise max_bytes if it should be)")]
    TooLong {
        /// The host.
        host: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// The connection ended before the whole body came, or its compression is broken.
    #[error("{host} broke off in the middle of its answer ({why})")]
    Truncated {
        /// The host.
        host: String,
        /// What was noticed.
        why: String,
    },
    /// Not HTTP, or broken HTTP.
    #[error("{host} does not speak proper HTTP: {why}")]
    Protocol {
        /// The host.
        host: String,
        /// What was noticed.
        why: String,
    },
    /// Anything else on the connection.
    #[error("cannot reach {host}: {why}")]
    Unreachable {
        /// The host.
        host: String,
        /// The system's words.
        why: String,
    },
    /// The browser could not render the page, or is missing.
    #[error("cannot render {url} in a browser: {why}")]
    Browser {
        /// The address.
        url: String,
        /// What is wrong and what to do.
        why: String,
        /// Whether the browser is not installed at all (then trying again does not help).
        missing: bool,
    },
    /// The replayed archive holds no answer for the address.
    #[error("the archive {archive} holds no answer for {url}")]
    NotInArchive {
        /// The folder or file replayed.
        archive: String,
        /// The address asked.
        url: String,
    },
    /// The archive cannot be read.
    #[error("cannot read the archive {archive}: {why}")]
    Archive {
        /// The folder or file.
        archive: String,
        /// What is wrong.
        why: String,
    },
    /// The program's own side could not be set up (root certificates, a bad contact for the User-Agent).
    #[error("cannot set up the crawler: {0}")]
    Setup(String),
}

/// What is wrong with a server's TLS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsProblem {
    /// The certificate ran out.
    #[error("its certificate has expired")]
    Expired,
    /// The certificate is not valid yet (or this machine's clock is behind).
    #[error("its certificate is not valid yet, or the clock of this machine is wrong")]
    NotYetValid,
    /// The certificate is for other names.
    #[error("its certificate is for another name{}", names(.0))]
    WrongHost(Vec<String>),
    /// No authority that this machine trusts signed it (self-signed, or an intermediate is missing).
    #[error(
        "its certificate is signed by nobody this machine trusts (self-signed, or the server forgets to send an intermediate certificate)"
    )]
    UnknownIssuer,
    /// The certificate was withdrawn.
    #[error("its certificate has been revoked")]
    Revoked,
    /// Anything else: an old protocol version, no common cipher, plain HTTP on the TLS port.
    #[error("no secure connection can be made ({0})")]
    Other(String),
}

fn names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => format!(" ({one})"),
        [one, ..] => format!(" ({one} and {} more)", names.len() - 1),
    }
}

fn status_words(status: u16, verdict: Option<&Verdict>) -> String {
    if let Some(verdict) = verdict {
        return format!(": {verdict}");
    }
    let words = match status {
        401 => "it wants a password",
        403 => "it does not let us in",
        404 => "the page is not there",
        410 => "the page has been removed for good",
        429 => "we ask too often",
        500 | 502 | 504 => "the server has a fault",
        503 => "the server is overloaded or under maintenance",
        _ => return String::new(),
    };
    format!(": {words}")
}

impl FetchError {
    /// Whether the same request may succeed later without anybody changing `sources.toml` or the settings.
    pub fn is_transient(&self) -> bool {
        match self {
            FetchError::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            FetchError::RobotsUnreachable { .. }
            | FetchError::Resting { .. }
            | FetchError::Dns { .. }
            | FetchError::Refused { .. }
            | FetchError::TimedOut { .. }
            | FetchError::Truncated { .. }
            | FetchError::Protocol { .. }
            | FetchError::Unreachable { .. } => true,
            FetchError::Browser { missing, .. } => !missing,
            FetchError::Address(_)
            | FetchError::Private { .. }
            | FetchError::LeftSite { .. }
            | FetchError::Redirects { .. }
            | FetchError::BadRedirect { .. }
            | FetchError::Disallowed { .. }
            | FetchError::Tls { .. }
            | FetchError::TooLong { .. }
            | FetchError::NotInArchive { .. }
            | FetchError::Archive { .. }
            | FetchError::Setup(_) => false,
        }
    }

    /// A short stable name for health tables and metrics: `timeout`, `dns`, `tls`, `status`, …
    pub fn name(&self) -> &'static str {
        match self {
            FetchError::Address(_) => "address",
            FetchError::Private { .. } => "private-address",
            FetchError::LeftSite { .. } => "left-site",
            FetchError::Redirects { .. } | FetchError::BadRedirect { .. } => "redirects",
            FetchError::Disallowed { .. } => "robots",
            FetchError::RobotsUnreachable { .. } => "robots-unreachable",
            FetchError::Status { verdict: Some(verdict), .. } => verdict.name(),
            FetchError::Status { .. } => "status",
            FetchError::Resting { .. } => "resting",
            FetchError::Dns { .. } => "dns",
            FetchError::Refused { .. } => "refused",
            FetchError::Tls { .. } => "tls",
            FetchError::TimedOut { .. } => "timeout",
            FetchError::TooLong { .. } => "too-long",
            FetchError::Truncated { .. } => "truncated",
            FetchError::Protocol { .. } => "protocol",
            FetchError::Unreachable { .. } => "unreachable",
            FetchError::Browser { .. } => "browser",
            FetchError::NotInArchive { .. } | FetchError::Archive { .. } => "archive",
            FetchError::Setup(_) => "setup",
        }
    }

    /// How long to stay away at least, where the server or the host's record says so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            FetchError::Status { retry_after, .. } => *retry_after,
            FetchError::Resting { retry_in, .. } => Some(*retry_in),
            _ => None,
        }
    }

    /// Reads an error of the HTTP client. `stage` is what was being waited for, `limit` its time limit.
    pub(super) fn from_client(host: &str, stage: &'static str, limit: Duration, error: &reqwest::Error) -> Self {
        let host = host.to_owned();
        if let Some(private) = find::<super::address::PrivateAddress>(error) {
            return FetchError::Private { host, address: private.0.to_string() };
        }
        if let Some(tls) = find::<rustls::Error>(error) {
            return FetchError::Tls { host, problem: tls_problem(tls) };
        }
        if error.is_timeout() {
            let stage = if error.is_connect() { "accept a connection" } else { stage };
            return FetchError::TimedOut { host, stage, limit };
        }
        let why = innermost(error);
        if let Some(io) = find::<std::io::Error>(error) {
            match io.kind() {
                std::io::ErrorKind::ConnectionRefused => return FetchError::Refused { host },
                std::io::ErrorKind::TimedOut => return FetchError::TimedOut { host, stage: "accept a connection", limit },
                _ => {}
            }
        }
        if error.is_dns() {
            return FetchError::Dns { host, why };
        }
        if error.is_connect() {
            return FetchError::Unreachable { host, why };
        }
        if error.is_body() || error.is_decode() {
            return FetchError::Truncated { host, why };
        }
        FetchError::Protocol { host, why }
    }
}

fn tls_problem(error: &rustls::Error) -> TlsProblem {
    use rustls::CertificateError as C;
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return TlsProblem::Other(error.to_string());
    };
    match certificate {
        C::Expired | C::ExpiredContext { .. } => TlsProblem::Expired,
        C::NotValidYet | C::NotValidYetContext { .. } => TlsProblem::NotYetValid,
        C::NotValidForName => TlsProblem::WrongHost(Vec::new()),
        C::NotValidForNameContext { presented, .. } => TlsProblem::WrongHost(presented.iter().map(|name| plain_name(name)).collect()),
        // A bad signature: an authority of the same name with another key, which is not the one trusted.
        C::UnknownIssuer | C::BadSignature => TlsProblem::UnknownIssuer,
        C::Revoked => TlsProblem::Revoked,
        other => TlsProblem::Other(other.to_string()),
    }
}

/// rustls prints names as `DnsName("www.example.it")`; a volunteer wants the name alone.
fn plain_name(debug: &str) -> String {
    debug.split('"').nth(1).unwrap_or(debug).to_owned()
}

/// Looks for an error of type `E` in the chain of causes; also inside `io::Error`, which hides what it wraps.
fn find<'a, E: std::error::Error + 'static>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        if let Some(inner) = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref)
            && let Some(found) = find::<E>(inner)
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}

pub(super) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_one_clear_line() {
        let expired = FetchError::Tls { host: "www.comune.example.it".into(), problem: TlsProblem::Expired };
        assert_eq!(expired.to_string(), "www.comune.example.it: its certificate has expired");
        let wrong = TlsProblem::WrongHost(vec!["a.it".into(), "b.it".into()]);
        assert_eq!(wrong.to_string(), "its certificate is for another name (a.it and 1 more)");
        let slow = FetchError::TimedOut { host: "h.it".into(), stage: "answer", limit: Duration::from_millis(29_500) };
        assert_eq!(slow.to_string(), "h.it did not answer within 30 s");
        let gone = FetchError::Status { host: "h.it".into(), status: 410, verdict: None, retry_after: None };
        assert_eq!(gone.to_string(), "h.it answered 410: the page has been removed for good");
    }

    #[test]
    fn only_what_may_pass_by_itself_is_transient() {
        let status = |status| FetchError::Status { host: "h".into(), status, verdict: None, retry_after: None };
        assert!(status(429).is_transient() && status(503).is_transient());
        assert!(!status(403).is_transient() && !status(404).is_transient());
        assert!(!FetchError::Disallowed { host: "h".into(), path: "/".into() }.is_transient());
        assert!(!FetchError::Tls { host: "h".into(), problem: TlsProblem::Expired }.is_transient());
    }
}
