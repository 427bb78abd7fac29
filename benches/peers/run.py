#!/usr/bin/env python3
"""The same set of 64 servers issued and verified by umcert and by its peers, in one run.

    python3 -m venv target/peers && target/peers/bin/pip install trustme
    cargo build --release --examples
    target/peers/bin/python benches/peers/run.py

Every certificate has a P-256 key and the 64 names. Each figure is the minimum of seven runs, in CPU time. The start of
a program counts; the start of this Python process does not. Files go to a file system in memory if there is one:
umcert waits until each key is safe on disk (fsync), and the others do not.
"""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone

import trustme
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "target/release/examples"
SERVERS = [f"um{number}.contoso.com" for number in range(1, 65)]
ROUNDS = 7
MEMORY = next((it for it in ["/dev/shm"] if os.path.isdir(it)), None)


def deployment(folder):
    lines = ['[lync]', 'forest = "contoso.com"', '[[lync.pools]]', 'fqdn = "pool.contoso.com"',
             'servers = ["fe1.contoso.com"]', '[[exchange]]', 'forest = "contoso.com"',
             'version = "2013"', '[[server-sets]]', 'name = "um"', '[server-sets.failover]',
             'method = "dns"', '[server-sets.failover.redirects]']
    for one, other in zip(SERVERS, SERVERS[32:] + SERVERS[:32]):
        lines.append(f'"{one}" = "{other}"')
    for number, server in enumerate(SERVERS):
        lines += ['[[server-sets.servers]]', f'fqdn = "{server}"', f'site = "{number // 32}"']
    path = folder / "deployment.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def run(*arguments, ok=(0,)):
    done = subprocess.run([str(it) for it in arguments], capture_output=True)
    if done.returncode not in ok:
        sys.exit(f"{arguments}: {done.stdout.decode()}{done.stderr.decode()}")
    return done.stdout.decode()


def rotated(server):
    return [server] + [other for other in SERVERS if other != server]


def issue_umcert(folder):
    out = folder / "umcert"
    run(PROGRAMS / "issue", deployment(folder), "--out", out, "--key", "p256")
    return out


def issue_trustme(folder):
    out = folder / "trustme"
    out.mkdir()
    ca = trustme.CA(key_type=trustme.KeyType.ECDSA)
    ca.cert_pem.write_to_path(str(out / "root.pem"))
    for server in SERVERS:
        issued = ca.issue_cert(*rotated(server), common_name=server, key_type=trustme.KeyType.ECDSA)
        issued.private_key_pem.write_to_path(str(out / f"{server}.key.pem"))
        for blob in issued.cert_chain_pems:
            blob.write_to_path(str(out / f"{server}.chain.pem"), append=True)


def issue_openssl(folder):
    out = folder / "openssl"
    out.mkdir()
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    run("openssl", "req", "-x509", *new_key, "-subj", "/CN=CA", "-days", 365,
        "-keyout", out / "ca.key.pem", "-out", out / "root.pem")
    for server in SERVERS:
        names = ",".join(f"DNS:{name}" for name in rotated(server))
        run("openssl", "req", *new_key, "-subj", f"/CN={server}", "-addext",
            f"subjectAltName={names}", "-addext", "extendedKeyUsage=serverAuth",
            "-keyout", out / f"{server}.key.pem", "-out", out / f"{server}.csr.pem")
        run("openssl", "x509", "-req", "-in", out / f"{server}.csr.pem", "-copy_extensions", "copy",
            "-CA", out / "root.pem", "-CAkey", out / "ca.key.pem", "-days", 365,
            "-out", out / f"{server}.chain.pem")


def verify_umcert(_folder, issued):
    chains = [issued / f"{server}.chain.pem" for server in SERVERS]
    run(PROGRAMS / "verify", issued / "root.pem", *chains)


def audit_umcert(folder, issued):
    presented = folder / "presented"
    if not presented.exists():
        presented.mkdir()
        for server in SERVERS:
            (presented / f"{server}.pem").write_bytes((issued / f"{server}.chain.pem").read_bytes())
    root = issued / "root.pem"
    # It does more: it judges each for two sides, with keys and the names of every outage.
    run(PROGRAMS / "audit", deployment(folder), "--presented", presented, "--lync-roots", root,
        "--exchange-roots", root, "--key", "p256")


def verify_openssl(_folder, issued):
    for server in SERVERS:
        chain = issued / f"{server}.chain.pem"
        run("openssl", "verify", "-CAfile", issued / "root.pem", "-untrusted", chain,
            "-purpose", "sslserver", "-verify_hostname", server, chain)


def verify_cryptography(_folder, issued):
    store = Store(x509.load_pem_x509_certificates((issued / "root.pem").read_bytes()))
    now = datetime.now(timezone.utc)
    for server in SERVERS:
        chain = x509.load_pem_x509_certificates((issued / f"{server}.chain.pem").read_bytes())
        builder = PolicyBuilder().store(store).time(now)
        builder.build_server_verifier(x509.DNSName(server)).verify(chain[0], chain[1:])


def cpu():
    """The CPU seconds of this process and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(it.ru_utime + it.ru_stime for it in used)


def least(work):
    """The least seconds by the clock, and the least of CPU."""
    clock, of_cpu = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            start, cpu_start = time.perf_counter(), cpu()
            work(pathlib.Path(folder))
            clock.append(time.perf_counter() - start)
            of_cpu.append(cpu() - cpu_start)
    return min(clock), min(of_cpu)


def rows(title, peers):
    times = {name: least(work) for name, work in peers.items()}
    clock, of_cpu = times["umcert"]
    for name, (seconds, cpu_seconds) in times.items():
        print(f"| {title} | {name} | {1000 * seconds:.0f} ms | {seconds / clock:.1f} x "
              f"| {cpu_seconds / of_cpu:.1f} x |")


def main():
    print("| what | by | by the clock | beside umcert | CPU beside umcert |\n" + "| --- " * 5 + "|")
    rows("64 keys and chains issued and written",
         {"umcert": issue_umcert, "trustme": issue_trustme, "openssl": issue_openssl})
    with tempfile.TemporaryDirectory(dir=MEMORY) as made:
        issued = issue_umcert(pathlib.Path(made))
        rows("64 chains verified for their names",
             {"umcert": lambda folder: verify_umcert(folder, issued),
              "openssl verify": lambda folder: verify_openssl(folder, issued),
              "Python's cryptography": lambda folder: verify_cryptography(folder, issued),
             "umcert, a whole audit": lambda folder: audit_umcert(folder, issued)})


if __name__ == "__main__":
    main()
