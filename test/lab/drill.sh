#!/usr/bin/env bash
# README's "Install" on a real machine, and then everything that may happen to one: restarts, kills, a hang, a reboot,
# a pulled cable, power cuts, a full disk, wrong settings, a destroyed database; every promise of a line over a real
# ttyACM and a real hidraw. What was sold is counted at the register and at the receiver. A promise that does not hold
# ends the drill with exit code 1. A table at the end says which parts ran.
#
#   bash test/lab/drill.sh                    # all parts; brings up the machine, takes half an hour without KVM
#   bash test/lab/drill.sh cable power        # these parts on the machine as the last run left it
#
# LAB=…/lab says where the lab's script is; LAB_HOME and LAB_NAME are its own; CUTS is the number of power cuts.
# LAB_CPUS=1 suits a busy computer: without KVM two processors wait for each other.
set -euo pipefail
cd "$(dirname "$0")/../.."

LAB=$(realpath -m "${LAB:-../shared/lab/lab}")
export LAB_HOME=${LAB_HOME:-/var/tmp/edge-lab} LAB_NAME=${LAB_NAME:-chekpost}
# A busy computer without KVM boots for minutes.
export LAB_BOOT_LIMIT=${LAB_BOOT_LIMIT:-600}
CUTS=${CUTS:-3}
# What the journal must never show: the secret's text after the prefix.
readonly secret_file=/etc/chekpost/secrets/webhook-secret
readonly config_file=/etc/chekpost/chekpost.yaml

[ -x "$LAB" ] || { echo "not run: no lab at $LAB"; exit 0; }

in_guest() { "$LAB" run "$@"; }
# NAME [JSON]: an order for the simulated register and the receiver, by the port that the lab forwards.
world() { node -e '
  const [port, name, body] = process.argv.slice(1)
  fetch(`http://127.0.0.1:${port}/${name}`, { method: "POST", body, signal: AbortSignal.timeout(400_000) })
    .then(async (answer) => { console.log(await answer.text()); process.exit(answer.ok ? 0 : 1) })
    .catch((error) => { console.error(String(error.cause ?? error)); process.exit(1) })
' "$("$LAB" port 7000)" "$1" "${2:-}"; }

passed=0
ok() { passed=$((passed + 1)); echo "ok: $*"; }
fail() {
  echo "FAILED: $*" >&2
  in_guest 'systemctl status --no-pager -n 0 chekpost; journalctl -b -u chekpost --no-pager -n 25' >&2 || true
  exit 1
}
# PROMISE COMMAND…: holds when the command in the guest ends well.
expect() { local promise=$1; shift; in_guest "$*" >/dev/null || fail "$promise"; ok "$promise"; }
# PROMISE SECONDS COMMAND…: comes true within the time.
eventually() {
  local promise=$1 limit=$2 since=$SECONDS; shift 2
  in_guest "timeout $limit sh -c 'until $*; do sleep 0.5; done'" >/dev/null 2>&1 || fail "$promise (waited $limit s)"
  ok "$promise ($((SECONDS - since)) s)"
}

# PROMISE: every receipt kept and delivered, once, and nothing done to the register that a reader must not do.
drained() {
  local tally since=$SECONDS
  wait_for_world
  world rest >/dev/null
  for _ in 1 2 3 4 5; do
    tally=$(world drained '{"seconds":240}')
    case $tally in '{"drained":true'*) break ;; esac
  done
  case $tally in '{"drained":true'*) ok "$1 ($((SECONDS - since)) s): $tally" ;; *) fail "$1: $tally" ;; esac
}
# PROMISE STATE SECONDS: the daemon's own word: its colour, or "connected".
health() {
  local told since=$SECONDS
  wait_for_world
  told=$(world until "{\"state\":\"$2\",\"seconds\":$3}")
  case $told in '{"came":true'*) ok "$1 ($((SECONDS - since)) s): $told" ;; *) fail "$1: $told" ;; esac
}
wait_for_world() {
  for _ in $(seq 120); do world counters >/dev/null 2>&1 && return; sleep 1; done
  fail 'the shop around it is open'
}
# RATE: receipts a second, from now on; an emulated machine reads hardly more than one in a second.
sell() { wait_for_world; world sell "{\"rate\":$1,\"openMs\":100}" >/dev/null; }
restarts() { in_guest 'systemctl show -P NRestarts chekpost'; }
# What a person would answer to the wizard; and a shop that sells while the drill looks has no idle seconds.
answers='--yes --store shop-12 --url http://127.0.0.1:8080/sale.php'
hurry="sed -i 's#pollSeconds: 2#pollSeconds: 1#; s#quietSeconds: 5#quietSeconds: 0#' $config_file"
main_pid='$(systemctl show -P MainPID chekpost)'
active='systemctl is-active -q chekpost'

for file in test/lab/parts/*.sh; do
  # shellcheck source=/dev/null
  . "$file"
done

all=(install start wizard doctor page pause support index files restarts hang reboot cable acm hid power control settings fulldisk
  database root secrets)
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=("${all[@]}")
# One line a part, whatever ends the drill.
declare -A held took
part=''
summary() {
  local rc=$? name
  [ -z "$part" ] || { held[$part]=$((passed - before)); took[$part]=$((SECONDS - since)); }
  printf '\n%-10s %9s %8s\n' part promises seconds
  for name in "${all[@]}"; do
    if [ -z "${took[$name]:-}" ]; then printf '%-10s %9s %8s\n' "$name" - 'not run'
    else printf '%-10s %9s %8s%s\n' "$name" "${held[$name]}" "${took[$name]}" "$([ "$name" != "$part" ] || echo '  FAILED')"; fi
  done
  echo "$passed promises held$([ $rc = 0 ] || echo ", one did not")"
}
trap summary EXIT
# As one command, read as a whole: this file may change while the drill runs.
{
  for part in "${parts[@]}"; do
    echo "--- $part"
    before=$passed since=$SECONDS
    "part_$part"
    held[$part]=$((passed - before)) took[$part]=$((SECONDS - since))
  done
  part=''
  exit 0
}
