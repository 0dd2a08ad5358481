//! Reading one state of the organisation.
//!
//! Every change of anything is an entry of the audit chain. Where the head of the chain is the
//! same before and after the settings and accounts are read, nothing changed in between, and what
//! was read is the state that the head stands for. Entries are only ever appended, so that those
//! up to the head are the same however late they are read.

use std::collections::HashMap;

use lms_core::{
    Account, AccountFilter, Actor, ComplianceQuery, ComplianceReport, ErrorKind, ExemptionFacts,
    Lms, OrganisationSettings, Page, Result, Role, Seal, Timestamp, Token, TokenFilter,
    Verification,
};

use super::Progress;
use crate::asked::query;
use crate::report::{Again, Params};

/// The most that a list of the library gives at once.
pub(super) const PAGE_ROWS: u32 = 500;
/// How often to begin again where others write all the time.
const ATTEMPTS: usize = 5;

/// All but the operations themselves.
pub(super) struct Evidence {
    pub(super) settings: OrganisationSettings,
    pub(super) accounts: Vec<Account>,
    pub(super) roles: Vec<Role>,
    pub(super) tokens: Vec<Token>,
    /// How everybody complies, and who need not do what, on the last day of the period.
    pub(super) compliance: ComplianceReport,
    pub(super) exemptions: ExemptionFacts,
    /// The last entry that is in the report.
    pub(super) head: Seal,
    /// The head when reading of the settings and accounts began; the same entry, unless others
    /// wrote each time it was tried.
    pub(super) head_before: i64,
    pub(super) verification: Verification,
    pub(super) as_of: Timestamp,
}

impl Evidence {
    pub(super) async fn read(
        lms: &Lms,
        actor: &Actor,
        params: &Params,
        progress: &mut Progress<'_>,
    ) -> Result<Self> {
        let mut before = lms.audit().seal(actor).await?;
        let mut attempt = 1;
        let (settings, accounts, roles, tokens, compliance, exemptions, head) = loop {
            let settings = lms.settings().show(actor).await?;
            let accounts = accounts(lms, actor).await?;
            let roles = lms.access().roles(actor).await?;
            let tokens = tokens(lms, actor).await?;
            let exemptions = lms.analytics().exemptions(actor, query(params)?).await?;
            let of_the_day = ComplianceQuery::new()
                .as_of(Some(exemptions.origin.as_of))
                .known_at(exemptions.origin.known_at);
            let compliance = lms.analytics().compliance(actor, of_the_day).await?;
            let after = lms.audit().seal(actor).await?;
            if after.seq == before.seq || attempt == ATTEMPTS {
                break (settings, accounts, roles, tokens, compliance, exemptions, after);
            }
            attempt += 1;
            before = after;
        };

        // Computed again, the report ends where it ended, whatever came since.
        let head = match &params.again {
            Some(Again { revision, .. }) => {
                Seal { seq: revision.seq, hash: revision.hash.clone(), ..head }
            }
            None => head,
        };
        let ahead = u64::try_from(head.seq).unwrap_or_default();
        let mut at = |done: u64, total: u64| progress(done, total + ahead);
        let verification = lms.audit().verify(actor, Some(&head), &mut at).await?;
        let as_of = if let Some(again) = &params.again {
            again.at
        } else if params.reproducible {
            recorded_at(lms, actor, head.seq).await?.unwrap_or(settings.recorded_at)
        } else {
            head.sealed_at
        };
        let head_before = before.seq.min(head.seq);
        Ok(Self {
            settings,
            accounts,
            roles,
            tokens,
            compliance,
            exemptions,
            head,
            head_before,
            verification,
            as_of,
        })
    }

    /// Whether settings and accounts are exactly those that the head stands for.
    pub(super) fn is_one_state(&self) -> bool {
        self.head_before == self.head.seq
    }

    /// The user names of the accounts, by how the log calls them.
    pub(super) fn names_of_actors(&self) -> HashMap<String, &str> {
        let label = |account: &Account| format!("account:{}", account.id);
        self.accounts.iter().map(|one| (label(one), one.username.as_str())).collect()
    }
}

/// When an entry was recorded; nothing where somebody removed it.
async fn recorded_at(lms: &Lms, actor: &Actor, seq: i64) -> Result<Option<Timestamp>> {
    match lms.audit().show(actor, &seq.to_string()).await {
        Ok(detail) => Ok(Some(detail.entry.recorded_at)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn accounts(lms: &Lms, actor: &Actor) -> Result<Vec<Account>> {
    all(async |cursor: Option<String>| {
        let mut filter = AccountFilter::new().limit(PAGE_ROWS);
        if let Some(cursor) = cursor {
            filter = filter.cursor(&cursor);
        }
        lms.access().accounts(actor, filter).await
    })
    .await
}

/// The oldest first, as they were made.
async fn tokens(lms: &Lms, actor: &Actor) -> Result<Vec<Token>> {
    let mut tokens = all(async |cursor: Option<String>| {
        let mut filter = TokenFilter::new().include_revoked(true).limit(PAGE_ROWS);
        if let Some(cursor) = cursor {
            filter = filter.cursor(&cursor);
        }
        lms.access().tokens(actor, filter).await
    })
    .await?;
    tokens.reverse();
    Ok(tokens)
}

async fn all<T>(mut page: impl AsyncFnMut(Option<String>) -> Result<Page<T>>) -> Result<Vec<T>> {
    let mut items = Vec::new();
    let mut cursor = None;
    loop {
        let read = page(cursor).await?;
        items.extend(read.items);
        cursor = read.next;
        if cursor.is_none() {
            return Ok(items);
        }
    }
}
