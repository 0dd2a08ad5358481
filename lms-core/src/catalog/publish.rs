//! Publishing: the draft becomes a version that never changes again. Several at once look at each
//! other as they will be.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::authoring::{begin, finish};
use super::difference::difference;
use super::item_file::digests;
use super::lifecycle::Wish;
use super::problems::{Problem, refuse};
use super::publishing::{Known, KnownTraining, problems};
use super::save::Work;
use super::sql::{self, Stored};
use super::types::{PublishPlan, Training, TrainingStatus};
use super::{Catalog, NO_DRAFT, NOT_PUBLISHABLE, STALE};
use crate::content;
use crate::kernel::access::Actor;
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::Day;
use crate::operations::{Changed, Reactions, Write, refuse_changed};
use crate::quizzes;
use crate::skills;

/// How to publish.
#[derive(Debug, Clone, Default)]
pub struct Publishing {
    major: bool,
    require_retraining_by: Option<Day>,
}

impl Publishing {
    /// As a minor version: who has done the training has done it.
    #[must_use]
    pub fn minor() -> Self {
        Self::default()
    }

    /// As a major version, which may ask for retraining.
    #[must_use]
    pub fn major() -> Self {
        Self { major: true, require_retraining_by: None }
    }

    /// Those with an earlier major version do it again by this day; makes it a major version.
    #[must_use]
    pub fn require_retraining_by(mut self, day: Day) -> Self {
        (self.major, self.require_retraining_by) = (true, Some(day));
        self
    }
}

/// What stands in the way of publishing the draft of a training, if it has one.
pub(super) async fn problems_of_draft(tx: &mut Tx, training: &Stored) -> Result<Vec<Problem>> {
    let Some(draft) = training.draft.as_ref().filter(|_| !training.template) else {
        return Ok(Vec::new());
    };
    let surroundings = Surroundings::load(tx, &[training]).await?;
    Ok(problems(&training.code, &draft.definition, &surroundings.known))
}

pub(super) async fn plan(
    catalog: &Catalog<'_>,
    name: &str,
    publishing: &Publishing,
) -> Result<PublishPlan> {
    let mut tx = catalog.core.db().begin_read().await?;
    let id = sql::find(&mut tx, name).await?;
    let training = sql::load_one(&mut tx, id).await?;
    refuse_changed(&STALE, "training", catalog.unchanged_since, training.updated_at)?;
    let found = problems_of_draft(&mut tx, &training).await?;
    let published = training.published.as_ref().map(|version| &version.definition);
    let changed = match &training.draft {
        Some(draft) => difference(published, &draft.definition),
        None => Vec::new(),
    };
    let version = training.draft.as_ref().map(|_| number(&training, publishing));
    let reactions: Option<Reactions> = catalog.core.extension();
    let retrained = match (version, publishing.require_retraining_by, reactions) {
        (Some(version), Some(by), Some(reactions)) => {
            let asked = (version.major, by);
            Some((reactions.retrained)(&mut tx, catalog.core.now(), training.id, asked).await?)
        }
        _ => None,
    };
    Ok(PublishPlan { code: training.code, version, changed, problems: found, retrained })
}

pub(super) async fn publish(
    catalog: &Catalog<'_>,
    actor: &Actor,
    name: &str,
    publishing: &Publishing,
) -> Result<Changed<Training>> {
    let (mut write, work) = begin(catalog, actor, name).await?;
    let mut works = [work];
    if publishing.major && works[0].after.draft.is_none() {
        let code = &works[0].after.code;
        return Err(NO_DRAFT
            .error(format!("nothing of `{code}` was changed since it was published"))
            .with_hint("a major version says something new: edit it first"));
    }
    let found = publish_in(&mut write, &mut works, publishing).await?;
    let [work] = works;
    if let Some((_, problems)) = found.into_iter().find(|(_, problems)| !problems.is_empty()) {
        let what = format!("the draft of `{}`", work.after.code);
        return Err(refuse(&NOT_PUBLISHABLE, &what, &problems));
    }
    finish(write, "training.published", work).await
}

/// Publishes the drafts among these, if nothing stands in the way of any of them; the problems of
/// each, by code.
pub(super) async fn publish_in(
    write: &mut Write,
    works: &mut [Work],
    publishing: &Publishing,
) -> Result<Vec<(String, Vec<Problem>)>> {
    let stored: Vec<&Stored> = works.iter().map(|work| &work.after).collect();
    let surroundings = Surroundings::load(&mut write.tx, &stored).await?;
    let mut found = Vec::new();
    for work in works.iter() {
        let training = &work.after;
        if let Some(draft) = training.draft.as_ref().filter(|_| is_meant(training)) {
            let problems = problems(&training.code, &draft.definition, &surroundings.known);
            found.push((training.code.clone(), problems));
        }
    }
    if found.iter().any(|(_, problems)| !problems.is_empty()) {
        return Ok(found);
    }
    let now = write.ctx.now;
    for work in works {
        let number = number(&work.after, publishing);
        if !work.wish(write, Wish::Publish)? {
            continue;
        }
        let mut version =
            work.after.draft.take().ok_or_else(|| Error::internal("a draft is gone"))?;
        version.number = number;
        version.state = TrainingStatus::Published;
        (version.published_at, version.updated_at) = (Some(now), now);
        version.require_retraining_by = publishing.require_retraining_by;
        let first = version.definition.prerequisites.iter();
        work.prerequisites =
            Some(first.filter_map(|code| surroundings.ids.get(&fold(code)).copied()).collect());
        let asked: BTreeSet<Uuid> = version
            .definition
            .quizzes()
            .filter_map(|code| surroundings.quizzes.get(&fold(code)).copied())
            .collect();
        work.quizzes = asked.into_iter().collect();
        let taught = version.definition.skills.iter().filter_map(|taught| {
            let listed = surroundings.known.skills.get(&fold(&taught.skill))?;
            Some((listed.id, taught.level))
        });
        work.skills = taught.collect();
        // Everything else in a version is for those who learn, and changes nothing of who has to.
        let seats = |version: &sql::Version| version.definition.seat_limit;
        let more_or_fewer = work.after.published.as_ref().map(seats) != Some(seats(&version));
        if version.require_retraining_by.is_some() || more_or_fewer {
            write.retaught(work.after.id);
        }
        work.after.published = Some(version);
    }
    Ok(found)
}

/// Whether the draft can be published as far as the training goes; the wish itself says why not.
fn is_meant(training: &Stored) -> bool {
    !training.template && training.status != TrainingStatus::Archived
}

fn number(training: &Stored, publishing: &Publishing) -> super::types::VersionNumber {
    use super::types::VersionNumber;
    let last = training.published.as_ref().map(|version| version.number);
    match last {
        None => VersionNumber::FIRST,
        Some(last) if publishing.major => last.next_major(),
        Some(last) => last.next_minor(),
    }
}

/// The trainings around some that are to be published, as they will be then.
struct Surroundings {
    known: Known,
    ids: HashMap<String, Uuid>,
    quizzes: HashMap<String, Uuid>,
}

impl Surroundings {
    async fn load(tx: &mut Tx, trainings: &[&Stored]) -> Result<Self> {
        let drafts: Vec<(&Stored, &sql::Version)> = trainings
            .iter()
            .filter_map(|training| training.draft.as_ref().map(|draft| (*training, draft)))
            .collect();
        let codes: Vec<String> = drafts
            .iter()
            .flat_map(|(_, draft)| draft.definition.prerequisites.iter().cloned())
            .collect();
        let mut ids = sql::ids_by_code(tx, &codes).await?;
        let mut known = sql::known(tx, &ids).await?;
        let asked = drafts.iter().flat_map(|(_, draft)| draft.definition.quizzes());
        let quizzes = quizzes::given(tx, asked).await?;
        known.quizzes = quizzes.keys().cloned().collect();
        let taught = drafts.iter().flat_map(|(_, draft)| draft.definition.skill_codes());
        known.skills = skills::listed(tx, taught).await?;
        let named = drafts.iter().flat_map(|(_, draft)| digests(&draft.definition)).collect();
        known.files = content::stored(tx, named).await?;
        for (training, draft) in drafts {
            if !is_meant(training) {
                continue;
            }
            let key = fold(&training.code);
            let first = draft.definition.prerequisites.iter().map(|code| fold(code)).collect();
            known.prerequisites.insert(key.clone(), first);
            ids.insert(key.clone(), training.id);
            let then = KnownTraining {
                code: training.code.clone(),
                status: TrainingStatus::Published,
                template: false,
            };
            known.trainings.insert(key, then);
        }
        Ok(Self { known, ids, quizzes })
    }
}
