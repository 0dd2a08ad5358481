//! A person as they are being worked on: what is believed of them, with what this act changes.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::directory::Step;
use super::employment::{placed, statuses};
use super::ownership::Claims;
use super::sql::{Facts, IdentityRow, Stored};
use super::timeline::{Period, change_from};
use super::types::{Employment, Leave, PersonField, PersonStatus, Placement};
use super::{ALREADY_GONE, LEAVE_UNKNOWN, NOT_GONE};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::FieldChange;

/// A person as they are being worked on.
pub(super) struct Draft {
    pub(super) id: Uuid,
    pub(super) is_new: bool,
    pub(super) identity: IdentityRow,
    pub(super) employments: Vec<Employment>,
    pub(super) leaves: Vec<Leave>,
    pub(super) placements: Vec<Period<Placement>>,
    pub(super) known_from: Day,
    pub(super) changed: Vec<FieldChange>,
    pub(super) claims: Claims,
}

impl Draft {
    pub(super) fn begin(
        id: Uuid,
        step: &Step,
        facts: &Facts,
        today: Day,
        now: Timestamp,
    ) -> Result<Self> {
        let Step::Make(_, new) = step else {
            let identity = facts.identities.get(&id).cloned();
            let placements = believed(facts.placements.get(&id));
            return Ok(Self {
                id,
                is_new: false,
                identity: identity.ok_or_else(|| Error::internal("a person is gone"))?,
                employments: believed(facts.employments.get(&id)),
                leaves: believed(facts.leaves.get(&id)),
                known_from: placements
                    .first()
                    .map_or(today, |first: &Period<Placement>| first.from),
                placements,
                changed: Vec::new(),
                claims: Claims::of(facts.owned.get(&id)),
            });
        };
        let hired_on = new.hired_on.unwrap_or(today);
        let known_from = today.min(hired_on);
        let nothing = Placement {
            status: PersonStatus::Active,
            hired_on: Some(hired_on),
            department: None,
            location: None,
            job_role: None,
            manager: None,
            country: None,
            job_title: None,
            employment_type: None,
            attributes: BTreeMap::new(),
        };
        Ok(Self {
            id,
            is_new: true,
            identity: IdentityRow {
                id,
                employee_number: None,
                email: None,
                username: None,
                first_name: String::new(),
                last_name: String::new(),
                preferred_name: None,
                locale: None,
                timezone: None,
                created_at: now,
                updated_at: now,
                closed_as: None,
                closed_at: None,
                merged_into: None,
            },
            employments: vec![Employment { hired_on, terminated_on: None, reason: None }],
            leaves: Vec::new(),
            placements: vec![Period { from: known_from, until: None, fields: nothing }],
            known_from,
            changed: Vec::new(),
            claims: Claims::default(),
        })
    }

    /// What they look like on a day, in words, for telling what changed.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.identity.first_name, self.identity.last_name)
    }

    pub(super) fn restate(&mut self) {
        let statuses = statuses(&self.employments, &self.leaves, self.known_from);
        self.placements = placed(&self.placements, &statuses);
    }

    pub(super) fn note(&mut self, field: &str, before: Option<String>, after: Option<String>) {
        if before == after {
            return;
        }
        // Changed twice in one act: what is told is what became of it from before to after the act.
        if let Some(known) = self.changed.iter_mut().find(|change| change.field == field) {
            known.after = after;
        } else {
            self.changed.push(FieldChange { field: field.to_owned(), before, after });
        }
    }
}

fn believed<F: Clone>(stored: Option<&Vec<Stored<F>>>) -> Vec<F> {
    stored.into_iter().flatten().map(|(_, fact)| fact.clone()).collect()
}

impl Draft {
    pub(super) fn on(&self, day: Day) -> Option<&Placement> {
        let covering = self.placements.iter().find(|period| period.covers(day));
        covering.or(self.placements.first()).map(|period| &period.fields)
    }

    pub(super) fn place(&mut self, from: Day, patch: impl Fn(&Placement, &mut Placement)) {
        // Somebody new has one period, in which everything is set.
        if let [only] = self.placements.as_mut_slice()
            && only.until.is_none()
            && from <= only.from
        {
            let base = only.fields.clone();
            patch(&base, &mut only.fields);
            return;
        }
        self.placements = change_from(&self.placements, from, |base, later| {
            let mut changed = later.clone();
            patch(base, &mut changed);
            changed
        });
    }

    pub(super) fn place_text(
        &mut self,
        field: PersonField,
        from: Day,
        to: Option<String>,
        of: fn(&mut Placement) -> &mut Option<String>,
    ) {
        let before = self.on(from).cloned().and_then(|mut placement| of(&mut placement).take());
        self.note(field.as_str(), before.clone(), to.clone());
        self.place(from, |_, later| {
            if *of(later) == before {
                of(later).clone_from(&to);
            }
        });
    }

    pub(super) fn place_manager(&mut self, from: Day, to: Option<Uuid>) {
        let before = self.on(from).and_then(|placement| placement.manager);
        let text = |id: Option<Uuid>| id.map(|id| id.to_string());
        self.note(PersonField::Manager.as_str(), text(before), text(to));
        self.place(from, |base, later| {
            if later.manager == base.manager {
                later.manager = to;
            }
        });
    }

    pub(super) fn note_identity(&mut self, after: &IdentityRow) {
        if self.identity == *after {
            return;
        }
        let before = self.identity.clone();
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        self.note("employee_number", before.employee_number, after.employee_number.clone());
        self.note("email", before.email, after.email.clone());
        self.note("username", before.username, after.username.clone());
        self.note("first_name", some(&before.first_name), some(&after.first_name));
        self.note("last_name", some(&before.last_name), some(&after.last_name));
        self.note("preferred_name", before.preferred_name, after.preferred_name.clone());
        self.note("locale", before.locale, after.locale.clone());
        self.note("timezone", before.timezone, after.timezone.clone());
    }
}

pub(super) fn end(draft: &mut Draft, last_day: Day, reason: Option<String>) -> Result<()> {
    let name = draft.name();
    let Some(current) = draft.employments.last_mut() else {
        return Err(Error::internal("a person without an employment"));
    };
    if let Some(terminated_on) = current.terminated_on {
        if terminated_on == last_day && current.reason == reason {
            return Ok(());
        }
        if terminated_on < last_day {
            return Err(ALREADY_GONE
                .error(format!("{name} has left on {terminated_on} already"))
                .with_hint(
                    "a last day can be brought forward; to employ them again, reactivate them",
                ));
        }
    }
    if last_day < current.hired_on {
        return Err(Error::invalid(
            "terminated_on",
            format!("the last day {last_day} lies before the first, {}", current.hired_on),
        ));
    }
    let before = current.terminated_on.map(|day| day.to_string());
    (current.terminated_on, current.reason) = (Some(last_day), reason);
    draft.note("terminated_on", before, Some(last_day.to_string()));
    Ok(())
}

pub(super) fn take_back(draft: &mut Draft, hired_on: Day) -> Result<()> {
    let name = draft.name();
    let last = draft.employments.last().cloned();
    match last {
        Some(Employment { hired_on: known, terminated_on: None, .. }) if known == hired_on => {
            return Ok(());
        }
        Some(Employment { terminated_on: None, hired_on: known, .. }) => {
            return Err(NOT_GONE
                .error(format!("{name} is employed since {known}"))
                .with_hint("there is nothing to reactivate"));
        }
        Some(Employment { terminated_on: Some(terminated_on), .. })
            if hired_on <= terminated_on =>
        {
            return Err(Error::invalid(
                "hired_on",
                format!("{name} was employed until {terminated_on}: a new employment begins later"),
            ));
        }
        _ => {}
    }
    draft.employments.push(Employment { hired_on, terminated_on: None, reason: None });
    draft.note("hired_on", last.map(|last| last.hired_on.to_string()), Some(hired_on.to_string()));
    Ok(())
}

pub(super) fn add_leave(draft: &mut Draft, leave: Leave) -> Result<()> {
    if leave.until_on.is_some_and(|until| until < leave.from_on) {
        return Err(Error::invalid("until_on", "a leave ends on its first day or later"));
    }
    if draft.leaves.contains(&leave) {
        return Ok(());
    }
    let overlaps = draft.leaves.iter().find(|known| {
        known.until_on.is_none_or(|until| leave.from_on <= until)
            && leave.until_on.is_none_or(|until| known.from_on <= until)
    });
    if let Some(known) = overlaps {
        return Err(Error::invalid(
            "from_on",
            format!("{} is on leave from {} already", draft.name(), known.from_on),
        )
        .with_hint("end that leave first"));
    }
    draft.note("leave", None, Some(told(&leave)));
    draft.leaves.push(leave);
    draft.leaves.sort_by_key(|leave| leave.from_on);
    Ok(())
}

pub(super) fn end_leave(draft: &mut Draft, last_day: Day) -> Result<()> {
    let name = draft.name();
    let open = draft.leaves.iter_mut().find(|leave| {
        leave.from_on <= last_day && leave.until_on.is_none_or(|until| last_day <= until)
    });
    let Some(leave) = open else {
        return Err(LEAVE_UNKNOWN
            .error(format!("{name} is not on leave on {last_day}"))
            .with_hint("`lmsctl person show` lists the leaves"));
    };
    let before = told(leave);
    leave.until_on = Some(last_day);
    let after = told(leave);
    draft.note("leave", Some(before), Some(after));
    Ok(())
}

pub(super) fn told(leave: &Leave) -> String {
    match leave.until_on {
        Some(until) => format!("{} to {until}", leave.from_on),
        None => format!("from {}", leave.from_on),
    }
}
