//! Saved views: filters of the list of guests that one person keeps under names. One's own alone: every statement
//! carries the person.

use nexus_model::{Micros, ViewId, ViewLayout};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::sql;
use crate::user::Count;
use crate::{Error, Result, Tenant};

/// A column of a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewColumn {
    /// Its name in the UI.
    pub id: String,
    /// Its width in pixels, where the person has set one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
}

/// What a view shows and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewContent {
    /// Its name, unique among the person's in the tenant.
    pub name: String,
    /// The filter as it was typed.
    pub filter: String,
    /// The order, in the UI's words.
    pub sort: String,
    /// How it is drawn.
    pub layout: ViewLayout,
    /// The columns, in order.
    pub columns: Vec<ViewColumn>,
}

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its id.
    pub id: ViewId,
    /// What it shows.
    pub content: ViewContent,
    /// Counts its changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Micros,
}

#[derive(sqlx::FromRow)]
struct ViewRow {
    #[sqlx(try_from = "Uuid")]
    id: ViewId,
    name: String,
    filter: String,
    sort: String,
    #[sqlx(try_from = "String")]
    layout: ViewLayout,
    columns: String,
    version: i64,
    #[sqlx(try_from = "i64")]
    created_at: Micros,
}

impl ViewRow {
    fn view(self) -> Result<SavedView> {
        let columns = serde_json::from_str(&self.columns).map_err(|_| Error::Stored("saved_view.columns"))?;
        let Self { id, name, filter, sort, layout, version, created_at, .. } = self;
        Ok(SavedView { id, content: ViewContent { name, filter, sort, layout, columns }, version, created_at })
    }
}

sql! {
    VIEWS = "
        SELECT id, name, filter, sort, layout, columns, version, created_at
          FROM saved_view
         WHERE tenant_id = $1 AND user_id = $2
         ORDER BY lower(name), id";
    VIEW = "
        SELECT id, name, filter, sort, layout, columns, version, created_at
          FROM saved_view
         WHERE tenant_id = $1 AND user_id = $2 AND id = $3";
    COUNT_VIEWS = "SELECT count(*) AS count FROM saved_view WHERE tenant_id = $1 AND user_id = $2";
    INSERT_VIEW = "
        INSERT INTO saved_view (id, tenant_id, user_id, member_id, name, filter, sort, layout, columns, created_at)
        VALUES ($1, $2, $3, (SELECT m.user_id FROM member m WHERE m.tenant_id = $2 AND m.user_id = $3), $4, $5, $6, $7,
                $8, $9)";
    UPDATE_VIEW = "
        UPDATE saved_view
           SET name = $5, filter = $6, sort = $7, layout = $8, columns = $9, version = version + 1
         WHERE tenant_id = $1 AND user_id = $2 AND id = $3 AND version = $4";
    DELETE_VIEW = "DELETE FROM saved_view WHERE tenant_id = $1 AND user_id = $2 AND id = $3";
}

fn stored(columns: &[ViewColumn]) -> Result<String> {
    serde_json::to_string(columns).map_err(|_| Error::Stored("saved_view.columns"))
}

impl Tenant<'_> {
    /// The person's own views, by name.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn views(&mut self) -> Result<Vec<SavedView>> {
        let (tenant, user) = (self.tenant(), self.user());
        let rows: Vec<ViewRow> = self.tx.query(VIEWS).bind(tenant).bind(user).all().await?;
        rows.into_iter().map(ViewRow::view).collect()
    }

    /// The person's own view `id`.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn view(&mut self, id: ViewId) -> Result<Option<SavedView>> {
        let (tenant, user) = (self.tenant(), self.user());
        self.tx.query(VIEW).bind(tenant).bind(user).bind(id).optional::<ViewRow>().await?.map(ViewRow::view).transpose()
    }

    /// How many views the person has. Lock the tenant first where the answer decides something.
    ///
    /// # Errors
    /// The database.
    pub async fn count_views(&mut self) -> Result<i64> {
        let (tenant, user) = (self.tenant(), self.user());
        Ok(self.tx.query(COUNT_VIEWS).bind(tenant).bind(user).one::<Count>().await?.count)
    }

    /// Keeps a view for the person.
    ///
    /// # Errors
    /// [`Error::Unique`]: they have one of this name. The database.
    pub async fn insert_view(&mut self, id: ViewId, view: &ViewContent, at: Micros) -> Result<()> {
        let (tenant, user, columns) = (self.tenant(), self.user(), stored(&view.columns)?);
        let query = self.tx.query(INSERT_VIEW).bind(id).bind(tenant).bind(user).bind(view.name.as_str());
        let query = query.bind(view.filter.as_str()).bind(view.sort.as_str()).bind(view.layout.name());
        query.bind(columns).bind(at).execute().await?;
        Ok(())
    }

    /// Changes the person's view whose version is still `version`; whether there was one.
    ///
    /// # Errors
    /// [`Error::Unique`]: they have another of this name. The database.
    pub async fn update_view(&mut self, id: ViewId, version: i64, view: &ViewContent) -> Result<bool> {
        let (tenant, user, columns) = (self.tenant(), self.user(), stored(&view.columns)?);
        let query = self.tx.query(UPDATE_VIEW).bind(tenant).bind(user).bind(id).bind(version);
        let query = query.bind(view.name.as_str()).bind(view.filter.as_str()).bind(view.sort.as_str());
        Ok(query.bind(view.layout.name()).bind(columns).execute().await? == 1)
    }

    /// Forgets the person's view; whether there was one.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_view(&mut self, id: ViewId) -> Result<bool> {
        let (tenant, user) = (self.tenant(), self.user());
        Ok(self.tx.query(DELETE_VIEW).bind(tenant).bind(user).bind(id).execute().await? == 1)
    }
}
