//! Issues faulty chains for a plan and for names.

use time::OffsetDateTime;

use super::chain::FaultyChain;
use super::fault::Fault;
use super::issuer::FaultyIssuer;
use super::target::Target;
use crate::issue::ca::TestCa;
use crate::issue::error::IssueError;
use crate::issue::leaf_names::LeafNames;
use crate::name::{GeneralName, NameError};
use crate::plan::PlannedCertificate;

impl TestCa {
    /// Issues a chain for the planned certificate that breaks the rule of `fault` and no other, for an audit at
    /// the time `at` in which both sides trust this CA.
    ///
    /// The chain comes with the key of its first certificate. The keys are new, or derived from the seed of a seeded
    /// CA.
    ///
    /// The keys of the CAs above a [loaded](Self::load) CA are not available, so these CAs have no CRLs:
    /// [`Fault::Revoked`] and [`Fault::CrlExpired`] then also cause `revocation-unknown` for the certificates that they
    /// issued.
    ///
    /// For a Front End, [`Fault::NameExtra`] and [`Fault::SanOrder`] break no rule: the audit does not check its other
    /// names (D30). [`Fault::KeyInCngProvider`] breaks one only if the key is RSA (D125).
    ///
    /// # Errors
    ///
    /// - Returns [`IssueError::UnsupportedKey`] if this build cannot generate a key of the planned kind, and
    ///   [`IssueError::UnsupportedSeededKey`] if none can be derived from a seed (for [`Fault::KeyNotRsa`], a
    ///   P-256 key).
    /// - Returns [`IssueError::InvalidValidity`] if a certificate cannot express the dates.
    /// - Returns [`IssueError::CaCannotSignCrls`] if the CA may not sign the CRL of the fault.
    /// - Returns [`IssueError::InvalidCommonName`] if a name is too long for a CN.
    /// - Returns [`IssueError::Crypto`] if the cryptography library fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use time::OffsetDateTime;
    /// use umcert::faulty::Fault;
    /// use umcert::{Audit, KeyKind, Plan, PlanOptions, TestCa};
    /// # let text = include_str!("../../../examples/data/example-1.toml");
    ///
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
    /// let ca = TestCa::new("Contoso Test CA")?;
    /// let now = OffsetDateTime::now_utc();
    /// let planned = &plan.certificates()[0];
    /// let faulty = ca.issue_faulty(planned, Fault::Expired, now)?;
    ///
    /// let report = Audit::new(&plan)
    ///     .lync_roots(ca.roots())
    ///     .exchange_roots(ca.roots())
    ///     .presented_chains(ca.issue(&plan)?.chains())
    ///     .presented(planned.subject(), faulty.chain().clone())
    ///     .run(now);
    /// assert_eq!(report.findings()[0].rule(), Fault::Expired.rule());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn issue_faulty(
        &self,
        planned: &PlannedCertificate,
        fault: Fault,
        at: OffsetDateTime,
    ) -> Result<FaultyChain, IssueError> {
        let target = Target::of_plan(planned);
        FaultyIssuer::new(self, target, at).issue(fault)
    }

    /// Issues a chain for a server with these names, as [`issue_names`](Self::issue_names) accepts them, with the fault
    /// at the time `at`: for the tests of a TLS client, without a plan.
    ///
    /// The fault is as in [`issue_faulty`](Self::issue_faulty), but [`Fault::NameMissing`] replaces *all* names. A TLS
    /// client checks less than an [`Audit`](crate::Audit) and accepts many of the faults: rustls, for example, checks
    /// neither the CN nor the key usage.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`issue_names`](Self::issue_names) about the names, and those of
    /// [`issue_faulty`](Self::issue_faulty).
    ///
    /// # Examples
    ///
    /// ```
    /// use time::OffsetDateTime;
    /// use umcert::TestCa;
    /// use umcert::faulty::Fault;
    ///
    /// let ca = TestCa::new("my tests")?;
    /// let faulty = ca.issue_faulty_names(["localhost"], Fault::Expired, OffsetDateTime::now_utc())?;
    /// assert_eq!(faulty.chain_der().len(), 2);
    /// assert!(faulty.key_der().is_some());
    /// # Ok::<(), umcert::issue::IssueError>(())
    /// ```
    pub fn issue_faulty_names<N>(
        &self,
        names: impl IntoIterator<Item = N>,
        fault: Fault,
        at: OffsetDateTime,
    ) -> Result<FaultyChain, IssueError>
    where
        N: TryInto<GeneralName, Error: Into<NameError>>,
    {
        let names = LeafNames::parse(names)?;
        let target = Target::of_names(names, self.options().random.default_kind());
        FaultyIssuer::new(self, target, at).issue(fault)
    }
}
