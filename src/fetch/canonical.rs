//! One address for one article: what only tracks readers or holds a session is dropped, the rest stays as the site wrote it.

use url::Url;

/// Query parameters that say who follows a link, never what it leads to.
const TRACKING: &[&str] = &[
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "wbraid",
    "gbraid",
    "msclkid",
    "yclid",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "vero_id",
    "oly_enc_id",
    "oly_anon_id",
    "s_cid",
    "srsltid",
    "piwik_campaign",
    "piwik_kwd",
    "mtm_campaign",
    "mtm_source",
    "mtm_medium",
    "mtm_keyword",
    "mtm_content",
    "pk_campaign",
    "pk_kwd",
    "pk_source",
    "pk_medium",
];

/// Query parameters that hold a visitor's session.
const SESSION: &[&str] =
    &["phpsessid", "jsessionid", "aspsessionid", "asp.net_sessionid", "sessionid", "session_id", "cfid", "cftoken", "zenid", "sid"];

/// The address by which an article is known: without fragment, tracking and session, its query sorted by name.
/// Values and their spelling stay as they are.
pub fn canonical(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    if let Some((path, _)) = split_path_session(url.path()) {
        let path = path.to_owned();
        url.set_path(&path);
    }
    if let Some(query) = url.query() {
        let mut kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_noise(name_of(pair))).collect();
        kept.sort_by_key(|pair| name_of(pair)); // stable: repeated names keep their order
        let query = kept.join("&");
        url.set_query(if query.is_empty() { None } else { Some(&query) });
    }
    url
}

/// Java servers put the session into the path: `/novita;jsessionid=0A1B`.
fn split_path_session(path: &str) -> Option<(&str, &str)> {
    let at = path.find(';')?;
    let (before, after) = path.split_at(at);
    let name = after.get(1..)?.split('=').next()?.to_ascii_lowercase();
    (SESSION.contains(&name.as_str()) && !after.contains('/')).then_some((before, after))
}

fn name_of(pair: &str) -> &str {
    pair.split('=').next().unwrap_or(pair)
}

fn is_noise(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("utm_")
        || name.starts_with("hsa_")
        || name.starts_with("aspsessionid")
        || TRACKING.contains(&name.as_str())
        || SESSION.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn c(text: &str) -> String {
        canonical(&Url::parse(text).unwrap()).to_string()
    }

    #[test]
    fn noise_is_dropped_and_the_rest_kept() {
        assert_eq!(c("https://h.it/a?utm_source=x&id=3&fbclid=abc#top"), "https://h.it/a?id=3");
        assert_eq!(c("https://h.it/a?PHPSESSID=1"), "https://h.it/a");
        assert_eq!(c("https://h.it/a;jsessionid=0A1B?x=1"), "https://h.it/a?x=1");
        assert_eq!(c("https://h.it:443/a?"), "https://h.it/a");
        assert_eq!(c("https://h.it/EG0/EGSCHTST7.HBL?en=eg176"), "https://h.it/EG0/EGSCHTST7.HBL?en=eg176");
        assert_eq!(c("https://h.it/a;v=1/b"), "https://h.it/a;v=1/b");
    }

    #[test]
    fn the_order_of_parameters_is_no_difference_but_of_repeated_ones_it_is() {
        assert_eq!(c("https://h.it/?b=2&a=1"), c("https://h.it/?a=1&b=2"));
        assert_eq!(c("https://h.it/?x[]=2&x[]=1&a"), "https://h.it/?a&x[]=2&x[]=1");
        assert_eq!(c("https://h.it/?q=caff%C3%A8%20nero"), "https://h.it/?q=caff%C3%A8%20nero");
    }
}
