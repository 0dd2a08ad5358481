//! What one person can, and what they lack.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::READ;
use super::asked::{On, day};
use super::closing::Closing;
use super::grants::{self, best, missing};
use super::types::{PersonSkill, PersonSkills};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::people::{Reach, find_person};
use crate::skills::{SkillId, SkillLevel};

row! {
    struct PersonRow {
        name: String,
        job_role: Option<String>,
    }
}

row! {
    struct SkillRow {
        id: Uuid,
        code: String,
        code_key: String,
        name: String,
        required: Option<i64>,
    }
}

pub(super) async fn of(
    core: &Core,
    actor: &Actor,
    person: &str,
    as_of: Option<Day>,
) -> Result<PersonSkills> {
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    let person = find_person(&mut tx, &reach, person).await?;
    let day = day(&mut tx, core, as_of).await?;
    let known: PersonRow = Assembly::new(
        "SELECT COALESCE(x.preferred_name, x.first_name) || ' ' || x.last_name, u.code
         FROM persons x
         LEFT JOIN placements p ON p.person_id = x.id AND p.retracted_at IS NULL
           AND p.valid_from <= ?",
    )
    .bind(day)
    .push("AND (p.valid_until > ? OR p.valid_until IS NULL)")
    .bind(day)
    .push("LEFT JOIN units u ON u.id = p.job_role_id WHERE x.id = ?")
    .bind(person)
    .on(&mut tx)
    .one()
    .await?;
    let held = best(grants::load(&mut tx, &[person.uuid()], None, On::day(day)).await?)?;
    let has = IdList::new(held.keys().map(|(_, skill)| *skill));
    let rows: Vec<SkillRow> = Assembly::new(
        "SELECT k.id, k.code, k.code_key, k.name, q.level FROM skills k
         LEFT JOIN (SELECT r.skill_id, r.level FROM skill_requirements r
                    JOIN placements p ON p.job_role_id = r.job_role_id
                    WHERE p.retracted_at IS NULL AND p.person_id = ?",
    )
    .bind(person)
    .push("AND p.valid_from <= ?")
    .bind(day)
    .push("AND (p.valid_until > ? OR p.valid_until IS NULL)")
    .bind(day)
    .push("AND r.retracted_at IS NULL AND r.valid_from <= ?")
    .bind(day)
    .push("AND (r.valid_until > ? OR r.valid_until IS NULL)")
    .bind(day)
    .push(") q ON q.skill_id = k.id WHERE q.level IS NOT NULL OR k.id IN (ids?)")
    .bind_ids(&has)
    .on(&mut tx)
    .all()
    .await?;
    let mut skills: BTreeMap<String, PersonSkill> = BTreeMap::new();
    let mut lacked = BTreeSet::new();
    for row in rows {
        let required = row.required.map(SkillLevel::stored).transpose()?;
        let held = held.get(&(person.uuid(), row.id)).cloned();
        let missing = missing(required, held.as_ref());
        if missing > 0 {
            lacked.insert(row.id);
        }
        let skill = PersonSkill {
            skill_id: SkillId::new(row.id),
            skill: row.code,
            name: row.name,
            required,
            held,
            missing,
            closed_by: Vec::new(),
        };
        skills.insert(row.code_key, skill);
    }
    let closing = Closing::load(&mut tx, &lacked).await?;
    let mut skills: Vec<PersonSkill> = skills.into_values().collect();
    for skill in skills.iter_mut().filter(|skill| skill.missing > 0) {
        if let Some(required) = skill.required {
            skill.closed_by = closing.of(skill.skill_id.uuid(), required);
        }
    }
    Ok(PersonSkills {
        person_id: person,
        person: known.name,
        job_role: known.job_role,
        as_of: day,
        skills,
    })
}
