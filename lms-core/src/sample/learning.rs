//! Who does what they have to, and when: most in time, some late, a few hardly ever.

use std::collections::{BTreeMap, BTreeSet};

use super::dice::Dice;
use super::staff::{after, days_between};
use crate::assignments::engine::Status;
use crate::assignments::{Assignment, AssignmentFilter, NewCompletions};
use crate::kernel::access::Actor;
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::lms::Lms;
use crate::people::{Audience, AudienceField};

const PAGE: u32 = 500;
/// So long people take for what is due on no day.
const WITHOUT_HASTE_DAYS: usize = 120;
const LATE_DAYS: usize = 60;
const HARDLY_EVER_DAYS: usize = 450;
/// Of a thousand obligations.
const IN_TIME: usize = 700;
const LATE: usize = 180;

/// Records what people do until the next time that it is recorded, for each training at once.
pub(super) async fn learn(
    lms: &Lms,
    actor: &Actor,
    seed: u64,
    (today, next): (Day, Day),
) -> Result<()> {
    let assignments = lms.assignments();
    let mut done: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut cursor = None;
    loop {
        let filter = AssignmentFilter::new().page(PAGE, cursor.as_deref());
        let page = assignments.list(actor, filter).await?;
        for one in &page.items {
            if let Some(number) = &one.employee_number
                && is_free(one.status)
                && done_on(one, number, seed) < next
            {
                done.entry(one.training.clone()).or_default().insert(number.clone());
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    for (training, people) in done {
        let by_number = |who: Audience, number: &String| who.with(AudienceField::Person, number);
        let who = people.iter().fold(Audience::everybody(), by_number);
        let plan =
            assignments.plan_complete(actor, NewCompletions::of(&training, who).on(today)).await?;
        assignments.complete(actor, plan).await?;
    }
    Ok(())
}

/// Whether somebody can do it now.
fn is_free(status: Status) -> bool {
    !matches!(status, Status::OnLeave | Status::Exempt | Status::Waitlisted)
}

/// When somebody gets round to it. It is drawn for each obligation apart, from what does not change
/// from one run to the next.
fn done_on(one: &Assignment, number: &str, seed: u64) -> Day {
    let mut purpose = 0xcbf2_9ce4_8422_2325_u64;
    let cycle = one.cycle.to_string();
    for byte in [number, &one.training, &cycle].into_iter().flat_map(str::bytes) {
        purpose = (purpose ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let mut dice = Dice::new(seed, purpose);
    let due_on = one.baseline_due_on.unwrap_or(after(one.assigned_on, WITHOUT_HASTE_DAYS));
    match dice.below(1_000) {
        0..IN_TIME => {
            let days = days_between(one.assigned_on, due_on);
            after(one.assigned_on, dice.below(days))
        }
        chance if chance < IN_TIME + LATE => after(due_on, 1 + dice.below(LATE_DAYS)),
        _ => after(due_on, LATE_DAYS + dice.below(HARDLY_EVER_DAYS)),
    }
}
