//! Who is reminded of what. Pure.

use std::collections::HashMap;

use serde_json::json;
use uuid::Uuid;

use crate::assignments::sweeping::{EndingExemption, Standing};
use crate::notifications::{Inbox, NoticeType, Told};

/// What a training is called.
#[derive(Debug, Clone, Default)]
pub(super) struct Called {
    pub(super) code: String,
    pub(super) title: String,
}

/// The reminder that is due for something that stands open, if there is one.
pub(super) fn reminder(
    standing: &Standing,
    called: &HashMap<Uuid, Called>,
    id: Uuid,
) -> Option<Told> {
    let offset = standing.policy.latest_reminder(standing.not_before, standing.days_past)?;
    let called = called.get(&standing.training).cloned().unwrap_or_default();
    Some(Told {
        id,
        to: Inbox::Person(standing.person),
        notice_type: NoticeType::Reminder,
        once: format!("{}:{}:{offset:+}", standing.assignment, standing.due_on),
        training: Some(standing.training),
        assignment: Some(standing.assignment),
        n_people: 1,
        data: json!({
            "training": called.code,
            "title": called.title,
            "due_on": standing.due_on,
            "overdue_on": standing.overdue_on,
            "days_left": -standing.days_past,
            "offset": offset,
        }),
        day: standing.today,
    })
}

/// The warning that an exemption ends.
pub(super) fn warning(ending: &EndingExemption, called: &HashMap<Uuid, Called>, id: Uuid) -> Told {
    let called = called.get(&ending.training).cloned().unwrap_or_default();
    Told {
        id,
        to: Inbox::Person(ending.person),
        notice_type: NoticeType::ExemptionEnding,
        once: format!("{}:{}", ending.exemption, ending.until),
        training: Some(ending.training),
        assignment: None,
        n_people: 1,
        data: json!({
            "training": called.code,
            "title": called.title,
            "exemption_id": ending.exemption,
            "until": ending.until,
        }),
        day: ending.day,
    }
}
