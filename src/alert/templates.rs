//! The mail templates: compiled in, any of them replaceable by an operator's own.

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value as Context};

use super::RenderError;
use super::clean::clip;
use super::columns::wrap;

/// Name, as below `templates/`, and text.
const BUILTIN: [(&str, &str); 18] = [
    ("mail.html", include_str!("../../templates/mail.html")),
    ("story.html", include_str!("../../templates/story.html")),
    ("it/changes.html", include_str!("../../templates/it/changes.html")),
    ("it/changes.txt", include_str!("../../templates/it/changes.txt")),
    ("it/confirmation.html", include_str!("../../templates/it/confirmation.html")),
    ("it/confirmation.txt", include_str!("../../templates/it/confirmation.txt")),
    ("it/test.html", include_str!("../../templates/it/test.html")),
    ("it/test.txt", include_str!("../../templates/it/test.txt")),
    ("it/trouble.html", include_str!("../../templates/it/trouble.html")),
    ("it/trouble.txt", include_str!("../../templates/it/trouble.txt")),
    ("en/changes.html", include_str!("../../templates/en/changes.html")),
    ("en/changes.txt", include_str!("../../templates/en/changes.txt")),
    ("en/confirmation.html", include_str!("../../templates/en/confirmation.html")),
    ("en/confirmation.txt", include_str!("../../templates/en/confirmation.txt")),
    ("en/test.html", include_str!("../../templates/en/test.html")),
    ("en/test.txt", include_str!("../../templates/en/test.txt")),
    ("en/trouble.html", include_str!("../../templates/en/trouble.html")),
    ("en/trouble.txt", include_str!("../../templates/en/trouble.txt")),
];

/// The templates of all mails. What is put into one whose name ends in `.html` is escaped.
#[derive(Debug, Clone)]
pub struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// Those compiled in, with some replaced: names as below `templates/`, `it/changes.html` say, and their text.
    ///
    /// Fails on a name that is none of ours, since nothing would ever use it, and on a text that is no template.
    pub fn new(replaced: impl IntoIterator<Item = (String, String)>) -> Result<Self, RenderError> {
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
        environment.set_syntax(syntax.map_err(|error| problem("", &error))?);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
        environment.add_filter("wrap", |text: String, width: usize| wrap(&text, width).join("\n"));
        environment
            .add_filter("quote", |text: String| wrap(&text, 70).iter().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n"));
        environment.add_filter("clip", |text: String, limit: usize| clip(&text, limit));
        for (name, text) in BUILTIN {
            environment.add_template(name, text).map_err(|error| problem(name, &error))?;
        }
        for (name, text) in replaced {
            if !BUILTIN.iter().any(|(known, _)| *known == name) {
                let known: Vec<&str> = BUILTIN.iter().map(|(known, _)| *known).collect();
                let reason = format!("there is no mail template of this name · the names are {}", known.join(", "));
                return Err(RenderError { template: name, reason });
            }
            environment.add_template_owned(name.clone(), text).map_err(|error| problem(&name, &error))?;
        }
        Ok(Self { environment })
    }

    /// The names of all templates.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(name, _)| *name)
    }

    pub(super) fn fill(&self, name: &str, context: &Context) -> Result<String, RenderError> {
        let template = self.environment.get_template(name).map_err(|error| problem(name, &error))?;
        template.render(context).map_err(|error| problem(name, &error))
    }
}

fn problem(name: &str, error: &minijinja::Error) -> RenderError {
    let place = error.line().map(|line| format!("line {line}: ")).unwrap_or_default();
    let template = error.name().unwrap_or(name).to_string();
    let mut reason = format!("{place}{}", error.kind());
    if let Some(detail) = error.detail() {
        reason.push_str(&format!(": {detail}"));
    }
    RenderError { template, reason }
}
