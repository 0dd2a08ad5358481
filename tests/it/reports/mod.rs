//! Reports, opened again as their readers would.

mod activity;
mod audit;
mod bridge;
mod command;
mod figures;
mod import_run;
mod load;
mod onboarding;
mod quiz_items;
mod skills;
mod trainings;
mod verify;
mod warehouse;
