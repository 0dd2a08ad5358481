//! Looking into inboxes, and marking as read.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::queue::Inbox;
use super::types::{Notice, NoticeFilter, NoticeType};
use super::words::{named, words};
use super::{NoticeId, READ, UNKNOWN, WRITE};
use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, One, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::Page;
use crate::kernel::text::Day;
use crate::operations::{Changed, FieldChange, Write};
use crate::people::{self, PersonId, Reach};

/// What is shown of notices, before the conditions: `n` is the notice, `x` the person who is told. What
/// accounts without a person are told is within the reach of those who reach everybody.
const SELECT: &str = "
SELECT n.id, n.type, n.person_id,
       COALESCE(COALESCE(x.preferred_name, x.first_name) || ' ' || x.last_name, a.username, ''),
       t.code, n.assignment_id, n.n_people, n.data, n.day, n.recorded_at, n.read_at
FROM notices n
LEFT JOIN persons x ON x.id = n.person_id
LEFT JOIN accounts a ON a.id = n.account_id
LEFT JOIN trainings t ON t.id = n.training_id
WHERE n.withdrawn_at IS NULL";

row! {
    struct NoticeRow {
        id: NoticeId,
        notice_type: String,
        person_id: Option<Uuid>,
        recipient: String,
        training: Option<String>,
        assignment_id: Option<Uuid>,
        n_people: i64,
        data: String,
        day: Day,
        recorded_at: Timestamp,
        read_at: Option<Timestamp>,
    }
}

/// The inbox of whoever asks.
fn own(actor: &Actor) -> Result<Inbox> {
    let label = actor.label();
    let account = || label.strip_prefix("account:").and_then(|id| id.parse().ok());
    match actor.own_person() {
        Some(person) => Ok(Inbox::Person(person)),
        None => {
            account().map_or_else(|| actor.own().map(Inbox::Person), |id| Ok(Inbox::Account(id)))
        }
    }
}

/// Whose inbox is meant: that of the person named, if they are within reach; else one's own.
async fn meant(
    tx: &mut Tx,
    actor: &Actor,
    permission: Permission,
    now: Timestamp,
    person: Option<&str>,
) -> Result<Inbox> {
    let Some(person) = person else { return own(actor) };
    let reach = Reach::of(tx, actor, permission, now).await?;
    Ok(Inbox::Person(people::find_person(tx, &reach, person).await?.uuid()))
}

fn of(wanted: Assembly, inbox: Inbox) -> Assembly {
    match inbox {
        Inbox::Person(id) => wanted.push("AND person_id = ?").bind(id),
        Inbox::Account(id) => wanted.push("AND account_id = ?").bind(id),
    }
}

pub(super) async fn list(core: &Core, actor: &Actor, filter: NoticeFilter) -> Result<Page<Notice>> {
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    let mut wanted = Assembly::new(SELECT);
    if !filter.people.is_empty() {
        let mut people = Vec::with_capacity(filter.people.len());
        // Bounded by what somebody typed.
        for name in &filter.people {
            people.push(people::find_person(&mut tx, &reach, name).await?.uuid());
        }
        wanted = wanted.push("AND n.person_id IN (ids?)").bind_ids(&IdList::new(people));
    }
    wanted = match filter.own.then(|| own(actor)).transpose()? {
        None => reach.narrow(wanted),
        Some(Inbox::Person(id)) => wanted.push("AND n.person_id = ?").bind(id),
        Some(Inbox::Account(id)) => wanted.push("AND n.account_id = ?").bind(id),
    };
    if !filter.types.is_empty() {
        let types: Vec<&str> = filter.types.iter().map(|one| one.as_str()).collect();
        wanted = wanted.push("AND n.type IN (texts?)").bind_texts(&types);
    }
    if filter.unread {
        wanted = wanted.push("AND n.read_at IS NULL");
    }
    if let Some(last) = filter.paging.after::<Uuid>()? {
        wanted = wanted.push("AND n.id < ?").bind(last);
    }
    let wanted = wanted.push("ORDER BY n.id DESC LIMIT ?").bind(filter.paging.rows_wanted()?);
    let rows: Vec<NoticeRow> = wanted.on(&mut tx).all().await?;
    let page = filter.paging.page(rows, |row| row.id)?;
    Ok(Page { items: shown(&mut tx, page.items).await?, next: page.next })
}

/// Rows in words, with the names of those whom they are about.
async fn shown(tx: &mut Tx, rows: Vec<NoticeRow>) -> Result<Vec<Notice>> {
    let read = |row: NoticeRow| {
        let data = serde_json::from_str(&row.data)
            .map_err(|cause| Error::inconsistent("notices.data", cause))?;
        Ok((row, data))
    };
    let rows: Vec<(NoticeRow, serde_json::Value)> =
        rows.into_iter().map(read).collect::<Result<_>>()?;
    let people: BTreeSet<Uuid> = rows.iter().flat_map(|(_, data)| named(data)).collect();
    let names = if people.is_empty() {
        std::collections::HashMap::new()
    } else {
        people::names_in(tx, people).await?
    };
    let notice = |(row, data): (NoticeRow, serde_json::Value)| {
        let notice_type = NoticeType::stored(&row.notice_type)?;
        let said = words(notice_type, &data, row.n_people, &names);
        Ok(Notice {
            id: row.id,
            notice_type,
            person_id: row.person_id.map(PersonId::new),
            recipient: row.recipient,
            subject: said.subject,
            body: said.body,
            training: row.training,
            assignment_id: row.assignment_id,
            n_people: row.n_people,
            data,
            day: row.day,
            recorded_at: row.recorded_at,
            read_at: row.read_at,
        })
    };
    rows.into_iter().map(notice).collect()
}

pub(super) async fn unread_count(core: &Core, actor: &Actor, person: Option<&str>) -> Result<i64> {
    let mut tx = core.db().begin_read().await?;
    let inbox = meant(&mut tx, actor, READ, core.now(), person).await?;
    let wanted = Assembly::new(
        "SELECT COUNT(*) FROM notices WHERE read_at IS NULL AND withdrawn_at IS NULL",
    );
    let One(count) = of(wanted, inbox).on(&mut tx).one::<One<i64>>().await?;
    Ok(count)
}

/// What is read is nothing that the log tells of: it changes nothing for anybody else.
pub(super) async fn read(core: &Core, actor: &Actor, id: NoticeId) -> Result<Changed<Notice>> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let reach = Reach::of(&mut write.tx, actor, WRITE, now).await?;
    let wanted = Assembly::new(SELECT).push("AND n.id = ?").bind(id);
    let wanted = match own(actor) {
        Ok(Inbox::Account(account)) if !reach.is_everybody() => {
            wanted.push("AND n.account_id = ?").bind(account)
        }
        _ => reach.narrow(wanted),
    };
    let row: Option<NoticeRow> = wanted.on(&mut write.tx).opt().await?;
    let unknown = || {
        UNKNOWN
            .error(format!("there is no notice `{id}`"))
            .with_field("notice")
            .with_hint("`lmsctl notify list` shows them with their ids")
    };
    let row = row.ok_or_else(unknown)?;
    let mut value =
        shown(&mut write.tx, vec![row]).await?.into_iter().next().ok_or_else(unknown)?;
    if value.read_at.is_some() {
        return Ok(Changed { value, changed: Vec::new(), operation: None });
    }
    Assembly::new("UPDATE notices SET read_at = ?")
        .bind(now)
        .push("WHERE id = ?")
        .bind(id)
        .on(&mut write.tx)
        .run_one()
        .await?;
    write.commit_unrecorded().await?;
    value.read_at = Some(now);
    let changed = FieldChange {
        field: "read_at".to_owned(),
        before: None,
        after: value.read_at.map(|at| at.to_string()),
    };
    Ok(Changed { value, changed: vec![changed], operation: None })
}

pub(super) async fn read_all(core: &Core, actor: &Actor, person: Option<&str>) -> Result<u64> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let inbox = meant(&mut write.tx, actor, WRITE, now, person).await?;
    let update = Assembly::new("UPDATE notices SET read_at = ?")
        .bind(now)
        .push("WHERE read_at IS NULL AND withdrawn_at IS NULL");
    let n_read = of(update, inbox).on(&mut write.tx).run().await?;
    write.commit_unrecorded().await?;
    Ok(n_read)
}
