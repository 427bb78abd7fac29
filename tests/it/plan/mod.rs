//! Planning: deployments, plans, guidelines and the steps from one plan to the next.

mod certificates;
mod deployment;
mod diff;
mod guidelines;
mod laws;
