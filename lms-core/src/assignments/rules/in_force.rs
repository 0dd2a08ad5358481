//! Which rules are in force on a day, as far as was known at an instant.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::definition::RuleDefinition;
use super::names::{Named, look_up};
use super::parts::RuleStatus;
use super::save::all_problems_of;
use super::validation::tidy;
use super::{INVALID_DEFINITION, sql};
use crate::catalog::paths::all_given;
use crate::catalog::refuse;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, One, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::Day;

/// A rule as it is in force: what it says, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::assignments) struct RuleInForce {
    pub(in crate::assignments) id: Uuid,
    pub(in crate::assignments) code: String,
    /// Active, paused or removed.
    pub(in crate::assignments) status: RuleStatus,
    pub(in crate::assignments) version: u32,
    pub(in crate::assignments) definition: RuleDefinition,
    /// Since when it stands so.
    pub(in crate::assignments) since: Day,
    /// Since when it has been there, in whatever version.
    pub(in crate::assignments) begun_on: Day,
    /// The first day on which it wants nothing any more, as the definition says.
    pub(in crate::assignments) until: Option<Day>,
    /// All other versions that were applied, by number: what was opened under them keeps their terms.
    pub(in crate::assignments) earlier: Vec<(u32, RuleDefinition)>,
    /// What it names, in the order of the definition.
    pub(in crate::assignments) trainings: Vec<Uuid>,
    pub(in crate::assignments) paths: Vec<Uuid>,
    /// The training after which it is due.
    pub(in crate::assignments) after: Option<Uuid>,
}

/// A rule as it stood on a day: by it figures can be understood later.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOnDay {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// The version that held.
    pub version: u32,
    /// Active or paused.
    pub status: RuleStatus,
    /// Since when it stood so.
    pub since: Day,
}

/// The rules that asked for something on a day, or were paused, by their codes.
pub(crate) async fn rules_on(
    tx: &mut Tx,
    day: Day,
    known_at: Option<Timestamp>,
) -> Result<Vec<RuleOnDay>> {
    let rules = in_force(tx, day, known_at, None).await?;
    let is_there = |rule: &RuleInForce| {
        rule.status != RuleStatus::Removed && rule.until.is_none_or(|until| until > day)
    };
    let mut there: Vec<RuleOnDay> = rules
        .into_iter()
        .filter(is_there)
        .map(|rule| RuleOnDay {
            title: rule.definition.title,
            code: rule.code,
            version: rule.version,
            status: rule.status,
            since: rule.since,
        })
        .collect();
    there.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(there)
}

row! {
    struct PeriodRow {
        rule_id: Uuid,
        code: String,
        valid_from: Day,
        status: String,
        version: i64,
    }
}

row! {
    struct VersionRow {
        rule_id: Uuid,
        version: i64,
        document: String,
    }
}

row! {
    struct NamedRow {
        rule_id: Uuid,
        version: i64,
        training_id: Option<Uuid>,
        path_id: Option<Uuid>,
        after_id: Option<Uuid>,
    }
}

/// Which rules are asked for.
#[derive(Debug, Clone, Copy)]
enum Which<'a> {
    All,
    /// Those that ask for any of these trainings, or did in an earlier version.
    AboutTrainings(&'a [Uuid]),
    OfCode(&'a str),
}

/// Rules as they are in force on a day, as known at an instant; with those that were removed or are
/// paused, in the order of their ids.
///
/// With trainings only those that concern any of them, by name or through the published version of a
/// path; also those that did so in another version: what they wanted then has to go.
pub(in crate::assignments) async fn in_force(
    tx: &mut Tx,
    day: Day,
    known_at: Option<Timestamp>,
    trainings: Option<&[Uuid]>,
) -> Result<Vec<RuleInForce>> {
    load(tx, day, known_at, trainings.map_or(Which::All, Which::AboutTrainings)).await
}

/// One rule as it is in force, by its code.
pub(in crate::assignments) async fn in_force_of(
    tx: &mut Tx,
    code: &str,
    day: Day,
    known_at: Option<Timestamp>,
) -> Result<Option<RuleInForce>> {
    Ok(load(tx, day, known_at, Which::OfCode(code)).await?.pop())
}

async fn load(
    tx: &mut Tx,
    day: Day,
    known_at: Option<Timestamp>,
    which: Which<'_>,
) -> Result<Vec<RuleInForce>> {
    let periods = Assembly::new(
        "SELECT p.rule_id, r.code, p.valid_from, p.status, p.version
         FROM rule_periods p JOIN rules r ON r.id = p.rule_id WHERE p.valid_from <= ?",
    )
    .bind(day)
    .push_some("AND p.recorded_at <= ?", known_at);
    let periods = match which {
        Which::All => periods,
        Which::AboutTrainings(trainings) => {
            let trainings = IdList::new(trainings.iter().copied());
            periods
                .push(
                    "AND p.rule_id IN (SELECT n.rule_id FROM rule_trainings n
                                       WHERE n.training_id IN (ids?)",
                )
                .bind_ids(&trainings)
                .push(
                    "UNION SELECT n.rule_id FROM path_trainings u
                     JOIN rule_trainings n ON n.path_id = u.path_id
                     WHERE u.state = 'published' AND u.training_id IN (ids?))",
                )
                .bind_ids(&trainings)
        }
        Which::OfCode(code) => periods.push("AND r.code_key = ?").bind(fold(code)),
    };
    // The last of each rule holds.
    let rows: Vec<PeriodRow> =
        periods.push("ORDER BY p.rule_id, p.valid_from, p.recorded_at").on(tx).all().await?;
    let mut begun_on: BTreeMap<Uuid, Day> = BTreeMap::new();
    for row in &rows {
        begun_on.entry(row.rule_id).or_insert(row.valid_from);
    }
    let newest: BTreeMap<Uuid, PeriodRow> =
        rows.into_iter().map(|row| (row.rule_id, row)).collect();
    if newest.is_empty() {
        return Ok(Vec::new());
    }
    let ids = IdList::new(newest.keys().copied());
    let mut versions = versions(tx, &ids, known_at).await?;
    let mut named = named(tx, &ids).await?;
    newest
        .into_values()
        .map(|row| {
            let version = sql::number(row.version)?;
            let mut earlier = versions.remove(&row.rule_id).unwrap_or_default();
            let definition = earlier
                .remove(&version)
                .ok_or_else(|| Error::inconsistent("rule_periods.version", "it is not there"))?;
            let named = named.remove(&(row.rule_id, version)).unwrap_or_default();
            let status = RuleStatus::parse(&row.status)
                .map_err(|cause| Error::inconsistent("rule_periods.status", cause))?;
            Ok(RuleInForce {
                id: row.rule_id,
                code: row.code,
                status,
                version,
                since: row.valid_from,
                begun_on: begun_on.get(&row.rule_id).copied().unwrap_or(row.valid_from),
                until: definition.ends_on(),
                definition,
                earlier: earlier.into_iter().collect(),
                trainings: named.trainings,
                paths: named.paths,
                after: named.after,
            })
        })
        .collect()
}

async fn versions(
    tx: &mut Tx,
    rules: &IdList,
    known_at: Option<Timestamp>,
) -> Result<BTreeMap<Uuid, BTreeMap<u32, RuleDefinition>>> {
    let rows: Vec<VersionRow> = Assembly::new(
        "SELECT rule_id, version, document FROM rule_versions
         WHERE state = 'applied' AND rule_id IN (ids?)",
    )
    .bind_ids(rules)
    .push_some("AND recorded_at <= ?", known_at)
    .on(tx)
    .all()
    .await?;
    let mut versions: BTreeMap<Uuid, BTreeMap<u32, RuleDefinition>> = BTreeMap::new();
    for row in rows {
        let definition = RuleDefinition::from_document(&row.document)?;
        versions.entry(row.rule_id).or_default().insert(sql::number(row.version)?, definition);
    }
    Ok(versions)
}

pub(super) async fn named(tx: &mut Tx, rules: &IdList) -> Result<BTreeMap<(Uuid, u32), Named>> {
    let rows: Vec<NamedRow> = Assembly::new(
        "SELECT rule_id, version, training_id, path_id, after_id FROM rule_trainings
         WHERE rule_id IN (ids?)",
    )
    .bind_ids(rules)
    .push("ORDER BY rule_id, version, position")
    .on(tx)
    .all()
    .await?;
    let mut named: BTreeMap<(Uuid, u32), Named> = BTreeMap::new();
    for row in rows {
        let named = named.entry((row.rule_id, sql::number(row.version)?)).or_default();
        named.trainings.extend(row.training_id);
        named.paths.extend(row.path_id);
        named.after = named.after.or(row.after_id);
    }
    Ok(named)
}

/// How it would be with another definition from a day on, in place of the one kept: names resolved, nothing
/// stored. It would be active.
///
/// A rule that is not there yet has an id that is made of its code, the same each time; it is not the
/// one that it gets when it is stored.
pub(in crate::assignments) async fn as_if(
    tx: &mut Tx,
    day: Day,
    mut definition: RuleDefinition,
    known: Option<&RuleInForce>,
) -> Result<RuleInForce> {
    tidy(&mut definition);
    if let Some(known) = known {
        definition.code.clone_from(&known.code);
    }
    let problems = all_problems_of(tx, day, &definition).await?;
    if !problems.is_empty() {
        let what = format!("the rule `{}`", definition.code);
        return Err(refuse(&INVALID_DEFINITION, &what, &problems));
    }
    let (named, _) = look_up(tx, &definition).await?;
    let id = match known {
        Some(known) => known.id,
        None => id_of(tx, &definition.code).await?.unwrap_or_else(|| stand_in(&definition.code)),
    };
    let (version, earlier) = match known {
        None => (1, Vec::new()),
        Some(known) if known.definition == definition => (known.version, known.earlier.clone()),
        Some(known) => {
            let mut earlier = known.earlier.clone();
            earlier.push((known.version, known.definition.clone()));
            earlier.sort_by_key(|(version, _)| *version);
            let last = earlier.last().map_or(0, |(version, _)| *version);
            (last + 1, earlier)
        }
    };
    Ok(RuleInForce {
        id,
        code: known.map_or_else(|| definition.code.clone(), |known| known.code.clone()),
        status: RuleStatus::Active,
        version,
        since: day,
        begun_on: known.map_or(day, |known| known.begun_on),
        until: definition.ends_on(),
        definition,
        earlier,
        trainings: named.trainings,
        paths: named.paths,
        after: named.after,
    })
}

impl RuleInForce {
    /// The first day on which it wants anything.
    pub(in crate::assignments) fn begins_on(&self) -> Day {
        self.definition.from.unwrap_or(self.begun_on)
    }

    /// The first day on which it wants nothing any more.
    pub(in crate::assignments) fn ends_on(&self) -> Option<Day> {
        match (self.status, self.until) {
            (RuleStatus::Removed, Some(until)) => Some(until.min(self.since)),
            (RuleStatus::Removed, None) => Some(self.since),
            (_, until) => until,
        }
    }

    /// A number of its own, before and after it is stored.
    pub(in crate::assignments) fn seed(&self) -> u128 {
        stand_in(&self.code).as_u128()
    }

    /// Whether anybody is asked for anything.
    pub(in crate::assignments) fn wants_anything(&self) -> bool {
        self.status == RuleStatus::Active
    }

    /// What it asks for: what it names, and what its paths lead to.
    pub(in crate::assignments) async fn all_trainings(
        &self,
        tx: &mut Tx,
    ) -> Result<BTreeSet<Uuid>> {
        let mut trainings: BTreeSet<Uuid> = self.trainings.iter().copied().collect();
        if !self.paths.is_empty() {
            let paths = all_given(tx, &IdList::new(self.paths.iter().copied())).await?;
            let steps = paths.into_iter().flat_map(|path| path.steps);
            trainings.extend(steps.flat_map(|step| step.of));
        }
        Ok(trainings)
    }
}

/// What any rule asks for.
pub(in crate::assignments) async fn ruled_trainings(tx: &mut Tx) -> Result<Vec<Uuid>> {
    let rows: Vec<One<Uuid>> = tx.sql(&sql::RULED_TRAININGS).all().await?;
    Ok(rows.into_iter().map(|One(id)| id).collect())
}

/// What stands beside any of these on a path that a rule asks for: where some have to be done, the
/// others may be spare.
pub(in crate::assignments) async fn beside(tx: &mut Tx, trainings: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows: Vec<One<Uuid>> = Assembly::new(
        "SELECT DISTINCT other.training_id FROM path_trainings one
         JOIN rule_trainings n ON n.path_id = one.path_id
         JOIN path_trainings other ON other.path_id = one.path_id AND other.state = 'published'
         WHERE one.state = 'published' AND one.training_id IN (ids?)",
    )
    .bind_ids(&IdList::new(trainings.iter().copied()))
    .on(tx)
    .all()
    .await?;
    Ok(rows.into_iter().map(|One(id)| id).collect())
}

pub(super) async fn id_of(tx: &mut Tx, code: &str) -> Result<Option<Uuid>> {
    let found: Option<One<Uuid>> = tx.sql(&sql::RULE_ID_BY_CODE).bind(fold(code)).opt().await?;
    Ok(found.map(|One(id)| id))
}

/// An id made of the code of a rule: the same each time.
fn stand_in(code: &str) -> Uuid {
    let digest = Sha256::digest(fold(code));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}

/// The trainings that rules have due after any of these is completed, in whatever version.
pub(in crate::assignments) async fn due_after(
    tx: &mut Tx,
    completed: &[Uuid],
) -> Result<BTreeSet<Uuid>> {
    let completed = IdList::new(completed.iter().copied());
    let rows: Vec<One<Uuid>> = Assembly::new(
        "SELECT n.training_id FROM rule_trainings a
         JOIN rule_trainings n ON n.rule_id = a.rule_id AND n.version = a.version
         WHERE n.training_id IS NOT NULL AND a.after_id IN (ids?)",
    )
    .bind_ids(&completed)
    .push(
        "UNION SELECT u.training_id FROM rule_trainings a
         JOIN rule_trainings n ON n.rule_id = a.rule_id AND n.version = a.version
         JOIN path_trainings u ON u.path_id = n.path_id
         WHERE u.state = 'published' AND a.after_id IN (ids?)",
    )
    .bind_ids(&completed)
    .on(tx)
    .all()
    .await?;
    Ok(rows.into_iter().map(|One(id)| id).collect())
}
