//! The verbs of each context and their refusals.

mod access;
mod audit;
mod database;
mod events;
mod jobs;
mod people;
mod records;
mod settings;
