//! The two databases behind one statement text: native pools of each engine in one enum, no
//! abstraction over SQL. See `docs/sql.md` for what may stand in a statement.

pub(crate) mod bulk;
pub(crate) mod failure;
mod filter;
pub(crate) mod migrate;
pub(crate) mod narrow;
mod open;
mod packed;
#[cfg(feature = "testkit")]
pub(crate) mod plans;
#[cfg(feature = "postgres")]
mod postgres_wire;
pub(crate) mod schema;
mod scrub;
mod statement;
pub(crate) mod statistics;
mod tx;
mod url;
mod value;

pub(crate) use filter::{Assembly, IdList};
pub(crate) use narrow::Narrowing;
pub(crate) use open::{Db, OpenOptions, STATEMENTS};
pub(crate) use statement::{Statement, statement, statements};
pub(crate) use tx::{Query, Tx};
pub(crate) use url::Target;
pub use url::{DatabaseUrl, Engine};
pub(crate) use value::{Columns, Field, FromRow, Kind, One, Row, Value, row};
