//! The verbs of each context and their refusals.

mod access;
mod acts;
mod audit;
mod batches;
mod database;
mod events;
mod jobs;
mod people;
mod people_in_bulk;
mod settings;
