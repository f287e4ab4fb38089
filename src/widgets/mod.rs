//! The design system.
