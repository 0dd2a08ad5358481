//! What `lmsctl` can do: one folder a noun, one file a verb, as it is typed.
//!
//! Each file has the arguments of its command, whose comments are its help, and one `run` that
//! opens, calls a verb of the library, and shows what came back.

pub(crate) mod access;
pub(crate) mod assignments;
pub(crate) mod audience;
pub(crate) mod audit;
pub(crate) mod batch;
pub(crate) mod certificate;
pub(crate) mod changes;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod db;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod documents;
pub(crate) mod events;
#[cfg(feature = "warehouse")]
pub(crate) mod export;
pub(crate) mod figures;
mod files;
pub(crate) mod group;
pub(crate) mod history;
#[cfg(feature = "hris")]
pub(crate) mod hris;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod learnt;
pub(crate) mod man;
pub(crate) mod notify;
pub(crate) mod paging;
pub(crate) mod path;
pub(crate) mod people_file;
pub(crate) mod picking;
#[cfg(feature = "reports")]
pub(crate) mod report;
pub(crate) mod person;
pub(crate) mod progress;
pub(crate) mod question;
pub(crate) mod quiz;
pub(crate) mod plans;
pub(crate) mod rule;
#[cfg(feature = "serve")]
pub(crate) mod serve;
pub(crate) mod schedule;
pub(crate) mod settings;
pub(crate) mod skill;
pub(crate) mod sweep;
pub(crate) mod training;
pub(crate) mod unit;
