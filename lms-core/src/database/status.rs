//! How the database stands.

use super::{DatabaseStatus, SchemaState, TableStatus};
use crate::kernel::core::Core;
use crate::kernel::db::schema::{TABLES, Table};
use crate::kernel::db::{One, Tx, migrate, row, statements};
use crate::kernel::error::Result;
use crate::operations::sql::{HEAD, HeadRow};

statements! {
    SERVER_VERSION = {
        sqlite: "SELECT sqlite_version()",
        postgres: "SELECT current_setting('server_version')"
    };

    SIZE_BYTES = {
        sqlite: "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        postgres: "SELECT CAST(COALESCE(SUM(pg_total_relation_size(c.oid)), 0) AS BIGINT)
                   FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname = current_schema() AND c.relkind = 'r'"
    };

    /// Every column there is, for comparison with the registry.
    CATALOGUE_COLUMNS = {
        sqlite: "SELECT m.name, p.name, p.type, p.\"notnull\"
                 FROM sqlite_master m JOIN pragma_table_info(m.name) p
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                 ORDER BY m.name, p.cid",
        postgres: "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT),
                          CAST(CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS BIGINT)
                   FROM information_schema.columns
                   WHERE table_schema = current_schema()
                   ORDER BY table_name COLLATE \"C\", ordinal_position"
    };

    /// Every unique key, reference and index there is, in the words of the registry.
    CATALOGUE_KEYS = {
        sqlite: "SELECT m.name, CASE i.\"unique\" WHEN 1 THEN 'unique ' ELSE 'index ' END ||
                        (SELECT group_concat(c.name, ',')
                         FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) c)
                 FROM sqlite_master m JOIN pragma_index_list(m.name) i
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                 UNION
                 SELECT m.name, 'unique ' ||
                        (SELECT group_concat(c.name, ',')
                         FROM (SELECT name FROM pragma_table_info(m.name) WHERE pk > 0 ORDER BY pk) c)
                 FROM sqlite_master m
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                   AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) WHERE pk > 0)
                 UNION
                 SELECT m.name, f.\"from\" || ' → ' || f.\"table\" || '.' || f.\"to\"
                 FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
                 WHERE m.type = 'table'",
        postgres: "SELECT CAST(t.relname AS TEXT), CASE WHEN i.indisunique THEN 'unique ' ELSE 'index ' END ||
                          (SELECT string_agg(a.attname, ',' ORDER BY k.place)
                           FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
                           JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum)
                   FROM pg_index i
                   JOIN pg_class t ON t.oid = i.indrelid
                   JOIN pg_namespace n ON n.oid = t.relnamespace
                   WHERE n.nspname = current_schema()
                   UNION
                   SELECT CAST(t.relname AS TEXT), a.attname || ' → ' || r.relname || '.' || b.attname
                   FROM pg_constraint c
                   JOIN pg_class t ON t.oid = c.conrelid
                   JOIN pg_class r ON r.oid = c.confrelid
                   JOIN pg_namespace n ON n.oid = t.relnamespace
                   JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
                   JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = c.confkey[1]
                   WHERE c.contype = 'f' AND n.nspname = current_schema()"
    };
}

row! {
    /// A column as the catalogue of the database has it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct CatalogueColumn {
        pub(crate) table: String,
        pub(crate) column: String,
        pub(crate) type_name: String,
        pub(crate) not_null: i64,
    }
}

row! {
    /// A key as the catalogue of the database has it, in the words of the registry.
    pub(crate) struct CatalogueKey {
        pub(crate) table: String,
        pub(crate) key: String,
    }
}

pub(super) async fn status(core: &Core) -> Result<DatabaseStatus> {
    let mut tx = core.db().begin_read().await?;
    let One(server_version) = tx.sql(&SERVER_VERSION).one::<One<String>>().await?;
    let found = migrate::inspect(&mut tx).await?;
    let (mut tables, mut head_seq) = (Vec::new(), None);
    if found.state == SchemaState::Current {
        for table in TABLES {
            tables.push(TableStatus {
                name: table.name.to_owned(),
                rows: count(&mut tx, table).await?,
            });
        }
        head_seq = Some(tx.sql(&HEAD).one::<HeadRow>().await?.seq);
    }
    let One(size_bytes) = tx.sql(&SIZE_BYTES).one::<One<i64>>().await?;
    Ok(DatabaseStatus {
        engine: core.db().engine().as_str().to_owned(),
        server_version,
        location: core.url().to_string(),
        schema_version: found.version,
        program_schema_version: migrate::newest(),
        state: found.state,
        pending: found.pending(),
        size_bytes: Some(size_bytes),
        head_seq,
        tables,
    })
}

/// Every column that the database has.
#[cfg(feature = "testkit")]
pub(crate) async fn catalogue(core: &Core) -> Result<Vec<CatalogueColumn>> {
    core.db().begin_read().await?.sql(&CATALOGUE_COLUMNS).all().await
}

pub(super) async fn count(tx: &mut Tx, table: &Table) -> Result<i64> {
    let One(rows) = tx.assembled(format!("SELECT COUNT(*) FROM {}", table.name)).one().await?;
    Ok(rows)
}
