//! How good questions are, from what answers to them earned: classical test theory, and pure.
//!
//! Discrimination is the correlation between what a question earned and what all others of the same sheet
//! earned, both as parts of what they could earn; the question itself is not in it. Alpha is Cronbach's, and
//! only told where everybody was asked the same. Variances are those of a sample. What cannot be told, of one
//! sheet or where all of them are alike, is nothing.

use std::collections::BTreeSet;

/// What an answer earned of what it could, in hundredths of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Earned {
    /// Which question.
    pub(super) item: usize,
    pub(super) points: i64,
    pub(super) max: i64,
}

/// What one person's first attempt earned, each question once.
pub(super) type Sheet = Vec<Earned>;

/// How a question did.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct ItemFigures {
    pub(super) n: i64,
    pub(super) points: i64,
    pub(super) max: i64,
    pub(super) discrimination: Option<f64>,
}

/// How all sheets did, in per cent of what each could earn.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct ScoreFigures {
    pub(super) n: i64,
    pub(super) mean: Option<f64>,
    pub(super) median: Option<f64>,
    pub(super) deviation: Option<f64>,
    pub(super) alpha: Option<f64>,
}

/// How each of so many questions did.
pub(super) fn items(n_items: usize, sheets: &[Sheet]) -> Vec<ItemFigures> {
    let mut pairs: Vec<Vec<(f64, f64)>> = vec![Vec::new(); n_items];
    let mut figures = vec![ItemFigures::default(); n_items];
    for sheet in sheets {
        let (points, max) = totals(sheet);
        for one in sheet {
            let Some(own) = figures.get_mut(one.item) else { continue };
            own.n += 1;
            own.points += one.points;
            own.max += one.max;
            if let Some(part) =
                part(one.points, one.max).zip(part(points - one.points, max - one.max))
            {
                pairs[one.item].push(part);
            }
        }
    }
    for (own, pairs) in figures.iter_mut().zip(&pairs) {
        own.discrimination = correlation(pairs).map(rounded);
    }
    figures
}

/// How the sheets did as a whole.
pub(super) fn scores(sheets: &[Sheet]) -> ScoreFigures {
    let mut percent: Vec<f64> = sheets.iter().filter_map(percent_of).collect();
    percent.sort_by(f64::total_cmp);
    let n = percent.len();
    ScoreFigures {
        n: i64::try_from(sheets.len()).unwrap_or(i64::MAX),
        mean: (n > 0).then(|| rounded(mean(&percent))),
        median: (n > 0).then(|| rounded(f64::midpoint(percent[(n - 1) / 2], percent[n / 2]))),
        deviation: (n > 1).then(|| rounded((squares(&percent) / (float(n) - 1.0)).sqrt())),
        alpha: alpha(sheets).map(rounded),
    }
}

/// What a sheet earned, in per cent; nothing where there was nothing to earn.
pub(super) fn percent_of(sheet: &Sheet) -> Option<f64> {
    let (points, max) = totals(sheet);
    part(points, max).map(|part| part * 100.0)
}

/// The mean of some per cent, as it is told.
pub(super) fn told_mean(percent: &[f64]) -> Option<f64> {
    (!percent.is_empty()).then(|| rounded(mean(percent)))
}

/// Exact until the last step: sums of squares of whole numbers.
fn alpha(sheets: &[Sheet]) -> Option<f64> {
    let asked = |sheet: &Sheet| sheet.iter().map(|one| one.item).collect::<BTreeSet<_>>();
    let all = asked(sheets.first()?);
    let k = all.len();
    if k < 2 || sheets.iter().any(|sheet| sheet.len() != k || asked(sheet) != all) {
        return None;
    }
    let spread = |values: &[i64]| -> i128 {
        let n = i128::try_from(values.len()).unwrap_or(i128::MAX);
        let sum: i128 = values.iter().map(|value| i128::from(*value)).sum();
        let squares: i128 = values.iter().map(|value| i128::from(*value).pow(2)).sum();
        n * squares - sum * sum
    };
    let of_items: i128 = all
        .iter()
        .map(|item| {
            let earned = sheets.iter().flatten().filter(|one| one.item == *item);
            spread(&earned.map(|one| one.points).collect::<Vec<_>>())
        })
        .sum();
    let of_totals = spread(&sheets.iter().map(|sheet| totals(sheet).0).collect::<Vec<_>>());
    #[expect(clippy::cast_precision_loss, reason = "a ratio is told with three digits")]
    let ratio = (of_totals > 0).then(|| of_items as f64 / of_totals as f64)?;
    let k = float(k);
    Some(k / (k - 1.0) * (1.0 - ratio))
}

fn totals(sheet: &Sheet) -> (i64, i64) {
    sheet.iter().fold((0, 0), |(points, max), one| (points + one.points, max + one.max))
}

fn part(points: i64, max: i64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "points of one sheet")]
    let part = points as f64 / max as f64;
    (max > 0).then_some(part)
}

/// Pearson's, of two rows of parts of one; nothing where either of them is always the same.
fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let (xs, ys): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let differ = |values: &[f64]| values.iter().any(|value| (value - values[0]).abs() > 1e-9);
    if pairs.len() < 2 || !differ(&xs) || !differ(&ys) {
        return None;
    }
    let (mean_x, mean_y) = (mean(&xs), mean(&ys));
    let together: f64 = pairs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    Some((together / (squares(&xs) * squares(&ys)).sqrt()).clamp(-1.0, 1.0))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / float(values.len())
}

/// How far from the mean they are, squared and summed.
fn squares(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum()
}

/// To three digits, so that nobody reads more into it than there is; nought has no sign.
fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0 + 0.0
}

fn float(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sheets(rows: &[&[i64]], maxima: &[i64]) -> Vec<Sheet> {
        let earned = |row: &&[i64]| {
            let all = row.iter().zip(maxima).enumerate();
            all.map(|(item, (points, max))| Earned { item, points: *points, max: *max }).collect()
        };
        rows.iter().map(earned).collect()
    }

    /// Computed apart with fractions, by the formulas of the textbooks.
    #[test]
    fn ten_people_and_five_questions_of_one_point() {
        let all = sheets(
            &[
                &[1, 1, 1, 1, 1],
                &[1, 1, 1, 1, 0],
                &[1, 1, 1, 0, 1],
                &[1, 1, 1, 0, 0],
                &[1, 1, 0, 1, 0],
                &[1, 0, 1, 0, 0],
                &[1, 1, 0, 0, 0],
                &[0, 1, 0, 0, 0],
                &[1, 0, 0, 0, 0],
                &[0, 0, 0, 0, 0],
            ],
            &[1; 5],
        );
        let items = items(5, &all);
        assert_eq!(items.iter().map(|one| one.points).collect::<Vec<_>>(), [8, 7, 5, 3, 2]);
        let told: Vec<f64> = items.iter().filter_map(|one| one.discrimination).collect();
        assert_eq!(told, [0.473, 0.419, 0.507, 0.419, 0.473]);
        let scores = scores(&all);
        assert_eq!((scores.n, scores.mean, scores.median), (10, Some(50.0), Some(50.0)));
        assert_eq!((scores.deviation, scores.alpha), (Some(31.623), Some(0.7)));
    }

    #[test]
    fn parts_of_points_count_as_parts() {
        let all = sheets(
            &[
                &[100, 200, 150],
                &[50, 200, 300],
                &[100, 0, 75],
                &[0, 100, 0],
                &[100, 150, 225],
                &[25, 0, 150],
            ],
            &[100, 200, 300],
        );
        let told: Vec<f64> = items(3, &all).iter().filter_map(|one| one.discrimination).collect();
        assert_eq!(told, [0.311, 0.525, 0.578]);
        let scores = scores(&all);
        assert_eq!((scores.mean, scores.median), (Some(53.472), Some(52.083)));
        assert_eq!((scores.deviation, scores.alpha), (Some(31.996), Some(0.621)));
    }

    #[test]
    fn what_cannot_be_told_is_nothing() {
        assert_eq!(scores(&[]), ScoreFigures::default());
        let one = sheets(&[&[1, 0]], &[1, 1]);
        let of_one = scores(&one);
        assert_eq!((of_one.mean, of_one.deviation, of_one.alpha), (Some(50.0), None, None));
        assert_eq!(items(2, &one)[0].discrimination, None);
        let alike = sheets(&[&[1, 0], &[1, 0], &[1, 0]], &[1, 1]);
        assert_eq!((scores(&alike).deviation, scores(&alike).alpha), (Some(0.0), None));
        assert_eq!(items(2, &alike)[1].discrimination, None);
        let others = vec![
            vec![Earned { item: 0, points: 1, max: 1 }, Earned { item: 1, points: 0, max: 1 }],
            vec![Earned { item: 0, points: 0, max: 1 }, Earned { item: 2, points: 1, max: 1 }],
        ];
        assert_eq!(scores(&others).alpha, None, "they were not asked the same");
        assert_eq!(scores(&others).mean, Some(50.0));
    }

    fn anything() -> impl Strategy<Value = Vec<Sheet>> {
        (2_usize..6).prop_flat_map(|k| {
            let row = prop::collection::vec(0_i64..=4, k);
            let rows = prop::collection::vec(row, 2..20);
            rows.prop_map(move |rows| {
                let rows: Vec<&[i64]> = rows.iter().map(Vec::as_slice).collect();
                sheets(&rows, &vec![4; k])
            })
        })
    }

    proptest! {
        #[test]
        fn figures_stay_within_their_bounds(all in anything()) {
            for item in items(6, &all) {
                prop_assert!(item.discrimination.is_none_or(|it| (-1.0..=1.0).contains(&it)));
                prop_assert!((0..=item.max).contains(&item.points));
            }
            let scores = scores(&all);
            let (low, high) = (scores.mean.unwrap(), scores.median.unwrap());
            prop_assert!((0.0..=100.0).contains(&low) && (0.0..=100.0).contains(&high));
            prop_assert!(scores.alpha.is_none_or(|alpha| alpha <= 1.0));
        }

        #[test]
        fn the_order_of_sheets_and_the_size_of_points_do_not_matter(all in anything()) {
            let mut turned: Vec<Sheet> = all.iter().rev().cloned().collect();
            for one in turned.iter_mut().flatten() {
                one.points *= 25;
                one.max *= 25;
            }
            let close = |one: Option<f64>, other: Option<f64>| match (one, other) {
                (Some(one), Some(other)) => (one - other).abs() < 0.0011,
                (one, other) => one.is_none() && other.is_none(),
            };
            for (one, other) in items(6, &all).iter().zip(items(6, &turned)) {
                prop_assert!(close(one.discrimination, other.discrimination));
            }
            let (one, other) = (scores(&all), scores(&turned));
            prop_assert!(close(one.alpha, other.alpha) && close(one.mean, other.mean));
            prop_assert!(close(one.deviation, other.deviation));
        }

        #[test]
        fn the_same_question_asked_twice_agrees_with_itself(points in prop::collection::vec(0_i64..=4, 2..20)) {
            let rows: Vec<[i64; 2]> = points.iter().map(|point| [*point; 2]).collect();
            let rows: Vec<&[i64]> = rows.iter().map(<[i64; 2]>::as_slice).collect();
            let all = sheets(&rows, &[4; 2]);
            if points.iter().any(|point| *point != points[0]) {
                prop_assert_eq!(scores(&all).alpha, Some(1.0));
                prop_assert_eq!(items(2, &all)[0].discrimination, Some(1.0));
            }
        }
    }
}
