//! Who may sign in and what they may do.

mod assigning;
mod accounts;
mod figures;
mod importing;
mod learning;
mod links;
mod passwords;
mod reach;
mod rights;
mod roles;
mod ruling;
mod set_up;
mod skills;
mod tokens;
