# The jobs with the program openssl. Each runs in an empty folder that has `ca.pem` and `ca.key` after the first.

# job: ca
ca() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem \
        -subj "/CN=my tests" -days 365 -addext "keyUsage=critical,keyCertSign,cRLSign"
}
# end

# job: tls
tls() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr \
        -subj "/CN=localhost" -addext "subjectAltName=DNS:localhost" -addext "extendedKeyUsage=serverAuth"
    openssl x509 -req -in server.csr -copy_extensions copy -CA ca.pem -CAkey ca.key -days 30 -out server.pem
    openssl s_server -accept 127.0.0.1:0 -naccept 1 -key server.key -cert server.pem -rev >server.out &
    openssl s_client -connect "127.0.0.1:$(port server.out)" -servername localhost \
        -CAfile ca.pem -verify_hostname localhost -verify_return_error </dev/null
}
# end

# job: client
client() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout alice.key -out alice.csr \
        -subj "/CN=alice" -addext "extendedKeyUsage=clientAuth"
    openssl x509 -req -in alice.csr -copy_extensions copy -CA ca.pem -CAkey ca.key -days 30 -out alice.pem
    openssl s_server -accept 127.0.0.1:0 -naccept 1 -key server.key -cert server.pem -rev \
        -Verify 1 -CAfile ca.pem -verify_return_error >client.out &
    openssl s_client -connect "127.0.0.1:$(port client.out)" -servername localhost -key alice.key -cert alice.pem \
        -CAfile ca.pem -verify_hostname localhost -verify_return_error </dev/null
}
# end

# job: expired
expired() {
    : >index.txt
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout expired.key -out expired.csr \
        -subj "/CN=localhost" -addext "subjectAltName=DNS:localhost" -addext "extendedKeyUsage=serverAuth"
    printf '%s\n' '[ca]' 'database=index.txt' 'default_md=sha256' 'policy=policy' 'copy_extensions=copy' \
        'rand_serial=yes' 'new_certs_dir=.' '[policy]' 'commonName=supplied' >ca.conf
    openssl ca -batch -config ca.conf -name ca -cert ca.pem -keyfile ca.key -in expired.csr -out expired.pem \
        -startdate "$(date -u -d '-2 days' +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d '-1 day' +%Y%m%d%H%M%SZ)"
}
# end

# job: files
files() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout um1.contoso.com.key.pem -out um1.csr \
        -subj "/CN=um1.contoso.com" -addext "subjectAltName=DNS:um1.contoso.com" \
        -addext "extendedKeyUsage=serverAuth"
    openssl x509 -req -in um1.csr -copy_extensions copy -CA ca.pem -CAkey ca.key -days 30 \
        -out um1.contoso.com.chain.pem
}
# end

# job: request
request() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout request.key -out request.csr \
        -subj "/CN=um1.contoso.com" -addext "subjectAltName=DNS:um1.contoso.com,DNS:um3.contoso.com" \
        -addext "extendedKeyUsage=serverAuth"
}
# end

# job: verify
verify() {
    openssl verify -CAfile ca.pem -purpose sslserver -verify_hostname um1.contoso.com um1.contoso.com.chain.pem
}
# end
