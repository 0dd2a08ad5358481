//! Reports, opened again as their readers would.

mod audit;
mod command;
mod figures;
mod load;
mod onboarding;
mod skills;
mod trainings;
mod verify;
mod warehouse;
