//! What the product does, told through its public doors, on both databases.

mod cli;
mod contexts;
mod contract {
    mod error_codes;
    mod files;
    mod layering;
    mod plans;
    mod licences;
    mod schema;
    mod send;
    mod sources;
}
mod http;
mod reports;
mod stories;
mod support;
