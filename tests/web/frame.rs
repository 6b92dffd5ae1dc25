//! What every answer has: security headers, languages, caches, errors.

use sportello::round::Clock;
use sportello::store;

use crate::server::Server;

fn empty() -> Server {
    Server::over(store::in_memory().unwrap(), Clock::Wall)
}

#[test]
fn a_page_loads_nothing_from_elsewhere_and_runs_nothing() {
    let server = empty();
    let page = server.get("/");
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy");
    for part in ["default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let style = page.text().split("href=\"").find_map(|rest| rest.starts_with("/stile/").then(|| rest.split('"').next().unwrap())).unwrap();
    let style = server.get(style);
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
    assert!(style.header("cache-control").contains("immutable"));
    assert_eq!(server.get("/stile/000000000000.css").status, 404);
}

#[test]
fn the_language_is_the_addresss_then_the_browsers_then_the_settings() {
    let server = empty();
    for (path, wish, language) in
        [("/", "", "it"), ("/", "en-GB,en;q=0.9", "en"), ("/en", "it", "en"), ("/en/", "it", "en"), ("/it/", "en", "it"), ("/", "de", "it")]
    {
        let page = server.ask(path, &[("accept-language", wish)]);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text().contains(&format!("<html lang=\"{language}\">")), "{path} {wish}");
        assert_eq!(page.header("vary"), if path == "/" { "Accept-Language" } else { "" });
    }
    let page = server.get("/en/?a=%3Cb%3E");
    assert!(page.text().contains("href=\"/it/?a=%3Cb%3E\" hreflang=\"it\""), "{}", page.text());
    assert!(page.text().contains("<link rel=\"canonical\" href=\"https://sportello.example.org/\">"));
}

#[test]
fn a_page_that_the_browser_has_is_not_sent_again() {
    let server = empty();
    let page = server.get("/it/");
    let tag = page.header("etag").to_string();
    assert!(tag.starts_with('"'));
    for known in [tag.clone(), format!("\"other\", W/{tag}"), "*".into()] {
        let again = server.ask("/it/", &[("if-none-match", &known)]);
        assert_eq!((again.status, again.bytes.len(), again.header("etag")), (304, 0, tag.as_str()));
    }
    assert_eq!(server.ask("/it/", &[("if-none-match", "\"other\"")]).status, 200);
}

#[test]
fn an_error_is_a_page_in_the_readers_language_or_a_problem_for_programs() {
    let server = empty();
    let page = server.get("/en/nowhere");
    assert_eq!(page.status, 404);
    assert!(page.text().contains("<h1>Page not found</h1>") && page.text().contains("lang=\"en\""));
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert!(server.get("/nowhere").text().contains("<h1>Pagina non trovata</h1>"));
    let problem = server.get("/api/v1/nowhere");
    assert_eq!((problem.status, problem.header("content-type")), (404, "application/problem+json"));
    assert_eq!(problem.header("access-control-allow-origin"), "*");
    let refused = server.request(reqwest::Method::POST, "/", &[]);
    assert_eq!((refused.status, refused.header("allow")), (405, "GET,HEAD"));
    assert!(refused.text().contains("Operazione non prevista"));
}
