//! What is known of a source before its file is looked at.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::contract::Contract;
use super::options::StagedPeople;
use super::row::ManagerName;
use crate::access::ADMIN_ROLES;
use crate::imports::reading::Kind;
use crate::imports::{Mode, sql};
use crate::kernel::db::{Assembly, One, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::Write;
use crate::people::PersonStatus;
use crate::people::delivery::Delivery;

/// Somebody whom the source knows.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// How many whole files in a row did not have them.
    pub(super) n_missed: i64,
    /// Whether they have not left.
    pub(super) is_there: bool,
    /// The code of their department.
    pub(super) department: Option<String>,
}

/// Everybody whom the source knows, where it matters.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    pub(super) people: HashMap<Uuid, Seen>,
}

row! {
    struct SeenRow {
        person: Uuid,
        n_missed: i64,
        status: Option<String>,
        department: Option<String>,
    }
}

/// Reads them where somebody may be deactivated.
pub(super) async fn sightings(
    write: &mut Write,
    staged: &StagedPeople,
    today: Day,
    deliveries: &[Delivery],
) -> Result<Sightings> {
    let ends = |one: &Delivery| {
        one.employment.status == Some(PersonStatus::Inactive)
            || one.employment.terminated_on.flatten().is_some()
    };
    let mut sightings = Sightings::default();
    if staged.options.mode != Mode::Full && !deliveries.iter().any(ends) {
        return Ok(sightings);
    }
    let rows: Vec<SeenRow> = Assembly::new(
        "SELECT s.person_id, s.n_missed, p.status, u.code
         FROM import_sightings s
         JOIN persons x ON x.id = s.person_id AND x.closed_as IS NULL
         LEFT JOIN placements p ON p.person_id = s.person_id AND p.retracted_at IS NULL
              AND p.valid_from <= ?",
    )
    .bind(today)
    .push("AND (p.valid_until > ? OR p.valid_until IS NULL)")
    .bind(today)
    .push("LEFT JOIN units u ON u.id = p.department_id WHERE s.source = ?")
    .bind(staged.source().to_owned())
    .on(&mut write.tx)
    .all()
    .await?;
    for row in rows {
        let is_there = row.status.as_deref() != Some(PersonStatus::Inactive.as_str());
        let seen = sightings.people.entry(row.person).or_default();
        // Somebody who is known by two names is there if one of them is.
        seen.n_missed = if seen.is_there { seen.n_missed.min(row.n_missed) } else { row.n_missed };
        seen.is_there = is_there;
        seen.department = row.department;
    }
    Ok(sightings)
}

/// What the last files of the source looked like, that of each system among the others of the last one.
pub(super) async fn last_contracts(write: &mut Write, source: &str) -> Result<Option<Contract>> {
    let row: Option<sql::SourceRow> =
        Assembly::new("SELECT contract, n_rows FROM import_sources WHERE name = ?")
            .bind(source.to_owned())
            .push("AND kind = ?")
            .bind(Kind::People.as_str())
            .on(&mut write.tx)
            .opt()
            .await?;
    let parse = |row: sql::SourceRow| {
        let contract: Contract = serde_json::from_str(&row.contract)
            .map_err(|cause| Error::inconsistent("import_sources.contract", cause))?;
        let n_rows = u64::try_from(row.n_rows)
            .map_err(|cause| Error::inconsistent("import_sources.n_rows", cause))?;
        Ok(Contract { n_rows, ..contract })
    };
    row.map(parse).transpose()
}

/// People whose employment no feed ends: those who run the system.
pub(super) async fn protected(write: &mut Write) -> Result<HashSet<Uuid>> {
    let rows: Vec<One<Uuid>> = Assembly::new(
        "SELECT DISTINCT l.person_id FROM account_links l
         JOIN accounts a ON a.id = l.account_id
         JOIN account_roles r ON r.account_id = a.id AND r.retracted_at IS NULL
              AND r.valid_until IS NULL
         WHERE a.status = 'active' AND r.role IN (texts?)",
    )
    .bind_texts(ADMIN_ROLES)
    .on(&mut write.tx)
    .all()
    .await?;
    Ok(rows.into_iter().map(|One(person)| person).collect())
}

/// Managers of whom the source spoke and whom nobody knew.
pub(super) async fn pending(write: &mut Write, source: &str) -> Result<Vec<(Uuid, ManagerName)>> {
    let rows: Vec<sql::PendingRow> = Assembly::new(
        "SELECT p.person_id, p.manager FROM import_pending p
         JOIN persons x ON x.id = p.person_id AND x.closed_as IS NULL
         WHERE p.source = ?",
    )
    .bind(source.to_owned())
    .push("ORDER BY p.person_id")
    .on(&mut write.tx)
    .all()
    .await?;
    let name = |row: sql::PendingRow| Ok((row.person_id, ManagerName::parse(&row.manager)?));
    rows.into_iter().map(name).collect()
}

row! {
    struct HeadsRow {
        department: String,
        n_people: i64,
    }
}

/// How many rows left a department in which nobody of the source is any more. Those whom few left are
/// not looked at.
pub(super) async fn n_emptied(
    write: &mut Write,
    source: &str,
    left: &BTreeMap<String, u64>,
    today: Day,
) -> Result<u64> {
    const FEW: u64 = 2;
    let many: Vec<&String> =
        left.iter().filter(|(_, n)| **n > FEW).map(|(department, _)| department).collect();
    if many.is_empty() {
        return Ok(0);
    }
    let rows: Vec<HeadsRow> = Assembly::new(
        "SELECT u.code, COUNT(DISTINCT s.person_id) FROM import_sightings s
         JOIN placements p ON p.person_id = s.person_id AND p.retracted_at IS NULL
              AND p.status <> 'inactive' AND p.valid_from <= ?",
    )
    .bind(today)
    .push("AND (p.valid_until > ? OR p.valid_until IS NULL)")
    .bind(today)
    .push("JOIN units u ON u.id = p.department_id WHERE s.source = ?")
    .bind(source.to_owned())
    .push("AND u.kind = 'department' AND u.code IN (texts?)")
    .bind_texts(&many)
    .push("GROUP BY u.code")
    .on(&mut write.tx)
    .all()
    .await?;
    let remain: HashMap<String, i64> =
        rows.into_iter().map(|row| (row.department, row.n_people)).collect();
    let is_empty = |department: &&&String| remain.get(**department).is_none_or(|n| *n == 0);
    Ok(many.iter().filter(is_empty).map(|department| left[*department]).sum())
}
