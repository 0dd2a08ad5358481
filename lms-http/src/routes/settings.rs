//! `/settings`: the organisation's name, time zone, locale, and what else is set for all of it.

use axum::response::Response;
use lms_core::{OrganisationSettings, SettingsChange, SettingsOutcome};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::answer::{OutcomeBody, changed};
use crate::auth::Call;
use crate::conditional::{IfMatch, IfNoneMatch};
use crate::error::Problem;
use crate::extract::{Json, Patch};
use crate::openapi::{About, Resource};
use crate::query::{NoParameters, Query};

pub(super) fn resource() -> Resource {
    Resource::new("Settings", "What is set for the whole organisation.")
        .get(
            "/api/v1/settings",
            show,
            About::new("show_settings", "Show the settings")
                .permission("settings.read")
                .if_none_match()
                .shows::<SettingsBody>("the settings as they are"),
        )
        .patch(
            "/api/v1/settings",
            edit,
            About::new("edit_settings", "Change settings")
                .text("Changes the fields that are there; `null` clears one that may be empty.")
                .permission("settings.write")
                .if_match()
                .body::<SettingsPatch>(json!({ "grace_days": 3, "logo_url": null }))
                .outcome::<SettingsBody>(),
        )
}

/// `GET /settings`.
async fn show(
    call: Call,
    tags: IfNoneMatch,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let settings = call.lms.settings().show(&call.actor).await?;
    Ok(tags.show(settings.version, &SettingsBody::from(settings)))
}

/// `PATCH /settings`: changes the fields that are there; `null` clears one.
async fn edit(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(version): IfMatch<i64>,
    Json(patch): Json<SettingsPatch>,
) -> Result<Response, Problem> {
    let mut change = patch.into_change()?;
    if let Some(version) = version {
        change = change.expect_version(version);
    }
    let outcome = call.lms.settings().set(&call.actor, change).await?;
    Ok(changed(outcome.settings.version, outcome.into()))
}

/// The settings as they are.
#[derive(Serialize, ToSchema)]
#[schema(as = Settings)]
struct SettingsBody {
    /// The name of the organisation.
    name: String,
    /// The time zone by whose days it works.
    #[schema(examples("Europe/Berlin"))]
    timezone: String,
    /// The language, unless a person has another.
    #[schema(examples("en"))]
    locale: String,
    /// For how many days after the due day something is late and not yet overdue.
    grace_days: i64,
    /// How many days before the due day something is due soon.
    due_soon_days: i64,
    /// When nobody is written to.
    #[schema(examples("20:00-07:00"))]
    quiet_hours: Option<String>,
    /// Where learners find the system.
    base_url: Option<String>,
    /// Where the logo is.
    logo_url: Option<String>,
    /// The colour that certificates are printed in.
    #[schema(examples("#1f4e79"))]
    certificate_colour: Option<String>,
    /// Counted up with each change.
    version: i64,
    /// When this version was recorded.
    #[schema(format = DateTime)]
    recorded_at: String,
}

/// The settings that are to change.
#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettingsPatch {
    /// The name of the organisation.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Patch<String>,
    /// The time zone by whose days it works.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    timezone: Patch<String>,
    /// The language, unless a person has another.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    locale: Patch<String>,
    /// For how many days after the due day something is late and not yet overdue.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    grace_days: Patch<i64>,
    /// How many days before the due day something is due soon.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    due_soon_days: Patch<i64>,
    /// When nobody is written to.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    quiet_hours: Patch<String>,
    /// Where learners find the system.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    base_url: Patch<String>,
    /// Where the logo is.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    logo_url: Patch<String>,
    /// The colour that certificates are printed in.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    certificate_colour: Patch<String>,
}

impl SettingsPatch {
    /// Checks every field, and reports all that are wrong at once.
    fn into_change(self) -> Result<SettingsChange, Problem> {
        let mut change = SettingsChange::new();
        let mut errors = Vec::new();
        for (key, text) in self.into_texts() {
            match text.map(|text| change.clone().set(key, &text)) {
                None => {}
                Some(Ok(next)) => change = next,
                Some(Err(error)) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(change) } else { Err(Problem::of_fields(errors)) }
    }

    fn into_texts(self) -> [(&'static str, Option<String>); 9] {
        [
            ("name", self.name.into_text()),
            ("timezone", self.timezone.into_text()),
            ("locale", self.locale.into_text()),
            ("grace_days", self.grace_days.into_text()),
            ("due_soon_days", self.due_soon_days.into_text()),
            ("quiet_hours", self.quiet_hours.into_text()),
            ("base_url", self.base_url.into_text()),
            ("logo_url", self.logo_url.into_text()),
            ("certificate_colour", self.certificate_colour.into_text()),
        ]
    }
}

impl From<OrganisationSettings> for SettingsBody {
    fn from(settings: OrganisationSettings) -> Self {
        Self {
            name: settings.name.to_string(),
            timezone: settings.timezone.to_string(),
            locale: settings.locale.to_string(),
            grace_days: settings.grace_days,
            due_soon_days: settings.due_soon_days,
            quiet_hours: settings.quiet_hours,
            base_url: settings.base_url,
            logo_url: settings.logo_url,
            certificate_colour: settings.certificate_colour,
            version: settings.version,
            recorded_at: settings.recorded_at.to_string(),
        }
    }
}

impl From<SettingsOutcome> for OutcomeBody<SettingsBody> {
    fn from(outcome: SettingsOutcome) -> Self {
        let operation = outcome.operation.map(|id| id.to_string());
        Self::new(outcome.settings.into(), outcome.changed, operation)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_setting_can_be_changed_here() {
        let ours = SettingsPatch::default().into_texts();
        let ours: BTreeSet<_> = ours.iter().map(|(key, _)| *key).collect();
        let all: BTreeSet<_> = lms_core::SETTING_KEYS.iter().map(|key| key.key).collect();
        assert_eq!(ours, all);
    }
}
