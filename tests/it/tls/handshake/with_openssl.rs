//! Handshakes with OpenSSL as the client and as the server.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;

use super::{POLICIES, POOL, is_answered, listen};
use crate::support::deployments::{EXAMPLE_1, name, plan, um};
use crate::support::openssl;
use tempfile::tempdir;
use umcert::{DnsName, TestCa};

/// The last version of TLS that Lync and Exchange speak.
const LAST_OF_LYNC: [&str; 1] = ["-tls1_2"];

/// OpenSSL as a server, which ends with the test.
struct OpenSslServer {
    process: Child,
    address: SocketAddr,
}

impl OpenSslServer {
    fn start(folder: &Path, server: &DnsName) -> Self {
        let mut command = Command::new("openssl");
        command
            .args(["s_server", "-accept", "127.0.0.1:0", "-rev", "-Verify", "4"])
            // A server that calls presents its server certificate (D20).
            .args(["-purpose", "sslserver", "-verify_return_error"]);
        let mut process = spawn_openssl(command, folder, server.as_str());
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| line.unwrap().strip_prefix("ACCEPT ")?.parse().ok());
        // The rest of its output is read, so that it never blocks on a full pipe.
        thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            address: address.expect("OpenSSL says where it listens"),
        }
    }
}

impl Drop for OpenSslServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs OpenSSL at one end of a connection, with the certificate of `own` and the root in the folder.
fn spawn_openssl(mut command: Command, folder: &Path, own: &str) -> Child {
    let [chain, key] = files(own);
    command
        .args(LAST_OF_LYNC)
        .args(["-CAfile", "root.pem", "-cert", &chain])
        .args(["-cert_chain", &chain, "-key", &key])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn files(server: &str) -> [String; 2] {
    [format!("{server}.chain.pem"), format!("{server}.key.pem")]
}

/// Calls `called` at this address with OpenSSL as Lync. Returns `true` if it is answered.
fn openssl_is_answered(folder: &Path, called: &DnsName, at: SocketAddr) -> bool {
    let mut command = Command::new("openssl");
    command
        .args(["s_client", "-quiet", "-connect", &at.to_string()])
        .args(["-verify_return_error", "-servername", called.as_str()])
        .args(["-verify_hostname", called.as_str()]);
    let mut process = spawn_openssl(command, folder, "lync");
    // After a failed handshake the pipe is closed.
    let _ = process.stdin.take().unwrap().write_all(b"OPTIONS\r\n");
    let output = process.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stdout).contains("200 OK")
}

#[test]
fn openssl_at_either_end_agrees() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    if openssl::openssl(&["version"], path).is_none() {
        return;
    }
    for policy in POLICIES {
        let path = path.join(policy.to_string());
        let plan = plan(EXAMPLE_1, policy);
        let ca = TestCa::new("Contoso Test CA").unwrap();
        let bundle = ca.issue(&plan).unwrap();
        bundle.write(&path).unwrap();
        let lync = ca.issue_names([POOL]).unwrap();
        let [chain, key] = files("lync");
        fs::write(path.join(chain), lync.chain().to_pem()).unwrap();
        fs::write(path.join(key), lync.key().to_pem().as_str()).unwrap();

        let client = Arc::new(lync.rustls_client(ca.roots()).unwrap());
        let other_ca = TestCa::new("Contoso Test CA").unwrap();
        let unknown = other_ca.issue_names([POOL]).unwrap();
        let unknown = Arc::new(unknown.rustls_client(ca.roots()).unwrap());
        let openssl = OpenSslServer::start(&path, &um(3));
        let rustls = listen(bundle.rustls_server(&um(3)).unwrap());
        let elsewhere = name("um1.fabrikam.com");
        // Its own name, the name for which it stands in, and a name to which it must not answer.
        for (called, good) in [(um(3), true), (um(1), true), (elsewhere, false)] {
            let what = format!("{policy}: {called}");
            assert_eq!(
                is_answered(&client, &called, openssl.address),
                good,
                "s_server, {what}"
            );
            assert_eq!(
                openssl_is_answered(&path, &called, rustls),
                good,
                "s_client, {what}"
            );
        }
        assert!(!is_answered(&unknown, &um(3), openssl.address), "{policy}");
    }
}
