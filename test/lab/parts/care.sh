# Parts of the drill: wrong settings, commands of root, what must stay secret.
# shellcheck shell=bash

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
