#!/usr/bin/env bash
# Every test. Brings the Debian packages that the suites need; where it may not, the suite is named as skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A package=(
  [socat]=socat [strace]=strace [openssl]=openssl [flock]=util-linux [systemd-analyze]=systemd
  [make]=make [g++]=g++ [python3]=python3
)
[ "$(id -u)" != 0 ] || package+=([mkfs.ext4]=e2fsprogs [mount]=mount [fsfreeze]=util-linux)
missing=()
for tool in "${!package[@]}"; do command -v "$tool" >/dev/null || missing+=("${package[$tool]}"); done
# node-hid's binary is linked against it.
/sbin/ldconfig -p | grep 'libusb-1\.0\.so\.0 ' >/dev/null || missing+=(libusb-1.0-0)
skipped=0
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
  else
    echo "SKIPPED: the suite 'system' needs: ${missing[*]} (apt-get install ${missing[*]})" >&2
    skipped=1
  fi
fi

# Cutting the power of a disk in an image takes root and a loop device.
can_cut_power() {
  local folder held=1
  [ "$(id -u)" = 0 ] || return 1
  folder=$(mktemp -d)
  mkdir "$folder/disk" && truncate -s 4M "$folder/image" && mkfs.ext4 -q -F "$folder/image" &&
    mount -o loop "$folder/image" "$folder/disk" && umount "$folder/disk" && held=0
  rm -rf "$folder"
  return $held
}

npm run --silent check
[ "$skipped" = 1 ] && { echo "0 failed, 1 suite skipped: system"; [ -z "${CI:-}" ]; exit; }
npm run --silent build
can_cut_power 2>/dev/null && exec npx vitest run --project system
echo "SKIPPED: the suite 'power' needs root and a loop device" >&2
npx vitest run --project system --exclude test/power/power.system.test.ts
echo "0 failed, 1 suite skipped: power"
[ -z "${CI:-}" ]
