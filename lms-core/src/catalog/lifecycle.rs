//! Where a training can go from where it is. Pure.

use super::types::TrainingStatus::{self, Archived, Draft, InReview, Published};
use super::{ARCHIVED, EVER_PUBLISHED, NO_DRAFT, TEMPLATE};
use crate::kernel::error::Error;

/// What decides about a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) status: TrainingStatus,
    /// The state of the version that is being written, where there is one.
    pub(crate) draft: Option<TrainingStatus>,
    pub(crate) ever_published: bool,
    pub(crate) template: bool,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    Edit,
    Submit,
    Publish,
    Archive,
    Reopen,
    Remove,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// It is so already.
    Nothing,
    /// The training stands so then, and its draft.
    To(TrainingStatus, Option<TrainingStatus>),
    /// It is gone.
    Gone,
}

/// Whether it can be done, and what the training is then.
pub(crate) fn step(standing: Standing, wish: Wish) -> Result<Step, Why> {
    let Standing { status, draft, ever_published, template } = standing;
    // With a version in the catalog, the draft goes its own way.
    let stands = |draft| if ever_published { Published } else { draft };
    match wish {
        Wish::Reopen if status == Archived => Ok(Step::To(stands(draft.unwrap_or(Draft)), draft)),
        Wish::Reopen => Ok(Step::Nothing),
        Wish::Archive if status == Archived => Ok(Step::Nothing),
        Wish::Archive => Ok(Step::To(Archived, draft)),
        Wish::Remove if ever_published => Err(Why::EverPublished),
        Wish::Remove => Ok(Step::Gone),
        Wish::Edit | Wish::Submit | Wish::Publish if status == Archived => Err(Why::Archived),
        // What was changed has to be looked at again.
        Wish::Edit => Ok(Step::To(stands(Draft), Some(Draft))),
        Wish::Submit | Wish::Publish if template => Err(Why::Template),
        Wish::Submit => match draft {
            None => Err(Why::NoDraft),
            Some(InReview) => Ok(Step::Nothing),
            Some(_) => Ok(Step::To(stands(InReview), Some(InReview))),
        },
        Wish::Publish => match draft {
            None => Ok(Step::Nothing),
            Some(_) => Ok(Step::To(Published, None)),
        },
    }
}

/// Why a wish is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Archived,
    Template,
    NoDraft,
    EverPublished,
}

impl Why {
    pub(crate) fn error(self, code: &str) -> Error {
        match self {
            Self::Archived => ARCHIVED
                .error(format!("the training `{code}` is archived"))
                .with_hint(format!("`lmsctl training archive {code} --undo` takes it back")),
            Self::Template => TEMPLATE.error(format!("`{code}` is a template")).with_hint(format!(
                "make a training of it: `lmsctl training add CODE --template {code}`"
            )),
            Self::NoDraft => NO_DRAFT
                .error(format!("nothing of `{code}` was changed since it was published"))
                .with_hint("edit it first; that begins the next version"),
            Self::EverPublished => EVER_PUBLISHED
                .error(format!("`{code}` was published, and what was done in it stays"))
                .with_hint(format!("archive it instead: `lmsctl training archive {code}`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every status with every wish, as a table: a row that is missing here is one nobody thought of.
    #[test]
    fn every_status_has_an_answer_to_every_wish() {
        use Step::{Gone, Nothing, To};
        use Wish::{Archive, Edit, Publish, Remove, Reopen, Submit};
        let new =
            |status, draft| Standing { status, draft, ever_published: false, template: false };
        let old = |status, draft| Standing { ever_published: true, ..new(status, draft) };
        let draft = new(Draft, Some(Draft));
        let reviewed = new(InReview, Some(InReview));
        let published = old(Published, None);
        let with_draft = old(Published, Some(Draft));
        let in_review = old(Published, Some(InReview));
        let archived = old(Archived, Some(Draft));
        let shelved = new(Archived, Some(Draft));
        let template = Standing { template: true, ..draft };
        let table = [
            (draft, Edit, Ok(To(Draft, Some(Draft)))),
            (draft, Submit, Ok(To(InReview, Some(InReview)))),
            (draft, Publish, Ok(To(Published, None))),
            (draft, Archive, Ok(To(Archived, Some(Draft)))),
            (draft, Reopen, Ok(Nothing)),
            (draft, Remove, Ok(Gone)),
            (reviewed, Edit, Ok(To(Draft, Some(Draft)))),
            (reviewed, Submit, Ok(Nothing)),
            (reviewed, Publish, Ok(To(Published, None))),
            (reviewed, Archive, Ok(To(Archived, Some(InReview)))),
            (reviewed, Reopen, Ok(Nothing)),
            (reviewed, Remove, Ok(Gone)),
            (published, Edit, Ok(To(Published, Some(Draft)))),
            (published, Submit, Err(Why::NoDraft)),
            (published, Publish, Ok(Nothing)),
            (published, Archive, Ok(To(Archived, None))),
            (published, Reopen, Ok(Nothing)),
            (published, Remove, Err(Why::EverPublished)),
            (with_draft, Edit, Ok(To(Published, Some(Draft)))),
            (with_draft, Submit, Ok(To(Published, Some(InReview)))),
            (with_draft, Publish, Ok(To(Published, None))),
            (with_draft, Archive, Ok(To(Archived, Some(Draft)))),
            (with_draft, Reopen, Ok(Nothing)),
            (with_draft, Remove, Err(Why::EverPublished)),
            (in_review, Edit, Ok(To(Published, Some(Draft)))),
            (in_review, Submit, Ok(Nothing)),
            (in_review, Publish, Ok(To(Published, None))),
            (in_review, Archive, Ok(To(Archived, Some(InReview)))),
            (in_review, Reopen, Ok(Nothing)),
            (in_review, Remove, Err(Why::EverPublished)),
            (archived, Edit, Err(Why::Archived)),
            (archived, Submit, Err(Why::Archived)),
            (archived, Publish, Err(Why::Archived)),
            (archived, Archive, Ok(Nothing)),
            (archived, Reopen, Ok(To(Published, Some(Draft)))),
            (archived, Remove, Err(Why::EverPublished)),
            (shelved, Reopen, Ok(To(Draft, Some(Draft)))),
            (shelved, Remove, Ok(Gone)),
            (template, Edit, Ok(To(Draft, Some(Draft)))),
            (template, Submit, Err(Why::Template)),
            (template, Publish, Err(Why::Template)),
            (template, Archive, Ok(To(Archived, Some(Draft)))),
            (template, Remove, Ok(Gone)),
        ];
        for (standing, wish, wanted) in table {
            assert_eq!(step(standing, wish), wanted, "{wish:?} of {standing:?}");
        }
    }
}
