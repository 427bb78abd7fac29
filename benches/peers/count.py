#!/usr/bin/env python3
"""Counts what a newcomer writes for seven jobs with umcert and its peers, after running every job.

    python3 -m venv target/peers && target/peers/bin/pip install trustme
    target/peers/bin/python benches/peers/count.py [--write]

`--write` puts the table into README.md beside this file. Lines are those between `job:` and `end` without blanks and
comments, and without imports. Concepts are the names that these lines take from libraries: distinct types, functions,
constants and fields in Rust and Python, and distinct subcommands, options, `-addext` extensions and configuration
keys of `openssl`. Names of the job itself and of its local variables are not counted, nor are words that every program
of the language has.
"""

import pathlib
import re
import ssl
import socket
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
JOBS = {
    "ca": "a test CA",
    "tls": "a TLS server, and a client that trusts it",
    "client": "a client certificate, and a server that requires it",
    "expired": "a certificate that expired yesterday",
    "files": "key (0600), chain and root as files",
    "request": "a request (CSR) for two names",
    "verify": "is this chain trusted for this name?",
}
PEERS = {
    "umcert": "src/with_umcert.rs",
    "rcgen + rustls": "src/with_rcgen.rs",
    "trustme": "with_trustme.py",
    "openssl": "with_openssl.sh",
}
# Words of the languages and their standard libraries for values, results and text.
PLAIN = set("""
    Arc Box Ok Err Err Option Result Some None String Vec as_bytes clone collect first fn for from if in into into_owned
    is_ok let map mut new ok_or parse pub push return split_first to_owned try_from type vec match self Path
    def open with print f
""".split())


def jobs(path):
    """Returns the lines of code of each job in a file."""
    found = {}
    for part in re.split(r"[#/]+ job: ", (HERE / path).read_text())[1:]:
        name, body = part.split("\n", 1)
        body = re.split(r"\n(?:#|//) end", body)[0]
        lines = [line for line in body.splitlines() if line.strip()]
        found[name] = [line for line in lines if not re.match(r"\s*(//|#)", line)]
    return found


def rust_concepts(lines):
    """Types and constants, and whatever is called or assigned as a field."""
    code = re.sub(r'"[^"]*"', "", "\n".join(lines[1:]))
    signature = re.sub(r"pub fn \w+", "", lines[0])
    types = re.findall(r"\b[A-Z]\w+", code + signature)
    called = re.findall(r"\b([a-z]\w+)\(", code)
    fields = re.findall(r"\w\.([a-z_]\w+) =", code)
    return set(types + called + fields) - PLAIN


def python_concepts(lines):
    code = re.sub(r'f?"[^"]*"', "", "\n".join(lines[1:]))
    attributes = re.findall(r"\.([A-Za-z_]\w*)", code)
    arguments = re.findall(r"[(,] ?([a-z_]+)=", code)
    return set(attributes + arguments) - PLAIN


def shell_concepts(lines):
    code = "\n".join(lines[1:])
    commands = {f"openssl {word}" for word in re.findall(r"openssl (\w+)", code)}
    options = set(re.findall(r"(?<=\s)(-[A-Za-z_]\w*)", code)) - {"-u", "-d", "-2", "-1"}
    extensions = set(re.findall(r'-addext "(\w+)=', code))
    keys = set(re.findall(r"'(\w+)=", code))
    return commands | options | extensions | keys


def concepts(path, lines):
    return {".rs": rust_concepts, ".py": python_concepts, ".sh": shell_concepts}[path[path.rindex("."):]](lines)


def run_trustme():
    import with_trustme as jobs

    def connects(server, client):
        listener = socket.create_server(("127.0.0.1", 0))

        def serve():
            with listener.accept()[0] as connection:
                try:
                    server.wrap_socket(connection, server_side=True).sendall(b"hello")
                except ssl.SSLError:
                    pass

        threading.Thread(target=serve).start()
        with socket.create_connection(listener.getsockname()) as connection:
            try:
                return client.wrap_socket(connection, server_hostname="localhost").recv(5) == b"hello"
            except ssl.SSLError:
                return False

    ca = jobs.ca()
    server, client = jobs.tls(ca)
    assert connects(server, client)
    demanding, known = jobs.client(ca)
    assert connects(demanding, known)
    assert not connects(demanding, client)
    assert not connects(jobs.expired(ca), client)
    with tempfile.TemporaryDirectory() as folder:
        jobs.files(ca, folder)


def run_openssl():
    script = f"""
        set -euo pipefail
        port() {{
            until grep -q '^ACCEPT.*:' "$1" 2>/dev/null; do sleep 0.1; done
            sed -n 's/^ACCEPT.*://p' "$1"
        }}
        . {HERE}/with_openssl.sh
        for job in ca tls client expired files request verify; do
            $job >$job.log 2>&1 || {{ echo "$job failed"; cat $job.log; exit 1; }}
        done
        ! openssl verify -CAfile ca.pem expired.pem >/dev/null 2>&1
    """
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["bash", "-c", script], cwd=folder, check=True)


def table():
    counted = {peer: jobs(path) for peer, path in PEERS.items()}
    rows = ["| job | " + " | ".join(PEERS) + " |", "| --- " * (len(PEERS) + 1) + "|"]
    for job, title in JOBS.items():
        cells = []
        for peer, path in PEERS.items():
            lines = counted[peer].get(job)
            cells.append(f"{len(lines)} / {len(concepts(path, lines))}" if lines else "–")
        rows.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def main():
    subprocess.run(["cargo", "run", "--quiet"], cwd=HERE, check=True)
    run_trustme()
    run_openssl()
    if "--names" in sys.argv:
        for peer, path in PEERS.items():
            for job, lines in jobs(path).items():
                print(f"{peer}, {job}: {' '.join(sorted(concepts(path, lines)))}")
    shown = table()
    print(shown)
    if "--write" in sys.argv:
        readme = HERE / "README.md"
        before, rest = readme.read_text().split("<!-- table -->\n")
        _, after = rest.split("<!-- end -->")
        readme.write_text(f"{before}<!-- table -->\n{shown}\n<!-- end -->{after}")


if __name__ == "__main__":
    main()
