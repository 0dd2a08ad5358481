//! What stands behind the question mark: strict, typed, and the same for every list.
//!
//! A parameter that may have several values is repeated (`department=ENG&department=SALES`); one
//! that does not exist is an error with its nearest neighbour. The types derive `IntoParams`, so
//! that the document names what is taken.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lms_core::{Day, Error, Timestamp};
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{IntoParams, ToSchema};

use crate::error::{Problem, QUERY};
use crate::extract::Reason;
use crate::state::ApiState;

/// A query without unknown parameters, if `T` denies them.
pub(crate) struct Query<T>(pub(crate) T);

/// For addresses that take no parameters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoParameters {}

/// For addresses that show a thing as of a day.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AsOf {
    /// As it was on this day, as far as is known now; today, unless said.
    #[param(required = false, format = Date, example = "2026-03-31")]
    as_of: Option<String>,
}

/// For writes whose change holds from a day on.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HoldsFrom {
    /// The change holds from this day on; today, unless said. Names and addresses are the same for
    /// all days.
    #[param(required = false, format = Date, example = "2027-01-01")]
    from: Option<String>,
}

impl AsOf {
    pub(crate) fn day(&self) -> Result<Option<Day>, Problem> {
        day("as_of", self.as_of.as_deref()).map_err(Problem::in_query)
    }
}

impl HoldsFrom {
    pub(crate) fn day(&self) -> Result<Option<Day>, Problem> {
        day("from", self.from.as_deref()).map_err(Problem::in_query)
    }
}

impl<T: DeserializeOwned> FromRequestParts<ApiState> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Problem> {
        parse(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    parse_beside(query, &[])
}

/// Reads a query beside which other parameters are known, for the hints.
pub(crate) fn parse_beside<T: DeserializeOwned>(
    query: &str,
    others: &[String],
) -> Result<T, Problem> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let deserializer = serde_html_form::Deserializer::new(pairs);
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let reason = Reason::told(&error.to_string());
        QUERY.problem(reason.name("parameter")).with_hints(reason.hint_with(others))
    })
}

/// Reads a day that may be there.
pub(crate) fn day(field: &str, text: Option<&str>) -> Result<Option<Day>, Error> {
    text.map(|text| Day::parse(text).map_err(|error| error.with_field(field))).transpose()
}

/// Reads an instant that may be there.
pub(crate) fn instant(field: &str, text: Option<&str>) -> Result<Option<Timestamp>, Error> {
    text.map(|text| Timestamp::parse(text).map_err(|error| error.with_field(field))).transpose()
}

/// Which fields of each row are wanted, in the order in which they were named; all, unless said.
#[derive(Debug, Clone)]
pub(crate) struct Fields(Option<Vec<String>>);

/// A row with all of its fields, or with those that were asked for.
pub(crate) enum Row<T> {
    Whole(T),
    Chosen(Vec<(String, Value)>),
}

impl Fields {
    /// Reads `fields=id,email`, each one a field of `T`.
    pub(crate) fn of<T: ToSchema>(text: Option<&str>) -> Result<Self, Problem> {
        let Some(text) = text else { return Ok(Self(None)) };
        let known = names::<T>();
        let wanted: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
        match wanted.iter().find(|name| !known.contains(name)) {
            None => Ok(Self(Some(wanted))),
            Some(unknown) => {
                let all = || format!("there are `{}`", known.join("`, `"));
                let hint = lms_core::suggest(unknown, &known).unwrap_or_else(all);
                let detail = format!("there is no field `{}` to show", unknown.escape_debug());
                Err(QUERY.problem(detail).with_hint(hint))
            }
        }
    }

    pub(crate) fn of_row<T: Serialize>(&self, row: T) -> Row<T> {
        let Some(wanted) = &self.0 else { return Row::Whole(row) };
        let mut all = serde_json::to_value(row).expect("a row is plain data");
        let chosen = wanted.iter().map(|name| (name.clone(), all[name].take())).collect();
        Row::Chosen(chosen)
    }
}

impl<T: Serialize> Serialize for Row<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(row) => row.serialize(serializer),
            Self::Chosen(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// The names of the fields of a row, as the document has them.
fn names<T: ToSchema>() -> Vec<String> {
    match T::schema() {
        RefOr::T(Schema::Object(object)) => object.properties.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        #[serde(default)]
        department: Vec<String>,
        limit: Option<u32>,
        exact: Option<bool>,
    }

    fn refusal(query: &str) -> Value {
        let problem = parse::<Asked>(query).unwrap_err();
        serde_json::from_slice(&problem.document("r")).unwrap()
    }

    #[test]
    fn what_is_repeated_is_all_there() {
        let asked: Asked = parse("department=ENG&limit=5&department=R%26D").unwrap();
        assert_eq!(asked.department, ["ENG", "R&D"]);
        assert_eq!((asked.limit, asked.exact), (Some(5), None));
        assert_eq!(parse::<Asked>("").unwrap().department, [""; 0]);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let unknown = refusal("departmnet=ENG");
        assert_eq!(unknown["detail"], "there is no parameter `departmnet` here");
        assert_eq!(unknown["hints"][0], "did you mean `department`?");
        for (query, parameter) in
            [("limit=many", "`limit`"), ("exact=yes", "`exact`"), ("limit=1&limit=2", "`limit`")]
        {
            let refused = refusal(query);
            assert_eq!((&refused["status"], &refused["code"]), (&400.into(), &"http.query".into()));
            assert!(refused["detail"].as_str().unwrap().contains(parameter), "{refused}");
        }
    }

    #[test]
    fn an_address_without_parameters_takes_none() {
        let problem = parse::<NoParameters>("dry_run=true").err().unwrap();
        let refused: Value = serde_json::from_slice(&problem.document("r")).unwrap();
        assert_eq!(refused["detail"], "there is no parameter `dry_run` here");
        assert_eq!(refused["hints"][0], "leave it out; this address takes none");
    }
}
