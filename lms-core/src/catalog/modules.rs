//! Working on the modules of a definition, step by step. Pure.

use super::UNKNOWN_MODULE;
use super::definition::{Item, ItemContent, Module, TrainingDefinition};
use super::item_file::ItemFile;
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;

/// What to do to the modules. They are named by their keys; places count from one.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub enum ModuleStep {
    /// Puts a module in, last unless a place is said.
    Add {
        /// The module.
        module: Module,
        /// Where to.
        at: Option<usize>,
    },
    /// Changes what is said of a module.
    Edit {
        /// Which one.
        module: String,
        /// Another title.
        title: Option<String>,
        /// How long it takes; the inner nothing clears it.
        minutes: Option<Option<u32>>,
        /// Whether the training is not done without it.
        required: Option<bool>,
    },
    /// Puts another module in the place of one; it has the key of that one, unless it has its own.
    Replace {
        /// Which one.
        module: String,
        /// What to put there.
        with: Module,
    },
    /// Moves a module to another place.
    Move {
        /// Which one.
        module: String,
        /// Where to.
        to: usize,
    },
    /// Takes a module out.
    Remove {
        /// Which one.
        module: String,
    },
    /// Puts an item into a module, last; or in the place of one that has its key.
    PutItem {
        /// Into which one.
        module: String,
        /// The item.
        item: Item,
    },
    /// Puts a file into a module: in the place of the item that names it already, or last.
    PutFile {
        /// Into which one.
        module: String,
        /// The file.
        file: ItemFile,
        /// What it is called; as it was called before, or as its name says, unless said.
        title: Option<String>,
        /// What it is; what its name speaks of, unless said.
        kind: Option<String>,
    },
    /// Takes an item out of a module.
    RemoveItem {
        /// Out of which one.
        module: String,
        /// Which one.
        item: String,
    },
}

/// Carries a step out.
pub(crate) fn carry_out(definition: &mut TrainingDefinition, step: ModuleStep) -> Result<()> {
    let modules = &mut definition.modules;
    match step {
        ModuleStep::Add { module, at } => {
            let at = place(at.unwrap_or(modules.len() + 1), modules.len() + 1)?;
            modules.insert(at, module);
        }
        ModuleStep::Edit { module, title, minutes, required } => {
            let at = find(modules, &module)?;
            let module = &mut modules[at];
            module.title = title.unwrap_or(std::mem::take(&mut module.title));
            module.minutes = minutes.unwrap_or(module.minutes);
            module.required = required.unwrap_or(module.required);
        }
        ModuleStep::Replace { module, mut with } => {
            let at = find(modules, &module)?;
            if with.key.is_empty() {
                with.key.clone_from(&modules[at].key);
            }
            modules[at] = with;
        }
        ModuleStep::Move { module, to } => {
            let from = find(modules, &module)?;
            let to = place(to, modules.len())?;
            let module = modules.remove(from);
            modules.insert(to, module);
        }
        ModuleStep::Remove { module } => {
            let at = find(modules, &module)?;
            modules.remove(at);
        }
        ModuleStep::PutItem { module, item } => {
            let at = find(modules, &module)?;
            let items = &mut modules[at].items;
            match items.iter_mut().find(|known| !item.key.is_empty() && known.key == item.key) {
                Some(known) => *known = item,
                None => items.push(item),
            }
        }
        ModuleStep::PutFile { module, file, title, kind } => {
            let at = find(modules, &module)?;
            let items = &mut modules[at].items;
            let names =
                |item: &&mut Item| item.content.file().is_some_and(|known| known.file == file.file);
            let known = items.iter_mut().find(names);
            let told =
                || file.file.rsplit_once('.').map_or(&*file.file, |(name, _)| name).to_owned();
            let was = known.as_ref().map(|known| known.title.clone());
            let title = title.or(was).unwrap_or_else(told);
            let content = match kind {
                Some(kind) => ItemContent::of_kind(&kind, file)?,
                None => ItemContent::of_file(file)?,
            };
            match known {
                Some(known) => (known.title, known.content) = (title, content),
                None => items.push(Item::new(&title, content)),
            }
        }
        ModuleStep::RemoveItem { module, item } => {
            let at = find(modules, &module)?;
            let items = &mut modules[at].items;
            let keys = items.iter().map(|known| known.key.clone()).collect::<Vec<_>>();
            let place = keys.iter().position(|key| *key == item);
            let place = place.ok_or_else(|| unknown("item", &item, &keys))?;
            items.remove(place);
        }
    }
    Ok(())
}

impl TrainingDefinition {
    /// The module of this key, or what there is instead.
    pub fn module(&self, key: &str) -> Result<&Module> {
        find(&self.modules, key).map(|at| &self.modules[at])
    }
}

fn find(modules: &[Module], key: &str) -> Result<usize> {
    let place = modules.iter().position(|module| module.key == key.trim());
    place.ok_or_else(|| {
        let keys: Vec<String> = modules.iter().map(|module| module.key.clone()).collect();
        unknown("module", key, &keys)
    })
}

fn unknown(what: &str, key: &str, known: &[String]) -> Error {
    let all = match known {
        [] => "there are none yet".to_owned(),
        known => format!("there are: {}", known.join(", ")),
    };
    UNKNOWN_MODULE
        .error(format!("there is no {what} `{}` in it", key.trim()))
        .with_field(what)
        .with_hints(suggest(key, known))
        .with_hint(all)
}

fn place(wanted: usize, last: usize) -> Result<usize> {
    if (1..=last).contains(&wanted) {
        return Ok(wanted - 1);
    }
    Err(Error::invalid("at", format!("there is no place {wanted}"))
        .with_hint(format!("places go from 1 to {last}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> TrainingDefinition {
        let mut definition = TrainingDefinition::new("Fire");
        let keyed = |key: &str| Module { key: key.to_owned(), ..Module::new(key) };
        definition.modules = ["a", "b", "c"].map(keyed).to_vec();
        definition
    }

    fn order(definition: &TrainingDefinition) -> Vec<&str> {
        definition.modules.iter().map(|module| &*module.key).collect()
    }

    #[test]
    fn modules_are_put_in_moved_and_taken_out() {
        let mut definition = three();
        let mut act = |step| carry_out(&mut definition, step);
        act(ModuleStep::Move { module: "a".to_owned(), to: 3 }).unwrap();
        act(ModuleStep::Add { module: Module::new("New"), at: Some(1) }).unwrap();
        act(ModuleStep::Remove { module: "c".to_owned() }).unwrap();
        let refused = act(ModuleStep::Move { module: "a".to_owned(), to: 4 }).unwrap_err();
        assert_eq!(refused.hints(), ["places go from 1 to 3"]);
        assert!(act(ModuleStep::Move { module: "a".to_owned(), to: 0 }).is_err());
        let refused = act(ModuleStep::Remove { module: "B".to_owned() }).unwrap_err();
        assert_eq!(refused.hints()[0], "did you mean `b`?");
        assert_eq!(order(&definition), ["", "b", "a"]);
    }
}
