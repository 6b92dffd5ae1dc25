//! `sportello sources add`: looks at an address, makes an entry of it, and appends that to `sources.toml`.

use std::path::Path;

use anyhow::{Context, bail};
use scraper::Selector;
use url::Url;

use super::look::{self, Depth, Look, What};
use super::{AddArgs, trial};
use crate::cli::args::Global;
use crate::cli::setup::{self, Problems};
use crate::cli::{Outcome, talk};
use crate::config::sources::{self, NewSource, Sources};
use crate::config::utf8;
use crate::document;
use crate::domain::{Body, BodyId, SourceKind};
use crate::fetch::{Article, Fetcher, ListKind, Listing, Response, site_of};
use crate::round::limits;

/// From how many articles on a page counts as a list.
const FEW: usize = 3;

/// What an address is, as far as a look at it tells.
pub(super) struct Guess {
    /// The kind of source that it would make.
    pub(super) kind: SourceKind,
    /// Why, for the comment above the entry.
    why: String,
    /// A feed of the same list, which is better to watch.
    feed: Option<Url>,
    /// Where the articles lie.
    follow: Option<String>,
    /// What the page and the site call themselves.
    titles: Vec<String>,
}

/// Proposes an entry and writes it.
pub(super) fn run(args: &AddArgs, global: &Global) -> anyhow::Result<Outcome> {
    let settings = setup::settings(global)?.settings;
    let file = &settings.sources.file;
    let name = file.display().to_string();
    let text = match std::fs::read(file) {
        Ok(bytes) => utf8(&bytes, &name).map_err(|problem| Problems(vec![problem]))?.to_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("cannot read the sources {name}")),
    };
    let known = sources::parse(&text, &name).map_err(Problems)?;
    if let Some((_, source)) = known.iter().find(|(_, source)| source.url == args.url) {
        bail!("{name}:{} has this address already, as {}", source.line, source.id);
    }
    let fetcher = Fetcher::new(limits(&settings.crawl))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let guess = match args.kind {
        Some(kind) => Guess { kind: kind.into(), why: String::new(), feed: None, follow: None, titles: Vec::new() },
        None => runtime.block_on(guess_kind(&fetcher, &args.url))?,
    };
    let new = NewSource {
        body: body(args, &known, &guess)?,
        id: args.id.clone(),
        url: guess.feed.clone().unwrap_or_else(|| args.url.clone()),
        kind: guess.kind,
        every: None,
        follow: guess.follow.clone(),
        select: None,
        comment: Some(guess.why.clone()).filter(|why| !why.is_empty()),
    };
    let longer = sources::append(&text, &name, &new).map_err(Problems)?;
    print!("{}", added(&text, &longer));
    if args.dry_run {
        return Ok(Outcome::Done);
    }
    write(file, &longer).with_context(|| format!("cannot write {name}"))?;
    if !global.quiet {
        let id = sources::parse(&longer, &name).map_err(Problems)?;
        let id = id.iter().find(|(_, source)| source.url == new.url).map(|(_, source)| source.id.to_string()).unwrap_or_default();
        talk::say(format_args!("added to {name} · see what would be read: sportello sources try {id}"));
    }
    Ok(Outcome::Done)
}

/// Looks at an address and tells what kind of source it would make.
pub(super) async fn guess_kind(fetcher: &Fetcher, url: &Url) -> anyhow::Result<Guess> {
    let source = trial::alone(url.clone(), SourceKind::News)?;
    let look = look::at(fetcher, &source, Depth::Home).await?;
    let What::List(listing, _) = look.what else { bail!("{url} cannot be read as a list") };
    // an empty list is no fault of a page that is none
    let n = listing.articles.len();
    let titles = listing.title.iter().cloned().chain(look.response.iter().flat_map(titles)).collect();
    let follow = common_folder(&listing.articles);
    let (kind, why) = match listing.kind {
        ListKind::Feed => (SourceKind::News, format!("a feed of {}", look::count(n, "article", "articles"))),
        ListKind::Sitemap => (SourceKind::Sitemap, format!("a sitemap of {}", look::count(n, "page", "pages"))),
        ListKind::Html if url.path() == "/" && url.query().is_none() => (SourceKind::Site, "a home page".to_owned()),
        ListKind::Html if n >= FEW => (SourceKind::News, format!("a list of {}", look::count(n, "article", "articles"))),
        ListKind::Html => (SourceKind::Page, String::new()),
    };
    let feed = match (kind, listing.kind) {
        (SourceKind::News, ListKind::Html) => good_feed(fetcher, &listing).await,
        _ => None,
    };
    let follow = if kind == SourceKind::News && listing.kind == ListKind::Html && feed.is_none() { follow } else { None };
    let why = if feed.is_some() { format!("the feed that {url} announces") } else { why };
    Ok(Guess { kind, why, feed, follow, titles })
}

/// The names that a page's head bears: of the site, and of the page with the site's behind it.
fn titles(response: &Response) -> Vec<String> {
    let tree = document::tree(&response.body, response.content_type());
    let name = Selector::parse("meta[property='og:site_name'], title");
    let Ok(name) = name else { return Vec::new() };
    tree.select(&name).map(|element| element.attr("content").map_or_else(|| element.text().collect(), str::to_owned)).collect()
}

/// The first feed that the page announces and that names some of its articles.
async fn good_feed(fetcher: &Fetcher, listing: &Listing) -> Option<Url> {
    for feed in listing.feeds.iter().take(FEW) {
        let source = trial::alone(feed.clone(), SourceKind::News).ok()?;
        let Ok(Look { what: What::List(named, _), .. }) = look::at(fetcher, &source, Depth::Home).await else { continue };
        // a feed of comments, or of the whole site, would not do
        if named.articles.iter().any(|article| listing.articles.iter().any(|listed| listed.url == article.url)) {
            return Some(feed.clone());
        }
    }
    None
}

/// `/novita/` when all articles lie there: the longest folder that they share, unless that is the root.
fn common_folder(articles: &[Article]) -> Option<String> {
    let (first, rest) = articles.split_first()?;
    if rest.is_empty() {
        return None;
    }
    let mut shared: Vec<&str> = first.url.path().split('/').collect();
    shared.pop();
    for article in rest {
        let n_equal = shared.iter().zip(article.url.path().split('/')).take_while(|(a, b)| *a == b).count();
        shared.truncate(n_equal);
    }
    let folder = format!("{}/", shared.join("/"));
    (folder.len() > 1).then_some(folder)
}

/// The body: the one named, else the one whose site this is, else one made of what the site calls itself.
fn body(args: &AddArgs, known: &Sources, guess: &Guess) -> anyhow::Result<Body> {
    let name = args.name.clone().or_else(|| guess.titles.iter().find_map(|title| name_in(title))).unwrap_or_default();
    let guessed = sources::guess_body(&name, &args.url);
    if let Some(id) = &args.body {
        let listed = known.body(&BodyId(id.clone())).map(|watched| watched.body.clone());
        return Ok(listed.unwrap_or(Body { id: BodyId(id.clone()), ..guessed }));
    }
    let site = site_of(&args.url);
    let same_site = known.iter().find(|(_, source)| site_of(&source.url) == site).map(|(watched, _)| watched.body.clone());
    Ok(same_site.or_else(|| known.body(&guessed.id).map(|watched| watched.body.clone())).unwrap_or(guessed))
}

/// `Comune di Altopascio` in "Novità - Comune di Altopascio".
fn name_in(title: &str) -> Option<String> {
    let mut parts = title.split(['|', '-', '–', '—', '·', ':']).map(str::trim);
    let is_name = |part: &&str| {
        let folded = part.to_lowercase();
        ["comune ", "provincia ", "città metropolitana", "unione ", "regione "].iter().any(|word| folded.starts_with(word))
    };
    parts.find(is_name).map(str::to_owned)
}

/// The lines that are new.
fn added(before: &str, after: &str) -> String {
    let diff = similar::TextDiff::from_lines(before, after);
    let new = diff.iter_all_changes().filter(|change| change.tag() == similar::ChangeTag::Insert);
    new.map(|change| change.value().to_owned()).collect::<String>().trim_start().to_owned()
}

/// Writes a file so that it is there whole, before or after: a reload may read it at any instant.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}", std::process::id()));
    std::fs::write(&beside, text)?;
    if let Ok(before) = std::fs::metadata(file) {
        std::fs::set_permissions(&beside, before.permissions())?;
    }
    std::fs::rename(&beside, file).inspect_err(|_| {
        let _ = std::fs::remove_file(&beside);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn articles(paths: &[&str]) -> Vec<Article> {
        let article = |path: &&str| Article {
            url: Url::parse(&format!("https://www.comune.altolago.lu.it{path}")).unwrap(),
            title: None,
            published: None,
            updated: None,
        };
        paths.iter().map(article).collect()
    }

    #[test]
    fn articles_share_the_folder_that_all_of_them_lie_in() {
        assert_eq!(common_folder(&articles(&["/novita/a", "/novita/b", "/novita/2026/c"])).as_deref(), Some("/novita/"));
        assert_eq!(common_folder(&articles(&["/it/news/a", "/it/avvisi/b"])).as_deref(), Some("/it/"));
        assert_eq!(common_folder(&articles(&["/a", "/b"])), None);
        assert_eq!(common_folder(&articles(&["/novita/a"])), None);
        assert_eq!(common_folder(&[]), None);
    }

    #[test]
    fn the_body_is_read_from_the_title() {
        assert_eq!(name_in("Novità - Comune di Altolago").as_deref(), Some("Comune di Altolago"));
        assert_eq!(name_in("Provincia di Altolago | Avvisi").as_deref(), Some("Provincia di Altolago"));
        assert_eq!(name_in("Home"), None);
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sources.toml");
        write(&file, "a").unwrap();
        write(&file, "b").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "b");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(write(&folder.path().join("missing/sources.toml"), "a").is_err());
    }
}
