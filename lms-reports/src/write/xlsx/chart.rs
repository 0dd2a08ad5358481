//! Charts that Excel draws itself, over the cells of their table.

use rust_xlsxwriter::{
    Chart as ExcelChart, ChartAxisCrossing, ChartFont, ChartFormat, ChartLegendPosition, ChartLine,
    ChartMarker, ChartMarkerType, ChartSolidFill, ChartType, Color,
};

use super::sheet::Place;
use crate::document::{Chart, ChartKind, Series};
use crate::table::{Kind, Table};
use crate::write::palette;

/// In pixels; as wide as the columns of Summary together, or two of them beside each other.
const WIDTH: u32 = 1_050;
pub(super) const HALF_WIDTH: u32 = 520;
const HEIGHT: u32 = 300;
/// Room for each bar, and for what stands around them.
const BAR_HEIGHT: u32 = 26;
const AROUND_BARS: u32 = 150;
const PALE: Color = Color::RGB(0x00D5_DAE3);

/// How high a chart becomes, in pixels.
pub(super) fn height(chart: &Chart, table: &Table) -> u32 {
    match chart.kind {
        ChartKind::Bar | ChartKind::StackedBar => {
            let n_bars = u32::try_from(chart.n_rows(table)).unwrap_or(u32::MAX);
            (n_bars * BAR_HEIGHT + AROUND_BARS).max(200)
        }
        _ => HEIGHT,
    }
}

/// A chart over the sheet of its table.
pub(super) fn chart(
    chart: &Chart,
    table: &Table,
    place: &Place,
    title: &str,
    is_half: bool,
) -> ExcelChart {
    let n_rows = u32::try_from(chart.n_rows(table)).expect("a chart shows few rows");
    let drawing = Drawing { chart, table, place, first: place.row + 1, last: place.row + n_rows };
    let (columns, line) = match chart.kind {
        ChartKind::LineOverColumns => {
            let (last, others) = chart.series.split_last().expect("a chart has series");
            (others, Some(last))
        }
        _ => (chart.series.as_slice(), None),
    };
    let mut excel = ExcelChart::new(excel_type(chart.kind));
    for (at, series) in columns.iter().enumerate() {
        drawing.add(&mut excel, at, series, false);
    }
    if let Some(series) = line {
        let mut over = ExcelChart::new(ChartType::Line);
        drawing.add(&mut over, columns.len(), series, true);
        let column = &table.columns[series.column];
        excel
            .y2_axis()
            .set_num_format(drawing.numbers_of(series))
            .set_min(0)
            .set_name(column.title.text().as_ref());
        if matches!(column.kind, Kind::Share | Kind::Heat) {
            excel.y2_axis().set_max(1);
        }
        excel.combine(&over);
    }
    excel.title().set_name(title).set_font(ChartFont::new().set_size(12));
    drawing.dress_axes(&mut excel);
    if chart.series.len() == 1 {
        excel.legend().set_hidden();
    } else {
        excel.legend().set_position(ChartLegendPosition::Bottom);
        if chart.kind == ChartKind::Waterfall {
            excel.legend().delete_entries(&[0]);
        }
    }
    let width = if is_half { HALF_WIDTH } else { WIDTH };
    excel.set_width(width).set_height(height(chart, table)).set_alt_text(title);
    excel
}

fn excel_type(kind: ChartKind) -> ChartType {
    match kind {
        ChartKind::Bar => ChartType::Bar,
        ChartKind::StackedBar => ChartType::BarStacked,
        ChartKind::Column | ChartKind::LineOverColumns => ChartType::Column,
        ChartKind::StackedColumn | ChartKind::Waterfall => ChartType::ColumnStacked,
        ChartKind::Line => ChartType::Line,
        ChartKind::Area => ChartType::AreaStacked,
        ChartKind::Scatter => ChartType::Scatter,
    }
}

struct Drawing<'a> {
    chart: &'a Chart,
    table: &'a Table,
    place: &'a Place,
    first: u32,
    last: u32,
}

impl Drawing<'_> {
    fn add(&self, excel: &mut ExcelChart, at: usize, series: &Series, is_line: bool) {
        let range = |column: usize| {
            let column = u16::try_from(column).expect("a table has few columns");
            (self.place.sheet.as_str(), self.first, column, self.last, column)
        };
        let colour = Color::RGB(palette::fill(self.chart, series, at));
        let mut format = ChartFormat::new();
        match self.chart.kind {
            ChartKind::Waterfall if at == 0 => {
                format.set_no_fill().set_no_border();
            }
            ChartKind::Line => {
                format.set_line(ChartLine::new().set_color(colour).set_width(2.25));
            }
            ChartKind::Scatter => {
                format.set_no_line();
            }
            _ if is_line => {
                format.set_line(ChartLine::new().set_color(colour).set_width(2.25));
            }
            _ => {
                format.set_solid_fill(ChartSolidFill::new().set_color(colour));
            }
        }
        let excel = excel
            .add_series()
            .set_categories(range(self.chart.categories))
            .set_values(range(series.column))
            .set_name(self.table.columns[series.column].title.text().as_ref())
            .set_format(&mut format);
        match self.chart.kind {
            ChartKind::Scatter => {
                let mut dot = ChartFormat::new();
                dot.set_solid_fill(ChartSolidFill::new().set_color(colour));
                let mut marker = ChartMarker::new();
                marker.set_type(ChartMarkerType::Circle).set_size(6).set_format(&mut dot);
                excel.set_marker(&marker);
            }
            ChartKind::StackedBar | ChartKind::StackedColumn | ChartKind::Waterfall => {
                excel.set_gap(50).set_overlap(100);
            }
            ChartKind::Bar | ChartKind::Column => {
                excel.set_gap(60);
            }
            _ => {}
        }
        if is_line {
            excel.set_secondary_axis(true);
        }
    }

    fn dress_axes(&self, excel: &mut ExcelChart) {
        let lies = matches!(self.chart.kind, ChartKind::Bar | ChartKind::StackedBar);
        // Where bars lie, their names stand on the upright axis.
        let names = if lies { excel.y_axis() } else { excel.x_axis() };
        match self.table.columns[self.chart.categories].kind {
            Kind::Month => {
                names.set_num_format("yyyy-mm");
            }
            Kind::Day | Kind::Instant => {
                names.set_num_format("yyyy-mm-dd");
            }
            Kind::Share | Kind::Heat => {
                names.set_num_format("0%");
            }
            _ => {}
        }
        if lies {
            // The first row stands on top, and the numbers below the last.
            names.set_reverse().set_crossing(ChartAxisCrossing::Max).set_major_gridlines(false);
        }
        let numbers = self.chart.series.first().map_or("#,##0", |series| self.numbers_of(series));
        let values = if lies { excel.x_axis() } else { excel.y_axis() };
        values
            .set_num_format(numbers)
            .set_major_gridlines(true)
            .set_major_gridlines_line(ChartLine::new().set_color(PALE));
        if self.chart.kind != ChartKind::Scatter {
            values.set_min(self.chart.foot(self.table));
            let is_share = |series: &Series| {
                matches!(self.table.columns[series.column].kind, Kind::Share | Kind::Heat)
            };
            if self.chart.series.first().is_some_and(is_share) {
                values.set_max(1);
            }
        }
        if let Some(title) = &self.chart.across {
            excel.x_axis().set_name(title.text().as_ref());
        }
        if let Some(title) = &self.chart.up {
            excel.y_axis().set_name(title.text().as_ref());
        }
    }

    fn numbers_of(&self, series: &Series) -> &'static str {
        match self.table.columns[series.column].kind {
            Kind::Share | Kind::Heat => "0%",
            Kind::Decimal | Kind::Money => "#,##0.0",
            Kind::Coefficient => "0.00",
            _ => "#,##0",
        }
    }
}
