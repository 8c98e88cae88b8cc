# Parts of the drill: what a technician does with the installed program, over a real cable and in the real sandbox.
# shellcheck shell=bash

# KIND ADDRESS: the wizard finds the register on that cable, and what it wrote is enough for the daemon.
wizard_finds() {
  local said
  in_guest "systemctl stop chekpost; rm -rf /etc/chekpost"
  said=$(in_guest "chekpost init $answers --lang en") || { echo "$said"; fail "init over $1"; }
  echo "$said"
  case $said in *"✓ shop-12/till-1"*) ok "init over $1: found, written, the site took its test" ;; *) fail "init over $1: the test" ;; esac
  expect 'the address is one that stays' "grep -q 'address: .*$2' $config_file"
  expect 'config and secret are for root and the group of the daemon' \
    "[ \"\$(stat -c %a:%U:%G $config_file $secret_file ${secret_file%/*} /etc/chekpost | tr '\n' ' ')\" = '640:root:chekpost 640:root:chekpost 750:root:chekpost 750:root:chekpost ' ]"
  expect 'the daemon can read them, and nobody else' \
    "runuser -u chekpost -- cat $config_file $secret_file && ! runuser -u outsider -- cat $config_file 2>/dev/null && ! runuser -u outsider -- cat $secret_file 2>/dev/null"
  in_guest "$hurry; systemctl start chekpost"
  health "with what init wrote it is connected over $1" connected 240
  for _ in 1 2 3; do world closeReceipt '{}' >/dev/null; done
  drained "and three sales arrive"
}
part_wizard() {
  people
  "$LAB" plug acm
  in_guest 'lab-guest wait "/dev/serial/by-id/*LAB-acm-1*" && udevadm settle'
  expect 'with the daemon running, init --force wants it stopped' "said=\$(chekpost init $answers --force --lang en 2>&1); [ \$? = 2 ] && echo \"\$said\" | grep -q 'systemctl stop chekpost'"
  in_guest 'rm -rf /root/settings && cp -a /etc/chekpost /root/settings'
  wizard_finds 'a real ttyACM' 'serial:/dev/serial/by-id/usb-Lab_Lab_register_acm_LAB-acm-1-if00'
  in_guest 'lab-guest unplug acm; LAB_VID=0x1a86 LAB_PID=0xe429 LAB_SERIAL=0012AB lab-guest plug hid && lab-guest wait "/dev/hidraw*" 60 && udevadm settle'
  wizard_finds 'a real hidraw' 'hid:1a86:e429:0012AB'
  in_guest 'systemctl stop chekpost; rm -r /etc/chekpost && mv /root/settings /etc/chekpost; systemctl start chekpost; lab-guest unplug hid'
}

# PROMISE CODE PATTERN COMMAND: ends with the code, and says so.
says() {
  local promise=$1 wanted=$2 pattern=$3 said rc=0; shift 3
  said=$(in_guest "$*" 2>&1) || rc=$?
  [ "$rc" = "$wanted" ] && grep -qE -- "$pattern" <<<"$said" || { echo "$said"; fail "$promise (exit code $rc)"; }
  ok "$promise"
}

part_doctor() {
  local missing='✗ line: .*there is no such port'
  over_cable
  says 'the doctor finds nothing wrong through the daemon' 0 '✓ receiver' 'chekpost doctor --lang en'
  "$LAB" unplug acm
  health 'a pulled cable is amber' amber 240
  says 'with the cable pulled it is the line, daemon running' 1 "$missing" 'chekpost doctor --lang en'
  in_guest 'systemctl stop chekpost'
  says 'and with the daemon stopped' 1 "$missing" 'chekpost doctor --lang en'
  "$LAB" plug acm
  in_guest "lab-guest wait $port"
  says 'the doctor finds nothing wrong by itself, as the user of the daemon' 0 '✓ receiver' 'chekpost doctor --lang en'
  in_guest "systemd-run -q --unit=holder sh -c 'exec sleep 3000 <$port'; sleep 1"
  says 'a program that has the port is named' 1 '✗ line: .*in use by a program \(sleep, [0-9]+\)' 'chekpost doctor --lang en'
  in_guest "systemctl stop holder; systemd-run -q --unit=holder flock -x $port sleep 3000; sleep 1; systemctl start chekpost"
  eventually 'a port that another program has locked is told with its name, from inside the sandbox' 240 \
    'chekpost status --lang en | grep -q "in use by a program"'
  says 'and by the doctor through the daemon' 1 '✗ line: .*in use by a program \((flock|sleep), [0-9]+\)' \
    'chekpost doctor --lang en'
  in_guest 'systemctl stop holder'
  health 'let go of, the port is taken' connected 240
  off_cable
}

# The number of the newest receipt.
newest() { world closeReceipt '{}' | node -e 'process.stdin.on("data", (told) => console.log(JSON.parse(told).number))'; }
# ORDER NUMBER: in by a link of its own.
visit() {
  local said line
  said=$(in_guest "node /opt/world/visitor.mjs $1 \$(chekpost token --json | node -p 'JSON.parse(fs.readFileSync(0)).url') $2") || { echo "$said"; fail "the page: $1"; }
  while read -r line; do ok "${line#ok: }"; done <<<"$said"
}
ready='$(node /opt/world/visitor.mjs status /readyz)'

part_page() {
  local number
  over_cable
  number=$(newest)
  drained 'sold for the page'
  eventually '/readyz says yes' 120 "[ $ready = 200 ]"
  visit look "$number"
  "$LAB" unplug acm
  health 'a pulled cable is amber' amber 240
  expect '/readyz is patient with a cable' "[ $ready = 200 ]"
  eventually 'and says no after five minutes' 500 "[ $ready = 503 ]"
  "$LAB" plug acm
  health 'plugged in again it is connected' connected 240
  eventually '/readyz says yes again' 120 "[ $ready = 200 ]"
  expect 'only this computer can reach it' \
    "[ \"\$(ss -Hltn 'sport = :8321' | awk '{ print \$4 }')\" = 127.0.0.1:8321 ]"
  off_cable
}

part_pause() {
  local other="node /opt/world/other.mjs serial:$port"
  over_cable
  sell 0.5
  says 'another program is refused the port, and told who has it' 1 'in use by a program \(node, [0-9]+\)' "$other"
  says 'chekpost pause lets go of it' 0 'let go of until' 'chekpost pause till-1 --minutes 10 --reason drill --lang en'
  world rest >/dev/null
  says 'another program opens it and meets the register' 0 '^answered (15|06)' "$other"
  for _ in 1 2 3; do world closeReceipt '{}' >/dev/null; done
  expect '/readyz counts that as well' "[ $ready = 200 ]"
  in_guest 'systemctl restart chekpost; sleep 10'
  says 'a restart does not end it' 0 '"pausedUntil":"' 'chekpost status --json'
  says 'another program still opens it' 0 '^answered (15|06)' "$other"
  says 'chekpost resume takes it back' 0 'ours again' 'chekpost resume till-1 --lang en'
  health 'it is connected' connected 240
  drained 'sold while the port was let go of'
  says 'for one minute' 0 'let go of until' 'chekpost pause till-1 --minutes 1 --reason drill --lang en'
  eventually 'and back by itself' 240 "chekpost status --json | grep -q line.:.connected"
  says 'who did it and why is kept' 0 'drill' 'chekpost outbox audits'
  off_cable
}

# FOLDER OWNER: a support file of exactly that owner lies there, for him alone and without the secret.
bundled() {
  expect "$1 has a support file that is for $2 alone" "cd $1 && [ \"\$(stat -c %a:%U chekpost-support-*.zip)\" = 600:$2 ]"
  says 'with the log and the config, without the secret' 0 '^config.yaml' "node /opt/world/bundle.mjs $1/chekpost-support-*.zip $secret_file"
}
part_support() {
  people
  in_guest 'rm -rf /home/technician/*.zip /root/support; mkdir /root/support'
  says 'chekpost support says where its file is' 0 'chekpost-support-.*\.zip' 'cd /home/technician && runuser -u technician -- chekpost support'
  bundled /home/technician technician
  in_guest 'systemctl stop chekpost'
  says 'without the daemon too' 0 'chekpost-support-.*\.zip' 'cd /root/support && chekpost support'
  bundled /root/support root
  in_guest "rm /root/support/*; cp $config_file /root/right.yaml; sed -i 's/^store:/shop:/' $config_file"
  says 'with a config that is wrong there is one all the same' 0 'problem.txt' \
    "cd /root/support && chekpost support && node /opt/world/bundle.mjs *.zip $secret_file"
  in_guest "cp /root/right.yaml $config_file; systemctl start chekpost"
  health 'and it is green' green 240
}

part_index() {
  local number journal=/var/lib/chekpost/journal.db
  number=$(newest)
  drained 'sold for the search'
  expect "the page's index lies in the state, for the daemon alone" "[ \"\$(stat -c %a:%U $journal)\" = 600:chekpost ]"
  visit receipt "$number"
  "$LAB" powercut random
  eventually 'active after a power cut' 300 "$active"
  health 'and green' green 240
  visit receipt "$number"
  in_guest "systemctl stop chekpost; for f in $journal*; do dd if=/dev/urandom of=\$f bs=4k count=8 conv=notrunc status=none; done; systemctl start chekpost"
  health 'overwritten while stopped, it is made anew' green 240
  visit receipt "$number"
  in_guest "systemctl stop chekpost; rm $journal*; systemctl start chekpost"
  health 'removed while stopped, it is made anew' green 240
  visit receipt "$number"
}

part_files() {
  local file=/home/technician/shop.jsonl as='cd /home/technician && runuser -u technician --'
  people
  for _ in 1 2 3; do world closeReceipt '{}' >/dev/null; done
  drained 'sold for the export'
  expect 'a member of the group exports everything' "$as chekpost outbox export >$file && [ \$(wc -l <$file) -ge 5 ]"
  says 'read again, all of it is known' 0 '^Would be kept: 0, known: [1-9]' "$as chekpost outbox import --dry-run --lang en $file"
  says 'and nothing is taken twice' 0 '^Kept: 0, known: [1-9]' "$as chekpost outbox import --reason drill --lang en $file"
  says 'half a file is refused' 1 'cut|damaged|end' "head -c -40 $file >/home/technician/half.jsonl; $as chekpost outbox import --lang en half.jsonl"
  drained 'nothing was sent again'
  # Counting closed one more receipt, which a new installation would take for one before its beginning.
  in_guest "$as chekpost outbox export >$file"
  in_guest 'systemctl stop chekpost; find /var/lib/chekpost -mindepth 1 -delete; systemctl start chekpost'
  health 'a new installation begins' connected 240
  says 'the export of the old one fills it' 0 '^Kept: [1-9]' "$as chekpost outbox import --register '*' --yes --reason drill --lang en $file"
  drained 'all of it is kept, and the site was sent nothing twice'
  in_guest 'systemctl stop chekpost'
  says 'without the daemon it is read as well' 0 '^Kept: 0, known: [1-9]' "chekpost outbox import --reason drill --lang en $file"
  expect 'and no file of root is left in the state' '[ -z "$(find /var/lib/chekpost ! -user chekpost)" ]'
  in_guest 'systemctl start chekpost'
  health 'and it is green' green 240
}
