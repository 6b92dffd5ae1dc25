//! Lists from a real server: further pages, announced feeds, indexes of sitemaps, and lists that name nothing.

use sportello::fetch::{Follow, Found, ListReply, Request, Verdict};
use url::Url;

use crate::server::{Act, Server, answer, page};
use crate::{fetcher, limits};

fn cards(page: u32) -> String {
    let card = |n: u32| {
        format!(
            "<div class='card'><span>{} marzo 2024</span><h3><a href='/novita/avviso-{n}'>Avviso numero {n} degli uffici</a></h3></div>",
            n % 28 + 1
        )
    };
    let items: String = (page * 10..page * 10 + 10).map(card).collect();
    format!(
        "<html><head><link rel='alternate' type='application/rss+xml' href='/feed'></head><body><main><h1>Novità</h1>{items}\
        <nav class='pagination'><a href='/novita?page={}'>Successiva</a></nav></main></body></html>",
        page + 1
    )
}

async fn town() -> Server {
    Server::start("127.0.0.1", |seen| -> Act {
        match seen.path.as_str() {
            "/novita" => page(&cards(0)),
            "/novita?page=1" => page(&cards(1)),
            "/novita?page=2" => page(&cards(1)),
            "/vuota" => page("<html><body><main><h1>Novità</h1><p>In questa pagina si trovano le comunicazioni dell'ente ai cittadini.</p></main></body></html>"),
            "/solo-feed" => page("<html><head><link rel='alternate' type='application/atom+xml' href='/feed'></head><body><main><h1>Notizie</h1><p>Caricamento delle notizie in corso</p></main></body></html>"),
            "/feed" => answer("200 OK", "Content-Type: application/rss+xml\r\n", b"<rss version='2.0'><channel><title>t</title><item><title>Orari</title><link>/novita/orari</link></item></channel></rss>"),
            "/sitemap.xml" => answer("200 OK", "", format!("<sitemapindex><sitemap><loc>http://{0}/s1.xml</loc></sitemap><sitemap><loc>http://{0}/s2.xml</loc></sitemap></sitemapindex>", seen.header("host").unwrap()).as_bytes()),
            "/s1.xml" | "/s2.xml" => answer("200 OK", "", format!("<urlset><url><loc>http://{}/pagina{}</loc><lastmod>2024-03-01</lastmod></url></urlset>", seen.header("host").unwrap(), &seen.path[2..3]).as_bytes()),
            "/manutenzione" => page("<html><head><title>Sito in manutenzione</title></head><body><h1>Sito in manutenzione</h1></body></html>"),
            _ => answer("404 Not Found", "", b""),
        }
    })
    .await
}

async fn list(town: &Server, path: &str, max_pages: usize) -> Found {
    let request = Request::new(Url::parse(&town.url(path)).unwrap());
    match fetcher(limits()).list(&request, None, max_pages).await.unwrap() {
        ListReply::Fresh(found) => *found,
        ListReply::Unchanged(_) => panic!("nothing was known"),
    }
}

#[tokio::test]
async fn further_pages_up_to_the_bound_and_no_circle() {
    let town = town().await;
    assert_eq!(list(&town, "/novita", 1).await.listing.articles.len(), 10);
    let found = list(&town, "/novita", 50).await;
    assert_eq!((found.listing.articles.len(), found.asked, found.verdict), (20, 3, None), "the third page repeats the second");
    let request = Request::new(Url::parse(&town.url("/novita")).unwrap());
    let follow = Follow::parse("/novita/avviso-1");
    let ListReply::Fresh(found) = fetcher(limits()).list(&request, Some(&follow), 2).await.unwrap() else { panic!() };
    assert_eq!(found.listing.articles.len(), 11);
}

#[tokio::test]
async fn a_list_made_by_scripts_is_read_from_its_feed() {
    let town = town().await;
    let found = list(&town, "/solo-feed", 5).await;
    assert_eq!(found.listing.articles[0].url.path(), "/novita/orari");
}

#[tokio::test]
async fn an_index_of_sitemaps_is_followed() {
    let town = town().await;
    let found = list(&town, "/sitemap.xml", 5).await;
    let paths: Vec<&str> = found.listing.articles.iter().map(|article| article.url.path()).collect();
    assert_eq!(paths, ["/pagina1", "/pagina2"]);
}

#[tokio::test]
async fn a_list_that_names_nothing_is_a_matter_of_health() {
    let town = town().await;
    assert_eq!(list(&town, "/vuota", 5).await.verdict, Some(Verdict::EmptyList));
    assert_eq!(list(&town, "/manutenzione", 5).await.verdict, Some(Verdict::Maintenance));
}

#[tokio::test]
async fn an_unchanged_list_costs_one_request() {
    let town = town().await;
    let found = list(&town, "/novita", 5).await;
    let before = town.seen().len();
    let request = Request::new(Url::parse(&town.url("/novita")).unwrap()).known(found.first.validators());
    assert!(matches!(fetcher(limits()).list(&request, None, 5).await.unwrap(), ListReply::Unchanged(_)));
    assert_eq!(town.seen().len(), before + 1);
}
