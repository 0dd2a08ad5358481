//! Writing rules: drafts, of which nothing follows until they are applied.

use uuid::Uuid;

use super::definition::RuleDefinition;
use super::find::rule_of;
use super::names::look_up;
use super::store::{insert_rule, insert_version};
use super::stored::{Stored, find, load_one};
use super::types::Rule;
use super::validation::{problems_of, tidy};
use super::{
    DRAFT_DROPPED, DRAFTED, EXISTS, INVALID_DEFINITION, NO_DRAFT, RuleId, Rules, STALE, sql,
};
use crate::assignments::rules::in_force::id_of;
use crate::catalog::difference::{compared, json, spread};
use crate::catalog::{Problem, refuse};
use crate::kernel::access::Actor;
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::Day;
use crate::operations::{Changed, FieldChange, Operation, OperationId, Write, refuse_changed};
use crate::people::audience::known::wrong_in;
use crate::settings;

/// What is different between two definitions, by field.
pub(in crate::assignments) fn difference(
    before: Option<&RuleDefinition>,
    after: &RuleDefinition,
) -> Vec<FieldChange> {
    let fields = |definition: &RuleDefinition| {
        let mut found = Vec::new();
        spread("", &json(definition), &mut found);
        found
    };
    compared(&before.map(fields).unwrap_or_default(), &fields(after))
}

/// All that is wrong with a definition that was tidied, also with what it names.
pub(super) async fn all_problems_of(
    tx: &mut Tx,
    day: Day,
    definition: &RuleDefinition,
) -> Result<Vec<Problem>> {
    let mut problems = problems_of(definition);
    problems.extend(look_up(tx, definition).await?.1);
    for error in wrong_in(tx, &definition.audience, day).await? {
        let hint = error.hints().first().map(|hint| format!("; {hint}")).unwrap_or_default();
        let path = place_in_audience(&error);
        problems.push(Problem::new(path, format!("{}{hint}", error.message())));
    }
    Ok(problems)
}

/// Where in a definition something is that cannot be understood of its audience.
pub(super) fn place_in_audience(error: &Error) -> String {
    match error.field() {
        Some(field) if field != "audience" => format!("audience.{field}"),
        _ => "audience".to_owned(),
    }
}

/// Which rule is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Saving<'a> {
    /// One that is not there yet.
    New,
    /// The one that the definition names, whether it is there or not.
    Named,
    /// This one, by code or id.
    Known(&'a str),
}

impl Saving<'_> {
    /// The rule, where it is there.
    async fn known(self, tx: &mut Tx, definition: &RuleDefinition) -> Result<Option<Stored>> {
        let id = match self {
            Self::Known(name) => Some(find(tx, name).await?),
            Self::New | Self::Named => id_of(tx, &definition.code).await?.map(RuleId::new),
        };
        let Some(id) = id else { return Ok(None) };
        let known = load_one(tx, id).await?;
        if !definition.code.is_empty() && fold(&definition.code) != fold(&known.code) {
            let message = format!("the rule is `{}`, not `{}`", known.code, definition.code);
            return Err(Error::invalid("code", message)
                .with_hint("the code of a rule stays for good; another code is another rule"));
        }
        Ok(Some(known))
    }
}

pub(super) async fn save_draft(
    rules: &Rules<'_>,
    actor: &Actor,
    mut definition: RuleDefinition,
    saving: Saving<'_>,
) -> Result<Changed<Rule>> {
    let mut write = Write::begin(rules.core, actor).await?;
    tidy(&mut definition);
    let now = write.ctx.now;
    let today = settings::today(&mut write.tx, now).await?;
    let known = saving.known(&mut write.tx, &definition).await?;
    if let Some(known) = &known {
        if matches!(saving, Saving::New) {
            return Err(EXISTS
                .error(format!("there is a rule `{}` already", known.code))
                .with_field("code")
                .with_hint(format!(
                    "`lmsctl rule edit {}` changes it, `lmsctl rule show {}` shows it",
                    known.code, known.code
                )));
        }
        refuse_changed(&STALE, "rule", rules.unchanged_since, known.updated_at)?;
        definition.code.clone_from(&known.code);
    }
    let problems = all_problems_of(&mut write.tx, today, &definition).await?;
    if !problems.is_empty() {
        let what = format!("the rule `{}`", definition.code);
        return Err(refuse(&INVALID_DEFINITION, &what, &problems));
    }
    let Some(known) = known else {
        let id = insert_rule(&mut write, &definition.code).await?;
        put_draft(&mut write, id, 1, &definition).await?;
        let changed = difference(None, &definition);
        return finish(write, id, today, changed).await;
    };
    let before = working(&known, today);
    let changed = difference(before, &definition);
    if before == Some(&definition) {
        let value = rule_of(&known, today)?;
        return Ok(Changed { value, changed, operation: None });
    }
    let in_force = known.period_on(today.max(last_day(&known, today)));
    let in_force = in_force.and_then(|period| known.version(period.version));
    drop_rows(&mut write.tx, &known).await?;
    // What says the same as what is in force is no draft.
    if in_force.is_none_or(|version| version.definition != definition) {
        let number = known.last_applied().map_or(0, |version| version.number) + 1;
        put_draft(&mut write, known.id, number, &definition).await?;
    }
    finish(write, known.id, today, changed).await
}

/// The day from which on the period holds that begins last.
fn last_day(known: &Stored, today: Day) -> Day {
    known.periods.last().map_or(today, |period| period.valid_from)
}

/// What an author goes on from: the draft, or what is to be in force last.
fn working(known: &Stored, today: Day) -> Option<&RuleDefinition> {
    let version = known.draft().or_else(|| known.in_force_on(today.max(last_day(known, today))));
    version.map(|version| &version.definition)
}

async fn put_draft(
    write: &mut Write,
    rule: Uuid,
    number: u32,
    definition: &RuleDefinition,
) -> Result<()> {
    let (named, _) = look_up(&mut write.tx, definition).await?;
    let now = write.ctx.now;
    insert_version(&mut write.tx, rule, i64::from(number), "draft", definition, &named, now).await
}

/// Takes the rows of a draft away, where there is one.
async fn drop_rows(tx: &mut Tx, known: &Stored) -> Result<()> {
    if let Some(draft) = known.draft() {
        tx.sql(&sql::DROP_DRAFT).bind(known.id).run().await?;
        tx.sql(&sql::DROP_NAMED).bind(known.id).bind(i64::from(draft.number)).run().await?;
    }
    Ok(())
}

async fn finish(
    mut write: Write,
    id: Uuid,
    today: Day,
    changed: Vec<FieldChange>,
) -> Result<Changed<Rule>> {
    let now = write.ctx.now;
    write.tx.sql(&sql::TOUCH_RULE).bind(id).bind(now).run_one().await?;
    let stored = load_one(&mut write.tx, RuleId::new(id)).await?;
    let operation = record(&mut write, DRAFTED, &stored, &changed);
    let value = rule_of(&stored, today)?;
    write.commit().await?;
    Ok(Changed { value, changed, operation: Some(operation) })
}

fn record(
    write: &mut Write,
    kind: &'static str,
    rule: &Stored,
    changed: &[FieldChange],
) -> OperationId {
    let operation = tell(Operation::new(kind), rule.id, changed).count("rules", 1);
    let data = serde_json::json!({ "rule_ids": [rule.id], "codes": [rule.code] });
    write.record(operation.event(kind, Some(rule.id.to_string()), data))
}

/// Says in an operation what became different in a rule, by field.
pub(in crate::assignments) fn tell(
    operation: Operation,
    rule: Uuid,
    changed: &[FieldChange],
) -> Operation {
    let values = |of: fn(&FieldChange) -> &Option<String>| -> serde_json::Map<String, _> {
        let pairs = changed.iter();
        pairs.map(|change| (change.field.clone(), of(change).clone().into())).collect()
    };
    let is_new = changed.iter().all(|change| change.before.is_none());
    let before = (!is_new).then(|| values(|change| &change.before));
    operation.change("rule", Some(rule), before.as_ref(), Some(&values(|change| &change.after)))
}

pub(super) async fn drop_draft(
    rules: &Rules<'_>,
    actor: &Actor,
    name: &str,
) -> Result<Changed<Rule>> {
    let mut write = Write::begin(rules.core, actor).await?;
    let now = write.ctx.now;
    let today = settings::today(&mut write.tx, now).await?;
    let id = find(&mut write.tx, name).await?;
    let known = load_one(&mut write.tx, id).await?;
    refuse_changed(&STALE, "rule", rules.unchanged_since, known.updated_at)?;
    let Some(draft) = known.draft() else {
        return Err(NO_DRAFT
            .error(format!("nothing of the rule `{}` is a draft", known.code))
            .with_hint(format!(
                "`lmsctl rule remove {}` ends the rule itself, and shows first what that does",
                known.code
            )));
    };
    let gone = [FieldChange {
        field: "draft".to_owned(),
        before: Some(draft.number.to_string()),
        after: None,
    }];
    drop_rows(&mut write.tx, &known).await?;
    let operation = record(&mut write, DRAFT_DROPPED, &known, &gone);
    let value = if known.last_applied().is_none() {
        write.tx.sql(&sql::DROP_RULE).bind(known.id).run_one().await?;
        rule_of(&known, today)?
    } else {
        write.tx.sql(&sql::TOUCH_RULE).bind(known.id).bind(now).run_one().await?;
        rule_of(&load_one(&mut write.tx, id).await?, today)?
    };
    write.commit().await?;
    Ok(Changed { value, changed: gone.to_vec(), operation: Some(operation) })
}
