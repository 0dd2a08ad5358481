//! A company is looked at: pages of lists, searches and cards, and how they grow with its people.

use lms_core::sample::Company;
use lms_core::testkit::{TestLms, engines};
use lms_core::{Day, Engine, PersonFilter, PersonStatus};
use tokio::runtime::Runtime;

use crate::engines::runtime;
use crate::harness::{Options, heading, line, seconds};
use crate::people::{SEED, founded};

/// How often a page is read for one figure.
const READS: u32 = 20;

pub(crate) fn run(options: &Options) {
    let n_people = if options.quick { 2_000 } else { 100_000 };
    let runtime = runtime();
    for engine in engines() {
        look(&runtime, engine, n_people);
    }
}

type Question = (&'static str, fn() -> PersonFilter);

const QUESTIONS: [Question; 13] = [
    ("first page by name", PersonFilter::new),
    ("a large department", || PersonFilter::new().department("OPS")),
    ("a small department", || PersonFilter::new().department("HR")),
    ("direct reports", || PersonFilter::new().manager("00101")),
    ("all reports", || PersonFilter::new().manager("00101").all_reports(true)),
    ("on leave", || PersonFilter::new().status(PersonStatus::OnLeave)),
    ("gone", || PersonFilter::new().status(PersonStatus::Inactive)),
    ("location and job role", || PersonFilter::new().location("LIS").job_role("DEV")),
    ("location and rare job role", || PersonFilter::new().location("TYO").job_role("HEAD")),
    ("as of a past day", || PersonFilter::new().as_of(day("2023-06-30"))),
    ("search, one word", || PersonFilter::new().search("lovel")),
    ("search, two words", || PersonFilter::new().search("mul jur")),
    ("search, thousands found", || PersonFilter::new().search("m")),
];

fn day(text: &str) -> Day {
    Day::parse(text).expect("it is a day")
}

/// Pages of fifty, in milliseconds, of the whole company and of the tenth.
fn look(runtime: &Runtime, engine: Engine, n_people: usize) {
    heading(&format!(
        "pages on {engine}: of 50 of {n_people} people, milliseconds, mean of {READS}, and growth"
    ));
    let [large, small] = [n_people, n_people / 10]
        .map(|n_people| founded(runtime, engine, &Company::new(n_people, SEED)));
    for (name, filter) in QUESTIONS {
        let took = [&large, &small].map(|lms| read(runtime, lms, filter));
        line(name, &format!("{:.1}, growth {:.1}", took[0], took[0] / took[1]));
    }
    let deep = [&large, &small].map(|lms| {
        let cursor = middle(runtime, lms);
        read(runtime, lms, || PersonFilter::new().cursor(&cursor))
    });
    line("a page in the middle", &format!("{:.1}, growth {:.1}", deep[0], deep[0] / deep[1]));
    let cards = [&large, &small].map(|lms| {
        let took = seconds(|| {
            for _ in 0..READS {
                let card = async {
                    lms.people().card(&lms.admin(), "zoe@demo.example", None).await.map(drop)
                };
                runtime.block_on(card).expect("Zoë is there");
            }
        });
        took * 1_000.0 / f64::from(READS)
    });
    line("a person's card", &format!("{:.1}, growth {:.1}", cards[0], cards[0] / cards[1]));
}

fn read(runtime: &Runtime, lms: &TestLms, filter: impl Fn() -> PersonFilter) -> f64 {
    let page = || {
        runtime.block_on(async {
            lms.people().list(&lms.admin(), filter()).await.expect("people can be listed")
        })
    };
    assert!(!page().items.is_empty(), "{:?}", filter());
    let took = seconds(|| {
        for _ in 0..READS {
            page();
        }
    });
    took * 1_000.0 / f64::from(READS)
}

/// The cursor behind about half of the people.
fn middle(runtime: &Runtime, lms: &TestLms) -> String {
    let mut cursor: Option<String> = None;
    let n_pages = runtime.block_on(async {
        let counts =
            lms.people().headcounts(&lms.admin(), None).await.expect("they can be counted");
        let top = counts.iter().filter(|count| count.depth == 0);
        top.map(|count| count.people).sum::<i64>() / 1_000
    });
    for _ in 0..n_pages.max(1) {
        let filter = PersonFilter::new().limit(500);
        let filter = cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor));
        let page = runtime.block_on(async {
            lms.people().list(&lms.admin(), filter).await.expect("people can be listed")
        });
        cursor = page.next.or(cursor);
    }
    cursor.unwrap_or_default()
}
