//! Everybody whom a system has, pulled page by page into a file of our own, and read from there: the same
//! file that is kept for support, and replayed.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::pin::Pin;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::feed::{Feed, Paging};
use super::paging::{Answer, Pages, repeated};
use super::records::{Reading, list_of, total_of};
use super::request::{HttpRequest, Reach};
use super::template::Secret;
use super::transport::Transport;
use super::vendors::Vendor;
use super::{ANSWER, CREDENTIAL, CUT_OFF, DUMP};
use crate::imports::reading::Source;
use crate::kernel::error::{Error, Result};

const WHAT: &str = "lms hris dump";
const FORMAT: u32 = 1;
/// Bytes of one line of a dump: an answer, as JSON.
const LINE_BYTES: u64 = 512 << 20;

/// An answer that is still to come.
pub type NextAnswer<'a> = Pin<Box<dyn Future<Output = Result<Option<Value>>> + Send + 'a>>;

/// Where people are pulled from, one answer after the other. What this program knows by itself asks over
/// HTTP; whoever embeds the library may have another way.
pub trait HrisSource: Send {
    /// The next answer, as JSON in the shape that the connection describes; nothing behind the last.
    fn next_answer(&mut self) -> NextAnswer<'_>;
}

/// Told how many records came, and of how many, where that is known.
pub(super) type Progress<'a> = &'a mut (dyn FnMut(u64, u64) + Send);

/// A system asked over HTTP.
pub(super) struct Rest<'a> {
    transport: Transport<'a>,
    reach: &'a Reach<'a>,
    secret: &'a Secret,
    credential: Option<(String, String)>,
    first: HttpRequest,
    pages: Pages<'a>,
    is_begun: bool,
    is_done: bool,
}

static SINGLE: Paging = Paging::None;

impl<'a> Rest<'a> {
    pub(super) fn new(
        transport: Transport<'a>,
        reach: &'a Reach<'a>,
        secret: &'a Secret,
    ) -> Result<Self> {
        let paging = reach.feed.paging.as_ref().unwrap_or(&SINGLE);
        Ok(Self {
            transport,
            secret,
            credential: None,
            first: reach.first()?,
            pages: Pages::new(paging),
            reach,
            is_begun: false,
            is_done: false,
        })
    }

    async fn next(&mut self) -> Result<Option<Value>> {
        if self.is_done {
            return Ok(None);
        }
        if !self.is_begun {
            let token = self.token().await?;
            self.credential = self.reach.credential(self.secret, token.as_deref());
            self.is_begun = true;
        }
        let request = self.pages.request(&self.first);
        let sent = self.transport.send(&request, self.credential.as_ref(), self.secret).await?;
        let n_records = list_of(self.reach.feed, &sent.body)?.len() as u64;
        let answer =
            Answer { body: &sent.body, url: &sent.url, link: sent.link.as_deref(), n_records };
        self.is_done = !self.pages.advance(&answer)?;
        Ok(Some(sent.body))
    }

    /// What the credential is exchanged for, where it is.
    async fn token(&self) -> Result<Option<String>> {
        let Some(request) = self.reach.for_token(self.secret)? else { return Ok(None) };
        let answer = self.transport.send(&request, None, self.secret).await?;
        let at = match &self.reach.feed.auth {
            Some(super::feed::Auth::Token { token_at, .. }) => super::path::Path::parse(token_at)?,
            _ => return Ok(None),
        };
        match at.find(&answer.body).and_then(Value::as_str) {
            Some(token) if !token.is_empty() => Ok(Some(token.to_owned())),
            _ => Err(CREDENTIAL
                .error(format!("`{}` gave no token for the credential", request.place()))
                .with_hint("look at the id and the credential of the connection")),
        }
    }
}

impl HrisSource for Rest<'_> {
    fn next_answer(&mut self) -> NextAnswer<'_> {
        Box::pin(self.next())
    }
}

/// A line of a dump: its head, an answer, or its end.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<End>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum End {
    Whole,
    CutOff,
}

/// What a system answered, whole or cut off. It holds personal data; where nobody keeps it, it is gone when
/// this is.
#[derive(Debug)]
pub struct Pulled {
    pub(super) connection: String,
    pub(super) vendor: Vendor,
    pub(super) feed: Feed,
    source: Source,
    cut_off: Option<Error>,
    n_records: u64,
    n_answers: u64,
}

impl Pulled {
    /// The connection.
    #[must_use]
    pub fn connection(&self) -> &str {
        &self.connection
    }

    /// How many records came, whoever they are about.
    #[must_use]
    pub fn n_records(&self) -> u64 {
        self.n_records
    }

    /// In how many answers.
    #[must_use]
    pub fn n_answers(&self) -> u64 {
        self.n_answers
    }

    /// What cut it off, where it is not whole. Nobody is missing in half of a list.
    #[must_use]
    pub fn cut_off(&self) -> Option<&Error> {
        self.cut_off.as_ref()
    }

    /// Writes what came, answer by answer. It holds personal data.
    pub fn dump(&self, out: &mut impl Write) -> io::Result<()> {
        io::copy(&mut self.source.input(), out).map(drop)
    }

    /// The SHA-256 of all that came.
    pub(super) fn digest(&self) -> Result<String> {
        self.source.digest()
    }

    pub(super) fn name(&self) -> String {
        format!("{} ({})", self.connection, self.vendor.as_str())
    }

    /// The answers, one after the other.
    fn answers(&self) -> impl Iterator<Item = Result<Value>> + Send + use<> {
        lines(&self.source).filter_map(|line| line.map(|line| line.answer).transpose())
    }

    /// Looks at every record once.
    pub(super) fn survey(&self, today: &str) -> Result<Reading> {
        let mut reading = Reading::new(&self.feed, today.to_owned())?;
        for answer in self.answers() {
            for record in list_of(&self.feed, &answer?)? {
                if reading.is_wanted(record) {
                    reading.survey(record)?;
                }
            }
        }
        Ok(reading)
    }

    /// Records that are about somebody, each once.
    pub(super) fn records(&self) -> Result<impl Iterator<Item = Result<Value>> + Send + '_> {
        let mut reading = Reading::new(&self.feed, String::new())?;
        Ok(self.answers().flat_map(move |answer| {
            let wanted = answer.and_then(|answer| {
                let list = list_of(&self.feed, &answer)?;
                let wanted = list.iter().filter(|record| reading.is_wanted(record));
                Ok(wanted.cloned().collect::<Vec<_>>())
            });
            match wanted {
                Ok(records) => records.into_iter().map(Ok).collect::<Vec<_>>(),
                Err(error) => vec![Err(error)],
            }
        }))
    }
}

/// Pulls everything out of a source. What fails before there was an answer is an error; what fails later cuts
/// the list off.
pub(super) async fn pull(
    source: &mut dyn HrisSource,
    connection: &str,
    vendor: Vendor,
    feed: Feed,
    progress: Progress<'_>,
) -> Result<Pulled> {
    let mut spool = Spool::new()?;
    spool.write(&Line {
        what: Some(WHAT.to_owned()),
        format: Some(FORMAT),
        connection: Some(connection.to_owned()),
        vendor: Some(vendor.as_str().to_owned()),
        ..Line::default()
    })?;
    let (mut n_records, mut n_answers, mut total) = (0, 0, None);
    let mut seen = HashSet::new();
    let cut_off = loop {
        let answer = match source.next_answer().await {
            Ok(Some(answer)) => answer,
            Ok(None) => break is_short(n_records, total),
            Err(error) if n_answers == 0 => return Err(error),
            Err(error) => break Some(error),
        };
        let records = match list_of(&feed, &answer) {
            Ok(records) => records,
            Err(error) if n_answers == 0 => return Err(error),
            Err(error) => break Some(error),
        };
        let digest = Sha256::digest(serde_json::to_vec(records).unwrap_or_default());
        if !records.is_empty() && !seen.insert(digest.to_vec()) {
            break Some(repeated(connection));
        }
        n_records += records.len() as u64;
        n_answers += 1;
        total = total_of(&feed, &answer).or(total);
        progress(n_records, total.unwrap_or(n_records).max(n_records));
        spool.write(&Line { answer: Some(answer), ..Line::default() })?;
    };
    spool.write(&Line {
        end: Some(if cut_off.is_some() { End::CutOff } else { End::Whole }),
        why: cut_off.as_ref().map(|error| error.message().to_owned()),
        ..Line::default()
    })?;
    let source = spool.finish(connection)?;
    let connection = connection.to_owned();
    Ok(Pulled { connection, vendor, feed, source, cut_off, n_records, n_answers })
}

/// A list that came to its end and has fewer than the system spoke of.
fn is_short(n_records: u64, total: Option<u64>) -> Option<Error> {
    let total = total.filter(|total| n_records < *total)?;
    Some(ANSWER.error(format!("the system speaks of {total} people and gave {n_records}")))
}

/// Reads a dump, with how its connection is read now.
pub(super) fn replay(
    source: Source,
    connection: &str,
    vendor: Vendor,
    feed: Feed,
) -> Result<Pulled> {
    let mut all = lines(&source);
    let head = all.next().ok_or_else(|| not_a_dump("it is empty"))??;
    if head.what.as_deref() != Some(WHAT) || head.format != Some(FORMAT) {
        return Err(not_a_dump("another program, or another version, wrote it"));
    }
    if let Some(other) = head.vendor.filter(|name| name != vendor.as_str()) {
        return Err(not_a_dump(&format!(
            "it comes from `{other}`, and `{connection}` is `{}`",
            vendor.as_str()
        )));
    }
    let (mut n_records, mut n_answers) = (0, 0);
    let mut end = None;
    for line in all {
        let line = line?;
        if let Some(answer) = &line.answer {
            n_records += list_of(&feed, answer)?.len() as u64;
            n_answers += 1;
        }
        end = line.end.map(|end| (end, line.why));
    }
    let cut_off = match end {
        Some((End::Whole, _)) => None,
        Some((End::CutOff, why)) => Some(CUT_OFF.error(why.unwrap_or_default())),
        None => Some(CUT_OFF.error("the dump has no end")),
    };
    let connection = connection.to_owned();
    Ok(Pulled { connection, vendor, feed, source, cut_off, n_records, n_answers })
}

/// A nameless file of our own.
struct Spool(BufWriter<File>);

impl Spool {
    fn new() -> Result<Self> {
        Ok(Self(BufWriter::new(tempfile::tempfile().map_err(no_room)?)))
    }

    fn write(&mut self, line: &Line) -> Result<()> {
        serde_json::to_writer(&mut self.0, line).map_err(|cause| no_room(cause.into()))?;
        self.0.write_all(b"\n").map_err(no_room)
    }

    fn finish(self, name: &str) -> Result<Source> {
        let file = self.0.into_inner().map_err(|cause| no_room(cause.into_error()))?;
        Source::spooled(name, file)
    }
}

fn no_room(cause: io::Error) -> Error {
    Error::internal("what came cannot be kept meanwhile").with_source(cause)
}

fn lines(source: &Source) -> impl Iterator<Item = Result<Line>> + Send + use<> {
    let mut input = BufReader::with_capacity(1 << 16, source.input());
    let source = source.clone();
    let mut is_over = false;
    std::iter::from_fn(move || {
        if is_over {
            return None;
        }
        let mut text = Vec::new();
        let read = (&mut input).take(LINE_BYTES).read_until(b'\n', &mut text);
        let line = match read {
            Ok(0) => return None,
            Ok(_) => serde_json::from_slice(&text)
                .map_err(|cause| not_a_dump("a line of it cannot be read").with_source(cause)),
            Err(cause) => Err(source.unreadable(&cause)),
        };
        is_over = line.is_err();
        Some(line)
    })
}

fn not_a_dump(why: &str) -> Error {
    DUMP.error(format!("it is no dump of a system: {why}"))
        .with_hint("`lmsctl hris sync NAME --dump FILE` writes one")
}
