//! Issues certificates for names: of servers and of clients.

use super::certificate_options::{CertificateOptions, Role};
use super::test_ca::TestCa;
use crate::issue::bundle::IssuedCertificate;
use crate::issue::error::IssueError;
use crate::issue::leaf_names::LeafNames;
use crate::issue::params;
use crate::name::{DnsName, GeneralName, NameError, SanName};

impl TestCa {
    /// Issues a key, a request and a chain for a server with these names: DNS names, wildcards, IP addresses, e-mail
    /// addresses, and hosts of a test environment (`localhost`, `redis`, `um_1`).
    ///
    /// The key is P-256, or Ed25519 from a seed. The CN is the first host that is not a wildcard, or the first IP
    /// address if there is no such host, or else the first e-mail address. Duplicates are removed. The names are not
    /// checked against a plan. [`issue_names_with`](Self::issue_names_with) takes dates, a kind of key, and client
    /// authentication.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::InvalidName`] if a name is invalid, [`IssueError::NoCommonName`] if there are only
    /// wildcards or no names, and [`IssueError::InvalidCommonName`] if the name for the CN is too long.
    ///
    /// # Examples
    ///
    /// ```
    /// use umcert::TestCa;
    ///
    /// let issued = TestCa::new("my tests")?.issue_names(["redis", "*.contoso.com", "127.0.0.1"])?;
    /// assert_eq!(issued.subject(), "redis");
    /// # Ok::<(), umcert::issue::IssueError>(())
    /// ```
    #[doc(alias("issue_cert", "localhost", "mkcert", "trustme"))]
    pub fn issue_names<N>(
        &self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<IssuedCertificate, IssueError>
    where
        N: TryInto<GeneralName, Error: Into<NameError>>,
    {
        self.issue_names_with(names, &CertificateOptions::default())
    }

    /// Issues a key, a request and a chain as [`issue_names`](Self::issue_names) does, with `options`.
    ///
    /// # Errors
    ///
    /// - Returns the errors of [`issue_names`](Self::issue_names).
    /// - Returns [`IssueError::InvalidDates`] if a certificate cannot express the dates, and
    ///   [`IssueError::OutlivesIssuer`] if it would expire after its CA.
    /// - Returns [`IssueError::UnsupportedKey`] or [`IssueError::UnsupportedSeededKey`] if this build cannot
    ///   generate the key.
    ///
    /// # Examples
    ///
    /// A certificate that expired yesterday, for a peer that both calls and answers:
    ///
    /// ```
    /// use time::{Duration, OffsetDateTime};
    /// use umcert::TestCa;
    /// use umcert::issue::CertificateOptions;
    ///
    /// let yesterday = OffsetDateTime::now_utc() - Duration::DAY;
    /// let options = CertificateOptions::default()
    ///     .validity(yesterday - Duration::WEEK, yesterday)
    ///     .server_and_client();
    /// let issued = TestCa::new("my tests")?.issue_names_with(["localhost"], &options)?;
    /// # let _ = issued;
    /// # Ok::<(), umcert::issue::IssueError>(())
    /// ```
    pub fn issue_names_with<N>(
        &self,
        names: impl IntoIterator<Item = N>,
        options: &CertificateOptions,
    ) -> Result<IssuedCertificate, IssueError>
    where
        N: TryInto<GeneralName, Error: Into<NameError>>,
    {
        let LeafNames { cn, names } = LeafNames::parse(names)?;
        let server = names.iter().find_map(|name| match name {
            GeneralName::Dns(SanName::Exact(server)) => Some(server.clone()),
            _ => None,
        });
        let servers = server.into_iter().collect();
        self.issue_for(Role::Server, &cn, servers, names, options)
    }

    /// Issues a key, a request and a chain for a client: a user, a service or a machine.
    ///
    /// The certificate is for client authentication only. `name` is its CN. A `name` that is an e-mail address, an FQDN
    /// or an IP address is also its SAN; any other name (`alice`) is only in the CN. The key is as for
    /// [`issue_names`](Self::issue_names). Clients that are also servers, such as Lync and Exchange, present server
    /// certificates instead (D20).
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::InvalidCommonName`] if `name` is empty or longer than 64 characters, and
    /// [`IssueError::InvalidName`] if it has an `@` but is not an e-mail address.
    ///
    /// # Examples
    ///
    /// ```
    /// use umcert::TestCa;
    ///
    /// let issued = TestCa::new("my tests")?.issue_client("alice@contoso.com")?;
    /// let certificate = issued.chain().certificates().next().ok_or("no certificate")?;
    /// assert_eq!(certificate.san_entries(), ["email:alice@contoso.com"]);
    /// assert!(!certificate.has_server_auth());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("clientAuth", "mtls"))]
    pub fn issue_client(&self, name: &str) -> Result<IssuedCertificate, IssueError> {
        self.issue_client_with(name, &CertificateOptions::default())
    }

    /// Issues a key, a request and a chain as [`issue_client`](Self::issue_client) does, with `options`.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`issue_client`](Self::issue_client), and those of
    /// [`issue_names_with`](Self::issue_names_with) about the options.
    #[doc(alias("clientAuth", "mtls"))]
    pub fn issue_client_with(
        &self,
        name: &str,
        options: &CertificateOptions,
    ) -> Result<IssuedCertificate, IssueError> {
        let names = client_names(name)?;
        self.issue_for(Role::Client, name, Vec::new(), names, options)
    }

    fn issue_for(
        &self,
        role: Role,
        cn: &str,
        servers: Vec<DnsName>,
        names: Vec<GeneralName>,
        options: &CertificateOptions,
    ) -> Result<IssuedCertificate, IssueError> {
        let validity = match options.dates()? {
            Some(validity) => self.within_issuer(validity)?,
            None => self.leaf_validity(),
        };
        let random = &self.options().random;
        let kind = options.key.unwrap_or_else(|| random.default_kind());
        let key = random.key(kind, cn)?;
        let mut params = params::for_names(names, kind, cn)?;
        params.extended_key_usages = options.usages(role);
        self.issue_params(cn, servers, params, validity, key)
    }
}

/// Returns the SAN of a client with this name. A name without an `@` or a dot is that of a user, not of a host.
fn client_names(name: &str) -> Result<Vec<GeneralName>, NameError> {
    let parsed = match name.parse::<GeneralName>() {
        Ok(GeneralName::Host(_)) => None,
        Ok(parsed) if parsed.is_wildcard() => None,
        Ok(parsed) => Some(parsed),
        Err(error) if name.contains('@') => return Err(error),
        Err(_) => None,
    };
    Ok(parsed.into_iter().collect())
}
