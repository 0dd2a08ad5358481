//! The verbs of each context and their refusals.

mod access;
mod audience;
mod audit;
mod database;
mod events;
mod groups;
mod jobs;
mod people;
mod settings;
