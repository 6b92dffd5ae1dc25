//! What an element is to a reader: its sort by tag, whether it is seen at all, and which part of the page it opens.

use scraper::node::Element;

use super::Region;

/// The sort of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Part of a line.
    Inline,
    /// Stands alone; may hold blocks.
    Block,
    Heading(u8),
    /// `<summary>`, `<legend>`, `<caption>`: a heading whose level comes from where it stands.
    Title,
    List,
    Item,
    Term,
    Definition,
    Table,
    Row,
    Cell,
    Break,
    Rule,
    Strong,
    Link,
    Raised,
    Preformatted,
    Button,
    Picture,
    Noscript,
    Time,
    Meta,
    Script,
    /// Never seen.
    Nothing,
}

/// Sort and name of an element by its tag.
pub(super) fn sort(name: &str) -> (Sort, &'static str) {
    match name {
        "p" => (Sort::Block, "p"),
        "div" => (Sort::Block, "div"),
        "a" => (Sort::Link, "a"),
        "li" => (Sort::Item, "li"),
        "span" => (Sort::Inline, "span"),
        "br" => (Sort::Break, "br"),
        "ul" => (Sort::List, "ul"),
        "ol" => (Sort::List, "ol"),
        "menu" => (Sort::List, "menu"),
        "dir" => (Sort::List, "dir"),
        "b" | "strong" => (Sort::Strong, "b"),
        "td" => (Sort::Cell, "td"),
        "th" => (Sort::Cell, "th"),
        "tr" => (Sort::Row, "tr"),
        "table" => (Sort::Table, "table"),
        "tbody" => (Sort::Block, "tbody"),
        "thead" => (Sort::Block, "thead"),
        "tfoot" => (Sort::Block, "tfoot"),
        "h1" => (Sort::Heading(1), "h1"),
        "h2" => (Sort::Heading(2), "h2"),
        "h3" => (Sort::Heading(3), "h3"),
        "h4" => (Sort::Heading(4), "h4"),
        "h5" => (Sort::Heading(5), "h5"),
        "h6" => (Sort::Heading(6), "h6"),
        "section" => (Sort::Block, "section"),
        "article" => (Sort::Block, "article"),
        "main" => (Sort::Block, "main"),
        "header" => (Sort::Block, "header"),
        "footer" => (Sort::Block, "footer"),
        "nav" => (Sort::Block, "nav"),
        "aside" => (Sort::Block, "aside"),
        "html" => (Sort::Block, "html"),
        "body" => (Sort::Block, "body"),
        "dl" => (Sort::Block, "dl"),
        "dt" => (Sort::Term, "dt"),
        "dd" => (Sort::Definition, "dd"),
        "form" => (Sort::Block, "form"),
        "fieldset" => (Sort::Block, "fieldset"),
        "legend" => (Sort::Title, "legend"),
        "caption" => (Sort::Title, "caption"),
        "details" => (Sort::Block, "details"),
        "summary" => (Sort::Title, "summary"),
        "dialog" => (Sort::Block, "dialog"),
        "address" => (Sort::Block, "address"),
        "blockquote" => (Sort::Block, "blockquote"),
        "figure" => (Sort::Block, "figure"),
        "figcaption" => (Sort::Block, "figcaption"),
        "center" => (Sort::Block, "center"),
        "hgroup" => (Sort::Block, "hgroup"),
        "search" => (Sort::Block, "search"),
        "optgroup" | "option" | "select" | "textarea" | "datalist" | "input" => (Sort::Nothing, "input"),
        "script" => (Sort::Script, "script"),
        "style" | "template" | "svg" | "math" | "iframe" | "object" | "embed" | "canvas" | "audio" | "video" | "map" | "progress"
        | "meter" | "applet" | "noembed" | "rp" | "rt" | "dataset" | "frame" | "param" | "link" | "base" | "title" => {
            (Sort::Nothing, "script")
        }
        // Struck out is what no longer holds.
        "del" | "s" | "strike" => (Sort::Nothing, "del"),
        "noscript" | "noframes" => (Sort::Noscript, "noscript"),
        "sup" | "sub" => (Sort::Raised, "sup"),
        "pre" | "xmp" | "listing" | "plaintext" => (Sort::Preformatted, "pre"),
        "button" => (Sort::Button, "button"),
        "hr" => (Sort::Rule, "hr"),
        "img" => (Sort::Picture, "img"),
        "time" => (Sort::Time, "time"),
        "meta" => (Sort::Meta, "meta"),
        "frameset" => (Sort::Block, "div"),
        _ => (Sort::Inline, "span"),
    }
}

/// The attributes that matter, picked in one pass over them.
#[derive(Default)]
pub(super) struct Marks<'a> {
    pub(super) id: &'a str,
    pub(super) class: &'a str,
    pub(super) role: &'a str,
    pub(super) href: Option<&'a str>,
    pub(super) lang: Option<&'a str>,
    pub(super) email: Option<&'a str>,
    pub(super) element: Option<&'a str>,
    pub(super) property: Option<&'a str>,
    pub(super) hidden: bool,
    /// A script opens and closes something else with it: an accordion's button.
    pub(super) toggles: bool,
    pub(super) rowspan: Option<&'a str>,
    pub(super) colspan: Option<&'a str>,
    pub(super) aria_level: Option<&'a str>,
    pub(super) aria_label: &'a str,
    aria_hidden: bool,
}

impl<'a> Marks<'a> {
    pub(super) fn of(element: &'a Element) -> Self {
        let mut marks = Self::default();
        for (name, value) in element.attrs() {
            match name {
                "class" => marks.class = value,
                "id" => marks.id = value,
                "href" => marks.href = Some(value),
                "role" => marks.role = value,
                "lang" => marks.lang = Some(value),
                "hidden" => marks.hidden |= value != "until-found",
                "style" => marks.hidden |= hides(value),
                "aria-hidden" => marks.aria_hidden = value == "true",
                "aria-expanded" | "aria-controls" => marks.toggles = true,
                "data-bs-toggle" | "data-toggle" => marks.toggles |= value == "collapse",
                "data-cfemail" => marks.email = Some(value),
                "data-element" => marks.element = Some(value),
                "itemprop" => marks.property = Some(value),
                "rowspan" => marks.rowspan = Some(value),
                "colspan" => marks.colspan = Some(value),
                "aria-level" => marks.aria_level = Some(value),
                "aria-label" => marks.aria_label = value,
                _ => {}
            }
        }
        if !marks.class.is_empty() {
            marks.hidden |= hidden_by_class(marks.class, marks.aria_hidden);
        }
        marks
    }
}

/// The address that Joomla keeps from robots in two attributes, each in base 64.
pub(super) fn joomla_address(element: &Element) -> Option<String> {
    use base64::Engine as _;
    let part = |name: &str| -> Option<String> {
        let bytes = base64::engine::general_purpose::STANDARD.decode(element.attr(name)?.trim()).ok()?;
        String::from_utf8(bytes).ok().filter(|text| !text.is_empty() && !text.contains(char::is_whitespace))
    };
    let address = format!("{}@{}", part("first")?, part("last")?);
    address.contains('.').then_some(address)
}

/// Whether an inline style takes the element off the page.
fn hides(style: &str) -> bool {
    style.split(';').any(|declaration| {
        let Some((property, value)) = declaration.split_once(':') else { return false };
        let (property, value) = (property.trim(), value.trim());
        let starts = |word: &str| value.get(..word.len()).is_some_and(|v| v.eq_ignore_ascii_case(word));
        (property.eq_ignore_ascii_case("display") && starts("none"))
            || (property.eq_ignore_ascii_case("visibility") && (starts("hidden") || starts("collapse")))
    })
}

/// Words that every framework uses for text that is not shown. Collapsed panels are not among them: a click shows them.
fn hidden_by_class(class: &str, aria_hidden: bool) -> bool {
    let mut hidden = false;
    let mut shown_wider = false;
    for word in class.split_ascii_whitespace() {
        match word {
            "visually-hidden"
            | "sr-only"
            | "visually-hidden-focusable"
            | "sr-only-focusable"
            | "element-invisible"
            | "screen-reader-text"
            | "screen-reader"
            | "u-hiddenVisually"
            | "visuallyhidden"
            | "d-none"
            | "hidden"
            | "invisible"
            | "aspNetHidden"
            | "element-hidden"
            | "is-hidden"
            | "nascosto" => hidden = true,
            "material-icons" | "material-symbols-outlined" | "material-icons-outlined" => return true,
            // "d-none d-md-block" is hidden on phones only.
            _ if word.starts_with("d-") && word.matches('-').count() >= 2 && !word.ends_with("-none") => shown_wider = true,
            _ if aria_hidden && (word.starts_with("icon") || word.starts_with("fa-") || word.starts_with("glyphicon")) => return true,
            _ => {}
        }
    }
    hidden && !shown_wider
}

/// The part of the page that an element opens by its tag or role; `Some(None)` for those that open none whatever their name.
/// Inside matter, a `<header>` or `<footer>` is that of an article.
pub(super) fn landmark(tag: &str, marks: &Marks, inside_matter: bool) -> Option<Option<Region>> {
    match marks.role {
        "" => {}
        "navigation" | "menu" | "menubar" | "search" => return Some(Some(Region::Navigation)),
        "banner" if !inside_matter => return Some(Some(Region::Navigation)),
        // inside the matter some systems mark their warnings so
        "contentinfo" if !inside_matter => return Some(Some(Region::Footer)),
        "complementary" => return Some(Some(Region::Aside)),
        "dialog" | "alertdialog" => return Some(Some(Region::Banner)),
        "main" => return Some(Some(Region::Main)),
        _ => {}
    }
    match tag {
        "nav" | "search" => Some(Some(Region::Navigation)),
        "header" if !inside_matter => Some(Some(Region::Navigation)),
        "footer" if !inside_matter => Some(Some(Region::Footer)),
        "aside" => Some(Some(Region::Aside)),
        "dialog" => Some(Some(Region::Banner)),
        "main" => Some(Some(Region::Main)),
        "html" | "body" | "a" | "article" | "h1" | "h2" | "h3" | "p" => Some(None),
        _ => None,
    }
}

/// The part of the page that an element's classes and id name.
pub(super) fn named(marks: &Marks, inside_matter: bool) -> Option<Region> {
    let words = marks.class.split_ascii_whitespace().chain([marks.id]);
    words.filter(|word| !word.is_empty()).find_map(|word| region_by_word(word, inside_matter))
}

/// Class and id words that mean a part of the page in any site's vocabulary; the word is taken apart at its seams ("mainMenu", "site-footer").
fn region_by_word(word: &str, inside_matter: bool) -> Option<Region> {
    // the names of panels, not the panels
    if ["tab_header", "tab-header", "tabs-nav", "nav-tabs"].iter().any(|name| word.contains(name)) {
        return Some(Region::Navigation);
    }
    let mut found = None;
    for part in parts(word) {
        let mut lower = [0u8; 12];
        let Some(letters) = lower.get_mut(..part.len()) else { continue };
        letters.copy_from_slice(part.as_bytes());
        letters.make_ascii_lowercase();
        match &*letters {
            // "content-with-sidebar", "no-menu", "page-wrapper" name the page by what it has.
            b"with" | b"has" | b"no" | b"without" | b"con" | b"main" | b"content" | b"page" | b"wrapper" | b"layout" | b"open" | b"js"
            | b"row" | b"column" | b"columns" | b"grid" => return None,
            b"cookie" | b"cookies" | b"cookiebar" | b"cookiebanner" | b"feedback" | b"rating" | b"valutazione" => {
                found = Some(Region::Banner)
            }
            b"breadcrumb" | b"breadcrumbs" | b"briciole" | b"pagination" | b"pager" | b"skiplink" | b"skiplinks" | b"navbar"
            | b"navigation" | b"megamenu" => found = Some(Region::Navigation),
            b"comments" | b"commenti" | b"share" | b"condividi" | b"correlati" | b"correlate" | b"related" | b"anche" | b"sidebar" => {
                found = Some(Region::Aside)
            }
            b"menu" | b"nav" | b"navigazione" if !inside_matter => found = Some(Region::Navigation),
            b"footer" | b"piede" if !inside_matter => found = Some(Region::Footer),
            _ => {}
        }
    }
    found
}

/// The words inside a class name: "it-header-center", "mainMenu", "site_footer".
fn parts(word: &str) -> impl Iterator<Item = &str> {
    word.split(|c: char| !c.is_ascii_alphanumeric()).flat_map(|piece| {
        let mut rest = piece;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let seam = rest
                .as_bytes()
                .windows(2)
                .position(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()))
                .map_or(rest.len(), |at| at + 1);
            let (head, tail) = rest.split_at_checked(seam).unwrap_or((rest, ""));
            rest = tail;
            Some(head)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_name_is_taken_apart_at_its_seams() {
        assert_eq!(parts("siteFooter-menu_x").collect::<Vec<_>>(), ["site", "Footer", "menu", "x"]);
        assert_eq!(parts("òè-a").collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn styles_and_classes_hide() {
        assert!(hides("color:red; Display : NONE"));
        assert!(!hides("display:block"));
        assert!(hidden_by_class("x visually-hidden", false));
        assert!(hidden_by_class("d-none", false));
        assert!(!hidden_by_class("d-none d-md-block", false));
        assert!(!hidden_by_class("collapse", false));
    }
}
