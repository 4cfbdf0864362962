#!/bin/sh
# A network that is cut: three members in network namespaces of their own, joined by a bridge. While they run the main job made small
# one of them is cut off: first a member that only computes, then the one with the manager. Each time the other two must go on, the
# one that was cut off must stop and say so, and the result must be that of one JVM.
#
# Usage: deploy/test/cut-network.sh      as root, on Linux with iproute2; elsewhere it says SKIPPED and ends with 0.
# Nothing outside the namespaces is touched: the addresses 10.77.0.x are theirs alone, and all is removed at the end.
set -eu
cd "$(dirname "$0")/../.."

skip() {
  echo "SKIPPED: deploy/test/cut-network.sh: $*: that members survive a cut network was NOT tested" >&2
  exit 0
}
[ "$(uname -s)" = Linux ] || skip "network namespaces need Linux"
[ "$(id -u)" = 0 ] || skip "network namespaces need root"
command -v ip > /dev/null || skip "no 'ip' here (package iproute2)"

ns=pinfold-$$
dir=$(mktemp -d)
scenario=config/scenarios/vm-passthrough.conf
variant=linux-6.12
small="--set machine.memory-per-node-mib=256 --set machine.cma-per-node-mib=128
  --set memory-in-use.anonymous-per-node-mib=12 --set memory-in-use.page-cache-per-node-mib=12 --set memory-in-use.kernel-per-node-mib=4
  --set vm-defaults.memory-mib=24 --set vms.large.memory-mib=12 --set vms.right.memory-mib=4"

clean_up() {
  trap - EXIT INT TERM HUP
  for pid in "$dir"/pid-*; do
    [ ! -e "$pid" ] || kill -9 "$(cat "$pid")" 2> /dev/null || true
  done
  for each in switch 1 2 3 4; do
    ip netns del "$ns-$each" 2> /dev/null || true
  done
  rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

ip netns add "$ns-switch" 2> "$dir/refused" || skip "ip netns add: $(cat "$dir/refused")"
ip -n "$ns-switch" link add bridge type bridge 2> "$dir/refused" || skip "a bridge: $(cat "$dir/refused")"
ip -n "$ns-switch" link set bridge up
# 1, 2 and 3 are for members, 4 is for the command.
for i in 1 2 3 4; do
  ip netns add "$ns-$i"
  ip -n "$ns-switch" link add "port$i" type veth peer name eth0 netns "$ns-$i" 2> "$dir/refused" || skip "veth: $(cat "$dir/refused")"
  ip -n "$ns-switch" link set "port$i" master bridge up
  ip -n "$ns-$i" link set lo up
  ip -n "$ns-$i" address add "10.77.0.$i/24" dev eth0
  ip -n "$ns-$i" link set eth0 up
done

fail() {
  echo "cut-network: $*" >&2
  for log in "$dir"/member-* "$dir"/cluster-*; do
    echo "--- $log" >&2
    tail -n 40 "$log" >&2 || true
  done
  exit 1
}

# Runs in namespace $1 what follows.
inside() {
  space=$ns-$1
  shift
  exec ip netns exec "$space" "$@"
}

# Starts member $1, which joins member $2, or none where that is empty; its log is member-$1-$3.
start() {
  log=$dir/member-$1-$3
  # shellcheck disable=SC2086 # no option or two words
  (inside "$1" env PINFOLD_HEAP=768m ./pinfold node --listen "10.77.0.$1:7400" --http "10.77.0.$1:7480" --runs "$dir/runs" \
    --checkpoint-every 1 --threads 1 ${2:+--join 10.77.0.$2:7400} > "$log" 2>&1) &
  echo $! > "$dir/pid-$1"
  await "member $1 is up" "$1" grep -q 'pinfold: member' "$log"
}

# Waits until the command that follows succeeds, as long as member $2 lives; $1 says for what.
await() {
  what=$1
  alive=$(cat "$dir/pid-$2")
  shift 2
  until "$@"; do
    kill -0 "$alive" 2> /dev/null || fail "a member ended before: $what"
    sleep 1
  done
  echo "  $what"
}

saved() { find "$dir/runs" -name complete -newer "$dir/began" 2> /dev/null | grep -q .; }
# Member $1, as it was started last, was let in.
joined() { grep -q "member is up member=10\\.77\\.0\\.$1:7400" "$(current "$1")"; }
begun_again() { grep -hq "groups are placed run=$1 epoch=[0-9]* groups=[0-9]* members=2 " "$2" "$3" 2> /dev/null; }

# Cuts member $1 off while run $2 (a seed) is under way; members $3 and $4 must go on.
cut_off() {
  victim=$1 seed=$2 one=$3 other=$4
  touch "$dir/began"
  # shellcheck disable=SC2086 # words
  (inside 4 env PINFOLD_HEAP=512m ./pinfold run $scenario --variant $variant --seed "$seed" $small \
    --cluster "10.77.0.$one:7480,10.77.0.$other:7480" > "$dir/cluster-$seed" 2> "$dir/cluster-$seed-progress") &
  command=$!
  echo $command > "$dir/pid-command"
  await "the run is under way and saved" "$victim" saved
  kill -0 $command 2> /dev/null || fail "the run was over before the cut"
  run=$(basename "$(find "$dir/runs" -mindepth 1 -maxdepth 1 -newer "$dir/began" -type d | head -n 1)")
  ip -n "$ns-switch" link set "port$victim" down
  echo "  member $victim is cut off"
  await "the other two have begun the run again without it" "$one" begun_again "$run" "$(current "$one")" "$(current "$other")"
  code=0
  wait "$(cat "$dir/pid-$victim")" || code=$?
  [ $code = 1 ] || fail "member $victim ended with $code where 1 was expected"
  grep -q 'this member was cut off from the others' "$(current "$victim")" || fail "member $victim did not say that it was cut off"
  echo "  member $victim has stopped and said so"
  ip -n "$ns-switch" link set "port$victim" up
  wait $command || fail "the run ended with $?"
  # shellcheck disable=SC2086 # words
  PINFOLD_HEAP=1g ./pinfold run $scenario --variant $variant --seed "$seed" $small > "$dir/one-$seed" 2> /dev/null
  there=$(grep '^digest' "$dir/cluster-$seed") || fail "the run on the cluster has no digest"
  here=$(grep '^digest' "$dir/one-$seed")
  [ "$there" = "$here" ] || fail "on the cluster '$there', in one JVM '$here'"
  echo "  $here, as in one JVM"
}

# The log of member $1 as it was started last.
current() { find "$dir" -name "member-$1-*" | sort | tail -n 1; }

./pinfold --version > /dev/null
start 1 '' 1
start 2 1 1
await "member 2 has joined" 1 joined 2
start 3 1 1
await "member 3 has joined" 1 joined 3

echo "a member is cut off:"
cut_off 3 1 1 2

echo "it comes back as a new member, and the one with the manager is cut off:"
start 3 2 2
await "member 3 has joined" 1 joined 3
cut_off 1 2 2 3
echo "cut-network: both runs ended with the digest of one JVM"
