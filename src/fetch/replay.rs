//! Answers from an archive instead of the network: a folder of saved pages, or WARC files. For tests, and to build history.
//!
//! A folder holds `HOST/PATH` (or `HOST:PORT/PATH`) as `wget --mirror` lays it out; beside a file `NAME` there may be `NAME.headers`
//! with the status line and headers. WARC files in the folder, or one named itself, are read too; of several answers to one address
//! the newest that is not later than the instant asked for counts.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use url::Url;

use super::verdict::judge_error;
use super::warc::{self, Saved};
use super::{FetchError, Reply, Request, Response, Unchanged};

/// Redirects followed inside an archive.
const MAX_REDIRECTS: usize = 8;

/// An archive, opened.
#[derive(Debug)]
pub(super) struct Archive {
    root: PathBuf,
    /// Nothing later than this is seen.
    at: Option<Timestamp>,
    /// WARC answers by address: instant, file, offset; in order of time.
    index: HashMap<Url, Vec<(Option<Timestamp>, PathBuf, u64)>>,
}

impl Archive {
    pub(super) fn open(root: &Path, at: Option<Timestamp>) -> Result<Archive, FetchError> {
        let fail = |error: std::io::Error| FetchError::Archive { archive: root.display().to_string(), why: error.to_string() };
        let mut files = vec![root.to_owned()];
        if root.is_dir() {
            files = std::fs::read_dir(root).map_err(fail)?.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
            files.retain(|path| is_warc(path));
            files.sort();
        }
        let mut index: HashMap<Url, Vec<(Option<Timestamp>, PathBuf, u64)>> = HashMap::new();
        for file in files {
            let places =
                warc::index(&file).map_err(|error| FetchError::Archive { archive: file.display().to_string(), why: error.to_string() })?;
            for place in places {
                index.entry(without_fragment(&place.url)).or_default().push((place.at, file.clone(), place.offset));
            }
        }
        index.values_mut().for_each(|answers| answers.sort_by_key(|(at, _, _)| *at));
        Ok(Archive { root: root.to_owned(), at, index })
    }

    pub(super) fn get(&self, request: &Request) -> Result<Reply, FetchError> {
        let mut url = without_fragment(&request.url);
        let mut redirects = Vec::new();
        loop {
            let saved = self.find(&url)?;
            let host = || url.host_str().unwrap_or_default().to_owned();
            match saved.status {
                301 | 302 | 303 | 307 | 308 => {
                    let location =
                        saved.headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.clone()).unwrap_or_default();
                    let next = url.join(&location).ok().filter(|_| !location.is_empty()).map(|next| without_fragment(&next));
                    let Some(next) = next else { return Err(FetchError::BadRedirect { host: host(), status: saved.status, location }) };
                    if !request.scope.holds(&next) {
                        return Err(FetchError::LeftSite { from: url.to_string(), to: next.to_string() });
                    }
                    redirects.push(std::mem::replace(&mut url, next));
                    if redirects.len() > MAX_REDIRECTS {
                        return Err(FetchError::Redirects { host: url.host_str().unwrap_or_default().to_owned(), hops: redirects.len() });
                    }
                }
                200..=299 => return Ok(reply(request, url, redirects, saved)),
                status => {
                    let verdict = judge_error(status, &saved.headers, &saved.body);
                    return Err(FetchError::Status { host: host(), status, verdict, retry_after: None });
                }
            }
        }
    }

    fn find(&self, url: &Url) -> Result<Saved, FetchError> {
        let fail = |error: std::io::Error| FetchError::Archive { archive: self.root.display().to_string(), why: error.to_string() };
        if let Some(answers) = self.index.get(url) {
            let seen = |at: &Option<Timestamp>| self.at.is_none_or(|now| at.is_none_or(|at| at <= now));
            if let Some((_, file, offset)) = answers.iter().rev().find(|(at, _, _)| seen(at)) {
                return warc::answer(file, *offset).map_err(fail);
            }
        }
        for path in self.candidates(url) {
            let headers = path.with_file_name(format!("{}.headers", path.file_name().unwrap_or_default().to_string_lossy()));
            let stated = std::fs::read(&headers).ok();
            if !path.is_file() && stated.is_none() {
                continue;
            }
            let mut saved = match stated {
                Some(bytes) => warc::http(&bytes).map_err(fail)?,
                None => Saved { status: 200, ..Saved::default() },
            };
            if path.is_file() {
                saved.body = std::fs::read(&path).map_err(fail)?;
            }
            if !saved.headers.iter().any(|(name, _)| name == "content-type")
                && let Some(mime) = mime_of(&path)
            {
                saved.headers.push(("content-type".to_owned(), mime.to_owned()));
            }
            return Ok(saved);
        }
        Err(FetchError::NotInArchive { archive: self.root.display().to_string(), url: url.to_string() })
    }

    /// The files that may hold the answer to an address.
    fn candidates(&self, url: &Url) -> Vec<PathBuf> {
        let host = url.host_str().unwrap_or_default();
        let hosts = url.port().map(|port| format!("{host}:{port}")).into_iter().chain([host.to_owned()]);
        // The address holds no "..": the parser has resolved them, and an escaped one stays escaped here.
        let path = url.path().trim_start_matches('/');
        let query = url.query().map(|query| format!("?{}", query.replace('/', "%2F"))).unwrap_or_default();
        let names = if path.is_empty() || path.ends_with('/') {
            vec![format!("{path}index.html{query}"), format!("{path}index.htm{query}")]
        } else {
            vec![format!("{path}{query}"), format!("{path}{query}.html"), format!("{path}/index.html{query}")]
        };
        hosts
            .flat_map(|host| names.iter().map(move |name| (host.clone(), name.clone())))
            .map(|(host, name)| self.root.join(host).join(name))
            .collect()
    }
}

fn is_warc(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    name.ends_with(".warc") || name.ends_with(".warc.gz")
}

fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

fn mime_of(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    Some(match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("pdf") => "application/pdf",
        Some("json") => "application/json",
        Some("txt") => "text/plain",
        Some("xml" | "rss" | "atom") => "application/xml",
        Some("html" | "htm") => "text/html",
        _ => return None, // the bytes tell
    })
}

fn reply(request: &Request, url: Url, redirects: Vec<Url>, saved: Saved) -> Reply {
    let sha256: [u8; 32] = Sha256::digest(&saved.body).into();
    let response = Response {
        requested: request.url.clone(),
        url,
        redirects,
        status: saved.status,
        headers: saved.headers,
        body: saved.body,
        sha256,
        elapsed: Duration::ZERO,
        rendered: false,
    };
    if !request.force && request.validators.sha256 == Some(sha256) {
        let bytes = response.body.len() as u64;
        return Reply::Unchanged(Unchanged { not_modified: false, validators: response.validators(), bytes, elapsed: Duration::ZERO });
    }
    Reply::Fresh(response)
}
