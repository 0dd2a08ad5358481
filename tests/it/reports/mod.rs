//! Reports, opened again as their readers would.

mod activity;
mod audit;
mod bridge;
mod command;
mod figures;
mod import_run;
mod quiz_items;
mod verify;
