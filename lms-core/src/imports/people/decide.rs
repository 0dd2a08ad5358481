//! An import of people from beginning to end, within one transaction that is committed or not.
//!
//! Matching is looked up in sets and decided in memory (`matching.rs`); what the rows say lands by the
//! way of `people/delivery`; rules follow; and what came of it is counted and held against the guards.
//! A plan is this, rolled back: it cannot differ from what it plans.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::contract::Contract;
use super::guards::{self, Figures, GuardKind};
use super::keep::keep_pending;
use super::matching::{Match, is_same_key, matches};
use super::options::StagedPeople;
use super::resolve::OfFile;
use super::row::ManagerName;
use super::tell::{Tally, Told};
use super::there::{self, Sightings};
use crate::imports::plan::{ImportCounts, ImportPlan, RowEffect, RowProblem};
use crate::imports::reading::Kind;
use crate::imports::row::FileRow;
use crate::imports::{CONTRACT, Mode};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::operations::{Operation, OperationId, Write, fingerprint_of_each};
use crate::people::PersonField;
use crate::people::delivery::{Delivery, Feed, Known, Names, Said, deliver_in, known, make_units};
use crate::settings;

/// What is to be kept of a file beside what it did.
#[derive(Debug)]
pub(crate) struct Decided {
    /// What the source said last of whom: the name, the person, and the digest, which is empty where the
    /// row is to be looked at again.
    pub(crate) seen: Vec<(String, Uuid, Vec<u8>)>,
    /// People whom this whole file does not have.
    pub(crate) missing: Vec<Uuid>,
    /// People whom it has again.
    pub(crate) returned: Vec<Uuid>,
}

/// Does it, in a transaction that the caller commits or not.
pub(crate) async fn decide(
    write: &mut Write,
    staged: &StagedPeople,
) -> Result<(ImportPlan, Option<OperationId>, Decided)> {
    let source = staged.source();
    let kept = there::last_contracts(write, source).await?;
    let last = kept.as_ref().and_then(|kept| staged.contract.last_of(kept));
    refuse_breach(staged, last.as_ref())?;
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let mut names = Names::default();
    let rejected = staged.rejected.iter().map(|row| &row.known_by);
    staged.rows.iter().chain(rejected).for_each(|row| row.add_names(&mut names));
    let known_people = known(&mut write.tx, source, &names).await?;
    drop(names);
    let mut work = Work::begin(write, staged, &known_people, source);
    work.name_managers(write).await?;
    let sightings = there::sightings(write, staged, today, &work.deliveries).await?;
    let mut warnings = staged.notes.clone();
    warnings.extend(work.find_missing(staged, &known_people, &sightings));
    work.find_pending(write).await?;

    let (new_units, begun) = if staged.options.creates_units {
        make_units(write, &work.deliveries).await?
    } else {
        (Vec::new(), None)
    };
    let protected = there::protected(write).await?;
    let feed = Feed { source, releases: staged.options.releases_edits, protected: &protected };
    let landing = deliver_in(write, &feed, &work.deliveries, begun).await?;
    let told = Told::of(write, &work, staged, landing.landed).await?;
    let figures = figures(write, staged, &told.tally, &sightings, last.as_ref(), today).await?;
    let counts = told.counts;
    let operation =
        landing.operation.map(|operation| write.record(with_counts(operation, &counts)));
    // Before whoever waits for somebody is looked at: what this file says of managers counts.
    keep_pending(write, source, &told.pending, &work.said).await?;
    let consequences = write.consequences().await?;
    let mut plan = ImportPlan {
        kind: Kind::People,
        source: source.to_owned(),
        file: staged.file.clone(),
        mode: staged.options.mode,
        counts,
        rows: told.rows,
        new_units,
        consequences,
        guards: guards::findings(&figures, &staged.options.accepted),
        warnings,
        fingerprint: String::new(),
    };
    plan.place(&staged.columns);
    plan.fingerprint = fingerprint_of_each(plan.effects());
    let Work { missing, returned, .. } = work;
    Ok((plan, operation, Decided { seen: told.seen, missing, returned }))
}

/// A file that looks other than the last one stops here, before anything is made of it.
fn refuse_breach(staged: &StagedPeople, last: Option<&Contract>) -> Result<()> {
    let Some(last) = last else { return Ok(()) };
    let breaches = staged.contract.breaches(last);
    let wanted = guards::of(GuardKind::Contract, breaches.len() as u64);
    if breaches.is_empty() || guards::is_accepted(&wanted, &staged.options.accepted) {
        return Ok(());
    }
    Err(CONTRACT
        .error(format!(
            "`{}` looks other than the last file of `{}`: {}",
            staged.file,
            staged.source(),
            breaches.join("; ")
        ))
        .with_hint("export it again as it was; a file of other people has another `--source`")
        .with_hint(format!("if it is meant: `--accept {wanted}`")))
}

pub(crate) fn with_counts(operation: Operation, counts: &ImportCounts) -> Operation {
    let some = counts.named().into_iter().filter(|(_, count)| *count > 0);
    some.fold(operation, |operation, (name, count)| {
        operation.count(name, i64::try_from(count).unwrap_or(i64::MAX))
    })
}

/// A key as it is kept, where the source knows the person by it already.
fn spelling(key: &str, person: Uuid, known: &Known) -> String {
    let keys = known.people.get(&person).into_iter().flat_map(|known| &known.keys);
    keys.into_iter().find(|known| is_same_key(key, known)).cloned().unwrap_or(key.to_owned())
}

/// The fields of a row, with the employee number as it is kept where only its case is another.
fn as_written(
    mut fields: BTreeMap<PersonField, String>,
    person: Uuid,
    known: &Known,
) -> BTreeMap<PersonField, String> {
    let kept = known.people.get(&person).and_then(|known| known.employee_number.as_ref());
    if let (Some(number), Some(kept)) = (fields.get_mut(&PersonField::EmployeeNumber), kept)
        && is_same_key(number, kept)
    {
        number.clone_from(kept);
    }
    fields
}

/// What the guards look at.
async fn figures(
    write: &mut Write,
    staged: &StagedPeople,
    tally: &Tally,
    sightings: &Sightings,
    last: Option<&Contract>,
    today: Day,
) -> Result<Figures> {
    let mut by_department: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for department in tally.deactivated.iter().flatten() {
        by_department.entry(department.clone()).or_default().0 += 1;
    }
    for seen in sightings.people.values().filter(|seen| seen.is_there) {
        let of = seen.department.as_ref().and_then(|code| by_department.get_mut(code));
        if let Some((_, of)) = of {
            *of += 1;
        }
    }
    let n_emptied = there::n_emptied(write, staged.source(), &tally.left, today).await?;
    Ok(Figures {
        n_rows: staged.n_rows,
        n_rows_last: last.map(|last| last.n_rows),
        is_correction: staged.contract.is_correction,
        n_people: sightings.people.values().filter(|seen| seen.is_there).count() as u64,
        n_deactivated: tally.deactivated.len() as u64,
        by_department,
        n_managers_blanked: tally.n_managers_blanked,
        n_departments_left: tally.n_departments_cleared + n_emptied,
        n_emails_changed: tally.n_emails_changed,
        columns_changed: last.map(|last| staged.contract.columns_changed(last)).unwrap_or_default(),
    })
}

/// Where a delivery comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin {
    /// A row of the file.
    Row(usize),
    /// A whole file that does not have them.
    Missing,
    /// A manager who arrived.
    Pending,
}

/// The rows on their way.
pub(super) struct Work<'a> {
    source: &'a str,
    pub(super) rows: &'a [FileRow],
    pub(super) matches: Vec<Match>,
    pub(super) deliveries: Vec<Delivery>,
    pub(super) origins: Vec<Origin>,
    /// Rows that go no further, with what is wrong.
    pub(super) wrong: BTreeMap<usize, (RowEffect, RowProblem)>,
    /// What the managers are called, by delivery.
    pub(super) managers: HashMap<usize, ManagerName>,
    file: OfFile,
    said: Vec<Uuid>,
    pub(super) missing: Vec<Uuid>,
    returned: Vec<Uuid>,
    /// How many of the missing are there.
    pub(super) n_missing: u64,
}

impl<'a> Work<'a> {
    fn begin(write: &Write, staged: &'a StagedPeople, known: &Known, source: &'a str) -> Self {
        let rows = staged.rows.as_slice();
        let mut work = Self {
            source,
            rows,
            matches: matches(rows, known, &staged.unchanged),
            deliveries: Vec::with_capacity(rows.len()),
            origins: Vec::with_capacity(rows.len()),
            wrong: BTreeMap::new(),
            managers: HashMap::new(),
            file: OfFile::default(),
            said: Vec::new(),
            missing: Vec::new(),
            returned: Vec::new(),
            n_missing: 0,
        };
        for (at, row) in rows.iter().enumerate() {
            let (person, is_new) = match &work.matches[at] {
                Match::New => (write.ctx.new_id(), true),
                Match::Person(id) => (*id, false),
                Match::Conflict { why, .. } => {
                    work.wrong.insert(at, (RowEffect::Conflict, why.told(row)));
                    continue;
                }
            };
            let employment = match row.employment() {
                Ok(employment) => employment,
                Err(error) => {
                    work.wrong.insert(at, (RowEffect::Rejected, RowProblem::of(&error, row)));
                    continue;
                }
            };
            work.file.add(row, person);
            let mut manager = None;
            match row.manager() {
                None => {}
                Some(None) => {
                    work.said.push(person);
                    manager = Some(None);
                }
                Some(Some(name)) => drop(work.managers.insert(work.deliveries.len(), name)),
            }
            work.origins.push(Origin::Row(at));
            work.deliveries.push(Delivery {
                person,
                is_new,
                key: row.key().map(|key| spelling(key, person, known)),
                fields: as_written(row.fields(), person, known),
                attributes: row.attributes(),
                employment,
                manager,
            });
        }
        work
    }

    /// From what managers are called to who they are.
    async fn name_managers(&mut self, write: &mut Write) -> Result<()> {
        let there = self.lookup(write, self.managers.values()).await?;
        for (at, name) in &self.managers {
            if let Some(manager) = self.file.resolve(name, &there) {
                self.said.push(self.deliveries[*at].person);
                self.deliveries[*at].manager = Some(Some(manager));
            }
        }
        Ok(())
    }

    /// Those who are there of managers whom this file does not have.
    async fn lookup(
        &self,
        write: &mut Write,
        managers: impl Iterator<Item = &ManagerName> + Send,
    ) -> Result<Known> {
        let mut names = Names::default();
        let nobody = Known::default();
        for name in managers {
            if self.file.resolve(name, &nobody).is_none() {
                name.add_names(&mut names);
            }
        }
        known(&mut write.tx, self.source, &names).await
    }

    /// Whom a whole file does not have; what somebody should know about that.
    fn find_missing(
        &mut self,
        staged: &StagedPeople,
        known: &Known,
        sightings: &Sightings,
    ) -> Vec<String> {
        if staged.options.mode != Mode::Full {
            return Vec::new();
        }
        let mut present: HashSet<Uuid> = staged.unchanged.iter().copied().collect();
        for one in &self.matches {
            match one {
                Match::Person(id) => drop(present.insert(*id)),
                Match::Conflict { people, .. } => present.extend(people),
                Match::New => {}
            }
        }
        let mut n_unknown = 0_u64;
        for row in &staged.rejected {
            let people = row.known_by.people_in(known);
            n_unknown += u64::from(people.is_empty());
            present.extend(people);
        }
        let seen = sightings.people.iter();
        let is_back =
            |(person, seen): &(&Uuid, &there::Seen)| seen.n_missed > 0 && present.contains(person);
        self.returned = seen.filter(is_back).map(|(person, _)| *person).collect();
        if n_unknown > 0 {
            // Each of them may be about anybody.
            return vec![format!(
                "{n_unknown} rows that cannot be read do not say whom they are about, so that nobody \
                 counts as missing"
            )];
        }
        let options = &staged.options;
        let mut missing: Vec<(&Uuid, &there::Seen)> =
            sightings.people.iter().filter(|(person, _)| !present.contains(person)).collect();
        missing.sort_by_key(|(person, _)| **person);
        for (person, seen) in missing {
            self.missing.push(*person);
            self.n_missing += u64::from(seen.is_there);
            let n_missed = seen.n_missed + 1;
            if options.deactivates_missing
                && seen.is_there
                && n_missed >= i64::from(options.missing_after)
            {
                let employment = Said { is_missing: true, ..Said::default() };
                self.add(*person, Origin::Missing, employment, None);
            }
        }
        Vec::new()
    }

    #[expect(clippy::option_option, reason = "nothing is said, that there is none, or which it is")]
    fn add(
        &mut self,
        person: Uuid,
        origin: Origin,
        employment: Said,
        manager: Option<Option<Uuid>>,
    ) {
        self.origins.push(origin);
        self.deliveries.push(Delivery {
            person,
            is_new: false,
            key: None,
            fields: BTreeMap::new(),
            attributes: BTreeMap::new(),
            employment,
            manager,
        });
    }

    /// Managers of earlier files who are there now, or come with this one.
    async fn find_pending(&mut self, write: &mut Write) -> Result<()> {
        let pending = there::pending(write, self.source).await?;
        let there = self.lookup(write, pending.iter().map(|(_, name)| name)).await?;
        let places: HashMap<Uuid, usize> =
            self.deliveries.iter().enumerate().map(|(at, one)| (one.person, at)).collect();
        for (person, name) in pending {
            let Some(manager) = self.file.resolve(&name, &there) else { continue };
            match places.get(&person) {
                // What the file says now counts.
                Some(at) if self.managers.contains_key(at) => continue,
                Some(at) if self.deliveries[*at].manager.is_some() => continue,
                Some(at) => self.deliveries[*at].manager = Some(Some(manager)),
                None => self.add(person, Origin::Pending, Said::default(), Some(Some(manager))),
            }
            self.said.push(person);
        }
        Ok(())
    }
}
