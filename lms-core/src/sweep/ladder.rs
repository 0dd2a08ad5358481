//! Who answers for somebody: the manager and those above, the heads of departments and their deputies.
//! Pure.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

/// How far something has gone up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Manager,
    Head,
}

impl Level {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Head => "head",
        }
    }
}

/// A person on the day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Member {
    /// Neither away, nor gone, nor still to come.
    pub(super) is_there: bool,
    pub(super) manager: Option<Uuid>,
    pub(super) department: Option<Uuid>,
}

/// A department on the day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Department {
    pub(super) parent: Option<Uuid>,
    pub(super) head: Option<Uuid>,
    pub(super) deputy: Option<Uuid>,
}

/// The organisation on the day, as far as it matters.
#[derive(Debug, Clone, Default)]
pub(super) struct Organisation {
    pub(super) people: HashMap<Uuid, Member>,
    pub(super) departments: HashMap<Uuid, Department>,
}

impl Organisation {
    /// Who is told at a level that somebody is overdue; nobody where those who run the system are.
    ///
    /// The manager; where there is none, or they are away or gone, the one above them, and so on; then the
    /// head of the department, else its deputy, else those of the department above. Never the person.
    pub(super) fn told(&self, person: Uuid, level: Level) -> Option<Uuid> {
        let managers = (level == Level::Manager).then(|| self.managers(person));
        let managers = managers.into_iter().flatten();
        managers.chain(self.leaders(person)).find(|one| *one != person && self.is_there(*one))
    }

    fn is_there(&self, person: Uuid) -> bool {
        self.people.get(&person).is_some_and(|member| member.is_there)
    }

    fn managers(&self, person: Uuid) -> Vec<Uuid> {
        let above = |of: Uuid| self.people.get(&of).and_then(|member| member.manager);
        up(above(person), above)
    }

    fn leaders(&self, person: Uuid) -> Vec<Uuid> {
        let own = self.people.get(&person).and_then(|member| member.department);
        let above = |of: Uuid| self.departments.get(&of).and_then(|department| department.parent);
        let departments = up(own, above);
        let leaders = departments.iter().filter_map(|id| self.departments.get(id));
        leaders.flat_map(|one| [one.head, one.deputy]).flatten().collect()
    }
}

/// The way up, each once.
fn up(first: Option<Uuid>, above: impl Fn(Uuid) -> Option<Uuid>) -> Vec<Uuid> {
    let mut seen = BTreeSet::new();
    let way = std::iter::successors(first, |one| above(*one));
    way.take_while(|one| seen.insert(*one)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    /// Ada (1) reports to Bo (2), Bo to Cy (3). They are in department 10, below 20. Dee (4) heads 10, Eve
    /// (5) is her deputy; Flo (6) heads 20, Gus (7) is her deputy.
    fn organisation(away: &[u128]) -> Organisation {
        let member = |n: u128, manager: Option<u128>, department: u128| {
            let is_there = !away.contains(&n);
            (id(n), Member { is_there, manager: manager.map(id), department: Some(id(department)) })
        };
        let people = [
            member(1, Some(2), 10),
            member(2, Some(3), 10),
            member(3, None, 20),
            member(4, Some(6), 10),
            member(5, None, 10),
            member(6, None, 20),
            member(7, None, 20),
        ];
        let department = |parent: Option<u128>, head: u128, deputy: u128| Department {
            parent: parent.map(id),
            head: Some(id(head)),
            deputy: Some(id(deputy)),
        };
        let departments = [(id(10), department(Some(20), 4, 5)), (id(20), department(None, 6, 7))];
        Organisation {
            people: people.into_iter().collect(),
            departments: departments.into_iter().collect(),
        }
    }

    #[test]
    fn it_goes_up_until_somebody_is_there() {
        for (away, manager, head) in [
            (&[][..], Some(2), Some(4)),
            (&[2], Some(3), Some(4)),
            (&[2, 3], Some(4), Some(4)),
            (&[2, 3, 4], Some(5), Some(5)),
            (&[2, 3, 4, 5], Some(6), Some(6)),
            (&[2, 3, 4, 5, 6], Some(7), Some(7)),
            (&[2, 3, 4, 5, 6, 7], None, None),
        ] {
            let organisation = organisation(away);
            assert_eq!(organisation.told(id(1), Level::Manager), manager.map(id), "{away:?}");
            assert_eq!(organisation.told(id(1), Level::Head), head.map(id), "{away:?}");
        }
    }

    #[test]
    fn nobody_is_told_of_themselves() {
        let all = organisation(&[]);
        // Dee heads the department that she is in.
        assert_eq!(all.told(id(4), Level::Head), Some(id(5)));
        // Cy has no manager.
        assert_eq!(all.told(id(3), Level::Manager), Some(id(6)));
        assert_eq!(all.told(id(99), Level::Manager), None);
    }

    #[test]
    fn managers_in_a_circle_are_asked_once() {
        let mut circle = organisation(&[2, 3, 4, 5, 6, 7]);
        if let Some(member) = circle.people.get_mut(&id(3)) {
            member.manager = Some(id(1));
        }
        assert_eq!(circle.told(id(1), Level::Manager), None);
    }
}
