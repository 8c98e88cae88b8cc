# Parts of the drill: power cuts, a full disk, a destroyed database.
# shellcheck shell=bash

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

part_fulldisk() {
  in_guest 'lab-guest fill /data'
  sell 0.5
  health 'a full disk is red' red 240
  # What stopping gives back is filled too: not even the outbox can be opened then.
  in_guest 'systemctl stop chekpost; lab-guest unfill /data; lab-guest fill /data; systemctl start chekpost'
  health 'started on a disk without any room it is red' red 240
  says 'and says so, with what to do' 1 'The disk is full .*: 0 MB free' 'chekpost status --lang en'
  expect 'a link to its page is given, and the page answers' 'chekpost token --json && [ $(node /opt/world/visitor.mjs status /readyz) = 503 ]'
  expect 'it was started once' '[ $(systemctl show -P NRestarts chekpost) = 0 ]'
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
