//! Pages of lists: where one begins, as a cursor that browsers hand back unread; and what was typed to search in it.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The most rows of one page.
pub const LONGEST_PAGE: u32 = 200;

/// Longest text to look for, in characters.
const LONGEST_SEARCH: usize = 100;

/// Which part of a list.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// What was typed to search; empty for everything.
    pub q: String,
    /// From the page before.
    pub cursor: Option<String>,
    /// How many rows, at most [`LONGEST_PAGE`].
    pub limit: u32,
}

/// Why there is no such part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPage {
    /// The cursor is none of this list's.
    #[error("the cursor is not valid")]
    Cursor,
    /// What was typed is too long.
    #[error("the search is too long")]
    Search,
}

impl Page {
    /// How many rows there are to be.
    pub(crate) fn limit(&self) -> u32 {
        self.limit.clamp(1, LONGEST_PAGE)
    }

    /// What was typed.
    pub(crate) fn typed(&self) -> Result<&str, BadPage> {
        searched(&self.q)
    }

    /// Where the page begins; `None` for the first.
    pub(crate) fn place<T: DeserializeOwned>(&self) -> Result<Option<T>, BadPage> {
        self.cursor.as_deref().map(|cursor| place(cursor).ok_or(BadPage::Cursor)).transpose()
    }

    /// Takes the rows of the page from one row more than it has, and says where the next page begins.
    pub(crate) fn cut<R, T: Serialize>(&self, rows: &mut Vec<R>, place: impl FnOnce(&R) -> T) -> Option<String> {
        let limit = usize::try_from(self.limit()).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        rows.last().filter(|_| more).map(|last| cursor(&place(last)))
    }
}

/// What was typed, if it is not too long.
pub(crate) fn searched(typed: &str) -> Result<&str, BadPage> {
    let typed = typed.trim();
    if typed.chars().count() <= LONGEST_SEARCH { Ok(typed) } else { Err(BadPage::Search) }
}

fn cursor<T: Serialize>(place: &T) -> String {
    // Places are tuples of texts, numbers and ids: they can always be written as JSON.
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

fn place<T: DeserializeOwned>(cursor: &str) -> Option<T> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_where_the_next_one_begins() {
        let page = Page { limit: 2, ..Page::default() };
        let mut rows = vec!["a", "b", "c"];
        let next = page.cut(&mut rows, |row| (*row, 7));
        assert_eq!(rows, ["a", "b"]);
        let page = Page { cursor: next, ..page };
        assert_eq!(page.place::<(String, i32)>(), Ok(Some(("b".into(), 7))));
        assert_eq!(page.cut(&mut vec!["c"], |row| *row), None, "the last page");
        for bad in ["", "!", "bnVsbA", "WyJiIl0", "WyJiIiw3XQ==", "0"] {
            let page = Page { cursor: Some(bad.into()), ..Page::default() };
            assert_eq!(page.place::<(String, i32)>(), Err(BadPage::Cursor), "{bad}");
        }
    }

    #[test]
    fn searches_are_bounded() {
        assert_eq!(searched(" jo "), Ok("jo"));
        assert_eq!(searched(&"ä".repeat(100)).map(str::len), Ok(200));
        assert_eq!(searched(&"a".repeat(101)), Err(BadPage::Search));
    }
}
