//! Pages that need their scripts: a headless Chromium builds them, and everything it asks for is brought by our own client.
//!
//! So the browser keeps all promises of the client (addresses checked, robots.txt, limits, manners) without knowing of them: each of
//! its requests is paused, asked by us, and answered from what came. Why: `docs/decisions/0010-pages-that-need-scripts.md`.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;

use super::cdp::{CdpError, Process, find_program};
use super::client::{Answer, Ask, Inner, Size, plain_headers, retry_after};
use super::transport::user_agent;
use super::verdict::judge_error;
use super::{FetchError, Limits, Reply, Request, Response, Unchanged, Validators};

/// The page counts as built when nothing has been asked for this long after it was loaded.
const QUIET: Duration = Duration::from_millis(500);
/// A page that goes on asking for ever is taken as it stands this long after it was loaded.
const RESTLESS: Duration = Duration::from_secs(6);
/// Pages that one process builds before a new one takes its place, since browsers grow.
const PAGES_PER_PROCESS: u32 = 200;
/// Requests of one page, at most.
const MAX_PARTS: usize = 300;
/// Scripts kept from page to page, in bytes: the pages of one site share theirs.
const KEPT_SCRIPTS: usize = 32 << 20;
/// Statuses with which a document sends the browser elsewhere.
const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

/// The shared browser: started at the first need, restarted when it breaks.
#[derive(Debug)]
pub(super) struct Browser {
    program: PathBuf,
    agent: String,
    patience: Duration,
    tabs: Semaphore,
    /// The running process and how many pages it has built.
    process: tokio::sync::Mutex<Option<(Arc<Process>, u32)>>,
    scripts: Mutex<HashMap<Url, Answer>>,
}

impl Browser {
    pub(super) fn new(limits: &Limits) -> Browser {
        Browser {
            program: limits.browser.clone().unwrap_or_else(|| PathBuf::from("chromium")),
            agent: user_agent(limits),
            patience: limits.idle,
            tabs: Semaphore::new(limits.tabs.max(1)),
            process: tokio::sync::Mutex::new(None),
            scripts: Mutex::default(),
        }
    }

    async fn process(&self) -> Result<Arc<Process>, CdpError> {
        let mut process = self.process.lock().await;
        if let Some((running, pages)) = process.as_mut().filter(|(running, pages)| !running.is_gone() && *pages < PAGES_PER_PROCESS) {
            *pages += 1;
            return Ok(Arc::clone(running));
        }
        // Pages that the old one still builds keep it alive until they are done.
        *process = None;
        let program = find_program(&self.program).ok_or(CdpError::Missing)?;
        let started = Arc::new(Process::start(&program, &self.agent, self.patience).await?);
        *process = Some((Arc::clone(&started), 1));
        Ok(started)
    }
}

/// Brings a page as its scripts make it.
pub(super) async fn render(inner: &Arc<Inner>, browser: &Browser, request: &Request) -> Result<Reply, FetchError> {
    let failed = |error: CdpError| FetchError::Browser {
        url: request.url.to_string(),
        why: error.to_string(),
        missing: matches!(error, CdpError::Missing),
    };
    // Checked here as well, so that a page that may not be asked does not even start a browser.
    inner.check(&request.url)?;
    inner.ask_robots(&request.url, request.insecure_tls).await?;
    let _tab = browser.tabs.acquire().await.map_err(|_| FetchError::Setup("the crawler is shutting down".to_owned()))?;
    let process = browser.process().await.map_err(failed)?;
    let started = Instant::now();
    let context = process.call(None, "Target.createBrowserContext", json!({"disposeOnDetach": true})).await.map_err(failed)?;
    let context = text(&context, "browserContextId");
    let built = tokio::time::timeout(inner.limits.timeout, build(inner, browser, &process, &context, request)).await;
    // The context goes with all that the page left: cookies, storage, workers.
    let _ = process.call(None, "Target.disposeBrowserContext", json!({"browserContextId": context})).await;
    let (main, html) = match built {
        Ok(built) => built.map_err(|error| error.unwrap_or_else(failed))?,
        Err(_) => {
            let host = request.url.host_str().unwrap_or_default().to_owned();
            return Err(FetchError::TimedOut { host, stage: "become a whole page", limit: inner.limits.timeout });
        }
    };
    Ok(reply(request, main, html, started.elapsed()))
}

/// An error of the browser, or of what it asked for.
enum Failed {
    Browser(CdpError),
    Fetch(FetchError),
}

impl Failed {
    fn unwrap_or_else(self, of: impl FnOnce(CdpError) -> FetchError) -> FetchError {
        match self {
            Failed::Browser(error) => of(error),
            Failed::Fetch(error) => error,
        }
    }
}

impl From<CdpError> for Failed {
    fn from(error: CdpError) -> Self {
        Failed::Browser(error)
    }
}

/// The main document: its address, the redirects before it, its answer.
struct Main {
    url: Url,
    redirects: Vec<Url>,
    status: u16,
    headers: HeaderMap,
}

async fn build(
    inner: &Arc<Inner>,
    browser: &Browser,
    process: &Arc<Process>,
    context: &str,
    request: &Request,
) -> Result<(Main, String), Failed> {
    let target = process.call(None, "Target.createTarget", json!({"url": "about:blank", "browserContextId": context})).await?;
    let target = text(&target, "targetId");
    let attached = process.call(None, "Target.attachToTarget", json!({"targetId": target, "flatten": true})).await?;
    let session = text(&attached, "sessionId");
    let events = process.listen(&session);
    let page = Page { inner, browser, process, session: &session, frame: &target, request };
    let built = page.build(events).await;
    process.unlisten(&session);
    built
}

struct Page<'a> {
    inner: &'a Arc<Inner>,
    browser: &'a Browser,
    process: &'a Arc<Process>,
    session: &'a str,
    /// The main frame bears its target's id.
    frame: &'a str,
    request: &'a Request,
}

/// What a paused request came to.
type Part = (String, Url, &'static str, Result<Answer, FetchError>);

impl Page<'_> {
    async fn call(&self, method: &'static str, params: Value) -> Result<Value, CdpError> {
        self.process.call(Some(self.session), method, params).await
    }

    async fn build(&self, mut events: tokio::sync::mpsc::UnboundedReceiver<Value>) -> Result<(Main, String), Failed> {
        self.call("Fetch.enable", json!({"patterns": [{"urlPattern": "*"}]})).await?;
        self.call("Page.enable", json!({})).await?;
        let mut url = self.request.url.clone();
        url.set_fragment(None);
        // Answers only when the document has come, so it runs beside the loop that brings it.
        let navigate = self.call("Page.navigate", json!({"url": url.as_str()}));
        tokio::pin!(navigate);
        let (mut navigated, mut count) = (false, 0usize);
        let mut loaded: Option<tokio::time::Instant> = None;
        let mut parts: JoinSet<Part> = JoinSet::new();
        let restless = RESTLESS.min(self.inner.limits.timeout / 3);
        let mut main = Main { url, redirects: Vec::new(), status: 0, headers: HeaderMap::new() };
        loop {
            let quiet = loaded.is_some() && navigated && parts.is_empty();
            let at_last = loaded.map_or_else(|| tokio::time::Instant::now() + restless, |at| at + restless);
            tokio::select! {
                biased;
                result = &mut navigate, if !navigated => {
                    let failed = text(&result?, "errorText");
                    if !failed.is_empty() && parts.is_empty() {
                        return Err(CdpError::Refused("Page.navigate", failed).into());
                    }
                    navigated = true;
                }
                Some(part) = parts.join_next() => {
                    if let Ok(part) = part {
                        self.answer(part, &mut main).await?;
                    }
                }
                event = events.recv() => {
                    let Some(event) = event else { return Err(CdpError::Gone.into()) };
                    match event.get("method").and_then(Value::as_str) {
                        Some("Page.loadEventFired") => loaded = Some(tokio::time::Instant::now()),
                        Some("Page.javascriptDialogOpening") => {
                            self.call("Page.handleJavaScriptDialog", json!({"accept": false})).await?;
                        }
                        Some("Fetch.requestPaused") => {
                            count += 1;
                            self.paused(&event, count, &mut parts).await?;
                        }
                        _ => {}
                    }
                }
                () = tokio::time::sleep(QUIET), if quiet => break,
                () = tokio::time::sleep_until(at_last), if loaded.is_some() => break,
            }
        }
        if main.status == 0 {
            return Err(CdpError::Refused("Page.navigate", "the page did not load".to_owned()).into());
        }
        let script = "(document.doctype ? '<!DOCTYPE html>' : '') + (document.documentElement ? document.documentElement.outerHTML : '')";
        let result = self.call("Runtime.evaluate", json!({"expression": script, "returnByValue": true})).await?;
        let html = result.pointer("/result/value").and_then(Value::as_str).unwrap_or_default().to_owned();
        if html.len() as u64 > self.inner.limits.max_bytes {
            let host = main.url.host_str().unwrap_or_default().to_owned();
            return Err(Failed::Fetch(FetchError::TooLong { host, limit: self.inner.limits.max_bytes }));
        }
        Ok((main, html))
    }

    /// A request of the page: brought by us, made up, or refused.
    async fn paused(&self, event: &Value, count: usize, parts: &mut JoinSet<Part>) -> Result<(), CdpError> {
        let params = event.get("params").cloned().unwrap_or_default();
        let id = text(&params, "requestId");
        let kind = params.get("resourceType").and_then(Value::as_str).unwrap_or_default();
        let method = params.pointer("/request/method").and_then(Value::as_str).unwrap_or_default();
        let url = params.pointer("/request/url").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
        let main = kind == "Document" && text(&params, "frameId") == self.frame;
        let role = match kind {
            _ if main => "main",
            "Script" => "script",
            "Stylesheet" => "style",
            "XHR" | "Fetch" | "Document" => "part",
            _ => "refused",
        };
        let Some(url) = url.filter(|_| role != "refused" && method == "GET" && (main || count <= MAX_PARTS)) else {
            return self.refuse(&id).await;
        };
        if role == "style" {
            // What a page looks like is nothing to us; an empty sheet lets scripts that wait for it go on.
            return self.fulfil(&id, 200, json!([{"name": "content-type", "value": "text/css"}]), b"").await;
        }
        if role == "script"
            && let Some(kept) = self.kept(&url)
        {
            return self.fulfil(&id, kept.status, headers_of(&kept), &kept.body).await;
        }
        let (inner, scope, insecure_tls) = (Arc::clone(self.inner), self.request.scope.clone(), self.request.insecure_tls);
        parts.spawn(async move {
            let from = url.clone();
            let bring = async {
                inner.check(&url)?;
                if main && !scope.holds(&url) {
                    return Err(FetchError::LeftSite { from: from.to_string(), to: url.to_string() });
                }
                inner.ask_robots(&url, insecure_tls).await?;
                let size = Size::Whole(inner.limits.max_bytes);
                let ask = Ask { url: &url, conditions: HeaderMap::new(), insecure_tls, size, spent: Duration::ZERO, with_page: !main };
                Ok(inner.ask(ask).await?.0)
            };
            let result = bring.await;
            (id, url, role, result)
        });
        Ok(())
    }

    async fn answer(&self, (id, url, role, result): Part, main: &mut Main) -> Result<(), Failed> {
        let answer = match result {
            Ok(answer) => answer,
            // Without its document there is no page; without a part it may still be one.
            Err(error) if role == "main" => return Err(Failed::Fetch(error)),
            Err(_) => return Ok(self.refuse(&id).await?),
        };
        if role == "main" {
            if REDIRECTS.contains(&answer.status) {
                main.redirects.push(url.clone());
                if main.redirects.len() > self.inner.limits.max_redirects {
                    let host = self.request.url.host_str().unwrap_or_default().to_owned();
                    return Err(Failed::Fetch(FetchError::Redirects { host, hops: main.redirects.len() }));
                }
            } else if !(200..300).contains(&answer.status) {
                let host = url.host_str().unwrap_or_default().to_owned();
                let verdict = judge_error(answer.status, &plain_headers(&answer.headers), &answer.body);
                let retry_after = retry_after(&answer.headers);
                return Err(Failed::Fetch(FetchError::Status { host, status: answer.status, verdict, retry_after }));
            } else {
                if main.status != 0 {
                    // The page sent the browser on by script: also a redirect.
                    main.redirects.push(main.url.clone());
                }
                (main.url, main.status, main.headers) = (url.clone(), answer.status, answer.headers.clone());
            }
        }
        if role == "script" && answer.status == 200 {
            self.keep(&url, &answer);
        }
        // A script may have been taken back meanwhile; then there is nobody to answer.
        match self.fulfil(&id, answer.status, headers_of(&answer), &answer.body).await {
            Err(CdpError::Refused(..)) => Ok(()),
            other => Ok(other?),
        }
    }

    async fn refuse(&self, id: &str) -> Result<(), CdpError> {
        match self.call("Fetch.failRequest", json!({"requestId": id, "errorReason": "BlockedByClient"})).await {
            Err(CdpError::Refused(..)) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn fulfil(&self, id: &str, status: u16, headers: Value, body: &[u8]) -> Result<(), CdpError> {
        let params = json!({"requestId": id, "responseCode": status, "responseHeaders": headers, "body": BASE64_STANDARD.encode(body)});
        self.call("Fetch.fulfillRequest", params).await.map(|_| ())
    }

    fn kept(&self, url: &Url) -> Option<Answer> {
        self.browser.scripts.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned()
    }

    fn keep(&self, url: &Url, answer: &Answer) {
        let mut scripts = self.browser.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        let held: usize = scripts.values().map(|answer| answer.body.len()).sum();
        if held + answer.body.len() > KEPT_SCRIPTS {
            scripts.clear();
        }
        scripts.insert(url.clone(), answer.clone());
    }
}

fn headers_of(answer: &Answer) -> Value {
    // The body is decompressed already, and its length is another.
    let skip = ["content-encoding", "content-length", "transfer-encoding", "connection"];
    let headers = plain_headers(&answer.headers).into_iter().filter(|(name, _)| !skip.contains(&name.as_str()));
    headers.map(|(name, value)| json!({"name": name, "value": value})).collect()
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn reply(request: &Request, main: Main, html: String, elapsed: Duration) -> Reply {
    let body = html.into_bytes();
    let sha256: [u8; 32] = Sha256::digest(&body).into();
    // The server's validators speak of the shell, not of what the scripts made of it.
    let shell = ["etag", "last-modified", "content-type", "content-length"];
    let mut headers: Vec<(String, String)> =
        plain_headers(&main.headers).into_iter().filter(|(name, _)| !shell.contains(&name.as_str())).collect();
    headers.push(("content-type".to_owned(), "text/html; charset=utf-8".to_owned()));
    if !request.force && request.validators.sha256 == Some(sha256) {
        let validators = Validators { url: Some(main.url), etag: None, last_modified: None, sha256: Some(sha256) };
        return Reply::Unchanged(Unchanged { not_modified: false, validators, bytes: body.len() as u64, elapsed });
    }
    let requested = request.url.clone();
    let (url, redirects, status) = (main.url, main.redirects, main.status);
    Reply::Fresh(Response { requested, url, redirects, status, headers, body, sha256, elapsed, rendered: true })
}
