#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes artifacts/ganesha/libfsalgluster.so, which is Debian's FSAL for GlusterFS with our patches, and a package of it,
# artifacts/ganesha/nfs-ganesha-kadalu_VERSION_ARCHITECTURE.deb.
#
# Only the FSAL is compiled, and linked with the library of the installed nfs-ganesha. What comes of it is kept in
# ~/.cache/kadalu-fsd/ganesha under a hash of all that decides it: as long as that is there, nothing is built, downloaded or installed.
set -euo pipefail
cd "$(dirname "$0")"
top=$(cd ../.. && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kadalu-fsd/ganesha
tarball=nfs-ganesha_4.3.orig.tar.gz
sha256=d4efd020edf4dfe65abfd0f0f66eb4390613360f99dce4354467ab297e0e1c0f
architecture=$(dpkg --print-architecture)
version=$(sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)

fail() {
  echo "$0: $*" >&2
  exit 1
}

# version_of PACKAGE: the installed one, else the one that would be installed.
version_of() {
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Version}' "$1" 2>/dev/null) || true
  case $installed in
    "installed "*) echo "${installed#installed }" ;;
    *) apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p' ;;
  esac
}

hash_of_inputs() {
  { sha256sum build.sh debian/* patches/*; echo "$sha256 $architecture $(version_of nfs-ganesha) $(version_of libglusterfs-dev)"; } |
    sha256sum | cut -c1-32
}

uri_of() {
  apt-get download --print-uris "$1" 2>/dev/null | sed "s/^'\([^']*\)'.*/\1/"
}

# The mirror has the source beside the package, so that whatever mirror this machine uses is used here too.
download() {
  [ ! -e "$cache/$tarball" ] || return 0
  local binary
  binary=$(uri_of nfs-ganesha) || { apt-get update -qq; binary=$(uri_of nfs-ganesha); } || fail "apt cannot download nfs-ganesha"
  # Its own user could not write here.
  /usr/lib/apt/apt-helper -qq -o APT::Sandbox::User=root download-file "${binary%/*}/$tarball" "$work/$tarball"
  echo "$sha256  $work/$tarball" | sha256sum --check --quiet
  mv "$work/$tarball" "$cache/$tarball"
}

unpack() {
  echo "$sha256  $cache/$tarball" | sha256sum --check --quiet || fail "$cache/$tarball is damaged: remove it"
  mkdir "$work/source"
  tar -xf "$cache/$tarball" -C "$work/source" --strip-components=1
  local name
  while read -r name; do
    patch --quiet --strip=1 --fuzz=0 --directory="$work/source" < "patches/$name"
  done < patches/series
}

# Options decide how structures that the FSAL shares with ganesha.nfsd are laid out: GSS, DBUS, 9P and NFSv3 are on, as in Debian.
compile() {
  local off=(USE_FSAL_{PROXY_V4,PROXY_V3,VFS,LUSTRE,LIZARDFS,KVSFS,CEPH,GPFS,XFS,NULL,RGW,MEM} USE_RADOS_RECOV RADOS_URLS
    USE_MAN_PAGE USE_ADMIN_TOOLS USE_GUI_ADMIN_TOOLS USE_LTTNG USE_NFSIDMAP _MSPAC_SUPPORT USE_CAPS)
  off=("${off[@]/#/-D}")
  local flags
  flags="$(dpkg-buildflags --get CFLAGS) $(dpkg-buildflags --get CPPFLAGS) -ffile-prefix-map=$work=."
  # NFS-Ganesha's own headers have an unused variable.
  flags+=" -Wall -Werror -Wno-unused-variable"
  cmake -S "$work/source/src" -B "$work/build" -Wno-dev -Wno-deprecated -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DUSE_SYSTEM_NTIRPC=ON -DUSE_FSAL_GLUSTER=ON -DUSE_GSS=ON -DUSE_DBUS=ON -DALLOCATOR=libc "${off[@]/%/=OFF}" \
    -DCMAKE_C_FLAGS="$flags" -DCMAKE_SKIP_RPATH=ON \
    -DCMAKE_MODULE_LINKER_FLAGS="-Wl,-z,relro,-z,now -Wl,--as-needed -Wl,--enable-new-dtags -Wl,-rpath,/usr/lib/ganesha" \
    > "$work/log" 2>&1 || { tail -30 "$work/log" >&2; fail "cmake failed"; }
  # Where make looks for the library that all of NFS-Ganesha would have to be compiled for.
  ln -s "$library" "$work/build/MainNFSD/"
  make -C "$work/build/FSAL/FSAL_GLUSTER" fsalgluster/fast > "$work/log" 2>&1 || { tail -30 "$work/log" >&2; fail "make failed"; }
  strip --strip-unneeded -o "$result/libfsalgluster.so" "$work/build/FSAL/FSAL_GLUSTER/libfsalgluster.so"
}

# It must need what Debian's needs, and find all of it.
check() {
  local so=$result/libfsalgluster.so needed missing
  needed=$(readelf -d "$so" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -v '^ld-linux' | tr '\n' ' ')
  [ "$needed" = "libganesha_nfsd.so.4.3 libacl.so.1 liburcu-bp.so.8 libgfapi.so.0 libc.so.6 " ] || fail "it needs other libraries than Debian's: $needed"
  readelf -d "$so" | grep -q 'RUNPATH.*\[/usr/lib/ganesha\]' || fail "it does not look for libganesha_nfsd.so in /usr/lib/ganesha"
  missing=$(ldd -r "$so" 2>&1 | grep -E 'undefined symbol|not found') && fail "$missing"
  return 0
}

make_package() {
  local root=$work/root doc=$work/root/usr/share/doc/nfs-ganesha-kadalu size
  SOURCE_DATE_EPOCH=$(date -d "$(sed -n 's/^ -- .*>  //p' debian/changelog | head -1)" +%s)
  export SOURCE_DATE_EPOCH
  install -D -m 644 -t "$root/usr/lib/$(dpkg-architecture -q DEB_HOST_MULTIARCH)/ganesha" "$result/libfsalgluster.so"
  install -D -m 644 -t "$doc" debian/copyright "$work/source/src/doc/man/ganesha-gluster-config.rst"
  install -D -m 644 -t "$doc/examples" "$work/source/src/config_samples/gluster.conf"
  gzip -9n < debian/changelog > "$doc/changelog.gz"
  # Debian's package has this file too, with the same content: gfapi's log would grow for ever without it.
  install -D -m 644 "$work/source/src/config_samples/logrotate_fsal_gluster" "$root/etc/logrotate.d/nfs-ganesha-gfapi"
  size=$(du -k -s "$root" | cut -f1)
  mkdir "$root/DEBIAN"
  echo /etc/logrotate.d/nfs-ganesha-gfapi > "$root/DEBIAN/conffiles"
  sed "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/" debian/control > "$root/DEBIAN/control"
  (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)
  chmod -R go=rX "$root"
  dpkg-deb --root-owner-group --build "$root" "$result/$package" > "$work/log"
}

build() {
  "$top/packaging/install-dependencies.sh" ganesha
  case $(version_of nfs-ganesha) in
    4.3-*) ;;
    *) fail "the patches are for nfs-ganesha 4.3, as Debian 12 has it; here it is $(version_of nfs-ganesha)" ;;
  esac
  hash=$(hash_of_inputs)
  mkdir -p "$cache"
  # Of builds that were killed.
  find "$cache" -maxdepth 1 -name '.new.*' -mmin +1440 -exec rm -rf {} +
  work=$(mktemp -d "$cache/.new.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  chmod 755 "$work"
  result=$work/result
  mkdir "$result"
  download
  unpack
  compile
  check
  make_package
  # Another build of the same may have been faster: it has the same in it.
  mv -T "$result" "$cache/$hash" 2>/dev/null || [ -e "$cache/$hash/$package" ]
}

library=/usr/lib/ganesha/libganesha_nfsd.so.4.3
package=nfs-ganesha-kadalu_${version}_$architecture.deb
hash=$(hash_of_inputs)
did="taken from"
if [ ! -e "$cache/$hash/$package" ]; then
  build
  did="built, and kept in"
fi
mkdir -p "$top/artifacts/ganesha"
find "$top/artifacts/ganesha" -name 'nfs-ganesha-kadalu_*.deb' ! -name "$package" -delete
for file in libfsalgluster.so "$package"; do
  cp "$cache/$hash/$file" "$top/artifacts/ganesha/.$file.$$"
  mv "$top/artifacts/ganesha/.$file.$$" "$top/artifacts/ganesha/$file"
done
echo "$did $cache/$hash: artifacts/ganesha/libfsalgluster.so and artifacts/ganesha/$package"
