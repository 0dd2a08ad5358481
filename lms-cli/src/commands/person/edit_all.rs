//! `lmsctl person edit --where`: one change for many people.

use lms_core::{EditPlan, FieldChange, PersonChange, PersonFilter, PersonStatus, suggest};
use serde::Serialize;

use crate::app::{App, Session};
use crate::cli::DryRunArgs;
use crate::commands::plans::{Look, Next, done, look, part, parts};
use crate::error::{Exit, Result, USAGE};
use crate::output::{Cell, Column, Row, apart, counted, keep, shrink};

/// By what people can be chosen.
const KEYS: &[&str] = &[
    "department",
    "location",
    "job_role",
    "manager",
    "country",
    "employment_type",
    "status",
    "search",
];

/// Who is meant by `KEY=VALUE`, several times.
pub(super) fn who(conditions: &[String]) -> Result<PersonFilter> {
    let mut filter = PersonFilter::new();
    for text in conditions {
        let Some((key, value)) = text.split_once('=') else {
            return Err(USAGE
                .error(format!("`--where {text}` has no value"))
                .with_hint(format!("write `--where '{text}=VALUE'`"))
                .into());
        };
        let key = key.trim().to_lowercase().replace('-', "_");
        filter = match key.as_str() {
            "department" => filter.department(value),
            "location" => filter.location(value),
            "job_role" => filter.job_role(value),
            "manager" => filter.manager(value),
            "country" => filter.country(value),
            "employment_type" => filter.employment_type(value),
            "status" => filter.status(PersonStatus::parse(value)?),
            "search" => filter.search(value),
            other => {
                return Err(USAGE
                    .error(format!("people cannot be chosen by `{other}`"))
                    .with_hints(suggest(other, KEYS))
                    .with_hint(format!("choose by one of: {}", KEYS.join(", ")))
                    .into());
            }
        };
    }
    Ok(filter)
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
    const COLUMNS: &'static [Column] = &[keep("person"), shrink("why")];
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
        assert!(chosen(&["department=Engineering", "Job-Role=DEV"]));
        assert!(!chosen(&["departmnet=Engineering"]));
        assert!(!chosen(&["department"]));
        assert!(!chosen(&["status=asleep"]));
    }
}
