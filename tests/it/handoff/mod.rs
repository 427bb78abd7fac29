//! The hand-off: INF files, scripts and the runbook.

mod powershell;
mod scripts;
