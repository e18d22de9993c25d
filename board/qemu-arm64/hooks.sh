# What this board needs done around the image. Sourced by image/build; it gives $work (scratch), $boot (the boot partition's folder),
# $packages (unpacked Debian packages) and $out.
# shellcheck shell=bash disable=SC2154  # given by image/build

pre_image() {
    # U-Boot waits two seconds for a key, starts USB and looks for EFI programs first. All three are data in its default environment, changed
    # in place to texts of the same length altogether: bootdelay=-2 looks at no key (its prompt would be a shell on the console), and of
    # the ways to boot only boot.scr is left.
    python3 - "$packages/$bootloader/usr/lib/u-boot/qemu_arm64/u-boot.bin" "$out/u-boot.bin" <<'EOF' || die "U-Boot's default environment is not the one that board/qemu-arm64/hooks.sh knows"
import sys
old = b"bootdelay=2\0baudrate=115200\0preboot=usb start\0"
new = b"bootdelay=-2\0baudrate=115200\0bootmeths=script\0"
image = open(sys.argv[1], "rb").read()
assert len(old) == len(new)
assert image.count(old) == 1, "found %d times" % image.count(old)
open(sys.argv[2], "wb").write(image.replace(old, new))
EOF
}

post_image() { :; }
