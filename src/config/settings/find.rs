//! Where `sportello.toml` is looked for.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A place where the settings may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The file.
    pub path: PathBuf,
    /// Whether somebody named it: then it must be there, and its absence is an error rather than a reason to look further.
    pub named: bool,
}

/// The places in the order in which they are tried: `--config` alone, or `$SPORTELLO_CONFIG` alone, or `./sportello.toml` and then
/// `/etc/sportello/sportello.toml`. When none of them exists, the defaults hold. `variable` is the value of `$SPORTELLO_CONFIG`;
/// an empty one counts as unset.
pub fn candidates(option: Option<&Path>, variable: Option<OsString>) -> Vec<Candidate> {
    let named = |path: PathBuf| vec![Candidate { path, named: true }];
    match (option, variable.filter(|value| !value.is_empty())) {
        (Some(path), _) => named(path.to_owned()),
        (None, Some(path)) => named(path.into()),
        (None, None) => ["sportello.toml", "/etc/sportello/sportello.toml"]
            .into_iter()
            .map(|path| Candidate { path: path.into(), named: false })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_wins_over_the_variable_and_both_over_the_usual_places() {
        let paths =
            |candidates: Vec<Candidate>| candidates.into_iter().map(|c| (c.path.display().to_string(), c.named)).collect::<Vec<_>>();
        assert_eq!(paths(candidates(Some(Path::new("a.toml")), Some("b.toml".into()))), [("a.toml".to_owned(), true)]);
        assert_eq!(paths(candidates(None, Some("b.toml".into()))), [("b.toml".to_owned(), true)]);
        let usual = [("sportello.toml".to_owned(), false), ("/etc/sportello/sportello.toml".to_owned(), false)];
        assert_eq!(paths(candidates(None, None)), usual);
        assert_eq!(paths(candidates(None, Some("".into()))), usual);
    }
}
