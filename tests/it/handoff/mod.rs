//! The hand-off: INF files, scripts and the runbook.

mod change;
mod commands;
mod forests;
mod front_ends;
mod golden;
mod hostile;
mod inf;
mod inf_reader;
mod installation;
mod literals;
mod outages;
mod powershell;
mod refusals;
mod runbook;
mod scenes;
