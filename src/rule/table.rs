//! The table of rules. A new rule is added here and in the check that reports it.
//!
//! The order of the table is the order of [`Rule::ALL`] and of `docs/rules.md`, which is generated from it.

use super::define::{Description, rules};
use super::severity::Severity;

rules! {
    // Found while planning.
    NoLyncPool {
        id: "no-lync-pool", severity: Error, source: "D7",
        meaning: "no Front End pool and no Standard Edition server",
        symptom: "no call reaches UM from Lync: there is nothing to call from",
        remedy: "deploy a Lync Front End pool or a Standard Edition server, and list it under `lync.pools`",
    }
    NoMailboxRole {
        id: "no-mailbox-role", severity: Error, source: "D7",
        meaning: "a forest with UM services has no server with the Mailbox role (Exchange 2013 on)",
        symptom: "the Call Router answers, and no server takes the call that it redirects",
        remedy: "deploy a Mailbox server in the forest, and list its role",
    }
    ForestTrustMissing {
        id: "forest-trust-missing", severity: Error, source: "D6",
        meaning: "Lync and UM are in different forests and one of the two trusts is missing",
        symptom: "UM and Lync cannot look each other up across the forests: contact objects and users of the other side are not found",
        remedy: "create the missing forest trust, and then set `trusts-lync` or `trusted-by-lync`",
    }
    UmSettingsNotInLyncForest {
        id: "um-settings-not-in-lync-forest", severity: Warning, source: "D6",
        meaning: "Lync and UM are in different forests and the users' UM settings are not set in the Lync forest",
        symptom: "users of the other forest have no voice mail in Lync, while those of its own have",
        remedy: "set the users' UM settings on their user objects in the Lync forest too",
    }
    Ipv6WithoutUcma4 {
        id: "ipv6-without-ucma4", severity: Error, source: "D5",
        meaning: "a server has an IPv6 address and UCMA below 4",
        symptom: "calls fail that come in over IPv6, and pass over IPv4",
        remedy: "install UCMA 4 on the server, or take it off IPv6",
    }
    DialPlanNotSipUri {
        id: "dial-plan-not-sip-uri", severity: Error, source: "D25",
        meaning: "a dial plan used with Lync is of another URI type than SIP URI",
        symptom: "Lync offers the dial plan nowhere, and calls to its users end without voice mail",
        remedy: "create a dial plan of type SIP URI: the type of an existing one cannot be changed",
    }
    DialPlanUnsecured {
        id: "dial-plan-unsecured", severity: Error, source: "D25",
        meaning: "the VoIP security of a dial plan is Unsecured",
        symptom: "Lync calls with TLS, and UM does not answer to that for the dial plan",
        remedy: "set the VoIP security of the dial plan to SIP Secured or Secured",
    }
    StartupModeTcp {
        id: "startup-mode-tcp", severity: Error, source: "D25",
        meaning: "a server of a secured dial plan starts in TCP mode",
        symptom: "connections to the TLS port of UM (5061) are refused",
        remedy: "set the UM startup mode of the server to TLS or Dual, and restart the UM service",
    }
    DialPlanNameInvalid {
        id: "dial-plan-name-invalid", severity: Error, source: "D26",
        meaning: "the name of a dial plan is empty, longer than 64 characters, or holds a forbidden character",
        symptom: "Exchange refuses to create the dial plan",
        remedy: "rename the dial plan: at most 49 characters, none of \" / \\ [ ] : ; | = , + * ? < >",
    }
    DialPlanNameLong {
        id: "dial-plan-name-long", severity: Warning, source: "D26",
        meaning: "the name of a dial plan has 50 to 64 characters",
        symptom: "Exchange creates the dial plan, and refuses or shortens the mailbox policy that is named after it",
        remedy: "shorten the name to 49 characters: a mailbox policy is named after it",
    }
    DialPlanNameUncoordinated {
        id: "dial-plan-name-uncoordinated", severity: Error, source: "D9",
        meaning: "a forest older than Exchange 2010 SP1 and no Enterprise Voice dial plan of the dial plan's name",
        symptom: "calls of users in that Lync dial plan do not find their UM dial plan",
        remedy: "give the Enterprise Voice dial plan the name of the UM dial plan, or update to Exchange 2010 SP1",
    }
    PhoneNumberMissing {
        id: "phone-number-missing", severity: Warning, source: "D8",
        meaning: "a dial plan without a number for Outlook Voice Access or for an auto attendant",
        symptom: "nobody can dial into a mailbox, or reach the attendant, from a telephone",
        remedy: "obtain a number and list it",
    }
    PhoneNumberInvalid {
        id: "phone-number-invalid", severity: Error, source: "D8",
        meaning: "a number that is no E.164 number",
        symptom: "Lync does not match the number, and the call is not routed to UM",
        remedy: "write the number as + and up to 15 digits, country code first",
    }
    DialPlanNotRedundant {
        id: "dial-plan-not-redundant", severity: Warning, source: "D2",
        meaning: "fewer than two servers run UM for a SIP URI dial plan",
        symptom: "voice mail stops with that one server, for a restart or an update too",
        remedy: "add a second server to the dial plan, so that Lync can fail over",
    }
    ServerNotInDialPlan {
        id: "server-not-in-dial-plan", severity: Warning, source: "D15",
        meaning: "a UM server is a member of no dial plan",
        symptom: "the server is idle: no call arrives at it",
        remedy: "add the server to the dial plan: Lync calls only members",
    }
    NoFailover {
        id: "no-failover", severity: Warning, source: "D2",
        meaning: "a set of two servers or more has no failover",
        symptom: "nothing today; on the day of an outage, calls to the names of the servers that are out fail",
        remedy: "decide how the servers stand in for each other: by DNS or by dial plan",
    }
    FailoverWithinSite {
        id: "failover-within-site", severity: Warning, source: "D3",
        meaning: "a name is redirected to a server of its own site",
        symptom: "a single server may fail and calls go on; with the whole site they stop",
        remedy: "redirect the name to a server of another site: an outage of the site takes both",
    }
    UnansweredName {
        id: "unanswered-name", severity: Error, source: "D3, D4",
        meaning: "in an outage that the plan considers nobody answers to a name, or no member of a dial plan is left",
        symptom: "nothing today; in the outage that the finding names, calls go unanswered",
        remedy: "redirect the name to a server that is up in this outage, or make one there a member of the dial plan",
    }
    SanIgnoredStandAlone {
        id: "san-ignored-stand-alone", severity: Warning, source: "D17",
        meaning: "the failover rests on the SAN of a stand-alone UM server, which does not use SAN entries",
        symptom: "nothing today; after the names have moved, Lync refuses the stand-in's certificate for the name it dialled",
        remedy: "run UM together with Client Access on the server, or fail over by dial plan",
    }
    WildcardUnderSuffix {
        id: "wildcard-under-suffix", severity: Warning, source: "RFC 9525 §6.3",
        meaning: "a wildcard would stand directly under a public suffix or a single label; the names are listed instead",
        symptom: "a CA refuses such a wildcard, or clients do not match it",
        remedy: "nothing, if the longer list of names is fine; else move the servers into a domain of your own",
    }
    WildcardReach {
        id: "wildcard-reach", severity: Note, source: "D16",
        meaning: "a wildcard also covers every other host of its domain",
        symptom: "nothing; whoever takes the key can pose as any host of the domain",
        remedy: "guard the key as the key of the whole domain, or list the names (every-server)",
    }
    WildcardPhoneEdition {
        id: "wildcard-phone-edition", severity: Note, source: "D13",
        meaning: "the plan uses a wildcard, and Lync Phone Edition devices support none",
        symptom: "desk phones with Lync Phone Edition fail to sign in or to reach voice mail where other clients do",
        remedy: "list the names (every-server) where such devices are in use",
    }
    TooManyNames {
        id: "too-many-names", severity: Warning, source: "RFC 8446 §4.4.2",
        meaning: "over 100 names in one certificate, or an estimated certificate over 16 KiB",
        symptom: "the CA refuses the request, or peers refuse the handshake that carries the certificate",
        remedy: "use wildcards, or split the set: many CAs stop at 100 names",
    }
    SharedSubject {
        id: "shared-subject", severity: Warning, source: "D10, D14",
        meaning: "servers of a set share a certificate, whose CN is the FQDN of one of them alone",
        symptom: "as with `subject-not-server`, on all servers but the one in the CN",
        remedy: "give each server a certificate of its own: Lync takes the CN to recognise a trusted peer",
    }
    OwnNameLeftOut {
        id: "own-name-left-out", severity: Warning, source: "D10, D12",
        meaning: "the CA takes no name beside a wildcard that covers it, so a server's own FQDN is not in its SAN",
        symptom: "clients that do not match wildcards refuse the server (Lync Phone Edition, say)",
        remedy: "list the names (every-server), or use a CA that takes both",
    }
    KeyNotRsa {
        id: "key-not-rsa", severity: Warning, source: "D23",
        meaning: "the key is not RSA and a forest is Exchange 2013 or older",
        symptom: "the import succeeds, and Exchange does not list the certificate or fails to assign it to UM",
        remedy: "use an RSA key of 2048 bits",
    }
    KeySizeUnlisted {
        id: "key-size-unlisted", severity: Warning, source: "D23",
        meaning: "an RSA key of a size other than 2048 or 4096 bits",
        symptom: "mostly nothing; it is a size that nobody promises to work",
        remedy: "use an RSA key of 2048 or 4096 bits",
    }

    // Found in the audit.
    NotPresented {
        id: "not-presented", severity: Error, source: "RFC 8446 §4.4.2",
        meaning: "a server of the plan presented nothing",
        symptom: "the connection to the TLS port of UM (5061) fails or times out, or the handshake ends before the certificate",
        remedy: "fetch the chain that the server presents; of a UM server, check that its UM service runs in TLS or Dual mode",
    }
    NotInPlan {
        id: "not-in-plan", severity: Note, source: "D15",
        meaning: "a chain or a request was given for a name that is no server of the plan",
        symptom: "nothing",
        remedy: "correct the name, or add the server to the deployment",
    }
    MalformedCertificate {
        id: "malformed-certificate", severity: Error, source: "RFC 5280 §4.1",
        meaning: "an entry of the chain is not readable as an X.509 certificate",
        symptom: "the handshake ends with an alert that speaks of a bad certificate",
        remedy: "export the certificate again from the server, or have the CA issue it again",
    }
    DefaultSelfSigned {
        id: "default-self-signed", severity: Error, source: "D1",
        meaning: "one of the default certificates that Exchange's setup makes",
        symptom: "no call passes between Lync and UM in either direction: each refuses the other's certificate as of an untrusted authority",
        remedy: "assign a certificate of a CA that both sides trust to the UM services (Enable-ExchangeCertificate), and see that it stays valid: UM falls back to the default without a word (D28)",
    }
    SelfSigned {
        id: "self-signed", severity: Error, source: "D1",
        meaning: "a self-signed server certificate that is not one of Exchange's defaults",
        symptom: "no call passes, as with a certificate of an untrusted authority",
        remedy: "replace it by a certificate of a CA that both sides trust",
    }
    CaAsServer {
        id: "ca-as-server", severity: Error, source: "RFC 5280 §4.2.1.9",
        meaning: "a CA certificate is presented as the server's own",
        symptom: "strict clients refuse the server; whoever takes its key can issue certificates",
        remedy: "assign the server's own certificate to the UM services: a CA's certificate belongs into a store of CAs",
    }
    MissingIntermediate {
        id: "missing-intermediate", severity: Error, source: "D24",
        meaning: "the issuer of the last certificate presented is not there, and is no trusted root",
        symptom: "works on machines that happen to have the intermediate cached, and fails on others, at first after a restart or on a new server",
        remedy: "install the issuer's certificate in the intermediate store of the server, so that it presents it",
    }
    UntrustedRoot {
        id: "untrusted-root", severity: Error, source: "D24",
        meaning: "the chain ends in a root that a side does not hold",
        symptom: "the side that lacks the root refuses every call, the other side sees the connection closed",
        remedy: "install the root in the trusted root store of that side, or use a CA that both sides trust",
    }
    BadSignature {
        id: "bad-signature", severity: Error, source: "RFC 5280 §6.1.3",
        meaning: "an issuer of the right name whose key does not verify the signature",
        symptom: "handshakes fail though the name of the CA looks right in every store; often after a CA was set up anew",
        remedy: "find the issuer's certificate of the right key: the CA was rebuilt, or the certificate is forged",
    }
    PathInvalid {
        id: "path-invalid", severity: Error, source: "RFC 5280 §6.1",
        meaning: "the path from the server to a trusted root breaks for another reason",
        symptom: "the certificate looks good when it is opened alone, and is refused in the handshake",
        remedy: "have the CA issue the named certificate again without the fault",
    }
    RootsDiffer {
        id: "roots-differ", severity: Note, source: "D24",
        meaning: "both sides trust the chain, through different roots",
        symptom: "nothing",
        remedy: "nothing, if it is meant: Exchange's guidance asks for one root on both sides",
    }
    Expired {
        id: "expired", severity: Error, source: "RFC 5280 §4.1.2.5",
        meaning: "a certificate of the path has ended at the time of the audit",
        symptom: "calls stop at that second; a server that falls back to its default certificate then shows `default-self-signed` (D28)",
        remedy: "renew the certificate, and assign the new one to the UM services",
    }
    NotYetValid {
        id: "not-yet-valid", severity: Error, source: "RFC 5280 §4.1.2.5",
        meaning: "a certificate of the path has not begun at the time of the audit",
        symptom: "handshakes fail at first, and work some time later without a change",
        remedy: "check the clocks of the server and of the CA, or wait",
    }
    ExpiresSoon {
        id: "expires-soon", severity: Warning, source: "RFC 5280 §4.1.2.5",
        meaning: "a certificate of the path ends within the warning window; stand-by servers count too",
        symptom: "nothing yet; of a stand-by nothing until the day of the outage",
        remedy: "renew the certificate before that date",
    }
    SubjectNotServer {
        id: "subject-not-server", severity: Error, source: "D10",
        meaning: "the CN is not the server's FQDN, or a Front End's not that of its pool",
        symptom: "internal calls work; calls through the Edge do not, nor those from UM to Lync (message waiting, play on phone): UM events 1400 and 1344, Lync event 32263",
        remedy: "request a certificate whose CN is the server's own FQDN (of a Front End, that of its pool)",
    }
    SubjectWildcard {
        id: "subject-wildcard", severity: Error, source: "D11",
        meaning: "a wildcard stands in the CN",
        symptom: "as with `subject-not-server`: Lync does not recognise the server as a trusted peer",
        remedy: "request a certificate whose CN is the server's own FQDN (of a Front End, that of its pool), with the wildcard in the SAN",
    }
    NameMissing {
        id: "name-missing", severity: Error, source: "D3",
        meaning: "a name that the server must answer to is not covered",
        symptom: "in the outage that the finding names, Lync dials the name, the stand-in answers, and Lync refuses its certificate; on any other day nothing, where the name is not the server's own",
        remedy: "request the certificate again with the name in its SAN, and check that the CA keeps it",
    }
    NameExtra {
        id: "name-extra", severity: Note, source: "RFC 5280 §4.2.1.6",
        meaning: "the certificate holds names that the plan did not ask for",
        symptom: "nothing; whoever takes the key can pose as these hosts too",
        remedy: "nothing, if they are meant; else request the certificate again with the planned names",
    }
    SanOrder {
        id: "san-order", severity: Warning, source: "D12",
        meaning: "a wildcard stands before an exact name, or the server's FQDN is not first",
        symptom: "some devices fail to match the server's name, while computers do",
        remedy: "request the certificate again with the server's FQDN first and wildcards last",
    }
    NoServerAuth {
        id: "no-server-auth", severity: Error, source: "D20",
        meaning: "the extended key usage lacks Server Authentication",
        symptom: "the certificate cannot be assigned to UM, or Lync refuses it as not meant for a server",
        remedy: "request a certificate for server authentication (1.3.6.1.5.5.7.3.1), from the template WebServer, say",
    }
    NoCrlDistributionPoint {
        id: "no-crl-distribution-point", severity: Warning, source: "D21",
        meaning: "a server certificate that does not say where its CRL is",
        symptom: "calls that start slowly, or fail where revocation is enforced",
        remedy: "have the CA publish its CRL and name the place in what it issues, and issue the certificate again",
    }
    WeakKey {
        id: "weak-key", severity: Error, source: "D23",
        meaning: "an RSA key below 2048 bits, or another key of that strength or less",
        symptom: "today's Windows refuses the certificate, where older releases took it",
        remedy: "make a new RSA key of 2048 bits, and have the certificate issued for that",
    }
    KeyMismatch {
        id: "key-mismatch", severity: Error, source: "RFC 2986 §3",
        meaning: "the key of the certificate is not that of the request that was made for it",
        symptom: "the private key that the request left behind does not fit: Windows shows the certificate without one",
        remedy: "install the certificate that the CA gave for this request, or make a new request and have it issued",
    }
    Sha1Signature {
        id: "sha1-signature", severity: Error, source: "D22",
        meaning: "a certificate of the path is signed with SHA-1",
        symptom: "today's Windows refuses the certificate, where older releases took it",
        remedy: "have the certificate issued again with SHA-256: today's Windows distrusts SHA-1",
    }
    PssSignature {
        id: "pss-signature", severity: Error, source: "D22",
        meaning: "a certificate of the path is signed with RSASSA-PSS, which Lync and Exchange do not support",
        symptom: "the certificate opens without a fault in Windows, and handshakes with Lync fail",
        remedy: "switch the CA to PKCS #1 v1.5 (AlternateSignatureAlgorithm=0 in its CAPolicy.inf), and have the certificate issued again",
    }
    Revoked {
        id: "revoked", severity: Error, source: "RFC 5280 §6.3",
        meaning: "a CRL says that a certificate of the path is revoked",
        symptom: "calls stop as each machine fetches the new CRL, one after the other over hours or days",
        remedy: "find out why it was revoked, and have a new certificate issued for a new key",
    }
    RevocationUnknown {
        id: "revocation-unknown", severity: Warning, source: "RFC 5280 §6.3",
        meaning: "CRLs were given, and none speaks for a certificate of the path",
        symptom: "nothing that this audit can tell; Windows may fetch a CRL that was not given here",
        remedy: "give the CRL of the issuer too",
    }
    CrlExpired {
        id: "crl-expired", severity: Warning, source: "RFC 5280 §5.1.2.5",
        meaning: "a CRL past its next update",
        symptom: "handshakes that fail or take long where revocation is enforced, for every certificate of that CA at once",
        remedy: "publish the CRL of that CA again, and give the new one",
    }
    ChainOrder {
        id: "chain-order", severity: Note, source: "RFC 8446 §4.4.2",
        meaning: "the chain came unordered, doubled or with strangers in it; it was sorted out",
        symptom: "mostly nothing; some TLS libraries refuse a chain out of order",
        remedy: "nothing for the audit; where it is what the server sends, put its own certificate first, then each issuer",
    }
    Profile {
        id: "profile", severity: Warning, source: "RFC 5280 §4",
        meaning: "a certificate of the path is against a MUST of RFC 5280 that the verdict does not rest on",
        symptom: "mostly nothing; stricter verifiers (OpenSSL with `-x509_strict`, Python's cryptography) refuse the chain",
        remedy: "have the CA issue the certificate again without the fault",
    }
}
