"""The jobs with trustme, for Python's ssl."""

import datetime
import os
import ssl

import trustme


# job: ca
def ca():
    return trustme.CA()
# end


# job: tls
def tls(ca):
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("localhost").configure_cert(server)
    client = ssl.create_default_context()
    ca.configure_trust(client)
    return server, client
# end


# job: client
def client(ca):
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("localhost").configure_cert(server)
    server.verify_mode = ssl.CERT_REQUIRED
    ca.configure_trust(server)
    client = ssl.create_default_context()
    ca.configure_trust(client)
    ca.issue_cert(common_name="alice").configure_cert(client)
    return server, client
# end


# job: expired
def expired(ca):
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issued = ca.issue_cert("localhost", not_before=now - 2 * day, not_after=now - day)
    issued.configure_cert(server)
    return server
# end


# job: files
def files(ca, folder):
    issued = ca.issue_cert("um1.contoso.com")
    ca.cert_pem.write_to_path(f"{folder}/root.pem")
    for blob in issued.cert_chain_pems:
        blob.write_to_path(f"{folder}/um1.contoso.com.chain.pem", append=True)
    key = os.open(f"{folder}/um1.contoso.com.key.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(key, "wb") as file:
        file.write(issued.private_key_pem.bytes())
# end
