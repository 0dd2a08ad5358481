//! Reports, opened again as their readers would.

mod audit;
mod bridge;
mod command;
mod figures;
mod quiz_items;
mod verify;
