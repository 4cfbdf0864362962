#!/bin/sh
# A soak: three members on this machine, one of them killed (SIGKILL) every so often and started again, while they are given work without
# a pause: in turn a run of the main job spread over them, the same smaller, and a sweep whose runs each stay on one member. Ends with 0 if
# all ended with the digests that they have in one JVM.
#
# Nobody is killed before the one that was killed last is a member again: two that are missing of three end the cluster, as they should
# (docs/decisions/0005-split-brain.md), and then a busy machine would decide what this shows.
#
# Usage: deploy/test/soak.sh [SECONDS [SECONDS-BETWEEN-KILLS]]      defaults: 600 30; what was begun by then is waited for
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-600}
between=${2:-30}
scenario=config/scenarios/vm-passthrough.conf
variant=linux-6.12
smaller="--set machine.memory-per-node-mib=256 --set machine.cma-per-node-mib=128 --set memory-in-use.anonymous-per-node-mib=12
  --set memory-in-use.page-cache-per-node-mib=12 --set memory-in-use.kernel-per-node-mib=4 --set vms.large.memory-mib=24
  --set vms.right.memory-mib=8"
dir=$(mktemp -d)
first_port=7500
fronts=127.0.0.1:7580,127.0.0.1:7581,127.0.0.1:7582

# Starts member $1 (0, 1 or 2), which joins the others.
start() {
  join=
  for other in 0 1 2; do
    [ "$other" = "$1" ] || join=$join${join:+,}127.0.0.1:$((first_port + other))
  done
  # The first start of the first member has nobody to join.
  [ "$2" = first ] && join_option= || join_option="--join $join"
  touch "$dir/member-$1.log"
  wc -l < "$dir/member-$1.log" > "$dir/before-$1"
  # shellcheck disable=SC2086
  PINFOLD_HEAP=2g ./pinfold node --listen 127.0.0.1:$((first_port + $1)) --http 127.0.0.1:$((first_port + 80 + $1)) \
    --runs "$dir/runs" --checkpoint-every 5 --threads 1 $join_option >> "$dir/member-$1.log" 2>&1 &
  echo $! > "$dir/pid-$1"
}

# Whether member $1 was let in since it was started last; its log says so.
is_member() {
  tail -n "+$(($(cat "$dir/before-$1") + 1))" "$dir/member-$1.log" | grep -q "member is up member=127\\.0\\.0\\.1:$((first_port + $1))"
}

stop_all() {
  for i in 0 1 2; do
    kill -9 "$(cat "$dir/pid-$i")" 2> /dev/null || true
  done
}
trap stop_all EXIT INT TERM

./pinfold --version > /dev/null
start 0 first
sleep 8
start 1 later
start 2 later
sleep 12

# The command line of work number $1. Equal work would be done once, so the number is in it: as the seed or as a size.
work() {
  case $(($1 % 3)) in
    0) echo "run $scenario --variant $variant --seed $1 $smaller --set vm-defaults.memory-mib=24" ;;
    1) echo "compare $scenario --variants $variant,linux-2026 --seeds 3 --spread runs $smaller --set machine.memory-per-node-mib=1024
         --set machine.cma-per-node-mib=512 --set vm-defaults.memory-mib=$((128 + $1))" ;;
    2) echo "run $scenario --variant $variant --seed $1 $smaller --set vm-defaults.memory-mib=48" ;;
  esac
}

began=$(date +%s)
since() { echo $(($(date +%s) - $1)); }
last=$began
begun=0
kills=0
wrong=0
running=
while [ "$(since "$began")" -lt "$seconds" ] || [ -n "$running" ]; do
  if [ -n "$running" ] && ! kill -0 "$running" 2> /dev/null; then
    wait "$running" || echo "work $begun: the command ended with $?"
    echo "work $begun: over after $(since "$began") s and $kills kills"
    running=
  fi
  if [ -z "$running" ] && [ "$(since "$began")" -lt "$seconds" ]; then
    begun=$((begun + 1))
    # shellcheck disable=SC2046
    ./pinfold $(work $begun) --cluster $fronts > "$dir/cluster-$begun" 2> "$dir/progress-$begun" &
    running=$!
  fi
  sleep 1
  if [ "$(since "$last")" -ge "$between" ] && [ "$(since "$began")" -lt "$seconds" ] && is_member 0 && is_member 1 && is_member 2; then
    victim=$((kills % 3))
    kill -9 "$(cat "$dir/pid-$victim")" 2> /dev/null || true
    kills=$((kills + 1))
    sleep 5
    start $victim later
    last=$(date +%s)
  fi
done
took=$(since "$began")
stop_all

for n in $(seq $begun); do
  # The sweep's --spread is for a cluster.
  # shellcheck disable=SC2046
  ./pinfold $(work "$n" | sed 's/--spread runs//') > "$dir/one-$n" 2> /dev/null
  here=$(grep '^digest' "$dir/one-$n" | sort)
  there=$(grep '^digest' "$dir/cluster-$n" | sort || true)
  if [ "$there" = "$here" ]; then
    echo "work $n: equal: $(echo "$here" | wc -l) runs, the first $(echo "$here" | head -n 1)"
  else
    echo "work $n: on the cluster '$there', in one JVM '$here'"
    wrong=$((wrong + 1))
  fi
done
echo "$begun works, $kills kills in $took s, $wrong wrong; logs in $dir"
[ $wrong = 0 ]
