//! What is done to the steps of a path: taken out, put in, moved. Pure.

use std::collections::BTreeSet;

use super::definition::PathStep;
use crate::catalog::UNKNOWN_STEP;
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::suggest::suggest;

/// What to do, in this order, whichever way round it was asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct StepChanges {
    /// All of them anew.
    pub(super) all: Option<Vec<PathStep>>,
    /// By number or code.
    pub(super) removed: Vec<String>,
    /// Each with its place, counted from one; at the end, unless said.
    pub(super) added: Vec<(PathStep, Option<usize>)>,
    /// By number or code, each with its new place.
    pub(super) moved: Vec<(String, usize)>,
}

impl StepChanges {
    pub(super) fn carry_out(self, steps: &mut Vec<PathStep>) -> Result<()> {
        if let Some(all) = self.all {
            *steps = all;
        }
        remove(steps, &self.removed)?;
        for (step, at) in self.added {
            let at = place(at.unwrap_or(steps.len() + 1), steps.len() + 1)?;
            steps.insert(at, step);
        }
        for (name, to) in self.moved {
            let from = find(steps, &name)?.at;
            let to = place(to, steps.len())?;
            let step = steps.remove(from);
            steps.insert(to, step);
        }
        Ok(())
    }
}

/// Takes steps out, all of them named as they stand before. A code takes one training out of a
/// choice, and the choice with the last of them.
fn remove(steps: &mut Vec<PathStep>, names: &[String]) -> Result<()> {
    let (mut whole, mut codes) = (BTreeSet::new(), BTreeSet::new());
    for name in names {
        let found = find(steps, name)?;
        if found.is_choice {
            codes.insert(fold(name));
        } else {
            whole.insert(found.at);
        }
    }
    let mut places = 0..;
    steps.retain_mut(|step| {
        let is_whole = places.next().is_some_and(|at: usize| whole.contains(&at));
        if let PathStep::Elective { of, .. } = step {
            of.retain(|code| !codes.contains(&fold(code)));
            return !is_whole && !of.is_empty();
        }
        !is_whole
    });
    Ok(())
}

/// A step that somebody named.
struct Found {
    at: usize,
    /// It was named by one of several trainings to choose from.
    is_choice: bool,
}

/// A step by code or number. Codes come first: a training may be called `101`.
fn find(steps: &[PathStep], name: &str) -> Result<Found> {
    let wanted = fold(name);
    let by_code = steps.iter().position(|step| step.trainings().any(|code| fold(code) == wanted));
    if let Some(at) = by_code {
        return Ok(Found { at, is_choice: matches!(steps[at], PathStep::Elective { .. }) });
    }
    let number = name.trim().parse::<usize>().ok();
    if let Some(at) = number.filter(|number| (1..=steps.len()).contains(number)) {
        return Ok(Found { at: at - 1, is_choice: false });
    }
    let codes: Vec<&str> = steps.iter().flat_map(PathStep::trainings).collect();
    let all = match steps.len() {
        0 => "there is none yet".to_owned(),
        n => format!("name it by its number, from 1 to {n}, or by the code of a training in it"),
    };
    Err(UNKNOWN_STEP
        .error(format!("there is no step `{}` in it", name.trim()))
        .with_field("step")
        .with_hints(suggest(name, codes))
        .with_hint(all))
}

fn place(wanted: usize, last: usize) -> Result<usize> {
    if (1..=last).contains(&wanted) {
        return Ok(wanted - 1);
    }
    Err(Error::invalid("at", format!("there is no place {wanted}"))
        .with_hint(format!("places go from 1 to {last}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(texts: &[&str]) -> Vec<PathStep> {
        texts.iter().map(|text| PathStep::parse(text).unwrap()).collect()
    }

    fn after(change: StepChanges) -> Result<Vec<String>> {
        let mut all = steps(&["A", "any 1 of B, C", "D", "3"]);
        change.carry_out(&mut all)?;
        Ok(all.iter().map(ToString::to_string).collect())
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn steps_are_named_as_they_stand_before_any_goes() {
        let removed = |of: &[&str]| after(StepChanges { removed: names(of), ..Default::default() });
        assert_eq!(removed(&["1", "2"]).unwrap(), ["D", "3"]);
        assert_eq!(removed(&["a", "3"]).unwrap(), ["any 1 of B, C", "D"], "codes come first");
        assert_eq!(removed(&["c", "D"]).unwrap(), ["A", "any 1 of B", "3"]);
        assert_eq!(removed(&["b", "C", "1"]).unwrap(), ["D", "3"]);
        let refused = removed(&["E"]).unwrap_err();
        assert_eq!(refused.code(), "catalog.step_unknown");
        assert!(refused.hints().last().unwrap().contains("from 1 to 4"), "{refused:?}");
        assert!(removed(&["0"]).is_err() && removed(&["5"]).is_err());
    }

    #[test]
    fn steps_are_taken_out_then_put_in_then_moved() {
        let change = StepChanges {
            removed: names(&["D"]),
            added: vec![(PathStep::required("E"), Some(1)), (PathStep::required("F"), None)],
            moved: vec![("B".to_owned(), 5), ("E".to_owned(), 2)],
            ..Default::default()
        };
        assert_eq!(after(change).unwrap(), ["A", "E", "3", "F", "any 1 of B, C"]);
        let anew = StepChanges { all: Some(steps(&["X"])), ..Default::default() };
        assert_eq!(after(anew).unwrap(), ["X"]);
        for (name, to) in [("A", 0), ("A", 5), ("Z", 1)] {
            let moved = vec![(name.to_owned(), to)];
            assert!(after(StepChanges { moved, ..Default::default() }).is_err(), "{name} {to}");
        }
        let added = vec![(PathStep::required("E"), Some(6))];
        let refused = after(StepChanges { added, ..Default::default() }).unwrap_err();
        assert_eq!(refused.hints(), ["places go from 1 to 5"]);
    }
}
