//! What was chosen where options are offered, in terms of the definition: for those who judge questions.

use super::answers::Answers;
use super::definition::{Body, Definition};
use super::grade::Answer;
use super::sheet::Paper;

/// What a question offers: what each option says, and whether it is right.
pub(crate) type Offered = Vec<(String, bool)>;

impl Definition {
    /// The options, in the order of the definition; none where nothing is offered to choose from.
    pub(crate) fn offered(&self) -> Offered {
        match &self.body {
            Body::Single(options) | Body::Multiple(options) => {
                options.iter().map(|option| (option.text.clone(), option.right)).collect()
            }
            Body::TrueFalse { answer } => {
                [true, false].map(|told| (told.to_string(), told == *answer)).to_vec()
            }
            _ => Vec::new(),
        }
    }
}

impl Paper {
    /// For each question in the order of the sheet, the places of the options that were chosen; none where
    /// nothing was chosen, or nothing is offered.
    pub(crate) fn chosen(&self, answers: &Answers) -> Vec<Vec<usize>> {
        let of = |number: usize| match answers.of(number) {
            Some(Answer::Options(chosen)) => chosen.iter().copied().collect(),
            Some(Answer::Truth(told)) => vec![usize::from(!told)],
            _ => Vec::new(),
        };
        self.all().map(|asked| of(asked.number)).collect()
    }
}
