//! Tests of administering the installation, on both engines.
