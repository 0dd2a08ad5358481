//! Who is who, where, since when: people, departments, locations and job roles.
//!
//! Owns `units`, `unit_periods`, `persons`, `person_terms`, `person_sources`, `person_fields`,
//! `employments`, `leaves`, `placements`, `groups`, `group_periods` and `group_members`. Promises
//! that departments form a tree and managers a forest on every day, that one
//! e-mail address, user name or employee number is one person, and that nothing recorded is ever
//! overwritten: a correction says from when on the old is no longer believed, so that both "as it
//! was on that day" and "as we knew it then" have answers.
//!
//! The status of a person is never stored for its own sake: it follows from employments and leaves
//! (`employment.rs`), and lies in the placements because audiences ask for it. Times, splits and
//! differences are pure (`timeline.rs`). One person is changed by the same way as a hundred thousand.

mod types;
mod timeline;
mod employment;
mod units;
mod unit_changes;
mod appointments;
pub(crate) mod reach;
pub(crate) mod directory;
mod acts;
pub(crate) mod delivery;
pub(crate) mod names;
mod draft;
mod fields;
mod managers;
mod save;
pub(crate) mod audience;
mod person_filter;
mod order;
pub(crate) mod above;
mod find;
mod named;
pub(crate) mod memberships;
pub(crate) mod group_facts;
mod group_changes;
mod groups;
mod bulk_edit;
mod reorganise;
pub(crate) mod undo;
pub(crate) mod headcounts;
mod ownership;
mod closed;
mod history;
mod duplicates;
mod merged;
mod merge;
mod merge_plan;
mod export;
mod erase;
mod mentions;
mod account_links;
pub(crate) mod sql;

pub use acts::{Applied, PersonAct};
pub use appointments::Appointment;
pub use audience::{Audience, AudienceField};
pub use bulk_edit::{EditOutcome, EditPlan, PlannedEdit, RefusedEdit};
pub(crate) use directory::find as find_person;
pub use duplicates::{DuplicateFilter, DuplicatePair, DuplicateRecord};
pub use erase::{ErasePlan, Erased, ErasedPart};
pub use export::{
    AccountEntry, ExportedMembership, ExportedPlacement, ExportedRecord, Held, PersonExport,
};
pub(crate) use find::{
    Described, Member, Place, counting_by_status, described_in, members_in, places_of, placing,
    selecting,
};
pub use group_changes::{GroupChange, NewGroup};
pub use groups::{Group, GroupCard, GroupKind};
pub use headcounts::Headcount;
pub(crate) use history::history_of;
pub use history::{HistoryEntry, HistoryFilter, RecordHistoryEntry};
pub use memberships::AudienceCondition;
pub(crate) use memberships::conditions_of;
pub(crate) use mentions::renamed;
pub use merge_plan::{MergePlan, MergedField, MergedPlacement, MergedRecord};
pub use ownership::{Delivered, KeptField, OwnedField, PersonSource};
pub use person_filter::{PersonFilter, PersonSort};
pub(crate) use reach::Reach;
pub use reorganise::{
    PlannedLeader, PlannedMove, PlannedUnit, Reorganisation, ReorganisationOutcome,
    ReorganisationPlan,
};
pub use types::{
    Added, Employment, Leave, NewPerson, Person, PersonCard, PersonChange, PersonField,
    PersonStatus, Placed,
};
pub(crate) use undo::names_in;
pub use unit_changes::{NewUnit, UnitChange};
pub use units::{Unit, UnitKind};
pub(crate) use units::{Units, listed as units_listed};

use crate::access::{self, Account, AccountChange, NewAccount};
use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};
use crate::kernel::ids::id;
use crate::kernel::page::Page;
use crate::kernel::text::Day;
use crate::operations::{Changed, FieldChange, OperationId, Write};
use crate::settings;
use directory::Step;
use reach::Sight;

/// May see people: all, or those within a scope.
pub(crate) const READ: Permission = Permission::scoped("people.read", "see people");
/// May make and change people: all, or those within a scope.
pub(crate) const WRITE: Permission = Permission::scoped("people.write", "make or change people");
/// May see departments, locations and job roles.
pub(crate) const ORGANISATION_READ: Permission =
    Permission::new("organisation.read", "see departments, locations and job roles");
/// May make and change departments, locations and job roles.
pub(crate) const ORGANISATION_WRITE: Permission =
    Permission::new("organisation.write", "make or change departments, locations and job roles");

/// May take out or erase all that is held about a person.
pub(crate) const PRIVACY: Permission =
    Permission::scoped("people.privacy", "take out or erase all that is held about a person");

id! {
    /// A person.
    PersonId;
    /// A department, location or job role.
    UnitId;
    /// A group.
    GroupId;
}

error_codes! {
    UNKNOWN_UNIT = "people.unit_unknown", NotFound, "there is no such department, location or job role";
    UNIT_AMBIGUOUS = "people.unit_ambiguous", Invalid, "several units have this name";
    UNIT_EXISTS = "people.unit_exists", Conflict, "a unit of this kind has this code already";
    UNIT_CLOSED = "people.unit_closed", Precondition, "the unit is not there on that day";
    UNIT_IN_USE = "people.unit_in_use", Refused, "somebody or something is still in the unit";
    DEPARTMENT_CYCLE = "people.department_cycle", Invalid, "a department would be below itself";
    UNKNOWN_PERSON = "people.person_unknown", NotFound, "there is no such person";
    PERSON_AMBIGUOUS = "people.person_ambiguous", Invalid, "several people could be meant";
    PERSON_EXISTS = "people.person_exists", Conflict, "another person has this address, name or number";
    MANAGER_CYCLE = "people.manager_cycle", Invalid, "somebody would report to themselves";
    ALREADY_GONE = "people.already_gone", Conflict, "the person has left already";
    NOT_GONE = "people.not_gone", Conflict, "the person is employed";
    ONE_PERSONS_FIELD = "people.one_persons_field", Invalid, "a name, address or number cannot be the same for many";
    STALE = "people.stale", Stale, "the record changed since it was read";
    PERSON_CLOSED = "people.person_closed", NotFound, "the record was merged, erased or taken back";
    FIELD_NOT_OWNED = "people.field_not_owned", Invalid, "no feed delivers this field of the person";
    SAME_PERSON = "people.same_person", Invalid, "a record cannot be merged into itself";
    TWO_ACCOUNTS = "people.two_accounts", Precondition, "both records have an account";
    MERGE_OUTDATED = "people.merge_outdated", Stale, "what the merge would do changed since somebody looked";
    REASON_NAMES = "people.reason_names", Invalid, "the reason names the person who is to be erased";
    ACCOUNT_LINKED = "people.account_linked", Conflict, "the account belongs to somebody, or the person has one";
    NO_ACCOUNT = "people.no_account", NotFound, "the person has no account";
    LEAVE_UNKNOWN = "people.leave_unknown", NotFound, "the person is not on leave on that day";
    AUDIENCE_KEY = "people.audience_field_unknown", Invalid, "an audience has no such field";
    UNKNOWN_VALUE = "people.value_unknown", NotFound, "nobody has this value";
    UNKNOWN_GROUP = "people.group_unknown", NotFound, "there is no such group";
    GROUP_AMBIGUOUS = "people.group_ambiguous", Invalid, "several groups have this name";
    GROUP_EXISTS = "people.group_exists", Conflict, "a group has this code already";
    GROUP_CLOSED = "people.group_closed", Precondition, "the group is not there on that day";
    GROUP_IN_USE = "people.group_in_use", Refused, "another group names the group";
    GROUP_CYCLE = "people.group_cycle", Invalid, "a group would be part of itself";
    GROUP_KIND = "people.group_kind", Invalid, "a fixed list has members, a saved audience does not";
}

/// People and units; made by [`crate::Lms::people`].
#[derive(Debug)]
pub struct People<'a> {
    pub(crate) core: &'a Core,
    pub(crate) unchanged_since: Option<Timestamp>,
}

impl People<'_> {
    /// Lets the next change of a person, unit, group or account happen only if nobody changed it after
    /// this instant, which is the `updated_at` that the caller saw. No two writes have the same one.
    #[must_use]
    pub fn unchanged_since(mut self, updated_at: Option<Timestamp>) -> Self {
        self.unchanged_since = updated_at;
        self
    }

    /// Makes departments, locations and job roles, all or none.
    pub async fn add_units(&self, actor: &Actor, new: Vec<NewUnit>) -> Result<Vec<Unit>> {
        actor.require(ORGANISATION_WRITE)?;
        let (made, _) = unit_changes::add(self.core, actor, new).await?;
        Ok(made)
    }

    /// Makes one department, location or job role.
    pub async fn add_unit(&self, actor: &Actor, new: NewUnit) -> Result<Changed<Unit>> {
        actor.require(ORGANISATION_WRITE)?;
        unit_changes::add_one(self.core, actor, new).await
    }

    /// The units of a kind as of a day (today, unless said), departments as a tree; closed ones
    /// only where they are asked for.
    pub async fn units(
        &self,
        actor: &Actor,
        kind: UnitKind,
        as_of: Option<Day>,
        closed: bool,
    ) -> Result<Vec<Unit>> {
        actor.require(ORGANISATION_READ)?;
        let day = self.day(as_of).await?;
        units::list(self.core, kind, day, closed).await
    }

    /// How many people the departments have as of a day (today, unless said), as a tree.
    pub async fn headcounts(&self, actor: &Actor, as_of: Option<Day>) -> Result<Vec<Headcount>> {
        actor.require_for_all(READ)?;
        let day = self.day(as_of).await?;
        headcounts::headcounts(self.core, day).await
    }

    /// One unit by code, name or id, as of a day.
    pub async fn unit(
        &self,
        actor: &Actor,
        kind: UnitKind,
        name: &str,
        as_of: Option<Day>,
    ) -> Result<Unit> {
        actor.require(ORGANISATION_READ)?;
        let day = self.day(as_of).await?;
        units::show(self.core, kind, name, day).await
    }

    /// Renames, moves, staffs or closes a unit. Nothing happens, and it says so, where all was so.
    pub async fn edit_unit(
        &self,
        actor: &Actor,
        kind: UnitKind,
        name: &str,
        change: UnitChange,
    ) -> Result<Changed<Unit>> {
        actor.require(ORGANISATION_WRITE)?;
        let change = change.unchanged_since(self.unchanged_since);
        unit_changes::edit(self.core, actor, kind, name, change).await
    }

    /// Says who leads departments, of many at once. Nothing happens where all was so already.
    pub async fn appoint(
        &self,
        actor: &Actor,
        appointments: Vec<Appointment>,
    ) -> Result<Option<OperationId>> {
        actor.require(ORGANISATION_WRITE)?;
        appointments::appoint(self.core, actor, appointments).await
    }

    /// Records people, all or none; one may be the manager of another.
    pub async fn add(&self, actor: &Actor, new: Vec<NewPerson>) -> Result<Added> {
        actor.require(WRITE)?;
        let mut write = Write::begin(self.core, actor).await?;
        let steps = new.into_iter().map(|new| Step::make(&write, new)).collect();
        let done = directory::apply_in(&mut write, steps).await?;
        write.commit().await?;
        Ok(Added { people: done.people, operation: done.operation })
    }

    /// What [`Self::add`] would say of these people: how many they are, or what is wrong. Nothing is
    /// kept.
    pub async fn plan_add(&self, actor: &Actor, new: Vec<NewPerson>) -> Result<usize> {
        actor.require(WRITE)?;
        let mut write = Write::begin(self.core, actor).await?;
        let steps = new.into_iter().map(|new| Step::make(&write, new)).collect();
        Ok(directory::apply_in(&mut write, steps).await?.people.len())
    }

    /// Records one person, and shows them as they are today.
    pub async fn add_one(&self, actor: &Actor, new: NewPerson) -> Result<Changed<Person>> {
        actor.require(WRITE)?;
        let write = Write::begin(self.core, actor).await?;
        let step = Step::make(&write, new);
        self.carry_out(write, step).await
    }

    /// Carries out many acts on many people in their order, all or none, as one operation. What is
    /// wrong says in which act, and with whom.
    pub async fn apply(&self, actor: &Actor, acts: Vec<PersonAct>) -> Result<Applied> {
        actor.require_for_all(WRITE)?;
        acts::apply(self.core, actor, acts).await
    }

    /// People by name, as of a day: those within the actor's reach.
    pub async fn list(&self, actor: &Actor, filter: PersonFilter) -> Result<Page<Person>> {
        actor.require(READ)?;
        find::list(self.core, actor, filter).await
    }

    /// How many people a list has on all its pages.
    pub async fn count(&self, actor: &Actor, filter: PersonFilter) -> Result<i64> {
        actor.require(READ)?;
        find::count(self.core, actor, filter).await
    }

    /// One person by e-mail, employee number, user name or id, with their way through the
    /// organisation.
    pub async fn card(
        &self,
        actor: &Actor,
        person: &str,
        as_of: Option<Day>,
    ) -> Result<PersonCard> {
        actor.require(READ)?;
        find::card(self.core, actor, person, as_of).await
    }

    /// Changes a person. Nothing happens, and it says so, where all was so already.
    pub async fn edit(
        &self,
        actor: &Actor,
        person: &str,
        change: PersonChange,
    ) -> Result<Changed<Person>> {
        self.step(actor, person, |id| Step::Change(id, change)).await
    }

    /// Says what one change would do to everybody whom a filter means, whatever its page, and does
    /// nothing.
    pub async fn plan_edit_all(
        &self,
        actor: &Actor,
        who: PersonFilter,
        change: PersonChange,
    ) -> Result<EditPlan> {
        actor.require_for_all(WRITE)?;
        bulk_edit::plan(self.core, who, change).await
    }

    /// Changes many people exactly as planned, as one operation; refuses where the plan would be
    /// another one now.
    pub async fn edit_all(&self, actor: &Actor, plan: EditPlan) -> Result<EditOutcome> {
        actor.require_for_all(WRITE)?;
        bulk_edit::edit_all(self.core, actor, plan).await
    }

    /// Says what moving, merging or removing units would do to them and their people, and does
    /// nothing.
    pub async fn plan_reorganisation(
        &self,
        actor: &Actor,
        reorganisation: Reorganisation,
    ) -> Result<ReorganisationPlan> {
        actor.require(ORGANISATION_WRITE)?;
        actor.require_for_all(WRITE)?;
        reorganise::plan(self.core, reorganisation).await
    }

    /// Reorganises exactly as planned, as one operation; refuses where the plan would be another
    /// one now.
    pub async fn reorganise(
        &self,
        actor: &Actor,
        plan: ReorganisationPlan,
    ) -> Result<ReorganisationOutcome> {
        actor.require(ORGANISATION_WRITE)?;
        actor.require_for_all(WRITE)?;
        reorganise::reorganise(self.core, actor, plan).await
    }

    /// Ends the employment of a person with this last day; today, unless said.
    pub async fn deactivate(
        &self,
        actor: &Actor,
        person: &str,
        last_day: impl Into<Option<Day>>,
        reason: Option<&str>,
    ) -> Result<Changed<Person>> {
        actor.require(WRITE)?;
        let (last_day, reason) = (self.day(last_day.into()).await?, reason.map(str::to_owned));
        self.step(actor, person, |person| Step::End { person, last_day, reason }).await
    }

    /// Employs a person again, from today unless said: the same person, a new employment.
    pub async fn reactivate(
        &self,
        actor: &Actor,
        person: &str,
        hired_on: impl Into<Option<Day>>,
    ) -> Result<Changed<Person>> {
        actor.require(WRITE)?;
        let hired_on = self.day(hired_on.into()).await?;
        self.step(actor, person, |person| Step::TakeBack { person, hired_on }).await
    }

    /// Records a leave, until a last day or for as long as it takes.
    pub async fn add_leave(
        &self,
        actor: &Actor,
        person: &str,
        from_on: Day,
        until_on: Option<Day>,
        reason: Option<&str>,
    ) -> Result<Changed<Person>> {
        let leave = Leave { from_on, until_on, reason: reason.map(str::to_owned) };
        self.step(actor, person, |person| Step::AddLeave { person, leave }).await
    }

    /// Ends the leave that covers this day, today unless said, with it as its last.
    pub async fn end_leave(
        &self,
        actor: &Actor,
        person: &str,
        last_day: impl Into<Option<Day>>,
    ) -> Result<Changed<Person>> {
        actor.require(WRITE)?;
        let last_day = self.day(last_day.into()).await?;
        self.step(actor, person, |person| Step::EndLeave { person, last_day }).await
    }

    /// Makes a group: a fixed list of people, or an audience that is kept under a name.
    pub async fn add_group(&self, actor: &Actor, new: NewGroup) -> Result<Changed<Group>> {
        actor.require_for_all(WRITE)?;
        group_changes::add(self.core, actor, new).await
    }

    /// The groups as of a day by code; closed ones only where they are asked for.
    pub async fn groups(
        &self,
        actor: &Actor,
        as_of: Option<Day>,
        closed: bool,
    ) -> Result<Vec<Group>> {
        actor.require_for_all(READ)?;
        groups::list(self.core, as_of, closed).await
    }

    /// One group by code, name or id, as of a day, with how many are in it.
    pub async fn group(&self, actor: &Actor, name: &str, as_of: Option<Day>) -> Result<GroupCard> {
        actor.require_for_all(READ)?;
        groups::show(self.core, name, as_of).await
    }

    /// The people of a group, as a list of people; the filter narrows it further.
    pub async fn group_members(
        &self,
        actor: &Actor,
        name: &str,
        filter: PersonFilter,
    ) -> Result<Page<Person>> {
        actor.require(READ)?;
        find::list(self.core, actor, filter.within(name)).await
    }

    /// How many people of a group there are, on all pages.
    pub async fn count_members(
        &self,
        actor: &Actor,
        name: &str,
        filter: PersonFilter,
    ) -> Result<i64> {
        actor.require(READ)?;
        find::count(self.core, actor, filter.within(name)).await
    }

    /// What a change of a group would do. It is tried and rolled back, so that the plan cannot
    /// differ from the change.
    pub async fn plan_group(
        &self,
        actor: &Actor,
        name: &str,
        change: GroupChange,
    ) -> Result<Vec<FieldChange>> {
        actor.require_for_all(WRITE)?;
        let change = change.unchanged_since(self.unchanged_since);
        let mut write = Write::begin(self.core, actor).await?;
        Ok(group_changes::edit_in(&mut write, name, change).await?.changed)
    }

    /// Renames a group, changes whom it stands for, or who is on its list.
    pub async fn edit_group(
        &self,
        actor: &Actor,
        name: &str,
        change: GroupChange,
    ) -> Result<Changed<Group>> {
        actor.require_for_all(WRITE)?;
        let change = change.unchanged_since(self.unchanged_since);
        let mut write = Write::begin(self.core, actor).await?;
        let outcome = group_changes::edit_in(&mut write, name, change).await?;
        write.commit().await?;
        Ok(outcome)
    }

    /// Closes a group from a day on, unless another group names it.
    pub async fn remove_group(
        &self,
        actor: &Actor,
        name: &str,
        from: Option<Day>,
    ) -> Result<Changed<Group>> {
        actor.require_for_all(WRITE)?;
        group_changes::close(self.core, actor, name, from, self.unchanged_since).await
    }

    /// Takes over what a feed says of a person. What somebody set by hand since, and what belongs to
    /// another feed, is kept and told.
    pub async fn deliver(
        &self,
        actor: &Actor,
        person: &str,
        change: PersonChange,
    ) -> Result<Delivered> {
        actor.require_for_all(WRITE)?;
        let mut write = Write::begin(self.core, actor).await?;
        let id = directory::find(&mut write.tx, &Reach::everybody(), person).await?;
        let mut done = directory::apply_in(&mut write, vec![Step::Change(id, change)]).await?;
        write.commit().await?;
        Ok(Delivered {
            person: id,
            changed: done.changed.pop().unwrap_or_default(),
            kept: done.kept.pop().unwrap_or_default(),
            operation: done.operation,
        })
    }

    /// Everything that happened to a person, newest first. A record that was merged or erased has a
    /// history too, by its id.
    pub async fn history(
        &self,
        actor: &Actor,
        person: &str,
        filter: HistoryFilter,
    ) -> Result<Page<HistoryEntry>> {
        actor.require(READ)?;
        history::history(self.core, actor, person, filter).await
    }

    /// Pairs of records that are likely one human, the likeliest first.
    pub async fn duplicates(
        &self,
        actor: &Actor,
        filter: DuplicateFilter,
    ) -> Result<Page<DuplicatePair>> {
        actor.require_for_all(READ)?;
        duplicates::list(self.core, filter).await
    }

    /// What merging a record into another would do.
    pub async fn plan_merge(&self, actor: &Actor, keep: &str, other: &str) -> Result<MergePlan> {
        actor.require_for_all(WRITE)?;
        merge::plan(self.core, keep, other).await
    }

    /// Makes one of two records that are one human. With the fingerprint of a plan it does what the
    /// plan says, or nothing.
    pub async fn merge(
        &self,
        actor: &Actor,
        keep: &str,
        other: &str,
        fingerprint: Option<&str>,
    ) -> Result<Changed<Person>> {
        actor.require_for_all(WRITE)?;
        merge::merge(self.core, actor, keep, other, fingerprint).await
    }

    /// All that is held about a person.
    pub async fn export(&self, actor: &Actor, person: &str) -> Result<PersonExport> {
        actor.require_for_all(PRIVACY)?;
        export::export(self.core, person).await
    }

    /// What erasing a person would take away, and what would stay.
    pub async fn plan_erase(&self, actor: &Actor, person: &str) -> Result<ErasePlan> {
        actor.require_for_all(PRIVACY)?;
        erase::plan(self.core, person).await
    }

    /// Erases a person for good: everything personal goes, in every table and from the audit log,
    /// whose chain holds. Erasing an erased record, by its id, only cleans the files again.
    pub async fn erase(&self, actor: &Actor, person: &str, reason: Option<&str>) -> Result<Erased> {
        actor.require_for_all(PRIVACY)?;
        erase::erase(self.core, actor, person, reason).await
    }

    /// Says to whom an account belongs, or that it is nobody's. Nothing happens, and it says so, where
    /// all was so already.
    pub async fn link_account(
        &self,
        actor: &Actor,
        account: &str,
        person: Option<&str>,
    ) -> Result<Changed<Account>> {
        actor.require(access::WRITE)?;
        account_links::link(self.core, actor, account, person).await
    }

    /// Makes an account for a person.
    pub async fn add_account_for(
        &self,
        actor: &Actor,
        person: &str,
        account: NewAccount,
    ) -> Result<Account> {
        actor.require(access::WRITE)?;
        account_links::add(self.core, actor, person, account).await
    }

    /// The account of a person.
    pub async fn account(&self, actor: &Actor, person: &str) -> Result<Account> {
        actor.require(access::READ)?;
        account_links::show(self.core, actor, person).await
    }

    /// Changes the account of a person. Nothing happens, and it says so, where all was so already.
    pub async fn edit_account(
        &self,
        actor: &Actor,
        person: &str,
        change: AccountChange,
    ) -> Result<Changed<Account>> {
        actor.require(access::WRITE)?;
        account_links::edit(self.core, actor, person, change, self.unchanged_since).await
    }

    async fn step(
        &self,
        actor: &Actor,
        person: &str,
        step: impl FnOnce(PersonId) -> Step,
    ) -> Result<Changed<Person>> {
        actor.require(WRITE)?;
        let mut write = Write::begin(self.core, actor).await?;
        let sight = Sight::of(&mut write.tx, actor, write.ctx.now).await?;
        let id = sight.find_to_change(&mut write.tx, person).await?;
        directory::refuse_stale(&mut write.tx, id, self.unchanged_since).await?;
        self.carry_out(write, step(id)).await
    }

    async fn carry_out(&self, mut write: Write, step: Step) -> Result<Changed<Person>> {
        let mut done = directory::apply_in(&mut write, vec![step]).await?;
        let id = done.people[0];
        let today = settings::today(&mut write.tx, write.ctx.now).await?;
        let value = find::person_in(&mut write.tx, id, today).await?;
        write.commit().await?;
        let changed = done.changed.pop().unwrap_or_default();
        Ok(Changed { value, changed, operation: done.operation })
    }

    async fn day(&self, as_of: Option<Day>) -> Result<Day> {
        if let Some(day) = as_of {
            return Ok(day);
        }
        settings::today(&mut self.core.db().begin_read().await?, self.core.now()).await
    }
}
