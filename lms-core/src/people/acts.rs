//! Many acts on many people as one: carried out together or not at all, in one operation.

use std::collections::HashSet;

use super::PersonId;
use super::directory::{Done, Missteps, Step, carry_out, find};
use super::names::{Called, find_all};
use super::ownership::KeptField;
use super::reach::Reach;
use super::types::{Leave, NewPerson, PersonChange, PersonField};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{OperationId, Write};

/// One thing that is to become of one person, who is named by e-mail address, employee number, user
/// name or id. Somebody who is hired earlier in the same list can be named, too, by what they were
/// hired with.
#[derive(Debug, Clone)]
pub struct PersonAct {
    person: String,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Hire(NewPerson),
    Change(PersonChange),
    End { last_day: Day, reason: Option<String> },
    TakeBack { hired_on: Day },
    AddLeave(Leave),
    EndLeave { last_day: Day },
}

impl PersonAct {
    fn new(person: &str, what: What) -> Self {
        Self { person: person.to_owned(), what }
    }

    /// Records somebody new.
    #[must_use]
    pub fn hire(new: NewPerson) -> Self {
        let field = |field| new.values.fields.get(&field).cloned();
        let called = field(PersonField::EmployeeNumber).or_else(|| field(PersonField::Email));
        let name = || {
            let names = [field(PersonField::FirstName), field(PersonField::LastName)];
            names.into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        Self { person: called.unwrap_or_else(name), what: What::Hire(new) }
    }

    /// Changes fields of a person.
    #[must_use]
    pub fn change(person: &str, change: PersonChange) -> Self {
        Self::new(person, What::Change(change))
    }

    /// Ends an employment with this last day.
    #[must_use]
    pub fn deactivate(person: &str, last_day: Day, reason: Option<&str>) -> Self {
        Self::new(person, What::End { last_day, reason: reason.map(str::to_owned) })
    }

    /// Employs a person again.
    #[must_use]
    pub fn reactivate(person: &str, hired_on: Day) -> Self {
        Self::new(person, What::TakeBack { hired_on })
    }

    /// Records a leave, until a last day or for as long as it takes.
    #[must_use]
    pub fn add_leave(
        person: &str,
        from_on: Day,
        until_on: Option<Day>,
        reason: Option<&str>,
    ) -> Self {
        let leave = Leave { from_on, until_on, reason: reason.map(str::to_owned) };
        Self::new(person, What::AddLeave(leave))
    }

    /// Ends the leave that covers this day with it as its last.
    #[must_use]
    pub fn end_leave(person: &str, last_day: Day) -> Self {
        Self::new(person, What::EndLeave { last_day })
    }
}

impl PersonAct {
    /// The day on which it comes about; none where that is the day on which it is recorded.
    #[must_use]
    pub fn day(&self) -> Option<Day> {
        match &self.what {
            What::Hire(new) => new.hired_on,
            What::Change(change) => change.from,
            What::End { last_day, .. } | What::EndLeave { last_day } => Some(*last_day),
            What::TakeBack { hired_on } => Some(*hired_on),
            What::AddLeave(leave) => Some(leave.from_on),
        }
    }
}

/// What became of a list of acts.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Who each act was about, in the order of the acts.
    pub people: Vec<PersonId>,
    /// How many people are not as they were.
    pub n_changed: usize,
    /// For each act what a feed delivered and what stayed as it was.
    pub kept: Vec<Vec<KeptField>>,
    /// What it is in the audit log; nothing where all was so already.
    pub operation: Option<OperationId>,
}

pub(super) async fn apply(core: &Core, actor: &Actor, acts: Vec<PersonAct>) -> Result<Applied> {
    let mut write = Write::begin(core, actor).await?;
    let labels: Vec<String> = acts.iter().map(|act| act.person.clone()).collect();
    let Done { people, changed, kept, operation } = match steps(&mut write, acts).await {
        Ok(steps) => carry_out(&mut write, steps).await,
        Err(missteps) => Err(missteps),
    }
    .map_err(|missteps| told(missteps, &labels))?;
    write.commit().await?;
    let touched = people.iter().zip(&changed).filter(|(_, changed)| !changed.is_empty());
    let n_changed = touched.map(|(person, _)| person).collect::<HashSet<_>>().len();
    Ok(Applied { people, n_changed, kept, operation })
}

/// Where in the list it went wrong, and with whom.
fn told(missteps: Missteps, labels: &[String]) -> Error {
    missteps.told(|step, error| {
        let person = labels.get(step).map(String::as_str).unwrap_or_default();
        let place = format!("act {}, `{person}`", step + 1);
        error.into_parts().into_iter().map(|part| part.within(&place)).collect()
    })
}

/// From names to people: those hired before in the list, then all others in one look.
async fn steps(
    write: &mut Write,
    acts: Vec<PersonAct>,
) -> std::result::Result<Vec<Step>, Missteps> {
    let mut hired = Called::default();
    let mut people: Vec<Option<PersonId>> = Vec::with_capacity(acts.len());
    for act in &acts {
        people.push(match &act.what {
            What::Hire(new) => {
                let id = write.ctx.new_id();
                let field = |field| new.values.fields.get(&field).map(|text| text.trim());
                hired.add(
                    id,
                    field(PersonField::Email),
                    field(PersonField::Username),
                    field(PersonField::EmployeeNumber),
                );
                Some(PersonId::new(id))
            }
            _ => hired.only(&act.person).map(PersonId::new),
        });
    }
    let elsewhere: Vec<&str> = acts
        .iter()
        .zip(&people)
        .filter(|(_, person)| person.is_none())
        .map(|(act, _)| act.person.as_str())
        .collect();
    let there = find_all(&mut write.tx, elsewhere).await?;
    let mut steps = Vec::with_capacity(acts.len());
    for (at, (act, person)) in acts.into_iter().zip(people).enumerate() {
        let person = match person.or_else(|| there.only(&act.person).map(PersonId::new)) {
            Some(person) => person,
            None => find(&mut write.tx, &Reach::everybody(), &act.person)
                .await
                .map_err(Missteps::at(at))?,
        };
        steps.push(act.what.step(person));
    }
    Ok(steps)
}

impl What {
    fn step(self, person: PersonId) -> Step {
        match self {
            Self::Hire(new) => Step::Make(person, new),
            Self::Change(change) => Step::Change(person, change),
            Self::End { last_day, reason } => Step::End { person, last_day, reason },
            Self::TakeBack { hired_on } => Step::TakeBack { person, hired_on },
            Self::AddLeave(leave) => Step::AddLeave { person, leave },
            Self::EndLeave { last_day } => Step::EndLeave { person, last_day },
        }
    }
}
