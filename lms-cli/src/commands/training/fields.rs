//! The fields of a training as options, for `add` and `edit`.

use clap::Args;
use lms_core::{TrainingField, TrainingFile};

use crate::commands::documents::read;
use crate::error::Result;

/// Every field that is one value. An empty value clears one.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Fields (an empty value clears one)")]
pub(crate) struct FieldArgs {
    /// What it is about, in Markdown
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Heading of the catalog under which it stands
    #[arg(long)]
    category: Option<String>,
    /// Words to find it by, with commas between them
    #[arg(long, value_name = "TAG,…")]
    tags: Option<String>,
    /// Beginner, intermediate or advanced
    #[arg(long, value_name = "LEVEL")]
    difficulty: Option<String>,
    /// How long it takes; the sum of its modules, unless said
    #[arg(long, value_name = "MINUTES")]
    duration: Option<String>,
    /// Languages, with commas between them, such as en,de-AT
    #[arg(long, value_name = "LANGUAGE,…")]
    languages: Option<String>,
    /// Self-paced, classroom, virtual or external
    #[arg(long, value_name = "HOW")]
    delivery: Option<String>,
    /// For how many months a completion holds; for ever, unless said
    #[arg(long, value_name = "MONTHS")]
    validity: Option<String>,
    /// How many can take it at one time
    #[arg(long, value_name = "N")]
    seats: Option<String>,
    /// Time that counts as training, where it is not the duration
    #[arg(long, value_name = "MINUTES")]
    credit: Option<String>,
    /// Codes of trainings that come first, with commas between them
    #[arg(long, value_name = "CODE,…")]
    prerequisites: Option<String>,
    /// Skills that it teaches, with levels, such as FIRST-AID=2,SAFETY=basic
    #[arg(long, value_name = "SKILL=LEVEL,…")]
    skills: Option<String>,
    /// What a seat costs, such as "120 EUR"
    #[arg(long, value_name = "AMOUNT")]
    cost: Option<String>,
    /// Least time in it before it is done
    #[arg(long, value_name = "MINUTES")]
    minimum: Option<String>,
    /// Whether it is done when an instructor says so: yes or no
    #[arg(long, value_name = "YES-OR-NO")]
    marked_by_instructor: Option<String>,
    /// Text to read and sign, in Markdown
    #[arg(long, value_name = "TEXT", conflicts_with = "sign_file")]
    sign: Option<String>,
    /// The same from a file, or - for standard input
    #[arg(long, value_name = "FILE")]
    sign_file: Option<std::path::PathBuf>,
    /// Sentence that is signed
    #[arg(long, value_name = "TEXT")]
    sign_statement: Option<String>,
}

impl FieldArgs {
    /// The fields that were given.
    pub(crate) fn given(&self) -> Result<Vec<(TrainingField, String)>> {
        let sign = match &self.sign_file {
            Some(file) => Some(read(file, TrainingFile::BYTES_MAX)?),
            None => self.sign.clone(),
        };
        let all = [
            (TrainingField::Description, &self.description),
            (TrainingField::Category, &self.category),
            (TrainingField::Tags, &self.tags),
            (TrainingField::Difficulty, &self.difficulty),
            (TrainingField::DurationMinutes, &self.duration),
            (TrainingField::Languages, &self.languages),
            (TrainingField::Delivery, &self.delivery),
            (TrainingField::ValidityMonths, &self.validity),
            (TrainingField::SeatLimit, &self.seats),
            (TrainingField::CreditMinutes, &self.credit),
            (TrainingField::Prerequisites, &self.prerequisites),
            (TrainingField::Skills, &self.skills),
            (TrainingField::Cost, &self.cost),
            (TrainingField::MinimumMinutes, &self.minimum),
            (TrainingField::MarkedByInstructor, &self.marked_by_instructor),
            (TrainingField::SignText, &sign),
            (TrainingField::SignStatement, &self.sign_statement),
        ];
        Ok(all
            .into_iter()
            .filter_map(|(field, text)| text.clone().map(|text| (field, text)))
            .collect())
    }
}
