#!/bin/sh
# A soak: three members on this machine, one of them killed (SIGKILL) every so often and started again, while runs of the main job
# are spread over them one after the other. Ends with 0 if every run ended with the digest that it has in one JVM.
#
# Usage: deploy/test/soak.sh [SECONDS [SECONDS-BETWEEN-KILLS]]      defaults: 600 30
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-600}
between=${2:-30}
scenario=config/scenarios/vm-passthrough.conf
variant=linux-6.12
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
  # shellcheck disable=SC2086
  PINFOLD_HEAP=2g ./pinfold node --listen 127.0.0.1:$((first_port + $1)) --http 127.0.0.1:$((first_port + 80 + $1)) \
    --runs "$dir/runs" --checkpoint-every 5 --threads 1 $join_option >> "$dir/member-$1.log" 2>&1 &
  echo $! > "$dir/pid-$1"
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

began=$(date +%s)
seed=1
kills=0
wrong=0
while [ $(($(date +%s) - began)) -lt "$seconds" ]; do
  ./pinfold run $scenario --variant $variant --seed $seed --cluster $fronts > "$dir/cluster-$seed" 2> "$dir/progress-$seed" &
  run=$!
  last=$(date +%s)
  while kill -0 $run 2> /dev/null; do
    sleep 1
    now=$(date +%s)
    if [ $((now - last)) -ge "$between" ] && [ $((now - began)) -lt "$seconds" ]; then
      victim=$((kills % 3))
      kill -9 "$(cat "$dir/pid-$victim")" 2> /dev/null || true
      kills=$((kills + 1))
      sleep 5
      start $victim later
      last=$now
    fi
  done
  wait $run || echo "seed $seed: the command ended with $?"
  ./pinfold run $scenario --variant $variant --seed $seed > "$dir/one-$seed" 2> /dev/null
  there=$(grep '^digest' "$dir/cluster-$seed" || true)
  here=$(grep '^digest' "$dir/one-$seed")
  if [ "$there" = "$here" ]; then
    echo "seed $seed: $here, equal after $(($(date +%s) - began)) s and $kills kills"
  else
    echo "seed $seed: on the cluster '$there', in one JVM '$here'"
    wrong=$((wrong + 1))
  fi
  seed=$((seed + 1))
done
echo "$((seed - 1)) runs, $kills kills in $(($(date +%s) - began)) s, $wrong wrong; logs in $dir"
[ $wrong = 0 ]
