//! The verbs of each context and their refusals.

mod access;
pub(crate) mod analytics;
mod acts;
mod assignments;
pub(crate) mod attempts;
mod audience;
mod audit;
mod batches;
mod catalog;
mod certificates;
mod content;
mod database;
mod events;
mod groups;
pub(crate) mod imports;
mod jobs;
mod people;
mod quizzes;
mod people_in_bulk;
mod progress;
mod progress_together;
mod records;
mod ruling;
mod rules;
mod settings;
pub(crate) mod skills;
