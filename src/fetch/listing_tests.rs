use super::*;

fn page(url: &str, content_type: &str, body: &str) -> Response {
    let url = Url::parse(url).unwrap();
    Response::for_test(url, content_type, body.as_bytes())
}

fn list(url: &str, body: &str, follow: Option<&str>) -> Listing {
    let response = page(url, "text/html; charset=utf-8", body);
    let scope = Scope::of(&response.url);
    listing(&response, follow.map(Follow::parse).as_ref(), &scope)
}

fn paths(listing: &Listing) -> Vec<&str> {
    listing.articles.iter().map(|article| article.url.path()).collect()
}

const CARDS: &str = r#"<header><nav><a href="/novita/archivio-storico">Archivio storico</a></nav></header><main>
<div class="row"><div class="card"><a href="/novita/avvisi" data-element="news-category-link">Avvisi</a><span>28 FEB 2023</span>
<h3><a href="/novita/avvisi/chiusura-uffici?utm_source=home">Chiusura degli uffici il 3 marzo</a></h3><a href="/novita/avvisi/chiusura-uffici">Leggi di più</a></div>
<div class="card"><a href="/novita/avvisi" data-element="news-category-link">Avvisi</a><span>20 FEB 2023</span>
<h3><a href="/novita/notizie/mercato-spostato">Il mercato si sposta in piazza</a></h3></div></div>
<nav class="pagination"><a href="/novita?page=1">1</a><a href="/novita?page=2">2</a><a href="/novita?page=2">Pagina successiva</a></nav>
<aside><a href="/novita/correlata">Forse ti interessa anche questo</a></aside></main>
<footer><a href="/novita/privacy">Privacy</a></footer>"#;

#[test]
fn cards_of_the_national_model() {
    let found = list("https://www.h.it/novita", CARDS, None);
    assert_eq!(paths(&found), ["/novita/avvisi/chiusura-uffici", "/novita/notizie/mercato-spostato"], "{}", found.why);
    assert_eq!(found.articles[0].title.as_deref(), Some("Chiusura degli uffici il 3 marzo"));
    assert_eq!(found.articles[0].url.query(), None);
    assert_eq!(found.articles[0].published.unwrap().to_string(), "2023-02-28");
    assert_eq!(found.next.unwrap().as_str(), "https://www.h.it/novita?page=2");
}

#[test]
fn a_table_whose_articles_lie_elsewhere() {
    let body = r#"<body><table><tr><td>03/03/2024</td><td><a href="/c046/po/mostra_news.php?id=12">Nuovi orari dell'anagrafe</a></td></tr>
      <tr><td>01/03/2024</td><td><a href="/c046/po/mostra_news.php?id=11">Chiusura per il patrono</a></td></tr>
      <tr><td>27/02/2024</td><td><a href="/c046/po/mostra_news.php?id=10">Ufficio tributi: si riceve su appuntamento</a></td></tr></table>
      <div class="menu"><a href="/c046/po/a.php">Uffici</a><a href="/c046/po/b.php">Servizi</a></div></body>"#;
    let found = list("https://www.h.it/c046/zf/index.php/elenco-news", body, None);
    assert_eq!(found.articles.len(), 3, "{}", found.why);
    assert_eq!(found.articles[0].url.query(), Some("id=12"));
    assert_eq!(found.articles[2].published.unwrap().to_string(), "2024-02-27");
}

#[test]
fn a_plain_list_under_its_path_needs_no_dates() {
    let body = r#"<ul><li><a href="news/uno">Primo articolo</a></li><li><a href="news/due">Secondo</a></li><li><a href="/altro">Altro</a></li></ul>"#;
    assert_eq!(paths(&list("https://h.it/it/news", body, None)), ["/it/news/uno", "/it/news/due"]);
}

#[test]
fn follow_narrows_by_prefix_or_css() {
    assert_eq!(paths(&list("https://h.it/novita", CARDS, Some("/novita/notizie/"))), ["/novita/notizie/mercato-spostato"]);
    assert_eq!(paths(&list("https://h.it/", CARDS, Some("div.card h3"))).len(), 2);
}

#[test]
fn a_page_that_names_nothing_gives_nothing() {
    let body = r#"<main><h1>Novità</h1><p>Nessun risultato</p><a href="/uffici">Uffici</a> <a href="/servizi">Servizi</a></main>"#;
    let found = list("https://h.it/novita", body, None);
    assert!(found.articles.is_empty(), "{:?}", found);
}

#[test]
fn feeds_of_three_kinds() {
    let rss = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>https://h.it/</link>
      <item><title>Chiusura uffici</title><link>https://h.it/novita/1?utm_medium=rss</link><pubDate>Mon, 03 Mar 2025 23:30:00 GMT</pubDate></item></channel></rss>"#;
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>x</id><updated>2025-03-04T08:00:00Z</updated>
      <entry><id>1</id><title>Orari</title><link href="/novita/1"/><updated>2025-03-04T08:00:00Z</updated></entry></feed>"#;
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","url":"https://h.it/novita/1","title":"Orari","content_text":"x"}]}"#;
    for (mime, body) in [("application/rss+xml", rss), ("application/atom+xml", atom), ("application/feed+json", json)] {
        let response = page("https://h.it/feed", mime, body);
        let found = listing(&response, None, &Scope::of(&response.url));
        assert_eq!(found.kind, ListKind::Feed, "{mime}");
        assert_eq!(paths(&found), ["/novita/1"], "{mime}");
    }
    let response = page("https://h.it/feed", "text/xml", rss);
    let found = listing(&response, None, &Scope::of(&response.url));
    assert_eq!(found.articles[0].published.unwrap().to_string(), "2025-03-04", "the day in Rome");
}

#[test]
fn nothing_outside_the_site_is_an_article() {
    let rss = r#"<rss version="2.0"><channel><title>t</title><link>https://h.it/</link><item><title>a</title><link>https://altro.it/x</link></item></channel></rss>"#;
    let response = page("https://www.h.it/feed", "text/xml", rss);
    assert!(listing(&response, None, &Scope::of(&response.url)).articles.is_empty());
}

#[test]
fn pdf_files_of_an_article() {
    let body = r#"<main><p>In allegato l'<a href="/allegati/ordinanza%2012.PDF">ordinanza</a> e il <a href="/download?f=avviso.pdf&v=1">testo</a>.</p>
      <a href="/foto.jpg">foto</a></main><footer><a href="/privacy.pdf">Privacy</a></footer>"#;
    let response = page("https://h.it/novita/1", "text/html", body);
    let found: Vec<String> = attachments(&response, &Scope::of(&response.url)).into_iter().map(|a| a.url.path().to_owned()).collect();
    assert_eq!(found, ["/allegati/ordinanza%2012.PDF", "/download"]);
}

#[test]
fn a_declared_address_is_believed_unless_it_is_the_home_page() {
    let with = |href: &str| {
        let response = page("https://www.h.it/novita/1?x=2", "text/html", &format!(r#"<link rel="canonical" href="{href}"><p>x"#));
        declared_canonical(&response, &Scope::of(&response.url)).map(|url| url.to_string())
    };
    assert_eq!(with("/novita/1"), Some("https://www.h.it/novita/1".into()));
    assert_eq!(with("https://www.h.it/"), None);
    assert_eq!(with("https://cms.example.com/novita/1"), None);
}

#[test]
fn an_article_may_be_called_avviso() {
    let body = r#"<main><ul><li><a href="/novita/avvisi">Avvisi</a></li><li><a href="/novita/a17.html">Avviso</a></li>
      <li><a href="/novita/avviso-ai-cittadini-marzo">Avviso</a></li><li><a href="/novita/festa-in-piazza">Festa in piazza</a></li></ul></main>"#;
    let articles = ["/novita/a17.html", "/novita/avviso-ai-cittadini-marzo", "/novita/festa-in-piazza"];
    assert_eq!(paths(&list("https://h.it/novita", body, Some("/novita/"))), articles);
    assert_eq!(paths(&list("https://h.it/novita", body, None)), articles);
}
