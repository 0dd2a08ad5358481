//! `/departments`, `/locations` and `/job-roles`: the lists of units, all by the same handlers.

use axum::Json as Answer;
use axum::response::Response;
use lms_core::{Day, NewUnit, Timestamp, Unit, UnitChange, UnitKind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::reorganise;
use crate::answer::{PageBody, changed, made};
use crate::auth::Call;
use crate::conditional::{IfMatch, IfNoneMatch};
use crate::error::{FIELDS, FieldError, Problem};
use crate::extract::{Json, Patch, Segment};
use crate::openapi::{About, Resource};
use crate::query::{AsOf, HoldsFrom, NoParameters, Query, day};

const READ: &str = "organisation.read";
const WRITE: &str = "organisation.write";

/// The resources of all kinds.
pub(super) fn resources() -> [Resource; 3] {
    [
        resource(
            UnitKind::Department,
            Resource::new("Departments", "The organisation as a tree, with heads and deputies."),
            json!({ "code": "ENG-PLAT", "name": "Platform", "parent": "ENG" }),
            "ENG",
        ),
        resource(
            UnitKind::Location,
            Resource::new("Locations", "Where people work."),
            json!({ "code": "BER", "name": "Berlin" }),
            "LIS",
        ),
        resource(
            UnitKind::JobRole,
            Resource::new("Job roles", "What people do."),
            json!({ "code": "dev", "name": "Developer" }),
            "lead",
        ),
    ]
}

fn resource(kind: UnitKind, resource: Resource, example: Value, other: &str) -> Resource {
    let (one, noun) = (kind.as_str(), kind.noun());
    let all = format!("/api/v1/{}", segment(kind));
    let by_code = format!("{all}/{{code}}");
    let code = example["code"].as_str().unwrap_or_default();
    let of_one = |id: &str, summary: &str| {
        About::new(format!("{id}_{one}"), format!("{summary} a {noun}")).path(
            "code",
            "A code, a name or an id",
            code,
        )
    };
    let resource = resource
        .get(
            &all,
            move |call, query| list(kind, call, query),
            About::new(format!("list_{one}s"), format!("List {noun}s"))
                .text("All of them in one page. Departments come as a tree: each before those below it.")
                .permission(READ)
                .query::<UnitsQuery>()
                .page::<UnitBody>(),
        )
        .post(
            &all,
            move |call, query, body| add(kind, call, query, body),
            About::new(format!("add_{one}"), format!("Make a {noun}"))
                .permission(WRITE)
                .body::<NewUnitBody>(example.clone())
                .made::<UnitBody>()
                .conflicts(),
        )
        .get(
            &by_code,
            move |call, path, tags, query| show(kind, call, path, tags, query),
            of_one("show", "Show")
                .permission(READ)
                .query::<AsOf>()
                .if_none_match()
                .shows::<UnitBody>("as of the day"),
        )
        .patch(
            &by_code,
            move |call, path, query, seen, body| edit(kind, call, path, query, seen, body),
            of_one("edit", "Change")
                .text("Code and name are the same for all days; the rest holds from a day on.")
                .permission(WRITE)
                .query::<HoldsFrom>()
                .if_match()
                .body::<UnitPatch>(json!({ "name": "Another name" }))
                .outcome::<UnitBody>()
                .conflicts(),
        );
    reorganise::routes(kind, resource, &by_code, [code, other])
}

fn segment(kind: UnitKind) -> &'static str {
    match kind {
        UnitKind::Department => "departments",
        UnitKind::Location => "locations",
        _ => "job-roles",
    }
}

/// Which units.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UnitsQuery {
    /// As it was on this day, as far as is known now; today, unless said.
    #[param(format = Date)]
    as_of: Option<String>,
    /// Also those that are not there on that day.
    closed: Option<bool>,
}

impl UnitsQuery {
    /// The day, and whether those are wanted that are not there on it.
    pub(super) fn parts(&self) -> Result<(Option<Day>, bool), Problem> {
        let day = day("as_of", self.as_of.as_deref()).map_err(Problem::in_query)?;
        Ok((day, self.closed.unwrap_or_default()))
    }
}

/// A unit to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewUnit)]
struct NewUnitBody {
    /// The short name that people type.
    code: String,
    /// The name.
    name: String,
    /// The department above, by code or name; only departments have one.
    parent: Option<String>,
    /// The first day; since ever, unless said.
    #[schema(format = Date)]
    from: Option<String>,
}

/// What is to change of a unit.
#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnitPatch {
    /// The short name that people type.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    code: Patch<String>,
    /// The name.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Patch<String>,
    /// The department above, by code or name; `null` for the top.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    parent: Patch<String>,
    /// Who leads it: e-mail, employee number, user name or id.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    head: Patch<String>,
    /// Who leads it while the head is away.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    deputy: Patch<String>,
    /// `false` closes it: nobody and nothing may be in it any more.
    open: Option<bool>,
}

/// A department, location or job role as of a day.
#[derive(Serialize, ToSchema)]
#[schema(as = Unit)]
struct UnitBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// `department`, `location` or `job_role`.
    kind: &'static str,
    /// The short name that people type; unique without regard to case.
    code: String,
    /// The name.
    name: String,
    /// The code of the department above.
    parent: Option<String>,
    /// The id of who leads it.
    #[schema(format = "uuid")]
    head: Option<String>,
    /// The id of who leads it while the head is away.
    #[schema(format = "uuid")]
    deputy: Option<String>,
    /// Whether it is there on that day.
    open: bool,
    /// When it was changed last.
    #[schema(format = DateTime)]
    updated_at: String,
}

async fn list(
    kind: UnitKind,
    call: Call,
    Query(query): Query<UnitsQuery>,
) -> Result<Answer<PageBody<UnitBody>>, Problem> {
    let (day, closed) = query.parts()?;
    let units = call.lms.people().units(&call.actor, kind, day, closed).await?;
    Ok(Answer(PageBody::whole(units, UnitBody::from)))
}

async fn add(
    kind: UnitKind,
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<NewUnitBody>,
) -> Result<Response, Problem> {
    let outcome = call.lms.people().add_unit(&call.actor, body.into_new(kind)?).await?;
    let (location, version) =
        (format!("{}/{}", segment(kind), outcome.value.id), outcome.value.updated_at);
    Ok(made::<UnitBody>(&location, version, outcome.into()))
}

async fn show(
    kind: UnitKind,
    call: Call,
    Segment(code): Segment,
    tags: IfNoneMatch,
    Query(query): Query<AsOf>,
) -> Result<Response, Problem> {
    let unit = call.lms.people().unit(&call.actor, kind, &code, query.day()?).await;
    let unit = unit.map_err(|error| Problem::at_address(error, kind.as_str()))?;
    Ok(tags.show_all_of(unit.updated_at, &UnitBody::from(unit)))
}

async fn edit(
    kind: UnitKind,
    call: Call,
    Segment(code): Segment,
    Query(query): Query<HoldsFrom>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<UnitPatch>,
) -> Result<Response, Problem> {
    let change = query.day()?.into_iter().fold(body.into_change()?, UnitChange::from);
    let people = call.lms.people().unchanged_since(seen);
    let outcome = people.edit_unit(&call.actor, kind, &code, change).await;
    let outcome = outcome.map_err(|error| Problem::at_address(error, kind.as_str()))?;
    Ok(changed::<UnitBody>(outcome.value.updated_at, outcome.into()))
}

impl NewUnitBody {
    fn into_new(self, kind: UnitKind) -> Result<NewUnit, Problem> {
        let new = NewUnit::new(kind, &self.code, &self.name);
        let new = self.parent.iter().fold(new, |new, parent| new.parent(parent));
        Ok(day("from", self.from.as_deref())?.into_iter().fold(new, NewUnit::from))
    }
}

type SetOrClear = fn(UnitChange, Option<&str>) -> UnitChange;

impl UnitPatch {
    fn into_change(self) -> Result<UnitChange, Problem> {
        let mut change = UnitChange::new();
        if let Some(code) = self.code.into_text() {
            change = change.code(&code);
        }
        if let Some(name) = self.name.into_text() {
            change = change.name(&name);
        }
        let clearable: [(Patch<String>, SetOrClear); 3] = [
            (self.parent, UnitChange::parent),
            (self.head, UnitChange::head),
            (self.deputy, UnitChange::deputy),
        ];
        for (patch, set) in clearable {
            change = match patch {
                Patch::Keep => change,
                Patch::Clear => set(change, None),
                Patch::Set(text) => set(change, Some(&text)),
            };
        }
        match self.open {
            None => Ok(change),
            Some(false) => Ok(change.close()),
            Some(true) => Err(cannot_open()),
        }
    }
}

fn cannot_open() -> Problem {
    let detail = "what is closed is not opened again";
    FIELDS.problem(detail).with_field_error(FieldError {
        field: "open".to_owned(),
        code: FIELDS.code,
        detail: detail.to_owned(),
        hints: vec!["leave it out, or make a new one".to_owned()],
    })
}

impl From<Unit> for UnitBody {
    fn from(unit: Unit) -> Self {
        Self {
            id: unit.id.to_string(),
            kind: unit.kind.as_str(),
            code: unit.code,
            name: unit.name,
            parent: unit.parent,
            head: unit.head.map(|id| id.to_string()),
            deputy: unit.deputy.map(|id| id.to_string()),
            open: unit.open,
            updated_at: unit.updated_at.to_string(),
        }
    }
}
