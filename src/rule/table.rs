//! The table of rules: id, severity, meaning, remedy and source stand side by side, so they cannot
//! drift apart.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How bad a finding is. Orders worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(
    clippy::exhaustive_enums,
    reason = "the three severities are part of the contract"
)]
pub enum Severity {
    /// Trust or failover does not work, or will not.
    Error,
    /// Works today, but is fragile or against the guidance.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    fn id(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

macro_rules! rules {
    ($( $rule:ident = $id:literal, $severity:ident, $source:literal, $meaning:literal, $remedy:literal; )*) => {
        /// What can be found. The ids are a promise: they are stable, and one is never renamed.
        ///
        /// Reads and writes as its id, in text and with serde. The D-numbers of the sources stand in
        /// the crate's documentation.
        ///
        /// ```
        /// use umcert::{Rule, Severity};
        ///
        /// let rule: Rule = "subject-not-server".parse()?;
        /// assert_eq!(rule, Rule::SubjectNotServer);
        /// assert_eq!(rule.severity(), Severity::Error);
        /// assert_eq!(rule.source(), "D10");
        /// # Ok::<(), umcert::UnknownRule>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $( #[doc = concat!("`", $id, "`: ", $meaning, " (", $source, ")")] $rule, )*
        }

        impl Rule {
            /// Every rule, in the order of the table.
            pub const ALL: &'static [Self] = &[ $( Self::$rule, )* ];

            /// The id, in kebab-case.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $( Self::$rule => $id, )* }
            }

            /// How bad a finding of this rule is.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $( Self::$rule => Severity::$severity, )* }
            }

            /// Where the rule comes from: a fact of the domain (D…) or a section of a standard.
            #[must_use]
            pub fn source(self) -> &'static str {
                match self { $( Self::$rule => $source, )* }
            }

            /// When the rule is found, in one phrase.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $( Self::$rule => $meaning, )* }
            }

            /// What to do about it, in one sentence.
            #[must_use]
            pub fn remedy(self) -> &'static str {
                match self { $( Self::$rule => $remedy, )* }
            }
        }
    };
}

rules! {
    // Found while planning.
    NoLyncPool = "no-lync-pool", Error, "D7",
        "no Front End pool and no Standard Edition server",
        "deploy a Lync Front End pool or a Standard Edition server, and list it under `lync.pools`";
    NoMailboxRole = "no-mailbox-role", Error, "D7",
        "a forest with UM services has no server with the Mailbox role (Exchange 2013 on)",
        "deploy a Mailbox server in the forest, and list its role";
    ForestTrustMissing = "forest-trust-missing", Error, "D6",
        "Lync and UM are in different forests and one of the two trusts is missing",
        "create the missing forest trust, and then set `trusts-lync` or `trusted-by-lync`";
    UmSettingsNotInLyncForest = "um-settings-not-in-lync-forest", Warning, "D6",
        "Lync and UM are in different forests and the users' UM settings are not set in the Lync forest",
        "set the users' UM settings on their user objects in the Lync forest too";
    Ipv6WithoutUcma4 = "ipv6-without-ucma4", Error, "D5",
        "a server has an IPv6 address and UCMA below 4",
        "install UCMA 4 on the server, or take it off IPv6";
    DialPlanNotSipUri = "dial-plan-not-sip-uri", Error, "D25",
        "a dial plan used with Lync is of another URI type than SIP URI",
        "create a dial plan of type SIP URI: the type of an existing one cannot be changed";
    DialPlanUnsecured = "dial-plan-unsecured", Error, "D25",
        "the VoIP security of a dial plan is Unsecured",
        "set the VoIP security of the dial plan to SIP Secured or Secured";
    StartupModeTcp = "startup-mode-tcp", Error, "D25",
        "a server of a secured dial plan starts in TCP mode",
        "set the UM startup mode of the server to TLS or Dual, and restart the UM service";
    DialPlanNameInvalid = "dial-plan-name-invalid", Error, "D26",
        "the name of a dial plan is empty, longer than 64 characters, or holds a forbidden character",
        "rename the dial plan: at most 49 characters, none of \" / \\ [ ] : ; | = , + * ? < >";
    DialPlanNameLong = "dial-plan-name-long", Warning, "D26",
        "the name of a dial plan has 50 to 64 characters",
        "shorten the name to 49 characters: a mailbox policy is named after it";
    DialPlanNameUncoordinated = "dial-plan-name-uncoordinated", Error, "D9",
        "a forest older than Exchange 2010 SP1 and no Enterprise Voice dial plan of the dial plan's name",
        "give the Enterprise Voice dial plan the name of the UM dial plan, or update to Exchange 2010 SP1";
    PhoneNumberMissing = "phone-number-missing", Warning, "D8",
        "a dial plan without a number for Outlook Voice Access or for an auto attendant",
        "obtain a number and list it";
    PhoneNumberInvalid = "phone-number-invalid", Error, "D8",
        "a number that is no E.164 number",
        "write the number as + and up to 15 digits, country code first";
    DialPlanNotRedundant = "dial-plan-not-redundant", Warning, "D2",
        "fewer than two servers run UM for a SIP URI dial plan",
        "add a second server to the dial plan, so that Lync can fail over";
    ServerNotInDialPlan = "server-not-in-dial-plan", Warning, "D15",
        "a UM server is a member of no dial plan",
        "add the server to the dial plan: Lync calls only members";
    NoFailover = "no-failover", Warning, "D2",
        "a set of two servers or more has no failover",
        "decide how the servers stand in for each other: by DNS or by dial plan";
    FailoverWithinSite = "failover-within-site", Warning, "D3",
        "a name is redirected to a server of its own site",
        "redirect the name to a server of another site: an outage of the site takes both";
    UnansweredName = "unanswered-name", Error, "D3, D4",
        "in an outage that the plan considers nobody answers to a name, or no member of a dial plan is left",
        "redirect the name to a server that is up in this outage, or make one there a member of the dial plan";
    SanIgnoredStandAlone = "san-ignored-stand-alone", Warning, "D17",
        "the failover rests on the SAN of a stand-alone UM server, which does not use SAN entries",
        "run UM together with Client Access on the server, or fail over by dial plan";
    WildcardUnderSuffix = "wildcard-under-suffix", Warning, "RFC 9525 §6.3",
        "a wildcard would stand directly under a public suffix or a single label; the names are listed instead",
        "nothing, if the longer list of names is fine; else move the servers into a domain of your own";
    WildcardReach = "wildcard-reach", Note, "D16",
        "a wildcard also covers every other host of its domain",
        "guard the key as the key of the whole domain, or list the names (every-server)";
    WildcardPhoneEdition = "wildcard-phone-edition", Note, "D13",
        "the plan uses a wildcard, and Lync Phone Edition devices support none",
        "list the names (every-server) where such devices are in use";
    TooManyNames = "too-many-names", Warning, "RFC 8446 §4.4.2",
        "over 100 names in one certificate, or an estimated certificate over 16 KiB",
        "use wildcards, or split the set: many CAs stop at 100 names";
    SharedSubject = "shared-subject", Warning, "D10, D14",
        "servers of a set share a certificate, whose CN is the FQDN of one of them alone",
        "give each server a certificate of its own: Lync takes the CN to recognise a trusted peer";
    OwnNameLeftOut = "own-name-left-out", Warning, "D10, D12",
        "the CA takes no name beside a wildcard that covers it, so a server's own FQDN is not in its SAN",
        "list the names (every-server), or use a CA that takes both";
    KeyNotRsa = "key-not-rsa", Warning, "D23",
        "the key is not RSA and a forest is Exchange 2013 or older",
        "use an RSA key of 2048 bits";
    KeySizeUnlisted = "key-size-unlisted", Warning, "D23",
        "an RSA key of a size other than 2048 or 4096 bits",
        "use an RSA key of 2048 or 4096 bits";

    // Found in the audit.
    NotPresented = "not-presented", Error, "RFC 8446 §4.4.2",
        "a server of the plan presented nothing",
        "fetch the chain that the server presents, and check that its UM service runs in TLS or Dual mode";
    NotInPlan = "not-in-plan", Note, "D15",
        "a chain was presented for a name that is no server of the plan",
        "correct the name, or add the server to the deployment";
    MalformedCertificate = "malformed-certificate", Error, "RFC 5280 §4.1",
        "an entry of the chain is not readable as an X.509 certificate",
        "export the certificate again from the server, or have the CA issue it again";
    DefaultSelfSigned = "default-self-signed", Error, "D1",
        "one of the default certificates that Exchange's setup makes",
        "assign a certificate of a CA that both sides trust to the UM services (Enable-ExchangeCertificate), and see that it stays valid: UM falls back to the default without a word (D28)";
    SelfSigned = "self-signed", Error, "D1",
        "a self-signed server certificate that is not one of Exchange's defaults",
        "replace it by a certificate of a CA that both sides trust";
    CaAsServer = "ca-as-server", Error, "RFC 5280 §4.2.1.9",
        "a CA certificate is presented as the server's own",
        "assign the server's own certificate to the UM services: a CA's certificate belongs into a store of CAs";
    MissingIntermediate = "missing-intermediate", Error, "D24",
        "the issuer of the last certificate presented is not there, and is no trusted root",
        "install the issuer's certificate in the intermediate store of the server, so that it presents it";
    UntrustedRoot = "untrusted-root", Error, "D24",
        "the chain ends in a root that a side does not hold",
        "install the root in the trusted root store of that side, or use a CA that both sides trust";
    BadSignature = "bad-signature", Error, "RFC 5280 §6.1.3",
        "an issuer of the right name whose key does not verify the signature",
        "find the issuer's certificate of the right key: the CA was rebuilt, or the certificate is forged";
    PathInvalid = "path-invalid", Error, "RFC 5280 §6.1",
        "the path from the server to a trusted root breaks for another reason",
        "have the CA issue the named certificate again without the fault";
    RootsDiffer = "roots-differ", Note, "D24",
        "both sides trust the chain, through different roots",
        "nothing, if it is meant: Exchange's guidance asks for one root on both sides";
    Expired = "expired", Error, "RFC 5280 §4.1.2.5",
        "a certificate of the path has ended at the time of the audit",
        "renew the certificate, and assign the new one to the UM services";
    NotYetValid = "not-yet-valid", Error, "RFC 5280 §4.1.2.5",
        "a certificate of the path has not begun at the time of the audit",
        "check the clocks of the server and of the CA, or wait";
    ExpiresSoon = "expires-soon", Warning, "RFC 5280 §4.1.2.5",
        "a certificate of the path ends within the warning window; stand-by servers count too",
        "renew the certificate before that date";
    SubjectNotServer = "subject-not-server", Error, "D10",
        "the CN is not the server's FQDN",
        "request a certificate whose CN is the server's own FQDN";
    SubjectWildcard = "subject-wildcard", Error, "D11",
        "a wildcard stands in the CN",
        "request a certificate whose CN is the server's own FQDN, with the wildcard in the SAN";
    NameMissing = "name-missing", Error, "D3",
        "a name that the server must answer to is not covered",
        "request the certificate again with the name in its SAN, and check that the CA keeps it";
    NameExtra = "name-extra", Note, "RFC 5280 §4.2.1.6",
        "the certificate holds names that the plan did not ask for",
        "nothing, if they are meant; else request the certificate again with the planned names";
    SanOrder = "san-order", Warning, "D12",
        "a wildcard stands before an exact name, or the server's FQDN is not first",
        "request the certificate again with the server's FQDN first and wildcards last";
    NoServerAuth = "no-server-auth", Error, "D20",
        "the extended key usage lacks Server Authentication",
        "request a certificate for server authentication (1.3.6.1.5.5.7.3.1), from the template WebServer, say";
    NoCrlDistributionPoint = "no-crl-distribution-point", Warning, "D21",
        "a server certificate that does not say where its CRL is",
        "have the CA publish its CRL and name the place in what it issues, and issue the certificate again";
    WeakKey = "weak-key", Error, "D23",
        "an RSA key below 2048 bits, or another key of that strength or less",
        "make a new RSA key of 2048 bits, and have the certificate issued for that";
    Sha1Signature = "sha1-signature", Error, "D22",
        "a certificate of the path is signed with SHA-1",
        "have the certificate issued again with SHA-256: today's Windows distrusts SHA-1";
    PssSignature = "pss-signature", Error, "D22",
        "a certificate of the path is signed with RSASSA-PSS, which Lync and Exchange do not support",
        "switch the CA to PKCS #1 v1.5 (AlternateSignatureAlgorithm=0 in its CAPolicy.inf), and have the certificate issued again";
    Revoked = "revoked", Error, "RFC 5280 §6.3",
        "a CRL says that a certificate of the path is revoked",
        "find out why it was revoked, and have a new certificate issued for a new key";
    RevocationUnknown = "revocation-unknown", Warning, "RFC 5280 §6.3",
        "CRLs were given, and none speaks for a certificate of the path",
        "give the CRL of the issuer too";
    CrlExpired = "crl-expired", Warning, "RFC 5280 §5.1.2.5",
        "a CRL past its next update",
        "publish the CRL of that CA again, and give the new one";
    ChainOrder = "chain-order", Note, "RFC 8446 §4.4.2",
        "the chain came unordered, doubled or with strangers in it; it was sorted out",
        "nothing for the audit; where it is what the server sends, put its own certificate first, then each issuer";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for Rule {
    type Err = UnknownRule;

    fn from_str(id: &str) -> Result<Self, UnknownRule> {
        Self::ALL
            .iter()
            .copied()
            .find(|rule| rule.id() == id)
            .ok_or_else(|| UnknownRule { id: id.to_owned() })
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// A text that is the id of no [`Rule`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{id}` is the id of no rule")]
#[non_exhaustive]
pub struct UnknownRule {
    /// The text.
    pub id: String,
}
