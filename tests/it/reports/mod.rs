//! Reports, opened again as their readers would.

mod audit;
mod command;
mod figures;
mod verify;
mod warehouse;
