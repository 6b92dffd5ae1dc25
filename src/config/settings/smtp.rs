//! The address of a mail server: `smtp://127.0.0.1:25`, `smtp://relay.example.org?tls=required`, `smtps://user@host:465`.

use url::Url;

use crate::config::{suggest::did_you_mean, units::Complaint, words::percent_decoded};

/// A mail server and how to speak with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpServer {
    /// Its name or address; an IPv6 address without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Encryption.
    pub tls: SmtpTls,
    /// Who logs in; `None`: nobody.
    pub user: Option<String>,
}

/// How the connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SmtpTls {
    /// Not at all: for a relay on this machine.
    #[default]
    None,
    /// STARTTLS when the server offers it (RFC 3207).
    Opportunistic,
    /// STARTTLS or no mail.
    Required,
    /// From the first byte (RFC 8314).
    Wrapper,
}

impl Default for SmtpServer {
    fn default() -> Self {
        Self { host: "127.0.0.1".to_owned(), port: 25, tls: SmtpTls::None, user: None }
    }
}

/// The address as it would be written.
impl std::fmt::Display for SmtpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = if self.tls == SmtpTls::Wrapper { "smtps" } else { "smtp" };
        let user = self.user.as_ref().map(|user| format!("{}@", user.replace('@', "%40"))).unwrap_or_default();
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let tls = match self.tls {
            SmtpTls::None | SmtpTls::Wrapper => "",
            SmtpTls::Opportunistic => "?tls=opportunistic",
            SmtpTls::Required => "?tls=required",
        };
        write!(f, "{scheme}://{user}{host}:{}{tls}", self.port)
    }
}

/// Reads the address of a mail server.
pub(super) fn server(written: &str) -> Result<SmtpServer, Complaint> {
    const EXAMPLE: &str = "write it like \"smtp://127.0.0.1:25\", \"smtp://user@host:587?tls=required\" or \"smtps://user@host:465\"";
    let wrong = |detail: String, suggestion: String| Complaint::new(format!("bad smtp address {written:?}: {detail}"), suggestion);
    let url = Url::parse(written).map_err(|error| wrong(error.to_string(), EXAMPLE.to_owned()))?;
    if !matches!(url.scheme(), "smtp" | "smtps") {
        return Err(wrong(format!("unknown protocol {:?}", url.scheme()), EXAMPLE.to_owned()));
    }
    if url.password().is_some() {
        return Err(Complaint::about_a_secret(
            "a password has no place in \"smtp\"",
            "put it into a file that only the service may read, and name that in password_file",
        ));
    }
    let host = match url.host() {
        Some(url::Host::Ipv6(address)) => address.to_string(),
        Some(host) if !host.to_string().is_empty() => host.to_string(),
        _ => return Err(wrong("the host is missing".to_owned(), EXAMPLE.to_owned())),
    };
    if !matches!(url.path(), "" | "/") {
        return Err(wrong(format!("{} means nothing here", url.path()), "take it out".to_owned()));
    }
    let mut tls = if url.scheme() == "smtps" { SmtpTls::Wrapper } else { SmtpTls::None };
    for (key, value) in url.query_pairs() {
        tls = match (&*key, &*value) {
            ("tls", _) if url.scheme() == "smtps" => {
                return Err(wrong("smtps is encrypted from the start".to_owned(), "take ?tls=… out".to_owned()));
            }
            ("tls", "required") => SmtpTls::Required,
            ("tls", "opportunistic") => SmtpTls::Opportunistic,
            ("tls", other) => {
                let near = did_you_mean(other, ["required", "opportunistic"]);
                return Err(wrong(format!("unknown tls {other:?}"), near.unwrap_or_else(|| EXAMPLE.to_owned())));
            }
            (other, _) => return Err(wrong(format!("unknown parameter {other:?}"), "only ?tls=required is known".to_owned())),
        };
    }
    let port = url.port().unwrap_or(match tls {
        SmtpTls::None => 25,
        SmtpTls::Opportunistic | SmtpTls::Required => 587,
        SmtpTls::Wrapper => 465,
    });
    let user = Some(percent_decoded(url.username())).filter(|user| !user.is_empty());
    Ok(SmtpServer { host, port, tls, user })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written_back() {
        for (written, canonical) in [
            ("smtp://127.0.0.1:25", "smtp://127.0.0.1:25"),
            ("smtp://relay.example.org", "smtp://relay.example.org:25"),
            ("smtp://relay.example.org?tls=required", "smtp://relay.example.org:587?tls=required"),
            ("smtp://[::1]:2525?tls=opportunistic", "smtp://[::1]:2525?tls=opportunistic"),
            ("smtps://avvisi%40example.org@mail.example.org", "smtps://avvisi%40example.org@mail.example.org:465"),
            ("smtps://user@host:465/", "smtps://user@host:465"),
        ] {
            let read = server(written).unwrap_or_else(|complaint| panic!("{written}: {}", complaint.message));
            assert_eq!(read.to_string(), canonical);
            assert_eq!(server(canonical), Ok(read));
        }
        assert_eq!(server("smtp://a%40b+c@h").unwrap().user.as_deref(), Some("a@b+c"));
        assert_eq!(server("smtp://[::1]").unwrap().host, "::1");
    }

    #[test]
    fn what_is_wrong_is_told() {
        let complaint = server("smtp://host?tls=requird").unwrap_err();
        assert_eq!(complaint.suggestion.as_deref(), Some("did you mean \"required\"?"));
        for written in
            ["127.0.0.1:25", "mail.example.org", "http://host", "smtp://", "smtp://host/path", "smtps://host?tls=required", "smtp://h?x=1"]
        {
            assert!(server(written).is_err(), "{written}");
        }
    }
}
