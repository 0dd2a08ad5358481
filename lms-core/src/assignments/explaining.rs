//! One person and one training: every cycle, who wants it, what was done, and the chain of facts that
//! led there.

use std::collections::BTreeMap;

use serde::Serialize;
use uuid::Uuid;

use super::engine::{
    Names, Obligation, Reason, Source, SourceKind, around, explain, sentences, status,
};
use super::exempting::{Exemption, holding};
use super::explained::{
    ExplainedDemand, ExplainedReason, ExplainedSource, ExplainedStep, Ordered, Telling,
};
use super::list::{Assignment, cycles_on};
use super::load::{Asked, Loaded, Today};
use super::{READ, RULE_CHANGED};
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
    /// What they are exempt by on the day.
    pub exemptions: Vec<Exemption>,
    /// All cycles that there were by the day, as they were then, the newest last.
    pub cycles: Vec<Assignment>,
}

/// What the nightly pass records.
const ADVANCED: &str = "sweep.advanced";

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
        operation: Option<String>,
        path: Option<String>,
        seq: Option<i64>,
    }
}

row! {
    struct CausedRow {
        source_id: Uuid,
        kind: String,
        actor: String,
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
    let today = settings::today(&mut tx, now).await?;
    let day = day.unwrap_or(today);
    let as_of = if day < today { Today::Then(day) } else { Today::One(day) };
    let (people, trainings) = ([person.uuid()], [training.uuid()]);
    let loaded = Asked::of(as_of, &people, &trainings).load(&mut tx).await?;
    let number = loaded.trainings.get(training.uuid()).unwrap_or_default();
    let view = loaded.facts.person(0);
    let is =
        |one: &Obligation| status(&one.days, &around(&view, one, day, loaded.due_soon_days), day);
    let mut told = explain(&loaded.book, &view, number, day);
    if let Some(one) = &mut told.obligation {
        one.status = is(&one.obligation);
    }
    let shown = told.obligation.as_ref().map(|one| one.obligation.cycle);
    let shown = shown.and_then(|cycle| loaded.kept.get(&(0, number, cycle)));
    let called = called(&mut tx, &loaded, shown.map(|kept| kept.id)).await?;
    let exemptions = holding(&mut tx, person.uuid(), training.uuid(), day).await?;
    let mut because = sentences(&told, &called);
    because.extend(exemptions.iter().map(excused));
    let reasons_told = told.obligation.iter().flat_map(|one| &one.reasons);
    because.extend(reasons_told.filter_map(|reason| called.given(reason)));
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
    let cycles = cycles_on(&mut tx, day, person.uuid(), Some(training.uuid())).await?;
    let as_it_was = |one: Assignment| {
        let at = view.cycle(number, u32::try_from(one.cycle).ok()?)?;
        let then = &view.obligations[at];
        Some(one.of_day(then, is(then)?))
    };
    let cycles = cycles.into_iter().filter_map(as_it_was).collect();
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
        exemptions,
        cycles,
    })
}

/// By what somebody is exempt.
fn excused(exemption: &Exemption) -> String {
    let until = exemption.until.map(|until| format!(" until {until}")).unwrap_or_default();
    let by = exemption.approved_by.as_ref().map(|name| format!(", approved by {name}"));
    format!(
        "Exempt since {}{until}{}: {}",
        exemption.from,
        by.unwrap_or_default(),
        exemption.reason
    )
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

impl Called<'_> {
    /// By what a rule gave a reason, and on whose account.
    fn given(&self, reason: &Reason) -> Option<String> {
        let known = self.ordered.get(&self.loaded.sources.id(reason.source.number))?;
        let rule = known.rule.as_ref()?;
        let how = match known.operation.as_deref()? {
            ADVANCED => "in the nightly pass".to_owned(),
            RULE_CHANGED => "when a rule was changed".to_owned(),
            other => format!("with `{other}`"),
        };
        let by = known.actor.as_ref().map(|actor| format!(" by {actor}")).unwrap_or_default();
        let entry = known.seq.map(|seq| format!(", entry {seq} of the audit log"));
        let entry = entry.unwrap_or_default();
        Some(format!("Rule `{rule}` gave it on {} {how}{by}{entry}", reason.added_on))
    }
}

/// By what the reasons of an assignment came to be, by who asked.
async fn causes(tx: &mut Tx, assignment: Option<Uuid>) -> Result<BTreeMap<Uuid, CausedRow>> {
    let Some(assignment) = assignment else { return Ok(BTreeMap::new()) };
    let rows: Vec<CausedRow> = Assembly::new(
        "SELECT r.source_id, p.kind, p.actor, c.seq
         FROM assignment_reasons r
         JOIN operations p ON p.recorded_at = r.recorded_at
         LEFT JOIN audit_chain c ON c.operation_id = p.id
         WHERE NOT EXISTS (SELECT 1 FROM assignment_reasons b
                           WHERE b.assignment_id = r.assignment_id AND b.source_id = r.source_id
                             AND b.recorded_at < r.recorded_at)
           AND r.assignment_id = ?",
    )
    .bind(assignment)
    .push("ORDER BY c.seq DESC")
    .on(tx)
    .all()
    .await?;
    // Of several operations that were recorded together the first is the one that somebody meant.
    Ok(rows.into_iter().map(|row| (row.source_id, row)).collect())
}

async fn called<'a>(tx: &mut Tx, loaded: &'a Loaded, shown: Option<Uuid>) -> Result<Called<'a>> {
    let rows: Vec<CodeRow> = Assembly::new("SELECT id, code FROM trainings WHERE id IN (ids?)")
        .bind_ids(&IdList::new(loaded.trainings.ids().iter().copied()))
        .on(tx)
        .all()
        .await?;
    let codes = rows.into_iter().map(|row| (row.id, row.code)).collect();
    let rows: Vec<OrderedRow> = Assembly::new(
        "SELECT o.id, o.ordered_on, p.actor, p.kind, w.code, c.seq
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
    let causes = causes(tx, shown).await?;
    let accounts = rows.iter().filter_map(|row| account_of(row.actor.as_deref()));
    let accounts = accounts.chain(causes.values().filter_map(|row| account_of(Some(&row.actor))));
    let usernames = access::usernames_in(tx, &IdList::new(accounts)).await?;
    let named = |actor: String| {
        let known = account_of(Some(&actor)).and_then(|id| usernames.get(&id)).cloned();
        known.unwrap_or(actor)
    };
    let ordered = rows.into_iter().map(|row| {
        let source = ExplainedSource {
            ordered_on: Some(row.ordered_on),
            actor: row.actor.map(named),
            operation: row.operation,
            path: row.path,
            seq: row.seq,
            ..ExplainedSource::of(row.id)
        };
        (row.id, source)
    });
    let rules = loaded.rules.iter().map(|rule| {
        let cause = causes.get(&rule.id);
        let source = ExplainedSource {
            rule: Some(rule.code.clone()),
            actor: cause.map(|row| named(row.actor.clone())),
            operation: cause.map(|row| row.kind.clone()),
            version: Some(rule.version),
            seq: cause.and_then(|row| row.seq),
            ..ExplainedSource::of(rule.id)
        };
        (rule.id, source)
    });
    Ok(Called { loaded, codes, ordered: ordered.chain(rules).collect() })
}

fn account_of(actor: Option<&str>) -> Option<Uuid> {
    actor?.strip_prefix("account:")?.parse().ok()
}
