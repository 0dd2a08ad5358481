//! Files of other systems, as they come: known by their headers, and what each of their columns is.
//!
//! What a table does not name is looked up among the aliases as in any file.

use super::fields::Kind;
use super::headers::fold;

/// A system, and a file that it writes.
#[derive(Debug)]
pub(super) struct System {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Headers that are all there; written as `headers::fold` has them.
    by: &'static [&'static str],
    /// Of these, at least two as well.
    and_two_of: &'static [&'static str],
    columns: &'static [(&'static str, Meant)],
    /// How headers of free fields begin.
    attributes: &'static [&'static str],
    /// How headers begin that are nothing for us, such as `course1`.
    ignored: &'static [&'static str],
}

/// What a column is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meant {
    Field {
        name: &'static str,
        /// What yes means, in a column that says the opposite.
        inverted: Option<&'static str>,
        words: &'static [(&'static str, &'static str)],
    },
    /// A path, of which the last part is a field where no other column says it.
    EndOfPath(&'static str),
    Attribute(&'static str),
    Nothing,
}

const fn is(name: &'static str) -> Meant {
    Meant::Field { name, inverted: None, words: &[] }
}

const fn not(name: &'static str, yes: &'static str) -> Meant {
    Meant::Field { name, inverted: Some(yes), words: &[] }
}

const fn words(name: &'static str, words: &'static [(&'static str, &'static str)]) -> Meant {
    Meant::Field { name, inverted: None, words }
}

const NOTHING: Meant = Meant::Nothing;

impl System {
    /// What it says of the column with this header.
    pub(super) fn column(&self, header: &str) -> Option<Meant> {
        let folded = fold(header);
        if let Some((_, meant)) = self.columns.iter().find(|(name, _)| *name == folded) {
            return Some(*meant);
        }
        let is_numbered = |begins: &&&str| {
            folded
                .strip_prefix(**begins)
                .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
        };
        self.ignored.iter().find(is_numbered).map(|_| NOTHING)
    }

    /// The name of the free field under this header.
    pub(super) fn attribute(&self, header: &str) -> Option<String> {
        let header = header.trim().to_lowercase();
        let found = self.attributes.iter().find_map(|begins| header.strip_prefix(begins));
        found.map(super::header::attribute_key).filter(|key| !key.is_empty())
    }
}

/// The system that writes such headers.
pub(super) fn recognise(kind: Kind, headers: &[String]) -> Option<&'static System> {
    let folded: Vec<String> = headers.iter().map(|header| fold(header)).collect();
    let has = |name: &&&str| folded.iter().any(|header| header == **name);
    SYSTEMS.iter().find(|system| {
        system.kind == kind
            && system.by.iter().all(|name| has(&name))
            && system.and_two_of.iter().filter(has).count() >= 2.min(system.and_two_of.len())
    })
}

/// The system that writes such headers in a file of something else.
pub(super) fn of_other_kind(kind: Kind, headers: &[String]) -> Option<&'static System> {
    let others = SYSTEMS.iter().map(|system| system.kind).filter(|other| *other != kind);
    others.into_iter().find_map(|other| recognise(other, headers))
}

static SYSTEMS: &[System] = &[
    System {
        name: "OneRoster users",
        kind: Kind::People,
        by: &["sourcedid", "givenname", "familyname", "username"],
        and_two_of: &[
            "enableduser",
            "userids",
            "identifier",
            "datelastmodified",
            "orgsourcedids",
            "primaryorgsourcedid",
        ],
        columns: &[
            ("sourcedid", is("source_key")),
            (
                "status",
                words(
                    "status",
                    &[("active", "active"), ("tobedeleted", "inactive"), ("inactive", "inactive")],
                ),
            ),
            ("datelastmodified", NOTHING),
            ("enableduser", words("status", &[("true", "active"), ("false", "suspended")])),
            ("orgsourcedids", is("department")),
            ("primaryorgsourcedid", is("department")),
            ("role", NOTHING),
            ("username", is("username")),
            ("userids", NOTHING),
            ("givenname", is("first_name")),
            ("familyname", is("last_name")),
            ("middlename", NOTHING),
            ("identifier", is("employee_number")),
            ("email", is("email")),
            ("sms", NOTHING),
            ("phone", NOTHING),
            ("agentsourcedids", NOTHING),
            ("grades", NOTHING),
            ("password", NOTHING),
            ("usermasteridentifier", NOTHING),
            ("resourcesourcedids", NOTHING),
            ("preferredgivenname", is("preferred_name")),
            ("preferredmiddlename", NOTHING),
            ("preferredfamilyname", NOTHING),
            ("pronouns", NOTHING),
        ],
        attributes: &["metadata."],
        ignored: &[],
    },
    System {
        name: "OneRoster orgs",
        kind: Kind::Departments,
        by: &["sourcedid", "name", "type", "parentsourcedid"],
        and_two_of: &[],
        columns: &[
            ("sourcedid", is("code")),
            ("status", NOTHING),
            ("datelastmodified", NOTHING),
            ("name", is("name")),
            ("type", NOTHING),
            ("identifier", NOTHING),
            ("parentsourcedid", is("parent")),
        ],
        attributes: &[],
        ignored: &[],
    },
    System {
        name: "OneRoster enrollments",
        kind: Kind::Assignments,
        by: &["sourcedid", "classsourcedid", "usersourcedid"],
        and_two_of: &[],
        columns: &[
            ("sourcedid", NOTHING),
            ("status", words("status", &[("tobedeleted", "deleted")])),
            ("datelastmodified", NOTHING),
            ("classsourcedid", is("training")),
            ("schoolsourcedid", NOTHING),
            ("usersourcedid", is("source_key")),
            ("role", is("role")),
            ("primary", NOTHING),
            ("begindate", is("assigned_on")),
            ("enddate", is("due_on")),
        ],
        attributes: &[],
        ignored: &[],
    },
    System {
        name: "Canvas SIS users",
        kind: Kind::People,
        by: &["userid", "loginid", "status"],
        and_two_of: &[
            "firstname",
            "lastname",
            "fullname",
            "sortablename",
            "shortname",
            "email",
            "integrationid",
        ],
        columns: &[
            ("userid", is("source_key")),
            ("integrationid", NOTHING),
            ("loginid", is("username")),
            ("password", NOTHING),
            ("sshapassword", NOTHING),
            ("authenticationproviderid", NOTHING),
            ("firstname", is("first_name")),
            ("lastname", is("last_name")),
            ("fullname", is("full_name")),
            ("sortablename", NOTHING),
            ("shortname", is("preferred_name")),
            ("email", is("email")),
            (
                "status",
                words(
                    "status",
                    &[("active", "active"), ("suspended", "suspended"), ("deleted", "inactive")],
                ),
            ),
            ("pronouns", NOTHING),
            ("declaredusertype", is("employment_type")),
        ],
        attributes: &[],
        ignored: &[],
    },
    System {
        name: "Canvas SIS accounts",
        kind: Kind::Departments,
        by: &["accountid", "parentaccountid", "name", "status"],
        and_two_of: &[],
        columns: &[
            ("accountid", is("code")),
            ("parentaccountid", is("parent")),
            ("name", is("name")),
            ("status", NOTHING),
            ("integrationid", NOTHING),
        ],
        attributes: &[],
        ignored: &[],
    },
    System {
        name: "Canvas SIS enrollments",
        kind: Kind::Assignments,
        by: &["courseid", "userid", "role", "status"],
        and_two_of: &[],
        columns: &[
            ("courseid", is("training")),
            ("rootaccount", NOTHING),
            ("startdate", is("assigned_on")),
            ("enddate", is("due_on")),
            ("userid", is("source_key")),
            ("userintegrationid", NOTHING),
            ("role", is("role")),
            ("roleid", NOTHING),
            ("sectionid", NOTHING),
            ("status", is("status")),
            ("associateduserid", NOTHING),
            ("limitsectionprivileges", NOTHING),
            ("notify", NOTHING),
        ],
        attributes: &[],
        ignored: &[],
    },
    System {
        name: "Totara HR Import users",
        kind: Kind::People,
        by: &["idnumber", "username", "timemodified"],
        and_two_of: &["firstname", "lastname", "email", "deleted", "suspended"],
        columns: &[
            ("idnumber", is("source_key")),
            ("username", is("username")),
            ("timemodified", NOTHING),
            ("deleted", not("status", "inactive")),
            ("suspended", not("status", "suspended")),
            ("firstname", is("first_name")),
            ("lastname", is("last_name")),
            ("firstnamephonetic", NOTHING),
            ("lastnamephonetic", NOTHING),
            ("middlename", NOTHING),
            ("alternatename", is("preferred_name")),
            ("email", is("email")),
            ("emailstop", NOTHING),
            ("city", is("location")),
            ("country", is("country")),
            ("timezone", is("timezone")),
            ("lang", is("locale")),
            ("description", NOTHING),
            ("url", NOTHING),
            ("institution", NOTHING),
            ("department", is("department")),
            ("phone1", NOTHING),
            ("phone2", NOTHING),
            ("address", NOTHING),
            ("auth", NOTHING),
            ("password", NOTHING),
            ("orgidnumber", is("department")),
            ("posidnumber", is("job_role")),
            ("manageridnumber", is("manager_key")),
        ],
        attributes: &["customfield_"],
        ignored: &[],
    },
    System {
        name: "Totara HR Import job assignments",
        kind: Kind::People,
        by: &["useridnumber", "timemodified"],
        and_two_of: &[
            "orgidnumber",
            "posidnumber",
            "positionidnumber",
            "manageridnumber",
            "startdate",
        ],
        columns: &[
            ("idnumber", NOTHING),
            ("useridnumber", is("source_key")),
            ("timemodified", NOTHING),
            ("deleted", NOTHING),
            ("fullname", is("job_title")),
            ("startdate", NOTHING),
            ("enddate", NOTHING),
            ("orgidnumber", is("department")),
            ("posidnumber", is("job_role")),
            ("positionidnumber", is("job_role")),
            ("manageridnumber", is("manager_key")),
            ("managerjobassignmentidnumber", NOTHING),
            ("appraiseridnumber", NOTHING),
        ],
        attributes: &["customfield_"],
        ignored: &[],
    },
    System {
        name: "Totara HR Import organisations",
        kind: Kind::Departments,
        by: &["idnumber", "fullname", "frameworkidnumber", "timemodified"],
        and_two_of: &[],
        columns: &[
            ("idnumber", is("code")),
            ("timemodified", NOTHING),
            ("frameworkidnumber", NOTHING),
            ("shortname", NOTHING),
            ("fullname", is("name")),
            ("parentidnumber", is("parent")),
            ("description", NOTHING),
            ("typeidnumber", NOTHING),
            ("deleted", NOTHING),
        ],
        attributes: &[],
        ignored: &[],
    },
    System {
        name: "Moodle user upload",
        kind: Kind::People,
        by: &["username", "firstname", "lastname"],
        and_two_of: &[
            "email",
            "course1",
            "cohort1",
            "role1",
            "auth",
            "idnumber",
            "suspended",
            "deleted",
            "oldusername",
            "maildisplay",
            "institution",
            "profilefield",
        ],
        columns: &[
            ("id", NOTHING),
            ("username", is("username")),
            ("email", is("email")),
            ("emailstop", NOTHING),
            ("city", is("location")),
            ("country", is("country")),
            ("lang", is("locale")),
            ("timezone", words("timezone", &[("99", "")])),
            ("mailformat", NOTHING),
            ("maildisplay", NOTHING),
            ("maildigest", NOTHING),
            ("htmleditor", NOTHING),
            ("autosubscribe", NOTHING),
            ("institution", NOTHING),
            ("department", is("department")),
            ("idnumber", is("employee_number")),
            ("skype", NOTHING),
            ("msn", NOTHING),
            ("aim", NOTHING),
            ("yahoo", NOTHING),
            ("icq", NOTHING),
            ("phone1", NOTHING),
            ("phone2", NOTHING),
            ("address", NOTHING),
            ("url", NOTHING),
            ("description", NOTHING),
            ("descriptionformat", NOTHING),
            ("password", NOTHING),
            ("auth", NOTHING),
            ("oldusername", NOTHING),
            ("suspended", not("status", "suspended")),
            ("theme", NOTHING),
            ("deleted", not("status", "inactive")),
            ("mnethostid", NOTHING),
            ("interests", NOTHING),
            ("firstname", is("first_name")),
            ("lastname", is("last_name")),
            ("middlename", NOTHING),
            ("alternatename", is("preferred_name")),
            ("firstnamephonetic", NOTHING),
            ("lastnamephonetic", NOTHING),
        ],
        attributes: &["profile_field_"],
        ignored: &[
            "course",
            "type",
            "role",
            "group",
            "enrolperiod",
            "enrolstatus",
            "enroltimestart",
            "sysrole",
            "cohort",
            "categoryrole",
        ],
    },
    System {
        name: "Cornerstone users",
        kind: Kind::People,
        by: &["userid", "username", "active"],
        and_two_of: &[
            "localsystemid",
            "allowreconcile",
            "absent",
            "divisionid",
            "positionid",
            "managerid",
            "costcenterid",
        ],
        columns: &[
            ("userid", is("source_key")),
            ("localsystemid", is("employee_number")),
            ("guid", NOTHING),
            ("username", is("username")),
            (
                "active",
                words(
                    "status",
                    &[
                        ("yes", "active"),
                        ("y", "active"),
                        ("1", "active"),
                        ("no", "inactive"),
                        ("n", "inactive"),
                        ("0", "inactive"),
                    ],
                ),
            ),
            ("absent", not("status", "on_leave")),
            ("allowreconcile", NOTHING),
            ("prefix", NOTHING),
            ("firstname", is("first_name")),
            ("middlename", NOTHING),
            ("lastname", is("last_name")),
            ("suffix", NOTHING),
            ("email", is("email")),
            ("workphone", NOTHING),
            ("homephone", NOTHING),
            ("mobilephone", NOTHING),
            ("fax", NOTHING),
            ("countrycode", is("country")),
            ("line1", NOTHING),
            ("line2", NOTHING),
            ("mailstop", NOTHING),
            ("city", NOTHING),
            ("stateprovince", NOTHING),
            ("postalcode", NOTHING),
            ("divisionid", is("department")),
            ("positionid", is("job_role")),
            ("locationid", is("location")),
            ("costcenterid", Meant::Attribute("cost_center")),
            ("gradeid", Meant::Attribute("grade")),
            ("managerid", is("manager_key")),
            ("approverid", NOTHING),
            ("originalhiredate", NOTHING),
            ("lasthiredate", is("hired_on")),
            ("timezone", is("timezone")),
            ("language", is("locale")),
            ("requiredapprovals", NOTHING),
        ],
        attributes: &[],
        ignored: &[],
    },
    System {
        name: "SuccessFactors Learning user connector",
        kind: Kind::People,
        by: &["studid", "fname", "lname"],
        and_two_of: &[],
        columns: &[
            ("studid", is("source_key")),
            ("fname", is("first_name")),
            ("lname", is("last_name")),
            ("mi", NOTHING),
            ("emailaddr", is("email")),
            ("notactive", not("status", "inactive")),
            ("jpid", is("job_role")),
            ("jobtitle", is("job_title")),
            ("joblocid", is("location")),
            ("orgid", is("department")),
            ("dmnid", NOTHING),
            ("super", words("manager_key", &[("NO_MANAGER", "")])),
            ("hiredte", is("hired_on")),
            ("termdte", is("terminated_on")),
            ("emptypid", is("employment_type")),
            ("empstatid", NOTHING),
            ("roleid", NOTHING),
            ("addr", NOTHING),
            ("city", NOTHING),
            ("state", NOTHING),
            ("postal", NOTHING),
            ("cntry", is("country")),
            ("localeid", is("locale")),
            ("currencyid", NOTHING),
            ("timezone", is("timezone")),
            ("regulartempid", NOTHING),
        ],
        attributes: &[],
        ignored: &[],
    },
    System {
        name: "SuccessFactors employee export",
        kind: Kind::People,
        by: &["status", "userid", "username", "manager", "hr"],
        and_two_of: &[],
        columns: &[
            (
                "status",
                words(
                    "status",
                    &[
                        ("active", "active"),
                        ("inactive", "inactive"),
                        ("active_external", "active"),
                        ("t", "active"),
                        ("f", "inactive"),
                    ],
                ),
            ),
            ("userid", is("source_key")),
            ("username", is("username")),
            ("firstname", is("first_name")),
            ("lastname", is("last_name")),
            ("nickname", is("preferred_name")),
            ("mi", NOTHING),
            ("suffix", NOTHING),
            ("gender", NOTHING),
            ("email", is("email")),
            ("manager", words("manager_key", &[("NO_MANAGER", "")])),
            ("hr", NOTHING),
            ("matrixmanager", NOTHING),
            ("department", is("department")),
            ("jobcode", is("job_role")),
            ("division", NOTHING),
            ("location", is("location")),
            ("timezone", is("timezone")),
            ("hiredate", is("hired_on")),
            ("empid", is("employee_number")),
            ("title", is("job_title")),
            ("bizphone", NOTHING),
            ("defaultlocale", is("locale")),
            ("country", is("country")),
        ],
        attributes: &[],
        ignored: &["custom"],
    },
    System {
        name: "Microsoft Entra user download",
        kind: Kind::People,
        by: &["userprincipalname", "displayname"],
        and_two_of: &[
            "objectid",
            "id",
            "surname",
            "givenname",
            "mail",
            "usertype",
            "accountenabled",
            "createddatetime",
        ],
        columns: &[
            ("userprincipalname", is("username")),
            ("displayname", NOTHING),
            ("surname", is("last_name")),
            ("mail", is("email")),
            ("givenname", is("first_name")),
            ("objectid", is("source_key")),
            ("id", is("source_key")),
            ("usertype", NOTHING),
            ("jobtitle", is("job_title")),
            ("department", is("department")),
            ("accountenabled", words("status", &[("true", "active"), ("false", "suspended")])),
            ("usagelocation", is("country")),
            ("streetaddress", NOTHING),
            ("state", NOTHING),
            ("country", NOTHING),
            ("physicaldeliveryofficename", is("location")),
            ("officelocation", is("location")),
            ("city", NOTHING),
            ("postalcode", NOTHING),
            ("telephonenumber", NOTHING),
            ("mobile", NOTHING),
            ("mobilephone", NOTHING),
            ("employeeid", is("employee_number")),
            ("employeetype", is("employment_type")),
            ("employeehiredate", is("hired_on")),
            ("createddatetime", NOTHING),
            ("companyname", NOTHING),
        ],
        attributes: &[],
        ignored: &[],
    },
    System {
        name: "Microsoft 365 user export",
        kind: Kind::People,
        by: &["displayname", "userprincipalname", "firstname", "lastname", "licenses"],
        and_two_of: &[],
        columns: &[
            ("displayname", NOTHING),
            ("userprincipalname", is("email")),
            ("firstname", is("first_name")),
            ("lastname", is("last_name")),
            ("whencreated", NOTHING),
            ("department", is("department")),
            ("licenses", NOTHING),
            ("blockcredential", not("status", "suspended")),
        ],
        attributes: &[],
        ignored: &[],
    },
    System {
        name: "Google Workspace user export",
        kind: Kind::People,
        by: &["firstnamerequired", "lastnamerequired", "emailaddressrequired"],
        and_two_of: &[],
        columns: &[
            ("firstnamerequired", is("first_name")),
            ("lastnamerequired", is("last_name")),
            ("emailaddressrequired", is("email")),
            ("passwordrequired", NOTHING),
            ("passwordhashfunctionuploadonly", NOTHING),
            ("orgunitpathrequired", Meant::EndOfPath("department")),
            ("newprimaryemailuploadonly", NOTHING),
            ("recoveryemail", NOTHING),
            ("homesecondaryemail", NOTHING),
            ("worksecondaryemail", NOTHING),
            ("recoveryphonemustbeinthee164format", NOTHING),
            ("workphone", NOTHING),
            ("homephone", NOTHING),
            ("mobilephone", NOTHING),
            ("workaddress", NOTHING),
            ("homeaddress", NOTHING),
            ("employeeid", is("employee_number")),
            ("employeetype", is("employment_type")),
            ("employeetitle", is("job_title")),
            ("manageremail", is("manager_email")),
            ("department", is("department")),
            ("costcenter", Meant::Attribute("cost_center")),
            ("buildingid", is("location")),
            ("floorname", NOTHING),
            ("floorsection", NOTHING),
            ("changepasswordatnextsignin", NOTHING),
            ("newstatusuploadonly", NOTHING),
            (
                "statusreadonly",
                words(
                    "status",
                    &[("active", "active"), ("suspended", "suspended"), ("archived", "inactive")],
                ),
            ),
            ("lastsigninreadonly", NOTHING),
            ("newlicensesuploadonly", NOTHING),
            ("advancedprotectionprogramenrollment", NOTHING),
            ("2svenrolledreadonly", NOTHING),
            ("2svenforcedreadonly", NOTHING),
            ("emailusagereadonly", NOTHING),
            ("driveusagereadonly", NOTHING),
            ("photosusagereadonly", NOTHING),
            ("storagelimitreadonly", NOTHING),
            ("storageusedreadonly", NOTHING),
        ],
        attributes: &[],
        ignored: &[],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(line: &str) -> Vec<String> {
        line.split(',').map(str::to_owned).collect()
    }

    fn name(kind: Kind, line: &str) -> Option<&'static str> {
        recognise(kind, &headers(line)).map(|system| system.name)
    }

    #[test]
    fn every_table_is_sound() {
        for system in SYSTEMS {
            for header in system.by.iter().chain(system.and_two_of).chain(system.ignored) {
                assert_eq!(&fold(header), header, "{}", system.name);
            }
            for (header, meant) in system.columns {
                assert_eq!(&fold(header), header, "{}", system.name);
                if let Meant::Field { name, .. } | Meant::EndOfPath(name) = meant {
                    assert!(system.kind.field(name).is_some(), "{name} of {}", system.name);
                }
            }
        }
    }

    #[test]
    fn systems_are_known_by_their_headers() {
        for (kind, line, expected) in [
            (
                Kind::People,
                "username,firstname,lastname,email,course1,type1,cohort1",
                Some("Moodle user upload"),
            ),
            (
                Kind::People,
                "user_id,login_id,first_name,last_name,email,status",
                Some("Canvas SIS users"),
            ),
            (
                Kind::People,
                "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,\
                            givenName,familyName,middleName,identifier,email",
                Some("OneRoster users"),
            ),
            (
                Kind::People,
                "idnumber,username,timemodified,deleted,firstname,lastname",
                Some("Totara HR Import users"),
            ),
            (
                Kind::People,
                "User ID,Local System ID,Username,Active,Absent,Allow Reconcile",
                Some("Cornerstone users"),
            ),
            (
                Kind::People,
                "STUD_ID,FNAME,LNAME,EMAIL_ADDR,NOTACTIVE",
                Some("SuccessFactors Learning user connector"),
            ),
            (
                Kind::People,
                "STATUS,USERID,USERNAME,FIRSTNAME,LASTNAME,MANAGER,HR",
                Some("SuccessFactors employee export"),
            ),
            (
                Kind::People,
                "userPrincipalName,displayName,surname,mail,givenName,objectId",
                Some("Microsoft Entra user download"),
            ),
            (
                Kind::People,
                "First Name [Required],Last Name [Required],Email Address [Required],Department",
                Some("Google Workspace user export"),
            ),
            (
                Kind::Assignments,
                "course_id,user_id,role,section_id,status",
                Some("Canvas SIS enrollments"),
            ),
            (Kind::People, "First name,Last name,Email", None),
            (Kind::People, "Username,First name,Last name,Email", None),
        ] {
            assert_eq!(name(kind, line), expected, "{line}");
        }
    }
}
