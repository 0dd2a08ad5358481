//! Who may sign in and what they may do.

mod accounts;
mod reach;
mod rights;
mod set_up;
mod tokens;
