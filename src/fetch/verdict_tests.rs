use super::*;
use crate::document::{self, Input};
use crate::fetch::stops_short;

fn judge_at(requested: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Option<Verdict> {
    let mut response = Response::for_test(Url::parse(url).unwrap(), "text/html; charset=utf-8", body.as_bytes());
    response.headers.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    response.requested = Url::parse(requested).unwrap();
    if requested != url {
        response.redirects.push(response.requested.clone());
    }
    let document =
        document::read(&Input { bytes: &response.body, content_type: response.content_type(), url: Some(&response.url), select: None });
    judge(&response, &document)
}

fn judged(body: &str) -> Option<Verdict> {
    judge_at("https://h.it/uffici/anagrafe", "https://h.it/uffici/anagrafe", &[], body)
}

fn whole(title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html><head><title>{title}</title></head><body><header><nav>{}</nav></header><main>{main}</main><footer>Comune di Prova, via Roma 1</footer></body></html>",
        (0..15).map(|n| format!("<a href='/v{n}'>Voce {n}</a> ")).collect::<String>()
    )
}

fn alone(title: &str, main: &str) -> String {
    format!("<!doctype html><html><head><title>{title}</title></head><body>{main}</body></html>")
}

#[test]
fn real_pages_pass_though_they_use_the_words_of_substitutes() {
    for page in [
        whole(
            "Sportello SUAP in manutenzione - Comune di Prova",
            "<h1>Sportello online in manutenzione</h1><p>Il portale dei pagamenti non sarà disponibile il 3 marzo dalle 9 alle 12.</p>",
        ),
        whole(
            "Anagrafe - Comune di Prova",
            "<h1>Ufficio anagrafe</h1><p>Aperto lunedì 9-12.</p><form action='/login'><input type='password' name='p'></form>",
        ),
        whole("Anagrafe", "<h1>Anagrafe</h1><p>Cookie: accetta o rifiuta. Chiuso il 4 maggio.</p>"),
        alone(
            "Anagrafe",
            "<div id=\"app\"><h1>Anagrafe</h1><p>Chiuso il 4 maggio.</p></div><div class=cookie>Questo sito usa cookie: accetta</div><script src=a.js></script>",
        ),
        alone("Orari", "<h1>Orari degli uffici</h1><p>Lunedì 9-12</p>"),
        whole("Area personale: come accedere", "<h1>Come ottenere SPID</h1><p>Lo sportello riceve il martedì. Entra con SPID.</p>"),
        whole("Contatti", "<h1>Contatti</h1><p>Tel. 0583 1</p><script src='https://www.google.com/recaptcha/api.js'></script>"),
        alone(
            "",
            "<div id=\"app\"><p>Ufficio protocollo, aperto al pubblico dal lunedì al venerdì dalle 8.30 alle 12.30 e il martedì e giovedì anche dalle 15 alle 17. Si riceve su appuntamento il mercoledì; per prenotare telefonare allo 0583 000000 oppure scrivere alla posta elettronica certificata.</p></div><script src='/a.js'></script>",
        ),
    ] {
        assert_eq!(judged(&page), None, "{page}");
    }
}

#[test]
fn soft_404() {
    assert_eq!(judged(&whole("Pagina non trovata - Comune di Prova", "<h1>Ops</h1>")), Some(Verdict::SoftNotFound));
    assert_eq!(judged(&whole("Comune di Prova", "<h1>404</h1><p>Torna alla home</p>")), Some(Verdict::SoftNotFound));
    assert_eq!(
        judged(&whole("Comune di Prova", "<h1>Comune di Prova</h1><p>Spiacenti, la pagina richiesta non esiste.</p>")),
        Some(Verdict::SoftNotFound)
    );
}

#[test]
fn maintenance_and_parked() {
    assert_eq!(judged(&alone("Comune di Prova", "<h1>Sito in manutenzione</h1><p>Torneremo presto.</p>")), Some(Verdict::Maintenance));
    assert_eq!(judged(&alone("Manutenzione", "<p>Il sito è in manutenzione, ci scusiamo.</p>")), Some(Verdict::Maintenance));
    assert_eq!(judged(&alone("h.it", "<p>This domain is for sale!</p>")), Some(Verdict::Parked));
    assert_eq!(judged(&alone("Welcome to nginx!", "<h1>Welcome to nginx!</h1>")), Some(Verdict::Parked));
    assert_eq!(judge_error(503, &[], b"<h1>Sito in manutenzione</h1>"), Some(Verdict::Maintenance));
    assert_eq!(judge_error(404, &[], b"<h1>Non trovata</h1>"), None);
}

#[test]
fn walls() {
    let form = "<h1>Accedi all'area riservata</h1><form><input name=u><input type=\"password\"></form>";
    assert_eq!(judged(&alone("Comune", form)), Some(Verdict::LoginWall));
    let sent =
        judge_at("https://h.it/uffici", "https://h.it/user/login?d=/uffici", &[], &alone("Comune", "<form><input type=password></form>"));
    assert_eq!(sent, Some(Verdict::LoginWall));
    let cookies =
        alone("Comune", "<div class='cookie-banner'><p>Questo sito usa cookie. Accetta per continuare.</p><button>Accetta</button></div>");
    assert_eq!(judged(&cookies), Some(Verdict::ConsentWall));
}

#[test]
fn bot_challenges_by_header_and_markup() {
    let page =
        alone("Just a moment...", "<noscript>Enable JavaScript and cookies to continue</noscript><script>window._cf_chl_opt={}</script>");
    assert_eq!(judged(&page), Some(Verdict::BotChallenge("Cloudflare")));
    let header = judge_at("https://h.it/a", "https://h.it/a", &[("x-amzn-waf-action", "challenge")], &alone("", ""));
    assert_eq!(header, Some(Verdict::BotChallenge("AWS WAF")));
    assert_eq!(judged(&alone("", "<script src='/_Incapsula_Resource?SWJIYLWA=1'></script>")), Some(Verdict::BotChallenge("Imperva")));
    let blocked = b"<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your administrator.</body>";
    assert_eq!(judge_error(403, &[], blocked), Some(Verdict::BotChallenge("F5")));
    let through = whole(
        "Anagrafe",
        "<h1>Anagrafe</h1><p>Aperto il lunedì.</p><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
    );
    assert_eq!(judged(&through), None, "a script that the firewall leaves in every page");
}

#[test]
fn shells_and_empty_pages() {
    assert_eq!(judged(&alone("Comune", "<div id=\"root\"></div><script src='/main.js'></script>")), Some(Verdict::NeedsScripts));
    let noscript = "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script src=a.js></script>";
    assert_eq!(judged(&alone("Comune", noscript)), Some(Verdict::NeedsScripts));
    assert_eq!(judged(&alone("", "")), Some(Verdict::Empty));
    assert_eq!(judged("  \n "), Some(Verdict::Empty));
}

#[test]
fn a_frame_without_its_matter_is_empty() {
    let framed = |main: &str| {
        let menu = "<nav><a href=/>Home</a> <a href=/uffici>Uffici</a> <a href=/novita>Novità</a> <a href=/contatti>Contatti</a></nav>";
        let footer = "<footer><p>Comune di Altolago - Piazza Grande 1 - Tel. 0583 555000</p><p>Sei il visitatore n. 12017</p></footer>";
        format!(
            "<html><head><title>Uffici</title></head><body>{menu}<div>Concerto in piazza</div><main id=m>{main}</main>{footer}</body></html>"
        )
    };
    assert_eq!(judged(&framed("")), Some(Verdict::Empty));
    assert_eq!(judged(&framed("<section><article></article></section>")), Some(Verdict::Empty));
    assert_eq!(judged(&framed("<p>Ultimo aggiornamento: 22 novembre 2026</p>")), Some(Verdict::Empty));
    assert_eq!(judged(&framed("<p>Ufficio chiuso.</p>")), None, "a short page is a page");
}

#[test]
fn directory_index_truncation_and_home() {
    assert_eq!(
        judged("<html><head><title>Index of /uffici</title></head><body><h1>Index of /uffici</h1></body></html>"),
        Some(Verdict::DirectoryIndex)
    );
    let page = whole(
        "Anagrafe",
        &format!(
            "<div><h1>Anagrafe</h1>{}</div>",
            "<p>Il lunedì dalle 9 alle 12, su appuntamento il resto della settimana.</p>".repeat(30)
        ),
    );
    assert_eq!(judged(&page), None);
    for cut in [page.len() / 2, page.len() / 3] {
        assert_eq!(judged(&page[..page.floor_char_boundary(cut)]), Some(Verdict::Truncated), "{cut}");
    }
    assert_eq!(judge_at("https://h.it/uffici/anagrafe", "https://h.it/", &[], &page), Some(Verdict::RedirectedHome));
    assert_eq!(judge_at("http://h.it/", "https://h.it/it", &[], &page), None);
}

#[test]
fn other_types() {
    let judged = |mime: &str, body: &[u8]| {
        let response = Response::for_test(Url::parse("https://h.it/a").unwrap(), mime, body);
        judge(&response, &Document::default())
    };
    assert_eq!(judged("image/png", b"\x89PNG\r\n"), Some(Verdict::OtherType("image/png".into())));
    assert_eq!(judged("application/octet-stream", b"%PDF-1.7\n\0"), None);
    assert_eq!(judged("application/pdf", b"%PDF-1.7"), None);
    assert!(matches!(judged("text/html", b"\x00\x01\x02"), Some(Verdict::OtherType(_))));
    assert_eq!(judged("text/plain", b"Orari: 9-12"), None);
    assert_eq!(judged("application/rss+xml", b"<rss/>"), None);
    assert_eq!(judged("application/json", b"{\"error\": \"not found\"}"), Some(Verdict::OtherType("application/json".into())));
    assert_eq!(judged("application/json", b"{\"version\": \"https://jsonfeed.org/version/1.1\"}"), None);
    assert_eq!(judged("text/html", b"\x1f\x8b\x08\0"), Some(Verdict::OtherType("compressed bytes".into())), "packed twice");
}

/// The pages of the corpus are real pages: none may be taken for a substitute. Skips, and says so, where the corpus is absent.
#[test]
fn every_page_of_the_corpus_is_judged_a_page() {
    let Some(corpus) = ["../shared/corpus/dev", "../../shared/corpus/dev"].iter().map(std::path::Path::new).find(|path| path.is_dir())
    else {
        eprintln!("skipped: no corpus beside the repository");
        return;
    };
    let mut judged = 0;
    for folder in std::fs::read_dir(corpus).unwrap() {
        let mut files: Vec<_> = std::fs::read_dir(folder.unwrap().path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "html"));
        files.sort();
        for path in files.iter().take(files.len().div_ceil(3) * 2) {
            let body = std::fs::read(path).unwrap();
            let response = Response::for_test(Url::parse("https://h.it/uffici/x").unwrap(), "text/html", &body);
            let document = document::read(&Input { bytes: &body, content_type: Some("text/html"), url: Some(&response.url), select: None });
            assert_eq!(judge(&response, &document), None, "{}", path.display());
            judged += 1;
        }
    }
    assert!(judged > 0);
}

/// A whole page in a municipal site's frame: menus, breadcrumb, a footer with the seat's telephone and hours.
fn framed(title: &str, main: &str) -> String {
    let menu: String = ["Amministrazione", "Novità", "Servizi", "Vivere il Comune", "Documenti", "Bandi", "Uffici", "Turismo"]
        .iter()
        .map(|entry| {
            let below: String = (1..9).map(|n| format!("<li><a href='/{n}'>{entry} sottovoce numero {n}</a></li>")).collect();
            format!("<li><a href='/v'>{entry}</a><ul>{below}</ul></li>")
        })
        .collect();
    format!(
        "<!doctype html><html lang=it><head><title>{title}</title><script src='/tema.js'></script></head><body>\
         <header><p>Regione Toscana</p><nav><ul>{menu}</ul></nav></header><nav class=breadcrumb><a href='/'>Home</a></nav>\
         <main>{main}</main><footer><h2>Comune di Prova</h2><p>Piazza del Municipio 1 · Centralino 0583 000000</p>\
         <p>Orari: dal lunedì al venerdì 9-13</p><a href='/privacy'>Privacy</a></footer></body></html>"
    )
}

#[test]
fn substitutes_inside_the_frame_of_the_site() {
    for (title, main, verdict) in [
        ("Comune di Prova", "<h1>Pagina non trovata</h1><p>Controlla l'indirizzo o torna alla pagina iniziale.</p>", Verdict::SoftNotFound),
        ("Comune di Prova", "<h1>Ops!</h1><p>Non abbiamo trovato la pagina che hai chiesto.</p>", Verdict::SoftNotFound),
        ("Errore 404 | Comune di Prova", "<h1>Siamo spiacenti</h1>", Verdict::SoftNotFound),
        ("Comune di Prova", "<h1>Sito in manutenzione</h1><p>Torna a trovarci più tardi.</p>", Verdict::Maintenance),
        ("Comune di Prova", "<p>Stiamo facendo manutenzione: il sito tornerà attivo tra poco. Tel. 0583 000000</p>", Verdict::Maintenance),
        ("Comune di Prova", "<p>Errore nello stabilire una connessione al database</p>", Verdict::ServerError),
        ("Comune di Prova", "<p>Fatal error: Uncaught Error: call to undefined function</p>", Verdict::ServerError),
    ] {
        assert_eq!(judged(&framed(title, main)), Some(verdict), "{title}: {main}");
    }
}

#[test]
fn pages_of_offices_inside_the_frame_pass_whatever_words_they_use() {
    for main in [
        "<h1>Ufficio tecnico</h1><p>Il martedì 9-12. Il portale in manutenzione torna venerdì.</p>",
        "<h1>Manutenzione del sito</h1><p>Il 4 maggio il sito in manutenzione non accetterà pagamenti; lo sportello resta aperto.</p>",
        "<h1>Ufficio manutenzioni</h1><p>Cura strade e giardini. Ing. Verdi, stanza 12, telefono 0583 111222.</p>",
        "<h1>Anagrafe</h1><p>Servizio temporaneamente non disponibile dal 3 marzo.</p>",
        "<h1>Cimitero</h1><p>Chiuso per manutenzione fino al 3 aprile.</p>",
        "<h1>Biblioteca</h1><p>La pagina che cerchi non c'è più? Telefona: il giovedì rispondiamo noi.</p>",
        "<h1>Contatti</h1><form><p>Non sono un robot</p><div class=g-recaptcha></div></form><p>Ricevimento su appuntamento.</p>",
        "<h1>Edilizia</h1><p>Permessi di costruire e cantieri: sito in costruzione in via Roma, orario 9-12.</p>",
    ] {
        assert_eq!(judged(&framed("Comune di Prova", main)), None, "{main}");
    }
}

#[test]
fn old_and_bare_pages_of_offices_pass() {
    for page in [
        alone("Anagrafe", "<h1>Anagrafe</h1><p>Sito in aggiornamento</p><p>Lunedì 9-12</p>"),
        alone("Uffici", "<table><tr><td>Anagrafe</td><td>lunedì 9-12</td></tr><tr><td>Sito in costruzione</td></tr></table>"),
        alone("Protocollo", "<p>Su appuntamento.</p><form action=captcha.php><img src=captcha.png></form>"),
        alone("URP", "<p>Chiuso il 4 maggio</p><script src='/TSPD/08a1?type=5'></script>"),
        alone("URP", "<p>Orario 9-12</p><script src='/_Incapsula_Resource?SWJIYLWA=719'></script>"),
        alone(
            "Prossimamente online",
            "<h1>Servizi</h1><p>Prossimamente online i certificati. Intanto il mercoledì si riceve allo sportello.</p>",
        ),
        alone("Tributi", "<p>Giovedì 9-12. Segreteria: barracuda@comune.example.it</p>"),
    ] {
        assert_eq!(judged(&page), None, "{page}");
    }
}

#[test]
fn firewalls_ask_in_many_ways() {
    let product = |body: &str| match judged(body) {
        Some(Verdict::BotChallenge(product)) => product,
        other => panic!("{other:?}: {body}"),
    };
    for (body, expected) in [
        (
            alone(
                "",
                "<script>bobcmn='1'</script><noscript>Please enable JavaScript to view the page content. Your support ID is: 991.</noscript>",
            ),
            "F5",
        ),
        (alone("Human Verification", "<script>window.awsWafCookieDomainList=[];AwsWafIntegration.saveReferrer()</script>"), "AWS WAF"),
        (
            alone(
                "comune.example.it",
                "<p>Please enable JS and disable any ad blocker</p><script src='https://ct.captcha-delivery.com/c.js'></script>",
            ),
            "DataDome",
        ),
        (alone("One moment, please...", "<h1>Please wait while your request is being verified...</h1>"), "Imunify360"),
        (alone("Robot Challenge Screen", "<p>Checking the site connection</p>"), "SiteGround"),
        (
            alone(
                "Pardon Our Interruption",
                "<h1>Pardon Our Interruption</h1><p>As you were browsing something made us think you were a bot.</p>",
            ),
            "Imperva",
        ),
        (alone("Vercel Security Checkpoint", "<p>We're verifying your browser</p><p>Vercel Security Checkpoint</p>"), "Vercel"),
        (alone("Making sure you&#39;re not a bot!", "<p>Loading...</p>"), "Anubis"),
        (alone("Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1>"), "Cloudflare"),
        (alone("Access Denied", "<h1>Access Denied</h1><p>Reference 18.9f1</p><p>https://errors.edgesuite.net/18.9f1</p>"), "Akamai"),
        (alone("Accesso negato", "<h1>Accesso negato</h1><p>La richiesta è stata bloccata.</p>"), ""),
        (alone("Verifica di sicurezza", "<p>Verifica di essere umano</p>"), ""),
        (alone("", "<p>Checking your browser before accessing comune.example.it</p>"), ""),
    ] {
        assert_eq!(product(&body), expected, "{body}");
    }
    let header = |name, value| judge_at("https://h.it/a", "https://h.it/a", &[(name, value)], "");
    assert_eq!(header("x-amzn-waf-action", "challenge"), Some(Verdict::BotChallenge("AWS WAF")), "with an empty body");
    assert_eq!(header("sg-captcha", "challenge"), Some(Verdict::BotChallenge("SiteGround")));
}

#[test]
fn courtesy_pages_and_faults_of_servers() {
    for (title, main, verdict) in [
        ("comune.example.it", "<h1>Pagina di cortesia</h1><p>Il dominio è registrato.</p>", Verdict::Parked),
        ("IIS Windows Server", "<img src=iisstart.png>", Verdict::Parked),
        ("", "<h1>It works!</h1>", Verdict::Parked),
        ("Apache2 Debian Default Page: It works", "<p>It works!</p>", Verdict::Parked),
        ("Errore", "<p>Questo dominio è scaduto. Per rinnovarlo contattare il fornitore.</p>", Verdict::Parked),
        ("503 Service Temporarily Unavailable", "<h1>503 Service Temporarily Unavailable</h1><hr>nginx", Verdict::ServerError),
        ("Servizio non disponibile", "<h1>Riprova più tardi</h1>", Verdict::ServerError),
        ("Runtime Error", "<h1>Server Error in '/' Application.</h1>", Verdict::ServerError),
        (
            "Manutenzione in corso | Comune di Prova",
            "<h1>Torniamo presto</h1><p>PEC: protocollo@pec.example.it Tel. 0583 1</p>",
            Verdict::Maintenance,
        ),
        (
            "Sito in manutenzione",
            "<h1>Sito in manutenzione</h1><p>Gli uffici restano aperti dal lunedì al venerdì 9-12.</p>",
            Verdict::Maintenance,
        ),
    ] {
        assert_eq!(judged(&alone(title, main)), Some(verdict), "{title}");
    }
}

#[test]
fn a_page_that_sends_us_up_has_gone() {
    let page = framed("Uffici", "<h1>Uffici</h1><p>Anagrafe lunedì 9-12</p>");
    let sent = |from: &str, to: &str| judge_at(&format!("https://h.it{from}"), &format!("https://h.it{to}"), &[], &page);
    for (from, to) in
        [("/uffici/anagrafe", "/uffici"), ("/novita/avviso-7", "/novita/"), ("/uffici/anagrafe", "/it/home"), ("/a/b/c.html", "/a/")]
    {
        assert_eq!(sent(from, to), Some(Verdict::RedirectedHome), "{from} → {to}");
    }
    for (from, to) in [
        ("/uffici/anagrafe", "/uffici/anagrafe/"),
        ("/uffici/index.html", "/uffici/"),
        ("/uffici/anagrafe", "/amministrazione/uffici/anagrafe"),
        ("/uffici/anagrafe", "/uffici/servizi-demografici"),
        ("/index.php", "/it"),
    ] {
        assert_eq!(sent(from, to), None, "{from} → {to}");
    }
}

#[test]
fn error_pages_of_a_site_are_told_from_those_of_its_guards() {
    let own = framed(
        "Pagina non trovata",
        "<h1>404</h1><script src='https://www.google.com/recaptcha/api.js'></script><script src='/TSPD/1'></script>",
    );
    assert_eq!(judge_error(404, &[], own.as_bytes()), None, "the page is gone, and the site says so");
    assert_eq!(judge_error(404, &[], b"<title>Sito in manutenzione</title>"), Some(Verdict::Maintenance));
    assert_eq!(judge_error(404, &[("cf-mitigated".into(), "challenge".into())], b""), Some(Verdict::BotChallenge("Cloudflare")));
    assert_eq!(judge_error(404, &[], b"<title>Account Suspended</title>"), Some(Verdict::Parked));
    assert_eq!(judge_error(403, &[], b"<title>403 Forbidden</title>"), None, "a plain refusal");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// Whatever comes, judging and reading lists ends without a panic.
    #[test]
    fn any_bytes_are_judged_and_listed(
        pieces in proptest::collection::vec(proptest::sample::select(vec![
            "<html>", "<body", "<div class=card>", "<a href='/x/1'>", "<a href=//[::", "</a>", "<title>", "</ti", "404", "è", "<script", "\u{0}", "<urlset><url><loc>",
            "http://h.it/", "<rss><item><link>", "{\"version\": \"https://jsonfeed.org/version/1\"", "12/13/2024", "<!--", "<meta http-equiv=refresh content=0>", "\u{fffd}", "<base href=':'>",
        ]), 0..60),
        noise in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..50),
        at in 0usize..100,
    ) {
        let mut bytes = pieces.concat().into_bytes();
        let at = at.min(bytes.len());
        bytes.splice(at..at, noise);
        let response = Response::for_test(Url::parse("https://h.it/x").unwrap(), "text/html", &bytes);
        let document = document::read(&Input { bytes: &bytes, content_type: Some("text/html"), url: Some(&response.url), select: None });
        judge(&response, &document);
        judge_error(503, &response.headers, &bytes);
        crate::fetch::listing(&response, None, &crate::fetch::Scope::of(&response.url));
        crate::fetch::attachments(&response, &crate::fetch::Scope::of(&response.url));
    }
}

#[test]
fn a_plain_page_cut_in_a_paragraph_is_cut() {
    let page = "<!doctype html><html lang=it><head><title>Uffici</title></head><body><p>Comune di Altolago</p><main><h1>Uffici</h1>\
        <h2>Anagrafe</h2><p>Orario: dal lunedì al venerdì 8.30-12.30</p><p>Telefono 0584 111111</p>\
        <h2>Tributi</h2><p>Orario: lunedì e mercoledì 9.00-12.00</p><p>Telefono 0584 111112</p></main></body></html>";
    for end in ["al venerdì", "0584 111111", "0584 1111", "8.30-12.30</p>", "Tributi", "9.00-12.00</p>"] {
        let cut = &page[..page.find(end).unwrap() + end.len()];
        assert_eq!(judged(cut), Some(Verdict::Truncated), "{end}");
    }
    assert_eq!(judged(page), None);
    // old pages close neither their paragraphs nor themselves
    let old = "<html><head><title>Uffici</title></head><body><h1>Ufficio anagrafe</h1><p>Orario: dal lunedì al venerdì 8.30-12.30<p>Tel. 0584 111111<br>\
        <p>Ufficio tributi: lunedì e mercoledì 9.00-12.00, tel. 0584 111112";
    assert_eq!(judged(old), None);
}

#[test]
fn a_page_stops_short_where_its_earlier_copy_went_on() {
    let page = "<html><body><h1>Uffici</h1><h2>Anagrafe</h2><p>lunedì 9-12</p><h2>Tributi</h2><p>martedì 9-12</p></body></html>";
    let cut = &page[..page.find("<h2>Tributi").unwrap()];
    assert!(stops_short(cut.as_bytes(), page.as_bytes()));
    assert!(!stops_short(page.as_bytes(), page.as_bytes()));
    let without_end = page.replace("</body></html>", "");
    assert!(!stops_short(without_end.as_bytes(), page.as_bytes()), "a page whose end is left out is whole");
    assert!(!stops_short(cut.as_bytes(), without_end.as_bytes()), "nor does one that never had it tell");
}
