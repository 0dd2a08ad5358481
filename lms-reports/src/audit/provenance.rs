//! Where the report comes from, so that somebody else can get to the same numbers.

use super::read::Evidence;
use super::tables::Operations;
use crate::document::Fact;
use crate::report::Params;
use crate::words::Words;

pub(super) fn facts(evidence: &Evidence, operations: &Operations, params: &Params) -> Vec<Fact> {
    let head = Words::from(evidence.head.seq);
    let hash = Words::from(evidence.head.hash.clone());
    vec![
        Fact::new(
            "Data revision",
            Words::with("entry {} of the audit chain, hash {}", [head, hash]),
        ),
        Fact::new("One state of the data", one_state(evidence)).of_the_moment(),
        Fact::new("As of", as_of(params)),
        Fact::new(
            "Period",
            Words::with(
                "operations {}; days are those of {}. Accounts, tokens, roles and settings are as \
                 of the report, whatever the period",
                [params.period(), Words::from(evidence.settings.timezone.to_string())],
            ),
        ),
        Fact::new(
            "Population",
            "every operation of this organisation; every account; every API token, also revoked \
             and ended ones; every role; every setting",
        ),
        Fact::new(
            "Compliance, rules and exemptions",
            Words::with(
                "as of {}; rules are those that were in force or paused on that day, exemptions those that \
                 held, or on any day of the period where one was given",
                [evidence.exemptions.origin.as_of.to_string()],
            ),
        ),
        Fact::new(
            "Not in it",
            "values before and after a change, because they may be personal (`lmsctl audit show \
             ENTRY` has them, the chain has their digests); secrets of tokens, which nobody keeps",
        ),
        Fact::new("Settings version", settings_version(evidence)).of_the_moment(),
        Fact::new("Operations reconcile", reconciliation(evidence, operations, params)),
        Fact::new(
            "May do",
            "a permission such as settings.write, or a pattern: settings.* is all of settings, \
             *.read is reading anything, * is everything",
        ),
        Fact::new(
            "Blank cells",
            "there is nothing: no reason was given, a setting is not set, a token never ends. A \
             token that is blank under May do at most may do all that its account may",
        ),
        Fact::new(
            "How to prove it again",
            "`lmsctl audit verify` computes the chain again. It proves that nothing was altered by \
             anybody since a head that was kept elsewhere: keep entry and hash of this report, or \
             the file of `lmsctl audit seal`",
        ),
    ]
}

fn one_state(evidence: &Evidence) -> Words {
    let head = evidence.head.seq;
    if evidence.is_one_state() {
        return Words::with(
            "yes: the chain ended at entry {} before and after accounts, tokens and settings \
             were read, and operations are those up to that entry, which are never changed",
            [head],
        );
    }
    Words::with(
        "operations are those up to entry {}, which are never changed. Accounts, tokens and \
         settings were read while others wrote: they are those of some moment between entries {} \
         and {}",
        [head, evidence.head_before, head],
    )
}

fn as_of(params: &Params) -> Words {
    if params.reproducible {
        "the instant of the last entry (--reproducible); it decides which tokens have ended".into()
    } else {
        "the instant at which the chain was looked at; it decides which tokens have ended".into()
    }
}

fn settings_version(evidence: &Evidence) -> Words {
    let settings = &evidence.settings;
    let parts = [settings.version.to_string(), settings.recorded_at.to_string()];
    Words::with("version {}, recorded at {}", parts)
}

/// What was listed against what must have been there: the sequence has no gaps and begins at 1.
fn reconciliation(evidence: &Evidence, operations: &Operations, params: &Params) -> Words {
    let head = evidence.head.seq;
    let listed = operations.n;
    let by_day: i64 = operations.by_day.values().sum();
    let by_kind: i64 = operations.by_kind.values().map(|tally| tally.n).sum();
    let by_actor: i64 = operations.by_actor.values().map(|tally| tally.n).sum();
    let counts = [listed, by_day, by_kind, by_actor, head];
    let sentence = if params.from.is_some() || params.to.is_some() {
        "{} in the period ({} by day, {} by kind, {} by actor), of {} in the chain"
    } else if listed == head {
        "yes: {} listed ({} by day, {} by kind, {} by actor), {} in the chain"
    } else {
        "NO: {} listed ({} by day, {} by kind, {} by actor), {} in the chain"
    };
    Words::with(sentence, counts)
}
