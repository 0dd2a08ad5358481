//! The verbs of each context and their refusals.

mod settings;
