//! Answers held against the OpenAPI document: every answer that a test of this folder gets is
//! checked here, so that the document cannot say anything else than what is done.
//!
//! The validator knows the words of JSON Schema that the document uses, and fails at any other.

use std::sync::OnceLock;

use lms_http::Options;
use serde_json::Value;

/// The document of a router with the usual options.
pub(super) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT
        .get_or_init(|| serde_json::from_str(&lms_http::openapi_document(&Options::new())).unwrap())
}

/// An operation of the document.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) body: &'static Value,
}

pub(super) fn operations() -> Vec<Operation> {
    let paths = document()["paths"].as_object().unwrap();
    let of_path = |(path, item): (&'static String, &'static Value)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, body)| Operation { method, path, body }).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

impl Operation {
    pub(super) fn id(&self) -> &'static str {
        self.body["operationId"].as_str().unwrap()
    }

    pub(super) fn permission(&self) -> Option<&'static str> {
        self.body["x-permission"].as_str()
    }

    /// An address of this operation, with the examples of the document in it.
    pub(super) fn address(&self) -> String {
        let parameters = self.body["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path");
        in_path.fold(self.path.to_owned(), |path, parameter| {
            let name = parameter["name"].as_str().unwrap();
            path.replace(&format!("{{{name}}}"), parameter["example"].as_str().unwrap())
        })
    }

    /// The bodies that the document proposes.
    pub(super) fn examples(&self) -> Vec<&'static Value> {
        let content = &self.body["requestBody"]["content"]["application/json"];
        let named = content["examples"].as_object().into_iter().flatten();
        let named = named.map(|(_, example)| &example["value"]);
        content.get("example").into_iter().chain(named).collect()
    }

    /// Whether the body is a file.
    pub(super) fn takes_bytes(&self) -> bool {
        self.body["requestBody"]["content"].get("application/octet-stream").is_some()
    }

    pub(super) fn body_schema(&self) -> &'static Value {
        &self.body["requestBody"]["content"]["application/json"]["schema"]
    }
}

/// Fails where an answer is not one that the document promises.
pub(super) fn check(method: &str, address: &str, status: u16, content_type: &str, text: &str) {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let method = if method == "HEAD" { "GET" } else { method };
    let operation = operations().into_iter().find(|operation| {
        operation.method.eq_ignore_ascii_case(method) && is_at(operation.path, path)
    });
    let Some(operation) = operation else { return };
    let responses = &operation.body["responses"];
    let response = responses.get(status.to_string()).unwrap_or(&responses["default"]);
    let response = resolved(response);
    if text.is_empty() {
        return;
    }
    let media_type = content_type.split(';').next().unwrap();
    let known = &response["content"];
    let content = known.get(media_type).or_else(|| known.get("*/*")).unwrap_or_else(|| {
        panic!("{method} {path} answers {status} with `{media_type}`, which is not documented")
    });
    // Whoever chooses fields gets those and no others, whatever the schema says.
    if query.contains("fields=") && status == 200 {
        return;
    }
    let whole = [text];
    let lines: Vec<&str> =
        if media_type == "application/x-ndjson" { text.lines().collect() } else { whole.to_vec() };
    if media_type.ends_with("json") {
        for line in lines {
            let value = serde_json::from_str(line).unwrap();
            if let Err(wrong) = validate(&content["schema"], &value, "") {
                panic!("{method} {path} answers {status} with another body: {wrong}\n{line}");
            }
        }
    }
}

fn is_at(template: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    let fits = template.split('/').all(|wanted| {
        segments.next().is_some_and(|given| wanted.starts_with('{') || wanted == given)
    });
    fits && segments.next().is_none()
}

fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => document().pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => value,
    }
}

/// Whether a value is one of a schema; if not, where and why not.
pub(super) fn validate(schema: &'static Value, value: &Value, at: &str) -> Result<(), String> {
    let wrong = |what: String| Err(format!("{at}: {what}"));
    for (word, said) in schema.as_object().unwrap() {
        match word.as_str() {
            "$ref" => validate(resolved(schema), value, at)?,
            "type" if !is_of(&types(said), value) => {
                return wrong(format!("`{value}` is not of the type {said}"));
            }
            "enum" if !said.as_array().unwrap().contains(value) => {
                return wrong(format!("`{value}` is none of {said}"));
            }
            "format" if !has_format(said.as_str().unwrap(), value) => {
                return wrong(format!("`{value}` has not the format {said}"));
            }
            "const" if said != value => {
                return wrong(format!("`{value}` is not {said}"));
            }
            "minimum" if value.is_number() && value.as_f64() < said.as_f64() => {
                return wrong(format!("`{value}` is less than {said}"));
            }
            "maximum" if value.is_number() && value.as_f64() > said.as_f64() => {
                return wrong(format!("`{value}` is more than {said}"));
            }
            "minLength" if chars(value).is_some_and(|count| count < said.as_u64().unwrap()) => {
                return wrong(format!("`{value}` is shorter than {said}"));
            }
            "maxLength" if chars(value).is_some_and(|count| count > said.as_u64().unwrap()) => {
                return wrong(format!("`{value}` is longer than {said}"));
            }
            "pattern" if !has_pattern(said.as_str().unwrap(), value) => {
                return wrong(format!("`{value}` does not look like {said}"));
            }
            "not" if validate(said, value, at).is_ok() => {
                return wrong(format!("`{value}` is what it must not be"));
            }
            "anyOf" => {
                let mut alternatives = said.as_array().unwrap().iter();
                if !alternatives.any(|alternative| validate(alternative, value, at).is_ok()) {
                    return wrong("it is none of the alternatives".to_owned());
                }
            }
            "oneOf" => {
                let alternatives = said.as_array().unwrap().iter();
                let fitting =
                    alternatives.filter(|alternative| validate(alternative, value, at).is_ok());
                if fitting.count() != 1 {
                    return wrong("it is not exactly one of the alternatives".to_owned());
                }
            }
            "allOf" => {
                for part in said.as_array().unwrap() {
                    validate(part, value, at)?;
                }
            }
            "required" => {
                let names = said.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                if let Some(missing) = names.into_iter().find(|name| value.get(name).is_none()) {
                    return wrong(format!("`{missing}` is missing"));
                }
            }
            "properties" | "additionalProperties" => {}
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    validate(said, item, &format!("{at}[{index}]"))?;
                }
            }
            "minItems" => {
                if value
                    .as_array()
                    .is_some_and(|items| (items.len() as u64) < said.as_u64().unwrap())
                {
                    return wrong(format!("there are fewer than {said}"));
                }
            }
            "maxItems" => {
                if value.as_array().is_some_and(|items| items.len() as u64 > said.as_u64().unwrap())
                {
                    return wrong(format!("there are more than {said}"));
                }
            }
            "type" | "enum" | "const" | "format" | "minimum" | "maximum" | "minLength"
            | "maxLength" | "pattern" | "not" | "default" | "description" | "examples"
            | "propertyNames" => {}
            other => panic!("the document says `{other}` of {at}, which no test understands"),
        }
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        let property = schema["properties"].get(name);
        match (property, &schema["additionalProperties"]) {
            (Some(property), _) => validate(property, value, &at)?,
            (None, Value::Bool(false)) => return Err(format!("{at} is not in the document")),
            (None, others @ Value::Object(_)) => validate(others, value, &at)?,
            // An answer has no fields that the document does not know. A schema without a type is
            // part of another one, and says only what it adds.
            (None, _) if schema.get("properties").is_some() && schema.get("type").is_some() => {
                return Err(format!("{at} is not in the document"));
            }
            (None, _) => {}
        }
    }
    Ok(())
}

fn types(said: &Value) -> Vec<&str> {
    match said {
        Value::Array(several) => several.iter().map(|one| one.as_str().unwrap()).collect(),
        one => vec![one.as_str().unwrap()],
    }
}

fn is_of(types: &[&str], value: &Value) -> bool {
    let own = type_of(value);
    types.contains(&own) || (own == "integer" && types.contains(&"number"))
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Number(number) if number.is_f64() => "number",
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn chars(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}

/// The few patterns that there are, read by hand.
fn has_pattern(pattern: &str, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return true };
    match pattern {
        "^https://" => text.starts_with("https://"),
        "^[A-Za-z]{3}$" => text.len() == 3 && text.bytes().all(|c| c.is_ascii_alphabetic()),
        other => panic!("no test understands the pattern `{other}`"),
    }
}

fn has_format(format: &str, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return true };
    match format {
        "date" => lms_core::Day::parse(text).is_ok(),
        "date-time" => lms_core::Timestamp::parse(text).is_ok(),
        "uuid" => text.split('-').map(str::len).eq([8, 4, 4, 4, 12]),
        "int32" | "int64" | "double" => true,
        other => panic!("no test understands the format `{other}`"),
    }
}
