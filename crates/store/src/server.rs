//! Servers: the PVE endpoints that a tenant has configured. Tokens come and go sealed.

use crate::db::sql;

sql! {}
