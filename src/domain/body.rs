//! A body (*ente*): the administration whose offices are watched.

use serde::{Deserialize, Serialize};

/// The stable id of a body, as `sources.toml` gives it: `comune-altopascio`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BodyId(pub String);

impl std::fmt::Display for BodyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of administration a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyKind {
    /// A municipality.
    Comune,
    /// A province.
    Provincia,
    /// A metropolitan city.
    CittaMetropolitana,
    /// A union of municipalities.
    Unione,
    /// A region.
    Regione,
    /// Anything else.
    Altro,
}

/// A body with the keys that tie it to open data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Stable id.
    pub id: BodyId,
    /// As the body signs: "Comune di Altopascio".
    pub name: String,
    /// Kind of administration.
    pub kind: BodyKind,
    /// Two letters: "LU".
    pub province: Option<String>,
    /// ISTAT code, leading zeros kept.
    pub istat: Option<String>,
    /// IPA code, as IPA spells it.
    pub ipa: Option<String>,
}
