//! The OpenAPI document, made of the same calls that make the routes.
//!
//! A [`Resource`] takes a handler and what is to be said [`About`] it in one call, so that there is
//! no route without a description and no description without a route. What holds for every route
//! (a token, a permission, problem documents) is added here and nowhere else.

mod about;
pub(crate) mod documents;
mod page;
mod schemas;

use std::convert::Infallible;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use serde_json::{Map, Value, json};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{HttpMethod, Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Paths, Server};

use crate::error::{HTTP_ERRORS, library_codes};
use crate::state::ApiState;

pub(crate) use about::About;
pub(crate) use page::{file, page};

/// The name under which operations ask for a token.
const BEARER: &str = "bearer";

/// Routes of one kind, with what the document says of them.
pub(crate) struct Resource {
    name: &'static str,
    summary: &'static str,
    router: Router<ApiState>,
    operations: Vec<Described>,
    schemas: schemas::Schemas,
}

struct Described {
    path: String,
    method: HttpMethod,
    operation: Operation,
}

impl Resource {
    pub(crate) fn new(name: &'static str, summary: &'static str) -> Self {
        Self {
            name,
            summary,
            router: Router::new(),
            operations: Vec::new(),
            schemas: schemas::Schemas::default(),
        }
    }

    pub(crate) fn get<H, T>(self, path: &str, handler: H, about: About) -> Self
    where
        H: Handler<T, ApiState>,
        T: 'static,
    {
        self.with(path, HttpMethod::Get, on(MethodFilter::GET, handler), about)
    }

    pub(crate) fn post<H, T>(self, path: &str, handler: H, about: About) -> Self
    where
        H: Handler<T, ApiState>,
        T: 'static,
    {
        self.with(path, HttpMethod::Post, on(MethodFilter::POST, handler), about)
    }

    pub(crate) fn put<H, T>(self, path: &str, handler: H, about: About) -> Self
    where
        H: Handler<T, ApiState>,
        T: 'static,
    {
        self.with(path, HttpMethod::Put, on(MethodFilter::PUT, handler), about)
    }

    pub(crate) fn patch<H, T>(self, path: &str, handler: H, about: About) -> Self
    where
        H: Handler<T, ApiState>,
        T: 'static,
    {
        self.with(path, HttpMethod::Patch, on(MethodFilter::PATCH, handler), about)
    }

    pub(crate) fn delete<H, T>(self, path: &str, handler: H, about: About) -> Self
    where
        H: Handler<T, ApiState>,
        T: 'static,
    {
        self.with(path, HttpMethod::Delete, on(MethodFilter::DELETE, handler), about)
    }

    fn with(
        mut self,
        path: &str,
        method: HttpMethod,
        handler: MethodRouter<ApiState, Infallible>,
        about: About,
    ) -> Self {
        self.router = self.router.route(path, handler);
        let about = if method == HttpMethod::Get { about } else { about.takes_key() };
        let operation = about.operation(self.name, path, &mut self.schemas);
        self.operations.push(Described { path: path.to_owned(), method, operation });
        self
    }
}

/// The router of all resources, and the document that describes it.
pub(crate) fn assemble(resources: Vec<Resource>) -> (Router<ApiState>, OpenApi) {
    let mut router = Router::new();
    let mut paths = Paths::new();
    let mut tags = Vec::new();
    let mut schemas = schemas::Schemas::default();
    for resource in resources {
        router = router.merge(resource.router);
        tags.push(
            TagBuilder::new().name(resource.name).description(Some(resource.summary)).build(),
        );
        schemas.merge(resource.schemas);
        for described in resource.operations {
            let item = PathItem::new(described.method, described.operation);
            match paths.paths.get_mut(&described.path) {
                Some(known) => known.merge_operations(item),
                None => drop(paths.paths.insert(described.path, item)),
            }
        }
    }
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API token; `lmsctl access token create` makes one."))
        .build();
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas.finished())
        .response(schemas::PROBLEM, schemas::problem_response())
        .security_scheme(BEARER, SecurityScheme::Http(bearer));
    let info = InfoBuilder::new()
        .title("LMS")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(include_str!("description.md").trim()));
    let mut server = Server::new("..");
    server.description = Some("the service that this document came from".to_owned());
    let mut document = OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([server]))
        .paths(paths)
        .components(Some(components.build()))
        .tags(Some(tags))
        .build();
    document.extensions = Some(Extensions::builder().add("x-error-codes", error_codes()).build());
    (router, document)
}

/// Every code that a problem document can have, with its status and what it means.
fn error_codes() -> Value {
    let theirs = library_codes().map(|code| {
        let status = crate::error::status(&code.error(""));
        (code.code.to_owned(), json!({ "status": status.as_u16(), "summary": code.summary }))
    });
    let ours = HTTP_ERRORS.iter().map(|error| {
        let status = error.status.as_u16();
        (error.code.to_owned(), json!({ "status": status, "summary": error.summary }))
    });
    Value::Object(theirs.chain(ours).collect::<Map<_, _>>())
}
