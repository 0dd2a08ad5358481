//! Whom a request means: the audience in its query, beside whatever else it asks.
//!
//! The parameters are the fields of an audience under the names that they have everywhere, and they
//! are read by the one parser of the library. What is not one of them is the page around it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lms_core::{Audience, AudienceField};
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, Object, Schema, Type};

use crate::error::Problem;
use crate::query::parse_beside;
use crate::state::ApiState;

/// An audience, and the parameters beside it.
pub(crate) struct AudienceQuery<T> {
    pub(crate) audience: Audience,
    pub(crate) beside: T,
}

impl<T: DeserializeOwned> FromRequestParts<ApiState> for AudienceQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Problem> {
        parse(parts.uri.query().unwrap_or_default())
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<AudienceQuery<T>, Problem> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let (of_audience, others): (Vec<_>, Vec<_>) = pairs.partition(|(key, _)| Audience::is_key(key));
    let known = keys(others.iter().any(|(key, _)| key.starts_with(NOT)));
    let others = form_urlencoded::Serializer::new(String::new()).extend_pairs(others).finish();
    let beside = parse_beside(&others, &known)?;
    let audience = Audience::from_pairs(of_audience).map_err(Problem::in_query)?;
    Ok(AudienceQuery { audience, beside })
}

/// What excludes stands before the name of a field.
const NOT: &str = "not_";

/// The parameters of an audience that ask for somebody, or that exclude somebody; for hints.
fn keys(is_excluded: bool) -> Vec<String> {
    let fields = AudienceField::plain().map(|field| field.key());
    let fields = fields.chain([ATTRIBUTE.to_owned()]);
    if is_excluded {
        return fields.map(|key| format!("{NOT}{key}")).collect();
    }
    fields.chain(FLAGS.iter().map(|(key, _)| (*key).to_owned())).collect()
}

/// What each field asks for, beginning with "who".
const FIELDS: &[(AudienceField, &str)] = &[
    (AudienceField::Department, "are in this department or below it, by code or name"),
    (AudienceField::Location, "are at this location, by code or name"),
    (AudienceField::Country, "work in this country: a two-letter code"),
    (AudienceField::JobRole, "have this job role, by code or name"),
    (AudienceField::JobTitle, "have this on their door"),
    (AudienceField::EmploymentType, "are employed in this way"),
    (AudienceField::Manager, "report to this person: e-mail, employee number, user name or id"),
    (AudienceField::Group, "are in this group, by code or name"),
    (AudienceField::AccessRole, "have an account with this access role"),
    (AudienceField::Person, "are this person: e-mail, employee number, user name or id"),
    (
        AudienceField::Status,
        "are `pre_hire`, `active`, `on_leave` or `inactive`; active and on leave, unless said",
    ),
    (
        AudienceField::HiredBefore,
        "were hired before this day: `2025-01-01`, or `-90d` for ninety days ago",
    ),
    (
        AudienceField::HiredAfter,
        "were hired after this day: `2025-01-01`, or `-90d` for ninety days ago",
    ),
];

const ATTRIBUTE: &str = "attribute";
const OF_ATTRIBUTE: &str = "have this attribute: `KEY=VALUE`, `KEY=*` for any value; \
                            `attribute.KEY=VALUE` as a parameter says the same";

/// What says how a field is meant.
const FLAGS: &[(&str, &str)] = &[
    ("exact", "The departments themselves, without those below."),
    ("all_reports", "Also those who report to the reports, all the way down."),
];

/// The parameters of an audience, for the document.
pub(crate) struct AudienceParameters;

impl IntoParams for AudienceParameters {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let named = FIELDS.iter().map(|(field, text)| (field.key(), *text));
        let named: Vec<_> = named.chain([(ATTRIBUTE.to_owned(), OF_ATTRIBUTE)]).collect();
        let parameter = |name: &str, text: &str, schema: Schema| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(place().unwrap_or(ParameterIn::Query))
                .required(Required::False)
                .description(Some(text))
                .schema(Some(schema))
                .build()
        };
        let texts =
            || Schema::Array(ArrayBuilder::new().items(Object::with_type(Type::String)).build());
        let mut all = Vec::new();
        for (name, text) in &named {
            all.push(parameter(name, &format!("Who {text}."), texts()));
        }
        for (name, text) in FLAGS {
            all.push(parameter(name, text, Schema::Object(Object::with_type(Type::Boolean))));
        }
        for (name, _) in &named {
            let text = format!("Nobody of those whom `{name}` would mean.");
            all.push(parameter(&format!("{NOT}{name}"), &text, texts()));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::Deserialize;
    use serde_json::Value;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Beside {
        search: Option<String>,
        limit: Option<u32>,
    }

    fn refusal(query: &str) -> Value {
        let problem = parse::<Beside>(query).err().unwrap();
        serde_json::from_slice(&problem.document("r")).unwrap()
    }

    #[test]
    fn the_document_names_every_field_that_is_read() {
        let described: BTreeSet<String> = FIELDS.iter().map(|(field, _)| field.key()).collect();
        assert_eq!(described, AudienceField::plain().map(|field| field.key()).collect());
        let parameters = AudienceParameters::into_params(|| None);
        assert_eq!(parameters.len(), keys(false).len() + keys(true).len());
        assert!(parameters.iter().all(|parameter| Audience::is_key(&parameter.name)));
    }

    #[test]
    fn an_audience_is_told_from_what_stands_beside_it() {
        let query = "department=ENG&search=ada&department=R%26D&not_job_role=LEAD&limit=5\
                     &attribute.cost_centre=4*&all_reports=true&manager=bo";
        let asked = parse::<Beside>(query).ok().unwrap();
        assert_eq!((asked.beside.search.as_deref(), asked.beside.limit), (Some("ada"), Some(5)));
        let line = "--department ENG --department 'R&D' --not-job-role LEAD --manager bo \
                    --all-reports --attribute cost_centre=4*";
        assert_eq!(asked.audience, Audience::parse(line).unwrap());
        assert!(parse::<Beside>("").ok().unwrap().audience.is_everybody());
    }

    #[test]
    fn a_parameter_that_nothing_knows_is_named_with_the_nearest_of_all() {
        for (query, hint) in [
            ("departmnet=ENG", "did you mean `department`?"),
            ("not_locaton=BER", "did you mean `not_location`?"),
            ("limt=5", "did you mean `limit`?"),
        ] {
            let refused = refusal(query);
            assert_eq!((&refused["status"], &refused["code"]), (&400.into(), &"http.query".into()));
            assert_eq!(refused["hints"][0], hint);
        }
        let wrong = refusal("not_country=Germany");
        assert_eq!(
            (&wrong["status"], &wrong["errors"][0]["field"]),
            (&400.into(), &"not_country".into())
        );
    }
}
