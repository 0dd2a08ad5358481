//! What is different between two definitions, told by field. Pure.
//!
//! Modules and items are compared by their keys, so that one that was moved is told as moved and not
//! as everything behind it having changed.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::definition::TrainingDefinition;
use crate::operations::FieldChange;

/// The fields that differ, in the order in which they stand in a file.
pub(crate) fn difference(
    before: Option<&TrainingDefinition>,
    after: &TrainingDefinition,
) -> Vec<FieldChange> {
    compared(&before.map(fields).unwrap_or_default(), &fields(after))
}

/// The values that differ, each with its path.
pub(crate) fn compared(
    before: &[(String, String)],
    after: &[(String, String)],
) -> Vec<FieldChange> {
    let old: BTreeMap<&str, &str> = before.iter().map(|(path, text)| (&**path, &**text)).collect();
    let new: BTreeMap<&str, &str> = after.iter().map(|(path, text)| (&**path, &**text)).collect();
    let gone = before.iter().filter(|(path, _)| !new.contains_key(&**path));
    after
        .iter()
        .filter(|(path, text)| old.get(&**path) != Some(&&**text))
        .map(|(path, text)| FieldChange {
            field: path.clone(),
            before: old.get(&**path).map(ToString::to_string),
            after: Some(text.clone()),
        })
        .chain(gone.map(|(path, text)| FieldChange {
            field: path.clone(),
            before: Some(text.clone()),
            after: None,
        }))
        .collect()
}

/// Every value with its path, such as `modules.intro.minutes`.
fn fields(definition: &TrainingDefinition) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut plain = definition.clone();
    let modules = std::mem::take(&mut plain.modules);
    let skills = std::mem::take(&mut plain.skills);
    spread("", &json(&plain), &mut found);
    if !skills.is_empty() {
        let told: Vec<String> = skills.iter().map(ToString::to_string).collect();
        found.push(("skills".to_owned(), told.join(", ")));
    }
    if !modules.is_empty() {
        let order: Vec<&str> = modules.iter().map(|module| &*module.key).collect();
        found.push(("modules".to_owned(), order.join(", ")));
    }
    for mut module in modules {
        let path = format!("modules.{}", module.key);
        let items = std::mem::take(&mut module.items);
        module.key.clear();
        spread(&path, &json(&module), &mut found);
        if !items.is_empty() {
            let order: Vec<&str> = items.iter().map(|item| &*item.key).collect();
            found.push((format!("{path}.items"), order.join(", ")));
        }
        for mut item in items {
            let path = format!("{path}.items.{}", item.key);
            item.key.clear();
            spread(&path, &json(&item), &mut found);
        }
    }
    found
}

pub(crate) fn json(value: &impl serde::Serialize) -> Json {
    serde_json::to_value(value).expect("a definition is plain data")
}

pub(crate) fn spread(path: &str, value: &Json, found: &mut Vec<(String, String)>) {
    match value {
        Json::Object(fields) => {
            for (name, value) in fields {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                spread(&below, value, found);
            }
        }
        Json::Array(values) => {
            let told: Vec<String> = values.iter().map(told).collect();
            found.push((path.to_owned(), told.join(", ")));
        }
        Json::String(text) if text.is_empty() => {}
        value => found.push((path.to_owned(), told(value))),
    }
}

fn told(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::definition::Module;
    use super::*;

    fn keyed(key: &str) -> Module {
        Module { key: key.to_owned(), ..Module::new(key) }
    }

    #[test]
    fn a_moved_module_is_told_as_moved() {
        let mut before = TrainingDefinition::new("Fire");
        before.modules = ["a", "b", "c"].map(keyed).to_vec();
        let mut after = before.clone();
        after.modules.rotate_left(1);
        after.modules[0].minutes = Some(5);
        after.tags = vec!["x".to_owned(), "y".to_owned()];
        let told: Vec<String> = difference(Some(&before), &after)
            .into_iter()
            .map(|change| format!("{}: {:?} → {:?}", change.field, change.before, change.after))
            .collect();
        assert_eq!(
            told,
            [
                "tags: None → Some(\"x, y\")",
                "modules: Some(\"a, b, c\") → Some(\"b, c, a\")",
                "modules.b.minutes: None → Some(\"5\")",
            ]
        );
        assert_eq!(difference(Some(&after), &after), []);
        let last = difference(Some(&after), &before).pop().unwrap();
        assert_eq!((&*last.field, last.after), ("modules.b.minutes", None));
    }
}
