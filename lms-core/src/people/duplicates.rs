//! Records that are likely one human. Candidates share a key (a name, a mailbox, a number, a spelling
//! but for one letter), so that a hundred thousand people are not compared with each other; what
//! speaks for a pair adds up to a score. Pure but for the loading.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;
use uuid::Uuid;

use super::PersonId;
use super::units::Units;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::{fold, words};
use crate::kernel::page::{Page, Paging, paged};
use crate::kernel::text::Day;
use crate::settings;

/// Below this a pair is not worth a look.
const SCORE_MIN: u8 = 50;
/// A name that more people have says little by itself.
const RARE_NAME_MAX: usize = 5;
/// Pairs within one key are compared one with another up to so many; beyond, the key says nothing.
const SHARED_MAX: usize = 200;

/// Which pairs.
#[derive(Debug, Clone, Default)]
pub struct DuplicateFilter {
    score_min: Option<u8>,
    paging: Paging,
}

paged!(DuplicateFilter);

impl DuplicateFilter {
    /// All that are worth a look, the likeliest first.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those with at least this score, of 100.
    #[must_use]
    pub fn score_min(mut self, score: u8) -> Self {
        self.score_min = Some(score);
        self
    }
}

/// Two records that are likely one human.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DuplicatePair {
    /// How likely, up to 100.
    pub score: u8,
    /// What speaks for it.
    pub reasons: Vec<String>,
    /// The record to keep: the one that knows more, or whose employment began first.
    pub keep: DuplicateRecord,
    /// The record to merge into it.
    pub other: DuplicateRecord,
}

/// A record of a pair, with what tells it from the other.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DuplicateRecord {
    /// Its id.
    pub id: PersonId,
    /// What the person is called.
    pub name: String,
    /// As the payroll has it.
    pub employee_number: Option<String>,
    /// Where they are written to.
    pub email: Option<String>,
    /// The code of their department.
    pub department: Option<String>,
    /// The first day of their employment.
    pub hired_on: Option<Day>,
}

row! {
    #[derive(Debug, Clone)]
    struct Known {
        id: Uuid,
        employee_number: Option<String>,
        email: Option<String>,
        username: Option<String>,
        first_name: String,
        last_name: String,
        department: Option<Uuid>,
        hired_on: Option<Day>,
    }
}

pub(super) async fn list(core: &Core, filter: DuplicateFilter) -> Result<Page<DuplicatePair>> {
    if filter.score_min.is_some_and(|score| score > 100) {
        return Err(Error::invalid("score_min", "a score is at most 100"));
    }
    let mut tx = core.db().begin_read().await?;
    let today = settings::today(&mut tx, core.now()).await?;
    // In the order in which they were recorded, and of those recorded together, of their numbers.
    let people: Vec<Known> = Assembly::new(
        "SELECT x.id, x.employee_number, x.email, x.username, x.first_name, x.last_name,
                p.department_id, p.hired_on
         FROM persons x
         LEFT JOIN placements p ON p.person_id = x.id AND p.retracted_at IS NULL
              AND p.valid_from <= ?",
    )
    .bind(today)
    .push("AND (p.valid_until > ? OR p.valid_until IS NULL)")
    .bind(today)
    .push(
        "WHERE x.closed_as IS NULL
         ORDER BY x.created_at, COALESCE(x.employee_number, ''), x.id",
    )
    .on(&mut tx)
    .all()
    .await?;
    let score_min = filter.score_min.unwrap_or(SCORE_MIN);
    let found = pairs(&people, score_min);
    let after = filter.paging.after::<(u8, usize, usize)>()?;
    let wanted = usize::try_from(filter.paging.rows_wanted()?).unwrap_or(usize::MAX);
    let keyed: Vec<&Pair> = found
        .iter()
        .filter(|pair| after.is_none_or(|after| pair.order() > order_of(after)))
        .take(wanted)
        .collect();
    let page = filter.paging.page(keyed, |pair| (pair.score, pair.keep, pair.other))?;
    let units = Units::load(&mut tx).await?;
    let record = |at: usize| {
        let known = &people[at];
        DuplicateRecord {
            id: PersonId::new(known.id),
            name: format!("{} {}", known.first_name, known.last_name),
            employee_number: known.employee_number.clone(),
            email: known.email.clone(),
            department: known.department.and_then(|id| units.code(id)).map(str::to_owned),
            hired_on: known.hired_on,
        }
    };
    let shown = |pair: &Pair| DuplicatePair {
        score: pair.score,
        reasons: pair.reasons.clone(),
        keep: record(pair.keep),
        other: record(pair.other),
    };
    Ok(Page { items: page.items.into_iter().map(shown).collect(), next: page.next })
}

/// A pair by the places of its records in the list.
#[derive(Debug, Clone, PartialEq)]
struct Pair {
    score: u8,
    reasons: Vec<String>,
    keep: usize,
    other: usize,
}

impl Pair {
    fn order(&self) -> (u8, usize, usize) {
        order_of((self.score, self.keep, self.other))
    }
}

/// The likeliest first, then the oldest.
fn order_of((score, keep, other): (u8, usize, usize)) -> (u8, usize, usize) {
    (u8::MAX - score, keep, other)
}

/// A record as it is compared.
struct Compared {
    name: String,
    swapped: String,
    last_name: String,
    number: Option<String>,
    mailbox: Option<String>,
    username: Option<String>,
}

impl Compared {
    fn of(known: &Known) -> Self {
        let (first, last) = (fold(&known.first_name), fold(&known.last_name));
        let bare = |number: &String| {
            let bare: String = words(number).concat();
            Some(bare.trim_start_matches('0').to_owned()).filter(|bare| !bare.is_empty())
        };
        let mailbox = |email: &String| Some(fold(email.rsplit_once('@')?.0));
        Self {
            name: format!("{first}|{last}"),
            swapped: format!("{last}|{first}"),
            last_name: last,
            number: known.employee_number.as_ref().and_then(bare),
            mailbox: known.email.as_ref().and_then(mailbox),
            username: known.username.as_deref().map(fold),
        }
    }
}

/// All pairs with at least this score, the likeliest first.
fn pairs(people: &[Known], score_min: u8) -> Vec<Pair> {
    let compared: Vec<Compared> = people.iter().map(Compared::of).collect();
    let mut named: HashMap<&str, usize> = HashMap::new();
    for person in &compared {
        *named.entry(&person.name).or_default() += 1;
    }
    let mut candidates = Vec::new();
    let by = |key: &dyn Fn(&Compared) -> Option<u64>, candidates: &mut Vec<(usize, usize)>| {
        let keys = compared.iter().enumerate().filter_map(|(at, person)| Some((key(person)?, at)));
        sharing(keys.collect(), candidates);
    };
    by(&|person| Some(hashed(&person.name)), &mut candidates);
    // A name and its swapping have the same key whichever of the two is written.
    by(&|person| Some(hashed(person.name.as_str().min(&person.swapped))), &mut candidates);
    by(&|person| person.number.as_ref().map(hashed), &mut candidates);
    by(&|person| Some(hashed(&(person.mailbox.as_ref()?, &person.last_name))), &mut candidates);
    let mailboxes = compared.iter().map(|person| person.mailbox.as_ref());
    let usernames = compared.iter().map(|person| person.username.as_ref());
    let either = mailboxes.enumerate().chain(usernames.enumerate());
    sharing(either.filter_map(|(at, text)| Some((hashed(text?), at))).collect(), &mut candidates);
    near_names(people, &compared, &mut candidates);
    candidates.sort_unstable();
    candidates.dedup();

    let mut pairs: Vec<Pair> = candidates
        .into_iter()
        .filter_map(|(a, b)| {
            let (score, reasons) =
                judged((&people[a], &compared[a]), (&people[b], &compared[b]), |name| {
                    named.get(name).copied().unwrap_or_default()
                });
            let (keep, other) = if is_better(&people[b], &people[a]) { (b, a) } else { (a, b) };
            (score >= score_min).then_some(Pair { score, reasons, keep, other })
        })
        .collect();
    pairs.sort_by_key(Pair::order);
    pairs
}

/// How much a record knows that identifies somebody.
fn knows(known: &Known) -> usize {
    [&known.employee_number, &known.email, &known.username].into_iter().flatten().count()
}

/// Whether a record is the one to keep: it knows more, or its employment began first. Where neither is so, the
/// first in the alphabet is as good as any, and always the same.
fn is_better(one: &Known, other: &Known) -> bool {
    let rank = |known: &Known| {
        let keys = (known.employee_number.clone(), known.email.clone());
        (Reverse(knows(known)), known.hired_on.is_none(), known.hired_on, keys, known.id)
    };
    rank(one) < rank(other)
}

fn hashed(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The pairs of those who share a key.
fn sharing(mut keys: Vec<(u64, usize)>, candidates: &mut Vec<(usize, usize)>) {
    keys.sort_unstable();
    keys.dedup();
    for group in keys.chunk_by(|a, b| a.0 == b.0) {
        if group.len() > SHARED_MAX {
            continue;
        }
        for (at, (_, first)) in group.iter().enumerate() {
            candidates.extend(group[at + 1..].iter().map(|(_, second)| (*first, *second)));
        }
    }
}

/// Names that differ in one letter: both become the same when one letter is left out of each. Only
/// among those who began on one day or sit in one department, part by part, so that memory stays
/// flat.
fn near_names(people: &[Known], compared: &[Compared], candidates: &mut Vec<(usize, usize)>) {
    let mut parts: BTreeMap<(Option<Day>, Option<Uuid>), Vec<usize>> = BTreeMap::new();
    for (at, person) in people.iter().enumerate() {
        if person.hired_on.is_some() {
            parts.entry((person.hired_on, None)).or_default().push(at);
        }
        if person.department.is_some() {
            parts.entry((None, person.department)).or_default().push(at);
        }
    }
    let mut shortened = String::new();
    for part in parts.into_values().filter(|part| part.len() > 1) {
        let mut keys = Vec::with_capacity(part.len() * 16);
        for at in part {
            let name = &compared[at].name;
            keys.push((hashed(name.as_str()), at));
            for (from, letter) in name.char_indices() {
                shortened.clear();
                shortened.push_str(&name[..from]);
                shortened.push_str(&name[from + letter.len_utf8()..]);
                keys.push((hashed(shortened.as_str()), at));
            }
        }
        sharing(keys, candidates);
    }
}

/// What speaks for two records being one human, and how strongly.
fn judged(
    (a, x): (&Known, &Compared),
    (b, y): (&Known, &Compared),
    bearers: impl Fn(&str) -> usize,
) -> (u8, Vec<String>) {
    let mut score: u32 = 0;
    let mut reasons = Vec::new();
    let mut speaks = |weight: u32, reason: String| {
        score += weight;
        reasons.push(reason);
    };
    if x.name == y.name {
        match bearers(&x.name) {
            few if few <= RARE_NAME_MAX => speaks(50, "same name".to_owned()),
            many => speaks(30, format!("same name, which {many} people have")),
        }
    } else if x.name == y.swapped {
        speaks(50, "first and last name swapped".to_owned());
    } else if strsim::osa_distance(&x.name, &y.name) == 1 {
        speaks(35, "names differ in one letter".to_owned());
    }
    if x.number.is_some() && x.number == y.number {
        speaks(45, "employee numbers differ in zeros and signs only".to_owned());
    }
    if x.mailbox.is_some() && x.mailbox == y.mailbox && x.last_name == y.last_name {
        speaks(35, "same mailbox name and last name".to_owned());
    }
    let crossed = |one: &Compared, other: &Compared| {
        one.username.is_some() && one.username == other.mailbox && one.mailbox != other.mailbox
    };
    if crossed(x, y) || crossed(y, x) {
        speaks(35, "user name of one is the mailbox of the other".to_owned());
    }
    // By themselves these two say nothing: many begin on one day in one department.
    if a.hired_on.is_some() && a.hired_on == b.hired_on {
        speaks(20, "same first day".to_owned());
    }
    if a.department.is_some() && a.department == b.department {
        speaks(15, "same department".to_owned());
    }
    (u8::try_from(score.min(100)).unwrap_or(100), reasons)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(n: u128, first: &str, last: &str) -> Known {
        Known {
            id: Uuid::from_u128(n),
            employee_number: None,
            email: None,
            username: None,
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            department: None,
            hired_on: None,
        }
    }

    fn told(people: &[Known]) -> Vec<(u8, String, usize, usize)> {
        pairs(people, SCORE_MIN)
            .into_iter()
            .map(|pair| (pair.score, pair.reasons.join("; "), pair.keep, pair.other))
            .collect()
    }

    #[test]
    fn one_name_in_two_spellings_or_turned_round_is_worth_a_look() {
        let people = [
            known(1, "Jürgen", "Müller"),
            known(2, "jurgen", "MULLER"),
            known(3, "Muller", "Jurgen"),
            known(4, "Ada", "Lovelace"),
        ];
        assert_eq!(
            told(&people),
            [
                (50, "same name".to_owned(), 0, 1),
                (50, "first and last name swapped".to_owned(), 0, 2),
                (50, "first and last name swapped".to_owned(), 1, 2),
            ]
        );
    }

    #[test]
    fn a_name_that_many_have_says_little() {
        let mut people: Vec<Known> = (0..8).map(|n| known(n, "Maria", "Garcia")).collect();
        assert_eq!(told(&people), []);
        let day = Day::parse("2026-01-01").ok();
        (people[2].hired_on, people[5].hired_on) = (day, day);
        let reasons = "same name, which 8 people have; same first day".to_owned();
        assert_eq!(told(&people), [(50, reasons, 2, 5)]);
    }

    #[test]
    fn one_letter_counts_where_something_else_speaks_for_it_too() {
        let mut people = vec![known(1, "Katarzyna", "Wojcik"), known(2, "Katarzyna", "Wojzik")];
        assert_eq!(told(&people), []);
        for person in &mut people {
            person.department = Some(Uuid::from_u128(9));
        }
        assert_eq!(
            told(&people),
            [(50, "names differ in one letter; same department".to_owned(), 0, 1)]
        );
        people[1].last_name = "Wojzyk".to_owned();
        assert_eq!(told(&people), []);
        people[1].last_name = "Wjocik".to_owned();
        assert_eq!(told(&people).len(), 1, "two letters that changed places are one slip");
    }

    #[test]
    fn numbers_and_mailboxes_are_compared_without_what_feeds_add() {
        let mut people = vec![known(1, "Ada", "Lovelace"), known(2, "Augusta Ada", "Lovelace")];
        people[0].email = Some("ada.l@example.com".to_owned());
        people[1].email = Some("Ada.L@mail.example.org".to_owned());
        people[0].employee_number = Some("00-123".to_owned());
        people[1].employee_number = Some("123".to_owned());
        people[1].username = Some("x".to_owned());
        let reasons =
            "employee numbers differ in zeros and signs only; same mailbox name and last name";
        assert_eq!(
            told(&people),
            [(80, reasons.to_owned(), 1, 0)],
            "the one that knows more is kept"
        );
    }

    #[test]
    fn a_user_name_may_be_the_mailbox_of_the_other() {
        let mut people = vec![known(1, "Ada", "King"), known(2, "Ada", "Lovelace")];
        people[0].username = Some("ada.lovelace".to_owned());
        people[1].email = Some("ada.lovelace@example.com".to_owned());
        let day = Day::parse("2026-01-01").ok();
        (people[0].hired_on, people[1].hired_on) = (day, day);
        let reasons = "user name of one is the mailbox of the other; same first day";
        assert_eq!(told(&people), [(55, reasons.to_owned(), 0, 1)]);
    }

    #[test]
    fn near_names_are_looked_for_part_by_part() {
        let word = |mut n: usize| {
            let mut word = String::new();
            for _ in 0..4 {
                word.push_str(["an", "be", "ca", "do", "el", "fi", "go", "hu"][n % 8]);
                n /= 8;
            }
            word
        };
        let mut people: Vec<Known> = (0..4_000_usize)
            .map(|n| Known {
                department: Some(Uuid::from_u128((n % 30) as u128)),
                ..known(n as u128, &word(n), &word(n * 31))
            })
            .collect();
        people[77].last_name = format!("{}x", people[47].last_name);
        people[77].first_name = people[47].first_name.clone();
        let found = told(&people);
        assert!(found.iter().any(|(_, _, keep, other)| (*keep, *other) == (47, 77)), "{found:?}");
        assert!(found.len() < 100, "{}", found.len());
    }
}
