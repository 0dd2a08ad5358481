//! Grading by hand.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::outcome::{add_up, state_of};
use super::stored::{self, Loaded};
use super::types::{Attempt, Grading};
use super::{ATTEMPT_OPEN, DECIDED, GRADE, NOT_BY_HAND, OWN_ATTEMPT, overdue, settling, sql};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::error::{Error, Result};
use crate::operations::{Changed, FieldChange, Operation, Write};
use crate::people::Reach;
use crate::quizzes::{Points, QuestionKind};

const COMMENT_CHARS_MAX: usize = 5_000;

pub(super) async fn grade(
    core: &Core,
    actor: &Actor,
    attempt: &str,
    grading: Grading,
) -> Result<Changed<Attempt>> {
    overdue::close(core).await?;
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let reach = Reach::of(&mut write.tx, actor, GRADE, now).await?;
    let row = stored::find(&mut write.tx, &reach, attempt).await?;
    if row.is_open() {
        return Err(ATTEMPT_OPEN
            .error("the attempt was not handed in yet")
            .with_hint("there is nothing to grade before it is"));
    }
    if actor.is_person(row.person_id) {
        return Err(OWN_ATTEMPT
            .error("you cannot grade your own attempt")
            .with_hint("ask somebody else who may grade"));
    }
    let mut graded = stored::load_one(&mut write.tx, row).await?;
    let before = graded.row.clone();
    let changed = graded.mark(&grading, &actor.label(), now)?;
    if changed.is_empty() {
        let value = graded.row.told()?;
        return Ok(Changed { value, changed, operation: None });
    }
    if before.passed == Some(true) && graded.row.passed != Some(true) {
        return Err(DECIDED
            .error("with these points the attempt would not have passed, and it has")
            .with_hint(
                "give as many points as it takes to pass, or revoke what followed from it",
            ));
    }
    graded.row.updated_at = now;
    let points = |side: fn(&FieldChange) -> &Option<String>| -> BTreeMap<&str, &Option<String>> {
        changed.iter().map(|change| (change.field.as_str(), side(change))).collect()
    };
    let facts = graded.row.facts();
    let after = merged(&facts, &json!(points(|change| &change.after)));
    let operation = Operation::new("quiz.graded")
        .count("attempts", 1)
        .change(
            "quiz_attempt",
            Some(graded.row.id),
            Some(&merged(&before.facts(), &json!(points(|change| &change.before)))),
            Some(&after),
        )
        .event("quiz.graded", Some(graded.row.id.to_string()), facts);
    let operation = Some(write.record(operation));
    sql::store(&mut write.tx, vec![graded.row.clone()], graded.answers).await?;
    settling::after_attempt(&mut write, &graded.row).await?;
    let value = graded.row.told()?;
    write.commit().await?;
    Ok(Changed { value, changed, operation })
}

impl Loaded {
    /// Notes points and comments, and adds up; what changed by it.
    fn mark(&mut self, grading: &Grading, by: &str, now: Timestamp) -> Result<Vec<FieldChange>> {
        if grading.points.is_empty() {
            return Err(Error::invalid("questions", "no question is graded")
                .with_hint("say how many points an answer earned, by the number of its question"));
        }
        let mut wrong = Vec::new();
        let mut changed = Vec::new();
        let kinds: Vec<QuestionKind> =
            self.paper.all().map(|asked| asked.question.definition.kind()).collect();
        for (number, (points, comment)) in &grading.points {
            let found = self.answers.iter_mut().zip(&kinds).find(|(row, _)| row.number == *number);
            let Some((row, kind)) = found else {
                wrong.push(refused(*number, "the sheet has no such question"));
                continue;
            };
            if !matches!(kind, QuestionKind::Essay | QuestionKind::Code) {
                wrong.push(refused(*number, "it was graded by what is right"));
                continue;
            }
            if row.answer.is_none() {
                wrong.push(refused(*number, "there is no answer to it"));
                continue;
            }
            let max = Points::of_hundredths(row.points_max);
            if *points > max {
                wrong.push(refused(*number, &format!("{points} points are more than {max}")));
                continue;
            }
            if comment.as_ref().is_some_and(|text| text.chars().count() > COMMENT_CHARS_MAX) {
                let told = format!("the comment is longer than {COMMENT_CHARS_MAX} characters");
                wrong.push(refused(*number, &told));
                continue;
            }
            let was = row.graded_by.as_ref().map(|_| Points::of_hundredths(row.points).to_string());
            let is = Some(points.to_string());
            let comment = comment.clone().or_else(|| row.comment.clone());
            if was == is && row.comment == comment {
                continue;
            }
            if was != is {
                changed.push(FieldChange {
                    field: format!("question_{number}"),
                    before: was,
                    after: is,
                });
            }
            if row.comment != comment {
                // What it says is personal, and is kept with the answer alone.
                let told = |text: &Option<String>| text.as_ref().map(|_| "said".to_owned());
                changed.push(FieldChange {
                    field: format!("comment_{number}"),
                    before: told(&row.comment),
                    after: Some("said".to_owned()),
                });
            }
            row.state = Some(state_of(*points, max).as_str().to_owned());
            row.points = points.hundredths();
            row.graded_by = Some(by.to_owned());
            row.graded_at = Some(now);
            row.comment = comment;
        }
        if !wrong.is_empty() {
            return Err(Error::several(wrong));
        }
        let passing = self.paper.quiz.passing_percent;
        add_up(&mut self.row, &self.answers, passing)?;
        Ok(changed)
    }
}

fn refused(number: i64, why: &str) -> Error {
    NOT_BY_HAND
        .error(format!("question {number}: {why}"))
        .with_field(format!("questions[{number}]"))
        .with_hint("`lmsctl quiz queue` shows which questions of an attempt wait")
}

/// Two objects as one.
fn merged(one: &Json, other: &Json) -> Json {
    let mut all = one.as_object().cloned().unwrap_or_default();
    all.extend(other.as_object().cloned().unwrap_or_default());
    Json::Object(all)
}
