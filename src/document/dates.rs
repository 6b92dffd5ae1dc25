//! The date that a page's markup states for itself. Dates in running text are not looked at.

use jiff::civil::Date;
use scraper::node::Element;

/// Dates found so far, the most telling kind first.
#[derive(Debug, Default)]
pub(super) struct Published {
    structured: Option<Date>,
    meta: Option<Date>,
    element: Option<Date>,
}

impl Published {
    /// What the page states, JSON-LD before `<meta>` before `<time>`.
    pub(super) fn earliest_stated(&self) -> Option<Date> {
        self.structured.or(self.meta).or(self.element)
    }

    /// `<meta>`: Open Graph, Dublin Core, schema.org microdata.
    pub(super) fn meta(&mut self, element: &Element) {
        let key = element.attr("property").or_else(|| element.attr("name")).or_else(|| element.attr("itemprop")).unwrap_or_default();
        let known =
            ["article:published_time", "datepublished", "dc.date", "dc.date.issued", "dc.date.created", "dcterms.date", "dcterms.issued"]
                .into_iter()
                .chain([
                    "dcterms.created",
                    "dcterms.available",
                    "date",
                    "publish-date",
                    "publication_date",
                    "pubdate",
                    "og:article:published_time",
                ])
                .any(|name| key.eq_ignore_ascii_case(name));
        if known && self.meta.is_none() {
            self.meta = element.attr("content").and_then(date);
        }
    }

    /// `<time pubdate>` and `<time itemprop="datePublished">`.
    pub(super) fn time(&mut self, element: &Element) {
        let published = element.attr("pubdate").is_some()
            || element.attr("itemprop").is_some_and(|p| p.eq_ignore_ascii_case("datePublished"))
            || element
                .attr("class")
                .is_some_and(|c| c.split_ascii_whitespace().any(|w| matches!(w, "published" | "entry-date" | "dt-published")));
        if published && self.element.is_none() {
            self.element = element.attr("datetime").or_else(|| element.attr("content")).and_then(date);
        }
    }

    /// A JSON-LD script: the first `datePublished` wherever it stands.
    pub(super) fn json_ld(&mut self, text: &str) {
        if self.structured.is_some() || !text.contains("datePublished") {
            return;
        }
        let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else { return };
        let mut waiting = vec![&value];
        while let Some(value) = waiting.pop() {
            match value {
                serde_json::Value::Object(map) => {
                    if let Some(found) = map.get("datePublished").and_then(|v| v.as_str()).and_then(date) {
                        self.structured = Some(found);
                        return;
                    }
                    waiting.extend(map.values());
                }
                serde_json::Value::Array(list) => waiting.extend(list),
                _ => {}
            }
        }
    }
}

/// A date as machines write it: ISO 8601, with or without a time, or day first with slashes.
pub(super) fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    let head: String = text.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '-' | '/' | '.')).collect();
    let numbers: Vec<i16> = head.split(['-', '/', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match numbers.as_slice() {
        [year, month, day] if *year > 31 => Date::new(*year, i8::try_from(*month).ok()?, i8::try_from(*day).ok()?).ok(),
        [day, month, year] if *year > 1900 => Date::new(*year, i8::try_from(*month).ok()?, i8::try_from(*day).ok()?).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_machines_write_them() {
        let expected = Some(jiff::civil::date(2020, 3, 9));
        for text in ["2020-03-09", " 2020-03-09T10:00:00+01:00", "2020/3/9", "09/03/2020", "9-3-2020 10:29"] {
            assert_eq!(date(text), expected, "{text}");
        }
        for text in ["", "2020-13-09", "20200309", "lunedì", "1/2", "99999-1-1"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn a_graph_is_searched() {
        let mut published = Published::default();
        published.json_ld(r#"{"@graph":[{"@type":"WebPage"},{"@type":"NewsArticle","datePublished":"2021-05-04T08:00:00Z"}]}"#);
        assert_eq!(published.earliest_stated(), Some(jiff::civil::date(2021, 5, 4)));
        published.json_ld("{ datePublished");
    }
}
