//! What job roles require: facts that hold from a day, and are never overwritten.

use serde_json::json;
use uuid::Uuid;

use super::level::SkillLevel;
use super::sql::{self, RequirementRow, SkillRow, SpanRow};
use super::timeline::{Span, changed};
use super::types::{RequiredSkill, RoleRequirements};
use super::{ARCHIVED, find};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::SKILL_REQUIREMENTS;
use crate::kernel::db::{Assembly, Field, IdList, Tx, bulk};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{Changed, FieldChange, Operation, Write};
use crate::people::{UnitId, UnitKind, Units};
use crate::settings;

pub(super) async fn show(
    core: &Core,
    job_role: &str,
    as_of: Option<Day>,
) -> Result<RoleRequirements> {
    let mut tx = core.db().begin_read().await?;
    let day = match as_of {
        Some(day) => day,
        None => settings::today(&mut tx, core.now()).await?,
    };
    let (id, code) = job_role_named(&mut tx, job_role, day).await?;
    on(&mut tx, id, code, day).await
}

async fn job_role_named(tx: &mut Tx, text: &str, day: Day) -> Result<(Uuid, String)> {
    let units = Units::load_on(tx, &[UnitKind::JobRole], day, None).await?;
    let id = units.find(UnitKind::JobRole, text)?;
    let code = units.code(id).ok_or_else(|| Error::internal("a job role is gone"))?;
    Ok((id, code.to_owned()))
}

async fn on(tx: &mut Tx, id: Uuid, code: String, day: Day) -> Result<RoleRequirements> {
    let rows: Vec<RequirementRow> = tx.sql(&sql::REQUIREMENTS_OF).bind(id).bind(day).all().await?;
    let skills = rows
        .into_iter()
        .map(|row| {
            Ok(RequiredSkill {
                skill: row.code,
                name: row.name,
                level: SkillLevel::stored(row.level)?,
                from: row.valid_from,
                until: row.valid_until,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(RoleRequirements { job_role_id: UnitId::new(id), job_role: code, as_of: day, skills })
}

pub(super) async fn require(
    core: &Core,
    actor: &Actor,
    job_role: &str,
    skill: &str,
    level: Option<SkillLevel>,
    from: Option<Day>,
) -> Result<Changed<RoleRequirements>> {
    let mut write = Write::begin(core, actor).await?;
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let day = from.unwrap_or(today);
    let (role, role_code) = job_role_named(&mut write.tx, job_role, day).await?;
    let skill = find(&mut write.tx, skill).await?;
    if level.is_some() && skill.archived_at.is_some() {
        return Err(ARCHIVED
            .error(format!("`{}` is archived: nothing teaches it any more", skill.code))
            .with_hint(format!("take it out again first: `lmsctl skill reopen {}`", skill.code)));
    }
    let rows: Vec<SpanRow> = write.tx.sql(&sql::SPANS).bind(role).bind(skill.id).all().await?;
    let mut known = Vec::with_capacity(rows.len());
    for row in rows {
        let level = SkillLevel::stored(row.level)?;
        known.push((row.id, Span { from: row.valid_from, until: row.valid_until, level }));
    }
    let before: Vec<Span> = known.iter().map(|(_, span)| *span).collect();
    let after = changed(&before, day, level);
    let mut told = Vec::new();
    let mut operation = None;
    if before != after {
        let gone = known.iter().filter(|(_, span)| !after.contains(span)).map(|(id, _)| *id);
        let gone: Vec<Uuid> = gone.collect();
        save(&mut write, role, &skill, &gone, &after, &before).await?;
        let field = format!("required.{role_code}");
        let (was, is) = (sentence(&before), sentence(&after));
        let change = Operation::new("skill.required")
            .count("changed", 1)
            .change(
                "skill",
                Some(skill.id),
                Some(&json!({ &field: was })),
                Some(&json!({ &field: is })),
            )
            .event(
                "skill.required",
                Some(skill.id.to_string()),
                json!({ "skill_ids": [skill.id], "job_role_ids": [role] }),
            );
        operation = Some(write.record(change));
        told = vec![FieldChange { field, before: was, after: is }];
    }
    let value = on(&mut write.tx, role, role_code, day).await?;
    write.commit().await?;
    Ok(Changed { value, changed: told, operation })
}

/// Retracts what is no longer believed, and writes what is believed anew.
async fn save(
    write: &mut Write,
    role: Uuid,
    skill: &SkillRow,
    gone: &[Uuid],
    after: &[Span],
    before: &[Span],
) -> Result<()> {
    let now = write.ctx.now;
    Assembly::new("UPDATE skill_requirements SET retracted_at = ?")
        .bind(now)
        .push("WHERE retracted_at IS NULL AND id IN (ids?)")
        .bind_ids(&IdList::new(gone.iter().copied()))
        .on(&mut write.tx)
        .run()
        .await?;
    let new: Vec<_> = after
        .iter()
        .filter(|span| !before.contains(span))
        .map(|span| {
            vec![
                write.ctx.new_id().into_value(),
                role.into_value(),
                skill.id.into_value(),
                i64::from(span.level.number()).into_value(),
                span.from.into_value(),
                span.until.into_value(),
                now.into_value(),
                None::<Timestamp>.into_value(),
            ]
        })
        .collect();
    bulk::insert(&mut write.tx, &SKILL_REQUIREMENTS, new).await.map(drop)
}

/// What is required, through time, as people say it.
fn sentence(spans: &[Span]) -> Option<String> {
    let told: Vec<String> = spans
        .iter()
        .map(|span| match span.until {
            Some(until) => format!("level {} from {}, before {until}", span.level, span.from),
            None => format!("level {} from {}", span.level, span.from),
        })
        .collect();
    (!told.is_empty()).then(|| told.join("; "))
}
