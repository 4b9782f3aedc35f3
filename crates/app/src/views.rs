//! Saved views of the list of guests: filter, order and columns under a name. One's own alone; they give no right, and
//! what a filter says is for the UI to understand.

use std::collections::HashSet;
use std::sync::Arc;

use nexus_model::{FieldError, InvalidInput, Name, ViewId, ViewLayout, free_text};
use nexus_store::Store;
pub use nexus_store::{SavedView, ViewColumn, ViewContent};

use crate::access::{Grant, SeeGuests};
use crate::clock::Clock;
use crate::secret;

/// The most views of a person in a tenant.
const MOST: i64 = 50;
/// Longest name, filter, order and column, in characters.
const LONGEST_NAME: usize = 60;
const LONGEST_FILTER: usize = 500;
const LONGEST_SORT: usize = 60;
const LONGEST_COLUMN: usize = 40;
/// The most columns.
const MOST_COLUMNS: usize = 30;
/// How wide a column may be, in pixels.
const WIDTHS: std::ops::RangeInclusive<u32> = 40..=1000;

/// Shows and changes views. Cheap to clone.
#[derive(Clone)]
pub struct Views {
    inner: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// The person has no such view.
    #[error("there is no such view")]
    NotFound,
    /// Fields that cannot be taken.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// It was changed meanwhile.
    #[error("the view was changed meanwhile")]
    ChangedMeanwhile,
    /// The person has a view of this name.
    #[error("there is a view of this name")]
    Duplicate,
    /// The person has as many views as they may.
    #[error("there are {limit} views already")]
    TooMany {
        /// How many there may be.
        limit: i64,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] nexus_store::Error),
}

impl From<nexus_store::Error> for ViewError {
    fn from(error: nexus_store::Error) -> Self {
        match error {
            nexus_store::Error::Unique => Self::Duplicate,
            other => Self::Store(other),
        }
    }
}

/// A view as it is entered.
#[derive(Debug, Clone)]
pub struct ViewInput {
    /// Its name.
    pub name: String,
    /// The filter.
    pub filter: String,
    /// The order.
    pub sort: String,
    /// How it is drawn.
    pub layout: ViewLayout,
    /// The columns, in order.
    pub columns: Vec<ViewColumn>,
}

impl ViewInput {
    fn check(self) -> Result<ViewContent, ViewError> {
        let mut wrong = Vec::new();
        let mut take = |field: &'static str, read: Result<String, InvalidInput>| {
            read.unwrap_or_else(|error| {
                wrong.push(error.field(field));
                String::new()
            })
        };
        let name = take("name", Name::parse(&self.name).and_then(|name| free_text(name.as_str(), LONGEST_NAME)));
        let filter = take("filter", line(&self.filter, LONGEST_FILTER));
        let sort = take("sort", line(&self.sort, LONGEST_SORT));
        if let Err(error) = check_columns(&self.columns) {
            wrong.push(error.field("columns"));
        }
        if !wrong.is_empty() {
            return Err(ViewError::Invalid(wrong));
        }
        Ok(ViewContent { name, filter, sort, layout: self.layout, columns: self.columns })
    }
}

/// Text of one line, which may be empty.
fn line(text: &str, longest: usize) -> Result<String, InvalidInput> {
    let text = free_text(text, longest)?;
    if text.contains('\n') {
        return Err(InvalidInput::new("invalid", "must not contain control characters"));
    }
    Ok(text)
}

fn check_columns(columns: &[ViewColumn]) -> Result<(), InvalidInput> {
    if columns.len() > MOST_COLUMNS {
        return Err(InvalidInput::new("too_many", "may have 30 entries at most"));
    }
    let is_name = |id: &str| {
        (1..=LONGEST_COLUMN).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let mut seen = HashSet::new();
    if !columns.iter().all(|column| is_name(&column.id) && seen.insert(column.id.as_str())) {
        let rule = "must be names of 1 to 40 characters of a-z and _, each once";
        return Err(InvalidInput::new("invalid", rule));
    }
    if columns.iter().filter_map(|column| column.width).any(|width| !WIDTHS.contains(&width)) {
        return Err(InvalidInput::new("out_of_range", "must be 40 to 1000 pixels wide"));
    }
    Ok(())
}

impl Views {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(parts) }
    }

    /// The person's views, by name.
    ///
    /// # Errors
    /// The store.
    pub async fn list(&self, grant: &Grant<SeeGuests>) -> Result<Vec<SavedView>, ViewError> {
        let mut read = self.inner.store.tenant_read(grant.scope()).await?;
        let views = read.views().await?;
        read.commit().await?;
        Ok(views)
    }

    /// Keeps a view.
    ///
    /// # Errors
    /// Fields, a name that is taken, too many views, the store.
    pub async fn create(&self, grant: &Grant<SeeGuests>, input: ViewInput) -> Result<SavedView, ViewError> {
        let Parts { store, clock } = &*self.inner;
        let content = input.check()?;
        let id = secret::id();
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        if tx.count_views().await? >= MOST {
            return Err(ViewError::TooMany { limit: MOST });
        }
        tx.insert_view(id, &content, clock.now()).await?;
        let made = tx.view(id).await?.ok_or(ViewError::NotFound)?;
        tx.commit().await?;
        Ok(made)
    }

    /// Changes the view whose version is still `version`.
    ///
    /// # Errors
    /// Fields, no such view, [`ViewError::ChangedMeanwhile`], a name that is taken, the store.
    pub async fn update(
        &self,
        grant: &Grant<SeeGuests>,
        id: ViewId,
        input: ViewInput,
        version: i64,
    ) -> Result<SavedView, ViewError> {
        let content = input.check()?;
        let mut tx = self.inner.store.tenant_write(grant.scope()).await?;
        if !tx.update_view(id, version, &content).await? {
            let there = tx.view(id).await?.is_some();
            return Err(if there { ViewError::ChangedMeanwhile } else { ViewError::NotFound });
        }
        let after = tx.view(id).await?.ok_or(ViewError::NotFound)?;
        tx.commit().await?;
        Ok(after)
    }

    /// Forgets a view.
    ///
    /// # Errors
    /// No such view, the store.
    pub async fn delete(&self, grant: &Grant<SeeGuests>, id: ViewId) -> Result<(), ViewError> {
        let mut tx = self.inner.store.tenant_write(grant.scope()).await?;
        if !tx.delete_view(id).await? {
            return Err(ViewError::NotFound);
        }
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(name: &str, columns: &[(&str, Option<u32>)]) -> ViewInput {
        let columns = columns.iter().map(|(id, width)| ViewColumn { id: (*id).to_owned(), width: *width }).collect();
        let (filter, sort) = ("tag:web -status:stopped \"a b\"".to_owned(), "-cpu".to_owned());
        ViewInput { name: name.into(), filter, sort, layout: ViewLayout::Table, columns }
    }

    fn wrong(input: ViewInput) -> Vec<&'static str> {
        match input.check() {
            Err(ViewError::Invalid(fields)) => fields.into_iter().map(|field| field.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn views_are_bounded_everywhere() {
        let long = "n".repeat(60);
        let fine = input(&format!(" {long} "), &[("name", None), ("max_cpu", Some(40)), ("memory", Some(1000))]);
        let checked = fine.check().unwrap();
        assert_eq!((checked.name, checked.columns.len()), (long, 3));
        assert_eq!(wrong(input("", &[])), ["name"]);
        assert_eq!(wrong(input(&"n".repeat(61), &[("name", Some(39))])), ["name", "columns"]);
        assert_eq!(
            wrong(ViewInput { filter: "f".repeat(501), sort: "s".repeat(61), ..input("a", &[]) }),
            ["filter", "sort"]
        );
        assert_eq!(wrong(ViewInput { filter: "a\nb".into(), ..input("a\nb", &[]) }), ["name", "filter"]);
        let many: Vec<String> =
            (0..31_u8).map(|n| format!("c{}", char::from(b'a' + n % 26)).repeat(1 + usize::from(n))).collect();
        let many: Vec<_> = many.iter().map(|id| (id.as_str(), None)).collect();
        assert_eq!(wrong(input("a", &many)), ["columns"]);
        for bad in ["", "Name", "a-b", "é", &"a".repeat(41)] {
            assert_eq!(wrong(input("a", &[(bad, None)])), ["columns"], "{bad}");
        }
        assert_eq!(wrong(input("a", &[("cpu", None), ("cpu", None)])), ["columns"]);
        assert_eq!(wrong(input("a", &[("cpu", Some(1001))])), ["columns"]);
    }
}
