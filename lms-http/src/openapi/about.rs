//! What the document says of one route.

use serde_json::{Value, json};
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{
    Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ArrayBuilder, Object, OneOfBuilder, Schema, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, Ref, RefOr, Required};
use utoipa::{IntoParams, ToSchema};

use super::BEARER;
use super::schemas::{self, Schemas};

const JSON: &str = "application/json";
const NDJSON: &str = "application/x-ndjson";
const BYTES: &str = "application/octet-stream";

/// Bodies that would be accepted, by name.
type Examples = Vec<(&'static str, Value)>;

/// What is said of a route. The id is how generated clients call it.
pub(crate) struct About {
    id: String,
    summary: String,
    text: Option<String>,
    permission: Option<&'static str>,
    parameters: Vec<Parameter>,
    body: Option<(RefOr<Schema>, Examples)>,
    file: Option<&'static str>,
    answers: Vec<(u16, Response)>,
    statuses: Vec<u16>,
    schemas: Schemas,
}

impl About {
    pub(crate) fn new(id: impl Into<String>, summary: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            summary: summary.into(),
            text: None,
            permission: None,
            parameters: Vec::new(),
            body: None,
            file: None,
            answers: Vec::new(),
            statuses: Vec::new(),
            schemas: Schemas::default(),
        }
    }

    /// What the summary does not say.
    pub(crate) fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// It needs a token with this permission.
    pub(crate) fn permission(mut self, permission: &'static str) -> Self {
        self.permission = Some(permission);
        self.statuses.extend([401, 403]);
        self
    }

    /// A part of the path.
    pub(crate) fn path(mut self, name: &str, text: &str, example: &str) -> Self {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(text))
            .schema(Some(Object::with_type(Type::String)))
            .example(Some(json!(example)));
        self.parameters.push(parameter.build());
        self.statuses.push(404);
        self
    }

    /// The parameters behind the question mark.
    pub(crate) fn query<T: IntoParams>(mut self) -> Self {
        self.parameters.extend(T::into_params(|| Some(ParameterIn::Query)));
        self.statuses.push(400);
        self
    }

    /// An object in the body, with one that would be accepted.
    pub(crate) fn body<T: ToSchema>(self, example: Value) -> Self {
        self.bodies::<T>([("one", example)])
    }

    /// An object in the body, with several that would be accepted, by name.
    pub(crate) fn bodies<T: ToSchema>(
        mut self,
        examples: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Self {
        let schema = self.schemas.of_request::<T>();
        self.takes(schema.into(), examples.into_iter().collect())
    }

    /// An object in the body or an array of them, with one of each that would be accepted.
    pub(crate) fn one_or_many<T: ToSchema>(mut self, max: usize, [one, all]: [Value; 2]) -> Self {
        let schema = self.schemas.of_request::<T>();
        let many = ArrayBuilder::new().items(schema.clone()).max_items(Some(max));
        let either = OneOfBuilder::new().item(schema).item(many.build());
        self.takes(Schema::OneOf(either.build()).into(), vec![("one", one), ("many", all)])
    }

    fn takes(mut self, schema: RefOr<Schema>, examples: Examples) -> Self {
        self.body = Some((schema, examples));
        self.statuses.extend([400, 413, 415, 422]);
        self
    }

    /// A file as the body.
    pub(crate) fn takes_bytes(mut self, text: &'static str) -> Self {
        self.file = Some(text);
        self.statuses.extend([400, 413, 415]);
        self
    }

    /// A file as the answer, or a part of it.
    pub(crate) fn hands_out_bytes(mut self, text: &str) -> Self {
        let range = "The bytes that are wanted, such as `bytes=0-1023`; one range.";
        self.parameters.push(header("Range", range));
        for (status, text) in [(200, text), (206, "the part that was asked for")] {
            let answer = ResponseBuilder::new().description(text);
            let answer = answer.content("*/*", Content::default());
            self.answers.push((status, with_tag(answer).build()));
        }
        self.statuses.push(416);
        self
    }

    /// A write that may be tied to what the caller saw.
    pub(crate) fn if_match(mut self) -> Self {
        let text = "The `ETag` of the last answer: the write is made only if nobody wrote since.";
        self.parameters.push(header("If-Match", text));
        self.statuses.extend([400, 412]);
        self
    }

    /// A write that can be asked for again without being done again, unless it takes a file.
    pub(super) fn takes_key(mut self) -> Self {
        if self.file.is_none() {
            let text = "A key of the client's for this very request, such as a UUID: whoever asks again \
                        with it within a day is told what was answered, and nothing is done again.";
            self.parameters.push(header("Idempotency-Key", text));
            self.statuses.extend([400, 409, 422]);
        }
        self
    }

    /// A read that need not send again what the caller has.
    pub(crate) fn if_none_match(mut self) -> Self {
        let text = "The `ETag` of what the caller has: 304 if it is still the same.";
        self.parameters.push(header("If-None-Match", text));
        self.answers.push((304, Response::new("what the caller has is still the same")));
        self
    }

    /// It can clash with what is there.
    pub(crate) fn conflicts(mut self) -> Self {
        self.statuses.push(409);
        self
    }

    /// Whatever else it may answer with a problem.
    pub(crate) fn fails_with(mut self, status: u16) -> Self {
        self.statuses.push(status);
        self
    }

    /// What it answers, with a tag.
    pub(crate) fn shows<T: ToSchema>(mut self, text: &str) -> Self {
        let schema = self.schemas.of_answer::<T>();
        let response = with_tag(ResponseBuilder::new().description(text));
        let response = response.content(JSON, Content::new(Some(schema)));
        self.answers.push((200, response.build()));
        self
    }

    /// What it answers, without a tag.
    pub(crate) fn answers<T: ToSchema>(mut self, status: u16, text: &str) -> Self {
        let schema = self.schemas.of_answer::<T>();
        let response = ResponseBuilder::new().description(text);
        self.answers.push((status, response.content(JSON, Content::new(Some(schema))).build()));
        self
    }

    /// An answer that is no type of ours.
    pub(crate) fn answers_text(mut self, media_type: &str, text: &str) -> Self {
        let kind = if media_type.ends_with("json") { Type::Object } else { Type::String };
        let content = Content::new(Some(Object::with_type(kind)));
        if let Some((_, known)) = self.answers.iter_mut().find(|(status, _)| *status == 200) {
            known.content.insert(media_type.to_owned(), RefOr::T(content));
        } else {
            let response = ResponseBuilder::new().description(text).content(media_type, content);
            self.answers.push((200, response.build()));
        }
        self
    }

    /// A page of a list.
    pub(crate) fn page<T: ToSchema>(mut self) -> Self {
        let page = self.schemas.page_of::<T>();
        self.page_like(page)
    }

    /// A page of a list that can be counted.
    pub(crate) fn counted_page<T: ToSchema>(mut self) -> Self {
        let page = self.schemas.counted_page_of::<T>();
        self.page_like(page)
    }

    fn page_like(mut self, page: Ref) -> Self {
        let response = ResponseBuilder::new().description("a page of the list");
        self.answers.push((200, response.content(JSON, Content::new(Some(page))).build()));
        self
    }

    /// The list can also be had as a stream, a row on each line.
    pub(crate) fn or_stream<T: ToSchema>(mut self) -> Self {
        let row = self.schemas.of_answer::<T>();
        let lines = Content::builder().schema(Some(row)).description(Some(
            "one object on each line, for `Accept: application/x-ndjson`; the schema is that of a line",
        ));
        if let Some((_, response)) = self.answers.iter_mut().find(|(status, _)| *status == 200) {
            response.content.insert(NDJSON.to_owned(), RefOr::T(lines.build()));
        }
        self
    }

    /// What a change did.
    pub(crate) fn outcome<T: ToSchema>(mut self) -> Self {
        let outcome = self.schemas.outcome_of::<T>();
        let response = ResponseBuilder::new().description("what is there now, and what changed");
        let response = with_tag(response).content(JSON, Content::new(Some(outcome)));
        self.answers.push((200, response.build()));
        self
    }

    /// What was made.
    pub(crate) fn made<T: ToSchema>(mut self) -> Self {
        let outcome = self.schemas.outcome_of::<T>();
        let text = HeaderBuilder::new()
            .schema(Some(Object::with_type(Type::String)))
            .description(Some("where it is from now on"));
        let response = with_tag(ResponseBuilder::new().description("it was made"));
        let response = response.header("Location", text.build());
        self.answers.push((201, response.content(JSON, Content::new(Some(outcome))).build()));
        self
    }

    /// Another answer that may come with a status that is there already.
    pub(crate) fn or_answers<T: ToSchema>(mut self, status: u16, text: &str) -> Self {
        let other = self.schemas.of_answer::<T>();
        let known = self.answers.iter_mut().find(|(known, _)| *known == status);
        let content = known.and_then(|(_, response)| response.content.get_mut(JSON));
        match content {
            Some(RefOr::T(content)) => {
                let either = content
                    .schema
                    .take()
                    .into_iter()
                    .fold(OneOfBuilder::new().item(other), OneOfBuilder::item);
                content.schema = Some(Schema::OneOf(either.build()).into());
                self
            }
            _ => self.answers::<T>(status, text),
        }
    }

    pub(super) fn operation(mut self, tag: &str, path: &str, schemas: &mut Schemas) -> Operation {
        for name in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
            let is_described = self.parameters.iter().any(|known| known.name == name);
            assert!(is_described, "{path} has a part `{name}` that is not described");
        }
        schemas.merge(self.schemas);
        let mut operation = OperationBuilder::new()
            .tag(tag)
            .operation_id(Some(self.id))
            .summary(Some(self.summary));
        let needs = self.permission.map(|name| format!("Needs the permission `{name}`."));
        let text: Vec<String> = self.text.into_iter().chain(needs).collect();
        if !text.is_empty() {
            operation = operation.description(Some(text.join("\n\n")));
        }
        if let Some(permission) = self.permission {
            let known = Extensions::builder().add("x-permission", permission).build();
            operation = operation
                .extensions(Some(known))
                .security(SecurityRequirement::new(BEARER, [] as [&str; 0]));
        }
        operation = self.parameters.into_iter().fold(operation, OperationBuilder::parameter);
        if let Some((schema, examples)) = self.body {
            let content = Content::builder().schema(Some(schema));
            let content = match <[_; 1]>::try_from(examples) {
                Ok([(_, one)]) => content.example(Some(one)),
                Err(several) => content.examples_from_iter(several.into_iter().map(named)),
            };
            let body = RequestBodyBuilder::new().required(Some(Required::True));
            operation = operation.request_body(Some(body.content(JSON, content.build()).build()));
        }
        if let Some(text) = self.file {
            let body = RequestBodyBuilder::new()
                .required(Some(Required::True))
                .description(Some(text))
                .content(BYTES, Content::default());
            operation = operation.request_body(Some(body.build()));
        }
        self.answers.sort_by_key(|(status, _)| *status);
        for (status, response) in self.answers {
            operation = operation.response(status.to_string(), response);
        }
        self.statuses.sort_unstable();
        self.statuses.dedup();
        let problem = || Ref::from_response_name(schemas::PROBLEM);
        for status in self.statuses {
            operation = operation.response(status.to_string(), problem());
        }
        operation.response("default", problem()).build()
    }
}

fn named((name, value): (&'static str, Value)) -> (&'static str, Example) {
    (name, ExampleBuilder::new().value(Some(value)).build())
}

fn with_tag(response: ResponseBuilder) -> ResponseBuilder {
    let tag = HeaderBuilder::new()
        .schema(Some(Object::with_type(Type::String)))
        .description(Some("the version, for `If-Match` and `If-None-Match`"));
    response.header("ETag", tag.build())
}

fn header(name: &str, text: &str) -> Parameter {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(text))
        .schema(Some(Object::with_type(Type::String)));
    parameter.build()
}
