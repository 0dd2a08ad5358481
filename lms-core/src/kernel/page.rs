//! Key-set paging: a list continues behind the last key seen, so that it stays fast at any depth
//! and neither skips nor repeats a row when others write.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::{Error, INVALID_CURSOR, Result};
use super::suggest::suggest;

const LIMIT_DEFAULT: u32 = 50;
const LIMIT_MAX: u32 = 500;

/// One page of a list.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct Page<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// Where the next page begins; nothing at the end of the list.
    pub next: Option<String>,
}

/// How many rows at most, and behind which key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Paging {
    pub(crate) limit: Option<u32>,
    pub(crate) cursor: Option<String>,
}

impl Paging {
    /// One more than the page, which tells whether there is a next page.
    pub(crate) fn rows_wanted(&self) -> Result<i64> {
        Ok(i64::from(self.limit()?) + 1)
    }

    /// The key behind which the page begins.
    pub(crate) fn after<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        self.cursor.as_deref().map(Self::decode).transpose()
    }

    /// Cuts the extra row off and turns the last key into the cursor of the next page.
    pub(crate) fn page<T, K: Serialize>(
        &self,
        mut items: Vec<T>,
        key: impl Fn(&T) -> K,
    ) -> Result<Page<T>> {
        let limit = self.limit()? as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| Self::encode(&key(last)));
        Ok(Page { items, next })
    }

    fn limit(&self) -> Result<u32> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if (1..=LIMIT_MAX).contains(&limit) {
            return Ok(limit);
        }
        Err(Error::invalid("limit", format!("a page cannot have `{limit}` rows")).with_hint(
            format!("ask for 1 to {LIMIT_MAX}; the next page begins at the cursor `next`"),
        ))
    }

    /// The cursor that leads to what comes behind this key.
    pub(crate) fn encode<K: Serialize>(key: &K) -> String {
        let key = serde_json::to_vec(&CursorBody { k: key }).expect("a key is plain data");
        URL_SAFE_NO_PAD.encode(key)
    }

    fn decode<K: DeserializeOwned>(cursor: &str) -> Result<K> {
        let body = URL_SAFE_NO_PAD.decode(cursor).ok();
        body.and_then(|body| serde_json::from_slice::<CursorBody<K>>(&body).ok())
            .map(|body| body.k)
            .ok_or_else(|| {
                INVALID_CURSOR
                    .error(format!("`{cursor}` is not a cursor of this list"))
                    .with_field("cursor")
                    .with_hint("pass on `next` of the page before, as it is")
            })
    }
}

/// Which of the orders of a list is named, such as `-due_on` for the last one first.
pub(crate) fn order_named<T: Copy>(
    text: &str,
    rows: &str,
    orders: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<T> {
    let (minus, field) = match text.trim().strip_prefix('-') {
        Some(field) => ("-", field),
        None => ("", text.trim()),
    };
    let wanted = format!("{minus}{}", field.to_lowercase().replace('-', "_"));
    orders.iter().copied().find(|order| name(*order) == wanted).ok_or_else(|| {
        let all: Vec<&str> = orders.iter().map(|order| name(*order)).collect();
        Error::invalid("sort", format!("{rows} cannot be sorted by `{}`", text.trim()))
            .with_hints(suggest(&wanted, &all))
            .with_hint(format!("sort by one of: {}", all.join(", ")))
    })
}

/// What is wrong with a cursor of a list in another order.
pub(crate) fn of_another_order() -> Error {
    INVALID_CURSOR
        .error("the cursor belongs to a list in another order")
        .with_field("cursor")
        .with_hint("ask in the order of the page before, or begin at the first page")
}

/// Gives a filter with a field `paging` the setters that every list has.
macro_rules! paged {
    ($($filter:ident),+) => {$(
        impl $filter {
            /// At most this many on a page.
            #[must_use]
            pub fn limit(mut self, limit: u32) -> Self {
                self.paging.limit = Some(limit);
                self
            }

            /// The page that begins at this cursor.
            #[must_use]
            pub fn cursor(mut self, cursor: &str) -> Self {
                self.paging.cursor = Some(cursor.to_owned());
                self
            }

            /// At most this many on a page, the first one or that which begins at a cursor.
            #[must_use]
            pub fn page(mut self, limit: u32, cursor: Option<&str>) -> Self {
                self.paging = $crate::kernel::page::Paging {
                    limit: Some(limit),
                    cursor: cursor.map(str::to_owned),
                };
                self
            }
        }
    )+};
}
pub(crate) use paged;

#[derive(Serialize, Deserialize)]
struct CursorBody<K> {
    k: K,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_where_the_next_begins() {
        let paging = Paging { limit: Some(2), cursor: None };
        let page = paging.page(vec![1, 2, 3], |n| *n).unwrap();
        assert_eq!(page.items, [1, 2]);
        let next = Paging { limit: Some(2), cursor: page.next };
        assert_eq!(next.after::<i64>().unwrap(), Some(2));
        assert_eq!(next.page(vec![3], |n| *n).unwrap().next, None);
    }

    #[test]
    fn foreign_cursors_and_absurd_limits_are_refused() {
        let cursor = |text: &str| Paging { limit: None, cursor: Some(text.to_owned()) };
        assert!(cursor("nonsense!").after::<i64>().is_err());
        assert!(cursor(&Paging::encode(&"text")).after::<i64>().is_err());
        assert!(Paging { limit: Some(0), cursor: None }.rows_wanted().is_err());
        assert!(Paging { limit: Some(501), cursor: None }.rows_wanted().is_err());
    }
}
