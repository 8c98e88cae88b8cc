# Parts of the drill: installed, started, killed, hung, rebooted.
# shellcheck shell=bash

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
  # A slow boot must not give up the disk that the state lies on; the first one may have done so already.
  in_guest 'sed -i "s/device-timeout=20/device-timeout=600/" /etc/fstab && systemctl daemon-reload && sync'
  in_guest 'mountpoint -q /data || mount /data' || fail 'the disk that can lose its power is there'
  "$LAB" push "$copy" /root/chekpost
  rm -rf "$copy"
  "$LAB" push test/lab /opt/world
  readme "cp -r${first#* && cp -r}"
  for line in "${lines[@]:1:${#lines[@]}-2}"; do
    case $line in
      'chekpost init '*)
        # The register is there before the wizard looks for it.
        in_guest 'cp /opt/world/world.service /etc/systemd/system/ && systemctl daemon-reload && systemctl enable -q --now world && sync'
        wait_for_world
        readme "chekpost init $answers --tcp 127.0.0.1:7778"
        in_guest "$hurry" ;;
      *) readme "$line" ;;
    esac
    case $line in *useradd*) in_guest 'lab-guest statedir chekpost' ;; esac
  done
  readme "${lines[-1]}"
  ok "README's Install, word for word"
}
readme() {
  echo "guest: $1"
  in_guest "cd /root/chekpost && ( ${1%%#*}
  ) && sync" || fail "a line of README: $1"
}

# One who may, and one who may not.
people() {
  in_guest 'id technician >/dev/null 2>&1 || useradd -m -G chekpost technician; id outsider >/dev/null 2>&1 || useradd -m outsider'
}

part_start() {
  expect 'it is active, told by READY' "$active && [ \"\$(systemctl show -P StatusText chekpost)\" = '1 registers' ]"
  health 'status as root is green' green 240
  people
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
