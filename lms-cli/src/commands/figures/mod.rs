//! How things stand: the page of the organisation, and gates for pipelines.

pub(crate) mod gate;
pub(crate) mod status;

use clap::Args;
use lms_core::{ComplianceFigures, ComplianceRow, Day, Timestamp};

use crate::app::Session;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, drop_first, keep, shrink};

/// On which day, and as known when.
#[derive(Debug, Args)]
pub(crate) struct MomentArgs {
    /// On this day; today, unless said
    #[arg(long, alias = "to", value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
    /// By what had been recorded at this instant, such as 2026-04-01T00:00:00Z; by what is known now,
    /// unless said
    #[arg(long, value_name = "INSTANT")]
    known_at: Option<String>,
}

impl MomentArgs {
    pub(crate) async fn read(&self, session: &Session) -> Result<(Option<Day>, Option<Timestamp>)> {
        let known_at = self.known_at.as_deref().map(Timestamp::parse).transpose()?;
        Ok((session.optional_day(self.as_of.as_deref()).await?, known_at))
    }
}

/// ` as known 2026-04-01 00:00:00Z`; nothing where it is now.
pub(crate) fn as_known(known_at: Option<Timestamp>) -> String {
    known_at.map(|at| format!(", as known {}", Cell::from(at).shown())).unwrap_or_default()
}

/// `812 of 900 met, 90.2 %`, or that there is nothing to measure.
pub(crate) fn met(figures: &ComplianceFigures) -> String {
    match figures.met_percent {
        Some(share) => format!("{} of {} met, {share} %", figures.met, figures.measured),
        None => "nothing to measure".to_owned(),
    }
}

impl Row for ComplianceRow {
    const COLUMNS: &'static [Column] = &[
        keep("code"),
        shrink("name"),
        keep("met"),
        keep("measured"),
        keep("met_percent"),
        drop_first("open"),
        drop_first("in_grace"),
        drop_first("compliant_people"),
        drop_first("measured_people"),
        drop_first("compliant_people_percent"),
        apart("missed"),
        apart("overdue"),
        apart("expired"),
        apart("exempt"),
        apart("on_leave"),
        apart("cancelled"),
        apart("not_compliant_people"),
        apart("people_without_obligations"),
        apart("people"),
        apart("depth"),
        apart("own_met"),
        apart("own_measured"),
        apart("id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let figures = &self.figures;
        let own = self.own.as_ref().unwrap_or(figures);
        let share = |share: Option<lms_core::Percent>| share.map(|share| share.to_string()).into();
        vec![
            self.code.clone().into(),
            self.name.as_str().into(),
            figures.met.into(),
            figures.measured.into(),
            share(figures.met_percent),
            figures.open.into(),
            figures.in_grace.into(),
            figures.compliant_people.into(),
            figures.measured_people.into(),
            share(figures.compliant_people_percent),
            figures.missed.into(),
            figures.overdue.into(),
            figures.expired.into(),
            figures.exempt.into(),
            figures.on_leave.into(),
            figures.cancelled.into(),
            figures.not_compliant_people.into(),
            figures.people_without_obligations.into(),
            figures.people.into(),
            i64::try_from(self.depth).unwrap_or(i64::MAX).into(),
            own.met.into(),
            own.measured.into(),
            self.id.map(|id| id.to_string()).into(),
        ]
    }
}
