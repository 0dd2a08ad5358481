//! What the names in a rule mean: trainings and paths by their codes.

use uuid::Uuid;

use super::definition::RuleDefinition;
use crate::catalog::{self, Problem};
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;

/// Names that are not known and for which near ones are looked up; the rest is only told.
const SUGGESTIONS_MAX: usize = 20;

/// What a definition names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Named {
    pub(super) trainings: Vec<Uuid>,
    pub(super) paths: Vec<Uuid>,
    /// The training after which it is due.
    pub(super) after: Option<Uuid>,
}

/// Finds what a definition names; what is not there is told with its place.
pub(super) async fn look_up(
    tx: &mut Tx,
    definition: &RuleDefinition,
) -> Result<(Named, Vec<Problem>)> {
    let (mut named, mut problems) = (Named::default(), Vec::new());
    let mut codes = definition.trainings.clone();
    codes.extend(definition.due_after().map(str::to_owned));
    let trainings = catalog::sql::ids_by_code(tx, &codes).await?;
    for (at, code) in codes.iter().enumerate() {
        let is_after = at >= definition.trainings.len();
        match trainings.get(&fold(code)).copied() {
            Some(id) if is_after => named.after = Some(id),
            Some(id) => named.trainings.push(id),
            None => {
                let near = if problems.len() < SUGGESTIONS_MAX {
                    catalog::sql::find(tx, code).await.err()
                } else {
                    None
                };
                let path = if is_after { "due".to_owned() } else { format!("trainings[{at}]") };
                problems.push(unknown(path, "training", code, near.as_ref()));
            }
        }
    }
    let paths = catalog::paths::sql::ids_by_code(tx, &definition.paths).await?;
    for (at, code) in definition.paths.iter().enumerate() {
        let Some(id) = paths.get(&fold(code)).copied() else {
            let near = if problems.len() < SUGGESTIONS_MAX {
                catalog::paths::sql::find(tx, code).await.err()
            } else {
                None
            };
            problems.push(unknown(format!("paths[{at}]"), "learning path", code, near.as_ref()));
            continue;
        };
        named.paths.push(id);
    }
    Ok((named, problems))
}

fn unknown(path: String, noun: &str, code: &str, error: Option<&Error>) -> Problem {
    let hints = error.map(Error::hints).unwrap_or_default();
    let near = hints.iter().find(|hint| hint.starts_with("did you mean"));
    let near = near.map(|hint| format!("; {hint}")).unwrap_or_default();
    Problem::new(path, format!("there is no {noun} `{code}`{near}"))
}
