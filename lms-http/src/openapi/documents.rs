//! Schemas of documents that files hold as well. They are the schemas of the files, taken over whole,
//! so that there is one description of what can stand in a training, a path, a question or a quiz.

use lms_core::{PathFile, QuizFile, RuleDefinition, TrainingFile};
use serde_json::{Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, Type};

/// What stands in one version of a training.
pub(crate) struct TrainingDocument;

/// What stands in one version of a path.
pub(crate) struct PathDocument;

/// What a rule says.
pub(crate) struct RuleDocument;

/// What a question asks.
pub(crate) struct QuestionDocument;

/// What a quiz is made of.
pub(crate) struct QuizDocument;

/// A question as it stands in a file.
pub(crate) struct QuestionEntry;

/// A quiz as it stands in a file.
pub(crate) struct QuizEntry;

/// Names a type whose schema is that of a document.
macro_rules! is_document {
    ($type:ty, $name:literal) => {
        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::openapi::documents::stand_in($name)
            }
        }

        impl utoipa::ToSchema for $type {
            fn name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }
        }
    };
}
pub(crate) use is_document;

is_document!(TrainingDocument, "TrainingDocument");
is_document!(PathDocument, "PathDocument");
is_document!(RuleDocument, "RuleDocument");
is_document!(QuestionDocument, "QuestionDocument");
is_document!(QuizDocument, "QuizDocument");
is_document!(QuestionEntry, "QuestionEntry");
is_document!(QuizEntry, "QuizEntry");

/// What stands for a document until the text is written.
pub(crate) fn stand_in(name: &str) -> RefOr<Schema> {
    let object: Object =
        ObjectBuilder::new().schema_type(Type::Object).description(Some(mark(name))).build();
    Schema::Object(object).into()
}

fn mark(name: &str) -> String {
    format!("<<{name}>>")
}

/// Puts the schemas of documents into the text of an OpenAPI document, in the places of those that
/// stand for them.
pub(crate) fn put_into(mut text: String) -> String {
    for (name, schema) in schemas() {
        let Some(at) = text.find(&mark(name)) else { continue };
        let first = text[..at].rfind('{').unwrap_or(at);
        let behind = text[at..].find('}').map_or(text.len(), |end| at + end + 1);
        let line = text[..first].rfind('\n').map_or(0, |end| end + 1);
        let margin: String = text[line..].chars().take_while(|c| *c == ' ').collect();
        let schema = serde_json::to_string_pretty(&schema).expect("a schema is plain data");
        text.replace_range(first..behind, &schema.replace('\n', &format!("\n{margin}")));
    }
    text
}

/// The parts of the schemas of files that are the same without a file around them.
fn schemas() -> Vec<(&'static str, Value)> {
    let mut training = read(TrainingFile::SCHEMA);
    let module = training["properties"]["modules"]["items"].take();
    training["properties"]["modules"]["items"] = reference("ModuleDocument");
    let mut path = read(PathFile::SCHEMA);
    let step = path["properties"]["steps"]["items"].take();
    path["properties"]["steps"]["items"] = reference("PathStepDocument");
    let mut quizzes = read(QuizFile::SCHEMA);
    let question = quizzes["properties"]["questions"]["items"].take();
    let quiz = quizzes["properties"]["quizzes"]["items"].take();

    let mut asked = question.clone();
    for kind in asked["oneOf"].as_array_mut().into_iter().flatten() {
        leave_out(kind, &["code", "tags", "archived"]);
    }
    let mut made = quiz.clone();
    leave_out(&mut made, &["code", "archived"]);
    leave_out(&mut training, &["format", "code", "template"]);
    leave_out(&mut path, &["format", "code"]);
    let mut rule = read(RuleDefinition::SCHEMA);
    leave_out(&mut rule, &["format"]);
    // Where the address names a rule, its definition need not.
    if let Some(required) = rule["required"].as_array_mut() {
        required.retain(|name| name != "code");
    }
    vec![
        ("TrainingDocument", described(training, "What stands in one version of a training.")),
        ("ModuleDocument", module),
        ("PathDocument", described(path, "What stands in one version of a path.")),
        ("PathStepDocument", step),
        ("RuleDocument", described(rule, "What stands in one version of a rule.")),
        ("QuestionDocument", described(asked, "What a question asks, and what is right.")),
        ("QuizDocument", described(made, "What a quiz is made of.")),
        ("QuestionEntry", described(question, "A question as it stands in a file.")),
        ("QuizEntry", described(quiz, "A quiz as it stands in a file.")),
    ]
}

fn read(schema: &str) -> Value {
    serde_json::from_str(schema).expect("the schema is JSON")
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Takes out what stands beside a document that is in no file.
fn leave_out(schema: &mut Value, names: &[&str]) {
    if let Some(fields) = schema["properties"].as_object_mut() {
        fields.retain(|name, _| !names.contains(&name.as_str()));
    }
    if let Some(required) = schema["required"].as_array_mut() {
        required.retain(|name| !names.iter().any(|left_out| name == left_out));
    }
}

/// A part of the schema of a file as a schema of its own.
fn described(mut schema: Value, text: &str) -> Value {
    if let Some(whole) = schema.as_object_mut() {
        whole.retain(|name, _| name != "$schema" && name != "title");
        whole.insert("description".to_owned(), text.into());
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_comes_into_the_place_that_is_kept_for_it() {
        let text = "{\n  \"TrainingDocument\": {\n    \"type\": \"object\",\n    \"description\": \
                    \"<<TrainingDocument>>\"\n  },\n  \"Other\": {}\n}"
            .to_owned();
        let value: Value = serde_json::from_str(&put_into(text)).unwrap();
        let document = &value["TrainingDocument"];
        assert_eq!(document["properties"]["title"]["maxLength"], 200);
        assert_eq!(document["required"], json!(["title"]));
        assert_eq!(value["Other"], json!({}));
    }

    #[test]
    fn a_definition_has_nothing_of_what_stands_beside_it() {
        let known = schemas();
        let schema = |name: &str| &known.iter().find(|(known, _)| *known == name).unwrap().1;
        for (name, beside) in [
            ("TrainingDocument", &["format", "code", "template"][..]),
            ("PathDocument", &["format", "code"]),
            ("RuleDocument", &["format"]),
            ("QuizDocument", &["code", "archived"]),
        ] {
            let schema = schema(name);
            assert!(schema["properties"]["title"].is_object(), "{name}");
            assert!(beside.iter().all(|field| schema["properties"].get(field).is_none()), "{name}");
            assert!(beside.iter().all(|field| !schema["required"].to_string().contains(field)));
        }
        let kinds = schema("QuestionDocument")["oneOf"].as_array().unwrap();
        let entries = schema("QuestionEntry")["oneOf"].as_array().unwrap();
        assert_eq!((kinds.len(), entries.len()), (10, 10));
        assert!(kinds.iter().all(|kind| kind["properties"].get("code").is_none()));
        assert!(entries.iter().all(|entry| entry["properties"].get("code").is_some()));
    }
}
