//! What the LMS costs beside the bare database: both in one run, taking turns, so that the ratio
//! says something on a machine whose speed nobody knows.
//!
//! ```sh
//! cargo bench -p lms-benches                    # everything
//! cargo bench -p lms-benches -- bulk --quick    # one benchmark, small and with few rounds
//! LMS_TEST_ENGINES=sqlite cargo bench -p lms-benches
//! ```
//!
//! `docs/performance.md` says what was measured and how to read it.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

mod harness;

mod assign;
mod bulk;
mod catalog;
mod commits;
mod engine;
mod engines;
mod figures;
mod imports;
mod pages;
mod people;
mod progress;
mod sweep;
mod verify;

use std::process::ExitCode;

use harness::Options;

#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Benchmark = (&'static str, fn(&Options));

const BENCHMARKS: [Benchmark; 13] = [
    ("bulk", bulk::run),
    ("commits", commits::run),
    ("people", people::run),
    ("pages", pages::run),
    ("catalog", catalog::run),
    ("assign", assign::run),
    ("engine", engine::run),
    ("progress", progress::run),
    ("sweep", sweep::run),
    ("figures", figures::run),
    ("imports", imports::run),
    ("landing", imports::inside),
    ("verify", verify::run),
];

fn main() -> ExitCode {
    let names = BENCHMARKS.map(|(name, _)| name);
    let options = match Options::parse(std::env::args().skip(1), &names) {
        Ok(options) => options,
        Err(complaint) => {
            println!("{complaint}");
            return ExitCode::from(2);
        }
    };
    engines::introduce();
    for (name, run) in BENCHMARKS {
        if options.wants(name) {
            run(&options);
        }
    }
    ExitCode::SUCCESS
}
