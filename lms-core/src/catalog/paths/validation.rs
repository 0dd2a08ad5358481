//! Whether a definition can be kept: sizes, forms, numbers. Pure, and all problems at once.

use std::collections::HashSet;

use super::definition::{PathDefinition, PathStep};
use crate::catalog::problems::Problem;
use crate::catalog::validation::{
    DESCRIPTION_CHARS_MAX, Found, LABELS_MAX, once_each, trim, trimmed,
};
use crate::kernel::fold::fold;
use crate::kernel::text::Code;

const STEPS_MAX: usize = 100;
const CHOICES_MAX: usize = 50;
/// Of all steps together: what is longer is no path, but a catalog.
const TRAININGS_MAX: usize = 300;

/// Brings a definition into the one form in which it is kept: blanks trimmed, labels once each.
pub(super) fn tidy(definition: &mut PathDefinition) {
    trim(&mut definition.title);
    trim(&mut definition.description);
    definition.category = definition.category.take().map(trimmed).filter(|text| !text.is_empty());
    once_each(&mut definition.tags);
    for step in &mut definition.steps {
        step.codes_mut().iter_mut().for_each(trim);
        if let PathStep::Elective { title, .. } = step {
            *title = title.take().map(trimmed).filter(|text| !text.is_empty());
        }
    }
}

/// All that is wrong with a definition that was tidied, as far as the definition itself tells.
pub(super) fn problems_of(definition: &PathDefinition) -> Vec<Problem> {
    let mut found = Found(Vec::new());
    found.name("title", &definition.title);
    found.at_most("description", &definition.description, DESCRIPTION_CHARS_MAX);
    if let Some(category) = &definition.category {
        found.label("category", category);
    }
    found.list("tags", &definition.tags, LABELS_MAX, Found::label);
    found.count("steps", definition.steps.len(), STEPS_MAX);
    let n_trainings = definition.trainings().count();
    if n_trainings > TRAININGS_MAX {
        let message =
            format!("there are {n_trainings} trainings, and at most {TRAININGS_MAX} are possible");
        found.add("steps", message);
    }
    for (at, step) in definition.steps.iter().enumerate() {
        if let PathStep::Elective { title, any, of } = step {
            choice(&mut found, at, title.as_deref(), *any, of);
        }
    }
    let mut seen = HashSet::new();
    for (_, place, code) in definition.places() {
        if Code::parse(code).is_err() {
            found.add(&place, format!("`{code}` cannot be the code of a training"));
        } else if !seen.insert(fold(code)) {
            found.add(&place, format!("`{code}` is in it twice"));
        }
    }
    found.0
}

fn choice(found: &mut Found, at: usize, title: Option<&str>, any: u32, of: &[String]) {
    if let Some(title) = title {
        found.name(&format!("steps[{at}].title"), title);
    }
    found.count(&format!("steps[{at}].of"), of.len(), CHOICES_MAX);
    let n_wanted = usize::try_from(any).unwrap_or(usize::MAX);
    if of.is_empty() {
        found.add(&format!("steps[{at}].of"), "there is nothing to choose from");
    } else if !(1..=of.len()).contains(&n_wanted) {
        let message = format!("`{any}` is not from 1 to {}: there are no more to choose", of.len());
        found.add(&format!("steps[{at}].any"), message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(steps: Vec<PathStep>) -> Vec<String> {
        let mut definition = PathDefinition::new("P");
        definition.steps = steps;
        tidy(&mut definition);
        problems_of(&definition).into_iter().map(|problem| problem.path).collect()
    }

    #[test]
    fn a_choice_is_of_at_least_one_and_of_no_more_than_there_are() {
        let of = |any, of: &[&str]| paths(vec![PathStep::elective(any, of.iter().copied())]);
        assert_eq!(of(0, &["A", "B"]), ["steps[0].any"]);
        assert_eq!(of(1, &["A", "B"]), [""; 0]);
        assert_eq!(of(2, &["A", "B"]), [""; 0]);
        assert_eq!(of(3, &["A", "B"]), ["steps[0].any"]);
        assert_eq!(of(1, &[]), ["steps[0].of"]);
    }

    #[test]
    fn a_training_is_in_it_once() {
        let steps = vec![
            PathStep::required(" gdpr "),
            PathStep::elective(1, ["A", "GDPR", "a"]),
            PathStep::required("not a code"),
        ];
        assert_eq!(paths(steps), ["steps[1].of[1]", "steps[1].of[2]", "steps[2].training"]);
    }

    #[test]
    fn there_are_limits() {
        let many = |n: usize| (0..n).map(|n| PathStep::required(&format!("T{n}"))).collect();
        assert_eq!(paths(many(STEPS_MAX)), [""; 0]);
        assert_eq!(paths(many(STEPS_MAX + 1)), ["steps"]);
        let of = |step: usize, n: usize| {
            PathStep::elective(1, (0..n).map(move |n| format!("T{step}-{n}")))
        };
        assert_eq!(paths(vec![of(0, CHOICES_MAX + 1)]), ["steps[0].of"]);
        let full = (0..6).map(|step| of(step, CHOICES_MAX));
        assert_eq!(paths(full.clone().collect()), [""; 0]);
        assert_eq!(paths(full.chain([of(9, 1)]).collect()), ["steps"]);
    }
}
