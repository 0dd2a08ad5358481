//! Statements over units and people.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::ownership::{self, Owned};
use super::timeline::Period;
use super::types::{Employment, Leave, PersonStatus, Placement};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, FromRow, IdList, Row, Tx, row, statements};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;

statements! {
    UNITS = "SELECT id, kind, code, code_key, name, name_key, updated_at FROM units ORDER BY kind, code_key";

    UNIT_PERIODS = "SELECT id, unit_id, valid_from, valid_until, parent_id, head_id, deputy_id
                    FROM unit_periods WHERE retracted_at IS NULL ORDER BY unit_id, valid_from";

    UNIT_PERIODS_KNOWN = "SELECT id, unit_id, valid_from, valid_until, parent_id, head_id, deputy_id
                          FROM unit_periods
                          WHERE recorded_at <= $1 AND (retracted_at > $1 OR retracted_at IS NULL)
                          ORDER BY unit_id, valid_from";

    UPDATE_UNIT = "UPDATE units SET code = $2, code_key = $3, name = $4, name_key = $5, updated_at = $6
                   WHERE id = $1";

    /// People who are in a unit on a day or later, and have not left.
    COUNT_PLACED_FROM = "SELECT COUNT(DISTINCT person_id) FROM placements
                         WHERE retracted_at IS NULL AND status <> 'inactive'
                           AND (department_id = $1 OR location_id = $1 OR job_role_id = $1)
                           AND (valid_until > $2 OR valid_until IS NULL)";

    PERSON_IDS_BY_KEY = "SELECT id FROM persons
                         WHERE email_key = $1 OR username_key = $2 OR employee_number_key = $3";

    /// Whoever was taken back, merged or erased is found by nobody; their keys are empty already.
    PERSON_ID = "SELECT id FROM persons WHERE id = $1 AND closed_as IS NULL";

    PERSON_UPDATED_AT = "SELECT updated_at FROM persons WHERE id = $1";

    /// For \"did you mean\": those whose sort key is near in the alphabet.
    NEAR_NAMES = "SELECT COALESCE(email, employee_number, username, ''), first_name || ' ' || last_name
                  FROM persons WHERE sort_key >= $1 AND closed_as IS NULL
                  ORDER BY sort_key LIMIT 200";
    ACCOUNT_OF = "SELECT a.username, x.first_name || ' ' || x.last_name
                  FROM account_links l
                  JOIN accounts a ON a.id = l.account_id
                  JOIN persons x ON x.id = l.person_id
                  WHERE l.person_id = $1";

    DELETE_LINK = "DELETE FROM account_links WHERE account_id = $1";

    COUNT_REPORTS = "SELECT COUNT(*) FROM placements
                     WHERE manager_id = $1 AND retracted_at IS NULL AND status <> 'inactive'
                       AND valid_from <= $2 AND (valid_until > $2 OR valid_until IS NULL)";

    /// Whoever is believed to report to somebody on any day.
    REPORTS_EVER = "SELECT DISTINCT person_id FROM placements
                    WHERE manager_id = $1 AND retracted_at IS NULL";

    PLACED_OF = "SELECT p.valid_from, p.valid_until, p.status, d.code, l.code, r.code, p.job_title,
                        p.manager_id, p.recorded_at
                 FROM placements p
                 LEFT JOIN units d ON d.id = p.department_id
                 LEFT JOIN units l ON l.id = p.location_id
                 LEFT JOIN units r ON r.id = p.job_role_id
                 WHERE p.person_id = $1 AND p.retracted_at IS NULL ORDER BY p.valid_from";
}

row! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct UnitRow {
        pub(crate) id: Uuid,
        pub(crate) kind: String,
        pub(crate) code: String,
        pub(crate) code_key: String,
        pub(crate) name: String,
        pub(crate) name_key: String,
        pub(crate) updated_at: Timestamp,
    }
}

impl UnitRow {
    /// Takes it out of every list: its code is free for another.
    pub(crate) fn hide(&mut self) {
        self.code_key = self.id.to_string();
    }

    /// Whether its making was taken back.
    pub(crate) fn is_hidden(&self) -> bool {
        self.code_key == self.id.to_string()
    }
}

row! {
    pub(crate) struct UnitPeriodRow {
        pub(crate) id: Uuid,
        pub(crate) unit_id: Uuid,
        pub(crate) valid_from: Day,
        pub(crate) valid_until: Option<Day>,
        pub(crate) parent_id: Option<Uuid>,
        pub(crate) head_id: Option<Uuid>,
        pub(crate) deputy_id: Option<Uuid>,
    }
}

row! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct IdentityRow {
        pub(crate) id: Uuid,
        pub(crate) employee_number: Option<String>,
        pub(crate) email: Option<String>,
        pub(crate) username: Option<String>,
        pub(crate) first_name: String,
        pub(crate) last_name: String,
        pub(crate) preferred_name: Option<String>,
        pub(crate) locale: Option<String>,
        pub(crate) timezone: Option<String>,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        // Why this is not a person any more, since when, and who it is now.
        pub(crate) closed_as: Option<String>,
        pub(crate) closed_at: Option<Timestamp>,
        pub(crate) merged_into: Option<Uuid>,
    }
}

row! {
    struct EmploymentRow {
        id: Uuid,
        person_id: Uuid,
        hired_on: Day,
        terminated_on: Option<Day>,
        reason: Option<String>,
    }
}

row! {
    struct LeaveRow {
        id: Uuid,
        person_id: Uuid,
        from_on: Day,
        until_on: Option<Day>,
        reason: Option<String>,
    }
}

row! {
    struct PlacementRow {
        id: Uuid,
        person_id: Uuid,
        valid_from: Day,
        valid_until: Option<Day>,
        status: String,
        hired_on: Option<Day>,
        department_id: Option<Uuid>,
        location_id: Option<Uuid>,
        job_role_id: Option<Uuid>,
        manager_id: Option<Uuid>,
        country: Option<String>,
        job_title: Option<String>,
        employment_type: Option<String>,
        attributes: String,
    }
}

row! {
    pub(crate) struct PlacedRow {
        pub(crate) from: Day,
        pub(crate) until: Option<Day>,
        pub(crate) status: String,
        pub(crate) department: Option<String>,
        pub(crate) location: Option<String>,
        pub(crate) job_role: Option<String>,
        pub(crate) job_title: Option<String>,
        pub(crate) manager_id: Option<Uuid>,
        pub(crate) recorded_at: Timestamp,
    }
}

row! {
    pub(crate) struct LinkRow {
        pub(crate) username: String,
        pub(crate) name: String,
    }
}

row! {
    pub(crate) struct NearName {
        pub(crate) key: String,
        pub(crate) name: String,
    }
}

/// A stored fact with the id of its row.
pub(crate) type Stored<F> = (Uuid, F);

/// All that is believed of some people.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) identities: BTreeMap<Uuid, IdentityRow>,
    pub(crate) employments: BTreeMap<Uuid, Vec<Stored<Employment>>>,
    pub(crate) leaves: BTreeMap<Uuid, Vec<Stored<Leave>>>,
    pub(crate) placements: BTreeMap<Uuid, Vec<Stored<Period<Placement>>>>,
    pub(crate) owned: BTreeMap<Uuid, BTreeMap<String, Owned>>,
}

/// Loads what is believed of these people, in five statements however many they are.
pub(crate) async fn facts(tx: &mut Tx, people: &IdList) -> Result<Facts> {
    let mut facts = Facts::default();
    let identities: Vec<IdentityRow> = Assembly::new(
        "SELECT id, employee_number, email, username, first_name, last_name, preferred_name,
                locale, timezone, created_at, updated_at, closed_as, closed_at, merged_into
         FROM persons WHERE id IN (ids?)",
    )
    .bind_ids(people)
    .on(tx)
    .all()
    .await?;
    for row in identities {
        facts.identities.insert(row.id, row);
    }
    let employments: Vec<EmploymentRow> = Assembly::new(
        "SELECT id, person_id, hired_on, terminated_on, reason FROM employments
         WHERE retracted_at IS NULL AND person_id IN (ids?) ORDER BY person_id, hired_on",
    )
    .bind_ids(people)
    .on(tx)
    .all()
    .await?;
    for row in employments {
        let fact = Employment {
            hired_on: row.hired_on,
            terminated_on: row.terminated_on,
            reason: row.reason,
        };
        facts.employments.entry(row.person_id).or_default().push((row.id, fact));
    }
    let leaves: Vec<LeaveRow> = Assembly::new(
        "SELECT id, person_id, from_on, until_on, reason FROM leaves
         WHERE retracted_at IS NULL AND person_id IN (ids?) ORDER BY person_id, from_on",
    )
    .bind_ids(people)
    .on(tx)
    .all()
    .await?;
    for row in leaves {
        let fact = Leave { from_on: row.from_on, until_on: row.until_on, reason: row.reason };
        facts.leaves.entry(row.person_id).or_default().push((row.id, fact));
    }
    let placements: Vec<PlacementRow> = Assembly::new(
        "SELECT id, person_id, valid_from, valid_until, status, hired_on, department_id, location_id,
                job_role_id, manager_id, country, job_title, employment_type, attributes
         FROM placements
         WHERE retracted_at IS NULL AND person_id IN (ids?) ORDER BY person_id, valid_from",
    )
    .bind_ids(people)
    .on(tx)
    .all()
    .await?;
    for row in placements {
        let (id, person) = (row.id, row.person_id);
        facts.placements.entry(person).or_default().push((id, row.try_into()?));
    }
    facts.owned = ownership::owned_of(tx, people).await?;
    Ok(facts)
}

/// A placement with the instants between which it was believed.
#[derive(Debug)]
pub(crate) struct PlacedEver {
    pub(crate) period: Period<Placement>,
    pub(crate) recorded_at: Timestamp,
    pub(crate) retracted_at: Option<Timestamp>,
}

/// A placement with both instants in the columns behind it.
struct EverRow(PlacementRow, Timestamp, Option<Timestamp>);

const RECORDED_AT_COLUMN: usize = 14;

impl FromRow for EverRow {
    fn from_row(row: &Row) -> Result<Self> {
        let (recorded_at, retracted_at) = (RECORDED_AT_COLUMN, RECORDED_AT_COLUMN + 1);
        Ok(Self(PlacementRow::from_row(row)?, row.get(recorded_at)?, row.get(retracted_at)?))
    }
}

/// Every placement of these people that was ever believed, in the order of its recording.
pub(crate) async fn placements_ever(
    tx: &mut Tx,
    people: &IdList,
) -> Result<BTreeMap<Uuid, Vec<PlacedEver>>> {
    let rows: Vec<EverRow> = Assembly::new(
        "SELECT id, person_id, valid_from, valid_until, status, hired_on, department_id, location_id,
                job_role_id, manager_id, country, job_title, employment_type, attributes,
                recorded_at, retracted_at
         FROM placements WHERE person_id IN (ids?) ORDER BY person_id, recorded_at, valid_from",
    )
    .bind_ids(people)
    .on(tx)
    .all()
    .await?;
    let mut placements: BTreeMap<Uuid, Vec<PlacedEver>> = BTreeMap::new();
    for EverRow(row, recorded_at, retracted_at) in rows {
        let person = row.person_id;
        let placed = PlacedEver { period: row.try_into()?, recorded_at, retracted_at };
        placements.entry(person).or_default().push(placed);
    }
    Ok(placements)
}

impl TryFrom<PlacementRow> for Period<Placement> {
    type Error = Error;

    fn try_from(row: PlacementRow) -> Result<Self> {
        Ok(Self {
            from: row.valid_from,
            until: row.valid_until,
            fields: Placement {
                status: parse_status(&row.status)?,
                hired_on: row.hired_on,
                department: row.department_id,
                location: row.location_id,
                job_role: row.job_role_id,
                manager: row.manager_id,
                country: row.country,
                job_title: row.job_title,
                employment_type: row.employment_type,
                attributes: parse_attributes(&row.attributes)?,
            },
        })
    }
}

pub(crate) fn parse_status(text: &str) -> Result<PersonStatus> {
    PersonStatus::parse(text).map_err(|cause| Error::inconsistent("placements.status", cause))
}

pub(crate) fn parse_attributes(text: &str) -> Result<BTreeMap<String, String>> {
    serde_json::from_str(text).map_err(|cause| Error::inconsistent("placements.attributes", cause))
}

pub(super) async fn update_unit(tx: &mut Tx, row: &UnitRow, now: Timestamp) -> Result<()> {
    tx.sql(&UPDATE_UNIT)
        .bind(row.id)
        .bind(row.code.as_str())
        .bind(row.code_key.as_str())
        .bind(row.name.as_str())
        .bind(row.name_key.as_str())
        .bind(now)
        .run_one()
        .await
}

pub(crate) async fn retract_unit_periods(tx: &mut Tx, ids: &[Uuid], now: Timestamp) -> Result<()> {
    retract(tx, "UPDATE unit_periods SET retracted_at = ? WHERE id IN (ids?)", ids, now).await
}

pub(crate) async fn retract_employments(tx: &mut Tx, ids: &[Uuid], now: Timestamp) -> Result<()> {
    retract(tx, "UPDATE employments SET retracted_at = ? WHERE id IN (ids?)", ids, now).await
}

pub(crate) async fn retract_leaves(tx: &mut Tx, ids: &[Uuid], now: Timestamp) -> Result<()> {
    retract(tx, "UPDATE leaves SET retracted_at = ? WHERE id IN (ids?)", ids, now).await
}

pub(crate) async fn retract_placements(tx: &mut Tx, ids: &[Uuid], now: Timestamp) -> Result<()> {
    retract(tx, "UPDATE placements SET retracted_at = ? WHERE id IN (ids?)", ids, now).await
}

pub(crate) async fn retract_group_members(tx: &mut Tx, ids: &[Uuid], now: Timestamp) -> Result<()> {
    retract(tx, "UPDATE group_members SET retracted_at = ? WHERE id IN (ids?)", ids, now).await
}

/// From now on these rows are no longer believed.
async fn retract(tx: &mut Tx, update: &'static str, ids: &[Uuid], now: Timestamp) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let list = IdList::new(ids.iter().copied());
    Assembly::new(update).bind(now).bind_ids(&list).on(tx).run().await.map(|_| ())
}
