//! Schemas of documents that files hold as well. They are the schemas of the files, taken over whole,
//! so that there is one description of what can stand in a training.

use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, Type};

/// What stands in one version of a training.
pub(crate) struct TrainingDocument;

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

/// The parts of the schema of a training file that are the same without a file around them.
fn schemas() -> [(&'static str, Value); 2] {
    let mut training: Value =
        serde_json::from_str(lms_core::TrainingFile::SCHEMA).expect("the schema is JSON");
    let module = training["properties"]["modules"]["items"].take();
    training["properties"]["modules"]["items"] =
        serde_json::json!({ "$ref": "#/components/schemas/ModuleDocument" });
    training["description"] = "What stands in one version of a training.".into();
    training["required"] = serde_json::json!(["title"]);
    if let Some(whole) = training.as_object_mut() {
        whole.retain(|name, _| name != "$schema" && name != "title");
    }
    if let Some(fields) = training["properties"].as_object_mut() {
        fields.retain(|name, _| !["format", "code", "template"].contains(&name.as_str()));
    }
    [("TrainingDocument", training), ("ModuleDocument", module)]
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
        assert_eq!(document["required"], serde_json::json!(["title"]));
        assert_eq!(value["Other"], serde_json::json!({}));
    }
}
