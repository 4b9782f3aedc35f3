//! Roles. Who may do what with them is decided in one place: `access` and `policy` of the app.

use serde::{Deserialize, Serialize};

/// Writes the stored and wire name of each variant once, for `Display`, `FromStr` and serde alike.
macro_rules! named {
    ($(#[$doc:meta])* $type:ident { $($(#[$vdoc:meta])* $variant:ident = $name:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $type { $($(#[$vdoc])* #[serde(rename = $name)] $variant),* }

        impl $type {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in the database, on the wire and in texts for machines.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }
        impl std::str::FromStr for $type {
            type Err = $crate::InvalidInput;
            fn from_str(text: &str) -> Result<Self, $crate::InvalidInput> {
                match text {
                    $($name => Ok(Self::$variant),)*
                    _ => Err($crate::InvalidInput::new("unknown", concat!("is none of:", $(" ", $name),*))),
                }
            }
        }
        impl TryFrom<String> for $type {
            type Error = $crate::InvalidInput;
            fn try_from(text: String) -> Result<Self, $crate::InvalidInput> {
                text.parse()
            }
        }
    };
}
pub(crate) use named;

named! {
    /// What a person is to the whole installation.
    SystemRole {
        /// Sees only the tenants they belong to.
        User = "user",
        /// May do everything in every tenant.
        Admin = "admin",
    }
}

named! {
    /// What a member is in a tenant. A later value has every right of an earlier one.
    TenantRole {
        /// Sees guests by assignment (or all, by the tenant's setting).
        Viewer = "viewer",
        /// Works all guests and servers.
        Manager = "manager",
        /// Also members, settings, audit log, deletion.
        Admin = "admin",
    }
}

named! {
    /// Which guests a viewer sees.
    ViewerScope {
        /// Only those with an assignment (the default).
        Assigned = "assigned",
        /// All guests of the tenant; assignments add to `view`.
        All = "all",
    }
}

named! {
    /// What a token may be used for; each is a part of what its person may do.
    TokenScope {
        /// Look at everything that the person sees.
        Read = "read",
        /// Work power switches.
        Power = "power",
        /// Open consoles.
        Console = "console",
        /// Change everything else: snapshots, servers, members, settings.
        Manage = "manage",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_the_same_value() {
        for role in TenantRole::ALL {
            assert_eq!(role.name().parse::<TenantRole>().unwrap(), *role);
        }
        assert!(TenantRole::Admin > TenantRole::Manager && TenantRole::Manager > TenantRole::Viewer);
        assert!("root".parse::<SystemRole>().is_err());
    }
}
