//! How job roles stand in what they require.

use super::asked::Asked;
use super::grants::having_required;
use super::types::{GapFilter, Percent, RoleReadiness};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::page::Page;
use crate::skills::SkillLevel;

row! {
    struct RoleRow {
        job_role: String,
        job_role_name: String,
        skill: String,
        name: String,
        level: i64,
        people: i64,
        met: i64,
        role_key: String,
        skill_key: String,
    }
}

const SELECT: &str = "
SELECT u.code, u.name, k.code, k.name, q.level, COUNT(*), COUNT(CASE WHEN";

const SELECT_REST: &str = "
THEN 1 END), u.code_key, k.code_key";

const IN_ORDER: &str = "GROUP BY u.code, u.name, k.code, k.name, q.level, u.code_key, k.code_key
                        ORDER BY u.code_key, k.code_key";

/// What a page continues behind: a job role and a skill.
type Key = (String, String);

pub(super) async fn list(
    core: &Core,
    actor: &Actor,
    filter: GapFilter,
) -> Result<Page<RoleReadiness>> {
    let mut tx = core.db().begin_read().await?;
    let asked = Asked::prepare(&mut tx, core, actor, &filter).await?;
    let mut wanted = counted(&asked);
    if let Some((role, skill)) = filter.paging.after::<Key>()? {
        wanted = wanted
            .push("AND (u.code_key, k.code_key) > (?")
            .bind(role)
            .push(", ?")
            .bind(skill)
            .push(")");
    }
    let rows: Vec<RoleRow> = wanted
        .push(IN_ORDER)
        .push("LIMIT ?")
        .bind(filter.paging.rows_wanted()?)
        .on(&mut tx)
        .all()
        .await?;
    let page = filter.paging.page(rows, |row| (row.role_key.clone(), row.skill_key.clone()))?;
    let items = page.items.into_iter().map(told);
    Ok(Page { items: items.collect::<Result<Vec<_>>>()?, next: page.next })
}

/// All job roles that require something of those who are asked about, by code and then by skill.
pub(crate) async fn all(tx: &mut Tx, asked: &Asked) -> Result<Vec<RoleReadiness>> {
    let rows: Vec<RoleRow> = counted(asked).push(IN_ORDER).on(tx).all().await?;
    rows.into_iter().map(told).collect()
}

fn counted(asked: &Asked) -> Assembly {
    having_required(Assembly::new(SELECT), asked.on).append(asked.required(SELECT_REST))
}

fn told(row: RoleRow) -> Result<RoleReadiness> {
    Ok(RoleReadiness {
        job_role: row.job_role,
        job_role_name: row.job_role_name,
        skill: row.skill,
        name: row.name,
        required: SkillLevel::stored(row.level)?,
        people: row.people,
        met: row.met,
        missed: row.people - row.met,
        met_percent: Percent::of(row.met, row.people),
    })
}
