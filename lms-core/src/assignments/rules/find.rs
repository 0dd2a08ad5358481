//! Looking at rules: lists, and one with all that is in it.
//!
//! An organisation has some hundreds of rules at most, so that lists are made of all of them.

use std::collections::BTreeMap;

use super::definition::RuleDefinition;
use super::parts::RuleStatus;
use super::stored::{Period, Stored, Version, find, load, load_one};
use super::types::{Rule, RuleCard, RulePeriod, RuleShown, RuleVersion};
use super::{RuleId, UNKNOWN_VERSION, sql};
use crate::access::usernames_in;
use crate::catalog;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{IdList, One, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::{fold, words};
use crate::kernel::page::{Page, Paging, paged};
use crate::kernel::text::Day;
use crate::people::{HistoryFilter, RecordHistoryEntry, history_of};
use crate::settings;

/// Which rules. Several values of one field: any of them; several fields: all.
#[derive(Debug, Clone, Default)]
pub struct RuleFilter {
    search: Option<String>,
    statuses: Vec<RuleStatus>,
    trainings: Vec<String>,
    removed: bool,
    paging: Paging,
}

paged!(RuleFilter);

impl RuleFilter {
    /// All that were not removed, by code.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those with words that begin so, in code, title, and the codes of trainings and paths.
    #[must_use]
    pub fn search(mut self, text: &str) -> Self {
        self.search = Some(text.to_owned());
        self
    }

    /// Only those that stand so.
    #[must_use]
    pub fn status(mut self, status: RuleStatus) -> Self {
        self.statuses.push(status);
        self
    }

    /// Only those that ask for this training by name, in force or in the draft; by code or id.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.trainings.push(training.to_owned());
        self
    }

    /// Also those that were removed.
    #[must_use]
    pub fn removed(mut self, removed: bool) -> Self {
        self.removed = removed;
        self
    }
}

/// A rule as it is shown on a day.
pub(super) fn rule_of(stored: &Stored, day: Day) -> Result<Rule> {
    let shown = stored.shown_on(day)?;
    let definition = &shown.definition;
    Ok(Rule {
        id: RuleId::new(stored.id),
        code: stored.code.clone(),
        title: definition.title.clone(),
        status: stored.status_on(day),
        since: stored.period_on(day).map(|period| period.valid_from),
        version: stored.in_force_on(day).map(|version| version.number),
        draft: stored.draft().map(|version| version.number),
        trainings: definition.trainings.clone(),
        paths: definition.paths.clone(),
        audience: definition.audience.clone(),
        kind: definition.kind,
        due: definition.due.clone(),
        renews_after_months: definition.renewal.as_ref().map(|renewal| renewal.active_months),
        until: definition.until,
        created_at: stored.created_at,
        updated_at: stored.updated_at,
    })
}

pub(super) async fn list(core: &Core, filter: RuleFilter) -> Result<Page<Rule>> {
    let mut tx = core.db().begin_read().await?;
    let today = settings::today(&mut tx, core.now()).await?;
    let mut trainings = Vec::new();
    for name in &filter.trainings {
        let id = catalog::sql::find(&mut tx, name).await?;
        trainings.push(fold(&catalog::sql::load_one(&mut tx, id).await?.code));
    }
    let sought = filter.search.as_deref().map(words).unwrap_or_default();
    let after = filter.paging.after::<String>()?;
    let wanted = usize::try_from(filter.paging.rows_wanted()?).unwrap_or(usize::MAX);
    let mut rules = Vec::new();
    for stored in load(&mut tx, None).await? {
        let rule = rule_of(&stored, today)?;
        let is_meant = match filter.statuses.as_slice() {
            [] => filter.removed || rule.status != RuleStatus::Removed,
            asked => asked.contains(&rule.status),
        };
        let is_behind = after.as_ref().is_none_or(|after| fold(&rule.code) > *after);
        if is_meant && is_behind && asks_for(&stored, &rule, &trainings) && has(&rule, &sought) {
            rules.push(rule);
            if rules.len() == wanted {
                break;
            }
        }
    }
    filter.paging.page(rules, |rule| fold(&rule.code))
}

/// Whether a rule asks for any of these trainings, in what is shown of it or in its draft.
fn asks_for(stored: &Stored, rule: &Rule, trainings: &[String]) -> bool {
    let draft = stored.draft().map(|draft| &draft.definition.trainings);
    let named = rule.trainings.iter().chain(draft.into_iter().flatten());
    trainings.is_empty() || named.into_iter().any(|code| trainings.contains(&fold(code)))
}

/// Whether each of the words begins one of the rule's.
fn has(rule: &Rule, sought: &[String]) -> bool {
    let codes = rule.trainings.iter().chain(&rule.paths);
    let texts = codes.chain([&rule.code, &rule.title]);
    let own: Vec<String> =
        texts.flat_map(|text| [words(text), vec![fold(text)]].concat()).collect();
    sought.iter().all(|word| own.iter().any(|own| own.starts_with(word)))
}

row! {
    struct DoneRow {
        recorded_at: Timestamp,
        actor: String,
    }
}

/// Who did what was recorded at an instant, as people call them.
async fn who_and_when(tx: &mut Tx, rule: RuleId) -> Result<BTreeMap<Timestamp, String>> {
    let done: Vec<DoneRow> = tx.sql(&sql::WHO_AND_WHEN).bind(rule.uuid()).all().await?;
    let accounts = done.iter().filter_map(|row| account_of(&row.actor));
    let usernames = usernames_in(tx, &IdList::new(accounts)).await?;
    let named = done.into_iter().map(|row| {
        let known = account_of(&row.actor).and_then(|id| usernames.get(&id)).cloned();
        (row.recorded_at, known.unwrap_or(row.actor))
    });
    Ok(named.collect())
}

fn account_of(actor: &str) -> Option<uuid::Uuid> {
    actor.strip_prefix("account:")?.parse().ok()
}

pub(super) async fn show(core: &Core, name: &str, shown: RuleShown) -> Result<RuleCard> {
    let mut tx = core.db().begin_read().await?;
    let today = settings::today(&mut tx, core.now()).await?;
    let id = find(&mut tx, name).await?;
    let stored = load_one(&mut tx, id).await?;
    let version = match shown {
        RuleShown::Current => stored.shown_on(today)?,
        RuleShown::Draft => stored.draft().ok_or_else(|| unknown_version(&stored, "draft"))?,
        RuleShown::Version(number) => stored
            .version(number)
            .ok_or_else(|| unknown_version(&stored, &format!("version {number}")))?,
    };
    let who = who_and_when(&mut tx, id).await?;
    let told = |version: &Version| RuleVersion {
        version: version.number,
        is_draft: version.is_draft,
        title: version.definition.title.clone(),
        recorded_at: version.recorded_at,
        by: who.get(&version.recorded_at).cloned(),
    };
    let period = |period: &Period| RulePeriod {
        valid_from: period.valid_from,
        status: period.status,
        version: period.version,
        recorded_at: period.recorded_at,
        by: who.get(&period.recorded_at).cloned(),
    };
    let people: One<i64> = tx.sql(&sql::PEOPLE_WITH).bind(id.uuid()).one().await?;
    Ok(RuleCard {
        rule: rule_of(&stored, today)?,
        shown: told(version),
        definition: version.definition.clone(),
        versions: stored.versions.iter().rev().map(told).collect(),
        periods: stored.periods.iter().rev().map(period).collect(),
        people: people.0,
    })
}

fn unknown_version(stored: &Stored, what: &str) -> Error {
    let known = stored.versions.iter().map(|version| {
        let draft = if version.is_draft { " (draft)" } else { "" };
        format!("{}{draft}", version.number)
    });
    let known: Vec<String> = known.collect();
    UNKNOWN_VERSION
        .error(format!("the rule `{}` has no {what}", stored.code))
        .with_field("version")
        .with_hint(format!("it has {}", known.join(", ")))
}

/// What is in force, or the draft where nothing ever was; of these rules, or of all that were not
/// removed.
pub(super) async fn export(
    core: &Core,
    names: &[String],
    draft: bool,
) -> Result<Vec<RuleDefinition>> {
    let mut tx = core.db().begin_read().await?;
    let today = settings::today(&mut tx, core.now()).await?;
    let stored = if names.is_empty() {
        let all = load(&mut tx, None).await?.into_iter();
        all.filter(|rule| rule.status_on(today) != RuleStatus::Removed).collect()
    } else {
        let mut found = Vec::new();
        // As many as somebody typed.
        for name in names {
            let id = find(&mut tx, name).await?;
            found.push(load_one(&mut tx, id).await?);
        }
        found
    };
    let definition = |rule: &Stored| -> Result<RuleDefinition> {
        let drafted = rule.draft().filter(|_| draft);
        let version = drafted.map_or_else(|| rule.shown_on(today), Ok)?;
        Ok(version.definition.clone())
    };
    stored.iter().map(definition).collect()
}

pub(super) async fn history(
    core: &Core,
    name: &str,
    filter: HistoryFilter,
) -> Result<Page<RecordHistoryEntry>> {
    let mut tx = core.db().begin_read().await?;
    let id = find(&mut tx, name).await?;
    history_of(&mut tx, "rule", id.uuid(), filter).await
}
