//! `sportello sources lint`: all problems of the file at once; with `--online` each source is asked once, too.

use std::io::Write;

use super::LintArgs;
use super::look::{self, Depth, Look, count};
use crate::cli::args::Global;
use crate::cli::setup::{self, Problems};
use crate::cli::{Outcome, talk};
use crate::config::sources::Sources;
use crate::fetch::Fetcher;
use crate::round::limits;

/// How many sources are asked at once; each waits for its host's turn all the same.
const AT_ONCE: usize = 32;

/// Checks the file, and the sources if that is wanted.
pub(super) fn run(args: &LintArgs, global: &Global) -> anyhow::Result<Outcome> {
    let mut settings = setup::settings(global)?.settings;
    if let Some(file) = &args.file {
        settings.sources.file.clone_from(file);
    }
    let sources = match setup::sources(&settings) {
        Ok(sources) => sources,
        Err(error) if args.json => {
            let Some(Problems(problems)) = error.downcast_ref() else { return Err(error) };
            let mut out = std::io::stdout().lock();
            for problem in problems {
                writeln!(out, "{}", serde_json::to_string(problem)?)?;
            }
            return Err(error);
        }
        Err(error) => return Err(error),
    };
    if !global.quiet {
        let file = settings.sources.file.display();
        let (bodies, sources) = (count(sources.bodies.len(), "body", "bodies"), count(sources.len(), "source", "sources"));
        talk::say(format_args!("{file}: {bodies}, {sources}, no problem"));
    }
    if !args.online {
        return Ok(Outcome::Done);
    }
    let fetcher = Fetcher::new(limits(&settings.crawl))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let n_bad = runtime.block_on(ask_all(fetcher, sources))?;
    Ok(if n_bad == 0 { Outcome::Done } else { Outcome::Partly })
}

/// Asks every source once, says how it went as the answers come, and returns how many went wrong.
async fn ask_all(fetcher: Fetcher, sources: Sources) -> anyhow::Result<usize> {
    let fetcher = std::sync::Arc::new(fetcher);
    let mut waiting = sources.bodies.into_iter().flat_map(|body| body.sources);
    let mut under_way = tokio::task::JoinSet::new();
    let mut n_bad = 0;
    loop {
        while under_way.len() < AT_ONCE
            && let Some(source) = waiting.next()
        {
            let fetcher = fetcher.clone();
            under_way.spawn(async move {
                let answer = look::at(&fetcher, &source, Depth::Home).await;
                (source, answer)
            });
        }
        let Some(asked) = under_way.join_next().await else { return Ok(n_bad) };
        let (source, answer) = asked?;
        let (good, words) = match answer {
            Err(error) => (false, error.to_string()),
            Ok(Look { verdict: Some(verdict), .. }) => (false, verdict.to_string()),
            Ok(look) => (true, look.in_short()),
        };
        n_bad += usize::from(!good);
        let mark = if good { "ok " } else { "BAD" };
        writeln!(std::io::stdout().lock(), "{mark}  {}  {}  {words}", source.id, source.url)?;
    }
}
