//! Charts, drawn as SVG: small enough for a phone, with letters that stay readable there.

use std::fmt::Write;

use super::{Text, shown};
use crate::document::{Chart, ChartKind, Document, Series};
use crate::table::{Kind, Table, rounded};
use crate::write::palette;

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 44.0;
/// Room for each bar.
const BAR: f64 = 26.0;
/// So many letters of a name stand beside its bar, or below its column, and so wide is one.
const NAME_LETTERS: usize = 28;
const LETTER: f64 = 7.5;
/// About so many marks on an axis.
const MARKS: f64 = 5.0;

/// The numbers of a chart, taken out of its table.
pub(super) struct Drawn<'a> {
    chart: &'a Chart,
    table: &'a Table,
    names: Vec<String>,
    /// For each series the value of each row; nothing where there is none.
    values: Vec<Vec<Option<f64>>>,
}

/// From a value to a place on paper.
struct Scale {
    from: f64,
    to: f64,
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    fn new(low: f64, high: f64, from: f64, to: f64) -> Self {
        let span = if high > low { high - low } else { 1.0 };
        let rough = span / MARKS;
        let size = 10_f64.powf(rough.log10().floor());
        let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|step| step * size);
        let step = steps.into_iter().find(|step| *step >= rough).unwrap_or(10.0 * size);
        let low = (low / step).floor() * step;
        let high = ((high / step).ceil() * step).max(low + step);
        Self { from, to, low, high, step }
    }

    fn at(&self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    fn marks(&self) -> impl Iterator<Item = f64> + '_ {
        let n = ((self.high - self.low) / self.step).round();
        (0..).map(f64::from).take_while(move |at| *at <= n).map(|at| self.low + at * self.step)
    }
}

impl<'a> Drawn<'a> {
    pub(super) fn new(document: &Document, chart: &'a Chart, table: &'a Table) -> Self {
        let rows = 0..chart.n_rows(table);
        let kind = table.columns[chart.categories].kind;
        let name = |row| shown(document, table.cell(row, chart.categories), kind);
        let values_of = |series: &Series| {
            rows.clone().map(|row| table.cell(row, series.column).number()).collect()
        };
        let names = rows.clone().map(name).collect();
        Self { chart, table, names, values: chart.series.iter().map(values_of).collect() }
    }

    /// Which colour is what; nothing where there is only one.
    pub(super) fn legend(&self) -> String {
        let shown = self.series().count();
        if shown < 2 {
            return String::new();
        }
        let mut legend = "<ul class=\"legend\">".to_owned();
        for (at, series) in self.series() {
            let _ = write!(
                legend,
                "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect width=\"10\" height=\"10\" \
                 rx=\"2\" fill=\"{}\"/></svg>{}</li>",
                self.colour(series, at),
                Text(&self.name_of(series))
            );
        }
        legend + "</ul>\n"
    }

    pub(super) fn svg(&self, title: &str) -> String {
        let mut svg = String::new();
        let height = match self.chart.kind {
            ChartKind::Bar | ChartKind::StackedBar => self.bars(&mut svg),
            ChartKind::Scatter => self.dots(&mut svg),
            _ => self.upright(&mut svg),
        };
        format!(
            "<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{}\">{svg}</svg>",
            Text(title)
        )
    }

    /// The series that can be seen.
    fn series(&self) -> impl Iterator<Item = (usize, &Series)> {
        let hidden = usize::from(self.chart.kind == ChartKind::Waterfall);
        self.chart.series.iter().enumerate().skip(hidden)
    }

    fn name_of(&self, series: &Series) -> String {
        self.table.columns[series.column].title.text().into_owned()
    }

    fn value(&self, series: usize, row: usize) -> f64 {
        self.values[series][row].unwrap_or(0.0)
    }

    fn colour(&self, series: &Series, at: usize) -> String {
        format!("#{:06x}", palette::fill(self.chart, series, at))
    }

    /// A number of a series as it is told.
    fn told(&self, series: usize, value: f64) -> String {
        told(self.table.columns[self.chart.series[series].column].kind, value)
    }

    /// The sum over the series of a row, where they are stacked, or the most of them.
    fn reach(&self, row: usize, is_stacked: bool, n_series: usize) -> f64 {
        let values = (0..n_series).map(|series| self.value(series, row));
        if is_stacked { values.sum() } else { values.fold(0.0, f64::max) }
    }

    /// Lying bars, one under the other.
    fn bars(&self, svg: &mut String) -> f64 {
        let is_stacked = self.chart.kind == ChartKind::StackedBar;
        let n = self.chart.series.len();
        let most = self.most(is_stacked, n);
        let foot = TOP + BAR * float(self.names.len());
        let names = float(self.longest_name()) * LETTER + 12.0;
        let scale = Scale::new(0.0, most, names, WIDTH - 40.0);
        for mark in scale.marks() {
            let x = scale.at(mark);
            let _ = write!(
                svg,
                "<path class=\"rule\" d=\"M{x:.1} {TOP}V{foot:.1}\"/><text class=\"soft\" x=\"{x:.1}\" \
                 y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                foot + 18.0,
                self.told(0, mark)
            );
        }
        for (row, name) in self.names.iter().enumerate() {
            let y = TOP + BAR * float(row);
            let _ = write!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\"><title>{}</title>{}</text>",
                names - 8.0,
                y + 17.0,
                Text(name),
                Text(&short(name))
            );
            let mut x = scale.at(0.0);
            for (at, series) in self.series() {
                let value = self.value(at, row);
                let (top, high) = if is_stacked {
                    (y + 4.0, BAR - 8.0)
                } else {
                    let each = (BAR - 8.0) / float(n);
                    (y + 4.0 + each * float(at), each)
                };
                let from = if is_stacked { x } else { scale.at(0.0) };
                let wide = (scale.at(value) - scale.at(0.0)).max(0.0);
                self.rect(svg, row, at, series, [from, top, wide, high]);
                x += wide;
            }
            let total = self.reach(row, is_stacked, n);
            let end = scale.at(total);
            let is_told = self.values.iter().any(|values| values[row].is_some());
            let said = if is_told { self.told(0, total) } else { "–".to_owned() };
            let _ = write!(
                svg,
                "<text class=\"soft\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                end + 5.0,
                y + 17.0,
                said
            );
        }
        if let Some(title) = &self.chart.across {
            let _ = write!(
                svg,
                "<text class=\"soft\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                f64::midpoint(names, WIDTH - 40.0),
                foot + 36.0,
                Text(&title.text())
            );
        }
        foot + if self.chart.across.is_some() { 44.0 } else { 26.0 }
    }

    /// What stands on an axis from left to right: columns, lines and areas.
    fn upright(&self, svg: &mut String) -> f64 {
        let kind = self.chart.kind;
        let is_stacked =
            matches!(kind, ChartKind::StackedColumn | ChartKind::Area | ChartKind::Waterfall);
        let n_left = self.values.len() - usize::from(kind == ChartKind::LineOverColumns);
        let right = if kind == ChartKind::LineOverColumns { LEFT } else { RIGHT };
        let most = self.most(is_stacked, n_left);
        let scale = Scale::new(self.chart.foot(self.table), most, HEIGHT - BOTTOM, TOP);
        self.rules(svg, &scale, WIDTH - right);
        let room = (WIDTH - LEFT - right) / float(self.names.len());
        let middle = |row: usize| LEFT + room * (float(row) + 0.5);
        let higher = self.names_below(svg, room, middle);
        match kind {
            ChartKind::Line => {
                for (at, series) in self.series() {
                    self.line(svg, at, series, &scale, middle);
                }
            }
            ChartKind::Area => self.areas(svg, &scale, middle),
            _ => {
                for (row, _) in self.names.iter().enumerate() {
                    let mut below = 0.0;
                    for (at, series) in self.chart.series.iter().enumerate().take(n_left) {
                        let value = self.value(at, row);
                        let from = if is_stacked { below } else { 0.0 };
                        let (top, foot) = (scale.at(from + value), scale.at(from.max(scale.low)));
                        below += value;
                        if kind == ChartKind::Waterfall && at == 0 {
                            continue;
                        }
                        let wide = room * 0.7 / if is_stacked { 1.0 } else { float(n_left) };
                        let beside = if is_stacked { 0.0 } else { wide * float(at) };
                        let x = middle(row) - room * 0.35 + beside;
                        let place = [x, top.min(foot), wide, (foot - top).abs()];
                        self.rect(svg, row, at, series, place);
                    }
                }
            }
        }
        if kind == ChartKind::LineOverColumns
            && let Some((at, series)) = self.series().last()
        {
            let most = self.values[at].iter().flatten().copied().fold(0.0, f64::max);
            let own = Scale::new(0.0, most, HEIGHT - BOTTOM, TOP);
            for mark in own.marks() {
                let _ = write!(
                    svg,
                    "<text class=\"soft\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                    WIDTH - right + 6.0,
                    own.at(mark) + 4.0,
                    self.told(at, mark)
                );
            }
            self.line(svg, at, series, &own, middle);
        }
        self.titles_of_axes(svg, higher)
    }

    fn dots(&self, svg: &mut String) -> f64 {
        let across = |row| self.table.cell(row, self.chart.categories).number();
        let rows = || (0..self.names.len()).filter_map(|row| Some((row, across(row)?)));
        let (low, high) = ends(rows().map(|(_, x)| x));
        let wide = Scale::new(low.min(0.0), high, LEFT, WIDTH - RIGHT);
        let (low, high) = ends(self.values.iter().flatten().flatten().copied());
        let scale = Scale::new(low.min(0.0), high, HEIGHT - BOTTOM, TOP);
        self.rules(svg, &scale, WIDTH - RIGHT);
        let kind = self.table.columns[self.chart.categories].kind;
        for mark in wide.marks() {
            let (x, y) = (wide.at(mark), HEIGHT - BOTTOM + 18.0);
            let _ = write!(
                svg,
                "<text class=\"soft\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{}</text>",
                told(kind, mark)
            );
        }
        for (at, series) in self.series() {
            for (row, x) in rows() {
                let Some(value) = self.values[at][row] else { continue };
                let _ = write!(
                    svg,
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"{}\" fill-opacity=\".75\"><title>{}, \
                     {}</title></circle>",
                    wide.at(x),
                    scale.at(value),
                    self.colour(series, at),
                    told(kind, x),
                    self.told(at, value)
                );
            }
        }
        self.titles_of_axes(svg, 0.0)
    }

    /// How many letters the longest of the names has that are shown.
    fn longest_name(&self) -> usize {
        self.names.iter().map(|name| short(name).chars().count()).max().unwrap_or(1)
    }

    fn most(&self, is_stacked: bool, n_series: usize) -> f64 {
        let reaches = (0..self.names.len()).map(|row| self.reach(row, is_stacked, n_series));
        reaches.fold(0.0, f64::max)
    }

    fn rect(&self, svg: &mut String, row: usize, at: usize, series: &Series, place: [f64; 4]) {
        let [x, y, wide, high] = place;
        if wide <= 0.0 || high <= 0.0 {
            return;
        }
        let _ = write!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{high:.1}\" fill=\"{}\"><title>{}, \
             {}: {}</title></rect>",
            self.colour(series, at),
            Text(&self.names[row]),
            Text(&self.name_of(series)),
            self.told(at, self.value(at, row))
        );
    }

    fn line(
        &self,
        svg: &mut String,
        at: usize,
        series: &Series,
        scale: &Scale,
        middle: impl Fn(usize) -> f64,
    ) {
        let mut path = String::new();
        let mut pen = 'M';
        for (row, value) in self.values[at].iter().enumerate() {
            match value {
                Some(value) => {
                    let _ = write!(path, "{pen}{:.1} {:.1}", middle(row), scale.at(*value));
                    pen = 'L';
                }
                // Where there is no value there is no line.
                None => pen = 'M',
            }
        }
        let colour = self.colour(series, at);
        let _ = write!(
            svg,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.5\" \
             stroke-linejoin=\"round\"/>"
        );
        for (row, value) in self.values[at].iter().enumerate() {
            let Some(value) = *value else { continue };
            let _ = write!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"><title>{}, {}: {}</title></circle>",
                middle(row),
                scale.at(value),
                Text(&self.names[row]),
                Text(&self.name_of(series)),
                self.told(at, value)
            );
        }
    }

    fn areas(&self, svg: &mut String, scale: &Scale, middle: impl Fn(usize) -> f64) {
        let mut below = vec![0.0; self.names.len()];
        for (at, series) in self.series() {
            let mut path = String::new();
            for (row, from) in below.iter().enumerate() {
                let pen = if row == 0 { 'M' } else { 'L' };
                let top = scale.at(from + self.value(at, row));
                let _ = write!(path, "{pen}{:.1} {top:.1}", middle(row));
            }
            for (row, from) in below.iter().enumerate().rev() {
                let _ = write!(path, "L{:.1} {:.1}", middle(row), scale.at(*from));
            }
            let _ = write!(
                svg,
                "<path d=\"{path}Z\" fill=\"{}\"><title>{}</title></path>",
                self.colour(series, at),
                Text(&self.name_of(series))
            );
            for (row, from) in below.iter_mut().enumerate() {
                *from += self.value(at, row);
            }
        }
    }

    /// Lines from left to right with what they stand for.
    fn rules(&self, svg: &mut String, scale: &Scale, end: f64) {
        for mark in scale.marks() {
            let y = scale.at(mark);
            let _ = write!(
                svg,
                "<path class=\"rule\" d=\"M{LEFT} {y:.1}H{end:.1}\"/><text class=\"soft\" x=\"{:.1}\" \
                 y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 6.0,
                y + 4.0,
                self.told(0, mark)
            );
        }
    }

    /// The names below their columns: of days and months as many as fit side by side, of others all, aslant
    /// where they do not fit. How much higher the chart becomes by it.
    fn names_below(&self, svg: &mut String, room: f64, middle: impl Fn(usize) -> f64) -> f64 {
        let longest = float(self.longest_name()) * LETTER;
        let n_names = self.names.len().max(1);
        let fits = |step: &usize| room * float(*step) >= longest + 10.0;
        let step = (1..n_names).find(fits).unwrap_or(n_names);
        let kind = self.table.columns[self.chart.categories].kind;
        let is_time = matches!(kind, Kind::Month | Kind::Day | Kind::Instant);
        let is_aslant = step > 1 && !is_time;
        let (turn, anchor) = if is_aslant { (" rotate(-35)", "end") } else { ("", "middle") };
        let step = if is_aslant { 1 } else { step };
        for (row, name) in self.names.iter().enumerate().step_by(step) {
            let _ = write!(
                svg,
                "<text class=\"soft\" transform=\"translate({:.1} {:.1}){turn}\" \
                 text-anchor=\"{anchor}\"><title>{}</title>{}</text>",
                middle(row),
                HEIGHT - BOTTOM + 18.0,
                Text(name),
                Text(&short(name))
            );
        }
        if is_aslant { longest * 35_f64.to_radians().sin() } else { 0.0 }
    }

    fn titles_of_axes(&self, svg: &mut String, higher: f64) -> f64 {
        let mut height = HEIGHT - BOTTOM + 28.0 + higher;
        if let Some(title) = &self.chart.across {
            let _ = write!(
                svg,
                "<text class=\"soft\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                f64::midpoint(LEFT, WIDTH - RIGHT),
                HEIGHT - 6.0 + higher,
                Text(&title.text())
            );
            height = HEIGHT + higher;
        }
        if let Some(title) = &self.chart.up {
            let _ = write!(
                svg,
                "<text class=\"soft\" transform=\"translate(8 {:.1}) rotate(-90)\" \
                 text-anchor=\"middle\">{}</text>",
                f64::midpoint(TOP, HEIGHT - BOTTOM),
                Text(&title.text())
            );
        }
        height
    }
}

/// A number on an axis or beside a bar.
fn told(kind: Kind, value: f64) -> String {
    match kind {
        Kind::Share | Kind::Heat => {
            let percent = rounded(value * 100.0, 1);
            format!("{} %", percent.strip_suffix(".0").unwrap_or(&percent))
        }
        _ if value.fract().abs() < 1e-9 => {
            #[expect(clippy::cast_possible_truncation, reason = "a count of a chart is small")]
            let whole = value.round() as i64;
            super::grouped(whole)
        }
        _ if value.abs() < 1.0 => format!("{value:.2}"),
        _ => format!("{value:.1}"),
    }
}

fn short(name: &str) -> String {
    if name.chars().count() <= NAME_LETTERS {
        return name.to_owned();
    }
    name.chars().take(NAME_LETTERS - 1).chain(['…']).collect()
}

fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)));
    if low <= high { (low, high) } else { (0.0, 1.0) }
}

/// A count of rows or letters, to calculate with.
fn float(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_round_marks_and_room_for_all_values() {
        let marks = |low, high| Scale::new(low, high, 0.0, 100.0).marks().collect::<Vec<_>>();
        assert_eq!(marks(0.0, 42.0), [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
        assert_eq!(marks(0.0, 0.0).first(), Some(&0.0));
        assert!(marks(-0.3, 0.9).iter().any(|mark| *mark <= -0.3));
        assert!((Scale::new(0.0, 10.0, 100.0, 0.0).at(5.0) - 50.0).abs() < 1e-9);
    }
}
