# Parts of the drill: the cable, and every promise of a line.
# shellcheck shell=bash

port=/dev/serial/by-id/usb-Lab_Lab_register_acm_LAB-acm-1-if00
# From here on the daemon reads over the cable, until off_cable.
over_cable() {
  people
  "$LAB" plug acm
  in_guest "lab-guest wait $port"
  in_guest "cp $config_file /root/tcp.yaml; sed -i 's#address: [^ ]*#address: serial:$port#' $config_file; chekpost config check && systemctl restart chekpost"
  health "connected over $port" connected 240
}
off_cable() { in_guest "cp /root/tcp.yaml $config_file && systemctl restart chekpost; lab-guest unplug acm"; }

part_cable() {
  over_cable
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
  off_cable
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
