//! Assignments: rights on guests that sleep and wake with their guest.

use crate::db::sql;

sql! {}
