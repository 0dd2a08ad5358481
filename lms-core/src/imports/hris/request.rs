//! Requests as they are sent, built of a description, a connection and a credential. Pure.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use serde_json::Value;

use super::feed::{Auth, Feed};
use super::template::{Secret, Template};
use super::{ADDRESS, FEED};
use crate::kernel::error::{Error, Result};

/// A request. What shows who asks is in no text of it.
#[derive(Clone)]
pub(super) struct HttpRequest {
    pub(super) method: String,
    pub(super) url: Url,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<Body>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    Json(Value),
    Form(BTreeMap<String, String>),
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &self.place())
            .finish_non_exhaustive()
    }
}

impl HttpRequest {
    /// Where it goes, for errors: without what stands behind the question mark.
    pub(super) fn place(&self) -> String {
        place_of(&self.url)
    }

    /// Puts a parameter behind the question mark, in the place of one of this name.
    pub(super) fn set_query(&mut self, name: &str, value: &str) {
        let kept: Vec<(String, String)> = self
            .url
            .query_pairs()
            .filter(|(known, _)| known != name)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        self.url.query_pairs_mut().clear().extend_pairs(kept).append_pair(name, value);
    }

    /// Puts a parameter into the body.
    pub(super) fn set_in_body(&mut self, name: &str, value: Value) {
        let body =
            self.body.get_or_insert_with(|| Body::Json(Value::Object(serde_json::Map::new())));
        if let Body::Json(Value::Object(fields)) = body {
            fields.insert(name.to_owned(), value);
        }
    }
}

/// An address without what stands behind the question mark.
pub(super) fn place_of(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

/// A system as a connection reaches it.
#[derive(Debug)]
pub(super) struct Reach<'a> {
    pub(super) feed: &'a Feed,
    pub(super) base: Url,
    pub(super) options: BTreeMap<String, String>,
}

impl<'a> Reach<'a> {
    pub(super) fn new(
        feed: &'a Feed,
        base_url: Option<&str>,
        options: &BTreeMap<String, String>,
    ) -> Result<Self> {
        let mut all: BTreeMap<String, String> = BTreeMap::new();
        for (name, asked) in &feed.options {
            if let Some(value) = options.get(name).or(asked.default.as_ref()) {
                all.insert(name.clone(), value.clone());
            }
        }
        let text = match (base_url, &feed.url) {
            (Some(text), _) => text.to_owned(),
            (None, Some(text)) => {
                for name in Template::names(text) {
                    if let Some(value) = all.get(name) {
                        check_host_part(name, value)?;
                    }
                }
                Template::fill(text, |name| all.get(name).map(String::as_str))
            }
            (None, None) => return Err(FEED.error("it has no `url`")),
        };
        Ok(Self { feed, base: address(&text)?, options: all })
    }

    fn fill(&self, text: &str) -> String {
        Template::fill(text, |name| self.options.get(name).map(String::as_str))
    }

    /// An address below the one of the connection, or a whole one.
    fn at(&self, path: &str, encodes: bool) -> Result<Url> {
        let encoded: BTreeMap<&str, String> = self
            .options
            .iter()
            .map(|(name, value)| {
                (name.as_str(), if encodes { encoded(value) } else { value.clone() })
            })
            .collect();
        let path = Template::fill(path, |name| encoded.get(name).map(String::as_str));
        if path.contains("://") {
            return address(&path);
        }
        let base = self.base.as_str().trim_end_matches('/');
        address(&format!("{base}/{}", path.trim_start_matches('/')))
    }

    /// The request for the first page.
    pub(super) fn first(&self) -> Result<HttpRequest> {
        let request = self.feed.request()?;
        let mut url = self.at(&request.path, true)?;
        let (names, paths) = self.asked_for();
        let lists = BTreeMap::from([("names", names), ("paths", paths)]);
        let texts: BTreeMap<&str, &str> =
            self.options.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let filled = |text: &str| match Template::fill_all(&text.into(), &texts, &lists) {
            Value::String(text) => text,
            other => other.to_string(),
        };
        if !request.query.is_empty() {
            let mut pairs = url.query_pairs_mut();
            for (name, value) in &request.query {
                pairs.append_pair(name, &filled(value));
            }
        }
        let mut headers: Vec<(String, String)> =
            request.headers.iter().map(|(name, text)| (name.clone(), self.fill(text))).collect();
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept")) {
            headers.push(("accept".to_owned(), "application/json".to_owned()));
        }
        let body = request.body.as_ref();
        let body = body.map(|body| Body::Json(Template::fill_all(body, &texts, &lists)));
        Ok(HttpRequest { method: request.method(), url, headers, body })
    }

    /// What a system has to be asked for so that all fields come: names at the top of its records, and their
    /// whole ways.
    fn asked_for(&self) -> (Vec<String>, Vec<String>) {
        let never = self.feed.request.as_ref().map(|request| request.never_ask.as_slice());
        let (mut names, mut paths) = (Vec::new(), Vec::new());
        for place in self.feed.places() {
            let Some(top) = place.top().map(str::to_owned) else { continue };
            if never.unwrap_or_default().contains(&top) {
                continue;
            }
            let dotted = place.dotted();
            if !names.contains(&top) {
                names.push(top);
            }
            if !paths.contains(&dotted) {
                paths.push(dotted);
            }
        }
        (names, paths)
    }

    /// The request by which the credential becomes a token, where there is one.
    pub(super) fn for_token(&self, secret: &Secret) -> Result<Option<HttpRequest>> {
        let Some(Auth::Token { url, form, json, .. }) = &self.feed.auth else { return Ok(None) };
        let fill = |fields: &BTreeMap<String, String>| -> BTreeMap<String, String> {
            fields
                .iter()
                .map(|(name, text)| (name.clone(), self.with_secret(text, secret)))
                .collect()
        };
        let body = if json.is_empty() {
            Body::Form(fill(form))
        } else {
            let fields = fill(json).into_iter().map(|(name, text)| (name, Value::String(text)));
            Body::Json(Value::Object(fields.collect()))
        };
        // An option may hold the whole address of who gives tokens.
        Ok(Some(HttpRequest {
            method: "POST".to_owned(),
            url: self.at(url, false)?,
            headers: vec![("accept".to_owned(), "application/json".to_owned())],
            body: Some(body),
        }))
    }

    fn with_secret(&self, text: &str, secret: &Secret) -> String {
        Template::fill(text, |name| match name {
            "secret" => Some(secret.reveal()),
            name => self.options.get(name).map(String::as_str),
        })
    }

    /// The header that shows who asks, with the token that the credential became, or with the credential.
    pub(super) fn credential(
        &self,
        secret: &Secret,
        token: Option<&str>,
    ) -> Option<(String, String)> {
        let authorization = |value: String| Some(("authorization".to_owned(), value));
        match self.feed.auth.as_ref()? {
            Auth::None => None,
            Auth::Bearer => authorization(format!("Bearer {}", secret.reveal())),
            Auth::Basic { user, password } => {
                let user = self.with_secret(user, secret);
                let password = self.with_secret(password, secret);
                let encoded = STANDARD.encode(format!("{user}:{password}"));
                authorization(format!("Basic {encoded}"))
            }
            Auth::Header { name, value } => Some((name.clone(), self.with_secret(value, secret))),
            Auth::Token { .. } => authorization(format!("Bearer {}", token?)),
        }
    }
}

/// An address that may be asked: with TLS, or on this machine.
pub(super) fn address(text: &str) -> Result<Url> {
    let url = Url::parse(text.trim()).map_err(|cause| {
        ADDRESS
            .error(format!("`{text}` is no address: {cause}"))
            .with_field("url")
            .with_hint("write it like `https://hr.example.com`")
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ADDRESS
            .error("an address holds no name and no password")
            .with_field("url")
            .with_hint("take them out; the credential is asked for by itself"));
    }
    if url.scheme() == "https" || (url.scheme() == "http" && is_here(&url)) {
        return Ok(url);
    }
    Err(ADDRESS
        .error(format!(
            "`{}` is not asked: others can read what goes over this line",
            place_of(&url)
        ))
        .with_field("url")
        .with_hint("use an address that begins with `https://`"))
}

fn is_here(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether both are the same machine, asked in the same way.
pub(super) fn is_same_origin(one: &Url, two: &Url) -> bool {
    one.origin() == two.origin()
}

fn check_host_part(name: &str, value: &str) -> Result<()> {
    let is_fine = !value.is_empty()
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    if is_fine {
        return Ok(());
    }
    Err(Error::invalid(name, format!("`{value}` is no part of a host name"))
        .with_hint("letters, digits, `-` and `.` are"))
}

/// A value as a part of a path.
fn encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    text
}

fn hex(nibble: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(nibble)])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::imports::hris::vendors::Vendor;

    fn options(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn bamboohr_is_asked_for_the_fields_that_are_mapped() {
        let feed = Vendor::named("bamboohr").unwrap().feed().unwrap();
        let reach = Reach::new(&feed, None, &options(&[("company", "acme")])).unwrap();
        let request = reach.first().unwrap();
        assert_eq!(request.method, "POST");
        assert_eq!(request.place(), "https://acme.bamboohr.com/api/v1/reports/custom");
        let Some(Body::Json(body)) = &request.body else { panic!("{request:?}") };
        let fields = body["fields"].as_array().unwrap();
        assert!(fields.contains(&json!("employeeNumber")) && fields.contains(&json!("status")));
        let (name, value) = reach.credential(&Secret::new("key"), None).unwrap();
        assert_eq!((name.as_str(), value.as_str()), ("authorization", "Basic a2V5Ong="));
    }

    #[test]
    fn a_token_is_asked_for_where_the_vendor_gives_them() {
        let feed = Vendor::named("microsoft-graph").unwrap().feed().unwrap();
        let options = options(&[("tenant", "t"), ("client_id", "c")]);
        let reach = Reach::new(&feed, None, &options).unwrap();
        let request = reach.for_token(&Secret::new("s")).unwrap().unwrap();
        assert_eq!(request.place(), "https://login.microsoftonline.com/t/oauth2/v2.0/token");
        let Some(Body::Form(form)) = &request.body else { panic!("{request:?}") };
        assert_eq!((form["client_id"].as_str(), form["client_secret"].as_str()), ("c", "s"));
        assert!(!format!("{request:?}").contains("client_secret"), "{request:?}");
        assert_eq!(reach.credential(&Secret::new("s"), None), None, "not the secret itself");
        let first = reach.first().unwrap();
        let select = first.url.query_pairs().find(|(name, _)| name == "$select").unwrap().1;
        assert!(select.split(',').any(|name| name == "employeeId"), "{select}");
        assert!(!select.contains("manager"), "{select}");
    }

    #[test]
    fn only_lines_that_nobody_reads_are_taken() {
        for text in ["http://hr.example.com", "ftp://x", "nonsense", "https://a:b@x.org"] {
            assert!(address(text).is_err(), "{text}");
        }
        for text in [
            "https://hr.example.com/x",
            "http://127.0.0.1:80",
            "http://[::1]:8080",
            "http://localhost",
        ] {
            address(text).unwrap();
        }
    }

    #[test]
    fn what_somebody_types_stays_within_its_place() {
        let feed = Vendor::named("bamboohr").unwrap().feed().unwrap();
        let evil = options(&[("company", "evil.example/x?")]);
        assert!(Reach::new(&feed, None, &evil).unwrap_err().message().contains("host name"));
        assert_eq!(encoded("a/b c?ü"), "a%2Fb%20c%3F%C3%BC");
        let same = |one, two| is_same_origin(&address(one).unwrap(), &address(two).unwrap());
        assert!(same("https://a.org/x", "https://a.org/y?z"));
        assert!(!same("https://a.org", "https://b.org"));
        assert!(!same("https://a.org", "https://a.org:8443"));
        assert!(!same("https://localhost", "http://localhost"));
    }
}
