//! Definitions in bodies: documents as files hold them, with what a file has beside them beside them.

use crate::error::{FIELDS, FieldError, Problem};

/// Refuses a definition with a field that only files have: here it stands beside the definition.
pub(crate) fn refuse_field_of_file(name: Option<&'static str>) -> Result<(), Problem> {
    let Some(name) = name else { return Ok(()) };
    let field = format!("definition.{name}");
    let detail = format!("there is no field `{field}` here");
    let hints = vec![match name {
        "format" => "leave it out; only a file says how it is written".to_owned(),
        name => format!("`{name}` stands beside the definition, not in it"),
    }];
    let error =
        FieldError { field, code: FIELDS.code, detail: detail.clone(), hints: hints.clone() };
    Err(FIELDS.problem(detail).with_hints(hints).with_field_error(error))
}

/// Names the fields of a definition by their place in the body; `beside` are those that are not in it.
pub(crate) fn named(problem: Problem, beside: &[&str]) -> Problem {
    problem.with_fields_named(|field| {
        let first = field.split(['.', '[']).next().unwrap_or_default();
        if beside.contains(&first) { field.to_owned() } else { format!("definition.{field}") }
    })
}
