//! Who is who, where, since when: people, departments, locations and job roles.
//!
//! Owns `units`, `unit_periods`, `persons`, `person_terms`, `employments`, `leaves`, `placements` and
//! `account_links`. Promises that departments form a tree and managers a forest on every day, that one
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
mod reach;
mod directory;
mod draft;
mod fields;
mod managers;
mod save;
mod find;
mod account_links;
pub(crate) mod sql;

pub use find::PersonFilter;
pub use types::{
    Employment, Leave, NewPerson, Person, PersonCard, PersonChange, PersonField, PersonStatus,
    Placed,
};
pub use unit_changes::{NewUnit, UnitChange};
pub use units::{Unit, UnitKind};

use crate::access::{self, Account, NewAccount};
use crate::kernel::access::{Actor, Permission};
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};
use crate::kernel::ids::id;
use crate::kernel::page::Page;
use crate::kernel::text::Day;
use crate::operations::{Changed, Write};
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

id! {
    /// A person.
    PersonId;
    /// A department, location or job role.
    UnitId;
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
    ACCOUNT_LINKED = "people.account_linked", Conflict, "the account belongs to somebody, or the person has one";
    LEAVE_UNKNOWN = "people.leave_unknown", NotFound, "the person is not on leave on that day";
}

/// People and units; made by [`crate::Lms::people`].
#[derive(Debug)]
pub struct People<'a> {
    pub(crate) core: &'a Core,
}

impl People<'_> {
    /// Makes departments, locations and job roles, all or none.
    pub async fn add_units(&self, actor: &Actor, new: Vec<NewUnit>) -> Result<Vec<Unit>> {
        actor.require(ORGANISATION_WRITE)?;
        unit_changes::add(self.core, actor, new).await
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
        unit_changes::edit(self.core, actor, kind, name, change).await
    }

    /// Records people, all or none; one may be the manager of another.
    pub async fn add(&self, actor: &Actor, new: Vec<NewPerson>) -> Result<Vec<PersonId>> {
        actor.require(WRITE)?;
        let mut write = Write::begin(self.core, actor).await?;
        let steps = new.into_iter().map(Step::Make).collect();
        let done = directory::apply_in(&mut write, steps).await?;
        write.commit().await?;
        Ok(done.people)
    }

    /// People by name, as of a day: those within the actor's reach.
    pub async fn list(&self, actor: &Actor, filter: PersonFilter) -> Result<Page<Person>> {
        actor.require(READ)?;
        find::list(self.core, actor, filter).await
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

    /// Ends the employment of a person with this last day.
    pub async fn deactivate(
        &self,
        actor: &Actor,
        person: &str,
        last_day: Day,
        reason: Option<&str>,
    ) -> Result<Changed<Person>> {
        let reason = reason.map(str::to_owned);
        self.step(actor, person, |person| Step::End { person, last_day, reason }).await
    }

    /// Employs a person again: the same person, a new employment.
    pub async fn reactivate(
        &self,
        actor: &Actor,
        person: &str,
        hired_on: Day,
    ) -> Result<Changed<Person>> {
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

    /// Ends the leave that covers this day with it as its last.
    pub async fn end_leave(
        &self,
        actor: &Actor,
        person: &str,
        last_day: Day,
    ) -> Result<Changed<Person>> {
        self.step(actor, person, |person| Step::EndLeave { person, last_day }).await
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
        let mut done = directory::apply_in(&mut write, vec![step(id)]).await?;
        let today = settings::today(&mut write.tx, write.ctx.now).await?;
        let units = units::Units::load(&mut write.tx).await?;
        let value = find::person_in(&mut write.tx, &units, id, today).await?;
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
