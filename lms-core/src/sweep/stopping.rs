//! Telling those who run the system of rules that stand still.

use serde_json::json;

use crate::assignments::StoppedRule;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::notifications::{self, NoticeType, Told};
use crate::operations::Write;

/// Tells of each rule once for each day on which it stopped, however many nights it stands still.
pub(super) async fn tell(
    core: &Core,
    actor: &Actor,
    stopped: &[StoppedRule],
    day: Day,
) -> Result<()> {
    if stopped.is_empty() {
        return Ok(());
    }
    let mut write = Write::begin(core, actor).await?;
    let admins = notifications::admins(&mut write.tx).await?;
    let mut notices = Vec::new();
    for rule in stopped {
        for to in &admins {
            notices.push(Told {
                id: write.ctx.new_id(),
                to: *to,
                notice_type: NoticeType::RuleStopped,
                once: format!("{}:{}", rule.id, rule.since),
                training: None,
                assignment: None,
                n_people: 0,
                data: json!({
                    "rule_id": rule.id,
                    "rule": rule.code,
                    "title": rule.title,
                    "since": rule.since,
                    "because": rule.because,
                }),
                day,
            });
        }
    }
    if notifications::queue(&mut write, &notices).await? == 0 {
        return Ok(());
    }
    write.commit_unrecorded().await
}
