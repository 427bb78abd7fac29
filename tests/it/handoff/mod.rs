//! The hand-off: INF files, scripts and the runbook.

mod front_ends;
mod powershell;
mod runbook;
mod scripts;
