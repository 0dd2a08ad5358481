//! The unit of work of every verb: a transaction that remembers what was done in it and, as its
//! last act, locks the head, chains the entries and commits.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::entry::{
    ChangesHash, Entry, Hash, canonical_day, canonical_instant, salt, value_digest,
};
use super::{EventId, OperationId, requests, sql};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::migrate::hex;
use crate::kernel::db::schema::{AUDIT_CHAIN, OPERATION_CHANGES, OPERATIONS, OUTBOX_EVENTS, Table};
use crate::kernel::db::{Field, One, Tx, Value, bulk};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::Ids;
use crate::kernel::text::Day;

/// What one operation sees: who acts, the one `now`, and where ids come from.
#[derive(Debug, Clone)]
pub(crate) struct Ctx {
    pub(crate) actor: Actor,
    pub(crate) now: Timestamp,
    pub(crate) ids: Arc<dyn Ids>,
}

impl Ctx {
    /// Made once per operation.
    pub(crate) fn new(core: &Core, actor: &Actor) -> Self {
        Self { actor: actor.clone(), now: core.now(), ids: Arc::clone(core.ids()) }
    }

    pub(crate) fn new_id(&self) -> Uuid {
        self.ids.id(self.now)
    }
}

/// What a verb did, for the audit log and for those who listen.
#[derive(Debug)]
pub(crate) struct Operation {
    kind: &'static str,
    counts: BTreeMap<String, i64>,
    undoes: Option<OperationId>,
    changes: Vec<Change>,
    events: Vec<Event>,
}

#[derive(Debug)]
struct Change {
    subject_type: &'static str,
    subject_id: Option<Uuid>,
    before: Option<String>,
    after: Option<String>,
}

#[derive(Debug)]
struct Event {
    name: &'static str,
    subject: Option<String>,
    data: Json,
}

impl Operation {
    pub(crate) fn new(kind: &'static str) -> Self {
        let counts = BTreeMap::new();
        Self { kind, counts, undoes: None, changes: Vec::new(), events: Vec::new() }
    }

    /// Takes another operation back; each can be taken back once.
    pub(crate) fn undoes(mut self, other: OperationId) -> Self {
        self.undoes = Some(other);
        self
    }

    pub(crate) fn count(mut self, name: &str, n: i64) -> Self {
        self.counts.insert(name.to_owned(), n);
        self
    }

    /// What was counted so far.
    pub(crate) fn counts(&self) -> &BTreeMap<String, i64> {
        &self.counts
    }

    /// What became of one subject. Before and after hold the fields that changed; what stands in
    /// them can be erased.
    pub(crate) fn change(
        mut self,
        subject_type: &'static str,
        subject_id: Option<Uuid>,
        before: Option<&impl Serialize>,
        after: Option<&impl Serialize>,
    ) -> Self {
        self.changes.push(Change {
            subject_type,
            subject_id,
            before: before.map(canonical_json),
            after: after.map(canonical_json),
        });
        self
    }

    /// The same where it is all texts by the names of their fields, which come sorted.
    pub(crate) fn change_of_texts(
        mut self,
        subject_type: &'static str,
        subject_id: Uuid,
        before: Option<&Texts<'_>>,
        after: &Texts<'_>,
    ) -> Self {
        let json = |texts: &Texts<'_>| serde_json::to_string(texts).expect("texts are plain data");
        self.changes.push(Change {
            subject_type,
            subject_id: Some(subject_id),
            before: before.map(json),
            after: Some(json(after)),
        });
        self
    }

    /// An event for those who listen. Ids and codes only: events cannot be erased.
    pub(crate) fn event(mut self, name: &'static str, subject: Option<String>, data: Json) -> Self {
        self.events.push(Event { name, subject, data });
        self
    }
}

/// Texts by the names of their fields; nothing where there is none.
pub(crate) type Texts<'a> = BTreeMap<&'a str, Option<&'a str>>;

/// JSON with sorted keys: `serde_json` keeps objects in key order.
fn canonical_json(value: &impl Serialize) -> String {
    serde_json::to_value(value).expect("what is recorded is plain data").to_string()
}

/// What a context above does in the transaction of one below, told whose records it is about.
pub(crate) type Reaction = for<'a> fn(
    &'a mut Write,
    &'a BTreeSet<Uuid>,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// What contexts above do about people whom those below change. The front door knows them all, and hands them
/// down; none of those below knows any.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reactions {
    /// People came, or were changed.
    pub(crate) changed: &'static [Reaction],
    /// What audiences name stands for others now: departments, groups, accounts.
    pub(crate) regrouped: &'static [Regrouping],
    /// People are erased.
    pub(crate) erased: &'static [Reaction],
    /// The records of one person became those of another.
    pub(crate) merged: &'static [Merging],
    /// What trainings ask of people changed: a version was published, something else counts for it.
    pub(crate) retaught: &'static [Reaction],
    /// How many people would have to learn something again.
    pub(crate) retrained: Retrained,
    /// Which rules ask people for a training or a path.
    pub(crate) asked_for: AskedFor,
    /// Keeps how things stand at the end of a nightly pass.
    pub(crate) swept: Swept,
    /// The tables of contexts above that hold something about a person, and by which of their columns
    /// the person is found: what is held about somebody is given to them whole.
    pub(crate) held: &'static [(&'static Table, &'static str)],
}

/// What a context above does when names stand for other people than before.
pub(crate) type Regrouping =
    for<'a> fn(&'a mut Write) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// What a context above does when the first record becomes part of the second.
pub(crate) type Merging =
    for<'a> fn(&'a mut Write, Uuid, Uuid) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// Counts the people who would have to do a training again, did its next major version ask for it by a day.
pub(crate) type Retrained = for<'a> fn(
    &'a mut Tx,
    Timestamp,
    Uuid,
    (u32, Day),
) -> Pin<Box<dyn Future<Output = Result<u64>> + Send + 'a>>;

/// What audiences name, as subjects of changes: whom they stand for follows from their records.
const STAND_FOR_PEOPLE: [&str; 4] = ["unit", "group", "group_member", "account"];

/// The codes of the rules that ask people for a training or a path now, or will on a day to come.
pub(crate) type AskedFor =
    for<'a> fn(
        &'a mut Tx,
        Timestamp,
        Uuid,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<String>>> + Send + 'a>>;

/// What a context above keeps of a day after its nightly pass; how much that was.
pub(crate) type Swept = for<'a> fn(
    &'a Core,
    &'a Actor,
    Day,
) -> Pin<Box<dyn Future<Output = Result<usize>> + Send + 'a>>;

/// A writing transaction.
pub(crate) struct Write {
    pub(crate) tx: Tx,
    pub(crate) ctx: Ctx,
    pending: Vec<(OperationId, Operation)>,
    retaught: BTreeSet<Uuid>,
    reactions: Option<Reactions>,
    has_reacted: bool,
}

impl Write {
    pub(crate) async fn begin(core: &Core, actor: &Actor) -> Result<Self> {
        let mut write = Self::begin_without_schema(core, actor).await?;
        write.follow_the_last().await?;
        requests::refuse_second(&mut write.tx, &write.ctx).await?;
        Ok(write)
    }

    /// For those who make the schema: they [follow the last](Self::follow_the_last) once it is there.
    pub(crate) async fn begin_without_schema(core: &Core, actor: &Actor) -> Result<Self> {
        let tx = core.db().begin_write().await?;
        // The instant is that of the turn, not of the wait for it.
        let reactions = core.extension();
        let ctx = Ctx::new(core, actor);
        let (pending, retaught) = (Vec::new(), BTreeSet::new());
        Ok(Self { tx, ctx, pending, retaught, reactions, has_reacted: false })
    }

    /// No two turns share an instant, nor does a clock that was set back lead before the last: what
    /// was known at an instant is exact, and what one operation wrote can be told from what the
    /// next one did.
    pub(crate) async fn follow_the_last(&mut self) -> Result<()> {
        let last: Option<One<Option<Timestamp>>> = self.tx.sql(&sql::LAST_INSTANT).opt().await?;
        if let Some(One(Some(last))) = last {
            self.ctx.now = self.ctx.now.max(last.plus(Duration::from_micros(1)));
        }
        Ok(())
    }

    /// Notes what was done; it is written when the transaction commits.
    pub(crate) fn record(&mut self, operation: Operation) -> OperationId {
        let id = OperationId::new(self.ctx.new_id());
        self.pending.push((id, operation));
        id
    }

    /// Notes that a training asks something else of people from now on; the contexts above see to it
    /// before the transaction commits.
    pub(crate) fn retaught(&mut self, training: Uuid) {
        self.retaught.insert(training);
    }

    /// What was noted last.
    pub(crate) fn last_recorded(&self) -> Option<OperationId> {
        self.pending.last().map(|(id, _)| *id)
    }

    /// The codes of the rules that ask people for a training or a path.
    pub(crate) async fn asked_for_by(&mut self, wanted: Uuid) -> Result<Vec<String>> {
        let Some(reactions) = self.reactions else { return Ok(Vec::new()) };
        (reactions.asked_for)(&mut self.tx, self.ctx.now, wanted).await
    }

    /// Lets the contexts above take away what they hold of people who are erased.
    pub(crate) async fn erase_above(&mut self, people: &BTreeSet<Uuid>) -> Result<()> {
        let Some(reactions) = self.reactions else { return Ok(()) };
        for reaction in reactions.erased {
            reaction(self, people).await?;
        }
        Ok(())
    }

    /// Lets the contexts above bring together what they hold of two records that became one.
    pub(crate) async fn merge_above(&mut self, other: Uuid, keep: Uuid) -> Result<()> {
        let Some(reactions) = self.reactions else { return Ok(()) };
        for merging in reactions.merged {
            merging(self, other, keep).await?;
        }
        Ok(())
    }

    fn changes(&self) -> impl Iterator<Item = &Change> {
        self.pending.iter().flat_map(|(_, operation)| &operation.changes)
    }

    /// The people who are not as they were.
    fn people_changed(&self) -> BTreeSet<Uuid> {
        let people = self.changes().filter(|change| change.subject_type == "person");
        people.filter_map(|change| change.subject_id).collect()
    }

    /// Whether what audiences name may stand for others.
    fn is_regrouped(&self) -> bool {
        self.changes().any(|change| STAND_FOR_PEOPLE.contains(&change.subject_type))
    }

    /// Lets the contexts above follow what was done so far, and says what they did: for those who tell it
    /// before they commit, or instead. What is recorded after it is followed by nobody.
    pub(crate) async fn consequences(&mut self) -> Result<BTreeMap<String, i64>> {
        let before = self.pending.len();
        self.react().await?;
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        for (_, operation) in &self.pending[before..] {
            for (name, count) in &operation.counts {
                *counts.entry(name.clone()).or_default() += count;
            }
        }
        Ok(counts)
    }

    async fn react(&mut self) -> Result<()> {
        let Some(reactions) = self.reactions else { return Ok(()) };
        if std::mem::replace(&mut self.has_reacted, true) {
            return Ok(());
        }
        for reaction in reactions.changed {
            // With those whom a reaction before this one changed.
            let people = self.people_changed();
            if !people.is_empty() {
                reaction(self, &people).await?;
            }
        }
        if self.is_regrouped() {
            for regrouping in reactions.regrouped {
                regrouping(self).await?;
            }
        }
        let retaught = std::mem::take(&mut self.retaught);
        if !retaught.is_empty() {
            for reaction in reactions.retaught {
                reaction(self, &retaught).await?;
            }
        }
        Ok(())
    }

    /// Writes operations, changes, chain and events, and commits.
    pub(crate) async fn commit(mut self) -> Result<()> {
        if self.pending.is_empty() {
            // Nothing was done, so that there is nothing to keep.
            return Ok(());
        }
        self.react().await?;
        let pending = std::mem::take(&mut self.pending);
        let mut entries = Vec::with_capacity(pending.len());
        let mut events = Vec::with_capacity(pending.len());
        for (id, mut operation) in pending {
            events.push(std::mem::take(&mut operation.events));
            entries.push(self.write_operation(id, operation).await?);
        }
        let first = entries.first().map(|entry| entry.id);
        requests::note_done(&mut self.tx, &self.ctx, first).await?;
        self.chain(entries, events).await?;
        self.tx.commit().await
    }

    /// Commits what is too little for an entry of the log: a step on somebody's way.
    pub(crate) async fn commit_unrecorded(mut self) -> Result<()> {
        requests::note_done(&mut self.tx, &self.ctx, None).await?;
        self.tx.commit().await
    }

    /// The operation and its changes: all that needs no place in the chain yet.
    async fn write_operation(&mut self, id: OperationId, operation: Operation) -> Result<Entry> {
        let ctx = &self.ctx;
        let mut changes = operation.changes;
        if let Some(reason) = ctx.actor.reason() {
            // Free text may name people: it is kept where it can be erased.
            let reason = canonical_json(&json!({ "reason": reason }));
            changes.insert(
                0,
                Change {
                    subject_type: sql::REASON_SUBJECT,
                    subject_id: Some(id.uuid()),
                    before: None,
                    after: Some(reason),
                },
            );
        }
        let secret = ctx.ids.secret();
        let mut hash = ChangesHash::default();
        let mut digests = Vec::with_capacity(changes.len());
        for (position, change) in (1..).zip(&changes) {
            let salt = salt(&secret, position);
            let digest = value_digest(&salt, change.before.as_deref(), change.after.as_deref());
            hash.add(position, change.subject_type, change.subject_id, &digest);
            digests.push((position, salt, digest));
        }

        let day = Day::today(ctx.now, &jiff::tz::TimeZone::UTC);
        let n_changes = hash.n_changes;
        let changes_sha256 = hash.finish();
        let counts = canonical_json(&operation.counts);
        let row = vec![
            id.into_value(),
            operation.kind.into_value(),
            ctx.actor.label().into_value(),
            ctx.actor.origin().into_value(),
            ctx.actor.request_id().map(str::to_owned).into_value(),
            ctx.now.into_value(),
            day.into_value(),
            counts.into_value(),
            operation.undoes.into_value(),
            n_changes.into_value(),
            changes_sha256.to_vec().into_value(),
        ];
        let entry = Entry {
            format: Entry::FORMAT,
            seq: 0,
            id: id.uuid(),
            kind: operation.kind.to_owned(),
            actor: ctx.actor.label(),
            origin: ctx.actor.origin().to_owned(),
            request_id: ctx.actor.request_id().map(str::to_owned),
            recorded_at: canonical_instant(ctx.now),
            day: canonical_day(day),
            counts: operation.counts,
            undoes: operation.undoes.map(OperationId::uuid),
            n_changes,
            changes_sha256: hex(&changes_sha256),
        };
        bulk::insert(&mut self.tx, &OPERATIONS, [row]).await?;
        let rows = digests.into_iter().zip(changes).map(|((position, salt, digest), change)| {
            vec![
                id.into_value(),
                position.into_value(),
                change.subject_type.into_value(),
                change.subject_id.into_value(),
                digest.to_vec().into_value(),
                Some(salt.to_vec()).into_value(),
                change.before.into_value(),
                change.after.into_value(),
            ]
        });
        let rows: bulk::Rows<'_> = Box::new(rows);
        bulk::insert(&mut self.tx, &OPERATION_CHANGES, rows).await?;
        Ok(entry)
    }

    /// Locks the head and gives every entry its place. Nothing is locked after this.
    async fn chain(&mut self, entries: Vec<Entry>, events: Vec<Vec<Event>>) -> Result<()> {
        let n_entries = i64::try_from(entries.len()).expect("few operations in a transaction");
        let head: sql::HeadRow = self.tx.sql(&sql::ADVANCE_HEAD).bind(n_entries).one().await?;
        let mut previous = head.hash()?;
        let mut chain_rows = Vec::with_capacity(entries.len());
        let mut event_rows = Vec::new();
        let first_seq = head.seq - n_entries + 1;
        for (seq, (mut entry, events)) in (first_seq..).zip(entries.into_iter().zip(events)) {
            entry.seq = seq;
            previous = entry.hash(&previous);
            chain_rows.push(vec![
                seq.into_value(),
                entry.id.into_value(),
                previous.to_vec().into_value(),
            ]);
            for (position, event) in (1..).zip(events) {
                event_rows.push(self.event_row(seq, position, event));
            }
        }
        bulk::insert(&mut self.tx, &AUDIT_CHAIN, chain_rows).await?;
        bulk::insert(&mut self.tx, &OUTBOX_EVENTS, event_rows).await?;
        let seal = self.tx.sql(&sql::SEAL_HEAD).bind(previous.to_vec());
        seal.bind(self.ctx.now).run_one().await
    }

    /// A `CloudEvent`, written once: what is relayed later is this text.
    fn event_row(&self, seq: i64, position: i64, event: Event) -> Vec<Value> {
        let id = EventId::new(self.ctx.new_id());
        let body = json!({
            "specversion": "1.0",
            "id": id,
            "source": "lms",
            "type": event.name,
            "subject": event.subject,
            "time": self.ctx.now,
            "sequence": format!("{seq:016}.{position:06}"),
            "datacontenttype": "application/json",
            "data": event.data,
        });
        let body = match body {
            Json::Object(mut fields) => {
                fields.retain(|_, value| !value.is_null());
                Json::Object(fields)
            }
            other => other,
        };
        vec![
            seq.into_value(),
            position.into_value(),
            id.into_value(),
            event.name.into_value(),
            event.subject.into_value(),
            self.ctx.now.into_value(),
            body.to_string().into_value(),
        ]
    }
}

impl sql::HeadRow {
    pub(crate) fn hash(&self) -> Result<Hash> {
        self.hash
            .as_slice()
            .try_into()
            .map_err(|_| Error::inconsistent("audit_head.hash", "it is not 32 bytes"))
    }
}
