//! One person and one training: every cycle, who wants it, what was done, and the chain of facts that
//! led there.

use std::collections::BTreeMap;

use serde::Serialize;
use uuid::Uuid;

use super::READ;
use super::engine::{Names, Source, SourceKind, explain, sentences};
use super::explained::{
    ExplainedDemand, ExplainedReason, ExplainedSource, ExplainedStep, Ordered, Telling,
};
use super::list::{Assignment, cycles};
use super::load::{Asked, Loaded, Today};
use crate::access;
use crate::catalog;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::people::{self, AudienceCondition, PersonId, Reach};
use crate::settings;

/// Why somebody has to do a training, or why not.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// Who.
    pub person_id: PersonId,
    /// Their name.
    pub person: String,
    /// The code of the training.
    pub training: String,
    /// What it is called.
    pub title: String,
    /// The day asked about.
    pub day: Day,
    /// The chain of facts, a sentence each.
    pub because: Vec<String>,
    /// The same as data: each rule and order, and what it comes to.
    pub demands: Vec<ExplainedDemand>,
    /// The reasons that are merged in what stands.
    pub reasons: Vec<ExplainedReason>,
    /// How the due day was found.
    pub due: Vec<ExplainedStep>,
    /// All cycles, the newest last.
    pub cycles: Vec<Assignment>,
}

/// What trainings and orders are called.
struct Called<'a> {
    loaded: &'a Loaded,
    codes: BTreeMap<Uuid, String>,
    ordered: Ordered,
}

impl Names for Called<'_> {
    fn training(&self, training: u32) -> String {
        let id = self.loaded.trainings.id(training);
        self.codes.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    fn source(&self, source: Source) -> String {
        let id = self.loaded.sources.id(source.number);
        let what = match source.kind {
            SourceKind::Rule => "a rule",
            SourceKind::Import => "an import",
            SourceKind::Path => "a learning path",
            SourceKind::Learner => "the learner",
            SourceKind::Person => "an assignment",
        };
        let Some(ordered) = self.ordered.get(&id) else { return what.to_owned() };
        if let Some(rule) = &ordered.rule {
            return format!("rule `{rule}`");
        }
        let path = ordered.path.as_ref().map(|path| format!(" `{path}`")).unwrap_or_default();
        let on = ordered.ordered_on.map(|day| format!(" of {day}")).unwrap_or_default();
        let by = ordered.actor.as_ref().map(|actor| format!(" by {actor}")).unwrap_or_default();
        format!("{what}{path}{on}{by}")
    }
}

row! {
    struct OrderedRow {
        id: Uuid,
        ordered_on: Day,
        actor: Option<String>,
        path: Option<String>,
        seq: Option<i64>,
    }
}

row! {
    struct CodeRow {
        id: Uuid,
        code: String,
    }
}

pub(super) async fn explained(
    core: &Core,
    actor: &Actor,
    person: &str,
    training: &str,
    day: Option<Day>,
) -> Result<Explained> {
    let mut tx = core.db().begin_read().await?;
    let now = core.now();
    let reach = Reach::of(&mut tx, actor, READ, now).await?;
    let person = people::find_person(&mut tx, &reach, person).await?;
    let training = catalog::sql::find(&mut tx, training).await?;
    let stored = catalog::sql::load_one(&mut tx, training).await?;
    let day = match day {
        Some(day) => day,
        None => settings::today(&mut tx, now).await?,
    };
    let (people, trainings) = ([person.uuid()], [training.uuid()]);
    let loaded = Asked::of(Today::One(day), &people, &trainings).load(&mut tx).await?;
    let number = loaded.trainings.get(training.uuid()).unwrap_or_default();
    let told = explain(&loaded.book, &loaded.facts.person(0), number, day);
    let called = called(&mut tx, &loaded).await?;
    let mut because = sentences(&told, &called);
    let telling = Telling { loaded: &loaded, codes: &called.codes, ordered: &called.ordered };
    let (mut demands, reasons, due) =
        (telling.demands(&told), telling.reasons(&told), telling.steps(&told));
    // As many as there are rules for a training.
    for demand in demands.iter_mut().filter(|demand| !demand.asks && demand.member_since.is_none())
    {
        let Some(rule) = loaded.rules.iter().find(|rule| rule.id == demand.source.source_id) else {
            continue;
        };
        let audience = &rule.definition.audience;
        demand.audience = people::conditions_of(&mut tx, audience, person.uuid(), day).await?;
        because.extend(missed(&rule.code, &demand.audience));
    }
    let names = people::names_in(&mut tx, [person.uuid()].into_iter().collect()).await?;
    let cycles = cycles(&mut tx, now, person.uuid(), Some(training.uuid())).await?;
    Ok(Explained {
        person_id: person,
        person: names.get(&person.uuid()).cloned().unwrap_or_default(),
        title: stored.shown().map(|one| one.definition.title.clone()).unwrap_or_default(),
        training: stored.code,
        day,
        because,
        demands,
        reasons,
        due,
        cycles,
    })
}

/// Which conditions of the audience of a rule somebody does not meet.
fn missed(rule: &str, conditions: &[AudienceCondition]) -> Option<String> {
    let told = |condition: &AudienceCondition| {
        let field = condition.field.replace('_', " ");
        let values = condition.values.join(" or ");
        let has = match &condition.has {
            Some(has) => format!("theirs is {has}"),
            None => "they have none of it".to_owned(),
        };
        let not = if condition.excluded { "not " } else { "" };
        format!("{not}{field} {values}, and {has}")
    };
    let unmet: Vec<String> = conditions.iter().filter(|one| !one.met).map(told).collect();
    let near = match (unmet.len(), conditions.len()) {
        (1, 2..) => "; all else holds",
        _ => "",
    };
    (!unmet.is_empty()).then(|| format!("`{rule}` is for {}{near}", unmet.join("; ")))
}

async fn called<'a>(tx: &mut Tx, loaded: &'a Loaded) -> Result<Called<'a>> {
    let rows: Vec<CodeRow> = Assembly::new("SELECT id, code FROM trainings WHERE id IN (ids?)")
        .bind_ids(&IdList::new(loaded.trainings.ids().iter().copied()))
        .on(tx)
        .all()
        .await?;
    let codes = rows.into_iter().map(|row| (row.id, row.code)).collect();
    let rows: Vec<OrderedRow> = Assembly::new(
        "SELECT o.id, o.ordered_on, p.actor, w.code, c.seq
         FROM assignment_orders o
         LEFT JOIN operations p ON p.recorded_at = o.recorded_at AND p.kind IN ('training.assigned', 'training.enrolled')
         LEFT JOIN audit_chain c ON c.operation_id = p.id
         LEFT JOIN paths w ON w.id = o.path_id
         WHERE o.id IN (ids?)",
    )
    .bind_ids(&IdList::new(loaded.sources.ids().iter().copied()))
    .on(tx)
    .all()
    .await?;
    let accounts = rows.iter().filter_map(|row| account_of(row.actor.as_deref()));
    let usernames = access::usernames_in(tx, &IdList::new(accounts)).await?;
    let ordered = rows.into_iter().map(|row| {
        let known = account_of(row.actor.as_deref()).and_then(|id| usernames.get(&id)).cloned();
        let source = ExplainedSource {
            source: String::new(),
            source_id: row.id,
            rule: None,
            ordered_on: Some(row.ordered_on),
            actor: known.or(row.actor),
            path: row.path,
            version: None,
            seq: row.seq,
        };
        (row.id, source)
    });
    let rules = loaded.rules.iter().map(|rule| {
        let source = ExplainedSource {
            source: String::new(),
            source_id: rule.id,
            ordered_on: None,
            actor: None,
            path: None,
            rule: Some(rule.code.clone()),
            version: Some(rule.version),
            seq: None,
        };
        (rule.id, source)
    });
    Ok(Called { loaded, codes, ordered: ordered.chain(rules).collect() })
}

fn account_of(actor: Option<&str>) -> Option<Uuid> {
    actor?.strip_prefix("account:")?.parse().ok()
}
