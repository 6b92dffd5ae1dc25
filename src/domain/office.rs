//! An office (*ufficio*) of a body, and which of its counters is meant.

use serde::{Deserialize, Serialize};

/// The id of an office, from `lexicon/offices.toml`: `anagrafe`, `tributi`, …; `tutti` means all offices of the body,
/// `altro` an office that the list lacks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OfficeId(pub String);

impl OfficeId {
    /// All offices of the body.
    pub fn all() -> Self {
        Self("tutti".into())
    }

    /// An office that the lexicon does not list.
    pub fn other() -> Self {
        Self("altro".into())
    }

    /// Whether this is `tutti`.
    pub fn is_all(&self) -> bool {
        self.0 == "tutti"
    }

    /// Whether this is `altro`.
    pub fn is_other(&self) -> bool {
        self.0 == "altro"
    }
}

impl std::fmt::Display for OfficeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One office of one body, or one branch of it. Two notices with equal keys speak of the same counter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OfficeKey {
    /// Which office.
    pub office: OfficeId,
    /// The branch, as the document names it; `None` for the office as a whole.
    pub site: Option<String>,
    /// Only for `altro`: the folded name, since the id alone does not tell two such offices apart.
    pub other: Option<String>,
}
