//! Rules as they are kept: with all versions and periods.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::definition::RuleDefinition;
use super::parts::RuleStatus;
use super::{RuleId, UNKNOWN_RULE, sql};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, One, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;

row! {
    struct RuleRow {
        id: Uuid,
        code: String,
        created_at: Timestamp,
        updated_at: Timestamp,
    }
}

row! {
    struct VersionRow {
        rule_id: Uuid,
        version: i64,
        state: String,
        document: String,
        recorded_at: Timestamp,
    }
}

row! {
    struct PeriodRow {
        rule_id: Uuid,
        valid_from: Day,
        status: String,
        version: i64,
        recorded_at: Timestamp,
    }
}

/// A version as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Version {
    pub(super) number: u32,
    pub(super) is_draft: bool,
    pub(super) definition: RuleDefinition,
    pub(super) recorded_at: Timestamp,
}

/// Since when which version holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Period {
    pub(super) valid_from: Day,
    pub(super) status: RuleStatus,
    pub(super) version: u32,
    pub(super) recorded_at: Timestamp,
}

/// A rule as it is kept. It has a version at least.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored {
    pub(super) id: Uuid,
    pub(super) code: String,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    /// By number.
    pub(super) versions: Vec<Version>,
    /// In the order in which they hold.
    pub(super) periods: Vec<Period>,
}

impl Stored {
    pub(super) fn draft(&self) -> Option<&Version> {
        self.versions.iter().find(|version| version.is_draft)
    }

    pub(super) fn version(&self, number: u32) -> Option<&Version> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// The newest that was applied.
    pub(super) fn last_applied(&self) -> Option<&Version> {
        self.versions.iter().rfind(|version| !version.is_draft)
    }

    /// How it stands on a day: as the last period that began by then, or else as the first to come.
    pub(super) fn period_on(&self, day: Day) -> Option<&Period> {
        let begun = self.periods.iter().rfind(|period| period.valid_from <= day);
        begun.or(self.periods.first())
    }

    pub(super) fn status_on(&self, day: Day) -> RuleStatus {
        self.period_on(day).map_or(RuleStatus::Draft, |period| period.status)
    }

    /// The version that holds on a day, or will.
    pub(super) fn in_force_on(&self, day: Day) -> Option<&Version> {
        self.period_on(day).and_then(|period| self.version(period.version))
    }

    /// The version that others see: the one in force, or the draft where none ever was.
    pub(super) fn shown_on(&self, day: Day) -> Result<&Version> {
        let shown = self.in_force_on(day).or_else(|| self.versions.last());
        shown.ok_or_else(|| Error::internal("a rule without a version"))
    }
}

/// A rule by its code or id.
pub(super) async fn find(tx: &mut Tx, text: &str) -> Result<RuleId> {
    let text = text.trim();
    let found: Option<One<Uuid>> = match text.parse::<Uuid>() {
        Ok(id) => tx.sql(&sql::RULE_ID).bind(id).opt().await?,
        Err(_) => tx.sql(&sql::RULE_ID_BY_CODE).bind(fold(text)).opt().await?,
    };
    if let Some(One(id)) = found {
        return Ok(RuleId::new(id));
    }
    let codes: Vec<One<String>> = tx.sql(&sql::CODES_OF_RULES).all().await?;
    Err(UNKNOWN_RULE
        .error(format!("there is no rule `{text}`"))
        .with_field("rule")
        .with_hints(suggest(text, codes.iter().map(|One(code)| code)))
        .with_hint("`lmsctl rule list` shows all"))
}

/// Rules whole, by their codes; these, or all there are. Three statements however many they are.
pub(super) async fn load(tx: &mut Tx, ids: Option<&IdList>) -> Result<Vec<Stored>> {
    let only = |wanted: Assembly, condition: &'static str| match ids {
        Some(ids) => wanted.push(condition).bind_ids(ids),
        None => wanted,
    };
    let rows = Assembly::new("SELECT r.id, r.code, r.created_at, r.updated_at FROM rules r");
    let rows: Vec<RuleRow> =
        only(rows, "WHERE r.id IN (ids?)").push("ORDER BY r.code_key").on(tx).all().await?;
    let versions = Assembly::new(
        "SELECT v.rule_id, v.version, v.state, v.document, v.recorded_at FROM rule_versions v",
    );
    let versions: Vec<VersionRow> = only(versions, "WHERE v.rule_id IN (ids?)")
        .push("ORDER BY v.rule_id, v.version")
        .on(tx)
        .all()
        .await?;
    let periods = Assembly::new(
        "SELECT p.rule_id, p.valid_from, p.status, p.version, p.recorded_at FROM rule_periods p",
    );
    let periods: Vec<PeriodRow> = only(periods, "WHERE p.rule_id IN (ids?)")
        .push("ORDER BY p.rule_id, p.valid_from, p.recorded_at")
        .on(tx)
        .all()
        .await?;
    let mut versions_of: BTreeMap<Uuid, Vec<Version>> = BTreeMap::new();
    for row in versions {
        versions_of.entry(row.rule_id).or_default().push(Version {
            number: sql::number(row.version)?,
            is_draft: row.state == "draft",
            definition: RuleDefinition::from_document(&row.document)?,
            recorded_at: row.recorded_at,
        });
    }
    let mut periods_of: BTreeMap<Uuid, Vec<Period>> = BTreeMap::new();
    for row in periods {
        periods_of.entry(row.rule_id).or_default().push(Period {
            valid_from: row.valid_from,
            status: RuleStatus::parse(&row.status)
                .map_err(|cause| Error::inconsistent("rule_periods.status", cause))?,
            version: sql::number(row.version)?,
            recorded_at: row.recorded_at,
        });
    }
    let stored = rows.into_iter().map(|row| Stored {
        versions: versions_of.remove(&row.id).unwrap_or_default(),
        periods: periods_of.remove(&row.id).unwrap_or_default(),
        id: row.id,
        code: row.code,
        created_at: row.created_at,
        updated_at: row.updated_at,
    });
    Ok(stored.collect())
}

/// One rule that is known to be there.
pub(super) async fn load_one(tx: &mut Tx, id: RuleId) -> Result<Stored> {
    let mut found = load(tx, Some(&IdList::new([id.uuid()]))).await?;
    found.pop().ok_or_else(|| Error::internal("a rule is gone"))
}
