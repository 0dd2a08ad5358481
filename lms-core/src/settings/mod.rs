//! The settings of the organisation: name, time zone, locale, grace, quiet hours, addresses.
//!
//! Owns `settings_versions`: every version is kept, the newest counts. A change that changes
//! nothing makes no version. What depends on a setting reads it in the transaction it decides in.

mod document;

pub use document::{SETTING_KEYS, SettingKey};

pub(crate) use document::Document;

use serde::Serialize;
use serde_json::json;

use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::failure::NOT_SET_UP;
use crate::kernel::db::{Tx, row, statements};
use crate::kernel::error::{Error, Result, error_codes};
use crate::kernel::suggest::suggest;
use crate::kernel::text::{Day, Locale, Name, TimeZoneName};
use crate::operations::{FieldChange, Operation, OperationId, Write, refuse_changed};

/// May read the settings.
pub(crate) const READ: Permission = Permission::new("settings.read", "read the settings");
/// May change the settings.
pub(crate) const WRITE: Permission = Permission::new("settings.write", "change the settings");

error_codes! {
    UNKNOWN = "settings.unknown", Invalid, "there is no such setting";
    STALE = "settings.stale", Stale, "the settings changed since they were read";
    EMPTY = "settings.required", Invalid, "a setting that must have a value was cleared";
}

statements! {
    NEWEST = "SELECT version, document, recorded_at
              FROM settings_versions ORDER BY version DESC LIMIT 1";

    /// There is always a first one: it was meant also before it was recorded.
    NEWEST_KNOWN = "SELECT version, document, recorded_at FROM settings_versions
                    WHERE recorded_at <= $1 OR version = 1 ORDER BY version DESC LIMIT 1";

    INSERT = "INSERT INTO settings_versions (version, document, recorded_at) VALUES ($1, $2, $3)";
}

row! {
    struct VersionRow {
        version: i64,
        document: String,
        recorded_at: Timestamp,
    }
}

/// The settings; made by [`crate::Lms::settings`].
#[derive(Debug)]
pub struct Settings<'a> {
    pub(crate) core: &'a Core,
}

/// The settings of the organisation, and which version of them.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct OrganisationSettings {
    /// Rises by one with each change.
    pub version: i64,
    /// When this version was made.
    pub recorded_at: Timestamp,
    /// What the organisation is called.
    pub name: Name,
    /// The zone in which a day begins and ends for people without one of their own.
    pub timezone: TimeZoneName,
    /// The language for people without one of their own.
    pub locale: Locale,
    /// Days after the due day in which a late assignment is not overdue yet.
    pub grace_days: i64,
    /// Days before the due day from which an assignment is due soon.
    pub due_soon_days: i64,
    /// When nobody is notified, such as `20:00-07:00`.
    pub quiet_hours: Option<String>,
    /// Where the API is reached from outside, for links.
    pub base_url: Option<String>,
    /// Where the logo lies.
    pub logo_url: Option<String>,
    /// The colour that certificates are printed in, such as `#1f4e79`.
    pub certificate_colour: Option<String>,
}

/// What to change, checked when it is put in.
#[derive(Debug, Clone, Default)]
pub struct SettingsChange {
    values: Vec<(&'static SettingKey, String)>,
    expected_version: Option<i64>,
}

/// The settings after a change.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct SettingsOutcome {
    /// The settings as they are now.
    pub settings: OrganisationSettings,
    /// What this call changed.
    pub changed: Vec<FieldChange>,
    /// The operation, where there was anything to do.
    pub operation: Option<OperationId>,
}

impl SettingsChange {
    /// No change yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes a setting by its key; an empty value clears one that need not be there.
    pub fn set(mut self, key: &str, value: &str) -> Result<Self> {
        let setting = setting_key(key)?;
        // Checked here already, so that all that is wrong is told before anything is done.
        setting.put(&mut Document::blank()?, value)?;
        self.values.push((setting, value.to_owned()));
        Ok(self)
    }

    /// Refuses the change if the settings have another version by now.
    #[must_use]
    pub fn expect_version(mut self, version: i64) -> Self {
        self.expected_version = Some(version);
        self
    }
}

impl SettingsChange {
    fn applied_to(&self, present: &OrganisationSettings) -> Result<Document> {
        let mut document = present.document();
        for (setting, value) in &self.values {
            setting.put(&mut document, value)?;
        }
        Ok(document)
    }
}

fn setting_key(key: &str) -> Result<&'static SettingKey> {
    SETTING_KEYS.iter().find(|known| known.key == key).ok_or_else(|| {
        let names = SETTING_KEYS.iter().map(|known| known.key);
        let all = names.clone().collect::<Vec<_>>().join(", ");
        UNKNOWN
            .error(format!("there is no setting `{key}`"))
            .with_field(key)
            .with_hints(suggest(key, names))
            .with_hint(format!("the settings are: {all}"))
    })
}

impl OrganisationSettings {
    /// A setting by its key, as text.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<String> {
        let setting = SETTING_KEYS.iter().find(|known| known.key == key)?;
        setting.text(&self.document())
    }

    fn document(&self) -> Document {
        Document {
            name: self.name.clone(),
            timezone: self.timezone.clone(),
            locale: self.locale.clone(),
            grace_days: self.grace_days,
            due_soon_days: self.due_soon_days,
            quiet_hours: self.quiet_hours.clone(),
            base_url: self.base_url.clone(),
            logo_url: self.logo_url.clone(),
            certificate_colour: self.certificate_colour.clone(),
        }
    }

    fn of(version: i64, recorded_at: Timestamp, document: Document) -> Self {
        Self {
            version,
            recorded_at,
            name: document.name,
            timezone: document.timezone,
            locale: document.locale,
            grace_days: document.grace_days,
            due_soon_days: document.due_soon_days,
            quiet_hours: document.quiet_hours,
            base_url: document.base_url,
            logo_url: document.logo_url,
            certificate_colour: document.certificate_colour,
        }
    }
}

impl Settings<'_> {
    /// The settings as they are.
    pub async fn show(&self, actor: &Actor) -> Result<OrganisationSettings> {
        actor.require(READ)?;
        current(&mut self.core.db().begin_read().await?).await
    }

    /// What a change would change, without making it.
    pub async fn plan(&self, actor: &Actor, change: &SettingsChange) -> Result<Vec<FieldChange>> {
        actor.require(WRITE)?;
        let present = current(&mut self.core.db().begin_read().await?).await?;
        refuse_changed(&STALE, "settings", change.expected_version, present.version)?;
        Ok(differences(&present.document(), &change.applied_to(&present)?))
    }

    /// Changes settings. Nothing happens, and it says so, where all were so already.
    pub async fn set(&self, actor: &Actor, change: SettingsChange) -> Result<SettingsOutcome> {
        actor.require(WRITE)?;
        let mut write = Write::begin(self.core, actor).await?;
        let present = current(&mut write.tx).await?;
        refuse_changed(&STALE, "settings", change.expected_version, present.version)?;
        let after = change.applied_to(&present)?;
        let changed = differences(&present.document(), &after);
        if changed.is_empty() {
            return Ok(SettingsOutcome { settings: present, changed, operation: None });
        }
        let (settings, operation) =
            store_in(&mut write, present.version + 1, after, &changed).await?;
        write.commit().await?;
        Ok(SettingsOutcome { settings, changed, operation: Some(operation) })
    }
}

/// The newest version; an error where the organisation has not been set up.
pub(crate) async fn current(tx: &mut Tx) -> Result<OrganisationSettings> {
    newest(tx).await?.ok_or_else(|| {
        NOT_SET_UP
            .error("the database has a schema, but no organisation")
            .with_hint("run `lmsctl init`")
    })
}

/// The day it is for the organisation.
pub(crate) async fn today(tx: &mut Tx, now: Timestamp) -> Result<Day> {
    Ok(Day::today(now, &current(tx).await?.timezone.zone()))
}

pub(crate) async fn newest(tx: &mut Tx) -> Result<Option<OrganisationSettings>> {
    let row: Option<VersionRow> = tx.sql(&NEWEST).opt().await?;
    row.map(VersionRow::settings).transpose()
}

/// As they were known at an instant.
pub(crate) async fn known_at(tx: &mut Tx, instant: Timestamp) -> Result<OrganisationSettings> {
    let row: Option<VersionRow> = tx.sql(&NEWEST_KNOWN).bind(instant).opt().await?;
    match row {
        Some(row) => row.settings(),
        None => current(tx).await,
    }
}

impl VersionRow {
    fn settings(self) -> Result<OrganisationSettings> {
        let document = serde_json::from_str(&self.document)
            .map_err(|cause| Error::inconsistent("settings_versions.document", cause))?;
        Ok(OrganisationSettings::of(self.version, self.recorded_at, document))
    }
}

/// The first version, as part of setting the organisation up.
pub(crate) async fn establish_in(
    write: &mut Write,
    document: Document,
) -> Result<OrganisationSettings> {
    let changed: Vec<FieldChange> = SETTING_KEYS
        .iter()
        .filter_map(|setting| {
            let after = setting.text(&document)?;
            Some(FieldChange { field: setting.key.to_owned(), before: None, after: Some(after) })
        })
        .collect();
    Ok(store_in(write, 1, document, &changed).await?.0)
}

async fn store_in(
    write: &mut Write,
    version: i64,
    document: Document,
    changed: &[FieldChange],
) -> Result<(OrganisationSettings, OperationId)> {
    let text = serde_json::to_string(&document).expect("settings are plain data");
    let now = write.ctx.now;
    write.tx.sql(&INSERT).bind(version).bind(text).bind(now).run_one().await?;
    let values = |of: fn(&FieldChange) -> &Option<String>| {
        changed
            .iter()
            .map(|change| (change.field.clone(), of(change).clone().into()))
            .collect::<serde_json::Map<_, _>>()
    };
    let fields: Vec<&str> = changed.iter().map(|change| change.field.as_str()).collect();
    let operation = write.record(
        Operation::new("settings.changed")
            .count("changed", i64::try_from(changed.len()).unwrap_or(i64::MAX))
            .change(
                "settings",
                None,
                Some(&values(|change| &change.before)),
                Some(&values(|change| &change.after)),
            )
            .event(
                "settings.changed",
                Some("settings".to_owned()),
                json!({ "version": version, "fields": fields }),
            ),
    );
    Ok((OrganisationSettings::of(version, now, document), operation))
}

fn differences(before: &Document, after: &Document) -> Vec<FieldChange> {
    SETTING_KEYS
        .iter()
        .map(|setting| FieldChange {
            field: setting.key.to_owned(),
            before: setting.text(before),
            after: setting.text(after),
        })
        .filter(|change| change.before != change.after)
        .collect()
}
