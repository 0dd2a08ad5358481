//! What a path must not lack when it is published, and what its order makes hard. Pure.

use std::collections::HashMap;

use super::definition::PathDefinition;
use crate::catalog::problems::Problem;
use crate::catalog::publishing::{Known, told};
use crate::catalog::types::TrainingStatus;
use crate::kernel::fold::fold;

/// What stands in the way of publishing: whoever is given the path could not go it to its end.
pub(super) fn problems(definition: &PathDefinition, known: &Known) -> Vec<Problem> {
    let mut found = Vec::new();
    if definition.steps.is_empty() {
        found.push(Problem::new("steps", "there is no step"));
    }
    for (_, place, code) in definition.places() {
        let message = match known.trainings.get(&fold(code)) {
            None => format!("there is no training `{code}`"),
            Some(training) if training.template => format!("`{}` is a template", training.code),
            Some(training) if training.status != TrainingStatus::Published => {
                let status = told(training.status);
                format!("`{}` is not published: it is {status}", training.code)
            }
            Some(_) => continue,
        };
        found.push(Problem::new(place, message));
    }
    found
}

/// Where what has to come before a training does not, or not for everybody.
pub(super) fn warnings(definition: &PathDefinition, known: &Known) -> Vec<Problem> {
    let steps: HashMap<String, usize> =
        definition.places().map(|(at, _, code)| (fold(code), at)).collect();
    let mut found = Vec::new();
    for (at, place, code) in definition.places() {
        for first in known.prerequisites.get(&fold(code)).into_iter().flatten() {
            let name = known.trainings.get(first).map_or(first, |training| &training.code);
            let is_required = |step: usize| definition.steps[step].is_required();
            let why = match steps.get(first) {
                None => "which is not in the path",
                Some(step) if *step > at => "which stands further down",
                Some(step) if is_required(*step) => continue,
                Some(step) if *step == at => "which not everybody chooses as well",
                Some(_) => "which not everybody chooses",
            };
            found.push(Problem::new(&*place, format!("`{code}` comes after `{name}`, {why}")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::definition::PathStep;
    use super::*;
    use crate::catalog::publishing::KnownTraining;

    fn known(trainings: &[(&str, &[&str])]) -> Known {
        let mut known = Known::default();
        for (code, first) in trainings {
            let training = KnownTraining {
                code: (*code).to_owned(),
                status: TrainingStatus::Published,
                template: false,
            };
            known.trainings.insert(fold(code), training);
            let first = first.iter().map(|code| fold(code)).collect();
            known.prerequisites.insert(fold(code), first);
        }
        known
    }

    fn path(steps: &[&str]) -> PathDefinition {
        let mut definition = PathDefinition::new("P");
        definition.steps = steps.iter().map(|step| PathStep::parse(step).unwrap()).collect();
        definition
    }

    fn told_of(problems: Vec<Problem>) -> Vec<String> {
        problems.into_iter().map(|one| format!("{}: {}", one.path, one.message)).collect()
    }

    #[test]
    fn all_trainings_of_a_path_are_in_the_catalog() {
        let mut known = known(&[("A", &[]), ("T", &[]), ("OLD", &[])]);
        known.trainings.get_mut("t").unwrap().template = true;
        known.trainings.get_mut("old").unwrap().status = TrainingStatus::Archived;
        assert_eq!(told_of(problems(&path(&[]), &known)), ["steps: there is no step"]);
        assert_eq!(
            told_of(problems(&path(&["a", "any 1 of T, OLD, A", "NONE"]), &known)),
            [
                "steps[1].of[0]: `T` is a template",
                "steps[1].of[1]: `OLD` is not published: it is archived",
                "steps[2].training: there is no training `NONE`",
            ]
        );
    }

    #[test]
    fn what_comes_before_is_looked_for_before() {
        let known = known(&[("A", &[]), ("B", &["A"]), ("C", &["B"])]);
        let of = |steps: &[&str]| told_of(warnings(&path(steps), &known));
        assert_eq!(of(&["A", "B", "C"]), [""; 0]);
        assert_eq!(of(&["A", "any 2 of B, C"]), [""; 0], "within a step the order is theirs");
        assert_eq!(
            of(&["B", "A"]),
            ["steps[0].training: `B` comes after `A`, which stands further down"]
        );
        assert_eq!(
            of(&["C"]),
            ["steps[0].training: `C` comes after `B`, which is not in the path"]
        );
        assert_eq!(
            of(&["A", "any 1 of B, C"]),
            ["steps[1].of[1]: `C` comes after `B`, which not everybody chooses as well"]
        );
        assert_eq!(
            of(&["any 1 of A, X", "B"]),
            ["steps[1].training: `B` comes after `A`, which not everybody chooses"]
        );
    }
}
