//! The figures of the first sheet, each with what it means, and what has to be known first.

use lms_core::Account;

use super::read::Evidence;
use super::tables::{Operations, count, is_active, is_valid, permissions};
use crate::asked::compliance_figures;
use crate::document::{Figure, Value};
use crate::report::Params;
use crate::words::Words;

pub(super) fn figures(evidence: &Evidence, operations: &Operations) -> Vec<Figure> {
    let verification = &evidence.verification;
    let active = evidence.accounts.iter().filter(|account| is_active(account));
    let n_active = active.clone().count();
    let may_all = |account: &&Account| {
        permissions(account, &evidence.roles).iter().any(|pattern| pattern == "*")
    };
    let n_all_powerful = active.filter(may_all).count();
    let valid = || evidence.tokens.iter().filter(|token| is_valid(token, evidence));
    let n_endless = valid().filter(|token| token.expires_at.is_none()).count();

    let counted = |n: usize| Value::Count(count(n));
    let mut figures = vec![
        Figure::new(
            "chain",
            "Audit chain",
            Value::Status(if verification.ok { "holds" } else { "broken" }),
            "Holds where every entry from the first to the last is there, fits the hash of the one \
             before it, and its changed values are those that were recorded",
        )
        .of_the_moment(),
        Figure::new(
            "entries_verified",
            "Entries verified",
            Value::Count(verification.entries),
            "Entries of the whole chain that were read and computed again, whatever the period",
        )
        .of_the_moment(),
        Figure::new(
            "operations",
            "Operations",
            Value::Count(operations.n),
            "Entries that were recorded in the period; sheet Operations has each of them",
        ),
        Figure::new(
            "first_at",
            "First operation",
            Value::Instant(operations.span().map(|(first, _)| first)),
            "The earliest instant of the operations in the period",
        ),
        Figure::new(
            "last_at",
            "Last operation",
            Value::Instant(operations.span().map(|(_, last)| last)),
            "The latest instant of the operations in the period",
        ),
        Figure::new(
            "actors",
            "Actors",
            counted(operations.by_actor.len()),
            "Different people, accounts and jobs that did them",
        ),
        Figure::new(
            "with_reason",
            "With a reason",
            Value::Share { numerator: operations.n_with_reason, denominator: operations.n },
            Words::with(
                "{} operations for which a reason was given, of {} operations in the period; none is \
                 excluded",
                [operations.n_with_reason, operations.n],
            ),
        ),
        Figure::new(
            "accounts_active",
            "Active accounts",
            counted(n_active),
            "Accounts that may be used as of this report; the period does not matter",
        )
        .of_the_moment(),
        Figure::new(
            "accounts_all_powerful",
            "Accounts with all rights",
            counted(n_all_powerful),
            "Active accounts that hold the permission *",
        )
        .of_the_moment(),
        Figure::new(
            "tokens_valid",
            "Valid API tokens",
            counted(valid().count()),
            "Not revoked, not ended, and their account is active, as of this report",
        )
        .of_the_moment(),
        Figure::new(
            "tokens_endless",
            "Tokens that never end",
            counted(n_endless),
            "Valid API tokens without a last day",
        )
        .of_the_moment(),
    ];
    figures.extend(compliance_figures(&evidence.compliance.total));
    figures
}

pub(super) fn notes(evidence: &Evidence, operations: &Operations, params: &Params) -> Vec<Words> {
    let mut notes = Vec::new();
    let n_findings = evidence.verification.findings.len();
    if n_findings > 0 {
        notes.push(Words::with(
            "The audit chain does not hold: sheet Chain lists what was found ({}).",
            [n_findings],
        ));
    }
    if operations.n == 0 {
        notes.push(Words::with("There are no operations {}.", [params.period()]));
    }
    notes
}
