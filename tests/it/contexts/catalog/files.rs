//! Files as items of modules: named by a draft, asked for by publishing, kept as long as they are
//! shown.

use std::collections::BTreeSet;

use futures_util::TryStreamExt;
use lms_core::testkit::TestLms;
use lms_core::{
    ContentFile, ContentFilter, Engine, Error, Item, ItemContent, ItemFile, Module, ModuleStep,
    NewContent, NewTraining, Publishing, Shown, TrainingChange,
};
use sha2::{Digest, Sha256};

use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    a_draft_may_name_a_file_and_publishing_asks_for_it,
    what_is_shown_is_not_removed,
    what_a_version_shows_is_never_lost_and_nothing_else_is_kept,
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn add(lms: &TestLms, name: &str, bytes: &[u8]) -> ContentFile {
    let added = lms.content().add(&lms.admin(), NewContent::new(name), &mut &*bytes).await;
    added.unwrap().value
}

async fn begin(lms: &TestLms, code: &str) {
    let mut module = Module::new("One");
    let text = ItemContent::Text { text: "Read.".to_owned() };
    module.items.push(Item::new("Text", text));
    let (catalog, admin) = (lms.catalog(), lms.admin());
    catalog.add(&admin, NewTraining::new(code, code)).await.unwrap();
    catalog.edit(&admin, code, TrainingChange::new().add_module(module)).await.unwrap();
}

fn put(name: &str, sha256: Option<String>) -> TrainingChange {
    let file = ItemFile { file: name.to_owned(), sha256 };
    TrainingChange::new().step(ModuleStep::PutFile {
        module: "one".to_owned(),
        file,
        title: None,
        kind: None,
    })
}

fn take(item: &str) -> TrainingChange {
    let (module, item) = ("one".to_owned(), item.to_owned());
    TrainingChange::new().step(ModuleStep::RemoveItem { module, item })
}

async fn refused(lms: &TestLms, code: &str) -> Error {
    lms.catalog().publish(&lms.admin(), code, &Publishing::minor()).await.unwrap_err()
}

async fn publish(lms: &TestLms, code: &str) {
    lms.catalog().publish(&lms.admin(), code, &Publishing::minor()).await.unwrap();
}

async fn a_draft_may_name_a_file_and_publishing_asks_for_it(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    begin(&lms, "FIRE").await;
    catalog.edit(&admin, "FIRE", put("ways.pdf", None)).await.unwrap();
    let told = refused(&lms, "FIRE").await;
    assert_eq!(told.code(), "catalog.not_publishable");
    assert_eq!(
        told.hints(),
        ["modules[0].items[1].file: the bytes of `ways.pdf` are not there: \
          `lmsctl training content add FIRE ways.pdf --module one`"]
    );

    // The same bytes under another kind of name are not what the training shows.
    let digest = sha256(b"plain words");
    catalog.edit(&admin, "FIRE", put("ways.pdf", Some(digest.clone()))).await.unwrap();
    add(&lms, "ways.txt", b"plain words").await;
    let told = refused(&lms, "FIRE").await;
    assert!(told.hints()[0].contains("are text/plain"), "{told:?}");

    let ways = add(&lms, "ways.pdf", b"%PDF-1.7 run").await;
    let change = put("ways.pdf", Some(ways.sha256.to_uppercase()));
    catalog.edit(&admin, "FIRE", change).await.unwrap();
    publish(&lms, "FIRE").await;
    let card = catalog.show(&admin, "FIRE", Shown::Current).await.unwrap();
    let items = &card.definition.modules[0].items;
    assert_eq!(items.len(), 2, "the file took its own place: {items:?}");
    assert_eq!((items[1].content.kind(), &*items[1].title), ("document", "ways"));
    assert_eq!(items[1].content.file().unwrap().sha256.as_ref(), Some(&ways.sha256));

    // What can never be is refused at once.
    for (kind, name, field) in [
        ("video", "ways.pdf", "modules[0].items[0].kind"),
        ("document", "../../etc/passwd.txt", "modules[0].items[0].file"),
        ("document", "page.html", "modules[0].items[0].file"),
    ] {
        let file = ItemFile { file: name.to_owned(), sha256: None };
        let mut definition = card.definition.clone();
        definition.modules[0].items =
            vec![Item::new("I", ItemContent::of_kind(kind, file).unwrap())];
        let change = TrainingChange::new().definition(definition);
        let told = catalog.edit(&admin, "FIRE", change).await.unwrap_err();
        assert_eq!((told.code(), told.field()), ("catalog.definition_invalid", Some(field)));
    }
    assert_sound(&lms).await;
}

async fn what_is_shown_is_not_removed(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, content, admin) = (lms.catalog(), lms.content(), lms.admin());
    begin(&lms, "FIRE").await;
    begin(&lms, "NEW").await;
    let ways = add(&lms, "ways.txt", b"run").await;
    let id = ways.id.to_string();
    for code in ["FIRE", "NEW"] {
        let change = put("ways.txt", Some(ways.sha256.clone()));
        catalog.edit(&admin, code, change).await.unwrap();
    }
    publish(&lms, "FIRE").await;
    let told = content.remove(&admin, &id).await.unwrap_err();
    assert_eq!(told.code(), "content.in_use");
    assert_eq!(told.message(), "`ways.txt` is shown in `FIRE` 1.0, `NEW` 1.0 (draft)");

    // A later version without it, and the archive, change nothing for those who saw the first.
    catalog.edit(&admin, "FIRE", take("ways")).await.unwrap();
    publish(&lms, "FIRE").await;
    catalog.archive(&admin, "FIRE").await.unwrap();
    catalog.remove(&admin, "NEW").await.unwrap();
    let told = content.remove(&admin, &id).await.unwrap_err();
    assert_eq!(told.message(), "`ways.txt` is shown in `FIRE` 1.0");

    // Another file of the same bytes will do in its place.
    add(&lms, "routes.txt", b"run").await;
    content.remove(&admin, &id).await.unwrap();
    let shown = content.list(&admin, ContentFilter::new().bytes_of([&ways.sha256])).await.unwrap();
    let names: Vec<&str> = shown.items.iter().map(|file| &*file.name).collect();
    assert_eq!(names, ["routes.txt"]);
    assert_sound(&lms).await;
}

/// How many files, and trainings, there are to draw from.
const FILES: usize = 4;
const TRAININGS: usize = 3;

/// Whatever is put in, named, published, archived and removed in whatever order.
async fn what_a_version_shows_is_never_lost_and_nothing_else_is_kept(engine: Engine) {
    for seed in 1..=2 {
        let lms = TestLms::organisation(engine).await;
        let mut world = World::begin(&lms).await;
        let mut state: u64 = seed;
        let mut draw = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % below
        };
        for _ in 0..70 {
            world.step(draw(10), draw(FILES), draw(TRAININGS)).await;
        }
        for file in 0..FILES {
            world.remove(file).await;
        }
        world.sweep().await;
        let shown = world.shown().await;
        assert!(world.stored.is_subset(&shown), "what nobody shows is gone at the end");
        assert!(world.n_published > 0 && world.n_refused > 0, "the walk came by everything");
        assert_sound(&lms).await;
    }
}

struct World<'a> {
    lms: &'a TestLms,
    /// The file of each number, where it is there.
    present: [Option<ContentFile>; FILES],
    /// The numbers whose bytes are in the store.
    stored: BTreeSet<usize>,
    n_published: usize,
    n_refused: usize,
}

fn name(file: usize) -> String {
    format!("f{file}.txt")
}

fn bytes(file: usize) -> Vec<u8> {
    format!("bytes of {file}").into_bytes()
}

fn code(training: usize) -> String {
    format!("T{training}")
}

impl<'a> World<'a> {
    async fn begin(lms: &'a TestLms) -> Self {
        for training in 0..TRAININGS {
            begin(lms, &code(training)).await;
        }
        let present = [const { None }; FILES];
        Self { lms, present, stored: BTreeSet::new(), n_published: 0, n_refused: 0 }
    }

    async fn step(&mut self, what: usize, file: usize, training: usize) {
        let (catalog, admin) = (self.lms.catalog(), self.lms.admin());
        let code = code(training);
        // A step that the state of the training forbids is refused, and changes nothing.
        match what {
            0 | 1 => {
                self.present[file] = Some(add(self.lms, &name(file), &bytes(file)).await);
                self.stored.insert(file);
            }
            2 | 3 => {
                let change = put(&name(file), Some(sha256(&bytes(file))));
                let _ = catalog.edit(&admin, &code, change).await;
            }
            4 => drop(catalog.edit(&admin, &code, take(&format!("f{file}"))).await),
            5 | 6 => {
                let done = catalog.publish(&admin, &code, &Publishing::minor()).await;
                self.n_published += usize::from(done.is_ok_and(|done| done.operation.is_some()));
            }
            7 if file < FILES / 2 => drop(catalog.archive(&admin, &code).await),
            7 => drop(catalog.reopen(&admin, &code).await),
            8 if file == 0 => {
                if catalog.remove(&admin, &code).await.is_ok() {
                    begin(self.lms, &code).await;
                }
            }
            8 => self.remove(file).await,
            _ => self.sweep().await,
        }
    }

    /// The numbers that drafts or published versions name.
    async fn shown(&self) -> BTreeSet<usize> {
        let (catalog, admin) = (self.lms.catalog(), self.lms.admin());
        let mut digests = BTreeSet::new();
        for training in 0..TRAININGS {
            let code = code(training);
            let mut all = vec![Shown::Draft];
            for version in catalog.versions(&admin, &code).await.unwrap() {
                all.push(Shown::Version(version.version));
            }
            for shown in all {
                let Ok(card) = catalog.show(&admin, &code, shown).await else { continue };
                let items = card.definition.modules.iter().flat_map(|module| &module.items);
                digests.extend(items.filter_map(|item| item.content.file()?.sha256.clone()));
            }
        }
        (0..FILES).filter(|file| digests.contains(&sha256(&bytes(*file)))).collect()
    }

    async fn remove(&mut self, file: usize) {
        let Some(present) = &self.present[file] else { return };
        let is_shown = self.shown().await.contains(&file);
        let removed = self.lms.content().remove(&self.lms.admin(), &present.id.to_string()).await;
        assert_eq!(removed.is_err(), is_shown, "{file}: {removed:?}");
        if is_shown {
            self.n_refused += 1;
        } else {
            self.present[file] = None;
        }
    }

    async fn sweep(&mut self) {
        let shown = self.shown().await;
        let is_named = |file: &usize| self.present[*file].is_some() || shown.contains(file);
        self.stored.retain(is_named);
        self.lms.content().sweep(&self.lms.admin()).await.unwrap();
        let folder = self.lms.place().folder().join("files").join("content");
        let objects = std::fs::read_dir(folder).map_or(0, Iterator::count);
        assert_eq!(objects, self.stored.len(), "{:?}", self.stored);
        let all = ContentFilter::new().include_removed(true);
        let all = self.lms.content().list(&self.lms.admin(), all).await.unwrap().items;
        for file in &self.stored {
            let known = all.iter().find(|known| known.name == name(*file)).unwrap();
            let open = self.lms.content().open(&self.lms.admin(), &known.id.to_string()).await;
            let pieces: Vec<_> = open.unwrap().bytes.try_collect().await.unwrap();
            assert_eq!(pieces.concat(), bytes(*file));
        }
    }
}
