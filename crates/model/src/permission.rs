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

/// A set of [`TokenScope`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct TokenScopes(u8);

impl TokenScopes {
    const fn bit(scope: TokenScope) -> u8 {
        1 << scope as u8
    }

    /// Whether `scope` is in the set.
    #[must_use]
    pub const fn has(self, scope: TokenScope) -> bool {
        self.0 & Self::bit(scope) != 0
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The scopes in the set, in order.
    pub fn scopes(self) -> impl Iterator<Item = TokenScope> {
        TokenScope::ALL.iter().copied().filter(move |scope| self.has(*scope))
    }
}

impl FromIterator<TokenScope> for TokenScopes {
    fn from_iter<I: IntoIterator<Item = TokenScope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | Self::bit(scope)))
    }
}

/// As stored: the names joined by commas.
impl std::fmt::Display for TokenScopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.scopes().map(TokenScope::name).collect();
        f.write_str(&names.join(","))
    }
}

impl TryFrom<String> for TokenScopes {
    type Error = crate::InvalidInput;
    fn try_from(text: String) -> Result<Self, crate::InvalidInput> {
        text.split(',').filter(|name| !name.is_empty()).map(str::parse::<TokenScope>).collect()
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
