//! Words of PVE's own API, which the gateway and the explorer speak.

use serde::{Deserialize, Serialize};

use crate::permission::named;

named! {
    /// The methods that PVE's API has.
    PveMethod {
        /// Reads.
        Get = "GET",
        /// Creates, or begins.
        Post = "POST",
        /// Changes.
        Put = "PUT",
        /// Deletes.
        Delete = "DELETE",
    }
}

named! {
    /// Whether somebody may make a call.
    PveMay {
        /// Yes.
        Yes = "yes",
        /// For guests and things within the scope.
        Scoped = "scoped",
        /// Not with this role or token.
        Role = "role",
        /// Nobody may.
        Closed = "closed",
    }
}
