//! A catalog is searched: pages of trainings, and how they grow with the catalog.

use lms_core::testkit::{TestLms, engines};
use lms_core::{Engine, TrainingDefinition, TrainingFile, TrainingFilter};
use tokio::runtime::Runtime;

use crate::engines::runtime;
use crate::harness::{Options, heading, line, seconds};

/// How often a page is read for one figure.
const READS: u32 = 20;

const SUBJECTS: [&str; 20] = [
    "Fire safety",
    "Data protection",
    "Bribery",
    "Forklifts",
    "Ladders",
    "First aid",
    "Passwords",
    "Leading",
    "Feedback",
    "Übergaben",
    "Sécurité",
    "Négociation",
    "Chemicals",
    "Noise",
    "Lifting",
    "Driving",
    "Export control",
    "Ethics",
    "Accessibility",
    "Onboarding",
];

pub(crate) fn run(options: &Options) {
    let n_trainings = if options.quick { 500 } else { 10_000 };
    let runtime = runtime();
    for engine in engines() {
        look(&runtime, engine, n_trainings);
    }
}

type Question = (&'static str, fn() -> TrainingFilter);

const QUESTIONS: [Question; 6] = [
    ("first page by title", TrainingFilter::new),
    ("search, one word", || TrainingFilter::new().search("uberg")),
    ("search, two words", || TrainingFilter::new().search("secur warehouse")),
    ("search, one training", || TrainingFilter::new().search("T-00042")),
    ("search, all found", || TrainingFilter::new().search("for")),
    ("a category and a tag", || TrainingFilter::new().category("Noise").tag("office")),
];

/// Pages of fifty, in milliseconds, of the whole catalog and of the tenth.
fn look(runtime: &Runtime, engine: Engine, n_trainings: usize) {
    heading(&format!(
        "catalog on {engine}: pages of 50 of {n_trainings} trainings, milliseconds, mean of {READS}, \
         and growth"
    ));
    let [large, small] =
        [n_trainings, n_trainings / 10].map(|n_trainings| filled(runtime, engine, n_trainings));
    for (name, filter) in QUESTIONS {
        let took = [&large, &small].map(|lms| read(runtime, lms, filter));
        line(name, &format!("{:.1}, growth {:.1}", took[0], took[0] / took[1]));
    }
}

fn filled(runtime: &Runtime, engine: Engine, n_trainings: usize) -> TestLms {
    let file = |n: usize| {
        let subject = SUBJECTS[n % SUBJECTS.len()];
        let place = ["office", "warehouse", "laboratory"][n % 3];
        let mut definition =
            TrainingDefinition::new(&format!("{subject} for the {place}, part {n}"));
        definition.description = format!("What everybody in the {place} should know.");
        definition.category = Some(subject.to_owned());
        definition.tags = vec![place.to_owned(), format!("year-{}", n % 7)];
        TrainingFile::new(&format!("T-{n:05}"), definition)
    };
    runtime.block_on(async {
        let lms = TestLms::organisation(engine).await;
        let files = (0..n_trainings).map(file).collect();
        let plan = lms.catalog().plan_import(&lms.admin(), files, false).await;
        let plan = plan.expect("the trainings are sound");
        lms.catalog().import(&lms.admin(), plan).await.expect("they can be imported");
        lms
    })
}

fn read(runtime: &Runtime, lms: &TestLms, filter: impl Fn() -> TrainingFilter) -> f64 {
    let page = || {
        runtime.block_on(async {
            lms.catalog().list(&lms.admin(), filter()).await.expect("trainings can be listed")
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
