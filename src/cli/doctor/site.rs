//! Does the service answer on this machine, and does the public address lead to it?

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use reqwest::StatusCode;
use url::{Host, Url};

use super::{Finding, Patient};
use crate::config::settings::{Listen, Transport};
use crate::fetch;

const CHECK: &str = "site";

/// A site that takes longer is of no use to anybody.
const PATIENCE: Duration = Duration::from_secs(10);

/// A page that no other site has, and its mark.
const OWN_PAGE: (&str, &str) = ("/api/v1/openapi.json", "Sportello");

/// Where systemd notes that it makes the socket.
const SOCKET_ENABLED: &str = "/etc/systemd/system/sockets.target.wants/sportello.socket";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let web = &patient.settings.web;
    let Some(listen) = &web.listen else {
        return vec![Finding::ok(CHECK, ("spento ([web] listen è vuoto)", "switched off ([web] listen is empty)"))];
    };
    let mut findings = Vec::new();
    match listen {
        // a socket that systemd hands over goes before the settings
        _ if Path::new(SOCKET_ENABLED).exists() => {}
        Listen::Tcp(address) => findings.push(patient.runtime.block_on(here(*address))),
        Listen::Unix(path) => findings.push(match UnixStream::connect(path) {
            Ok(_) => answers(listen),
            Err(_) => silent(listen),
        }),
    }
    let sends = patient.settings.mail.transport == Transport::Smtp;
    findings.push(match Url::parse(&web.public_url) {
        Ok(url) if is_loopback(&url) => nowhere(&url, sends),
        Ok(url) => patient.runtime.block_on(outside(&url)),
        Err(error) => Finding::error(CHECK, format!("{}: {error}", web.public_url), "[web] public_url"),
    });
    findings
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn answers(listen: &Listen) -> Finding {
    Finding::ok(CHECK, (format!("il servizio risponde a {listen}"), format!("the service answers at {listen}")))
}

fn silent(listen: &Listen) -> Finding {
    let says = (
        format!("nessuno risponde a {listen}: il servizio non è in funzione"),
        format!("nobody answers at {listen}: the service does not run"),
    );
    Finding::warning(
        CHECK,
        says,
        ("systemctl enable --now sportello, o `sportello run`", "systemctl enable --now sportello, or `sportello run`"),
    )
}

/// The service itself, as this machine sees it.
async fn here(address: SocketAddr) -> Finding {
    let reachable = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let url = format!("http://{}/readyz", SocketAddr::new(reachable, address.port()));
    match ask(&url).await {
        Ok((StatusCode::OK, _)) => answers(&Listen::Tcp(address)),
        Ok((StatusCode::SERVICE_UNAVAILABLE, text)) => Finding::error(
            CHECK,
            (
                format!("il servizio a {address} non sta bene: {}", text.trim()),
                format!("the service at {address} is not well: {}", text.trim()),
            ),
            "journalctl -u sportello -p warning",
        ),
        Ok((status, _)) => Finding::error(
            CHECK,
            (format!("a {address} risponde un altro programma ({status})"), format!("another program answers at {address} ({status})")),
            ("scegliere un'altra porta in [web] listen", "choose another port in [web] listen"),
        ),
        Err(_) => silent(&Listen::Tcp(address)),
    }
}

/// An address that readers cannot reach.
fn nowhere(url: &Url, sends: bool) -> Finding {
    let says = (
        format!("{url} vale solo su questa macchina, e i collegamenti nelle mail portano lì"),
        format!("{url} is for this machine alone, and that is where links in mails lead"),
    );
    if sends {
        let advice = (
            "scrivere in [web] public_url l'indirizzo pubblico, dietro un server web con HTTPS: docs/PROXY.md",
            "set [web] public_url to the public address, behind a web server with HTTPS: docs/PROXY.md",
        );
        Finding::error(CHECK, says, advice)
    } else {
        Finding::ok(CHECK, says)
    }
}

/// The public address, from here.
async fn outside(url: &Url) -> Finding {
    let shown = url.as_str().trim_end_matches('/');
    let (path, mark) = OWN_PAGE;
    match ask(&format!("{shown}{path}")).await {
        Ok((StatusCode::OK, text)) if text.contains(mark) => {
            if url.scheme() == "https" {
                return Finding::ok(CHECK, (format!("{shown} porta qui"), format!("{shown} leads here")));
            }
            Finding::warning(
                CHECK,
                (format!("{shown} porta qui, ma senza HTTPS"), format!("{shown} leads here, but without HTTPS")),
                (
                    "mettervi davanti un server web con un certificato: docs/PROXY.md",
                    "put a web server with a certificate in front: docs/PROXY.md",
                ),
            )
        }
        Ok((status @ (StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT), _)) => Finding::error(
            CHECK,
            (
                format!("{shown}: il server web davanti non trova Sportello ({status})"),
                format!("{shown}: the web server in front does not find Sportello ({status})"),
            ),
            (
                "il servizio è in funzione, e il server web punta a [web] listen? docs/PROXY.md",
                "does the service run, and does the web server point to [web] listen? docs/PROXY.md",
            ),
        ),
        Ok((status, _)) => Finding::error(
            CHECK,
            (format!("{shown}: risponde un altro sito ({status})"), format!("{shown}: another site answers ({status})")),
            (
                "[web] public_url dev'essere l'indirizzo finale, senza rinvii, con il percorso se ce n'è uno: docs/PROXY.md",
                "[web] public_url must be the final address, without redirects, with its path if there is one: docs/PROXY.md",
            ),
        ),
        // many routers do not lead back inside what goes to their own outer address
        Err(error) => Finding::warning(
            CHECK,
            (
                format!("{shown} non si raggiunge da questa macchina: {error}"),
                format!("{shown} cannot be reached from this machine: {error}"),
            ),
            (
                "provare dall'esterno; se nemmeno lì risponde, vedere il nome nel DNS, il firewall e il certificato",
                "try it from outside; if it does not answer there either, see to its name in the DNS, the firewall, the certificate",
            ),
        ),
    }
}

/// What is answered at an address: the status and the text.
async fn ask(url: &str) -> Result<(StatusCode, String), String> {
    let client = fetch::caller(true, PATIENCE).map_err(|error| error.to_string())?;
    let innermost = |error: reqwest::Error| {
        let mut cause: &dyn std::error::Error = &error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        cause.to_string()
    };
    let response = client.get(url).send().await.map_err(innermost)?;
    let status = response.status();
    Ok((status, response.text().await.map_err(innermost)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::site::{Page, Site};
    use crate::cli::doctor::Level;
    use crate::domain::Language;

    #[tokio::test]
    async fn the_public_address_is_told_by_who_answers_there() {
        let site = Site::start().await.unwrap();
        let own = site.url(OWN_PAGE.0);
        let base = own.as_str().strip_suffix(OWN_PAGE.0).unwrap().parse::<Url>().unwrap();
        for (page, level, words) in [
            (Page::typed("application/json", *b"{\"info\": {\"title\": \"Sportello\"}}"), Level::Warning, "without HTTPS"),
            (Page::html("<h1>It works!</h1>"), Level::Error, "another site"),
            (Page::status(502), Level::Error, "in front does not find Sportello"),
            (Page::status(404), Level::Error, "another site"),
        ] {
            site.set(OWN_PAGE.0, page);
            let found = outside(&base).await;
            assert!(found.level == level && found.says.in_language(Language::En).contains(words), "{words}: {found:?}");
        }
        // a port that was free a moment ago and has no listener
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let found = outside(&format!("http://{free}").parse().unwrap()).await;
        assert!(found.level == Level::Warning && found.says.in_language(Language::En).contains("cannot be reached"), "{found:?}");
        assert_eq!(here(free).await.level, Level::Warning);
        let found = here(base.socket_addrs(|| None).unwrap()[0]).await;
        assert!(found.level == Level::Error && found.says.in_language(Language::En).contains("another program"), "{found:?}");
    }

    #[test]
    fn an_address_that_no_reader_reaches_matters_once_mails_are_sent() {
        let url = "http://localhost:8080".parse().unwrap();
        assert!(is_loopback(&url));
        assert_eq!((nowhere(&url, false).level, nowhere(&url, true).level), (Level::Ok, Level::Error));
        assert!(!is_loopback(&"https://sportello.example.org".parse().unwrap()));
    }
}
