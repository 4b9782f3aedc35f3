//! Tasks: actions on guests and how they ended.

use crate::db::sql;

sql! {}
