//! Looking through the catalog.

use axum::Json as Answer;
use lms_core::{Delivery, TrainingFilter, TrainingStatus};
use serde::Deserialize;
use utoipa::IntoParams;

use super::body::TrainingBody;
use crate::answer::PageBody;
use crate::auth::Call;
use crate::error::{Problem, QUERY};
use crate::query::Query;

/// Which trainings. Several values of one parameter: any of them; several parameters: all.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TrainingsQuery {
    /// Words that begin so, in code, title, description, labels and headings.
    search: Option<String>,
    /// `draft`, `in_review`, `published` or `archived`; all but archived ones, unless said.
    #[serde(default)]
    #[param(required = false)]
    status: Vec<String>,
    /// The heading that they stand under.
    #[serde(default)]
    #[param(required = false)]
    category: Vec<String>,
    /// Words that they are tagged with.
    #[serde(default)]
    #[param(required = false)]
    tag: Vec<String>,
    /// Languages that they can be taken in.
    #[serde(default)]
    #[param(required = false, example = "en")]
    language: Vec<String>,
    /// `self_paced`, `classroom`, `virtual` or `external`.
    #[serde(default)]
    #[param(required = false)]
    delivery: Vec<String>,
    /// Templates, in place of trainings.
    templates: Option<bool>,
    /// By `title` or by `code`; by title, unless said.
    sort: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// What is searched for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchQuery {
    /// The beginnings of words, all of which have to be there.
    #[param(example = "data prot")]
    q: String,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// `GET /trainings`.
pub(super) async fn list(
    call: Call,
    Query(query): Query<TrainingsQuery>,
) -> Result<Answer<PageBody<TrainingBody>>, Problem> {
    page(call, query.into_filter()?).await
}

/// `GET /trainings/search`.
pub(super) async fn search(
    call: Call,
    Query(query): Query<SearchQuery>,
) -> Result<Answer<PageBody<TrainingBody>>, Problem> {
    let filter = TrainingFilter::new().search(&query.q);
    page(call, paged(filter, query.limit, query.cursor.as_deref())).await
}

async fn page(
    call: Call,
    filter: TrainingFilter,
) -> Result<Answer<PageBody<TrainingBody>>, Problem> {
    let page = call.lms.catalog().list(&call.actor, filter).await.map_err(Problem::in_query)?;
    Ok(Answer(PageBody::of(page, TrainingBody::from)))
}

fn paged(filter: TrainingFilter, limit: Option<u32>, cursor: Option<&str>) -> TrainingFilter {
    let filter = limit.into_iter().fold(filter, TrainingFilter::limit);
    cursor.into_iter().fold(filter, TrainingFilter::cursor)
}

impl TrainingsQuery {
    fn into_filter(self) -> Result<TrainingFilter, Problem> {
        let mut filter = TrainingFilter::new().templates(self.templates.unwrap_or_default());
        filter = self.search.iter().fold(filter, |filter, text| filter.search(text));
        for text in &self.status {
            filter = filter.status(TrainingStatus::parse(text).map_err(Problem::in_query)?);
        }
        for text in &self.delivery {
            filter = filter.delivery(Delivery::parse(text).map_err(Problem::in_query)?);
        }
        filter = self.category.iter().fold(filter, |filter, label| filter.category(label));
        filter = self.tag.iter().fold(filter, |filter, label| filter.tag(label));
        filter = self.language.iter().fold(filter, |filter, label| filter.language(label));
        filter = match self.sort.as_deref() {
            None | Some("title") => filter,
            Some("code") => filter.by_code(true),
            Some(other) => {
                let detail = format!("trainings are not sorted by `{}`", other.escape_debug());
                return Err(QUERY.problem(detail).with_hint("sort by `title` or by `code`"));
            }
        };
        Ok(paged(filter, self.limit, self.cursor.as_deref()))
    }
}
