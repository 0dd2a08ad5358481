//! The values that are in use, so that one which nobody has can be told from one that few have:
//! job titles, kinds of employment, attributes, access roles.

use uuid::Uuid;

use crate::access::ROLES;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, One, Tx, row, statements};
use crate::kernel::error::Result;
use crate::kernel::text::Day;

statements! {
    /// From each value to the next along the index: as many steps as there are values, however many
    /// people have them.
    JOB_TITLES = "WITH RECURSIVE known (value) AS (
                      SELECT MIN(job_title_key) FROM placements WHERE retracted_at IS NULL
                      UNION ALL
                      SELECT (SELECT MIN(job_title_key) FROM placements
                              WHERE retracted_at IS NULL AND job_title_key > known.value)
                      FROM known WHERE known.value IS NOT NULL
                  )
                  SELECT value FROM known WHERE value IS NOT NULL";

    EMPLOYMENT_TYPES = "WITH RECURSIVE known (value) AS (
                            SELECT MIN(employment_type) FROM placements WHERE retracted_at IS NULL
                            UNION ALL
                            SELECT (SELECT MIN(employment_type) FROM placements
                                    WHERE retracted_at IS NULL AND employment_type > known.value)
                            FROM known WHERE known.value IS NOT NULL
                        )
                        SELECT value FROM known WHERE value IS NOT NULL";

    JOB_TITLES_KNOWN = "SELECT DISTINCT job_title_key FROM placements
                        WHERE job_title_key IS NOT NULL
                          AND recorded_at <= $1 AND (retracted_at > $1 OR retracted_at IS NULL)";

    EMPLOYMENT_TYPES_KNOWN = "SELECT DISTINCT employment_type FROM placements
                              WHERE employment_type IS NOT NULL
                                AND recorded_at <= $1 AND (retracted_at > $1 OR retracted_at IS NULL)";

    /// Attributes have no index: this reads all that have any.
    ATTRIBUTE_VALUES = {
        sqlite: "SELECT DISTINCT attributes ->> $2 FROM placements
                 WHERE recorded_at <= $1 AND (retracted_at > $1 OR retracted_at IS NULL)
                   AND attributes <> '{}' AND attributes ->> $2 IS NOT NULL",
        postgres: "SELECT DISTINCT CAST(attributes AS JSON) ->> $2 FROM placements
                   WHERE recorded_at <= $1 AND (retracted_at > $1 OR retracted_at IS NULL)
                     AND attributes <> '{}' AND CAST(attributes AS JSON) ->> $2 IS NOT NULL"
    };

    ATTRIBUTE_NAMES = {
        sqlite: "SELECT DISTINCT a.key FROM placements p, json_each(p.attributes) a
                 WHERE p.retracted_at IS NULL AND p.attributes <> '{}'",
        postgres: "SELECT DISTINCT json_object_keys(CAST(attributes AS JSON)) FROM placements
                   WHERE retracted_at IS NULL AND attributes <> '{}'"
    };

    OWN_ROLES = "SELECT name FROM access_roles ORDER BY name";
}

/// What is believed now is what will be known after everything.
fn horizon(known_at: Option<Timestamp>) -> Timestamp {
    known_at.unwrap_or(Timestamp::new(jiff::Timestamp::MAX))
}

fn plain(rows: Vec<One<String>>) -> Vec<String> {
    rows.into_iter().map(|One(value)| value).collect()
}

pub(super) async fn job_titles(tx: &mut Tx, known_at: Option<Timestamp>) -> Result<Vec<String>> {
    Ok(plain(match known_at {
        None => tx.sql(&JOB_TITLES).all().await?,
        Some(instant) => tx.sql(&JOB_TITLES_KNOWN).bind(instant).all().await?,
    }))
}

pub(super) async fn employment_types(
    tx: &mut Tx,
    known_at: Option<Timestamp>,
) -> Result<Vec<String>> {
    Ok(plain(match known_at {
        None => tx.sql(&EMPLOYMENT_TYPES).all().await?,
        Some(instant) => tx.sql(&EMPLOYMENT_TYPES_KNOWN).bind(instant).all().await?,
    }))
}

pub(super) async fn attribute_values(
    tx: &mut Tx,
    name: &str,
    known_at: Option<Timestamp>,
) -> Result<Vec<String>> {
    let values = tx.sql(&ATTRIBUTE_VALUES).bind(horizon(known_at)).bind(name);
    Ok(plain(values.all().await?))
}

pub(super) async fn attribute_names(tx: &mut Tx) -> Result<Vec<String>> {
    Ok(plain(tx.sql(&ATTRIBUTE_NAMES).all().await?))
}

/// The access roles: those that every organisation has, and its own.
pub(super) async fn roles(tx: &mut Tx) -> Result<Vec<String>> {
    let own = plain(tx.sql(&OWN_ROLES).all().await?);
    Ok(ROLES.iter().map(|role| role.name.to_owned()).chain(own).collect())
}

row! {
    pub(super) struct Holder {
        pub(super) role: String,
        pub(super) person: Uuid,
    }
}

/// Who holds these roles on a day, through their account.
pub(super) async fn holders(
    tx: &mut Tx,
    roles: &[String],
    day: Day,
    known_at: Option<Timestamp>,
) -> Result<Vec<Holder>> {
    let instant = horizon(known_at);
    Assembly::new(
        "SELECT r.role, l.person_id
         FROM account_roles r JOIN account_links l ON l.account_id = r.account_id
         WHERE r.role IN (texts?)",
    )
    .bind_texts(roles)
    .push("AND r.valid_from <= ?")
    .bind(day)
    .push("AND (r.valid_until > ? OR r.valid_until IS NULL)")
    .bind(day)
    .push("AND r.recorded_at <= ?")
    .bind(instant)
    .push("AND (r.retracted_at > ? OR r.retracted_at IS NULL)")
    .bind(instant)
    .on(tx)
    .all()
    .await
}

/// These people and everybody below them on a day to whom somebody reports: whoever reports to any
/// of them reports to the first, all the way down. Stops where there are `max` of them.
pub(in crate::people) async fn with_managers_below(
    tx: &mut Tx,
    managers: &[Uuid],
    day: Day,
    known_at: Option<Timestamp>,
    max: Option<usize>,
) -> Result<Vec<Uuid>> {
    let below = Assembly::new(
        "WITH RECURSIVE below (person_id) AS (
             SELECT id FROM persons WHERE id IN (ids?)",
    )
    .bind_ids(&crate::kernel::db::IdList::new(managers.iter().copied()))
    .push(
        "UNION
             SELECT p.person_id FROM below b JOIN placements p ON p.manager_id = b.person_id
             WHERE p.valid_from <= ?",
    )
    .bind(day)
    .push("AND (p.valid_until > ? OR p.valid_until IS NULL)")
    .bind(day);
    // Said in this way, so that the index over what is believed now can serve.
    let below = match known_at {
        None => below.push(
            "AND p.retracted_at IS NULL AND EXISTS
                 (SELECT 1 FROM placements r WHERE r.manager_id = p.person_id AND r.retracted_at IS NULL)",
        ),
        Some(instant) => below
            .push("AND p.recorded_at <= ?")
            .bind(instant)
            .push("AND (p.retracted_at > ? OR p.retracted_at IS NULL)")
            .bind(instant),
    };
    let below = below.push(") SELECT person_id FROM below");
    let max = max.map(|max| i64::try_from(max).unwrap_or(i64::MAX));
    let rows: Vec<One<Uuid>> = below.push_some("LIMIT ?", max).on(tx).all().await?;
    Ok(rows.into_iter().map(|One(id)| id).collect())
}
