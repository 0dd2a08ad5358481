//! `/rules`: who has to learn what without anybody assigning it.

mod acting;
mod body;

use axum::Json as Answer;
use axum::response::Response;
use lms_core::{Error, HistoryFilter, RuleFilter, RuleShown, RuleStatus, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use crate::answer::{PageBody, changed, made};
use crate::auth::Call;
use crate::conditional::{IfMatch, IfNoneMatch};
use crate::definitions::named;
use crate::error::{Problem, QUERY};
use crate::extract::{Json, Segment};
use crate::openapi::{About, Resource};
use crate::query::{NoParameters, Query};
use body::{
    CardBody, CheckBody, CheckedBody, HistoryBody, NewRuleBody, RuleBody, RulePut, VersionBody,
};

const READ: &str = "rules.read";
const WRITE: &str = "rules.write";
const ALL: &str = "/api/v1/rules";
const ONE: &str = "/api/v1/rules/{code}";

pub(super) fn resource() -> Resource {
    let text = "Who has to learn what, by when and how often again: in versions, each a document as it \
                stands in files too.";
    let resource = Resource::new("Rules", text)
        .get(
            ALL,
            list,
            About::new("list_rules", "List rules")
                .text("Those that were not removed, unless other ones are asked for, by code.")
                .permission(READ)
                .query::<RulesQuery>()
                .page::<RuleBody>(),
        )
        .post(
            ALL,
            add,
            About::new("add_rule", "Begin a rule")
                .text("As a draft; nothing follows from it for anybody before it is applied.")
                .permission(WRITE)
                .body::<NewRuleBody>(json!({ "definition": privacy() }))
                .made::<RuleBody>()
                .conflicts(),
        )
        .post(
            "/api/v1/rules/check",
            check,
            About::new("check_rules", "Look rules over")
                .text("Names, audiences, overlaps, due days: of these rules among those that are kept, or of all that are kept. Nothing is changed.")
                .permission(READ)
                .body::<CheckBody>(json!({ "rules": [privacy()] }))
                .shows::<CheckedBody>("what was found"),
        )
        .get(
            ONE,
            show,
            of_one("show_rule", "Show a rule")
                .text("With all that stands in one of its versions, and since when which of them holds.")
                .permission(READ)
                .query::<ShownQuery>()
                .if_none_match()
                .shows::<CardBody>("the version that was asked for"),
        )
        .put(
            ONE,
            put,
            of_one("put_rule", "Write a rule anew")
                .text("All that it says, as its draft. What is in force stays as it is.")
                .permission(WRITE)
                .if_match()
                .body::<RulePut>(json!({ "definition": without_code() }))
                .outcome::<RuleBody>()
                .conflicts(),
        )
        .delete(
            "/api/v1/rules/{code}/draft",
            drop_draft,
            of_one("drop_rule_draft", "Throw the draft of a rule away")
                .text("With it the rule, where it was never in force.")
                .permission(WRITE)
                .if_match()
                .outcome::<RuleBody>()
                .conflicts(),
        )
        .get(
            "/api/v1/rules/{code}/versions",
            versions,
            of_one("list_rule_versions", "List the versions of a rule")
                .text("All of them in one page, the newest first.")
                .permission(READ)
                .page::<VersionBody>(),
        )
        .get(
            "/api/v1/rules/{code}/history",
            history,
            of_one("rule_history", "Show what was done to a rule")
                .text("The newest first, unless asked otherwise.")
                .permission(READ)
                .query::<HistoryQuery>()
                .page::<HistoryBody>(),
        );
    acting::routes(resource)
}

/// A rule that could be applied.
fn privacy() -> Value {
    json!({
        "code": "PRIVACY",
        "title": "Data protection for everybody in sales",
        "trainings": ["GDPR-101"],
        "audience": { "department": "Sales" },
        "due": "after joining + 30d",
        "renewal": { "active_months": 12, "window_months": 2 }
    })
}

/// The same for an address that names it.
fn without_code() -> Value {
    let mut rule = privacy();
    if let Some(fields) = rule.as_object_mut() {
        fields.remove("code");
    }
    rule
}

fn of_one(id: &str, summary: &str) -> About {
    About::new(id, summary).path("code", "A code or an id", "GDPR")
}

/// What went wrong with the rule in the address.
fn problem(error: Error) -> Problem {
    Problem::at_address(error, "rule")
}

/// What went wrong with a body that has a definition: its fields are found within it.
fn problem_of_whole(error: Error) -> Problem {
    named(problem(error), &[])
}

/// Which rules. Several values of one parameter: any of them; several parameters: all.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RulesQuery {
    /// Words that begin so, in code, title, and the codes of trainings and paths.
    search: Option<String>,
    /// `draft`, `active`, `paused` or `removed`; all but removed ones, unless said.
    #[serde(default)]
    #[param(required = false)]
    status: Vec<String>,
    /// Trainings that they ask for by name, by code or id.
    #[serde(default)]
    #[param(required = false)]
    training: Vec<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

impl RulesQuery {
    fn into_filter(self) -> Result<RuleFilter, Problem> {
        let mut filter = RuleFilter::new();
        filter = self.search.iter().fold(filter, |filter, text| filter.search(text));
        for text in &self.status {
            filter = filter.status(RuleStatus::parse(text).map_err(Problem::in_query)?);
        }
        filter = self.training.iter().fold(filter, |filter, name| filter.training(name));
        filter = self.limit.into_iter().fold(filter, RuleFilter::limit);
        Ok(self.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor)))
    }
}

/// Which version is shown.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ShownQuery {
    /// A number, or `draft`; unless said, the one in force, or the draft where none ever was.
    #[param(example = "1")]
    version: Option<String>,
}

impl ShownQuery {
    fn shown(&self) -> Result<RuleShown, Problem> {
        match self.version.as_deref() {
            None => Ok(RuleShown::Current),
            Some("draft") => Ok(RuleShown::Draft),
            Some(number) => number.parse().map(RuleShown::Version).map_err(|_| {
                QUERY
                    .problem(format!("`{}` is no version of a rule", number.escape_debug()))
                    .with_hint("ask for a whole number, or for `draft`")
            }),
        }
    }
}

/// Which part of a history.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HistoryQuery {
    /// In the order in which it happened; the newest first, unless said.
    oldest_first: Option<bool>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

async fn list(
    call: Call,
    Query(query): Query<RulesQuery>,
) -> Result<Answer<PageBody<RuleBody>>, Problem> {
    let filter = query.into_filter()?;
    let page = call.lms.rules().list(&call.actor, filter).await.map_err(Problem::in_query)?;
    Ok(Answer(PageBody::of(page, RuleBody::from)))
}

async fn add(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<NewRuleBody>,
) -> Result<Response, Problem> {
    let definition = body.into_definition()?;
    let outcome = call.lms.rules().add(&call.actor, definition).await.map_err(problem_of_whole)?;
    let location = format!("rules/{}", outcome.value.id);
    Ok(made::<RuleBody>(&location, outcome.value.updated_at, outcome.into()))
}

async fn check(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<CheckBody>,
) -> Result<Answer<CheckedBody>, Problem> {
    let checked = call.lms.rules().check(&call.actor, body.into_rules()?).await;
    Ok(Answer(checked.map_err(problem)?.into()))
}

async fn show(
    call: Call,
    Segment(code): Segment,
    tags: IfNoneMatch,
    Query(query): Query<ShownQuery>,
) -> Result<Response, Problem> {
    let card = call.lms.rules().show(&call.actor, &code, query.shown()?).await;
    let card = card.map_err(|error| match error.field() {
        Some("version") => Problem::at_address(error, "version"),
        _ => problem(error),
    })?;
    Ok(tags.show_all_of(card.rule.updated_at, &CardBody::from(card)))
}

async fn put(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<RulePut>,
) -> Result<Response, Problem> {
    let rules = call.lms.rules().unchanged_since(seen);
    let outcome = rules.edit(&call.actor, &code, body.into_definition()?).await;
    let outcome = outcome.map_err(problem_of_whole)?;
    Ok(changed::<RuleBody>(outcome.value.updated_at, outcome.into()))
}

async fn drop_draft(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    let rules = call.lms.rules().unchanged_since(seen);
    let outcome = rules.drop_draft(&call.actor, &code).await.map_err(problem)?;
    Ok(changed::<RuleBody>(outcome.value.updated_at, outcome.into()))
}

async fn versions(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Answer<PageBody<VersionBody>>, Problem> {
    let card = call.lms.rules().show(&call.actor, &code, RuleShown::Current).await;
    Ok(Answer(PageBody::whole(card.map_err(problem)?.versions, VersionBody::from)))
}

async fn history(
    call: Call,
    Segment(code): Segment,
    Query(query): Query<HistoryQuery>,
) -> Result<Answer<PageBody<HistoryBody>>, Problem> {
    let filter = HistoryFilter::new().oldest_first(query.oldest_first.unwrap_or_default());
    let filter = query.limit.into_iter().fold(filter, HistoryFilter::limit);
    let filter = query.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor));
    let page = call.lms.rules().history(&call.actor, &code, filter).await;
    let page = page.map_err(|error| match error.field() {
        Some("limit" | "cursor") => Problem::in_query(error),
        _ => problem(error),
    })?;
    Ok(Answer(PageBody::of(page, HistoryBody::from)))
}
