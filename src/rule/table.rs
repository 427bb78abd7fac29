//! The table of rules. A new rule is added here and in the check that reports it.
//!
//! The order of the table is the order of [`Rule::ALL`] and of `docs/rules.md`, which is generated from it.

use super::define::{Description, rules};
use super::severity::Severity;

rules! {
    // Reported by the plan.
    NoLyncPool {
        id: "no-lync-pool", severity: Error, source: "D7",
        meaning: "the Lync side has neither a Front End pool nor a Standard Edition server",
        symptom: "no call reaches UM from Lync, because there is no Lync server to call from",
        remedy: "deploy a Lync Front End pool or a Standard Edition server, and list it under `lync.pools`",
    }
    NoMailboxRole {
        id: "no-mailbox-role", severity: Error, source: "D7",
        meaning: "a forest with UM services has no server with the Mailbox role (Exchange 2013 and later)",
        symptom: "the Call Router answers, but no server accepts the call that it redirects",
        remedy: "deploy a Mailbox server in the forest, and list its role",
    }
    ForestTrustMissing {
        id: "forest-trust-missing", severity: Error, source: "D6",
        meaning: "Lync and UM are in different forests, and one of the two trusts is missing",
        symptom: "UM and Lync do not find contact objects and users of the other forest",
        remedy: "create the missing forest trust, then set `trusts-lync` or `trusted-by-lync`",
    }
    UmSettingsNotInLyncForest {
        id: "um-settings-not-in-lync-forest", severity: Warning, source: "D6",
        meaning: "Lync and UM are in different forests, and the users' UM settings are not set in the Lync forest",
        symptom: "users of the other forest have no voice mail in Lync; users of the UM forest do",
        remedy: "also set the users' UM settings on their user objects in the Lync forest",
    }
    Ipv6WithoutUcma4 {
        id: "ipv6-without-ucma4", severity: Error, source: "D5",
        meaning: "a server has an IPv6 address and a UCMA version below 4",
        symptom: "calls over IPv6 fail; calls over IPv4 succeed",
        remedy: "install UCMA 4 on the server, or remove its IPv6 address",
    }
    DialPlanNotSipUri {
        id: "dial-plan-not-sip-uri", severity: Error, source: "D25",
        meaning: "a dial plan used with Lync has a URI type other than SIP URI",
        symptom: "Lync does not offer the dial plan, and its users have no voice mail",
        remedy: "create a dial plan of type SIP URI; the type of an existing dial plan cannot be changed",
    }
    DialPlanUnsecured {
        id: "dial-plan-unsecured", severity: Error, source: "D25",
        meaning: "the VoIP security of a dial plan is Unsecured",
        symptom: "Lync connects with TLS, and UM does not accept TLS for the dial plan",
        remedy: "set the VoIP security of the dial plan to SIP Secured or Secured",
    }
    StartupModeTcp {
        id: "startup-mode-tcp", severity: Error, source: "D25",
        meaning: "a server of a secured dial plan starts in TCP mode",
        symptom: "UM refuses connections to its TLS port (5061)",
        remedy: "set the UM startup mode of the server to TLS or Dual, and restart the UM service",
    }
    DialPlanNameInvalid {
        id: "dial-plan-name-invalid", severity: Error, source: "D26",
        meaning: "the name of a dial plan is empty, longer than 64 characters, or contains a forbidden character",
        symptom: "Exchange refuses to create the dial plan",
        remedy: "rename the dial plan: at most 49 characters, none of \" / \\ [ ] : ; | = , + * ? < >",
    }
    DialPlanNameLong {
        id: "dial-plan-name-long", severity: Warning, source: "D26",
        meaning: "the name of a dial plan has 50 to 64 characters",
        symptom: "Exchange creates the dial plan, but refuses or shortens the mailbox policy that is named after it",
        remedy: "shorten the name to 49 characters, because a mailbox policy is named after it",
    }
    DialPlanNameUncoordinated {
        id: "dial-plan-name-uncoordinated", severity: Error, source: "D9",
        meaning: "a forest is older than Exchange 2010 SP1, and no Enterprise Voice dial plan has the name of the UM dial plan",
        symptom: "calls of users in that Lync dial plan do not reach their UM dial plan",
        remedy: "give the Enterprise Voice dial plan the name of the UM dial plan, or update to Exchange 2010 SP1",
    }
    PhoneNumberMissing {
        id: "phone-number-missing", severity: Warning, source: "D8",
        meaning: "a dial plan has no number for Outlook Voice Access or for an auto attendant",
        symptom: "callers cannot reach a mailbox or the auto attendant from a telephone",
        remedy: "obtain a number and list it",
    }
    PhoneNumberInvalid {
        id: "phone-number-invalid", severity: Error, source: "D8",
        meaning: "a number is not an E.164 number",
        symptom: "Lync does not match the number, and the call is not routed to UM",
        remedy: "write the number as + and up to 15 digits, starting with the country code",
    }
    DialPlanNotRedundant {
        id: "dial-plan-not-redundant", severity: Warning, source: "D2",
        meaning: "fewer than two servers run UM for a SIP URI dial plan",
        symptom: "voice mail stops whenever that one server is down, also for a restart or an update",
        remedy: "add a second server to the dial plan, so that Lync can fail over",
    }
    ServerNotInDialPlan {
        id: "server-not-in-dial-plan", severity: Warning, source: "D15",
        meaning: "a UM server is not a member of any dial plan",
        symptom: "the server receives no calls",
        remedy: "add the server to the dial plan; Lync calls members only",
    }
    NoFailover {
        id: "no-failover", severity: Warning, source: "D2",
        meaning: "a set of two or more servers has no failover",
        symptom: "none until an outage; then calls to the names of the failed servers fail",
        remedy: "choose how the servers stand in for each other: by DNS or by dial plan",
    }
    FailoverWithinSite {
        id: "failover-within-site", severity: Warning, source: "D3",
        meaning: "a name is redirected to a server of its own site",
        symptom: "calls continue if a single server fails, and stop if the whole site fails",
        remedy: "redirect the name to a server of another site",
    }
    UnansweredName {
        id: "unanswered-name", severity: Error, source: "D3, D4",
        meaning: "in a considered outage, no server answers to a name, or no member of a dial plan is left",
        symptom: "none until the outage that the finding names; then calls go unanswered",
        remedy: "redirect the name to a server that is up in this outage, or add such a server to the dial plan",
    }
    SanIgnoredStandAlone {
        id: "san-ignored-stand-alone", severity: Warning, source: "D17",
        meaning: "failover depends on the SAN of a stand-alone UM server, which does not use SAN entries",
        symptom: "none until names move; then Lync refuses the stand-in's certificate for the name that it dialled",
        remedy: "run UM together with Client Access on the server, or fail over by dial plan",
    }
    WildcardUnderSuffix {
        id: "wildcard-under-suffix", severity: Warning, source: "RFC 9525 §6.3",
        meaning: "a wildcard would be directly under a public suffix or a single label; the names are listed instead",
        symptom: "a CA refuses such a wildcard, or clients do not match it",
        remedy: "no action is needed if the longer list of names is acceptable; otherwise move the servers into a domain of the organisation",
    }
    WildcardReach {
        id: "wildcard-reach", severity: Note, source: "D16",
        meaning: "a wildcard also covers every other host of its domain",
        symptom: "none; a stolen key can impersonate any host of the domain",
        remedy: "protect the key like a key of the whole domain, or list the names (every-server)",
    }
    WildcardPhoneEdition {
        id: "wildcard-phone-edition", severity: Note, source: "D13",
        meaning: "the plan uses a wildcard, which Lync Phone Edition devices do not support",
        symptom: "desk phones with Lync Phone Edition cannot sign in or reach voice mail; other clients can",
        remedy: "list the names (every-server) if such devices are in use",
    }
    TooManyNames {
        id: "too-many-names", severity: Warning, source: "RFC 8446 §4.4.2",
        meaning: "a certificate has more than 100 names, or its estimated size exceeds 16 KiB",
        symptom: "the CA refuses the request, or peers refuse the handshake that contains the certificate",
        remedy: "use wildcards, or split the set; many CAs accept at most 100 names",
    }
    SharedSubject {
        id: "shared-subject", severity: Warning, source: "D10, D14",
        meaning: "servers of a set share a certificate whose CN is the FQDN of only one of them",
        symptom: "as for `subject-not-server`, on all servers except the one in the CN",
        remedy: "issue a certificate for each server; Lync recognises a trusted peer by the CN",
    }
    OwnNameLeftOut {
        id: "own-name-left-out", severity: Warning, source: "D10, D12",
        meaning: "the CA refuses a name next to a wildcard that covers it, so a server's own FQDN is not in its SAN",
        symptom: "clients that do not match wildcards, such as Lync Phone Edition, refuse the server",
        remedy: "list the names (every-server), or use a CA that accepts both",
    }
    KeyNotRsa {
        id: "key-not-rsa", severity: Warning, source: "D23",
        meaning: "the key is not an RSA key, and a forest is Exchange 2013 or older",
        symptom: "the import succeeds, but Exchange does not list the certificate or cannot assign it to UM",
        remedy: "use an RSA key of 2048 bits",
    }
    KeySizeUnlisted {
        id: "key-size-unlisted", severity: Warning, source: "D23",
        meaning: "an RSA key has a size other than 2048 or 4096 bits",
        symptom: "usually none; Microsoft does not list this size as supported",
        remedy: "use an RSA key of 2048 or 4096 bits",
    }
    CommonNameTooLong {
        id: "common-name-too-long", severity: Error, source: "D136",
        meaning: "the FQDN of a server has more than 64 characters, so no certificate can have it as its CN",
        symptom: "every CA refuses the request; AD CS answers 0x80094001",
        remedy: "give the server a name whose FQDN has at most 64 characters",
    }
    SanExtensionTooLarge {
        id: "san-extension-too-large", severity: Warning, source: "D135",
        meaning: "the encoded SAN extension has more than 4096 bytes, the limit of AD CS",
        symptom: "AD CS refuses the request (0xc80005e2, CA event 22)",
        remedy: "use wildcards, or split the set; an updated AD CS can be set to accept 16384 bytes",
    }
    InternalNamePublicCa {
        id: "internal-name-public-ca", severity: Error, source: "D137",
        meaning: "the certificate is planned for a public CA, and one of its names is not a public one",
        symptom: "the CA refuses the request; public CAs have issued no such certificates since November 2015",
        remedy: "use a CA of the organisation, or rename the servers into a registered domain",
    }
    StandbyOlderVersion {
        id: "standby-older-version", severity: Warning, source: "D85, D127",
        meaning: "a stand-by has an older major version of Exchange than another member of the dial plan",
        symptom: "none until the outage; then Lync calls only the members with the newest version, and none of the stand-bys",
        remedy: "use stand-bys of the same version, or remove the newer members from the dial plan during the outage",
    }
    MoreServersThanTried {
        id: "more-servers-than-tried", severity: Note, source: "D86, D128",
        meaning: "more members of a dial plan can be down at once than the number of servers that Lync tries (2)",
        symptom: "in such an outage a share of the calls fails, although other members of the dial plan are up",
        remedy: "remove the failed members from the dial plan during the outage, or raise ExumNumberOfServersToTry in ExumRouting.exe.config",
    }
    SecurityIncompatible {
        id: "security-incompatible", severity: Error, source: "D54, D126",
        meaning: "a dial plan is SIP Secured, and a pool requires encryption of media",
        symptom: "every call is refused with \"Incompatible security setting\"",
        remedy: "set the VoIP security of the dial plan to Secured, or the media encryption of Lync to SupportEncryption",
    }
    AddressesMissingForRunbook {
        id: "addresses-missing-for-runbook", severity: Note, source: "D79, D148",
        meaning: "a server fails over by DNS, and its addresses are not listed",
        symptom: "none until the outage; then the addresses to restore are known to the DNS servers only",
        remedy: "list the addresses of the server under `addresses`, or read them from DNS while the site is up",
    }
    DynamicRegistrationUndoesFailover {
        id: "dynamic-registration-undoes-failover", severity: Note, source: "D75, D76, D147",
        meaning: "servers fail over by DNS, and Windows servers register their own names again",
        symptom: "a server that returns takes its name back at once, before it is checked; one that never stopped undoes the failover within days",
        remedy: "switch dynamic registration off on the failed servers for the time of the failover, and fail back deliberately",
    }

    // Reported by the audit.
    NotPresented {
        id: "not-presented", severity: Error, source: "RFC 8446 §4.4.2",
        meaning: "a server of the plan presents no chain",
        symptom: "the connection to the TLS port of UM (5061) fails or times out, or the handshake ends before the certificate",
        remedy: "fetch the chain that the server presents; on a UM server, check that the UM service runs in TLS or Dual mode",
    }
    NotInPlan {
        id: "not-in-plan", severity: Note, source: "D15",
        meaning: "a chain or a request is supplied for a name that is not a server of the plan",
        symptom: "none",
        remedy: "correct the name, or add the server to the deployment",
    }
    MalformedCertificate {
        id: "malformed-certificate", severity: Error, source: "RFC 5280 §4.1",
        meaning: "an entry of the chain cannot be read as an X.509 certificate",
        symptom: "the handshake fails with a bad certificate alert",
        remedy: "export the certificate from the server again, or have the CA reissue it",
    }
    DefaultSelfSigned {
        id: "default-self-signed", severity: Error, source: "D1",
        meaning: "the server presents a default certificate that Exchange setup created",
        symptom: "all calls between Lync and UM fail in both directions, because each side refuses the other's certificate as issued by an untrusted authority",
        remedy: "assign a certificate from a CA that both sides trust to the UM services (Enable-ExchangeCertificate), and keep it valid; otherwise UM silently falls back to the default (D28)",
    }
    SelfSigned {
        id: "self-signed", severity: Error, source: "D1",
        meaning: "a server certificate is self-signed, but is not an Exchange default",
        symptom: "all calls fail, as with a certificate from an untrusted authority",
        remedy: "replace the certificate with one from a CA that both sides trust",
    }
    CaAsServer {
        id: "ca-as-server", severity: Error, source: "RFC 5280 §4.2.1.9",
        meaning: "a CA certificate is presented as the server's certificate",
        symptom: "strict clients refuse the server; a stolen key can issue certificates",
        remedy: "assign the server's own certificate to the UM services, and keep CA certificates in the CA stores",
    }
    MissingIntermediate {
        id: "missing-intermediate", severity: Error, source: "D24",
        meaning: "the issuer of the last presented certificate is missing and is not a trusted root",
        symptom: "calls succeed on machines that have cached the intermediate and fail on others, often first after a restart or on a new server",
        remedy: "install the issuer's certificate in the intermediate store of the server, so that the server presents it",
    }
    IntermediateNotPresented {
        id: "intermediate-not-presented", severity: Note, source: "RFC 5246 §7.4.2",
        meaning: "a path needs an intermediate certificate that is supplied to the audit and that the server does not present",
        symptom: "none if the server or the other side holds the certificate; otherwise as for `missing-intermediate`",
        remedy: "install the intermediate certificate in Intermediate Certification Authorities of the server, and audit what it presents then",
    }
    UntrustedRoot {
        id: "untrusted-root", severity: Error, source: "D24",
        meaning: "the chain ends in a root that a relying party does not trust",
        symptom: "the side without the root refuses every call; the other side sees the connection closed",
        remedy: "install the root in the trusted root store of that side, or use a CA that both sides trust",
    }
    BadSignature {
        id: "bad-signature", severity: Error, source: "RFC 5280 §6.1.3",
        meaning: "an issuer has the right name, but its key does not verify the signature",
        symptom: "handshakes fail although the name of the CA looks right in every store, often after a CA was reinstalled",
        remedy: "find the issuer certificate with the right key; the CA was rebuilt, or the certificate is forged",
    }
    PathInvalid {
        id: "path-invalid", severity: Error, source: "RFC 5280 §6.1",
        meaning: "the path from the server to a trusted root is invalid for another reason",
        symptom: "the certificate looks valid when opened, and is refused in the handshake",
        remedy: "have the CA reissue the named certificate without the fault",
    }
    PathNotJudged {
        id: "path-not-judged", severity: Error, source: "RFC 5280 §6.1",
        meaning: "the path depends on something that this crate cannot process: the chain is neither trusted nor refused",
        symptom: "unknown to this audit; Windows may trust or refuse the chain",
        remedy: "run `certutil -verify -urlfetch FILE` on a machine of that side",
    }
    RootsDiffer {
        id: "roots-differ", severity: Note, source: "D24",
        meaning: "both sides trust the chain, through different roots",
        symptom: "none",
        remedy: "no action is needed if this is intended; Exchange's guidance recommends one root for both sides",
    }
    Expired {
        id: "expired", severity: Error, source: "RFC 5280 §4.1.2.5",
        meaning: "a certificate in the path has expired at the time of the audit",
        symptom: "calls stop at that second; a server that falls back to its default certificate then shows `default-self-signed` (D28)",
        remedy: "renew the certificate, and assign the new one to the UM services",
    }
    NotYetValid {
        id: "not-yet-valid", severity: Error, source: "RFC 5280 §4.1.2.5",
        meaning: "a certificate in the path is not yet valid at the time of the audit",
        symptom: "handshakes fail at first, and succeed some time later without a change",
        remedy: "check the clocks of the server and of the CA, or wait",
    }
    ExpiresSoon {
        id: "expires-soon", severity: Warning, source: "RFC 5280 §4.1.2.5",
        meaning: "a certificate in the path expires within the warning period; stand-by servers are included",
        symptom: "none yet; on a stand-by server none until the outage",
        remedy: "renew the certificate before that date, and assign the new one to the UM services; Exchange 2013 and 2016 watch their UM certificates themselves and log an event near the expiry (D150)",
    }
    SubjectNotServer {
        id: "subject-not-server", severity: Error, source: "D10",
        meaning: "the CN is not the server's FQDN, or on a Front End not the FQDN of its pool",
        symptom: "internal calls succeed; calls through the Edge fail, and so do calls from UM to Lync (message waiting, play on phone): UM events 1400 and 1344, Lync event 32263",
        remedy: "request a certificate whose CN is the server's own FQDN, or on a Front End the FQDN of its pool",
    }
    SubjectWildcard {
        id: "subject-wildcard", severity: Error, source: "D11",
        meaning: "the CN is a wildcard",
        symptom: "as for `subject-not-server`: Lync does not recognise the server as a trusted peer",
        remedy: "request a certificate whose CN is the server's own FQDN, or on a Front End the FQDN of its pool, with the wildcard in the SAN",
    }
    NameMissing {
        id: "name-missing", severity: Error, source: "D3",
        meaning: "the SAN does not cover a name that the server must answer to",
        symptom: "in the outage that the finding names, Lync dials the name, the stand-in answers, and Lync refuses its certificate; if the name is the server's own, calls fail every day",
        remedy: "request the certificate again with the name in its SAN, and check that the CA keeps it",
    }
    NameExtra {
        id: "name-extra", severity: Note, source: "RFC 5280 §4.2.1.6",
        meaning: "the certificate contains names that are not planned",
        symptom: "none; a stolen key can also impersonate these hosts",
        remedy: "no action is needed if the names are intended; otherwise request the certificate again with the planned names",
    }
    SanOrder {
        id: "san-order", severity: Warning, source: "D12",
        meaning: "a wildcard precedes an exact name, or the server's FQDN is not first",
        symptom: "some devices fail to match the server's name; computers match it",
        remedy: "request the certificate again with the server's FQDN first and wildcards last",
    }
    NoServerAuth {
        id: "no-server-auth", severity: Error, source: "D20",
        meaning: "the extended key usage lacks Server Authentication",
        symptom: "the certificate cannot be assigned to UM, or Lync refuses it as unsuitable for a server",
        remedy: "request a certificate for server authentication (1.3.6.1.5.5.7.3.1), for example with the template WebServer",
    }
    NoCrlDistributionPoint {
        id: "no-crl-distribution-point", severity: Warning, source: "D21",
        meaning: "a server certificate has no CRL distribution point",
        symptom: "calls start slowly, or fail if revocation checks are enforced",
        remedy: "have the CA publish its CRL and include its location in the certificates that it issues, then reissue the certificate",
    }
    WeakKey {
        id: "weak-key", severity: Error, source: "D23",
        meaning: "an RSA key has fewer than 2048 bits, or a key of another kind is equally weak",
        symptom: "current Windows versions refuse the certificate; older versions accept it",
        remedy: "generate a new RSA key of 2048 bits, and have a certificate issued for it",
    }
    KeyMismatch {
        id: "key-mismatch", severity: Error, source: "RFC 2986 §3",
        meaning: "the key of the certificate differs from the key of its request",
        symptom: "the private key of the request does not match; Windows shows the certificate without a private key",
        remedy: "install the certificate that the CA issued for this request, or create a new request and have it issued",
    }
    Sha1Signature {
        id: "sha1-signature", severity: Error, source: "D22",
        meaning: "a certificate in the path is signed with SHA-1",
        symptom: "current Windows versions refuse the certificate; older versions accept it",
        remedy: "have the certificate reissued with SHA-256; current Windows versions distrust SHA-1",
    }
    PssSignature {
        id: "pss-signature", severity: Error, source: "D22",
        meaning: "a certificate in the path is signed with RSASSA-PSS, which Lync and Exchange do not support",
        symptom: "Windows opens the certificate without an error, but handshakes with Lync fail",
        remedy: "switch the CA to PKCS #1 v1.5 (AlternateSignatureAlgorithm=0 in its CAPolicy.inf), and have the certificate reissued",
    }
    Md5Signature {
        id: "md5-signature", severity: Error, source: "D133",
        meaning: "a certificate in the path is signed with MD5, its root included",
        symptom: "TLS 1.2 peers refuse the chain, and services of Skype for Business do not start (Schannel events 36874 and 36888)",
        remedy: "have the certificate reissued with SHA-256; a root signed with MD5 must be replaced with everything below it",
    }
    Sha512Signature {
        id: "sha512-signature", severity: Warning, source: "D132",
        meaning: "a certificate in the path below its root is signed with SHA-512",
        symptom: "TLS 1.2 fails on Windows Server 2008 R2 to 2012 R2 without update 2973337 (Schannel events 36874 and 36888)",
        remedy: "have the certificate reissued with SHA-256, or install update 2973337 on every server",
    }
    NoDigitalSignature {
        id: "no-digital-signature", severity: Warning, source: "D134",
        meaning: "the key usage of a server certificate lacks Digital Signature",
        symptom: "peers that require forward secrecy (ECDHE) refuse the handshake; old peers fall back to RSA key exchange",
        remedy: "request the certificate with the key usages Digital Signature and Key Encipherment",
    }
    KeyInCngProvider {
        id: "key-in-cng-provider", severity: Error, source: "D125",
        meaning: "the request names a CNG key storage provider, whose keys UM and Lync cannot use",
        symptom: "UM opens no TLS connection of its own (UM events 1079 and 1136): transfers to Lync and play on phone fail; on a Front End Set-CsCertificate fails",
        remedy: "create the request with the Microsoft RSA SChannel Cryptographic Provider, and have a new certificate issued",
    }
    CrlLdapOnly {
        id: "crl-ldap-only", severity: Warning, source: "D146",
        meaning: "every CRL distribution point of a server certificate is an `ldap:` URI",
        symptom: "machines of another forest and Edge servers cannot fetch the CRL: services start slowly and calls are delayed",
        remedy: "have the CA also publish its CRL by HTTP and include that location, then reissue the certificate",
    }
    PublicValidity {
        id: "public-validity", severity: Warning, source: "D138",
        meaning: "a certificate of a public CA is valid for longer than the CA/Browser Forum allows on its date of issue",
        symptom: "browsers and other clients that enforce the limit refuse the certificate",
        remedy: "have the certificate reissued with a shorter validity, or use a CA of the organisation",
    }
    Revoked {
        id: "revoked", severity: Error, source: "RFC 5280 §6.3",
        meaning: "a certificate in the path is revoked according to a CRL",
        symptom: "calls stop machine by machine, over hours or days, as each fetches the new CRL",
        remedy: "determine why the certificate was revoked, and request a new certificate for a new key",
    }
    RevocationUnknown {
        id: "revocation-unknown", severity: Warning, source: "RFC 5280 §6.3",
        meaning: "CRLs are supplied, but none gives the status of a certificate in the path",
        symptom: "unknown to this audit; Windows may fetch a CRL that was not supplied",
        remedy: "also supply the CRL of the issuer",
    }
    CrlExpired {
        id: "crl-expired", severity: Warning, source: "RFC 5280 §5.1.2.5",
        meaning: "a CRL is past its next update",
        symptom: "if revocation checks are enforced, handshakes fail or take long for every certificate of that CA at once",
        remedy: "publish the CRL of that CA again, and supply the new CRL",
    }
    CrlNotYetValid {
        id: "crl-not-yet-valid", severity: Warning, source: "RFC 5280 §5.1.2.4",
        meaning: "the issue date of a CRL is after the time of the audit; the CRL does not count",
        symptom: "none, or revocation checks fail until that date",
        remedy: "check the clock of the CA, and supply the CRL that is current",
    }
    ChainOrder {
        id: "chain-order", severity: Note, source: "RFC 8446 §4.4.2",
        meaning: "the chain is out of order, or contains duplicate or unrelated certificates; the audit sorted it",
        symptom: "usually none; some TLS libraries refuse an unordered chain",
        remedy: "no action is needed for the audit; if the server sends this chain, put its own certificate first, followed by each issuer",
    }
    SectionSkipped {
        id: "section-skipped", severity: Note, source: "RFC 7468 §2",
        meaning: "a part of the file of a chain, root store or CRL is something else, and was not read",
        symptom: "none",
        remedy: "no action is needed if the part does not belong to the audit; otherwise supply it in a file of its own",
    }
    Profile {
        id: "profile", severity: Warning, source: "RFC 5280 §4",
        meaning: "a certificate in the path violates a MUST of RFC 5280 that does not affect the verdict",
        symptom: "usually none; stricter verifiers (OpenSSL with `-x509_strict`, Python's cryptography) refuse the chain",
        remedy: "have the CA reissue the certificate without the fault",
    }
    AcceptanceWithoutEffect {
        id: "acceptance-without-effect", severity: Note, source: "RFC 5280 §6.1",
        meaning: "an acceptance has no reason, matches no finding, or is for a finding on which a verdict depends",
        symptom: "none; the finding, if there is one, still counts",
        remedy: "remove the acceptance, or correct its rule, subject or reason; a chain that is not trusted cannot be accepted",
    }
    RootStoreMisplaced {
        id: "root-store-misplaced", severity: Error, source: "D129",
        meaning: "the root store of Lync has a certificate that is not self-signed",
        symptom: "on Windows Server 2012 and later, Lync refuses mutual TLS: events 32042, 30998 and 61029, error 0x800b0109",
        remedy: "move the certificate to Intermediate Certification Authorities, and install its root in Trusted Root Certification Authorities",
    }
    RootStoreMisplacedExchange {
        id: "root-store-misplaced-exchange", severity: Warning, source: "D129",
        meaning: "the root store of an Exchange forest has a certificate that is not self-signed",
        symptom: "Windows trusts no chain that ends there; with its root installed, usually none",
        remedy: "move the certificate to Intermediate Certification Authorities, and install its root in Trusted Root Certification Authorities",
    }
    RootStoreDuplicate {
        id: "root-store-duplicate", severity: Note, source: "D130",
        meaning: "a root store has the same certificate more than once",
        symptom: "none; sign-in problems were seen on Front Ends with such stores",
        remedy: "remove the duplicate, often a copy that group policy installs next to a manual one",
    }
    RootStoreOver100 {
        id: "root-store-over-100", severity: Warning, source: "D130",
        meaning: "a root store has more than 100 certificates",
        symptom: "users fail to sign in, and TLS connections between servers fail, at random",
        remedy: "remove roots that no server needs, and limit the automatic update of roots",
    }
    RootStoreEntryUnreadable {
        id: "root-store-entry-unreadable", severity: Warning, source: "RFC 5280 §6.1.1",
        meaning: "an entry of a root store cannot be read or used; the others count",
        symptom: "nothing is trusted through this entry in the audit; Windows may be able to use it",
        remedy: "export the entry again, or leave it out if no server needs it",
    }
    IssuerListTooLong {
        id: "issuer-list-too-long", severity: Warning, source: "D131",
        meaning: "the names of the roots in a store have more than 16 KiB",
        symptom: "the list of trusted issuers in the handshake is cut, and mutual TLS fails for peers whose root is missing in it (Schannel event 36885, UM event 1423)",
        remedy: "remove roots that no server needs; on Windows Server 2008 set SendTrustedIssuerList to 0, on 2012 install hotfix 2880390",
    }
}
