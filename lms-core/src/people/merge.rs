//! Two records that are one human become one. All is decided in memory from what is believed of the
//! two, and written in sets; what was known before the merge stays known as it was.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::directory::{Step, find};
use super::draft::Draft;
use super::history::names_of;
use super::managers::refuse_cycles_of;
use super::mentions::renamed_in;
use super::merge_plan::{MergePlan, MergedField, MergedPlacement, MergedRecord};
use super::merged::{self, overlaid, weight};
use super::ownership::{PersonSource, sources_of};
use super::reach::Reach;
use super::save::save_rows;
use super::sql::{self, Facts, IdentityRow};
use super::timeline::Period;
use super::types::{Person, PersonChange, Placement};
use super::unit_changes::period_values;
use super::units::{UnitFields, Units};
use super::{MERGE_OUTDATED, PersonId, SAME_PERSON, TWO_ACCOUNTS, find as look};
use crate::access::{self, Account};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::{GROUP_MEMBERS, UNIT_PERIODS};
use crate::kernel::db::{Assembly, Field, IdList, One, Tx, bulk, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{Changed, FieldChange, Operation, Write};
use crate::settings;

pub(super) async fn plan(core: &Core, keep: &str, other: &str) -> Result<MergePlan> {
    let mut tx = core.db().begin_read().await?;
    let now = core.now();
    let merging = Merging::load(&mut tx, keep, other, now).await?;
    merging.plan(&mut tx).await
}

pub(super) async fn merge(
    core: &Core,
    actor: &Actor,
    keep: &str,
    other: &str,
    fingerprint: Option<&str>,
) -> Result<Changed<Person>> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let merging = Merging::load(&mut write.tx, keep, other, now).await?;
    if let Some(fingerprint) = fingerprint {
        let plan = merging.plan(&mut write.tx).await?;
        if plan.fingerprint != fingerprint.trim() {
            return Err(MERGE_OUTDATED
                .error("the two records are not as they were when the merge was looked at")
                .with_hint("look at the plan again, with `lmsctl person merge … --dry-run`"));
        }
    }
    merging.write(write).await
}

row! {
    struct MemberRow {
        id: Uuid,
        group_id: Uuid,
        code: String,
        person_id: Uuid,
        valid_from: Day,
        valid_until: Option<Day>,
    }
}

/// All that has to do with the two, and what is to become of it.
struct Merging {
    keep: Uuid,
    other: Uuid,
    today: Day,
    units: Units,
    facts: Facts,
    /// The record that stays and all who report to the other, as they will be.
    drafts: BTreeMap<Uuid, Draft>,
    members: Vec<MemberRow>,
    sources: Vec<PersonSource>,
    account: Option<Account>,
}

/// When the two are in one group.
#[derive(Default)]
struct Memberships {
    code: String,
    keep: Vec<Period<()>>,
    other: Vec<Period<()>>,
}

impl Memberships {
    fn united(&self) -> Vec<Period<()>> {
        overlaid(&self.keep, &self.other, |(), ()| false)
    }
}

/// A department that the other leads or stands in for, with the rows that say so.
struct Led<'a> {
    unit: Uuid,
    code: &'a str,
    periods: Vec<(Uuid, Period<UnitFields>)>,
}

impl Merging {
    async fn load(tx: &mut Tx, keep: &str, other: &str, now: Timestamp) -> Result<Self> {
        let reach = Reach::everybody();
        let keep = find(tx, &reach, keep).await?.uuid();
        let other = find(tx, &reach, other).await?.uuid();
        if keep == other {
            return Err(SAME_PERSON
                .error("both names are of one record already")
                .with_hint("`lmsctl person duplicates` lists records that are likely one human"));
        }
        let today = settings::today(tx, now).await?;
        let units = Units::load(tx).await?;
        let reports: Vec<One<Uuid>> = tx.sql(&sql::REPORTS_EVER).bind(other).all().await?;
        let people: BTreeSet<Uuid> =
            reports.into_iter().map(|One(id)| id).chain([keep, other]).collect();
        let facts = sql::facts(tx, &IdList::new(people.iter().copied())).await?;
        let both = IdList::new([keep, other]);
        let members: Vec<MemberRow> = Assembly::new(
            "SELECT m.id, m.group_id, g.code, m.person_id, m.valid_from, m.valid_until
             FROM group_members m JOIN groups g ON g.id = m.group_id
             WHERE m.retracted_at IS NULL AND m.person_id IN (ids?)",
        )
        .bind_ids(&both)
        .push("ORDER BY g.code_key, m.valid_from")
        .on(tx)
        .all()
        .await?;
        let account = single_account(tx, keep, other).await?;
        let sources = sources_of(tx, &IdList::new([other])).await?.remove(&other);
        let drafts = decided(&people, keep, other, &facts, &units, (today, now))?;
        let sources = sources.unwrap_or_default();
        Ok(Self { keep, other, today, units, facts, drafts, members, sources, account })
    }

    fn identities(&self) -> Result<(&IdentityRow, &IdentityRow)> {
        let of =
            |id| self.facts.identities.get(id).ok_or_else(|| Error::internal("a record is gone"));
        Ok((of(&self.keep)?, of(&self.other)?))
    }

    /// Periods of groups in which somebody of the two is, by group, of the two.
    fn memberships(&self) -> BTreeMap<Uuid, Memberships> {
        let mut groups: BTreeMap<Uuid, Memberships> = BTreeMap::new();
        for row in &self.members {
            let period = Period { from: row.valid_from, until: row.valid_until, fields: () };
            let group = groups.entry(row.group_id).or_default();
            group.code.clone_from(&row.code);
            if row.person_id == self.keep { &mut group.keep } else { &mut group.other }
                .push(period);
        }
        groups
    }

    /// The departments that the other leads or stands in for, with the rows of today's belief.
    fn led(&self) -> Vec<Led<'_>> {
        let other = Some(self.other);
        let units = self.units.units.iter().filter_map(|(row, periods)| {
            let led: Vec<_> = periods
                .iter()
                .filter(|(_, period)| period.fields.head == other || period.fields.deputy == other)
                .cloned()
                .collect();
            (!led.is_empty()).then_some(Led { unit: row.id, code: &row.code, periods: led })
        });
        units.collect()
    }

    async fn plan(&self, tx: &mut Tx) -> Result<MergePlan> {
        let (keep, other) = self.identities()?;
        let draft = &self.drafts[&self.keep];
        let names = IdList::new(draft.placements.iter().filter_map(|period| period.fields.manager));
        let names = names_of(tx, &names).await?;
        let code = |id: Option<Uuid>| id.and_then(|id| self.units.code(id)).map(str::to_owned);
        let placements = draft.placements.iter().map(|period| MergedPlacement {
            from: period.from,
            until: period.until,
            status: period.fields.status,
            department: code(period.fields.department),
            location: code(period.fields.location),
            job_role: code(period.fields.job_role),
            manager: period.fields.manager.and_then(|id| names.get(&id)).cloned(),
        });
        let reports = self.drafts.len() - 1;
        let joins = |group: Memberships| (group.united() != group.keep).then_some(group.code);
        let record = |row: &IdentityRow| MergedRecord {
            id: PersonId::new(row.id),
            name: format!("{} {}", row.first_name, row.last_name),
        };
        let (fields, lost) = compared(keep, other, &draft.identity);
        let plan = MergePlan {
            keep: record(keep),
            other: record(other),
            fields,
            employments: draft.employments.clone(),
            leaves: draft.leaves.clone(),
            placements: placements.collect(),
            reports: i64::try_from(reports).unwrap_or(i64::MAX),
            leads: self.led().into_iter().map(|led| led.code.to_owned()).collect(),
            groups: self.memberships().into_values().filter_map(joins).collect(),
            sources: self.sources.clone(),
            account: self.account.as_ref().map(|account| account.username.clone()),
            lost,
            fingerprint: String::new(),
        };
        Ok(plan.sealed())
    }

    async fn write(self, mut write: Write) -> Result<Changed<Person>> {
        let (keep, other, now) = (self.keep, self.other, write.ctx.now);
        close(&mut write, keep, other).await?;
        let moved = self.move_members(&mut write).await?;
        let led = self.move_leads(&mut write).await?;
        self.rename_in_audiences(&mut write).await?;
        Assembly::new("UPDATE person_sources SET person_id = ?")
            .bind(keep)
            .push("WHERE person_id = ?")
            .bind(other)
            .on(&mut write.tx)
            .run()
            .await?;
        if self.account.is_some() {
            access::move_link_in(&mut write, other, keep).await?;
        }
        let touched = save_rows(&mut write, &self.drafts, &self.facts).await?;
        let people: Vec<&Draft> = self.drafts.values().collect();
        refuse_cycles_of(&mut write.tx, &people, self.today).await?;

        write.merge_above(other, keep).await?;

        let changed = self.drafts[&keep].changed.clone();
        let before = values(&changed, |change| &change.before);
        let mut after = values(&changed, |change| &change.after);
        after.insert("merged_from".to_owned(), Some(other.to_string()));
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let mut operation = Operation::new("person.merged")
            .count("merged", 1)
            .count("reports", count(self.drafts.len() - 1))
            .count("departments", count(led.len()))
            .count("groups", count(moved))
            .change("person", Some(other), None::<&()>, Some(&json!({ "merged_into": keep })))
            .change("person", Some(keep), Some(&before), Some(&after));
        for id in touched.iter().filter(|id| **id != keep) {
            let changed = &self.drafts[id].changed;
            operation = operation.change(
                "person",
                Some(*id),
                Some(&values(changed, |change| &change.before)),
                Some(&values(changed, |change| &change.after)),
            );
        }
        for unit in &led {
            let by = |id: Uuid| json!({ "led_by": id });
            operation = operation.change("unit", Some(*unit), Some(&by(other)), Some(&by(keep)));
        }
        operation = operation.event(
            "user.merged",
            Some(keep.to_string()),
            json!({ "person_id": keep, "merged_id": other, "department_ids": led }),
        );
        let reports: Vec<&Uuid> = touched.iter().filter(|id| **id != keep).collect();
        for chunk in reports.chunks(EVENT_PEOPLE_MAX) {
            let subject = (chunk.len() == 1).then(|| chunk[0].to_string());
            operation = operation.event("user.changed", subject, json!({ "person_ids": chunk }));
        }
        let operation = write.record(operation);
        let today = settings::today(&mut write.tx, now).await?;
        let value = look::person_in(&mut write.tx, PersonId::new(keep), today).await?;
        write.commit().await?;
        Ok(Changed { value, changed, operation: Some(operation) })
    }

    /// How many groups the one that stays came into.
    async fn move_members(&self, write: &mut Write) -> Result<usize> {
        let (mut gone, mut rows, mut n_groups) = (Vec::new(), Vec::new(), 0);
        for (group, memberships) in self.memberships() {
            if memberships.other.is_empty() {
                continue;
            }
            let wanted = memberships.united();
            n_groups += usize::from(wanted != memberships.keep);
            let of_group = self.members.iter().filter(|row| row.group_id == group);
            gone.extend(of_group.map(|row| row.id));
            for period in wanted {
                rows.push(vec![
                    write.ctx.new_id().into_value(),
                    group.into_value(),
                    self.keep.into_value(),
                    period.from.into_value(),
                    period.until.into_value(),
                    write.ctx.now.into_value(),
                    None::<Timestamp>.into_value(),
                ]);
            }
        }
        sql::retract_group_members(&mut write.tx, &gone, write.ctx.now).await?;
        bulk::insert(&mut write.tx, &GROUP_MEMBERS, rows).await?;
        Ok(n_groups)
    }

    /// Groups whose audience names the other name the one that stays from now on.
    async fn rename_in_audiences(&self, write: &mut Write) -> Result<()> {
        let (_, other) = self.identities()?;
        let keys = [&other.email, &other.username, &other.employee_number];
        let mut keys: Vec<String> = keys.into_iter().flatten().cloned().collect();
        keys.push(self.other.to_string());
        let (now, renamed) = (write.ctx.now, renamed_in(&mut write.tx, &keys, self.keep).await?);
        // Bounded by the groups that name this one person.
        for saved in renamed.into_iter().filter(|saved| saved.is_believed) {
            Assembly::new(
                "INSERT INTO group_periods
                     (id, group_id, valid_from, valid_until, recorded_at, retracted_at, audience)
                 SELECT ?",
            )
            .bind(write.ctx.new_id())
            .push(", group_id, valid_from, valid_until, ?")
            .bind(now)
            .push(", NULL, ?")
            .bind(saved.audience)
            .push("FROM group_periods WHERE id = ?")
            .bind(saved.id)
            .on(&mut write.tx)
            .run_one()
            .await?;
            Assembly::new("UPDATE group_periods SET retracted_at = ?")
                .bind(now)
                .push("WHERE id = ?")
                .bind(saved.id)
                .on(&mut write.tx)
                .run_one()
                .await?;
        }
        Ok(())
    }

    /// The departments that have another head or deputy now.
    async fn move_leads(&self, write: &mut Write) -> Result<Vec<Uuid>> {
        let (mut gone, mut rows, mut units) = (Vec::new(), Vec::new(), Vec::new());
        for Led { unit, periods, .. } in self.led() {
            units.push(unit);
            for (id, mut period) in periods {
                gone.push(id);
                for leader in [&mut period.fields.head, &mut period.fields.deputy] {
                    if *leader == Some(self.other) {
                        *leader = Some(self.keep);
                    }
                }
                rows.push(period_values(write.ctx.new_id(), unit, &period, write.ctx.now));
            }
        }
        sql::retract_unit_periods(&mut write.tx, &gone, write.ctx.now).await?;
        bulk::insert(&mut write.tx, &UNIT_PERIODS, rows).await?;
        Ok(units)
    }
}

/// Subjects that one event names at most.
const EVENT_PEOPLE_MAX: usize = 1_000;

fn values(
    changed: &[FieldChange],
    of: fn(&FieldChange) -> &Option<String>,
) -> BTreeMap<String, Option<String>> {
    changed.iter().map(|change| (change.field.clone(), of(change).clone())).collect()
}

/// The account of the other, where only that one has one.
async fn single_account(tx: &mut Tx, keep: Uuid, other: Uuid) -> Result<Option<Account>> {
    let (ours, theirs) = (access::linked_in(tx, keep).await?, access::linked_in(tx, other).await?);
    let (Some(ours), Some(theirs)) = (&ours, &theirs) else { return Ok(theirs) };
    Err(TWO_ACCOUNTS
        .error(format!(
            "both records have an account: `{}` and `{}`",
            ours.username, theirs.username
        ))
        .with_hint(format!(
            "take one of the accounts from its person first, such as `{}`",
            theirs.username
        )))
}

/// The record that stays and all who report to the other, as they will be. Pure.
fn decided(
    people: &BTreeSet<Uuid>,
    keep: Uuid,
    other: Uuid,
    facts: &Facts,
    units: &Units,
    (today, now): (Day, Timestamp),
) -> Result<BTreeMap<Uuid, Draft>> {
    let begin = |id: Uuid| {
        let nothing = Step::Change(PersonId::new(id), PersonChange::new());
        Draft::begin(id, &nothing, facts, today, now)
    };
    let theirs = begin(other)?;
    let mut drafts = BTreeMap::new();
    for id in people.iter().filter(|id| **id != other) {
        let mut draft = begin(*id)?;
        let before = draft.on(today).cloned();
        if *id == keep {
            unite(&mut draft, &theirs);
        }
        for period in &mut draft.placements {
            period.fields.manager = merged::replaced(period.fields.manager, *id, other, keep);
        }
        draft.placements = super::timeline::joined(std::mem::take(&mut draft.placements));
        let after = draft.on(today).cloned();
        note_placement(&mut draft, units, before.as_ref(), after.as_ref());
        if *id != keep && draft.changed.is_empty() {
            // A manager of the past or of days to come.
            draft.note("manager", Some(other.to_string()), Some(keep.to_string()));
        }
        drafts.insert(*id, draft);
    }
    Ok(drafts)
}

/// Tells what is different of today.
fn note_placement(
    draft: &mut Draft,
    units: &Units,
    before: Option<&Placement>,
    after: Option<&Placement>,
) {
    let code = |id: Option<Uuid>| id.and_then(|id| units.code(id)).map(str::to_owned);
    let told = |placement: Option<&Placement>| -> Vec<(&'static str, Option<String>)> {
        placement.map_or_else(Vec::new, |placement| {
            vec![
                ("department", code(placement.department)),
                ("location", code(placement.location)),
                ("job_role", code(placement.job_role)),
                ("job_title", placement.job_title.clone()),
                ("country", placement.country.clone()),
                ("employment_type", placement.employment_type.clone()),
                ("manager", placement.manager.map(|id| id.to_string())),
            ]
        })
    };
    for ((field, before), (_, after)) in told(before).into_iter().zip(told(after)) {
        draft.note(field, before, after);
    }
}

/// Puts what the other record says into the one that stays.
fn unite(draft: &mut Draft, other: &Draft) {
    let identity = merged::identity(&draft.identity, &other.identity);
    draft.note_identity(&identity);
    draft.identity = identity;
    let told = |draft: &Draft| {
        let spans = draft.employments.iter().map(|employment| {
            let terminated_on =
                employment.terminated_on.map_or("…".to_owned(), |day| day.to_string());
            format!("{} to {terminated_on}", employment.hired_on)
        });
        Some(spans.collect::<Vec<_>>().join(", "))
    };
    let before = told(draft);
    let employments = merged::employments(&draft.employments, &other.employments);
    let leaves = merged::leaves(&draft.leaves, &other.leaves);
    let better = |keep: &Placement, other: &Placement| weight(other.status) > weight(keep.status);
    let placements = overlaid(&draft.placements, &other.placements, better);
    (draft.employments, draft.leaves, draft.placements) = (employments, leaves, placements);
    draft.known_from = draft.known_from.min(other.known_from);
    draft.restate();
    draft.note("employments", before, told(draft));
    draft.claims.owned = merged::owned(&draft.claims.owned, &other.claims.owned);
}

/// The fields in which the two differ, and the keys of the other that find nobody any more.
fn compared(
    keep: &IdentityRow,
    other: &IdentityRow,
    result: &IdentityRow,
) -> (Vec<MergedField>, Vec<String>) {
    let fields = [
        ("employee_number", [keep, other, result].map(|row| row.employee_number.clone())),
        ("email", [keep, other, result].map(|row| row.email.clone())),
        ("username", [keep, other, result].map(|row| row.username.clone())),
        ("first_name", [keep, other, result].map(|row| Some(row.first_name.clone()))),
        ("last_name", [keep, other, result].map(|row| Some(row.last_name.clone()))),
        ("preferred_name", [keep, other, result].map(|row| row.preferred_name.clone())),
        ("locale", [keep, other, result].map(|row| row.locale.clone())),
        ("timezone", [keep, other, result].map(|row| row.timezone.clone())),
    ];
    let (mut differing, mut lost) = (Vec::new(), Vec::new());
    for (at, (field, [keep, other, result])) in fields.into_iter().enumerate() {
        if at < N_KEYS && other.is_some() && other != result {
            lost.extend(other.clone());
        }
        if other.is_some() && keep != other {
            differing.push(MergedField { field: field.to_owned(), keep, other, result });
        }
    }
    (differing, lost)
}

/// The first of the fields are keys, by which people are named.
const N_KEYS: usize = 3;

/// The other record is a person no more: nobody finds it, its keys are free, and from now on
/// nothing of what it said is believed.
async fn close(write: &mut Write, keep: Uuid, other: Uuid) -> Result<()> {
    let now = write.ctx.now;
    Assembly::new(
        "UPDATE persons
         SET employee_number_key = NULL, email_key = NULL, username_key = NULL, closed_as = 'merged',
             merged_into = ?",
    )
    .bind(keep)
    .push(", closed_at = ?")
    .bind(now)
    .push(", updated_at = ?")
    .bind(now)
    .push("WHERE id = ?")
    .bind(other)
    .on(&mut write.tx)
    .run_one()
    .await?;
    for forget in [
        "DELETE FROM person_terms WHERE person_id = ?",
        "DELETE FROM person_fields WHERE person_id = ?",
    ] {
        Assembly::new(forget).bind(other).on(&mut write.tx).run().await?;
    }
    for retract in [
        "UPDATE employments SET retracted_at = ?",
        "UPDATE leaves SET retracted_at = ?",
        "UPDATE placements SET retracted_at = ?",
    ] {
        Assembly::new(retract)
            .bind(now)
            .push("WHERE retracted_at IS NULL AND person_id = ?")
            .bind(other)
            .on(&mut write.tx)
            .run()
            .await?;
    }
    Ok(())
}
