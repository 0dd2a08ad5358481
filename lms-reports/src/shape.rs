//! Grouping and sorting for layout. What is grouped and sorted was computed before; here it only gets its
//! place on a sheet.

use std::collections::BTreeMap;

use lms_core::{Error, Result};
use polars::prelude::{Column, DataFrame, NamedFrom, PolarsError, Series, SortMultipleOptions};

use crate::error::LAYOUT;

/// How often each pair of a row and a column occurs: by row, a count for each column.
pub(crate) fn crossed(
    rows: &[u32],
    columns: &[u32],
    n_columns: usize,
) -> Result<BTreeMap<u32, Vec<i64>>> {
    let ones = vec![1_i64; rows.len()];
    let frame = DataFrame::new(
        rows.len(),
        vec![
            column("row", rows),
            column("column", columns),
            Column::from(Series::new("n".into(), ones)),
        ],
    );
    let sums = frame.and_then(|frame| summed(&frame)).map_err(unshaped)?;
    let values = |name: &str| -> std::result::Result<Vec<Option<u32>>, PolarsError> {
        Ok(sums.column(name)?.as_materialized_series().u32()?.iter().collect())
    };
    let (rows, columns) = (values("row").map_err(unshaped)?, values("column").map_err(unshaped)?);
    let counts = sums.column("n_sum").map_err(unshaped)?.as_materialized_series();
    let counts = counts.i64().map_err(unshaped)?;
    let mut crossed: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
    for ((row, column), count) in rows.into_iter().zip(columns).zip(counts.iter()) {
        let (Some(row), Some(column), Some(count)) = (row, column, count) else { continue };
        let counts = crossed.entry(row).or_insert_with(|| vec![0; n_columns]);
        if let Some(place) = counts.get_mut(column as usize) {
            *place += count;
        }
    }
    Ok(crossed)
}

#[expect(deprecated, reason = "what is told to be used in its place brings a query planner along")]
fn summed(frame: &DataFrame) -> std::result::Result<DataFrame, PolarsError> {
    frame.group_by_stable(["row", "column"])?.select(["n"]).sum()
}

/// A key to sort by: text without regard to case, or a number; nothing comes last.
pub(crate) enum SortKey {
    Text(Vec<Option<String>>),
    Number(Vec<i64>),
    /// The largest first.
    Falling(Vec<i64>),
}

/// The places of rows in the order of these keys, the first of which counts most.
pub(crate) fn ordered(n_rows: usize, keys: Vec<SortKey>) -> Result<Vec<usize>> {
    let names: Vec<String> = (0..keys.len()).map(|at| format!("key{at}")).collect();
    let falling: Vec<bool> = keys.iter().map(|key| matches!(key, SortKey::Falling(_))).collect();
    let mut columns: Vec<Column> = keys
        .into_iter()
        .zip(&names)
        .map(|(key, name)| {
            let series = match key {
                SortKey::Text(texts) => {
                    let folded: Vec<Option<String>> = texts
                        .into_iter()
                        .map(|text| text.map(|text| text.to_lowercase()))
                        .collect();
                    Series::new(name.as_str().into(), folded)
                }
                SortKey::Number(numbers) | SortKey::Falling(numbers) => {
                    Series::new(name.as_str().into(), numbers)
                }
            };
            Column::from(series)
        })
        .collect();
    let places: Vec<u64> = (0..).take(n_rows).collect();
    columns.push(Column::from(Series::new("place".into(), places)));
    let options = SortMultipleOptions::default()
        .with_order_descending_multi(falling)
        .with_nulls_last(true)
        .with_maintain_order(true);
    let sorted = DataFrame::new(n_rows, columns)
        .and_then(|frame| frame.sort(names, options))
        .map_err(unshaped)?;
    let places = sorted.column("place").map_err(unshaped)?.as_materialized_series();
    let places = places.u64().map_err(unshaped)?;
    Ok(places.iter().flatten().map(|place| usize::try_from(place).unwrap_or(0)).collect())
}

fn column(name: &str, values: &[u32]) -> Column {
    Column::from(Series::new(name.into(), values))
}

fn unshaped(cause: PolarsError) -> Error {
    LAYOUT
        .error("rows that belong together cannot be put side by side")
        .with_hint("this is a defect of the program: tell those who make it")
        .with_source(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_counted_by_row_and_column() {
        let crossed = crossed(&[7, 2, 7, 7], &[0, 1, 0, 2], 3).unwrap();
        assert_eq!(
            crossed.into_iter().collect::<Vec<_>>(),
            [(2, vec![0, 1, 0]), (7, vec![2, 0, 1])]
        );
        assert!(super::crossed(&[], &[], 3).unwrap().is_empty());
    }

    #[test]
    fn rows_are_ordered_by_name_and_then_by_number() {
        let names =
            ["bo", "Ada", "", "ada"].map(|name| (!name.is_empty()).then(|| name.to_owned()));
        let keys = vec![SortKey::Text(names.to_vec()), SortKey::Falling(vec![1, 2, 3, 4])];
        assert_eq!(ordered(4, keys).unwrap(), [3, 1, 0, 2]);
    }
}
