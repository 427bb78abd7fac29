//! The table of rules: id, severity, meaning, symptom, remedy and source stand side by side, so they cannot
//! drift apart.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::parse_id_error::ParseIdError;
use super::severity::Severity;

/// What the table says of a rule.
struct Entry {
    id: &'static str,
    severity: Severity,
    source: &'static str,
    meaning: &'static str,
    symptom: &'static str,
    remedy: &'static str,
}

impl Rule {
    /// The id, in kebab-case.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.entry().id
    }

    /// How bad a finding of this rule is.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.entry().severity
    }

    /// Where the rule comes from: a fact of the domain (D…) or a section of a standard.
    #[must_use]
    pub fn source(self) -> &'static str {
        self.entry().source
    }

    /// When the rule is found, in one phrase.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.entry().meaning
    }

    /// How it shows in the field, in one sentence: which calls fail, and which events are logged.
    #[must_use]
    pub fn symptom(self) -> &'static str {
        self.entry().symptom
    }

    /// What to do about it, in one sentence.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        self.entry().remedy
    }
}

macro_rules! rules {
    ($( $rule:ident = $id:literal, $severity:ident, $source:literal, $meaning:literal, $symptom:literal, $remedy:literal; )*) => {
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
        /// # Ok::<(), umcert::rule::ParseIdError>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(
                #[doc = concat!("`", $id, "`: ", $meaning, " (", $source, ")\n\n")]
                #[doc = concat!("In the field: ", $symptom, ".\n\nWhat to do: ", $remedy, ".")]
                $rule,
            )*
        }

        impl Rule {
            /// Every rule, in the order of the table.
            pub const ALL: &'static [Self] = &[ $( Self::$rule, )* ];

            fn entry(self) -> &'static Entry {
                match self {
                    $(
                        Self::$rule => &Entry {
                            id: $id,
                            severity: Severity::$severity,
                            source: $source,
                            meaning: $meaning,
                            symptom: $symptom,
                            remedy: $remedy,
                        },
                    )*
                }
            }
        }
    };
}

rules! {
    // Found while planning.
    NoLyncPool = "no-lync-pool", Error, "D7",
        "no Front End pool and no Standard Edition server",
        "no call reaches UM from Lync: there is nothing to call from",
        "deploy a Lync Front End pool or a Standard Edition server, and list it under `lync.pools`";
    NoMailboxRole = "no-mailbox-role", Error, "D7",
        "a forest with UM services has no server with the Mailbox role (Exchange 2013 on)",
        "the Call Router answers, and no server takes the call that it redirects",
        "deploy a Mailbox server in the forest, and list its role";
    ForestTrustMissing = "forest-trust-missing", Error, "D6",
        "Lync and UM are in different forests and one of the two trusts is missing",
        "UM and Lync cannot look each other up across the forests: contact objects and users of the other side are not found",
        "create the missing forest trust, and then set `trusts-lync` or `trusted-by-lync`";
    UmSettingsNotInLyncForest = "um-settings-not-in-lync-forest", Warning, "D6",
        "Lync and UM are in different forests and the users' UM settings are not set in the Lync forest",
        "users of the other forest have no voice mail in Lync, while those of its own have",
        "set the users' UM settings on their user objects in the Lync forest too";
    Ipv6WithoutUcma4 = "ipv6-without-ucma4", Error, "D5",
        "a server has an IPv6 address and UCMA below 4",
        "calls fail that come in over IPv6, and pass over IPv4",
        "install UCMA 4 on the server, or take it off IPv6";
    DialPlanNotSipUri = "dial-plan-not-sip-uri", Error, "D25",
        "a dial plan used with Lync is of another URI type than SIP URI",
        "Lync offers the dial plan nowhere, and calls to its users end without voice mail",
        "create a dial plan of type SIP URI: the type of an existing one cannot be changed";
    DialPlanUnsecured = "dial-plan-unsecured", Error, "D25",
        "the VoIP security of a dial plan is Unsecured",
        "Lync calls with TLS, and UM does not answer to that for the dial plan",
        "set the VoIP security of the dial plan to SIP Secured or Secured";
    StartupModeTcp = "startup-mode-tcp", Error, "D25",
        "a server of a secured dial plan starts in TCP mode",
        "connections to the TLS port of UM (5061) are refused",
        "set the UM startup mode of the server to TLS or Dual, and restart the UM service";
    DialPlanNameInvalid = "dial-plan-name-invalid", Error, "D26",
        "the name of a dial plan is empty, longer than 64 characters, or holds a forbidden character",
        "Exchange refuses to create the dial plan",
        "rename the dial plan: at most 49 characters, none of \" / \\ [ ] : ; | = , + * ? < >";
    DialPlanNameLong = "dial-plan-name-long", Warning, "D26",
        "the name of a dial plan has 50 to 64 characters",
        "Exchange creates the dial plan, and refuses or shortens the mailbox policy that is named after it",
        "shorten the name to 49 characters: a mailbox policy is named after it";
    DialPlanNameUncoordinated = "dial-plan-name-uncoordinated", Error, "D9",
        "a forest older than Exchange 2010 SP1 and no Enterprise Voice dial plan of the dial plan's name",
        "calls of users in that Lync dial plan do not find their UM dial plan",
        "give the Enterprise Voice dial plan the name of the UM dial plan, or update to Exchange 2010 SP1";
    PhoneNumberMissing = "phone-number-missing", Warning, "D8",
        "a dial plan without a number for Outlook Voice Access or for an auto attendant",
        "nobody can dial into a mailbox, or reach the attendant, from a telephone",
        "obtain a number and list it";
    PhoneNumberInvalid = "phone-number-invalid", Error, "D8",
        "a number that is no E.164 number",
        "Lync does not match the number, and the call is not routed to UM",
        "write the number as + and up to 15 digits, country code first";
    DialPlanNotRedundant = "dial-plan-not-redundant", Warning, "D2",
        "fewer than two servers run UM for a SIP URI dial plan",
        "voice mail stops with that one server, for a restart or an update too",
        "add a second server to the dial plan, so that Lync can fail over";
    ServerNotInDialPlan = "server-not-in-dial-plan", Warning, "D15",
        "a UM server is a member of no dial plan",
        "the server is idle: no call arrives at it",
        "add the server to the dial plan: Lync calls only members";
    NoFailover = "no-failover", Warning, "D2",
        "a set of two servers or more has no failover",
        "nothing today; on the day of an outage, calls to the names of the servers that are out fail",
        "decide how the servers stand in for each other: by DNS or by dial plan";
    FailoverWithinSite = "failover-within-site", Warning, "D3",
        "a name is redirected to a server of its own site",
        "a single server may fail and calls go on; with the whole site they stop",
        "redirect the name to a server of another site: an outage of the site takes both";
    UnansweredName = "unanswered-name", Error, "D3, D4",
        "in an outage that the plan considers nobody answers to a name, or no member of a dial plan is left",
        "nothing today; in the outage that the finding names, calls go unanswered",
        "redirect the name to a server that is up in this outage, or make one there a member of the dial plan";
    SanIgnoredStandAlone = "san-ignored-stand-alone", Warning, "D17",
        "the failover rests on the SAN of a stand-alone UM server, which does not use SAN entries",
        "nothing today; after the names have moved, Lync refuses the stand-in's certificate for the name it dialled",
        "run UM together with Client Access on the server, or fail over by dial plan";
    WildcardUnderSuffix = "wildcard-under-suffix", Warning, "RFC 9525 §6.3",
        "a wildcard would stand directly under a public suffix or a single label; the names are listed instead",
        "a CA refuses such a wildcard, or clients do not match it",
        "nothing, if the longer list of names is fine; else move the servers into a domain of your own";
    WildcardReach = "wildcard-reach", Note, "D16",
        "a wildcard also covers every other host of its domain",
        "nothing; whoever takes the key can pose as any host of the domain",
        "guard the key as the key of the whole domain, or list the names (every-server)";
    WildcardPhoneEdition = "wildcard-phone-edition", Note, "D13",
        "the plan uses a wildcard, and Lync Phone Edition devices support none",
        "desk phones with Lync Phone Edition fail to sign in or to reach voice mail where other clients do",
        "list the names (every-server) where such devices are in use";
    TooManyNames = "too-many-names", Warning, "RFC 8446 §4.4.2",
        "over 100 names in one certificate, or an estimated certificate over 16 KiB",
        "the CA refuses the request, or peers refuse the handshake that carries the certificate",
        "use wildcards, or split the set: many CAs stop at 100 names";
    SharedSubject = "shared-subject", Warning, "D10, D14",
        "servers of a set share a certificate, whose CN is the FQDN of one of them alone",
        "as with `subject-not-server`, on all servers but the one in the CN",
        "give each server a certificate of its own: Lync takes the CN to recognise a trusted peer";
    OwnNameLeftOut = "own-name-left-out", Warning, "D10, D12",
        "the CA takes no name beside a wildcard that covers it, so a server's own FQDN is not in its SAN",
        "clients that do not match wildcards refuse the server (Lync Phone Edition, say)",
        "list the names (every-server), or use a CA that takes both";
    KeyNotRsa = "key-not-rsa", Warning, "D23",
        "the key is not RSA and a forest is Exchange 2013 or older",
        "the import succeeds, and Exchange does not list the certificate or fails to assign it to UM",
        "use an RSA key of 2048 bits";
    KeySizeUnlisted = "key-size-unlisted", Warning, "D23",
        "an RSA key of a size other than 2048 or 4096 bits",
        "mostly nothing; it is a size that nobody promises to work",
        "use an RSA key of 2048 or 4096 bits";

    // Found in the audit.
    NotPresented = "not-presented", Error, "RFC 8446 §4.4.2",
        "a server of the plan presented nothing",
        "the connection to the TLS port of UM (5061) fails or times out, or the handshake ends before the certificate",
        "fetch the chain that the server presents; of a UM server, check that its UM service runs in TLS or Dual mode";
    NotInPlan = "not-in-plan", Note, "D15",
        "a chain or a request was given for a name that is no server of the plan",
        "nothing",
        "correct the name, or add the server to the deployment";
    MalformedCertificate = "malformed-certificate", Error, "RFC 5280 §4.1",
        "an entry of the chain is not readable as an X.509 certificate",
        "the handshake ends with an alert that speaks of a bad certificate",
        "export the certificate again from the server, or have the CA issue it again";
    DefaultSelfSigned = "default-self-signed", Error, "D1",
        "one of the default certificates that Exchange's setup makes",
        "no call passes between Lync and UM in either direction: each refuses the other's certificate as of an untrusted authority",
        "assign a certificate of a CA that both sides trust to the UM services (Enable-ExchangeCertificate), and see that it stays valid: UM falls back to the default without a word (D28)";
    SelfSigned = "self-signed", Error, "D1",
        "a self-signed server certificate that is not one of Exchange's defaults",
        "no call passes, as with a certificate of an untrusted authority",
        "replace it by a certificate of a CA that both sides trust";
    CaAsServer = "ca-as-server", Error, "RFC 5280 §4.2.1.9",
        "a CA certificate is presented as the server's own",
        "strict clients refuse the server; whoever takes its key can issue certificates",
        "assign the server's own certificate to the UM services: a CA's certificate belongs into a store of CAs";
    MissingIntermediate = "missing-intermediate", Error, "D24",
        "the issuer of the last certificate presented is not there, and is no trusted root",
        "works on machines that happen to have the intermediate cached, and fails on others, at first after a restart or on a new server",
        "install the issuer's certificate in the intermediate store of the server, so that it presents it";
    UntrustedRoot = "untrusted-root", Error, "D24",
        "the chain ends in a root that a side does not hold",
        "the side that lacks the root refuses every call, the other side sees the connection closed",
        "install the root in the trusted root store of that side, or use a CA that both sides trust";
    BadSignature = "bad-signature", Error, "RFC 5280 §6.1.3",
        "an issuer of the right name whose key does not verify the signature",
        "handshakes fail though the name of the CA looks right in every store; often after a CA was set up anew",
        "find the issuer's certificate of the right key: the CA was rebuilt, or the certificate is forged";
    PathInvalid = "path-invalid", Error, "RFC 5280 §6.1",
        "the path from the server to a trusted root breaks for another reason",
        "the certificate looks good when it is opened alone, and is refused in the handshake",
        "have the CA issue the named certificate again without the fault";
    RootsDiffer = "roots-differ", Note, "D24",
        "both sides trust the chain, through different roots",
        "nothing",
        "nothing, if it is meant: Exchange's guidance asks for one root on both sides";
    Expired = "expired", Error, "RFC 5280 §4.1.2.5",
        "a certificate of the path has ended at the time of the audit",
        "calls stop at that second; a server that falls back to its default certificate then shows `default-self-signed` (D28)",
        "renew the certificate, and assign the new one to the UM services";
    NotYetValid = "not-yet-valid", Error, "RFC 5280 §4.1.2.5",
        "a certificate of the path has not begun at the time of the audit",
        "handshakes fail at first, and work some time later without a change",
        "check the clocks of the server and of the CA, or wait";
    ExpiresSoon = "expires-soon", Warning, "RFC 5280 §4.1.2.5",
        "a certificate of the path ends within the warning window; stand-by servers count too",
        "nothing yet; of a stand-by nothing until the day of the outage",
        "renew the certificate before that date";
    SubjectNotServer = "subject-not-server", Error, "D10",
        "the CN is not the server's FQDN, or a Front End's not that of its pool",
        "internal calls work; calls through the Edge do not, nor those from UM to Lync (message waiting, play on phone): UM events 1400 and 1344, Lync event 32263",
        "request a certificate whose CN is the server's own FQDN (of a Front End, that of its pool)";
    SubjectWildcard = "subject-wildcard", Error, "D11",
        "a wildcard stands in the CN",
        "as with `subject-not-server`: Lync does not recognise the server as a trusted peer",
        "request a certificate whose CN is the server's own FQDN (of a Front End, that of its pool), with the wildcard in the SAN";
    NameMissing = "name-missing", Error, "D3",
        "a name that the server must answer to is not covered",
        "in the outage that the finding names, Lync dials the name, the stand-in answers, and Lync refuses its certificate; on any other day nothing, where the name is not the server's own",
        "request the certificate again with the name in its SAN, and check that the CA keeps it";
    NameExtra = "name-extra", Note, "RFC 5280 §4.2.1.6",
        "the certificate holds names that the plan did not ask for",
        "nothing; whoever takes the key can pose as these hosts too",
        "nothing, if they are meant; else request the certificate again with the planned names";
    SanOrder = "san-order", Warning, "D12",
        "a wildcard stands before an exact name, or the server's FQDN is not first",
        "some devices fail to match the server's name, while computers do",
        "request the certificate again with the server's FQDN first and wildcards last";
    NoServerAuth = "no-server-auth", Error, "D20",
        "the extended key usage lacks Server Authentication",
        "the certificate cannot be assigned to UM, or Lync refuses it as not meant for a server",
        "request a certificate for server authentication (1.3.6.1.5.5.7.3.1), from the template WebServer, say";
    NoCrlDistributionPoint = "no-crl-distribution-point", Warning, "D21",
        "a server certificate that does not say where its CRL is",
        "calls that start slowly, or fail where revocation is enforced",
        "have the CA publish its CRL and name the place in what it issues, and issue the certificate again";
    WeakKey = "weak-key", Error, "D23",
        "an RSA key below 2048 bits, or another key of that strength or less",
        "today's Windows refuses the certificate, where older releases took it",
        "make a new RSA key of 2048 bits, and have the certificate issued for that";
    KeyMismatch = "key-mismatch", Error, "RFC 2986 §3",
        "the key of the certificate is not that of the request that was made for it",
        "the private key that the request left behind does not fit: Windows shows the certificate without one",
        "install the certificate that the CA gave for this request, or make a new request and have it issued";
    Sha1Signature = "sha1-signature", Error, "D22",
        "a certificate of the path is signed with SHA-1",
        "today's Windows refuses the certificate, where older releases took it",
        "have the certificate issued again with SHA-256: today's Windows distrusts SHA-1";
    PssSignature = "pss-signature", Error, "D22",
        "a certificate of the path is signed with RSASSA-PSS, which Lync and Exchange do not support",
        "the certificate opens without a fault in Windows, and handshakes with Lync fail",
        "switch the CA to PKCS #1 v1.5 (AlternateSignatureAlgorithm=0 in its CAPolicy.inf), and have the certificate issued again";
    Revoked = "revoked", Error, "RFC 5280 §6.3",
        "a CRL says that a certificate of the path is revoked",
        "calls stop as each machine fetches the new CRL, one after the other over hours or days",
        "find out why it was revoked, and have a new certificate issued for a new key";
    RevocationUnknown = "revocation-unknown", Warning, "RFC 5280 §6.3",
        "CRLs were given, and none speaks for a certificate of the path",
        "nothing that this audit can tell; Windows may fetch a CRL that was not given here",
        "give the CRL of the issuer too";
    CrlExpired = "crl-expired", Warning, "RFC 5280 §5.1.2.5",
        "a CRL past its next update",
        "handshakes that fail or take long where revocation is enforced, for every certificate of that CA at once",
        "publish the CRL of that CA again, and give the new one";
    ChainOrder = "chain-order", Note, "RFC 8446 §4.4.2",
        "the chain came unordered, doubled or with strangers in it; it was sorted out",
        "mostly nothing; some TLS libraries refuse a chain out of order",
        "nothing for the audit; where it is what the server sends, put its own certificate first, then each issuer";
    Profile = "profile", Warning, "RFC 5280 §4",
        "a certificate of the path is against a MUST of RFC 5280 that the verdict does not rest on",
        "mostly nothing; stricter verifiers (OpenSSL with `-x509_strict`, Python's cryptography) refuse the chain",
        "have the CA issue the certificate again without the fault";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for Rule {
    type Err = ParseIdError;

    fn from_str(id: &str) -> Result<Self, ParseIdError> {
        let found = Self::ALL.iter().copied().find(|rule| rule.id() == id);
        found.ok_or_else(|| {
            ParseIdError::with_hint("rule id", id, "`docs/rules.md` lists every rule")
        })
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
