//! An operator's own mail templates, read from a folder laid out like `templates/`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::alert::{RenderError, Templates};

/// The folder's templates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplatesError {
    /// A file cannot be read.
    #[error("cannot read the mail template {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// A file is no template, or names what mails do not have.
    #[error(transparent)]
    Template(#[from] RenderError),
}

/// The templates compiled in, with those replaced that the folder holds under the same names (`it/changes.html`, …).
/// Each is filled with a sample, so that a slip shows now and not with the first alert.
pub fn templates(folder: Option<&Path>) -> Result<Templates, TemplatesError> {
    let mut replaced = Vec::new();
    for name in Templates::names() {
        let Some(path) = folder.map(|folder| folder.join(name)) else { continue };
        match std::fs::read_to_string(&path) {
            Ok(text) => replaced.push((name.to_string(), text)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(TemplatesError::Read { path, error }),
        }
    }
    let has_own = !replaced.is_empty();
    let templates = Templates::new(replaced)?;
    if has_own {
        templates.check()?;
    }
    Ok(templates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_may_replace_any_template_and_hears_of_slips_at_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("it")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        assert!(templates(Some(folder.path())).is_ok());
        write("it/changes.txt", "{{ n_changes }} variazioni");
        assert!(templates(Some(folder.path())).is_ok());
        for (slip, says) in [
            ("{{ n_chnges }}", "mail template it/changes.txt: line 1: undefined value"),
            ("\n{% if %}", "mail template it/changes.txt: line 2: syntax error"),
        ] {
            write("it/changes.txt", slip);
            let error = templates(Some(folder.path())).unwrap_err().to_string();
            assert!(error.starts_with(says), "{error}");
        }
    }
}
