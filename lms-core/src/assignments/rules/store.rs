//! Keeping a rule: its rows, its versions, and since when which of them holds.

use uuid::Uuid;

use super::definition::RuleDefinition;
use super::in_force::{RuleInForce, id_of};
use super::names::Named;
use super::sql;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::{RULE_PERIODS, RULE_TRAININGS, RULE_VERSIONS, RULES};
use crate::kernel::db::{Field, Tx, Value, bulk, row};
use crate::kernel::error::Result;
use crate::kernel::fold::fold;
use crate::kernel::text::Day;
use crate::operations::Write;

row! {
    pub(super) struct VersionRow {
        pub(super) version: i64,
        pub(super) state: String,
        pub(super) document: String,
    }
}

row! {
    struct PeriodRow {
        valid_from: Day,
        status: String,
        version: i64,
    }
}

/// Keeps a rule as it is to be from its `since` on: the rule where it is new, the version where it was
/// not applied before, and the period. Says its id, which for a new rule is another one than that of
/// the plan. What is so already is not written again.
///
/// A draft that says what is applied is no draft any more; one that says something else stays one.
pub(in crate::assignments) async fn put(write: &mut Write, rule: &RuleInForce) -> Result<Uuid> {
    let now = write.ctx.now;
    let id = match id_of(&mut write.tx, &rule.code).await? {
        Some(id) => id,
        None => insert_rule(write, &rule.code).await?,
    };
    let tx = &mut write.tx;
    let version = i64::from(rule.version);
    let applied: Option<VersionRow> = tx.sql(&sql::VERSION_OF).bind(id).bind(version).opt().await?;
    if applied.is_none_or(|row| row.state == "draft") {
        set_draft_aside(tx, id, &rule.definition, version).await?;
        let named = Named {
            trainings: rule.trainings.clone(),
            paths: rule.paths.clone(),
            after: rule.after,
        };
        insert_version(tx, id, version, "applied", &rule.definition, &named, now).await?;
    }
    let last: Option<PeriodRow> = tx.sql(&sql::LAST_PERIOD).bind(id).opt().await?;
    let is_so = last.is_some_and(|last| {
        (last.valid_from, &*last.status, last.version)
            == (rule.since, rule.status.as_str(), version)
    });
    if !is_so {
        let period = vec![
            id.into_value(),
            now.into_value(),
            rule.since.into_value(),
            rule.status.as_str().into_value(),
            version.into_value(),
        ];
        bulk::insert(tx, &RULE_PERIODS, [period]).await?;
    }
    tx.sql(&sql::TOUCH_RULE).bind(id).bind(now).run_one().await?;
    Ok(id)
}

pub(super) async fn insert_rule(write: &mut Write, code: &str) -> Result<Uuid> {
    let (id, now) = (write.ctx.new_id(), write.ctx.now);
    let row = vec![
        id.into_value(),
        code.into_value(),
        fold(code).into_value(),
        now.into_value(),
        now.into_value(),
    ];
    bulk::insert(&mut write.tx, &RULES, [row]).await?;
    Ok(id)
}

/// Makes room for a version of this number.
async fn set_draft_aside(
    tx: &mut Tx,
    rule: Uuid,
    applied: &RuleDefinition,
    version: i64,
) -> Result<()> {
    let draft: Option<VersionRow> = tx.sql(&sql::DRAFT_OF).bind(rule).opt().await?;
    let Some(draft) = draft else { return Ok(()) };
    if draft.document == applied.document() {
        tx.sql(&sql::DROP_DRAFT).bind(rule).run().await?;
        tx.sql(&sql::DROP_NAMED).bind(rule).bind(draft.version).run().await?;
    } else {
        let next = version + 1;
        tx.sql(&sql::RENUMBER_DRAFT).bind(rule).bind(next).run().await?;
        let named = tx.sql(&sql::RENUMBER_NAMED).bind(rule).bind(draft.version);
        named.bind(next).run().await?;
    }
    Ok(())
}

pub(super) async fn insert_version(
    tx: &mut Tx,
    rule: Uuid,
    version: i64,
    state: &str,
    definition: &RuleDefinition,
    named: &Named,
    now: Timestamp,
) -> Result<()> {
    let row = vec![
        rule.into_value(),
        version.into_value(),
        state.into_value(),
        definition.title.as_str().into_value(),
        definition.document().into_value(),
        now.into_value(),
    ];
    bulk::insert(tx, &RULE_VERSIONS, [row]).await?;
    let nothing: Option<Uuid> = None;
    let trainings = named.trainings.iter().map(|id| (Some(*id), nothing, nothing));
    let paths = named.paths.iter().map(|id| (nothing, Some(*id), nothing));
    let after = named.after.iter().map(|id| (nothing, nothing, Some(*id)));
    let rows: Vec<Vec<Value>> = (1_i64..)
        .zip(trainings.chain(paths).chain(after))
        .map(|(position, (training, path, after))| {
            vec![
                rule.into_value(),
                version.into_value(),
                position.into_value(),
                training.into_value(),
                path.into_value(),
                after.into_value(),
            ]
        })
        .collect();
    bulk::insert(tx, &RULE_TRAININGS, rows).await.map(drop)
}
