//! Bundles as files: written, kept, and safe from crashes.

#[cfg(unix)]
mod attacks;
mod certificates;
#[cfg(unix)]
mod crashes;
mod keeping;
mod reading;
mod writing;
