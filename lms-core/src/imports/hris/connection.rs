//! Connections: which systems are asked, and how. Their credentials are kept elsewhere.

use std::collections::BTreeMap;

use serde::Serialize;

use super::feed::{Asked, Feed};
use super::request::Reach;
use super::vendors::{ConnectionOption, Vendor};
use super::{ADDRESS, UNKNOWN, UNKNOWN_OPTION};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::HRIS_CONNECTIONS;
use crate::kernel::db::{Assembly, Field, One, Tx, bulk, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;
use crate::kernel::text::Code;
use crate::operations::{Changed, FieldChange, Operation, Write};

/// A system to be connected; made by [`NewConnection::new`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConnection {
    pub(super) name: String,
    pub(super) vendor: Vendor,
    pub(super) base_url: Option<String>,
    pub(super) options: BTreeMap<String, String>,
    pub(super) mapping: Option<String>,
}

impl NewConnection {
    /// Under this name, which is that of the source whose people it brings as well.
    pub fn new(name: &str, vendor: Vendor) -> Result<Self> {
        let name = Code::parse(name).map_err(|error| error.with_field("name"))?;
        Ok(Self {
            name: name.as_str().to_lowercase(),
            vendor,
            base_url: None,
            options: BTreeMap::new(),
            mapping: None,
        })
    }

    /// Asks it at another address than its usual one.
    #[must_use]
    pub fn base_url(mut self, url: &str) -> Self {
        self.base_url = Some(url.trim().to_owned());
        self
    }

    /// Says something that the system needs, such as the name of the company.
    #[must_use]
    pub fn option(mut self, name: &str, value: &str) -> Self {
        self.options.insert(name.trim().to_owned(), value.trim().to_owned());
        self
    }

    /// A mapping file: what the system is, or what is otherwise in one that is known.
    #[must_use]
    pub fn mapping(mut self, text: &str) -> Self {
        self.mapping = Some(text.to_owned());
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its credential is called there.
    pub fn secret_name(&self) -> Result<String> {
        Ok(self.feed()?.secret.unwrap_or_else(|| "Token".to_owned()))
    }

    /// Whether nobody has said where it is.
    pub fn lacks_url(&self) -> Result<bool> {
        let is_said = self.base_url.as_ref().is_some_and(|url| !url.is_empty());
        Ok(!is_said && self.feed()?.url.is_none_or(|url| url.is_empty()))
    }

    /// What nobody has said of it yet.
    pub fn missing(&self) -> Result<Vec<ConnectionOption>> {
        let asked = self.feed()?.options.into_iter();
        let missing = asked.filter(|(name, _)| !self.options.contains_key(name));
        let option = |(name, asked): (String, Asked)| ConnectionOption {
            name,
            ask: asked.ask,
            default: asked.default,
        };
        Ok(missing.map(option).collect())
    }

    /// Checks all of it.
    pub fn check(&self) -> Result<()> {
        let feed = self.feed()?;
        self.check_options(&feed)?;
        if self.lacks_url()? {
            return Err(ADDRESS
                .error("nobody has said where the system is")
                .with_field("url")
                .with_hint("add `--url`, such as `https://hr.example.com/scim/v2`"));
        }
        self.reach(&feed)?.first()?;
        Ok(())
    }

    fn check_options(&self, feed: &Feed) -> Result<()> {
        let mut wrong = Vec::new();
        for name in self.options.keys().filter(|name| !feed.options.contains_key(*name)) {
            let names: Vec<&str> = feed.options.keys().map(String::as_str).collect();
            let all = match names.as_slice() {
                [] => "it takes none".to_owned(),
                names => format!("it takes: {}", names.join(", ")),
            };
            wrong.push(
                UNKNOWN_OPTION
                    .error(format!("`{}` has no option `{name}`", self.vendor.as_str()))
                    .with_hints(suggest(name, &names))
                    .with_hint(all),
            );
        }
        for (name, asked) in &feed.options {
            let is_said = self.options.get(name).is_some_and(|value| !value.is_empty());
            if !is_said && asked.default.is_none() {
                wrong.push(
                    UNKNOWN_OPTION
                        .error(format!("`{name}` is missing: {}", asked.ask))
                        .with_hint(format!("add `--option {name}=…`")),
                );
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(Error::several(wrong)) }
    }

    pub(super) fn feed(&self) -> Result<Feed> {
        self.vendor.feed_with(self.mapping.as_deref())
    }

    pub(super) fn reach<'a>(&self, feed: &'a Feed) -> Result<Reach<'a>> {
        Reach::new(feed, self.base_url.as_deref(), &self.options)
    }

    /// Where it is asked: scheme, host and port.
    pub fn origin(&self) -> Result<String> {
        Ok(self.reach(&self.feed()?)?.base.origin().ascii_serialization())
    }

    /// What changes about a connection, field by field.
    fn differences(&self, before: Option<&Self>) -> Vec<FieldChange> {
        let told = |new: &Self| -> Vec<(&'static str, Option<String>)> {
            let options = new.options.iter().map(|(name, value)| format!("{name}={value}"));
            let options: Vec<String> = options.collect();
            vec![
                ("vendor", Some(new.vendor.as_str().to_owned())),
                ("base_url", new.base_url.clone()),
                ("options", (!options.is_empty()).then(|| options.join(", "))),
                ("mapping", new.mapping.clone()),
            ]
        };
        let after = told(self);
        let before: Vec<Option<String>> = match before {
            Some(before) => told(before).into_iter().map(|(_, value)| value).collect(),
            None => vec![None; after.len()],
        };
        let changes = after.into_iter().zip(before).filter(|((_, after), before)| after != before);
        changes
            .map(|((field, after), before)| FieldChange { field: field.to_owned(), before, after })
            .collect()
    }
}

/// A system that is connected.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Connection {
    /// Its name, and that of the source whose people it brings.
    pub name: String,
    /// The system.
    pub vendor: Vendor,
    /// Where it is asked.
    pub url: String,
    /// Its address, where it is not the usual one.
    pub base_url: Option<String>,
    /// What it needs to know.
    pub options: BTreeMap<String, String>,
    /// The mapping file, where there is one.
    pub mapping: Option<String>,
    /// When it was connected.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Connection {
    /// The same, to be tried out, or changed.
    #[must_use]
    pub fn again(&self) -> NewConnection {
        NewConnection {
            name: self.name.clone(),
            vendor: self.vendor,
            base_url: self.base_url.clone(),
            options: self.options.clone(),
            mapping: self.mapping.clone(),
        }
    }

    fn of(new: NewConnection, created_at: Timestamp, updated_at: Timestamp) -> Self {
        // One that was written by another program is shown, and told when it is used.
        let url = new.origin().unwrap_or_default();
        let NewConnection { name, vendor, base_url, options, mapping } = new;
        Self { name, vendor, url, base_url, options, mapping, created_at, updated_at }
    }
}

row! {
    struct ConnectionRow {
        name: String,
        vendor: String,
        base_url: Option<String>,
        options: String,
        mapping: Option<String>,
        created_at: Timestamp,
        updated_at: Timestamp,
    }
}

const SELECT: &str = "
SELECT name, vendor, base_url, options, mapping, created_at, updated_at FROM hris_connections";

impl TryFrom<ConnectionRow> for Connection {
    type Error = Error;

    fn try_from(row: ConnectionRow) -> Result<Self> {
        let vendor = Vendor::named(&row.vendor)
            .map_err(|cause| Error::inconsistent("hris_connections.vendor", cause))?;
        let options = serde_json::from_str(&row.options)
            .map_err(|cause| Error::inconsistent("hris_connections.options", cause))?;
        let ConnectionRow { name, base_url, mapping, created_at, updated_at, .. } = row;
        let new = NewConnection { name, vendor, base_url, options, mapping };
        Ok(Self::of(new, created_at, updated_at))
    }
}

pub(super) async fn list(core: &Core) -> Result<Vec<Connection>> {
    let mut tx = core.db().begin_read().await?;
    let rows: Vec<ConnectionRow> =
        Assembly::new(SELECT).push("ORDER BY name").on(&mut tx).all().await?;
    rows.into_iter().map(Connection::try_from).collect()
}

pub(super) async fn show(core: &Core, name: &str) -> Result<Connection> {
    let mut tx = core.db().begin_read().await?;
    match find(&mut tx, name).await? {
        Some(connection) => Ok(connection),
        None => Err(unknown(&mut tx, name).await?),
    }
}

async fn find(tx: &mut Tx, name: &str) -> Result<Option<Connection>> {
    let row: Option<ConnectionRow> = Assembly::new(SELECT)
        .push("WHERE name = ?")
        .bind(name.trim().to_lowercase())
        .on(tx)
        .opt()
        .await?;
    row.map(Connection::try_from).transpose()
}

async fn unknown(tx: &mut Tx, name: &str) -> Result<Error> {
    let names: Vec<One<String>> =
        Assembly::new("SELECT name FROM hris_connections ORDER BY name").on(tx).all().await?;
    let names: Vec<String> = names.into_iter().map(|One(name)| name).collect();
    Ok(UNKNOWN
        .error(format!("no system is connected as `{name}`"))
        .with_field("name")
        .with_hints(suggest(name, &names))
        .with_hint("`lmsctl hris list` shows them; `lmsctl hris connect` adds one"))
}

/// Connects a system, or changes how it is connected. Nothing happens where all is so already.
pub(super) async fn connect(write: &mut Write, new: NewConnection) -> Result<Changed<Connection>> {
    new.check()?;
    let now = write.ctx.now;
    let before = find(&mut write.tx, &new.name).await?;
    let changed = new.differences(before.as_ref().map(Connection::again).as_ref());
    if let Some(before) = before.as_ref().filter(|_| changed.is_empty()) {
        return Ok(Changed { value: before.clone(), changed, operation: None });
    }
    let created_at = before.as_ref().map_or(now, |before| before.created_at);
    let options = serde_json::to_string(&new.options).expect("it is plain data");
    let row = vec![
        new.name.as_str().into_value(),
        new.vendor.as_str().into_value(),
        new.base_url.clone().into_value(),
        options.into_value(),
        new.mapping.clone().into_value(),
        created_at.into_value(),
        now.into_value(),
    ];
    bulk::upsert_by(&mut write.tx, &HRIS_CONNECTIONS, &["name"], vec![row]).await?;
    let operation = record(write, "hris.connected", &new.name, &changed);
    Ok(Changed { value: Connection::of(new, created_at, now), changed, operation: Some(operation) })
}

/// Forgets a connection. The people whom it brought stay, and belong to their source as before.
pub(super) async fn disconnect(write: &mut Write, name: &str) -> Result<Changed<Connection>> {
    let Some(connection) = find(&mut write.tx, name).await? else {
        return Err(unknown(&mut write.tx, name).await?);
    };
    let gone = connection.again().differences(None);
    let changed: Vec<FieldChange> = gone
        .into_iter()
        .map(|change| FieldChange { before: change.after, after: None, ..change })
        .collect();
    Assembly::new("DELETE FROM hris_connections WHERE name = ?")
        .bind(connection.name.as_str())
        .on(&mut write.tx)
        .run()
        .await?;
    let operation = record(write, "hris.disconnected", &connection.name, &changed);
    Ok(Changed { value: connection, changed, operation: Some(operation) })
}

fn record(
    write: &mut Write,
    kind: &'static str,
    name: &str,
    changed: &[FieldChange],
) -> crate::operations::OperationId {
    let values = |of: fn(&FieldChange) -> &Option<String>| {
        let values = changed.iter().filter_map(|change| {
            Some((change.field.clone(), serde_json::Value::from(of(change).clone()?)))
        });
        let named = std::iter::once(("name".to_owned(), serde_json::Value::from(name)));
        named.chain(values).collect::<serde_json::Map<_, _>>()
    };
    let before = values(|change| &change.before);
    let after = values(|change| &change.after);
    let subject = "hris_connection";
    write.record(Operation::new(kind).count("changed", 1).change(
        subject,
        None,
        Some(&before),
        Some(&after),
    ))
}
