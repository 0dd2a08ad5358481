//! Runs cases in turn and tells their medians.

use std::time::{Duration, Instant};

/// What was asked for on the command line.
#[derive(Debug)]
pub(crate) struct Options {
    /// Small and few: to see that it works, not to quote.
    pub(crate) quick: bool,
    wanted: Vec<String>,
}

impl Options {
    pub(crate) fn parse(
        arguments: impl Iterator<Item = String>,
        known: &[&str],
    ) -> Result<Self, String> {
        let mut options = Self { quick: false, wanted: Vec::new() };
        for argument in arguments {
            match argument.as_str() {
                "--quick" => options.quick = true,
                // Cargo says it to every benchmark.
                "--bench" => {}
                name if known.contains(&name) => options.wanted.push(argument),
                _ => {
                    return Err(format!(
                        "unknown argument `{argument}`; there are {} and `--quick`",
                        known.join(", ")
                    ));
                }
            }
        }
        Ok(options)
    }

    pub(crate) fn wants(&self, name: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|wanted| wanted == name)
    }

    pub(crate) fn rounds(&self) -> usize {
        if self.quick { 2 } else { 5 }
    }
}

/// Something to measure: called once a round, it says what it measured.
pub(crate) struct Case<'a> {
    pub(crate) name: &'a str,
    pub(crate) run: Box<dyn FnMut() -> f64 + 'a>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(name: &'a str, run: impl FnMut() -> f64 + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }
}

/// Measurements of one case, sorted.
#[derive(Debug)]
pub(crate) struct Measured(Vec<f64>);

/// Runs all cases once a round, so that a slow minute of the machine meets each of them.
pub(crate) fn measure<const N: usize>(rounds: usize, mut cases: [Case<'_>; N]) -> [Measured; N] {
    let mut measured = [const { Vec::new() }; N];
    for _ in 0..rounds {
        for (case, values) in cases.iter_mut().zip(&mut measured) {
            values.push((case.run)());
        }
    }
    for (case, values) in cases.iter().zip(&mut measured) {
        assert!(!values.is_empty(), "{} was not measured", case.name);
        values.sort_by(f64::total_cmp);
    }
    measured.map(Measured)
}

impl Measured {
    pub(crate) fn median(&self) -> f64 {
        let middle = self.0.len() / 2;
        match self.0.len() % 2 {
            1 => self.0[middle],
            _ => f64::midpoint(self.0[middle - 1], self.0[middle]),
        }
    }

    /// The median, and between which values it lies.
    pub(crate) fn spread(&self, decimals: usize) -> String {
        let (least, most) = (self.0[0], self.0[self.0.len() - 1]);
        format!("{:.decimals$} ({least:.decimals$}–{most:.decimals$})", self.median())
    }
}

/// Runs something and says how many seconds it took.
pub(crate) fn seconds(run: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    run();
    begun.elapsed().as_secs_f64()
}

/// How many times a second something can be done, done again and again for this long.
pub(crate) async fn per_second<F: Future<Output = ()>>(
    how_long: Duration,
    mut once: impl FnMut() -> F,
) -> f64 {
    let begun = Instant::now();
    let mut count = 0.0;
    while begun.elapsed() < how_long {
        once().await;
        count += 1.0;
    }
    count / begun.elapsed().as_secs_f64()
}

/// One line of figures.
pub(crate) fn line(what: &str, figures: &str) {
    println!("  {what:<34} {figures}");
}

pub(crate) fn heading(text: &str) {
    println!("\n{text}");
}
