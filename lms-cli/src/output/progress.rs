//! Progress of long work: a bar with count, rate and time left on a terminal, a plain line every
//! half minute elsewhere, nothing for whoever asked for quiet.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const LINE_EVERY: Duration = Duration::from_secs(30);
/// Work that is over sooner needs no bar that flashes by.
const BAR_AFTER: Duration = Duration::from_millis(300);

/// Shows how far a piece of work is.
pub(crate) struct Progress {
    what: &'static str,
    style: Style,
    started: Instant,
    last_line: Instant,
    bar: Option<ProgressBar>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Hidden,
    Bar,
    Line,
    JsonLine,
}

impl Progress {
    pub(super) fn new(what: &'static str, show: bool, json: bool) -> Self {
        let style = match (show, json, io::stderr().is_terminal()) {
            (false, ..) => Style::Hidden,
            (true, true, _) => Style::JsonLine,
            (true, false, true) => Style::Bar,
            (true, false, false) => Style::Line,
        };
        let started = Instant::now();
        Self { what, style, started, last_line: started, bar: None }
    }

    /// Says how much of the work is done.
    pub(crate) fn at(&mut self, done: u64, total: u64) {
        match self.style {
            Style::Bar => self.draw(done, total),
            Style::Line | Style::JsonLine if self.last_line.elapsed() >= LINE_EVERY => {
                self.last_line = Instant::now();
                self.write_line(done, total);
            }
            Style::Hidden | Style::Line | Style::JsonLine => {}
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn draw(&mut self, done: u64, total: u64) {
        if self.bar.is_none() && self.started.elapsed() >= BAR_AFTER {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            bar.set_style(bar_style());
            bar.set_message(self.what);
            self.bar = Some(bar.with_elapsed(self.started.elapsed()));
        }
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
        }
    }

    fn write_line(&self, done: u64, total: u64) {
        let text = self.line(done, total, self.started.elapsed());
        let _ = if self.style == Style::JsonLine {
            let line = serde_json::json!({
                "level": "info", "message": text, "done": done, "total": total,
            });
            writeln!(io::stderr(), "{line}")
        } else {
            writeln!(io::stderr(), "{text}")
        };
    }

    fn line(&self, done: u64, total: u64, elapsed: Duration) -> String {
        let rate = u128::from(done) * 1000 / elapsed.as_millis().max(1);
        let left = u128::from(total.saturating_sub(done)).checked_div(rate);
        let left = left.map_or_else(String::new, |seconds| format!(", {seconds} s left"));
        format!("{}: {done} of {total}, {rate}/s{left}", self.what)
    }
}

fn bar_style() -> ProgressStyle {
    ProgressStyle::with_template("{msg} [{wide_bar}] {human_pos}/{human_len} {per_sec}, {eta} left")
        .expect("the template is a constant, and a test reads it")
        .progress_chars("=> ")
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_of_the_bar_can_be_read() {
        bar_style();
    }

    #[test]
    fn a_line_has_count_rate_and_time_left() {
        let progress = Progress::new("verifying", false, false);
        let minute = Duration::from_mins(1);
        assert_eq!(progress.line(600, 1500, minute), "verifying: 600 of 1500, 10/s, 90 s left");
        assert_eq!(progress.line(0, 1500, minute), "verifying: 0 of 1500, 0/s");
    }
}
