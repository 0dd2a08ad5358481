//! What is so, out of the database and in bulk: people, what stands of the trainings that are asked
//! about, and all that the engine has to know to decide. A statement for each table, however many
//! people there are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::tz::TimeZone;
use uuid::Uuid;

use super::as_of;
use super::engine::{
    Completion, Decided, Demand, Equivalent, Exemption, Facts, Membership, Parked, Pause,
    PersonFacts, Reason, Retraining, Rulebook, Source, SourceKind, Spell, Training, Withdrawal,
    local_day,
};
use super::policy::Policies;
use super::ruled::Ruled;
use super::rules::RuleInForce;
use super::sql::{
    AssignmentRow, OrderRow, ReasonRow, assignment_columns, reason_columns, source_kind,
};
use super::terms::TermsDocument;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::{Day, TimeZoneName};
use crate::settings;

/// More people than this are not named in a statement: reading all of a training is quicker.
const NAMED_MAX: usize = 20_000;

/// Which day it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Today {
    /// The same for everybody: plans, and questions about a day.
    One(Day),
    /// A day that has passed, without what came after it: questions about what was so then.
    Then(Day),
    /// What it is for each person at an instant.
    Local(Timestamp),
}

impl Today {
    /// The day that it is for the organisation.
    fn of(self, zone: &TimeZone) -> Day {
        match self {
            Self::One(day) | Self::Then(day) => day,
            Self::Local(now) => local_day(now, None, zone),
        }
    }

    /// The day after which nothing is looked at.
    fn until(self) -> Option<Day> {
        match self {
            Self::Then(day) => Some(day),
            Self::One(_) | Self::Local(_) => None,
        }
    }
}

/// An order that is about to be given.
#[derive(Debug, Clone)]
pub(super) struct Fresh {
    pub(super) id: Uuid,
    pub(super) kind: SourceKind,
    pub(super) training: Uuid,
    pub(super) path: Option<Uuid>,
    pub(super) ordered_on: Day,
    pub(super) terms: TermsDocument,
}

/// Reasons that are taken back by this act.
#[derive(Debug, Clone, Default)]
pub(super) struct TakenBack {
    /// The orders; none for every reason but those of rules.
    pub(super) orders: Option<BTreeSet<Uuid>>,
    /// Also where the person has begun.
    pub(super) even_started: bool,
}

/// What is asked about.
#[derive(Debug, Clone)]
pub(super) struct Asked<'a> {
    pub(super) today: Today,
    pub(super) people: &'a [Uuid],
    /// The employments, where the caller knows them, in the order of the people.
    pub(super) spells: Option<&'a [Vec<Spell>]>,
    pub(super) trainings: &'a [Uuid],
    /// Orders that all of the people are given.
    pub(super) fresh: &'a [Fresh],
    pub(super) taken_back: Option<&'a TakenBack>,
    /// Rules as they would be, in place of those that are in force.
    pub(super) as_if: &'a [RuleInForce],
}

/// Things that are told apart by their place in a list.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    ids: Vec<Uuid>,
    places: HashMap<Uuid, u32>,
}

impl Numbers {
    pub(super) fn of(&mut self, id: Uuid) -> u32 {
        let next = u32::try_from(self.ids.len()).expect("fewer than four billion");
        *self.places.entry(id).or_insert_with(|| {
            self.ids.push(id);
            next
        })
    }

    pub(super) fn get(&self, id: Uuid) -> Option<u32> {
        self.places.get(&id).copied()
    }

    pub(super) fn id(&self, number: u32) -> Uuid {
        self.ids[number as usize]
    }

    pub(super) fn ids(&self) -> &[Uuid] {
        &self.ids
    }
}

/// What a row has beside what the engine knows of an obligation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    pub(super) id: Uuid,
    pub(super) version: Option<Uuid>,
    pub(super) completion: Option<Uuid>,
}

/// What is parked, as it is kept.
#[derive(Debug, Clone)]
pub(super) struct KeptException {
    pub(super) row: ExceptionRow,
}

/// Everything that the engine is asked with, and how its numbers are to be understood.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) book: Rulebook,
    pub(super) facts: Facts,
    pub(super) people: Vec<Uuid>,
    pub(super) trainings: Numbers,
    pub(super) sources: Numbers,
    pub(super) completions: Numbers,
    /// By person, training and cycle.
    pub(super) kept: HashMap<(u32, u32, u32), Kept>,
    /// By person, training and source.
    pub(super) exceptions: HashMap<(u32, u32, u32), KeptException>,
    pub(super) due_soon_days: u32,
    /// What rules say of reminders and escalations.
    pub(super) policies: Policies,
    /// The rules that concern what was asked about.
    pub(super) rules: Vec<RuleInForce>,
    /// Whether all days up to today were looked at, so that what obligations would have woken for is done.
    pub(super) caught_up: bool,
}

row! {
    struct EmploymentRow {
        person_id: Uuid,
        hired_on: Day,
        terminated_on: Option<Day>,
    }
}

row! {
    struct LeaveRow {
        person_id: Uuid,
        from_on: Day,
        until_on: Option<Day>,
    }
}

row! {
    struct ExemptionRow {
        person_id: Uuid,
        training_id: Uuid,
        from_on: Day,
        until_on: Option<Day>,
    }
}

row! {
    struct CompletionRow {
        id: Uuid,
        person_id: Uuid,
        training_id: Uuid,
        completed_on: Day,
        major: i64,
        valid_until: Option<Day>,
    }
}

row! {
    #[derive(Debug, Clone)]
    pub(super) struct ExceptionRow {
        pub(super) id: Uuid,
        pub(super) person_id: Uuid,
        pub(super) training_id: Uuid,
        pub(super) source: String,
        pub(super) source_id: Uuid,
        pub(super) because: String,
        pub(super) due_on: Option<Day>,
        pub(super) parked_on: Day,
        pub(super) resolved_on: Option<Day>,
        pub(super) resolved_as: Option<String>,
        pub(super) decided_due_on: Option<Day>,
    }
}

row! {
    struct ZoneRow {
        id: Uuid,
        timezone: TimeZoneName,
    }
}

row! {
    struct TrainingRow {
        id: Uuid,
        status: String,
    }
}

row! {
    struct RetrainingRow {
        training_id: Uuid,
        major: i64,
        require_retraining_by: Day,
        published_at: Timestamp,
    }
}

row! {
    struct EquivalentRow {
        training_id: Uuid,
        satisfied_by_id: Uuid,
        valid_from: Day,
        valid_until: Option<Day>,
    }
}

/// What stands, as it is kept.
#[derive(Debug, Default)]
struct Standing {
    assignments: Vec<AssignmentRow>,
    /// By assignment.
    reasons: BTreeMap<Uuid, Vec<ReasonRow>>,
    exceptions: Vec<ExceptionRow>,
}

/// What the engine is told, in the making.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) people: Vec<PersonFacts>,
    pub(super) trainings: Numbers,
    pub(super) sources: Numbers,
    completions: Numbers,
    kept: HashMap<(u32, u32, u32), Kept>,
    exceptions: HashMap<(u32, u32, u32), KeptException>,
}

impl Gathered {
    /// What stands, with those reasons that are taken back.
    fn obligations(
        &mut self,
        standing: &Standing,
        places: &HashMap<Uuid, usize>,
        taken_back: Option<&TakenBack>,
    ) -> Result<()> {
        for row in &standing.assignments {
            let place = places[&row.person_id];
            let training = self.trainings.of(row.training_id);
            let closed_by = row.completion_id.map(|id| self.completions.of(id));
            let obligation = row.obligation(training, closed_by)?;
            let kept = Kept { id: row.id, version: row.version_id, completion: row.completion_id };
            self.kept.insert((number(place), training, obligation.cycle), kept);
            let person = &mut self.people[place];
            let mut own: Vec<Reason> = Vec::new();
            for reason in standing.reasons.get(&row.id).into_iter().flatten() {
                let order = reason.source_id;
                let reason = reason.reason(self.sources.of(order))?;
                let source = reason.source;
                let is_ordered = source.kind != SourceKind::Rule;
                let goes = taken_back.filter(|taken_back| {
                    let is_meant =
                        taken_back.orders.as_ref().is_none_or(|orders| orders.contains(&order));
                    is_ordered && is_meant && obligation.is_open()
                });
                match goes {
                    Some(TakenBack { even_started, .. }) => {
                        let even_started = *even_started;
                        person.withdrawals.push(Withdrawal { training, source, even_started });
                    }
                    None if is_ordered => {
                        person.memberships.push(Membership::known(source.number, reason.added_on));
                    }
                    None => {}
                }
                own.push(reason);
            }
            person.obligations.push((obligation, own));
        }
        Ok(())
    }

    /// What waits for a decision, or was decided and has not begun.
    fn parked(
        &mut self,
        exceptions: Vec<ExceptionRow>,
        places: &HashMap<Uuid, usize>,
    ) -> Result<()> {
        for row in exceptions {
            let place = places[&row.person_id];
            let training = self.trainings.of(row.training_id);
            let kind = source_kind(&row.source)?;
            let source = Source { kind, number: self.sources.of(row.source_id) };
            let person = &mut self.people[place];
            if kind != SourceKind::Rule && row.resolved_as.as_deref() != Some("dismissed") {
                person.memberships.push(Membership::known(source.number, row.parked_on));
            }
            let decided = (row.resolved_as.as_deref() == Some("assigned"))
                .then_some(Decided { due_on: row.decided_due_on });
            // What was decided is there to begin with, and no longer once it has begun.
            let has_begun = person.obligations.iter().any(|(obligation, reasons)| {
                obligation.training == training && reasons.iter().any(|one| one.source == source)
            });
            let waits = row.resolved_on.is_none();
            if waits || (decided.is_some() && !has_begun) {
                person.parked.push(Parked { training, source, decided });
                let key = (number(place), training, source.number);
                self.exceptions.insert(key, KeptException { row });
            }
        }
        Ok(())
    }
}

impl Gathered {
    /// What somebody has done of the trainings that were asked about.
    pub(super) fn done_by(&self, place: usize) -> BTreeSet<Uuid> {
        let completions = &self.people[place].completions;
        completions.iter().map(|one| self.trainings.id(one.training)).collect()
    }

    /// Since when something is a reason for what somebody has to do.
    pub(super) fn reason_since(&self, place: usize, source: u32) -> Option<Day> {
        let reasons = self.people[place].obligations.iter().flat_map(|(_, reasons)| reasons);
        reasons.filter(|reason| reason.source.number == source).map(|one| one.added_on).min()
    }
}

/// The number of somebody in the chunk.
fn number(place: usize) -> u32 {
    u32::try_from(place).expect("a chunk of people")
}

/// The first day after the last one.
fn after(last: Option<Day>) -> Option<Day> {
    last.map(Day::next)
}

fn version(major: i64) -> Result<u32> {
    u32::try_from(major).map_err(|cause| Error::inconsistent("completions.major", cause))
}

impl<'a> Asked<'a> {
    /// About these people and trainings, as everything is.
    pub(super) fn of(today: Today, people: &'a [Uuid], trainings: &'a [Uuid]) -> Self {
        Self { today, people, spells: None, trainings, fresh: &[], taken_back: None, as_if: &[] }
    }
}

impl Asked<'_> {
    /// Of these people only, where naming them is worth it.
    fn of_people(&self, wanted: Assembly, condition: &'static str) -> Assembly {
        if self.people.len() > NAMED_MAX {
            return wanted;
        }
        wanted.push(condition).bind_ids(&IdList::new(self.people.iter().copied()))
    }

    pub(super) async fn load(&self, tx: &mut Tx) -> Result<Loaded> {
        let organisation = settings::current(tx).await?;
        let zone = organisation.timezone.zone();
        let places: HashMap<Uuid, usize> = self.people.iter().copied().zip(0..).collect();
        let mut gathered =
            Gathered { people: self.begun(tx, &places, &zone).await?, ..Gathered::default() };
        for id in self.trainings {
            gathered.trainings.of(*id);
        }
        let day = self.today.of(&zone);
        let standing = self.standing(tx, &places).await?;
        let mut ruled = Ruled::load(tx, self, day).await?;
        let mut demands = self.orders(tx, &standing, &mut gathered).await?;
        demands.extend(ruled.demands(self, &organisation, &mut gathered));
        demands.extend(self.fresh(&mut gathered)?);
        let about = about(tx, &mut gathered.trainings, &zone).await?;
        self.completions(tx, &places, &mut gathered).await?;
        self.employments(tx, &places, &mut gathered.people).await?;
        self.pauses(tx, &places, &mut gathered).await?;
        gathered.obligations(&standing, &places, self.taken_back)?;
        gathered.parked(standing.exceptions, &places)?;
        ruled.memberships(self, &mut gathered);
        for fresh in self.fresh {
            let audience = gathered.sources.of(fresh.id);
            for person in &mut gathered.people {
                person.memberships.push(Membership::known(audience, fresh.ordered_on));
            }
        }
        let due_soon_days = organisation.due_soon_days.try_into().unwrap_or(u32::MAX);
        let policies = ruled.policies(&gathered, due_soon_days);
        let mut facts = Facts::new();
        for mut person in gathered.people {
            facts.push(&mut person);
        }
        Ok(Loaded {
            book: Rulebook::new(about, demands)?,
            facts,
            policies,
            rules: ruled.into_rules(),
            people: self.people.to_vec(),
            trainings: gathered.trainings,
            sources: gathered.sources,
            completions: gathered.completions,
            kept: gathered.kept,
            exceptions: gathered.exceptions,
            due_soon_days,
            caught_up: false,
        })
    }

    /// The people, each on the day that it is for them.
    async fn begun(
        &self,
        tx: &mut Tx,
        places: &HashMap<Uuid, usize>,
        zone: &TimeZone,
    ) -> Result<Vec<PersonFacts>> {
        let now = match self.today {
            Today::One(day) | Today::Then(day) => {
                return Ok(self.people.iter().map(|_| PersonFacts::new(day)).collect());
            }
            Today::Local(now) => now,
        };
        let usual = local_day(now, None, zone);
        let mut people: Vec<PersonFacts> =
            self.people.iter().map(|_| PersonFacts::new(usual)).collect();
        let wanted = Assembly::new("SELECT id, timezone FROM persons WHERE timezone IS NOT NULL");
        let rows: Vec<ZoneRow> = self.of_people(wanted, "AND id IN (ids?)").on(tx).all().await?;
        for row in rows {
            if let Some(at) = places.get(&row.id) {
                people[*at].today = local_day(now, Some(&row.timezone.zone()), zone);
            }
        }
        Ok(people)
    }

    /// What stands of the trainings, with the reasons of what is open or was completed last.
    async fn standing(&self, tx: &mut Tx, places: &HashMap<Uuid, usize>) -> Result<Standing> {
        let mut standing = Standing::default();
        if self.trainings.is_empty() {
            return Ok(standing);
        }
        let of_trainings = IdList::new(self.trainings.iter().copied());
        let wanted = Assembly::select::<AssignmentRow>(assignment_columns!())
            .push("FROM assignments a WHERE a.retracted_at IS NULL AND a.training_id IN (ids?)")
            .bind_ids(&of_trainings);
        standing.assignments =
            self.of_people(wanted, "AND a.person_id IN (ids?)").on(tx).all().await?;
        standing.assignments.retain(|row| places.contains_key(&row.person_id));
        standing.exceptions = self.exceptions(tx, &of_trainings, places).await?;
        if let Some(day) = self.today.until() {
            return self.as_it_was(tx, standing, day).await;
        }
        let mut last: HashMap<(Uuid, Uuid), i64> = HashMap::new();
        for row in &standing.assignments {
            if row.closed_as.as_deref() == Some("completed") {
                let cycle = last.entry((row.person_id, row.training_id)).or_default();
                *cycle = row.cycle.max(*cycle);
            }
        }
        let matters = |row: &&AssignmentRow| {
            row.closed_on.is_none()
                || last.get(&(row.person_id, row.training_id)) == Some(&row.cycle)
        };
        let ids: Vec<Uuid> =
            standing.assignments.iter().filter(matters).map(|row| row.id).collect();
        if !ids.is_empty() {
            let rows: Vec<ReasonRow> = Assembly::select::<ReasonRow>(reason_columns!())
                .push(
                    "FROM assignment_reasons r
                     WHERE r.retracted_at IS NULL AND r.removed_on IS NULL AND r.assignment_id IN (ids?)",
                )
                .bind_ids(&IdList::new(ids))
                .on(tx)
                .all()
                .await?;
            for row in rows {
                standing.reasons.entry(row.assignment_id).or_default().push(row);
            }
        }
        Ok(standing)
    }

    /// The same on a day that has passed.
    async fn as_it_was(&self, tx: &mut Tx, standing: Standing, day: Day) -> Result<Standing> {
        let moment = as_of::Moment { day, known_at: None, due_soon_days: 0 };
        let mut stood = as_of::stood(tx, moment, self.people, self.trainings).await?;
        let mut then = Standing::default();
        for row in standing.assignments {
            if let Some(cycle) = stood.remove(&row.id) {
                then.reasons.insert(row.id, cycle.reasons);
                then.assignments.push(row.of_day(&cycle.obligation, day));
            }
        }
        for mut row in standing.exceptions.into_iter().filter(|row| row.parked_on <= day) {
            if row.resolved_on.is_some_and(|on| on > day) {
                (row.resolved_on, row.resolved_as, row.decided_due_on) = (None, None, None);
            }
            then.exceptions.push(row);
        }
        Ok(then)
    }

    /// The orders behind what stands.
    async fn orders(
        &self,
        tx: &mut Tx,
        standing: &Standing,
        gathered: &mut Gathered,
    ) -> Result<Vec<Demand>> {
        let reasons = standing.reasons.values().flatten();
        let order_ids: BTreeSet<Uuid> = reasons
            .map(|row| (row.source.as_str(), row.source_id))
            .chain(standing.exceptions.iter().map(|row| (row.source.as_str(), row.source_id)))
            .filter(|(source, _)| *source != SourceKind::Rule.as_str())
            .map(|(_, id)| id)
            .collect();
        let orders = orders(tx, &order_ids).await?;
        let Gathered { sources, trainings, .. } = gathered;
        let mut demands = Vec::with_capacity(orders.len());
        for (row, terms) in &orders {
            let source = Source { kind: source_kind(&row.source)?, number: sources.of(row.id) };
            demands.push(demand(source, row.training_id, row.ordered_on, terms, trainings)?);
        }
        Ok(demands)
    }

    /// The orders that are new; they stand last.
    fn fresh(&self, gathered: &mut Gathered) -> Result<Vec<Demand>> {
        let Gathered { sources, trainings, .. } = gathered;
        let demands = self.fresh.iter().map(|fresh| {
            let source = Source { kind: fresh.kind, number: sources.of(fresh.id) };
            let Fresh { training, ordered_on, terms, .. } = fresh;
            demand(source, *training, *ordered_on, terms, trainings)
        });
        demands.collect()
    }

    async fn exceptions(
        &self,
        tx: &mut Tx,
        trainings: &IdList,
        places: &HashMap<Uuid, usize>,
    ) -> Result<Vec<ExceptionRow>> {
        let wanted = Assembly::new(
            "SELECT id, person_id, training_id, source, source_id, because, due_on, parked_on,
                    resolved_on, resolved_as, decided_due_on
             FROM assignment_exceptions WHERE retracted_at IS NULL AND training_id IN (ids?)",
        )
        .bind_ids(trainings);
        let wanted = self.of_people(wanted, "AND person_id IN (ids?)");
        let mut rows: Vec<ExceptionRow> = wanted.on(tx).all().await?;
        rows.retain(|row| places.contains_key(&row.person_id));
        Ok(rows)
    }

    async fn completions(
        &self,
        tx: &mut Tx,
        places: &HashMap<Uuid, usize>,
        gathered: &mut Gathered,
    ) -> Result<()> {
        let Gathered { people, trainings, completions: numbers, .. } = gathered;
        let wanted = Assembly::new(
            "SELECT id, person_id, training_id, completed_on, major, valid_until FROM completions
             WHERE retracted_at IS NULL AND revoked_on IS NULL AND training_id IN (ids?)",
        )
        .bind_ids(&IdList::new(trainings.ids().iter().copied()))
        .push_some("AND completed_on <= ?", self.today.until());
        let rows: Vec<CompletionRow> =
            self.of_people(wanted, "AND person_id IN (ids?)").on(tx).all().await?;
        for row in rows {
            let (Some(at), Some(training)) =
                (places.get(&row.person_id), trainings.get(row.training_id))
            else {
                continue;
            };
            people[*at].completions.push(Completion {
                training,
                completed_on: row.completed_on,
                number: numbers.of(row.id),
                major: version(row.major)?,
                valid_until: row.valid_until,
            });
        }
        Ok(())
    }

    async fn employments(
        &self,
        tx: &mut Tx,
        places: &HashMap<Uuid, usize>,
        people: &mut [PersonFacts],
    ) -> Result<()> {
        if let Some(spells) = self.spells {
            for (person, spells) in people.iter_mut().zip(spells) {
                person.spells.clone_from(spells);
            }
            return Ok(());
        }
        let wanted = Assembly::new(
            "SELECT person_id, hired_on, terminated_on FROM employments WHERE retracted_at IS NULL",
        );
        let rows: Vec<EmploymentRow> =
            self.of_people(wanted, "AND person_id IN (ids?)").on(tx).all().await?;
        for row in rows {
            if let Some(at) = places.get(&row.person_id) {
                let spell = Spell { hired_on: row.hired_on, gone_on: after(row.terminated_on) };
                people[*at].spells.push(spell);
            }
        }
        Ok(())
    }

    /// Leaves and exemptions.
    async fn pauses(
        &self,
        tx: &mut Tx,
        places: &HashMap<Uuid, usize>,
        gathered: &mut Gathered,
    ) -> Result<()> {
        let Gathered { people, trainings, .. } = gathered;
        let wanted = Assembly::new(
            "SELECT person_id, from_on, until_on FROM leaves WHERE retracted_at IS NULL",
        );
        let rows: Vec<LeaveRow> =
            self.of_people(wanted, "AND person_id IN (ids?)").on(tx).all().await?;
        for row in rows {
            if let Some(at) = places.get(&row.person_id) {
                people[*at].leaves.push(Pause { from: row.from_on, back_on: after(row.until_on) });
            }
        }
        let wanted = Assembly::new(
            "SELECT person_id, training_id, from_on, until_on FROM exemptions
             WHERE retracted_at IS NULL AND training_id IN (ids?)",
        )
        .bind_ids(&IdList::new(self.trainings.iter().copied()));
        let rows: Vec<ExemptionRow> =
            self.of_people(wanted, "AND person_id IN (ids?)").on(tx).all().await?;
        for row in rows {
            let (Some(at), Some(training)) =
                (places.get(&row.person_id), trainings.get(row.training_id))
            else {
                continue;
            };
            let time = Pause { from: row.from_on, back_on: after(row.until_on) };
            people[*at].exemptions.push(Exemption { training, time });
        }
        Ok(())
    }
}

/// Orders by their ids, with their terms.
pub(super) async fn orders(
    tx: &mut Tx,
    ids: &BTreeSet<Uuid>,
) -> Result<Vec<(OrderRow, TermsDocument)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<OrderRow> = Assembly::new(
        "SELECT id, source, training_id, ordered_on, terms FROM assignment_orders WHERE id IN (ids?)",
    )
    .bind_ids(&IdList::new(ids.iter().copied()))
    .on(tx)
    .all()
    .await?;
    let read = |row: OrderRow| {
        let terms = TermsDocument::read(&row.terms)?;
        Ok((row, terms))
    };
    rows.into_iter().map(read).collect()
}

/// An order as the engine takes it: everybody whom it was given to is its audience.
fn demand(
    source: Source,
    training: Uuid,
    ordered_on: Day,
    document: &TermsDocument,
    trainings: &mut Numbers,
) -> Result<Demand> {
    let after = document.after().map(|id| trainings.of(id));
    let terms = document.terms(|_| after.unwrap_or_default())?;
    let training = trainings.of(training);
    let mut demand = Demand::new(source, source.number, training, terms, ordered_on);
    demand.again = document.again;
    Ok(demand)
}

/// What the engine has to know of trainings. Those that count in place of others join the list.
async fn about(tx: &mut Tx, trainings: &mut Numbers, zone: &TimeZone) -> Result<Vec<Training>> {
    let asked = IdList::new(trainings.ids().iter().copied());
    let equivalents: Vec<EquivalentRow> = Assembly::new(
        "SELECT training_id, satisfied_by_id, valid_from, valid_until FROM training_equivalents
         WHERE retracted_at IS NULL AND training_id IN (ids?)",
    )
    .bind_ids(&asked)
    .on(tx)
    .all()
    .await?;
    let statuses: Vec<TrainingRow> =
        Assembly::new("SELECT id, status FROM trainings WHERE removed_at IS NULL AND id IN (ids?)")
            .bind_ids(&asked)
            .on(tx)
            .all()
            .await?;
    let retrainings: Vec<RetrainingRow> = Assembly::new(
        "SELECT training_id, major, require_retraining_by, published_at FROM training_versions
         WHERE state = 'published' AND require_retraining_by IS NOT NULL AND training_id IN (ids?)
         ORDER BY major, minor",
    )
    .bind_ids(&asked)
    .on(tx)
    .all()
    .await?;
    let equivalents: Vec<(u32, Equivalent)> = equivalents
        .into_iter()
        .map(|row| {
            let by = trainings.of(row.satisfied_by_id);
            let equivalent = Equivalent { by, from: row.valid_from, until: row.valid_until };
            (trainings.of(row.training_id), equivalent)
        })
        .collect();
    let closed = Training { closed: true, ..Training::default() };
    let mut about = vec![closed; trainings.ids().len()];
    let places: HashMap<Uuid, usize> = trainings.ids().iter().copied().zip(0..).collect();
    for row in statuses {
        about[places[&row.id]].closed = row.status != "published";
    }
    for row in retrainings {
        let announced_on = row.published_at.day_in(zone);
        let by = row.require_retraining_by;
        // The newest stands last. What was past when it was announced asks from that day on.
        about[places[&row.training_id]].retraining =
            Some(Retraining { major: version(row.major)?, announced_on, by: by.max(announced_on) });
    }
    for (training, equivalent) in equivalents {
        about[training as usize].equivalents.push(equivalent);
    }
    Ok(about)
}
