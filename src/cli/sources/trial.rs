//! `sportello sources try`: what a volunteer needs to see of a source: what came, what it is, the articles, the facts read, warnings.

use std::io::Write;

use anyhow::{Context, anyhow};
use url::Url;

use super::look::{self, Depth, Look, Page, What, count};
use super::{TryArgs, add};
use crate::cli::args::Global;
use crate::cli::setup::{self, Problems};
use crate::cli::{Outcome, extract, talk};
use crate::config::sources::{self, Cadence, NewSource, Source, Sources, source_kind};
use crate::config::{Settings, format_duration, format_size};
use crate::domain::SourceKind;
use crate::fetch::{Article, Fetcher, Role, Survey};
use crate::round::limits;

/// How many of a list's articles are named; sitemaps have thousands.
const ARTICLES_SHOWN: usize = 30;

/// Looks at the source and shows what is there.
pub(super) fn run(args: &TryArgs, global: &Global) -> anyhow::Result<Outcome> {
    let settings = setup::settings(global)?.settings;
    let fetcher = Fetcher::new(limits(&settings.crawl))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let source = runtime.block_on(wanted(args, &settings, &fetcher))?;
    let look = runtime.block_on(look::at(&fetcher, &source, Depth::Survey)).with_context(|| format!("source {}", source.id));
    let mut out = std::io::BufWriter::new(anstream::AutoStream::auto(std::io::stdout().lock()));
    show_source(&mut out, &source)?;
    let look = match look {
        Ok(look) => look,
        Err(error) => {
            out.flush()?;
            talk::error(&error);
            return Ok(Outcome::Partly);
        }
    };
    show_answer(&mut out, &look)?;
    let mut well = look.verdict.is_none();
    match &look.what {
        What::Page(page) => show_page(&mut out, source.url.as_str(), page)?,
        What::Site(survey) => show_survey(&mut out, survey)?,
        What::List(listing, _) => {
            show_articles(&mut out, listing.articles.iter())?;
            for article in listing.articles.iter().take(args.articles) {
                out.flush()?;
                match runtime.block_on(look::article(&fetcher, &source, &article.url)) {
                    Ok((_, page)) => show_page(&mut out, article.url.as_str(), &page)?,
                    Err(error) => {
                        well = false;
                        writeln!(out, "\n{}\n  {}", article.url, talk::one_line(&error))?;
                    }
                }
            }
        }
    }
    out.flush()?;
    Ok(if well { Outcome::Done } else { Outcome::Partly })
}

/// The source of the file that has this id or address, else one made of the address; with what the options say in its place.
async fn wanted(args: &TryArgs, settings: &Settings, fetcher: &Fetcher) -> anyhow::Result<Source> {
    let url = Url::parse(&args.source).ok().filter(Url::has_host);
    let known = match setup::sources(settings) {
        Ok(sources) => find(sources, &args.source, url.as_ref()),
        // an address can be tried without the file; an id cannot
        Err(error) if url.is_none() => return Err(error),
        Err(_) => None,
    };
    let mut source = match (known, url) {
        (Some(source), _) => source,
        (None, Some(url)) => {
            let kind = match args.kind {
                Some(kind) => kind.into(),
                None => add::guess_kind(fetcher, &url).await?.kind,
            };
            alone(url, kind)?
        }
        (None, None) => {
            let known = setup::sources(settings)?;
            let ids = known.iter().map(|(_, source)| source.id.0.as_str());
            return Err(anyhow!("there is no source {:?}{}", args.source, crate::cli::ask::suggestion(&args.source, ids)));
        }
    };
    if args.kind.is_some() || args.select.is_some() || args.follow.is_some() {
        let kind = args.kind.map_or(source.kind, Into::into);
        let changed = checked(&NewSource { select: args.select.clone(), follow: args.follow.clone(), ..bare(source.url.clone(), kind) })?;
        source.kind = kind;
        source.select = changed.select.or(source.select);
        source.follow = changed.follow.or(source.follow);
    }
    Ok(source)
}

fn find(sources: Sources, id: &str, url: Option<&Url>) -> Option<Source> {
    let mut sources = sources.bodies.into_iter().flat_map(|body| body.sources);
    sources.find(|source| source.id.0 == id || Some(&source.url) == url)
}

/// A source that no file names.
pub(super) fn alone(url: Url, kind: SourceKind) -> anyhow::Result<Source> {
    checked(&bare(url, kind))
}

fn bare(url: Url, kind: SourceKind) -> NewSource {
    let body = sources::guess_body("", &url);
    NewSource { body, id: None, url, kind, every: None, follow: None, select: None, comment: None }
}

/// The source as the reader of `sources.toml` takes it, with the faults that it would find.
fn checked(new: &NewSource) -> anyhow::Result<Source> {
    let text = sources::append("", "the source", new).map_err(Problems)?;
    let sources = sources::parse(&text, "the source").map_err(Problems)?;
    sources.bodies.into_iter().flat_map(|body| body.sources).next().context("the address makes no source")
}

fn show_source(out: &mut impl Write, source: &Source) -> std::io::Result<()> {
    let bold = anstyle::Style::new().bold();
    let cadence = match &source.cadence {
        Cadence::Every(interval) => format!("every {}", format_duration(*interval)),
        Cadence::At(schedule) => format!("at {schedule}"),
    };
    writeln!(out, "{bold}{}{bold:#}  {}, {cadence}\n{}", source.id, source_kind(source.kind), source.url)
}

fn show_answer(out: &mut impl Write, look: &Look) -> std::io::Result<()> {
    if let Some(response) = &look.response {
        for to in response.redirects.iter().skip(1).chain((response.url != response.requested).then_some(&response.url)) {
            writeln!(out, "  redirected to {to}")?;
        }
        let media = response.content_type().unwrap_or("no content type");
        let size = format_size(response.body.len() as u64);
        writeln!(out, "  answered {} · {media} · {size} bytes · {} ms", response.status, response.elapsed.as_millis())?;
    }
    match &look.verdict {
        Some(verdict) => writeln!(out, "  not the page: {verdict}")?,
        None => writeln!(out, "  {}", look.in_short())?,
    }
    if let What::List(listing, problems) = &look.what {
        writeln!(out, "  {}", listing.why)?;
        for feed in &listing.feeds {
            writeln!(out, "  announces the feed {feed}")?;
        }
        for problem in problems {
            writeln!(out, "  a further page of the list: {problem}")?;
        }
    }
    Ok(())
}

fn show_survey(out: &mut impl Write, survey: &Survey) -> std::io::Result<()> {
    if let Some((platform, sign)) = &survey.platform {
        writeln!(out, "  platform {platform:?}, known by {sign}")?;
    }
    writeln!(out, "  {}", count(survey.asked.len(), "address asked", "addresses asked"))?;
    for find in &survey.finds {
        let role = match find.role {
            Role::News => "news",
            Role::Hours => "hours",
            Role::Office => "office",
        };
        writeln!(out, "\n  {role:<6}  {}\n          {}\n          {}", find.title, find.url, find.why)?;
    }
    for problem in &survey.problems {
        writeln!(out, "\n  warning: {problem}")?;
    }
    Ok(())
}

fn show_articles<'a>(out: &mut impl Write, articles: impl ExactSizeIterator<Item = &'a Article>) -> std::io::Result<()> {
    writeln!(out, "\n{}", count(articles.len(), "article", "articles"))?;
    let n_more = articles.len().saturating_sub(ARTICLES_SHOWN);
    for article in articles.take(ARTICLES_SHOWN) {
        let day = article.published.map_or_else(|| "          ".to_owned(), |day| day.to_string());
        writeln!(out, "  {day}  {}\n              {}", article.title.as_deref().unwrap_or("(no title)"), article.url)?;
    }
    if n_more > 0 {
        writeln!(out, "  … and {n_more} more")?;
    }
    Ok(())
}

fn show_page(out: &mut impl Write, name: &str, page: &Page) -> std::io::Result<()> {
    writeln!(out)?;
    extract::show(out, name, &page.reading)?;
    for warning in &page.document.warnings {
        writeln!(out, "  warning: {warning}")?;
    }
    Ok(())
}
