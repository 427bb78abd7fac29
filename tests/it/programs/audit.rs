//! The program `audit`, run as a person would run it.

use std::fs;
use std::process::Output;

use crate::support::deployments::{self, EXAMPLE_1, FAST, um};
use crate::support::openssl::openssl;
use crate::support::program::{assert_status, data, run, text};
use crate::support::snapshot::{assert_lines, assert_states, assert_text};
use expect_test::expect;
use tempfile::{TempDir, tempdir};
use umcert::SanPolicy;

/// A folder with the chains of Example 1 and the root of the test's CA.
struct Folder {
    folder: TempDir,
    ca: umcert::TestCa,
}

impl Folder {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        let now = time::OffsetDateTime::now_utc();
        let options = umcert::issue::TestCaOptions::valid_from(now - time::Duration::DAY);
        let ca = umcert::TestCa::with_options("Contoso Test CA", &options).unwrap();
        let plan = deployments::plan(EXAMPLE_1, SanPolicy::EveryServer);
        for (server, chain) in ca.issue(&plan).unwrap().chains() {
            fs::write(folder.path().join(format!("{server}.pem")), chain.to_pem()).unwrap();
        }
        fs::create_dir(folder.path().join("lync")).unwrap();
        let this = Self { folder, ca };
        this.write("root.pem", &this.ca.roots()[0].to_pem());
        this
    }

    fn path(&self, file: &str) -> String {
        self.folder.path().join(file).to_str().unwrap().to_owned()
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).unwrap();
    }

    fn chain(&self, server: u8) -> umcert::Chain {
        let bytes = fs::read(self.path(&format!("um{server}.contoso.com.pem"))).unwrap();
        umcert::Chain::from_bytes(&bytes).unwrap()
    }

    /// Runs the audit with the root for Lync and with more arguments.
    fn audit(&self, more: &[&str]) -> Output {
        let (data, folder, root) = (data(1), self.path(""), self.path("root.pem"));
        let arguments = [
            &data,
            "--key",
            "p256",
            "--presented",
            &folder,
            "--lync-roots",
            &root,
        ];
        run("audit", &[&arguments[..], more].concat())
    }

    /// Returns the standard error, with the path of this folder replaced.
    fn stderr(&self, output: &Output) -> String {
        let folder = self.folder.path().display().to_string();
        text(&output.stderr).replace(&folder, "[folder]")
    }

    #[track_caller]
    fn assert_finds(&self, more: &[&str], status: i32, expected: &[&str]) {
        let output = self.audit(&[more, &["--json"]].concat());
        assert_status(&output, status);
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = json["findings"].as_array().unwrap().iter();
        let id = |it: &serde_json::Value| format!("{} {}", it["rule"], it["subject"]);
        let found: Vec<String> = findings.map(|it| id(it).replace('"', "")).collect();
        assert_eq!(found, expected, "{json:#}");
    }
}

#[test]
fn audit_reads_front_ends_from_their_own_folder() {
    let folder = Folder::new();
    let root = folder.path("root.pem");
    let lync = folder.path("lync");
    let arguments = ["--exchange-roots", &root, "--lync-presented", &lync];
    folder.assert_finds(&arguments, 0, &[]);
    for server in ["fe1", "fe2"] {
        let names = [
            "lyncpool.contoso.com".to_owned(),
            format!("{server}.contoso.com"),
        ];
        let issued = folder
            .ca
            .issue_names(names.each_ref().map(String::as_str))
            .unwrap();
        folder.write(
            &format!("lync/{server}.contoso.com.cer"),
            &issued.chain().to_pem(),
        );
    }
    folder.assert_finds(&arguments, 0, &[]);
    fs::remove_file(folder.path("lync/fe2.contoso.com.cer")).unwrap();
    folder.assert_finds(&arguments, 1, &["not-presented fe2.contoso.com"]);
}

/// Windows writes extensions in upper case. A file that is named after the NetBIOS name is reported.
#[test]
fn audit_accepts_extensions_in_any_case_and_names_skipped() {
    let folder = Folder::new();
    let root = folder.path("root.pem");
    let arguments = ["--exchange-roots", &root];
    let rename = |from: &str, to: &str| fs::rename(folder.path(from), folder.path(to)).unwrap();
    rename("um1.contoso.com.pem", "UM1.contoso.com.CER");
    folder.assert_finds(&arguments, 0, &[]);
    let output = folder.audit(&arguments);
    assert_eq!(text(&output.stderr), "");
    rename("um2.contoso.com.pem", "UM2.cer");
    folder.assert_finds(&arguments, 1, &["not-presented um2.contoso.com"]);
    let output = folder.audit(&arguments);
    let said = folder.stderr(&output);
    assert_states(&said, &["[folder]/UM2.cer", "`um2`"]);
    assert_text(
        said,
        &expect![[r#"
        `[folder]/UM2.cer` was not read: `um2` is not the FQDN of a server
    "#]],
    );
}

#[test]
fn audit_accepts_roots_for_each_forest() {
    let folder = Folder::new();
    let root = folder.path("root.pem");
    let other_ca = umcert::TestCa::new("Fabrikam CA").unwrap();
    folder.write("lync/other.pem", &other_ca.roots()[0].to_pem());
    let other = folder.path("lync/other.pem");
    let own = |path: &str| format!("contoso.com={path}");
    folder.assert_finds(&["--exchange-roots", &own(&root)], 0, &[]);
    let both = ["--exchange-roots", &other, "--exchange-roots", &own(&root)];
    folder.assert_finds(&both, 0, &[]);
    let untrusted = [1, 2, 3, 4].map(|number| format!("untrusted-root {}", um(number)));
    let untrusted = untrusted.each_ref().map(String::as_str);
    folder.assert_finds(
        &["--exchange-roots", &root, "--exchange-roots", &own(&other)],
        1,
        &untrusted,
    );
    let mut errors = Vec::new();
    for (more, fact) in [
        (
            vec!["--exchange-roots", &root, "--exchange-roots", &other],
            "--exchange-roots",
        ),
        (vec!["--exchange-roots", "fabrikam.com=x"], "fabrikam.com"),
    ] {
        let output = folder.audit(&more);
        assert_status(&output, 2);
        assert_states(text(&output.stderr), &[fact]);
        assert_eq!(text(&output.stderr).lines().count(), 1);
        errors.push(text(&output.stderr).trim().to_owned());
    }
    assert_lines(
        errors,
        &expect![[r#"
        audit: --exchange-roots is given twice for all forests
        audit: --exchange-roots: fabrikam.com is not a forest of the deployment
    "#]],
    );
    let without_roots = folder.audit(&[]);
    assert_status(&without_roots, 2);
    assert!(text(&without_roots.stderr).contains("--exchange-roots"));
}

#[test]
fn audit_accepts_several_crls() {
    let folder = Folder::new();
    let root = folder.path("root.pem");
    let revoked = folder.chain(2).certificates().next().unwrap().clone();
    let now = time::OffsetDateTime::now_utc();
    let mut paths = Vec::new();
    for (number, crl) in folder.ca.crls(now, [&revoked]).unwrap().iter().enumerate() {
        folder.write(&format!("{number}.crl"), &crl.to_pem());
        paths.push(folder.path(&format!("{number}.crl")));
    }
    let mut arguments = vec!["--exchange-roots", &root];
    for path in &paths {
        arguments.extend(["--crl", path]);
    }
    folder.assert_finds(&arguments, 1, &["revoked um2.contoso.com"]);
    // Joined in one file they count too, in any order.
    let read = |path: &String| fs::read_to_string(path).unwrap();
    let joined: String = paths.iter().rev().map(read).collect();
    folder.write("joined.crl", &joined);
    let joined = folder.path("joined.crl");
    let arguments = ["--exchange-roots", &root, "--crl", &joined];
    folder.assert_finds(&arguments, 1, &["revoked um2.contoso.com"]);
    let output = folder.audit(&["--exchange-roots", &root, "--crl", &root]);
    assert_status(&output, 2);
    let said = folder.stderr(&output);
    assert_states(&said, &["root.pem", "certificate"]);
    assert_text(
        said,
        &expect![[r#"
        audit: cannot read `[folder]/root.pem`: expected a CRL, found a certificate
    "#]],
    );
}

#[test]
fn audit_accepts_pkcs7_chains() {
    let folder = Folder::new();
    let root = folder.path("root.pem");
    for (number, form) in [(1, "PEM"), (2, "DER")] {
        let (pem, p7b) = (
            format!("um{number}.contoso.com.pem"),
            format!("um{number}.contoso.com.p7b"),
        );
        let arguments = [
            "crl2pkcs7",
            "-nocrl",
            "-certfile",
            &pem,
            "-certfile",
            "root.pem",
            "-outform",
            form,
            "-out",
            &p7b,
        ];
        let Some(output) = openssl(&arguments, folder.folder.path()) else {
            return;
        };
        assert!(output.status.success(), "{output:?}");
        fs::remove_file(folder.path(&pem)).unwrap();
    }
    folder.assert_finds(&["--exchange-roots", &root], 0, &[]);
}

#[test]
fn audit_reads_requests_from_a_folder() {
    let folder = Folder::new();
    let root = folder.path("root.pem");
    let requests = folder.path("requests");
    fs::create_dir(&requests).unwrap();
    let arguments = ["--exchange-roots", &root, "--requests", &requests];
    folder.assert_finds(&arguments, 0, &[]);

    let plan = deployments::plan(EXAMPLE_1, SanPolicy::EveryServer);
    let key = umcert::KeyPair::generate(FAST).unwrap();
    let request = plan.certificate(&um(2)).unwrap().request(&key).unwrap();
    folder.write("requests/um2.contoso.com.csr.pem", &request.to_pem());
    folder.assert_finds(&arguments, 1, &["key-mismatch um2.contoso.com"]);

    folder.write("requests/um2.contoso.com.req", &request.to_pem());
    let output = folder.audit(&arguments);
    assert_status(&output, 2);
    let said = folder.stderr(&output);
    assert_states(&said, &["um2.contoso.com"]);
    assert_text(
        said,
        &expect![[r#"
        audit: cannot read `[folder]/requests`: `um2.contoso.com.csr.pem` and `um2.contoso.com.req` are both for `um2.contoso.com`
    "#]],
    );
    fs::remove_file(folder.path("requests/um2.contoso.com.req")).unwrap();

    folder.write("requests/um3.contoso.com.req", "no request");
    let output = folder.audit(&arguments);
    assert_status(&output, 2);
    assert!(
        text(&output.stderr).contains("um3.contoso.com.req"),
        "{output:?}"
    );
}
