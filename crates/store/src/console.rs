//! Console sessions: one-use rows first, history afterwards.

use crate::db::sql;

sql! {}
