//! What the answers of an attempt add up to: pure.

use super::AttemptState;
use super::sql::{AnswerRow, AttemptRow};
use crate::kernel::error::{Error, Result};
use crate::quizzes::{Grade, GradeState, GradedSheet, Points, score};

/// Notes what each answer earned.
pub(super) fn note_grades(answers: &mut [AnswerRow], graded: &GradedSheet) {
    for (row, question) in answers.iter_mut().zip(&graded.questions) {
        row.state = Some(question.grade.state.as_str().to_owned());
        row.points = question.grade.points.hundredths();
    }
}

/// Adds the answers of a closed attempt up.
pub(super) fn add_up(
    attempt: &mut AttemptRow,
    answers: &[AnswerRow],
    passing_percent: i64,
) -> Result<()> {
    let grades = answers.iter().map(AnswerRow::grade).collect::<Result<Vec<Grade>>>()?;
    let score = score(&grades, passing_percent);
    let waits = grades.iter().any(|grade| grade.state == GradeState::Waiting);
    let state = if waits { AttemptState::Waiting } else { AttemptState::Graded };
    state.as_str().clone_into(&mut attempt.state);
    attempt.points = score.points.hundredths();
    attempt.points_open = score.waiting.hundredths();
    attempt.passed = score.passed;
    Ok(())
}

/// How an answer turned out that earned so much.
pub(super) fn state_of(points: Points, max: Points) -> GradeState {
    if points == Points::ZERO {
        GradeState::Wrong
    } else if points < max {
        GradeState::Partly
    } else {
        GradeState::Right
    }
}

impl AnswerRow {
    pub(super) fn grade_state(&self) -> Result<Option<GradeState>> {
        let states =
            [GradeState::Right, GradeState::Partly, GradeState::Wrong, GradeState::Waiting];
        let read = |text: &String| {
            let known = states.into_iter().find(|state| state.as_str() == text);
            known.ok_or_else(|| Error::inconsistent("quiz_answers.state", format!("`{text}`")))
        };
        self.state.as_ref().map(read).transpose()
    }

    fn grade(&self) -> Result<Grade> {
        Ok(Grade {
            points: Points::of_hundredths(self.points),
            max: Points::of_hundredths(self.points_max),
            state: self.grade_state()?.unwrap_or(GradeState::Wrong),
        })
    }
}
