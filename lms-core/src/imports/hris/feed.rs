//! How a system is asked for its people, and where in its answers what stands: a document, the same for the
//! systems that this program knows and for those that somebody describes in a file.
//!
//! ```toml
//! format = 1
//! url = "https://hr.example.com"
//!
//! [auth]
//! kind = "bearer"
//!
//! [request]
//! path = "/api/people"
//!
//! [paging]
//! kind = "cursor"
//! param = "after"
//! cursor_at = "/next"
//!
//! [records]
//! at = "/people"
//!
//! [fields]
//! source_key = "/id"
//! email = ["/email/work", "/email/any"]
//! hired_on = { at = "/start", date_format = "DD.MM.YYYY" }
//!
//! [values.status]
//! "gone" = "inactive"
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::FEED;
use super::path::Path;
use super::template::Template;
use crate::imports::reading::feed::FeedColumn;
use crate::imports::reading::{EmptyMeans, Kind};
use crate::kernel::document::{self, FileFormat};
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;

/// Fields that are left alone where a record says that there is none: nobody is without them.
const NEVER_CLEARED: [&str; 5] = ["source_key", "first_name", "last_name", "full_name", "status"];

/// A description of a system, or what is different from one that is known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Feed {
    pub(super) format: Option<u32>,
    /// Where it is, unless a connection says otherwise.
    pub(super) url: Option<String>,
    /// What its credential is called there.
    pub(super) secret: Option<String>,
    /// What a connection has to say of it.
    #[serde(default)]
    pub(super) options: BTreeMap<String, Asked>,
    pub(super) auth: Option<Auth>,
    pub(super) request: Option<Request>,
    pub(super) paging: Option<Paging>,
    pub(super) records: Option<Records>,
    #[serde(default)]
    pub(super) fields: BTreeMap<String, Mapped>,
    #[serde(default)]
    pub(super) values: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    pub(super) constants: BTreeMap<String, String>,
}

/// Something that a connection has to say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// What somebody is asked.
    pub(super) ask: String,
    pub(super) default: Option<String>,
}

/// How a request shows who asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Auth {
    None,
    /// `Authorization: Bearer`, with the credential itself.
    Bearer,
    Basic {
        user: String,
        password: String,
    },
    Header {
        name: String,
        value: String,
    },
    /// The credential is exchanged for a token, which is then a bearer's.
    Token {
        url: String,
        #[serde(default)]
        form: BTreeMap<String, String>,
        #[serde(default)]
        json: BTreeMap<String, String>,
        #[serde(default = "access_token")]
        token_at: String,
    },
}

fn access_token() -> String {
    "/access_token".to_owned()
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    pub(super) method: Option<String>,
    pub(super) path: String,
    #[serde(default)]
    pub(super) query: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Option<serde_json::Value>,
    /// Names that are not asked for, though fields stand below them.
    #[serde(default)]
    pub(super) never_ask: Vec<String>,
}

/// Where a parameter of paging goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    #[default]
    Query,
    Body,
}

/// How one page leads to the next.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Paging {
    /// One answer holds all.
    #[default]
    None,
    /// Pages have numbers.
    Page {
        param: String,
        #[serde(default = "one")]
        first: u64,
        size_param: Option<String>,
        size: Option<u64>,
        #[serde(default)]
        place: Place,
        /// How many pages there are.
        pages_at: Option<String>,
        /// Whether there are more.
        more_at: Option<String>,
    },
    /// So many records are passed over.
    Offset {
        param: String,
        #[serde(default)]
        first: u64,
        size_param: Option<String>,
        size: Option<u64>,
        #[serde(default)]
        place: Place,
        more_at: Option<String>,
    },
    /// Each answer holds what the next request has to say.
    Cursor {
        param: String,
        cursor_at: String,
        size_param: Option<String>,
        size: Option<u64>,
        #[serde(default)]
        place: Place,
    },
    /// Each answer holds the address of the next.
    Link { next_at: String },
    /// The same, in the header `Link`.
    LinkHeader,
}

fn one() -> u64 {
    1
}

/// What of an answer are people.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Records {
    /// Where their list is; nothing where the answer is the list.
    #[serde(default)]
    pub(super) at: String,
    /// How many there are on all pages.
    pub(super) total_at: Option<String>,
    /// Records that are about nobody.
    #[serde(default)]
    pub(super) skip: Vec<Skip>,
    /// Whether the system calls people inactive who are still to begin.
    #[serde(default)]
    pub(super) inactive_before_hire: bool,
}

/// A record that is about nobody: a guest, a room.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Skip {
    pub(super) at: String,
    pub(super) is: String,
}

/// Where a field stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a place such as `/id`, a list of places, or a table with `at`"
)]
pub(super) enum Mapped {
    /// There; nowhere, where the text is empty.
    At(String),
    /// At the first of these places that holds something.
    AnyOf(Vec<String>),
    Full(FullMapped),
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FullMapped {
    pub(super) at: Places,
    pub(super) date_format: Option<String>,
    /// What it says that there is none.
    pub(super) empty: Option<Meaning>,
    /// What it says that it is not spoken of.
    pub(super) absent: Option<Meaning>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Places {
    One(String),
    Several(Vec<String>),
}

impl Default for Places {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Meaning {
    LeaveAlone,
    Clear,
}

impl Mapped {
    fn places(&self) -> &[String] {
        match self {
            Self::At(place) | Self::Full(FullMapped { at: Places::One(place), .. }) => {
                std::slice::from_ref(place)
            }
            Self::AnyOf(places) | Self::Full(FullMapped { at: Places::Several(places), .. }) => {
                places
            }
        }
    }

    fn full(&self) -> Option<&FullMapped> {
        match self {
            Self::Full(full) => Some(full),
            _ => None,
        }
    }

    /// Somebody who adapts a system that is known does not want the field.
    fn is_left_out(&self) -> bool {
        self.places().iter().all(|place| place.trim().is_empty())
    }
}

/// A field, ready to be read.
#[derive(Debug)]
pub(super) struct FeedField {
    pub(super) places: Vec<Path>,
    pub(super) column: FeedColumn,
    /// Whether what is not spoken of is not there any more.
    pub(super) absent_clears: bool,
}

impl Feed {
    /// Reads a file. What is wrong with its form is told with its line; what it says is checked when it is
    /// whole.
    pub(super) fn read(text: &str) -> Result<Self> {
        let feed: Self = document::read(&FEED, text, FileFormat::Toml)
            .map_err(|error| error.with_hint("docs/hris.schema.json says what can stand in it"))?;
        document::check_format(&FEED, feed.format)?;
        Ok(feed)
    }

    /// The same with what somebody says otherwise: sections as a whole, and single fields, values and
    /// constants.
    pub(super) fn adapted(mut self, by: Self) -> Self {
        self.url = by.url.or(self.url);
        self.secret = by.secret.or(self.secret);
        self.auth = by.auth.or(self.auth);
        self.request = by.request.or(self.request);
        self.paging = by.paging.or(self.paging);
        self.records = by.records.or(self.records);
        self.options.extend(by.options);
        self.fields.extend(by.fields);
        self.fields.retain(|_, mapped| !mapped.is_left_out());
        for (field, words) in by.values {
            self.values.entry(field).or_default().extend(words);
        }
        self.constants.extend(by.constants);
        for name in self.constants.keys() {
            self.fields.remove(name);
        }
        self
    }

    /// The fields, each with where it stands.
    pub(super) fn columns(&self) -> Result<Vec<FeedField>> {
        self.fields.iter().map(|(name, mapped)| self.column(name, mapped)).collect()
    }

    fn column(&self, name: &str, mapped: &Mapped) -> Result<FeedField> {
        let places = mapped.places().iter().map(|text| Path::parse(text));
        let places = places.collect::<Result<Vec<_>>>()?;
        let full = mapped.full();
        let clears = match full.and_then(|full| full.empty) {
            Some(meaning) => meaning == Meaning::Clear,
            None => !NEVER_CLEARED.contains(&name),
        };
        let empty = if clears { EmptyMeans::Clear } else { EmptyMeans::LeaveAlone };
        let words: Vec<(&str, &str)> = self
            .values
            .get(name)
            .into_iter()
            .flatten()
            .map(|(word, meant)| (word.as_str(), meant.as_str()))
            .collect();
        let header = places.iter().map(Path::as_str).collect::<Vec<_>>().join(" | ");
        let date_format = full.and_then(|full| full.date_format.as_deref());
        Ok(FeedField {
            column: FeedColumn::new(header, name, date_format, &words, empty)?,
            places,
            absent_clears: full.and_then(|full| full.absent) == Some(Meaning::Clear),
        })
    }

    /// Every place that a record is looked at.
    pub(super) fn places(&self) -> Vec<Path> {
        let fields = self.fields.values().flat_map(Mapped::places);
        let skipped = self.records.iter().flat_map(|records| &records.skip).map(|skip| &skip.at);
        fields.chain(skipped).filter_map(|text| Path::parse(text).ok()).collect()
    }

    /// Checks all that it says.
    pub(super) fn check(&self) -> Result<()> {
        let mut wrong = Vec::new();
        self.check_sections(&mut wrong);
        self.check_templates(&mut wrong);
        self.check_fields(&mut wrong);
        if wrong.is_empty() { Ok(()) } else { Err(Error::several(wrong)) }
    }

    fn check_sections(&self, wrong: &mut Vec<Error>) {
        for (name, is_there) in [
            ("url", self.url.is_some()),
            ("auth", self.auth.is_some()),
            ("request", self.request.is_some()),
            ("records", self.records.is_some()),
        ] {
            if !is_there {
                wrong.push(
                    FEED.error(format!("it has no `{name}`"))
                        .with_field(name)
                        .with_hint("docs/hris.md shows a whole file"),
                );
            }
        }
        let mut place = |text: &str, section: &str| {
            wrong.extend(Path::parse(text).map_err(|error| error.within(section)).err());
        };
        if let Some(Auth::Token { token_at, .. }) = &self.auth {
            place(token_at, "auth");
        }
        if let Some(paging) = &self.paging {
            paging.places().for_each(|text| place(text, "paging"));
        }
        if let Some(records) = &self.records {
            let skipped = records.skip.iter().map(|skip| &skip.at);
            let places = std::iter::once(&records.at).chain(&records.total_at).chain(skipped);
            places.for_each(|text| place(text, "records"));
        }
        let Some(request) = &self.request else { return };
        let method = request.method();
        if !["GET", "POST"].contains(&method.as_str()) {
            wrong.push(
                FEED.error(format!("request: `{method}` is no way to read"))
                    .with_hint("the method is `GET` or `POST`"),
            );
        }
        if request.body.is_some() && method == "GET" {
            wrong.push(
                FEED.error("request: a body goes with the method `POST` alone")
                    .with_hint("add `method = \"POST\"`"),
            );
        }
        let in_body = self.paging.as_ref().is_some_and(|paging| paging.place() == Place::Body);
        if in_body && !request.body.as_ref().is_none_or(serde_json::Value::is_object) {
            wrong.push(
                FEED.error("paging: a parameter can only be put into a body that is a table"),
            );
        }
        if in_body && method == "GET" {
            wrong.push(FEED.error("paging: `place = \"body\"` goes with the method `POST` alone"));
        }
        for name in request.headers.keys() {
            let is_ours = ["authorization", "content-type", "content-length", "host"];
            if http::HeaderName::try_from(name.as_str()).is_err()
                || is_ours.contains(&name.to_lowercase().as_str())
            {
                wrong.push(
                    FEED.error(format!("request: `{name}` is no header that can be set"))
                        .with_hint("what shows who asks stands under `auth`"),
                );
            }
        }
    }

    /// Names in curly brackets have to be those of options, and the credential stands under `auth` alone.
    fn check_templates(&self, wrong: &mut Vec<Error>) {
        let mut check = |section: &str, text: &str, more: &[&str]| {
            let mut names: Vec<&str> = self.options.keys().map(String::as_str).collect();
            names.extend(more);
            for name in Template::names(text) {
                if names.contains(&name) {
                    continue;
                }
                let error = if name == "secret" {
                    FEED.error(format!("{section}: the credential stands under `auth` alone"))
                } else {
                    FEED.error(format!("{section}: nobody says what `{{{name}}}` is"))
                        .with_hints(suggest(name, &names))
                        .with_hint(format!("add `[options.{name}]` with what to `ask`"))
                };
                wrong.push(error);
            }
        };
        if let Some(url) = &self.url {
            check("url", url, &[]);
        }
        match &self.auth {
            Some(Auth::Basic { user, password }) => {
                check("auth", user, &["secret"]);
                check("auth", password, &["secret"]);
            }
            Some(Auth::Header { value, .. }) => check("auth", value, &["secret"]),
            Some(Auth::Token { url, form, json, .. }) => {
                check("auth", url, &[]);
                form.values().chain(json.values()).for_each(|text| {
                    check("auth", text, &["secret"]);
                });
            }
            Some(Auth::None | Auth::Bearer) | None => {}
        }
        let Some(request) = &self.request else { return };
        check("request", &request.path, &[]);
        let asked = ["names", "paths"];
        request.query.values().for_each(|text| check("request", text, &asked));
        request.headers.values().for_each(|text| check("request", text, &[]));
        if let Some(body) = &request.body {
            for text in Template::texts(body) {
                check("request", text, &asked);
            }
        }
    }

    fn check_fields(&self, wrong: &mut Vec<Error>) {
        for (name, mapped) in &self.fields {
            let place = format!("fields.{name}");
            wrong.extend(self.column(name, mapped).map_err(|error| error.within(&place)).err());
        }
        for (section, names) in [
            ("values", self.values.keys().collect::<Vec<_>>()),
            ("constants", self.constants.keys().collect()),
        ] {
            for name in names {
                let known = FeedColumn::new(String::new(), name, None, &[], EmptyMeans::Clear);
                wrong.extend(known.map_err(|error| error.within(section)).err());
            }
        }
        let is_key = |name: &&str| self.fields.contains_key(*name);
        let keys: Vec<&str> =
            Kind::People.fields().iter().filter(|spec| spec.key).map(|spec| spec.name).collect();
        if !keys.iter().any(is_key) {
            wrong.push(
                FEED.error("fields: no record says whom it is about")
                    .with_hint(format!("say where one of these stands: {}", keys.join(", "))),
            );
        }
    }

    /// The parts that a checked description has.
    pub(super) fn request(&self) -> Result<&Request> {
        self.request.as_ref().ok_or_else(|| FEED.error("it has no `request`"))
    }

    pub(super) fn records(&self) -> Result<&Records> {
        self.records.as_ref().ok_or_else(|| FEED.error("it has no `records`"))
    }
}

impl Request {
    pub(super) fn method(&self) -> String {
        self.method.as_deref().unwrap_or("GET").to_uppercase()
    }
}

impl Paging {
    fn places(&self) -> impl Iterator<Item = &str> {
        let (one, two) = match self {
            Self::None | Self::LinkHeader => (None, None),
            Self::Page { pages_at, more_at, .. } => (pages_at.as_deref(), more_at.as_deref()),
            Self::Offset { more_at, .. } => (more_at.as_deref(), None),
            Self::Cursor { cursor_at, .. } => (Some(cursor_at.as_str()), None),
            Self::Link { next_at } => (Some(next_at.as_str()), None),
        };
        one.into_iter().chain(two)
    }

    pub(super) fn place(&self) -> Place {
        match self {
            Self::Page { place, .. } | Self::Offset { place, .. } | Self::Cursor { place, .. } => {
                *place
            }
            _ => Place::Query,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = include_str!("../../../../docs/hris.schema.json");

    pub(crate) const WHOLE: &str = r#"
format = 1
url = "https://{company}.example.com"
[options.company]
ask = "Company"
[auth]
kind = "basic"
user = "{secret}"
password = "x"
[request]
path = "/people"
[paging]
kind = "page"
param = "page"
[records]
at = "/people"
[fields]
source_key = "/id"
email = ["/work", "/home"]
manager_key = { at = "/boss", absent = "clear" }
"attr:cost_centre" = "/cost"
"#;

    #[test]
    fn a_whole_file_is_right() {
        let feed = Feed::read(WHOLE).unwrap();
        feed.check().unwrap();
        let columns = feed.columns().unwrap();
        assert_eq!(columns.len(), 4);
        let boss = columns.iter().find(|field| field.column.header == "/boss").unwrap();
        assert!(boss.absent_clears);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_with_the_nearest_names() {
        let text = r#"
format = 1
[options.company]
ask = "Company"
[auth]
kind = "header"
name = "x-key"
value = "{secret}"
[request]
method = "DELETE"
path = "/people/{compny}"
query = { key = "{secret}" }
headers = { Authorization = "x" }
[paging]
kind = "cursor"
param = "after"
cursor_at = "next"
[records]
[fields]
departmnt = "/department"
location = "office"
[values.nonsense]
x = "y"
"#;
        let error = Feed::read(text).unwrap().check().unwrap_err();
        let told = error.to_string();
        for part in [
            "it has no `url`",
            "`DELETE`",
            "`{compny}`",
            "the credential stands under `auth` alone",
            "`Authorization` is no header",
            "`next` is no place",
            "`departmnt` is no field",
            "`office` is no place",
            "`nonsense`",
            "whom it is about",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(error.hints().iter().any(|hint| hint.contains("`company`")), "{error:?}");
        assert!(error.hints().iter().any(|hint| hint.contains("`department`")), "{error:?}");
    }

    #[test]
    fn what_is_unknown_is_told_with_its_line() {
        let error = Feed::read("format = 1\nulr = \"x\"\n").unwrap_err();
        assert!(error.message().contains("ulr") && error.message().contains('2'), "{error}");
        assert!(Feed::read("url = \"x\"").is_err(), "no format");
        let paging = Feed::read("format = 1\n[paging]\nkind = \"pages\"\n").unwrap_err();
        assert!(paging.to_string().contains("pages"), "{paging}");
    }

    #[test]
    fn a_known_system_is_adapted_field_by_field() {
        let change = "format = 1\n[fields]\nemail = \"\"\nusername = \"/login\"\n\
                      [constants]\nlocation = \"BER\"\n[values.status]\na = \"active\"\n";
        let feed = Feed::read(WHOLE).unwrap().adapted(Feed::read(change).unwrap());
        feed.check().unwrap();
        let names: Vec<&str> = feed.fields.keys().map(String::as_str).collect();
        assert_eq!(names, ["attr:cost_centre", "manager_key", "source_key", "username"]);
        assert_eq!(feed.request().unwrap().path, "/people");
    }

    #[test]
    fn the_schema_knows_every_section() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let known: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        let written = serde_json::to_value(Feed::default()).unwrap();
        let sections: Vec<&String> = written.as_object().unwrap().keys().collect();
        assert_eq!(known, sections);
        let fields = schema["$defs"]["field"]["enum"].as_array().unwrap();
        let fields: Vec<&str> = fields.iter().filter_map(serde_json::Value::as_str).collect();
        let names: Vec<&str> = Kind::People.fields().iter().map(|spec| spec.name).collect();
        assert_eq!(fields, names);
    }
}
