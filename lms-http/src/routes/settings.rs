//! `/settings`: the organisation's name, time zone, locale, and what else is set for all of it.

use axum::Json as Answer;
use axum::response::{IntoResponse, Response};
use lms_core::{FieldChange, OrganisationSettings, SettingsChange, SettingsOutcome};
use serde::{Deserialize, Serialize};

use crate::auth::Call;
use crate::error::Problem;
use crate::extract::{IfMatch, Json, NoParameters, Patch, Query, etag};

/// `GET /settings`.
pub(super) async fn show(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let settings = call.lms.settings().show(&call.actor).await?;
    Ok((etag(settings.version), Answer(SettingsBody::from(settings))).into_response())
}

/// `PATCH /settings`: changes the fields that are there; `null` clears one.
pub(super) async fn edit(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(version): IfMatch,
    Json(patch): Json<SettingsPatch>,
) -> Result<Response, Problem> {
    let mut change = patch.into_change()?;
    if let Some(version) = version {
        change = change.expect_version(version);
    }
    let outcome = call.lms.settings().set(&call.actor, change).await?;
    Ok((etag(outcome.settings.version), Answer(OutcomeBody::from(outcome))).into_response())
}

/// The settings as they are.
#[derive(Serialize)]
pub(super) struct SettingsBody {
    name: String,
    time_zone: String,
    locale: String,
    grace_days: i64,
    due_soon_days: i64,
    quiet_hours: Option<String>,
    base_url: Option<String>,
    logo_url: Option<String>,
    version: i64,
    recorded_at: String,
}

/// The settings that are to change.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SettingsPatch {
    name: Patch<String>,
    time_zone: Patch<String>,
    locale: Patch<String>,
    grace_days: Patch<i64>,
    due_soon_days: Patch<i64>,
    quiet_hours: Patch<String>,
    base_url: Patch<String>,
    logo_url: Patch<String>,
}

/// What a change did; `changed` is empty and `operation` null where all was so already.
#[derive(Serialize)]
pub(super) struct OutcomeBody {
    settings: SettingsBody,
    changed: Vec<ChangeBody>,
    operation: Option<String>,
}

/// One field, before and after.
#[derive(Serialize)]
pub(super) struct ChangeBody {
    field: String,
    before: Option<String>,
    after: Option<String>,
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

    fn into_texts(self) -> [(&'static str, Option<String>); 8] {
        [
            ("name", self.name.into_text()),
            ("time_zone", self.time_zone.into_text()),
            ("locale", self.locale.into_text()),
            ("grace_days", self.grace_days.into_text()),
            ("due_soon_days", self.due_soon_days.into_text()),
            ("quiet_hours", self.quiet_hours.into_text()),
            ("base_url", self.base_url.into_text()),
            ("logo_url", self.logo_url.into_text()),
        ]
    }
}

impl From<OrganisationSettings> for SettingsBody {
    fn from(settings: OrganisationSettings) -> Self {
        Self {
            name: settings.name.to_string(),
            time_zone: settings.time_zone.to_string(),
            locale: settings.locale.to_string(),
            grace_days: settings.grace_days,
            due_soon_days: settings.due_soon_days,
            quiet_hours: settings.quiet_hours,
            base_url: settings.base_url,
            logo_url: settings.logo_url,
            version: settings.version,
            recorded_at: settings.recorded_at.to_string(),
        }
    }
}

impl From<SettingsOutcome> for OutcomeBody {
    fn from(outcome: SettingsOutcome) -> Self {
        Self {
            settings: outcome.settings.into(),
            changed: outcome.changed.into_iter().map(ChangeBody::from).collect(),
            operation: outcome.operation.map(|id| id.to_string()),
        }
    }
}

impl From<FieldChange> for ChangeBody {
    fn from(change: FieldChange) -> Self {
        Self { field: change.field, before: change.before, after: change.after }
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
