//! What stands behind the question mark: `provincia`, `ente`, `ufficio`, `aspetto`, the same names on pages, feeds and the way to subscribe.

use crate::domain::{Aspect, BodyId, OfficeId};
use crate::store::{ChangeFilter, Place};

use super::Failure;

/// The pairs of a query; what is no UTF-8 is replaced.
#[derive(Debug, Clone, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the text behind the question mark.
    pub fn parse(query: Option<&str>) -> Self {
        let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).take(50).collect())
    }

    /// The value of a name, trimmed; none where it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The value of a name, as given.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All names, as given.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The value of a name as something that can be read from text.
    pub fn parsed<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Failure> {
        self.get(name).map(|value| value.parse().map_err(|_| wrong(name, value))).transpose()
    }
}

/// A value that makes no sense.
pub(super) fn wrong(name: &str, value: &str) -> Failure {
    Failure::Wrong(format!("{name}={}", super::view::clip(value, 80)))
}

/// What a list of changes is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Two letters.
    pub province: Option<String>,
    /// A body.
    pub body: Option<BodyId>,
    /// An office.
    pub office: Option<OfficeId>,
    /// An aspect.
    pub aspect: Option<Aspect>,
}

impl Filter {
    /// Reads the four names.
    pub fn of(query: &Query) -> Result<Self, Failure> {
        Ok(Self {
            province: query.get("provincia").map(str::to_uppercase),
            body: query.get("ente").map(|id| BodyId(id.into())),
            office: query.get("ufficio").map(|id| OfficeId(id.into())),
            aspect: query.parsed("aspetto")?,
        })
    }

    /// The filter as a query, empty for everything.
    pub fn to_query(&self) -> String {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        let pairs = [
            ("provincia", self.province.as_deref()),
            ("ente", self.body.as_ref().map(|body| body.0.as_str())),
            ("ufficio", self.office.as_ref().map(|office| office.0.as_str())),
            ("aspetto", self.aspect.map(Aspect::as_str)),
        ];
        for (name, value) in pairs {
            if let Some(value) = value {
                out.append_pair(name, value);
            }
        }
        out.finish()
    }

    /// A path with the filter behind it.
    pub fn after(&self, path: &str) -> String {
        let query = self.to_query();
        if query.is_empty() { path.to_string() } else { format!("{path}?{query}") }
    }

    /// As the store wants it.
    pub fn changes(&self) -> ChangeFilter {
        ChangeFilter {
            body: self.body.clone(),
            province: self.province.clone(),
            office: self.office.clone(),
            aspect: self.aspect,
            ..ChangeFilter::default()
        }
    }

    /// The place it names.
    pub fn place(&self) -> Place {
        match (&self.body, &self.province) {
            (Some(body), _) => Place::Body(body.clone()),
            (None, Some(province)) => Place::Province(province.clone()),
            (None, None) => Place::Anywhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_its_way_through_an_address() {
        let filter = Filter {
            province: Some("LU".into()),
            body: Some(BodyId("comune-x&y=\"".into())),
            office: Some(OfficeId("anagrafe".into())),
            aspect: Some(Aspect::Hours),
        };
        let query = filter.to_query();
        assert!(!query.contains('"'), "{query}");
        assert_eq!(Filter::of(&Query::parse(Some(&query))).unwrap(), filter);
        assert_eq!(Filter::default().after("/variazioni"), "/variazioni");
        assert!(Filter::of(&Query::parse(Some("aspetto=colore"))).is_err());
        assert!(Query::parse(Some("%ff=%fe&a=+b+")).get("a").is_some_and(|a| a == "b"));
    }
}
