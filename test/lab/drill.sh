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
main_pid='$(systemctl show -P MainPID chekpost)'
active='systemctl is-active -q chekpost'

# --- parts -----------------------------------------------------------------------------------------------------

# The lines of README's block, word for word: those that need the network run here, the rest in the guest.
part_install() {
  local copy lines first
  copy=$(mktemp -d)
  git archive HEAD | tar -x -C "$copy"
  mapfile -t lines < <(sed -n '/^## Install/,/^## /p' README.md | sed -n '/^```sh/,/^```/p' | sed '1d;$d')
  first=${lines[0]}
  echo "here: ${first%% && cp -r*}"
  (cd "$copy" && bash -ec "${first%% && cp -r*}") >"$copy/.build.log" 2>&1 || { tail -20 "$copy/.build.log"; fail 'README builds'; }
  "$LAB" up --fresh
  # A slow boot must not give up the disk that the state lies on.
  in_guest 'sed -i "s/device-timeout=20/device-timeout=600/" /etc/fstab && systemctl daemon-reload && sync'
  "$LAB" push "$copy" /root/chekpost
  rm -rf "$copy"
  "$LAB" push test/lab /opt/world
  readme "cp -r${first#* && cp -r}"
  for line in "${lines[@]:1:${#lines[@]}-2}"; do
    readme "$line"
    case $line in *useradd*) in_guest 'lab-guest statedir chekpost' ;; esac
  done
  in_guest "sed -i 's#tcp:[0-9.]*:7778#tcp:127.0.0.1:7778#; s#https://shop.example/[^ ]*#http://127.0.0.1:8080/sale.php#' $config_file
    sed -i 's#pollSeconds: 2#pollSeconds: 1#; s#quietSeconds: 5#quietSeconds: 0#' $config_file
    cp /opt/world/world.service /etc/systemd/system/ && systemctl daemon-reload && systemctl enable -q --now world && sync"
  wait_for_world
  readme "${lines[-1]}"
  ok "README's Install, word for word"
}
readme() {
  echo "guest: $1"
  in_guest "cd /root/chekpost && ( ${1%%#*}
  ) && sync" || fail "a line of README: $1"
}

part_start() {
  expect 'it is active, told by READY' "$active && [ \"\$(systemctl show -P StatusText chekpost)\" = '1 registers' ]"
  health 'status as root is green' green 240
  in_guest 'id technician >/dev/null 2>&1 || useradd -m -G chekpost technician; id outsider >/dev/null 2>&1 || useradd -m outsider'
  expect 'a member of the group may ask' 'cd / && runuser -u technician -- chekpost status --json | grep -q "\"colour\":\"green\""'
  expect 'a member may look at the outbox' 'cd / && runuser -u technician -- chekpost outbox ls'
  expect 'anybody else may not, and is told why' \
    'cd / && said=$(runuser -u outsider -- chekpost status 2>&1); rc=$?; echo "$said"; [ $rc = 1 ] || [ $rc = 2 ]; ! echo "$said" | grep -q "  at "'
  for i in 1 2 3; do world closeReceipt '{}' >/dev/null; done
  drained 'three sales arrive'
}

part_restarts() {
  sell 0.5
  for i in 1 2 3; do in_guest 'systemctl restart chekpost && sleep 3'; done
  drained 'restarted three times while selling'
  sell 0.5
  local before; before=$(restarts)
  for i in 1 2 3; do
    in_guest "sleep \$((RANDOM % 4)).\$((RANDOM % 10)); kill -9 $main_pid"
    eventually 'killed with SIGKILL, it is active again' 240 "[ \$(systemctl show -P NRestarts chekpost) -gt $((before + i - 1)) ] && $active"
  done
  [ "$(restarts)" = $((before + 3)) ] || fail 'every kill is one restart'
  drained 'killed three times while selling'
}

part_hang() {
  sell 0.5
  local before; before=$(restarts)
  in_guest "kill -STOP $main_pid"
  eventually 'stopped with SIGSTOP, the watchdog starts it again' 300 "[ \$(systemctl show -P NRestarts chekpost) -gt $before ] && $active"
  expect 'the journal says that it was the watchdog' 'journalctl -b -u chekpost --no-pager | grep -qi "watchdog timeout"'
  drained 'after the watchdog'
}

part_reboot() {
  local before; before=$(in_guest 'cat /proc/sys/kernel/random/boot_id')
  sell 0.5
  in_guest 'sleep 3; systemctl reboot' || true
  for _ in $(seq 60); do
    "$LAB" up || fail 'the machine is back after a reboot'
    [ "$(in_guest 'cat /proc/sys/kernel/random/boot_id' 2>/dev/null || echo "$before")" = "$before" ] || break
    sleep 2
  done
  eventually 'active after a reboot' 300 "[ \$(cat /proc/sys/kernel/random/boot_id) != $before ] && $active"
  drained 'rebooted while selling'
}

part_cable() {
  "$LAB" plug acm
  local port; port=$(in_guest 'lab-guest wait "/dev/serial/by-id/*LAB-acm-1*"')
  in_guest "cp $config_file /root/tcp.yaml; sed -i 's#address: tcp:[^ ]*#address: serial:$port#' $config_file; chekpost config check && systemctl restart chekpost"
  health "connected over $port" green 240
  sell 0.5
  for i in 1 2 3; do
    sleep 3
    "$LAB" unplug acm
    health 'a pulled cable is amber' amber 240
    "$LAB" plug acm
    health 'plugged in again it is connected' connected 240
  done
  expect 'one process the whole time' "[ \$(systemctl show -P NRestarts chekpost) = 0 ]"
  drained 'pulled three times while selling'
  expect 'without the daemon, read by root opens the port as the user of the daemon' \
    'systemctl stop chekpost; chekpost read --fd 2; rc=$?; systemctl start chekpost; exit $rc'
  in_guest "cp /root/tcp.yaml $config_file && systemctl restart chekpost"
}

part_power() {
  for i in $(seq "$CUTS"); do
    sell 1
    sleep $((6 + RANDOM % 6))
    "$LAB" powercut random
    eventually 'active after a power cut' 300 "$active"
    drained "power cut $i while selling"
    expect 'the database came through it' '! journalctl -b -u chekpost --no-pager -o cat | grep -q "outbox was rebuilt"'
  done
}

# KIND FRAMES ADDRESS: every promise of a line over a real device; the shop around it makes room for as long.
over_device() {
  local said line
  "$LAB" push test/lab /opt/world
  in_guest 'systemctl stop chekpost world'
  said=$("$LAB" run -t 1800 "$gadget node /opt/world/devices.mjs /opt/chekpost/dist $1 $2 '$3'") || { echo "$said"; fail "over $1, $2"; }
  while read -r line; do ok "${line#ok: }, over $1"; done <<<"$said"
  in_guest 'systemctl start world chekpost'
}
gadget=''
part_acm() {
  local frames
  for frames in v1 v2; do over_device acm "$frames" 'serial:/dev/serial/by-id/usb-Lab_Lab_register_acm_LAB-acm-1-if00'; done
}
# The gadget plays a CH9329, so that its rights come by our udev rules.
part_hid() {
  gadget='LAB_VID=0x1a86 LAB_PID=0xe429 LAB_SERIAL=0012AB'
  over_device hid v1 'hid:1a86:e429?framing=len&report=64'
  in_guest "$gadget lab-guest plug hid && lab-guest wait '/dev/hidraw*' 60 && udevadm settle"
  expect 'the udev rules give the device to the group of the daemon' '[ "$(stat -c %a:%G /dev/hidraw*)" = 660:dialout ]'
  expect 'and a name that stays' 'ls /dev/chekpost/1a86-e429-0012AB-*'
  in_guest 'lab-guest unplug hid'
}

# The same cut meets the product and a control that does not sync each commit: the control has to lose, or the cut is none.
part_control() {
  local folder which control=0 told
  folder=$(mktemp -d)
  for i in $(seq "$CUTS"); do
    for which in FULL NORMAL; do
      in_guest "rm -rf /data/$which && sync && exec node /opt/chekpost/dist/test/power/writer.js /data/$which $which $i 1000000" \
        >"$folder/$which" 2>/dev/null &
    done
    for _ in $(seq 240); do
      [ "$(cat "$folder/FULL" "$folder/NORMAL" 2>/dev/null | wc -l)" -lt 300 ] || break
      sleep 0.5
    done
    "$LAB" powercut random
    wait || true
    "$LAB" push "$folder" /root/facts
    for which in FULL NORMAL; do
      told=$(in_guest "node /opt/chekpost/dist/test/power/examine.js /data/$which </root/facts/$which") || fail "cut $i: $which can be opened"
      case $which:$told in
        FULL:'0 of 0') fail "cut $i: nothing was announced" ;;
        FULL:'0 of '*) ok "power cut $i: lost $told facts announced" ;;
        FULL:*) fail "power cut $i lost $told facts announced" ;;
        NORMAL:'0 of '*) ;;
        *) control=$((control + 1)); echo "the control lost $told" ;;
      esac
    done
  done
  rm -r "$folder"
  [ "$control" -gt 0 ] || fail "the control without a sync for each commit loses some"
  ok "the control without a sync for each commit lost some in $control of $CUTS power cuts"
}

part_settings() {
  in_guest "systemctl stop chekpost; mv $secret_file /root/secret"
  expect 'without its secret it does not start' '! timeout 20 systemctl start chekpost'
  expect 'and the journal names the credential' 'journalctl -b -u chekpost --no-pager | tail -20 | grep -q 243/CREDENTIALS'
  expect 'config check says what to do, with exit code 2' 'chekpost config check; [ $? = 2 ]'
  in_guest "mv /root/secret $secret_file"
  eventually 'with its secret back it starts by itself' 240 "$active"
  in_guest "cp $config_file /root/right.yaml; sed -i 's/^store:/shop:/' $config_file; systemctl restart chekpost" 2>/dev/null || true
  eventually 'a wrong config is a failure' 240 'systemctl is-failed -q chekpost'
  sleep 5
  expect 'a wrong config ends it with exit code 2, once' \
    '[ "$(systemctl show -P ActiveState chekpost) $(systemctl show -P ExecMainStatus chekpost) $(systemctl show -P NRestarts chekpost)" = "failed 2 0" ]'
  expect 'and the journal names the key' 'journalctl -b -u chekpost --no-pager | tail -20 | grep -q shop'
  in_guest "cp /root/right.yaml $config_file; systemctl reset-failed chekpost; systemctl start chekpost"
  health 'with the config mended it is green' green 240
}

part_fulldisk() {
  in_guest 'lab-guest fill /data'
  sell 0.5
  health 'a full disk is red' red 240
  in_guest 'systemctl restart chekpost' || true
  health 'started on a full disk it is red' red 240
  in_guest 'lab-guest unfill /data'
  health 'with space again it is green' green 240
  drained 'sold while the disk was full'
}

part_database() {
  sell 0.5
  sleep 3
  in_guest 'systemctl stop chekpost; cd /var/lib/chekpost && for f in outbox.db*; do dd if=/dev/urandom of=$f bs=4k count=$(( ($(stat -c %s $f) + 4095) / 4096 )) conv=notrunc status=none; done'
  in_guest 'systemctl start chekpost'
  drained 'the database overwritten while stopped'
  expect 'the damaged file is kept' 'ls /var/lib/chekpost | grep -q damaged'
  health 'it says that the database was damaged' amber 240
  in_guest 'systemctl stop chekpost; rm -f /var/lib/chekpost/outbox.d*; systemctl start chekpost'
  drained 'the database removed while stopped'
}

part_root() {
  in_guest 'chekpost status; chekpost outbox ls; chekpost probe' >/dev/null || true
  in_guest 'systemctl stop chekpost; chekpost status; chekpost outbox ls; chekpost replay --parked --dry-run; chekpost read --fd 2' >/dev/null 2>&1 || true
  expect 'commands of root leave no file of root in the state' '[ -z "$(find /var/lib/chekpost ! -user chekpost)" ]'
  expect 'the state is for the daemon alone' '[ "$(stat -c %a:%U /var/lib/chekpost)" = 700:chekpost ] && [ -z "$(find /var/lib/chekpost -type f -perm /077)" ]'
  in_guest 'systemctl start chekpost'
  health 'and it starts' green 240
}

part_secrets() {
  local exposure; exposure=$(in_guest 'systemd-analyze security --no-pager chekpost | tail -1')
  ok "$exposure"
  expect 'no secret in the journal' "! journalctl --no-pager -o cat | grep -qF -- \"\$(sed s/whsec_// $secret_file)\""
  expect 'no secret in a command line or an environment of the daemon' "! cat /proc/$main_pid/environ /proc/$main_pid/cmdline | tr '\0' '\n' | grep -q whsec_"
  expect 'no cashier and no buyer in the journal' "! journalctl -u chekpost --no-pager -o cat | grep -q 'Иванов'"
}

all=(install start restarts hang reboot cable acm hid power control settings fulldisk database root secrets)
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
for part in "${parts[@]}"; do
  echo "--- $part"
  before=$passed since=$SECONDS
  "part_$part"
  held[$part]=$((passed - before)) took[$part]=$((SECONDS - since))
done
part=''
