//! Trainings: from an author's draft into the catalog, out of it, and in and out of files.

mod equivalents;
mod exchange;
mod files;
mod finding;
mod path_files;
mod paths;
mod story;

use lms_core::testkit::TestLms;
use lms_core::{Item, ItemContent, Module, NewTraining, Publishing, TrainingChange, TrainingField};

/// A module with a text in it.
fn reading(title: &str) -> Module {
    let mut module = Module::new(title);
    let text = ItemContent::Text { text: format!("# {title}") };
    module.items.push(Item::new("Read this", text));
    module
}

/// A training that has all it needs, as a draft.
async fn draft(lms: &TestLms, code: &str, first: &str) {
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let new = NewTraining::new(code, code).set(TrainingField::Prerequisites, first);
    catalog.add(&admin, new).await.unwrap();
    let change = TrainingChange::new().add_module(reading("Basics"));
    catalog.edit(&admin, code, change).await.unwrap();
}

/// The same, in the catalog.
async fn published(lms: &TestLms, code: &str, first: &str) {
    draft(lms, code, first).await;
    lms.catalog().publish(&lms.admin(), code, &Publishing::minor()).await.unwrap();
}
