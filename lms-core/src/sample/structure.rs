//! Departments, locations and job roles: as many as a company of that size has.

use super::named;
use crate::people::{NewUnit, UnitKind};

/// A place of work.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) country: &'static str,
    pub(super) timezone: &'static str,
    pub(super) locale: &'static str,
    weight: usize,
}

const fn site(
    code: &'static str,
    name: &'static str,
    country: &'static str,
    timezone: &'static str,
    locale: &'static str,
    weight: usize,
) -> Site {
    Site { code, name, country, timezone, locale, weight }
}

const SITES: [Site; 14] = [
    site("BER", "Berlin", "DE", "Europe/Berlin", "de", 26),
    site("LIS", "Lisbon", "PT", "Europe/Lisbon", "pt", 18),
    site("WAW", "Warsaw", "PL", "Europe/Warsaw", "pl", 12),
    site("AMS", "Amsterdam", "NL", "Europe/Amsterdam", "nl", 8),
    site("DUB", "Dublin", "IE", "Europe/Dublin", "en", 8),
    site("MAD", "Madrid", "ES", "Europe/Madrid", "es", 8),
    site("BLR", "Bengaluru", "IN", "Asia/Kolkata", "en", 14),
    site("IST", "Istanbul", "TR", "Europe/Istanbul", "tr", 6),
    site("CPH", "Copenhagen", "DK", "Europe/Copenhagen", "da", 5),
    site("HAN", "Hanoi", "VN", "Asia/Ho_Chi_Minh", "vi", 7),
    site("LOS", "Lagos", "NG", "Africa/Lagos", "en", 5),
    site("SAO", "São Paulo", "BR", "America/Sao_Paulo", "pt-BR", 7),
    site("DXB", "Dubai", "AE", "Asia/Dubai", "ar", 3),
    site("TYO", "Tokyo", "JP", "Asia/Tokyo", "ja", 4),
];

/// A part of every company, with what it is divided into and who works there.
#[derive(Debug)]
pub(super) struct Division {
    pub(super) code: &'static str,
    name: &'static str,
    /// Codes and names of what it is divided into.
    functions: &'static [(&'static str, &'static str)],
    pub(super) job_roles: &'static [&'static str],
    /// Of a thousand people of a large company, how many work there.
    pub(super) weight: usize,
    /// Of a thousand people there, how many have no mailbox.
    pub(super) without_mailbox: usize,
}

const DIVISIONS: [Division; 12] = [
    Division {
        code: "ENG",
        name: "Engineering",
        functions: &[
            ("WEB", "Web"),
            ("PLAT", "Platform"),
            ("MOB", "Mobile"),
            ("ANA", "Data"),
            ("QA", "Quality"),
            ("SRE", "Reliability"),
        ],
        job_roles: &["DEV", "DEV", "DEV", "QUALITY"],
        weight: 190,
        without_mailbox: 0,
    },
    Division {
        code: "SALES",
        name: "Sales",
        functions: &[
            ("NEW", "New Business"),
            ("KEY", "Key Accounts"),
            ("PART", "Partners"),
            ("INS", "Inside Sales"),
        ],
        job_roles: &["SELLER", "SELLER", "SOLUTIONS"],
        weight: 120,
        without_mailbox: 0,
    },
    Division {
        code: "HR",
        name: "People and Culture",
        functions: &[
            ("TAL", "Talent"),
            ("PAY", "Payroll"),
            ("LND", "Learning"),
            ("OPS", "People Operations"),
        ],
        job_roles: &["PARTNER", "RECRUITER"],
        weight: 30,
        without_mailbox: 0,
    },
    Division {
        code: "OPS",
        name: "Operations",
        functions: &[
            ("WH", "Warehouses"),
            ("FLEET", "Fleet"),
            ("PLAN", "Planning"),
            ("SAFE", "Safety"),
            ("RET", "Returns"),
        ],
        job_roles: &["PICKER", "PICKER", "DRIVER", "PLANNER"],
        weight: 230,
        without_mailbox: 420,
    },
    Division {
        code: "SUP",
        name: "Customer Support",
        functions: &[
            ("L1", "First Line"),
            ("L2", "Second Line"),
            ("ONB", "Onboarding"),
            ("CARE", "Customer Care"),
        ],
        job_roles: &["AGENT", "AGENT", "SPECIALIST"],
        weight: 140,
        without_mailbox: 0,
    },
    Division {
        code: "FIN",
        name: "Finance",
        functions: &[
            ("ACC", "Accounting"),
            ("CON", "Controlling"),
            ("TAX", "Tax"),
            ("PROC", "Procurement"),
        ],
        job_roles: &["ACCOUNTANT", "BUYER"],
        weight: 45,
        without_mailbox: 0,
    },
    Division {
        code: "MFG",
        name: "Manufacturing",
        functions: &[
            ("ASM", "Assembly"),
            ("TOOL", "Tooling"),
            ("PACK", "Packaging"),
            ("MAINT", "Maintenance"),
            ("QC", "Quality Control"),
        ],
        job_roles: &["OPERATOR", "OPERATOR", "TECHNICIAN"],
        weight: 140,
        without_mailbox: 350,
    },
    Division {
        code: "MKT",
        name: "Marketing",
        functions: &[
            ("BRAND", "Brand"),
            ("PERF", "Performance"),
            ("EVT", "Events"),
            ("PR", "Press"),
        ],
        job_roles: &["MARKETER", "DESIGNER"],
        weight: 35,
        without_mailbox: 0,
    },
    Division {
        code: "PROD",
        name: "Product",
        functions: &[("MGMT", "Product Management"), ("UX", "Design"), ("RES", "User Research")],
        job_roles: &["PRODUCT", "DESIGNER"],
        weight: 30,
        without_mailbox: 0,
    },
    Division {
        code: "IT",
        name: "IT and Security",
        functions: &[("DESK", "Service Desk"), ("NET", "Networks"), ("SEC", "Security")],
        job_roles: &["SYSADMIN", "AGENT"],
        weight: 25,
        without_mailbox: 0,
    },
    Division {
        code: "LAW",
        name: "Legal and Compliance",
        functions: &[("CONT", "Contracts"), ("PRIV", "Privacy"), ("COMP", "Compliance")],
        job_roles: &["COUNSEL"],
        weight: 10,
        without_mailbox: 0,
    },
    Division {
        code: "RND",
        name: "Research",
        functions: &[("LAB", "Laboratory"), ("PROTO", "Prototypes")],
        job_roles: &["SCIENTIST", "TECHNICIAN"],
        weight: 15,
        without_mailbox: 0,
    },
];

/// Code and name; those that the named people have come first.
const JOB_ROLES: [(&str, &str); 24] = [
    ("LEAD", "Team Lead"),
    ("DEV", "Developer"),
    ("SELLER", "Account Manager"),
    ("PARTNER", "People Partner"),
    ("HEAD", "Head of Department"),
    ("QUALITY", "Test Engineer"),
    ("SOLUTIONS", "Solutions Consultant"),
    ("RECRUITER", "Recruiter"),
    ("PICKER", "Warehouse Operative"),
    ("DRIVER", "Driver"),
    ("PLANNER", "Planner"),
    ("AGENT", "Support Agent"),
    ("SPECIALIST", "Support Specialist"),
    ("ACCOUNTANT", "Accountant"),
    ("BUYER", "Buyer"),
    ("OPERATOR", "Machine Operator"),
    ("TECHNICIAN", "Technician"),
    ("MARKETER", "Marketing Manager"),
    ("DESIGNER", "Designer"),
    ("PRODUCT", "Product Manager"),
    ("SYSADMIN", "Systems Administrator"),
    ("COUNSEL", "Legal Counsel"),
    ("SCIENTIST", "Scientist"),
    ("INTERN", "Intern"),
];
const JOB_ROLES_OF_THE_NAMED: usize = 4;

/// What somebody with this job role has on their door.
pub(super) fn title(job_role: &str) -> &'static str {
    JOB_ROLES.iter().find(|(code, _)| *code == job_role).map_or("", |(_, name)| *name)
}

/// A department of the company.
#[derive(Debug)]
pub(super) struct Department {
    pub(super) code: String,
    name: String,
    /// The place of the one above in the list.
    pub(super) parent: Option<usize>,
    pub(super) division: &'static Division,
    /// Where all of its people work.
    pub(super) site: Option<usize>,
    /// Whether people work in it who lead nobody. The others have a head only.
    pub(super) is_leaf: bool,
}

/// The tree, each department before those below it.
#[derive(Debug)]
pub(super) struct Structure {
    pub(super) departments: Vec<Department>,
    n_sites: usize,
    n_job_roles: usize,
}

impl Structure {
    /// For so many people.
    pub(super) fn of(people: usize) -> Self {
        let named = named::PEOPLE.len();
        if people <= named {
            let departments = named_departments(&DIVISIONS[..3]);
            return Self { departments, n_sites: 2, n_job_roles: JOB_ROLES_OF_THE_NAMED };
        }
        let n_sites = match people {
            0..100 => 2,
            100..500 => 4,
            500..5_000 => 8,
            _ => SITES.len(),
        };
        let divisions = &DIVISIONS[..(3 + (people - named) / 12).min(DIVISIONS.len())];
        let mut structure = Self { departments: Vec::new(), n_sites, n_job_roles: JOB_ROLES.len() };
        let weight: usize = divisions.iter().map(|division| division.weight).sum();
        // A department of a small company has a dozen people, one of a large company a hundred.
        let n_leaves = people / (10 + people / 900);
        for division in divisions {
            structure.divide(division, n_leaves * division.weight / weight);
        }
        structure
    }

    fn divide(&mut self, division: &'static Division, n_leaves: usize) {
        let top =
            self.add(division.code.to_owned(), division.name.to_owned(), None, division, None);
        // Two of them are there in the smallest company.
        let n_functions = if division.code == "ENG" { n_leaves.max(2) } else { n_leaves };
        if n_functions < 2 {
            return;
        }
        let functions = &division.functions[..n_functions.min(division.functions.len())];
        for (at, (code, name)) in functions.iter().enumerate() {
            let code = format!("{}-{code}", division.code);
            let n_teams = share(n_leaves, functions.len(), at);
            let function = self.add(code.clone(), (*name).to_owned(), Some(top), division, None);
            if n_teams < 2 {
                continue;
            }
            let n_sites = n_teams.min(self.n_sites);
            for (at, site) in SITES[..n_sites].iter().enumerate() {
                let code = format!("{code}-{}", site.code);
                let full = format!("{name} {}", site.name);
                let n_here = share(n_teams, n_sites, at);
                let here = self.add(code.clone(), full.clone(), Some(function), division, Some(at));
                for team in 1..=n_here {
                    if n_here > 1 {
                        let code = format!("{code}-{team}");
                        self.add(code, format!("{full} {team}"), Some(here), division, Some(at));
                    }
                }
            }
        }
    }

    fn add(
        &mut self,
        code: String,
        name: String,
        parent: Option<usize>,
        division: &'static Division,
        site: Option<usize>,
    ) -> usize {
        if let Some(parent) = parent {
            self.departments[parent].is_leaf = false;
        }
        self.departments.push(Department { code, name, parent, division, site, is_leaf: true });
        self.departments.len() - 1
    }

    /// Plain inputs of [`People::add_units`](crate::People::add_units), parents first.
    pub(super) fn units(&self) -> Vec<NewUnit> {
        let departments = self.departments.iter().map(|department| {
            let new = NewUnit::new(UnitKind::Department, &department.code, &department.name);
            match department.parent {
                Some(parent) => new.parent(&self.departments[parent].code),
                None => new,
            }
        });
        let sites = self.sites().iter();
        let sites = sites.map(|site| NewUnit::new(UnitKind::Location, site.code, site.name));
        let job_roles = JOB_ROLES[..self.n_job_roles].iter();
        let job_roles = job_roles.map(|(code, name)| NewUnit::new(UnitKind::JobRole, code, name));
        departments.chain(sites).chain(job_roles).collect()
    }

    pub(super) fn sites(&self) -> &'static [Site] {
        &SITES[..self.n_sites]
    }

    pub(super) fn site_weights(&self) -> impl Iterator<Item = usize> + Clone + use<> {
        self.sites().iter().map(|site| site.weight)
    }
}

/// The part of a whole that falls to one of several, the first ones getting what is over.
fn share(whole: usize, parts: usize, at: usize) -> usize {
    whole / parts + usize::from(at < whole % parts)
}

fn named_departments(divisions: &'static [Division]) -> Vec<Department> {
    let mut departments: Vec<Department> = Vec::new();
    for (code, name, parent) in named::DEPARTMENTS {
        let at = |code: &str| departments.iter().position(|known| known.code == code);
        let parent = parent.and_then(at);
        let top = code.split('-').next().unwrap_or(code);
        let division = divisions.iter().find(|division| division.code == top);
        departments.push(Department {
            code: code.to_owned(),
            name: name.to_owned(),
            parent,
            division: division.unwrap_or(&divisions[0]),
            site: None,
            is_leaf: true,
        });
    }
    departments
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_company_has_departments_by_its_size() {
        let count = |people| Structure::of(people).departments.len();
        assert_eq!(count(12), 5);
        assert!((10..30).contains(&count(120)), "{}", count(120));
        assert!((80..200).contains(&count(1_000)), "{}", count(1_000));
        assert!((800..1_200).contains(&count(100_000)), "{}", count(100_000));
    }

    #[test]
    fn the_named_departments_are_always_there_and_codes_are_unique() {
        for people in [1, 12, 13, 30, 120, 1_000, 10_000, 100_000] {
            let structure = Structure::of(people);
            let codes: Vec<&str> = structure.departments.iter().map(|d| d.code.as_str()).collect();
            for (code, ..) in named::DEPARTMENTS {
                assert!(codes.contains(&code), "{code} of {people}");
            }
            assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "{people}");
        }
    }
}
