//! `lmsctl person edit --where`: one change for many people.

use lms_core::{Audience, EditPlan, FieldChange, PersonChange, PersonFilter};
use serde::Serialize;

use crate::app::{App, Session};
use crate::cli::DryRunArgs;
use crate::commands::plans::{Look, Next, done, look, part, parts};
use crate::error::{Exit, Result, USAGE};
use crate::output::{Cell, Column, Row, apart, counted, keep, prose, shrink};

/// Who is meant by `FIELD=VALUE`, several times: the fields of an audience, and `search`.
pub(super) fn who(conditions: &[String]) -> Result<PersonFilter> {
    let mut pairs = Vec::with_capacity(conditions.len());
    let mut search = None;
    for text in conditions {
        let Some((key, value)) = text.split_once('=') else {
            return Err(USAGE
                .error(format!("`--where {text}` has no value"))
                .with_hint(format!("write `--where '{text}=VALUE'`"))
                .into());
        };
        if key.trim() == "search" { search = Some(value) } else { pairs.push((key, value)) }
    }
    let filter = PersonFilter::new().audience(Audience::from_pairs(pairs)?);
    Ok(search.into_iter().fold(filter, PersonFilter::search))
}

pub(super) async fn run(
    app: &App,
    session: &Session,
    who: PersonFilter,
    change: PersonChange,
    dry_run: DryRunArgs,
) -> Result {
    let people = session.lms.people();
    let plan = people.plan_edit_all(&session.actor, who, change).await?;
    let n_changes = plan.changes.len();
    let question = format!("Change {}?", counted(n_changes, "person", "people"));
    let question = (n_changes > 1).then_some(question.as_str());
    let looked = Look { dry_run, n_changes, question };
    let rows = lines(&plan);
    let was_shown = match look(app, &plan, &rows, &|| page(app, &plan), &looked)? {
        Next::Stop(exit) => return Ok(exit),
        Next::GoOn { was_shown } => was_shown,
    };
    let outcome = people.edit_all(&session.actor, plan.clone()).await?;
    done(app, &outcome, &rows, &|| page(app, &plan), was_shown)?;
    let told = if outcome.operation.is_some() {
        format!("changed {}", counted(outcome.n_changed, "person", "people"))
    } else {
        "nothing to change: all is as asked".to_owned()
    };
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let counts = [
        ("changed", count(outcome.n_changed)),
        ("unchanged", count(outcome.n_unchanged)),
        ("refused", count(outcome.refused.len())),
    ];
    app.output.done_with(&told, &counts);
    Ok(Exit::Done)
}

/// A field of a person, before and after, or why it stays.
#[derive(Serialize)]
struct Line<'a> {
    person: &'a str,
    id: String,
    change: Option<&'a FieldChange>,
    why: Option<&'a str>,
}

fn lines(plan: &EditPlan) -> Vec<Line<'_>> {
    let changes = plan.changes.iter().flat_map(|edit| {
        let id = edit.person.to_string();
        edit.changed.iter().map(move |change| Line {
            person: &edit.name,
            id: id.clone(),
            change: Some(change),
            why: None,
        })
    });
    changes.chain(plan.refused.iter().map(refusal)).collect()
}

fn refusal(edit: &lms_core::RefusedEdit) -> Line<'_> {
    let id = edit.person.to_string();
    Line { person: &edit.name, id, change: None, why: Some(&edit.why) }
}

/// Somebody who stays as they are.
#[derive(Serialize)]
struct Refusal<'a>(Line<'a>);

impl Row for Refusal<'_> {
    const COLUMNS: &'static [Column] = &[keep("person"), prose("why")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.0.person.into(), self.0.why.map(str::to_owned).into()]
    }
}

impl Row for Line<'_> {
    const COLUMNS: &'static [Column] = &[
        keep("person"),
        keep("field"),
        shrink("before"),
        shrink("after"),
        apart("why"),
        apart("person_id"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let change = self.change;
        vec![
            self.person.into(),
            change.map(|change| change.field.clone()).into(),
            change.and_then(|change| change.before.clone()).into(),
            change.and_then(|change| change.after.clone()).into(),
            self.why.map(str::to_owned).into(),
            self.id.as_str().into(),
        ]
    }
}

fn page(app: &App, plan: &EditPlan) -> String {
    let changes: Vec<Line<'_>> =
        lines(plan).into_iter().filter(|line| line.change.is_some()).collect();
    let refused: Vec<Refusal<'_>> = plan.refused.iter().map(refusal).map(Refusal).collect();
    let sum = format!(
        "From {} on, of {}: {} to change, {} as asked already, {} that cannot be changed so\n",
        plan.from,
        counted(plan.n_people, "person", "people"),
        plan.changes.len(),
        plan.n_unchanged,
        plan.refused.len()
    );
    parts(&[part(app, "Changes", &changes), part(app, "Cannot be changed so", &refused), sum])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_chosen_by_known_keys() {
        let chosen = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
            who(&texts).is_ok()
        };
        assert!(chosen(&["department=Engineering", "not-job-role=DEV", "attribute.desk=4*"]));
        assert!(chosen(&["search=mull", "group=WORKS-COUNCIL", "status=on_leave"]));
        assert!(!chosen(&["departmnet=Engineering"]));
        assert!(!chosen(&["department"]));
    }
}
