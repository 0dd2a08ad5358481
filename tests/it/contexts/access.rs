//! Who may sign in and what they may do.

mod accounts;
mod rights;
mod set_up;
mod tokens;
