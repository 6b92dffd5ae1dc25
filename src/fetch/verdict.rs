//! "Is this the page?": tells a page from what servers send in its stead. Pure; a substitute is never news about an office.
//!
//! Substitutes are short and speak of the site itself. So almost every rule wants a short page *and* words that only a substitute
//! says in its title: an office page that mentions maintenance, or has a login link, passes.

use super::Response;
use super::challenge::challenge;
use super::cut::is_cut;
use super::phrases::{is_not_found, says_fault, says_maintenance, says_not_found, says_parked, says_when, segments};
use crate::document::{BlockKind, Document, Region};
use url::Url;

/// What came instead of the page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// An error page with status 200: "pagina non trovata".
    SoftNotFound,
    /// "Sito in manutenzione".
    Maintenance,
    /// An error of the server with status 200: no database, an exception.
    ServerError,
    /// A form that wants a name and a password, and nothing else.
    LoginWall,
    /// A page that wants to know whether we are human, with the product where it can be told.
    BotChallenge(&'static str),
    /// Nothing but a question about cookies.
    ConsentWall,
    /// The domain is for sale, or its hosting has ended.
    Parked,
    /// A web server's list of files.
    DirectoryIndex,
    /// We asked for a page and were sent to the home page, or up to a list above it.
    RedirectedHome,
    /// The HTML ends in the middle.
    Truncated,
    /// A shell that is empty until its scripts have run: `render = "browser"` may help.
    NeedsScripts,
    /// No text at all.
    Empty,
    /// Neither HTML, nor text, nor a feed, nor PDF.
    OtherType(String),
    /// A list that named articles before names none now.
    EmptyList,
}

impl Verdict {
    /// A short stable name for health tables and metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::SoftNotFound => "soft-404",
            Verdict::Maintenance => "maintenance",
            Verdict::ServerError => "server-error",
            Verdict::LoginWall => "login-wall",
            Verdict::BotChallenge(_) => "bot-challenge",
            Verdict::ConsentWall => "consent-wall",
            Verdict::Parked => "parked-domain",
            Verdict::DirectoryIndex => "directory-index",
            Verdict::RedirectedHome => "redirected-home",
            Verdict::Truncated => "truncated",
            Verdict::NeedsScripts => "needs-scripts",
            Verdict::Empty => "empty",
            Verdict::OtherType(_) => "other-type",
            Verdict::EmptyList => "empty-list",
        }
    }

    /// Whether all of the site is concerned, so that asking for its other pages would be in vain.
    pub fn concerns_site(&self) -> bool {
        match self {
            Verdict::Maintenance
            | Verdict::ServerError
            | Verdict::LoginWall
            | Verdict::BotChallenge(_)
            | Verdict::ConsentWall
            | Verdict::Parked => true,
            Verdict::SoftNotFound
            | Verdict::DirectoryIndex
            | Verdict::RedirectedHome
            | Verdict::Truncated
            | Verdict::NeedsScripts
            | Verdict::Empty
            | Verdict::OtherType(_)
            | Verdict::EmptyList => false,
        }
    }

    /// The same in Italian, for the site.
    pub fn in_italian(&self) -> String {
        match self {
            Verdict::SoftNotFound => "il sito risponde «pagina non trovata»".to_owned(),
            Verdict::Maintenance => "il sito dice di essere in manutenzione".to_owned(),
            Verdict::ServerError => "al posto della pagina c'è un errore del server".to_owned(),
            Verdict::LoginWall => "la pagina chiede di accedere".to_owned(),
            Verdict::BotChallenge("") => "il sito vuole sapere se siamo persone".to_owned(),
            Verdict::BotChallenge(product) => format!("il sito vuole sapere se siamo persone ({product})"),
            Verdict::ConsentWall => "il sito mostra soltanto la domanda sui cookie".to_owned(),
            Verdict::Parked => "il dominio è parcheggiato o lo spazio web è scaduto".to_owned(),
            Verdict::DirectoryIndex => "il server mostra un elenco di file".to_owned(),
            Verdict::RedirectedHome => "la pagina rimanda alla pagina iniziale o a un elenco".to_owned(),
            Verdict::Truncated => "la pagina si interrompe a metà".to_owned(),
            Verdict::NeedsScripts => "senza script la pagina è vuota (si può provare render = \"browser\")".to_owned(),
            Verdict::Empty => "la pagina è vuota".to_owned(),
            Verdict::OtherType(media) => format!("l'indirizzo contiene {media}, che non si può leggere"),
            Verdict::EmptyList => "l'elenco non nomina più alcun articolo".to_owned(),
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Verdict::SoftNotFound => f.write_str("the server says \"not found\" in the page's text"),
            Verdict::Maintenance => f.write_str("the site says that it is under maintenance"),
            Verdict::ServerError => f.write_str("an error of the server stands in the page's place"),
            Verdict::LoginWall => f.write_str("the page wants a login"),
            Verdict::BotChallenge("") => f.write_str("the site wants to know whether we are human"),
            Verdict::BotChallenge(product) => write!(f, "the site wants to know whether we are human ({product})"),
            Verdict::ConsentWall => f.write_str("the site shows nothing but its cookie question"),
            Verdict::Parked => f.write_str("the domain is parked or its hosting has ended"),
            Verdict::DirectoryIndex => f.write_str("the server shows a list of files"),
            Verdict::RedirectedHome => f.write_str("the page leads to the home page, or to a list above it"),
            Verdict::Truncated => f.write_str("the page ends in the middle"),
            Verdict::NeedsScripts => f.write_str("the page is empty without its scripts (try render = \"browser\")"),
            Verdict::Empty => f.write_str("the page is empty"),
            Verdict::OtherType(media) => write!(f, "the address holds {media}, which cannot be read"),
            Verdict::EmptyList => f.write_str("the list names no article any more"),
        }
    }
}

/// A page with fewer characters than this may be a substitute; with more it speaks for itself.
const SHORT: usize = 700;
/// A page with fewer characters than this says nothing.
const BARE: usize = 120;
/// A substitute has fewer links than this: it stands outside the site's menus.
const FEW_LINKS: usize = 12;

/// Judges an answer with status 2xx; `document` is what was read from it. `None`: it is the page, as far as can be told.
pub fn judge(response: &Response, document: &Document) -> Option<Verdict> {
    if let Some(media) = other_type(response) {
        return Some(Verdict::OtherType(media));
    }
    if response.body.iter().all(u8::is_ascii_whitespace) {
        let challenged = challenge(&response.headers, "", true, true);
        return Some(challenged.map_or(Verdict::Empty, Verdict::BotChallenge));
    }
    let lower = lower(&response.body);
    if !is_html(response, &lower) {
        return None;
    }
    Look { response, document, lower: &lower, title: title_of(&lower) }.verdict()
}

/// What an error page (status 4xx, 5xx) is, where it can be told.
pub fn judge_error(status: u16, headers: &[(String, String)], body: &[u8]) -> Option<Verdict> {
    let lower = lower(body);
    let title = title_of(&lower);
    // a site's own page for what is missing may hold a form with a captcha, and scripts that a firewall leaves in every page
    let own = matches!(status, 404 | 410);
    if let Some(product) = challenge(headers, &lower, !own, !own && body.len() < 8000) {
        return Some(Verdict::BotChallenge(product));
    }
    let in_text = matches!(status, 500..=599) && body.len() < 20_000;
    if says_maintenance(&title) || in_text && says_maintenance(&lower) {
        return Some(Verdict::Maintenance);
    }
    (own && says_parked(&title, &title, &lower)).then_some(Verdict::Parked)
}

/// A frame without its matter: menus and footer around a `<main>` that holds no word, or only the date of its last change.
fn main_is_empty(lower: &str) -> bool {
    let Some((_, rest)) = lower.split_once("<main") else { return false };
    let Some((matter, _)) = rest.split_once("</main>") else { return false };
    let words: String = matter.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text).collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    words.is_empty() || words.starts_with("ultimo aggiornamento") && words.len() < 60
}

struct Look<'a> {
    response: &'a Response,
    document: &'a Document,
    lower: &'a str,
    title: String,
}

impl Look<'_> {
    fn verdict(&self) -> Option<Verdict> {
        let length = self.length(|_| true);
        let main = self.length(|region| region == Region::Main);
        let links = self.document.blocks.iter().map(|block| block.links.len()).sum::<usize>();
        let short = length < SHORT && links < FEW_LINKS;
        let heading = self.document.title.as_deref().unwrap_or_default().to_lowercase();
        let (text, main_text) = (self.text(|_| true), self.text(|region| region == Region::Main));
        // Days and hours are what offices say of themselves; no substitute does.
        let says_when = says_when(&main_text);

        let (may_be, bare) = (length < 2 * SHORT && !says_when, length < 2 * BARE && links < 4 && !says_when);
        if let Some(product) = challenge(&self.response.headers, self.lower, may_be, bare) {
            return Some(Verdict::BotChallenge(product));
        }
        if self.title.starts_with("index of /") || self.title.starts_with("directory listing for ") || self.has("[to parent directory]") {
            return Some(Verdict::DirectoryIndex);
        }
        let framed = main < SHORT && !says_when;
        if is_not_found(&self.title) || is_not_found(&heading) || framed && says_not_found(&main_text) {
            return Some(Verdict::SoftNotFound);
        }
        let announced = says_maintenance(&self.title) || says_maintenance(&heading);
        // a site may keep its menus around the note, and an old one its "sito in aggiornamento" beside the hours
        let note = |most: usize, text: &str| most < SHORT && !says_when && says_maintenance(text);
        if short && (announced || note(length, &text)) || note(2 * main, &main_text) {
            return Some(Verdict::Maintenance);
        }
        if framed && says_fault(&self.title, &main_text, short) {
            return Some(Verdict::ServerError);
        }
        if short && !says_when && (text.trim() == "it works!" || says_parked(&self.title, &text, self.lower)) {
            return Some(Verdict::Parked);
        }
        if self.is_login(&heading) {
            return Some(Verdict::LoginWall);
        }
        if is_cut(self.lower) {
            return Some(Verdict::Truncated);
        }
        if let Some(verdict) = self.bare(length) {
            return Some(verdict);
        }
        if main < BARE && main_is_empty(self.lower) {
            return Some(if self.has("<script") { Verdict::NeedsScripts } else { Verdict::Empty });
        }
        let (from, to) = (&self.response.requested, &self.response.url);
        let up = is_home(to) && !is_home(from) || is_above(to, from);
        (!self.response.redirects.is_empty() && up).then_some(Verdict::RedirectedHome)
    }

    /// Pages that say next to nothing: why?
    fn bare(&self, length: usize) -> Option<Verdict> {
        let asks_for_cookies = || {
            let banner = self.text(|_| true);
            banner.contains("cookie") && ["accett", "consen", "accept", "prefer"].iter().any(|word| banner.contains(word))
        };
        // What is bare of its own accord ("Ufficio chiuso fino al 3 aprile") has no scripts to fill it, and says something.
        if self.length(|region| region != Region::Banner) < BARE && asks_for_cookies() && !self.has_matter() {
            return Some(Verdict::ConsentWall);
        }
        if self.has_data() {
            return None;
        }
        if length < 2 * BARE && self.wants_scripts() && !self.states_something() {
            return Some(Verdict::NeedsScripts);
        }
        (length == 0).then(|| if self.has("<script") { Verdict::NeedsScripts } else { Verdict::Empty })
    }

    /// A number in the matter: an hour, a day, a telephone. Shells have none.
    fn states_something(&self) -> bool {
        let matter = |block: &&crate::document::Block| block.region == Region::Main && !matches!(block.kind, BlockKind::Heading(_));
        self.document.blocks.iter().filter(matter).any(|block| block.text.chars().any(|c| c.is_ascii_digit()))
    }

    fn has_matter(&self) -> bool {
        if self.states_something() {
            return true;
        }
        let cookie = |text: &str| text.to_lowercase().contains("cookie");
        self.document.blocks.iter().any(|block| {
            block.region == Region::Main && !matches!(block.kind, BlockKind::Heading(_)) && block.text.len() > 40 && !cookie(&block.text)
        })
    }

    /// Some frameworks send the facts as data inside an empty shell.
    fn has_data(&self) -> bool {
        let data = self.has("application/json") || self.has("application/ld+json");
        data && ["luned", "marted", "orari", "openinghours"].iter().any(|word| self.has(word))
    }

    fn wants_scripts(&self) -> bool {
        const ROOTS: &[&str] = &[
            "id=\"root\"",
            "id=\"app\"",
            "id=root",
            "id=app",
            "id=\"__next\"",
            "id=\"__nuxt\"",
            "<app-root",
            "id=\"main-app\"",
            "ng-app",
            "id=\"svelte\"",
        ];
        let says = [
            "enable javascript",
            "abilita javascript",
            "abilitare javascript",
            "attiva javascript",
            "richiede javascript",
            "javascript è disabilitato",
            "javascript to run this app",
        ];
        self.has("<script") && (ROOTS.iter().any(|root| self.has(root)) || says.iter().any(|word| self.has(word)))
    }

    fn is_login(&self, heading: &str) -> bool {
        const TITLES: &[&str] = &[
            "accedi",
            "accesso",
            "login",
            "log in",
            "sign in",
            "autenticazione",
            "area riservata",
            "area personale",
            "entra con spid",
            "identificazione",
        ];
        if self.length(|region| region == Region::Main) >= SHORT {
            return false;
        }
        let password = self.has("type=\"password\"") || self.has("type='password'") || self.has("type=password");
        let federated = ["entra con spid", "entra con cie", "accedi con spid"].iter().any(|word| self.has(word));
        if !password && !federated {
            return false;
        }
        let named = |text: &str| {
            segments(text).any(|segment| TITLES.iter().any(|title| segment == *title || segment.starts_with(&format!("{title} "))))
        };
        let path = self.response.url.path().to_ascii_lowercase();
        let sent = !self.response.redirects.is_empty()
            && ["login", "signin", "accedi", "autentica", "/idp/", "shibboleth", "/sso", "/cas/"].iter().any(|word| path.contains(word));
        sent || named(heading) || heading.is_empty() && named(&self.title)
    }

    /// Whether the markup holds this, in lower case.
    fn has(&self, words: &str) -> bool {
        has(self.lower, words)
    }

    fn length(&self, of: impl Fn(Region) -> bool) -> usize {
        let table = |block: &BlockKind| match block {
            BlockKind::Table(table) => table.rows.iter().flatten().map(|cell| cell.text.chars().count()).sum(),
            _ => 0,
        };
        self.document.blocks.iter().filter(|block| of(block.region)).map(|block| block.text.chars().count() + table(&block.kind)).sum()
    }

    /// What stands in some regions, tables included, in lower case; the beginning is enough.
    fn text(&self, of: impl Fn(Region) -> bool) -> String {
        let mut text = String::new();
        for block in self.document.blocks.iter().filter(|block| of(block.region)).take(60) {
            text.push_str(&block.text);
            if let BlockKind::Table(table) = &block.kind {
                for cell in table.rows.iter().take(60).flatten() {
                    text.push(' ');
                    text.push_str(&cell.text);
                }
            }
            text.push('\n');
        }
        text.to_lowercase()
    }
}

/// The beginning and the end of a body in lower case: enough for every rule, and bounded.
fn lower(body: &[u8]) -> String {
    const ENOUGH: usize = 512 << 10;
    let mut lower = lower_case(&String::from_utf8_lossy(body.get(..ENOUGH).unwrap_or(body)));
    if let Some(tail) = body.len().checked_sub(4096).filter(|start| *start > ENOUGH).and_then(|start| body.get(start..)) {
        lower.push_str(&lower_case(&String::from_utf8_lossy(tail)));
    }
    lower
}

/// `str::to_lowercase`, but runs of ASCII, which markup is made of, are turned as bytes.
fn lower_case(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (ascii, other) = rest.split_at(length_of_ascii(rest));
        let begin = lower.len();
        lower.push_str(ascii);
        if let Some(run) = lower.get_mut(begin..) {
            run.make_ascii_lowercase();
        }
        let (strange, next) = other.split_at(other.bytes().position(|byte| byte.is_ascii()).unwrap_or(other.len()));
        lower.extend(strange.chars().flat_map(char::to_lowercase));
        rest = next;
    }
    lower
}

/// How many bytes of a text precede the first that is not ASCII; blocks of them are looked at as wholes.
fn length_of_ascii(text: &str) -> usize {
    let whole: usize = text.as_bytes().chunks(64).take_while(|block| block.is_ascii()).map(<[u8]>::len).sum();
    whole + text.bytes().skip(whole).position(|byte| !byte.is_ascii()).unwrap_or(text.len() - whole)
}

/// Whether a long text holds a few words; quicker than `str::contains` there.
pub(super) fn has(text: &str, words: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), words.as_bytes()).is_some()
}

fn title_of(lower: &str) -> String {
    let Some((_, after)) = lower.split_once("<title") else { return String::new() };
    let Some((_, after)) = after.split_once('>') else { return String::new() };
    let title = after.split("</title").next().unwrap_or_default();
    title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

/// A media type that nothing reads, told by the header and the first bytes.
fn other_type(response: &Response) -> Option<String> {
    let stated = response.content_type().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let head = response.body.get(..1024).unwrap_or(&response.body);
    if head.windows(5).any(|five| five == b"%PDF-") {
        return None;
    }
    if head.starts_with(&[0x1f, 0x8b]) {
        return Some("compressed bytes".to_owned());
    }
    // a feed may come as JSON; a page never does, though an interface may answer in its place
    if stated.contains("json") && !head.windows(12).any(|part| part == b"jsonfeed.org") {
        return Some(stated);
    }
    let readable = stated.is_empty()
        || stated.starts_with("text/")
        || ["html", "xml", "json", "pdf"].iter().any(|word| stated.contains(word))
        || matches!(
            stated.as_str(),
            "application/octet-stream" | "application/force-download" | "application/x-download" | "unknown/unknown"
        );
    let utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    let binary = !utf16 && head.contains(&0);
    match (readable, binary) {
        (false, _) => Some(stated),
        (true, true) => {
            Some(if stated.is_empty() { "bytes of an unknown kind".to_owned() } else { format!("binary bytes labelled {stated}") })
        }
        (true, false) => None,
    }
}

fn is_html(response: &Response, lower: &str) -> bool {
    let stated = response.content_type().unwrap_or_default().to_ascii_lowercase();
    let head = lower.get(..lower.floor_char_boundary(1024)).unwrap_or(lower);
    stated.contains("html") || head.contains("<!doctype html") || head.contains("<html")
}

/// A page that sends us up its own path has gone: `/novita/avviso-7` to `/novita`, `/uffici/anagrafe` to `/uffici/`. The page of a folder
/// by its other name (`/uffici/index.html` to `/uffici/`) has not.
fn is_above(to: &Url, from: &Url) -> bool {
    let parts = |url: &Url| -> Vec<String> {
        let path = url.path().to_ascii_lowercase();
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (to_parts, from_parts) = (parts(to), parts(from));
    let is_folder_itself = from_parts.len() == to_parts.len() + 1
        && from_parts.last().is_some_and(|last| last.starts_with("index.") || last.starts_with("default.") || last.starts_with("home."));
    to.query().is_none() && from_parts.len() > to_parts.len() && from_parts.starts_with(&to_parts) && !is_folder_itself
}

/// The home page, in whatever language it greets.
fn is_home(url: &Url) -> bool {
    let path = url.path().trim_matches('/').to_ascii_lowercase();
    url.query().is_none()
        && matches!(
            path.as_str(),
            "" | "it"
                | "it-it"
                | "ita"
                | "home"
                | "index.html"
                | "index.php"
                | "index.htm"
                | "home.html"
                | "it/home"
                | "homepage"
                | "default.aspx"
                | "it/homepage"
        )
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
