//! What audiences name stands for other people than before: a department hangs elsewhere, a group has
//! another member, an account another role. Rules that go by such names look again at those for whom it
//! makes a difference.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

use uuid::Uuid;

use super::RECONSIDERED;
use super::engine::plus_days;
use super::reconsider::reconsider;
use super::rules::{RuleInForce, RuleStatus, in_force};
use super::store::Effects;
use crate::kernel::db::{Assembly, One, Tx};
use crate::kernel::error::{ErrorKind, Result};
use crate::kernel::text::Day;
use crate::operations::{Operation, Write};
use crate::people::Audience;
use crate::people::audience::known::people_of;
use crate::people::memberships::{moved_with_days, names_changed};
use crate::settings;

/// After names came to stand for others.
pub(crate) fn regrouped(
    write: &mut Write,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>> {
    Box::pin(async move {
        let effects = regroup(write, Audience::can_come_to_mean_others).await?;
        if !effects.is_empty() {
            write.record(effects.told(Operation::new(RECONSIDERED)));
        }
        Ok(())
    })
}

/// Looks again at those who are in the audience of a rule that is no reason for them, or the other way
/// round.
pub(super) async fn regroup(
    write: &mut Write,
    is_meant: impl Fn(&Audience) -> bool,
) -> Result<Effects> {
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let (mut people, mut trainings) = (BTreeSet::new(), BTreeSet::new());
    let rules = in_force(&mut write.tx, today, None, None).await?;
    // As many as there are rules of which it is asked.
    for rule in rules.iter().filter(|rule| is_meant(&rule.definition.audience)) {
        let differing = differing(&mut write.tx, rule, today).await?;
        if !differing.is_empty() {
            people.extend(differing);
            trainings.extend(rule.all_trainings(&mut write.tx).await?);
        }
    }
    let people: Vec<Uuid> = people.into_iter().collect();
    let trainings: Vec<Uuid> = trainings.into_iter().collect();
    reconsider(write, &people, &trainings).await
}

/// Whoever is in the audience without the rule being a reason for anything, or the other way round.
pub(super) async fn differing(tx: &mut Tx, rule: &RuleInForce, day: Day) -> Result<Vec<Uuid>> {
    if rule.status != RuleStatus::Active {
        return Ok(Vec::new());
    }
    let members = match people_of(tx, &rule.definition.audience, day).await {
        Ok(members) => members,
        // A name means nothing any more: nobody can say who is meant, and nothing happens.
        Err(error) if error.kind() != ErrorKind::Internal => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let members: BTreeSet<Uuid> = members.into_iter().collect();
    let concerned: BTreeSet<Uuid> = concerned_by(tx, rule.id).await?.into_iter().collect();
    Ok(members.symmetric_difference(&concerned).copied().collect())
}

/// Everybody for whom a rule is a reason, or was one when they did it last.
pub(super) async fn concerned_by(tx: &mut Tx, rule: Uuid) -> Result<Vec<Uuid>> {
    let rows: Vec<One<Uuid>> = Assembly::new(
        "SELECT DISTINCT a.person_id FROM assignment_reasons r
         JOIN assignments a ON a.id = r.assignment_id AND a.retracted_at IS NULL
         WHERE r.retracted_at IS NULL AND r.removed_on IS NULL AND r.source_id = ?",
    )
    .bind(rule)
    .on(tx)
    .all()
    .await?;
    Ok(rows.into_iter().map(|One(id)| id).collect())
}

/// Whom rules concern by the passing of days after one and until another, by training: rules begin and
/// end, those who are there begin one after the other, and what audiences name changes on days that were
/// told before. With nothing to go by, everybody whom any rule should concern and does not, or the other
/// way round.
pub(super) async fn people_of_rules(
    tx: &mut Tx,
    since: Option<Day>,
    until: Day,
) -> Result<BTreeMap<Uuid, BTreeSet<Uuid>>> {
    let is_passed = |day: Day| since.is_none_or(|since| since < day) && day <= until;
    let mut people: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
    // As many as there are rules.
    for rule in in_force(tx, until, None, None).await? {
        let audience = &rule.definition.audience;
        let begins_on = rule.begins_on();
        let begins = is_passed(begins_on) || is_passed(rule.since);
        let is_begun_by_all = match rule.definition.stagger_weeks {
            Some(weeks) => {
                plus_days(begins_on, 7 * i32::try_from(weeks).unwrap_or(i32::MAX / 7))
                    < since.unwrap_or(begins_on)
            }
            None => true,
        };
        let ends = rule.ends_on().is_some_and(is_passed);
        let regroups = match since {
            Some(since) => names_changed(tx, &[audience], since, until).await?,
            None => true,
        };
        let moved = match since {
            Some(since) => moved_with_days(tx, audience, since, until).await?,
            None => BTreeSet::new(),
        };
        if !(begins || ends || regroups || !is_begun_by_all || !moved.is_empty()) {
            continue;
        }
        let mut concerned = differing(tx, &rule, until).await?;
        concerned.extend(moved);
        if ends {
            concerned.extend(concerned_by(tx, rule.id).await?);
        }
        if concerned.is_empty() {
            continue;
        }
        for training in rule.all_trainings(tx).await? {
            people.entry(training).or_default().extend(concerned.iter().copied());
        }
    }
    Ok(people)
}
