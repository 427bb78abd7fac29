//! The hand-off: the files with which an administrator carries a plan out.
//!
//! From a [`Plan`], and from the chains that a CA returned, this module writes request files for certreq,
//! PowerShell scripts and a runbook. People read, keep and run them; this crate never does. The same plan and options
//! give the same bytes.
//!
//! Text from outside enters a file only through one function for PowerShell and one for INF files. Text that neither
//! can carry is refused (D87 to D92).

mod answers;
mod change;
mod dial_plan;
mod dns;
mod error;
mod file;
mod front_ends;
mod generation;
mod inf;
mod install;
mod options;
mod outages;
mod quote;
mod requests;
mod runbook;
mod script;
mod server;
mod shell;
mod step_files;
mod write;
mod zone;

use std::path::Path;

pub use error::HandoffError;
pub use file::HandoffFile;
pub use options::{DialPlanMethod, HandoffOptions};

use self::answers::Answers;
use self::server::HandoffServers;
use self::step_files::StepFiles;
use crate::name::DnsName;
use crate::plan::Plan;
use crate::rule::Finding;
use crate::x509::Chain;

/// The files with which an administrator carries a plan out.
///
/// ```
/// use umcert::handoff::{Handoff, HandoffOptions};
/// use umcert::{Plan, PlanOptions};
/// # let text = include_str!("../../examples/data/example-1.toml");
///
/// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default())?;
/// let handoff = Handoff::new(&plan, &HandoffOptions::default().label("2026-11"))?;
/// assert!(handoff.files().iter().any(|file| file.path == "um1.contoso.com.inf"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("adcs", "certreq", "inf", "powershell", "runbook"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    files: Vec<HandoffFile>,
    findings: Vec<Finding>,
}

impl Handoff {
    /// Creates the files for `plan`, before a CA has returned a certificate: a page `runbook.md` with the steps, and the
    /// files that it names.
    ///
    /// # Errors
    ///
    /// Returns [`HandoffError`] if the plan has keys that Windows cannot request for UM, or text that a file cannot
    /// carry safely.
    pub fn new(plan: &Plan, options: &HandoffOptions) -> Result<Self, HandoffError> {
        Self::with_certificates(plan, options, [])
    }

    /// Creates the files for `plan` and the `chains` that a CA returned, each given for a server.
    ///
    /// A chain is installed if it has the CN and every name of the plan. Any other chain gets a finding instead. The chain
    /// of a Front End is accepted if the plan [covers](crate::PlanOptions::front_ends) it.
    /// *Not* checked: whether the chain is trusted. [`Audit`](crate::Audit) checks that.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_certificates(
        plan: &Plan,
        options: &HandoffOptions,
        chains: impl IntoIterator<Item = (DnsName, Chain)>,
    ) -> Result<Self, HandoffError> {
        let servers = HandoffServers::new(plan, options)?;
        let (answers, findings) = Answers::new(plan, &servers, chains);
        let steps = StepFiles::new(plan, &servers, &answers, options)?;
        let runbook = runbook::runbook(plan, &servers, &answers, options, &steps)?;
        let mut files = vec![runbook];
        files.extend(steps.into_files());
        Ok(Self { files, findings })
    }

    /// Creates the files for the change from the plan `old` to `new`: a page `change.md` with the steps of
    /// [`Plan::diff`] in order, and a folder for each step that has files.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn for_change(
        old: &Plan,
        new: &Plan,
        options: &HandoffOptions,
    ) -> Result<Self, HandoffError> {
        Ok(Self {
            files: change::change_files(old, new, options)?,
            findings: Vec::new(),
        })
    }

    /// Returns the findings about chains that are not installed, because they do not fit the plan.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns the files, in a fixed order.
    #[must_use]
    pub fn files(&self) -> &[HandoffFile] {
        &self.files
    }

    /// Writes every file into `folder`, which must not exist or be empty. Nothing is overwritten, and if an error
    /// occurs nothing is left behind.
    ///
    /// # Errors
    ///
    /// Returns [`HandoffError::Exists`] if the folder has contents, and [`HandoffError::Io`] if a file cannot be
    /// written.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<(), HandoffError> {
        write::write(&self.files, folder.as_ref())
    }
}
