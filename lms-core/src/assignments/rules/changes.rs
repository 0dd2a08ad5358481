//! Changes of rules, and how the rules would stand after them.

use super::definition::RuleDefinition;
use super::in_force::{RuleInForce, as_if, in_force_of, named};
use super::names::Named;
use super::parts::RuleStatus;
use super::stored::{find, load_one};
use super::{NO_DRAFT, NOT_IN_FORCE, UNKNOWN_VERSION};
use crate::assignments::ruling::Changed;
use crate::kernel::db::{IdList, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::Day;

/// A change of a rule that people notice: it is planned, looked at, and applied.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleChange {
    /// It is to say this, as a file does, and to be in force.
    Apply(Box<RuleDefinition>),
    /// What its draft says comes into force.
    ApplyDraft(String),
    /// After a pause it goes on.
    Activate(String),
    /// It neither gives nor takes anything until it goes on.
    Pause(String),
    /// It wants nothing any more.
    Remove(String),
    /// What this version said comes into force again.
    GoBack(String, u32),
}

/// How the rules would stand after some changes, in their order. One code is changed once.
pub(in crate::assignments) async fn resolve(
    tx: &mut Tx,
    day: Day,
    changes: &[RuleChange],
) -> Result<Vec<Changed>> {
    let mut changed: Vec<Changed> = Vec::with_capacity(changes.len());
    // As many as somebody wrote down.
    for change in changes {
        let one = resolve_one(tx, day, change).await?;
        if changed.iter().any(|other| fold(&other.after.code) == fold(&one.after.code)) {
            let message = format!("the rule `{}` is named twice", one.after.code);
            return Err(Error::invalid("rule", message).with_hint("name it once"));
        }
        changed.push(one);
    }
    Ok(changed)
}

async fn resolve_one(tx: &mut Tx, day: Day, change: &RuleChange) -> Result<Changed> {
    let (code, draft) = match change {
        RuleChange::Apply(definition) => (definition.code.clone(), None),
        RuleChange::ApplyDraft(rule)
        | RuleChange::Activate(rule)
        | RuleChange::Pause(rule)
        | RuleChange::Remove(rule)
        | RuleChange::GoBack(rule, _) => {
            let id = find(tx, rule).await?;
            let stored = load_one(tx, id).await?;
            let draft = stored.draft().map(|draft| draft.definition.clone());
            (stored.code, draft)
        }
    };
    let before = in_force_of(tx, &code, day, None).await?;
    let drafted = || {
        draft.clone().ok_or_else(|| {
            NO_DRAFT
                .error(format!("the rule `{code}` has no draft"))
                .with_field("rule")
                .with_hint(format!("`lmsctl rule edit {code}` begins one"))
        })
    };
    let stands = |status: RuleStatus| match &before {
        Some(before) => Ok(RuleInForce { status, since: day, ..before.clone() }),
        None => Err(NOT_IN_FORCE
            .error(format!("the rule `{code}` is a draft, and asks nobody for anything"))
            .with_field("rule")
            .with_hint(format!("`lmsctl rule apply {code}` puts it into force"))),
    };
    let after = match change {
        RuleChange::Apply(definition) => {
            as_if(tx, day, (**definition).clone(), before.as_ref()).await?
        }
        RuleChange::ApplyDraft(_) => as_if(tx, day, drafted()?, before.as_ref()).await?,
        RuleChange::Activate(_) if before.is_none() => as_if(tx, day, drafted()?, None).await?,
        RuleChange::Activate(_) => stands(RuleStatus::Active)?,
        RuleChange::Pause(_) => stands(RuleStatus::Paused)?,
        RuleChange::Remove(_) => stands(RuleStatus::Removed)?,
        RuleChange::GoBack(_, version) => {
            go_back(tx, stands(RuleStatus::Active)?, *version).await?
        }
    };
    // What stands so already began when it began.
    let after = match &before {
        Some(before) if (before.status, before.version) == (after.status, after.version) => {
            RuleInForce { since: before.since, ..after }
        }
        _ => after,
    };
    Ok(Changed { before, after })
}

/// The rule with one of its other versions.
async fn go_back(tx: &mut Tx, rule: RuleInForce, version: u32) -> Result<RuleInForce> {
    if rule.version == version {
        return Ok(rule);
    }
    let mut all = rule.earlier.clone();
    all.push((rule.version, rule.definition.clone()));
    all.sort_by_key(|(version, _)| *version);
    let Some(at) = all.iter().position(|(number, _)| *number == version) else {
        let numbers: Vec<String> = all.iter().map(|(number, _)| number.to_string()).collect();
        return Err(UNKNOWN_VERSION
            .error(format!("the rule `{}` never had a version {version}", rule.code))
            .with_field("version")
            .with_hint(format!("it had: {}", numbers.join(", "))));
    };
    let (version, definition) = all.remove(at);
    let mut named = named(tx, &IdList::new([rule.id])).await?;
    let Named { trainings, paths, after } = named.remove(&(rule.id, version)).unwrap_or_default();
    let until = definition.ends_on();
    Ok(RuleInForce { version, until, definition, earlier: all, trainings, paths, after, ..rule })
}
