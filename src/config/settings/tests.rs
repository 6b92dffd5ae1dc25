//! The example file, and every line that sysadmins are answered.

use super::*;

fn complaints(text: &str) -> Vec<String> {
    parse(text, "s.toml").err().unwrap_or_default().iter().map(Problem::to_string).collect()
}

#[test]
fn the_example_file_holds_every_key_once_and_with_its_default() {
    let text = include_str!("../../../sportello.toml.example");
    // every key stands there commented out, so that the file can be copied as it is: taking the sign away must change nothing
    let uncommented: String = text.lines().map(|line| line.strip_prefix("#:").unwrap_or(line)).map(|line| format!("{line}\n")).collect();
    assert_eq!(parse(text, "sportello.toml.example").unwrap(), Settings::default());
    assert_eq!(parse(&uncommented, "sportello.toml.example").unwrap(), Settings::default());

    let document: toml_edit::DocumentMut = uncommented.parse().unwrap();
    for (section, keys) in read::SECTIONS {
        let table = document.get(section).and_then(|item| item.as_table()).unwrap_or_else(|| panic!("[{section}] is missing"));
        let written: Vec<&str> = table.iter().map(|(key, _)| key).collect();
        assert_eq!(&written, keys, "[{section}]");
    }
}

#[test]
fn every_key_arrives() {
    let text = r##"
[store]
path = "/var/lib/sportello/sportello.db"
keep_snapshots = 30
[sources]
file = "/etc/sportello/sources.toml"
[crawl]
contact = "mailto:redazione@example.org"
concurrency = 8
per_host = 1
delay = 0
timeout = "1m"
max_bytes = "2 MiB"
respect_robots = false
allow_private = true
confirm_after = "1h 30m"
adaptive = false
browser = "/usr/bin/chromium"
[mail]
transport = "smtp"
directory = "mails"
smtp = "smtps://avvisi@mail.example.org"
password_file = "smtp-password"
from = "avvisi@example.org"
per_minute = 60
operator = "Redazione <redazione@example.org>"
bounces = "bounce@example.org"
templates = "/etc/sportello/templates"
dkim_selector = "avvisi"
dkim_domain = "example.org"
dkim_key_file = "/etc/sportello/dkim.pem"
[web]
listen = "[::1]:80"
public_url = "https://sportello.example.org/"
language = "en"
trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]
"##;
    let wanted = Settings {
        store: Store { path: "/var/lib/sportello/sportello.db".into(), keep_snapshots: Some(30) },
        sources: SourcesFile { file: "/etc/sportello/sources.toml".into() },
        crawl: Crawl {
            contact: Some("mailto:redazione@example.org".into()),
            concurrency: 8,
            per_host: 1,
            delay: Duration::ZERO,
            timeout: Duration::from_secs(60),
            max_bytes: 2 << 20,
            respect_robots: false,
            allow_private: true,
            confirm_after: Duration::from_secs(5400),
            adaptive: false,
            browser: "/usr/bin/chromium".into(),
        },
        mail: Mail {
            transport: Transport::Smtp,
            directory: "mails".into(),
            smtp: SmtpServer { host: "mail.example.org".into(), port: 465, tls: SmtpTls::Wrapper, user: Some("avvisi".into()) },
            password_file: Some("smtp-password".into()),
            from: "avvisi@example.org".into(),
            per_minute: 60,
            operator: Some("Redazione <redazione@example.org>".into()),
            bounces: Some("bounce@example.org".into()),
            templates: Some("/etc/sportello/templates".into()),
            dkim_selector: Some("avvisi".into()),
            dkim_domain: Some("example.org".into()),
            dkim_key_file: Some("/etc/sportello/dkim.pem".into()),
        },
        web: Web {
            listen: Some(Listen::Tcp("[::1]:80".parse().unwrap())),
            public_url: "https://sportello.example.org".into(),
            language: Language::En,
            trusted_proxies: vec!["127.0.0.1".parse().unwrap(), "10.0.0.0/8".parse().unwrap()],
        },
    };
    assert_eq!(parse(text, "s.toml").unwrap(), wanted);
    // a test that forgets a key would pass; this one counts them
    let keys = text.lines().filter(|line| line.contains('=')).count();
    assert_eq!(keys, read::SECTIONS.iter().map(|(_, keys)| keys.len()).sum::<usize>());
}

#[test]
fn links_follow_the_address_that_is_listened_on_until_told_otherwise() {
    let web = |text: &str| parse(text, "s.toml").unwrap().web;
    assert_eq!(web("[web]\nlisten = \"127.0.0.1:9000\"").public_url, "http://127.0.0.1:9000");
    assert_eq!(web("[web]\nlisten = \"0.0.0.0:9000\"").public_url, "http://127.0.0.1:8080");
    assert_eq!(web("[web]\nlisten = \"\"").listen, None);
    let socket = web("[web]\nlisten = \"unix:/run/sportello/web.sock\"");
    assert_eq!(socket.listen, Some(Listen::Unix("/run/sportello/web.sock".into())));
    assert_eq!(socket.public_url, "http://127.0.0.1:8080");
}

#[test]
fn one_line_is_answered_by_one_line() {
    for (section, line, answer) in [
        ("stor", "path = \"x\"", "1:2: unknown key \"stor\" · [stor] · did you mean \"store\"?"),
        ("store", "pth = \"x\"", "2:1: unknown key \"pth\" · pth = \"x\" · did you mean \"path\"?"),
        ("store", "delay = \"1s\"", "2:1: unknown key \"delay\" · delay = \"1s\" · \"delay\" belongs in [crawl]"),
        (
            "store",
            "keep_snapshots = 0",
            "2:18: \"keep_snapshots\" is out of bounds: 0 · keep_snapshots = 0 · write a number from 1 to 1000000",
        ),
        ("store", "path = 1", "2:8: \"path\" must be a text in quotes, not a whole number · path = 1 · put it in quotes: path = \"1\""),
        ("crawl", "delay = 1", "2:9: \"delay\" must be a text in quotes, not a whole number · delay = 1 · put it in quotes: delay = \"1\""),
        (
            "crawl",
            "timeout = \"0s\"",
            "2:11: \"timeout\" is out of bounds: 0s · timeout = \"0s\" · write a length of time from 100ms to 1h",
        ),
        (
            "crawl",
            "max_bytes = \"10 MB/s\"",
            "2:13: \"10 MB/s\" is no size · max_bytes = \"10 MB/s\" · write it like \"500 kB\" or \"10 MiB\"",
        ),
        (
            "crawl",
            "respect_robots = \"no\"",
            "2:18: \"respect_robots\" must be true or false, not a text · respect_robots = \"no\" · write it without quotes: respect_robots = no",
        ),
        (
            "crawl",
            "contact = \"io\"",
            "2:11: \"io\" is no way to reach you · contact = \"io\" · write a web address (\"https://…\") or a mail address",
        ),
        ("crawl", "concurrency = -1", "2:15: \"concurrency\" is out of bounds: -1 · concurrency = -1 · write a number from 1 to 1000"),
        ("mail", "transport = \"sendmail\"", "2:13: unknown transport \"sendmail\" · transport = \"sendmail\" · one of: files, smtp"),
        (
            "mail",
            "from = \"Sportello\"",
            "2:8: \"Sportello\" is no mail address · from = \"Sportello\" · write it like \"avvisi@example.org\" or \"Sportello <avvisi@example.org>\"",
        ),
        ("mail", "password = \"x\"", "2:1: unknown key \"password\" · password = … · did you mean \"password_file\"?"),
        (
            "mail",
            "dkim_key_file = \"key.pem\"",
            "2:1: \"dkim_key_file\" signs nothing without \"dkim_selector\" · dkim_key_file = \"key.pem\" · add dkim_selector = \"…\", the name under ._domainkey. in the DNS",
        ),
        (
            "mail",
            "smtp = \"smtps://user:hunter2@host\"",
            "2:8: a password has no place in \"smtp\" · smtp = … · put it into a file that only the service may read, and name that in password_file",
        ),
        (
            "web",
            "listen = \":8080\"",
            "2:10: \":8080\" is no address to listen on · listen = \":8080\" · write \"0.0.0.0:8080\" for all addresses, or \"127.0.0.1:8080\" for this machine alone",
        ),
        (
            "web",
            "listen = \"localhost:80\"",
            "2:10: \"localhost:80\" is no address to listen on · listen = \"localhost:80\" · write it like \"127.0.0.1:80\"; \"\" switches the site off",
        ),
        ("web", "listen = \"8080\"", "2:10: \"8080\" is no address to listen on · listen = \"8080\" · write \"127.0.0.1:8080\""),
        (
            "web",
            "listen = \"unix:web.sock\"",
            "2:10: \"web.sock\" is no place for a socket · listen = \"unix:web.sock\" · write it whole, like \"unix:/run/sportello/web.sock\"",
        ),
        (
            "web",
            "trusted_proxies = [\"proxy.example.org\"]",
            "2:20: \"proxy.example.org\" is no address and no network · trusted_proxies = [\"proxy.example.org\"] · write it like \"127.0.0.1\", \"::1\" or \"10.0.0.0/8\"",
        ),
        (
            "web",
            "public_url = \"sportello.it\"",
            "2:14: bad public_url \"sportello.it\": relative URL without a base · public_url = \"sportello.it\" · write it like \"https://sportello.example.org\"",
        ),
        ("web", "language = \"italiano\"", "2:12: unknown language \"italiano\" · language = \"italiano\" · did you mean \"it\"?"),
    ] {
        let text = format!("[{section}]\n{line}\n");
        assert_eq!(complaints(&text), [format!("s.toml:{answer}")], "{line}");
    }
    assert_eq!(
        complaints("store = \"x\"\n"),
        [
            "s.toml:1:1: \"store\" must be a table, not a text · store = \"x\" · write [store] with one bracket on a line of its own, its keys below"
        ]
    );
}
