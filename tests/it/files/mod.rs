//! Bundles as files: written, kept, and safe from crashes.

#[cfg(unix)]
mod attacks;
#[cfg(unix)]
mod crashes;
mod keeping;
mod writing;
