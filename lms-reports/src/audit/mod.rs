//! `audit`: evidence for an auditor.
//!
//! Answers what was done, by whom, when and why, with the hash of each entry; whether the chain
//! holds; how people comply, by which versions of which rules, and who is exempt; who has access,
//! through which roles and tokens; and what the settings are. Values before
//! and after a change are not in it, because they may be personal: `lmsctl audit show` has them,
//! and the chain has their digests.

mod figures;
mod provenance;
mod read;
mod tables;

use lms_core::{Actor, Lms, Result};

use crate::document::{Chart, ChartKind, Document, Fact, Revision, Series};
use crate::exemptions;
use crate::language::Language;
use crate::report::{Params, Report};

use self::read::Evidence;
use self::tables::Operations;

/// How far the reading is, for whoever shows it.
type Progress<'a> = dyn FnMut(u64, u64) + Send + 'a;

pub(crate) async fn run(
    lms: &Lms,
    actor: &Actor,
    params: &Params,
    progress: &mut Progress<'_>,
) -> Result<Document> {
    let evidence = Evidence::read(lms, actor, params, progress).await?;
    let operations = Operations::read(lms, actor, params, &evidence, progress).await?;

    let figures = figures::figures(&evidence, &operations);
    let notes = figures::notes(&evidence, &operations, params);
    let timeline = tables::timeline(&operations);
    let chart = Chart::new(
        ChartKind::Column,
        timeline.title.clone(),
        timeline.key.clone(),
        0,
        [Series::new(1)],
    )
    .axes("Day or month", "Operations");
    let provenance = provenance::facts(&evidence, &operations, params);
    let tables = vec![
        tables::chain(&evidence).of_the_moment(),
        tables::rules(&evidence),
        exemptions::list(&evidence.exemptions),
        timeline,
        tables::by_kind(&operations),
        tables::by_actor(&operations, &evidence),
        tables::accounts(&evidence).of_the_moment(),
        tables::tokens(&evidence).of_the_moment(),
        tables::roles(&evidence).of_the_moment(),
        tables::settings(&evidence).of_the_moment(),
    ];
    Ok(Document {
        name: Report::Audit.name().into(),
        title: Report::Audit.title().into(),
        language: Language::En,
        organisation: evidence.exemptions.origin.organisation.clone(),
        timezone: evidence.exemptions.origin.timezone.clone(),
        as_of: evidence.as_of,
        day: None,
        asked_by: actor.label(),
        data_revision: Revision { seq: evidence.head.seq, hash: evidence.head.hash.clone() },
        params: params.clone(),
        filters: vec![Fact::new("Period", params.period())],
        notes,
        figures,
        charts: vec![chart],
        tables: std::iter::once(operations.table.turn_over()).chain(tables).collect(),
        provenance,
    })
}
