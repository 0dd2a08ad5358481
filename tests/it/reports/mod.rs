//! Reports, opened again as their readers would.

mod audit;
mod bridge;
mod command;
mod figures;
mod verify;
