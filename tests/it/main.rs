//! What the product does, told through its public doors, on both databases.

mod contexts;
mod contract {
    mod schema;
}
mod support;
