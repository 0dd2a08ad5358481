//! The verbs of each context and their refusals.

mod access;
mod acts;
mod audit;
mod database;
mod events;
mod jobs;
mod people;
mod settings;
