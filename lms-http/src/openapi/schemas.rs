//! The schemas that the routes speak of, and those that are made of others: pages, outcomes and
//! problems.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, Object, ObjectBuilder, Ref, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{Content, RefOr, Response};
use utoipa::{PartialSchema, ToSchema};

use crate::answer::ChangeBody;
use crate::error::{FieldError, ProblemDocument};

/// The name of the problem document, as a schema and as an answer.
pub(super) const PROBLEM: &str = "Problem";

/// Schemas by name. Those that only answers use always have all of their fields.
#[derive(Default)]
pub(crate) struct Schemas {
    known: BTreeMap<String, RefOr<Schema>>,
    requested: BTreeSet<String>,
}

impl Schemas {
    pub(super) fn of_request<T: ToSchema>(&mut self) -> Ref {
        for (name, schema) in all::<T>() {
            self.requested.insert(name.clone());
            self.known.insert(name, schema);
        }
        Ref::from_schema_name(T::name())
    }

    pub(super) fn of_answer<T: ToSchema>(&mut self) -> Ref {
        self.known.extend(all::<T>());
        Ref::from_schema_name(T::name())
    }

    pub(super) fn page_of<T: ToSchema>(&mut self) -> Ref {
        let page = self.page::<T>();
        self.put(format!("{}Page", T::name()), page)
    }

    pub(super) fn counted_page_of<T: ToSchema>(&mut self) -> Ref {
        let total = nullable(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .description(Some("how many there are on all pages; null unless asked for"));
        let page = self.page::<T>().property("total", total);
        self.put(format!("{}Page", T::name()), page)
    }

    fn page<T: ToSchema>(&mut self) -> ObjectBuilder {
        let items = ArrayBuilder::new().items(self.of_answer::<T>());
        let next = nullable(Type::String)
            .description(Some("where the next page begins; null at the end of the list"));
        ObjectBuilder::new().property("items", items.build()).property("next", next)
    }

    pub(super) fn outcome_of<T: ToSchema>(&mut self) -> Ref {
        let changed = ArrayBuilder::new()
            .items(self.of_answer::<ChangeBody>())
            .description(Some("what this request changed; nothing where all was so already"));
        let operation = nullable(Type::String)
            .format(Some(SchemaFormat::Custom("uuid".to_owned())))
            .description(Some("the entry of the audit log; null where nothing changed"));
        let outcome = ObjectBuilder::new()
            .property("value", self.of_answer::<T>())
            .property("changed", changed)
            .property("operation", operation);
        self.put(format!("{}Outcome", T::name()), outcome)
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.known.extend(other.known);
        self.requested.extend(other.requested);
    }

    /// All of them, with the fields of answers as they are: always there.
    pub(super) fn finished(mut self) -> BTreeMap<String, RefOr<Schema>> {
        self.of_answer::<ProblemDocument>();
        self.of_answer::<FieldError>();
        let known = self.known.clone();
        for (name, schema) in &mut self.known {
            flatten(schema, &known);
            if let RefOr::T(Schema::Object(object)) = schema
                && !self.requested.contains(name)
            {
                object.required = object.properties.keys().cloned().collect();
            }
        }
        self.known
    }

    fn put(&mut self, name: String, schema: ObjectBuilder) -> Ref {
        let reference = Ref::from_schema_name(name.clone());
        self.known.insert(name, Schema::Object(schema.build()).into());
        reference
    }
}

pub(super) fn problem_response() -> Response {
    let content = Content::new(Some(Ref::from_schema_name(PROBLEM)));
    ResponseBuilder::new()
        .description("what is wrong, and what to do about it")
        .content("application/problem+json", content)
        .build()
}

fn all<T: ToSchema>() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = vec![(T::name().into_owned(), <T as PartialSchema>::schema())];
    T::schemas(&mut schemas);
    schemas
}

/// A struct that is flattened into another is told as the one object that it becomes.
fn flatten(schema: &mut RefOr<Schema>, known: &BTreeMap<String, RefOr<Schema>>) {
    let RefOr::T(Schema::AllOf(parts)) = schema else { return };
    let mut whole = ObjectBuilder::new().description(parts.description.take());
    for part in parts.items.drain(..) {
        let part = match part {
            RefOr::Ref(reference) => {
                let name = reference.ref_location.rsplit('/').next().unwrap_or_default();
                known.get(name).cloned()
            }
            part @ RefOr::T(_) => Some(part),
        };
        let Some(RefOr::T(Schema::Object(part))) = part else { continue };
        for (name, property) in part.properties {
            whole = whole.property(name, property);
        }
    }
    *schema = Schema::Object(whole.build()).into();
}

fn nullable(kind: Type) -> ObjectBuilder {
    Object::builder().schema_type(SchemaType::from_iter([kind, Type::Null]))
}
