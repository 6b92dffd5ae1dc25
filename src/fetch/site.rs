//! A whole site from its home page: the office pages, the page of hours and the list of news, found by menus, marks, the platform's
//! paths and the sitemap. Bounded, polite, never off the host; each find says why it was chosen.

use std::collections::{BinaryHeap, HashSet};

use url::Url;

use super::canonical::canonical;
use super::discover::read;
use super::leads::{Goal, Lead, categories_of_news, in_office_folder, lead, offices_of_list};
use super::listing::{Listing, listing, next_page};
use super::markup::Markup;
use super::platform::{Paths, Platform, paths};
use super::verdict::judge;
use super::{FetchError, Fetcher, Reply, Request, Response, Scope, Verdict, sitemap};

/// Categories of news that are looked at beside the list of all.
const MAX_CATEGORIES: usize = 4;

/// What a page is to its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A list of news: a source of kind `news`.
    News,
    /// A page that gives the hours of several offices.
    Hours,
    /// The page of one office.
    Office,
}

/// A page that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Find {
    /// Its canonical address.
    pub url: Url,
    /// What it is.
    pub role: Role,
    /// What the link to it says.
    pub title: String,
    /// Why it was chosen, for `sources try`.
    pub why: String,
}

/// What a survey found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The home page, after redirects.
    pub home: Url,
    /// The platform, and what told it.
    pub platform: Option<(Platform, &'static str)>,
    /// News lists first, then hours, then offices; at most `max_pages`.
    pub finds: Vec<Find>,
    /// Addresses asked, in order.
    pub asked: Vec<Url>,
    /// What went wrong on the way.
    pub problems: Vec<String>,
    /// The home page is none.
    pub verdict: Option<Verdict>,
}

impl Fetcher {
    /// Surveys the site whose home page is requested, asking at most `max_pages` addresses. Fails only if the home page does.
    pub async fn survey(&self, home: &Request, max_pages: usize) -> Result<Survey, FetchError> {
        let request = Request { force: true, ..home.clone() };
        let response = match self.get(&request).await? {
            Reply::Fresh(response) => response,
            // Cannot be, since the request is forced; then there is nothing to survey.
            Reply::Unchanged(_) => return Err(FetchError::Setup("a forced request came back unchanged".to_owned())),
        };
        let mut work = Work::new(&response, max_pages);
        if work.survey.verdict.is_none() {
            // from here on redirects stay on the host as well
            let within = Request { scope: Scope::host(&response.url), ..home.clone() };
            work.run(self, &within).await;
        }
        Ok(work.finish())
    }
}

/// A lead in the queue: the highest score first, then the oldest.
struct Next(u8, std::cmp::Reverse<usize>, Lead);

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Next {}
impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Next {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0, self.1).cmp(&(other.0, other.1))
    }
}

struct Work {
    survey: Survey,
    queue: BinaryHeap<Next>,
    queued: HashSet<(Url, Goal)>,
    asked: HashSet<Url>,
    found: HashSet<Url>,
    paths: Paths,
    max_pages: usize,
    /// Sites that answer every address with their home page are seen through by its bytes.
    home_bytes: [u8; 32],
}

impl Work {
    fn new(home: &Response, max_pages: usize) -> Work {
        let platform = Platform::of(home);
        let survey = Survey {
            home: home.url.clone(),
            platform,
            finds: Vec::new(),
            asked: vec![home.url.clone()],
            problems: Vec::new(),
            verdict: judge(home, &read(home)),
        };
        let paths = paths(platform.map(|(platform, _)| platform));
        let asked = HashSet::from([canonical(&home.url), canonical(&home.requested)]);
        let mut work = Work {
            survey,
            queue: BinaryHeap::new(),
            queued: HashSet::new(),
            asked,
            found: HashSet::new(),
            paths,
            max_pages,
            home_bytes: home.sha256,
        };
        let markup = Markup::of(home);
        work.take_leads(&markup);
        if let Some((feed, _)) = markup.feeds.first() {
            let why = "feed that the home page announces".to_owned();
            work.push(Lead { url: feed.clone(), goal: Goal::News, title: "feed".to_owned(), why, score: 30 });
        }
        work
    }

    async fn run(&mut self, fetcher: &Fetcher, home: &Request) {
        self.drain(fetcher, home).await;
        // What the menus did not lead to is tried where the platform keeps it; the sitemap is the last resort, since it is long.
        self.guess();
        self.drain(fetcher, home).await;
        if !self.has(Role::Office) {
            for path in self.paths.maps {
                self.push_path(path, Goal::Map, 10);
            }
            self.drain(fetcher, home).await;
        }
    }

    async fn drain(&mut self, fetcher: &Fetcher, home: &Request) {
        while let Some(Next(_, _, lead)) = self.queue.pop() {
            if self.survey.asked.len() >= self.max_pages {
                return;
            }
            if self.is_settled(&lead) || self.asked.contains(&canonical(&lead.url)) {
                continue;
            }
            self.asked.insert(canonical(&lead.url));
            self.survey.asked.push(lead.url.clone());
            let request = Request { url: lead.url.clone(), force: true, ..home.clone() };
            match fetcher.get(&request).await {
                Ok(Reply::Fresh(response)) if self.here(&response.url).is_some() && response.sha256 != self.home_bytes => {
                    self.read(&lead, &response);
                }
                Ok(_) => {}
                // A guess that fails is no problem of the site.
                Err(error) if lead.score > 40 => self.survey.problems.push(error.to_string()),
                Err(_) => {}
            }
        }
    }

    /// Whether what the lead promises is there already, so that it need not be asked.
    fn is_settled(&self, lead: &Lead) -> bool {
        match lead.goal {
            Goal::News => self.has(Role::News),
            Goal::Section | Goal::Map => self.has(Role::Office) && (self.has(Role::News) || lead.goal == Goal::Map),
            Goal::NewsCategory | Goal::Hours | Goal::OfficeList | Goal::Office => false,
        }
    }

    fn read(&mut self, lead: &Lead, response: &Response) {
        self.asked.insert(canonical(&response.url));
        if lead.goal == Goal::Map
            && let Some(map) = sitemap::read(&response.body)
        {
            return self.read_map(map);
        }
        let scope = super::Scope::of(&self.survey.home);
        let page = listing(response, None, &scope);
        if page.kind != super::ListKind::Html {
            return self.read_news(lead, response, &page);
        }
        let document = read(response);
        if let Some(verdict) = judge(response, &document) {
            if lead.score > 40 {
                self.survey.problems.push(format!("{}: {verdict}", response.url));
            }
            return;
        }
        let markup = Markup::of(response);
        match lead.goal {
            Goal::News => {
                self.read_news(lead, response, &page);
                let categories = categories_of_news(&markup.anchors);
                categories.into_iter().take(MAX_CATEGORIES).for_each(|category| self.push(category));
            }
            Goal::NewsCategory => self.read_news(lead, response, &page),
            Goal::Hours => self.read_hours(lead, response, &markup, &document),
            Goal::OfficeList => self.read_offices(lead, response, &markup, &document),
            Goal::Section => self.take_leads(&markup),
            Goal::Office | Goal::Map => {
                let offices: Vec<Lead> =
                    markup.anchors.iter().filter(|anchor| in_office_folder(&anchor.url)).filter_map(self::lead).collect();
                offices.iter().filter(|office| office.goal == Goal::Office).for_each(|office| {
                    self.find(&office.url, Role::Office, &office.title, "in the map of the site, under a folder of offices");
                });
                if lead.goal == Goal::Map {
                    self.take_leads(&markup);
                }
            }
        }
    }

    fn read_news(&mut self, lead: &Lead, response: &Response, page: &Listing) {
        if !page.articles.is_empty() {
            let why = format!("{}; {}", lead.why, page.why);
            self.find(&response.url, Role::News, &lead.title, &why);
            return;
        }
        for feed in page.feeds.iter().take(1) {
            let why = format!("feed of {}", response.url);
            self.push(Lead { url: feed.clone(), goal: Goal::News, title: lead.title.clone(), why, score: lead.score });
        }
    }

    /// A page that promises hours either states them or names the offices that do.
    fn read_hours(&mut self, lead: &Lead, response: &Response, markup: &Markup, document: &crate::document::Document) {
        let before = self.found.len();
        if states_times(document) == 0 {
            self.read_offices(lead, response, markup, document);
        }
        if self.found.len() == before {
            self.find(&response.url, Role::Hours, &lead.title, &lead.why);
        }
    }

    fn read_offices(&mut self, lead: &Lead, response: &Response, markup: &Markup, document: &crate::document::Document) {
        let offices = offices_of_list(&markup.anchors, &response.url);
        let before = self.found.len();
        for office in offices.iter().filter(|office| canonical(&office.url) != canonical(&response.url)) {
            self.find(&office.url, Role::Office, &office.title, &format!("{} of {}", office.why, response.url.path()));
        }
        let brought_new = self.found.len() > before;
        // A list that gives the hours itself is the page of hours.
        if states_times(document) >= 2 {
            self.find(&response.url, Role::Hours, &lead.title, &format!("{}; it states hours itself", lead.why));
        }
        if let Some(next) = next_page(markup, &response.url)
            && brought_new
        {
            let why = format!("continues {}", response.url.path());
            self.push(Lead { url: next, goal: Goal::OfficeList, title: lead.title.clone(), why, score: lead.score });
        }
        for anchor in &markup.anchors {
            if let Some(further) = self::lead(anchor).filter(|further| further.goal == Goal::Hours) {
                self.push(further);
            }
        }
    }

    fn read_map(&mut self, map: sitemap::Sitemap) {
        for page in map.pages.iter().filter(|page| in_office_folder(&page.url)) {
            let title = page.url.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty())).unwrap_or_default().to_owned();
            self.find(&page.url, Role::Office, &title, "in the sitemap, under a folder of offices");
        }
        // Indexes name their parts; those that speak of offices come first.
        for url in map.maps {
            let about = ["uffic", "unita", "organiz"].iter().any(|word| url.path().contains(word));
            let why = "part of the sitemap".to_owned();
            self.push(Lead { url, goal: Goal::Map, title: String::new(), why, score: if about { 15 } else { 5 } });
        }
    }

    fn take_leads(&mut self, markup: &Markup) {
        for anchor in &markup.anchors {
            let Some(lead) = lead(anchor) else { continue };
            if lead.goal == Goal::Office {
                // An office that a menu names need not be asked to be known.
                if lead.score >= 70 {
                    self.find(&lead.url, Role::Office, &lead.title, &lead.why);
                }
            } else {
                self.push(lead);
            }
        }
    }

    fn guess(&mut self) {
        let named = self.survey.platform.map_or("the national model", |(platform, _)| platform.name());
        let wants = |role: Role| !self.has(role);
        let (news, offices, hours) = (wants(Role::News), wants(Role::Office), wants(Role::Hours));
        let why = format!("where {named} keeps it");
        let Paths { offices: office_paths, hours: hours_paths, news: news_paths, .. } = self.paths;
        for (wanted, paths, goal) in
            [(news, news_paths, Goal::News), (offices, office_paths, Goal::OfficeList), (hours, hours_paths, Goal::Hours)]
        {
            for (at, path) in paths.iter().enumerate().filter(|_| wanted) {
                if let Ok(url) = self.survey.home.join(path) {
                    let score = 40 - u8::try_from(at).unwrap_or(20).min(20);
                    self.push(Lead { url, goal, title: path.trim_matches('/').to_owned(), why: why.clone(), score });
                }
            }
        }
    }

    fn push_path(&mut self, path: &str, goal: Goal, score: u8) {
        if let Ok(url) = self.survey.home.join(path) {
            self.push(Lead { url, goal, title: path.to_owned(), why: "map of the site".to_owned(), score });
        }
    }

    fn push(&mut self, lead: Lead) {
        let Some(mut url) = self.here(&lead.url) else { return };
        url.set_fragment(None);
        if self.queued.insert((canonical(&url), lead.goal)) {
            self.queue.push(Next(lead.score, std::cmp::Reverse(self.queued.len()), Lead { url, ..lead }));
        }
    }

    fn find(&mut self, url: &Url, role: Role, title: &str, why: &str) {
        let Some(url) = self.here(url).map(|url| canonical(&url)) else { return };
        if url != canonical(&self.survey.home) && self.found.insert(url.clone()) {
            self.survey.finds.push(Find { url, role, title: title.to_owned(), why: why.to_owned() });
        }
    }

    fn has(&self, role: Role) -> bool {
        self.survey.finds.iter().any(|find| find.role == role)
    }

    /// The address as the home page would write it, if it lies on the same host: sites mix `www.` and none, http and https.
    fn here(&self, url: &Url) -> Option<Url> {
        let home = &self.survey.home;
        if !matches!(url.scheme(), "http" | "https") || !Scope::host(home).holds(url) {
            return None;
        }
        let mut url = url.clone();
        if url.host() != home.host() {
            url.set_host(home.host_str()).ok()?;
        }
        if home.scheme() == "https" && url.scheme() == "http" {
            url.set_scheme("https").ok()?;
        }
        Some(url)
    }

    fn finish(mut self) -> Survey {
        self.survey.finds.sort_by_key(|find| find.role);
        self.survey.finds.truncate(self.max_pages);
        self.survey
    }
}

/// How many blocks of a page's matter state a time of day.
fn states_times(document: &crate::document::Document) -> usize {
    use crate::document::{BlockKind, Region};
    let has_time = |text: &str| {
        let digits: Vec<&str> = text.split(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ':')).collect();
        digits.iter().any(|word| {
            word.split_once(['.', ':']).is_some_and(|(hour, minute)| {
                minute.len() == 2
                    && hour.parse::<u8>().is_ok_and(|hour| (6..=20).contains(&hour))
                    && minute.parse::<u8>().is_ok_and(|minute| minute < 60)
            })
        })
    };
    document
        .blocks
        .iter()
        .filter(|block| block.region == Region::Main)
        .map(|block| match &block.kind {
            BlockKind::Table(table) => table.rows.iter().filter(|row| row.iter().any(|cell| has_time(&cell.text))).count(),
            _ => usize::from(has_time(&block.text)),
        })
        .sum()
}
