//! Pages of lists on the wire.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use nexus_app::page::{BadPage, Page};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::error::ApiError;

/// Which page of a list, and what was typed to search in it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageIn {
    /// What to look for.
    #[param(max_length = 100)]
    q: Option<String>,
    /// From the page before.
    #[param(max_length = 400)]
    cursor: Option<String>,
    /// How many, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

impl From<PageIn> for Page {
    fn from(page: PageIn) -> Self {
        Self { q: page.q.unwrap_or_default(), cursor: page.cursor, limit: page.limit.unwrap_or(50) }
    }
}

/// A query, as far as it can be read.
pub(crate) type Given<T> = Result<Query<T>, QueryRejection>;

/// The query, or 400.
pub(crate) fn given<T>(query: Given<T>) -> Result<T, ApiError> {
    query.map(|Query(query)| query).map_err(|error| ApiError::bad_request(error.body_text()))
}

impl From<BadPage> for ApiError {
    fn from(error: BadPage) -> Self {
        match error {
            BadPage::Cursor => Self::bad_request("This cursor is not one of this list. Start from the first page."),
            BadPage::Search => Self::bad_request("What to look for may have 100 characters at most."),
        }
    }
}
