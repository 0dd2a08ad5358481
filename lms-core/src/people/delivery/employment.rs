//! What a feed says of somebody's employment: hired, gone, back, on leave. Pure.
//!
//! What it says belongs to it like any other field (`ownership::EMPLOYMENT`): when somebody ends or
//! resumes an employment by hand, that stands until it is released. A file that contradicts itself is
//! refused; nothing is guessed.

use super::super::draft::{Draft, add_leave, take_back};
use super::super::ownership::EMPLOYMENT;
use super::super::types::{Employment, Leave, PersonStatus};
use super::Feed;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;

/// What is kept of those whom a whole list no longer has.
const MISSING: &str = "missing";

/// What a feed says of an employment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::option_option, reason = "nothing is said, that there is none, or which it is")]
pub(crate) struct Said {
    pub(crate) hired_on: Option<Day>,
    /// Nothing is said, that there is no last day, or which it is.
    pub(crate) terminated_on: Option<Option<Day>>,
    pub(crate) status: Option<PersonStatus>,
    /// A whole list of the feed's people does not have them.
    pub(crate) is_missing: bool,
}

impl Said {
    fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    fn is_gone(&self) -> bool {
        self.status == Some(PersonStatus::Inactive)
    }

    /// The first day of somebody new.
    pub(super) fn begins_on(&self, today: Day) -> Option<Day> {
        let ended_on = match (self.terminated_on.flatten(), self.is_gone()) {
            (Some(last_day), _) => Some(last_day.min(today)),
            (None, true) => Some(today.previous()),
            (None, false) => None,
        };
        self.hired_on.or(ended_on)
    }

    /// As it is kept to be compared.
    fn told(&self) -> String {
        if self.is_missing {
            return MISSING.to_owned();
        }
        let status = self.status.map(|status| status.as_str().to_owned());
        let from = self.hired_on.map(|day| format!("from {day}"));
        let until = self.terminated_on.flatten().map(|day| format!("until {day}"));
        let told: Vec<String> = [status, from, until].into_iter().flatten().collect();
        if told.is_empty() { "employed".to_owned() } else { told.join(" ") }
    }
}

/// Follows what is said, unless somebody said otherwise by hand; whether it would have ended an
/// employment that no feed ends.
pub(super) fn follow(draft: &mut Draft, said: &Said, feed: &Feed<'_>, today: Day) -> Result<bool> {
    let owned = draft.claims.owned.get(EMPLOYMENT).filter(|owned| owned.source == feed.source);
    let last_said = owned.and_then(|owned| owned.delivered.clone());
    if said.is_silent() && last_said.as_deref() != Some(MISSING) {
        return Ok(false);
    }
    let before = (draft.employments.clone(), draft.leaves.clone(), draft.changed.clone());
    if said.is_silent() {
        come_back(draft, today)?;
    } else {
        let was_on_leave = last_said.is_some_and(|said| said.starts_with("on_leave"));
        employ(draft, said, today)?;
        set_leave(draft, said, was_on_leave, today)?;
    }
    let ends = |employments: &[Employment]| employments.last().and_then(|last| last.terminated_on);
    let is_same = draft.employments == before.0 && draft.leaves == before.1;
    let is_protected = !draft.is_new
        && feed.protected.contains(&draft.id)
        && ends(&before.0).is_none()
        && ends(&draft.employments).is_some();
    let n_kept = draft.claims.kept.len();
    let follows = draft.claims.hear(EMPLOYMENT, &said.told(), feed.source, feed.releases);
    if is_same {
        draft.claims.kept.truncate(n_kept);
    } else if is_protected || !follows {
        (draft.employments, draft.leaves, draft.changed) = before;
    }
    Ok(is_protected && follows)
}

/// The list has them again.
fn come_back(draft: &mut Draft, today: Day) -> Result<()> {
    match draft.employments.last().and_then(|last| last.terminated_on) {
        Some(last_day) if last_day < today => take_back(draft, today),
        Some(_) => {
            end_on(draft, None);
            Ok(())
        }
        None => Ok(()),
    }
}

fn employ(draft: &mut Draft, said: &Said, today: Day) -> Result<()> {
    let Some(known) = draft.employments.last().cloned() else {
        return Err(Error::internal("a person without an employment"));
    };
    let is_back = match (known.terminated_on, said.hired_on) {
        (Some(last_day), Some(hired_on)) => last_day < hired_on,
        _ => false,
    };
    if let Some(hired_on) = said.hired_on {
        if is_back && !said.is_gone() {
            take_back(draft, hired_on)?;
        } else if !is_back && hired_on != known.hired_on {
            begin_on(draft, hired_on)?;
        }
    }
    let is_there = said.status.is_some() && !said.is_gone();
    let current = draft.employments.last().cloned().unwrap_or(known.clone());
    match said.terminated_on {
        // The last day of the employment before this one.
        Some(Some(last_day)) if is_back && Some(last_day) == known.terminated_on => Ok(()),
        Some(Some(last_day)) if is_there && last_day < today => Err(Error::invalid(
            "terminated_on",
            format!("the last day {last_day} has passed, and the status says that they are there"),
        )
        .with_hint("correct the one or the other")),
        Some(Some(last_day)) if last_day < current.hired_on => Err(Error::invalid(
            "terminated_on",
            format!("the last day {last_day} lies before the first, {}", current.hired_on),
        )),
        Some(Some(last_day)) => {
            end_on(draft, Some(last_day));
            Ok(())
        }
        _ if said.is_missing || said.is_gone() => {
            if current.terminated_on.is_none_or(|last_day| last_day > today) {
                let last_day = if draft.is_new { today.previous() } else { today };
                end_on(draft, Some(last_day.max(current.hired_on)));
            }
            Ok(())
        }
        Some(None) if !is_there => {
            end_on(draft, None);
            Ok(())
        }
        _ if is_there => match current.terminated_on {
            // Where the file knows of the employment that there was, it is that one that goes on.
            Some(last_day) if last_day < today && said.hired_on.is_none() => {
                take_back(draft, today)
            }
            Some(_) => {
                end_on(draft, None);
                Ok(())
            }
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Another first day of the employment that there is.
fn begin_on(draft: &mut Draft, hired_on: Day) -> Result<()> {
    let earlier = draft.employments.iter().rev().nth(1).and_then(|spell| spell.terminated_on);
    if let Some(last_day) = earlier.filter(|last_day| hired_on <= *last_day) {
        return Err(Error::invalid(
            "hired_on",
            format!("they were employed until {last_day} before: this employment begins later"),
        ));
    }
    let Some(current) = draft.employments.last_mut() else { return Ok(()) };
    if let Some(last_day) = current.terminated_on.filter(|last_day| *last_day < hired_on) {
        return Err(Error::invalid(
            "hired_on",
            format!("the first day {hired_on} lies after the last, {last_day}"),
        ));
    }
    let before = std::mem::replace(&mut current.hired_on, hired_on);
    draft.note("hired_on", Some(before.to_string()), Some(hired_on.to_string()));
    Ok(())
}

/// Another last day, or none any more.
fn end_on(draft: &mut Draft, last_day: Option<Day>) {
    let Some(current) = draft.employments.last_mut() else { return };
    let before = std::mem::replace(&mut current.terminated_on, last_day);
    if last_day.is_none() {
        current.reason = None;
    }
    let text = |day: Option<Day>| day.map(|day| day.to_string());
    draft.note("terminated_on", text(before), text(last_day));
}

/// A leave begins with the day on which a feed first says so, and ends with the day before it says
/// otherwise. Leaves of which it never spoke are none of its business.
fn set_leave(draft: &mut Draft, said: &Said, was_on_leave: bool, today: Day) -> Result<()> {
    let covers =
        |leave: &Leave| leave.from_on <= today && leave.until_on.is_none_or(|until| today <= until);
    let on_leave = draft.leaves.iter().position(covers);
    match (said.status, on_leave) {
        (Some(PersonStatus::OnLeave), None) => {
            add_leave(draft, Leave { from_on: today, until_on: None, reason: None })
        }
        (Some(PersonStatus::Active), Some(at)) if was_on_leave => {
            let leave = &mut draft.leaves[at];
            if leave.until_on.is_none() {
                let until = today.previous().max(leave.from_on);
                leave.until_on = Some(until);
                let before = format!("from {}", leave.from_on);
                let after = format!("{} to {until}", leave.from_on);
                draft.note("leave", Some(before), Some(after));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
