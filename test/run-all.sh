#!/usr/bin/env bash
# Every test. Brings the Debian packages that the suites need; where it may not, the suite is named as skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A package=(
  [socat]=socat [strace]=strace [openssl]=openssl [flock]=util-linux [systemd-analyze]=systemd
  [make]=make [g++]=g++ [python3]=python3
  [php]=php-cli [phpunit]=phpunit [phpcs]=php-codesniffer
  [chromium]=chromium
)
[ "$(id -u)" != 0 ] || package+=([mkfs.ext4]=e2fsprogs [mount]=mount [fsfreeze]=util-linux)
missing=()
for tool in "${!package[@]}"; do command -v "$tool" >/dev/null || missing+=("${package[$tool]}"); done
# node-hid's binary is linked against it.
/sbin/ldconfig -p | grep 'libusb-1\.0\.so\.0 ' >/dev/null || missing+=(libusb-1.0-0)
# The receiver's tests start a database of their own: the server's program is all they need, no service.
PATH=$PATH:/usr/sbin command -v mariadbd >/dev/null || missing+=(mariadb-server-core)
has_php() { command -v php >/dev/null && php -r "exit(extension_loaded('$1') ? 0 : 1);"; }
has_php mysqli || missing+=(php-mysql)
has_php mbstring || missing+=(php-mbstring)
skipped=0
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "SKIPPED: the suite 'system' needs: ${missing[*]} (apt-get install ${missing[*]})" >&2
    skipped=1
  fi
fi

# The receiver's PHP: understood, in PSR-12, and its unit tests.
check_php() {
  find receiver -name '*.php' -print0 | xargs -0 -n 1 php -l | { ! grep -v '^No syntax errors'; }
  phpcs -q -n --standard=receiver/phpcs.xml.dist
  phpunit -c receiver
}

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

[ "$skipped" = 1 ] && { npm run --silent check; echo "0 failed, 1 suite skipped: system"; [ -z "${CI:-}" ]; exit; }
said=$(mktemp)
trap 'rm -f "$said"' EXIT
check_php >"$said" 2>&1 &
php=$!
npm run --silent check:code
npm run --silent build
wait $php || { cat "$said"; exit 1; }
cat "$said"
can_cut_power 2>/dev/null && { npx vitest run; exit; }
echo "SKIPPED: the suite 'power' needs root and a loop device" >&2
npx vitest run --exclude test/power/power.system.test.ts
echo "0 failed, 1 suite skipped: power"
[ -z "${CI:-}" ]
