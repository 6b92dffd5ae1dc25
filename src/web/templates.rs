//! The site's templates: one set for both languages, compiled in.
//!
//! Short words stand in the templates side by side, `{{ t("Ente", "Body") }}`, so that neither language can be forgotten when a page
//! changes and the structure exists once; long prose has a file per language (`it/web/`, `en/web/`). Everything that is put in is escaped,
//! and characters that show nothing and turn the reading direction never get through, whatever the view did.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, State, UndefinedBehavior, Value as Context};
use serde::Serialize;

use super::answer::Failure;
use crate::alert::is_invisible;

/// Name, as below `templates/`, and text.
const BUILTIN: &[(&str, &str)] = &[
    ("web/layout.html", include_str!("../../templates/web/layout.html")),
    ("web/parts.html", include_str!("../../templates/web/parts.html")),
    ("web/error.html", include_str!("../../templates/web/error.html")),
    ("web/message.html", include_str!("../../templates/web/message.html")),
    ("web/home.html", include_str!("../../templates/web/home.html")),
    ("web/search.html", include_str!("../../templates/web/search.html")),
    ("web/province.html", include_str!("../../templates/web/province.html")),
    ("web/body.html", include_str!("../../templates/web/body.html")),
    ("web/office.html", include_str!("../../templates/web/office.html")),
    ("web/changes.html", include_str!("../../templates/web/changes.html")),
    ("web/change.html", include_str!("../../templates/web/change.html")),
    ("web/today.html", include_str!("../../templates/web/today.html")),
    ("web/sources.html", include_str!("../../templates/web/sources.html")),
    ("web/entry.html", include_str!("../../templates/web/entry.html")),
    ("web/feed.xml", include_str!("../../templates/web/feed.xml")),
    ("it/web/how.html", include_str!("../../templates/it/web/how.html")),
    ("it/web/privacy.html", include_str!("../../templates/it/web/privacy.html")),
    ("it/web/volunteers.html", include_str!("../../templates/it/web/volunteers.html")),
    ("it/web/developers.html", include_str!("../../templates/it/web/developers.html")),
    ("en/web/how.html", include_str!("../../templates/en/web/how.html")),
    ("en/web/privacy.html", include_str!("../../templates/en/web/privacy.html")),
    ("en/web/volunteers.html", include_str!("../../templates/en/web/volunteers.html")),
    ("en/web/developers.html", include_str!("../../templates/en/web/developers.html")),
    ("web/subscribe/confirm.html", include_str!("../../templates/web/subscribe/confirm.html")),
    ("web/subscribe/confirmed.html", include_str!("../../templates/web/subscribe/confirmed.html")),
    ("web/subscribe/form.html", include_str!("../../templates/web/subscribe/form.html")),
    ("web/subscribe/leave.html", include_str!("../../templates/web/subscribe/leave.html")),
    ("web/subscribe/manage.html", include_str!("../../templates/web/subscribe/manage.html")),
];

/// The templates of all pages.
#[derive(Debug)]
pub(super) struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// Those compiled in. A slip in one of them is found by `every_template_is_one`.
    pub fn new() -> Self {
        let mut environment = Environment::new();
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            environment.set_syntax(syntax);
        }
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| if name.ends_with(".txt") { AutoEscape::None } else { AutoEscape::Html });
        environment.set_formatter(|out, state, value| match value.as_str() {
            Some(text) if !value.is_safe() => {
                let is_text = matches!(state.auto_escape(), AutoEscape::None);
                write_text(out, text, is_text)
                    .map_err(|error| minijinja::Error::new(minijinja::ErrorKind::WriteFailure, "out").with_source(error))
            }
            _ => minijinja::escape_formatter(out, state, value),
        });
        environment.add_function("t", |state: &State<'_, '_>, it: String, en: String| {
            if state.lookup("language").is_some_and(|language| language.as_str() == Some("en")) { en } else { it }
        });
        for (name, text) in BUILTIN {
            if let Err(error) = environment.add_template(name, text) {
                debug_assert!(false, "{name}: {error}"); // the text is compiled in, and a test looks at each
                tracing::error!("the template {name} cannot be used: {error}");
            }
        }
        Self { environment }
    }

    /// Fills a template.
    pub fn fill(&self, name: &str, context: &impl Serialize) -> Result<String, Failure> {
        let template = self.environment.get_template(name).map_err(Failure::defect)?;
        template.render(Context::from(Serde(context))).map_err(|error| Failure::Defect(format!("{name}: {error:#}")))
    }
}

/// Writes what may stand as it is in one piece, the rest escaped or not at all.
fn write_text(out: &mut impl std::fmt::Write, text: &str, is_text: bool) -> std::fmt::Result {
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let instead = match c {
            '&' if !is_text => "&amp;",
            '<' if !is_text => "&lt;",
            '>' if !is_text => "&gt;",
            '"' if !is_text => "&quot;",
            '\'' if !is_text => "&#39;",
            ' '..='~' => continue,
            _ if hides(c) => "",
            _ => continue,
        };
        out.write_str(text.get(from..at).unwrap_or_default())?;
        out.write_str(instead)?;
        from = at + c.len_utf8();
    }
    out.write_str(text.get(from..).unwrap_or_default())
}

/// Controls but the line's end and the tabulator, and what shows nothing.
fn hides(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || is_invisible(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_one() {
        let templates = Templates::new();
        for (name, _) in BUILTIN {
            assert!(templates.environment.get_template(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_is_put_in_is_text_and_reads_in_one_direction() {
        let mut templates = Templates::new();
        templates.environment.add_template("x.html", "<p title=\"{{ a }}\">{{ a }}</p>").unwrap();
        let hostile = "\"><script>alert(1)</script>\u{202e}gnp.exe\u{0}\u{200b}";
        let page = templates.fill("x.html", &serde_json::json!({ "a": hostile })).unwrap();
        assert!(!page.contains("<script") && !page.contains('\u{202e}') && !page.contains('\u{0}'), "{page}");
        assert_eq!(
            page,
            "<p title=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;gnp.exe\">&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;gnp.exe</p>"
        );
    }
}
