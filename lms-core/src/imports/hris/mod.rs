//! People from the systems that keep them: connected, asked, and imported as a file is.
//!
//! Owns `hris_connections`. Promises that nobody is missing in half of a list, that a credential goes to its
//! own host alone and stands in no log, error or table, and that a refusal is not tried again. A system is
//! described by a document (`feed.rs`, `vendors/`); requests, pages, tries and records are pure, and one
//! transport sends (`transport.rs`). Nothing waits for a network within a transaction: everybody is pulled
//! first, into a file of our own, and staged from there.
//!
//! Never keeps a credential: whoever calls brings it.

mod path;
mod template;
mod feed;
mod vendors;
mod request;
mod paging;
mod retry;
mod records;
mod transport;
mod pull;
mod connection;

use std::time::Duration;

use serde::Serialize;

pub use connection::{Connection, NewConnection};
pub use pull::{HrisSource, NextAnswer, Pulled};
pub use template::Secret;
pub use vendors::{ConnectionOption, Vendor};

use self::pull::Rest;
use self::transport::Transport;
use super::people::PeopleImport;
use super::reading::Source;
use super::{ImportFile, Imports, Mode, StagedImport};
use crate::kernel::access::{Actor, Permission};
use crate::kernel::core::Core;
use crate::kernel::error::{Error, Result, error_codes};
use crate::operations::{Changed, Write};
use crate::settings;

/// Where people come from is a setting of the organisation.
const CONNECT: Permission = settings::WRITE;
const WRITE: Permission = crate::people::WRITE;
const READ: Permission = crate::people::READ;
/// Before a request is made again for the first time.
const FIRST_WAIT: Duration = Duration::from_millis(500);

error_codes! {
    UNKNOWN = "hris.unknown", NotFound, "no system is connected under this name";
    VENDOR = "hris.vendor", Invalid, "it is no system that is known, or nobody described it";
    UNKNOWN_OPTION = "hris.option", Invalid, "an option of a connection is unknown, or missing";
    FEED = "hris.mapping", Invalid, "the description of a system is wrong";
    ADDRESS = "hris.address", Invalid, "an address is none, or others can read what goes there";
    CREDENTIAL = "hris.credential", Refused, "a system does not take the credential";
    ELSEWHERE = "hris.elsewhere", Refused, "a system leads to another host";
    UNREACHABLE = "hris.unreachable", Unavailable, "a system does not answer";
    ANSWER = "hris.answer", Unavailable, "a system answers otherwise than it is described";
    REPEATED = "hris.repeated", Unavailable, "a list of a system leads back to where it was";
    CUT_OFF = "hris.cut_off", Refused, "a list was cut off before its end";
    DUMP = "hris.dump", Invalid, "a file is no dump of a system";
}

/// Systems that keep people; made by [`crate::Lms::hris`].
#[derive(Debug)]
pub struct Hris<'a> {
    pub(crate) core: &'a Core,
    pub(crate) first_wait: Option<Duration>,
}

/// What a system has, by its first answer.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Probe {
    /// How many records the first answer has.
    pub n_records: u64,
    /// How many there are in all, where the system says so.
    pub n_total: Option<u64>,
    /// Fields, and in how many of these records they are.
    pub fields: Vec<ProbedField>,
}

/// A field, as the first answer of a system has it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProbedField {
    /// Its name.
    pub field: String,
    /// Where it is read.
    pub at: String,
    /// In how many records it is, with a value or without.
    pub n_records: u64,
}

impl Hris<'_> {
    /// Waits so long before a request is made again for the first time, and twice as long each time after.
    #[must_use]
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first_wait = Some(wait);
        self
    }

    /// Connects a system, or changes how one is connected. Nothing happens, and it says so, where all is so
    /// already.
    pub async fn connect(&self, actor: &Actor, new: NewConnection) -> Result<Changed<Connection>> {
        actor.require(CONNECT)?;
        let mut write = Write::begin(self.core, actor).await?;
        let changed = connection::connect(&mut write, new).await?;
        if changed.operation.is_some() {
            write.commit().await?;
        }
        Ok(changed)
    }

    /// Forgets a connection. The people whom it brought stay.
    pub async fn disconnect(&self, actor: &Actor, name: &str) -> Result<Changed<Connection>> {
        actor.require(CONNECT)?;
        let mut write = Write::begin(self.core, actor).await?;
        let changed = connection::disconnect(&mut write, name).await?;
        write.commit().await?;
        Ok(changed)
    }

    /// The connections, by name.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<Connection>> {
        actor.require_for_all(READ)?;
        connection::list(self.core).await
    }

    /// One connection.
    pub async fn show(&self, actor: &Actor, name: &str) -> Result<Connection> {
        actor.require_for_all(READ)?;
        connection::show(self.core, name).await
    }

    /// Asks a system for its first page, and says what it has. Nothing is kept.
    pub async fn test(&self, actor: &Actor, new: &NewConnection, secret: &Secret) -> Result<Probe> {
        actor.require(CONNECT)?;
        new.check()?;
        let feed = new.feed()?;
        let reach = new.reach(&feed)?;
        let mut rest = Rest::new(self.transport()?, &reach, secret)?;
        let answer = rest.next_answer().await?;
        let answer = answer.ok_or_else(|| ANSWER.error("there was no answer at all"))?;
        let mut reading = records::Reading::new(&feed, String::new())?;
        for record in records::list_of(&feed, &answer)? {
            if reading.is_wanted(record) {
                reading.survey(record)?;
            }
        }
        let fields = reading.delivered();
        let fields = fields.map(|(field, at, n_records)| ProbedField { field, at, n_records });
        Ok(Probe {
            fields: fields.collect(),
            n_records: reading.n_records,
            n_total: records::total_of(&feed, &answer),
        })
    }

    /// Pulls everybody out of a system, page by page to the end. What fails on the way cuts the list off, which
    /// [`Pulled::cut_off`] tells. `progress` is told how many records came, and of how many.
    pub async fn pull(
        &self,
        actor: &Actor,
        name: &str,
        secret: &Secret,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Pulled> {
        actor.require_for_all(WRITE)?;
        let connection = connection::show(self.core, name).await?;
        let new = connection.again();
        new.check()?;
        let feed = new.feed()?;
        let reach = new.reach(&feed)?;
        let mut rest = Rest::new(self.transport()?, &reach, secret)?;
        pull::pull(&mut rest, &connection.name, connection.vendor, feed.clone(), progress).await
    }

    /// The same out of a source of one's own, in the shape that the connection describes.
    pub async fn pull_from(
        &self,
        actor: &Actor,
        name: &str,
        source: &mut dyn HrisSource,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Pulled> {
        actor.require_for_all(WRITE)?;
        let connection = connection::show(self.core, name).await?;
        let feed = connection.again().feed()?;
        pull::pull(source, &connection.name, connection.vendor, feed, progress).await
    }

    /// The same out of a dump, read as the connection describes it now.
    pub async fn replay(&self, actor: &Actor, name: &str, dump: Source) -> Result<Pulled> {
        actor.require_for_all(WRITE)?;
        let connection = connection::show(self.core, name).await?;
        let feed = connection.again().feed()?;
        pull::replay(dump, &connection.name, connection.vendor, feed)
    }

    /// Stages what was pulled, as [`Imports::stage_people`] does with a file. A list that was cut off is refused
    /// where it is said to hold everybody.
    pub async fn stage(
        &self,
        actor: &Actor,
        options: PeopleImport,
        pulled: &Pulled,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<StagedImport> {
        actor.require_for_all(WRITE)?;
        if let Some(cause) = pulled.cut_off()
            && options.mode == Mode::Full
        {
            return Err(cut_off(pulled, cause));
        }
        let now = self.core.now();
        let today = settings::today(&mut self.core.db().begin_read().await?, now).await?;
        let surveyed = pulled.survey(&today.to_string())?;
        let notes = notes(&surveyed);
        let mut rows = surveyed.finish(&pulled.feed, &pulled.name())?;
        let layout = rows.reader.layout.clone();
        let records = pulled.records()?.map(move |record| Ok(rows.read(&record?)));
        let file = ImportFile::new(&layout, records).fingerprint(&pulled.digest()?).notes(notes);
        Imports { core: self.core }.stage_people(actor, options, file, progress).await
    }

    fn transport(&self) -> Result<Transport<'_>> {
        Transport::new(self.core, self.first_wait.unwrap_or(FIRST_WAIT))
    }
}

/// What somebody should know of what came.
fn notes(reading: &records::Reading) -> Vec<String> {
    let mut notes = Vec::new();
    if reading.n_records > 0 {
        for (field, at) in reading.never_delivered() {
            notes.push(format!("no record has `{field}` (`{at}`): it is left alone"));
        }
    }
    if reading.n_skipped > 0 {
        notes.push(format!("{} records are about nobody, and left out", reading.n_skipped));
    }
    if reading.n_twice > 0 {
        notes.push(format!("{} records came twice: the list moved meanwhile", reading.n_twice));
    }
    notes
}

fn cut_off(pulled: &Pulled, cause: &Error) -> Error {
    CUT_OFF
        .error(format!(
            "nothing was imported: the list of `{}` was cut off after {} records: {}",
            pulled.connection(),
            pulled.n_records(),
            cause.message()
        ))
        .with_hints(cause.hints().to_vec())
        .with_hint("run it again; nobody counts as missing in half of a list")
        .with_hint("`--partial` imports what came, as changes")
}
