//! Requests to which their client gave a key: each is carried out once, however often it is asked for.
//!
//! The key is written in the transaction of what the request does, behind the one lock for writing. So
//! of many attempts at the same time one does it, and no crash comes between what was done and that it
//! was. What was answered is kept after it, for a day. Keys are kept as digests, each for one account.

use std::time::Duration;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::erase::ERASING;
use super::write::Ctx;
use super::{OperationId, sql};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{One, Tx, row, statements};
use crate::kernel::error::{Error, Result, error_codes};
use crate::kernel::request_key::RequestKey;

/// So long a key is known.
const KEPT: Duration = Duration::from_hours(24);
const KEY_CHARS_MAX: usize = 255;
/// A larger answer is not kept: whoever asks again is told that it was done.
const BODY_BYTES_MAX: usize = 1 << 20;

error_codes! {
    KEY_WRONG = "request.key", Invalid, "the key of a request has the wrong form";
    KEY_REUSED = "request.key_reused", Invalid, "the key of a request was given to another one before";
    DONE_BEFORE = "request.done", Refused, "a request was carried out before, and its answer is not there";
}

statements! {
    FIND_KEY = "SELECT request_sha256, attempt_id, operation_id, status, headers, body FROM request_keys
                WHERE actor = $1 AND key_sha256 = $2 AND recorded_at > $3";

    NOTE_KEY = "INSERT INTO request_keys
                    (actor, key_sha256, request_sha256, attempt_id, operation_id, recorded_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (actor, key_sha256) DO NOTHING";

    /// Nothing where the row is that of another attempt.
    KEEP_ANSWER = "UPDATE request_keys SET status = $4, headers = $5, body = $6
                   WHERE actor = $1 AND key_sha256 = $2 AND attempt_id = $3";

    FORGET_KEYS = "DELETE FROM request_keys WHERE recorded_at <= $1";

    FORGET_ANSWERS = "UPDATE request_keys SET status = NULL, headers = NULL, body = NULL
                      WHERE status IS NOT NULL";

    ERASED_SINCE = "SELECT COUNT(*) FROM audit_chain c JOIN operations o ON o.id = c.operation_id
                    WHERE c.seq > $1 AND o.kind = $2";
}

row! {
    struct KeyRow {
        request_sha256: Vec<u8>,
        attempt_id: Uuid,
        operation_id: Option<OperationId>,
        status: Option<i64>,
        headers: Option<String>,
        body: Option<String>,
    }
}

/// Requests with keys; made by [`crate::Lms::requests`].
///
/// Whoever takes requests from afar begins each with its key, carries it out as the actor that it is
/// given, and finishes it with the answer. No permission is needed: a key leads to what its own account
/// was answered, and nowhere else.
#[derive(Debug)]
pub struct Requests<'a> {
    pub(crate) core: &'a Core,
}

/// What there is to do about a request.
#[non_exhaustive]
#[derive(Debug)]
pub enum RequestBegun {
    /// It is new: it is to be carried out by this actor.
    New(Actor),
    /// It was carried out before.
    Done(RequestDone),
}

/// A request that was carried out.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestDone {
    /// The operation, where there was anything to do.
    pub operation: Option<OperationId>,
    /// What was answered. It is not there before it was given, after a crash that came before it, where
    /// it was very large, and once somebody was erased.
    pub answer: Option<KeptAnswer>,
}

/// What a request was answered.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The status, which is one of success.
    pub status: u16,
    /// Headers that belong to it.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl KeptAnswer {
    /// An answer with this status, these headers and this body.
    #[must_use]
    pub fn new(status: u16, headers: Vec<(String, String)>, body: String) -> Self {
        Self { status, headers, body }
    }
}

impl RequestDone {
    /// What whoever asks again is told while there is no answer.
    #[must_use]
    pub fn refusal(&self) -> Error {
        let told = match self.operation {
            Some(id) => format!("this request was carried out before, as the operation {id}"),
            None => "this request was carried out before".to_owned(),
        };
        let error = DONE_BEFORE.error(format!("{told}; its answer is not there"));
        match self.operation {
            Some(id) => error.with_hint(format!("`lmsctl audit show {id}` shows what it did")),
            None => error.with_hint("look at what there is now; another key does it again"),
        }
    }
}

impl Requests<'_> {
    /// Looks whether a request was carried out before. `request` is all that it asks, in parts: the
    /// same key with other parts is refused.
    pub async fn begin(&self, actor: &Actor, key: &str, request: &[&[u8]]) -> Result<RequestBegun> {
        let is_sane = (1..=KEY_CHARS_MAX).contains(&key.len())
            && key.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_sane {
            return Err(KEY_WRONG
                .error(format!("a key has 1 to {KEY_CHARS_MAX} visible characters of ASCII"))
                .with_hint("make one at random for each request, such as a UUID"));
        }
        let mut tx = self.core.db().begin_read().await?;
        let now = self.core.now();
        let head: sql::HeadRow = tx.sql(&sql::HEAD).one().await?;
        let request = RequestKey {
            key_sha256: Sha256::digest(key).into(),
            request_sha256: digest(request),
            attempt: self.core.ids().id(now),
            begun_at_seq: head.seq,
        };
        match find(&mut tx, actor, &request, now).await? {
            None => Ok(RequestBegun::New(actor.clone().with_request_key(request))),
            Some(row) if row.request_sha256 != request.request_sha256 => Err(KEY_REUSED
                .error("this key was given to another request before")
                .with_field("key")
                .with_hint(
                    "another request has another key; the same one has the same address and body",
                )),
            Some(row) => row.done().map(RequestBegun::Done),
        }
    }

    /// Keeps what a request was answered; nothing is kept of one that failed, unless it did something.
    /// If another attempt at the same request did it, it says so, and that answer counts.
    pub async fn finish(
        &self,
        actor: &Actor,
        answer: Option<KeptAnswer>,
    ) -> Result<Option<RequestDone>> {
        let Some(request) = actor.request_key() else { return Ok(None) };
        let answer = answer.filter(|answer| answer.body.len() <= BODY_BYTES_MAX);
        let Some(answer) = answer else {
            let mut tx = self.core.db().begin_read().await?;
            let known = find(&mut tx, actor, request, self.core.now()).await?;
            let other = known.filter(|row| row.attempt_id != request.attempt);
            return other.map(KeyRow::done).transpose();
        };
        let mut tx = self.core.db().begin_write().await?;
        let now = self.core.now();
        note(&mut tx, actor, request, None, now).await?;
        // Somebody who was erased meanwhile may stand in it.
        let One(erased): One<i64> =
            tx.sql(&ERASED_SINCE).bind(request.begun_at_seq).bind(ERASING).one().await?;
        if erased == 0 {
            let headers = serde_json::to_string(&answer.headers).expect("headers are plain data");
            tx.sql(&KEEP_ANSWER)
                .bind(actor.label())
                .bind(request.key_sha256.to_vec())
                .bind(request.attempt)
                .bind(i64::from(answer.status))
                .bind(headers)
                .bind(answer.body)
                .run()
                .await?;
        }
        let known = find(&mut tx, actor, request, now).await?;
        tx.commit().await?;
        let other = known.filter(|row| row.attempt_id != request.attempt);
        other.map(KeyRow::done).transpose()
    }
}

/// Refuses what another attempt at the same request did; behind the lock for writing.
pub(super) async fn refuse_second(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    let Some(request) = ctx.actor.request_key() else { return Ok(()) };
    match find(tx, &ctx.actor, request, ctx.now).await? {
        Some(row) if row.attempt_id != request.attempt => Err(row.done()?.refusal()),
        _ => Ok(()),
    }
}

/// Notes that the request of an actor was carried out, if it has a key, in the transaction of what it
/// did. The first operation counts where there are several.
pub(super) async fn note_done(tx: &mut Tx, ctx: &Ctx, operation: Option<Uuid>) -> Result<()> {
    match ctx.actor.request_key() {
        Some(request) => note(tx, &ctx.actor, request, operation, ctx.now).await,
        None => Ok(()),
    }
}

/// Takes all answers away: whoever is erased may stand in any of them. What was done is not done again.
pub(super) async fn forget_answers(tx: &mut Tx) -> Result<()> {
    tx.sql(&FORGET_ANSWERS).run().await.map(drop)
}

async fn note(
    tx: &mut Tx,
    actor: &Actor,
    request: &RequestKey,
    operation: Option<Uuid>,
    now: Timestamp,
) -> Result<()> {
    tx.sql(&FORGET_KEYS).bind(now.minus(KEPT)).run().await?;
    tx.sql(&NOTE_KEY)
        .bind(actor.label())
        .bind(request.key_sha256.to_vec())
        .bind(request.request_sha256.to_vec())
        .bind(request.attempt)
        .bind(operation)
        .bind(now)
        .run()
        .await
        .map(drop)
}

async fn find(
    tx: &mut Tx,
    actor: &Actor,
    request: &RequestKey,
    now: Timestamp,
) -> Result<Option<KeyRow>> {
    let key = request.key_sha256.to_vec();
    tx.sql(&FIND_KEY).bind(actor.label()).bind(key).bind(now.minus(KEPT)).opt().await
}

/// The digest of parts, of which none can run into the next.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

impl KeyRow {
    fn done(self) -> Result<RequestDone> {
        let answer = match (self.status, self.headers, self.body) {
            (Some(status), Some(headers), Some(body)) => {
                let status = u16::try_from(status)
                    .map_err(|cause| Error::inconsistent("request_keys.status", cause))?;
                let headers = serde_json::from_str(&headers)
                    .map_err(|cause| Error::inconsistent("request_keys.headers", cause))?;
                Some(KeptAnswer { status, headers, body })
            }
            _ => None,
        };
        Ok(RequestDone { operation: self.operation_id, answer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_eq!(digest(&[b"POST", b"/a"]), digest(&[b"POST", b"/a"]));
        assert_ne!(digest(&[b"POST", b"/a"]), digest(&[b"POS", b"T/a"]));
        assert_ne!(digest(&[b"POST", b""]), digest(&[b"POST"]));
    }
}
