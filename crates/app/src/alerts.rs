//! Alerts: what is wrong with a server for longer than a moment, or with all at once.

mod window;

pub(crate) use self::window::Windows;
