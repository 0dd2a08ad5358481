//! The tables of the report: a row of evidence each.

use std::collections::BTreeMap;

use jiff::ToSpan;
use lms_core::{
    Account, AccountStatus, Actor, AuditEntry, AuditFilter, Day, Lms, Result, Role, SETTING_KEYS,
    Timestamp, Token,
};

use super::Progress;
use super::read::{Evidence, PAGE_ROWS};
use crate::report::Params;
use crate::table::Kind::{Counts, Id, Instant, Integer, List, Status, Text};
use crate::table::{Cell, Column, Kind, Table, to_json};
use crate::words::Words;

/// Above this many days a timeline shows months.
const TIMELINE_DAYS_MAX: i32 = 92;

/// The operations of the period, and what was counted while they were read.
pub(super) struct Operations {
    pub(super) table: Table,
    pub(super) n: i64,
    pub(super) n_with_reason: i64,
    pub(super) by_kind: BTreeMap<String, Tally>,
    pub(super) by_actor: BTreeMap<String, Tally>,
    pub(super) by_day: BTreeMap<jiff::civil::Date, i64>,
}

/// How many, and between when.
#[derive(Clone, Copy)]
pub(super) struct Tally {
    pub(super) n: i64,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
}

impl Operations {
    pub(super) async fn read(
        lms: &Lms,
        actor: &Actor,
        params: &Params,
        evidence: &Evidence,
        progress: &mut Progress<'_>,
    ) -> Result<Self> {
        let names = evidence.names_of_actors();
        let zone = evidence.settings.timezone.zone();
        let verified = evidence.verification.entries + evidence.verification.changes;
        let at = |n: i64| u64::try_from(n).unwrap_or_default();

        let mut operations = Self::none(params);
        let mut cursor: Option<String> = None;
        loop {
            let mut filter = wide_filter(params).limit(PAGE_ROWS);
            if let Some(cursor) = &cursor {
                filter = filter.cursor(cursor);
            }
            let page = lms.audit().list(actor, filter).await?;
            for entry in page.items.iter().filter(|entry| entry.seq <= evidence.head.seq) {
                let day = entry.recorded_at.day_in(&zone);
                if params.covers(day) {
                    let name = names.get(&entry.actor).copied();
                    operations.add(entry, day, name);
                }
            }
            if let Some(last) = page.items.last() {
                progress(
                    at(verified + evidence.head.seq - last.seq),
                    at(verified + evidence.head.seq),
                );
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(operations);
            }
        }
    }

    fn none(params: &Params) -> Self {
        let columns = [
            Column::new("seq", "Entry", Integer, 8),
            Column::new("recorded_at", "Recorded at", Instant, 20),
            Column::new("kind", "What was done", Text, 24),
            Column::new("counts", "Counts", Counts, 24),
            Column::new("actor", "By whom", Text, 46),
            Column::new("actor_name", "User name", Text, 16),
            Column::new("reason", "Why", Text, 48),
            Column::new("origin", "Through", Text, 11),
            Column::new("request_id", "Request", Id, 20),
            Column::new("operation_id", "Operation", Id, 20),
            Column::new("hash", "Hash of the entry", Id, 34),
        ];
        let if_empty = Words::with("There are no operations {}.", [params.period()]);
        Self {
            table: Table::new("operations", "Operations", if_empty, columns),
            n: 0,
            n_with_reason: 0,
            by_kind: BTreeMap::new(),
            by_actor: BTreeMap::new(),
            by_day: BTreeMap::new(),
        }
    }

    fn add(&mut self, entry: &AuditEntry, day: Day, actor_name: Option<&str>) {
        self.table.push([
            Cell::Integer(entry.seq),
            Cell::Instant(entry.recorded_at),
            Cell::Text(&entry.kind),
            Cell::Text(&to_json(&entry.counts)),
            Cell::Text(&entry.actor),
            actor_name.into(),
            entry.reason.as_deref().into(),
            Cell::Text(&entry.origin),
            entry.request_id.as_deref().into(),
            Cell::Text(&entry.operation_id.to_string()),
            Cell::Text(&entry.hash),
        ]);
        self.n += 1;
        self.n_with_reason += i64::from(entry.reason.is_some());
        Tally::add(&mut self.by_kind, &entry.kind, entry.recorded_at);
        Tally::add(&mut self.by_actor, &entry.actor, entry.recorded_at);
        *self.by_day.entry(day.inner()).or_default() += 1;
    }

    /// When the first and the last of them were recorded.
    pub(super) fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let first = self.by_kind.values().map(|tally| tally.first).min()?;
        let last = self.by_kind.values().map(|tally| tally.last).max()?;
        Some((first, last))
    }
}

impl Tally {
    fn add(tallies: &mut BTreeMap<String, Self>, name: &str, at: Timestamp) {
        match tallies.get_mut(name) {
            Some(tally) => {
                tally.n += 1;
                tally.first = tally.first.min(at);
                tally.last = tally.last.max(at);
            }
            None => {
                tallies.insert(name.to_owned(), Self { n: 1, first: at, last: at });
            }
        }
    }
}

/// The library filters by days in UTC. A day more on both sides holds the organisation's days in
/// every time zone; what is too much is taken out afterwards.
fn wide_filter(params: &Params) -> AuditFilter {
    let mut filter = AuditFilter::new();
    if let Some(from) = params.from {
        filter = filter.from(from.inner().yesterday().map_or(from, Day::new));
    }
    if let Some(to) = params.to {
        filter = filter.until(to.next());
    }
    filter
}

pub(super) fn chain(evidence: &Evidence) -> Table {
    let verification = &evidence.verification;
    let columns = [
        Column::new("result", "Result", Status, 12),
        Column::new("seq", "Entry", Integer, 10),
        Column::new("what", "What was found", Text, 100),
    ];
    let mut table = Table::new("chain", "Chain", "", columns);
    if verification.ok {
        let what = format!(
            "Entries 1 to {} are all there, and each fits the hash of the one before it. {} changed \
             values, reasons included, are those that were recorded.",
            verification.head_seq, verification.changes
        );
        table.push([Cell::Text("holds"), Cell::Integer(verification.head_seq), Cell::Text(&what)]);
    }
    for finding in &verification.findings {
        table.push([Cell::Text("broken"), finding.seq.into(), Cell::Text(&finding.what)]);
    }
    table
}

/// How many operations on each day or, over a longer time, in each month; also where there were
/// none.
pub(super) fn timeline(operations: &Operations) -> Table {
    let by_day = &operations.by_day;
    let ends = by_day.keys().next().copied().zip(by_day.keys().next_back().copied());
    let days =
        ends.and_then(|(first, last)| first.until(last).ok()).map_or(0, |span| span.get_days());
    let monthly = days >= TIMELINE_DAYS_MAX;
    let (key, title, kind) = if monthly {
        ("operations_by_month", "Operations by month", Kind::Month)
    } else {
        ("operations_by_day", "Operations by day", Kind::Day)
    };
    let (column, heading) = if monthly { ("month", "Month") } else { ("day", "Day") };
    let columns = [
        Column::new(column, heading, kind, 14),
        Column::new("operations", "Operations", Integer, 14),
    ];
    let mut table = Table::new(key, title, operations.table.if_empty.clone(), columns);

    let step = if monthly { 1.month() } else { 1.day() };
    let begin = |day: jiff::civil::Date| if monthly { day.first_of_month() } else { day };
    let mut counts: BTreeMap<jiff::civil::Date, i64> = BTreeMap::new();
    for (day, n) in by_day {
        *counts.entry(begin(*day)).or_default() += n;
    }
    let mut next = ends.map(|(first, _)| begin(first));
    while let Some(day) = next.filter(|day| ends.is_some_and(|(_, last)| *day <= last)) {
        let n = counts.get(&day).copied().unwrap_or_default();
        table.push([Cell::Day(Day::new(day)), Cell::Integer(n)]);
        next = day.checked_add(step).ok();
    }
    table
}

pub(super) fn by_kind(operations: &Operations) -> Table {
    let columns = [
        Column::new("kind", "What was done", Text, 30),
        Column::new("operations", "Operations", Integer, 14),
        Column::new("first_at", "First", Instant, 20),
        Column::new("last_at", "Last", Instant, 20),
    ];
    let if_empty = operations.table.if_empty.clone();
    let mut table = Table::new("operations_by_kind", "By kind", if_empty, columns);
    for (kind, tally) in most_first(&operations.by_kind) {
        let (first, last) = (Cell::Instant(tally.first), Cell::Instant(tally.last));
        table.push([Cell::Text(kind), Cell::Integer(tally.n), first, last]);
    }
    table
}

pub(super) fn by_actor(operations: &Operations, evidence: &Evidence) -> Table {
    let columns = [
        Column::new("actor", "By whom", Text, 46),
        Column::new("actor_name", "User name", Text, 20),
        Column::new("operations", "Operations", Integer, 14),
        Column::new("first_at", "First", Instant, 20),
        Column::new("last_at", "Last", Instant, 20),
    ];
    let if_empty = operations.table.if_empty.clone();
    let mut table = Table::new("operations_by_actor", "By actor", if_empty, columns);
    let names = evidence.names_of_actors();
    for (actor, tally) in most_first(&operations.by_actor) {
        let name = names.get(actor).copied().into();
        let (first, last) = (Cell::Instant(tally.first), Cell::Instant(tally.last));
        table.push([Cell::Text(actor), name, Cell::Integer(tally.n), first, last]);
    }
    table
}

fn most_first(tallies: &BTreeMap<String, Tally>) -> Vec<(&str, Tally)> {
    let mut sorted: Vec<(&str, Tally)> =
        tallies.iter().map(|(name, tally)| (name.as_str(), *tally)).collect();
    sorted.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.n));
    sorted
}

pub(super) fn accounts(evidence: &Evidence) -> Table {
    let columns = [
        Column::new("username", "User name", Text, 20),
        Column::new("display_name", "Name", Text, 24),
        Column::new("email", "E-mail", Text, 28),
        Column::new("status", "Status", Status, 11),
        Column::new("roles", "Roles", List, 22),
        Column::new("permissions", "May do", List, 36),
        Column::new("tokens_valid", "Valid tokens", Integer, 12),
        Column::new("created_at", "Created", Instant, 20),
        Column::new("updated_at", "Last changed", Instant, 20),
        Column::new("id", "Account", Id, 20),
    ];
    let mut table = Table::new("accounts", "Accounts", "There are no accounts.", columns);
    for account in &evidence.accounts {
        let id = account.id.to_string();
        let n_tokens = evidence
            .tokens
            .iter()
            .filter(|token| token.account_id == account.id && is_valid(token, evidence))
            .count();
        table.push([
            Cell::Text(&account.username),
            account.display_name.as_deref().into(),
            account.email.as_deref().into(),
            Cell::Text(account.status.as_str()),
            Cell::Text(&to_json(&account.roles)),
            Cell::Text(&to_json(&permissions(account, &evidence.roles))),
            Cell::Integer(count(n_tokens)),
            Cell::Instant(account.created_at),
            Cell::Instant(account.updated_at),
            Cell::Text(&id),
        ]);
    }
    table
}

pub(super) fn tokens(evidence: &Evidence) -> Table {
    let columns = [
        Column::new("name", "What it is for", Text, 32),
        Column::new("username", "Speaks for", Text, 20),
        Column::new("status", "Status", Status, 18),
        Column::new("permissions", "May do at most", List, 36),
        Column::new("created_at", "Created", Instant, 20),
        Column::new("expires_at", "Ends", Instant, 20),
        Column::new("revoked_at", "Revoked", Instant, 20),
        Column::new("id", "Token", Id, 20),
    ];
    let mut table = Table::new("tokens", "Tokens", "There are no API tokens.", columns);
    for token in &evidence.tokens {
        table.push([
            Cell::Text(&token.name),
            Cell::Text(&token.username),
            Cell::Text(token_status(token, evidence)),
            Cell::Text(&to_json(&token.permissions)),
            Cell::Instant(token.created_at),
            token.expires_at.into(),
            token.revoked_at.into(),
            Cell::Text(&token.id.to_string()),
        ]);
    }
    table
}

pub(super) fn roles(evidence: &Evidence) -> Table {
    let columns = [
        Column::new("role", "Role", Text, 18),
        Column::new("summary", "Who has it", Text, 40),
        Column::new("permissions", "May do", List, 80),
        Column::new("accounts_active", "Active accounts", Integer, 16),
    ];
    let mut table = Table::new("roles", "Roles", "There are no roles.", columns);
    for role in &evidence.roles {
        let holders = evidence.accounts.iter().filter(|account| is_active(account));
        let n = holders.filter(|account| account.roles.contains(&role.name)).count();
        table.push([
            Cell::Text(&role.name),
            Cell::Text(&role.summary),
            Cell::Text(&to_json(&role.permissions)),
            Cell::Integer(count(n)),
        ]);
    }
    table
}

/// The rules behind the figures.
pub(super) fn rules(evidence: &Evidence) -> Table {
    let columns = [
        Column::new("rule", "Rule", Text, 20),
        Column::new("title", "Title", Text, 44),
        Column::new("version", "Version", Integer, 9),
        Column::new("status", "Status", Status, 11),
        Column::new("since", "Since", Kind::Day, 12).about("Since when it stands so"),
    ];
    let if_empty = "no rule was in force on that day";
    let mut table = Table::new("rules", "Rule versions", if_empty, columns);
    for rule in &evidence.exemptions.origin.rules {
        table.push([
            Cell::Text(&rule.code),
            Cell::Text(&rule.title),
            Cell::Integer(rule.version.into()),
            Cell::Text(rule.status.as_str()),
            Cell::Day(rule.since),
        ]);
    }
    table
}

pub(super) fn settings(evidence: &Evidence) -> Table {
    let columns = [
        Column::new("setting", "Setting", Text, 20),
        Column::new("value", "Value", Text, 60),
        Column::new("summary", "What it means", Text, 44),
    ];
    let mut table = Table::new("settings", "Settings", "There are no settings.", columns);
    for setting in SETTING_KEYS {
        let value = evidence.settings.get(setting.key);
        table.push([Cell::Text(setting.key), value.as_deref().into(), Cell::Text(setting.summary)]);
    }
    table
}

pub(super) fn is_active(account: &Account) -> bool {
    account.status == AccountStatus::Active
}

/// What the roles of an account let it do, as patterns, each once.
pub(super) fn permissions(account: &Account, roles: &[Role]) -> Vec<String> {
    let held = |role: &&Role| account.roles.contains(&role.name);
    let granted = roles.iter().filter(held).flat_map(|role| &role.permissions);
    let mut patterns: Vec<String> = granted.map(ToString::to_string).collect();
    patterns.sort_unstable();
    patterns.dedup();
    patterns
}

pub(super) fn is_valid(token: &Token, evidence: &Evidence) -> bool {
    token_status(token, evidence) == VALID
}

const VALID: &str = "valid";

fn token_status(token: &Token, evidence: &Evidence) -> &'static str {
    let account = evidence.accounts.iter().find(|account| account.id == token.account_id);
    if token.revoked_at.is_some() {
        "revoked"
    } else if token.expires_at.is_some_and(|ends| ends <= evidence.as_of) {
        "expired"
    } else if account.is_some_and(is_active) {
        VALID
    } else {
        "account disabled"
    }
}

pub(super) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
