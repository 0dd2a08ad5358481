//! Whom a pass looks at, in pieces: people together who are looked at for the same trainings, so that what
//! is loaded of a piece is what is looked at. Pure.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

/// So much is looked at in one transaction: people times trainings.
const PAIRS_MAX: usize = 4_000;
/// For at most so many trainings.
const TRAININGS_MAX: usize = 16;
/// So few people times trainings are taken together whoever they are: a piece costs something by itself.
const PAIRS_FEW: usize = 500;

/// People and the trainings for which they are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(super) trainings: Vec<Uuid>,
    pub(super) people: Vec<Uuid>,
}

/// Puts people into pieces. Somebody can be in several, for some trainings in each.
pub(super) fn pieces(wanted: BTreeMap<Uuid, BTreeSet<Uuid>>) -> Vec<Piece> {
    let mut alike: BTreeMap<Vec<Uuid>, Vec<Uuid>> = BTreeMap::new();
    for (person, trainings) in wanted {
        let trainings: Vec<Uuid> = trainings.into_iter().collect();
        for some in trainings.chunks(TRAININGS_MAX) {
            alike.entry(some.to_vec()).or_default().push(person);
        }
    }
    let mut pieces = Vec::new();
    let mut open = Open::default();
    for (trainings, people) in alike {
        for people in people.chunks(PAIRS_MAX / trainings.len()) {
            if !open.takes(&trainings, people) {
                pieces.extend(std::mem::take(&mut open).close());
            }
            open.add(&trainings, people);
        }
    }
    pieces.extend(open.close());
    pieces
}

/// A piece that others may still come to.
#[derive(Default)]
struct Open {
    trainings: BTreeSet<Uuid>,
    people: BTreeSet<Uuid>,
    /// How many of its people times trainings are asked for.
    n_asked: usize,
}

impl Open {
    /// Whether these can come to it without much being loaded that nobody asks for.
    fn takes(&self, trainings: &[Uuid], people: &[Uuid]) -> bool {
        let new = |all: &BTreeSet<Uuid>, some: &[Uuid]| {
            all.len() + some.iter().filter(|one| !all.contains(one)).count()
        };
        let n_trainings = new(&self.trainings, trainings);
        let n_pairs = n_trainings * new(&self.people, people);
        let n_asked = self.n_asked + trainings.len() * people.len();
        let all_asked = n_pairs == n_asked || n_pairs <= PAIRS_FEW;
        n_trainings <= TRAININGS_MAX && n_pairs <= PAIRS_MAX && all_asked
    }

    fn add(&mut self, trainings: &[Uuid], people: &[Uuid]) {
        self.n_asked += trainings.len() * people.len();
        self.trainings.extend(trainings);
        self.people.extend(people);
    }

    fn close(self) -> Option<Piece> {
        let (trainings, people) = (self.trainings, self.people);
        let (trainings, people) = (trainings.into_iter().collect(), people.into_iter().collect());
        (self.n_asked > 0).then_some(Piece { trainings, people })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> Uuid {
        Uuid::from_u128(number as u128)
    }

    fn wanted(people: impl Iterator<Item = (usize, Vec<usize>)>) -> BTreeMap<Uuid, BTreeSet<Uuid>> {
        let of = |trainings: Vec<usize>| trainings.into_iter().map(id).collect();
        people.map(|(person, trainings)| (id(person), of(trainings))).collect()
    }

    /// How many people and trainings each piece has.
    fn shape(wanted: BTreeMap<Uuid, BTreeSet<Uuid>>) -> Vec<(usize, usize)> {
        pieces(wanted).iter().map(|one| (one.people.len(), one.trainings.len())).collect()
    }

    #[test]
    fn who_is_looked_at_for_the_same_is_together() {
        let same = wanted((0..900).map(|person| (person, vec![1, 2, 3, 4])));
        assert_eq!(shape(same), [(900, 4)]);
        let many = wanted((0..900).map(|person| (person, (0..10).collect())));
        assert_eq!(shape(many), [(400, 10), (400, 10), (100, 10)]);
    }

    #[test]
    fn a_few_with_many_trainings_do_not_make_all_of_them_load_many() {
        let some = (0..3_000).map(|person| (person, vec![7]));
        let few = (3_000..3_010).map(|person| (person, (0..10).collect()));
        let shape = shape(wanted(some.chain(few)));
        assert_eq!(shape, [(10, 10), (3_000, 1)]);
    }

    #[test]
    fn small_ones_are_taken_together() {
        let each = wanted((0..40).map(|person| (person, vec![person % 5])));
        assert_eq!(shape(each), [(40, 5)]);
    }

    #[test]
    fn everybody_is_looked_at_for_everything() {
        let asked = wanted((0..700).map(|n| (n, (0..40).filter(|t| (n * t) % 3 == 0).collect())));
        let mut left: BTreeSet<(Uuid, Uuid)> = asked
            .iter()
            .flat_map(|(person, trainings)| trainings.iter().map(|one| (*person, *one)))
            .collect();
        for piece in pieces(asked) {
            assert!(piece.trainings.len() <= TRAININGS_MAX);
            assert!(piece.trainings.len() * piece.people.len() <= PAIRS_MAX);
            for person in &piece.people {
                for training in &piece.trainings {
                    left.remove(&(*person, *training));
                }
            }
        }
        assert!(left.is_empty());
    }
}
