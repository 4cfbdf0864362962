#!/bin/sh
# Makes a certificate authority and one certificate per member, to try TLS with. For tests: whoever has the directory can
# make members, as the authority's key is in it under the same password as everything else.
#
#   deploy/make-test-certificates.sh DIR NAME=HOST[,HOST...] ...
#
#   DIR    made if need be; an authority that is there already is used again, so members can be added later
#   NAME   file name of the member's keys, as in DIR/NAME.p12
#   HOST   what other members call it: the host of --listen, a name or an IPv4 address; checked when they connect
#
# In DIR afterwards: password (of all key stores), ca.p12 (the authority, keep it to yourself), ca.pem and trust.p12 (its
# certificate; every member needs trust.p12) and NAME.p12 per member. config/cluster-tls.conf says how a member is given them. Needs keytool, which
# every JDK has (17 or newer): that of JAVA_HOME, or the one on the path.
set -eu

fail() { printf 'make-test-certificates: %s\n' "$*" >&2; exit 2; }

[ $# -ge 2 ] || fail "usage: $0 DIR NAME=HOST[,HOST...] ..."
directory=$1
shift
keytool=${JAVA_HOME:+$JAVA_HOME/bin/}keytool
command -v "$keytool" > /dev/null || fail "needs keytool and found none at $keytool: set JAVA_HOME to a JDK"
days=30

umask 077
mkdir -p "$directory"
cd "$directory"

# keytool with little to warm up; what it says is shown only where it fails.
tool() {
  "$keytool" -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC "$@" -storepass:file password > messages 2>&1 \
    || { cat messages >&2; rm -f ./*.new; fail "keytool $1 failed"; }
}

if [ ! -e ca.p12 ]; then
  [ -s password ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > password
  tool -genkeypair -alias ca -keyalg EC -groupname secp256r1 -sigalg SHA256withECDSA -dname "CN=Pinfold test authority" \
    -ext bc:c=ca:true,pathlen:0 -ext ku:c=keyCertSign,cRLSign -validity "$days" \
    -storetype PKCS12 -keystore ca.new
  tool -exportcert -rfc -alias ca -keystore ca.new -file ca.pem
  tool -importcert -noprompt -alias ca -file ca.pem -storetype PKCS12 -keystore trust.p12
  mv ca.new ca.p12
fi

for member in "$@"; do
  name=${member%%=*}
  hosts=${member#*=}
  case $member in *=*) ;; *) fail "$member: write NAME=HOST" ;; esac
  case $name in '' | ca | trust | *[!A-Za-z0-9._-]*) fail "$member: a name is of letters, digits, '.', '_' and '-', and not ca or trust" ;; esac
  case $hosts in '' | *[!A-Za-z0-9.,-]*) fail "$member: hosts are names or IPv4 addresses, separated by commas" ;; esac
  [ ! -e "$name.p12" ] || fail "$directory/$name.p12 is there already"
  alternatives=
  for host in $(printf '%s' "$hosts" | tr ',' ' '); do
    case $host in
      [!A-Za-z0-9]* | *[!A-Za-z0-9] | *..*) fail "$member: $host is no name of a host" ;;
      *[!0-9.]*) alternatives=$alternatives,dns:$host ;;
      *) alternatives=$alternatives,ip:$host ;;
    esac
  done
  # The authority signs from within the member's key store, and leaves it.
  cp ca.p12 "$name.new"
  tool -genkeypair -alias member -signer ca -keyalg EC -groupname secp256r1 -sigalg SHA256withECDSA -dname "CN=$name" \
    -ext bc:c=ca:false -ext ku:c=digitalSignature -ext eku=serverAuth,clientAuth -ext "san=${alternatives#,}" \
    -validity "$days" -keystore "$name.new"
  tool -delete -alias ca -keystore "$name.new"
  mv "$name.new" "$name.p12"
done
rm -f messages
