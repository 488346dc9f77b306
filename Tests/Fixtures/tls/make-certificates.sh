#!/bin/sh
# Makes certificates for tests of TLS in the folder given: an authority (ca.pem) and, each as NAME.pem with NAME.key,
# good, wrongname, expired, and otherissuer, which an authority nobody trusts has signed.
set -eu
cd "$1"

authority() { # name
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -keyout "$1.key" -out "$1.pem"
}

server() { # name, authority, host, days from now
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$3" -keyout "$1.key" -out "$1.csr"
  printf 'subjectAltName=DNS:%s\nbasicConstraints=CA:FALSE\n' "$3" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days "$4" -extfile "$1.ext" -out "$1.pem"
}

authority ca
authority stranger
server good ca localhost 2
server wrongname ca mail.elsewhere.example 2
server expired ca localhost -1
server otherissuer stranger localhost 2
