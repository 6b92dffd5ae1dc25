//! "Is this the page?": tells a page from what servers send in its stead. Pure; a substitute is never news about an office.

/// What came instead of the page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// An error page with status 200: "pagina non trovata".
    SoftNotFound,
    /// "Sito in manutenzione".
    Maintenance,
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
    /// We asked for a page and were sent to the home page.
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
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Verdict::SoftNotFound => f.write_str("the server says \"not found\" in the page's text"),
            Verdict::Maintenance => f.write_str("the site says that it is under maintenance"),
            Verdict::LoginWall => f.write_str("the page wants a login"),
            Verdict::BotChallenge("") => f.write_str("the site wants to know whether we are human"),
            Verdict::BotChallenge(product) => write!(f, "the site wants to know whether we are human ({product})"),
            Verdict::ConsentWall => f.write_str("the site shows nothing but its cookie question"),
            Verdict::Parked => f.write_str("the domain is parked or its hosting has ended"),
            Verdict::DirectoryIndex => f.write_str("the server shows a list of files"),
            Verdict::RedirectedHome => f.write_str("the page leads to the home page"),
            Verdict::Truncated => f.write_str("the page ends in the middle"),
            Verdict::NeedsScripts => f.write_str("the page is empty without its scripts (try render = \"browser\")"),
            Verdict::Empty => f.write_str("the page is empty"),
            Verdict::OtherType(media) => write!(f, "the address holds {media}, which cannot be read"),
            Verdict::EmptyList => f.write_str("the list names no article any more"),
        }
    }
}
